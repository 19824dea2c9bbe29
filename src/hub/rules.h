#pragma once

/*
 * Which routes take an alert, and why: pure, from what is in memory. Routes are found by source and by one attribute they
 * want to be equal, so that those for others cost nothing; conditions are compared for the survivors only, and their
 * expressions (jq) are run by whoever asks, in between:
 *
 *     rules_survivors → run the programs of those that have any → rules_decide
 */

#include "hub/condition.h"
#include "model/decision.h"

/* ---- a route as it is stored (facts 7) ---- */

#define RULE_SOURCE_FIELDS(X)                                                                      \
    X(TEXT, alert_source_id, "alert_source_id", FIELD_REQUIRED, _)                                 \
    X(LIST, condition_groups, "condition_groups", 0, condition_group)

/* One operation, parse, whose source is jq: others yield nothing here. */
#define RULE_OPERATION_FIELDS(X)                                                                   \
    X(TEXT, operation_type, "operation_type", 0, _)                                                \
    X(TEXT, source, "parse.source", 0, _)

#define RULE_EXPRESSION_FIELDS(X)                                                                  \
    X(TEXT, reference, "reference", FIELD_REQUIRED, _)                                             \
    X(TEXT, label, "label", 0, _)                                                                  \
    X(TEXT, root_reference, "root_reference", 0, _)                                                \
    X(LIST, operations, "operations", 0, rule_operation)                                           \
    X(TEXT, else_literal, "else_branch.result.value.literal", 0, _)                                \
    X(TEXT, else_reference, "else_branch.result.value.reference", 0, _)

#define RULE_TARGET_FIELDS(X)                                                                      \
    X(TEXT, path_literal, "escalation_paths.value.literal", 0, _)                                  \
    X(TEXT, path_reference, "escalation_paths.value.reference", 0, _)                              \
    X(LIST, paths, "escalation_paths.array_value", 0, binding_value)                               \
    X(TEXT, user_literal, "users.value.literal", 0, _)                                             \
    X(TEXT, user_reference, "users.value.reference", 0, _)                                         \
    X(LIST, users, "users.array_value", 0, binding_value)

#define RULE_DESTINATION_FIELDS(X)                                                                 \
    X(LIST, condition_groups, "condition_groups", 0, condition_group)                              \
    X(TEXT, channel_literal, "slack_targets.binding.value.literal", 0, _)                          \
    X(TEXT, channel_reference, "slack_targets.binding.value.reference", 0, _)                      \
    X(LIST, channels, "slack_targets.binding.array_value", 0, binding_value)

#define RULE_ROLE_FIELDS(X)                                                                        \
    X(TEXT, incident_role_id, "incident_role_id", FIELD_REQUIRED, _)                               \
    X(TEXT, literal, "binding.value.literal", 0, _) /* id or address of a person */                \
    X(TEXT, reference, "binding.value.reference", 0, _)

