/* What is done to incidents, and what finishes, is noted or assigned whatever it is. */

#include <string.h>
#include <strings.h>

#include "action/plan_internal.h"
#include "base/clock.h"

#define LEAD "incident_role_assignments[role.role_type=lead].assignee.id"

static const char *
title_of(struct maker *maker, const struct incident *incident)
{
    return arena_printf(maker->arena, "%s %s", incident->reference, incident->name);
}

static size_t
edit(struct maker *maker, const struct plan_target *target, const struct incident *incident,
     const char *members, const char *seen, const char *goal, const char *label)
{
    const struct outbox_row row = {
        .method = "POST",
        .path = arena_printf(maker->arena, "/v2/incidents/%s/actions/edit", target->id),
        .body = arena_printf(maker->arena, "{\"incident\":%s,\"notify_incident_channel\":true}",
                             members),
        .check_path = arena_printf(maker->arena, "/v2/incidents/%s", target->id),
        .seen = seen,
        .goal = goal,
    };
    return plan_row(maker, target, title_of(maker, incident), label, &row);
}

/* Told on the timeline, at the time it was written: the nearest thing to an update that the API takes (facts 13). */
static void
tell(struct maker *maker, const struct plan_target *target, const struct incident *incident,
     const char *text, size_t waits_for, const char *label)
{
    char time[RFC3339_SIZE];
    const char *key = plan_key(maker);
    const char *line_end = strchr(text, '\n');
    const char *title =
        line_end ? arena_text_len(maker->arena, text, (size_t)(line_end - text)) : text;
    const struct outbox_row row = {
        .method = "POST",
        .path = "/v2/incident_timeline_items",
        .idempotency_key = key,
        .body = plan_pairs(maker->arena, "idempotency_key", key, "incident_id", target->id, "title",
                           title, "timestamp", time_to_rfc3339(maker->context->now_ms, time),
                           "description", line_end ? line_end + 1 : NULL),
        .waits_for = (int64_t)waits_for,
    };
    (void)plan_row(maker, target, title_of(maker, incident), label, &row);
}

/* ---- update ---- */

struct change {
    struct plan_named status, severity; /* id NULL = stays */
};

static bool
begins(const char *word, const char *name, const char **value)
{
    size_t len = strlen(name);
    *value = word + len;
    return strncmp(word, name, len) == 0;
}

/* Words NAME=VALUE at the beginning; the rest, or what follows a --, is the message. */
static bool
read_change(struct maker *maker, struct change *change)
{
    const char *word, *rest = maker->argument, *value;
    bool top = false;
    *change = (struct change){0};
    while (argument_word(&rest, maker->arena, &word)) {
        if (begins(word, "status=", &value)) {
            if (!plan_status(maker, value, &change->status))
                return false;
        } else if (begins(word, "severity=", &value) || begins(word, "sev=", &value)) {
            if (!plan_severity(maker, value, &change->severity, &top))
                return false;
        } else {
            break;
        }
        maker->argument = rest;
    }
    plan_end_options(maker);
    if (top)
        plan_typed(maker, change->severity.name);
    return true;
}

/* *number: the row's; 0 = it is so already. */
static bool
apply(struct maker *maker, const struct plan_target *target, const struct incident *incident,
      const struct change *change, size_t *number)
{
    struct arena *arena = maker->arena;
    const char *status = change->status.id, *severity = change->severity.id;
    const char *status_to_be = incident->incident_status_id;
    const char *severity_to_be = incident->severity_id;
    *number = 0;
    if (!plan_will_be(maker, target, "incident_status.id", &status_to_be) ||
        !plan_will_be(maker, target, "severity.id", &severity_to_be))
        return false;
    if (status && text_equals(status, status_to_be))
        status = NULL;
    if (severity && text_equals(severity, severity_to_be))
        severity = NULL;
    if (!status && !severity)
        return true;
    const char *label = arena_printf(
        arena, "set %s%s%s of", status ? "status " : "severity ",
        status ? change->status.name : change->severity.name,
        status && severity ? arena_printf(arena, ", severity %s", change->severity.name) : "");
    *number =
        edit(maker, target, incident,
             plan_pairs(arena, "incident_status_id", status, "severity_id", severity),
             plan_pairs(arena, "incident_status.id", status ? incident->incident_status_id : NULL,
                        "severity.id", severity ? incident->severity_id : NULL),
             plan_pairs(arena, "incident_status.id", status, "severity.id", severity), label);
    return true;
}

