/* The rotation engine. Expected times are worked out by hand from the calendar and the zones' published rules. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/zone.h"
#include "hub/schedules.h"

#define LEN(array) (sizeof(array) / sizeof(array)[0])

static const struct user_embedded people[] = {
    {"ana", "Ana Ruiz", "", "", ""}, {"ben", "Ben Osei", "", "", ""},
    {"cy", "Cy Lam", "", "", ""},    {"dee", "Dee Park", "", "", ""},
    {"eve", "Eve Lind", "", "", ""}, {"fay", "Fay Roy", "", "", ""},
    {"gus", "Gus Hart", "", "", ""},
};
static const struct schedule_handover every_week[] = {{1, "weekly"}};
static const struct schedule_layer layers[] = {{"L1", "Primary"}, {"L2", "Secondary"}};
static const struct schedule_working_interval office_hours[] = {
    {"monday", "09:00", "17:30"},   {"tuesday", "09:00", "17:30"}, {"wednesday", "09:00", "17:30"},
    {"thursday", "09:00", "17:30"}, {"friday", "09:00", "17:30"},
};

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

static struct schedule_rotation
weekly(const char *anchor, size_t users_len)
{
    return (struct schedule_rotation){.id = "R",
                                      .name = "Data Responder",
                                      .handover_start_at = at(anchor),
                                      .handovers = every_week,
                                      .handovers_len = 1,
                                      .layers = layers,
                                      .layers_len = 1,
                                      .scheduling_mode = "sequential",
                                      .users = people,
                                      .users_len = users_len};
}

static const struct schedule_plan *
plan_of(const char *timezone, const struct schedule_rotation *rotations, size_t rotations_len)
{
    struct schedule_config config = {rotations, rotations_len};
    const struct schedule_plan *plan = NULL;
    struct error err = {0};
    if (!schedule_plan_make("S", timezone, &config, &arena, &plan, &err))
        fail_msg("%s", err.message);
    return plan;
}

static struct schedule_entries
entries_between(const struct schedule_plan *plan, const struct schedule_override *overrides,
                size_t overrides_len, int64_t from_ms, int64_t to_ms)
{
    struct schedule_entries entries;
    struct error err = {0};
    if (!schedule_plan_entries(plan, overrides, overrides_len, from_ms, to_ms, &arena, &entries,
                               &err))
        fail_msg("%s", err.message);
    return entries;
}

/* One line an entry: start, end, person, and the layer where it is not the first. */
static const char *
told(const struct schedule_entry *entries, size_t len)
{
    static struct str out;
    str_clear(&out);
    for (size_t i = 0; i < len; i++) {
        char start[RFC3339_SIZE], end[RFC3339_SIZE];
        str_printf(&out, "%.16s %.16s %s%s%s\n", time_to_rfc3339(entries[i].start_at, start),
                   time_to_rfc3339(entries[i].end_at, end),
                   entries[i].user_id[0] ? entries[i].user_id : "-",
                   text_equals(entries[i].layer_id, "L1") ? "" : " ",
                   text_equals(entries[i].layer_id, "L1") ? "" : entries[i].layer_id);
    }
    const char *text = arena_text(&arena, str_text(&out));
    str_finish(&out);
    return text;
}

static void
expect_scheduled(const struct schedule_plan *plan, const char *from, const char *to,
                 const char *expected)
{
    struct schedule_entries entries = entries_between(plan, NULL, 0, at(from), at(to));
    assert_string_equal(told(entries.scheduled, entries.scheduled_len), expected);
    assert_string_equal(told(entries.final, entries.final_len), expected);
    assert_int_equal(entries.overrides_len, 0);
}

/* ---- worked examples ---- */

static void
office_hours_in_london_keep_their_wall_time_over_both_clock_changes(void **state)
{
    (void)state;
    struct schedule_rotation rotation = weekly("2026-01-05T09:00:00Z", 7); /* a Monday */
    rotation.working_intervals = office_hours;
    rotation.working_intervals_len = LEN(office_hours);
    const struct schedule_plan *plan = plan_of("Europe/London", &rotation, 1);

    /* 23 March is 77 days on: turn 11, the fifth of seven. Clocks go forward on Sunday 29 March. */
    expect_scheduled(plan, "2026-03-26T00:00:00Z", "2026-04-01T00:00:00Z",
                     "2026-03-26T09:00 2026-03-26T17:30 eve\n"
                     "2026-03-27T09:00 2026-03-27T17:30 eve\n"
                     "2026-03-30T08:00 2026-03-30T16:30 fay\n"
                     "2026-03-31T08:00 2026-03-31T16:30 fay\n");
    /* 19 October is 287 days on: turn 41, the seventh. Clocks go back on Sunday 25 October. */
    expect_scheduled(plan, "2026-10-23T12:00:00Z", "2026-10-27T10:00:00Z",
                     "2026-10-23T08:00 2026-10-23T16:30 gus\n"
                     "2026-10-26T09:00 2026-10-26T17:30 ana\n"
                     "2026-10-27T09:00 2026-10-27T17:30 ana\n");
    expect_scheduled(plan, "2026-03-27T17:30:00Z", "2026-03-30T08:00:00Z", "");
    expect_scheduled(plan, "2025-06-01T00:00:00Z", "2026-01-05T09:00:00Z", "");
}

