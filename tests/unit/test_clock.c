#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

static void
rfc_3339_is_read_with_decimals_and_offsets(void **state)
{
    (void)state;
    const struct {
        const char *text;
        int64_t time_ms;
    } cases[] = {
        {"1970-01-01T00:00:01Z", 1000},
        {"2026-03-23T03:12:00.123Z", 1774235520123},
        {"2026-03-23T03:12:00.123456789Z", 1774235520123},
        {"2026-03-23T03:12:00.1Z", 1774235520100},
        {"2026-03-23T04:12:00+01:00", 1774235520000},
        {"2026-03-22T21:42:00-05:30", 1774235520000},
        {"2026-03-23t03:12:00z", 1774235520000},
        {"2026-03-23 03:12:00Z", 1774235520000},
        {"2024-02-29T00:00:00Z", 1709164800000},
        {"2016-12-31T23:59:60Z", 1483228800000},
        {"1969-12-31T23:59:59.999Z", -1},
        {"0001-01-01T00:00:00Z", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t time_ms = 42;
        assert_true(time_from_rfc3339(cases[i].text, &time_ms));
        assert_int_equal(time_ms, cases[i].time_ms);
    }
}

static void
what_is_not_rfc_3339_is_refused(void **state)
{
    (void)state;
    const char *const bad[] = {"",
                               "yesterday",
                               "2026-03-23",
                               "2026-03-23T03:12:00",
                               "2026-03-23T03:12Z",
                               "2026-03-23T03:12:00.Z",
                               "2026-03-23T03:12:00+0100",
                               "2026-03-23T03:12:00Zx",
                               "2026-03-23T03:12:00 Z",
                               "2026-13-01T00:00:00Z",
                               "2026-00-01T00:00:00Z",
                               "2026-02-29T00:00:00Z",
                               "2026-02-31T00:00:60Z",
                               "2026-04-31T00:00:00Z",
                               "1900-02-29T00:00:00Z",
                               "2026-01-01T24:00:00Z",
                               "2026-01-01T00:60:00Z",
                               "2026-01-01T00:00:61Z",
                               "26-01-01T00:00:00Z",
                               "-026-01-01T00:00:00Z"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t time_ms;
        if (time_from_rfc3339(bad[i], &time_ms))
            fail_msg("'%s' was read", bad[i]);
    }
}

static void
times_are_written_so_that_they_read_back(void **state)
{
    (void)state;
    const int64_t times[] = {1, 999, 1000, 1774235520123, 1774235520000, -1, 253402300799999};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        char text[RFC3339_SIZE];
        int64_t back;
        assert_true(time_from_rfc3339(time_to_rfc3339(times[i], text), &back));
        assert_int_equal(back, times[i]);
    }
    char text[RFC3339_SIZE];
    assert_string_equal(time_to_rfc3339(1774235520123, text), "2026-03-23T03:12:00.123Z");
    assert_string_equal(time_to_rfc3339(1774235520000, text), "2026-03-23T03:12:00Z");
    assert_true(strlen(time_to_rfc3339(INT64_MAX, text)) < RFC3339_SIZE);
    assert_true(strlen(time_to_rfc3339(INT64_MIN, text)) < RFC3339_SIZE);
}

