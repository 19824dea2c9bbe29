/*
 * From exec to all panes painted, on a pty of 120x40, beside an empty ncurses program and the least list out of SQLite;
 * with one thousand and with one hundred thousand cached alerts. Subjects run in turn, so that the machine's moods meet
 * all of them alike: compare ratios only.
 *
 * Usage: bench_start PATH-OF-TOCSIN PATH-OF-FLOOR_NCURSES PATH-OF-FLOOR_LIST
 */

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "config/config.h"
#include "store/cache.h"
#include "store/local.h"
#include "tests/support/bench_upstream.h"
#include "tests/support/store_objects.h"

enum { RUNS = 40, TIMEOUT_MS = 5000, OUTPUT_MAX_BYTES = 256 * 1024, ROWS_A_COMMIT = 1000 };
#define URL "http://127.0.0.1:9" /* nobody is there: the console shows what it has */

struct subject {
    const char *name;
    const char *argv[8];
    const char *state_home;
    const char *const *marks; /* painted when all of them were sent */
    double ms[RUNS];
};

/* ---- a cache to look at ---- */

static void
put(struct store *store, enum kind kind, const void *object, int64_t now_ms)
{
    struct error err;
    if (!cache_put(store, kind, object, now_ms, NULL, &err)) {
        (void)fprintf(stderr, "bench_start: %s\n", err.message);
        exit(1);
    }
}

static void
put_company(struct store *store, struct arena *arena, int64_t now_ms)
{
    struct schedule *schedule = sample_object(arena, KIND_SCHEDULE, "01SCHEDULE", now_ms);
    schedule->name = "Data on-call";
    schedule->timezone = "Europe/Berlin";
    put(store, KIND_SCHEDULE, schedule, now_ms);
    for (int day = -14; day < 14; day++) {
        char *id = arena_printf(arena, "01SCHEDULE/final/%d", day);
        struct schedule_entry *entry =
            sample_object(arena, KIND_SCHEDULE_ENTRY, id, now_ms + day * DAY_MS);
        entry->schedule_id = schedule->id;
        entry->list = "final";
        entry->user_id = day % 2 ? "01ANA" : "01BO";
        entry->user_name = day % 2 ? "Ana" : "Bo";
        entry->end_at = entry->start_at + DAY_MS;
        put(store, KIND_SCHEDULE_ENTRY, entry, now_ms);
    }
    struct incident *incident = sample_object(arena, KIND_INCIDENT, "01INCIDENT", now_ms - HOUR_MS);
    incident->reference = "INC-412";
    incident->name = "Orders are late";
    incident->incident_status_category = "live";
    incident->incident_status_name = "Fixing";
    incident->severity_digit = 2;
    put(store, KIND_INCIDENT, incident, now_ms);
    for (int i = 0; i < 30; i++) {
        struct incident_update *update = sample_object(
            arena, KIND_INCIDENT_UPDATE, arena_printf(arena, "01U%02d", i), now_ms - i * MINUTE_MS);
        update->incident_id = incident->id;
        update->message = "The warehouse is being resized; the next run starts on the hour.";
        put(store, KIND_INCIDENT_UPDATE, update, now_ms);
        struct follow_up *follow_up = sample_object(
            arena, KIND_FOLLOW_UP, arena_printf(arena, "01F%02d", i), now_ms - i * DAY_MS);
        follow_up->title = "Alert on late partitions";
        follow_up->status = "outstanding";
        follow_up->incident_id = incident->id;
        put(store, KIND_FOLLOW_UP, follow_up, now_ms);
    }
}

static void
put_freshness(struct store *store, int64_t now_ms)
{
    struct error err;
    for (int i = 0; i < KIND_COUNT; i++) {
        const struct freshness freshness = {.resource = kind_info((enum kind)i)->table,
                                            .last_complete_at = now_ms,
                                            .last_attempt_at = now_ms,
                                            .error_code = "",
                                            .error_message = "",
                                            .error_request_id = "",
                                            .cursor = "",
                                            .history_until = 1};
        if (!freshness_put(store, &freshness, &err))
            exit(1);
    }
}

