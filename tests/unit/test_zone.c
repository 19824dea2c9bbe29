/* base/zone against the C library in the same process, which reads the same files in its own way.
 */

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/zone.h"

static const char *const names[] = {
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Sydney",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Europe/Dublin",
    "Africa/Casablanca",
    "America/St_Johns",
    "Asia/Gaza",
    "Africa/Cairo",
    "America/Nuuk",
    "Pacific/Chatham",
    "Asia/Tehran",
    "America/Caracas",
    "Pacific/Kiritimati",
    "Antarctica/Troll",
    "America/Havana",
    "America/Santiago",
    "Asia/Pyongyang",
    "Europe/Istanbul",
    "UTC",
    "Etc/GMT+12",
    "Africa/Monrovia",
    "Europe/Lisbon",
};
#define NAMES_LEN (sizeof names / sizeof names[0])

static const struct zone *
open_zone(const char *name)
{
    const struct zone *zone;
    struct error err = {0};
    bool ok = zone_open(name, &zone, &err);
    if (!ok)
        fail_msg("%s", err.message);
    return zone;
}

static void
use_in_c_library(const char *name)
{
    setenv("TZ", name, 1);
    tzset();
}

static int64_t
instant(const char *rfc3339)
{
    int64_t time_ms;
    assert_true(time_from_rfc3339(rfc3339, &time_ms));
    return time_ms;
}

static void
assert_agrees(const struct zone *zone, int64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm tm;
    localtime_r(&when, &tm);
    struct civil civil = zone_to_civil(zone, seconds * SECOND_MS);
    if (zone_offset_seconds(zone, seconds * SECOND_MS) != tm.tm_gmtoff ||
        strcmp(zone_abbreviation(zone, seconds * SECOND_MS), tm.tm_zone) != 0 ||
        civil.year != tm.tm_year + 1900 || civil.month != tm.tm_mon + 1 ||
        civil.day != tm.tm_mday || civil.hour != tm.tm_hour || civil.minute != tm.tm_min ||
        civil.second != tm.tm_sec || civil.weekday != (tm.tm_wday + 6) % 7)
        fail_msg("%s at %lld: offset %d %s, C library %ld %s", zone_name(zone), (long long)seconds,
                 zone_offset_seconds(zone, seconds * SECOND_MS),
                 zone_abbreviation(zone, seconds * SECOND_MS), tm.tm_gmtoff, tm.tm_zone);
}

static void
offsets_agree_with_the_c_library_from_1990_to_2060(void **state)
{
    (void)state;
    int64_t from = instant("1990-01-01T00:00:00Z") / 1000,
            to = instant("2060-01-01T00:00:00Z") / 1000;
    for (size_t i = 0; i < NAMES_LEN; i++) {
        const struct zone *zone = open_zone(names[i]);
        use_in_c_library(names[i]);
        for (int64_t at = from; at < to; at += 67 * 3600 + 1237)
            assert_agrees(zone, at);
    }
}

static void
every_transition_is_found_and_is_where_the_c_library_has_it(void **state)
{
    (void)state;
    int64_t to = instant("2060-01-01T00:00:00Z");
    for (size_t i = 0; i < NAMES_LEN; i++) {
        const struct zone *zone = open_zone(names[i]);
        use_in_c_library(names[i]);
        int64_t at = instant("1971-01-01T00:00:00Z"), before = at;
        while ((at = zone_next_transition_ms(zone, at)) < to) {
            for (int64_t around = -2; around <= 2; around++)
                assert_agrees(zone, at / 1000 + around);
            assert_int_not_equal(zone_offset_seconds(zone, at - 1), zone_offset_seconds(zone, at));
            /* Nothing was stepped over: there was no other offset in between. */
            for (int64_t hour = before; hour < at && hour < before + 366 * DAY_MS;
                 hour += 7 * HOUR_MS)
                assert_int_equal(zone_offset_seconds(zone, hour),
                                 zone_offset_seconds(zone, at - 1));
            before = at;
        }
    }
}

/* What the header promises, by looking at every quarter of an hour around: the earliest instant, or
 * the gap's end. */