bool
plan_update(struct maker *maker)
{
    struct change change;
    const char *message = "";
    if (!read_change(maker, &change))
        return false;
    const bool tells = maker->argument[strspn(maker->argument, " \t\n")] != '\0';
    if (tells && !plan_text(maker, "a message", &message))
        return false;
    if (!tells && !change.status.id && !change.severity.id)
        return error_set(maker->err, ERROR_USAGE,
                         "update: expected status=STATUS, severity=SEVERITY or a message");
    for (size_t i = 0; i < maker->targets_len; i++) {
        const struct plan_target *target = &maker->targets[i];
        struct incident incident;
        bool found;
        if (!plan_get(maker, target, &incident, &found))
            return false;
        if (!found)
            continue;
        /* What did not come about is not told. */
        size_t changed;
        if (!apply(maker, target, &incident, &change, &changed))
            return false;
        if (tells)
            tell(maker, target, &incident, message, changed, "tell about");
        if (!tells && !changed)
            plan_skip(maker, title_of(maker, &incident), "it is so already");
    }
    return true;
}

/* ---- finish ---- */

/* Without a status named: to the review where there is one, from there (or without it) closed; facts 8.2. */
static bool
close_incident(struct maker *maker, const struct plan_target *target)
{
    struct change change = {0};
    struct incident incident;
    struct error unknown = {0};
    size_t changed;
    bool found;
    if (!plan_get(maker, target, &incident, &found))
        return false;
    if (!found)
        return true;
    const char *category = incident.incident_status_category;
    const char *text = maker->argument;
    if (text[strspn(text, " ")]) {
        if (!plan_text(maker, "a status", &text) || !plan_status(maker, text, &change.status))
            return false;
    } else if (text_equals(category, "triage") || text_equals(category, "live") ||
               text_equals(category, "paused")) {
        struct error *err = maker->err;
        maker->err = &unknown;
        bool reviews = plan_status(maker, "learning", &change.status);
        maker->err = err;
        if (!reviews && !plan_status(maker, "closed", &change.status))
            return false;
    } else if (text_equals(category, "learning")) {
        if (!plan_status(maker, "closed", &change.status))
            return false;
    } else {
        plan_skip(maker, title_of(maker, &incident),
                  arena_printf(maker->arena, "it is %s already", category));
        return true;
    }
    if (!apply(maker, target, &incident, &change, &changed))
        return false;
    if (!changed)
        plan_skip(maker, title_of(maker, &incident), "it is so already");
    return true;
}

bool
plan_finish(struct maker *maker)
{
    for (size_t i = 0; i < maker->targets_len; i++) {
        const struct plan_target *target = &maker->targets[i];
        bool ok;
        if (target->kind == KIND_ALERT)
            ok = plan_resolve(maker, target);
        else if (target->kind == KIND_INCIDENT)
            ok = close_incident(maker, target);
        else if (target->kind == KIND_FOLLOW_UP)
            ok = plan_complete(maker, target);
        else
            return error_set(maker->err, ERROR_USAGE,
                             "finish: a page ends with its alert or incident");
        if (!ok)
            return false;
    }
    return true;
}

/* ---- assign ---- */

static bool
assign_lead(struct maker *maker, const struct plan_target *target, const struct plan_named *person)
{
    struct incident incident;
    struct statement *statement;
    bool found, row;
    if (!plan_get(maker, target, &incident, &found))
        return false;
    if (!found)
        return true;
    const char *lead_to_be = incident.lead_id;
    if (!plan_will_be(maker, target, LEAD, &lead_to_be))
        return false;
    if (text_equals(lead_to_be, person->id)) {
        plan_skip(maker, title_of(maker, &incident),
                  arena_printf(maker->arena, "%s leads it already", person->name));
        return true;
    }
    if (!store_statement(maker->context->cache, SQL_INCIDENT_ROLE_LEAD, &statement, maker->err) ||
        !statement_step(statement, &row, maker->err))
        return false;
    if (!row)
        return error_set(maker->err, ERROR_UNSUPPORTED, "this server has no role of a lead");
    const char *role = row_text(statement, maker->arena, 0);
    statement_reset(statement);
    (void)edit(maker, target, &incident,
               arena_printf(maker->arena,
                            "{\"incident_role_assignments\":[{\"incident_role_id\":%s,\"assignee\":"
                            "{\"id\":%s}}]}",
                            plan_quote(maker, role), plan_quote(maker, person->id)),
               plan_pairs(maker->arena, LEAD, incident.lead_id),
               plan_pairs(maker->arena, LEAD, person->id),
               arena_printf(maker->arena, "make %s lead of", person->name));
    return true;
}

