#pragma once

/* Sync targets and rules as they are served: which schedules feed a target follows from the rules, and is kept nowhere. */

#include "hub/exchange.h"

const char *render_sync_target(struct exchange *exchange, const char *json);
const char *render_sync_rule(struct exchange *exchange, const char *json);
