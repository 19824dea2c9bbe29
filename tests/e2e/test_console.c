/* The console on a terminal, its own poller, and a real hub that serves the demo's world over HTTP. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/support/demo.h"
#include "tests/support/screen.h"

static struct demo demo;
static struct home home;
static struct arena arena;
static char program[4200];

static int
start(void **state)
{
    /* It stands still, so that what moves on the screen was moved by a key. */
    static const char *const still[] = {"--speed", "0", NULL};
    (void)state;
    demo_start(&demo, still);
    home_create(&home, demo.url, demo.viewer_key);
    (void)program_path("tocsin", program, sizeof program);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    demo_stop(&demo);
    home_destroy(&home);
    arena_finish(&arena);
    return 0;
}

static struct screen *
open_console(int cols, int rows)
{
    const char *const argv[] = {program, NULL};
    return screen_start(cols, rows, argv, home.env);
}

static void
four_panes_fill_from_nothing_at_every_size(void **state)
{
    static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct screen *screen = open_console(sizes[i][0], sizes[i][1]);
        screen_expect_match(screen, "1 Alerts [0-9]+ ");
        screen_expect_match(screen, "[FA] S[1-4] ");
        screen_expect_match(screen, "2 Timeline INC-[0-9]+");
        screen_expect(screen, "3 Rota");
        screen_expect_match(screen, "4 Follow-ups [0-9]+");
        screen_expect_match(screen, "live [0-9]");
        screen_leave(screen, "Q");
    }
}

/* What stands under the cursor's mark. */
static const char *
row_at_cursor(struct screen *screen)
{
    int row, col;
    for (row = 1; row < screen_rows(screen); row++)
        for (col = 1; col < 4; col++)
            if (strcmp(screen_cell(screen, row, col).text, ">") == 0)
                return screen_line(screen, row, &arena);
    return "";
}

static void
keys_move_switch_zoom_and_open(void **state)
{
    (void)state;
    struct screen *screen = open_console(120, 40);
    screen_expect_match(screen, "live [0-9]");
    screen_expect_match(screen, ">[FA] S[1-4] ");
    const char *before = row_at_cursor(screen);
    screen_type(screen, "j");
    screen_settle(screen, 100);
    assert_string_not_equal(row_at_cursor(screen), before);
    screen_type(screen, "\x1b[200~Qqjj\x1b[201~k");
    screen_settle(screen, 100);
    /* Behind the border and the mark of what changed a moment ago, which goes by itself. */
    assert_memory_equal(row_at_cursor(screen) + 4, before + 4, 20);

    screen_type(screen, "z");
    screen_expect_gone(screen, "3 Rota");
    screen_type(screen, "z");
    screen_expect(screen, "3 Rota");
    screen_type(screen, "?");
    screen_expect(screen, "Ask the server about this pane now");
    screen_type(screen, "q");
    screen_expect(screen, "3 Rota");
    screen_type(screen, "\r");
    screen_expect(screen, " Detail ");
    screen_type(screen, "q");
    screen_expect(screen, "4 Follow-ups");
    screen_leave(screen, "Q");
}

static void
the_cursor_keeps_its_item_over_a_storm_of_sizes(void **state)
{
    (void)state;
    struct screen *screen = open_console(120, 40);
    screen_expect_match(screen, "live [0-9]");
    screen_type(screen, "jjj");
    screen_settle(screen, 200);
    const char *title = arena_text_len(&arena, strstr(row_at_cursor(screen), ">") + 1, 30);
    static const int sizes[][2] = {{80, 24}, {39, 10}, {40, 10}, {240, 67}, {200, 60},
                                   {79, 24}, {80, 10}, {10, 2},  {120, 40}};
    for (int round = 0; round < 5; round++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            screen_resize(screen, sizes[i][0], sizes[i][1]);
    screen_settle(screen, 300);
    screen_expect(screen, "3 Rota");
    assert_non_null(strstr(row_at_cursor(screen), title));
    screen_leave(screen, "Q");
}

static void
a_signal_restores_the_terminal(void **state)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGSEGV, SIGABRT};
    (void)state;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct screen *screen = open_console(80, 24);
        screen_expect(screen, "3 Rota");
        assert_int_equal(kill(screen_pid(screen), signals[i]), 0);
        assert_int_equal(screen_expect_exit(screen), 128 + signals[i]);
        screen_expect_restored(screen);
        screen_stop(screen);
    }
}

