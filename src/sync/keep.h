#pragma once

/*
 * The store's side of sync: derives local members, puts and deletes rows, groups them into transactions of about a
 * thousand rows, counts what changed. Nothing is written for rows that are as they were.
 */

#include "base/loop.h"
#include "store/cache.h"

struct keep_counts {
    int64_t inserted, changed, deleted;
};

struct keep {
    struct store *store;
    struct loop *loop;
    const struct derivation *derivation;
    bool in_bulk; /* commit by thousands, not by page: history and --once */
    void (*on_failure)(void *context, const struct error *err); /* a commit from the timer failed */
    void *context;
    struct keep_counts counts[KIND_COUNT];

    int64_t *severity_ranks; /* highest first */
    size_t severity_ranks_len;
    bool in_transaction;
    size_t rows;
    uint64_t flush_timer;
};

/* Zeroed but for store, loop, derivation and on_failure. */
MUST_CHECK bool keep_init(struct keep *keep, struct error *err);
/* Drops what is not committed. */
void keep_finish(struct keep *keep);

/* Opens the transaction that the following puts and deletes belong to, unless one is open. */
MUST_CHECK bool keep_begin(struct keep *keep, struct error *err);
/* The end of a page: commits, at once or, in bulk, when enough came together or a moment later. */
MUST_CHECK bool keep_end(struct keep *keep, struct error *err);
/* Commits what is open. */
MUST_CHECK bool keep_flush(struct keep *keep, struct error *err);

/* Object of the kind, decoded, in the caller's memory: its local members are filled here. */
MUST_CHECK bool keep_put(struct keep *keep, enum kind kind, void *object, enum cache_change *change,
                         struct error *err);
MUST_CHECK bool keep_delete(struct keep *keep, enum kind kind, const char *id, struct error *err);

/* After severities changed: incidents count theirs from the top of the known ones, so all are derived anew. */
MUST_CHECK bool keep_severities(struct keep *keep, struct error *err);
