/* The harness of the screen tests, on small shell programs. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/screen.h"
#include "tests/support/svg.h"

static struct screen *screen;
static struct arena arena;

static int
tear_down(void **state)
{
    (void)state;
    screen_stop(screen);
    screen = NULL;
    arena_finish(&arena);
    return 0;
}

static void
start(const char *script)
{
    const char *const env[] = {"TOCSIN_TEST=from the test", NULL};
    screen = screen_start(40, 10, (const char *const[]){"/bin/sh", "-c", script, NULL}, env);
}

static void
output_size_and_environment_are_seen(void **state)
{
    (void)state;
    start("stty size; echo $TERM; echo \"$TOCSIN_TEST\"; printf 'é日本x\\n'; sleep 60");
    screen_expect(screen, "é日本x");
    assert_string_equal(screen_line(screen, 0, &arena), "10 40");
    assert_string_equal(screen_line(screen, 1, &arena), "xterm-256color");
    assert_string_equal(screen_line(screen, 2, &arena), "from the test");
    assert_non_null(strstr(screen_text(screen, &arena), "from the test\né日本x\n\n"));
    int row, col;
    assert_true(screen_find(screen, "x", &row, &col));
    assert_true(screen_find(screen, "本x", &row, &col));
    assert_int_equal(row, 3);
    assert_int_equal(col, 3);
    assert_int_equal(screen_cell(screen, 3, 1).width, 2);
    assert_string_equal(screen_cell(screen, 3, 2).text, "");
    assert_false(screen_find(screen, "nowhere", NULL, NULL));
}

static void
attributes_and_colours_are_seen(void **state)
{
    (void)state;
    start("printf 'a\\033[1mb\\033[0;7mc\\033[0;31;44md\\033[0;4me\\033[0m\\033[38;2;1;2;3mf\\n'; "
          "echo done; sleep 60");
    screen_expect(screen, "done");
    assert_false(screen_cell(screen, 0, 0).bold);
    assert_int_equal(screen_cell(screen, 0, 0).foreground, -1);
    assert_true(screen_cell(screen, 0, 1).bold);
    assert_true(screen_cell(screen, 0, 2).reverse);
    assert_int_equal(screen_cell(screen, 0, 3).foreground, 0xe00000);
    assert_int_equal(screen_cell(screen, 0, 3).background, 0x0000e0);
    assert_true(screen_cell(screen, 0, 4).underline);
    assert_int_equal(screen_cell(screen, 0, 5).foreground, 0x010203);
}

static void
keys_reach_the_program_and_its_exit_status_comes_back(void **state)
{
    (void)state;
    start("echo ready; read line; echo \"got $line\"; exit 3");
    screen_expect(screen, "ready");
    screen_type(screen, "hello\r");
    screen_expect(screen, "got hello");
    screen_expect_gone(screen, "goodbye");
    assert_int_equal(screen_expect_exit(screen), 3);
    screen_expect_restored(screen);
}

static void
a_signal_that_ends_the_program_is_its_status(void **state)
{
    (void)state;
    start("kill -9 $$");
    assert_int_equal(screen_expect_exit(screen), 128 + SIGKILL);
}

static void
resizing_reaches_the_program(void **state)
{
    (void)state;
    start("trap 'stty size' WINCH; echo ready; while :; do sleep 0.05; done");
    screen_expect(screen, "ready");
    screen_resize(screen, 60, 15);
    screen_expect(screen, "15 60");
    assert_int_equal(screen_cols(screen), 60);
    assert_int_equal(screen_rows(screen), 15);
}

static void
patterns_and_text_that_goes_away_are_waited_for(void **state)
{
    (void)state;
    start("printf 'old 42 x\\n'; read l; printf '\\033[2J\\033[Hnew\\n'; sleep 60");
    screen_expect_match(screen, "^old [0-9]+ x$");
    assert_false(screen_has_match(screen, "^[0-9]"));
    screen_type(screen, "\r");
    screen_expect_gone(screen, "old");
    screen_expect(screen, "new");
}

static bool
cursor_is_hidden(struct screen *of, void *context)
{
    int row, col;
    bool visible;
    (void)context;
    screen_cursor(of, &row, &col, &visible);
    return !visible;
}

static void
bytes_are_counted_and_the_cursor_followed(void **state)
{
    (void)state;
    start("stty -echo; echo ready; read l; printf '12345'; printf '\\033[?25l'; sleep 60");
    screen_expect(screen, "ready");
    screen_settle(screen, 50);
    uint64_t mark = screen_bytes(screen);
    screen_type(screen, "\r");
    assert_true(screen_wait(screen, cursor_is_hidden, NULL, SCREEN_PATIENCE_MS));
    int row, col;
    bool visible;
    screen_cursor(screen, &row, &col, &visible);
    assert_int_equal(col, 5);
    assert_int_equal(screen_bytes(screen) - mark, 5 + 6);
}

static void
waiting_ends_at_the_deadline_or_with_the_program(void **state)
{
    (void)state;
    start("echo ready; exit 0");
    screen_expect(screen, "ready");
    assert_false(screen_wait(screen, cursor_is_hidden, NULL, SCREEN_PATIENCE_MS));
    screen_stop(screen);
    start("echo ready; sleep 60");
    assert_false(screen_wait(screen, cursor_is_hidden, NULL, 30));
}

static void
a_terminal_that_was_used_and_put_back_counts_as_restored(void **state)
{
    (void)state;
    start("printf '\\033[?1049h\\033[?25linside'; read l; printf '\\033[?25h\\033[?1049lback'; "
          "sleep 60");
    screen_expect(screen, "inside");
    assert_true(cursor_is_hidden(screen, NULL));
    screen_type(screen, "\r");
    screen_expect(screen, "back");
    assert_false(screen_find(screen, "inside", NULL, NULL));
    screen_expect_restored(screen);
}

static void
a_picture_has_the_text_with_its_colours_escaped(void **state)
{
    (void)state;
    start("printf '\\033[31;1m<a & b>\\033[0m  \\033[7mrev\\033[0m 日x\\n'; echo done; sleep 60");
    screen_expect(screen, "done");
    const char *svg = svg_from_screen(screen, "tocsin <demo>", &arena);
    assert_memory_equal(svg, "<svg ", 5);
    assert_non_null(strstr(svg, "<title>tocsin &lt;demo&gt;</title>"));
    assert_non_null(strstr(svg, "font-weight=\"bold\">&lt;a &amp; b&gt;</text>"));
    assert_non_null(strstr(svg, "fill=\"#d8dee9\"/>")); /* the reversed word's ground */
    assert_non_null(strstr(svg, ">rev</text>"));
    assert_non_null(strstr(svg, "textLength=\"27\""));
    assert_non_null(strstr(svg, ">日x</text>"));
    assert_string_equal(svg + strlen(svg) - 7, "</svg>\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(output_size_and_environment_are_seen, tear_down),
        cmocka_unit_test_teardown(attributes_and_colours_are_seen, tear_down),
        cmocka_unit_test_teardown(keys_reach_the_program_and_its_exit_status_comes_back, tear_down),
        cmocka_unit_test_teardown(a_signal_that_ends_the_program_is_its_status, tear_down),
        cmocka_unit_test_teardown(resizing_reaches_the_program, tear_down),
        cmocka_unit_test_teardown(patterns_and_text_that_goes_away_are_waited_for, tear_down),
        cmocka_unit_test_teardown(bytes_are_counted_and_the_cursor_followed, tear_down),
        cmocka_unit_test_teardown(waiting_ends_at_the_deadline_or_with_the_program, tear_down),
        cmocka_unit_test_teardown(a_terminal_that_was_used_and_put_back_counts_as_restored,
                                  tear_down),
        cmocka_unit_test_teardown(a_picture_has_the_text_with_its_colours_escaped, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
