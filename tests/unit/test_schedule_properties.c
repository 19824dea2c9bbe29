/*
 * The rotation engine against one that is as plain as can be: every five minutes of a window it asks anew who is on call,
 * and takes the clocks from the C library, not from base/zone. Configurations are random; the seed is printed and
 * SCHEDULE_SEED repeats it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"
#include "hub/schedules.h"

#define LEN(array) (sizeof(array) / sizeof(array)[0])

enum {
    ROUNDS = 70,
    GRAIN_MS = 5 * 60 * 1000, /* every boundary is a multiple of it */
    WINDOW_DAYS = 24,
    CELLS = WINDOW_DAYS * 24 * 12,
    VERSIONS_MAX = 6,
    OVERRIDES_MAX = 10,
    HANDOVERS_KEPT_MAX = 40000,
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

/* ---- chance ---- */

static uint64_t chance;

static int64_t
any(int64_t from, int64_t to)
{
    chance = chance * 6364136223846793005u + 1442695040888963407u;
    return from + (int64_t)((chance >> 33) % (uint64_t)(to - from + 1));
}

static void
start_chance(const char *what)
{
    const char *given = getenv("SCHEDULE_SEED");
    chance = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 2654435761u % 1000000007u;
    print_message("%s: SCHEDULE_SEED=%llu\n", what, (unsigned long long)chance);
}

/* ---- the clocks of a zone, by the C library: what they show at every quarter of an hour ---- */

enum { QUARTER_S = 900, CLOCK_DAYS = 1900, QUARTERS = CLOCK_DAYS * 96 };

static const char *const zone_names[] = {
    "Europe/London",     "America/New_York", "America/St_Johns",    "Australia/Adelaide",
    "Asia/Kolkata",      "Pacific/Auckland", "Australia/Lord_Howe", "America/Havana",
    "Africa/Casablanca", "America/Santiago", "Asia/Kathmandu",      "Pacific/Chatham",
};

struct clocks {
    int64_t start_s; /* of the first quarter */
    int32_t *offsets_s;
};
static struct clocks clocks_of_zones[LEN(zone_names)];

static const struct clocks *
clocks_of(size_t zone)
{
    struct clocks *clocks = &clocks_of_zones[zone];
    if (clocks->offsets_s)
        return clocks;
    setenv("TZ", zone_names[zone], 1);
    tzset();
    clocks->start_s = at("2023-07-01T00:00:00Z") / 1000;
    clocks->offsets_s = malloc(QUARTERS * sizeof *clocks->offsets_s);
    assert_non_null(clocks->offsets_s);
    for (int i = 0; i < QUARTERS; i++) {
        time_t moment = (time_t)(clocks->start_s + (int64_t)i * QUARTER_S);
        struct tm shown;
        assert_non_null(localtime_r(&moment, &shown));
        clocks->offsets_s[i] = (int32_t)shown.tm_gmtoff;
    }
    setenv("TZ", "UTC", 1);
    tzset();
    return clocks;
}

static int
forget_clocks(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEN(zone_names); i++)
        free(clocks_of_zones[i].offsets_s);
    return 0;
}

/* What the clocks show at a moment, as if it were UTC. */
static int64_t
shown_at(const struct clocks *clocks, int64_t time_ms)
{
    int64_t quarter = (time_ms / 1000 - clocks->start_s) / QUARTER_S;
    assert_in_range(quarter, 0, QUARTERS - 1);
    return time_ms + clocks->offsets_s[quarter] * INT64_C(1000);
}

/* The first moment at which the clocks show this or more: the earlier of two, the end of what is skipped. */
static int64_t
moment_of(const struct clocks *clocks, int64_t shown_ms)
{
    int64_t quarter_ms = QUARTER_S * INT64_C(1000);
    int64_t moment = (shown_ms - 15 * HOUR_MS) / quarter_ms * quarter_ms;
    while (shown_at(clocks, moment + quarter_ms - GRAIN_MS) < shown_ms)
        moment += quarter_ms;
    while (shown_at(clocks, moment) < shown_ms)
        moment += GRAIN_MS;
    return moment;
}

/* A moment at which the clocks change. */
static int64_t
any_clock_change(const struct clocks *clocks, int64_t from_ms, int64_t to_ms)
{
    int64_t changes[64];
    size_t len = 0;
    for (int64_t t = from_ms; t < to_ms && len < LEN(changes); t += QUARTER_S * INT64_C(1000))
        if (shown_at(clocks, t + QUARTER_S * INT64_C(1000)) - shown_at(clocks, t) !=
            QUARTER_S * INT64_C(1000))
            changes[len++] = t;
    return len ? changes[any(0, (int64_t)len - 1)]
               : any(from_ms / HOUR_MS, to_ms / HOUR_MS) * HOUR_MS;
}

