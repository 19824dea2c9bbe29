/* Escalations as objects: how they begin, and what people and alerts do to them. escalation_engine.c makes them go on. */

#include <string.h>

#include "hub/delivery.h"
#include "hub/escalation_run.h"
#include "hub/objects.h"
#include "model/slim.h"
#include "wire/wire.h"

enum { USERS_TIME_TO_ACK_SECONDS = 15 * 60 };

/* ---- beginning ---- */

/* People without a path: one level that pages them all. */
static const char *
path_of_users(const struct escalation_request *request, struct arena *arena)
{
    struct str json;
    str_init(&json, 0);
    str_append(&json, "{\"id\":\"\",\"path\":[{\"id\":\"users\",\"type\":\"level\",\"level\":"
                      "{\"targets\":[");
    for (size_t i = 0; i < request->user_ids_len; i++) {
        str_append(&json, i > 0 ? ",{\"id\":" : "{\"id\":");
        wire_append_string(&json, request->user_ids[i]);
        str_append(&json, ",\"type\":\"user\",\"urgency\":\"high\"}");
    }
    str_printf(&json, "],\"time_to_ack_seconds\":%d}}]}", USERS_TIME_TO_ACK_SECONDS);
    const char *copy = arena_text(arena, str_text(&json));
    str_finish(&json);
    return copy;
}

static bool
find_path(struct store *store, const struct escalation_request *request, struct arena *arena,
          const char **path, struct error *err)
{
    struct escalation_path object;
    struct user user;
    bool found;
    if (text_is_empty(request->escalation_path_id)) {
        for (size_t i = 0; i < request->user_ids_len; i++) {
            if (!cache_get(store, KIND_USER, request->user_ids[i], arena, &user, &found, err))
                return false;
            if (!found)
                return error_set(err, ERROR_NOT_FOUND, "there is no user '%s'",
                                 request->user_ids[i]);
        }
        *path = path_of_users(request, arena);
        return true;
    }
    if (!cache_get(store, KIND_ESCALATION_PATH, request->escalation_path_id, arena, &object, &found,
                   err))
        return false;
    *path = object.json;
    return found || error_set(err, ERROR_NOT_FOUND, "there is no escalation path '%s'",
                              request->escalation_path_id);
}

static bool
relate_alert(struct store *store, struct escalation *escalation, const char *alert_id,
             struct arena *arena, struct error *err)
{
    size_t len = escalation->related_alerts_len;
    struct escalation_alert *alerts = arena_new_array(arena, len + 1, struct escalation_alert);
    struct alert alert;
    bool found;
    for (size_t i = 0; i < len; i++) {
        alerts[i] = escalation->related_alerts[i];
        if (strcmp(alerts[i].alert_id, alert_id) == 0)
            return true;
    }
    if (!object_load(store, KIND_ALERT, alert_id, arena, &alert, &found, err))
        return false;
    if (!found)
        return error_set(err, ERROR_NOT_FOUND, "there is no alert '%s'", alert_id);
    object_clear(&escalation_alert_table, &alerts[len]);
    SET_ALERT_SLIM(&alerts[len], alert, &alert);
    escalation->related_alerts = alerts;
    escalation->related_alerts_len = len + 1;
    if (escalation->creator_alert_id[0] && strcmp(escalation->creator_alert_id, alert_id) == 0)
        escalation->creator_alert_title = alert.title;
    return true;
}

static bool
relate_incident(struct store *store, struct escalation *escalation, const char *incident_id,
                struct arena *arena, struct error *err)
{
    size_t len = escalation->related_incidents_len;
    struct escalation_incident *incidents =
        arena_new_array(arena, len + 1, struct escalation_incident);
    struct incident incident;
    bool found;
    for (size_t i = 0; i < len; i++) {
        incidents[i] = escalation->related_incidents[i];
        if (strcmp(incidents[i].incident_id, incident_id) == 0)
            return true;
    }
    if (!object_load(store, KIND_INCIDENT, incident_id, arena, &incident, &found, err))
        return false;
    if (!found)
        return error_set(err, ERROR_NOT_FOUND, "there is no incident '%s'", incident_id);
    object_clear(&escalation_incident_table, &incidents[len]);
    SET_INCIDENT_SLIM(&incidents[len], incident, &incident);
    escalation->related_incidents = incidents;
    escalation->related_incidents_len = len + 1;
    return true;
}

static bool
set_creator(struct store *store, const struct escalation_request *request,
            struct escalation *escalation, struct arena *arena, struct error *err)
{
    struct user user;
    bool found;
    if (!text_is_empty(request->creator_alert_id)) {
        escalation->creator_alert_id = request->creator_alert_id;
        return true;
    }
    if (text_is_empty(request->creator_user_id))
        return true;
    if (!cache_get(store, KIND_USER, request->creator_user_id, arena, &user, &found, err))
        return false;
    if (found) {
        escalation->creator_user_id = user.id;
        escalation->creator_user_name = user.name;
        escalation->creator_user_email = user.email;
        escalation->creator_user_role = "unset";
        escalation->creator_user_slack_user_id = user.slack_user_id;
    }
    return true;
}

