#pragma once

/*
 * The resources of incident.io's public API, under its own names. Sources of every field: the published API description
 * (OpenAPI, August 2026) and the sections named below of the facts file. Strings are valid UTF-8, NUL-terminated and never
 * NULL after decoding. Everything reachable from a struct lives in the arena it was decoded into.
 */

#include "model/field.h"

/* Flags in the lists: R required, P parent required, C column, S search, L local (enum field_flags; fields.c has the letters). */

/* ---- enumerations: X(name, what stands for "unset" where the member is required, values...) ---- */

#define ENUMERATIONS(X)                                                                            \
    X(alert_status, "", "firing", "resolved")                                                      \
    X(alert_source_type, "", "alertmanager", "app_optics", "azure_monitor", "big_panda",           \
      "bugsnag", "checkly", "chronosphere", "cloudwatch", "cloudflare", "coralogix", "cronitor",   \
      "crowdstrike_falcon", "dash0", "datadog", "dynatrace", "elasticsearch", "email", "expel",    \
      "github_issue", "google_cloud", "grafana", "heartbeat", "http", "http_custom", "honeycomb",  \
      "incoming_calls", "jira", "jsm", "monte_carlo", "nagios", "new_relic", "opsgenie", "prtg",   \
      "pager_duty", "panther", "pingdom", "runscope", "sns", "sentry", "sentry_metric",            \
      "service_now", "splunk", "status_cake", "status_page_views", "sumo_logic", "uptime",         \
      "vercel", "wiz", "zendesk")                                                                  \
    /* two vocabularies: slim incidents say "active" for live, "post-incident" for learning */     \
    X(incident_status_category, "", "triage", "live", "learning", "paused", "closed", "declined",  \
      "canceled", "merged")                                                                        \
    X(incident_slim_category, "", "triage", "active", "post-incident", "paused", "closed",         \
      "declined", "canceled", "merged")                                                            \
    X(visibility, "", "public", "private")                                                         \
    X(incident_mode, "", "standard", "retrospective", "test", "tutorial")                          \
    X(incident_role_type, "", "lead", "reporter", "custom")                                        \
    X(create_in_triage, "", "always", "optional")                                                  \
    X(follow_up_status, "", "outstanding", "completed", "deleted", "not_doing")                    \
    X(escalation_status, "", "pending", "triggered", "acked", "resolved", "expired", "cancelled",  \
      "snoozed", "delayed", "pending_repeat")                                                      \
    X(escalation_event_type, "", "entered_grace_period", "triggered", "notified_users",            \
      "notified_channels", "acked", "cancelled", "resolved", "expired")                            \
    X(escalation_urgency, "", "high", "low")                                                       \
    X(schedule_sync_type, "", "on_call", "all_users", "next_on_call")                              \
    X(schedule_entry_list, "", "final", "scheduled", "overrides")                                  \
    X(attachment_resource_type, "", "pager_duty_incident", "opsgenie_alert",                       \
      "datadog_monitor_alert", "github_pull_request", "gitlab_merge_request", "sentry_issue",      \
      "jira_issue", "jsm_alert", "atlassian_statuspage_incident", "zendesk_ticket",                \
      "google_calendar_event", "outlook_calendar_event", "slack_file", "salesforce_case",          \
      "arbitrary_url", "scrubbed", "statuspage_incident")                                          \
    X(issue_provider, "", "asana", "azure_devops", "click_up", "linear", "jira", "jira_server",    \
      "github", "gitlab", "service_now", "shortcut", "notion")                                     \
    X(user_role, "unset", "viewer", "responder", "administrator", "owner", "unset")                \
    X(user_seat, "none", "full_access", "viewer_only", "none")                                     \
    X(postmortem_document_status, "", "in_progress", "in_review", "completed")                     \
    X(postmortem_document_type, "", "in_app", "external")

#define X(name, unset, ...) extern const struct enumeration name##_enumeration;
ENUMERATIONS(X)
#undef X

/* ---- embedded objects: `p` is the member prefix, `path` where it sits, `f` flags for all of its rows ---- */

