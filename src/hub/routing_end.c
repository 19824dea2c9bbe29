/* An alert ended: an incident in triage that nobody looked at yet ends with the last of its alerts, where its route says so. */

#include <string.h>

#include "hub/routing_internal.h"
#include "hub/rules.h"
#include "wire/decision_note.h"
#include "wire/wire.h"

struct link {
    const char *incident_id, *route_id;
    struct link *next;
};

static bool
read_links(struct store *store, const char *alert_id, struct arena *arena, struct link **links,
           struct error *err)
{
    struct statement *statement;
    bool row = true;
    *links = NULL;
    if (!store_statement(store, SQL_INCIDENT_LINKS_OF_ALERT, &statement, err))
        return false;
    bind_text(statement, "alert_id", alert_id);
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        struct link *link = arena_new(arena, struct link);
        link->incident_id = row_text(statement, arena, 0);
        link->route_id = row_text(statement, arena, 1);
        link->next = *links;
        *links = link;
    }
    return true;
}

static bool
route_declines(struct store *store, const char *route_id, struct arena *arena, bool *declines,
               struct error *err)
{
    struct alert_route stored;
    struct rule_route route;
    bool found = false;
    *declines = false;
    if (!*route_id)
        return true;
    if (!cache_get(store, KIND_ALERT_ROUTE, route_id, arena, &stored, &found, err))
        return false;
    if (!found)
        return true;
    object_clear(&rule_route_table, &route);
    *declines = wire_read_fields(&rule_route_table, slice_of(stored.json), arena, &route, NULL) &&
                route.auto_decline;
    return true;
}

static bool
still_fires(struct store *store, const char *incident_id, bool *fires, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_INCIDENT_FIRING_ALERTS, &statement, err))
        return false;
    bind_text(statement, "incident_id", incident_id);
    if (!statement_step(statement, &row, err))
        return false;
    *fires = row && row_integer(statement, 0) > 0;
    statement_reset(statement);
    return true;
}

/* What came of a decision is part of its story, in the note too. */
static bool
tell_later(struct store *store, const char *alert_id, const char *text, int64_t now_ms,
           struct arena *arena, struct error *err)
{
    struct decision decision;
    bool found;
    if (!decision_load(store, alert_id, arena, &decision, &found, err) || !found)
        return !found;
    struct decision_later *later =
        arena_new_array(arena, decision.later_len + 1, struct decision_later);
    if (decision.later_len)
        memcpy(later, decision.later, decision.later_len * sizeof *later);
    later[decision.later_len++] = (struct decision_later){now_ms, text};
    decision.later = later;
    return decision_retell(store, &decision, now_ms, arena, err);
}

static bool
decline(struct store *store, struct incident *incident, const struct alert *alert, int64_t now_ms,
        struct arena *arena, struct error *err)
{
    const struct incident_actor actor = {.alert_id = alert->id, .alert_title = alert->title};
    const char *status;
    if (!incident_status_first(store, "declined", arena, &status, err))
        return false;
    if (!*status)
        return true; /* there is no such status: people decide */
    return incident_set_status(store, incident, status, arena, err) &&
           incident_change(store, incident,
                           "Declined by itself: all its alerts are resolved, and nobody had "
                           "taken it out of triage.",
                           &actor, now_ms, arena, err) &&
           tell_later(store, alert->id,
                      arena_printf(arena,
                                   "The alert resolved, as the last one of %s: declined by itself.",
                                   incident->reference),
                      now_ms, arena, err);
}

bool
routing_alert_resolved(struct store *store, const struct alert *alert, int64_t now_ms,
                       struct arena *arena, struct error *err)
{
    struct link *links;
    if (!read_links(store, alert->id, arena, &links, err))
        return false;
    for (; links; links = links->next) {
        struct incident incident;
        bool declines, fires, found;
        if (!route_declines(store, links->route_id, arena, &declines, err))
            return false;
        if (!declines)
            continue;
        if (!still_fires(store, links->incident_id, &fires, err) ||
            !object_load(store, KIND_INCIDENT, links->incident_id, arena, &incident, &found, err))
            return false;
        if (found && !fires && strcmp(incident.incident_status_category, "triage") == 0 &&
            !decline(store, &incident, alert, now_ms, arena, err))
            return false;
    }
    return true;
}
