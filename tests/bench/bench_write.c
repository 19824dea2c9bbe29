/*
 * What a key that writes costs while upstream never answers: every action of the table, in the console on a cache of a hundred
 * thousand alerts with its poller running, 120x40 in a pseudo-terminal. From the key that decides (the action's own, the y
 * of its question, the Enter of its line) to the first bytes of the frame that answers it, and until "queued" is shown,
 * which comes behind the commit. Beside it, in the same run and on the same disk: the outbox's own append and a bare fdatasync.
 *
 * Usage: bench_write PATH-OF-TOCSIN [ROUNDS]
 */

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "action/action.h"
#include "base/clock.h"
#include "config/config.h"
#include "store/cache.h"
#include "store/local.h"
#include "store/outbox.h"
#include "tests/support/bench_cache.h"
#include "tests/support/bench_terminal.h"
#include "tests/support/bench_upstream.h"
#include "tests/support/store_objects.h"

enum {
    ROUNDS = 60,
    ROUNDS_MAX = 1000,
    ALERTS = 100000,
    PAGES = 30,     /* alerts that somebody is paged for */
    QUIET_MS = 30,  /* a screen is at rest when so long nothing came */
    WAIT_MS = 3000, /* for what must come */
    GOAL_MS = 16,
};

/* What is typed before the key that decides, and that key. */
static const struct script {
    enum action_id action;
    const char *before, *key;
} scripts[] = {
    {ACTION_ACKNOWLEDGE, "1", "a"},
    {ACTION_FINISH, "1x", "y"},
    {ACTION_DEFER, "1:defer 2h", "\r"},
    {ACTION_ASSIGN, "2:assign Ana", "\r"},
    {ACTION_NOTE, "1:note seen, looking at it", "\r"},
    {ACTION_UPDATE, "2:update status=Watching the loader runs again\r", "y"},
    {ACTION_DECLARE, "1:declare severity=2 orders are late\r", "y"},
    {ACTION_ATTACH, "1:attach INC-412\r", "y"},
    {ACTION_LINK, "2:link https://github.com/acme/dbt/pull/7", "\r"},
    {ACTION_ADD, "2:add test the loader", "\r"},
    {ACTION_ESCALATE, "1:escalate Ana\rAna", "\r"},
    {ACTION_REPLY, "2:reply seen, looking at it", "\r"},
    {ACTION_OVERRIDE, "3.:override 2h 4h Ana\r", "y"},
    {ACTION_COVER, "3.:cover Ana\r", "y"},
};
_Static_assert(sizeof scripts / sizeof *scripts == ACTION_COUNT - ACTION_WRITES,
               "every action that writes is measured");

struct measure {
    double ms[ROUNDS_MAX];
    int len;
};

static _Noreturn void
fail(const char *what, const char *why)
{
    (void)fprintf(stderr, "bench_write: %s: %s\n", what, why);
    exit(1);
}

static void
note(struct measure *measure, double ms)
{
    if (measure->len < ROUNDS_MAX)
        measure->ms[measure->len++] = ms;
}

static int
compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double
quantile(struct measure *measure, int percent)
{
    qsort(measure->ms, (size_t)measure->len, sizeof(double), compare_doubles);
    return measure->len ? measure->ms[measure->len * percent / 100] : 0;
}

static void
print(const char *name, struct measure *paint, struct measure *queued)
{
    (void)printf("%-24s %8.2f %8.2f", name, quantile(paint, 50), quantile(paint, 99));
    if (queued)
        (void)printf(" %8.2f %8.2f", quantile(queued, 50), quantile(queued, 99));
    (void)printf("\n");
}

/* ---- an upstream that takes connections and says nothing ---- */

static const char *
open_silent_upstream(struct arena *arena)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, 64) != 0 || getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        fail("upstream", "no port");
    return arena_printf(arena, "http://127.0.0.1:%d", ntohs(address.sin_port));
}

/* ---- what there is to write about ---- */

static void
put(struct store *store, enum kind kind, const void *object, int64_t now_ms)
{
    struct error err;
    if (!cache_put(store, kind, object, now_ms, NULL, &err))
        fail("cache", err.message);
}

static void
put_status(struct store *store, struct arena *arena, const char *id, const char *name,
           const char *category, int rank, int64_t now_ms)
{
    struct incident_status *status = sample_object(arena, KIND_INCIDENT_STATUS, id, now_ms);
    status->name = name;
    status->category = category;
    status->rank = rank;
    put(store, KIND_INCIDENT_STATUS, status, now_ms);
}