/* ---- a random schedule ---- */

static const struct user_embedded crowd[] = {
    {"ana", "Ana", "", "", ""}, {"ben", "Ben", "", "", ""}, {"cy", "Cy", "", "", ""},
    {"dee", "Dee", "", "", ""}, {"NOBODY", "", "", "", ""}, {"eve", "Eve", "", "", ""},
};
static const struct schedule_layer layers_there_are[] = {
    {"L1", "one"}, {"L2", "two"}, {"L3", "three"}};
static const char *const weekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                       "friday", "saturday", "sunday"};

struct sample {
    size_t zone;
    int64_t from_ms;
    struct schedule_rotation versions[VERSIONS_MAX];
    size_t versions_len;
    struct schedule_override overrides[OVERRIDES_MAX];
    size_t overrides_len;
};

static const char *
any_minute(int64_t lowest, int64_t highest, int64_t *minute)
{
    *minute = any(lowest / 5, highest / 5) * 5;
    return arena_printf(&arena, "%02d:%02d", (int)(*minute / 60), (int)(*minute % 60));
}

static void
make_intervals(struct schedule_rotation *rotation)
{
    size_t len = any(0, 2) ? (size_t)any(1, 12) : 0;
    struct schedule_working_interval *made =
        arena_new_array(&arena, len, struct schedule_working_interval);
    for (size_t i = 0; i < len; i++) {
        int64_t start, end;
        /* Half of them in the hours in which clocks change. */
        int64_t latest = any(0, 1) ? 4 * 60 : 1435;
        made[i].weekday = weekdays[any(0, 3) ? any(0, 6) : 6];
        made[i].start_time = any_minute(0, latest, &start);
        made[i].end_time = any_minute(start + 5, any(0, 1) || start > 235 ? 1440 : 240, &end);
        if (end == 1440 && any(0, 1))
            made[i].end_time = "00:00";
    }
    rotation->working_intervals = made;
    rotation->working_intervals_len = len;
}

static void
make_handovers(struct schedule_rotation *rotation)
{
    static const char *const types[] = {"hourly", "daily", "weekly"};
    static const int64_t most[] = {60, 10, 3};
    size_t len = (size_t)any(0, 4);
    struct schedule_handover *made = arena_new_array(&arena, len, struct schedule_handover);
    for (size_t i = 0; i < len; i++) {
        int64_t type = any(0, 2);
        made[i] = (struct schedule_handover){any(1, most[type]), types[type]};
    }
    rotation->handovers = made;
    rotation->handovers_len = len;
}

static void
make_version(struct sample *sample, const char *id, bool first)
{
    struct schedule_rotation *version = &sample->versions[sample->versions_len++];
    *version = (struct schedule_rotation){.id = id, .name = id, .scheduling_mode = "sequential"};
    size_t first_user = (size_t)any(0, LEN(crowd) - 1);
    version->users = crowd + first_user;
    version->users_len = (size_t)any(any(0, 7) ? 1 : 0, (int64_t)(LEN(crowd) - first_user));
    size_t first_layer = any(0, 3) ? 0 : (size_t)any(1, 2);
    version->layers = layers_there_are + first_layer;
    version->layers_len = (size_t)any(1, (int64_t)(LEN(layers_there_are) - first_layer));
    version->handover_start_at = sample->from_ms + any(-300 * 288, 10 * 288) * GRAIN_MS;
    if (any(0, 1)) /* at the start of a local hour, as people do */
        version->handover_start_at = version->handover_start_at / (HOUR_MS / 2) * (HOUR_MS / 2);
    make_handovers(version);
    make_intervals(version);
    if (!first)
        /* Two of the same moment would be refused: each has its own remainder. */
        version->effective_from = sample->from_ms + any(-20 * 48, WINDOW_DAYS * 48) * 6 * GRAIN_MS +
                                  (int64_t)sample->versions_len * GRAIN_MS;
}

