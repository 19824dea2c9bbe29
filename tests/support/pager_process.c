#include "tests/support/pager_process.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "hub/notify.h"
#include "wire/wire.h"

static bool (*listens)(struct scripted_answer *answer);

static void
on_page(void *context, const char *target, const char *head, struct arena *arena,
        struct scripted_answer *answer)
{
    struct wire_document *document;
    struct error err;
    FILE *heard = context;
    (void)target;
    if (listens && !listens(answer))
        return;
    if (!wire_document_read(slice_of(strstr(head, "\r\n\r\n") + 4), &document, &err))
        _exit(1);
    bool is_repeated = *wire_document_text(document, arena, "repeated") == 't';
    (void)fprintf(heard, "%s %s %s %d %s\n", wire_document_text(document, arena, "id"),
                  wire_document_text(document, arena, "type"),
                  wire_document_text(document, arena, "data.escalation.id"), is_repeated,
                  wire_document_text(document, arena, "data.escalation.title"));
    (void)fflush(heard); /* the test counts what is there */
    wire_document_destroy(document);
}

void
pager_process_start(struct pager_process *pager, const char *heard_path,
                    bool (*listen)(struct scripted_answer *answer))
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    listens = listen;
    pager->pid = fork();
    assert_true(pager->pid >= 0);
    if (pager->pid == 0) {
        struct loop *loop;
        struct error err;
        char url[sizeof pager->url] = "";
        FILE *heard = fopen(heard_path, "a");
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that dies takes us along */
        if (!heard || !loop_create(&loop, &err))
            _exit(1);
        struct scripted_server *server = scripted_server_open(loop, on_page, heard);
        (void)snprintf(url, sizeof url, "%s", scripted_server_url(server)); /* fits */
        if (write(ends[1], url, sizeof url) != (ssize_t)sizeof url || !loop_run(loop, &err))
            _exit(1);
        _exit(0);
    }
    assert_int_equal(read(ends[0], pager->url, sizeof pager->url), sizeof pager->url);
    close(ends[0]);
    close(ends[1]);
}

void
pager_process_stop(struct pager_process *pager)
{
    kill(pager->pid, SIGKILL);
    assert_int_equal(waitpid(pager->pid, NULL, 0), pager->pid);
}

void
hub_page_by(struct hub *hub, const struct pager_process *pager, struct arena *arena)
{
    const struct notification by = {.name = "pager",
                                    .webhook = arena_printf(arena, "%s/page", pager->url),
                                    .secret = "secret",
                                    .urgency = "any"};
    const struct notification_settings settings = {
        .notifications = &by, .notifications_len = 1, .url = ""};
    notifier_configure(hub_notifier(hub), &settings);
}

bool
heard_page_read(FILE *heard, struct heard_page *page)
{
    char line[600];
    int is_repeated;
    if (!fgets(line, sizeof line, heard))
        return false;
    assert_int_equal(sscanf(line, "%127s %63s %63s %d %199[^\n]", page->id, page->type,
                            page->escalation_id, &is_repeated, page->title),
                     5);
    page->is_repeated = is_repeated;
    return true;
}