bool
escalation_begin(struct store *store, const struct escalation_request *request, int64_t now_ms,
                 struct arena *arena, const char **id, struct error *err)
{
    struct escalation escalation;
    struct escalation_run run = {.position = "", .outstanding = "", .turn = -1};
    bool waits = request->grace_ms > 0;

    object_clear(&escalation_table, &escalation);
    *id = escalation.id = object_new_id(now_ms, arena);
    escalation.title = request->title;
    escalation.description = request->description;
    escalation.status = waits ? "pending" : "triggered";
    escalation.priority_name = text_is_empty(request->priority) ? "P3" : request->priority;
    if (!text_is_empty(request->escalation_path_id))
        escalation.escalation_path_id = request->escalation_path_id;
    escalation.created_at = now_ms;
    if (!find_path(store, request, arena, &run.path, err) ||
        !set_creator(store, request, &escalation, arena, err))
        return false;
    for (size_t i = 0; i < request->alert_ids_len; i++)
        if (!relate_alert(store, &escalation, request->alert_ids[i], arena, err))
            return false;
    if (!text_is_empty(request->incident_id) &&
        !relate_incident(store, &escalation, request->incident_id, arena, err))
        return false;
    escalation_add_event(&escalation, waits ? "entered_grace_period" : "triggered", "", "", "",
                         now_ms, arena);
    run.escalation_id = escalation.id;
    run.state = waits ? "grace" : "begin";
    run.due_at = now_ms + (waits ? request->grace_ms : 0);
    run.auto_cancel = request->auto_cancel;
    return object_save(store, KIND_ESCALATION, &escalation, now_ms, arena, err) &&
           run_save(store, &run, err);
}

bool
escalation_relate(struct store *store, const char *escalation_id, const char *alert_id,
                  const char *incident_id, int64_t now_ms, struct arena *arena, struct error *err)
{
    struct escalation escalation;
    bool found;
    if (!object_load(store, KIND_ESCALATION, escalation_id, arena, &escalation, &found, err))
        return false;
    if (!found)
        return error_set(err, ERROR_NOT_FOUND, "there is no escalation '%s'", escalation_id);
    if ((!text_is_empty(alert_id) && !relate_alert(store, &escalation, alert_id, arena, err)) ||
        (!text_is_empty(incident_id) &&
         !relate_incident(store, &escalation, incident_id, arena, err)))
        return false;
    escalation.updated_at = now_ms > escalation.updated_at ? now_ms : escalation.updated_at + 1;
    return object_save(store, KIND_ESCALATION, &escalation, now_ms, arena, err);
}

/* ---- what people do ---- */

/* An escalation under change, with its row where it has one. */
struct change {
    struct store *store;
    struct arena *arena;
    int64_t now_ms;
    struct escalation escalation;
    struct escalation_run run;
    bool runs;
};

static bool
load(struct change *change, const char *escalation_id, struct error *err)
{
    bool found;
    if (!object_load(change->store, KIND_ESCALATION, escalation_id, change->arena,
                     &change->escalation, &found, err))
        return false;
    if (!found)
        return error_set(err, ERROR_NOT_FOUND, "there is no escalation '%s'", escalation_id);
    return run_load(change->store, escalation_id, change->arena, &change->run, &change->runs, err);
}

static bool
save(struct change *change, struct error *err)
{
    return object_save(change->store, KIND_ESCALATION, &change->escalation, change->now_ms,
                       change->arena, err) &&
           (!change->runs || run_save(change->store, &change->run, err));
}

/* Nobody is to be paged by what was said before; whoever was paged hears of the change. */
static bool
quieten(struct change *change, const char *state, const char *why, struct error *err)
{
    change->run.state = state;
    change->run.due_at = change->now_ms;
    change->run.announce = 1;
    change->run.outstanding = "";
    return delivery_drop(change->store, escalation_about(change->escalation.id, change->arena), why,
                         change->now_ms, err);
}

static bool
end(struct change *change, const char *status, const struct user_embedded *user, struct error *err)
{
    change->escalation.status = status;
    escalation_add_event(&change->escalation, status, "",
                         user ? escalation_users_json(user, 1, change->arena) : "", "",
                         change->now_ms, change->arena);
    return quieten(change, "over", status, err) && save(change, err);
}

/* Takes the person off the list of those who have yet to acknowledge. True while others are on it. */
static bool
others_outstanding(struct change *change, const char *user_id)
{
    const char *list = change->run.outstanding;
    const char *name = arena_printf(change->arena, " %s ", user_id);
    const char *at = strstr(list, name);
    if (!change->runs || !list[0])
        return false;
    if (at)
        change->run.outstanding =
            arena_printf(change->arena, "%.*s%s", (int)(at - list), list, at + strlen(name) - 1);
    return strspn(change->run.outstanding, " ") != strlen(change->run.outstanding);
}