static void
make_override(struct sample *sample)
{
    static const char *const rotations[] = {"R1", "R2", "R2", "gone"};
    struct schedule_override *made = &sample->overrides[sample->overrides_len];
    int64_t start = sample->from_ms + any(-4 * 288, (WINDOW_DAYS + 2) * 288) * GRAIN_MS;
    *made = (struct schedule_override){
        .id = arena_printf(&arena, "O%zu", sample->overrides_len),
        .schedule_id = any(0, 9) ? "S" : "another",
        .rotation_id = rotations[any(0, 3)],
        .layer_id = layers_there_are[any(0, 3) ? 0 : any(0, 2)].id,
        .user_id = any(0, 5) ? "zoe" : "NOBODY",
        .user_name = "",
        .user_email = "",
        .user_role = "",
        .user_slack_user_id = "",
        .start_at = start,
        .end_at = start + any(0, 5 * 288) * GRAIN_MS,
        .created_at = any(1, 5),
    };
    sample->overrides_len++;
}

static struct sample
any_sample(void)
{
    struct sample sample = {.zone = (size_t)any(0, LEN(zone_names) - 1)};
    const struct clocks *clocks = clocks_of(sample.zone);
    int64_t earliest = at("2024-08-01T00:00:00Z"), latest = at("2028-06-01T00:00:00Z");
    sample.from_ms = any_clock_change(clocks, earliest, latest) / HOUR_MS * HOUR_MS -
                     any(0, WINDOW_DAYS * 24) * HOUR_MS;
    size_t of_first = (size_t)any(1, 3), of_second = (size_t)any(0, 3);
    for (size_t i = 0; i < of_first; i++)
        make_version(&sample, "R1", i == 0);
    for (size_t i = 0; i < of_second; i++)
        make_version(&sample, "R2", i == 0);
    for (int64_t left = any(0, OVERRIDES_MAX); left > 0; left--)
        make_override(&sample);
    return sample;
}

/* ---- the plain evaluator ---- */

static const char no_shift[] = "no shift", nobody[] = "nobody";

/* One version of a rotation, spelled out: when it hands over, when it works. */
struct spelled {
    int64_t *handovers;
    size_t handovers_len;
    int64_t (*hours)[2];
    size_t hours_len;
};

static int64_t
minutes_of(const char *text)
{
    return (text[0] * 10 + text[1] - '0' * 11) * 60 + text[3] * 10 + text[4] - '0' * 11;
}

static void
spell_hours(const struct clocks *clocks, const struct sample *sample,
            const struct schedule_rotation *version, struct spelled *spelled)
{
    spelled->hours = arena_alloc_array(&arena, version->working_intervals_len * (WINDOW_DAYS + 8),
                                       sizeof spelled->hours[0]);
    int64_t first_day = shown_at(clocks, sample->from_ms) / DAY_MS - 4;
    for (int64_t day = first_day; day < first_day + WINDOW_DAYS + 8; day++)
        for (size_t i = 0; i < version->working_intervals_len; i++) {
            const struct schedule_working_interval *interval = &version->working_intervals[i];
            /* 1 January 1970 was a Thursday. */
            if (strcmp(interval->weekday, weekdays[(day + 3) % 7]) != 0)
                continue;
            int64_t end = minutes_of(interval->end_time);
            int64_t *span = spelled->hours[spelled->hours_len++];
            span[0] =
                moment_of(clocks, day * DAY_MS + minutes_of(interval->start_time) * MINUTE_MS);
            span[1] = moment_of(clocks, day * DAY_MS + (end ? end : 1440) * MINUTE_MS);
        }
}

static struct spelled
spell(const struct sample *sample, const struct schedule_rotation *version)
{
    const struct clocks *clocks = clocks_of(sample->zone);
    struct spelled spelled = {
        .handovers = arena_alloc_array(&arena, HANDOVERS_KEPT_MAX, sizeof *spelled.handovers)};
    int64_t moment = version->handover_start_at, shown = shown_at(clocks, moment);

    spelled.handovers[spelled.handovers_len++] = moment;
    while (version->handovers_len && moment < sample->from_ms + (WINDOW_DAYS + 1) * DAY_MS) {
        const struct schedule_handover *step =
            &version->handovers[(spelled.handovers_len - 1) % version->handovers_len];
        if (strcmp(step->interval_type, "hourly") == 0) {
            moment += step->interval * HOUR_MS;
            shown = shown_at(clocks, moment);
        } else {
            shown += step->interval * DAY_MS * (strcmp(step->interval_type, "weekly") ? 1 : 7);
            moment = moment_of(clocks, shown);
        }
        assert_true(spelled.handovers_len < HANDOVERS_KEPT_MAX);
        spelled.handovers[spelled.handovers_len++] = moment;
    }
    spell_hours(clocks, sample, version, &spelled);
    return spelled;
}

