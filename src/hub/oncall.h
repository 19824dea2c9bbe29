#pragma once

/* What depends on the moment of asking: shifts, schedule entries, who an escalation path would page. */

#include "hub/exchange.h"

const char *render_schedule(struct exchange *exchange, const char *json);
const char *render_escalation_path(struct exchange *exchange, const char *json);

/* GET /v2/schedule_entries */
void answer_schedule_entries(struct exchange *exchange);
