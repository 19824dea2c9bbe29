#include "model/model.h"

#include <string.h>

/* The letters of the lists in model.h. */
#define R FIELD_REQUIRED
#define P FIELD_PARENT_REQUIRED
#define C FIELD_COLUMN
#define S FIELD_SEARCH
#define L FIELD_LOCAL

#define X(name, unset, ...)                                                                        \
    static const char *const name##_values[] = {__VA_ARGS__, NULL};                                \
    const struct enumeration name##_enumeration = {#name, unset, name##_values};
ENUMERATIONS(X)
#undef X

/* A struct's name cannot travel through its X macro, hence the repetition; a forgotten one does not compile. */

#define FIELD_OWNER struct alert_attribute_value
static const struct field alert_attribute_value_rows[] = {ALERT_ATTRIBUTE_VALUE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct alert_attribute_entry
static const struct field alert_attribute_entry_rows[] = {ALERT_ATTRIBUTE_ENTRY_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct incident_role_assignment
static const struct field incident_role_assignment_rows[] = {
    INCIDENT_ROLE_ASSIGNMENT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct incident_timestamp_value
static const struct field incident_timestamp_value_rows[] = {
    INCIDENT_TIMESTAMP_VALUE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct escalation_event
static const struct field escalation_event_rows[] = {ESCALATION_EVENT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct escalation_alert
static const struct field escalation_alert_rows[] = {ESCALATION_ALERT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct escalation_incident
static const struct field escalation_incident_rows[] = {ESCALATION_INCIDENT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct user_embedded
static const struct field user_embedded_rows[] = {USER_EMBEDDED_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct team_member
static const struct field team_member_rows[] = {TEAM_MEMBER_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct alert
static const struct field alert_rows[] = {ALERT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct alert_source
static const struct field alert_source_rows[] = {ALERT_SOURCE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct alert_attribute
static const struct field alert_attribute_rows[] = {ALERT_ATTRIBUTE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct alert_route
static const struct field alert_route_rows[] = {ALERT_ROUTE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct incident_alert
static const struct field incident_alert_rows[] = {INCIDENT_ALERT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct alert_note
static const struct field alert_note_rows[] = {ALERT_NOTE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct incident
static const struct field incident_rows[] = {INCIDENT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct incident_update
static const struct field incident_update_rows[] = {INCIDENT_UPDATE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct incident_timeline_item
static const struct field incident_timeline_item_rows[] = {
    INCIDENT_TIMELINE_ITEM_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct incident_status
static const struct field incident_status_rows[] = {INCIDENT_STATUS_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct severity
static const struct field severity_rows[] = {SEVERITY_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct incident_role
static const struct field incident_role_rows[] = {INCIDENT_ROLE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct incident_type
static const struct field incident_type_rows[] = {INCIDENT_TYPE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct incident_timestamp
static const struct field incident_timestamp_rows[] = {INCIDENT_TIMESTAMP_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct incident_attachment
static const struct field incident_attachment_rows[] = {INCIDENT_ATTACHMENT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct incident_relationship
static const struct field incident_relationship_rows[] = {INCIDENT_RELATIONSHIP_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct follow_up
static const struct field follow_up_rows[] = {FOLLOW_UP_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct action
static const struct field action_rows[] = {ACTION_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct schedule
static const struct field schedule_rows[] = {SCHEDULE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct schedule_entry
static const struct field schedule_entry_rows[] = {SCHEDULE_ENTRY_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct schedule_override
static const struct field schedule_override_rows[] = {SCHEDULE_OVERRIDE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct schedule_sync_target
static const struct field schedule_sync_target_rows[] = {SCHEDULE_SYNC_TARGET_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct schedule_sync_rule
static const struct field schedule_sync_rule_rows[] = {SCHEDULE_SYNC_RULE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct escalation
static const struct field escalation_rows[] = {ESCALATION_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct escalation_path
static const struct field escalation_path_rows[] = {ESCALATION_PATH_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct user
static const struct field user_rows[] = {USER_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct team
static const struct field team_rows[] = {TEAM_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct postmortem_document
static const struct field postmortem_document_rows[] = {POSTMORTEM_DOCUMENT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct maintenance_window
static const struct field maintenance_window_rows[] = {MAINTENANCE_WINDOW_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define FIELD_OWNER struct identity
static const struct field identity_rows[] = {IDENTITY_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

#define X(name, FIELDS) const struct field_table name##_table = FIELD_TABLE(name, SIZE_MAX);
EMBEDDED(X)
#undef X

#define X(id, name, list, one, many, at, sort, FIELDS)                                             \
    const struct field_table name##_table = FIELD_TABLE(name, offsetof(struct name, json));
KINDS(X)
#undef X

const struct field_table identity_table = FIELD_TABLE(identity, offsetof(struct identity, json));

static const struct kind_info kinds[] = {
#define X(id, name, list, one, many, at, sort, FIELDS)                                             \
    [KIND_##id] = {KIND_##id, #name, list, one, many, at, sort, &name##_table},
    KINDS(X)
#undef X
};

const struct kind_info *
kind_info(enum kind kind)
{
    return &kinds[kind];
}

enum kind
kind_from_list_name(const char *name)
{
    enum kind kind = 0;
    while (kind < KIND_COUNT && strcmp(kinds[kind].list, name) != 0)
        kind++;
    return kind;
}

bool
enumeration_has(const struct enumeration *enumeration, const char *value)
{
    for (const char *const *at = enumeration->values; *at; at++)
        if (strcmp(*at, value) == 0)
            return true;
    return false;
}

const struct field *
field_find(const struct field_table *table, const char *name)
{
    for (size_t i = 0; i < table->fields_len; i++)
        if (strcmp(table->fields[i].name, name) == 0)
            return &table->fields[i];
    return NULL;
}

bool
field_type_is_text(enum field_type type)
{
    return type == FIELD_TEXT || type == FIELD_ENUM || type == FIELD_OBJECT || type == FIELD_ARRAY;
}

void
object_clear(const struct field_table *table, void *object)
{
    memset(object, 0, table->struct_size);
    for (size_t i = 0; i < table->fields_len; i++)
        if (field_type_is_text(table->fields[i].type))
            *(const char **)((char *)object + table->fields[i].offset) = "";
    if (table->json_offset != SIZE_MAX)
        *(const char **)((char *)object + table->json_offset) = "";
}
