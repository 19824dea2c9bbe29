#include "hub/escalation_path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/zone.h"
#include "hub/duty.h"
#include "store/cache.h"

/* ---- places ---- */

const char *
path_text(const struct path_walk *walk, const char *at, const char *name)
{
    return wire_document_text(walk->document, walk->arena,
                              arena_printf(walk->arena, "%s.%s", at, name));
}

int64_t
path_number(const struct path_walk *walk, const char *at, const char *name)
{
    return strtoll(path_text(walk, at, name), NULL, 10);
}

/* The first node of a list, "" when it is empty. */
static const char *
first_of(const struct path_walk *walk, const char *list)
{
    return wire_document_count(walk->document, list) > 0 ? arena_printf(walk->arena, "%s.0", list)
                                                         : "";
}

const char *
path_first(const struct path_walk *walk)
{
    return first_of(walk, "path");
}

const char *
path_next(const struct path_walk *walk, const char *at)
{
    for (int nesting = 0; nesting <= PATH_NESTING_MAX; nesting++) {
        const char *dot = strrchr(at, '.');
        if (!dot)
            return "";
        const char *list = arena_text_len(walk->arena, at, (size_t)(dot - at));
        size_t index = strtoul(dot + 1, NULL, 10) + 1;
        if (index < wire_document_count(walk->document, list))
            return arena_printf(walk->arena, "%s.%zu", list, index);
        const char *inside = strstr(list, ".if_else.");
        for (const char *more = inside; more; more = strstr(more + 1, ".if_else."))
            inside = more; /* the innermost */
        if (!inside)
            return "";
        at = arena_text_len(walk->arena, list, (size_t)(inside - list));
    }
    return "";
}

static const char *
find_in(const struct path_walk *walk, const char *list, const char *node_id, int nesting)
{
    size_t len = wire_document_count(walk->document, list);
    for (size_t i = 0; i < len && nesting < PATH_NESTING_MAX; i++) {
        const char *at = arena_printf(walk->arena, "%s.%zu", list, i);
        if (strcmp(path_text(walk, at, "id"), node_id) == 0)
            return at;
        static const char *const sides[] = {"then_path", "else_path"};
        for (size_t side = 0; side < 2; side++) {
            const char *found =
                find_in(walk, arena_printf(walk->arena, "%s.if_else.%s", at, sides[side]), node_id,
                        nesting + 1);
            if (found[0])
                return found;
        }
    }
    return "";
}

const char *
path_find(const struct path_walk *walk, const char *node_id)
{
    return node_id[0] ? find_in(walk, "path", node_id, 0) : "";
}

/* ---- working hours ---- */

/* "HH:MM" to minutes; -1 when it is none. */
static int
minutes_of(const char *text)
{
    int hour, minute;
    char rest;
    if (sscanf(text, "%2d:%2d%c", &hour, &minute, &rest) != 2)
        return -1;
    return hour * 60 + minute;
}

static const char *
find_hours(const struct path_walk *walk, const char *id)
{
    size_t len = wire_document_count(walk->document, "working_hours");
    for (size_t i = 0; i < len; i++) {
        const char *hours = arena_printf(walk->arena, "working_hours.%zu", i);
        if (strcmp(path_text(walk, hours, "id"), id) == 0)
            return hours;
    }
    return "";
}

static const struct zone *
zone_of(const struct path_walk *walk, const char *hours)
{
    const struct zone *zone;
    struct error err;
    if (zone_open(path_text(walk, hours, "timezone"), &zone, &err))
        return zone;
    log_failure(LOG_WARNING, &err, "working hours of an escalation path");
    return zone_utc();
}

/* An interval of working hours; end_minute 1440 = the end of the day. False: it makes no sense. */
static bool
read_interval(const struct path_walk *walk, const char *hours, size_t index, int *weekday,
              int *start_minute, int *end_minute)
{
    const char *at = arena_printf(walk->arena, "%s.weekday_intervals.%zu", hours, index);
    *weekday = weekday_from_name(path_text(walk, at, "weekday"));
    *start_minute = minutes_of(path_text(walk, at, "start_time"));
    *end_minute = minutes_of(path_text(walk, at, "end_time"));
    if (*end_minute == 0)
        *end_minute = 24 * 60;
    return *weekday >= 0 && *start_minute >= 0 && *end_minute > 0;
}