static bool
is_working(const struct schedule_rotation *version, const struct spelled *spelled, int64_t time_ms)
{
    bool working = version->working_intervals_len == 0;
    for (size_t i = 0; i < spelled->hours_len; i++)
        working |= spelled->hours[i][0] <= time_ms && time_ms < spelled->hours[i][1];
    return working;
}

static const char *
scheduled_at(const struct sample *sample, const struct spelled *spelled, const char *rotation,
             const char *layer, int64_t time_ms)
{
    size_t in_force = VERSIONS_MAX;
    for (size_t i = 0; i < sample->versions_len; i++)
        if (text_equals(sample->versions[i].id, rotation) &&
            sample->versions[i].effective_from <= time_ms &&
            (in_force == VERSIONS_MAX ||
             sample->versions[in_force].effective_from < sample->versions[i].effective_from))
            in_force = i;
    if (in_force == VERSIONS_MAX)
        return no_shift;

    const struct schedule_rotation *version = &sample->versions[in_force];
    size_t place = 0, turn = 0;
    while (place < version->layers_len && !text_equals(version->layers[place].id, layer))
        place++;
    if (place == version->layers_len || version->users_len == 0 ||
        time_ms < version->handover_start_at || !is_working(version, &spelled[in_force], time_ms))
        return no_shift;
    while (turn + 1 < spelled[in_force].handovers_len &&
           spelled[in_force].handovers[turn + 1] <= time_ms)
        turn++;
    const char *user = version->users[(turn + place) % version->users_len].id;
    return text_equals(user, "NOBODY") ? nobody : user;
}

static const char *
finally_at(const struct sample *sample, const char *scheduled, const char *rotation,
           const char *layer, int64_t time_ms)
{
    const struct schedule_override *last = NULL;
    for (size_t i = 0; i < sample->overrides_len; i++) {
        const struct schedule_override *one = &sample->overrides[i];
        if (text_equals(one->schedule_id, "S") && text_equals(one->rotation_id, rotation) &&
            text_equals(one->layer_id, layer) && one->start_at <= time_ms &&
            time_ms < one->end_at &&
            (!last || one->created_at >= last->created_at)) /* ids grow with their place */
            last = one;
    }
    if (!last)
        return scheduled;
    return text_equals(last->user_id, "NOBODY") ? nobody : last->user_id;
}

/* ---- what the engine says, cell by cell ---- */

static void
paint(const struct schedule_entry *entries, size_t len, const char *rotation, const char *layer,
      int64_t from_ms, const char *cells[CELLS])
{
    for (size_t i = 0; i < CELLS; i++)
        cells[i] = no_shift;
    int64_t end_ms = INT64_MIN;
    for (size_t i = 0; i < len; i++) {
        const struct schedule_entry *entry = &entries[i];
        assert_true(i == 0 || entries[i - 1].start_at <= entry->start_at);
        if (!text_equals(entry->rotation_id, rotation) || !text_equals(entry->layer_id, layer))
            continue;
        assert_true(entry->start_at < entry->end_at);
        assert_true(entry->end_at > from_ms && entry->start_at < from_ms + WINDOW_DAYS * DAY_MS);
        assert_int_equal(entry->start_at % GRAIN_MS, 0);
        assert_int_equal(entry->end_at % GRAIN_MS, 0);
        if (entry->start_at < end_ms)
            fail_msg("two shifts of %s/%s overlap", rotation, layer);
        end_ms = entry->end_at;
        for (int64_t t = entry->start_at < from_ms ? from_ms : entry->start_at;
             t < entry->end_at && t < from_ms + WINDOW_DAYS * DAY_MS; t += GRAIN_MS)
            cells[(t - from_ms) / GRAIN_MS] = entry->user_id[0] ? entry->user_id : nobody;
    }
}

static void
expect_same(const struct sample *sample, const char *list, const char *rotation, const char *layer,
            int64_t time_ms, const char *engine, const char *plain)
{
    char when[RFC3339_SIZE];
    if (strcmp(engine, plain) != 0)
        fail_msg("%s, %s of %s/%s at %s: the engine says %s, the rules say %s",
                 zone_names[sample->zone], list, rotation, layer, time_to_rfc3339(time_ms, when),
                 engine, plain);
}