static void
a_terminal_that_cannot_draw_is_told_and_an_unknown_one_taken_for_another(void **state)
{
    (void)state;
    const char *const dumb[] = {"/usr/bin/env", "TERM=dumb", program, NULL};
    struct screen *screen = screen_start(80, 24, dumb, home.env);
    screen_expect(screen, "terminal 'dumb' cannot place its cursor");
    assert_int_equal(screen_expect_exit(screen), 1);
    screen_stop(screen);

    const char *const bogus[] = {"/usr/bin/env", "TERM=bogus-term", program, NULL};
    screen = screen_start(100, 24, bogus, home.env);
    screen_expect(screen, "terminal 'bogus-term' is unknown here: taken for xterm");
    screen_type(screen, "j");
    screen_expect_gone(screen, "is unknown here");
    screen_leave(screen, "Q");
}

static bool
is_stopped(struct screen *screen, void *context)
{
    char path[64], text[256] = "";
    (void)context;
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)screen_pid(screen));
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    const char *name_end = strrchr(text, ')');
    return name_end && name_end[1] && name_end[2] == 'T';
}

static void
suspending_gives_the_terminal_back_and_continuing_draws_anew(void **state)
{
    (void)state;
    struct screen *screen = open_console(80, 24);
    screen_expect(screen, "3 Rota");
    screen_type(screen, "?\x1a"); /* it is drawn anew as it stops */
    for (int64_t from = clock_monotonic_ms();
         !screen_wait(screen, is_stopped, NULL, 20);) /* no output tells of it */
        assert_true(clock_monotonic_ms() - from < SCREEN_PATIENCE_MS);
    screen_settle(screen, 100);
    screen_expect_restored(screen);
    assert_int_equal(kill(screen_pid(screen), SIGCONT), 0);
    screen_expect(screen, "Help");
    screen_type(screen, "q");
    screen_expect(screen, "3 Rota");
    screen_leave(screen, "Q");
}

static void
the_mouse_points_rolls_and_opens(void **state)
{
    char press[64];
    int row, col;
    (void)state;
    home_configure(&home, demo.url, "mouse = yes\n");
    struct screen *screen = open_console(120, 40);
    screen_expect_match(screen, "4 Follow-ups [0-9]+");
    screen_expect_match(screen, "live [0-9]");
    assert_true(screen_find(screen, "4 Follow-ups", &row, &col));
    (void)snprintf(press, sizeof press, "\x1b[<0;%d;%dM\x1b[<0;%d;%dm", col + 4, row + 3, col + 4,
                   row + 3);
    screen_type(screen, press);
    screen_expect_match(screen, "4 Follow-ups [0-9]+.*");
    const char *line;
    do { /* the second row is under the cursor */
        screen_settle(screen, 20);
        line = screen_line(screen, row + 2, &arena);
    } while (!strchr(line, '>'));
    screen_type(screen, "\x1b[<65;100;35M"); /* the wheel: three down */
    screen_expect_match(screen, "4 Follow-ups [0-9]+.*");
    screen_type(screen, press);
    screen_settle(screen, 50);
    screen_type(screen, press); /* on the cursor's own row */
    screen_expect(screen, " Detail ");
    screen_type(screen, "\x1b");
    screen_expect(screen, "1 Alerts");
    screen_leave(screen, "Q");
    home_configure(&home, demo.url, "");
}

static void
the_palette_does_where_it_can_be_done(void **state)
{
    (void)state;
    struct screen *screen = open_console(120, 40);
    screen_expect_match(screen, "live [0-9]");
    screen_type(screen, ":calendar-ag\r"); /* from the alerts: only the rota has an agenda */
    screen_expect_match(screen, "Today|Tomorrow");
    screen_type(screen, ":nonsense");
    screen_expect(screen, "No action is called that");
    screen_type(screen, "\r\x1b");
    screen_expect_gone(screen, "No action is called that");
    screen_leave(screen, "Q");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_panes_fill_from_nothing_at_every_size),
        cmocka_unit_test(keys_move_switch_zoom_and_open),
        cmocka_unit_test(the_cursor_keeps_its_item_over_a_storm_of_sizes),
        cmocka_unit_test(a_signal_restores_the_terminal),
        cmocka_unit_test(a_terminal_that_cannot_draw_is_told_and_an_unknown_one_taken_for_another),
        cmocka_unit_test(suspending_gives_the_terminal_back_and_continuing_draws_anew),
        cmocka_unit_test(the_mouse_points_rolls_and_opens),
        cmocka_unit_test(the_palette_does_where_it_can_be_done),
    };
    return cmocka_run_group_tests_name("console", tests, start, stop);
}