#define RULE_AT(X, p, path)                                                                        \
    X(TEXT, p##_literal, path ".binding.value.literal", 0, _)                                      \
    X(TEXT, p##_reference, path ".binding.value.reference", 0, _)
#define RULE_TEMPLATE "incident_config.template."
#define RULE_ROUTE_FIELDS(X)                                                                       \
    X(TEXT, id, "id", FIELD_REQUIRED, _)                                                           \
    X(TEXT, name, "name", FIELD_REQUIRED, _)                                                       \
    X(BOOLEAN, enabled, "enabled", FIELD_REQUIRED, _)                                              \
    X(LIST, alert_sources, "alert_sources", 0, rule_source)                                        \
    X(LIST, condition_groups, "condition_groups", 0, condition_group)                              \
    X(LIST, expressions, "expressions", 0, rule_expression)                                        \
    X(BOOLEAN, groups, "grouping_config.default.enabled", 0, _)                                    \
    X(LIST, grouping_keys, "grouping_config.default.grouping_keys", 0, binding_value)              \
    X(INTEGER, window_seconds, "grouping_config.default.window_seconds", 0, _)                     \
    X(TEXT, window_type, "grouping_config.default.window_type", 0, _)                              \
    X(BOOLEAN, auto_cancel, "escalation_config.auto_cancel_escalations", 0, _)                     \
    X(LIST, targets, "escalation_config.escalation_targets", 0, rule_target)                       \
    X(TEXT, joining_mode, "escalation_config.when_alert_joins_group.mode", 0, _)                   \
    X(INTEGER, grace_seconds, "escalation_config.when_alert_joins_group.grace_period_seconds", 0,  \
      _)                                                                                           \
    X(BOOLEAN, makes_incidents, "incident_config.enabled", 0, _)                                   \
    X(BOOLEAN, auto_decline, "incident_config.auto_decline_enabled", 0, _)                         \
    X(LIST, incident_conditions, "incident_config.condition_groups", 0, condition_group)           \
    RULE_AT(X, name_of_incident, RULE_TEMPLATE "name")                                             \
    RULE_AT(X, summary, RULE_TEMPLATE "summary")                                                   \
    RULE_AT(X, severity, RULE_TEMPLATE "severity")                                                 \
    X(TEXT, severity_merge, RULE_TEMPLATE "severity.merge_strategy", 0, _)                         \
    RULE_AT(X, triage, RULE_TEMPLATE "start_in_triage")                                            \
    RULE_AT(X, type, RULE_TEMPLATE "incident_type")                                                \
    RULE_AT(X, mode, RULE_TEMPLATE "incident_mode")                                                \
    X(LIST, roles, RULE_TEMPLATE "incident_role_assignments", 0, rule_role)                        \
    X(LIST, destinations, "message_config.destinations", 0, rule_destination)

#define RULE_PARTS(X)                                                                              \
    X(rule_source, RULE_SOURCE_FIELDS)                                                             \
    X(rule_operation, RULE_OPERATION_FIELDS)                                                       \
    X(rule_expression, RULE_EXPRESSION_FIELDS)                                                     \
    X(rule_target, RULE_TARGET_FIELDS)                                                             \
    X(rule_destination, RULE_DESTINATION_FIELDS)                                                   \
    X(rule_role, RULE_ROLE_FIELDS)                                                                 \
    X(rule_route, RULE_ROUTE_FIELDS)

#define X(name, FIELDS)                                                                            \
    struct name {                                                                                  \
        FIELDS(FIELD_DECLARE)                                                                      \
    };                                                                                             \
    extern const struct field_table name##_table;
RULE_PARTS(X)
#undef X

/* ---- a set of them ---- */

struct rules;
struct rules *rules_create(void);
void rules_destroy(struct rules *rules);

/* A route's JSON; one that is not enabled is left out. ERROR_INVALID when it makes no sense. */
MUST_CHECK bool rules_add(struct rules *rules, const char *route_json, struct error *err);
/* After the last was added. */
void rules_index(struct rules *rules);
size_t rules_len(const struct rules *rules);

/* What a program gave: JSON, or why there is nothing. */
struct rule_result {
    const char *json;   /* "" = nothing */
    const char *reason; /* "" = none */
};

/* A route that may take the alert. */
struct rule_survivor {
    const struct rule_route *route;
    size_t programs_len;               /* of its expressions */
    const struct rule_result *results; /* one an expression; NULL = not run */
};

/* In the order in which routes were added. Expressions are held to be whatever is wanted of them. */
size_t rules_survivors(const struct rules *rules, const struct alert *alert, struct arena *arena,
                       struct rule_survivor **survivors);

/* The jq programs of a route's expressions, one each; they are given rules_document. */
const char *const *rule_programs(const struct rule_route *route, struct arena *arena);
/*
 * {title, description, status, source_url, deduplication_key, source, attributes: {NAME: text or array},
 * attributes_by_id, metadata, query_params}
 */
const char *rules_document(const struct alert *alert, const char *source, const char *metadata,
                           const char *query_params, struct arena *arena);

/* An alert and what a route's expressions gave: where references of the route lead. */
struct rule_scope {
    struct scope scope;
    const struct alert *alert;
    const struct rule_survivor *survivor;
};
struct rule_scope rule_scope_of(const struct alert *alert, const struct rule_survivor *survivor,
                                struct arena *arena);

/*
 * Fills decision->routes and other_routes: one decision_route for each survivor and, of a source with few routes, for those
 * that are not. taken[i] belongs to routes[i]; it is NULL for one that was not taken.
 */
void rules_decide(const struct rules *rules, const struct alert *alert, const char *source,
                  const struct rule_survivor *survivors, size_t survivors_len, struct arena *arena,
                  struct decision *decision, const struct rule_survivor ***taken);

/* For the story, of groups that may be those of an incident: which of them held. */
const struct decision_condition *rules_explain(const struct condition_group *groups,
                                               size_t groups_len, const struct scope *scope,
                                               size_t *len);

/* ---- texts of templates ---- */

/* A literal with its {{references}} replaced, or what a reference stands for; "" = nothing. */
const char *rule_text(const char *literal, const char *reference, const struct scope *scope);

/* Values of `single` (literal or reference) and of a list, without duplicates. */
void rule_values(const char *literal, const char *reference, const struct binding_value *list,
                 size_t list_len, const struct scope *scope, struct subject_values *values);

/* ---- groups ---- */

/* A group of a route, as it was before the alert. */
struct rule_group {
    const char *id;
    int64_t opened_at, last_at;
    int64_t alerts;
    int64_t severity_digit; /* of the most severe alert, 1 = most; 0 = none had any */
    bool has_incident, incident_is_over;
    bool has_escalation, escalation_is_live;
};

/* The values of the route's keys, as text that is equal for equal ones; and for the story. */
const char *rule_group_keys(const struct rule_route *route, const struct scope *scope,
                            const struct decision_key **keys, size_t *keys_len);

/*
 * Whether a group takes an alert that begins at `at`: its window is open up to, not including, its end, and its incident is
 * not over.
 */
bool rule_group_takes(const struct rule_route *route, const struct rule_group *group, int64_t at);

/* Whether an alert pages; group NULL = it began one, or the route does not group. *why is for the story. */
bool rule_pages(const struct rule_route *route, const struct rule_group *group,
                int64_t severity_digit, const char **why);

/* Whether the incident's severity becomes the alert's, by rank (higher is more severe). */
bool rule_severity_changes(const struct rule_route *route, int64_t incident_rank,
                           int64_t alert_rank);
