/*
 * kill -9 of the hub while events come in: what was acknowledged is there afterwards, each once, whatever was repeated; and
 * what its route made of it too: decision, note, group, incident.
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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/cache.h"
#include "tests/support/hub_process.h"
#include "tests/support/processes.h"

enum { KILLS = 12, KILLS_LONG = 1000, EVENTS_MAX = 100000 };

static char *secret; /* made in the hub's process */

#define AT "\"created_at\":\"2026-01-01T00:00:00Z\",\"updated_at\":\"2026-01-01T00:00:00Z\""

static void
fill(struct hub *hub, struct arena *arena)
{
    struct error err;
    hub_put(hub, KIND_INCIDENT_STATUS,
            "{\"id\":\"T\",\"name\":\"Triage\",\"category\":\"triage\",\"rank\":1,\"description\":"
            "\"\"," AT "}",
            arena);
    hub_put(hub, KIND_ALERT_ROUTE,
            "{\"id\":\"R\",\"name\":\"R\",\"enabled\":true,\"is_private\":false,\"version\":1,"
            "\"alert_sources\":"
            "[{\"alert_source_id\":\"S\",\"condition_groups\":[]}],\"condition_groups\":[],"
            "\"expressions\":[],"
            "\"grouping_config\":{\"default\":{\"enabled\":true,\"grouping_keys\":[],\"window_"
            "seconds\":172800,"
            "\"window_type\":\"fixed\"}},\"escalation_config\":{\"auto_cancel_escalations\":true,"
            "\"escalation_targets\":[]},\"incident_config\":{\"enabled\":true,\"auto_decline_"
            "enabled\":true,"
            "\"condition_groups\":[],\"template\":{\"name\":{\"binding\":{\"value\":{\"literal\":"
            "\"All of "
            "it\"}}},\"severity\":{\"merge_strategy\":\"max\"}}},\"message_config\":{"
            "\"destinations\":[]}," AT "}",
            arena);
    hub_put(hub, KIND_ALERT_SOURCE,
            "{\"id\":\"S\",\"name\":\"S\",\"source_type\":\"http\",\"template\":{}}", arena);
    if (!hub_source_secret_make(hub_store(hub), "S", secret, &err))
        _exit(1);
}

/* Kills the hub after a moment of its own choosing. */
static pid_t
start_killer(pid_t victim, unsigned delay_us)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        usleep(delay_us);
        kill(victim, SIGKILL);
        _exit(0);
    }
    return pid;
}

/* Sends until the hub is gone; returns how many were acknowledged. The first not acknowledged is sent again next time. */
static int
send_until_it_dies(struct hub_process *hub, int from)
{
    struct arena arena = {0};
    const char *const headers[] = {arena_printf(&arena, "Authorization: Bearer %s", secret), NULL};
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
    }
    arena_finish(&arena);
    return at - from;
}

/* Decided on in the transaction that made the alert: as many of them as there are alerts. */
static void
expect_count(struct store *store, enum kind kind, int64_t expected)
{
    struct error err;
    int64_t count;
    assert_true(cache_count(store, kind, &count, &err));
    if (count != expected)
        fail_msg("there are %lld of %s, not %lld", (long long)count, kind_info(kind)->list,
                 (long long)expected);
}

struct seen {
    unsigned char *times;
    int len;
};

static bool
count_alert(void *context, const char *json)
{
    static const char mark[] = "\"deduplication_key\":\"";
    struct seen *seen = context;
    const char *key = strstr(json, mark);
    assert_non_null(key);
    int number = atoi(key + strlen(mark));
    assert_in_range(number, 0, seen->len);
    seen->times[number]++;
    return true;
}