/* Returns the cache's path; the profile's private.db points to it. */
static const char *
make_cache(struct arena *arena, const char *state_home, int alerts)
{
    struct error err = {0};
    const char *directory = arena_printf(arena, "%s/bench-cache", state_home);
    const char *path = arena_printf(arena, "%s/cache.db", directory);
    (void)mkdir(directory, 0700);
    (void)setenv("XDG_STATE_HOME", state_home, 1);

    struct config config;
    const struct profile *profile;
    struct paths paths;
    struct store *private_db, *cache;
    const char *config_path = arena_printf(arena, "%s/tocsin.conf", state_home);
    FILE *file = fopen(config_path, "w");
    if (!file)
        exit(1);
    (void)fprintf(file, "profile \"default\" {\n    url = \"%s\"\n    theme = \"default\"\n}\n",
                  URL);
    (void)fclose(file);
    bool ok = config_load(&config, config_path, arena, &err) &&
              config_profile(&config, NULL, &profile, &err) &&
              profile_paths(profile, arena, &paths, &err) &&
              store_open(&private_db, STORE_PRIVATE, paths.private_db, STORE_WRITE, NULL, &err) &&
              cache_location_put(private_db, URL, directory, clock_now_ms(), &err) &&
              store_open(&cache, STORE_CACHE, path, STORE_WRITE, NULL, &err);
    if (!ok) {
        (void)fprintf(stderr, "bench_start: %s\n", err.message);
        exit(1);
    }
    store_close(private_db);

    int64_t now_ms = clock_now_ms();
    struct arena scratch = {0};
    for (int n = 0; ok && n < alerts;) {
        ok = store_begin(cache, &err);
        for (int end = n + ROWS_A_COMMIT; n < end && n < alerts; n++)
            put(cache, KIND_ALERT, bench_alert(&scratch, n, alerts, now_ms), now_ms);
        if (n >= alerts) {
            put_company(cache, &scratch, now_ms);
            put_freshness(cache, now_ms);
        }
        ok = ok && store_commit(cache, &err); /* nobody searches */
        arena_reset(&scratch);
    }
    store_checkpoint(cache);
    store_close(cache);
    arena_finish(&scratch);
    return path;
}

/* ---- one start ---- */

