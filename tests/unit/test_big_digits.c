/* Numbers built of cells. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"
#include "ui/big_digits.h"

enum { ROWS = 5, COLS = 40 };

static struct arena arena;

static const char *
row_of(const char *text, int rows, int row)
{
    struct canvas canvas = {0};
    canvas_init(&canvas, ROWS, COLS);
    const int cols = big_digits_draw(&canvas, 0, 0, rows, text, GLYPHS_ASCII, ROLE_TEXT, 0);
    assert_int_equal(cols, big_digits_cols(text, rows));
    struct str printed = {0};
    canvas_print(&canvas, &printed);
    canvas_finish(&canvas);
    const char *line = str_text(&printed);
    for (; row > 0; row--)
        line = strchr(line, '\n') + 1;
    line = arena_text_len(&arena, line, strcspn(line, "\n"));
    str_finish(&printed);
    return line;
}

static void
five_rows_of_dots(void **state)
{
    (void)state;
    assert_string_equal(row_of("17", 5, 0), "  ##    ######");
    assert_string_equal(row_of("17", 5, 1), "####        ##");
    assert_string_equal(row_of("17", 5, 4), "######      ##");
}

static void
three_rows_of_strokes(void **state)
{
    (void)state;
    assert_string_equal(row_of("24", 3, 0), " _");
    assert_string_equal(row_of("24", 3, 1), " _| |_|");
    assert_string_equal(row_of("24", 3, 2), "|_    |");
}

static void
one_row_is_the_text(void **state)
{
    (void)state;
    assert_string_equal(row_of("999+", 1, 0), "999+");
}

static void
what_is_no_digit_is_left_out(void **state)
{
    (void)state;
    assert_string_equal(row_of("x", 5, 0), "");
    assert_int_equal(big_digits_cols("", 5), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_rows_of_dots),
        cmocka_unit_test(three_rows_of_strokes),
        cmocka_unit_test(one_row_is_the_text),
        cmocka_unit_test(what_is_no_digit_is_left_out),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_finish(&arena);
    return failed;
}
