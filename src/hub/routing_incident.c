/* The incident of a route: opened from its template, or joined with the group; its severity follows what joins. */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "hub/routing_internal.h"
#include "wire/wire.h"

struct severities {
    struct arena *arena;
    struct severity items[16];
    size_t len;
    bool failed;
};

static bool
add_severity(void *context, const char *json)
{
    struct severities *list = context;
    struct severity *item = &list->items[list->len];
    if (wire_read_object(KIND_SEVERITY, slice_of(arena_text(list->arena, json)), list->arena, item,
                         NULL))
        list->len++;
    return list->len < sizeof list->items / sizeof *list->items;
}

static int
by_rank(const void *a, const void *b)
{
    const struct severity *left = a, *right = b;
    return left->rank > right->rank ? -1 : left->rank < right->rank;
}

/*
 * Which severity a word means: its id, its name, else the digit it stands for (critical, sev1 and P1 are the most severe
 * there is). NULL = none.
 */
static const struct severity *
severity_named(const struct severities *list, const char *word)
{
    for (size_t i = 0; *word && i < list->len; i++)
        if (strcmp(list->items[i].id, word) == 0 || strcasecmp(list->items[i].name, word) == 0)
            return &list->items[i];
    int digit = *word ? severity_digit_from_word(&derivation_default, word) : 0;
    return digit > 0 && list->len > 0
               ? &list->items[(size_t)digit <= list->len ? (size_t)digit - 1 : list->len - 1]
               : NULL;
}

/* The alert's severity by the route's template, NULL = none; *why tells where it comes from. */
static bool
find_severity(struct passage *passage, struct severities *list, const struct severity **severity,
              const char **why, struct error *err)
{
    const struct rule_route *route = passage->route;
    *list = (struct severities){.arena = passage->arena};
    if (!cache_list(passage->store, KIND_SEVERITY, NULL, add_severity, list, err))
        return false;
    qsort(list->items, list->len, sizeof *list->items, by_rank);
    const char *word =
        rule_text(route->severity_literal, route->severity_reference, &passage->scope.scope);
    bool is_templated = *route->severity_literal || *route->severity_reference;
    if (!is_templated)
        word = passage->alert->severity;
    *severity = severity_named(list, word);
    *why = *severity && is_templated ? arena_printf(passage->arena, "by the template's %s", word)
           : *severity ? arena_printf(passage->arena, "by the alert's severity %s", word)
           : *word
               ? arena_printf(passage->arena, "there is no severity %s: the least is taken", word)
               : "the alert says no severity: the least is taken";
    return true;
}

static void
say_incident(struct passage *passage, const struct incident *incident, bool is_new, const char *why)
{
    struct decision_route *said = passage->said;
    passage->incident_id = incident->id;
    said->incident_id = incident->id;
    said->incident_reference = incident->reference;
    said->incident_name = incident->name;
    said->incident_is_new = is_new;
    said->incident_status = incident->incident_status_name;
    said->incident_severity = incident->severity_name;
    said->incident_why = why;
}

static const struct incident_actor *
actor_of(struct passage *passage)
{
    struct incident_actor *actor = arena_new(passage->arena, struct incident_actor);
    actor->alert_id = passage->alert->id;
    actor->alert_title = passage->alert->title;
    return actor;
}

static bool
join(struct passage *passage, struct error *err)
{
    struct incident incident;
    struct severities list;
    const struct severity *severity;
    const char *why, *message = "";
    bool found;
    if (!object_load(passage->store, KIND_INCIDENT, passage->group_incident_id, passage->arena,
                     &incident, &found, err) ||
        !find_severity(passage, &list, &severity, &why, err))
        return false;
    why = "its group has it";
    if (severity && rule_severity_changes(passage->route, incident.severity_rank, severity->rank)) {
        message = arena_printf(passage->arena, "%s raises the severity.", passage->alert->title);
        why = "its group has it, and this alert raises its severity";
        if (!incident_set_severity(passage->store, &incident, severity->id, passage->arena, err) ||
            !incident_change(passage->store, &incident, message, actor_of(passage), passage->now_ms,
                             passage->arena, err))
            return false;
    }
    say_incident(passage, &incident, false, why);
    return incident_attach_alert(passage->store, &incident, passage->alert, passage->route->id,
                                 passage->now_ms, passage->arena, NULL, err);
}

/* What the template names and is not there any more must not lose the alert: the default takes its place. */
static bool
known_or_default(struct passage *passage, enum kind kind, const char *id, const char **known,
                 const char **why, struct error *err)
{
    bool found = false;
    *known = "";
    if (!*id)
        return true;
    void *object = arena_alloc(passage->arena, kind_info(kind)->fields->struct_size);
    if (!cache_get(passage->store, kind, id, passage->arena, object, &found, err))
        return false;
    if (found)
        *known = id;
    else
        *why = arena_printf(passage->arena, "%s; the template's %s '%.40s' is not there", *why,
                            kind_info(kind)->one, id);
    return true;
}

