#pragma once

/* What requests to create and to edit an incident have in common (facts 8.2): its roles, timestamps and custom fields. */

#include "hub/incident.h"
#include "hub/writes.h"

#define ROLE_SENT_FIELDS(X)                                                                        \
    X(TEXT, incident_role_id, "incident_role_id", FIELD_REQUIRED, _)                               \
    X(TEXT, assignee_id, "assignee.id", 0, _)                                                      \
    X(TEXT, assignee_email, "assignee.email", 0, _)                                                \
    X(TEXT, assignee_slack_user_id, "assignee.slack_user_id", 0, _)
struct role_sent {
    ROLE_SENT_FIELDS(FIELD_DECLARE)
};
extern const struct field_table role_sent_table;

#define TIMESTAMP_SENT_FIELDS(X)                                                                   \
    X(TEXT, incident_timestamp_id, "incident_timestamp_id", FIELD_REQUIRED, _)                     \
    X(TIME, value, "value", 0, _)
struct timestamp_sent {
    TIMESTAMP_SENT_FIELDS(FIELD_DECLARE)
};
extern const struct field_table timestamp_sent_table;

#define CUSTOM_VALUE_SENT_FIELDS(X)                                                                \
    X(TEXT, id, "id", 0, _)                                                                        \
    X(TEXT, value_text, "value_text", 0, _)                                                        \
    X(TEXT, value_link, "value_link", 0, _)                                                        \
    X(TEXT, value_numeric, "value_numeric", 0, _)                                                  \
    X(TEXT, value_timestamp, "value_timestamp", 0, _)                                              \
    X(TEXT, value_option_id, "value_option_id", 0, _)                                              \
    X(TEXT, value_catalog_entry_id, "value_catalog_entry_id", 0, _)
struct custom_value_sent {
    CUSTOM_VALUE_SENT_FIELDS(FIELD_DECLARE)
};
extern const struct field_table custom_value_sent_table;

#define CUSTOM_FIELD_SENT_FIELDS(X)                                                                \
    X(TEXT, custom_field_id, "custom_field_id", FIELD_REQUIRED, _)                                 \
    X(LIST, values, "values", FIELD_REQUIRED, custom_value_sent)
struct custom_field_sent {
    CUSTOM_FIELD_SENT_FIELDS(FIELD_DECLARE)
};
extern const struct field_table custom_field_sent_table;

/* `at` is what stands in front of the members: "incident." of an edit. */
#define INCIDENT_SENT_FIELDS(X, at, flags)                                                         \
    X(TEXT, name, at "name", flags, _)                                                             \
    X(TEXT, summary, at "summary", 0, _)                                                           \
    X(TEXT, severity_id, at "severity_id", 0, _)                                                   \
    X(TEXT, incident_status_id, at "incident_status_id", 0, _)                                     \
    X(LIST, custom_fields, at "custom_field_entries", 0, custom_field_sent)                        \
    X(LIST, roles, at "incident_role_assignments", 0, role_sent)                                   \
    X(LIST, timestamps, at "incident_timestamp_values", 0, timestamp_sent)                         \
    X(TEXT, slack_channel_name, at "slack_channel_name_override", 0, _)

struct incident_sent {
    INCIDENT_SENT_FIELDS(FIELD_DECLARE, "", 0)
};

/*
 * 422 on a field when it names what is not there: "incident." of an edit is `at`. Lengths are checked too.
 */
bool incident_sent_check(struct exchange *exchange, const struct incident_sent *sent,
                         const char *at);

/* The roles that are given, with people in the place of references; without an assignee: cleared. */
bool incident_sent_roles(struct exchange *exchange, const struct incident_sent *sent,
                         const char *at, struct incident_role_assignment **assignments);

/* The incident's custom fields, as JSON, with what is given in the place of what was. */
bool incident_sent_custom_fields(struct exchange *exchange, const struct incident_sent *sent,
                                 const char *at, const char *entries, const char **out);
