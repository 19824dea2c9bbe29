/* Whom an escalation path would page now: the targets of the first level that its nodes lead to (facts 11). */

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/zone.h"
#include "hub/oncall.h"
#include "wire/wire.h"

enum {
    RESPONDERS_MAX = 100,
    PATH_JUMPS_MAX = 8, /* from path to path: more is a circle */
    PATH_NESTING_MAX = 16
};

/* A walk along the nodes of a path to the first level. */
struct walk {
    struct exchange *exchange;
    struct user_embedded *users;
    size_t users_len;
    int jumps;
};

static const char *
text_at(struct walk *walk, const struct wire_document *path, const char *prefix, const char *name)
{
    struct arena *arena = walk->exchange->arena;
    return wire_document_text(path, arena, arena_printf(arena, "%s.%s", prefix, name));
}

/* Adds a user once. One that the hub does not know is left out: nobody could be paged. */
static bool
add_user(struct walk *walk, const char *id)
{
    struct exchange *exchange = walk->exchange;
    struct user user;
    struct error err;
    bool found;

    for (size_t i = 0; i < walk->users_len; i++) {
        if (text_equals(walk->users[i].id, id))
            return true;
    }
    if (walk->users_len == RESPONDERS_MAX || text_is_empty(id))
        return true;
    if (!cache_get(exchange->store, KIND_USER, id, exchange->arena, &user, &found, &err))
        return answer_failure(exchange, &err);
    if (found)
        walk->users[walk->users_len++] = (struct user_embedded){
            .id = user.id,
            .name = user.name,
            .email = user.email,
            .role = "unset",
            .slack_user_id = user.slack_user_id,
        };
    return true;
}

/* "currently_on_call" is also what an empty mode means; "…_for_rota" looks at one rotation only. */
static bool
add_schedule(struct walk *walk, const char *id, const char *mode, const char *rotation_id)
{
    struct schedule_shifts shifts;

    if (!oncall_schedule_shifts(walk->exchange, id, &shifts))
        return false;
    bool for_rotation = strstr(mode, "_for_rota") != NULL;
    bool next = strncmp(mode, "next_on_call", 12) == 0 || strncmp(mode, "all_users", 9) == 0;
    bool current = strncmp(mode, "next_on_call", 12) != 0;
    for (size_t i = 0; current && i < shifts.current_len; i++) {
        if ((!for_rotation || text_equals(shifts.current[i].rotation_id, rotation_id)) &&
            !add_user(walk, shifts.current[i].user_id))
            return false;
    }
    for (size_t i = 0; next && i < shifts.next_len; i++) {
        if ((!for_rotation || text_equals(shifts.next[i].rotation_id, rotation_id)) &&
            !add_user(walk, shifts.next[i].user_id))
            return false;
    }
    return true;
}

static bool
add_targets(struct walk *walk, const struct wire_document *path, const char *level)
{
    struct arena *arena = walk->exchange->arena;
    const char *targets = arena_printf(arena, "%s.targets", level);
    size_t targets_len = wire_document_count(path, targets);

    for (size_t i = 0; i < targets_len && i < RESPONDERS_MAX; i++) {
        const char *target = arena_printf(arena, "%s.%zu", targets, i);
        const char *type = text_at(walk, path, target, "type");
        const char *id = text_at(walk, path, target, "id");
        if (text_equals(type, "user") && !add_user(walk, id))
            return false;
        if (text_equals(type, "schedule") &&
            !add_schedule(walk, id, text_at(walk, path, target, "schedule_mode"),
                          text_at(walk, path, target, "selected_rota_id")))
            return false;
    }
    return true;
}

/* ---- which way a branch goes ---- */

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

/* Whether now is within the working hours at `hours`. An end of "00:00" is the end of the day. */
static bool
is_working(struct walk *walk, const struct wire_document *path, const char *hours)
{
    static const char *const weekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                           "friday", "saturday", "sunday"};
    struct arena *arena = walk->exchange->arena;
    const char *intervals = arena_printf(arena, "%s.weekday_intervals", hours);
    size_t intervals_len = wire_document_count(path, intervals);
    const struct zone *zone;
    struct error err;

    if (!zone_open(text_at(walk, path, hours, "timezone"), &zone, &err)) {
        log_failure(LOG_WARNING, &err, "working hours of an escalation path");
        zone = zone_utc();
    }
    struct civil now = zone_to_civil(zone, walk->exchange->now_ms);
    for (size_t i = 0; i < intervals_len; i++) {
        const char *interval = arena_printf(arena, "%s.%zu", intervals, i);
        int start = minutes_of(text_at(walk, path, interval, "start_time"));
        int end = minutes_of(text_at(walk, path, interval, "end_time"));
        int minute = now.hour * 60 + now.minute;
        if (text_equals(text_at(walk, path, interval, "weekday"), weekdays[now.weekday]) &&
            start >= 0 && minute >= start && (end == 0 || minute < end))
            return true;
    }
    return false;
}