static double
now_ms_exact(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static bool
all_seen(const char *output, const char *const *marks)
{
    for (size_t i = 0; marks[i]; i++)
        if (!strstr(output, marks[i]))
            return false;
    return true;
}

static void
end_child(pid_t pid, int terminal)
{
    char junk[4096];
    (void)!write(terminal, "q", 1); /* it may be gone already */
    for (int i = 0; i < 200; i++) {
        struct pollfd fd = {.fd = terminal, .events = POLLIN};
        if (poll(&fd, 1, 5) > 0)
            (void)!read(terminal, junk, sizeof junk); /* what it says while it leaves */
        if (waitpid(pid, NULL, WNOHANG) == pid)
            return;
    }
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}

static double
time_start(const struct subject *subject)
{
    static char output[OUTPUT_MAX_BYTES];
    const struct winsize size = {.ws_row = 40, .ws_col = 120};
    size_t len = 0;
    int terminal;
    double started = now_ms_exact(), painted = -1;
    pid_t pid = forkpty(&terminal, NULL, NULL, &size);
    if (pid == 0) {
        (void)setenv("TERM", "xterm-256color", 1);
        (void)setenv("LC_ALL", "C.UTF-8", 1);
        (void)setenv("TOCSIN_API_KEY", "bench", 1);
        if (subject->state_home)
            (void)setenv("XDG_STATE_HOME", subject->state_home, 1);
        (void)execv(subject->argv[0], (char *const *)subject->argv);
        _exit(127);
    }
    while (painted < 0 && now_ms_exact() - started < TIMEOUT_MS && len < sizeof output - 1) {
        struct pollfd fd = {.fd = terminal, .events = POLLIN};
        if (poll(&fd, 1, 100) <= 0)
            continue; /* the loop's own limit ends it */
        ssize_t got = read(terminal, output + len, sizeof output - 1 - len);
        if (got <= 0)
            break;
        len += (size_t)got;
        output[len] = '\0';
        if (all_seen(output, subject->marks))
            painted = now_ms_exact() - started;
    }
    if (painted < 0) {
        (void)fprintf(stderr, "bench_start: %s did not paint; it sent %zu bytes\n", subject->name,
                      len);
        if (getenv("BENCH_SHOW"))
            (void)fwrite(output, 1, len, stderr);
    }
    end_child(pid, terminal);
    (void)close(terminal);
    if (painted < 0)
        exit(1);
    return painted;
}

static int
compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* A console that finds no poller beside it starts none: a process starting behind one subject would slow the next. */
static const char *
lone_copy(struct arena *arena, const char *directory, const char *program)
{
    const char *copy = arena_printf(arena, "%s/console", directory);
    if (system(arena_printf(arena, "cp '%s' '%s'", program, copy)) != 0)
        exit(1);
    return copy;
}

int
main(int argc, char **argv)
{
    if (argc < 4) {
        (void)fprintf(stderr, "usage: bench_start TOCSIN FLOOR_NCURSES FLOOR_LIST\n");
        return 1;
    }
    static const char *const floor_marks[] = {"painted", NULL};
    static const char *const console_marks[] = {"Alerts",     "Timeline", "Rota",
                                                "Follow-ups", "quit",     NULL};
    struct arena arena = {0};
    const char *small = temporary_directory(&arena), *large = temporary_directory(&arena);
    const char *small_cache = make_cache(&arena, small, 1000),
               *large_cache = make_cache(&arena, large, 100000);
    const char *console = lone_copy(&arena, small, argv[1]);
    struct subject subjects[] = {
        {.name = "empty ncurses program", .argv = {argv[2]}, .marks = floor_marks},
        {.name = "least list, 1 thousand alerts",
         .argv = {argv[3], small_cache},
         .marks = floor_marks},
        {.name = "least list, 100 thousand alerts",
         .argv = {argv[3], large_cache},
         .marks = floor_marks},
        {.name = "console, 1 thousand alerts",
         .argv = {console, "--config", arena_printf(&arena, "%s/tocsin.conf", small)},
         .state_home = small,
         .marks = console_marks},
        {.name = "console, 100 thousand alerts",
         .argv = {console, "--config", arena_printf(&arena, "%s/tocsin.conf", large)},
         .state_home = large,
         .marks = console_marks},
    };
    enum { EMPTY, LIST_SMALL, LIST_LARGE, CONSOLE_SMALL, CONSOLE_LARGE, SUBJECTS };
    for (int run = -2; run < RUNS; run++) /* the first two warm the page cache */
        for (int i = 0; i < SUBJECTS; i++) {
            double ms = time_start(&subjects[i]);
            if (run >= 0)
                subjects[i].ms[run] = ms;
        }
    (void)printf("%-40s %12s %10s\n", "from exec to painted, 120x40", "p50, ms", "p99, ms");
    for (int i = 0; i < SUBJECTS; i++) {
        qsort(subjects[i].ms, RUNS, sizeof(double), compare_doubles);
        (void)printf("%-40s %12.2f %10.2f\n", subjects[i].name, subjects[i].ms[RUNS / 2],
                     subjects[i].ms[RUNS * 99 / 100]);
    }
    (void)printf("%-52s %10.2f         goal <= 2.00\n", "console at 100 thousand / empty ncurses",
                 subjects[CONSOLE_LARGE].ms[RUNS / 2] / subjects[EMPTY].ms[RUNS / 2]);
    (void)printf("%-52s %10.2f\n", "console at 100 thousand / least list",
                 subjects[CONSOLE_LARGE].ms[RUNS / 2] / subjects[LIST_LARGE].ms[RUNS / 2]);
    (void)printf("%-52s %10.2f         goal <= 1.30\n", "console at 100 thousand / at 1 thousand",
                 subjects[CONSOLE_LARGE].ms[RUNS / 2] / subjects[CONSOLE_SMALL].ms[RUNS / 2]);
    temporary_directory_remove(small);
    temporary_directory_remove(large);
    arena_finish(&arena);
    return 0;
}