static int64_t
earliest_by_search(const struct zone *zone, int64_t local_seconds)
{
    int64_t gap_end = INT64_MAX;
    for (int64_t offset = 15 * 3600; offset >= -15 * 3600; offset -= 900) {
        int64_t t = local_seconds - offset;
        if (zone_offset_seconds(zone, t * SECOND_MS) == offset)
            return t * SECOND_MS;
    }
    for (int64_t t = local_seconds - 27 * 3600; t < local_seconds + 27 * 3600; t += 900)
        if (t + zone_offset_seconds(zone, t * SECOND_MS) > local_seconds && t * SECOND_MS < gap_end)
            gap_end = t * SECOND_MS;
    return gap_end;
}

static int64_t
local_of(const struct zone *zone, int64_t time_ms)
{
    return time_ms / SECOND_MS + zone_offset_seconds(zone, time_ms);
}

static void
civil_times_around_transitions_give_the_earliest_instant_or_the_end_of_the_gap(void **state)
{
    (void)state;
    int64_t to = instant("2060-01-01T00:00:00Z");
    for (size_t i = 0; i < NAMES_LEN; i++) {
        const struct zone *zone = open_zone(names[i]);
        int64_t at = instant("1990-01-01T00:00:00Z");
        while ((at = zone_next_transition_ms(zone, at)) < to) {
            int64_t local = local_of(zone, at - 1) + 1;
            for (int64_t step = -16; step <= 16; step++) {
                int64_t wanted = local + step * 900;
                struct civil civil = zone_to_civil(zone_utc(), wanted * SECOND_MS);
                assert_int_equal(zone_from_civil(zone, civil), earliest_by_search(zone, wanted));
            }
        }
    }
}

static void
civil_times_round_trip_away_from_transitions(void **state)
{
    (void)state;
    int64_t from = instant("1990-01-01T00:00:00Z"), to = instant("2060-01-01T00:00:00Z");
    for (size_t i = 0; i < NAMES_LEN; i++) {
        const struct zone *zone = open_zone(names[i]);
        for (int64_t at = from; at < to; at += 53 * HOUR_MS + 11 * SECOND_MS) {
            int64_t back = zone_from_civil(zone, zone_to_civil(zone, at));
            if (back != at) /* the second of two equal wall clock times */
                assert_true(back < at && local_of(zone, back) == local_of(zone, at));
        }
    }
}

