#pragma once

/*
 * What is fetched, how, and how often: the polling table of the facts file (section 4) as one const table. Adding a
 * source is a row here and one in remote/api.c.
 *
 * resource names the row in `freshness` (store/cache.h): a kind's table name, or the plan's own. Several rows may share a
 * resource: `alert` is kept by polling for changes and by walking its history. Panes that show what is live now look at
 * "firing_alerts", "live_incidents" and "live_escalations", which are whole after one short walk; the kind's own row says
 * when all of it, history included, was last known complete.
 */

#include "model/model.h"

enum strategy {
    STRATEGY_IDENTITY, /* one object, kept in meta */
    STRATEGY_PROBE, /* asks once a week whether the server filters alerts by updated_at (facts 13) */
    STRATEGY_WHOLE, /* the whole list; what is not in it is deleted */
    STRATEGY_SET, /* a filtered list; what is cached in that state but not in it is asked for by id */
    STRATEGY_CHANGES, /* what changed since the day before; deletes nothing */
    STRATEGY_HISTORY, /* the whole list newest first, as far back as `history`; resumable; then deletes */
    STRATEGY_CHILDREN, /* a list for each parent; per parent as WHOLE */
    STRATEGY_ENTRIES,  /* windows of schedule entries for each schedule */
    STRATEGY_DETAILS,  /* a slim list, then each object of it */
    STRATEGY_COVER,    /* the open requests to be covered, kept as they came (store/cover.h) */
    STRATEGY_NOTES,    /* alerts that have notes, then the notes of each */
};

enum parents {
    PARENTS_NONE,
    PARENTS_OPEN_INCIDENTS, /* and those that just changed or are on screen */
    PARENTS_ALL_INCIDENTS,
    PARENTS_SCHEDULES,
};

/* In this order of urgency; history starts when everything before it was tried once. */
enum phase { PHASE_REFERENCE, PHASE_LIVE, PHASE_REST, PHASE_HISTORY };

enum plan_flags {
    PLAN_ONCE = 1,      /* part of `sync --once`; the others only repeat what those cover */
    PLAN_ON_CHANGE = 2, /* at once for an incident or schedule that changed */
    PLAN_RECENT = 4,    /* NOTES: only alerts of the last days */
};

struct plan {
    const char *resource; /* NULL = shows in no pane */
    enum kind kind;
    enum strategy strategy;
    enum phase phase;
    int64_t period_ms; /* scaled by the profile's `interval` */
    unsigned flags;
    enum parents parents;
    const char *needs;               /* a resource that must have been tried before; NULL = none */
    const char *query;               /* fixed filters, encoded; NULL = none */
    const char *day_filter;          /* CHANGES, HISTORY: parameter that takes a day; NULL = none */
    const char *scope_column;        /* SET: cached rows whose column has one of the values … */
    const char *const *scope_values; /* … belong to the set */
};

extern const struct plan plans[];
extern const size_t plans_len;

/* How far around now schedule entries are kept: each side one window, the longest the API takes. */
#define ENTRY_WINDOW_MS (91 * DAY_MS)
