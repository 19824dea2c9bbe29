#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ui/pace.h"

#define ROWS 30
#define COLS 20

static struct canvas shown, next;

static int
start(void **state)
{
    (void)state;
    canvas_init(&shown, ROWS, COLS);
    canvas_init(&next, ROWS, COLS);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    canvas_finish(&shown);
    canvas_finish(&next);
    return 0;
}

static int
rows_that_differ(void)
{
    int rows = 0;
    for (int row = 0; row < ROWS; row++)
        rows += !canvas_row_equals(&next, &shown, row);
    return rows;
}

static void
draw(const char *age, enum role role)
{
    canvas_clear(&next);
    for (int row = 0; row < ROWS; row++)
        (void)canvas_text(&next, row, 4, 4, age, role, 0);
}

/* Until none waits; how many rows were sent at most within ten seconds of one another. */
#define MOVE_BYTES 7

static int
send_all(struct pace *pace, const char *age, enum role role, int *most)
{
    int64_t at[ROWS * 2], now_ms = 1000000;
    int sent = 0;
    *most = 0;
    for (int turns = 0; turns < 200; turns++) {
        draw(age, role);
        int64_t again_ms = pace_hold(pace, &next, &shown, now_ms);
        int rows = rows_that_differ();
        if (rows)
            pace_sent(pace, rows * (MOVE_BYTES + 1) + (role == ROLE_AGE ? 22 : 0), now_ms);
        for (; rows > 0; rows--)
            at[sent++] = now_ms;
        for (int row = 0; row < ROWS; row++)
            for (int col = 0; col < COLS; col++)
                *canvas_at(&shown, row, col) = *canvas_at(&next, row, col);
        if (again_ms < 0)
            break;
        assert_in_range(again_ms, 1, PACE_SPAN_MS);
        now_ms += again_ms;
    }
    for (int i = 0; i < sent; i++)
        for (int j = i; j < sent; j++)
            if (at[j] < at[i] + PACE_SPAN_MS && j - i + 1 > *most)
                *most = j - i + 1;
    return sent;
}

static void
ages_that_step_together_are_sent_little_by_little_and_each_once(void **state)
{
    struct pace pace = {0};
    int most;
    (void)state;
    draw("4m", ROLE_AGE_FIRING);
    canvas_clear(&shown);
    assert_int_equal(send_all(&pace, "5m", ROLE_AGE_FIRING, &most), ROWS);
    assert_in_range(most, 5, 8);
    pace = (struct pace){0};
    canvas_clear(&shown);
    assert_int_equal(send_all(&pace, "6m", ROLE_AGE, &most), ROWS);
    assert_in_range(most, 3, 5); /* with a look to put on and off */
}

static void
what_is_more_than_an_age_never_waits(void **state)
{
    struct pace pace = {0};
    (void)state;
    canvas_clear(&shown);
    draw("5m", ROLE_AGE);
    assert_true(pace_hold(&pace, &next, &shown, 1000) >= 0);
    pace_sent(&pace, PACE_BYTES, 1000);
    draw("5m", ROLE_AGE);
    (void)canvas_text(&next, 17, 0, COLS, "stale 10s: no route", ROLE_PROBLEM, 0);
    assert_true(pace_hold(&pace, &next, &shown, 1001) >= 0);
    assert_int_equal(rows_that_differ(), 1);
    assert_false(canvas_row_equals(&next, &shown, 17));

    canvas_clear(&shown);
    canvas_clear(&next);
    (void)canvas_text(&shown, 17, 0, COLS, "stale 1h", ROLE_FRESH_STALE, 0);
    (void)canvas_text(&next, 17, 0, COLS, "live 5s ", ROLE_FRESH_LIVE, 0);
    assert_int_equal(pace_hold(&pace, &next, &shown, 1002), -1);
    assert_false(canvas_row_equals(&next, &shown, 17));
}

static void
a_screen_of_another_size_is_left_alone(void **state)
{
    struct pace pace = {0};
    struct canvas smaller = {0};
    (void)state;
    canvas_init(&smaller, ROWS - 1, COLS);
    draw("5m", ROLE_AGE);
    assert_int_equal(pace_hold(&pace, &next, &smaller, 1000), -1);
    assert_string_equal(canvas_at(&next, ROWS - 1, 4)->text, "5");
    canvas_finish(&smaller);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ages_that_step_together_are_sent_little_by_little_and_each_once),
        cmocka_unit_test(what_is_more_than_an_age_never_waits),
        cmocka_unit_test(a_screen_of_another_size_is_left_alone),
    };
    return cmocka_run_group_tests_name("pace", tests, start, stop);
}
