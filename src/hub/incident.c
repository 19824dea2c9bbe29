#include "hub/incident.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "hub/escalation.h"
#include "model/slim.h"
#include "wire/wire.h"

static const char *
or_default(const char *text, const char *otherwise)
{
    return text && *text ? text : otherwise;
}

/* The text in the first row of a statement without parameters, or with one; "" = no row. */
static bool
first_text(struct store *store, enum sql sql, const char *name, const char *value,
           struct arena *arena, const char **text, struct error *err)
{
    struct statement *statement;
    bool row;
    *text = "";
    if (!store_statement(store, sql, &statement, err))
        return false;
    if (name)
        bind_text(statement, name, value);
    if (!statement_step(statement, &row, err))
        return false;
    if (row) {
        *text = row_text(statement, arena, 0);
        statement_reset(statement);
    }
    return true;
}

static bool
load_named(struct store *store, enum kind kind, const char *id, struct arena *arena, void *object,
           struct error *err)
{
    bool found;
    if (!object_load(store, kind, id, arena, object, &found, err))
        return false;
    return found ||
           error_set(err, ERROR_INVALID, "there is no %s '%.60s'", kind_info(kind)->one, id);
}

/* ---- what it is made of ---- */

#define SET_RANKED(object, p, from)                                                                \
    ((object)->p##_id = (from)->id, (object)->p##_name = (from)->name,                             \
     (object)->p##_rank = (from)->rank, (object)->p##_description = (from)->description,           \
     (object)->p##_created_at = (from)->created_at, (object)->p##_updated_at = (from)->updated_at)

bool
incident_set_status(struct store *store, struct incident *incident, const char *id,
                    struct arena *arena, struct error *err)
{
    struct incident_status status;
    if (!load_named(store, KIND_INCIDENT_STATUS, id, arena, &status, err))
        return false;
    SET_RANKED(incident, incident_status, &status);
    incident->incident_status_category = status.category;
    return true;
}

bool
incident_set_severity(struct store *store, struct incident *incident, const char *id,
                      struct arena *arena, struct error *err)
{
    struct severity severity;
    if (!load_named(store, KIND_SEVERITY, id, arena, &severity, err))
        return false;
    SET_RANKED(incident, severity, &severity);
    return true;
}

bool
incident_set_type(struct store *store, struct incident *incident, const char *id,
                  struct arena *arena, struct error *err)
{
    struct incident_type type;
    if (!load_named(store, KIND_INCIDENT_TYPE, id, arena, &type, err))
        return false;
    incident->incident_type_id = type.id;
    incident->incident_type_name = type.name;
    incident->incident_type_is_default = type.is_default;
    incident->incident_type_private_incidents_only = type.private_incidents_only;
    incident->incident_type_create_in_triage = type.create_in_triage;
    incident->incident_type_description = type.description;
    incident->incident_type_created_at = type.created_at;
    incident->incident_type_updated_at = type.updated_at;
    return true;
}

bool
incident_status_first(struct store *store, const char *category, struct arena *arena,
                      const char **id, struct error *err)
{
    return first_text(store, SQL_HUB_INCIDENT_STATUS_FIRST, "category", category, arena, id, err);
}

bool
incident_is_over(const char *category)
{
    static const char *const over[] = {"closed", "declined", "canceled", "merged"};
    for (size_t i = 0; i < sizeof over / sizeof *over; i++)
        if (strcmp(category, over[i]) == 0)
            return true;
    return false;
}

/* Every object of a kind, as it is stored. */
struct listing {
    struct arena *arena;
    const char **items;
    size_t len, capacity;
};

static bool
collect(void *context, const char *json)
{
    struct listing *listing = context;
    if (listing->len == listing->capacity) {
        listing->capacity = listing->capacity ? 2 * listing->capacity : 16;
        const char **more = arena_new_array(listing->arena, listing->capacity, const char *);
        if (listing->len)
            memcpy(more, listing->items, listing->len * sizeof *more);
        listing->items = more;
    }
    listing->items[listing->len++] = arena_text(listing->arena, json);
    return true;
}

static void
assign(struct incident_role_assignment *assignment, const struct user_embedded *person)
{
    assignment->assignee_id = or_default(person->id, "");
    assignment->assignee_name = or_default(person->name, "");
    assignment->assignee_email = or_default(person->email, "");
    assignment->assignee_role = or_default(person->role, "");
    assignment->assignee_slack_user_id = or_default(person->slack_user_id, "");
}

static bool
set_assignments(struct store *store, const struct incident_request *request, struct arena *arena,
                struct incident *incident, struct error *err)
{
    struct listing roles = {.arena = arena};
    if (!cache_list(store, KIND_INCIDENT_ROLE, NULL, collect, &roles, err))
        return false;
    struct incident_role_assignment *assignments =
        arena_new_array(arena, roles.len + 1, struct incident_role_assignment);
    for (size_t i = 0; i < roles.len; i++) {
        struct incident_role_assignment *assignment = &assignments[roles.len - 1 - i];
        struct incident_role role;
        if (!wire_read_object(KIND_INCIDENT_ROLE, slice_of(roles.items[i]), arena, &role, err))
            return false;
        object_clear(&incident_role_assignment_table, assignment);
        SET_INCIDENT_ROLE(assignment, &role);
        if (strcmp(role.role_type, "reporter") == 0)
            assign(assignment, &request->actor.user);
        for (size_t j = 0; j < request->assignments_len; j++) {
            const struct incident_role_assignment *wanted = &request->assignments[j];
            if (strcmp(wanted->role_id, role.id) != 0)
                continue;
            const struct user_embedded person = {wanted->assignee_id, wanted->assignee_name,
                                                 wanted->assignee_email, wanted->assignee_role,
                                                 wanted->assignee_slack_user_id};
            assign(assignment, &person);
        }
    }
    incident->incident_role_assignments = assignments; /* oldest role first */
    incident->incident_role_assignments_len = roles.len;
    return true;
}

/* When it was reported is known by itself; what the team's other timestamps mean is not. */
static bool
is_reported(const struct incident_timestamp *timestamp)
{
    return strcasecmp(timestamp->name, "Reported at") == 0;
}

static int
by_rank(const void *a, const void *b)
{
    const struct incident_timestamp_value *left = a, *right = b;
    return left->incident_timestamp_rank < right->incident_timestamp_rank   ? -1
           : left->incident_timestamp_rank > right->incident_timestamp_rank ? 1
                                                                            : 0;
}

static bool
set_timestamps(struct store *store, const struct incident_request *request, int64_t now_ms,
               struct arena *arena, struct incident *incident, struct error *err)
{
    struct listing known = {.arena = arena};
    if (!cache_list(store, KIND_INCIDENT_TIMESTAMP, NULL, collect, &known, err))
        return false;
    struct incident_timestamp_value *values =
        arena_new_array(arena, known.len + 1, struct incident_timestamp_value);
    for (size_t i = 0; i < known.len; i++) {
        struct incident_timestamp timestamp;
        if (!wire_read_object(KIND_INCIDENT_TIMESTAMP, slice_of(known.items[i]), arena, &timestamp,
                              err))
            return false;
        object_clear(&incident_timestamp_value_table, &values[i]);
        values[i].incident_timestamp_id = timestamp.id;
        values[i].incident_timestamp_name = timestamp.name;
        values[i].incident_timestamp_rank = timestamp.rank;
        values[i].value = is_reported(&timestamp) ? now_ms : 0;
        for (size_t j = 0; j < request->timestamps_len; j++)
            if (strcmp(request->timestamps[j].incident_timestamp_id, timestamp.id) == 0)
                values[i].value = request->timestamps[j].value;
    }
    qsort(values, known.len, sizeof *values, by_rank);
    incident->incident_timestamp_values = values;
    incident->incident_timestamp_values_len = known.len;
    return true;
}

bool
incident_next_number(struct store *store, int64_t *number, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_HUB_INCIDENT_NEXT_NUMBER, &statement, err) ||
        !statement_step(statement, &row, err))
        return false;
    *number = row ? row_integer(statement, 0) : 1;
    statement_reset(statement);
    return true;
}

