/*
 * kill -9 of the hub in a storm of events: what was acknowledged is there afterwards, each once, whatever was repeated; and
 * what its routes made of it too: decision, note, group, incident, page.
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
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/cache.h"
#include "tests/support/hub_process.h"
#include "tests/support/pager_process.h"
#include "tests/support/processes.h"
#include "tests/support/store_objects.h"

enum {
    SENDERS = 8,
    KILLS = 12,
    KILLS_LONG = 1000,
    EVENTS_LONG = 50000,
    EVENTS_MAX = 200000,
    LIFE_MAX_US = 200000,
    PAGED_ONE_IN = 10,
    PATIENCE = 60000, /* times 10 ms */
};

/* What the senders say of each event. Memory that all processes share. */
static struct {
    char secret[HUB_TOKEN_SIZE]; /* made in the hub's process */
    int next, acknowledged;
    int unanswered[SENDERS]; /* sent again by the sender's next life; -1 = none */
    unsigned char is_acknowledged[EVENTS_MAX];
} * shared;
static struct pager_process pager;

#define AT "\"created_at\":\"2026-01-01T00:00:00Z\",\"updated_at\":\"2026-01-01T00:00:00Z\""

static void
configure(struct hub *hub, struct arena *arena)
{
    hub_page_by(hub, &pager, arena);
}

/* One route puts all events into a group with an incident, another one pages somebody for each that says so. */
static void
fill(struct hub *hub, struct arena *arena)
{
    struct error err;
    hub_put(hub, KIND_INCIDENT_STATUS,
            "{\"id\":\"T\",\"name\":\"Triage\",\"category\":\"triage\",\"rank\":1,\"description\":"
            "\"\"," AT "}",
            arena);
    hub_put(hub, KIND_USER,
            "{\"id\":\"U1\",\"name\":\"Ana\",\"email\":\"ana@x\",\"role\":\"unset\"}", arena);
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
    hub_put(
        hub, KIND_ALERT_ROUTE,
        "{\"id\":\"P\",\"name\":\"P\",\"enabled\":true,\"is_private\":false,\"version\":1,"
        "\"alert_sources\":[{\"alert_source_id\":\"S\",\"condition_groups\":[]}],"
        "\"condition_groups\":[{\"conditions\":[{\"subject\":{\"label\":\"Title\",\"reference\":"
        "\"alert.title\"},\"operation\":{\"label\":\"contains\",\"value\":\"contains\"},"
        "\"param_bindings\":[{\"value\":{\"literal\":\"pages\"}}]}]}],\"expressions\":[],"
        "\"grouping_config\":{\"default\":{\"enabled\":false}},\"escalation_config\":{"
        "\"auto_cancel_escalations\":true,\"escalation_targets\":[{\"users\":{\"array_value\":["
        "{\"literal\":\"U1\"}]}}]},\"incident_config\":{\"enabled\":false},\"message_config\":{"
        "\"destinations\":[]}," AT "}",
        arena);
    hub_put(hub, KIND_ALERT_SOURCE,
            "{\"id\":\"S\",\"name\":\"S\",\"source_type\":\"http\",\"template\":{}}", arena);
    if (!hub_source_secret_make(hub_store(hub), "S", shared->secret, &err))
        _exit(1);
    configure(hub, arena);
}

static bool
is_paged(int event)
{
    return event % PAGED_ONE_IN == 0;
}

/* One event until the hub is gone or has taken it. */
static bool
send_one(struct http_client *client, int event, struct arena *arena)
{
    const char *const headers[] = {arena_printf(arena, "Authorization: Bearer %s", shared->secret),
                                   NULL};
    const char *body = arena_printf(
        arena, "{\"title\":\"event %d%s\",\"status\":\"firing\",\"deduplication_key\":\"%d\"}",
        event, is_paged(event) ? " pages" : "", event);
    int status = http_send(client, "POST", "/v2/alert_events/http/S", headers, body, arena).status;
    if (status != 0 && status != 202)
        _exit(1);
    return status == 202;
}

static pid_t
start_sender(const char *url, int number)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid > 0)
        return pid;
    struct http_client *client = http_client_create(url);
    struct arena arena = {0};
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that dies takes us along */
    int event = shared->unanswered[number];
    while (true) {
        if (event < 0)
            event = __atomic_fetch_add(&shared->next, 1, __ATOMIC_RELAXED);
        shared->unanswered[number] = event;
        if (event >= EVENTS_MAX || !send_one(client, event, &arena))
            _exit(0);
        shared->is_acknowledged[event] = 1;
        (void)__atomic_fetch_add(&shared->acknowledged, 1, __ATOMIC_RELAXED);
        shared->unanswered[number] = event = -1;
        arena_reset(&arena);
    }
}

/* A storm until the hub is killed. */
static void
live(const struct hub_options *options, bool is_first)
{
    struct hub_process hub;
    pid_t senders[SENDERS];
    int status;
    hub_process_start(&hub, options, is_first ? fill : configure, NULL, 0);
    http_client_destroy(hub.client);
    for (int i = 0; i < SENDERS; i++)
        senders[i] = start_sender(hub.url, i);
    pid_t killer = process_kill_later(hub.pid, (unsigned)(rand() % LIFE_MAX_US));
    assert_int_equal(waitpid(killer, NULL, 0), killer);
    assert_int_equal(waitpid(hub.pid, NULL, 0), hub.pid);
    for (int i = 0; i < SENDERS; i++) {
        assert_int_equal(waitpid(senders[i], &status, 0), senders[i]);
        assert_int_equal(status, 0);
    }
}