static void
unequal_handovers_take_turns(void **state)
{
    (void)state;
    static const struct schedule_handover one_then_three[] = {{1, "daily"}, {3, "daily"}};
    struct schedule_rotation rotation = weekly("2026-03-02T09:00:00Z", 2);
    rotation.handovers = one_then_three;
    rotation.handovers_len = 2;
    const struct schedule_plan *plan = plan_of("Europe/Berlin", &rotation, 1);

    expect_scheduled(plan, "2026-03-02T00:00:00Z", "2026-03-08T00:00:00Z",
                     "2026-03-02T09:00 2026-03-03T09:00 ana\n"
                     "2026-03-03T09:00 2026-03-06T09:00 ben\n"
                     "2026-03-06T09:00 2026-03-07T09:00 ana\n"
                     "2026-03-07T09:00 2026-03-10T09:00 ben\n");
    /* 10:00 in Berlin is 08:00 UTC after the change: the three days have 71 hours. */
    expect_scheduled(plan, "2026-03-27T00:00:00Z", "2026-03-30T12:00:00Z",
                     "2026-03-26T09:00 2026-03-27T09:00 ana\n"
                     "2026-03-27T09:00 2026-03-30T08:00 ben\n"
                     "2026-03-30T08:00 2026-03-31T08:00 ana\n");
}

static void
layers_are_an_offset_in_the_list_of_users(void **state)
{
    (void)state;
    struct schedule_rotation rotation = weekly("2026-06-01T08:00:00Z", 3);
    rotation.layers_len = 2;
    const struct schedule_plan *plan = plan_of("Europe/London", &rotation, 1);
    expect_scheduled(plan, "2026-06-01T08:00:00Z", "2026-06-16T00:00:00Z",
                     "2026-06-01T08:00 2026-06-08T08:00 ana\n"
                     "2026-06-01T08:00 2026-06-08T08:00 ben L2\n"
                     "2026-06-08T08:00 2026-06-15T08:00 ben\n"
                     "2026-06-08T08:00 2026-06-15T08:00 cy L2\n"
                     "2026-06-15T08:00 2026-06-22T08:00 cy\n"
                     "2026-06-15T08:00 2026-06-22T08:00 ana L2\n");
}

static void
versions_follow_one_another_and_are_clipped(void **state)
{
    (void)state;
    struct schedule_rotation versions[] = {
        weekly("2026-03-16T00:00:00Z", 2),
        weekly("2026-03-02T00:00:00Z", 2),
        weekly("2026-03-02T00:00:00Z", 1),
    };
    versions[0].effective_from = at("2026-03-18T12:00:00Z");
    versions[0].users = people + 2;
    versions[2].effective_from = at("2026-03-30T00:00:00Z");
    versions[2].users = people + 6;
    const struct schedule_plan *plan = plan_of("UTC", versions, LEN(versions));
    expect_scheduled(plan, "2026-03-09T00:00:00Z", "2026-04-07T00:00:00Z",
                     "2026-03-09T00:00 2026-03-16T00:00 ben\n"
                     "2026-03-16T00:00 2026-03-18T12:00 ana\n"
                     "2026-03-18T12:00 2026-03-23T00:00 cy\n"
                     "2026-03-23T00:00 2026-03-30T00:00 dee\n"
                     "2026-03-30T00:00 2026-04-06T00:00 gus\n"
                     "2026-04-06T00:00 2026-04-13T00:00 gus\n");
}

static void
a_handover_the_clocks_skip_is_back_at_its_time_the_day_after(void **state)
{
    (void)state;
    static const struct schedule_handover daily[] = {{1, "daily"}};
    struct schedule_rotation rotation = weekly("2026-03-01T01:30:00Z", 2);
    rotation.handovers = daily;
    const struct schedule_plan *plan = plan_of("Europe/London", &rotation, 1);
    expect_scheduled(plan, "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z",
                     "2026-03-28T01:30 2026-03-29T01:00 ben\n"
                     "2026-03-29T01:00 2026-03-30T00:30 ana\n"
                     "2026-03-30T00:30 2026-03-31T00:30 ben\n");
    /* 01:30 comes twice on 25 October; the first is meant. 238 days on: an even turn. */
    expect_scheduled(plan, "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z",
                     "2026-10-25T00:30 2026-10-26T01:30 ana\n");
}