/*
 * Whether the branch's conditions hold now. Hours are known; what depends on the alert (its priority) is not, and is taken
 * to hold.
 */
static bool
branch_holds(struct walk *walk, const struct wire_document *path, const char *node)
{
    static const char subject[] = "escalation.working_hours[\"";
    struct arena *arena = walk->exchange->arena;
    const char *conditions = arena_printf(arena, "%s.if_else.conditions", node);
    size_t conditions_len = wire_document_count(path, conditions);
    size_t hours_len = wire_document_count(path, "working_hours");

    for (size_t i = 0; i < conditions_len; i++) {
        const char *condition = arena_printf(arena, "%s.%zu", conditions, i);
        const char *reference = text_at(walk, path, condition, "subject.reference");
        if (!text_equals(text_at(walk, path, condition, "operation.value"), "is_active") ||
            strncmp(reference, subject, strlen(subject)) != 0)
            continue;
        const char *id = arena_text_len(arena, reference + strlen(subject),
                                        strcspn(reference + strlen(subject), "\""));
        for (size_t j = 0; j < hours_len; j++) {
            const char *hours = arena_printf(arena, "working_hours.%zu", j);
            if (text_equals(text_at(walk, path, hours, "id"), id) && !is_working(walk, path, hours))
                return false;
        }
    }
    return true;
}

/* ---- along the path ---- */

static bool walk_path(struct walk *walk, const char *id, bool *reached);

/* Looks for the first level among the nodes at `nodes`; *reached says that one was found. */
static bool
walk_nodes(struct walk *walk, const struct wire_document *path, const char *nodes, int nesting,
           bool *reached)
{
    struct arena *arena = walk->exchange->arena;
    size_t nodes_len = wire_document_count(path, nodes);

    for (size_t i = 0; i < nodes_len && !*reached && nesting < PATH_NESTING_MAX; i++) {
        const char *node = arena_printf(arena, "%s.%zu", nodes, i);
        const char *type = text_at(walk, path, node, "type");
        if (text_equals(type, "level")) {
            *reached = true;
            return add_targets(walk, path, arena_printf(arena, "%s.level", node));
        }
        if (text_equals(type, "if_else")) {
            const char *way = branch_holds(walk, path, node) ? "then_path" : "else_path";
            if (!walk_nodes(walk, path, arena_printf(arena, "%s.if_else.%s", node, way),
                            nesting + 1, reached))
                return false;
        } else if (text_equals(type, "escalation_path")) {
            const char *id = text_at(walk, path, node, "escalation_path.escalation_path_id");
            if (!walk_path(walk, id, reached))
                return false;
        }
    }
    return true;
}

static bool
walk_document(struct walk *walk, const char *json, bool *reached)
{
    struct wire_document *path;
    struct error err;

    if (!wire_document_read(slice_of(json), &path, &err))
        return answer_broken(walk->exchange, &err);
    bool ok = walk_nodes(walk, path, "path", 0, reached);
    wire_document_destroy(path);
    return ok;
}

static bool
walk_path(struct walk *walk, const char *id, bool *reached)
{
    struct escalation_path path;
    struct error err;
    bool found;

    if (walk->jumps++ >= PATH_JUMPS_MAX)
        return true;
    if (!cache_get(walk->exchange->store, KIND_ESCALATION_PATH, id, walk->exchange->arena, &path,
                   &found, &err))
        return answer_failure(walk->exchange, &err);
    return !found || walk_document(walk, path.json, reached);
}

const char *
render_escalation_path(struct exchange *exchange, const char *json)
{
    struct escalation_path path;
    struct walk walk = {.exchange = exchange};
    struct error err;
    bool reached = false;

    walk.users = arena_new_array(exchange->arena, RESPONDERS_MAX, struct user_embedded);
    if (!walk_document(&walk, json, &reached))
        return NULL;
    if (!wire_read_object(KIND_ESCALATION_PATH, slice_of(json), exchange->arena, &path, &err)) {
        (void)answer_broken(exchange, &err);
        return NULL;
    }
    path.current_responders = walk.users;
    path.current_responders_len = walk.users_len;
    return wire_write_object(&escalation_path_table, &path, exchange->arena);
}