/* What a sender was not answered for it sends again: after that, what is there is what was acknowledged. */
static void
send_unanswered(struct http_client *client)
{
    struct arena arena = {0};
    for (int i = 0; i < SENDERS; i++) {
        int event = shared->unanswered[i];
        if (event < 0 || event >= EVENTS_MAX)
            continue;
        assert_true(send_one(client, event, &arena));
        shared->is_acknowledged[event] = 1;
        shared->acknowledged++;
    }
    arena_finish(&arena);
}

/* ---- what there is ---- */

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

static bool
count_alert(void *context, const char *json)
{
    static const char mark[] = "\"deduplication_key\":\"";
    unsigned char *times = context;
    const char *key = strstr(json, mark);
    assert_non_null(key);
    int event = atoi(key + strlen(mark));
    assert_in_range(event, 0, EVENTS_MAX - 1);
    times[event]++;
    return true;
}

/* Of how many events somebody was paged: each by one page, whose repetitions say that they are. */
static int
count_paged(const char *heard_path)
{
    struct arena arena = {0};
    const char **ids = arena_new_array(&arena, EVENTS_MAX, const char *);
    struct heard_page page;
    int paged = 0;
    FILE *heard = fopen(heard_path, "r");
    assert_non_null(heard);
    while (heard_page_read(heard, &page)) {
        int event = atoi(page.title + strlen("event "));
        assert_in_range(event, 0, EVENTS_MAX - 1);
        assert_true(is_paged(event));
        const char **id = &ids[event];
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

/* Alerts are made, and people are paged, after the answer: the last hub does so for the last events. */
static void
expect_all_of_it(const char *database, const char *heard_path)
{
    unsigned char *times = calloc(EVENTS_MAX, 1);
    struct store *store;
    struct error err;
    const struct cache_query all = {0};
    int64_t count = 0;
    int to_page = 0;
    assert_true(store_open(&store, STORE_HUB, database, STORE_READ, NULL, &err));
    for (int tries = 0; count < shared->acknowledged && tries < PATIENCE; tries++) {
        usleep(10000);
        assert_true(cache_count(store, KIND_ALERT, &count, &err));
    }
    assert_true(cache_list(store, KIND_ALERT, &all, count_alert, times, &err));
    for (int i = 0; i < EVENTS_MAX; i++) {
        if (times[i] != shared->is_acknowledged[i])
            fail_msg("event %d was %sacknowledged and is there %d times", i,
                     shared->is_acknowledged[i] ? "" : "not ", times[i]);
        to_page += times[i] > 0 && is_paged(i);
    }
    for (int tries = 0; count_paged(heard_path) < to_page && tries < PATIENCE; tries++)
        usleep(10000);
    expect_count(store, KIND_ALERT_NOTE, count);
    expect_count(store, KIND_INCIDENT_ALERT, count);
    expect_count(store, KIND_INCIDENT, 1);
    expect_count(store, KIND_ESCALATION, to_page);
    assert_int_equal(count_paged(heard_path), to_page);
    print_message("  %d events acknowledged, %d of them paged\n", shared->acknowledged, to_page);
    store_close(store);
    free(times);
}

static void
what_was_acknowledged_is_there_once(void **state)
{
    const bool is_long = getenv("TEST_LONG") != NULL;
    struct arena arena = {0};
    struct hub_process hub;
    int kills = 0;
    (void)state;

    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(shared, MAP_FAILED);
    memset(shared->unanswered, 0xff, sizeof shared->unanswered);
    const char *directory = temporary_directory(&arena);
    const char *heard_path = arena_printf(&arena, "%s/heard", directory);
    const char *database = arena_printf(&arena, "%s/hub.db", directory);
    const struct hub_options options = {
        .database = database, .listen = "127.0.0.1:0", .limits = {1000000, 1000000, 100000000}};
    pager_process_start(&pager, heard_path, NULL);
    srand(7);
    while (kills < (is_long ? KILLS_LONG : KILLS) ||
           (is_long && shared->acknowledged < EVENTS_LONG))
        live(&options, kills++ == 0);
    assert_true(shared->acknowledged > kills);
    hub_process_start(&hub, &options, configure, NULL, 0);
    print_message("  %d kills\n", kills);
    send_unanswered(hub.client);
    expect_all_of_it(database, heard_path);
    hub_process_stop(&hub);
    pager_process_stop(&pager);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    (void)munmap(shared, sizeof *shared);
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
    if (!hub_source_secret_make(hub_store(hub), "S", shared->secret, &err))
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

    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(shared, MAP_FAILED);
    assert_non_null(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/hub.db", directory);
    const struct hub_options options = {
        .database = path, .listen = "127.0.0.1:0", .limits = {1000000, 1000000, 100000000}};
    for (int life = 0; life < LIVES; life++) {
        hub_process_start(&hub, &options, life == 0 ? fill_looping : NULL, NULL, 0);
        const char *const headers[] = {
            arena_printf(&arena, "Authorization: Bearer %s", shared->secret), NULL};
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
    (void)munmap(shared, sizeof *shared);
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
