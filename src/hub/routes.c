#include "hub/routes.h"

#include <string.h>

#include "hub/calendar.h"
#include "hub/cover.h"
#include "hub/documents.h"
#include "hub/intake.h"
#include "hub/lists.h"
#include "hub/oncall.h"
#include "hub/sync_groups.h"
#include "hub/writes.h"

#define LIST(at, scope_name, kind_id, rules)                                                       \
    .path = (at), .answer = answer_list, .scope = (scope_name), .kind = (kind_id), .list = &(rules)
#define ONE(at, scope_name, kind_id)                                                               \
    .path = (at), .answer = answer_one, .scope = (scope_name), .kind = (kind_id)
/* The same, of objects that are not served as they are stored. */
#define LIST_RENDERED(at, scope_name, kind_id, rules, function)                                    \
    .path = (at), .answer = answer_list, .scope = (scope_name), .kind = (kind_id),                 \
    .list = &(rules), .render = (function)
#define ONE_RENDERED(at, scope_name, kind_id, function)                                            \
    .path = (at), .answer = answer_one, .scope = (scope_name), .kind = (kind_id),                  \
    .render = (function)
/* Answers by itself. */
#define OWN(at, scope_name, kind_id, function)                                                     \
    .path = (at), .answer = (function), .scope = (scope_name), .kind = (kind_id)
/* What alert sources send, opened by their secret; the type in the path is for people (facts 5.1). */
#define EVENTS(at)                                                                                 \
    .path = (at), .take = take_alert_event, .by_secret = true, .scope = "",                        \
    .kind = KIND_ALERT_SOURCE, .limit = LIMIT_EVENTS
/* A path that is only written to. */
#define WRITTEN(at, kind_id) .path = (at), .scope = "", .kind = (kind_id)
/* A path of the API that the hub does not serve. */
#define ELSEWHERE(at) .path = (at), .scope = "", .kind = KIND_COUNT

