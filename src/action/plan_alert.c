/* What is done to alerts and the pages they caused. */

#include <string.h>

#include "action/plan_internal.h"
#include "base/clock.h"
#include "base/when.h"

/* A page that somebody may still answer. */
static bool
is_live(const char *status)
{
    return !text_equals(status, "resolved") && !text_equals(status, "expired") &&
           !text_equals(status, "cancelled");
}

/* Answers a page, for the target it was found by. */
static void
respond(struct maker *maker, const struct plan_target *target, const char *title, const char *id,
        const char *body, const char *status, const char *label)
{
    const struct outbox_row row = {
        .method = "POST",
        .path = arena_printf(maker->arena, "/v2/escalations/%s/actions/respond", id),
        .body = body,
        .check_path = arena_printf(maker->arena, "/v2/escalations/%s", id),
        .goal = plan_pairs(maker->arena, "status", status),
    };
    (void)plan_row(maker, target, title, label, &row);
}

/* The pages of an alert, or of an incident and its alerts. */
static bool
respond_to_all(struct maker *maker, const struct plan_target *target, const char *title,
               const char *body, const char *status, const char *label)
{
    struct statement *statement;
    bool row = true;
    size_t live = 0, already = 0;
    if (!store_statement(maker->context->cache,
                         target->kind == KIND_ALERT ? SQL_ESCALATION_OF_ALERT
                                                    : SQL_ESCALATION_OF_INCIDENT,
                         &statement, maker->err))
        return false;
    bind_text(statement, "id", target->id);
    while (row) {
        if (!statement_step(statement, &row, maker->err))
            return false;
        if (!row)
            break;
        const char *now = row_text_borrowed(statement, 1);
        already += text_equals(now, status);
        if (!is_live(now) || text_equals(now, status))
            continue;
        live++;
        respond(maker, target, title, row_text(statement, maker->arena, 0), body, status, label);
    }
    if (!live)
        plan_skip(maker, title,
                  already ? "its page is answered so already" : "nobody is being paged for it");
    return true;
}

static bool
respond_to_targets(struct maker *maker, const char *body, const char *status, const char *label)
{
    for (size_t i = 0; i < maker->targets_len; i++) {
        const struct plan_target *target = &maker->targets[i];
        bool found;
        if (target->kind == KIND_ESCALATION) {
            struct escalation page;
            if (!plan_get(maker, target, &page, &found))
                return false;
            if (found && text_equals(page.status, status))
                plan_skip(maker, page.title, "it is answered so already");
            else if (found && !is_live(page.status))
                plan_skip(maker, page.title, arena_printf(maker->arena, "it is %s", page.status));
            else if (found)
                respond(maker, target, page.title, page.id, body, status, label);
            continue;
        }
        struct alert alert;
        struct incident incident;
        const bool is_alert = target->kind == KIND_ALERT;
        if (!plan_get(maker, target, is_alert ? (void *)&alert : &incident, &found))
            return false;
        if (found && !respond_to_all(maker, target, is_alert ? alert.title : incident.reference,
                                     body, status, label))
            return false;
    }
    return true;
}

bool
plan_acknowledge(struct maker *maker)
{
    return respond_to_targets(maker, "{\"response\":\"ack\"}", "acked", "acknowledge");
}

/* "2h", "until 09:00": in time to come. */
static bool
read_until(struct maker *maker, int64_t *until_ms)
{
    const char *text;
    if (!plan_text(maker, "until when (2h, until 09:00)", &text))
        return false;
    if (strncmp(text, "until ", 6) == 0)
        text += 6;
    if (!when_from_text(text, WHEN_FUTURE, maker->context->zone, maker->context->now_ms, until_ms,
                        maker->err))
        return false;
    return *until_ms > maker->context->now_ms ||
           error_set(maker->err, ERROR_USAGE, "'%.60s' is not in the future", text);
}

bool
plan_defer(struct maker *maker)
{
    char time[RFC3339_SIZE];
    int64_t until_ms;
    if (!read_until(maker, &until_ms))
        return false;
    if (maker->targets[0].kind == KIND_FOLLOW_UP) /* facts 9: the API has no due date */
        return error_set(maker->err, ERROR_UNSUPPORTED,
                         "follow-ups have no due date upstream: theirs follows from the priority");
    const char *body = arena_printf(
        maker->arena,
        "{\"response\":\"snooze\",\"snooze_details\":{\"snooze_until\":\"%s\",\"reason\":\"\"}}",
        time_to_rfc3339(until_ms, time));
    return respond_to_targets(maker, body, "snoozed", "snooze");
}

