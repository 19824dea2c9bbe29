#pragma once

/*
 * Events played on a hub that is not there: a store in memory that holds what a hub.conf declares, through which events go
 * one by one as they go through a real one. Nothing is sent, nobody is paged; the time is each event's own (the clock stays
 * frozen afterwards: for command line programs).
 */

#include "config/hub_file.h"
#include "hub/alert_event.h"

struct rehearsal;

MUST_CHECK bool rehearsal_open(struct rehearsal **rehearsal, const struct hub_file *file,
                               struct error *err);
/* NULL is allowed. */
void rehearsal_close(struct rehearsal *rehearsal);

/* *alert_id: the alert that it was about, "" = none. In the arena. */
MUST_CHECK bool rehearsal_play(struct rehearsal *rehearsal, const struct alert_event *event,
                               struct arena *arena, const char **alert_id, struct error *err);

/* Holds what the events made. */
struct store *rehearsal_store(struct rehearsal *rehearsal);
