#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "ui/hold.h"

static struct arena arena;

static int
teardown(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static const struct column columns[] = {
    {"title", 0, 1, 0, ALIGN_LEFT},
    {"age", 4, 1, 0, ALIGN_RIGHT},
};

/* One item a letter; `version` is in its text. */
static struct table
table_of(const char *ids, const char *version)
{
    struct table table;
    table_init(&table, &arena, 24, columns, 2);
    for (; *ids; ids++) {
        table_row(&table, arena_text_len(&arena, ids, 1));
        table_cell(&table, ROLE_TEXT, version);
        table_cell(&table, ROLE_AGE, version);
        table_changes_at(&table, 1000);
    }
    return table;
}

/* The ids in order; those that are gone in brackets. */
static const char *
order_of(const struct table *table)
{
    struct str out;
    str_init(&out, 0);
    for (size_t i = table->head_rows; i < table->rows_len; i++)
        str_printf(&out, table->rows[i].marks & ROW_GONE ? "[%s]" : "%s", table->rows[i].id);
    const char *text = arena_text(&arena, str_text(&out));
    str_finish(&out);
    return text;
}

static void
rows_on_screen_keep_their_places_and_new_ones_wait(void **state)
{
    static const struct {
        const char *shown;
        size_t from, to; /* on screen */
        bool more_above, more_below;
        const char *now, *expected;
        size_t waiting;
        const char *first;
    } cases[] = {
        {"abcd", 0, 4, false, false, "abcd", "abcd", 0, ""},
        {"abcd", 0, 4, false, false, "dcba", "abcd", 0, ""},       /* reordered */
        {"abcd", 0, 4, false, false, "xabcyd", "abcd", 2, "x"},    /* new above and between */
        {"abcd", 0, 4, false, false, "abcdx", "abcd", 1, "x"},     /* and behind the end */
        {"abcd", 0, 4, false, true, "abcdxy", "abcdxy", 0, ""},    /* the window goes on */
        {"abcd", 0, 4, true, false, "xabcd", "xabcd", 0, ""},      /* at either end */
        {"abcd", 0, 4, false, false, "abd", "ab[c]d", 0, ""},      /* one left */
        {"abcdef", 0, 3, false, false, "abdecf", "abcdef", 0, ""}, /* one went down */
        {"abcdef", 0, 3, false, false, "eabcdf", "abcedf", 0, ""}, /* one came up from below */
        {"abcdef", 2, 4, false, false, "badcfe", "bacdfe", 0, ""}, /* those around them may */
        {"abcdef", 2, 4, false, false, "xabcdef", "xabcdef", 0,
         ""}, /* new ones above the screen move nothing */
        {"abcd", 0, 4, false, true, "bcdefgha", "abcdefgh", 0, ""}, /* the first moved far away */
        {"abcd", 0, 4, false, false, "", "[a][b][c][d]", 0, ""},
        {"", 0, 0, false, false, "abcd", "abcd", 0, ""}, /* nothing was on screen */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct table shown = table_of(cases[i].shown, "old");
        shown.more_above = cases[i].more_above;
        shown.more_below = cases[i].more_below;
        struct table now = table_of(cases[i].now, "new");
        struct hold hold = table_hold(&now, &shown, cases[i].from, cases[i].to);
        assert_string_equal(order_of(&now), cases[i].expected);
        assert_int_equal(hold.waiting, cases[i].waiting);
        assert_string_equal(hold.first, cases[i].first);
    }
}

static void
held_rows_show_what_is_new_of_them_and_gone_ones_what_was_known(void **state)
{
    (void)state;
    struct table shown = table_of("abc", "old"), now = table_of("ca", "new");
    (void)table_hold(&now, &shown, 0, 3);
    assert_string_equal(order_of(&now), "a[b]c");
    assert_string_equal(now.rows[0].cells[0].spans[0].text, "new");
    assert_string_equal(now.rows[1].cells[0].spans[0].text, "old");
    assert_int_equal(now.rows[1].changes_at, INT64_MAX);

    /* Held again it is still there; let go it is not. */
    struct table later = table_of("ca", "newer");
    (void)table_hold(&later, &now, 0, 3);
    assert_string_equal(order_of(&later), "a[b]c");
}

static void
an_item_read_only_for_being_on_screen_stands_nowhere_else(void **state)
{
    (void)state;
    struct table shown = table_of("abc", "old"), now = table_of("abdc", "new");
    now.rows[3].marks = ROW_ELSEWHERE; /* c has moved out of the window; d is what follows b now */
    struct hold hold = table_hold(&now, &shown, 0, 3);
    assert_string_equal(order_of(&now), "abc");
    assert_int_equal(hold.waiting, 1);
    struct table other = table_of("abdc", "new");
    other.rows[3].marks = ROW_ELSEWHERE;
    (void)table_hold(&other, &shown, 0, 2);
    assert_string_equal(order_of(&other), "abd");
}

static void
a_difference_is_what_happened_not_what_grew_older(void **state)
{
    (void)state;
    struct table a = table_of("abc", "one"), b = table_of("bcda", "one");
    assert_int_equal(table_differences(&b, &a), 1);
    b.rows[0].cells[0].spans[0].text = "two";
    b.rows[1].cells[1].spans[0].text = "2m"; /* its age */
    assert_int_equal(table_differences(&b, &a), 2);
    assert_true(item_differs(&a, 1, &b, 0));
    assert_false(item_differs(&a, 2, &b, 1));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_on_screen_keep_their_places_and_new_ones_wait),
        cmocka_unit_test(held_rows_show_what_is_new_of_them_and_gone_ones_what_was_known),
        cmocka_unit_test(an_item_read_only_for_being_on_screen_stands_nowhere_else),
        cmocka_unit_test(a_difference_is_what_happened_not_what_grew_older),
    };
    return cmocka_run_group_tests_name("hold", tests, NULL, teardown);
}
