/*
 * Whoever dies, however: the terminal is given back, nothing runs on, nothing is left behind, and who still lives goes on.
 * Several consoles, their one poller, the demo with its hub.
 */

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/support/demo.h"
#include "tests/support/processes.h"
#include "tests/support/screen.h"
#include "tests/support/store_objects.h"

static struct demo demo;
static struct home home;
static struct arena arena;
static const char *place; /* the demo's TMPDIR */
static char program[4200];
static const char *demo_env[8];

static int
start(void **state)
{
    static const char *const fast[] = {"--speed", "20", NULL};
    size_t len = 0;
    (void)state;
    demo_start(&demo, fast);
    home_create(&home, demo.url, demo.viewer_key);
    home_configure(&home, demo.url, "interval = 0.05\nbudget = 1\n");
    (void)program_path("tocsin", program, sizeof program);
    for (; home.env[len]; len++)
        demo_env[len] = home.env[len];
    place = temporary_directory(&arena);
    demo_env[len] = arena_printf(&arena, "TMPDIR=%s", place);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    temporary_directory_remove(place);
    demo_stop(&demo);
    home_destroy(&home);
    arena_finish(&arena);
    return 0;
}

/* ---- consoles ---- */

static struct screen *
open_console(void)
{
    const char *const argv[] = {program, NULL};
    struct screen *screen = screen_start(120, 40, argv, home.env);
    screen_expect_match(screen, "1 Alerts [0-9]+ ");
    screen_expect_match(screen, "live [0-9]");
    return screen;
}

/* State, severity and title of the first alerts: no age, nothing that time alone changes. */
static const char *
first_alerts(struct screen *screen)
{
    char *text = arena_alloc(&arena, 20 * 34 * 32 + 1), *at = text;
    for (int row = 2; row < 22; row++)
        for (int col = 3; col < 37; col++) {
            struct screen_cell cell = screen_cell(screen, row, col);
            memcpy(at, cell.text, strlen(cell.text));
            at += strlen(cell.text);
        }
    *at = '\0';
    return text;
}

static bool
reads_otherwise(struct screen *screen, void *before)
{
    return strcmp(first_alerts(screen), before) != 0;
}

static void
expect_news(struct screen *screen)
{
    char *before = arena_text(&arena, first_alerts(screen));
    if (!screen_wait(screen, reads_otherwise, before, SCREEN_PATIENCE_MS))
        screen_expect(screen, "news"); /* fails, with a picture */
}

static void
two_consoles_share_a_poller_that_ends_with_the_last(void **state)
{
    (void)state;
    struct screen *first = open_console();
    struct screen *second = open_console();
    processes_expect("tocsin-sync", home.root, 1);
    expect_news(first);
    expect_news(second);
    screen_leave(first, "Q"); /* the one that started the poller */
    expect_news(second);
    expect_news(second);
    screen_expect_match(second, "live [0-9]");
    processes_expect("tocsin-sync", home.root, 1);
    screen_leave(second, "Q");
    processes_expect("", home.root, 0);
}

static int64_t
cpu_ms_of_children(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_CHILDREN, &usage), 0);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

/* The terminal is gone, as when ssh breaks off. Whether or not the signal for it is heard, the console ends. */
static void
a_console_ends_with_its_terminal(void **state)
{
    (void)state;
    const char *const deaf[] = {"/bin/sh", "-c",
                                arena_printf(&arena, "trap '' HUP; exec '%s'", program), NULL};
    const char *const usual[] = {program, NULL};
    const char *const *const argvs[] = {usual, deaf};
    for (size_t i = 0; i < sizeof argvs / sizeof *argvs; i++) {
        struct screen *screen = screen_start(120, 40, argvs[i], home.env);
        screen_expect_match(screen, "live [0-9]");
        int64_t cpu_before = cpu_ms_of_children(), from = clock_monotonic_ms();
        screen_hang_up(screen);
        int status = screen_expect_exit(screen);
        assert_true(clock_monotonic_ms() - from < 10000); /* a second, on a machine at leisure */
        assert_int_equal(status, 128 + SIGHUP);
        assert_true(cpu_ms_of_children() - cpu_before < 8000); /* its whole life: it did not spin */
        screen_stop(screen);
        processes_expect("", home.root, 0);
    }
}

/* ---- the demo ---- */

static struct screen *
open_demo(void)
{
    const char *const argv[] = {program, "demo", "--speed", "0", NULL};
    struct screen *screen = screen_start(80, 24, argv, demo_env);
    screen_expect_match(screen, "1 Alerts [0-9]+ ");
    screen_expect_match(screen, "live [0-9]");
    return screen;
}

