#pragma once

/*
 * From a kept event to an alert: transform, attributes, conditions of routes, then, in one transaction, the alert itself and
 * what its routes make of it. Expressions run in the worker, and while one is waited for its own source alone waits, for events
 * of a source keep their order.
 */

#include "base/loop.h"
#include "expr/worker.h"
#include "hub/routing.h"
#include "store/store.h"

struct event_queue;

/*
 * Works on what an earlier life of the hub left first. gather_ms: in a storm the events of so long are worked on together, and
 * others are let in between; 0 = nobody sends meanwhile, and each is worked on at once.
 */
struct event_queue *event_queue_create(struct store *store, struct loop *loop,
                                       struct worker *worker, struct routing *routing,
                                       int64_t gather_ms);
void event_queue_destroy(struct event_queue *queue);

/* Events of the source were kept. */
void event_queue_wake(struct event_queue *queue, const char *alert_source_id);
