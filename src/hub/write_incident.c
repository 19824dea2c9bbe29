#include "hub/write_incident.h"

#include <string.h>

#include "base/text.h"

enum { NAME_MAX_BYTES = 1000, SUMMARY_MAX_BYTES = 100 * 1024, VALUE_MAX_BYTES = 100 * 1024 };

#define FIELD_OWNER struct role_sent
static const struct field role_sent_rows[] = {ROLE_SENT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct timestamp_sent
static const struct field timestamp_sent_rows[] = {TIMESTAMP_SENT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct custom_value_sent
static const struct field custom_value_sent_rows[] = {CUSTOM_VALUE_SENT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct custom_field_sent
static const struct field custom_field_sent_rows[] = {CUSTOM_FIELD_SENT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
const struct field_table role_sent_table = FIELD_TABLE(role_sent, SIZE_MAX);
const struct field_table timestamp_sent_table = FIELD_TABLE(timestamp_sent, SIZE_MAX);
const struct field_table custom_value_sent_table = FIELD_TABLE(custom_value_sent, SIZE_MAX);
const struct field_table custom_field_sent_table = FIELD_TABLE(custom_field_sent, SIZE_MAX);

/* "incident.incident_role_assignments.2.assignee" */
#define FIELD_AT(exchange, at, list, index, member)                                                \
    arena_printf((exchange)->arena, "%s" list ".%zu." member, at, (size_t)(index))

static const char *
named(struct exchange *exchange, const char *at, const char *field)
{
    return arena_printf(exchange->arena, "%s%s", at, field);
}

bool
incident_sent_check(struct exchange *exchange, const struct incident_sent *sent, const char *at)
{
    struct severity severity;
    struct incident_status status;
    struct incident_timestamp timestamp;

    if (!write_check_length(exchange, named(exchange, at, "name"), sent->name, NAME_MAX_BYTES) ||
        !write_check_length(exchange, named(exchange, at, "summary"), sent->summary,
                            SUMMARY_MAX_BYTES))
        return false;
    if (*sent->severity_id && !write_load_named(exchange, KIND_SEVERITY, sent->severity_id,
                                                named(exchange, at, "severity_id"), &severity))
        return false;
    if (*sent->incident_status_id &&
        !write_load_named(exchange, KIND_INCIDENT_STATUS, sent->incident_status_id,
                          named(exchange, at, "incident_status_id"), &status))
        return false;
    for (size_t i = 0; i < sent->timestamps_len; i++)
        if (!write_load_named(
                exchange, KIND_INCIDENT_TIMESTAMP, sent->timestamps[i].incident_timestamp_id,
                FIELD_AT(exchange, at, "incident_timestamp_values", i, "incident_timestamp_id"),
                &timestamp))
            return false;
    return true;
}

bool
incident_sent_roles(struct exchange *exchange, const struct incident_sent *sent, const char *at,
                    struct incident_role_assignment **assignments)
{
    *assignments =
        arena_new_array(exchange->arena, sent->roles_len + 1, struct incident_role_assignment);
    for (size_t i = 0; i < sent->roles_len; i++) {
        const struct role_sent *role_sent = &sent->roles[i];
        struct incident_role_assignment *assignment = &(*assignments)[i];
        struct incident_role role;
        struct user_embedded user;
        const struct user_reference reference = {.id = role_sent->assignee_id,
                                                 .email = role_sent->assignee_email,
                                                 .slack_user_id =
                                                     role_sent->assignee_slack_user_id};
        if (!write_load_named(
                exchange, KIND_INCIDENT_ROLE, role_sent->incident_role_id,
                FIELD_AT(exchange, at, "incident_role_assignments", i, "incident_role_id"), &role))
            return false;
        object_clear(&incident_role_assignment_table, assignment);
        SET_INCIDENT_ROLE(assignment, &role);
        if (!*reference.id && !*reference.email && !*reference.slack_user_id)
            continue;
        if (!write_find_user(exchange, &reference,
                             FIELD_AT(exchange, at, "incident_role_assignments", i, "assignee"),
                             &user))
            return false;
        SET_USER(assignment, assignee, &user);
    }
    return true;
}

/* ---- custom fields: they have no list of their own and are known from the incidents that have them ---- */

/* What values of a type of field are sent as. */
static const struct {
    const char *field_type, *member;
} value_members[] = {
    {"text", "value_text"},
    {"link", "value_link"},
    {"numeric", "value_numeric"},
    {"single_select", "value_option_id"},
    {"multi_select", "value_option_id"},
};

static const char *
member_for(const char *field_type)
{
    for (size_t i = 0; i < sizeof(value_members) / sizeof(value_members[0]); i++)
        if (text_equals(value_members[i].field_type, field_type))
            return value_members[i].member;
    return "";
}

/* The option's JSON in the field's definition; "" when it has none of that id. */
static const char *
find_option(struct exchange *exchange, const struct wire_document *field, const char *id)
{
    for (size_t i = 0, len = wire_document_count(field, "options"); i < len; i++)
        if (text_equals(wire_document_text(field, exchange->arena,
                                           arena_printf(exchange->arena, "options.%zu.id", i)),
                        id))
            return wire_document_json(field, exchange->arena,
                                      arena_printf(exchange->arena, "options.%zu", i));
    return "";
}

static bool
append_value(struct exchange *exchange, const struct wire_document *field,
             const struct custom_value_sent *sent, const char *where, struct str *out)
{
    const char *type = wire_document_text(field, exchange->arena, "field_type");
    const char *member = member_for(type), *text = "";

    for (size_t i = 0; i < custom_value_sent_table.fields_len; i++) {
        const struct field *sent_field = &custom_value_sent_table.fields[i];
        const char *given = *(const char *const *)((const char *)sent + sent_field->offset);
        if (*given && !text_equals(sent_field->name, member))
            return answer_invalid(exchange,
                                  arena_printf(exchange->arena, "%s.%s", where, sent_field->name),
                                  "'%s.%s': values of this field are sent as %s", where,
                                  sent_field->name, *member ? member : "nothing this hub knows");
        text = *given ? given : text;
    }
    if (*text == '\0')
        return answer_error(exchange, 422, "is_required", where, "'%s': '%s' is missing", where,
                            member);
    if (!write_check_length(exchange, where, text, VALUE_MAX_BYTES))
        return false;
    if (text_equals(member, "value_link") && !write_check_url(exchange, where, text))
        return false;
    if (!text_equals(member, "value_option_id")) {
        str_printf(out, "{\"%s\":", member);
        wire_append_string(out, text);
        str_append_char(out, '}');
        return true;
    }
    const char *option = find_option(exchange, field, text);
    if (*option == '\0')
        return answer_invalid(exchange, where, "'%s': there is no option '%.100s'", where, text);
    str_append(out, "{\"value_option\":");
    str_append(out, option);
    str_append_char(out, '}');
    return true;
}

static bool
append_entry(struct exchange *exchange, const char *field_json,
             const struct custom_field_sent *sent, const char *where, struct str *out)
{
    struct wire_document *field;
    struct error err;
    bool ok = true;

    if (!wire_document_read(slice_of(field_json), &field, &err))
        return answer_broken(exchange, &err);
    str_append(out, "{\"custom_field\":");
    str_append(out, field_json);
    str_append(out, ",\"values\":[");
    if (sent->values_len > 1 &&
        !text_equals(wire_document_text(field, exchange->arena, "field_type"), "multi_select"))
        ok = answer_invalid(exchange, where, "'%s': this field takes one value", where);
    for (size_t i = 0; ok && i < sent->values_len; i++) {
        str_append(out, i > 0 ? "," : "");
        ok = append_value(exchange, field, &sent->values[i],
                          arena_printf(exchange->arena, "%s.%zu", where, i), out);
    }
    str_append(out, "]}");
    wire_document_destroy(field);
    return ok;
}

static bool
find_custom_field(struct exchange *exchange, const char *id, const char *where, const char **json)
{
    struct statement *statement = exchange_statement(exchange, SQL_HUB_CUSTOM_FIELD_FIND);
    struct error err;
    bool row;

    if (!statement)
        return false;
    bind_text(statement, "id", id);
    if (!statement_step(statement, &row, &err))
        return answer_failure(exchange, &err);
    if (row) {
        *json = row_text(statement, exchange->arena, 0);
        statement_reset(statement);
    }
    return row ||
           answer_invalid(exchange, where, "'%s': there is no custom field '%.100s'", where, id);
}

/* Those of the incident that the request does not name. */
static bool
append_others(struct exchange *exchange, const struct incident_sent *sent, const char *entries,
              struct str *out)
{
    struct wire_document *document;
    struct error err;

    if (*entries == '\0')
        return true;
    if (!wire_document_read(slice_of(entries), &document, &err))
        return answer_broken(exchange, &err);
    for (size_t i = 0, len = wire_document_count(document, ""); i < len; i++) {
        const char *id = wire_document_text(
            document, exchange->arena, arena_printf(exchange->arena, "%zu.custom_field.id", i));
        bool replaced = false;
        for (size_t j = 0; j < sent->custom_fields_len; j++)
            replaced |= text_equals(sent->custom_fields[j].custom_field_id, id);
        if (replaced)
            continue;
        str_append(out, out->len > 1 ? "," : "");
        str_append(out, wire_document_json(document, exchange->arena,
                                           arena_printf(exchange->arena, "%zu", i)));
    }
    wire_document_destroy(document);
    return true;
}

bool
incident_sent_custom_fields(struct exchange *exchange, const struct incident_sent *sent,
                            const char *at, const char *entries, const char **out)
{
    struct str json;
    const char *field_json;

    *out = entries;
    if (sent->custom_fields_len == 0)
        return true;
    str_init(&json, 0);
    str_append_char(&json, '[');
    bool ok = append_others(exchange, sent, entries, &json);
    for (size_t i = 0; ok && i < sent->custom_fields_len; i++) {
        const struct custom_field_sent *field = &sent->custom_fields[i];
        str_append(&json, json.len > 1 ? "," : "");
        ok = find_custom_field(exchange, field->custom_field_id,
                               FIELD_AT(exchange, at, "custom_field_entries", i, "custom_field_id"),
                               &field_json) &&
             append_entry(exchange, field_json, field,
                          FIELD_AT(exchange, at, "custom_field_entries", i, "values"), &json);
    }
    str_append_char(&json, ']');
    *out = arena_text(exchange->arena, str_text(&json));
    str_finish(&json);
    return ok;
}