static void
hourly_handovers_are_elapsed_time(void **state)
{
    (void)state;
    static const struct schedule_handover half_days[] = {{12, "hourly"}};
    struct schedule_rotation rotation = weekly("2026-03-28T08:00:00Z", 2);
    rotation.handovers = half_days;
    const struct schedule_plan *plan = plan_of("Europe/London", &rotation, 1);
    expect_scheduled(plan, "2026-03-29T00:00:00Z", "2026-03-29T21:00:00Z",
                     "2026-03-28T20:00 2026-03-29T08:00 ben\n"
                     "2026-03-29T08:00 2026-03-29T20:00 ana\n"
                     "2026-03-29T20:00 2026-03-30T08:00 ben\n");
}

static void
nobody_is_a_shift_without_a_user(void **state)
{
    (void)state;
    static const struct user_embedded users[] = {{"ana", "Ana Ruiz", "", "", ""},
                                                 {"NOBODY", "", "", "", ""}};
    struct schedule_rotation rotation = weekly("2026-06-01T00:00:00Z", 2);
    rotation.users = users;
    const struct schedule_plan *plan = plan_of("UTC", &rotation, 1);
    struct schedule_entries entries =
        entries_between(plan, NULL, 0, at("2026-06-01T00:00:00Z"), at("2026-06-14T00:00:00Z"));
    assert_int_equal(entries.final_len, 2);
    assert_string_equal(entries.final[0].user_name, "Ana Ruiz");
    assert_string_equal(entries.final[0].id, "S/final/R/L1/2026-06-01T00:00:00Z");
    assert_string_equal(entries.final[1].user_id, "");
    assert_string_equal(entries.final[1].user_name, "");
}

static void
without_handovers_the_first_stay_and_without_layers_there_is_one(void **state)
{
    (void)state;
    struct schedule_rotation rotation = weekly("2026-06-01T00:00:00Z", 2);
    rotation.handovers_len = 0;
    rotation.layers_len = 0;
    expect_scheduled(plan_of("UTC", &rotation, 1), "2026-06-07T00:00:00Z", "2026-06-09T00:00:00Z",
                     "2026-06-01T00:00 2026-06-08T00:00 ana \n"
                     "2026-06-08T00:00 2026-06-15T00:00 ana \n");
    rotation.users_len = 0;
    expect_scheduled(plan_of("UTC", &rotation, 1), "2026-06-07T00:00:00Z", "2026-06-09T00:00:00Z",
                     "");
}

static void
working_intervals_that_touch_make_one_shift(void **state)
{
    (void)state;
    static const struct schedule_working_interval weekend[] = {
        {"sunday", "00:00", "12:00"},   {"friday", "17:00", "24:00"},
        {"saturday", "00:00", "00:00"}, {"saturday", "10:00", "11:00"},
        {"sunday", "13:00", "14:00"},
    };
    struct schedule_rotation rotation = weekly("2026-06-01T00:00:00Z", 2);
    rotation.working_intervals = weekend;
    rotation.working_intervals_len = LEN(weekend);
    expect_scheduled(plan_of("UTC", &rotation, 1), "2026-06-07T00:00:00Z", "2026-06-13T00:00:00Z",
                     "2026-06-05T17:00 2026-06-07T12:00 ana\n"
                     "2026-06-07T13:00 2026-06-07T14:00 ana\n"
                     "2026-06-12T17:00 2026-06-14T12:00 ben\n");
}

static void
shifts_are_returned_whole_where_they_only_touch_the_window(void **state)
{
    (void)state;
    struct schedule_rotation rotation = weekly("2026-06-01T00:00:00Z", 2);
    const struct schedule_plan *plan = plan_of("UTC", &rotation, 1);
    expect_scheduled(plan, "2026-06-03T00:00:00Z", "2026-06-03T00:01:00Z",
                     "2026-06-01T00:00 2026-06-08T00:00 ana\n");
    expect_scheduled(plan, "2026-06-08T00:00:00Z", "2026-06-08T00:01:00Z",
                     "2026-06-08T00:00 2026-06-15T00:00 ben\n");
}

/* ---- overrides ---- */

static struct schedule_override
override(const char *id, const char *user, const char *from, const char *to)
{
    return (struct schedule_override){.id = id,
                                      .schedule_id = "S",
                                      .rotation_id = "R",
                                      .layer_id = "L1",
                                      .user_id = user,
                                      .user_name = user,
                                      .user_email = "",
                                      .user_role = "",
                                      .user_slack_user_id = "",
                                      .start_at = at(from),
                                      .end_at = at(to),
                                      .created_at = at("2026-05-01T00:00:00Z")};
}

