#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ui/plain_words.h"

static struct arena arena;

static int
forget(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static void
ages_are_written_out_and_words_left_alone(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"4m", "4 minutes"},
        {"1h", "1 hour"},
        {"27d late", "27 days late"},
        {"11s", "11 seconds"},
        {"due Fri", "due Fri"},
        {"", ""},
        {"stale 4m", "stale 4 minutes"},
        {"2wh", "2wh"},
        {"a4m", "a4m"},
        {"1w 3d", "1 week 3 days"},
        {"2026", "2026"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(plain_ages(cases[i][0], &arena), cases[i][1]);
}

static void
a_row_of_cells_becomes_words_parted_by_commas(void **state)
{
    (void)state;
    static const struct column columns[] = {{.name = "state", .cols = 1},
                                            {.name = "sev", .cols = 2},
                                            {.name = "title"},
                                            {.name = "team"},
                                            {.name = "age", .cols = 3},
                                            {.name = "times"}};
    struct table table;
    size_t rows;
    table_init(&table, &arena, 400, columns, 6);
    table_row(&table, "a");
    table_cell(&table, ROLE_STATE_ACKNOWLEDGED_HERE, "a");
    table_cell(&table, ROLE_SEVERITY_1, "S1");
    table_cell(&table, ROLE_TEXT, "orders_daily");
    table_cell(&table, ROLE_TEXT, "core");
    table_cell(&table, ROLE_AGE, "4m");
    table_cell(&table, ROLE_TEXT, "x12");
    assert_string_equal(plain_item(&table, 0, PLAIN_WHOLE, &arena, &rows),
                        "S1 acknowledged here, orders_daily, core, 4 minutes, 12 times");
    assert_int_equal(rows, 1);
    assert_string_equal(plain_item(&table, 0, PLAIN_LASTING, &arena, &rows),
                        "S1 acknowledged here, orders_daily, core");

    table_row(&table, "b");
    table_cell(&table, ROLE_STATE_FIRING, "F");
    table_cell(&table, ROLE_MUTED, "--");
    table_cell(&table, ROLE_TEXT, "x");
    table_cell(&table, ROLE_TEXT, "");
    table_cell(&table, ROLE_AGE, "1d");
    table_cell(&table, ROLE_TEXT, "");
    assert_string_equal(plain_item(&table, 1, PLAIN_WHOLE, &arena, &rows), "firing, x, 1 day");
}

static void
lines_of_one_item_become_one_and_columns_of_blanks_commas(void **state)
{
    (void)state;
    struct table table;
    size_t rows;
    table_init(&table, &arena, 400, NULL, 0);
    table_line(&table, "e");
    table_span(&table, ROLE_AGE, "03:01");
    table_pad_to(&table, 10);
    table_span(&table, ROLE_STATE_RESOLVED, "R ");
    table_span(&table, ROLE_TEXT, "orders_daily");
    table_line(&table, "e");
    table_pad_to(&table, 10);
    table_span(&table, ROLE_TEXT, "after 4m");
    table_rule(&table);
    assert_string_equal(plain_item(&table, 0, PLAIN_WHOLE, &arena, &rows),
                        "03:01, resolved orders_daily after 4m");
    assert_int_equal(rows, 2);
    assert_string_equal(plain_item(&table, 2, PLAIN_WHOLE, &arena, &rows), "");
    table_title(&table, ROLE_TEXT, "INC-1  2 of 4");
    assert_string_equal(plain_title(&table, &arena), "INC-1, 2 of 4");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(ages_are_written_out_and_words_left_alone, forget),
        cmocka_unit_test_teardown(a_row_of_cells_becomes_words_parted_by_commas, forget),
        cmocka_unit_test_teardown(lines_of_one_item_become_one_and_columns_of_blanks_commas,
                                  forget),
    };
    return cmocka_run_group_tests_name("plain_words", tests, NULL, NULL);
}
