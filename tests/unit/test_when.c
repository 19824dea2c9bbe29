#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/when.h"

/* A Monday, a week before the clocks of Berlin go forward. */
#define NOW "2026-03-23T03:12:00+01:00"

static const struct zone *berlin;

static int
open_zone(void **state)
{
    struct error err = {0};
    (void)state;
    return zone_open("Europe/Berlin", &berlin, &err) ? 0 : -1;
}

static int64_t
instant(const char *text)
{
    int64_t at;
    assert_true(time_from_rfc3339(text, &at));
    return at;
}

struct example {
    const char *text, *means;
};

static void
expect(const struct example *examples, size_t len, enum when_side side)
{
    struct error err = {0};
    char time[RFC3339_SIZE];
    for (size_t i = 0; i < len; i++) {
        int64_t at;
        if (!when_from_text(examples[i].text, side, berlin, instant(NOW), &at, &err))
            fail_msg("'%s': %s", examples[i].text, err.message);
        if (at != instant(examples[i].means))
            fail_msg("'%s' is %s", examples[i].text, time_to_rfc3339(at, time));
    }
}

static void
what_was_is_found_behind_now(void **state)
{
    static const struct example examples[] = {
        {"now", NOW},
        {"03:10", "2026-03-23T03:10:00+01:00"},
        {" 3:10 ", "2026-03-23T03:10:00+01:00"},
        {"03:13", "2026-03-22T03:13:00+01:00"},
        {"yesterday 14:00", "2026-03-22T14:00:00+01:00"},
        {"Yesterday", "2026-03-22T00:00:00+01:00"},
        {"today", "2026-03-23T00:00:00+01:00"},
        {"14:00 yesterday", "2026-03-22T14:00:00+01:00"},
        {"Thu 18:00", "2026-03-19T18:00:00+01:00"},
        {"thursday", "2026-03-19T00:00:00+01:00"},
        {"mon 03:00", "2026-03-23T03:00:00+01:00"},
        {"Mon 04:00", "2026-03-16T04:00:00+01:00"},
        {"22 Mar", "2026-03-22T00:00:00+01:00"},
        {"Mar 24", "2025-03-24T00:00:00+01:00"},
        {"Sat 21 March 09:30", "2026-03-21T09:30:00+01:00"},
        {"1 Aug 2024 09:30", "2024-08-01T09:30:00+02:00"},
        {"2026-03-20", "2026-03-20T00:00:00+01:00"},
        {"2026-03-20 09:30", "2026-03-20T09:30:00+01:00"},
        {"2026-03-20T09:30", "2026-03-20T09:30:00+01:00"},
        {"2026-03-20T09:30:00Z", "2026-03-20T10:30:00+01:00"},
        {"2h", "2026-03-23T01:12:00+01:00"},
        {"-2h", "2026-03-23T01:12:00+01:00"},
        {"90m ago", "2026-03-23T01:42:00+01:00"},
        {"+3d", "2026-03-26T03:12:00+01:00"},
    };
    (void)state;
    expect(examples, sizeof examples / sizeof *examples, WHEN_PAST);
}

static void
what_comes_is_found_in_front_of_now(void **state)
{
    static const struct example examples[] = {
        {"03:10", "2026-03-24T03:10:00+01:00"},
        {"09:00", "2026-03-23T09:00:00+01:00"},
        {"Sun", "2026-03-29T00:00:00+01:00"},
        {"Mon 03:00", "2026-03-30T03:00:00+02:00"},
        {"22 Mar", "2027-03-22T00:00:00+01:00"},
        {"tomorrow 08:00", "2026-03-24T08:00:00+01:00"},
        {"2h", "2026-03-23T05:12:00+01:00"},
        {"2h ago", "2026-03-23T01:12:00+01:00"},
        {"29 Mar 02:30", "2026-03-29T03:00:00+02:00"}, /* there is no such time */
    };
    (void)state;
    expect(examples, sizeof examples / sizeof *examples, WHEN_FUTURE);
}

static void
what_is_no_time_says_what_one_is(void **state)
{
    static const struct example examples[] = {
        {"", "expected a time"},
        {"yesterdy 14:00", "did you mean 'yesterday'"},
        {"Wendesday", "did you mean 'Wednesday'"},
        {"25:00", "no time of day"},
        {"12:60", "no time of day"},
        {"31 Apr", "no such day"},
        {"2026-13-01", "no such day"},
        {"soonish", "is no time: one is"},
        {"12", "is no time"},
        {"2026", "is no time"},
        {"Mar", "is no time"},
        {"1 2 3 4 5 6", "is no time"},
        {"a-word-that-is-longer-than-any-that-times-are-made-of", "is no time"},
        {"03:10 03:11 03:12 03:13 03:14", "is no time"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct error err = {0};
        int64_t at;
        assert_false(when_from_text(examples[i].text, WHEN_PAST, berlin, instant(NOW), &at, &err));
        assert_int_equal(err.code, ERROR_USAGE);
        if (!strstr(err.message, examples[i].means))
            fail_msg("'%s': %s", examples[i].text, err.message);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_is_found_behind_now),
        cmocka_unit_test(what_comes_is_found_in_front_of_now),
        cmocka_unit_test(what_is_no_time_says_what_one_is),
    };
    return cmocka_run_group_tests_name("when", tests, open_zone, NULL);
}
