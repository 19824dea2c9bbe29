/*
 * What a key costs: the console on caches of a thousand, a hundred thousand and a million alerts, at 120x40 in a
 * pseudo-terminal, beside the least list out of SQLite on the same caches. All of them live at the same time and take keys
 * in turn, so that the machine's moods meet them alike: compare ratios only. From a key to the last byte of its frame; keys
 * a second held down; bytes a key; a minute in which nobody types; peak memory; and keys while a first sync commits.
 *
 * Usage: bench_keys PATH-OF-TOCSIN PATH-OF-FLOOR_LIST PATH-OF-TOCSIN-SYNC [KEYS]
 */

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/bench_cache.h"
#include "tests/support/bench_terminal.h"
#include "tests/support/bench_upstream.h"
#include "tests/support/store_objects.h"

enum {
    KEYS = 1000,
    KEYS_MAX = 10000,
    SETTLE_MS = 3, /* a frame is over when so long nothing came */
    DRAIN_MS = 500,
    ANSWER_MS = 200, /* a key that paints nothing */
    HELD_KEYS = 20000,
    IDLE_S = 60,
    SYNCED_ALERTS = 30000,
    SYNC_PAUSE_US = 5000,
    GOAL_MS = 16,
    GOAL_FOUND_MS = 150,
};

struct subject {
    const char *name;
    const char *argv[4];
    const char *state_home;
    struct bench_terminal terminal;
};

enum { SIZES = 3, SUBJECTS = 2 * SIZES };
static const int sizes[SIZES] = {1000, 100000, 1000000};
static struct subject subjects[SUBJECTS]; /* least lists, then consoles */

static const char *const floor_marks[] = {"painted", NULL};
static const char *const console_marks[] = {"Alerts", "out 0", NULL};

struct measure {
    double ms[KEYS_MAX];
    int len;
    long bytes, bytes_most;
};

/* ---- one key ---- */

/* Takes what a frame sends; returns when its last byte came, 0 = nothing came. */
static double
read_frame(const struct bench_terminal *terminal, long *bytes)
{
    static char out[65536];
    double last = 0;
    *bytes = 0;
    for (;;) {
        ssize_t got =
            bench_terminal_read(terminal, out, sizeof out, last > 0 ? SETTLE_MS : ANSWER_MS);
        if (got <= 0)
            return last;
        last = bench_now_ms();
        *bytes += got;
    }
}

static void
press(const struct bench_terminal *terminal, const char *key, struct measure *measure)
{
    long bytes;
    double pressed = bench_now_ms();
    (void)!write(terminal->fd, key, strlen(key)); /* what does not come back is not counted */
    double painted = read_frame(terminal, &bytes);
    if (painted <= 0 || !measure || measure->len == KEYS_MAX)
        return;
    measure->ms[measure->len++] = painted - pressed;
    measure->bytes += bytes;
    measure->bytes_most = bytes > measure->bytes_most ? bytes : measure->bytes_most;
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
print_measure(const char *what, const char *subject, struct measure *measure)
{
    (void)printf("%-12s %-28s %8.2f %8.2f %8ld %8ld\n", what, subject, quantile(measure, 50),
                 quantile(measure, 99), measure->len ? measure->bytes / measure->len : 0,
                 measure->bytes_most);
}

static void
print_goal(double p99_ms)
{
    (void)printf("%-12s %-28s %8s %8.2f\n", "", "  goal", "", p99_ms);
}

/* ---- keys in turn ---- */

struct exercise {
    const char *name;
    const char *there, *back; /* keys; pressed `stretch` times each */
    int stretch;
    bool floors_too;
    bool back_counts;
};

static const struct exercise exercises[] = {
    {"move", "j", "k", 300, true, true},
    {"page", "\033[6~", "\033[5~", 25, true, true},
    {"open", "\r", "q", 1, false, false},
    {"switch pane", "\t", "\t", 1, false, true},
};

static void
run_exercise(const struct exercise *exercise, int keys)
{
    static struct measure measures[SUBJECTS];
    memset(measures, 0, sizeof measures);
    for (int n = 0; n < keys; n++)
        for (int i = exercise->floors_too ? 0 : SIZES; i < SUBJECTS; i++) {
            bool back = n / exercise->stretch % 2;
            press(&subjects[i].terminal, back ? exercise->back : exercise->there,
                  back && !exercise->back_counts ? NULL : &measures[i]);
        }
    for (int i = exercise->floors_too ? 0 : SIZES; i < SUBJECTS; i++)
        print_measure(exercise->name, subjects[i].name, &measures[i]);
    print_goal(GOAL_MS);
    for (int i = 0; exercise->floors_too && i < SIZES; i++)
        (void)printf("%-12s %-28s %8.2f %8.2f\n", "", "  console / least list",
                     quantile(&measures[SIZES + i], 50) / quantile(&measures[i], 50),
                     quantile(&measures[SIZES + i], 99) / quantile(&measures[i], 99));
}

/* Letter by letter, each a filter or the beginning of one; then it is given up. */
static void
type_filters(int keys)
{
    static struct measure measures[SUBJECTS];
    static const char filter[] = "sev=1 team=data";
    for (int n = 0; n < keys; n += (int)sizeof filter - 1)
        for (int i = SIZES; i < SUBJECTS; i++) {
            const struct bench_terminal *terminal = &subjects[i].terminal;
            press(terminal, "/", NULL);
            for (const char *at = filter; *at; at++)
                press(terminal, (char[2]){*at, 0}, &measures[i]);
            press(terminal, "\033", NULL);
        }
    for (int i = SIZES; i < SUBJECTS; i++)
        print_measure("type filter", subjects[i].name, &measures[i]);
    print_goal(GOAL_FOUND_MS); /* found over all history */
}

/* ---- nobody types ---- */

/* A number behind a name in /proc/PID/status. */
static long
status_number(pid_t pid, const char *name)
{
    char path[64], line[256];
    long number = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':')
            number = strtol(line + strlen(name) + 1, NULL, 10);
    if (file)
        (void)fclose(file);
    return number;
}

