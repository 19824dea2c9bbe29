#pragma once

/*
 * Attributes of alerts: what a source's template makes of an event (facts 5.5, 6). Expressions are jq over
 * {title, description, status, source_url, deduplication_key, metadata, query_params}; they run in the worker. One that
 * fails, or gives what its attribute's type cannot hold, leaves its attribute unset, and the reason is kept.
 */

#include "base/arena.h"
#include "base/error.h"
#include "hub/alert_event.h"
#include "model/model.h"

/* What became of one attribute of the template for one event: part of the decision on it. */
struct attribute_outcome {
    const char *attribute_id, *name;
    const char
        *expression; /* the jq text; a literal or "payload.…" as the template has it otherwise */
    const char *value;  /* what was made of it, JSON: a text or an array of texts; "" = nothing */
    const char *reason; /* why there is none, or why the alert kept another one; "" = none */
};

struct attribute_outcomes {
    const struct attribute_outcome *items;
    size_t len;
};

/*
 * [{"attribute_id","name","expression","value" and/or "reason"}…]: kept with the event (alert_event.attributes), and part
 * of the decision's JSON. In the arena.
 */
const char *attribute_outcomes_json(const struct attribute_outcomes *outcomes, struct arena *arena);
