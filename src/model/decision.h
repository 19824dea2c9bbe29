#pragma once

/*
 * What a hub decided on an alert, and why: each attribute and the expression that made it, each route condition by
 * condition, the group, the incident, who was paged. The hub keeps it as JSON, in these tables' shape, and writes it as a
 * note on the alert; whoever tells it (the note, `show`, the console, `rules test`) tells decision_story's lines.
 */

#include "base/arena.h"
#include "model/field.h"

#define DECISION_VERSION 1

#define DECISION_ATTRIBUTE_FIELDS(X)                                                               \
    X(TEXT, attribute_id, "attribute_id", 0, _)                                                    \
    X(TEXT, name, "name", FIELD_REQUIRED, _)                                                       \
    X(TEXT, expression, "expression", 0, _)                                                        \
    X(TEXT, value, "value", 0, _) /* as people read it; "" = not set */                            \
    X(TEXT, reason, "reason", 0, _)

/* An expression of a route. */
#define DECISION_EXPRESSION_FIELDS(X)                                                              \
    X(TEXT, reference, "reference", FIELD_REQUIRED, _)                                             \
    X(TEXT, expression, "expression", 0, _)                                                        \
    X(TEXT, value, "value", 0, _)                                                                  \
    X(TEXT, reason, "reason", 0, _)

#define DECISION_CONDITION_FIELDS(X)                                                               \
    X(TEXT, text, "text", FIELD_REQUIRED, _)                                                       \
    X(BOOLEAN, held, "held", FIELD_REQUIRED, _)                                                    \
    X(TEXT, found, "found", 0, _)                                                                  \
    X(INTEGER, alternative, "alternative", 0, _) /* 0 = there is only one */

#define DECISION_KEY_FIELDS(X)                                                                     \
    X(TEXT, name, "name", FIELD_REQUIRED, _)                                                       \
    X(TEXT, value, "value", 0, _)

#define DECISION_PERSON_FIELDS(X)                                                                  \
    X(TEXT, id, "id", 0, _)                                                                        \
    X(TEXT, name, "name", FIELD_REQUIRED, _)

/* An escalation that was begun, or why there is none. */
#define DECISION_PAGE_FIELDS(X)                                                                    \
    X(TEXT, escalation_id, "escalation_id", 0, _)                                                  \
    X(TEXT, path_id, "escalation_path_id", 0, _)                                                   \
    X(TEXT, name, "name", FIELD_REQUIRED, _) /* of the path, or the people */                      \
    X(LIST, people, "people", 0, decision_person)                                                  \
    X(TEXT, problem, "problem", 0, _)

#define DECISION_ROUTE_FIELDS(X)                                                                   \
    X(TEXT, id, "id", FIELD_REQUIRED, _)                                                           \
    X(TEXT, name, "name", FIELD_REQUIRED, _)                                                       \
    X(BOOLEAN, taken, "taken", FIELD_REQUIRED, _)                                                  \
    X(LIST, expressions, "expressions", 0, decision_expression)                                    \
    X(LIST, conditions, "conditions", 0, decision_condition)                                       \
    X(TEXT, group_id, "group.id", FIELD_REQUIRED, _)                                               \
    X(BOOLEAN, group_is_new, "group.is_new", 0, _)                                                 \
    X(INTEGER, group_alerts, "group.alerts", 0, _) /* this one included */                         \
    X(TEXT, group_window_type, "group.window_type", 0, _)                                          \
    X(INTEGER, group_window_seconds, "group.window_seconds", 0, _)                                 \
    X(LIST, group_keys, "group.keys", 0, decision_key)                                             \
    X(TEXT, incident_id, "incident.id", 0, _)                                                      \
    X(TEXT, incident_reference, "incident.reference", 0, _)                                        \
    X(TEXT, incident_name, "incident.name", 0, _)                                                  \
    X(BOOLEAN, incident_is_new, "incident.is_new", 0, _)                                           \
    X(TEXT, incident_status, "incident.status", 0, _)                                              \
    X(TEXT, incident_severity, "incident.severity", 0, _)                                          \
    X(TEXT, incident_why, "incident.why", 0, _)                                                    \
    X(LIST, incident_conditions, "incident.conditions", 0, decision_condition)                     \
    X(TEXT, page_why, "paging.why", 0, _)                                                          \
    X(LIST, pages, "paging.escalations", 0, decision_page)                                         \
    X(LIST, channels, "channels", 0, decision_person)

/* What came of it afterwards. */
#define DECISION_LATER_FIELDS(X)                                                                   \
    X(TIME, at, "at", FIELD_REQUIRED, _)                                                           \
    X(TEXT, text, "text", FIELD_REQUIRED, _)

#define DECISION_FIELDS(X)                                                                         \
    X(INTEGER, version, "tocsin_decision", FIELD_REQUIRED, _)                                      \
    X(TIME, decided_at, "decided_at", 0, _)                                                        \
    X(TEXT, alert_id, "alert_id", 0, _)                                                            \
    X(TEXT, title, "title", 0, _)                                                                  \
    X(TEXT, source_id, "alert_source_id", 0, _)                                                    \
    X(TEXT, source, "alert_source", 0, _)                                                          \
    X(TEXT, held_by, "maintenance_window", 0, _) /* name of the one that held it; "" = none */     \
    X(LIST, attributes, "attributes", 0, decision_attribute)                                       \
    X(LIST, routes, "routes", 0, decision_route)                                                   \
    X(INTEGER, other_routes, "other_routes", 0, _) /* of other sources, or for other values */     \
    X(LIST, later, "later", 0, decision_later)

#define DECISION_PARTS(X)                                                                          \
    X(decision_attribute, DECISION_ATTRIBUTE_FIELDS)                                               \
    X(decision_expression, DECISION_EXPRESSION_FIELDS)                                             \
    X(decision_condition, DECISION_CONDITION_FIELDS)                                               \
    X(decision_key, DECISION_KEY_FIELDS)                                                           \
    X(decision_person, DECISION_PERSON_FIELDS)                                                     \
    X(decision_page, DECISION_PAGE_FIELDS)                                                         \
    X(decision_route, DECISION_ROUTE_FIELDS)                                                       \
    X(decision_later, DECISION_LATER_FIELDS)                                                       \
    X(decision, DECISION_FIELDS)

#define X(name, FIELDS)                                                                            \
    struct name {                                                                                  \
        FIELDS(FIELD_DECLARE)                                                                      \
    };                                                                                             \
    extern const struct field_table name##_table;
DECISION_PARTS(X)
#undef X

/* ---- the story ---- */

enum story_kind { STORY_HEADING, STORY_TEXT, STORY_YES, STORY_NO };

struct story_line {
    enum story_kind kind;
    const char *text; /* one line; what came from outside in it is not cleaned */
};

const struct story_line *decision_story(const struct decision *decision, struct arena *arena,
                                        size_t *len);

/* The same lines as Markdown (headings, lists), and as plain text. Both end with a line feed. */
const char *story_markdown(const struct story_line *lines, size_t len, struct arena *arena);
const char *story_plain(const struct story_line *lines, size_t len, struct arena *arena);