static void
put_vocabulary(struct store *store, struct arena *arena, int64_t now_ms)
{
    struct user *ana = sample_object(arena, KIND_USER, "01ANA", now_ms);
    ana->name = "Ana";
    ana->email = "ana@example.com";
    ana->is_active = true;
    put(store, KIND_USER, ana, now_ms);
    put_status(store, arena, "01FIXING", "Fixing", "live", 2, now_ms);
    put_status(store, arena, "01WATCHING", "Watching", "live", 3, now_ms);
    put_status(store, arena, "01CLOSED", "Closed", "closed", 5, now_ms);
    for (int i = 1; i <= 4; i++) {
        struct severity *severity =
            sample_object(arena, KIND_SEVERITY, arena_printf(arena, "01SEV%d", i), now_ms);
        severity->name = arena_printf(arena, "Grade %d", i);
        severity->rank = 5 - i;
        put(store, KIND_SEVERITY, severity, now_ms);
    }
    struct incident_role *lead = sample_object(arena, KIND_INCIDENT_ROLE, "01LEAD", now_ms);
    lead->name = "Lead";
    lead->role_type = "lead";
    put(store, KIND_INCIDENT_ROLE, lead, now_ms);
}

static void
put_pages(struct store *store, struct arena *arena, int64_t now_ms)
{
    for (int n = 0; n < PAGES; n++) {
        struct escalation_alert *about = arena_new(arena, struct escalation_alert);
        struct escalation *page = sample_object(
            arena, KIND_ESCALATION, arena_printf(arena, "01PAGE%02d", n), now_ms - n * MINUTE_MS);
        object_clear(&escalation_alert_table, about);
        about->alert_id = bench_alert(arena, n, ALERTS, now_ms)->id;
        page->title = "paged";
        page->status = "triggered";
        page->related_alerts = about;
        page->related_alerts_len = 1;
        put(store, KIND_ESCALATION, page, now_ms);
    }
}

/* The cache becomes the one that the poller keeps for this address and key. */
static void
adopt(struct arena *arena, const struct bench_cache *cache, const char *url, struct paths *paths)
{
    struct error err = {0};
    struct config config;
    const struct profile *profile;
    struct store *private_db = NULL, *store = NULL;
    const char *directory;
    const int64_t now_ms = clock_now_ms();
    FILE *file = fopen(cache->config, "w");
    if (!file)
        fail("configuration", cache->config);
    (void)fprintf(
        file,
        "profile \"default\" {\n    url = \"%s\"\n    me = \"ana@example.com\"\n"
        "    slack_url = \"%s\"\n    slack_token_command = {\"echo\", \"xoxb-bench\"}\n}\n",
        url, url);
    (void)fclose(file);
    if (!store_open(&store, STORE_CACHE, cache->path, STORE_WRITE, NULL, &err) ||
        !store_begin(store, &err))
        fail("cache", err.message);
    put_vocabulary(store, arena, now_ms);
    put_pages(store, arena, now_ms);
    if (!store_commit(store, &err))
        fail("cache", err.message);
    store_close(store);
    if (!config_load(&config, cache->config, arena, &err) ||
        !config_profile(&config, NULL, &profile, &err) ||
        !profile_paths(profile, arena, paths, &err) ||
        !profile_cache_dir(profile, "bench", arena, &directory, &err) || rmdir(directory) != 0 ||
        rename(arena_printf(arena, "%s/bench-cache", cache->state_home), directory) != 0 ||
        !store_open(&private_db, STORE_PRIVATE, paths->private_db, STORE_WRITE, NULL, &err) ||
        !cache_location_put(private_db, url, directory, now_ms, &err))
        fail("cache", err.message);
    store_close(private_db);
}

/* ---- keys ---- */

/* What comes until nothing does for a while. */
static void
rest(const struct bench_terminal *terminal)
{
    static char out[65536];
    while (bench_terminal_read(terminal, out, sizeof out, QUIET_MS) > 0)
        continue;
}

static void
type(const struct bench_terminal *terminal, const char *keys)
{
    for (const char *key = keys; *key; key++) {
        (void)!write(terminal->fd, key, 1); /* what does not come of it is missed below */
        if (*key == '\r' || key == keys)
            rest(terminal);
    }
    rest(terminal);
}

/* Types the key; when its frame began to come, and when `text` was there. */
static void
press(const struct bench_terminal *terminal, const char *key, const char *what, const char *text,
      struct measure *paint, struct measure *shown)
{
    static char out[65536];
    size_t len = 0;
    const double pressed = bench_now_ms();
    double first = 0, now = pressed;
    (void)!write(terminal->fd, key, 1); /* what does not come of it is missed below */
    while (now - pressed < WAIT_MS && len < sizeof out - 1) {
        ssize_t got = bench_terminal_read(terminal, out + len, sizeof out - 1 - len, 100);
        now = bench_now_ms();
        if (got <= 0)
            continue;
        first = first > 0 ? first : now;
        len += (size_t)got;
        out[len] = '\0';
        if (strstr(out, text))
            break;
    }
    if (!strstr(out, text))
        fail(what, arena_printf(&(struct arena){0}, "'%s' was not shown", text));
    if (paint)
        note(paint, first - pressed);
    if (shown)
        note(shown, now - pressed);
}

