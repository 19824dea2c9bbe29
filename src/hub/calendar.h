#pragma once

/*
 * GET /calendars/shifts.ics: the rota as calendars subscribe to it, from four weeks ago to three months ahead. Calendars
 * can send no header: a key in the address (`token`) opens it, if it may only read, and opens nothing else.
 * `schedule_id` (may be repeated; default all schedules) and `user_id` choose.
 */

#include "hub/exchange.h"

void answer_calendar(struct exchange *exchange);