static int
files_left(void)
{
    DIR *directory = opendir(place);
    const struct dirent *entry;
    int count = 0;
    assert_non_null(directory);
    while ((entry = readdir(directory)))
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

/* A process that is gone from the list may not have closed its files yet. */
static void
expect_lock_free(void)
{
    glob_t found;
    assert_int_equal(glob(arena_printf(&arena, "%s/tocsin-demo-*/lock", place), 0, NULL, &found),
                     0);
    assert_int_equal(found.gl_pathc, 1);
    int fd = open(found.gl_pathv[0], O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0); /* waits */
    (void)close(fd);
    globfree(&found);
}

static int
print_left(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)type;
    (void)at;
    print_error("%s, %lld bytes\n", path, (long long)status->st_size);
    return 0;
}

static void
expect_nothing_left(void)
{
    processes_expect("", place, 0);
    if (files_left() == 0)
        return;
    (void)nftw(place, print_left, 8, FTW_PHYS);
    fail_msg("%d files are left in '%s'", files_left(), place);
}

static pid_t
part_of_demo(const char *name)
{
    pid_t pid = 0;
    processes_expect(name, place, 1);
    assert_int_equal(processes_find(name, place, &pid, 1), 1);
    return pid;
}

static void
a_demo_leaves_nothing_behind(void **state)
{
    static const int signals[] = {0, SIGTERM, SIGHUP, SIGKILL};
    (void)state;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct screen *screen = open_demo();
        if (!signals[i])
            screen_type(screen, "q");
        else
            assert_int_equal(kill(screen_pid(screen), signals[i]), 0);
        assert_int_equal(screen_expect_exit(screen), signals[i] ? 128 + signals[i] : 0);
        if (signals[i] != SIGKILL)
            screen_expect_restored(screen);
        screen_stop(screen);
        expect_nothing_left();
    }
}

static void
a_demo_whose_hub_or_poller_was_killed_leaves_nothing_either(void **state)
{
    (void)state;
    struct screen *screen = open_demo();
    assert_int_equal(kill(part_of_demo("tocsin-hub"), SIGKILL), 0);
    screen_type(screen, "R");
    screen_expect_match(screen, "down [0-9].* no route");
    assert_int_equal(kill(part_of_demo("tocsin-sync"), SIGKILL), 0);
    screen_leave(screen, "Q");
    expect_nothing_left();
}

/* Its terminal, its parent and an impatient user all tell the hub: it is told again while it removes what it made. */
static void
a_demo_that_is_told_to_end_again_and_again_leaves_nothing_either(void **state)
{
    static const int signals[] = {SIGHUP, SIGTERM, SIGINT};
    (void)state;
    struct screen *screen = open_demo();
    const pid_t hub = part_of_demo("tocsin-hub");
    assert_int_equal(kill(screen_pid(screen), SIGKILL), 0);
    for (int i = 0; processes_find("tocsin-hub", place, &(pid_t){0}, 1) == 1; i++) {
        (void)kill(hub, signals[i % 3]); /* it may have ended by now */
        (void)poll(NULL, 0, 1);
    }
    assert_int_equal(screen_expect_exit(screen), 128 + SIGKILL);
    screen_stop(screen);
    expect_nothing_left();
}

static void
what_a_killed_demo_left_is_swept_by_the_next(void **state)
{
    (void)state;
    struct screen *screen = open_demo();
    const pid_t hub = part_of_demo("tocsin-hub"), poller = part_of_demo("tocsin-sync");
    assert_int_equal(kill(hub, SIGKILL), 0); /* who would have swept */
    assert_int_equal(kill(screen_pid(screen), SIGKILL), 0);
    (void)kill(poller, SIGKILL); /* it may have ended by now */
    assert_int_equal(screen_expect_exit(screen), 128 + SIGKILL);
    screen_stop(screen);
    processes_expect("", place, 0);
    assert_int_equal(files_left(), 1);
    expect_lock_free();

    screen = open_demo();
    assert_int_equal(files_left(), 1);
    screen_leave(screen, "Q");
    expect_nothing_left();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_consoles_share_a_poller_that_ends_with_the_last),
        cmocka_unit_test(a_console_ends_with_its_terminal),
        cmocka_unit_test(a_demo_leaves_nothing_behind),
        cmocka_unit_test(a_demo_whose_hub_or_poller_was_killed_leaves_nothing_either),
        cmocka_unit_test(a_demo_that_is_told_to_end_again_and_again_leaves_nothing_either),
        cmocka_unit_test(what_a_killed_demo_left_is_swept_by_the_next),
    };
    return cmocka_run_group_tests_name("deaths", tests, start, stop);
}