/* ---- updates, copies ---- */

#define SET_ACTOR(object, p, actor)                                                                \
    ((object)->p##_user_id = or_default((actor)->user.id, ""),                                     \
     (object)->p##_user_name = or_default((actor)->user.name, ""),                                 \
     (object)->p##_user_email = or_default((actor)->user.email, ""),                               \
     (object)->p##_user_role = or_default((actor)->user.role, ""),                                 \
     (object)->p##_user_slack_user_id = or_default((actor)->user.slack_user_id, ""),               \
     (object)->p##_api_key_id = or_default((actor)->api_key_id, ""),                               \
     (object)->p##_api_key_name = or_default((actor)->api_key_name, ""),                           \
     (object)->p##_alert_id = or_default((actor)->alert_id, ""),                                   \
     (object)->p##_alert_title = or_default((actor)->alert_title, ""))

static bool
put_update(struct store *store, const struct incident *incident, const char *message,
           const struct incident_actor *actor, int64_t now_ms, struct arena *arena,
           struct error *err)
{
    struct incident_update update;
    object_clear(&incident_update_table, &update);
    update.id = object_new_id(now_ms, arena);
    update.incident_id = incident->id;
    update.message = or_default(message, "");
    update.created_at = now_ms;
#define COPY(to, from)                                                                             \
    (update.to##_id = incident->from##_id, update.to##_name = incident->from##_name,               \
     update.to##_rank = incident->from##_rank,                                                     \
     update.to##_description = incident->from##_description,                                       \
     update.to##_created_at = incident->from##_created_at,                                         \
     update.to##_updated_at = incident->from##_updated_at)
    COPY(new_incident_status, incident_status);
    COPY(new_severity, severity);
#undef COPY
    update.new_incident_status_category = incident->incident_status_category;
    SET_ACTOR(&update, updater, actor);
    return object_save(store, KIND_INCIDENT_UPDATE, &update, now_ms, arena, err);
}

static bool
update_copy(struct store *store, bool is_link, const char *id, const struct incident *incident,
            int64_t now_ms, struct arena *arena, struct error *err)
{
    bool found;
    if (is_link) {
        struct incident_alert link;
        if (!object_load(store, KIND_INCIDENT_ALERT, id, arena, &link, &found, err))
            return false;
        SET_INCIDENT_SLIM(&link, incident, incident);
        return !found || object_save(store, KIND_INCIDENT_ALERT, &link, now_ms, arena, err);
    }
    struct escalation escalation;
    if (!object_load(store, KIND_ESCALATION, id, arena, &escalation, &found, err))
        return false;
    if (!found)
        return true;
    struct escalation_incident *copies =
        arena_new_array(arena, escalation.related_incidents_len + 1, struct escalation_incident);
    for (size_t i = 0; i < escalation.related_incidents_len; i++) {
        copies[i] = escalation.related_incidents[i];
        if (strcmp(copies[i].incident_id, incident->id) == 0)
            SET_INCIDENT_SLIM(&copies[i], incident, incident);
    }
    escalation.related_incidents = copies;
    return object_save(store, KIND_ESCALATION, &escalation, now_ms, arena, err);
}

static bool
update_copies(struct store *store, const struct incident *incident, int64_t now_ms,
              struct arena *arena, struct error *err)
{
    const struct object_copy *copies;
    if (!object_copies(store, SQL_HUB_COPIES_OF_INCIDENT, incident->id, arena, &copies, err))
        return false;
    for (; copies; copies = copies->next)
        if (!update_copy(store, copies->is_link, copies->id, incident, now_ms, arena, err))
            return false;
    return true;
}

/* ---- beginning and changing ---- */

bool
incident_begin(struct store *store, const struct incident_request *request, int64_t now_ms,
               struct arena *arena, struct incident *incident, struct error *err)
{
    const char *status = or_default(request->incident_status_id, "");
    const char *severity = or_default(request->severity_id, "");
    const char *type = or_default(request->incident_type_id, "");
    int64_t number;

    if (!*status &&
        !incident_status_first(store, request->in_triage ? "triage" : "live", arena, &status, err))
        return false;
    if (!*severity && !first_text(store, SQL_HUB_SEVERITY_LEAST, NULL, "", arena, &severity, err))
        return false;
    if (!*type && !first_text(store, SQL_HUB_INCIDENT_TYPE_DEFAULT, NULL, "", arena, &type, err))
        return false;
    if (!incident_next_number(store, &number, err))
        return false;

    object_clear(&incident_table, incident);
    incident->id = object_new_id(now_ms, arena);
    incident->reference = arena_printf(arena, "INC-%lld", (long long)number);
    incident->name = or_default(request->name, incident->reference);
    incident->summary = or_default(request->summary, "");
    incident->mode = or_default(request->mode, "standard");
    incident->visibility = or_default(request->visibility, "public");
    incident->custom_field_entries = or_default(request->custom_field_entries, "");
    incident->slack_channel_id = or_default(request->slack_channel_id, "");
    incident->slack_channel_name = or_default(request->slack_channel_name, "");
    incident->slack_team_id = or_default(request->slack_team_id, "");
    incident->postmortem_document_url = or_default(request->postmortem_document_url, "");
    incident->created_at = incident->updated_at = now_ms;
    SET_ACTOR(incident, creator, &request->actor);
    return (*status == '\0'
                ? error_set(err, ERROR_INVALID, "there is no incident status to begin with")
                : incident_set_status(store, incident, status, arena, err)) &&
           (!*severity || incident_set_severity(store, incident, severity, arena, err)) &&
           (!*type || incident_set_type(store, incident, type, arena, err)) &&
           set_assignments(store, request, arena, incident, err) &&
           set_timestamps(store, request, now_ms, arena, incident, err) &&
           object_save(store, KIND_INCIDENT, incident, now_ms, arena, err) &&
           put_update(store, incident, request->message, &request->actor, now_ms, arena, err);
}

/* Timestamps that stand for having come to a status, by the names that the API's accounts have them under. */
static const struct {
    const char *category, *name;
} moments[] = {
    {"live", "Accepted at"}, {"learning", "Resolved at"}, {"closed", "Resolved at"},
    {"closed", "Closed at"}, {"declined", "Declined at"}, {"canceled", "Canceled at"},
    {"merged", "Merged at"},
};

static void
stamp(struct incident *incident, int64_t at, struct arena *arena)
{
    size_t len = incident->incident_timestamp_values_len;
    struct incident_timestamp_value *values =
        arena_new_array(arena, len + 1, struct incident_timestamp_value);
    for (size_t i = 0; i < len; i++) {
        values[i] = incident->incident_timestamp_values[i];
        for (size_t j = 0; j < sizeof moments / sizeof *moments && values[i].value == 0; j++)
            if (strcmp(moments[j].category, incident->incident_status_category) == 0 &&
                strcasecmp(moments[j].name, values[i].incident_timestamp_name) == 0)
                values[i].value = at;
    }
    incident->incident_timestamp_values = values;
}

bool
incident_change(struct store *store, struct incident *incident, const char *message,
                const struct incident_actor *actor, int64_t now_ms, struct arena *arena,
                struct error *err)
{
    struct incident before;
    bool found;
    if (!object_load(store, KIND_INCIDENT, incident->id, arena, &before, &found, err))
        return false;
    if (!found)
        return error_set(err, ERROR_NOT_FOUND, "there is no incident '%.60s'", incident->id);
    incident->updated_at = now_ms > before.updated_at ? now_ms : before.updated_at + 1;
    if (strcmp(before.incident_status_category, incident->incident_status_category) != 0)
        stamp(incident, incident->updated_at, arena);
    bool says = strcmp(before.incident_status_id, incident->incident_status_id) != 0 ||
                strcmp(before.severity_id, incident->severity_id) != 0 || (message && *message);
    bool ends = incident_is_over(incident->incident_status_category) &&
                !incident_is_over(before.incident_status_category);
    return object_save(store, KIND_INCIDENT, incident, now_ms, arena, err) &&
           (!says ||
            put_update(store, incident, message, actor, incident->updated_at, arena, err)) &&
           update_copies(store, incident, now_ms, arena, err) &&
           (!ends || escalation_incident_closed(store, incident->id, now_ms, arena, err));
}

bool
incident_attach_alert(struct store *store, const struct incident *incident,
                      const struct alert *alert, const char *alert_route_id, int64_t now_ms,
                      struct arena *arena, const char **link_id, struct error *err)
{
    struct statement *statement;
    struct incident_alert link;
    const char *ignored = "";
    bool row;
    link_id = link_id ? link_id : &ignored;
    if (!store_statement(store, SQL_HUB_INCIDENT_ALERT_FIND, &statement, err))
        return false;
    bind_text(statement, "incident_id", incident->id);
    bind_text(statement, "alert_id", alert->id);
    if (!statement_step(statement, &row, err))
        return false;
    if (row) {
        *link_id = row_text(statement, arena, 0);
        statement_reset(statement);
        return true;
    }
    object_clear(&incident_alert_table, &link);
    link.id = object_new_id(now_ms, arena);
    link.alert_route_id = or_default(alert_route_id, "");
    SET_ALERT_SLIM(&link, alert, alert);
    SET_INCIDENT_SLIM(&link, incident, incident);
    *link_id = link.id;
    return object_save(store, KIND_INCIDENT_ALERT, &link, now_ms, arena, err);
}
