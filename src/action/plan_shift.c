/* Who is on call instead: an override of a schedule (facts 10.1). */

#include <string.h>

#include "action/plan_internal.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/when.h"
#include "store/cover.h"

struct place {
    const char *schedule_id, *rotation_id, *layer_id;
    int64_t start_at, end_at;
};

enum { SHIFTS_MAX = 64, NAME_MAX_COLS = 40 };

/* Whose shifts a place touches. */
struct touched {
    struct plan_shift *shifts;
    size_t len;
    bool all_theirs; /* the person is on call in all that time already */
};

static bool
read_touched(struct maker *maker, const struct place *place, const struct plan_named *person,
             struct touched *touched)
{
    struct statement *statement;
    int64_t until = place->start_at; /* it is theirs so far */
    bool row = true;
    *touched =
        (struct touched){arena_new_array(maker->arena, SHIFTS_MAX, struct plan_shift), 0, false};
    if (!store_statement(maker->context->cache, SQL_SCHEDULE_ENTRY_AROUND, &statement, maker->err))
        return false;
    bind_text(statement, "schedule_id", place->schedule_id);
    bind_text(statement, "rotation_id", place->rotation_id);
    bind_text(statement, "layer_id", place->layer_id);
    bind_integer(statement, "from", place->start_at);
    bind_integer(statement, "to", place->end_at);
    while (row) {
        if (!statement_step(statement, &row, maker->err))
            return false;
        if (!row || touched->len == SHIFTS_MAX)
            continue;
        const bool is_theirs = text_equals(row_text_borrowed(statement, 3), person->id);
        struct plan_shift *shift = &touched->shifts[touched->len++];
        *shift = (struct plan_shift){row_text(statement, maker->arena, 0),
                                     row_integer(statement, 1), row_integer(statement, 2)};
        if (is_theirs && shift->start_at <= until)
            until = shift->end_at;
    }
    touched->all_theirs = until >= place->end_at;
    return true;
}

/* The plan's before and after, if it has none yet. */
static void
show_change(struct maker *maker, const struct place *place, const struct plan_named *person,
            const struct touched *touched)
{
    struct plan *plan = maker->plan;
    const struct plan_shift *before = touched->shifts;
    struct plan_shift *after = arena_new_array(maker->arena, 2 * SHIFTS_MAX + 1, struct plan_shift);
    size_t len = 0;
    if (plan->after_len)
        return;
    for (size_t i = 0; i < touched->len; i++)
        if (before[i].start_at < place->start_at)
            after[len++] =
                (struct plan_shift){before[i].person, before[i].start_at, place->start_at};
    after[len++] = (struct plan_shift){person->name, place->start_at, place->end_at};
    for (size_t i = 0; i < touched->len; i++)
        if (before[i].end_at > place->end_at)
            after[len++] = (struct plan_shift){before[i].person, place->end_at, before[i].end_at};
    plan->before = before;
    plan->before_len = touched->len;
    plan->after = after;
    plan->after_len = len;
}

/* In the viewer's zone. */
static const char *
local_text(struct maker *maker, int64_t at_ms)
{
    const struct civil at = zone_to_civil(maker->context->zone, at_ms);
    return arena_printf(maker->arena, "%04d-%02d-%02d %02d:%02d", at.year, at.month, at.day,
                        at.hour, at.minute);
}

/* "from … to … (CET)" */
static const char *
span_text(struct maker *maker, const struct place *place)
{
    return arena_printf(maker->arena, "from %s to %s (%s)", local_text(maker, place->start_at),
                        local_text(maker, place->end_at),
                        zone_abbreviation(maker->context->zone, place->end_at));
}

/* {"schedule_id": …, …: the end is left open for more. */
static const char *
place_json(struct maker *maker, const struct place *place)
{
    char from[RFC3339_SIZE], to[RFC3339_SIZE];
    return arena_printf(maker->arena,
                        "{\"schedule_id\":%s,\"rotation_id\":%s,\"layer_id\":%s,"
                        "\"start_at\":\"%s\",\"end_at\":\"%s\"",
                        plan_quote(maker, place->schedule_id),
                        plan_quote(maker, place->rotation_id), plan_quote(maker, place->layer_id),
                        time_to_rfc3339(place->start_at, from), time_to_rfc3339(place->end_at, to));
}

static bool
find_schedule(struct maker *maker, const struct place *place, struct schedule *schedule,
              bool *found)
{
    if (!cache_get(maker->context->cache, KIND_SCHEDULE, place->schedule_id, maker->arena, schedule,
                   found, maker->err))
        return false;
    if (!*found)
        plan_skip(maker, place->schedule_id, "the schedule is gone upstream");
    return true;
}

