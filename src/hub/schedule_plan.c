#include "hub/schedule_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "hub/schedules.h"
#include "wire/wire.h"

#define ANCHOR_MAX_MS ((int64_t)230 * 366 * DAY_MS) /* about the year 2200 */

static const struct plan_step a_week[] = {{.days = 7}};
static const struct schedule_layer one_layer[] = {{.id = "", .name = ""}};

static bool
check_count(const char *where, const char *what, size_t count, size_t max, struct error *err)
{
    if (count <= max)
        return true;
    return error_set(err, ERROR_INVALID, "%s.%s: expected at most %zu, got %zu", where, what, max,
                     count);
}

static bool
check_time(const char *where, const char *what, int64_t time_ms, struct error *err)
{
    if (time_ms > 0 && time_ms < ANCHOR_MAX_MS)
        return true;
    return error_set(err, ERROR_INVALID, "%s.%s: expected a time from 1970 to 2200", where, what);
}

static bool
read_steps(const char *where, const struct schedule_rotation *rotation, struct arena *arena,
           struct plan_version *version, struct error *err)
{
    version->hands_over = rotation->handovers_len > 0;
    version->steps = a_week;
    version->steps_len = 1;
    version->cycle_ms = 7 * DAY_MS;
    if (!version->hands_over)
        return true;
    if (!check_count(where, "handovers", rotation->handovers_len, SCHEDULE_HANDOVERS_MAX, err))
        return false;

    struct plan_step *steps = arena_new_array(arena, rotation->handovers_len, struct plan_step);
    version->cycle_ms = 0;
    for (size_t i = 0; i < rotation->handovers_len; i++) {
        const struct schedule_handover *handover = &rotation->handovers[i];
        bool hourly = text_equals(handover->interval_type, "hourly");
        bool daily = text_equals(handover->interval_type, "daily");
        if (!hourly && !daily && !text_equals(handover->interval_type, "weekly"))
            return error_set(
                err, ERROR_INVALID,
                "%s.handovers.%zu.interval_type: expected hourly, daily or weekly, got '%s'", where,
                i, handover->interval_type);

        int64_t max = hourly ? SCHEDULE_HOURS_MAX : daily ? SCHEDULE_DAYS_MAX : SCHEDULE_WEEKS_MAX;
        if (handover->interval < 1 || handover->interval > max)
            return error_set(err, ERROR_INVALID,
                             "%s.handovers.%zu.interval: expected 1 to %" PRId64 ", got %" PRId64,
                             where, i, max, handover->interval);
        if (hourly)
            steps[i].hours = handover->interval;
        else
            steps[i].days = (int)handover->interval * (daily ? 1 : 7);
        version->cycle_ms += steps[i].hours * HOUR_MS + steps[i].days * DAY_MS;
    }
    version->steps = steps;
    version->steps_len = rotation->handovers_len;
    return true;
}

/* "09:30" to minutes of the day, or -1. */
static int
minute_of(const char *text)
{
    if (strlen(text) != 5 || text[2] != ':')
        return -1;
    for (int i = 0; i < 5; i++)
        if (i != 2 && (text[i] < '0' || text[i] > '9'))
            return -1;
    int hour = (text[0] - '0') * 10 + text[1] - '0';
    int minute = (text[3] - '0') * 10 + text[4] - '0';
    return minute > 59 || hour * 60 + minute > 1440 ? -1 : hour * 60 + minute;
}

static int
weekday_of(const char *text)
{
    static const char *const names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
    for (int i = 0; i < 7; i++)
        if (strcmp(text, names[i]) == 0)
            return i;
    return -1;
}

static int
compare_intervals(const void *a, const void *b)
{
    const struct plan_interval *x = a, *y = b;
    if (x->weekday != y->weekday)
        return x->weekday - y->weekday;
    return x->start_minute - y->start_minute;
}

static bool
read_intervals(const char *where, const struct schedule_rotation *rotation, struct arena *arena,
               struct plan_version *version, struct error *err)
{
    const struct schedule_working_interval *from = rotation->working_intervals;
    size_t len = rotation->working_intervals_len;
    if (len == 0) {
        from = rotation->working_interval;
        len = rotation->working_interval_len;
    }
    if (!check_count(where, "working_intervals", len, SCHEDULE_WORKING_INTERVALS_MAX, err))
        return false;

    struct plan_interval *intervals = arena_new_array(arena, len, struct plan_interval);
    for (size_t i = 0; i < len; i++) {
        int weekday = weekday_of(from[i].weekday);
        if (weekday < 0)
            return error_set(
                err, ERROR_INVALID,
                "%s.working_intervals.%zu.weekday: expected monday to sunday, got '%s'", where, i,
                from[i].weekday);
        int start = minute_of(from[i].start_time), end = minute_of(from[i].end_time);
        if (start < 0 || start == 1440)
            return error_set(err, ERROR_INVALID,
                             "%s.working_intervals.%zu.start_time: expected HH:MM, got '%s'", where,
                             i, from[i].start_time);
        if (end == 0)
            end = 1440;
        if (end <= start)
            return error_set(err, ERROR_INVALID,
                             "%s.working_intervals.%zu.end_time: expected HH:MM after %s of the "
                             "same day, got '%s'",
                             where, i, from[i].start_time, from[i].end_time);
        intervals[i] = (struct plan_interval){weekday, start, end};
    }
    if (len)
        qsort(intervals, len, sizeof *intervals, compare_intervals);
    version->intervals = intervals;
    version->intervals_len = len;
    return true;
}