static size_t
intervals_len(const struct path_walk *walk, const char *hours)
{
    return wire_document_count(walk->document,
                               arena_printf(walk->arena, "%s.weekday_intervals", hours));
}

static bool
is_active(const struct path_walk *walk, const char *hours, const struct zone *zone, int64_t at_ms)
{
    struct civil civil = zone_to_civil(zone, at_ms);
    int minute = civil.hour * 60 + civil.minute;
    size_t len = intervals_len(walk, hours);
    int weekday, start, end;
    for (size_t i = 0; i < len; i++)
        if (read_interval(walk, hours, i, &weekday, &start, &end) && weekday == civil.weekday &&
            minute >= start && minute < end)
            return true;
    return false;
}

/* The next moment, now included, at which the hours are active, or are not; INT64_MAX = never. */
static int64_t
when_active(const struct path_walk *walk, const char *hours, bool active)
{
    const struct zone *zone = zone_of(walk, hours);
    size_t len = intervals_len(walk, hours);
    int64_t best = INT64_MAX;
    int weekday, start, end;
    if (is_active(walk, hours, zone, walk->now_ms) == active)
        return walk->now_ms;
    for (size_t i = 0; i < len; i++) {
        if (!read_interval(walk, hours, i, &weekday, &start, &end))
            continue;
        for (int day = 0; day <= 8; day++) {
            struct civil civil = zone_to_civil(zone, walk->now_ms);
            if ((civil.weekday + day) % 7 != weekday)
                continue;
            civil.day += day;
            civil.hour = 0;
            civil.minute = active ? start : end;
            civil.second = 0;
            int64_t at_ms = zone_from_civil(zone, civil);
            if (at_ms > walk->now_ms && at_ms < best &&
                is_active(walk, hours, zone, at_ms) == active)
                best = at_ms;
        }
    }
    return best;
}

int64_t
path_wait_until(const struct path_walk *walk, const char *at, const char *seconds,
                const char *condition, const char *hours, int64_t fallback_ms)
{
    const char *wanted = path_text(walk, at, condition);
    const char *place = find_hours(walk, path_text(walk, at, hours));
    if (wanted[0] && place[0]) {
        int64_t until = when_active(walk, place, strcmp(wanted, "active") == 0);
        if (until != INT64_MAX)
            return until;
    }
    int64_t wait_s = path_number(walk, at, seconds);
    return walk->now_ms + (wait_s > 0 ? wait_s * SECOND_MS : fallback_ms);
}

/* ---- branches ---- */

static const char hours_subject[] = "escalation.working_hours[\"";

struct path_scope {
    struct scope scope;
    const struct path_walk *walk;
};

static bool
is_priority(const char *reference)
{
    return strcmp(reference, "escalation.priority") == 0 || strcmp(reference, "priority") == 0 ||
           strcmp(reference, "alert.priority") == 0;
}

static void
values_of(const struct scope *scope, const char *reference, struct subject_values *values)
{
    const struct path_walk *walk = ((const struct path_scope *)scope)->walk;
    size_t prefix_len = strlen(hours_subject);
    if (strncmp(reference, hours_subject, prefix_len) == 0) {
        const char *hours = find_hours(walk, arena_text_len(walk->arena, reference + prefix_len,
                                                            strcspn(reference + prefix_len, "\"")));
        if (hours[0] && is_active(walk, hours, zone_of(walk, hours), walk->now_ms))
            subject_values_add(values, "true", NULL, scope->arena);
    } else if (is_priority(reference)) {
        subject_values_add(values, walk->priority, NULL, scope->arena);
    }
}

/* Whether a side can be told at all: everything but hours and a known priority is taken to hold. */
static bool
is_decidable(const struct path_walk *walk, const char *reference)
{
    return strncmp(reference, hours_subject, strlen(hours_subject)) == 0 ||
           (is_priority(reference) && walk->priority[0]);
}

static bool
branch_holds(const struct path_walk *walk, const char *at)
{
    const struct path_scope scope = {{walk->arena, values_of}, walk};
    const char *list = arena_printf(walk->arena, "%s.if_else.conditions", at);
    size_t len = wire_document_count(walk->document, list);
    for (size_t i = 0; i < len; i++) {
        struct condition condition;
        struct error err;
        const char *json = wire_document_json(walk->document, walk->arena,
                                              arena_printf(walk->arena, "%s.%zu", list, i));
        if (!wire_read_fields(&condition_table, slice_of(json), walk->arena, &condition, &err)) {
            log_failure(LOG_WARNING, &err, "a condition of an escalation path");
            continue;
        }
        if (is_decidable(walk, condition.subject) && !condition_holds(&condition, &scope.scope))
            return false;
    }
    return true;
}