static void
overrides_cut_and_replace(void **state)
{
    (void)state;
    struct schedule_rotation rotation = weekly("2026-06-01T00:00:00Z", 2);
    rotation.layers_len = 2;
    const struct schedule_plan *plan = plan_of("UTC", &rotation, 1);
    struct schedule_override overrides[] = {
        override("O3", "NOBODY", "2026-06-07T20:00:00Z", "2026-06-08T04:00:00Z"),
        override("O1", "cy", "2026-06-02T09:00:00Z", "2026-06-02T17:00:00Z"),
        override("O2", "dee", "2026-06-04T00:00:00Z", "2026-06-05T00:00:00Z"),
        override("O4", "eve", "2026-06-04T00:00:00Z", "2026-06-05T00:00:00Z"),
        override("O5", "eve", "2026-06-03T00:00:00Z", "2026-06-03T00:00:00Z"), /* empty */
    };
    overrides[3].schedule_id = "another";
    struct schedule_entries entries = entries_between(
        plan, overrides, LEN(overrides), at("2026-06-04T00:00:00Z"), at("2026-06-08T00:00:00Z"));
    assert_string_equal(told(entries.overrides, entries.overrides_len),
                        "2026-06-04T00:00 2026-06-05T00:00 dee\n"
                        "2026-06-07T20:00 2026-06-08T04:00 -\n");
    assert_string_equal(entries.overrides[0].entry_id, "O2");
    /* O1 lies before the window and cuts no entry that is left; the rest of the shift begins where O1 ended. */
    assert_string_equal(told(entries.final, entries.final_len),
                        "2026-06-01T00:00 2026-06-08T00:00 ben L2\n"
                        "2026-06-04T00:00 2026-06-05T00:00 dee\n"
                        "2026-06-05T00:00 2026-06-07T20:00 ana\n"
                        "2026-06-07T20:00 2026-06-08T04:00 -\n");
    assert_string_equal(entries.final[1].entry_id, "O2");
    assert_string_equal(entries.final[1].fingerprint, entries.overrides[0].fingerprint);

    entries = entries_between(plan, overrides, LEN(overrides), at("2026-06-03T00:00:00Z"),
                              at("2026-06-03T01:00:00Z"));
    assert_string_equal(told(entries.final, entries.final_len),
                        "2026-06-01T00:00 2026-06-08T00:00 ben L2\n"
                        "2026-06-02T17:00 2026-06-04T00:00 ana\n");
}

static void
of_overrides_that_overlap_the_one_made_last_wins(void **state)
{
    (void)state;
    struct schedule_rotation rotation = weekly("2026-06-01T00:00:00Z", 1);
    struct schedule_override overrides[] = {
        override("O2", "dee", "2026-06-02T10:00:00Z", "2026-06-02T11:00:00Z"),
        override("O1", "cy", "2026-06-02T09:00:00Z", "2026-06-02T17:00:00Z"),
    };
    overrides[0].created_at++;
    struct schedule_entries entries =
        entries_between(plan_of("UTC", &rotation, 1), overrides, LEN(overrides),
                        at("2026-06-02T09:00:00Z"), at("2026-06-02T17:00:00Z"));
    assert_string_equal(told(entries.final, entries.final_len),
                        "2026-06-02T09:00 2026-06-02T10:00 cy\n"
                        "2026-06-02T10:00 2026-06-02T11:00 dee\n"
                        "2026-06-02T11:00 2026-06-02T17:00 cy\n");
}

static void
an_override_of_a_layer_that_is_gone_still_counts(void **state)
{
    (void)state;
    struct schedule_rotation rotation = weekly("2026-06-01T00:00:00Z", 1);
    struct schedule_override gone =
        override("O1", "cy", "2026-06-02T09:00:00Z", "2026-06-02T17:00:00Z");
    gone.layer_id = "L9";
    const struct schedule_plan *plan = plan_of("UTC", &rotation, 1);
    struct schedule_entries entries =
        entries_between(plan, &gone, 1, at("2026-06-02T00:00:00Z"), at("2026-06-03T00:00:00Z"));
    assert_string_equal(told(entries.final, entries.final_len),
                        "2026-06-01T00:00 2026-06-08T00:00 ana\n"
                        "2026-06-02T09:00 2026-06-02T17:00 cy L9\n");
}

static void
fingerprints_are_stable_and_tell_shifts_apart(void **state)
{
    (void)state;
    struct schedule_rotation rotation = weekly("2026-06-01T00:00:00Z", 2);
    rotation.layers_len = 2;
    const struct schedule_plan *plan = plan_of("UTC", &rotation, 1);
    struct schedule_entries a =
        entries_between(plan, NULL, 0, at("2026-06-02T00:00:00Z"), at("2026-06-12T00:00:00Z"));
    struct schedule_entries b =
        entries_between(plan, NULL, 0, at("2026-06-05T00:00:00Z"), at("2026-06-30T00:00:00Z"));
    assert_int_equal(a.final_len, 4);
    for (size_t i = 0; i < a.final_len; i++) {
        assert_int_equal(strlen(a.final[i].fingerprint), 32);
        assert_string_equal(a.final[i].fingerprint, b.final[i].fingerprint);
        assert_string_equal(a.final[i].fingerprint, a.scheduled[i].fingerprint);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(a.final[i].fingerprint, a.final[j].fingerprint);
    }
}

