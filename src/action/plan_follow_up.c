/* What is done to follow-ups: upstream takes them whole, so what was seen of one goes with it (facts 9). */

#include "action/plan_internal.h"

static void
put(struct maker *maker, const struct plan_target *target, const struct follow_up *follow_up,
    const char *status, const char *assignee_id, const char *label)
{
    struct arena *arena = maker->arena;
    const struct outbox_row row = {
        .method = "PUT",
        .path = arena_printf(arena, "/v2/follow_ups/%s", target->id),
        .body = plan_pairs(arena, "title", follow_up->title, "status",
                           status ? status : follow_up->status, "assignee_id", assignee_id),
        .check_path = arena_printf(arena, "/v2/follow_ups/%s", target->id),
        .seen = plan_pairs(arena, "title", follow_up->title, "status", follow_up->status,
                           "assignee.id", follow_up->assignee_id),
        .goal = plan_pairs(arena, "status", status, "assignee.id", assignee_id),
    };
    (void)plan_row(maker, target, follow_up->title, label, &row);
}

bool
plan_complete(struct maker *maker, const struct plan_target *target)
{
    struct follow_up follow_up;
    bool found;
    if (!plan_get(maker, target, &follow_up, &found))
        return false;
    if (!found)
        return true;
    const char *status_to_be = follow_up.status;
    if (!plan_will_be(maker, target, "status", &status_to_be))
        return false;
    if (!text_equals(status_to_be, "outstanding"))
        plan_skip(maker, follow_up.title,
                  arena_printf(maker->arena, "it is %s already", status_to_be));
    else
        put(maker, target, &follow_up, "completed", NULL, "complete");
    return true;
}

bool
plan_assign_follow_up(struct maker *maker, const struct plan_target *target,
                      const struct plan_named *person)
{
    struct follow_up follow_up;
    bool found;
    if (!plan_get(maker, target, &follow_up, &found))
        return false;
    if (!found)
        return true;
    const char *assignee_to_be = follow_up.assignee_id;
    if (!plan_will_be(maker, target, "assignee.id", &assignee_to_be))
        return false;
    if (text_equals(assignee_to_be, person->id))
        plan_skip(maker, follow_up.title,
                  arena_printf(maker->arena, "it is %s's already", person->name));
    else
        put(maker, target, &follow_up, NULL, person->id,
            arena_printf(maker->arena, "give %s", person->name));
    return true;
}
