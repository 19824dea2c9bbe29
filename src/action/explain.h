#pragma once

/* Why an alert went where it went: from the note that the hub wrote on it. */

#include "model/decision.h"
#include "store/store.h"

/* *len = 0: the server does not say why. Lines are in the arena. */
MUST_CHECK bool explain_alert(struct store *cache, const char *alert_id, struct arena *arena,
                              const struct story_line **lines, size_t *len, struct error *err);

/* What is said where there is no such note. */
extern const char explain_nothing[];
