#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ui/source_age.h"

#define NOW INT64_C(1790000000000)
#define BOOT INT64_C(86400000)

static struct arena arena;
static struct source_ages ages;
static struct freshness_summary fresh;

static int
teardown(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

/* Reads what was complete at a moment, `after_ms` later than BOOT, with the clock off by so much. */
static enum fresh
state_of(int64_t complete_at, int64_t after_ms, int64_t off_by_ms)
{
    const struct source_state source = {.resource = "alerts",
                                        .error_code = "",
                                        .interval_ms = 5 * SECOND_MS,
                                        .last_complete_at = complete_at};
    const int64_t now_ms = NOW + after_ms + off_by_ms;
    const struct snapshot snap = {
        .sources = source_ages_correct(&ages, &source, 1, now_ms, BOOT + after_ms, &arena),
        .sources_len = 1,
    };
    fresh = snapshot_freshness(&snap, NULL, now_ms);
    return fresh.state;
}

static void
a_clock_that_is_set_makes_nothing_fresh_or_stale(void **state)
{
    static const int64_t hours[] = {1, -1, 24, -24};
    (void)state;
    for (size_t i = 0; i < sizeof hours / sizeof *hours; i++) {
        const int64_t set = hours[i] * HOUR_MS;
        ages = (struct source_ages){0};
        assert_int_equal(state_of(NOW - 3000, 0, 0), FRESH_LIVE);
        /* Never polled again: live for its ten seconds, then stale, also when the clock is set once more. */
        assert_int_equal(state_of(NOW - 3000, 500, set), FRESH_LIVE);
        assert_int_equal(state_of(NOW - 3000, 6000, -set), FRESH_LIVE);
        assert_int_equal(state_of(NOW - 3000, 8000, set), FRESH_STALE);
        assert_int_equal(fresh.since, NOW + set - 3000);
        /* Polled by the new clock, and before it was set but read after. */
        assert_int_equal(state_of(NOW + set + 11000, 12000, set), FRESH_LIVE);
        assert_int_equal(state_of(NOW + set + 13000, 14000, -set), FRESH_LIVE);
        assert_int_equal(state_of(NOW + set + 13000, 25000, -set), FRESH_STALE);
    }
}

static void
what_is_to_come_when_first_read_counts_as_never_fetched(void **state)
{
    (void)state;
    ages = (struct source_ages){0};
    assert_int_equal(state_of(NOW + HOUR_MS, 0, 0), FRESH_LOADING);
    ages = (struct source_ages){0};
    assert_int_equal(state_of(NOW + SECOND_MS, 500, 0), FRESH_LIVE);
}

static void
a_night_asleep_makes_stale(void **state)
{
    (void)state;
    ages = (struct source_ages){0};
    assert_int_equal(state_of(NOW, 0, 0), FRESH_LIVE);
    assert_int_equal(state_of(NOW, 8 * HOUR_MS, 0), FRESH_STALE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_that_is_set_makes_nothing_fresh_or_stale),
        cmocka_unit_test(what_is_to_come_when_first_read_counts_as_never_fetched),
        cmocka_unit_test(a_night_asleep_makes_stale),
    };
    return cmocka_run_group_tests_name("source_age", tests, NULL, teardown);
}
