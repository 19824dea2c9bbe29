#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ui/table.h"

static struct arena arena;

static int
setup(void **state)
{
    (void)state;
    (void)setlocale(LC_CTYPE,
                    "C.UTF-8"); /* where it is missing the widths come from Unicode's table */
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static const struct column columns[] = {
    {"state", 1, 0, 0, ALIGN_LEFT},
    {"title", 0, 1, 0, ALIGN_LEFT},
    {"age", 4, 1, 0, ALIGN_RIGHT},
};

static void
add(struct table *table, const char *id, const char *title, const char *age)
{
    table_row(table, id);
    table_cell(table, ROLE_STATE_FIRING, "F");
    table_cell(table, ROLE_TEXT, title);
    table_cell(table, ROLE_AGE, age);
}

/* One row a letter: "abc" is three items. */
static struct table
table_of(const char *ids)
{
    struct table table;
    table_init(&table, &arena, 24, columns, 3);
    for (; *ids; ids++) {
        const char *id = arena_text_len(&arena, ids, 1);
        add(&table, id, id, "1m");
    }
    return table;
}

static void
cells_are_aligned_with_wide_combining_and_hostile_text(void **state)
{
    (void)state;
    static const struct {
        const char *title, *drawn;
    } cases[] = {
        {"plain", " F plain             1m"},
        {"\xe6\x97\xa5\xe6\x9c\xac", " F \xe6\x97\xa5\xe6\x9c\xac              1m"},
        {"e\xcc\x81t\xc3\xa9", " F \xc3\xa9t\xc3\xa9               1m"},
        {"a title that is too long", " F a title that i~   1m"},
        {"\x1b[31mred\x1b[0m\x07", " F red               1m"},
        {"\xe2\x80\xae"
         "drows",
         " F drows             1m"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct table table;
        table_init(&table, &arena, 24, columns, 3);
        add(&table, "a", cases[i].title, "1m");
        assert_string_equal(table_row_text(&table, 0, &arena), cases[i].drawn);
    }
}

static void
a_wide_character_is_never_cut_in_half(void **state)
{
    (void)state;
    struct canvas canvas = {0};
    struct str text;
    canvas_init(&canvas, 1, 4);
    assert_int_equal(
        canvas_text(&canvas, 0, 0, 4, "\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5", ROLE_TEXT, 0), 4);
    str_init(&text, 0);
    canvas_print(&canvas, &text);
    assert_string_equal(str_text(&text), "\xe6\x97\xa5 ~\n");
    str_finish(&text);
    canvas_finish(&canvas);
}

static void
the_cursor_stays_on_its_item_over_reordering(void **state)
{
    (void)state;
    struct cursor cursor = {{0}, {0}, 0};
    char order[] = "abcdefghij";
    struct table before = table_of(order);
    assert_true(cursor_move(&cursor, &before, CURSOR_BY_ITEM, 1, 5));
    assert_string_equal(cursor.id, "b");
    for (int round = 0; round < 100; round++) {
        int from = round * 7 % 10, to = round * 3 % 10;
        char moved = order[from];
        order[from] = order[to];
        order[to] = moved;
        struct table now = table_of(order);
        assert_false(cursor_follow(&cursor, &before, &now));
        cursor_scroll(&cursor, &now, 5);
        assert_string_equal(cursor.id, "b");
        assert_string_equal(now.rows[cursor_row(&cursor, &now)].id, "b");
        before = now;
    }
}

static void
when_its_item_is_gone_the_cursor_goes_below_else_above(void **state)
{
    (void)state;
    struct cursor cursor = {"c", {0}, 0};
    struct table before = table_of("abcde");
    struct table now = table_of("abxe");
    assert_true(cursor_follow(&cursor, &before, &now));
    assert_string_equal(cursor.id, "e");
    struct table end = table_of("ab");
    assert_true(cursor_follow(&cursor, &now, &end));
    assert_string_equal(cursor.id, "b");
    struct table none = table_of("");
    assert_true(cursor_follow(&cursor, &end, &none));
    assert_string_equal(cursor.id, "");
}

static void
scrolling_keeps_the_cursor_visible_and_leaves_no_gap(void **state)
{
    (void)state;
    struct cursor cursor = {{0}, {0}, 0};
    struct table table = table_of("abcdefghij");
    assert_true(cursor_move(&cursor, &table, CURSOR_TO_END, 1, 4));
    cursor_scroll(&cursor, &table, 4);
    assert_string_equal(cursor.id, "j");
    assert_string_equal(cursor.top, "g");
    cursor_scroll(&cursor, &table, 8);
    assert_string_equal(cursor.top, "c");
    assert_true(cursor_move(&cursor, &table, CURSOR_BY_PAGE, -1, 8));
    cursor_scroll(&cursor, &table, 8);
    assert_string_equal(cursor.id, "c");
    assert_true(cursor_move(&cursor, &table, CURSOR_TO_END, -1, 8));
    cursor_scroll(&cursor, &table, 8);
    assert_string_equal(cursor.top, "");
    assert_false(cursor_move(&cursor, &table, CURSOR_BY_ITEM, -1, 8));
}

static void
an_item_of_several_rows_is_one_step_and_one_bar(void **state)
{
    (void)state;
    struct cursor cursor = {{0}, {0}, 0};
    struct canvas canvas = {0};
    struct table table;
    table_init(&table, &arena, 16, NULL, 0);
    table_line(&table, "");
    table_span(&table, ROLE_STRONG, "head");
    table.head_rows = 1;
    table_wrap(&table, "a", ROLE_TEXT, 2, "one two three four five");
    table_wrap(&table, "b", ROLE_TEXT, 2, "six");
    assert_true(table.rows_len > 3);
    assert_true(cursor_move(&cursor, &table, CURSOR_BY_ITEM, 1, 10));
    assert_string_equal(cursor.id, "b");
    assert_true(cursor_move(&cursor, &table, CURSOR_BY_ITEM, -1, 10));

    canvas_init(&canvas, 8, 16);
    (void)table_draw(&table, &cursor, true, &canvas, (struct rect){0, 0, 8, 16});
    assert_false(canvas_at(&canvas, 0, 3)->flags & CANVAS_REVERSE);
    assert_true(canvas_at(&canvas, 1, 3)->flags & CANVAS_REVERSE);
    assert_true(canvas_at(&canvas, 2, 3)->flags & CANVAS_REVERSE);
    assert_string_equal(canvas_at(&canvas, 1, 0)->text, ">");
    assert_string_equal(canvas_at(&canvas, 2, 0)->text, "");
    canvas_finish(&canvas);
}

static void
only_what_is_drawn_wakes_the_console(void **state)
{
    (void)state;
    struct cursor cursor = {{0}, {0}, 0};
    struct canvas canvas = {0};
    struct table table = table_of("abc");
    table.rows[0].changes_at = 500;
    table.rows[2].changes_at = 100;
    canvas_init(&canvas, 2, 24);
    assert_int_equal(table_draw(&table, &cursor, false, &canvas, (struct rect){0, 0, 2, 24}), 500);
    canvas_finish(&canvas);
}

static void
crossing_frames_join(void **state)
{
    (void)state;
    struct canvas canvas = {0};
    struct str text;
    canvas_init(&canvas, 5, 9);
    canvas_frame(&canvas, (struct rect){0, 0, 3, 5}, ROLE_BORDER);
    canvas_frame(&canvas, (struct rect){0, 4, 3, 5}, ROLE_BORDER);
    canvas_frame(&canvas, (struct rect){2, 0, 3, 9}, ROLE_BORDER_FOCUS);
    assert_int_equal(canvas_at(&canvas, 2, 4)->line, LINE_UP | LINE_LEFT | LINE_RIGHT);
    assert_int_equal(canvas_at(&canvas, 2, 0)->line, LINE_UP | LINE_DOWN | LINE_RIGHT);
    str_init(&text, 0);
    canvas_print(&canvas, &text);
    assert_string_equal(str_text(&text), "+---+---+\n|   |   |\n+---+---+\n|       |\n+-------+\n");
    str_finish(&text);
    canvas_finish(&canvas);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_aligned_with_wide_combining_and_hostile_text),
        cmocka_unit_test(a_wide_character_is_never_cut_in_half),
        cmocka_unit_test(the_cursor_stays_on_its_item_over_reordering),
        cmocka_unit_test(when_its_item_is_gone_the_cursor_goes_below_else_above),
        cmocka_unit_test(scrolling_keeps_the_cursor_visible_and_leaves_no_gap),
        cmocka_unit_test(an_item_of_several_rows_is_one_step_and_one_bar),
        cmocka_unit_test(only_what_is_drawn_wakes_the_console),
        cmocka_unit_test(crossing_frames_join),
    };
    return cmocka_run_group_tests_name("table", tests, setup, teardown);
}