bool
plan_assign(struct maker *maker)
{
    struct plan_named person;
    const char *word = "", *rest = maker->argument;
    (void)argument_word(&rest, maker->arena, &word); /* nobody named: me */
    if (*rest)                                       /* a name of several words, not quoted */
        word = maker->argument + strspn(maker->argument, " ");
    if (!plan_person(maker, word, &person))
        return false;
    for (size_t i = 0; i < maker->targets_len; i++) {
        const struct plan_target *target = &maker->targets[i];
        if (!(target->kind == KIND_INCIDENT ? assign_lead(maker, target, &person)
                                            : plan_assign_follow_up(maker, target, &person)))
            return false;
    }
    return true;
}

/* ---- note, link, add ---- */

bool
plan_note(struct maker *maker)
{
    const char *text;
    if (!plan_text(maker, "the text", &text))
        return false;
    for (size_t i = 0; i < maker->targets_len; i++) {
        const struct plan_target *target = &maker->targets[i];
        struct incident incident;
        bool found;
        if (target->kind == KIND_ALERT) {
            if (!plan_alert_note(maker, target, text))
                return false;
            continue;
        }
        if (target->kind != KIND_INCIDENT)
            return error_set(maker->err, ERROR_USAGE, "note: on an alert or an incident");
        if (!plan_get(maker, target, &incident, &found))
            return false;
        if (found)
            tell(maker, target, &incident, text, 0, "note on");
    }
    return true;
}

static const char *
resource_type_of(const char *url)
{
    const char *host = strstr(url, "://") + 3;
    if (strncasecmp(host, "github.com/", 11) == 0 && strstr(host, "/pull/"))
        return "github_pull_request";
    return strstr(host, "/-/merge_requests/") ? "gitlab_merge_request" : "arbitrary_url";
}

bool
plan_link(struct maker *maker)
{
    const char *url, *title = NULL, *rest = maker->argument;
    if (!argument_word(&rest, maker->arena, &url) ||
        (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0))
        return error_set(maker->err, ERROR_USAGE,
                         "link: expected an address, https://… or http://…");
    const char *type = resource_type_of(url);
    maker->argument = rest;
    if (*rest && !plan_text(maker, "its title", &title))
        return false;
    if (!text_equals(type, "arbitrary_url")) /* those have one of their own */
        title = NULL;
    for (size_t i = 0; i < maker->targets_len; i++) {
        const struct plan_target *target = &maker->targets[i];
        struct incident incident;
        bool found;
        if (!plan_get(maker, target, &incident, &found))
            return false;
        const struct outbox_row row = {
            .method = "POST",
            .path = "/v1/incident_attachments",
            .body = arena_printf(
                maker->arena, "{\"incident_id\":%s,\"resource\":%s}", plan_quote(maker, target->id),
                plan_pairs(maker->arena, "resource_type", type, "url", url, "title", title)),
            .check_path =
                arena_printf(maker->arena, "/v1/incident_attachments?incident_id=%s", target->id),
            .check_list = "incident_attachments",
            .goal = plan_pairs(maker->arena, "resource.permalink", url),
        };
        if (found)
            (void)plan_row(maker, target, title_of(maker, &incident),
                           arena_printf(maker->arena, "link %s to", url), &row);
    }
    return true;
}

bool
plan_add(struct maker *maker)
{
    const char *title;
    if (!plan_text(maker, "the follow-up's title", &title))
        return false;
    for (size_t i = 0; i < maker->targets_len; i++) {
        const struct plan_target *target = &maker->targets[i];
        struct incident incident;
        bool found;
        if (!plan_get(maker, target, &incident, &found))
            return false;
        const struct outbox_row row = {
            .method = "POST",
            .path = "/v2/follow_ups",
            .body = plan_pairs(maker->arena, "incident_id", target->id, "title", title),
            .check_path = arena_printf(maker->arena, "/v2/follow_ups?incident_id=%s", target->id),
            .check_list = "follow_ups",
            .goal = plan_pairs(maker->arena, "title", title),
        };
        if (found)
            (void)plan_row(maker, target, title_of(maker, &incident), "new follow-up of", &row);
    }
    return true;
}
