/* Who is on call instead: an override of a schedule (facts 10.1). */

#include <string.h>

#include "action/plan_internal.h"
#include "base/clock.h"
#include "base/when.h"

struct place {
    const char *schedule_id, *rotation_id, *layer_id;
    int64_t start_at, end_at;
};

enum { SHIFTS_MAX = 64 };

/* Whose shifts it touches, and what becomes of them. *all_theirs: the person is on call in all that time already. */
static bool
compare(struct maker *maker, const struct place *place, const struct plan_named *person,
        bool *all_theirs)
{
    struct plan *plan = maker->plan;
    struct statement *statement;
    struct plan_shift *before = arena_new_array(maker->arena, SHIFTS_MAX, struct plan_shift);
    struct plan_shift *after = arena_new_array(maker->arena, 2 * SHIFTS_MAX + 1, struct plan_shift);
    size_t len = 0, after_len = 0;
    int64_t until = place->start_at; /* it is theirs so far */
    bool row = true;
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
        if (!row || len == SHIFTS_MAX)
            continue;
        const bool is_theirs = text_equals(row_text_borrowed(statement, 3), person->id);
        struct plan_shift *shift = &before[len++];
        *shift = (struct plan_shift){row_text(statement, maker->arena, 0),
                                     row_integer(statement, 1), row_integer(statement, 2)};
        if (is_theirs && shift->start_at <= until)
            until = shift->end_at;
    }
    for (size_t i = 0; i < len; i++) {
        if (before[i].start_at < place->start_at)
            after[after_len++] =
                (struct plan_shift){before[i].person, before[i].start_at, place->start_at};
    }
    after[after_len++] = (struct plan_shift){person->name, place->start_at, place->end_at};
    for (size_t i = 0; i < len; i++)
        if (before[i].end_at > place->end_at)
            after[after_len++] =
                (struct plan_shift){before[i].person, place->end_at, before[i].end_at};
    *all_theirs = until >= place->end_at;
    if (!plan->after_len && !*all_theirs) {
        plan->before = before;
        plan->before_len = len;
        plan->after = after;
        plan->after_len = after_len;
    }
    return true;
}

/* In the viewer's zone. */
static const char *
local_text(struct maker *maker, int64_t at_ms)
{
    const struct civil at = zone_to_civil(maker->context->zone, at_ms);
    return arena_printf(maker->arena, "%04d-%02d-%02d %02d:%02d", at.year, at.month, at.day,
                        at.hour, at.minute);
}

static bool
put(struct maker *maker, const struct plan_target *target, const struct place *place,
    const struct plan_named *person)
{
    struct arena *arena = maker->arena;
    struct schedule schedule;
    char from[RFC3339_SIZE], to[RFC3339_SIZE];
    bool found, all_theirs;
    if (!cache_get(maker->context->cache, KIND_SCHEDULE, place->schedule_id, arena, &schedule,
                   &found, maker->err))
        return false;
    if (!found) {
        plan_skip(maker, place->schedule_id, "the schedule is gone upstream");
        return true;
    }
    if (!compare(maker, place, person, &all_theirs))
        return false;
    if (all_theirs) {
        plan_skip(maker, schedule.name,
                  arena_printf(arena, "%s is on call then already", person->name));
        return true;
    }
    time_to_rfc3339(place->start_at, from);
    time_to_rfc3339(place->end_at, to);
    const struct outbox_row row = {
        .method = "POST",
        .path = "/v2/schedule_overrides",
        .body = arena_printf(
            arena,
            "{\"schedule_id\":%s,\"rotation_id\":%s,\"layer_id\":%s,\"start_at\":\"%s\","
            "\"end_at\":\"%s\",\"user\":{\"id\":%s}}",
            plan_quote(maker, place->schedule_id), plan_quote(maker, place->rotation_id),
            plan_quote(maker, place->layer_id), from, to, plan_quote(maker, person->id)),
        .check_path = arena_printf(arena, "/v2/schedule_overrides?page_size=250&schedule_id=%s",
                                   place->schedule_id),
        .check_list = "overrides",
        .goal = plan_pairs(arena, "rotation_id", place->rotation_id, "layer_id", place->layer_id,
                           "start_at", from, "end_at", to, "user.id", person->id),
    };
    (void)plan_row(maker, target, schedule.name,
                   arena_printf(arena, "put %s on call from %s to %s (%s) in", person->name,
                                local_text(maker, place->start_at),
                                local_text(maker, place->end_at),
                                zone_abbreviation(maker->context->zone, place->end_at)),
                   &row);
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

/* [PERSON]: the whole shift, or what is left of it; of a schedule, the one that runs now. */
bool
plan_cover(struct maker *maker)
{
    struct plan_named person;
    const char *who = "";
    if (maker->argument[strspn(maker->argument, " ")] && !plan_text(maker, "a person", &who))
        return false;
    if (!plan_person(maker, who, &person))
        return false;
    for (size_t i = 0; i < maker->targets_len; i++) {
        const int64_t now_ms = maker->context->now_ms / 1000 * 1000;
        struct place place;
        bool found;
        if (!find_place(maker, &maker->targets[i], now_ms, &place, &found))
            return false;
        if (found && place.end_at <= now_ms) {
            plan_skip(maker, place.schedule_id, "the shift is over");
            continue;
        }
        if (found && place.start_at < now_ms)
            place.start_at = now_ms;
        if (found && !put(maker, &maker->targets[i], &place, &person))
            return false;
    }
    return true;
}
