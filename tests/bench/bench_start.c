/*
 * From exec to all panes painted, on a pty of 120x40, beside an empty ncurses program and the least list out of SQLite;
 * with one thousand, one hundred thousand and one million cached alerts. Subjects run in turn, so that the machine's moods
 * meet all of them alike: compare ratios only. On a busy machine the least of many runs says most.
 *
 * Usage: bench_start PATH-OF-TOCSIN PATH-OF-FLOOR_NCURSES PATH-OF-FLOOR_LIST
 */

#include <stdio.h>
#include <stdlib.h>

#include "tests/support/bench_cache.h"
#include "tests/support/bench_terminal.h"
#include "tests/support/store_objects.h"

enum { RUNS = 50 };

struct subject {
    const char *name;
    const char *argv[8];
    const char *state_home;
    const char *const *marks; /* painted when all of them were sent */
    double ms[RUNS];
};

static const char *const floor_marks[] = {"painted", NULL};
static const char *const console_marks[] = {"Alerts",     "Timeline", "Rota",
                                            "Follow-ups", "out 0",    NULL};

/* ---- one start ---- */

static double
time_start(const struct subject *subject)
{
    double started = bench_now_ms();
    struct bench_terminal terminal = bench_terminal_start(subject->argv, subject->state_home);
    bool painted = bench_terminal_expect(&terminal, subject->marks);
    double ms = bench_now_ms() - started;
    bench_terminal_end(&terminal);
    if (!painted) {
        (void)fprintf(stderr, "bench_start: %s did not paint\n", subject->name);
        exit(1);
    }
    return ms;
}

static int
compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
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
    const char *console = bench_lone_copy(&arena, copies, argv[1]);
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
