#pragma once

/*
 * `tocsin list timeline REF`: what happened to an incident, assembled from the store as the console's pane shows it, newest
 * first. In JSON an object a line: time, kind, who, change, text, detail, and as `ref` the item it comes from, which `show`
 * takes; what is unset is left out. `first_seen` says that the API gives no time and this is when we first saw it.
 */

#include "cli/command.h"

/* ERROR_USAGE when REF names something else than an incident. */
MUST_CHECK bool list_timeline(struct cli *cli, struct store *cache, const struct profile *profile,
                              const char *ref, struct error *err);
