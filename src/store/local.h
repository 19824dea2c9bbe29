#pragma once

/*
 * private.db: what only this user has (design 3). The console writes it; sync notes where the cache is and takes requests.
 */

#include "store/store.h"

/* Where the cache of an address lies: noted by sync, which knows the key; the console opens it without one. */
MUST_CHECK bool cache_location_put(struct store *private_db, const char *base_url,
                                   const char *directory, int64_t now_ms, struct error *err);
/* The newest one for the address; "" when none is noted. */
MUST_CHECK bool cache_location_get(struct store *private_db, const char *base_url,
                                   struct arena *arena, const char **directory, struct error *err);

/*
 * Small requests to sync. kind "refresh": argument a resource's name or "" for all, now, ahead of the plan.
 * kind "on_screen": argument an incident's id: its children are kept fresh.
 */
#define REQUEST_FIELDS(X)                                                                          \
    X(INTEGER, id, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, kind, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, argument, "", FIELD_COLUMN, _)                                                         \
    X(TIME, requested_at, "", FIELD_COLUMN, _)

struct request {
    REQUEST_FIELDS(FIELD_DECLARE)
};

MUST_CHECK bool request_put(struct store *private_db, const char *kind, const char *argument,
                            int64_t now_ms, struct error *err);

/* All waiting requests, oldest first; they are removed. */
MUST_CHECK bool request_take(struct store *private_db, struct arena *arena,
                             const struct request **requests, size_t *requests_len,
                             struct error *err);
