/*
 * The power goes while events come in and people are paged for them: of the hub's files there is what was synced, and nothing else.
 * What was acknowledged is made an alert again, and for each one somebody is paged once, for an escalation that the last hub
 * knows: of a page in doubt the pager hears again, under the same id and as a repetition.
 */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/cache.h"
#include "tests/support/hub_process.h"
#include "tests/support/pager_process.h"
#include "tests/support/processes.h"
#include "tests/support/store_objects.h"

enum { LIVES = 12, LIVES_LONG = 300, EVENTS_MAX = 100000, TRIES = 3000, TRY_US = 20000 };

static const char *directory;
static struct pager_process pager;

/* What the test, its hub and the pager share. */
static struct {
    char secret[HUB_TOKEN_SIZE]; /* made in the hub's process */
    volatile pid_t hub;
    volatile int pages_left; /* before the pager kills it; 0 = it does not */
} * shared;

/* When the power goes. */
enum moment { WHEN_ANSWERED, WHEN_PAGED, AT_ANY_TIME, MOMENTS };

/* ---- a disk that keeps what was synced ---- */

static void
copy_file(const char *from, const char *to)
{
    char block[65536], part[300];
    size_t len;
    (void)snprintf(part, sizeof part, "%s.part", to); /* fits */
    FILE *in = fopen(from, "r"), *out = fopen(part, "w");
    if (!in || !out)
        _exit(1);
    while ((len = fread(block, 1, sizeof block, in)) > 0)
        if (fwrite(block, 1, len, out) != len)
            _exit(1);
    if (fclose(out) != 0 || rename(part, to) != 0)
        _exit(1);
    (void)fclose(in); /* only read */
}

/* In place of the system's: SQLite asks for it, for the database and for its WAL. */
int
fdatasync(int fd)
{
    char link[64], path[200] = "", kept[280];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd); /* fits */
    if (readlink(link, path, sizeof path - 1) < 0)
        return -1;
    const char *name = strrchr(path, '/');
    struct stat status;
    if (directory && strncmp(path, directory, strlen(directory)) == 0 && fstat(fd, &status) == 0 &&
        S_ISREG(status.st_mode)) {
        (void)snprintf(kept, sizeof kept, "%s/disk%s", directory, name); /* fits */
        copy_file(path, kept);
    }
    return 0;
}

static void
lose_power(void)
{
    static const char *const names[] = {"hub.db", "hub.db-wal", "hub.db-shm"};
    char path[280], kept[280];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", directory, names[i]);      /* fits */
        (void)snprintf(kept, sizeof kept, "%s/disk/%s", directory, names[i]); /* fits */
        if (access(kept, R_OK) == 0)
            copy_file(kept, path);
        else
            (void)unlink(path); /* it may not be there */
    }
}

/* ---- the hub ---- */

/* The pager's: at the last of the pages that are left the hub dies, and the power goes. */
static bool
hear(struct scripted_answer *answer)
{
    (void)answer;
    if (shared->pages_left > 0 && --shared->pages_left == 0)
        kill(shared->hub, SIGKILL);
    return true;
}

static void
configure(struct hub *hub, struct arena *arena)
{
    hub_page_by(hub, &pager, arena);
}

#define AT "\"created_at\":\"2026-01-01T00:00:00Z\",\"updated_at\":\"2026-01-01T00:00:00Z\""

static void
fill(struct hub *hub, struct arena *arena)
{
    struct error err;
    hub_put(hub, KIND_USER,
            "{\"id\":\"U1\",\"name\":\"Ana\",\"email\":\"ana@x\",\"role\":\"unset\"}", arena);
    hub_put(hub, KIND_ALERT_ROUTE,
            "{\"id\":\"R\",\"name\":\"R\",\"enabled\":true,\"is_private\":false,\"version\":1,"
            "\"alert_sources\":[{\"alert_source_id\":\"S\",\"condition_groups\":[]}],"
            "\"condition_groups\":[],\"expressions\":[],\"grouping_config\":{\"default\":{"
            "\"enabled\":false}},\"escalation_config\":{\"auto_cancel_escalations\":true,"
            "\"escalation_targets\":[{\"users\":{\"array_value\":[{\"literal\":\"U1\"}]}}]},"
            "\"incident_config\":{\"enabled\":false},\"message_config\":{\"destinations\":[]}," AT
            "}",
            arena);
    hub_put(hub, KIND_ALERT_SOURCE,
            "{\"id\":\"S\",\"name\":\"S\",\"source_type\":\"http\",\"template\":{}}", arena);
    if (!hub_source_secret_make(hub_store(hub), "S", shared->secret, &err))
        _exit(1);
    configure(hub, arena);
}

