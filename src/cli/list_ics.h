#pragma once

/* `list shifts --ics`: the shifts of a query as one calendar file on standard output. */

#include "cli/command.h"
#include "store/cache.h"

/* `query` is of shifts. */
MUST_CHECK bool list_ics(struct cli *cli, struct store *cache, const struct profile *profile,
                         const struct cache_query *query, struct error *err);
