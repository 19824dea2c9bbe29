#pragma once

/*
 * What alerts' routes make of alerts (facts 7, design 7): groups, incidents, escalations; and the decision that tells why, kept
 * in the same transaction, as a row and as a note on the alert. An alert is decided on once: one that has a decision is
 * left as it is, unless a maintenance window held it.
 *
 * Groups: with grouping on, alerts of a route that have equal keys belong together while its window is open, and share the
 * incident and what pages. A group whose incident is over takes no more: what comes then is a new problem.
 */

#include "hub/attributes.h"
#include "hub/rules.h"
#include "store/store.h"

struct routing;

/* Borrows the store. Rules are read when they are first needed, and again whenever they changed. */
struct routing *routing_create(struct store *store);
void routing_destroy(struct routing *routing);

/*
 * Routes that may take an alert which is about to begin, for whoever runs their expressions (rule_programs of each, given
 * the rules_document): results go into the survivors. They are good until the rules are read again, which only this call
 * does: `generation` says which reading it was.
 */
MUST_CHECK bool routing_survivors(struct routing *routing, const struct alert *alert,
                                  struct arena *arena, struct rule_survivor **survivors,
                                  size_t *survivors_len, int64_t *generation, struct error *err);

struct routing_event {
    const char *alert_id;
    const char *source; /* its name */
    const struct attribute_outcomes *outcomes;
    const struct rule_survivor *survivors; /* with results; NULL = nobody ran any */
    size_t survivors_len;
    int64_t generation;
    bool again; /* a maintenance window held it, and is over: it is decided on anew */
};

/*
 * Inside the caller's transaction, in which the alert began. Where the rules changed since the survivors were found (whoever
 * runs expressions asks routing_is_current before), expressions count as not run.
 */
MUST_CHECK bool routing_decide(struct routing *routing, const struct routing_event *event,
                               int64_t now_ms, struct arena *arena, struct error *err);

/* Whether survivors of that generation are still good. */
MUST_CHECK bool routing_is_current(struct routing *routing, int64_t generation, bool *current,
                                   struct error *err);

/* Inside the caller's transaction, in which the alert ended: what it made may end with it. */
MUST_CHECK bool routing_alert_resolved(struct store *store, const struct alert *alert,
                                       int64_t now_ms, struct arena *arena, struct error *err);

/* The decision on an alert as it is kept; *found = false: there is none. */
MUST_CHECK bool decision_load(struct store *store, const char *alert_id, struct arena *arena,
                              struct decision *decision, bool *found, struct error *err);

/* Forgets decisions and groups older than a moment, a few at a time. */
MUST_CHECK bool routing_trim(struct store *store, int64_t before_ms, struct error *err);
