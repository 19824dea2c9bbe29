#pragma once

/* What depends on the moment of asking: shifts, schedule entries, who an escalation path would page. */

#include "hub/exchange.h"
#include "hub/schedules.h"

const char *render_schedule(struct exchange *exchange, const char *json);
const char *render_escalation_path(struct exchange *exchange, const char *json);

/* Nobody when there is no such schedule. False when a failure was answered. */
bool oncall_schedule_shifts(struct exchange *exchange, const char *schedule_id,
                            struct schedule_shifts *shifts);

/* "schedule_entries":{…}, without those that begin before from_ms. */
void oncall_append_entries(struct exchange *exchange, const struct schedule_entries *entries,
                           int64_t from_ms);

/* GET /v2/schedule_entries */
void answer_schedule_entries(struct exchange *exchange);