bool
plan_resolve(struct maker *maker, const struct plan_target *target)
{
    struct alert alert;
    bool found;
    if (!plan_get(maker, target, &alert, &found))
        return false;
    if (!found)
        return true;
    if (text_equals(alert.status, "resolved")) {
        plan_skip(maker, alert.title, "it is resolved already");
        return true;
    }
    const struct outbox_row row = {
        .method = "POST",
        .path = arena_printf(maker->arena, "/v2/alerts/%s/actions/resolve", alert.id),
        .check_path = arena_printf(maker->arena, "/v2/alerts/%s", alert.id),
        .goal = plan_pairs(maker->arena, "status", "resolved"),
    };
    (void)plan_row(maker, target, alert.title, "resolve", &row);
    return true;
}

/* Upstream takes no key for a note: before it is repeated, the alert's notes are looked through (facts 3). */
bool
plan_alert_note(struct maker *maker, const struct plan_target *target, const char *text)
{
    struct alert alert;
    bool found;
    if (!plan_get(maker, target, &alert, &found))
        return false;
    const struct outbox_row row = {
        .method = "POST",
        .path = "/v1/alert_notes",
        .body = plan_pairs(maker->arena, "alert_id", target->id, "content", text),
        .check_path =
            arena_printf(maker->arena, "/v1/alert_notes?page_size=250&alert_id=%s", target->id),
        .check_list = "alert_notes",
        .goal = plan_pairs(maker->arena, "content", text),
    };
    if (found)
        (void)plan_row(maker, target, alert.title, "note on", &row);
    return true;
}

static void
attach(struct maker *maker, const struct plan_target *target, const char *title,
       const char *incident_id, size_t waits_for, const char *label)
{
    const struct outbox_row row = {
        .method = "POST",
        .path = "/v2/incident_alerts",
        .body = plan_pairs(maker->arena, "incident_id", incident_id, "alert_id", target->id),
        .check_path =
            arena_printf(maker->arena, "/v2/incident_alerts?page_size=50&alert_id=%s", target->id),
        .check_list = "incident_alerts",
        .goal = plan_pairs(maker->arena, "incident.id", incident_id),
        .waits_for = (int64_t)waits_for,
    };
    (void)plan_row(maker, target, title, label, &row);
}

bool
plan_attach(struct maker *maker)
{
    const char *text, *id;
    enum kind kind;
    if (!plan_text(maker, "the incident", &text) ||
        !cache_resolve_ref(maker->context->cache, text, maker->arena, &kind, &id, maker->err))
        return false;
    struct incident incident;
    struct alert alert;
    bool found;
    if (kind != KIND_INCIDENT)
        return error_set(maker->err, ERROR_USAGE, "'%.60s' is no incident", text);
    if (!cache_get(maker->context->cache, kind, id, maker->arena, &incident, &found, maker->err))
        return false;
    if (!found)
        return error_set(maker->err, ERROR_NOT_FOUND, "'%.60s' is gone upstream", text);
    for (size_t i = 0; i < maker->targets_len; i++) {
        if (maker->targets[i].kind != KIND_ALERT)
            return error_set(maker->err, ERROR_USAGE, "attach: alerts only");
        if (!plan_get(maker, &maker->targets[i], &alert, &found))
            return false;
        if (found)
            attach(maker, &maker->targets[i], alert.title, id, 0,
                   arena_printf(maker->arena, "attach to %s", incident.reference));
    }
    return true;
}