static void
a_gap_gives_its_end_and_an_ambiguous_time_the_earlier_instant(void **state)
{
    (void)state;
    const struct {
        const char *zone;
        struct civil civil;
        const char *utc;
    } cases[] = {
        {"Europe/London",
         {.year = 2026, .month = 3, .day = 29, .hour = 1, .minute = 30},
         "2026-03-29T01:00:00Z"},
        {"Europe/London",
         {.year = 2026, .month = 10, .day = 25, .hour = 1, .minute = 30},
         "2026-10-25T00:30:00Z"},
        {"Europe/Dublin",
         {.year = 2050, .month = 3, .day = 27, .hour = 1, .minute = 1},
         "2050-03-27T01:00:00Z"},
        {"America/New_York",
         {.year = 2045, .month = 11, .day = 5, .hour = 1},
         "2045-11-05T05:00:00Z"},
        {"Australia/Lord_Howe",
         {.year = 2026, .month = 10, .day = 4, .hour = 2, .minute = 15},
         "2026-10-03T15:30:00Z"},
        {"Pacific/Apia",
         {.year = 2011, .month = 12, .day = 30, .hour = 12},
         "2011-12-30T10:00:00Z"},
        {"America/Sao_Paulo", {.year = 2018, .month = 11, .day = 4}, "2018-11-04T03:00:00Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[RFC3339_SIZE];
        int64_t got = zone_from_civil(open_zone(cases[i].zone), cases[i].civil);
        assert_string_equal(time_to_rfc3339(got, text), cases[i].utc);
    }
}

static void
fields_out_of_range_carry_over(void **state)
{
    (void)state;
    const struct zone *london = open_zone("Europe/London");
    char text[RFC3339_SIZE];
    const struct {
        struct civil civil;
        const char *utc;
    } cases[] = {
        {{.year = 2026, .month = 3, .day = 23 + 7, .hour = 9}, "2026-03-30T08:00:00Z"},
        {{.year = 2026, .month = 13, .day = 1}, "2027-01-01T00:00:00Z"},
        {{.year = 2026, .month = 0, .day = 1}, "2025-12-01T00:00:00Z"},
        {{.year = 2026, .month = -12, .day = 15}, "2024-12-15T00:00:00Z"},
        {{.year = 2024, .month = 2, .day = 29 + 1, .hour = 24}, "2024-03-02T00:00:00Z"},
        {{.year = 2026, .month = 1, .day = 0, .hour = -1, .minute = -1}, "2025-12-30T22:59:00Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(time_to_rfc3339(zone_from_civil(london, cases[i].civil), text),
                            cases[i].utc);
}

static void
local_days_are_as_long_as_the_clocks_make_them(void **state)
{
    (void)state;
    const struct {
        const char *zone, *in_day, *start;
        int hours;
    } cases[] = {
        {"Europe/London", "2026-03-29T12:00:00Z", "2026-03-29T00:00:00Z", 23},
        {"Europe/London", "2026-10-25T23:59:59Z", "2026-10-24T23:00:00Z", 25},
        {"Europe/London", "2026-06-01T23:00:00Z", "2026-06-01T23:00:00Z", 24},
        {"America/Sao_Paulo", "2018-11-04T12:00:00Z", "2018-11-04T03:00:00Z", 23},
        {"America/Sao_Paulo", "2018-02-18T02:30:00Z", "2018-02-17T02:00:00Z", 25},
        {"Pacific/Apia", "2011-12-29T20:00:00Z", "2011-12-29T10:00:00Z", 24},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct zone *zone = open_zone(cases[i].zone);
        char text[RFC3339_SIZE];
        int64_t at = instant(cases[i].in_day), start = zone_day_start(zone, at);
        assert_string_equal(time_to_rfc3339(start, text), cases[i].start);
        assert_int_equal(zone_add_days(zone, at, 1) - start, cases[i].hours * HOUR_MS);
        assert_int_equal(zone_day_start(zone, start), start);
    }
}

static void
times_before_1970_and_with_milliseconds_are_floored(void **state)
{
    (void)state;
    struct civil civil = zone_to_civil(zone_utc(), -1);
    assert_int_equal(civil.year, 1969);
    assert_int_equal(civil.second, 59);
    assert_int_equal(zone_day_start(zone_utc(), -1), -DAY_MS);
}

static void
names_that_leave_the_directory_are_refused(void **state)
{
    (void)state;
    const char *const bad[] = {"",
                               "../../../etc/passwd",
                               "/etc/localtime",
                               "Europe/../UTC",
                               "Europe/.",
                               "Europe/",
                               "Europe//London",
                               "-x",
                               "Europe/Lon don",
                               "a\nb"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct zone *zone;
        struct error err = {0};
        assert_false(zone_open(bad[i], &zone, &err));
        assert_int_equal(err.code, ERROR_CONFIG);
        assert_non_null(strstr(err.message, "is not a time zone"));
        assert_string_equal(zone_name(zone), "UTC");
    }
}

static void
a_zone_that_does_not_exist_is_named(void **state)
{
    (void)state;
    const struct zone *zone;
    struct error err = {0};
    assert_false(zone_open("Europe/Atlantis", &zone, &err));
    assert_int_equal(err.code, ERROR_CONFIG);
    assert_non_null(strstr(err.message, "'Europe/Atlantis'"));
    assert_false(zone_open("Europe", &zone, &err)); /* a directory */
    assert_non_null(strstr(err.message, "not a time zone file"));
}

static void
utc_needs_no_file_and_zones_are_opened_once(void **state)
{
    (void)state;
    setenv("TZDIR", "/nonexistent", 1);
    const struct zone *zone;
    struct error err = {0};
    assert_true(zone_open("UTC", &zone, &err));
    assert_ptr_equal(zone, zone_utc());
    assert_true(zone_next_transition_ms(zone, 0) == INT64_MAX);
    unsetenv("TZDIR");
    assert_ptr_equal(open_zone("Asia/Tokyo"), open_zone("Asia/Tokyo"));
}

static void
tz_rules_of_every_form_agree_with_the_c_library(void **state)
{
    (void)state;
    const char *const rules[] = {
        "EST5EDT,M3.2.0,M11.1.0",
        "CET-1CEST,M3.5.0,M10.5.0/3",
        "IST-1GMT0,M10.5.0,M3.5.0/1",
        "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
        "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
        "IST-2IDT,M3.4.4/26,M10.5.0",
        "EET-2EEST,M3.4.4/50,M10.4.4/50",
        "AAA3BBB,J60/0,J300/1:30:30",
        "AAA-3BBB,59/0,299/5",
        "AEST-10AEDT,M10.1.0,M4.1.0/3",
        "<+0545>-5:45",
        "MST7",
    };
    int64_t from = instant("1990-01-01T00:00:00Z") / 1000,
            to = instant("2060-01-01T00:00:00Z") / 1000;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        use_in_c_library(rules[i]);
        const struct zone *zone = zone_system();
        assert_string_equal(zone_name(zone), rules[i]);
        for (int64_t at = from; at < to; at += 5 * 3600 + 1201)
            assert_agrees(zone, at);
        int64_t change = zone_next_transition_ms(zone, from * 1000);
        for (int n = 0; n < 140 && change != INT64_MAX; n++) {
            for (int64_t around = -1; around <= 1; around++)
                assert_agrees(zone, change / 1000 + around);
            change = zone_next_transition_ms(zone, change);
        }
    }
}

static void
summer_time_all_year_is_summer_time_all_year(void **state)
{
    (void)state;
    setenv("TZ", "EST5EDT,0/0,J365/25", 1); /* RFC 8536, 3.3.1 */
    const struct zone *zone = zone_system();
    for (int64_t at = instant("2025-12-20T00:00:00Z"); at < instant("2027-01-10T00:00:00Z");
         at += HOUR_MS)
        assert_int_equal(zone_offset_seconds(zone, at), -4 * 3600);
    assert_true(zone_next_transition_ms(zone, instant("2026-01-01T00:00:00Z")) == INT64_MAX);
}

static void
the_system_zone_follows_tz(void **state)
{
    (void)state;
    const struct {
        const char *tz, *name;
    } cases[] = {
        {"Europe/Berlin", "Europe/Berlin"},
        {":Asia/Tokyo", "Asia/Tokyo"},
        {"", "UTC"},
        {"UTC", "UTC"},
        {"no such thing", "UTC"},
        {"/usr/share/zoneinfo/Asia/Kolkata", "/usr/share/zoneinfo/Asia/Kolkata"},
        {"/nonexistent/zone", "UTC"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setenv("TZ", cases[i].tz, 1);
        assert_string_equal(zone_name(zone_system()), cases[i].name);
    }
    unsetenv("TZ");
    assert_non_null(zone_name(zone_system()));
}

static void
write_file(const char *path, const char *data, size_t len)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

/* Each prefix and each changed byte of a real file is either read or refused, never overrun
 * (sanitizers watch). */
static void
damaged_files_are_refused_or_read_without_harm(void **state)
{
    (void)state;
    char directory[] = "/tmp/tocsin-zone-XXXXXX", path[64], data[8192];
    assert_non_null(mkdtemp(directory));
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Dublin", "re");
    assert_non_null(file);
    size_t len = fread(data, 1, sizeof data, file);
    fclose(file);
    setenv("TZDIR", directory, 1);

    const struct zone *zone;
    int n = 0;
    for (size_t cut = 0; cut < len; cut += 61) {
        char name[32];
        snprintf(name, sizeof name, "cut%d", n++);
        snprintf(path, sizeof path, "%s/%s", directory, name);
        write_file(path, data, cut);
        assert_false(zone_open(name, &zone, NULL));
        unlink(path);
    }
    for (size_t i = 0; i < len; i += i < 100 ? 1 : 37) {
        char name[32], old = data[i];
        snprintf(name, sizeof name, "bad%d", n++);
        snprintf(path, sizeof path, "%s/%s", directory, name);
        data[i] = (char)(old ^ 0xff);
        write_file(path, data, len);
        data[i] = old;
        if (zone_open(name, &zone, NULL)) {
            (void)zone_to_civil(zone, instant("2026-07-01T00:00:00Z"));
            (void)zone_to_civil(zone, instant("2050-07-01T00:00:00Z"));
        }
        unlink(path);
    }
    unsetenv("TZDIR");
    rmdir(directory);
}

static void
wall_times_that_come_twice_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *zone, *at;
        char repeat;
    } cases[] = {
        {"Europe/London", "2026-10-24T23:59:59Z", '\0'},
        {"Europe/London", "2026-10-25T00:00:00Z", 'a'},
        {"Europe/London", "2026-10-25T00:59:59Z", 'a'},
        {"Europe/London", "2026-10-25T01:00:00Z", 'b'},
        {"Europe/London", "2026-10-25T01:59:59Z", 'b'},
        {"Europe/London", "2026-10-25T02:00:00Z", '\0'},
        {"Europe/London", "2026-03-29T01:00:00Z", '\0'},
        {"America/New_York", "2026-11-01T05:30:00Z", 'a'},
        {"America/New_York", "2026-11-01T06:30:00Z", 'b'},
        {"Australia/Lord_Howe", "2026-04-04T14:40:00Z", 'a'},
        {"Australia/Lord_Howe", "2026-04-04T15:10:00Z", 'b'},
        {"Asia/Kolkata", "2026-10-25T01:00:00Z", '\0'},
        {"UTC", "2026-10-25T01:00:00Z", '\0'},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(zone_repeat(open_zone(cases[i].zone), instant(cases[i].at)),
                         cases[i].repeat);
}

static void
days_have_numbers_that_lead_back_to_where_they_begin(void **state)
{
    (void)state;
    static const char *const zones[] = {"UTC", "Europe/London", "Pacific/Apia", "America/Havana"};
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        const struct zone *zone = open_zone(zones[i]);
        for (int64_t at = instant("2011-12-20T13:00:00Z"); at < instant("2013-01-10T00:00:00Z");
             at += 5 * HOUR_MS) {
            int64_t start = zone_day_at(zone, zone_day_number(zone, at));
            assert_true(start == zone_day_start(zone, at));
        }
    }
    assert_int_equal(zone_day_number(zone_utc(), instant("1970-01-01T23:00:00Z")), 0);
    assert_int_equal(zone_day_number(zone_utc(), instant("1969-12-31T23:00:00Z")), -1);
}

