#pragma once

/* Which routes may take an alert at all: by its source, and by one attribute that a route wants to be equal. */

#include "hub/rules.h"

/* Those of its source that want no attribute to be equal, or one it has. Each once, in the order they were added in. */
size_t rules_candidates(const struct rules *rules, const struct alert *alert, struct arena *arena,
                        const struct rule_route ***candidates);

/* All of a source. */
size_t rules_of_source(const struct rules *rules, const char *alert_source_id, struct arena *arena,
                       const struct rule_route ***routes);
