#pragma once

/*
 * The way in for alerts: POST /v2/alert_events/http/{id} and heartbeats (facts 5.1, 5.8). What came in one pass of the loop is
 * kept in one transaction, and acknowledged once that is committed; alerts are made of it afterwards, in the order in which
 * it came, also after a crash in between.
 */

#include "base/loop.h"
#include "expr/worker.h"
#include "hub/exchange.h"
#include "hub/routing.h"

struct intake;

struct intake *intake_create(struct store *store);
/* From now on events become alerts: those that wait from an earlier life first. */
void intake_attach(struct intake *intake, struct loop *loop, struct worker *worker,
                   struct routing *routing);
/* Keeps what was not kept yet and answers it. The hub's store must still be open. */
void intake_destroy(struct intake *intake);

/* Routes: both answer later (exchange->answered). */
void take_alert_event(struct exchange *exchange);
void take_heartbeat(struct exchange *exchange);
