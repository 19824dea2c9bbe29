/* Incidents are created and edited (facts 8.2). */

#include <string.h>

#include "base/text.h"
#include "hub/write_incident.h"

#define R FIELD_REQUIRED
#define ONLY_CREATE(X)                                                                             \
    X(TEXT, idempotency_key, "idempotency_key", R, _)                                              \
    X(ENUM, visibility, "visibility", R, visibility)                                               \
    X(ENUM, mode, "mode", 0, incident_mode)                                                        \
    X(TEXT, incident_type_id, "incident_type_id", 0, _)                                            \
    X(TEXT, slack_team_id, "slack_team_id", 0, _)                                                  \
    X(INTEGER, external_id, "retrospective_incident_options.external_id", 0, _)                    \
    X(TEXT, postmortem_url, "retrospective_incident_options.postmortem_document_url", 0, _)        \
    X(TEXT, slack_channel_id, "retrospective_incident_options.slack_channel_id", 0, _)
#define ONLY_EDIT(X)                                                                               \
    X(TEXT, call_url, "incident.call_url", 0, _)                                                   \
    X(BOOLEAN, notify, "notify_incident_channel", R, _)

struct create_sent {
    INCIDENT_SENT_FIELDS(FIELD_DECLARE, "", 0) ONLY_CREATE(FIELD_DECLARE)
};
struct edit_sent {
    INCIDENT_SENT_FIELDS(FIELD_DECLARE, "", 0) ONLY_EDIT(FIELD_DECLARE)
};
#define FIELD_OWNER struct create_sent
static const struct field create_rows[] = {INCIDENT_SENT_FIELDS(FIELD_ROW, "", 0)
                                               ONLY_CREATE(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct edit_sent
static const struct field edit_rows[] = {
    INCIDENT_SENT_FIELDS(FIELD_ROW, "incident.", FIELD_PARENT_REQUIRED) ONLY_EDIT(FIELD_ROW)};
#undef FIELD_OWNER
WRITE_BODY(create, create_sent);
WRITE_BODY(edit, edit_sent);

/* The members that both have stand first, in the same order. */
static const struct incident_sent *
common(const void *sent)
{
    _Static_assert(offsetof(struct create_sent, slack_channel_name) ==
                       offsetof(struct incident_sent, slack_channel_name),
                   "the common members come first");
    _Static_assert(offsetof(struct edit_sent, slack_channel_name) ==
                       offsetof(struct incident_sent, slack_channel_name),
                   "the common members come first");
    return sent;
}

/* ---- creating ---- */

static bool
check_create(struct exchange *exchange, const struct create_sent *sent)
{
    struct incident_type type;
    bool retrospective = text_equals(sent->mode, "retrospective");

    if (!incident_sent_check(exchange, common(sent), ""))
        return false;
    if (*sent->incident_type_id &&
        !write_load_named(exchange, KIND_INCIDENT_TYPE, sent->incident_type_id, "incident_type_id",
                          &type))
        return false;
    if (sent->external_id != 0)
        return answer_invalid(exchange, "retrospective_incident_options.external_id",
                              "'retrospective_incident_options.external_id': this hub numbers "
                              "incidents itself");
    if (!retrospective && (*sent->postmortem_url || *sent->slack_channel_id))
        return answer_invalid(exchange, "retrospective_incident_options",
                              "'retrospective_incident_options' need mode retrospective");
    return *sent->postmortem_url == '\0' ||
           write_check_url(exchange, "retrospective_incident_options.postmortem_document_url",
                           sent->postmortem_url);
}

static struct incident_actor
incident_actor(const struct actor *actor)
{
    return (struct incident_actor){
        .user = actor->user, .api_key_id = actor->api_key_id, .api_key_name = actor->api_key_name};
}

static bool
run_create(struct exchange *exchange, const void *body)
{
    const struct create_sent *sent = body;
    struct incident_role_assignment *roles;
    struct incident incident;
    struct actor actor;
    struct error err;
    const char *custom_fields;

    if (!check_create(exchange, sent) || !incident_sent_roles(exchange, common(sent), "", &roles) ||
        !incident_sent_custom_fields(exchange, common(sent), "", "", &custom_fields) ||
        !write_actor(exchange, &actor))
        return false;
    struct incident_timestamp_value *timestamps =
        arena_new_array(exchange->arena, sent->timestamps_len + 1, struct incident_timestamp_value);
    for (size_t i = 0; i < sent->timestamps_len; i++) {
        timestamps[i].incident_timestamp_id = sent->timestamps[i].incident_timestamp_id;
        timestamps[i].value = sent->timestamps[i].value;
    }
    const struct incident_request request = {
        .name = sent->name,
        .summary = sent->summary,
        .severity_id = sent->severity_id,
        .incident_status_id = sent->incident_status_id,
        .incident_type_id = sent->incident_type_id,
        .mode = sent->mode,
        .visibility = sent->visibility,
        .custom_field_entries = custom_fields,
        .slack_channel_id = sent->slack_channel_id,
        .slack_channel_name = sent->slack_channel_name,
        .slack_team_id = sent->slack_team_id,
        .postmortem_document_url = sent->postmortem_url,
        .assignments = roles,
        .assignments_len = sent->roles_len,
        .timestamps = timestamps,
        .timestamps_len = sent->timestamps_len,
        .actor = incident_actor(&actor),
    };
    if (!incident_begin(exchange->store, &request, exchange->now_ms, exchange->arena, &incident,
                        &err))
        return answer_failure(exchange, &err);
    if (!write_audit(exchange, KIND_INCIDENT, incident.id, "", incident.json))
        return false;
    write_answer(exchange, KIND_INCIDENT, &incident);
    return true;
}
const struct write incident_create = {
    .scope = "incidents.create", .body = &create_table, .run = run_create};

/* ---- editing ---- */

/* Where an incident may go from a category, besides others of the same: never back, and not to where only the hub puts it. */
static const struct {
    const char *from, *to;
} moves[] = {
    {"triage", "live"},   {"triage", "learning"}, {"triage", "closed"}, {"live", "paused"},
    {"live", "learning"}, {"live", "closed"},     {"paused", "live"},   {"paused", "learning"},
    {"paused", "closed"}, {"learning", "closed"},
};

static bool
may_move(const char *from, const char *to)
{
    if (text_equals(from, to))
        return true;
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
        if (text_equals(moves[i].from, from) && text_equals(moves[i].to, to))
            return true;
    return false;
}

static bool
move(struct exchange *exchange, const char *status_id, struct incident *incident)
{
    const char *from = incident->incident_status_category;
    struct error err;

    if (*status_id == '\0')
        return true;
    if (!incident_set_status(exchange->store, incident, status_id, exchange->arena, &err))
        return answer_failure(exchange, &err);
    return may_move(from, incident->incident_status_category) ||
           answer_invalid(exchange, "incident.incident_status_id",
                          "'incident.incident_status_id': an incident that is %s cannot become %s",
                          from, incident->incident_status_category);
}

static bool
assign_roles(struct exchange *exchange, const struct incident_sent *sent, struct incident *incident)
{
    struct incident_role_assignment *given;

    if (!incident_sent_roles(exchange, sent, "incident.", &given))
        return false;
    size_t len = incident->incident_role_assignments_len;
    struct incident_role_assignment *all = arena_new_array(
        exchange->arena, len + sent->roles_len + 1, struct incident_role_assignment);
    for (size_t i = 0; i < len; i++)
        all[i] = incident->incident_role_assignments[i];
    for (size_t i = 0; i < sent->roles_len; i++) {
        size_t at = 0;
        while (at < len && strcmp(all[at].role_id, given[i].role_id) != 0)
            at++;
        len += at == len;
        all[at] = given[i];
        if (text_equals(given[i].role_type, "reporter"))
            return answer_invalid(
                exchange,
                arena_printf(exchange->arena,
                             "incident.incident_role_assignments.%zu.incident_role_id", i),
                "who reported an incident is said when it is created");
    }
    incident->incident_role_assignments = all;
    incident->incident_role_assignments_len = len;
    return true;
}

static bool
set_timestamps(struct exchange *exchange, const struct incident_sent *sent,
               struct incident *incident)
{
    size_t len = incident->incident_timestamp_values_len;
    struct incident_timestamp_value *all = arena_new_array(
        exchange->arena, len + sent->timestamps_len + 1, struct incident_timestamp_value);

    for (size_t i = 0; i < len; i++)
        all[i] = incident->incident_timestamp_values[i];
    for (size_t i = 0; i < sent->timestamps_len; i++) {
        const char *id = sent->timestamps[i].incident_timestamp_id;
        struct incident_timestamp timestamp;
        size_t at = 0;
        if (!write_load_named(exchange, KIND_INCIDENT_TIMESTAMP, id,
                              "incident.incident_timestamp_values", &timestamp))
            return false;
        while (at < len && strcmp(all[at].incident_timestamp_id, id) != 0)
            at++;
        len += at == len;
        all[at].incident_timestamp_id = timestamp.id;
        all[at].incident_timestamp_name = timestamp.name;
        all[at].incident_timestamp_rank = timestamp.rank;
        all[at].value = sent->timestamps[i].value;
    }
    incident->incident_timestamp_values = all;
    incident->incident_timestamp_values_len = len;
    return true;
}

static bool
take(struct exchange *exchange, const struct edit_sent *sent, struct incident *incident)
{
    struct error err;

    if (!incident_sent_check(exchange, common(sent), "incident."))
        return false;
    if (write_has(exchange, "name")) {
        if (sent->name[strspn(sent->name, " \t\r\n")] == '\0')
            return answer_error(exchange, 422, "is_required", "incident.name",
                                "'incident.name' cannot be empty");
        incident->name = sent->name;
    }
    if (write_has(exchange, "summary"))
        incident->summary = sent->summary;
    if (*sent->call_url && !write_check_url(exchange, "incident.call_url", sent->call_url))
        return false;
    if (write_has(exchange, "call_url"))
        incident->call_url = sent->call_url;
    if (*sent->slack_channel_name)
        incident->slack_channel_name = sent->slack_channel_name;
    if (*sent->severity_id &&
        !incident_set_severity(exchange->store, incident, sent->severity_id, exchange->arena, &err))
        return answer_failure(exchange, &err);
    return move(exchange, sent->incident_status_id, incident) &&
           assign_roles(exchange, common(sent), incident) &&
           set_timestamps(exchange, common(sent), incident) &&
           incident_sent_custom_fields(exchange, common(sent), "incident.",
                                       incident->custom_field_entries,
                                       &incident->custom_field_entries);
}

/* Paths take the number as well. */
static bool
load(struct exchange *exchange, struct incident *incident)
{
    const char *id = exchange->id;
    struct error err;
    bool row;

    if (id[strspn(id, "0123456789")] == '\0') {
        struct statement *statement = exchange_statement(exchange, SQL_HUB_INCIDENT_BY_REFERENCE);
        if (!statement)
            return false;
        bind_text(statement, "reference", arena_printf(exchange->arena, "INC-%s", id));
        if (!statement_step(statement, &row, &err))
            return answer_failure(exchange, &err);
        if (row) {
            id = row_text(statement, exchange->arena, 0);
            statement_reset(statement);
        }
    }
    return write_load(exchange, KIND_INCIDENT, id, incident);
}

static bool
run_edit(struct exchange *exchange, const void *body)
{
    const struct edit_sent *sent = body;
    struct incident incident;
    struct actor actor;
    struct error err;

    if (!load(exchange, &incident) || !write_actor(exchange, &actor))
        return false;
    const char *before = incident.json;
    const struct incident_actor by = incident_actor(&actor);
    if (!take(exchange, sent, &incident))
        return false;
    if (!incident_change(exchange->store, &incident, "", &by, exchange->now_ms, exchange->arena,
                         &err))
        return answer_failure(exchange, &err);
    if (!write_audit(exchange, KIND_INCIDENT, incident.id, before, incident.json))
        return false;
    write_answer(exchange, KIND_INCIDENT, &incident);
    return true;
}
const struct write incident_edit = {
    .scope = "incidents.edit", .body = &edit_table, .run = run_edit};