static const struct script *
script_of(enum action_id action)
{
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        if (scripts[i].action == action)
            return &scripts[i];
    fail(action_info(action)->name, "it is not measured: add its keys to the scripts");
}

static void
measure_action(const struct bench_terminal *terminal, enum action_id action, int rounds,
               struct measure *all)
{
    static struct measure paint, queued;
    const char *name = action_info(action)->name;
    const struct script *script = script_of(action);
    paint.len = queued.len = 0;
    for (int i = 0; i < rounds; i++) {
        type(terminal, script->before);
        press(terminal, script->key, name, "queued: ", &paint, &queued);
        note(all, paint.ms[paint.len - 1]);
        rest(terminal);
        press(terminal, "u", name, "taken back", NULL, NULL);
        rest(terminal);
    }
    print(name, &paint, &queued);
}

/* ---- floors ---- */

static void
measure_append(const struct paths *paths, int rounds, struct measure *append)
{
    struct store *private_db;
    struct error err = {0};
    if (!store_open(&private_db, STORE_PRIVATE, paths->private_db, STORE_WRITE, NULL, &err))
        fail("outbox", err.message);
    const struct outbox outbox = {private_db, "http://127.0.0.1:9"}; /* nobody's: it is not sent */
    for (int i = 0; i < rounds; i++) {
        struct outbox_row row = {.action = "note",
                                 .label = "note on 'model fct_orders failed'",
                                 .target_kind = "alert",
                                 .target_id = "01ALERT",
                                 .method = "POST",
                                 .path = "/v1/alert_notes",
                                 .body = "{\"alert_id\":\"01ALERT\",\"content\":\"seen\"}"};
        const double began = bench_now_ms();
        if (!outbox_append(&outbox, &row, 1, clock_now_ms(), 5000, &err))
            fail("outbox", err.message);
        note(append, bench_now_ms() - began);
        (void)usleep(10000);
    }
    store_close(private_db);
}

static void
measure_sync(struct arena *arena, const struct paths *paths, int rounds, struct measure *sync)
{
    static char block[4096];
    int fd = open(arena_printf(arena, "%s/floor", paths->profile_dir), O_RDWR | O_CREAT | O_CLOEXEC,
                  0600);
    for (int i = 0; fd >= 0 && i < rounds; i++) {
        memset(block, i, sizeof block);
        const double began = bench_now_ms();
        if (pwrite(fd, block, sizeof block, 0) != (ssize_t)sizeof block || fdatasync(fd) != 0)
            fail("floor", "cannot be written");
        note(sync, bench_now_ms() - began);
        (void)usleep(10000);
    }
    if (fd >= 0)
        (void)close(fd);
}

int
main(int argc, char **argv)
{
    static struct measure all, append, sync;
    static const char *const marks[] = {"Alerts", "out 0", NULL};
    if (argc < 2) {
        (void)fprintf(stderr, "usage: bench_write TOCSIN [ROUNDS]\n");
        return 1;
    }
    const int rounds = argc > 2 ? atoi(argv[2]) : ROUNDS;
    struct arena arena = {0};
    struct paths paths;
    const char *url = open_silent_upstream(&arena);
    const struct bench_cache cache = bench_cache_make(&arena, ALERTS);
    adopt(&arena, &cache, url, &paths);
    const char *const console[] = {argv[1], "--config", cache.config, NULL};
    struct bench_terminal terminal = bench_terminal_start(console, cache.state_home);
    if (!bench_terminal_expect(&terminal, marks))
        fail("console", "it did not paint");
    rest(&terminal);

    (void)printf("%-24s %8s %8s %8s %8s\n", "key to paint, ms, while", "paint", "", "queued", "");
    (void)printf("%-24s %8s %8s %8s %8s\n", "upstream never answers", "p50", "p99", "p50", "p99");
    for (int action = ACTION_WRITES; action < ACTION_COUNT; action++)
        measure_action(&terminal, (enum action_id)action, rounds, &all);
    measure_append(&paths, 5 * rounds, &append);
    measure_sync(&arena, &paths, 5 * rounds, &sync);
    print("all of them", &all, NULL);
    (void)printf("%-24s %8s %8.2f   %s\n", "  goal", "", (double)GOAL_MS,
                 quantile(&all, 99) < GOAL_MS ? "held" : "MISSED");
    print("the outbox's append", &append, NULL);
    print("a 4 KiB fdatasync", &sync, NULL);

    bench_terminal_end(&terminal);
    bench_cache_remove(&cache);
    arena_finish(&arena);
    return 0;
}
