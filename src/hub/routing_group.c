/* Groups of alerts: which one takes an alert, and what is kept of it. */

#include <string.h>

#include "base/str.h"
#include "hub/routing_internal.h"

static bool
find_group(struct passage *passage, bool *found, struct error *err)
{
    struct statement *statement;
    struct rule_group *group = &passage->group;
    if (!store_statement(passage->store, SQL_ALERT_GROUP_FIND, &statement, err))
        return false;
    bind_text(statement, "alert_route_id", passage->route->id);
    bind_text(statement, "keys", passage->group_keys);
    if (!statement_step(statement, found, err) || !*found)
        return !*found;
    group->id = row_text(statement, passage->arena, 0);
    group->opened_at = row_integer(statement, 1);
    group->last_at = row_integer(statement, 2);
    group->alerts = row_integer(statement, 3);
    group->severity_digit = row_integer(statement, 4);
    passage->group_incident_id = row_text(statement, passage->arena, 5);
    passage->escalation_ids = row_text(statement, passage->arena, 6);
    statement_reset(statement);
    return true;
}

static bool
look_at_incident(struct passage *passage, struct error *err)
{
    struct incident incident;
    bool found;
    passage->group.has_incident = *passage->group_incident_id != '\0';
    if (!passage->group.has_incident)
        return true;
    if (!cache_get(passage->store, KIND_INCIDENT, passage->group_incident_id, passage->arena,
                   &incident, &found, err))
        return false;
    passage->group.incident_is_over = !found || incident_is_over(incident.incident_status_category);
    return true;
}

static bool
look_at_escalations(struct passage *passage, struct error *err)
{
    struct statement *statement;
    bool row;
    passage->group.has_escalation = !text_equals(passage->escalation_ids, "[]");
    if (!passage->group.has_escalation)
        return true;
    if (!store_statement(passage->store, SQL_ESCALATION_LIVE_OF, &statement, err))
        return false;
    bind_text(statement, "ids", passage->escalation_ids);
    if (!statement_step(statement, &row, err))
        return false;
    passage->group.escalation_is_live = row && row_integer(statement, 0) > 0;
    statement_reset(statement);
    return true;
}

/* The ids of a JSON array of texts, and one more. */
static const char *
with_id(const char *ids, const char *id, struct arena *arena)
{
    size_t len = strlen(ids);
    return len > 2 ? arena_printf(arena, "%.*s,\"%s\"]", (int)len - 1, ids, id)
                   : arena_printf(arena, "[\"%s\"]", id);
}

bool
passage_group(struct passage *passage, struct error *err)
{
    const struct rule_route *route = passage->route;
    struct decision_route *said = passage->said;
    int64_t at = passage->alert->created_at;
    bool found;

    passage->escalation_ids = "[]";
    passage->group_incident_id = "";
    passage->is_grouped = route->groups;
    if (!route->groups)
        return true;
    passage->group_keys =
        rule_group_keys(route, &passage->scope.scope, &said->group_keys, &said->group_keys_len);
    if (!find_group(passage, &found, err) || (found && !look_at_incident(passage, err)))
        return false;
    passage->joins = found && rule_group_takes(route, &passage->group, at);
    if (passage->joins && !look_at_escalations(passage, err))
        return false;
    if (!passage->joins) {
        passage->group = (struct rule_group){.id = object_new_id(passage->now_ms, passage->arena),
                                             .opened_at = at};
        passage->escalation_ids = "[]";
        passage->group_incident_id = "";
    }
    passage->alert->alert_group_ids =
        with_id(passage->alert->alert_group_ids, passage->group.id, passage->arena);
    said->group_id = passage->group.id;
    said->group_is_new = !passage->joins;
    said->group_alerts = passage->group.alerts + 1;
    said->group_window_seconds = route->window_seconds;
    said->group_window_type = route->window_type;
    return true;
}

bool
passage_keep_group(struct passage *passage, struct error *err)
{
    const struct rule_group *group = &passage->group;
    struct statement *statement;
    int64_t digit = passage->alert->severity_digit;
    if (!passage->is_grouped)
        return true;
    if (digit == 0 || (group->severity_digit > 0 && group->severity_digit < digit))
        digit = group->severity_digit;
    if (!store_statement(passage->store, SQL_ALERT_GROUP_PUT, &statement, err))
        return false;
    bind_text(statement, "id", group->id);
    bind_text(statement, "alert_route_id", passage->route->id);
    bind_text(statement, "keys", passage->group_keys);
    bind_integer(statement, "opened_at", group->opened_at);
    bind_integer(statement, "last_at",
                 passage->alert->created_at > group->last_at ? passage->alert->created_at
                                                             : group->last_at);
    bind_integer(statement, "alerts", group->alerts + 1);
    bind_integer(statement, "severity_digit", digit);
    bind_text(statement, "incident_id",
              *passage->incident_id ? passage->incident_id : passage->group_incident_id);
    bind_text(statement, "escalation_ids", passage->escalation_ids);
    return statement_run(statement, err);
}