static bool
put(struct maker *maker, const struct plan_target *target, const struct place *place,
    const struct plan_named *person)
{
    struct arena *arena = maker->arena;
    struct schedule schedule;
    struct touched touched;
    char from[RFC3339_SIZE], to[RFC3339_SIZE];
    bool found;
    if (!find_schedule(maker, place, &schedule, &found))
        return false;
    if (!found)
        return true;
    if (!read_touched(maker, place, person, &touched))
        return false;
    if (touched.all_theirs) {
        plan_skip(maker, schedule.name,
                  arena_printf(arena, "%s is on call then already", person->name));
        return true;
    }
    show_change(maker, place, person, &touched);
    time_to_rfc3339(place->start_at, from);
    time_to_rfc3339(place->end_at, to);
    const struct outbox_row row = {
        .method = "POST",
        .path = "/v2/schedule_overrides",
        .body = arena_printf(arena, "%s,\"user\":{\"id\":%s}}", place_json(maker, place),
                             plan_quote(maker, person->id)),
        .check_path = arena_printf(arena, "/v2/schedule_overrides?page_size=250&schedule_id=%s",
                                   place->schedule_id),
        .check_list = "overrides",
        .goal = plan_pairs(arena, "rotation_id", place->rotation_id, "layer_id", place->layer_id,
                           "start_at", from, "end_at", to, "user.id", person->id),
    };
    (void)plan_row(
        maker, target, schedule.name,
        arena_printf(arena, "put %s on call %s in", person->name, span_text(maker, place)), &row);
    return true;
}

/* The shift itself, or whatever rotation and layer of the schedule has one at the time. */
static bool
find_place(struct maker *maker, const struct plan_target *target, int64_t at_ms,
           struct place *place, bool *found)
{
    struct statement *statement;
    if (target->kind == KIND_SCHEDULE_ENTRY) {
        struct schedule_entry shift;
        if (!plan_get(maker, target, &shift, found))
            return false;
        *place = (struct place){shift.schedule_id, shift.rotation_id, shift.layer_id,
                                shift.start_at, shift.end_at};
        return true;
    }
    if (!store_statement(maker->context->cache, SQL_SCHEDULE_ENTRY_AT, &statement, maker->err))
        return false;
    bind_text(statement, "schedule_id", target->id);
    bind_integer(statement, "at", at_ms);
    if (!statement_step(statement, found, maker->err))
        return false;
    if (!*found) {
        plan_skip(maker, target->id, "nothing is scheduled there at that time");
        return true;
    }
    *place = (struct place){.schedule_id = target->id,
                            .rotation_id = row_text(statement, maker->arena, 0),
                            .layer_id = row_text(statement, maker->arena, 1),
                            .start_at = row_integer(statement, 2),
                            .end_at = row_integer(statement, 3)};
    statement_reset(statement);
    return true;
}

/* FROM TO [PERSON] */
bool
plan_override(struct maker *maker)
{
    const char *rest = maker->argument, *from, *to;
    struct plan_named person;
    int64_t from_ms, to_ms;
    if (!argument_word(&rest, maker->arena, &from) || !argument_word(&rest, maker->arena, &to))
        return error_set(maker->err, ERROR_USAGE,
                         "override: expected FROM TO [PERSON], times with blanks in quotes");
    if (!when_from_text(from, WHEN_FUTURE, maker->context->zone, maker->context->now_ms, &from_ms,
                        maker->err) ||
        !when_from_text(to, WHEN_FUTURE, maker->context->zone,
                        from_ms > maker->context->now_ms ? from_ms : maker->context->now_ms, &to_ms,
                        maker->err))
        return false;
    if (to_ms <= from_ms)
        return error_set(maker->err, ERROR_USAGE, "override: it would end before it begins");
    if (to_ms <= maker->context->now_ms)
        return error_set(maker->err, ERROR_USAGE, "override: that time is over");
    maker->argument = rest;
    const char *who = "";
    if (*rest && !plan_text(maker, "a person", &who))
        return false;
    if (!plan_person(maker, who, &person))
        return false;
    for (size_t i = 0; i < maker->targets_len; i++) {
        struct place place;
        bool found;
        if (!find_place(maker, &maker->targets[i], from_ms, &place, &found))
            return false;
        place.start_at = from_ms;
        place.end_at = to_ms;
        if (found && !put(maker, &maker->targets[i], &place, &person))
            return false;
    }
    return true;
}

/* ---- cover ---- */

/* The request for some of that time that another than the person made, or that the person made; NULL = there is none. */
static const struct asked_cover *
find_request(const struct asked_cover *requests, size_t len, const struct place *place,
             const struct plan_named *person, bool is_theirs)
{
    for (size_t i = 0; i < len; i++) {
        const struct asked_cover *request = &requests[i];
        if (text_equals(request->schedule_id, place->schedule_id) &&
            text_equals(request->rotation_id, place->rotation_id) &&
            text_equals(request->layer_id, place->layer_id) && request->start_at < place->end_at &&
            request->end_at > place->start_at &&
            text_equals(request->user_id, person->id) == is_theirs)
            return request;
    }
    return NULL;
}

