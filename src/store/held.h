#pragma once

/*
 * State M: which maintenance window holds a firing alert. As the hub and incident.io have it: the alert began while the
 * window was on, and meets its conditions. It is held for as long as the window lasts.
 */

#include "store/store.h"

/* *name "" = none does. */
MUST_CHECK bool held_by(struct store *store, const char *alert_id, int64_t now_ms,
                        struct arena *arena, const char **name, int64_t *until_ms,
                        struct error *err);

/* Is any window on? */
MUST_CHECK bool held_any(struct store *store, int64_t now_ms, bool *any, struct error *err);
