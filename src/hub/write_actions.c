/* Actions: to-dos during an incident (facts 9). Their states are those of follow-ups. */

#include <string.h>

#include "hub/writes.h"

#define R FIELD_REQUIRED
#define BOTH(X)                                                                                    \
    X(TEXT, description, "description", R, _)                                                      \
    X(TEXT, assignee_id, "assignee_id", 0, _)
#define ONLY_CREATE(X) X(TEXT, incident_id, "incident_id", R, _)
#define ONLY_UPDATE(X) X(ENUM, status, "status", R, follow_up_status)

struct action_sent {
    BOTH(FIELD_DECLARE) ONLY_CREATE(FIELD_DECLARE) ONLY_UPDATE(FIELD_DECLARE)
};
#define FIELD_OWNER struct action_sent
static const struct field create_rows[] = {BOTH(FIELD_ROW) ONLY_CREATE(FIELD_ROW)};
static const struct field update_rows[] = {BOTH(FIELD_ROW) ONLY_UPDATE(FIELD_ROW)};
#undef FIELD_OWNER
WRITE_BODY(create, action_sent);
WRITE_BODY(update, action_sent);

bool
write_check_task_status(struct exchange *exchange, const char *before, const char *status)
{
    return strcmp(status, "deleted") != 0 || strcmp(before, "deleted") == 0 ||
           answer_invalid(exchange, "status", "'status': use DELETE to delete");
}

void
write_set_task_status(const char **status, int64_t *completed_at, const char *to, int64_t at)
{
    bool completed = strcmp(to, "completed") == 0;
    if (!completed)
        *completed_at = 0;
    else if (strcmp(*status, to) != 0)
        *completed_at = at;
    *status = to;
}

static bool
take(struct exchange *exchange, const struct action_sent *sent, struct action *action)
{
    struct user_embedded user;
    const struct user_reference by_id = {.id = sent->assignee_id};

    action->description = sent->description;
    if (write_has(exchange, "assignee_id"))
        CLEAR_USER(action, assignee);
    if (*sent->assignee_id == '\0')
        return true;
    if (!write_find_user(exchange, &by_id, "assignee_id", &user))
        return false;
    SET_USER(action, assignee, &user);
    return true;
}

static bool
run_create(struct exchange *exchange, const void *body)
{
    const struct action_sent *sent = body;
    struct action action;
    struct incident incident;
    struct actor actor;

    object_clear(&action_table, &action);
    if (!write_load_named(exchange, KIND_INCIDENT, sent->incident_id, "incident_id", &incident) ||
        !write_actor(exchange, &actor))
        return false;
    action.id = write_id(exchange);
    action.incident_id = incident.id;
    action.status = "outstanding";
    action.created_at = action.updated_at = exchange->now_ms;
    SET_ACTOR(&action, creator, &actor);
    if (!take(exchange, sent, &action) || !write_save(exchange, KIND_ACTION, &action))
        return false;
    write_answer(exchange, KIND_ACTION, &action);
    return true;
}
const struct write action_create = {
    .scope = "actions.create", .body = &create_table, .run = run_create, .status = 201};

static bool
run_update(struct exchange *exchange, const void *body)
{
    const struct action_sent *sent = body;
    struct action action;

    if (!write_load(exchange, KIND_ACTION, exchange->id, &action) ||
        !take(exchange, sent, &action) ||
        !write_check_task_status(exchange, action.status, sent->status))
        return false;
    action.updated_at = write_time(exchange, action.updated_at);
    write_set_task_status(&action.status, &action.completed_at, sent->status, action.updated_at);
    if (!write_save(exchange, KIND_ACTION, &action))
        return false;
    write_answer(exchange, KIND_ACTION, &action);
    return true;
}
const struct write action_update = {
    .scope = "actions.update", .body = &update_table, .run = run_update};

static bool
run_delete(struct exchange *exchange, const void *body)
{
    struct action action;

    (void)body; /* it has none */
    return write_load(exchange, KIND_ACTION, exchange->id, &action) &&
           write_delete(exchange, KIND_ACTION, exchange->id);
}
const struct write action_delete = {.scope = "actions.destroy", .run = run_delete, .status = 204};