const struct route routes[] = {
    {OWN("/v1/identity", "", KIND_COUNT, answer_identity)},

    {LIST("/v2/alerts", "alerts.view", KIND_ALERT, alert_list)},
    {ONE("/v2/alerts/{id}", "alerts.view", KIND_ALERT)},
    {WRITTEN("/v2/alerts/{id}/actions/resolve", KIND_ALERT), .post = &alert_resolve_write},
    {LIST("/v1/alert_notes", "alerts.view", KIND_ALERT_NOTE, alert_note_list),
     .post = &alert_note_create},
    {ONE("/v1/alert_notes/{id}", "alerts.view", KIND_ALERT_NOTE), .put = &alert_note_update,
     .remove = &alert_note_delete},
    {LIST("/v2/alert_sources", "alert_sources.view", KIND_ALERT_SOURCE, whole_list)},
    {ONE("/v2/alert_sources/{id}", "alert_sources.view", KIND_ALERT_SOURCE)},
    {LIST("/v2/alert_attributes", "alert_schema.view", KIND_ALERT_ATTRIBUTE, whole_list)},
    {ONE("/v2/alert_attributes/{id}", "alert_schema.view", KIND_ALERT_ATTRIBUTE)},
    {LIST_RENDERED("/v3/alert_routes", "alert_routes.view", KIND_ALERT_ROUTE, alert_route_list,
                   render_alert_route_slim)},
    {ONE("/v3/alert_routes/{id}", "alert_routes.view", KIND_ALERT_ROUTE)},
    {LIST_RENDERED("/v2/alert_routes", "alert_routes.view", KIND_ALERT_ROUTE, alert_route_v2_list,
                   render_alert_route_slim)},
    {ONE_RENDERED("/v2/alert_routes/{id}", "alert_routes.view", KIND_ALERT_ROUTE,
                  render_alert_route_v2)},
    {LIST("/v2/incident_alerts", "alerts.view", KIND_INCIDENT_ALERT, incident_alert_list),
     .post = &incident_alert_attach},

    {.path = "/v2/incidents",
     .answer = answer_list,
     .scope = "incidents.view",
     .kind = KIND_INCIDENT,
     .list = &incident_list,
     .limit = LIMIT_INCIDENTS,
     .post = &incident_create},
    {ONE("/v2/incidents/{id}", "incidents.view", KIND_INCIDENT)},
    {WRITTEN("/v2/incidents/{id}/actions/edit", KIND_INCIDENT), .post = &incident_edit},
    {LIST("/v2/incident_updates", "incidents.view", KIND_INCIDENT_UPDATE, incident_update_list)},
    {.path = "/v2/incident_timeline_items",
     .answer = answer_timeline,
     .scope = "incidents.view",
     .kind = KIND_INCIDENT_TIMELINE_ITEM,
     .list = &timeline_list,
     .post = &timeline_item_create},
    {WRITTEN("/v2/incident_timeline_items/{id}", KIND_INCIDENT_TIMELINE_ITEM),
     .patch = &timeline_item_update},
    {LIST("/v1/incident_statuses", "incident_statuses.view", KIND_INCIDENT_STATUS, whole_list)},
    {ONE("/v1/incident_statuses/{id}", "incident_statuses.view", KIND_INCIDENT_STATUS)},
    {LIST("/v1/severities", "severities.view", KIND_SEVERITY, whole_list)},
    {ONE("/v1/severities/{id}", "severities.view", KIND_SEVERITY)},
    {LIST("/v2/incident_roles", "incident_roles.view", KIND_INCIDENT_ROLE, whole_list)},
    {ONE("/v2/incident_roles/{id}", "incident_roles.view", KIND_INCIDENT_ROLE)},
    {LIST("/v1/incident_types", "incident_types.view", KIND_INCIDENT_TYPE, whole_list)},
    {ONE("/v1/incident_types/{id}", "incident_types.view", KIND_INCIDENT_TYPE)},
    {LIST("/v2/incident_timestamps", "", KIND_INCIDENT_TIMESTAMP, whole_list)},
    {ONE("/v2/incident_timestamps/{id}", "", KIND_INCIDENT_TIMESTAMP)},
    {LIST("/v1/incident_attachments", "attachments.view", KIND_INCIDENT_ATTACHMENT,
          attachment_list),
     .post = &attachment_create},
    {WRITTEN("/v1/incident_attachments/{id}", KIND_INCIDENT_ATTACHMENT),
     .remove = &attachment_delete},
    {LIST("/v1/incident_relationships", "incidents.view", KIND_INCIDENT_RELATIONSHIP,
          relationship_list)},
    {LIST("/v2/follow_ups", "actions.view", KIND_FOLLOW_UP, follow_up_list),
     .post = &follow_up_create},
    {ONE("/v2/follow_ups/{id}", "actions.view", KIND_FOLLOW_UP), .put = &follow_up_update,
     .remove = &follow_up_delete},
    {WRITTEN("/v2/follow_ups/{id}/actions/connect_external_issue", KIND_FOLLOW_UP),
     .post = &follow_up_connect},
    {LIST("/v2/actions", "actions.view", KIND_ACTION, action_list), .post = &action_create},
    {ONE("/v2/actions/{id}", "actions.view", KIND_ACTION), .put = &action_update,
     .remove = &action_delete},
    {LIST("/v1/postmortem_documents", "incidents.view", KIND_POSTMORTEM_DOCUMENT, postmortem_list),
     .post = &postmortem_create},
    {ONE("/v1/postmortem_documents/{id}", "incidents.view", KIND_POSTMORTEM_DOCUMENT),
     .put = &postmortem_update},
    {OWN("/v1/postmortem_documents/{id}/content", "in_app_postmortems.copy_as_markdown",
         KIND_POSTMORTEM_DOCUMENT, answer_postmortem_content),
     .put = &postmortem_content_update},
    {WRITTEN("/v1/postmortem_documents/actions/attach", KIND_POSTMORTEM_DOCUMENT),
     .post = &postmortem_attach},

    {LIST_RENDERED("/v2/schedules", "schedules.view", KIND_SCHEDULE, schedule_list,
                   render_schedule),
     .post = &schedule_create},
    {ONE_RENDERED("/v2/schedules/{id}", "schedules.view", KIND_SCHEDULE, render_schedule),
     .put = &schedule_update, .remove = &schedule_delete},
    {ELSEWHERE("/v2/schedules/{id}/actions/preview_entries"), .post = &schedule_preview},
    {OWN("/calendars/shifts.ics", "schedules.view", KIND_SCHEDULE, answer_calendar),
     .key_in_url = true, .media_type = "text/calendar; charset=utf-8"},
    {OWN("/v2/schedule_entries", "schedules.view", KIND_SCHEDULE, answer_schedule_entries)},
    {LIST("/v2/schedule_overrides", "schedules.view", KIND_SCHEDULE_OVERRIDE, override_list),
     .post = &override_create},
    {ONE("/v2/schedule_overrides/{id}", "schedules.view", KIND_SCHEDULE_OVERRIDE),
     .put = &override_update, .remove = &override_delete},
    {OWN("/v2/schedule_cover_requests", "schedules.view", KIND_COUNT, answer_cover_requests),
     .post = &cover_ask},
    {OWN("/v2/schedule_cover_requests/{id}", "schedules.view", KIND_COUNT, answer_cover_request),
     .remove = &cover_withdraw},
    {ELSEWHERE("/v2/schedule_cover_requests/{id}/actions/offer"), .post = &cover_offer},
    {ELSEWHERE("/v2/schedule_cover_requests/{id}/actions/take"), .post = &cover_take},
    {LIST_RENDERED("/v2/schedule_sync_targets", "schedules.view", KIND_SCHEDULE_SYNC_TARGET,
                   sync_target_list, render_sync_target),
     .post = &sync_target_create},
    {ONE_RENDERED("/v2/schedule_sync_targets/{id}", "schedules.view", KIND_SCHEDULE_SYNC_TARGET,
                  render_sync_target),
     .put = &sync_target_update, .remove = &sync_target_delete},
    {LIST_RENDERED("/v2/schedules/{schedule_id}/sync_rules", "schedules.view",
                   KIND_SCHEDULE_SYNC_RULE, sync_rule_list, render_sync_rule),
     .post = &sync_rule_create},
    {ONE_RENDERED("/v2/schedules/{schedule_id}/sync_rules/{id}", "schedules.view",
                  KIND_SCHEDULE_SYNC_RULE, render_sync_rule),
     .put = &sync_rule_update, .remove = &sync_rule_delete},

    {LIST_RENDERED("/v2/escalations", "escalations.view", KIND_ESCALATION, escalation_list,
                   render_escalation),
     .post = &escalation_create},
    {ONE_RENDERED("/v2/escalations/{id}", "escalations.view", KIND_ESCALATION, render_escalation)},
    {LIST_RENDERED("/v2/escalation_paths", "escalation_paths.view", KIND_ESCALATION_PATH,
                   escalation_path_list, render_escalation_path)},
    {ONE_RENDERED("/v2/escalation_paths/{id}", "escalation_paths.view", KIND_ESCALATION_PATH,
                  render_escalation_path)},

    {LIST("/v2/users", "users.view", KIND_USER, user_list)},
    {ONE("/v2/users/{id}", "users.view", KIND_USER)},
    {LIST("/v3/teams", "catalog_entries.view", KIND_TEAM, team_list)},
    {ONE("/v3/teams/{id}", "catalog_entries.view", KIND_TEAM)},
    {LIST("/v1/maintenance_windows", "maintenance_windows.view", KIND_MAINTENANCE_WINDOW,
          maintenance_window_list),
     .post = &maintenance_window_create},
    {ONE("/v1/maintenance_windows/{id}", "maintenance_windows.view", KIND_MAINTENANCE_WINDOW),
     .put = &maintenance_window_update, .remove = &maintenance_window_delete},
    {OWN("/v3/catalog_types", "catalog_types.view", KIND_COUNT, answer_catalog_types)},
    {OWN("/v3/catalog_entries", "catalog_entries.view", KIND_COUNT, answer_catalog_entries)},

    {EVENTS("/v2/alert_events/http/{id}")},
    {EVENTS("/v2/alert_events/http_custom/{id}")},
    {EVENTS("/v2/alert_events/alertmanager/{id}")},
    {EVENTS("/v2/alert_events/grafana/{id}")},
    {EVENTS("/v2/alert_events/monte_carlo/{id}")},
    {.path = "/v2/heartbeat/{id}/ping",
     .answer = take_heartbeat,
     .take = take_heartbeat,
     .by_secret = true,
     .scope = "",
     .kind = KIND_ALERT_SOURCE,
     .limit = LIMIT_EVENTS},

    {ELSEWHERE("/v2/alert_sources/actions/validate")},
    {.path = "/v2/escalations/{id}/actions/cancel",
     .kind = KIND_ESCALATION,
     .post = &escalation_cancel},
    {.path = "/v2/escalations/{id}/actions/respond",
     .kind = KIND_ESCALATION,
     .post = &escalation_respond_write},
};
const size_t routes_len = sizeof(routes) / sizeof(routes[0]);

/* Compares segment by segment; "{name}" takes any but an empty one. */
static bool
matches(const char *pattern, const struct request *request, const char **id,
        const char **schedule_id)
{
    *id = *schedule_id = "";
    for (size_t i = 0; i < request->segments_len; i++) {
        const char *segment = request->segments[i];
        if (*pattern != '/')
            return false;
        size_t len = strcspn(++pattern, "/");
        if (*pattern == '{') {
            if (segment[0] == '\0')
                return false;
            *(strncmp(pattern, "{schedule_id}", len) == 0 ? schedule_id : id) = segment;
        } else if (strlen(segment) != len || strncmp(pattern, segment, len) != 0) {
            return false;
        }
        pattern += len;
    }
    return *pattern == '\0' && request->segments_len > 0;
}

const struct route *
route_find(const struct request *request, const char **id, const char **schedule_id)
{
    for (size_t i = 0; i < routes_len; i++) {
        if (matches(routes[i].path, request, id, schedule_id))
            return &routes[i];
    }
    *id = *schedule_id = "";
    return NULL;
}