static void
current_and_next_shifts_are_one_a_layer(void **state)
{
    (void)state;
    struct schedule_rotation rotation = weekly("2026-01-05T09:00:00Z", 7);
    rotation.working_intervals = office_hours;
    rotation.working_intervals_len = LEN(office_hours);
    rotation.layers_len = 2;
    const struct schedule_plan *plan = plan_of("Europe/London", &rotation, 1);
    struct schedule_override swap =
        override("O1", "gus", "2026-03-27T15:00:00Z", "2026-03-27T18:00:00Z");
    struct schedule_shifts shifts;
    struct error err;
    assert_true(
        schedule_plan_shifts(plan, &swap, 1, at("2026-03-27T12:00:00Z"), &arena, &shifts, &err));
    assert_string_equal(told(shifts.current, shifts.current_len),
                        "2026-03-27T09:00 2026-03-27T15:00 eve\n"
                        "2026-03-27T09:00 2026-03-27T17:30 fay L2\n");
    assert_string_equal(told(shifts.next, shifts.next_len),
                        "2026-03-27T15:00 2026-03-27T18:00 gus\n"
                        "2026-03-30T08:00 2026-03-30T16:30 gus L2\n");
    /* Off hours nobody is on; a rota that begins in two months is still found. */
    assert_true(
        schedule_plan_shifts(plan, NULL, 0, at("2025-11-10T00:00:00Z"), &arena, &shifts, &err));
    assert_int_equal(shifts.current_len, 0);
    assert_string_equal(told(shifts.next, shifts.next_len),
                        "2026-01-05T09:00 2026-01-05T17:30 ana\n"
                        "2026-01-05T09:00 2026-01-05T17:30 ben L2\n");
}

/* ---- properties ---- */

static void
a_day_of_a_clock_change_has_its_true_length_in_every_zone(void **state)
{
    (void)state;
    static const struct {
        const char *zone,
            *change; /* local date of the change, 09:00 of the day before as UTC date */
        int64_t minutes;
    } cases[] = {
        {"Europe/London", "2026-03-29", 23 * 60},
        {"Europe/London", "2026-10-25", 25 * 60},
        {"America/New_York", "2026-03-08", 23 * 60},
        {"America/New_York", "2026-11-01", 25 * 60},
        {"America/St_Johns", "2026-03-08", 23 * 60},
        {"America/St_Johns", "2026-11-01", 25 * 60},
        {"Australia/Adelaide", "2026-04-05", 25 * 60},
        {"Australia/Adelaide", "2026-10-04", 23 * 60},
        {"Australia/Lord_Howe", "2026-04-05", 24 * 60 + 30},
        {"Australia/Lord_Howe", "2026-10-04", 23 * 60 + 30},
        {"Asia/Kolkata", "2026-03-29", 24 * 60},
    };
    static const struct schedule_handover daily[] = {{1, "daily"}};
    for (size_t i = 0; i < LEN(cases); i++) {
        const struct zone *zone;
        struct error err;
        if (!zone_open(cases[i].zone, &zone, &err))
            fail_msg("%s", err.message);
        int year, month, day;
        assert_int_equal(sscanf(cases[i].change, "%d-%d-%d", &year, &month, &day), 3);
        int64_t end = zone_from_civil(
            zone, (struct civil){.year = year, .month = month, .day = day, .hour = 9});

        struct schedule_rotation rotation = weekly("2026-01-01T00:00:00Z", 3);
        rotation.handover_start_at =
            zone_from_civil(zone, (struct civil){.year = 2025, .month = 11, .day = 20, .hour = 9});
        rotation.handovers = daily;
        struct schedule_entries entries =
            entries_between(plan_of(cases[i].zone, &rotation, 1), NULL, 0, end - HOUR_MS, end);
        assert_int_equal(entries.final_len, 1);
        assert_int_equal(entries.final[0].end_at, end);
        assert_int_equal(entries.final[0].end_at - entries.final[0].start_at,
                         cases[i].minutes * MINUTE_MS);
    }
}

static uint64_t random_state = 20261122;

static int64_t
any(int64_t from, int64_t to)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return from + (int64_t)((random_state >> 33) % (uint64_t)(to - from + 1));
}

static const char *const zones[] = {"Europe/London",       "America/New_York", "America/St_Johns",
                                    "Australia/Lord_Howe", "Asia/Kolkata",     "Pacific/Apia",
                                    "America/Havana",      "Africa/Casablanca"};

static struct schedule_rotation
any_rotation(void)
{
    static const char *const types[] = {"hourly", "daily", "weekly"};
    static const int64_t most[] = {60, 10, 3};
    size_t len = (size_t)any(1, 4);
    struct schedule_handover *handovers = arena_new_array(&arena, len, struct schedule_handover);
    for (size_t i = 0; i < len; i++) {
        int64_t type = any(0, 2);
        handovers[i] = (struct schedule_handover){any(1, most[type]), types[type]};
    }
    struct schedule_rotation rotation = weekly("2026-01-01T00:00:00Z", (size_t)any(1, 7));
    rotation.handover_start_at = at("2009-01-01T00:00:00Z") + any(0, 400 * 48) * 30 * MINUTE_MS;
    rotation.handovers = handovers;
    rotation.handovers_len = len;
    rotation.layers_len = (size_t)any(1, 2);
    return rotation;
}

