#pragma once

/*
 * The end of a maintenance window (facts 12): what it held and still fires is resolved or goes through the routes, as the
 * window says. Both are once for each end, and survive a kill: an end that is seen to is a row of the transaction that sees
 * to it, and so is each alert that waits for its routes' expressions. Those are given what the event said by which the alert
 * began; of an event that a transform made, its metadata is gone.
 */

#include "base/loop.h"
#include "expr/worker.h"
#include "hub/routing.h"
#include "store/store.h"

struct maintenance_end;

/* Borrows all of them; looks at once, and then every second. */
struct maintenance_end *maintenance_end_create(struct store *store, struct loop *loop,
                                               struct worker *worker, struct routing *routing);
/* Before the worker is destroyed. */
void maintenance_end_destroy(struct maintenance_end *ends);