/* A hub has requests to be covered; the API has not. */
static bool
ask(struct maker *maker, const struct plan_target *target, const struct place *place,
    const struct plan_named *me, bool is_asked)
{
    struct arena *arena = maker->arena;
    struct schedule schedule;
    enum cover_support support;
    const char *status = "";
    char from[RFC3339_SIZE], to[RFC3339_SIZE];
    bool found;
    if (!find_schedule(maker, place, &schedule, &found) ||
        !cover_support(maker->context->cache, &support, maker->err) ||
        !plan_will_be(maker, target, "status", &status))
        return false;
    if (!found)
        return true;
    if (support != COVER_OFFERED) {
        plan_skip(maker, schedule.name,
                  support == COVER_MISSING
                      ? "this server has no requests for cover; 'cover PERSON' makes an override"
                      : "not known yet whether this server has requests for cover: sync first");
        return true;
    }
    if (is_asked || text_equals(status, "open")) {
        plan_skip(maker, schedule.name, "you have asked for cover then already");
        return true;
    }
    time_to_rfc3339(place->start_at, from);
    time_to_rfc3339(place->end_at, to);
    const struct outbox_row row = {
        .method = "POST",
        .path = COVER_TARGET,
        .body = arena_printf(arena, "%s,\"user\":{\"id\":%s}}", place_json(maker, place),
                             plan_quote(maker, me->id)),
        .check_path =
            arena_printf(arena, COVER_TARGET "?status=open&schedule_id=%s", place->schedule_id),
        .check_list = "schedule_cover_requests",
        .goal = plan_pairs(arena, "rotation_id", place->rotation_id, "layer_id", place->layer_id,
                           "start_at", from, "end_at", to, "user.id", me->id, "status", "open"),
    };
    (void)plan_row(maker, target, schedule.name,
                   arena_printf(arena, "ask for cover %s in", span_text(maker, place)), &row);
    return true;
}

/* The override is the hub's to make: of the time that was asked for, from now on where it has begun. */
static bool
take(struct maker *maker, const struct plan_target *target, const struct asked_cover *request,
     const struct plan_named *person, int64_t now_ms)
{
    struct arena *arena = maker->arena;
    const struct place place = {request->schedule_id, request->rotation_id, request->layer_id,
                                request->start_at > now_ms ? request->start_at : now_ms,
                                request->end_at};
    struct schedule schedule;
    struct touched touched;
    bool found;
    if (!find_schedule(maker, &place, &schedule, &found) ||
        !read_touched(maker, &place, person, &touched))
        return false;
    if (!found)
        return true;
    show_change(maker, &place, person, &touched);
    const char *path = arena_printf(arena, COVER_TARGET "/%s", request->id);
    const struct outbox_row row = {
        .method = "POST",
        .path = arena_printf(arena, "%s/actions/take", path),
        .body = arena_printf(arena, "{\"user\":{\"id\":%s}}", plan_quote(maker, person->id)),
        .check_path = path,
        .seen = plan_pairs(arena, "schedule_cover_request.status", "open"),
        .goal = plan_pairs(arena, "schedule_cover_request.status", "taken",
                           "schedule_cover_request.covering_user.id", person->id),
    };
    (void)plan_row(maker, target, schedule.name,
                   arena_printf(arena, "put %s on call for %s, who asked, %s in", person->name,
                                text_clean(arena, request->user_name, NAME_MAX_COLS),
                                span_text(maker, &place)),
                   &row);
    return true;
}

/* [PERSON]: the whole shift, or what is left of it; of a schedule, the one that runs now. Nobody named, one's own: asks. */
bool
plan_cover(struct maker *maker)
{
    const bool is_named = maker->argument[strspn(maker->argument, " ")];
    const int64_t now_ms = maker->context->now_ms / 1000 * 1000;
    const struct asked_cover *requests;
    size_t len;
    struct plan_named person;
    const char *who = "";
    if (is_named && !plan_text(maker, "a person", &who))
        return false;
    if (!plan_person(maker, who, &person) ||
        !cover_list(maker->context->cache, now_ms, maker->arena, &requests, &len, maker->err))
        return false;
    for (size_t i = 0; i < maker->targets_len; i++) {
        const struct plan_target *target = &maker->targets[i];
        const struct asked_cover *request;
        struct touched touched;
        struct place place;
        bool found;
        if (!find_place(maker, target, now_ms, &place, &found))
            return false;
        if (!found)
            continue;
        if (place.end_at <= now_ms) {
            plan_skip(maker, place.schedule_id, "the shift is over");
            continue;
        }
        if (place.start_at < now_ms)
            place.start_at = now_ms;
        if (!read_touched(maker, &place, &person, &touched))
            return false;
        const bool ok =
            touched.all_theirs && !is_named
                ? ask(maker, target, &place, &person,
                      find_request(requests, len, &place, &person, true))
            : (request = find_request(requests, len, &place, &person, false)) && !touched.all_theirs
                ? take(maker, target, request, &person, now_ms)
                : put(maker, target, &place, &person);
        if (!ok)
            return false;
    }
    return true;
}