static void
check_that_layers_have_no_hole_and_no_overlap(const struct schedule_entries *entries,
                                              int64_t from_ms, int64_t to_ms)
{
    for (size_t layer = 0; layer < 2; layer++) {
        int64_t end = 0;
        for (size_t i = 0; i < entries->scheduled_len; i++) {
            const struct schedule_entry *entry = &entries->scheduled[i];
            if (!text_equals(entry->layer_id, layers[layer].id))
                continue;
            assert_true(entry->start_at < entry->end_at);
            if (end)
                assert_int_equal(entry->start_at, end);
            else
                assert_true(entry->start_at <= from_ms);
            end = entry->end_at;
        }
        assert_true(end == 0 || end >= to_ms);
    }
}

static void
a_window_far_from_the_anchor_shows_what_walking_there_would(void **state)
{
    (void)state;
    for (int round = 0; round < 60; round++) {
        struct schedule_rotation rotation = any_rotation();
        const struct schedule_plan *plan =
            plan_of(zones[any(0, (int64_t)LEN(zones) - 1)], &rotation, 1);
        /* From the anchor on nothing is leapt over. */
        struct schedule_entries walked =
            entries_between(plan, NULL, 0, rotation.handover_start_at,
                            rotation.handover_start_at + 4 * 365 * DAY_MS);
        assert_int_equal(walked.scheduled[0].start_at, rotation.handover_start_at);

        for (int window = 0; window < 8; window++) {
            int64_t from = rotation.handover_start_at + any(0, 3 * 365 * 24) * HOUR_MS;
            int64_t to = from + any(1, 91 * 24) * HOUR_MS;
            struct schedule_entries leapt = entries_between(plan, NULL, 0, from, to);
            check_that_layers_have_no_hole_and_no_overlap(&leapt, from, to);
            size_t i = 0;
            for (size_t j = 0; j < walked.scheduled_len; j++)
                if (walked.scheduled[j].start_at < to && walked.scheduled[j].end_at > from) {
                    assert_in_range(i, 0, leapt.scheduled_len - 1);
                    assert_string_equal(walked.scheduled[j].fingerprint,
                                        leapt.scheduled[i++].fingerprint);
                }
            assert_int_equal(i, leapt.scheduled_len);
        }
        arena_finish(&arena);
    }
}

static const char *
person_at(const struct schedule_entry *entries, size_t len, int64_t time_ms, size_t *count)
{
    const char *found = "";
    *count = 0;
    for (size_t i = 0; i < len; i++)
        if (text_equals(entries[i].layer_id, "L1") && entries[i].start_at <= time_ms &&
            time_ms < entries[i].end_at) {
            found = entries[i].user_id;
            ++*count;
        }
    return found;
}