static double
cpu_ms(pid_t pid)
{
    char path[64], line[128] = "";
    (void)snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    (void)!fgets(line, sizeof line, file); /* none: nothing is known of its time */
    (void)fclose(file);
    return strtod(line, NULL) / 1e6;
}

static void
idle(void)
{
    static char out[65536];
    struct pollfd fds[SUBJECTS];
    long bytes[SUBJECTS] = {0}, wakeups[SUBJECTS];
    double cpu[SUBJECTS];
    for (int i = 0; i < SUBJECTS; i++) {
        pid_t pid = subjects[i].terminal.pid;
        while (bench_terminal_read(&subjects[i].terminal, out, sizeof out, DRAIN_MS) > 0)
            continue; /* what the last key asked for may come a little later */
        fds[i] = (struct pollfd){.fd = subjects[i].terminal.fd, .events = POLLIN};
        wakeups[i] = status_number(pid, "voluntary_ctxt_switches");
        cpu[i] = cpu_ms(pid);
    }
    const double end = bench_now_ms() + IDLE_S * 1000;
    for (double now; (now = bench_now_ms()) < end;) {
        (void)poll(fds, SUBJECTS, (int)(end - now) + 1);
        for (int i = 0; i < SUBJECTS; i++)
            if (fds[i].revents & POLLIN) {
                ssize_t got = read(fds[i].fd, out, sizeof out);
                bytes[i] += got > 0 ? got : 0;
            }
    }
    (void)printf("\n%-41s %8s %8s %8s\n", "60 s in which nobody types", "bytes", "wakeups",
                 "CPU, ms");
    for (int i = 0; i < SUBJECTS; i++) {
        pid_t pid = subjects[i].terminal.pid;
        (void)printf("%-12s %-28s %8ld %8ld %8.1f\n", "idle", subjects[i].name, bytes[i],
                     status_number(pid, "voluntary_ctxt_switches") - wakeups[i],
                     cpu_ms(pid) - cpu[i]);
    }
}

/* ---- a key held down ---- */

/* As fast as it takes them, 400 down and 400 up; until it has left, which it does at the last key. */
static double
hold_down(struct subject *subject)
{
    static char out[65536], keys[HELD_KEYS + 1];
    for (int i = 0; i < HELD_KEYS; i++)
        keys[i] = i / 400 % 2 ? 'k' : 'j';
    keys[HELD_KEYS] = 'Q';
    const double began = bench_now_ms();
    for (size_t sent = 0; sent < sizeof keys;) {
        ssize_t took = write(subject->terminal.fd, keys + sent, sizeof keys - sent);
        sent += took > 0 ? (size_t)took : 0;
        (void)bench_terminal_read(&subject->terminal, out, sizeof out, took > 0 ? 0 : 1);
    }
    while (bench_terminal_read(&subject->terminal, out, sizeof out, 1000) >= 0)
        ;
    return HELD_KEYS / (bench_now_ms() - began) * 1000;
}

/* ---- while a sync commits ---- */

static void
write_config(const char *path, const char *url)
{
    FILE *file = fopen(path, "w");
    if (!file)
        exit(1);
    (void)fprintf(file, "profile \"default\" {\n    url = \"%s\"\n}\n", url);
    (void)fclose(file);
}

static pid_t
start_sync(const char *program, const char *config, const char *state_home)
{
    (void)fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        (void)setenv("XDG_STATE_HOME", state_home, 1);
        (void)setenv("TOCSIN_API_KEY", "bench", 1);
        (void)!freopen("/dev/null", "w", stdout); /* it says what it fetched */
        (void)execl(program, program, "sync", "--config", config, "--once", (char *)NULL);
        _exit(127);
    }
    return pid;
}

