#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "ui/changes.h"
#include "ui/selection.h"

static struct arena arena;
static struct selection selection;

static int
teardown(void **state)
{
    (void)state;
    selection_finish(&selection);
    arena_finish(&arena);
    return 0;
}

/* One item a letter. */
static struct table
table_of(const char *ids, const char *text)
{
    struct table table;
    table_init(&table, &arena, 24, NULL, 0);
    for (; *ids; ids++) {
        table_line(&table, arena_text_len(&arena, ids, 1));
        table_span(&table, ROLE_TEXT, text);
    }
    return table;
}

static const char *
chosen(void)
{
    struct str out;
    str_init(&out, 0);
    for (size_t i = 0; i < selection.len; i++)
        str_append(&out, selection.items[i].id);
    const char *text = arena_text(&arena, str_text(&out));
    str_finish(&out);
    return text;
}

static const char *
marked(const struct table *table, enum row_mark mark)
{
    struct str out;
    str_init(&out, 0);
    for (size_t i = 0; i < table->rows_len; i++)
        if (table->rows[i].marks & mark)
            str_append(&out, table->rows[i].id);
    const char *text = arena_text(&arena, str_text(&out));
    str_finish(&out);
    return text;
}

static void
a_selection_outlives_refreshes_and_items_that_left(void **state)
{
    (void)state;
    struct table table = table_of("abcde", "title");
    assert_true(selection_toggle(&selection, &table, 1));
    assert_true(selection_toggle(&selection, &table, 3));
    struct table later = table_of("edca", "other");
    selection_mark(&selection, &later);
    assert_string_equal(marked(&later, ROW_SELECTED), "d");
    assert_string_equal(chosen(), "bd");
    assert_string_equal(selection.items[0].title, " title");
    assert_true(selection_toggle(&selection, &later, 1));
    assert_string_equal(chosen(), "b");
    selection_mark(&selection, &later);
    assert_string_equal(marked(&later, ROW_SELECTED), "");
}

static void
a_range_follows_the_cursor_both_ways_and_leaves_the_rest_alone(void **state)
{
    (void)state;
    struct table table = table_of("abcdefgh", "title");
    struct cursor cursor = {"d", {0}, 0};
    assert_true(selection_toggle(&selection, &table, 0));
    selection_range(&selection, &table, &cursor);
    assert_string_equal(chosen(), "ad");
    static const char *const steps[][2] = {{"f", "adef"}, {"e", "ade"},  {"d", "ad"},
                                           {"b", "abcd"}, {"a", "abcd"}, {"e", "ade"}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        strcpy(cursor.id, steps[i][0]);
        selection_follow(&selection, &table, &cursor);
        assert_string_equal(chosen(), steps[i][1]);
    }
    selection_range(&selection, &table, &cursor); /* fixed */
    strcpy(cursor.id, "h");
    selection_follow(&selection, &table, &cursor);
    assert_string_equal(chosen(), "ade");
}

static void
a_range_goes_on_when_its_beginning_has_left_the_window(void **state)
{
    (void)state;
    struct table table = table_of("abcd", "title"), next = table_of("cdefg", "title");
    struct cursor cursor = {"a", {0}, 0};
    selection_range(&selection, &table, &cursor);
    strcpy(cursor.id, "d");
    selection_follow(&selection, &table, &cursor);
    strcpy(cursor.id, "f");
    selection_follow(&selection, &next, &cursor);
    assert_string_equal(chosen(), "abcdef");
    strcpy(cursor.id, "c");
    selection_follow(&selection, &next, &cursor);
    assert_string_equal(chosen(), "abc");
}

static void
no_more_than_the_most_are_selected(void **state)
{
    (void)state;
    struct table table;
    table_init(&table, &arena, 24, NULL, 0);
    for (int i = 0; i <= SELECTION_MAX; i++)
        table_line(&table, arena_printf(&arena, "item-%d", i));
    for (size_t i = 0; i < SELECTION_MAX; i++)
        assert_true(selection_add_row(&selection, &table, i));
    assert_false(selection_add_row(&selection, &table, SELECTION_MAX));
    assert_true(selection_add_row(&selection, &table, 0)); /* it is in already */
    assert_int_equal(selection.len, SELECTION_MAX);
}

static void
a_change_is_known_for_as_long_as_it_is_asked_for(void **state)
{
    (void)state;
    struct changes changes = {0};
    struct table before = table_of("abc", "old"), now = table_of("abcd", "old");
    now.rows[1].cells[0].spans[0].text = "new";
    changes_note(&changes, &before, &now, 0, 4, 1000);
    assert_int_equal(changes_at(&changes, "b"), 1000);
    assert_int_equal(changes_at(&changes, "a"), 0);
    assert_true(changes_mark(&changes, &now, 900));
    assert_string_equal(marked(&now, ROW_CHANGED), "bd");
    assert_false(changes_mark(&changes, &now, 1001));
    assert_string_equal(marked(&now, ROW_CHANGED), "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_selection_outlives_refreshes_and_items_that_left, teardown),
        cmocka_unit_test_teardown(a_range_follows_the_cursor_both_ways_and_leaves_the_rest_alone,
                                  teardown),
        cmocka_unit_test_teardown(a_range_goes_on_when_its_beginning_has_left_the_window, teardown),
        cmocka_unit_test_teardown(no_more_than_the_most_are_selected, teardown),
        cmocka_unit_test_teardown(a_change_is_known_for_as_long_as_it_is_asked_for, teardown),
    };
    return cmocka_run_group_tests_name("selection", tests, NULL, NULL);
}
