/*
 * From exec to all panes painted, on a pty of 120x40, beside an empty ncurses program and the least list out of SQLite;
 * with one thousand, one hundred thousand and one million cached alerts. Subjects run in turn, so that the machine's moods
 * meet all of them alike: compare ratios only. On a busy machine the least of many runs says most.
 *
 * Usage: bench_start PATH-OF-TOCSIN PATH-OF-FLOOR_NCURSES PATH-OF-FLOOR_LIST
 */

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/bench_cache.h"
#include "tests/support/store_objects.h"

enum { RUNS = 50, TIMEOUT_MS = 5000, OUTPUT_MAX_BYTES = 256 * 1024 };

struct subject {
    const char *name;
    const char *argv[8];
    const char *state_home;
    const char *const *marks; /* painted when all of them were sent */
    double ms[RUNS];
};

static const char *const floor_marks[] = {"painted", NULL};
static const char *const console_marks[] = {"Alerts",     "Timeline", "Rota",
                                            "Follow-ups", "quit",     NULL};

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

static double
quantile(const struct subject *subject, int percent)
{
    return subject->ms[RUNS * percent / 100];
}

static void
print_ratio(const char *name, const struct subject *subject, const struct subject *floor,
            const char *goal)
{
    (void)printf("%-44s %9.2f %9.2f   %s\n", name, subject->ms[0] / floor->ms[0],
                 quantile(subject, 50) / quantile(floor, 50), goal);
}

int
main(int argc, char **argv)
{
    if (argc < 4) {
        (void)fprintf(stderr, "usage: bench_start TOCSIN FLOOR_NCURSES FLOOR_LIST\n");
        return 1;
    }
    static const int alerts[] = {1000, 100000, 1000000};
    enum { SIZES = sizeof alerts / sizeof *alerts, LISTS = 1, CONSOLES = LISTS + SIZES };
    static struct subject subjects[CONSOLES + SIZES];
    struct bench_cache caches[SIZES];
    struct arena arena = {0};
    const char *copies = temporary_directory(&arena);
    const char *console = lone_copy(&arena, copies, argv[1]);
    const char *floor_ncurses = argv[2], *floor_list = argv[3];

    subjects[0] =
        (struct subject){"empty ncurses program", {floor_ncurses}, NULL, floor_marks, {0}};
    for (int i = 0; i < SIZES; i++) {
        caches[i] = bench_cache_make(&arena, alerts[i]);
        subjects[LISTS + i] =
            (struct subject){arena_printf(&arena, "least list, %d alerts", alerts[i]),
                             {floor_list, caches[i].path},
                             NULL,
                             floor_marks,
                             {0}};
        subjects[CONSOLES + i] =
            (struct subject){arena_printf(&arena, "console, %d alerts", alerts[i]),
                             {console, "--config", caches[i].config},
                             caches[i].state_home,
                             console_marks,
                             {0}};
    }

    for (int run = -2; run < RUNS; run++) /* the first two warm the page cache */
        for (int i = 0; i < CONSOLES + SIZES; i++)
            subjects[i].ms[run < 0 ? 0 : run] = time_start(&subjects[i]);
    (void)printf("%-44s %9s %9s %9s\n", "from exec to painted, 120x40, ms", "least", "p50", "p99");
    for (int i = 0; i < CONSOLES + SIZES; i++) {
        qsort(subjects[i].ms, RUNS, sizeof(double), compare_doubles);
        (void)printf("%-44s %9.2f %9.2f %9.2f\n", subjects[i].name, subjects[i].ms[0],
                     quantile(&subjects[i], 50), quantile(&subjects[i], 99));
    }
    (void)printf("%-44s %9s %9s\n", "ratios", "least", "p50");
    for (int i = 0; i < SIZES; i++)
        print_ratio(arena_printf(&arena, "console, %d alerts / empty ncurses", alerts[i]),
                    &subjects[CONSOLES + i], &subjects[0], "goal <= 2.00");
    for (int i = 0; i < SIZES; i++)
        print_ratio(arena_printf(&arena, "console, %d alerts / least list", alerts[i]),
                    &subjects[CONSOLES + i], &subjects[LISTS + i], "");
    print_ratio("console, 1 million / 1 thousand", &subjects[CONSOLES + SIZES - 1],
                &subjects[CONSOLES], "goal <= 1.15");

    for (int i = 0; i < SIZES; i++)
        bench_cache_remove(&caches[i]);
    temporary_directory_remove(copies);
    arena_finish(&arena);
    return 0;
}
