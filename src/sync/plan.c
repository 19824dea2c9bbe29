#include "sync/plan.h"

#include "base/clock.h"

#define ONE_OF "%5Bone_of%5D="
#define AT_LEAST "%5Bgte%5D="

#define CATEGORY(name) "status_category" ONE_OF name
#define LIVE_CATEGORIES                                                                            \
    CATEGORY("triage") "&" CATEGORY("live") "&" CATEGORY("learning") "&" CATEGORY("paused")
/* Without naming them the list leaves out the last three, and an incident that becomes one would look unchanged. */
#define ALL_CATEGORIES                                                                             \
    LIVE_CATEGORIES "&" CATEGORY("closed") "&" CATEGORY("declined") "&" CATEGORY(                  \
        "canceled") "&" CATEGORY("merged")
#define LIVE_ESCALATIONS                                                                           \
    "status" ONE_OF "pending&status" ONE_OF "triggered&status" ONE_OF "acked&status" ONE_OF        \
    "snoozed&status" ONE_OF "delayed&status" ONE_OF "pending_repeat"

static const char *const firing[] = {"firing", NULL};
static const char *const live_categories[] = {"triage", "live", "learning", "paused", NULL};
static const char *const live_escalations[] = {"pending", "triggered",      "acked", "snoozed",
                                               "delayed", "pending_repeat", NULL};

#define REFERENCE(name, id, period)                                                                \
    {                                                                                              \
        name, KIND_##id, STRATEGY_WHOLE, PHASE_REFERENCE, period, PLAN_ONCE, .query = NULL         \
    }
#define WHOLE(name, id, phase, period)                                                             \
    {                                                                                              \
        name, KIND_##id, STRATEGY_WHOLE, phase, period, PLAN_ONCE, .query = NULL                   \
    }
#define HISTORY(name, id, ...)                                                                     \
    {                                                                                              \
        name, KIND_##id, STRATEGY_HISTORY, PHASE_HISTORY, DAY_MS, PLAN_ONCE, __VA_ARGS__           \
    }
#define OF_OPEN_INCIDENTS(name, id, period)                                                        \
    {                                                                                              \
        name, KIND_##id, STRATEGY_CHILDREN, PHASE_REST, period, PLAN_ON_CHANGE,                    \
            PARENTS_OPEN_INCIDENTS, .needs = "live_incidents"                                      \
    }
#define OF_ALL_INCIDENTS(name, id)                                                                 \
    {                                                                                              \
        name, KIND_##id, STRATEGY_CHILDREN, PHASE_HISTORY, DAY_MS, PLAN_ONCE,                      \
            PARENTS_ALL_INCIDENTS, .needs = "incident"                                             \
    }
#define OF_SCHEDULES(name, id, period)                                                             \
    {                                                                                              \
        name, KIND_##id, STRATEGY_CHILDREN, PHASE_REST, period, PLAN_ONCE | PLAN_ON_CHANGE,        \
            PARENTS_SCHEDULES, .needs = "schedule"                                                 \
    }

