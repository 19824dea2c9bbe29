#pragma once

/* The last fortnight of a dbt node as bars, a day each: how many of its alerts were firing. */

#include "ui/view.h"

void history_put(struct table *table, const struct detail_history *history,
                 const struct view_settings *settings, int64_t now_ms);