static bool
read_layers(const char *where, const struct schedule_rotation *rotation,
            struct plan_version *version, struct error *err)
{
    version->layers = rotation->layers_len ? rotation->layers : one_layer;
    version->layers_len = rotation->layers_len ? rotation->layers_len : 1;
    if (!check_count(where, "layers", rotation->layers_len, SCHEDULE_LAYERS_MAX, err))
        return false;

    for (size_t i = 0; i < rotation->layers_len; i++) {
        if (text_is_empty(rotation->layers[i].id))
            return error_set(err, ERROR_INVALID, "%s.layers.%zu.id: expected an id", where, i);
        for (size_t j = 0; j < i; j++)
            if (text_equals(rotation->layers[i].id, rotation->layers[j].id))
                return error_set(err, ERROR_INVALID, "%s.layers.%zu.id: '%s' is there twice", where,
                                 i, rotation->layers[i].id);
    }
    return true;
}

static bool
read_users(const char *where, const struct schedule_rotation *rotation,
           struct plan_version *version, struct error *err)
{
    version->users = rotation->users;
    version->users_len = rotation->users_len;
    if (!check_count(where, "users", rotation->users_len, SCHEDULE_USERS_MAX, err))
        return false;
    for (size_t i = 0; i < rotation->users_len; i++)
        if (text_is_empty(rotation->users[i].id))
            return error_set(err, ERROR_INVALID, "%s.users.%zu.id: expected an id", where, i);

    version->anchor_ms = rotation->handover_start_at;
    return rotation->users_len == 0 ||
           check_time(where, "handover_start_at", version->anchor_ms, err);
}

static bool
read_version(size_t index, const struct schedule_rotation *rotation, struct arena *arena,
             struct plan_version *version, struct error *err)
{
    char where[48];
    (void)snprintf(where, sizeof where, "config.rotations.%zu", index); /* fits any size_t */

    if (text_is_empty(rotation->id))
        return error_set(err, ERROR_INVALID, "%s.id: expected an id", where);
    if (rotation->effective_from &&
        !check_time(where, "effective_from", rotation->effective_from, err))
        return false;
    *version = (struct plan_version){
        .rotation_id = rotation->id,
        .from_ms = rotation->effective_from ? rotation->effective_from : INT64_MIN,
        .to_ms = INT64_MAX,
    };
    return read_steps(where, rotation, arena, version, err) &&
           read_intervals(where, rotation, arena, version, err) &&
           read_layers(where, rotation, version, err) && read_users(where, rotation, version, err);
}

/* Puts versions of one rotation together, in order of time, each ending where the next begins. */
static bool
order_versions(struct plan_version *versions, size_t len, struct error *err)
{
    for (size_t i = 1; i < len; i++) {
        struct plan_version version = versions[i];
        size_t at = i;
        for (size_t j = 0; j < i; j++) {
            if (!text_equals(versions[j].rotation_id, version.rotation_id))
                continue;
            if (versions[j].from_ms == version.from_ms)
                return error_set(err, ERROR_INVALID,
                                 "config.rotations.%zu.effective_from: another version of rotation "
                                 "'%s' begins at the same time",
                                 i, version.rotation_id);
            at = j + 1;
            if (versions[j].from_ms > version.from_ms) {
                at = j;
                break;
            }
        }
        memmove(&versions[at + 1], &versions[at], (i - at) * sizeof *versions);
        versions[at] = version;
    }
    for (size_t i = 1; i < len; i++)
        if (text_equals(versions[i - 1].rotation_id, versions[i].rotation_id))
            versions[i - 1].to_ms = versions[i].from_ms;
    return true;
}

bool
schedule_plan_make(const char *schedule_id, const char *timezone,
                   const struct schedule_config *config, struct arena *arena,
                   const struct schedule_plan **plan, struct error *err)
{
    struct schedule_plan *made = arena_new(arena, struct schedule_plan);
    struct error cause = {0};
    if (!zone_open(timezone, &made->zone, &cause))
        return error_set(err, ERROR_INVALID, "timezone: %s", cause.message);
    if (!check_count("config", "rotations", config->rotations_len, SCHEDULE_ROTATIONS_MAX, err))
        return false;

    struct plan_version *versions =
        arena_new_array(arena, config->rotations_len, struct plan_version);
    for (size_t i = 0; i < config->rotations_len; i++)
        if (!read_version(i, &config->rotations[i], arena, &versions[i], err))
            return false;
    if (!order_versions(versions, config->rotations_len, err))
        return false;

    made->schedule_id = arena_text(arena, schedule_id);
    made->versions = versions;
    made->versions_len = config->rotations_len;
    *plan = made;
    return true;
}

bool
schedule_plan_read(const struct schedule *schedule, struct arena *arena,
                   const struct schedule_plan **plan, struct error *err)
{
    struct schedule_config *config = arena_new(arena, struct schedule_config);
    if (!text_is_empty(schedule->config)) {
        struct error cause = {0};
        if (!wire_read_fields(&schedule_config_table, slice_of(schedule->config), arena, config,
                              &cause))
            return error_set(err, ERROR_INVALID, "config.%s", cause.message);
    }
    return schedule_plan_make(schedule->id, schedule->timezone, config, arena, plan, err);
}
