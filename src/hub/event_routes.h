#pragma once

/* Which routes may take the alert that an event is about to begin, and what their expressions give. */

#include "expr/worker.h"
#include "hub/attributes.h"
#include "hub/routing.h"

struct event_routes {
    struct rule_survivor *survivors; /* NULL = not asked */
    size_t survivors_len;
    int64_t generation;
    size_t jobs; /* handed to the worker */
};

/*
 * Finds them and submits their expressions, each route's as one job; `done` is called for each when its results are in. Must
 * live as long as the arena. False: nothing was submitted.
 */
MUST_CHECK bool event_routes_find(struct event_routes *routes, struct routing *routing,
                                  struct worker *worker, const struct alert_event *event,
                                  const struct event_attributes *attributes, const char *source,
                                  struct arena *arena, void (*done)(void *context), void *context,
                                  struct error *err);
