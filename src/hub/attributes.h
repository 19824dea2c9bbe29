#pragma once

/*
 * Attributes of alerts: what a source's template makes of an event (facts 5.5, 6). Expressions are jq over
 * {title, description, status, source_url, deduplication_key, metadata, query_params}, of which what is empty is left out;
 * they run in the worker. One that fails, or gives what its attribute's type cannot hold, leaves its attribute unset, and
 * the reason is kept.
 */

#include "expr/worker.h"
#include "hub/alert_event.h"
#include "hub/source_rules.h"

/* What became of one attribute of the template for one event: part of the decision on it. */
struct attribute_outcome {
    const char *attribute_id, *name;
    const char *
        expression; /* the jq text, of a long one its end; a literal or "payload.…" as the template has it */
    const char *value;  /* what was made of it, JSON: a text or an array of texts; "" = nothing */
    const char *reason; /* why there is none, or why the alert kept another one; "" = none */
};

struct attribute_outcomes {
    const struct attribute_outcome *items;
    size_t len;
};

/* What the template made of an event: to be merged into the alert that it is about. */
struct event_attributes {
    const struct rule_attribute *rules;    /* one for each of the following */
    struct alert_attribute_entry *entries; /* its value, where there is one */
    bool *is_set;
    struct attribute_outcome *outcomes;
    size_t len;
};

/* The document that expressions see. In the arena. */
const char *alert_event_document(const struct alert_event *event, struct arena *arena);

/* Values by type from what the programs of `rules` gave (results NULL: there are none). Looks names up in the store. */
MUST_CHECK bool attributes_make(struct store *store, const struct source_rules *rules,
                                const struct worker_result *results, struct arena *arena,
                                struct event_attributes *attributes, struct error *err);

/*
 * Puts them into the alert by each one's merge strategy (facts 6.5): into a new one as they are. Where the alert keeps its
 * own value, the outcome says why. *changed: the alert's list is another one now; it is in the arena.
 */
MUST_CHECK bool attributes_merge(struct store *store, struct event_attributes *attributes,
                                 struct alert *alert, struct arena *arena, bool *changed,
                                 struct error *err);

/*
 * [{"attribute_id","name","expression","value" and/or "reason"}…]: kept with the event (alert_event.attributes), and part
 * of the decision's JSON. In the arena.
 */
const char *attribute_outcomes_json(const struct attribute_outcomes *outcomes, struct arena *arena);
