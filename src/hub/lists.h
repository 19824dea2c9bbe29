#pragma once

/* Lists and single objects, from the store's JSON as it stands. */

#include "hub/routes.h"

void answer_list(struct exchange *exchange);
void answer_one(struct exchange *exchange);

/* GET /v2/incident_timeline_items: oldest first by when it happened, unlike every other list. */
void answer_timeline(struct exchange *exchange);

/* An escalation as the key may see it: without incidents that are private. Its JSON; NULL when a failure was answered. */
const char *render_escalation(struct exchange *exchange, const char *json);

/* The catalog: this hub has none. */
void answer_catalog_types(struct exchange *exchange);
void answer_catalog_entries(struct exchange *exchange);

enum { PAGE_SIZE_DEFAULT = 25, PAGE_SIZE_REPORTED_MAX = 250 };

/* page_size and after by the list's rules, or a 422. */
bool page_read(struct exchange *exchange, const struct list_rules *rules, const char **after);

extern const struct list_rules alert_list, alert_route_list, alert_route_v2_list,
    incident_alert_list, alert_note_list, incident_list, incident_update_list, timeline_list,
    whole_list, attachment_list, relationship_list, follow_up_list, action_list, schedule_list,
    override_list, sync_target_list, sync_rule_list, escalation_list, escalation_path_list,
    user_list, team_list, postmortem_list, maintenance_window_list;