static void
what_was_acknowledged_is_there_once(void **state)
{
    const bool is_long = getenv("TEST_LONG") != NULL;
    const int kills = is_long ? KILLS_LONG : KILLS;
    char directory[] = "/tmp/tocsin-intake-XXXXXX", path[64];
    struct hub_process hub;
    int acknowledged = 0;
    (void)state;

    secret = mmap(NULL, HUB_TOKEN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(secret, MAP_FAILED);
    assert_non_null(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/hub.db", directory);
    const struct hub_options options = {
        .database = path, .listen = "127.0.0.1:0", .limits = {1000000, 1000000, 100000000}};
    srand(7);
    for (int i = 0; i < kills; i++) {
        hub_process_start(&hub, &options, i == 0 ? fill : NULL, NULL, 0);
        pid_t killer = start_killer(hub.pid, (unsigned)(rand() % 300000));
        acknowledged += send_until_it_dies(&hub, acknowledged);
        http_client_destroy(hub.client);
        assert_int_equal(waitpid(killer, NULL, 0), killer);
        assert_int_equal(waitpid(hub.pid, NULL, 0), hub.pid);
    }
    hub_process_start(&hub, &options, NULL, NULL, 0);
    print_message("  %d kills, %d events acknowledged\n", kills, acknowledged);
    assert_true(acknowledged > kills);

    /* Alerts are made after the answer: the last hub makes those of the last events. */
    struct seen seen = {calloc((size_t)acknowledged + 2, 1), acknowledged + 1};
    struct store *store;
    struct error err;
    int64_t count = 0;
    assert_true(store_open(&store, STORE_HUB, path, STORE_READ, NULL, &err));
    const struct cache_query all = {0};
    for (int tries = 0; count < acknowledged && tries < 2000; tries++) {
        usleep(10000);
        assert_true(cache_list_count(store, KIND_ALERT, &all, &count, &err));
    }
    assert_true(cache_list(store, KIND_ALERT, &all, count_alert, &seen, &err));
    for (int i = 0; i < acknowledged; i++)
        if (seen.times[i] != 1)
            fail_msg("event %d was acknowledged and is there %d times", i, seen.times[i]);
    assert_in_range(seen.times[acknowledged], 0, 1); /* kept, and its answer lost */
    expect_count(store, KIND_ALERT_NOTE, count);
    expect_count(store, KIND_INCIDENT_ALERT, count);
    expect_count(store, KIND_INCIDENT, 1);
    store_close(store);
    hub_process_stop(&hub);
    free(seen.times);
    char command[160];
    (void)snprintf(command, sizeof command, "rm -rf %s", directory);
    assert_int_equal(system(command), 0);
    (void)munmap(secret, HUB_TOKEN_SIZE);
}

/* An attribute that is looked for until its time is over, and one behind it that is not. */
static void
fill_looping(struct hub *hub, struct arena *arena)
{
    static const char *const names[] = {"LOOP", "GOOD"};
    struct error err;
    for (int i = 0; i < 2; i++)
        hub_put(hub, KIND_ALERT_ATTRIBUTE,
                arena_printf(arena,
                             "{\"id\":\"%s\",\"name\":\"%s\",\"type\":\"String\",\"array\":false,"
                             "\"required\":false}",
                             names[i], names[i]),
                arena);
    hub_put(
        hub, KIND_ALERT_SOURCE,
        "{\"id\":\"S\",\"name\":\"S\",\"source_type\":\"http\",\"template\":{\"attributes\":["
        "{\"alert_attribute_id\":\"LOOP\",\"binding\":{\"value\":{\"reference\":"
        "\"expressions[\\\"loop\\\"]\"}}},{\"alert_attribute_id\":\"GOOD\",\"binding\":{\"value\":"
        "{\"reference\":\"payload.title\"}}}],\"expressions\":[{\"reference\":\"loop\","
        "\"operations\":["
        "{\"operation_type\":\"parse\",\"parse\":{\"source\":\"def f: f; f\"}}]}]}}",
        arena);
    if (!hub_source_secret_make(hub_store(hub), "S", secret, &err))
        _exit(1);
}

static bool
is_running(pid_t pid)
{
    char path[64], target[64];
    (void)snprintf(path, sizeof path, "/proc/%d/exe", (int)pid); /* fits; a zombie has none */
    return readlink(path, target, sizeof target) > 0;
}

static bool
count_good(void *context, const char *json)
{
    int *good = context;
    *good += strstr(json, "\"id\":\"GOOD\"") && !strstr(json, "\"id\":\"LOOP\"");
    return true;
}

static void
what_is_evaluated_when_the_hub_dies_is_evaluated_by_the_next_one(void **state)
{
    enum { LIVES = 4 };
    char directory[] = "/tmp/tocsin-intake-XXXXXX", path[64], command[160];
    struct hub_process hub;
    struct arena arena = {0};
    pid_t helpers[8];
    int sent = 0, good = 0;
    int64_t count = 0;
    (void)state;

    secret = mmap(NULL, HUB_TOKEN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(secret, MAP_FAILED);
    assert_non_null(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/hub.db", directory);
    const struct hub_options options = {
        .database = path, .listen = "127.0.0.1:0", .limits = {1000000, 1000000, 100000000}};
    for (int life = 0; life < LIVES; life++) {
        hub_process_start(&hub, &options, life == 0 ? fill_looping : NULL, NULL, 0);
        const char *const headers[] = {arena_printf(&arena, "Authorization: Bearer %s", secret),
                                       NULL};
        for (int i = 0; i < 2; i++, sent++) {
            const char *body = arena_printf(
                &arena, "{\"title\":\"t\",\"status\":\"firing\",\"deduplication_key\":\"%d\"}",
                sent);
            assert_int_equal(
                http_send(hub.client, "POST", "/v2/alert_events/http/S", headers, body, &arena)
                    .status,
                202);
        }
        int helpers_len = 0;
        while ((helpers_len = processes_children(hub.pid, helpers, 8)) == 0)
            usleep(1000);
        usleep((unsigned)life * 20000); /* from the moment it compiles to within the loop */
        hub_process_kill(&hub);
        http_client_destroy(hub.client);
        for (int i = 0; i < helpers_len; i++)
            while (is_running(helpers[i])) /* it dies with the hub, and does not loop on */
                usleep(1000);
    }
    hub_process_start(&hub, &options, NULL, NULL, 0);
    struct store *store;
    struct error err;
    const struct cache_query all = {0};
    assert_true(store_open(&store, STORE_HUB, path, STORE_READ, NULL, &err));
    while (count < sent) {
        usleep(10000);
        assert_true(cache_list_count(store, KIND_ALERT, &all, &count, &err));
    }
    assert_int_equal(count, sent);
    assert_true(cache_list(store, KIND_ALERT, &all, count_good, &good, &err));
    assert_int_equal(good, sent);
    store_close(store);
    hub_process_stop(&hub);
    arena_finish(&arena);
    (void)snprintf(command, sizeof command, "rm -rf %s", directory);
    assert_int_equal(system(command), 0);
    (void)munmap(secret, HUB_TOKEN_SIZE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_acknowledged_is_there_once),
        cmocka_unit_test(what_is_evaluated_when_the_hub_dies_is_evaluated_by_the_next_one),
    };
    return cmocka_run_group_tests_name("intake and kill -9", tests, NULL, NULL);
}
