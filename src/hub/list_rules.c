/* What each list takes: page sizes, filters, and the rules that hold without being asked for (facts 3, 5 to 13). */

#include "hub/lists.h"

#define FILTERS(array) .filters = (array), .filters_len = sizeof(array) / sizeof((array)[0])

static bool
needs(struct list_query *query, const char *name)
{
    if (filters_has(query->exchange, name))
        return true;
    return answer_error(query->exchange, 422, "is_required", name, "'%s' is missing", name);
}

/* ---- alerts ---- */

static const struct list_filter alert_filters[] = {
    {"deduplication_key", OPERATOR_IS, filter_column, "deduplication_key", false},
    {"status", OPERATORS_SET, filter_column, "status", false},
    {"alert_source", OPERATORS_SET, filter_column, "alert_source_id", false},
    {"alert_group_id", OPERATOR_ONE_OF, filter_alert_group, NULL, false},
    {"created_at", OPERATORS_TIME, filter_moment, "created_at", false},
    {"updated_at", OPERATORS_TIME, filter_moment, "updated_at", false},
    {"attributes", OPERATORS_SET | OPERATOR_IS | OPERATOR_IS_BLANK, filter_attribute, NULL, true},
    {"has_notes", OPERATOR_IS, filter_has_notes, NULL, false},
    {"include_maintenance_window", OPERATOR_IS, filter_maintenance, NULL, false},
};
const struct list_rules alert_list = {FILTERS(alert_filters), .page_max = 50,
                                      .page_required = true};

const struct list_rules alert_route_list = {.page_max = 50};
const struct list_rules alert_route_v2_list = {.page_max = 50, .page_required = true};

static const struct list_filter incident_alert_filters[] = {
    {"alert_id", OPERATOR_PLAIN, filter_column, "alert_id", false},
    {"incident_id", OPERATOR_PLAIN, filter_column, "incident_id", false},
};
const struct list_rules incident_alert_list = {FILTERS(incident_alert_filters), .page_max = 50,
                                               .page_required = true};

static const struct list_filter alert_note_filters[] = {
    {"alert_id", OPERATOR_PLAIN, filter_column, "alert_id", false},
    {"alert_group_id", OPERATOR_PLAIN, filter_column, "alert_group_id", false},
};

static bool
prepare_alert_notes(struct list_query *query)
{
    bool alert = filters_has(query->exchange, "alert_id");

    if (alert != filters_has(query->exchange, "alert_group_id"))
        return true;
    return answer_error(query->exchange, 422, alert ? "invalid_value" : "is_required", "alert_id",
                        "give exactly one of 'alert_id' and 'alert_group_id'");
}
const struct list_rules alert_note_list = {FILTERS(alert_note_filters), .page_max = 250,
                                           .prepare = prepare_alert_notes};

/* ---- incidents ---- */

static const struct list_filter incident_filters[] = {
    {"filter_mode", OPERATOR_PLAIN, filter_mode, NULL, false},
    {"sort_by", OPERATOR_PLAIN, filter_sort, NULL, false},
    {"status", OPERATORS_SET, filter_column, "incident_status_id", false},
    {"status_category", OPERATORS_SET, filter_column, "incident_status_category", false},
    {"created_at", OPERATORS_TIME, filter_day, "created_at", false},
    {"updated_at", OPERATORS_TIME, filter_day, "updated_at", false},
    {"severity", OPERATORS_SET | OPERATOR_GTE | OPERATOR_LTE, filter_severity, "severity_id",
     false},
    {"incident_type", OPERATORS_SET, filter_column, "incident_type_id", false},
    {"incident_role", OPERATOR_ONE_OF | OPERATOR_IS_BLANK, filter_role, NULL, true},
    {"custom_field", OPERATORS_SET | OPERATOR_IS | OPERATOR_IS_BLANK, filter_custom_field, NULL,
     true},
    {"mode", OPERATOR_ONE_OF, filter_column, "mode", false},
};

/* Unasked, the list leaves out tests and tutorials, and what came to nothing. */
static bool
prepare_incidents(struct list_query *query)
{
    static const char *const usual_modes[] = {"standard", "retrospective"};
    static const char *const dropped[] = {"declined", "canceled", "merged"};

    if (!filters_has(query->exchange, "mode"))
        require(query, "mode", CACHE_IS, usual_modes, 2);
    if (!filters_has(query->exchange, "status_category"))
        require(query, "incident_status_category", CACHE_IS_NOT, dropped, 3);
    return true;
}
const struct list_rules incident_list = {FILTERS(incident_filters), .page_max = 250, .total = true,
                                         .prepare = prepare_incidents};

static const struct list_filter by_incident_filters[] = {
    {"incident_id", OPERATOR_PLAIN, filter_column, "incident_id", false},
};
const struct list_rules incident_update_list = {FILTERS(by_incident_filters), .page_max = 250};

static bool
prepare_of_incident(struct list_query *query)
{
    return needs(query, "incident_id");
}
const struct list_rules timeline_list = {FILTERS(by_incident_filters), .page_max = 250,
                                         .prepare = prepare_of_incident};

const struct list_rules whole_list = {.page_max = 0};

static const struct list_filter attachment_filters[] = {
    {"incident_id", OPERATOR_PLAIN, filter_column, "incident_id", false},
    {"resource_type", OPERATOR_PLAIN, filter_column, "resource_type", false},
    {"external_id", OPERATOR_PLAIN, filter_column, "resource_external_id", false},
};