static void
at_any_moment_the_override_is_on_call_where_there_is_one_else_the_rotation(void **state)
{
    (void)state;
    for (int round = 0; round < 30; round++) {
        struct schedule_rotation rotation = any_rotation();
        const struct schedule_plan *plan =
            plan_of(zones[any(0, (int64_t)LEN(zones) - 1)], &rotation, 1);
        int64_t from = at("2026-03-01T00:00:00Z"), to = from + 40 * DAY_MS;
        struct schedule_override overrides[12];
        int64_t end = from - 5 * DAY_MS;
        for (size_t i = 0; i < LEN(overrides); i++) {
            overrides[i] = override("O", "zoe", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
            overrides[i].start_at = end + any(0, 100) * HOUR_MS;
            overrides[i].end_at = end = overrides[i].start_at + any(1, 90) * HOUR_MS;
        }
        struct schedule_entries entries =
            entries_between(plan, overrides, LEN(overrides), from, to);
        for (int64_t now = from; now < to; now += 47 * MINUTE_MS) {
            bool covered = false;
            for (size_t i = 0; i < LEN(overrides); i++)
                covered |= overrides[i].start_at <= now && now < overrides[i].end_at;
            size_t by_rules, in_truth;
            const char *scheduled =
                person_at(entries.scheduled, entries.scheduled_len, now, &by_rules);
            const char *final = person_at(entries.final, entries.final_len, now, &in_truth);
            assert_int_equal(by_rules, 1);
            assert_int_equal(in_truth, 1);
            assert_string_equal(final, covered ? "zoe" : scheduled);
        }
        arena_finish(&arena);
    }
}

static void
the_years_since_the_anchor_cost_next_to_nothing(void **state)
{
    (void)state;
    static const struct schedule_handover hourly[] = {{1, "hourly"}};
    struct schedule_rotation rotation = weekly("1971-01-01T00:00:00Z", 7);
    rotation.handovers = hourly;
    const struct schedule_plan *plan = plan_of("Europe/London", &rotation, 1);
    /* Step by step this would be half a milliard steps. */
    for (int i = 0; i < 1000; i++) {
        int64_t from = at("2036-01-01T00:00:00Z") + i * HOUR_MS;
        struct schedule_entries entries = entries_between(plan, NULL, 0, from, from + HOUR_MS);
        assert_int_equal(entries.final_len, 1);
        assert_string_equal(entries.final[0].user_id,
                            people[(from - rotation.handover_start_at) / HOUR_MS % 7].id);
        arena_reset(&arena);
        plan = plan_of("Europe/London", &rotation, 1);
    }
}

/* ---- bad input ---- */

static void
wrong_configurations_are_refused_with_the_place(void **state)
{
    (void)state;
    static const struct schedule_handover monthly[] = {{1, "weekly"}, {1, "monthly"}};
    static const struct schedule_handover never[] = {{0, "daily"}};
    static const struct schedule_working_interval night[] = {{"monday", "22:00", "06:00"}};
    static const struct schedule_working_interval someday[] = {{"someday", "09:00", "10:00"}};
    static const struct schedule_working_interval late[] = {{"monday", "24:00", "24:00"}};
    static const struct schedule_working_interval loose[] = {{"monday", "9:00", "10:00"}};
    static const struct schedule_layer twice[] = {{"L1", ""}, {"L1", ""}};

    struct schedule_rotation good = weekly("2026-06-01T00:00:00Z", 2);
    struct schedule_rotation bad[] = {good, good, good, good, good, good, good, good, good};
    bad[0].handovers = monthly, bad[0].handovers_len = 2;
    bad[1].handovers = never;
    bad[2].working_intervals = night, bad[2].working_intervals_len = 1;
    bad[3].working_intervals = someday, bad[3].working_intervals_len = 1;
    bad[4].working_intervals = late, bad[4].working_intervals_len = 1;
    bad[5].working_intervals = loose, bad[5].working_intervals_len = 1;
    bad[6].layers = twice, bad[6].layers_len = 2;
    bad[7].handover_start_at = 0;
    bad[8].id = "";
    static const char *const expected[] = {
        "config.rotations.0.handovers.1.interval_type: expected hourly, daily or weekly, got "
        "'monthly'",
        "config.rotations.0.handovers.0.interval: expected 1 to 366, got 0",
        ("config.rotations.0.working_intervals.0.end_time: expected HH:MM after 22:00 of the same "
         "day, got '06:00'"),
        "config.rotations.0.working_intervals.0.weekday: expected monday to sunday, got 'someday'",
        "config.rotations.0.working_intervals.0.start_time: expected HH:MM, got '24:00'",
        "config.rotations.0.working_intervals.0.start_time: expected HH:MM, got '9:00'",
        "config.rotations.0.layers.1.id: 'L1' is there twice",
        "config.rotations.0.handover_start_at: expected a time from 1970 to 2200",
        "config.rotations.0.id: expected an id",
    };
    const struct schedule_plan *plan;
    struct error err;
    for (size_t i = 0; i < LEN(bad); i++) {
        struct schedule_config config = {&bad[i], 1};
        assert_false(schedule_plan_make("S", "UTC", &config, &arena, &plan, &err));
        assert_string_equal(err.message, expected[i]);
        assert_int_equal(err.code, ERROR_INVALID);
    }

    struct schedule_rotation same[] = {good, good};
    struct schedule_config config = {same, 2};
    assert_false(schedule_plan_make("S", "UTC", &config, &arena, &plan, &err));
    assert_non_null(strstr(err.message, "config.rotations.1.effective_from: another version"));
    config.rotations_len = 1;
    assert_false(schedule_plan_make("S", "Europe/Nowhere", &config, &arena, &plan, &err));
    assert_int_equal(err.code, ERROR_INVALID);
    assert_non_null(strstr(err.message, "timezone: "));
}

static void
impossible_windows_and_too_many_shifts_are_refused(void **state)
{
    (void)state;
    static const struct schedule_handover hourly[] = {{1, "hourly"}};
    struct schedule_rotation rotation = weekly("2026-06-01T00:00:00Z", 2);
    rotation.handovers = hourly;
    const struct schedule_plan *plan = plan_of("UTC", &rotation, 1);
    struct schedule_entries entries;
    struct error err;
    int64_t from = at("2026-06-01T00:00:00Z");
    assert_false(schedule_plan_entries(plan, NULL, 0, from, from - 1, &arena, &entries, &err));
    assert_false(schedule_plan_entries(plan, NULL, 0, -1, from, &arena, &entries, &err));
    assert_false(
        schedule_plan_entries(plan, NULL, 0, from, from + 4000 * DAY_MS, &arena, &entries, &err));
    assert_true(
        schedule_plan_entries(plan, NULL, 0, from, from + 3650 * DAY_MS, &arena, &entries, &err));
    static const struct schedule_working_interval quarters[] = {
        {"monday", "00:00", "00:15"}, {"monday", "00:30", "00:45"}, {"tuesday", "01:00", "01:15"}};
    rotation.working_intervals = quarters;
    rotation.working_intervals_len = 3;
    plan = plan_of("UTC", &rotation, 1);
    entries = entries_between(plan, NULL, 0, from, from + 7 * DAY_MS);
    assert_string_equal(told(entries.final, entries.final_len),
                        "2026-06-01T00:00 2026-06-01T00:15 ana\n"
                        "2026-06-01T00:30 2026-06-01T00:45 ana\n"
                        "2026-06-02T01:00 2026-06-02T01:15 ben\n");
}

static void
a_stored_schedule_is_read_from_its_json(void **state)
{
    (void)state;
    struct schedule schedule = {
        .id = "S",
        .timezone = "Europe/London",
        .config = "{\"rotations\":[{\"id\":\"R\",\"name\":\"Data Responder\",\"unknown\":{},"
                  "\"handover_start_at\":\"2026-01-05T09:00:00Z\","
                  "\"handovers\":[{\"interval\":1,\"interval_type\":\"weekly\"}],"
                  "\"users\":[{\"id\":\"ana\",\"name\":\"Ana "
                  "Ruiz\",\"role\":\"responder\"},{\"id\":\"NOBODY\"}],"
                  "\"layers\":[{\"id\":\"L1\",\"name\":\"Primary\"}],\"working_intervals\":[],"
                  "\"working_interval\":[{\"weekday\":\"monday\",\"start_time\":\"09:00\",\"end_"
                  "time\":\"17:30\"}],"
                  "\"scheduling_mode\":\"fair\"}]}",
    };
    const struct schedule_plan *plan = NULL;
    struct error err = {0};
    if (!schedule_plan_read(&schedule, &arena, &plan, &err))
        fail_msg("%s", err.message);
    expect_scheduled(plan, "2026-01-05T00:00:00Z", "2026-01-15T00:00:00Z",
                     "2026-01-05T09:00 2026-01-05T17:30 ana\n"
                     "2026-01-12T09:00 2026-01-12T17:30 -\n");

    schedule.config = "";
    assert_true(schedule_plan_read(&schedule, &arena, &plan, &err));
    expect_scheduled(plan, "2026-01-05T00:00:00Z", "2026-01-15T00:00:00Z", "");

    schedule.config = "{\"rotations\":[{\"id\":\"R\",\"users\":7}]}";
    assert_false(schedule_plan_read(&schedule, &arena, &plan, &err));
    assert_int_equal(err.code, ERROR_INVALID);
    assert_non_null(strstr(err.message, "config.rotations.0.users"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(
            office_hours_in_london_keep_their_wall_time_over_both_clock_changes, forget),
        cmocka_unit_test_teardown(unequal_handovers_take_turns, forget),
        cmocka_unit_test_teardown(layers_are_an_offset_in_the_list_of_users, forget),
        cmocka_unit_test_teardown(versions_follow_one_another_and_are_clipped, forget),
        cmocka_unit_test_teardown(a_handover_the_clocks_skip_is_back_at_its_time_the_day_after,
                                  forget),
        cmocka_unit_test_teardown(hourly_handovers_are_elapsed_time, forget),
        cmocka_unit_test_teardown(nobody_is_a_shift_without_a_user, forget),
        cmocka_unit_test_teardown(without_handovers_the_first_stay_and_without_layers_there_is_one,
                                  forget),
        cmocka_unit_test_teardown(working_intervals_that_touch_make_one_shift, forget),
        cmocka_unit_test_teardown(shifts_are_returned_whole_where_they_only_touch_the_window,
                                  forget),
        cmocka_unit_test_teardown(overrides_cut_and_replace, forget),
        cmocka_unit_test_teardown(of_overrides_that_overlap_the_one_made_last_wins, forget),
        cmocka_unit_test_teardown(an_override_of_a_layer_that_is_gone_still_counts, forget),
        cmocka_unit_test_teardown(fingerprints_are_stable_and_tell_shifts_apart, forget),
        cmocka_unit_test_teardown(current_and_next_shifts_are_one_a_layer, forget),
        cmocka_unit_test_teardown(a_day_of_a_clock_change_has_its_true_length_in_every_zone,
                                  forget),
        cmocka_unit_test_teardown(a_window_far_from_the_anchor_shows_what_walking_there_would,
                                  forget),
        cmocka_unit_test_teardown(
            at_any_moment_the_override_is_on_call_where_there_is_one_else_the_rotation, forget),
        cmocka_unit_test_teardown(the_years_since_the_anchor_cost_next_to_nothing, forget),
        cmocka_unit_test_teardown(wrong_configurations_are_refused_with_the_place, forget),
        cmocka_unit_test_teardown(impossible_windows_and_too_many_shifts_are_refused, forget),
        cmocka_unit_test_teardown(a_stored_schedule_is_read_from_its_json, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