static bool
fill_roles(struct passage *passage, struct incident_request *request, struct error *err)
{
    const struct rule_route *route = passage->route;
    struct incident_role_assignment *assignments =
        arena_new_array(passage->arena, route->roles_len + 1, struct incident_role_assignment);
    for (size_t i = 0; i < route->roles_len; i++) {
        const char *id =
            rule_text(route->roles[i].literal, route->roles[i].reference, &passage->scope.scope);
        struct user user;
        bool found;
        if (!*id)
            continue;
        if (!cache_get(passage->store, KIND_USER, id, passage->arena, &user, &found, err))
            return false;
        if (!found)
            continue;
        struct incident_role_assignment *assignment = &assignments[request->assignments_len++];
        object_clear(&incident_role_assignment_table, assignment);
        assignment->role_id = route->roles[i].incident_role_id;
        assignment->assignee_id = user.id;
        assignment->assignee_name = user.name;
        assignment->assignee_email = user.email;
        assignment->assignee_role = "unset";
        assignment->assignee_slack_user_id = user.slack_user_id;
    }
    request->assignments = assignments;
    return true;
}

struct member {
    const char *id;
    struct member *next;
};

/* Alerts that were in the group before its incident was opened are part of it, too. */
static bool
attach_group(struct passage *passage, const struct incident *incident, struct error *err)
{
    struct statement *statement;
    struct member *members = NULL, **end = &members;
    bool row = true, found;
    if (!passage->joins)
        return true;
    if (!store_statement(passage->store, SQL_ALERT_GROUP_MEMBERS, &statement, err))
        return false;
    bind_text(statement, "id", passage->group.id);
    bind_integer(statement, "opened_at", passage->group.opened_at);
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        *end = arena_new(passage->arena, struct member);
        (*end)->id = row_text(statement, passage->arena, 0);
        end = &(*end)->next;
    }
    for (; members; members = members->next) {
        struct alert alert;
        if (!object_load(passage->store, KIND_ALERT, members->id, passage->arena, &alert, &found,
                         err) ||
            (found && !incident_attach_alert(passage->store, incident, &alert, passage->route->id,
                                             passage->now_ms, passage->arena, NULL, err)))
            return false;
    }
    return true;
}

static bool
open_incident(struct passage *passage, struct error *err)
{
    const struct rule_route *route = passage->route;
    const struct scope *scope = &passage->scope.scope;
    struct severities list;
    const struct severity *severity;
    struct incident incident;
    const char *why, *type;

    if (!find_severity(passage, &list, &severity, &why, err) ||
        !known_or_default(passage, KIND_INCIDENT_TYPE,
                          rule_text(route->type_literal, route->type_reference, scope), &type, &why,
                          err))
        return false;
    const char *name =
        rule_text(route->name_of_incident_literal, route->name_of_incident_reference, scope);
    const char *mode = rule_text(route->mode_literal, route->mode_reference, scope);
    struct incident_request request = {
        .name = *name ? name : passage->alert->title,
        .summary = rule_text(route->summary_literal, route->summary_reference, scope),
        .severity_id = severity ? severity->id : "",
        .in_triage =
            !text_equals(rule_text(route->triage_literal, route->triage_reference, scope), "false"),
        .incident_type_id = type,
        .mode = enumeration_has(&incident_mode_enumeration, mode) ? mode : "",
        .actor = *actor_of(passage),
    };
    if (!fill_roles(passage, &request, err) ||
        !incident_begin(passage->store, &request, passage->now_ms, passage->arena, &incident, err))
        return false;
    say_incident(passage, &incident, true, why);
    return attach_group(passage, &incident, err) &&
           incident_attach_alert(passage->store, &incident, passage->alert, route->id,
                                 passage->now_ms, passage->arena, NULL, err);
}

bool
passage_incident(struct passage *passage, struct error *err)
{
    const struct rule_route *route = passage->route;
    struct decision_route *said = passage->said;
    passage->incident_id = "";
    if (passage->joins && passage->group.has_incident)
        return join(passage, err);
    if (!route->makes_incidents) {
        said->incident_why = "the route makes none";
        return true;
    }
    said->incident_conditions =
        rules_explain(route->incident_conditions, route->incident_conditions_len,
                      &passage->scope.scope, &said->incident_conditions_len);
    if (!condition_groups_hold(route->incident_conditions, route->incident_conditions_len,
                               &passage->scope.scope)) {
        said->incident_why = "its conditions do not hold";
        return true;
    }
    struct error why;
    if (open_incident(passage, &why))
        return true;
    if (why.code == ERROR_STORE) {
        *err = why;
        return false;
    }
    said->incident_why = arena_printf(passage->arena, "it cannot be opened: %s", why.message);
    return true;
}
