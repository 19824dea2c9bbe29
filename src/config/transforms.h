#pragma once

/* The ready transforms that come with tocsin, data/transforms: jq from other senders' payloads to our events. */

#include "base/arena.h"

/* The jq text of a ready transform ("alertmanager"); NULL when there is none of that name. */
const char *transform_ready(const char *name);
/* Their names, NULL-terminated, in the arena. */
const char *const *transform_ready_names(struct arena *arena);