static void
weekdays_are_known_by_name(void **state)
{
    (void)state;
    assert_int_equal(weekday_from_name("Monday"), 0);
    assert_int_equal(weekday_from_name("SUN"), 6);
    assert_int_equal(weekday_from_name("su"), -1);
    assert_int_equal(weekday_from_name("sundays"), -1);
    assert_int_equal(weekday_from_name(""), -1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_agree_with_the_c_library_from_1990_to_2060),
        cmocka_unit_test(every_transition_is_found_and_is_where_the_c_library_has_it),
        cmocka_unit_test(
            civil_times_around_transitions_give_the_earliest_instant_or_the_end_of_the_gap),
        cmocka_unit_test(civil_times_round_trip_away_from_transitions),
        cmocka_unit_test(a_gap_gives_its_end_and_an_ambiguous_time_the_earlier_instant),
        cmocka_unit_test(fields_out_of_range_carry_over),
        cmocka_unit_test(local_days_are_as_long_as_the_clocks_make_them),
        cmocka_unit_test(times_before_1970_and_with_milliseconds_are_floored),
        cmocka_unit_test(names_that_leave_the_directory_are_refused),
        cmocka_unit_test(a_zone_that_does_not_exist_is_named),
        cmocka_unit_test(utc_needs_no_file_and_zones_are_opened_once),
        cmocka_unit_test(tz_rules_of_every_form_agree_with_the_c_library),
        cmocka_unit_test(summer_time_all_year_is_summer_time_all_year),
        cmocka_unit_test(the_system_zone_follows_tz),
        cmocka_unit_test(wall_times_that_come_twice_are_told_apart),
        cmocka_unit_test(days_have_numbers_that_lead_back_to_where_they_begin),
        cmocka_unit_test(weekdays_are_known_by_name),
        cmocka_unit_test(damaged_files_are_refused_or_read_without_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