/* clang-format off: a table, one row a line */
const struct plan plans[] = {
    {"identity", KIND_COUNT, STRATEGY_IDENTITY, PHASE_REFERENCE, HOUR_MS, PLAN_ONCE, .query = NULL},
    REFERENCE("severity", SEVERITY, HOUR_MS),
    REFERENCE("incident_status", INCIDENT_STATUS, HOUR_MS),
    REFERENCE("incident_role", INCIDENT_ROLE, HOUR_MS),
    REFERENCE("incident_type", INCIDENT_TYPE, HOUR_MS),
    REFERENCE("incident_timestamp", INCIDENT_TIMESTAMP, HOUR_MS),
    REFERENCE("alert_source", ALERT_SOURCE, 10 * MINUTE_MS),
    REFERENCE("alert_attribute", ALERT_ATTRIBUTE, 10 * MINUTE_MS),
    {"user", KIND_USER, STRATEGY_WHOLE, PHASE_REFERENCE, HOUR_MS, PLAN_ONCE,
     .query = "include_inactive=true"},

    {"firing_alerts", KIND_ALERT, STRATEGY_SET, PHASE_LIVE, 20 * SECOND_MS, PLAN_ONCE,
     .query = "status" ONE_OF "firing", .scope_column = "status", .scope_values = firing},
    {"live_incidents", KIND_INCIDENT, STRATEGY_SET, PHASE_LIVE, 30 * SECOND_MS, PLAN_ONCE,
     .query = LIVE_CATEGORIES, .scope_column = "incident_status_category",
     .scope_values = live_categories},
    {"live_escalations", KIND_ESCALATION, STRATEGY_SET, PHASE_LIVE, 20 * SECOND_MS, PLAN_ONCE,
     .query = LIVE_ESCALATIONS, .scope_column = "status", .scope_values = live_escalations},
    WHOLE("schedule", SCHEDULE, PHASE_LIVE, 2 * MINUTE_MS),
    {"schedule_entry", KIND_SCHEDULE_ENTRY, STRATEGY_ENTRIES, PHASE_LIVE, 15 * MINUTE_MS,
     PLAN_ONCE | PLAN_ON_CHANGE, PARENTS_SCHEDULES, .needs = "schedule"},
    WHOLE("follow_up", FOLLOW_UP, PHASE_LIVE, 5 * MINUTE_MS),
    WHOLE("escalation_path", ESCALATION_PATH, PHASE_LIVE, 5 * MINUTE_MS),
    WHOLE("maintenance_window", MAINTENANCE_WINDOW, PHASE_LIVE, 2 * MINUTE_MS),
    {NULL, KIND_ALERT, STRATEGY_PROBE, PHASE_LIVE, DAY_MS, 0, .query = NULL},
    {"alert", KIND_ALERT, STRATEGY_CHANGES, PHASE_LIVE, 20 * SECOND_MS, 0,
     .day_filter = "created_at" AT_LEAST},
    {"incident", KIND_INCIDENT, STRATEGY_CHANGES, PHASE_LIVE, MINUTE_MS, 0, .query = ALL_CATEGORIES,
     .day_filter = "updated_at" AT_LEAST},
    {"escalation", KIND_ESCALATION, STRATEGY_CHANGES, PHASE_LIVE, 20 * SECOND_MS, 0,
     .day_filter = "updated_at" AT_LEAST},

    OF_OPEN_INCIDENTS("incident_update", INCIDENT_UPDATE, 5 * MINUTE_MS),
    OF_OPEN_INCIDENTS("incident_alert", INCIDENT_ALERT, MINUTE_MS),
    OF_OPEN_INCIDENTS("incident_timeline_item", INCIDENT_TIMELINE_ITEM, 2 * MINUTE_MS),
    OF_OPEN_INCIDENTS("incident_attachment", INCIDENT_ATTACHMENT, 5 * MINUTE_MS),
    OF_OPEN_INCIDENTS("incident_relationship", INCIDENT_RELATIONSHIP, 15 * MINUTE_MS),
    WHOLE("action", ACTION, PHASE_REST, 5 * MINUTE_MS),
    WHOLE("postmortem_document", POSTMORTEM_DOCUMENT, PHASE_REST, 10 * MINUTE_MS),
    WHOLE("team", TEAM, PHASE_REST, HOUR_MS),
    {"alert_route", KIND_ALERT_ROUTE, STRATEGY_DETAILS, PHASE_REST, 10 * MINUTE_MS, PLAN_ONCE,
     .query = NULL},
    OF_SCHEDULES("schedule_override", SCHEDULE_OVERRIDE, 5 * MINUTE_MS),
    {NULL, KIND_COUNT, STRATEGY_COVER, PHASE_REST, MINUTE_MS, PLAN_ONCE | PLAN_ON_CHANGE,
     PARENTS_SCHEDULES, .query = NULL},
    WHOLE("schedule_sync_target", SCHEDULE_SYNC_TARGET, PHASE_REST, HOUR_MS),
    OF_SCHEDULES("schedule_sync_rule", SCHEDULE_SYNC_RULE, HOUR_MS),
    {"alert_note", KIND_ALERT_NOTE, STRATEGY_NOTES, PHASE_REST, 5 * MINUTE_MS, PLAN_RECENT,
     .query = "has_notes%5Bis%5D=true", .day_filter = "created_at" AT_LEAST},

    HISTORY("incident", INCIDENT, .query = ALL_CATEGORIES, .day_filter = "created_at" AT_LEAST),
    HISTORY("alert", ALERT, .day_filter = "created_at" AT_LEAST),
    HISTORY("incident_update", INCIDENT_UPDATE, .query = NULL),
    HISTORY("incident_alert", INCIDENT_ALERT, .query = NULL),
    HISTORY("escalation", ESCALATION, .day_filter = "created_at" AT_LEAST),
    {"alert_note", KIND_ALERT_NOTE, STRATEGY_NOTES, PHASE_HISTORY, DAY_MS, PLAN_ONCE,
     .query = "has_notes%5Bis%5D=true", .day_filter = "created_at" AT_LEAST},
    OF_ALL_INCIDENTS("incident_timeline_item", INCIDENT_TIMELINE_ITEM),
    OF_ALL_INCIDENTS("incident_attachment", INCIDENT_ATTACHMENT),
    OF_ALL_INCIDENTS("incident_relationship", INCIDENT_RELATIONSHIP),
};
/* clang-format on */
const size_t plans_len = sizeof plans / sizeof *plans;
