#pragma once

/* A connection to the cache that shows it as it was (store/past.h), states decoded and derived as the profile says. */

#include "model/derive.h"
#include "store/store.h"

/* should_stop (NULL = nobody interrupts) is asked while it is made, and stays set. ERROR_STALE: nothing is known of then. */
MUST_CHECK bool past_open(struct store **store, const char *cache_path, int64_t at_ms,
                          const struct derivation *derivation, bool (*should_stop)(void *context),
                          void *context, struct error *err);
