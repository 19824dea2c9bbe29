/* Calendars of shifts, read back by a parser that shares nothing with what writes them (tests/support/ics.py). */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "report/ics.h"

static struct arena arena;

static int
forget(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static int64_t
at(const char *text)
{
    int64_t time_ms;
    assert_true(time_from_rfc3339(text, &time_ms));
    return time_ms;
}

static struct ics_shift
shift(void)
{
    return (struct ics_shift){
        .schedule_id = "S",
        .rotation_id = "R",
        .layer_id = "L",
        .start_at = at("2026-01-05T09:00:00Z"),
        .end_at = at("2026-01-05T17:30:00Z"),
        .person = "Ana Ruiz",
        .covers = "",
        .schedule = "Data Responder",
        .rotation = "",
        .zone = "Europe/London",
        .url = "",
    };
}

static const char *
calendar_of(const struct ics_shift *shifts, size_t len, const char *name)
{
    const struct ics_calendar head = {
        .name = name, .zone = "Europe/London", .now_ms = at("2026-01-02T03:04:05Z")};
    struct str text;
    str_init(&text, 0);
    ics_begin(&text, &head);
    for (size_t i = 0; i < len; i++)
        ics_add(&text, &head, &shifts[i]);
    ics_end(&text);
    const char *kept = arena_text(&arena, str_text(&text));
    str_finish(&text);
    return kept;
}

/* What the parser read, as JSON lines. */
static const char *
parsed(const char *calendar)
{
    char path[] = "/tmp/tocsin-ics-XXXXXX", line[8192];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    size_t len = strlen(calendar);
    assert_int_equal(write(fd, calendar, len), (ssize_t)len);
    close(fd);

    FILE *parser = popen(arena_printf(&arena, "python3 tests/support/ics.py %s", path), "r");
    assert_non_null(parser);
    const char *all = "";
    while (fgets(line, sizeof line, parser))
        all = arena_printf(&arena, "%s%s", all, line);
    assert_int_equal(pclose(parser), 0);
    unlink(path);
    return all;
}

static void
expect_in(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in\n%s", part, text);
}

static void
a_shift_is_an_event_in_utc_that_tells_its_local_times(void **state)
{
    (void)state;
    struct ics_shift summer = shift();
    summer.start_at = at("2026-06-05T16:00:00Z");
    summer.end_at = at("2026-06-08T08:00:00Z");
    summer.rotation = "Weekends";
    summer.url = "https://app.example.com/schedules/S?tab=1";
    const char *read = parsed(calendar_of(&summer, 1, "On call"));
    expect_in(read, "\"X-WR-TIMEZONE\": \"Europe/London\"");
    expect_in(read, "\"X-WR-CALNAME\": \"On call\"");
    expect_in(read, "\"DTSTART\": \"2026-06-05T16:00:00Z\"");
    expect_in(read, "\"DTEND\": \"2026-06-08T08:00:00Z\"");
    expect_in(read, "\"DTSTAMP\": \"2026-01-02T03:04:05Z\"");
    expect_in(read, "\"SUMMARY\": \"Ana Ruiz on call: Data Responder\"");
    expect_in(read, "\"DESCRIPTION\": \"Data Responder, Weekends\\nFri 5 Jun 17:00 to Mon 8 Jun "
                    "09:00 Europe/London\"");
    expect_in(read, "\"URL\": \"https://app.example.com/schedules/S?tab=1\"");
    expect_in(read, "\"TRANSP\": \"TRANSPARENT\"");
}

static void
an_override_is_the_covering_persons_and_says_whom_it_covers(void **state)
{
    (void)state;
    struct ics_shift shifts[] = {shift(), shift(), shift()};
    shifts[0].person = "Cy Lam", shifts[0].covers = "Ana Ruiz", shifts[0].is_override = true;
    shifts[1].start_at += DAY_MS, shifts[1].end_at += DAY_MS, shifts[1].is_override = true;
    shifts[2].start_at += 2 * DAY_MS, shifts[2].end_at += 2 * DAY_MS, shifts[2].person = "";
    const char *read = parsed(calendar_of(shifts, 3, "On call"));
    expect_in(read, "\"SUMMARY\": \"Cy Lam on call: Data Responder\"");
    expect_in(read, "17:30 Europe/London\\nCovers Ana Ruiz\"");
    expect_in(read, "17:30 Europe/London\\nAn extra shift\"");
    expect_in(read, "\"SUMMARY\": \"Nobody on call: Data Responder\"");
}

static const char *
uid_of(const char *calendar)
{
    const char *uid = strstr(calendar, "UID:");
    assert_non_null(uid);
    return arena_text_len(&arena, uid, strcspn(uid, "\r"));
}

static void
a_uid_stays_while_only_the_person_or_the_end_changes(void **state)
{
    (void)state;
    struct ics_shift first = shift(), other = shift();
    const char *uid = uid_of(calendar_of(&first, 1, "On call"));
    other.person = "Cy Lam", other.covers = "Ana Ruiz", other.end_at -= HOUR_MS;
    other.schedule = "Renamed";
    assert_string_equal(uid, uid_of(calendar_of(&other, 1, "On call")));
    assert_int_equal(strlen(uid), strlen("UID:@tocsin") + 32);

    struct ics_shift later = first, layer = first, rotation = first, schedule = first;
    later.start_at += MINUTE_MS, layer.layer_id = "L2", rotation.rotation_id = "R2";
    schedule.schedule_id = "S2";
    const struct ics_shift all[] = {first, later, layer, rotation, schedule};
    (void)parsed(calendar_of(all, 5, "On call")); /* refuses a UID that is there twice */
}

static void
names_are_escaped_cleaned_and_folded_between_characters(void **state)
{
    (void)state;
    struct ics_shift odd = shift();
    odd.person = "Zo\xc3\xab; \\ \"Q\", \x1b[31mred\x1b[0m";
    odd.schedule = "\xe6\x95\xb0\xe6\x8d\xae\xe5\x80\xbc\xe7\x8f\xad\xe6\x95\xb0\xe6\x8d\xae"
                   "\xe5\x80\xbc\xe7\x8f\xad\xe6\x95\xb0\xe6\x8d\xae\xe5\x80\xbc\xe7\x8f\xad"
                   "\xe6\x95\xb0\xe6\x8d\xae\xe5\x80\xbc\xe7\x8f\xad: line\r\nEND:VEVENT, and "
                   "a name that goes on for much longer than any line of a calendar may be";
    odd.rotation = "a,b;c\\n";
    odd.zone = "Mars/Olympus";
    odd.url = "https://x.example/\r\nATTENDEE:mailto:a@example.com";
    const char *calendar = calendar_of(&odd, 1, "A, B; and\nC");
    assert_null(strstr(calendar, "ATTENDEE"));
    const char *read = parsed(calendar);
    expect_in(read, "Zo\xc3\xab; \\\\ \\\"Q\\\", red on call: \xe6\x95\xb0");
    expect_in(read,
              "than any line of a calendar may be, a,b;c\\\\n\\nMon 5 Jan 09:00 to 17:30 UTC");
    expect_in(read, "\"NAME\": \"A, B; and\\nC\"");
    assert_null(strstr(read, "\"URL\""));
}

static void
lines_of_every_length_are_folded_right(void **state)
{
    (void)state;
    struct ics_shift shifts[160];
    for (size_t i = 0; i < 160; i++) {
        char *name = arena_alloc(&arena, 2 * i + 2);
        for (size_t j = 0; j < i; j++)
            memcpy(name + 2 * j, "\xc3\xa9", 2);
        name[2 * i] = i % 2 ? ',' : 'x';
        shifts[i] = shift();
        shifts[i].start_at += (int64_t)i * MINUTE_MS;
        shifts[i].person = name;
    }
    const char *read = parsed(calendar_of(shifts, 160, "On call"));
    expect_in(read, arena_printf(&arena, "\"%s on call: Data Responder\"", shifts[158].person));
    expect_in(read, arena_printf(&arena, "\"%s on call: Data Responder\"", shifts[159].person));
    (void)parsed(calendar_of(NULL, 0, "Nothing"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_shift_is_an_event_in_utc_that_tells_its_local_times, forget),
        cmocka_unit_test_teardown(an_override_is_the_covering_persons_and_says_whom_it_covers,
                                  forget),
        cmocka_unit_test_teardown(a_uid_stays_while_only_the_person_or_the_end_changes, forget),
        cmocka_unit_test_teardown(names_are_escaped_cleaned_and_folded_between_characters, forget),
        cmocka_unit_test_teardown(lines_of_every_length_are_folded_right, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
