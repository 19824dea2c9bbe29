/* kill -9 of the hub while it pages: nobody's page is lost, and none comes twice but by its own id, saying that it does. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/hub_process.h"
#include "tests/support/pager_process.h"
#include "tests/support/processes.h"
#include "tests/support/store_objects.h"
#include "wire/wire.h"

enum { KILLS = 10, KILLS_LONG = 500, ESCALATIONS_MAX = 100000, REFUSED_ONE_IN = 20 };

static struct pager_process pager;
static char heard_path[128];
static const char *const creator[] = {"escalation_creator", NULL};
static const char *const *const roles[] = {creator};

/* ---- a hub, and a pager that drops some of its pages ---- */

static bool
hear(struct scripted_answer *answer)
{
    if (rand() % REFUSED_ONE_IN != 0)
        return true;
    answer->how = SCRIPTED_DROP;
    return rand() % 2; /* after it was heard, or before */
}

static void
configure(struct hub *hub, struct arena *arena)
{
    hub_page_by(hub, &pager, arena);
}

static void
fill(struct hub *hub, struct arena *arena)
{
    hub_put(hub, KIND_USER,
            "{\"id\":\"U1\",\"name\":\"Ana\",\"email\":\"ana@x\",\"role\":\"unset\"}", arena);
    configure(hub, arena);
}

/* Makes escalations until the hub is gone; a number is repeated until it was acknowledged. Returns the next number. */
static int
escalate_until_it_dies(struct hub_process *hub, const char *key, int from, char (*ids)[32])
{
    struct arena arena = {0};
    const char *const headers[] = {arena_printf(&arena, "Authorization: Bearer %s", key),
                                   "Content-Type: application/json", NULL};
    int at = from;
    for (; at < ESCALATIONS_MAX; at++) {
        const char *body = arena_printf(
            &arena, "{\"idempotency_key\":\"%d\",\"title\":\"number %d\",\"user_ids\":[\"U1\"]}",
            at, at);
        struct http_answer answer =
            http_send(hub->client, "POST", "/v2/escalations", headers, body, &arena);
        struct wire_document *document;
        struct error err;
        if (answer.status == 0)
            break;
        if (answer.status != 201)
            fail_msg("%d: %s", answer.status, answer.body);
        assert_true(wire_document_read(slice_of(answer.body), &document, &err));
        (void)snprintf(ids[at], sizeof(ids[at]), "%s",
                       wire_document_text(document, &arena, "escalation.id")); /* fits */
        wire_document_destroy(document);
    }
    arena_finish(&arena);
    return at;
}

/* ---- what was heard ---- */

struct heard {
    int times, repeated; /* of one id */
};

static int
number_of(char (*ids)[32], int len, const char *id)
{
    int low = 0, high = len; /* ids are in order */
    while (low < high) {
        int middle = (low + high) / 2;
        if (strcmp(ids[middle], id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < len && strcmp(ids[low], id) == 0 ? low : -1;
}

/* How many of the acknowledged escalations were paged. */
static int
read_heard(char (*ids)[32], int len, struct heard *heard)
{
    struct heard_page page;
    int paged = 0;
    FILE *file = fopen(heard_path, "r");
    assert_non_null(file);
    memset(heard, 0, (size_t)len * sizeof(heard[0]));
    while (heard_page_read(file, &page)) {
        int number = number_of(ids, len, page.escalation_id);
        assert_string_equal(page.type, "escalation.triggered");
        if (number < 0)
            continue; /* made, and its answer lost */
        /* The first page of an escalation has one id, whatever happened. */
        assert_non_null(strstr(page.id, page.escalation_id));
        assert_non_null(strstr(page.id, "_1_webhook_"));
        paged += heard[number].times == 0;
        heard[number].times++;
        heard[number].repeated += page.is_repeated;
    }
    (void)fclose(file);
    return paged;
}

static void
no_page_is_lost_or_doubled(void **state)
{
    const int kills = getenv("TEST_LONG") ? KILLS_LONG : KILLS;
    struct arena arena = {0};
    struct hub_process hub;
    const char *directory = temporary_directory(&arena);
    char(*ids)[32] = calloc(ESCALATIONS_MAX + 1, sizeof(*ids));
    struct heard *heard = calloc(ESCALATIONS_MAX + 1, sizeof(*heard));
    const struct hub_options options = {
        .database = arena_printf(&arena, "%s/hub.db", directory),
        .listen = "127.0.0.1:0",
        .limits = {100000000, 1000000, 0},
    };
    char key[HUB_TOKEN_SIZE];
    int acknowledged = 0, paged = 0, repeats = 0;
    (void)state;

    (void)snprintf(heard_path, sizeof(heard_path), "%s/heard", directory); /* fits */
    pager_process_start(&pager, heard_path, hear);
    srand(7);
    for (int i = 0; i <= kills; i++) {
        hub_process_start(&hub, &options, i == 0 ? fill : configure, roles, i == 0);
        if (i == 0)
            memcpy(key, hub.keys[0], sizeof(key));
        if (i == kills)
            break;
        pid_t killer = process_kill_later(hub.pid, (unsigned)(rand() % 200000));
        acknowledged = escalate_until_it_dies(&hub, key, acknowledged, ids);
        http_client_destroy(hub.client);
        assert_int_equal(waitpid(killer, NULL, 0), killer);
        assert_int_equal(waitpid(hub.pid, NULL, 0), hub.pid);
    }
    assert_true(acknowledged > kills);
    for (int tries = 0; paged < acknowledged && tries < 6000; tries++) {
        usleep(20000);
        paged = read_heard(ids, acknowledged, heard);
    }
    for (int i = 0; i < acknowledged; i++) {
        if (heard[i].times == 0)
            fail_msg("escalation %d (%s) paged nobody", i, ids[i]);
        if (heard[i].repeated < heard[i].times - 1)
            fail_msg("escalation %d (%s) paged %d times and said so %d times", i, ids[i],
                     heard[i].times, heard[i].repeated);
        repeats += heard[i].times - 1;
    }
    print_message("  %d kills, %d escalations, %d repetitions\n", kills, acknowledged, repeats);
    hub_process_stop(&hub);
    pager_process_stop(&pager);
    free(ids);
    free(heard);
    temporary_directory_remove(directory);
    arena_finish(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_page_is_lost_or_doubled)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
