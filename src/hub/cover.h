#pragma once

/* GET /v2/schedule_cover_requests, the hub's own: who asked to be covered on a shift (write_cover.c). */

#include "hub/exchange.h"

/* Parameters: schedule_id, status (open, taken, withdrawn, expired). The 250 of the latest shifts. */
void answer_cover_requests(struct exchange *exchange);
void answer_cover_request(struct exchange *exchange);