#define USER_AT(X, p, path, f)                                                                     \
    X(TEXT, p##_id, path ".id", R | f, _)                                                          \
    X(TEXT, p##_name, path ".name", R | f, _)                                                      \
    X(TEXT, p##_email, path ".email", f, _)                                                        \
    X(ENUM, p##_role, path ".role", R, user_role)                                                  \
    X(TEXT, p##_slack_user_id, path ".slack_user_id", 0, _)

/* Who did it: exactly one of four, or none: an empty object, which is still always there. */
#define ACTOR_AT(X, p, path, f)                                                                    \
    USER_AT(X, p##_user, path ".user", P | f)                                                      \
    X(TEXT, p##_api_key_id, path ".api_key.id", R, _)                                              \
    X(TEXT, p##_api_key_name, path ".api_key.name", R | f, _)                                      \
    X(TEXT, p##_alert_id, path ".alert.id", R, _)                                                  \
    X(TEXT, p##_alert_title, path ".alert.title", R | f, _)                                        \
    X(TEXT, p##_workflow_id, path ".workflow.id", R, _)                                            \
    X(TEXT, p##_workflow_name, path ".workflow.name", R | f, _)

#define INCIDENT_STATUS_AT(X, p, path, f)                                                          \
    X(TEXT, p##_id, path ".id", R | f, _)                                                          \
    X(TEXT, p##_name, path ".name", R | f, _)                                                      \
    X(ENUM, p##_category, path ".category", R | f, incident_status_category)                       \
    X(INTEGER, p##_rank, path ".rank", R, _)                                                       \
    X(TEXT, p##_description, path ".description", R, _)                                            \
    X(TIME, p##_created_at, path ".created_at", R, _)                                              \
    X(TIME, p##_updated_at, path ".updated_at", R, _)

#define SEVERITY_AT(X, p, path, f)                                                                 \
    X(TEXT, p##_id, path ".id", R | f, _)                                                          \
    X(TEXT, p##_name, path ".name", R | f, _)                                                      \
    X(INTEGER, p##_rank, path ".rank", R | f, _)                                                   \
    X(TEXT, p##_description, path ".description", R, _)                                            \
    X(TIME, p##_created_at, path ".created_at", R, _)                                              \
    X(TIME, p##_updated_at, path ".updated_at", R, _)

#define EXTERNAL_ISSUE_AT(X, p, path, f)                                                           \
    X(TEXT, p##_name, path ".issue_name", R | f, _)                                                \
    X(TEXT, p##_permalink, path ".issue_permalink", R | f, _)                                      \
    X(ENUM, p##_provider, path ".provider", R | f, issue_provider)

/* "slim" objects of links and escalations */
#define ALERT_SLIM_AT(X, p, path, f)                                                               \
    X(TEXT, p##_id, path "id", R | f, _)                                                           \
    X(TEXT, p##_title, path "title", R | f, _)                                                     \
    X(ENUM, p##_status, path "status", R, alert_status)                                            \
    X(TEXT, p##_deduplication_key, path "deduplication_key", R, _)                                 \
    X(TEXT, p##_alert_source_id, path "alert_source_id", R, _)                                     \
    X(TEXT, p##_description, path "description", 0, _)                                             \
    X(TEXT, p##_source_url, path "source_url", 0, _)                                               \
    X(ARRAY, p##_alert_group_ids, path "alert_group_ids", 0, _)                                    \
    X(TIME, p##_created_at, path "created_at", R, _)                                               \
    X(TIME, p##_updated_at, path "updated_at", R, _)                                               \
    X(TIME, p##_resolved_at, path "resolved_at", 0, _)

#define INCIDENT_SLIM_AT(X, p, path, f)                                                            \
    X(TEXT, p##_id, path "id", R | f, _)                                                           \
    X(INTEGER, p##_external_id, path "external_id", R, _)                                          \
    X(TEXT, p##_reference, path "reference", R | f, _)                                             \
    X(TEXT, p##_name, path "name", R, _)                                                           \
    X(ENUM, p##_status_category, path "status_category", R, incident_slim_category)                \
    X(ENUM, p##_visibility, path "visibility", R, visibility)                                      \
    X(TEXT, p##_summary, path "summary", 0, _)

/* ---- alerts (facts 5) ---- */

#define ALERT_ATTRIBUTE_VALUE_FIELDS(X)                                                            \
    X(TEXT, literal, "literal", C | S, _)                                                          \
    X(TEXT, label, "label", C | S, _)                                                              \
    X(TEXT, catalog_entry_id, "catalog_entry.id", R | C, _)                                        \
    X(TEXT, catalog_entry_name, "catalog_entry.name", R | C | S, _)                                \
    X(TEXT, catalog_entry_catalog_type_id, "catalog_entry.catalog_type_id", R, _)

#define ALERT_ATTRIBUTE_ENTRY_FIELDS(X)                                                            \
    X(TEXT, attribute_id, "attribute.id", R | P | C, _)                                            \
    X(TEXT, attribute_name, "attribute.name", R | C, _)                                            \
    X(TEXT, attribute_type, "attribute.type", R, _)                                                \
    X(BOOLEAN, attribute_array, "attribute.array", R, _)                                           \
    X(BOOLEAN, attribute_required, "attribute.required", R, _)                                     \
    X(TEXT, attribute_emoji, "attribute.emoji", 0, _)                                              \
    X(TEXT, literal, "value.literal", C | S, _)                                                    \
    X(TEXT, label, "value.label", C | S, _)                                                        \
    X(TEXT, catalog_entry_id, "value.catalog_entry.id", R | C, _)                                  \
    X(TEXT, catalog_entry_name, "value.catalog_entry.name", R | C | S, _)                          \
    X(TEXT, catalog_entry_catalog_type_id, "value.catalog_entry.catalog_type_id", R, _)            \
    X(LIST, array_value, "array_value", 0, alert_attribute_value)

/* Severity and its like are attributes like any other: the profile says which is which (attribute_roles). */
#define ALERT_FIELDS(X)                                                                            \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, title, "title", R | C | S, _)                                                          \
    X(TEXT, description, "description", S, _)                                                      \
    X(ENUM, status, "status", R | C, alert_status)                                                 \
    X(TEXT, deduplication_key, "deduplication_key", R | C, _)                                      \
    X(TEXT, alert_source_id, "alert_source_id", R | C, _)                                          \
    X(TEXT, source_url, "source_url", C, _)                                                        \
    X(ARRAY, alert_group_ids, "alert_group_ids", 0, _)                                             \
    X(LIST, attributes, "attributes", R | C, alert_attribute_entry)                                \
    X(TIME, created_at, "created_at", R | C, _)                                                    \
    X(TIME, updated_at, "updated_at", R | C, _)                                                    \
    X(TIME, resolved_at, "resolved_at", C, _)                                                      \
    X(TEXT, severity, "", L | C, _)                                                                \
    X(INTEGER, severity_digit, "", L | C, _) /* 1 = most severe … 4; 0 = none given */           \
    X(TEXT, environment, "", L | C, _)                                                             \
    X(TEXT, owner, "", L | C, _)                                                                   \
    X(TEXT, team, "", L | C, _)                                                                    \
    X(TEXT, node, "", L | C, _)                                                                    \
    X(TEXT, level, "", L | C, _)                                                                   \
    X(INTEGER, feed_rank, "", L | C, _) /* firing by severity (1-5), then resolved (9) */          \
    X(TIME, feed_at, "", L | C,                                                                    \
      _) /* began; once resolved, ended: what the feed sorts by and shows */

#define ALERT_SOURCE_FIELDS(X)                                                                     \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, name, "name", R | C, _)                                                                \
    X(ENUM, source_type, "source_type", R | C, alert_source_type)                                  \
    X(OBJECT, template, "template", R, _)                                                          \
    X(TEXT, alert_events_url, "alert_events_url", 0, _)                                            \
    X(TEXT, secret_token, "secret_token", FIELD_SECRET, _)                                         \
    X(INTEGER, auto_resolve_timeout_minutes, "auto_resolve_timeout_minutes", 0, _)                 \
    X(BOOLEAN, auto_resolve_incident_alerts, "auto_resolve_incident_alerts", 0, _)                 \
    X(ARRAY, owning_team_ids, "owning_team_ids", 0, _)                                             \
    X(OBJECT, http_custom_options, "http_custom_options", 0, _)                                    \
    X(OBJECT, heartbeat_options, "heartbeat_options", 0, _)                                        \
    X(OBJECT, email_options, "email_options", 0, _)                                                \
    X(OBJECT, jira_options, "jira_options", 0, _)

#define ALERT_ATTRIBUTE_FIELDS(X)                                                                  \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, name, "name", R | C, _)                                                                \
    X(TEXT, type, "type", R, _)                                                                    \
    X(BOOLEAN, array, "array", R, _)                                                               \
    X(BOOLEAN, required, "required", R, _)                                                         \
    X(TEXT, emoji, "emoji", 0, _)

/* v3; the list is slim (id, name, enabled), the single GET is complete (facts 7) */
#define ALERT_ROUTE_FIELDS(X)                                                                      \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, name, "name", R | C, _)                                                                \
    X(BOOLEAN, enabled, "enabled", R | C, _)                                                       \
    X(BOOLEAN, is_private, "is_private", R, _)                                                     \
    X(INTEGER, version, "version", R | C, _)                                                       \
    X(ARRAY, alert_sources, "alert_sources", R, _)                                                 \
    X(ARRAY, condition_groups, "condition_groups", R, _)                                           \
    X(ARRAY, expressions, "expressions", R, _)                                                     \
    X(OBJECT, grouping_config, "grouping_config", R, _)                                            \
    X(OBJECT, escalation_config, "escalation_config", R, _)                                        \
    X(OBJECT, incident_config, "incident_config", R, _)                                            \
    X(OBJECT, message_config, "message_config", R, _)                                              \
    X(ARRAY, owning_team_ids, "owning_team_ids", 0, _)                                             \
    X(TIME, created_at, "created_at", C, _)                                                        \
    X(TIME, updated_at, "updated_at", C, _)

/* created_at is the alert's: the link has no time of its own */
#define INCIDENT_ALERT_FIELDS(X)                                                                   \
    X(TEXT, id, "id", R | C, _)                                                                    \
    ALERT_SLIM_AT(X, alert, "alert.", P | C)                                                       \
    INCIDENT_SLIM_AT(X, incident, "incident.", P | C)                                              \
    X(TEXT, alert_route_id, "alert_route_id", C, _)

#define ALERT_NOTE_FIELDS(X)                                                                       \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, content, "content", R | C | S, _)                                                      \
    X(TEXT, alert_id, "alert_id", C, _)                                                            \
    X(TEXT, alert_group_id, "alert_group_id", C, _)                                                \
    ACTOR_AT(X, creator, "creator", C)                                                             \
    X(ARRAY, images, "images", R, _)                                                               \
    X(TIME, created_at, "created_at", R | C, _)                                                    \
    X(TIME, updated_at, "updated_at", R | C, _)                                                    \
    X(TIME, last_edited_at, "last_edited_at", 0, _)

/* ---- incidents (facts 8) ---- */

#define INCIDENT_ROLE_ASSIGNMENT_FIELDS(X)                                                         \
    X(TEXT, role_id, "role.id", R | P | C, _)                                                      \
    X(TEXT, role_name, "role.name", R | C, _)                                                      \
    X(ENUM, role_type, "role.role_type", R | C, incident_role_type)                                \
    X(TEXT, role_shortform, "role.shortform", R, _)                                                \
    X(TEXT, role_description, "role.description", R, _)                                            \
    X(TEXT, role_instructions, "role.instructions", R, _)                                          \
    X(BOOLEAN, role_required, "role.required", 0, _)                                               \
    X(TIME, role_created_at, "role.created_at", R, _)                                              \
    X(TIME, role_updated_at, "role.updated_at", R, _)                                              \
    USER_AT(X, assignee, "assignee", C)

#define INCIDENT_TIMESTAMP_VALUE_FIELDS(X)                                                         \
    X(TEXT, incident_timestamp_id, "incident_timestamp.id", R | P | C, _)                          \
    X(TEXT, incident_timestamp_name, "incident_timestamp.name", R | C, _)                          \
    X(INTEGER, incident_timestamp_rank, "incident_timestamp.rank", R, _)                           \
    X(TIME, value, "value.value", C, _)

#define INCIDENT_FIELDS(X)                                                                         \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, reference, "reference", R | C | S, _)                                                  \
    X(TEXT, name, "name", R | C | S, _)                                                            \
    X(TEXT, summary, "summary", S, _)                                                              \
    X(ENUM, mode, "mode", R | C, incident_mode)                                                    \
    X(ENUM, visibility, "visibility", R | C, visibility)                                           \
    INCIDENT_STATUS_AT(X, incident_status, "incident_status", P | C)                               \
    SEVERITY_AT(X, severity, "severity", C)                                                        \
    X(TEXT, incident_type_id, "incident_type.id", R | C, _)                                        \
    X(TEXT, incident_type_name, "incident_type.name", R | C, _)                                    \
    X(BOOLEAN, incident_type_is_default, "incident_type.is_default", R, _)                         \
    X(BOOLEAN, incident_type_private_incidents_only, "incident_type.private_incidents_only", R, _) \
    X(ENUM, incident_type_create_in_triage, "incident_type.create_in_triage", R, create_in_triage) \
    X(TEXT, incident_type_description, "incident_type.description", R, _)                          \
    X(TIME, incident_type_created_at, "incident_type.created_at", R, _)                            \
    X(TIME, incident_type_updated_at, "incident_type.updated_at", R, _)                            \
    ACTOR_AT(X, creator, "creator", C)                                                             \
    X(ARRAY, custom_field_entries, "custom_field_entries", R, _)                                   \
    X(LIST, incident_role_assignments, "incident_role_assignments", R | C,                         \
      incident_role_assignment)                                                                    \
    X(LIST, incident_timestamp_values, "incident_timestamp_values", C, incident_timestamp_value)   \
    X(ARRAY, duration_metrics, "duration_metrics", 0, _)                                           \
    X(TEXT, permalink, "permalink", C, _)                                                          \
    X(TEXT, call_url, "call_url", C, _)                                                            \
    X(TEXT, slack_channel_id, "slack_channel_id", R | C, _)                                        \
    X(TEXT, slack_channel_name, "slack_channel_name", C, _)                                        \
    X(TEXT, slack_team_id, "slack_team_id", R, _)                                                  \
    EXTERNAL_ISSUE_AT(X, external_issue, "external_issue_reference", 0)                            \
    X(BOOLEAN, has_debrief, "has_debrief", 0, _)                                                   \
    X(TEXT, postmortem_document_url, "postmortem_document_url", C, _)                              \
    X(ARRAY, postmortem_document_ids, "postmortem_document_ids", 0, _)                             \
    X(REAL, workload_minutes_total, "workload_minutes_total", 0, _)                                \
    X(REAL, workload_minutes_working, "workload_minutes_working", 0, _)                            \
    X(REAL, workload_minutes_late, "workload_minutes_late", 0, _)                                  \
    X(REAL, workload_minutes_sleeping, "workload_minutes_sleeping", 0, _)                          \
    X(TIME, created_at, "created_at", R | C, _)                                                    \
    X(TIME, updated_at, "updated_at", R | C, _)                                                    \
    X(TEXT, lead_id, "", L | C, _) /* the assignment with role_type "lead" */                      \
    X(TEXT, lead_name, "", L | C, _)                                                               \
    X(INTEGER, severity_digit, "", L | C, _) /* 1 = most severe … 4 */

#define INCIDENT_UPDATE_FIELDS(X)                                                                  \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, incident_id, "incident_id", R | C, _)                                                  \
    X(TEXT, message, "message", C | S, _)                                                          \
    INCIDENT_STATUS_AT(X, new_incident_status, "new_incident_status", P | C)                       \
    SEVERITY_AT(X, new_severity, "new_severity", C)                                                \
    X(TEXT, merged_into_incident_id, "merged_into_incident_id", C, _)                              \
    ACTOR_AT(X, updater, "updater", C)                                                             \
    X(TIME, created_at, "created_at", R | C, _)

/* newer than the snapshot (facts 13): probed for */
#define INCIDENT_TIMELINE_ITEM_FIELDS(X)                                                           \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, incident_id, "incident_id", R | C, _)                                                  \
    X(TEXT, title, "title", R | C | S, _)                                                          \
    X(TEXT, description, "description", C | S, _)                                                  \
    X(TIME, timestamp, "timestamp", R | C, _)                                                      \
    X(TEXT, activity_log_id, "activity_log_id", 0, _)                                              \
    ACTOR_AT(X, creator, "creator", C)                                                             \
    X(TIME, created_at, "created_at", R | C, _)                                                    \
    X(TIME, updated_at, "updated_at", R | C, _)

#define INCIDENT_STATUS_FIELDS(X)                                                                  \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, name, "name", R | C, _)                                                                \
    X(ENUM, category, "category", R | C, incident_status_category)                                 \
    X(INTEGER, rank, "rank", R | C, _)                                                             \
    X(TEXT, description, "description", R, _)                                                      \
    X(TIME, created_at, "created_at", R | C, _)                                                    \
    X(TIME, updated_at, "updated_at", R | C, _)

#define SEVERITY_FIELDS(X)                                                                         \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, name, "name", R | C, _)                                                                \
    X(INTEGER, rank, "rank", R | C, _) /* higher = more severe */                                  \
    X(TEXT, description, "description", R, _)                                                      \
    X(TIME, created_at, "created_at", R | C, _)                                                    \
    X(TIME, updated_at, "updated_at", R | C, _)

#define INCIDENT_ROLE_FIELDS(X)                                                                    \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, name, "name", R | C, _)                                                                \
    X(ENUM, role_type, "role_type", R | C, incident_role_type)                                     \
    X(TEXT, shortform, "shortform", R, _)                                                          \
    X(TEXT, description, "description", R, _)                                                      \
    X(TEXT, instructions, "instructions", R, _)                                                    \
    X(TIME, created_at, "created_at", R | C, _)                                                    \
    X(TIME, updated_at, "updated_at", R | C, _)

#define INCIDENT_TYPE_FIELDS(X)                                                                    \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, name, "name", R | C, _)                                                                \
    X(BOOLEAN, is_default, "is_default", R, _)                                                     \
    X(BOOLEAN, private_incidents_only, "private_incidents_only", R, _)                             \
    X(ENUM, create_in_triage, "create_in_triage", R, create_in_triage)                             \
    X(TEXT, description, "description", R, _)                                                      \
    X(ARRAY, owning_team_ids, "owning_team_ids", 0, _)                                             \
    X(TIME, created_at, "created_at", R | C, _)                                                    \
    X(TIME, updated_at, "updated_at", R | C, _)

#define INCIDENT_TIMESTAMP_FIELDS(X)                                                               \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, name, "name", R | C, _)                                                                \
    X(INTEGER, rank, "rank", R | C, _)

#define INCIDENT_ATTACHMENT_FIELDS(X)                                                              \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, incident_id, "incident_id", R | C, _)                                                  \
    X(TEXT, resource_external_id, "resource.external_id", R | P | C, _)                            \
    X(ENUM, resource_type, "resource.resource_type", R | C, attachment_resource_type)              \
    X(TEXT, resource_title, "resource.title", R | C | S, _)                                        \
    X(TEXT, resource_permalink, "resource.permalink", R | C, _)                                    \
    X(TIME, first_seen_at, "", L | C, _) /* the API gives no time: when we first saw it */

/* The list takes incident_id and its rows do not repeat it: parent_incident_id is the one asked for. */
#define INCIDENT_RELATIONSHIP_FIELDS(X)                                                            \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, incident_id, "incident.id", R | P | C, _)                                              \
    X(INTEGER, incident_external_id, "incident.external_id", R | C, _)                             \
    X(TEXT, incident_name, "incident.name", R | C, _)                                              \
    X(TEXT, parent_incident_id, "", L | C, _)

/* ---- follow-ups and actions (facts 9) ---- */

#define FOLLOW_UP_FIELDS(X)                                                                        \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, incident_id, "incident_id", R | C, _)                                                  \
    X(TEXT, title, "title", R | C | S, _)                                                          \
    X(TEXT, description, "description", S, _)                                                      \
    X(ENUM, status, "status", R | C, follow_up_status)                                             \
    X(ARRAY, labels, "labels", R, _)                                                               \
    ACTOR_AT(X, creator, "creator", 0)                                                             \
    USER_AT(X, assignee, "assignee", C)                                                            \
    X(TEXT, assignee_team_id, "assignee_team.id", R | C, _)                                        \
    X(TEXT, assignee_team_name, "assignee_team.name", R | C, _)                                    \
    X(TEXT, priority_id, "priority.id", R | C, _)                                                  \
    X(TEXT, priority_name, "priority.name", R | C, _)                                              \
    X(INTEGER, priority_rank, "priority.rank", R | C, _)                                           \
    X(TEXT, priority_description, "priority.description", 0, _)                                    \
    EXTERNAL_ISSUE_AT(X, external_issue, "external_issue_reference", C)                            \
    X(TIME, completed_at, "completed_at", C, _)                                                    \
    X(TIME, created_at, "created_at", R | C, _)                                                    \
    X(TIME, updated_at, "updated_at", R | C, _)                                                    \
    X(TIME, due_at, "", L | C, _) /* created_at + the profile's span for this priority; 0 = none */

#define ACTION_FIELDS(X)                                                                           \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, incident_id, "incident_id", R | C, _)                                                  \
    X(TEXT, description, "description", R | C | S, _)                                              \
    X(ENUM, status, "status", R | C, follow_up_status)                                             \
    ACTOR_AT(X, creator, "creator", 0)                                                             \
    USER_AT(X, assignee, "assignee", C)                                                            \
    X(TIME, completed_at, "completed_at", C, _)                                                    \
    X(TIME, created_at, "created_at", R | C, _)                                                    \
    X(TIME, updated_at, "updated_at", R | C, _)

/* ---- schedules (facts 10) ---- */

#define SCHEDULE_FIELDS(X)                                                                         \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, name, "name", R | C, _)                                                                \
    X(TEXT, timezone, "timezone", R | C, _)                                                        \
    X(TEXT, permalink, "permalink", R, _)                                                          \
    X(OBJECT, annotations, "annotations", R, _)                                                    \
    X(ARRAY, team_ids, "team_ids", R, _)                                                           \
    X(OBJECT, config, "config", 0, _)                                                              \
    X(LIST, current_shifts, "current_shifts", 0, schedule_entry)                                   \
    X(LIST, next_shifts, "next_shifts", 0, schedule_entry)                                         \
    X(OBJECT, holidays_public_config, "holidays_public_config", 0, _)                              \
    X(TIME, created_at, "created_at", R | C, _)                                                    \
    X(TIME, updated_at, "updated_at", R | C, _)

/*
 * id is ours: "SCHEDULE/LIST/ROTATION/LAYER/START", for the API's entries have none that is always there.
 * list is one of final, scheduled, overrides; schedule_id is the one asked for.
 */
#define SCHEDULE_ENTRY_FIELDS(X)                                                                   \
    X(TEXT, id, "", L | C, _)                                                                      \
    X(TEXT, schedule_id, "", L | C, _)                                                             \
    X(ENUM, list, "", L | C, schedule_entry_list)                                                  \
    X(TEXT, entry_id, "entry_id", 0, _)                                                            \
    X(TEXT, fingerprint, "fingerprint", C, _)                                                      \
    X(TEXT, rotation_id, "rotation_id", C, _)                                                      \
    X(TEXT, layer_id, "layer_id", C, _)                                                            \
    USER_AT(X, user, "user", C)                                                                    \
    X(TIME, start_at, "start_at", R | C, _)                                                        \
    X(TIME, end_at, "end_at", R | C, _)

#define SCHEDULE_OVERRIDE_FIELDS(X)                                                                \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, schedule_id, "schedule_id", R | C, _)                                                  \
    X(TEXT, rotation_id, "rotation_id", R | C, _)                                                  \
    X(TEXT, layer_id, "layer_id", R | C, _)                                                        \
    USER_AT(X, user, "user", C)                                                                    \
    X(TIME, start_at, "start_at", R | C, _)                                                        \
    X(TIME, end_at, "end_at", R | C, _)                                                            \
    X(TIME, created_at, "created_at", R | C, _)                                                    \
    X(TIME, updated_at, "updated_at", R | C, _)

#define SCHEDULE_SYNC_TARGET_FIELDS(X)                                                             \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, slack_user_group_id, "slack_user_group_id", R | C, _)                                  \
    X(TEXT, slack_team_id, "slack_team_id", R, _)                                                  \
    X(BOOLEAN, add_bot_to_group, "add_bot_to_group", R, _)                                         \
    X(ARRAY, linked_schedules, "linked_schedules", R, _)                                           \
    X(TIME, created_at, "created_at", R | C, _)                                                    \
    X(TIME, updated_at, "updated_at", R | C, _)

#define SCHEDULE_SYNC_RULE_FIELDS(X)                                                               \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, schedule_id, "schedule_id", R | C, _)                                                  \
    X(TEXT, rotation_id, "rotation_id", C, _)                                                      \
    X(TEXT, schedule_sync_target_id, "schedule_sync_target_id", R | C, _)                          \
    X(OBJECT, schedule_sync_target, "schedule_sync_target", R, _)                                  \
    X(ENUM, sync_type, "sync_type", R | C, schedule_sync_type)                                     \
    X(ARRAY, permanent_member_user_ids, "permanent_member_user_ids", R, _)                         \
    X(TIME, created_at, "created_at", R | C, _)                                                    \
    X(TIME, updated_at, "updated_at", R | C, _)

/* ---- escalations (facts 11) ---- */

#define ESCALATION_EVENT_FIELDS(X)                                                                 \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TIME, occurred_at, "occurred_at", R | C, _)                                                  \
    X(ENUM, event, "event", R | C, escalation_event_type)                                          \
    X(ENUM, urgency, "urgency", C, escalation_urgency)                                             \
    X(ARRAY, users, "users", C, _)                                                                 \
    X(ARRAY, channels, "channels", C, _)

#define ESCALATION_ALERT_FIELDS(X) ALERT_SLIM_AT(X, alert, "", C)
#define ESCALATION_INCIDENT_FIELDS(X) INCIDENT_SLIM_AT(X, incident, "", C)

#define ESCALATION_FIELDS(X)                                                                       \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, title, "title", R | C, _)                                                              \
    X(TEXT, description, "description", R, _)                                                      \
    X(ENUM, status, "status", R | C, escalation_status)                                            \
    X(TEXT, priority_name, "priority.name", R | P | C, _)                                          \
    ACTOR_AT(X, creator, "creator", 0)                                                             \
    X(TEXT, escalation_path_id, "escalation_path_id", C, _)                                        \
    X(LIST, events, "events", R | C, escalation_event)                                             \
    X(LIST, related_alerts, "related_alerts", R | C, escalation_alert)                             \
    X(LIST, related_incidents, "related_incidents", R | C, escalation_incident)                    \
    X(TIME, created_at, "created_at", R | C, _)                                                    \
    X(TIME, updated_at, "updated_at", R | C, _)

#define USER_EMBEDDED_FIELDS(X)                                                                    \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, name, "name", R | C, _)                                                                \
    X(TEXT, email, "email", 0, _)                                                                  \
    X(ENUM, role, "role", R, user_role)                                                            \
    X(TEXT, slack_user_id, "slack_user_id", 0, _)

#define ESCALATION_PATH_FIELDS(X)                                                                  \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, name, "name", R | C, _)                                                                \
    X(ARRAY, path, "path", R, _)                                                                   \
    X(ARRAY, team_ids, "team_ids", R, _)                                                           \
    X(LIST, current_responders, "current_responders", 0, user_embedded)                            \
    X(ARRAY, working_hours, "working_hours", 0, _)                                                 \
    X(OBJECT, repeat_config, "repeat_config", 0, _)

/* ---- people and the rest (facts 12) ---- */

#define USER_FIELDS(X)                                                                             \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, name, "name", R | C | S, _)                                                            \
    X(TEXT, email, "email", C, _)                                                                  \
    X(BOOLEAN, is_active, "is_active", R | C, _)                                                   \
    X(TEXT, slack_user_id, "slack_user_id", C, _)                                                  \
    X(ENUM, role, "role", R, user_role)                                                            \
    X(TEXT, base_role_id, "base_role.id", R | P, _)                                                \
    X(TEXT, base_role_name, "base_role.name", R, _)                                                \
    X(TEXT, base_role_slug, "base_role.slug", R, _)                                                \
    X(TEXT, base_role_description, "base_role.description", 0, _)                                  \
    X(ARRAY, custom_roles, "custom_roles", R, _)                                                   \
    X(ENUM, seats_on_call, "seats.on_call", R | P, user_seat)                                      \
    X(ENUM, seats_response, "seats.response", R, user_seat)

#define TEAM_MEMBER_FIELDS(X)                                                                      \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, name, "name", R | C, _)                                                                \
    X(TEXT, email, "email", 0, _)                                                                  \
    X(TEXT, slack_user_id, "slack_user_id", 0, _)

#define TEAM_FIELDS(X)                                                                             \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, name, "name", R | C, _)                                                                \
    X(LIST, members, "members", R | C, team_member)                                                \
    X(TEXT, catalog_entry_id, "catalog_entry.id", R | P, _)                                        \
    X(TEXT, catalog_entry_name, "catalog_entry.name", R, _)                                        \
    X(TEXT, catalog_entry_external_id, "catalog_entry.external_id", 0, _)

#define POSTMORTEM_DOCUMENT_FIELDS(X)                                                              \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, incident_id, "incident_id", R | C, _)                                                  \
    X(TEXT, title, "title", R | C | S, _)                                                          \
    X(ENUM, status, "status", R | C, postmortem_document_status)                                   \
    X(ENUM, type, "type", R, postmortem_document_type)                                             \
    X(TEXT, document_url, "document_url", R | C, _)                                                \
    X(ARRAY, exported_urls, "exported_urls", R, _)                                                 \
    X(LIST, editors, "editors", R, user_embedded)                                                  \
    X(TIME, created_at, "created_at", R | C, _)                                                    \
    X(TIME, updated_at, "updated_at", R | C, _)

#define MAINTENANCE_WINDOW_FIELDS(X)                                                               \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, name, "name", R | C, _)                                                                \
    X(TIME, start_at, "start_at", R | C, _)                                                        \
    X(TIME, end_at, "end_at", R | C, _)                                                            \
    ACTOR_AT(X, lead, "lead", C)                                                                   \
    X(ARRAY, alert_condition_groups, "alert_condition_groups", R, _)                               \
    X(BOOLEAN, show_in_sidebar, "show_in_sidebar", R, _)                                           \
    X(BOOLEAN, resolve_on_end, "resolve_on_end", R, _)                                             \
    X(BOOLEAN, reroute_on_end, "reroute_on_end", R, _)                                             \
    X(TEXT, incident_id, "incident_id", 0, _)                                                      \
    X(ARRAY, escalation_targets, "escalation_targets", 0, _)                                       \
    X(ARRAY, notify_channels, "notify_channels", 0, _)                                             \
    X(INTEGER, notify_start_minutes_before, "notify_start_minutes_before", 0, _)                   \
    X(INTEGER, notify_end_minutes_before, "notify_end_minutes_before", 0, _)                       \
    X(TEXT, notification_message, "notification_message", 0, _)                                    \
    X(TIME, archived_at, "archived_at", C, _)                                                      \
    X(TIME, created_at, "created_at", R | C, _)                                                    \
    X(TIME, updated_at, "updated_at", R | C, _)

/* GET /v1/identity: one object, kept in the cache's meta table, not a kind */
#define IDENTITY_FIELDS(X)                                                                         \
    X(TEXT, name, "name", R, _)                                                                    \
    X(TEXT, dashboard_url, "dashboard_url", R, _)                                                  \
    X(ARRAY, roles, "roles", R, _)                                                                 \
    X(ARRAY, teams, "teams", R, _)                                                                 \
    X(ARRAY, team_roles, "team_roles", R, _)

/*
 * Every cached kind.
 * list: what `tocsin list` calls it. one, many: the API's envelopes. at: the collection's path.
 * sort: the time column newest first ("" = the API gives none; then by id).
 */
/* one row, one line */
/* clang-format off */
#define KINDS(X)                                                                                                          \
    /* ID                  struct, table          list                      one                     many                     at                              sort       FIELDS */ \
    X(ALERT,                alert,                 "alerts",                 "alert",                "alerts",                "/v2/alerts",                   "created_at", ALERT_FIELDS)                  \
    X(ALERT_SOURCE,         alert_source,          "alert-sources",          "alert_source",         "alert_sources",         "/v2/alert_sources",            "",           ALERT_SOURCE_FIELDS)           \
    X(ALERT_ATTRIBUTE,      alert_attribute,       "alert-attributes",       "alert_attribute",      "alert_attributes",      "/v2/alert_attributes",         "",           ALERT_ATTRIBUTE_FIELDS)        \
    X(ALERT_ROUTE,          alert_route,           "alert-routes",           "alert_route",          "alert_routes",          "/v3/alert_routes",             "created_at", ALERT_ROUTE_FIELDS)            \
    X(INCIDENT_ALERT,       incident_alert,        "incident-alerts",        "incident_alert",       "incident_alerts",       "/v2/incident_alerts",          "",           INCIDENT_ALERT_FIELDS)         \
    X(ALERT_NOTE,           alert_note,            "alert-notes",            "alert_note",           "alert_notes",           "/v1/alert_notes",              "created_at", ALERT_NOTE_FIELDS)             \
    X(INCIDENT,             incident,              "incidents",              "incident",             "incidents",             "/v2/incidents",                "created_at", INCIDENT_FIELDS)               \
    X(INCIDENT_UPDATE,      incident_update,       "incident-updates",       "incident_update",      "incident_updates",      "/v2/incident_updates",         "created_at", INCIDENT_UPDATE_FIELDS)        \
    X(INCIDENT_TIMELINE_ITEM, incident_timeline_item, "incident-timeline-items", "incident_timeline_item", "incident_timeline_items", "/v2/incident_timeline_items", "created_at", INCIDENT_TIMELINE_ITEM_FIELDS) \
    X(INCIDENT_STATUS,      incident_status,       "incident-statuses",      "incident_status",      "incident_statuses",     "/v1/incident_statuses",        "created_at", INCIDENT_STATUS_FIELDS)        \
    X(SEVERITY,             severity,              "severities",             "severity",             "severities",            "/v1/severities",               "created_at", SEVERITY_FIELDS)               \
    X(INCIDENT_ROLE,        incident_role,         "incident-roles",         "incident_role",        "incident_roles",        "/v2/incident_roles",           "created_at", INCIDENT_ROLE_FIELDS)          \
    X(INCIDENT_TYPE,        incident_type,         "incident-types",         "incident_type",        "incident_types",        "/v1/incident_types",           "created_at", INCIDENT_TYPE_FIELDS)          \
    X(INCIDENT_TIMESTAMP,   incident_timestamp,    "incident-timestamps",    "incident_timestamp",   "incident_timestamps",   "/v2/incident_timestamps",      "",           INCIDENT_TIMESTAMP_FIELDS)     \
    X(INCIDENT_ATTACHMENT,  incident_attachment,   "incident-attachments",   "incident_attachment",  "incident_attachments",  "/v1/incident_attachments",     "",           INCIDENT_ATTACHMENT_FIELDS)    \
    X(INCIDENT_RELATIONSHIP, incident_relationship, "incident-relationships", "incident_relationship", "incident_relationships", "/v1/incident_relationships", "",         INCIDENT_RELATIONSHIP_FIELDS)  \
    X(FOLLOW_UP,            follow_up,             "follow-ups",             "follow_up",            "follow_ups",            "/v2/follow_ups",               "created_at", FOLLOW_UP_FIELDS)              \
    X(ACTION,               action,                "actions",                "action",               "actions",               "/v2/actions",                  "created_at", ACTION_FIELDS)                 \
    X(SCHEDULE,             schedule,              "schedules",              "schedule",             "schedules",             "/v2/schedules",                "created_at", SCHEDULE_FIELDS)               \
    X(SCHEDULE_ENTRY,       schedule_entry,        "shifts",                 "schedule_entry",       "schedule_entries",      "/v2/schedule_entries",         "start_at",   SCHEDULE_ENTRY_FIELDS)         \
    X(SCHEDULE_OVERRIDE,    schedule_override,     "schedule-overrides",     "override",             "overrides",             "/v2/schedule_overrides",       "created_at", SCHEDULE_OVERRIDE_FIELDS)      \
    X(SCHEDULE_SYNC_TARGET, schedule_sync_target,  "schedule-sync-targets",  "schedule_sync_target", "schedule_sync_targets", "/v2/schedule_sync_targets",    "created_at", SCHEDULE_SYNC_TARGET_FIELDS)   \
    X(SCHEDULE_SYNC_RULE,   schedule_sync_rule,    "schedule-sync-rules",    "schedule_sync_rule",   "schedule_sync_rules",   "/v2/schedules/{schedule_id}/sync_rules", "created_at", SCHEDULE_SYNC_RULE_FIELDS) \
    X(ESCALATION,           escalation,            "escalations",            "escalation",           "escalations",           "/v2/escalations",              "created_at", ESCALATION_FIELDS)             \
    X(ESCALATION_PATH,      escalation_path,       "escalation-paths",       "escalation_path",      "escalation_paths",      "/v2/escalation_paths",         "",           ESCALATION_PATH_FIELDS)        \
    X(USER,                 user,                  "users",                  "user",                 "users",                 "/v2/users",                    "",           USER_FIELDS)                   \
    X(TEAM,                 team,                  "teams",                  "team",                 "teams",                 "/v3/teams",                    "",           TEAM_FIELDS)                   \
    X(POSTMORTEM_DOCUMENT,  postmortem_document,   "postmortem-documents",   "postmortem_document",  "postmortem_documents",  "/v1/postmortem_documents",     "created_at", POSTMORTEM_DOCUMENT_FIELDS)    \
    X(MAINTENANCE_WINDOW,   maintenance_window,    "maintenance-windows",    "maintenance_window",   "maintenance_windows",   "/v1/maintenance_windows",      "created_at", MAINTENANCE_WINDOW_FIELDS)
/* clang-format on */

/* Objects inside others; those named by a LIST row with COLUMN are child tables. */
#define EMBEDDED(X)                                                                                \
    X(alert_attribute_value, ALERT_ATTRIBUTE_VALUE_FIELDS)                                         \
    X(alert_attribute_entry, ALERT_ATTRIBUTE_ENTRY_FIELDS)                                         \
    X(incident_role_assignment, INCIDENT_ROLE_ASSIGNMENT_FIELDS)                                   \
    X(incident_timestamp_value, INCIDENT_TIMESTAMP_VALUE_FIELDS)                                   \
    X(escalation_event, ESCALATION_EVENT_FIELDS)                                                   \
    X(escalation_alert, ESCALATION_ALERT_FIELDS)                                                   \
    X(escalation_incident, ESCALATION_INCIDENT_FIELDS)                                             \
    X(user_embedded, USER_EMBEDDED_FIELDS)                                                         \
    X(team_member, TEAM_MEMBER_FIELDS)

#define X(name, FIELDS)                                                                            \
    struct name {                                                                                  \
        FIELDS(FIELD_DECLARE)                                                                      \
    };
EMBEDDED(X)
#undef X

/* Every kind also keeps the object as it came, secrets removed: `json`. */
#define X(id, name, list, one, many, at, sort, FIELDS)                                             \
    struct name {                                                                                  \
        FIELDS(FIELD_DECLARE)                                                                      \
        const char *json;                                                                          \
    };
KINDS(X)
#undef X

struct identity {
    IDENTITY_FIELDS(FIELD_DECLARE)
    const char *json;
};

enum kind {
#define X(id, name, list, one, many, at, sort, FIELDS) KIND_##id,
    KINDS(X)
#undef X
        KIND_COUNT
};

struct kind_info {
    enum kind kind;
    const char *table; /* SQL table and struct name: "incident_update" */
    const char *list;  /* command line: "incident-updates" */
    const char *one;   /* envelope of a single object */
    const char *many;  /* envelope of a list */
    const char *path;  /* of the collection */
    const char *sort;  /* time column, newest first; "" = none */
    const struct field_table *fields;
};

const struct kind_info *kind_info(enum kind kind);
/* By `list` name; KIND_COUNT when there is none. */
enum kind kind_from_list_name(const char *name);

extern const struct field_table identity_table;
#define X(name, FIELDS) extern const struct field_table name##_table;
EMBEDDED(X)
#undef X
#define X(id, name, list, one, many, at, sort, FIELDS) extern const struct field_table name##_table;
KINDS(X)
#undef X