/* [severity=SEVERITY] [--] [TITLE]: else that of the most severe alert, and the title of the first. */
static bool
read_declaration(struct maker *maker, const char **title, struct plan_named *severity)
{
    int64_t digit = 0;
    bool found, top = false;
    for (size_t i = 0; i < maker->targets_len; i++) {
        struct alert alert;
        if (maker->targets[i].kind != KIND_ALERT)
            return error_set(maker->err, ERROR_USAGE, "declare: from alerts only");
        if (!plan_get(maker, &maker->targets[i], &alert, &found))
            return false;
        if (found && (!digit || (alert.severity_digit && alert.severity_digit < digit)))
            digit = alert.severity_digit;
        if (found && !**title)
            *title = alert.title;
    }
    const char *at = maker->argument, *word, *rest = at;
    const char *wanted = digit ? arena_printf(maker->arena, "%d", (int)digit) : "";
    if (argument_word(&rest, maker->arena, &word) &&
        (strncmp(word, "severity=", 9) == 0 || strncmp(word, "sev=", 4) == 0)) {
        wanted = strchr(word, '=') + 1;
        maker->argument = rest;
        if (!plan_severity(maker, wanted, severity, &top))
            return false;
    } else if (*wanted && !plan_severity(maker, wanted, severity, &top)) {
        *maker->err = (struct error){0}; /* fewer severities than alerts have grades */
        *severity = (struct plan_named){0};
    }
    plan_end_options(maker);
    if (top)
        plan_typed(maker, severity->name);
    if (maker->argument[strspn(maker->argument, " ")] && !plan_text(maker, "a title", title))
        return false;
    return **title || error_set(maker->err, ERROR_USAGE, "declare: the alerts are gone upstream");
}

bool
plan_declare(struct maker *maker)
{
    const char *title = "", *key = plan_key(maker);
    struct plan_named severity = {0};
    if (!read_declaration(maker, &title, &severity))
        return false;
    const struct plan_target target = {KIND_INCIDENT, key}; /* until it has an id */
    const struct outbox_row row = {
        .method = "POST",
        .path = "/v2/incidents",
        .idempotency_key = key,
        .body = plan_pairs(maker->arena, "idempotency_key", key, "visibility", "public", "name",
                           title, "severity_id", severity.id),
    };
    size_t made = plan_row(maker, &target, title, "declare", &row);
    for (size_t i = 0; i < maker->targets_len; i++) {
        struct alert alert;
        bool found;
        if (!plan_get(maker, &maker->targets[i], &alert, &found))
            return false;
        if (found)
            attach(maker, &maker->targets[i], alert.title, "{result}", made, "attach");
    }
    return true;
}

/* PERSON or PATH [TEXT]: whom to page, and what about. */
bool
plan_escalate(struct maker *maker)
{
    struct plan_named whom, path = {0};
    const char *word, *rest = maker->argument, *about;
    const struct plan_target *target = &maker->targets[0];
    struct incident incident;
    struct alert alert;
    bool found;
    if (maker->targets_len > 1)
        return error_set(maker->err, ERROR_USAGE, "escalate: one item at a time");
    if (target->kind == KIND_ESCALATION)
        return error_set(maker->err, ERROR_USAGE, "escalate: an alert or an incident");
    if (!argument_word(&rest, maker->arena, &word))
        return error_set(maker->err, ERROR_USAGE, "escalate: whom? A person or an escalation path");
    if (!plan_person(maker, word, &whom)) {
        struct error as_person = *maker->err;
        if (as_person.code != ERROR_USAGE)
            return false;
        if (!plan_path(maker, word, &path)) {
            *maker->err = as_person;
            return false;
        }
        *maker->err = (struct error){0};
    }
    const bool is_alert = target->kind == KIND_ALERT;
    if (!plan_get(maker, target, is_alert ? (void *)&alert : &incident, &found))
        return false;
    if (!found)
        return true;
    const char *title =
        is_alert ? alert.title
                 : arena_printf(maker->arena, "%s %s", incident.reference, incident.name);
    about = title;
    maker->argument = rest;
    if (*rest && !plan_text(maker, "what about", &about))
        return false;
    const char *key = plan_key(maker);
    const char *to =
        path.id
            ? arena_printf(maker->arena, "\"escalation_path_id\":%s", plan_quote(maker, path.id))
            : arena_printf(maker->arena, "\"user_ids\":[%s]", plan_quote(maker, whom.id));
    const struct outbox_row row = {
        .method = "POST",
        .path = "/v2/escalations",
        .idempotency_key = key,
        .body = arena_printf(maker->arena, "{\"idempotency_key\":\"%s\",\"title\":%s,%s%s%s}", key,
                             plan_quote(maker, about), to, is_alert ? "" : ",\"incident_id\":",
                             is_alert ? "" : plan_quote(maker, incident.id)),
    };
    const char *name = path.id ? path.name : whom.name;
    (void)plan_row(maker, target, title, arena_printf(maker->arena, "page %s about", name), &row);
    plan_typed(maker, name);
    return true;
}
