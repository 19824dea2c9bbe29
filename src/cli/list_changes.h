#pragma once

/* `tocsin list changes --since 8h|shift|TIME`: what began, what is in another state, what is gone. */

#include "cli/command.h"

/* since: a moment as people type it, or "shift": since the profile's user is, or last was, on call. */
MUST_CHECK bool list_changes(struct cli *cli, struct store *cache, const struct profile *profile,
                             const char *since, struct error *err);