/* What was not acknowledged is sent again by the next call. `len`: so many, then it dies of our hand. */
static int
send_until_it_dies(struct hub_process *hub, int from, int len)
{
    struct arena arena = {0};
    const char *const headers[] = {arena_printf(&arena, "Authorization: Bearer %s", shared->secret),
                                   NULL};
    int at = from;
    for (; at < EVENTS_MAX; at++) {
        const char *body = arena_printf(
            &arena, "{\"title\":\"event %d\",\"status\":\"firing\",\"deduplication_key\":\"%d\"}",
            at, at);
        struct http_answer answer =
            http_send(hub->client, "POST", "/v2/alert_events/http/S", headers, body, &arena);
        if (answer.status == 0)
            break;
        assert_int_equal(answer.status, 202);
        if (at - from == len)
            kill(hub->pid, SIGKILL);
    }
    arena_finish(&arena);
    return at - from;
}

static int
live(struct hub_process *hub, enum moment moment, int from)
{
    int some = 1 + rand() % 10;
    pid_t killer = 0;
    shared->hub = hub->pid;
    shared->pages_left = moment == WHEN_PAGED ? some : 0;
    if (moment == AT_ANY_TIME)
        killer = process_kill_later(hub->pid, (unsigned)(rand() % 200000));
    int acknowledged = send_until_it_dies(hub, from, moment == WHEN_ANSWERED ? some : EVENTS_MAX);
    http_client_destroy(hub->client);
    if (killer)
        assert_int_equal(waitpid(killer, NULL, 0), killer);
    assert_int_equal(waitpid(hub->pid, NULL, 0), hub->pid);
    shared->pages_left = 0;
    return acknowledged;
}

/* ---- what there is ---- */

/* Of how many events somebody was paged. Fails for a page about an escalation that there is not, and for a second one. */
static int64_t
count_paged(struct store *store, const char *heard_path)
{
    struct arena arena = {0};
    const char **ids = arena_new_array(&arena, EVENTS_MAX, const char *);
    struct heard_page page;
    int64_t paged = 0;
    FILE *heard = fopen(heard_path, "r");
    assert_non_null(heard);
    while (heard_page_read(heard, &page)) {
        struct escalation escalation;
        struct error err;
        bool found;
        int event = atoi(page.title + strlen("event "));
        assert_in_range(event, 0, EVENTS_MAX - 1);
        assert_true(cache_get(store, KIND_ESCALATION, page.escalation_id, &arena, &escalation,
                              &found, &err));
        const char **id = &ids[event];
        if (!found)
            fail_msg("somebody was paged for '%s', which there is not", page.escalation_id);
        if (*id && strcmp(*id, page.id) != 0)
            fail_msg("event %d was paged as %s and as %s", event, *id, page.id);
        if (*id && !page.is_repeated)
            fail_msg("the page %s came twice, and not as a repetition", page.id);
        paged += *id == NULL;
        *id = arena_text(&arena, page.id);
    }
    (void)fclose(heard); /* only read */
    arena_finish(&arena);
    return paged;
}

static int64_t
count_of(struct store *store, enum kind kind)
{
    struct error err;
    int64_t count;
    assert_true(cache_count(store, kind, &count, &err));
    return count;
}

static void
what_was_not_synced_is_made_again_and_nobody_was_paged_for_it(void **state)
{
    const int lives = getenv("TEST_LONG") ? LIVES_LONG : LIVES;
    struct arena arena = {0};
    struct hub_process hub;
    struct store *store;
    struct error err;
    int64_t acknowledged = 0, alerts = 0;
    (void)state;

    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(shared, MAP_FAILED);
    directory = temporary_directory(&arena);
    assert_int_equal(mkdir(arena_printf(&arena, "%s/disk", directory), 0700), 0);
    const char *heard_path = arena_printf(&arena, "%s/heard", directory);
    const char *path = arena_printf(&arena, "%s/hub.db", directory);
    const struct hub_options options = {
        .database = path, .listen = "127.0.0.1:0", .limits = {1000000, 1000000, 100000000}};
    pager_process_start(&pager, heard_path, hear);
    srand(5);
    for (int i = 0; i < lives; i++) {
        hub_process_start(&hub, &options, i == 0 ? fill : configure, NULL, 0);
        acknowledged += live(&hub, (enum moment)(i % MOMENTS), (int)acknowledged);
        lose_power();
    }
    hub_process_start(&hub, &options, configure, NULL, 0);
    assert_true(store_open(&store, STORE_HUB, path, STORE_READ, NULL, &err));
    for (int tries = 0; tries < TRIES; tries++) {
        alerts = count_of(store, KIND_ALERT);
        if (alerts >= acknowledged && count_paged(store, heard_path) >= alerts)
            break;
        usleep(TRY_US);
    }
    print_message("  %d lives, %lld events acknowledged\n", lives, (long long)acknowledged);
    assert_true(acknowledged > 0);
    assert_in_range(alerts, acknowledged, acknowledged + 1); /* kept, and its answer lost */
    assert_int_equal(count_of(store, KIND_ALERT_NOTE), alerts);
    assert_int_equal(count_of(store, KIND_ESCALATION), alerts);
    assert_int_equal(count_paged(store, heard_path), alerts);
    store_close(store);
    hub_process_stop(&hub);
    pager_process_stop(&pager);
    temporary_directory_remove(directory);
    directory = NULL;
    (void)munmap(shared, sizeof *shared);
    arena_finish(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_synced_is_made_again_and_nobody_was_paged_for_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