static struct schedule_entries
entries_of(const struct sample *sample, int64_t from_ms, int64_t to_ms)
{
    struct schedule_config config = {sample->versions, sample->versions_len};
    const struct schedule_plan *plan;
    struct schedule_entries entries = {0};
    struct error err = {0};
    if (!schedule_plan_make("S", zone_names[sample->zone], &config, &arena, &plan, &err) ||
        !schedule_plan_entries(plan, sample->overrides, sample->overrides_len, from_ms, to_ms,
                               &arena, &entries, &err))
        fail_msg("%s", err.message);
    return entries;
}

static void
at_every_moment_the_engine_says_what_the_rules_say(void **state)
{
    (void)state;
    static const char *scheduled[CELLS], *final[CELLS];
    static const char *const rotations[] = {"R1", "R2", "gone"};
    start_chance("engine and rules");
    for (int round = 0; round < ROUNDS; round++) {
        struct sample sample = any_sample();
        struct spelled spelled[VERSIONS_MAX] = {0};
        for (size_t i = 0; i < sample.versions_len; i++)
            spelled[i] = spell(&sample, &sample.versions[i]);
        struct schedule_entries entries =
            entries_of(&sample, sample.from_ms, sample.from_ms + WINDOW_DAYS * DAY_MS);

        for (size_t r = 0; r < LEN(rotations); r++)
            for (size_t l = 0; l < LEN(layers_there_are); l++) {
                const char *layer = layers_there_are[l].id;
                paint(entries.scheduled, entries.scheduled_len, rotations[r], layer, sample.from_ms,
                      scheduled);
                paint(entries.final, entries.final_len, rotations[r], layer, sample.from_ms, final);
                for (size_t i = 0; i < CELLS; i++) {
                    int64_t t = sample.from_ms + (int64_t)i * GRAIN_MS;
                    const char *rules = scheduled_at(&sample, spelled, rotations[r], layer, t);
                    expect_same(&sample, "scheduled", rotations[r], layer, t, scheduled[i], rules);
                    expect_same(&sample, "final", rotations[r], layer, t, final[i],
                                finally_at(&sample, rules, rotations[r], layer, t));
                }
            }
        arena_finish(&arena);
    }
}

static void
expect_shared_entries_to_be_the_same(const struct schedule_entry *a, size_t a_len,
                                     const struct schedule_entry *b, size_t b_len, int64_t from_ms,
                                     int64_t to_ms)
{
    size_t i = 0, j = 0;
    for (;;) {
        while (i < a_len && (a[i].end_at <= from_ms || a[i].start_at >= to_ms))
            i++;
        while (j < b_len && (b[j].end_at <= from_ms || b[j].start_at >= to_ms))
            j++;
        if (i == a_len || j == b_len)
            break;
        assert_string_equal(a[i].id, b[j].id);
        assert_string_equal(a[i].fingerprint, b[j].fingerprint);
        i++, j++;
    }
    assert_true(i == a_len && j == b_len);
}

static void
a_shift_is_the_same_in_whatever_window_it_is_seen(void **state)
{
    (void)state;
    start_chance("windows");
    for (int round = 0; round < ROUNDS * 4; round++) {
        struct sample sample = any_sample();
        int64_t middle = sample.from_ms + any(0, WINDOW_DAYS * 24) * HOUR_MS;
        int64_t end = middle + any(1, 20 * 24) * HOUR_MS;
        struct schedule_entries a = entries_of(&sample, sample.from_ms, end);
        struct schedule_entries b = entries_of(&sample, middle, end + any(0, 9) * DAY_MS);
        expect_shared_entries_to_be_the_same(a.scheduled, a.scheduled_len, b.scheduled,
                                             b.scheduled_len, middle, end);
        expect_shared_entries_to_be_the_same(a.overrides, a.overrides_len, b.overrides,
                                             b.overrides_len, middle, end);
        expect_shared_entries_to_be_the_same(a.final, a.final_len, b.final, b.final_len, middle,
                                             end);
        arena_finish(&arena);
    }
}

/* ---- hours that everybody can count ---- */

static int64_t
minutes_on_call(const char *zone, const struct schedule_rotation *rotation, const char *from,
                const char *to)
{
    struct schedule_config config = {rotation, 1};
    const struct schedule_plan *plan;
    struct schedule_entries entries;
    struct error err = {0};
    int64_t from_ms = at(from), to_ms = at(to), sum_ms = 0;
    if (!schedule_plan_make("S", zone, &config, &arena, &plan, &err) ||
        !schedule_plan_entries(plan, NULL, 0, from_ms, to_ms, &arena, &entries, &err))
        fail_msg("%s: %s", zone, err.message);
    for (size_t i = 0; i < entries.final_len; i++) {
        assert_true(entries.final[i].start_at >= from_ms && entries.final[i].end_at <= to_ms);
        sum_ms += entries.final[i].end_at - entries.final[i].start_at;
    }
    return sum_ms / MINUTE_MS;
}