const char *
path_branch(const struct path_walk *walk, const char *at)
{
    const char *side = branch_holds(walk, at) ? "then_path" : "else_path";
    const char *first = first_of(walk, arena_printf(walk->arena, "%s.if_else.%s", at, side));
    return first[0] ? first : path_next(walk, at);
}

const char *
path_first_stop(const struct path_walk *walk)
{
    const char *at = path_first(walk);
    for (int steps = 0; at[0] && steps < 100; steps++) {
        const char *type = path_text(walk, at, "type");
        if (strcmp(type, "level") == 0 || strcmp(type, "escalation_path") == 0)
            return at;
        at = strcmp(type, "if_else") == 0 ? path_branch(walk, at) : path_next(walk, at);
    }
    return "";
}

/* ---- targets ---- */

static bool
add_person(const struct path_walk *walk, const char *user_id, const char *urgency,
           struct path_targets *targets, struct error *err)
{
    struct user user;
    bool found, is_high = strcmp(urgency, "low") != 0;
    for (size_t i = 0; i < targets->people_len; i++)
        if (strcmp(targets->people[i].user.id, user_id) == 0) {
            if (is_high)
                targets->people[i].urgency = "high";
            return true;
        }
    if (targets->people_len == PATH_PEOPLE_MAX || !user_id[0])
        return true;
    if (!cache_get(walk->store, KIND_USER, user_id, walk->arena, &user, &found, err))
        return false;
    if (found)
        targets->people[targets->people_len++] = (struct path_person){
            .user = {.id = user.id,
                     .name = user.name,
                     .email = user.email,
                     .role = "unset",
                     .slack_user_id = user.slack_user_id},
            .urgency = is_high ? "high" : "low",
        };
    return true;
}

/* "currently_on_call" is also what an empty mode means; "…_for_rota" looks at one rotation only. */
static bool
add_schedule(const struct path_walk *walk, const char *at, const char *urgency,
             struct path_targets *targets, struct error *err)
{
    const char *id = path_text(walk, at, "id"), *mode = path_text(walk, at, "schedule_mode");
    bool for_rotation = strstr(mode, "_for_rota") != NULL, found;
    enum duty_who who = strncmp(mode, "next_on_call", 12) == 0 ? DUTY_NEXT
                        : strncmp(mode, "all_users", 9) == 0   ? DUTY_ALL
                                                               : DUTY_ON_CALL;
    struct duty duty;
    struct duty_people people = {0};
    if (!duty_load(walk->store, id, walk->arena, &duty, &found, err))
        return false;
    if (!found)
        return true;
    if (!duty_add_people(&duty, who, for_rotation ? path_text(walk, at, "selected_rota_id") : "",
                         walk->now_ms, walk->arena, &people, err))
        return false;
    for (size_t i = 0; i < people.len; i++)
        if (!add_person(walk, people.ids[i], urgency, targets, err))
            return false;
    return true;
}

/* A schedule that makes no sense has nobody on call: that is said by whoever pages, and does not stop the others. */
static bool
add_target(const struct path_walk *walk, const char *at, struct path_targets *targets,
           struct error *err)
{
    const char *type = path_text(walk, at, "type"), *urgency = path_text(walk, at, "urgency");
    if (strcmp(type, "user") == 0)
        return add_person(walk, path_text(walk, at, "id"), urgency, targets, err);
    if (strcmp(type, "schedule") == 0) {
        if (add_schedule(walk, at, urgency, targets, err))
            return true;
        if (err->code != ERROR_INVALID)
            return false;
        log_failure(LOG_ERROR, err, "a schedule that an escalation path names");
    }
    if (strcmp(type, "slack_channel") == 0 && targets->channels_len < PATH_CHANNELS_MAX)
        targets->channels[targets->channels_len++] = path_text(walk, at, "id");
    return true;
}

bool
path_targets(const struct path_walk *walk, const char *targets_at, struct path_targets *targets,
             struct error *err)
{
    size_t len = wire_document_count(walk->document, targets_at);
    *targets = (struct path_targets){0};
    for (size_t i = 0; i < len; i++)
        if (!add_target(walk, arena_printf(walk->arena, "%s.%zu", targets_at, i), targets, err))
            return false;
    return true;
}