static bool
prepare_attachments(struct list_query *query)
{
    bool incident = filters_has(query->exchange, "incident_id");
    bool type = filters_has(query->exchange, "resource_type");
    bool external = filters_has(query->exchange, "external_id");

    if (type == external && (incident || type))
        return true;
    return answer_error(query->exchange, 422, "is_required",
                        type != external ? (type ? "external_id" : "resource_type") : "incident_id",
                        "give 'incident_id', or 'resource_type' and 'external_id'");
}
const struct list_rules attachment_list = {FILTERS(attachment_filters),
                                           .prepare = prepare_attachments};

static const struct list_filter relationship_filters[] = {
    {"incident_id", OPERATOR_PLAIN, filter_column, "parent_incident_id", false},
};
const struct list_rules relationship_list = {FILTERS(relationship_filters), .page_max = 250,
                                             .prepare = prepare_of_incident};

static const struct list_filter follow_up_filters[] = {
    {"incident_id", OPERATOR_PLAIN, filter_column, "incident_id", false},
    {"incident_mode", OPERATOR_PLAIN, filter_incident_mode, NULL, false},
    {"assignee_team_id", OPERATOR_PLAIN, filter_column, "assignee_team_id", false},
};

static bool
prepare_by_mode(struct list_query *query)
{
    return filters_has(query->exchange, "incident_mode") || require_incident_mode(query, "");
}
const struct list_rules follow_up_list = {FILTERS(follow_up_filters), .prepare = prepare_by_mode};

static const struct list_filter action_filters[] = {
    {"incident_id", OPERATOR_PLAIN, filter_column, "incident_id", false},
    {"incident_mode", OPERATOR_PLAIN, filter_incident_mode, NULL, false},
};
const struct list_rules action_list = {FILTERS(action_filters), .prepare = prepare_by_mode};

static const struct list_filter postmortem_filters[] = {
    {"incident_id", OPERATOR_PLAIN, filter_column, "incident_id", false},
    {"sort_by", OPERATOR_PLAIN, filter_sort, NULL, false},
};
const struct list_rules postmortem_list = {FILTERS(postmortem_filters), .page_max = 250};

/* ---- schedules ---- */

const struct list_rules schedule_list = {.page_max = 10000, .total = true};
const struct list_rules sync_target_list = {.page_max = 250};

static const struct list_filter override_filters[] = {
    {"schedule_id", OPERATOR_PLAIN, filter_column, "schedule_id", false},
    {"rotation_id", OPERATOR_PLAIN, filter_column, "rotation_id", false},
    {"layer_id", OPERATOR_PLAIN, filter_column, "layer_id", false},
};

static bool
prepare_overrides(struct list_query *query)
{
    return needs(query, "schedule_id");
}
const struct list_rules override_list = {FILTERS(override_filters), .page_max = 250,
                                         .prepare = prepare_overrides};

static bool
prepare_sync_rules(struct list_query *query)
{
    struct exchange *exchange = query->exchange;
    struct schedule schedule;
    struct error err;
    bool found;

    if (!cache_get(exchange->store, KIND_SCHEDULE, exchange->schedule_id, exchange->arena,
                   &schedule, &found, &err))
        return answer_failure(exchange, &err);
    if (!found)
        return answer_error(exchange, 404, "resource_not_found", "", "there is no such schedule");
    return true; /* that the rules are this schedule's is required of every path with a schedule */
}
const struct list_rules sync_rule_list = {.page_max = 250, .prepare = prepare_sync_rules};

/* ---- escalations, people, windows ---- */

static const struct list_filter escalation_filters[] = {
    {"escalation_path", OPERATORS_SET, filter_column, "escalation_path_id", false},
    {"status", OPERATORS_SET, filter_column, "status", false},
    {"alert", OPERATORS_SET, filter_escalation_alert, NULL, false},
    {"incident", OPERATORS_SET, filter_escalation_incident, NULL, false},
    {"created_at", OPERATORS_TIME, filter_day, "created_at", false},
    {"updated_at", OPERATORS_TIME, filter_day, "updated_at", false},
    {"idempotency_key", OPERATOR_IS | OPERATOR_STARTS_WITH, filter_idempotency_key, NULL, false},
};
const struct list_rules escalation_list = {FILTERS(escalation_filters), .page_max = 50};
const struct list_rules escalation_path_list = {.page_max = 25};

static const struct list_filter user_filters[] = {
    {"email", OPERATOR_PLAIN, filter_column, "email", false},
    {"slack_user_id", OPERATOR_PLAIN, filter_column, "slack_user_id", false},
    {"include_inactive", OPERATOR_PLAIN, filter_boolean, NULL, false},
};

static bool
prepare_users(struct list_query *query)
{
    if (!text_equals(request_parameter(query->exchange->request, "include_inactive"), "true"))
        require_text(query, "is_active", CACHE_IS, "true");
    return true;
}
const struct list_rules user_list = {FILTERS(user_filters), .page_max = 10000,
                                     .prepare = prepare_users};
const struct list_rules team_list = {.page_max = 250};

static const struct list_filter maintenance_window_filters[] = {
    {"status", OPERATOR_PLAIN, filter_window_status, NULL, false},
};
const struct list_rules maintenance_window_list = {FILTERS(maintenance_window_filters),
                                                   .page_max = 50};