static bool
acknowledge(struct change *change, const struct user_embedded *user, struct error *err)
{
    const char *users = user ? escalation_users_json(user, 1, change->arena) : "[]";
    escalation_add_event(&change->escalation, "acked", "", users, "", change->now_ms,
                         change->arena);
    if (user && others_outstanding(change, user->id))
        return save(change, err);
    change->escalation.status = "acked";
    return quieten(change, "acked", "acknowledged", err) && save(change, err);
}

static bool
snooze(struct change *change, int64_t until, struct error *err)
{
    change->escalation.status = "snoozed";
    change->escalation.updated_at = change->now_ms > change->escalation.updated_at
                                        ? change->now_ms
                                        : change->escalation.updated_at + 1;
    if (!quieten(change, "snoozed", "snoozed", err))
        return false;
    change->run.due_at = until;
    change->run.announce = 0;
    return save(change, err);
}

bool
escalation_respond(struct store *store, const char *escalation_id,
                   enum escalation_response response, const struct user_embedded *user,
                   int64_t snooze_until, int64_t now_ms, struct arena *arena, const char **refused,
                   struct error *err)
{
    struct change change = {.store = store, .arena = arena, .now_ms = now_ms};
    static const char *const becomes[] = {
        [ESCALATION_ACK] = "acked", [ESCALATION_CANCEL] = "cancelled", [ESCALATION_SNOOZE] = ""};
    *refused = NULL;
    if (!load(&change, escalation_id, err))
        return false;
    if (strcmp(change.escalation.status, becomes[response]) == 0)
        return true;
    if (escalation_has_ended(&change.escalation)) {
        *refused =
            arena_printf(arena, "the escalation has ended: it is %s", change.escalation.status);
        return true;
    }
    switch (response) {
    case ESCALATION_ACK:
        return acknowledge(&change, user, err);
    case ESCALATION_CANCEL:
        return end(&change, "cancelled", NULL, err);
    case ESCALATION_SNOOZE:
        break;
    }
    return snooze(&change, snooze_until, err);
}

/* ---- what alerts and incidents do ---- */

static bool
read_ids(struct store *store, enum sql sql, const char *value, struct arena *arena,
         const char ***ids, size_t *ids_len, struct error *err)
{
    struct statement *statement;
    size_t capacity = 8;
    bool row = true;
    *ids = arena_new_array(arena, capacity, const char *);
    *ids_len = 0;
    if (!store_statement(store, sql, &statement, err))
        return false;
    bind_text(statement, "value", value);
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        if (*ids_len == capacity) {
            const char **grown = arena_new_array(arena, capacity *= 2, const char *);
            memcpy(grown, *ids, *ids_len * sizeof(grown[0]));
            *ids = grown;
        }
        (*ids)[(*ids_len)++] = row_text(statement, arena, 0);
    }
    return true;
}

static bool
is_still_firing(const struct escalation *escalation)
{
    for (size_t i = 0; i < escalation->related_alerts_len; i++)
        if (strcmp(escalation->related_alerts[i].alert_status, "resolved") != 0)
            return true;
    return false;
}

/*
 * What somebody has taken is resolved with its cause. What still pages is cancelled where its route says so, else it goes on until
 * somebody acknowledges.
 */
static bool
follow(struct change *change, bool cause_is_over, struct error *err)
{
    const char *status = change->escalation.status;
    bool is_taken = strcmp(status, "acked") == 0 || strcmp(status, "snoozed") == 0 ||
                    strcmp(status, "pending_repeat") == 0;
    if (escalation_has_ended(&change->escalation) || is_still_firing(&change->escalation))
        return true;
    if (is_taken || cause_is_over || !change->runs)
        return end(change, "resolved", NULL, err);
    return !change->run.auto_cancel || end(change, "cancelled", NULL, err);
}

static bool
follow_all(struct store *store, enum sql sql, const char *value, bool cause_is_over, int64_t now_ms,
           struct arena *arena, struct error *err)
{
    const char **ids;
    size_t ids_len;
    if (!read_ids(store, sql, value, arena, &ids, &ids_len, err))
        return false;
    for (size_t i = 0; i < ids_len; i++) {
        struct change change = {.store = store, .arena = arena, .now_ms = now_ms};
        if (!load(&change, ids[i], err) || !follow(&change, cause_is_over, err))
            return false;
    }
    return true;
}

bool
escalation_alert_resolved(struct store *store, const char *alert_id, int64_t now_ms,
                          struct arena *arena, struct error *err)
{
    return follow_all(store, SQL_HUB_ESCALATION_IDS_OF_ALERT, alert_id, false, now_ms, arena, err);
}

bool
escalation_incident_closed(struct store *store, const char *incident_id, int64_t now_ms,
                           struct arena *arena, struct error *err)
{
    return follow_all(store, SQL_HUB_ESCALATION_IDS_ABOUT_INCIDENT, incident_id, true, now_ms,
                      arena, err);
}