static void
ages_use_one_unit_and_seconds_go_by_fives(void **state)
{
    (void)state;
    const struct {
        int64_t span_ms;
        const char *text;
    } cases[] = {
        {-5, "0s"},
        {0, "0s"},
        {4999, "0s"},
        {5000, "5s"},
        {59999, "55s"},
        {60000, "1m"},
        {59 * MINUTE_MS + 59999, "59m"},
        {HOUR_MS, "1h"},
        {47 * HOUR_MS, "47h"},
        {48 * HOUR_MS, "2d"},
        {27 * DAY_MS, "27d"},
        {28 * DAY_MS, "4w"},
        {400 * DAY_MS, "57w"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[AGE_SIZE];
        assert_string_equal(age_text(cases[i].span_ms, text), cases[i].text);
    }
    char text[AGE_SIZE];
    assert_true(strlen(age_text(INT64_MAX, text)) < AGE_SIZE);
}

static void
the_next_change_of_an_age_is_exactly_when_it_reads_differently(void **state)
{
    (void)state;
    const int64_t since = 1774235520000;
    for (int64_t span = -7000; span < 70 * DAY_MS; span += span < 200000 ? 333 : 7777777) {
        int64_t wait = age_next_change_ms(since, since + span);
        char now[AGE_SIZE], before[AGE_SIZE], at[AGE_SIZE];
        age_text(span, now);
        assert_true(wait > 0);
        assert_string_equal(age_text(span + wait - 1, before), now);
        assert_string_not_equal(age_text(span + wait, at), now);
    }
}

static void
spans_are_a_number_and_a_unit(void **state)
{
    (void)state;
    const struct {
        const char *text;
        int64_t span_ms;
    } good[] = {{"90s", 90 * SECOND_MS},
                {"10m", 10 * MINUTE_MS},
                {"4h", 4 * HOUR_MS},
                {"30d", 30 * DAY_MS},
                {"2w", 14 * DAY_MS},
                {"15", 15 * SECOND_MS},
                {"0", 0}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t span_ms;
        assert_true(span_from_text(good[i].text, &span_ms));
        assert_int_equal(span_ms, good[i].span_ms);
    }
    const char *const bad[] = {"",     "d",    "-1d", "1.5h",
                               "10 m", "10mm", "10y", "99999999999999999999d"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t span_ms;
        assert_false(span_from_text(bad[i], &span_ms));
    }
}

static void
a_frozen_clock_stands_still_but_intervals_go_on(void **state)
{
    (void)state;
    assert_false(clock_is_frozen());
    assert_true(clock_now_ms() > 1700000000000);
    clock_freeze(1774235520123);
    assert_true(clock_is_frozen());
    int64_t start = clock_monotonic_ms();
    while (clock_monotonic_ms() < start + 2)
        ;
    assert_int_equal(clock_now_ms(), 1774235520123);
    clock_freeze(0);
    assert_false(clock_is_frozen());
}

static void
a_clock_that_is_set_is_noticed_once_and_one_that_drifts_is_not(void **state)
{
    struct clock_watch watch = {0};
    (void)state;
    assert_int_equal(clock_was_set_by_ms(&watch), 0);
    watch.wall_ms -= HOUR_MS;
    assert_in_range(clock_was_set_by_ms(&watch), HOUR_MS - MINUTE_MS, HOUR_MS + MINUTE_MS);
    assert_int_equal(clock_was_set_by_ms(&watch), 0);
    watch.wall_ms += DAY_MS;
    assert_in_range(-clock_was_set_by_ms(&watch), DAY_MS - MINUTE_MS, DAY_MS + MINUTE_MS);
    watch.wall_ms -= SECOND_MS;
    assert_int_equal(clock_was_set_by_ms(&watch), 0);
    clock_freeze(1774235520123);
    assert_int_equal(clock_was_set_by_ms(&watch), 0);
    clock_freeze(0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_3339_is_read_with_decimals_and_offsets),
        cmocka_unit_test(what_is_not_rfc_3339_is_refused),
        cmocka_unit_test(times_are_written_so_that_they_read_back),
        cmocka_unit_test(ages_use_one_unit_and_seconds_go_by_fives),
        cmocka_unit_test(the_next_change_of_an_age_is_exactly_when_it_reads_differently),
        cmocka_unit_test(spans_are_a_number_and_a_unit),
        cmocka_unit_test(a_frozen_clock_stands_still_but_intervals_go_on),
        cmocka_unit_test(a_clock_that_is_set_is_noticed_once_and_one_that_drifts_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