/* Weeks from Monday 00:00 to Monday 00:00, in UTC by the zone's published offsets, with the change in them. */
static void
hours_are_exact_over_both_clock_changes(void **state)
{
    (void)state;
    static const struct {
        const char *zone, *from, *to;
        int64_t week_minutes, sunday_minutes;
    } weeks[] = {
        {"Europe/London", "2026-03-23T00:00:00Z", "2026-03-29T23:00:00Z", 167 * 60, 23 * 60},
        {"Europe/London", "2026-10-18T23:00:00Z", "2026-10-26T00:00:00Z", 169 * 60, 25 * 60},
        {"America/New_York", "2026-03-02T05:00:00Z", "2026-03-09T04:00:00Z", 167 * 60, 23 * 60},
        {"America/New_York", "2026-10-26T04:00:00Z", "2026-11-02T05:00:00Z", 169 * 60, 25 * 60},
        {"America/St_Johns", "2026-03-02T03:30:00Z", "2026-03-09T02:30:00Z", 167 * 60, 23 * 60},
        {"America/St_Johns", "2026-10-26T02:30:00Z", "2026-11-02T03:30:00Z", 169 * 60, 25 * 60},
        {"Australia/Adelaide", "2026-03-29T13:30:00Z", "2026-04-05T14:30:00Z", 169 * 60, 25 * 60},
        {"Australia/Adelaide", "2026-09-27T14:30:00Z", "2026-10-04T13:30:00Z", 167 * 60, 23 * 60},
        {"Pacific/Auckland", "2026-03-29T11:00:00Z", "2026-04-05T12:00:00Z", 169 * 60, 25 * 60},
        {"Pacific/Auckland", "2026-09-20T12:00:00Z", "2026-09-27T11:00:00Z", 167 * 60, 23 * 60},
        {"Australia/Lord_Howe", "2026-03-29T13:00:00Z", "2026-04-05T13:30:00Z", 168 * 60 + 30,
         24 * 60 + 30},
        {"Australia/Lord_Howe", "2026-09-27T13:30:00Z", "2026-10-04T13:00:00Z", 167 * 60 + 30,
         23 * 60 + 30},
        {"Asia/Kolkata", "2026-03-22T18:30:00Z", "2026-03-29T18:30:00Z", 168 * 60, 24 * 60},
    };
    static const struct schedule_handover weekly[] = {{1, "weekly"}};
    static const struct schedule_working_interval office[] = {
        {"monday", "09:00", "17:30"},    {"tuesday", "09:00", "17:30"},
        {"wednesday", "09:00", "17:30"}, {"thursday", "09:00", "17:30"},
        {"friday", "09:00", "17:30"},
    };
    static const struct schedule_working_interval sunday[] = {{"sunday", "00:00", "24:00"}};
    for (size_t i = 0; i < LEN(weeks); i++) {
        struct schedule_rotation rotation = {.id = "R",
                                             .name = "R",
                                             .scheduling_mode = "sequential",
                                             .handover_start_at = at(weeks[i].from),
                                             .handovers = weekly,
                                             .handovers_len = 1,
                                             .users = crowd,
                                             .users_len = 3,
                                             .layers = layers_there_are,
                                             .layers_len = 1};
        assert_int_equal(minutes_on_call(weeks[i].zone, &rotation, weeks[i].from, weeks[i].to),
                         weeks[i].week_minutes);
        rotation.working_intervals = office, rotation.working_intervals_len = LEN(office);
        assert_int_equal(minutes_on_call(weeks[i].zone, &rotation, weeks[i].from, weeks[i].to),
                         5 * (8 * 60 + 30));
        rotation.working_intervals = sunday, rotation.working_intervals_len = 1;
        assert_int_equal(minutes_on_call(weeks[i].zone, &rotation, weeks[i].from, weeks[i].to),
                         weeks[i].sunday_minutes);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(hours_are_exact_over_both_clock_changes, forget),
        cmocka_unit_test_teardown(at_every_moment_the_engine_says_what_the_rules_say, forget),
        cmocka_unit_test_teardown(a_shift_is_the_same_in_whatever_window_it_is_seen, forget),
    };
    return cmocka_run_group_tests(tests, NULL, forget_clocks);
}
