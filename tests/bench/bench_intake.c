/*
 * What events cost the hub. Durably accepted ones per second with 16 senders, against rows committed one by one with
 * synchronous=FULL in the same run; how long answers take at half that rate; how long it takes until a hub.conf with 1,000
 * routes is in force (SIGHUP), and what senders notice of that; what an event costs with 10, 100 and 1,000 routes for other
 * sources and other values.
 */

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "hub/alert_event.h"
#include "hub/attributes.h"
#include "hub/declare.h"
#include "hub/hub.h"
#include "hub/objects.h"
#include "hub/routing.h"
#include "tests/support/http_client.h"
#include "wire/wire.h"

enum { SENDERS = 16, RUN_MS = 4000, SAMPLES_MAX = 100000, EVENTS = 400, ROUTES = 1000 };

static void
give_up(const char *what, const struct error *err)
{
    fprintf(stderr, "bench_intake: %s: %s\n", what, err ? err->message : "");
    exit(1);
}

#define MUST(call)                                                                                 \
    do {                                                                                           \
        struct error err;                                                                          \
        if (!(call))                                                                               \
            give_up(#call, &err);                                                                  \
    } while (0)

static double
seconds_now(clockid_t clock)
{
    struct timespec time;
    (void)clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void
put(struct store *store, enum kind kind, const char *json)
{
    struct arena arena = {0};
    void *object = arena_alloc(&arena, kind_info(kind)->fields->struct_size);
    MUST(wire_read_object(kind, slice_of(json), &arena, object, &err));
    MUST(object_save(store, kind, object, clock_now_ms(), &arena, &err));
    arena_finish(&arena);
}

/* ---- what all processes share ---- */

struct shared {
    char url[256], source_id[64], secret[HUB_TOKEN_SIZE];
    volatile bool ready;
    volatile int reloaded_ms; /* how long the last reload took; 0 = none yet */
    volatile long accepted;
    volatile long samples_len;
    float samples_ms[SAMPLES_MAX];
};
static struct shared *shared;

static void
add_sample(double ms)
{
    long at = __atomic_fetch_add(&shared->samples_len, 1, __ATOMIC_RELAXED);
    if (at < SAMPLES_MAX)
        shared->samples_ms[at] = (float)ms;
}

static int
compare_samples(const void *a, const void *b)
{
    float left = *(const float *)a, right = *(const float *)b;
    return left < right ? -1 : left > right;
}

static double
percentile_ms(double share)
{
    size_t len = (size_t)(shared->samples_len < SAMPLES_MAX ? shared->samples_len : SAMPLES_MAX);
    qsort(shared->samples_ms, len, sizeof *shared->samples_ms, compare_samples);
    return len ? (double)shared->samples_ms[(size_t)((double)(len - 1) * share)] : 0;
}

/* ---- the floor: a row a commit ---- */

static double
floor_per_s(const char *directory, double *p99_ms)
{
    static const char insert[] =
        "insert into event (body) values ('{\"title\":\"event\",\"status\":"
        "\"firing\",\"deduplication_key\":\"123456\"}')";
    char path[200];
    sqlite3 *db;
    int rows = 0;
    (void)snprintf(path, sizeof path, "%s/floor.db", directory);
    if (sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_exec(db,
                     "pragma journal_mode = wal; pragma synchronous = full;"
                     "create table event (id integer primary key, body text)",
                     NULL, NULL, NULL) != SQLITE_OK)
        give_up("the floor's database", NULL);
    double began = seconds_now(CLOCK_MONOTONIC);
    while (seconds_now(CLOCK_MONOTONIC) - began < RUN_MS / 2000.0) {
        double before = seconds_now(CLOCK_MONOTONIC);
        if (sqlite3_exec(db, insert, NULL, NULL, NULL) != SQLITE_OK)
            give_up("the floor's row", NULL);
        add_sample(1000 * (seconds_now(CLOCK_MONOTONIC) - before));
        rows++;
    }
    double took = seconds_now(CLOCK_MONOTONIC) - began;
    sqlite3_close(db);
    *p99_ms = percentile_ms(0.99);
    return rows / took;
}

/* ---- the hub, in a process of its own ---- */

static void
stop(void *context, int signal_number)
{
    (void)signal_number;
    loop_stop(context);
}

/* A reload, until the hub has another file in force. */
static struct {
    struct hub *hub;
    struct loop *loop;
    const struct hub_file *before;
    int64_t began_ms;
} reload;

static void
look_at_reload(void *context)
{
    (void)context;
    if (hub_settings(reload.hub) == reload.before)
        (void)loop_after(reload.loop, 1, look_at_reload, NULL);
    else
        shared->reloaded_ms = (int)(clock_monotonic_ms() - reload.began_ms) + 1;
}

static void
begin_reload(void *context, int signal_number)
{
    (void)context;
    (void)signal_number;
    reload.before = hub_settings(reload.hub);
    reload.began_ms = clock_monotonic_ms();
    hub_reload(reload.hub);
    look_at_reload(NULL);
}

/* config: NULL = a source without rules is all there is. */
static void
run_hub(const char *database, const char *config)
{
    const struct hub_options options = {.database = database,
                                        .listen = "127.0.0.1:0",
                                        .limits = {100000000, 100000000, 100000000},
                                        .config = config};
    struct loop *loop;
    struct hub *hub;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    MUST(loop_create(&loop, &err));
    MUST(loop_on_signal(loop, SIGTERM, stop, loop, &err));
    MUST(loop_on_signal(loop, SIGHUP, begin_reload, NULL, &err));
    MUST(hub_open(&hub, &options, &err));
    MUST(store_begin(hub_store(hub), &err));
    if (!config)
        put(hub_store(hub), KIND_ALERT_SOURCE,
            "{\"id\":\"S\",\"name\":\"S\",\"source_type\":\"http\",\"template\":{}}");
    MUST(hub_source_secret_make(hub_store(hub), shared->source_id, shared->secret, &err));
    MUST(store_commit(hub_store(hub), &err));
    hub_attach(hub, loop);
    reload.hub = hub;
    reload.loop = loop;
    (void)snprintf(shared->url, sizeof shared->url, "%s", hub_url(hub)); /* fits */
    shared->ready = true;
    MUST(loop_run(loop, &err));
    hub_close(hub);
    loop_destroy(loop);
}

static pid_t
start_hub(const char *database, const char *config)
{
    shared->ready = false;
    pid_t hub = fork();
    if (hub == 0) {
        run_hub(database, config);
        _exit(0);
    }
    while (!shared->ready)
        (void)usleep(1000);
    return hub;
}

static void
stop_hub(pid_t hub)
{
    (void)kill(hub, SIGTERM);
    (void)waitpid(hub, NULL, 0);
}

/* Sends until the time is over: as fast as answers come, or each event `every_ms` after the one before. */
static void
run_sender(int number, double every_ms, double until)
{
    struct http_client *client = http_client_create(shared->url);
    double due = seconds_now(CLOCK_MONOTONIC) + every_ms / 1000 * number / SENDERS;
    for (int i = 0; seconds_now(CLOCK_MONOTONIC) < until; i++) {
        struct arena arena = {0};
        const char *const headers[] = {
            arena_printf(&arena, "Authorization: Bearer %s", shared->secret), NULL};
        const char *body =
            arena_printf(&arena,
                         "{\"title\":\"event\",\"status\":\"firing\",\"deduplication_key\":"
                         "\"%d-%d-%d\"}",
                         (int)getpid(), number, i);
        if (every_ms > 0) {
            double wait = due - seconds_now(CLOCK_MONOTONIC);
            if (wait > 0)
                (void)usleep((useconds_t)(wait * 1e6));
            due += every_ms / 1000;
        }
        double began = seconds_now(CLOCK_MONOTONIC);
        const char *path = arena_printf(&arena, "/v2/alert_events/http/%s", shared->source_id);
        if (http_send(client, "POST", path, headers, body, &arena).status == 202) {
            add_sample(1000 * (seconds_now(CLOCK_MONOTONIC) - began));
            (void)__atomic_fetch_add(&shared->accepted, 1, __ATOMIC_RELAXED);
        }
        arena_finish(&arena);
    }
    http_client_destroy(client);
}

/* hub: reloads its file meanwhile, 0 = none does. */
static double
accepted_per_s(double every_ms, pid_t hub)
{
    pid_t senders[SENDERS];
    shared->accepted = shared->samples_len = 0;
    double began = seconds_now(CLOCK_MONOTONIC), until = began + RUN_MS / 1000.0;
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = fork();
        if (senders[i] == 0) {
            run_sender(i, every_ms, until);
            _exit(0);
        }
    }
    if (hub) {
        (void)usleep(RUN_MS * 1000 / 4);
        (void)kill(hub, SIGHUP);
    }
    for (int i = 0; i < SENDERS; i++)
        (void)waitpid(senders[i], NULL, 0);
    return (double)shared->accepted / (seconds_now(CLOCK_MONOTONIC) - began);
}

/* How often senders send at half of the rate that there is. */
static double
measure_intake(const char *directory)
{
    char database[200];
    double commit_p99_ms, row_commits = floor_per_s(directory, &commit_p99_ms);
    (void)snprintf(database, sizeof database, "%s/hub.db", directory);
    (void)snprintf(shared->source_id, sizeof shared->source_id, "S"); /* fits */
    pid_t hub = start_hub(database, NULL);
    double rate = accepted_per_s(0, 0), every_ms = 1000 * SENDERS / (rate / 2);
    printf("accepted events, 16 senders     %8.0f /s   one commit a row %8.0f /s   %.2fx (goal "
           "1.00x)\n",
           rate, row_commits, rate / row_commits);
    double half = accepted_per_s(every_ms, 0);
    printf("at half that rate (%5.0f /s)     p50 %6.2f ms   p99 %6.2f ms (goal 20)   p99 of one "
           "commit %6.2f ms\n",
           half, percentile_ms(0.5), percentile_ms(0.99), commit_p99_ms);
    stop_hub(hub);
    return every_ms;
}

/* ---- a large file that is read again ---- */

/* Routes for another source and for other values, each with an expression of its own, which is new in each generation. */
static void
write_config(const char *path, int generation)
{
    FILE *out = fopen(path, "w");
    if (!out)
        give_up(path, NULL);
    (void)fprintf(out, "source \"s\" { type = \"http\" }\nsource \"other\" { type = \"http\" }\n"
                       "attribute \"Team\" { jq = '.metadata.team' }\n");
    for (int i = 0; i < ROUTES; i++)
        (void)fprintf(out,
                      "route \"r%d\" {\n    sources = {\"%s\"}\n    match = {\"Team = team "
                      "%d\"}\n    when = '.title | test(\"generation %d of %d\")'\n    group = "
                      "yes\n    group_by = {\"Team\"}\n}\n",
                      i, i % 2 ? "s" : "other", i, generation, i);
    if (fclose(out) != 0)
        give_up(path, NULL);
}

static void
measure_reload(const char *directory, double every_ms)
{
    struct arena arena = {0};
    const char *database = arena_printf(&arena, "%s/declared.db", directory);
    const char *config = arena_printf(&arena, "%s/hub.conf", directory);
    write_config(config, 0);
    (void)snprintf(shared->source_id, sizeof shared->source_id, "%s",
                   declared_id("alert_source", "s", &arena)); /* fits */
    pid_t hub = start_hub(database, config);
    for (int generation = 0; generation < 2; generation++) {
        write_config(config, generation);
        shared->reloaded_ms = 0;
        double rate = accepted_per_s(every_ms, hub);
        printf("reload of 1,000 routes, %s %6d ms (goal 2000)   meanwhile %5.0f events /s, p99 "
               "%6.2f ms, slowest %6.2f ms\n",
               generation == 0 ? "as before" : "all anew ", shared->reloaded_ms, rate,
               percentile_ms(0.99), percentile_ms(1));
    }
    stop_hub(hub);
    arena_finish(&arena);
}

/* ---- what routes cost ---- */

static const char *
route_json(struct arena *arena, int number)
{
    bool is_elsewhere = number % 2 == 0; /* half are for another source, half for another value */
    return arena_printf(
        arena,
        "{\"id\":\"R%d\",\"name\":\"Route %d\",\"enabled\":true,\"is_private\":false,\"version\":1,"
        "\"alert_sources\":[{\"alert_source_id\":\"%s\",\"condition_groups\":[]}],\"condition_"
        "groups\":[{\"conditions\":[{\"subject\":{\"label\":\"Team\",\"reference\":\"alert."
        "attributes.TEAM\"},\"operation\":{\"label\":\"is one of\",\"value\":\"one_of\"},\"param_"
        "bindings\":[{\"array_value\":[{\"literal\":\"team "
        "%d\"}]}]}]}],\"expressions\":[{\"label\":"
        "\"e\",\"reference\":\"e\",\"root_reference\":\"alert\",\"operations\":[{\"operation_"
        "type\":"
        "\"parse\",\"parse\":{\"source\":\".title\"}}]}],\"grouping_config\":{\"default\":{"
        "\"enabled\":false}},\"escalation_config\":{\"auto_cancel_escalations\":true,\"escalation_"
        "targets\":[]},\"incident_config\":{\"enabled\":false},\"message_config\":{"
        "\"destinations\":[]},\"created_at\":\"2026-01-01T00:00:00Z\",\"updated_at\":"
        "\"2026-01-01T00:00:00Z\"}",
        number, number, is_elsewhere ? "OTHER" : "S", number);
}

/* CPU time of making an alert of an event and deciding on it, in microseconds; reload_ms: reading the routes anew. */
static double
event_us(int routes, double *reload_ms)
{
    struct arena arena = {0};
    struct store *store;
    MUST(store_open(&store, STORE_HUB, ":memory:", STORE_WRITE, NULL, &err));
    MUST(store_begin(store, &err));
    put(store, KIND_ALERT_SOURCE,
        "{\"id\":\"S\",\"name\":\"S\",\"source_type\":\"http\",\"template\":{}}");
    for (int i = 0; i < routes; i++)
        put(store, KIND_ALERT_ROUTE, route_json(&arena, i));
    struct routing *routing = routing_create(store);
    double took = 0;
    for (int i = 0; i <= EVENTS; i++) {
        struct event_attributes attributes = {0};
        const struct alert_event event = {
            .title = "event",
            .status = "firing",
            .description = "",
            .deduplication_key = arena_printf(&arena, "%d", i),
            .source_url = "",
            .metadata = "",
            .alert_source_id = "S",
            .query_params = "{}",
            .payload = "",
            .received_at = clock_now_ms(),
        };
        struct routing_event about = {.source = "S"};
        double began = seconds_now(CLOCK_PROCESS_CPUTIME_ID);
        MUST(alert_event_apply(store, &event, &attributes, clock_now_ms(), &arena, &about.alert_id,
                               &err));
        MUST(routing_decide(routing, &about, clock_now_ms(), &arena, &err));
        double cost = seconds_now(CLOCK_PROCESS_CPUTIME_ID) - began;
        if (i == 0)
            *reload_ms = 1000 * cost; /* the first one reads the routes */
        else
            took += cost;
    }
    routing_destroy(routing);
    store_rollback(store);
    store_close(store);
    arena_finish(&arena);
    return 1e6 * took / EVENTS;
}

static void
measure_routes(void)
{
    static const int counts[] = {10, 100, 1000};
    double first, warm_ms;
    first =
        event_us(counts[0], &warm_ms); /* what the first run of all touches first counts nowhere */
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        double reload_ms, us = event_us(counts[i], &reload_ms);
        first = i == 0 ? us : first;
        printf("an event beside %4d routes       %8.1f us   %.2fx   reading them anew %6.1f ms\n",
               counts[i], us, us / first, reload_ms);
    }
}

int
main(void)
{
    char directory[] = "/tmp/tocsin-bench-intake-XXXXXX", command[100];
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || !mkdtemp(directory))
        give_up("a place to work in", NULL);
    measure_reload(directory, measure_intake(directory));
    measure_routes();
    (void)snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command) == 0 ? 0 : 1;
}