static void
type_while_syncing(struct arena *arena, const char *console, const char *sync)
{
    static struct measure measure;
    static const char *const rows_marks[] = {"failed in production", NULL};
    const char *home = temporary_directory(arena);
    const char *config = arena_printf(arena, "%s/tocsin.conf", home);
    struct bench_upstream upstream;
    (void)fflush(stdout); /* the child has it as well */
    bench_upstream_start(&upstream, SYNCED_ALERTS);
    write_config(config, upstream.url);
    const char *const argv[] = {console, "--config", config, NULL};
    struct bench_terminal terminal = bench_terminal_start(argv, home);
    bool ready = bench_terminal_expect(&terminal, console_marks);
    pid_t pid = start_sync(sync, config, home);
    ready = ready && bench_terminal_expect(&terminal, rows_marks);
    int status, keys = 0;
    while (ready && waitpid(pid, &status, WNOHANG) == 0) {
        press(&terminal, keys++ / 10 % 2 ? "k" : "j", &measure);
        (void)usleep(SYNC_PAUSE_US);
    }
    if (!ready) {
        (void)fprintf(stderr, "bench_keys: no rows came while syncing\n");
        (void)waitpid(pid, &status, 0);
    }
    (void)printf("\n");
    print_measure("move", "console, a full sync runs", &measure);
    print_goal(GOAL_MS);
    (void)printf("%-12s %-28s %8d\n", "", "  keys", measure.len);
    bench_terminal_end(&terminal);
    bench_upstream_stop(&upstream);
    temporary_directory_remove(home);
}

/* ---- */

static void
start_subjects(struct arena *arena, const struct bench_cache caches[SIZES], const char *console,
               const char *floor)
{
    for (int i = 0; i < SIZES; i++) {
        subjects[i] = (struct subject){
            .name = arena_printf(arena, "least list, %d", sizes[i]),
            .argv = {floor, caches[i].path},
        };
        subjects[SIZES + i] = (struct subject){
            .name = arena_printf(arena, "console, %d", sizes[i]),
            .argv = {console, "--config", caches[i].config},
            .state_home = caches[i].state_home,
        };
    }
    for (int i = 0; i < SUBJECTS; i++) {
        struct subject *subject = &subjects[i];
        subject->terminal = bench_terminal_start(subject->argv, subject->state_home);
        if (!bench_terminal_expect(&subject->terminal, i < SIZES ? floor_marks : console_marks)) {
            (void)fprintf(stderr, "bench_keys: %s did not paint\n", subject->name);
            exit(1);
        }
        long bytes;
        (void)read_frame(&subject->terminal, &bytes); /* what follows the first frame */
    }
}

static void
print_memory(void)
{
    double mb[SUBJECTS];
    (void)printf("\n%-41s %8s\n", "peak memory after all of this", "MB");
    for (int i = 0; i < SUBJECTS; i++) {
        mb[i] = (double)status_number(subjects[i].terminal.pid, "VmHWM") / 1024;
        (void)printf("%-12s %-28s %8.1f\n", "memory", subjects[i].name, mb[i]);
    }
    (void)printf("%-41s %8.2f   goal <= 1.10, and under 15 MB\n", "  console, 1000000 / 1000",
                 mb[SUBJECTS - 1] / mb[SIZES]);
}

int
main(int argc, char **argv)
{
    if (argc < 4) {
        (void)fprintf(stderr, "usage: bench_keys TOCSIN FLOOR_LIST TOCSIN_SYNC [KEYS]\n");
        return 1;
    }
    const int keys = argc > 4 ? atoi(argv[4]) : KEYS;
    struct arena arena = {0};
    struct bench_cache caches[SIZES];
    const char *copies = temporary_directory(&arena);
    const char *console = bench_lone_copy(&arena, copies, argv[1]);
    for (int i = 0; i < SIZES; i++)
        caches[i] = bench_cache_make(&arena, sizes[i]);
    start_subjects(&arena, caches, console, argv[2]);

    (void)printf("%-41s %8s %8s %8s %8s\n", "from key to its frame's last byte, 120x40, ms", "p50",
                 "p99", "bytes", "most");
    for (size_t i = 0; i < sizeof exercises / sizeof *exercises; i++)
        run_exercise(&exercises[i], keys);
    type_filters(keys);
    idle();
    print_memory();
    (void)printf("\n%-41s %8s\n", "a key held down", "keys/s");
    for (int i = 0; i < SUBJECTS; i++) {
        (void)printf("%-12s %-28s %8.0f%s\n", "held", subjects[i].name, hold_down(&subjects[i]),
                     i < SIZES ? "" : "   goal >= 5000");
        bench_terminal_end(&subjects[i].terminal);
    }
    type_while_syncing(&arena, console, argv[3]);

    for (int i = 0; i < SIZES; i++)
        bench_cache_remove(&caches[i]);
    temporary_directory_remove(copies);
    arena_finish(&arena);
    return 0;
}
