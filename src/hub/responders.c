/* Whom an escalation path would page now: the targets of the first level that its nodes lead to (facts 11). */

#include <string.h>

#include "hub/escalation.h"
#include "hub/escalation_path.h"
#include "hub/oncall.h"

static bool walk_object(struct path_walk *walk, const char *json, int jumps,
                        struct path_targets *targets, struct error *err);

static bool
walk_to(struct path_walk *walk, const char *id, int jumps, struct path_targets *targets,
        struct error *err)
{
    struct escalation_path path;
    bool found;
    if (!cache_get(walk->store, KIND_ESCALATION_PATH, id, walk->arena, &path, &found, err))
        return false;
    return !found || walk_object(walk, path.json, jumps, targets, err);
}

static bool
walk_object(struct path_walk *walk, const char *json, int jumps, struct path_targets *targets,
            struct error *err)
{
    struct wire_document *document;
    bool ok = true;
    if (jumps > PATH_JUMPS_MAX)
        return true;
    if (!wire_document_read(slice_of(json), &document, err))
        return false;
    walk->document = document;
    const char *at = path_first_stop(walk);
    const char *other = path_text(walk, at, "escalation_path.escalation_path_id");
    if (other[0])
        ok = walk_to(walk, other, jumps + 1, targets, err);
    else if (at[0])
        ok = path_targets(walk, arena_printf(walk->arena, "%s.level.targets", at), targets, err);
    wire_document_destroy(document);
    return ok;
}

static bool
responders_of(struct store *store, const char *json, const char *priority, int64_t now_ms,
              struct arena *arena, const struct user_embedded **people, size_t *people_len,
              struct error *err)
{
    struct path_walk walk = {
        .store = store, .arena = arena, .now_ms = now_ms, .priority = priority};
    struct path_targets *targets = arena_new(arena, struct path_targets);
    struct user_embedded *users;
    if (!walk_object(&walk, json, 0, targets, err))
        return false;
    *people = users = arena_new_array(arena, targets->people_len + 1, struct user_embedded);
    *people_len = targets->people_len;
    for (size_t i = 0; i < targets->people_len; i++)
        users[i] = targets->people[i].user;
    return true;
}

bool
escalation_responders(struct store *store, const char *escalation_path_id, const char *priority,
                      int64_t now_ms, struct arena *arena, const struct user_embedded **people,
                      size_t *people_len, struct error *err)
{
    struct escalation_path path;
    bool found;
    *people_len = 0;
    return cache_get(store, KIND_ESCALATION_PATH, escalation_path_id, arena, &path, &found, err) &&
           (!found ||
            responders_of(store, path.json, priority, now_ms, arena, people, people_len, err));
}

const char *
render_escalation_path(struct exchange *exchange, const char *json)
{
    struct escalation_path path;
    struct error err;

    if (!wire_read_object(KIND_ESCALATION_PATH, slice_of(json), exchange->arena, &path, &err) ||
        !responders_of(exchange->store, json, "", exchange->now_ms, exchange->arena,
                       &path.current_responders, &path.current_responders_len, &err)) {
        (void)answer_broken(exchange, &err);
        return NULL;
    }
    return wire_write_object(&escalation_path_table, &path, exchange->arena);
}
