#pragma once

/*
 * Resources in cache.db and hub.db: put, get, list, walk, freshness. The statements of the resource tables are emitted
 * from the field tables (29 files that had to agree with them would be a list kept twice); all others are files.
 *
 * Rows: `key INTEGER PRIMARY KEY` = time in ms << 20 | bits from the id and the kind (next free on collision), so that
 * rowid order is time order, full-text hits come newest first without a sort, and no two kinds share a key; the time is
 * the kind's sort column, or when we first saw the row. `id TEXT UNIQUE`; the COLUMN members; `stored_at`, when this state
 * was stored; `hash`, digest of json and local members; `json`, the object as received. Child tables: parent_id, position,
 * the item's columns. A member first_seen_at is the store's: set on insert when 0, never changed afterwards.
 */

#include "model/derive.h"
#include "model/filter_complete.h"
#include "store/store.h"

enum cache_change { CACHE_UNCHANGED, CACHE_INSERTED, CACHE_CHANGED };

/*
 * Inserts or updates one object (struct of the kind with `json` set, local members derived) and its children, keeps the
 * former state as a version, and queues it for the full-text index. Writes nothing when the hash is the same.
 * Inside the caller's transaction; after a failure roll it back. `object.json` must not be empty.
 */
MUST_CHECK bool cache_put(struct store *store, enum kind kind, const void *object, int64_t now_ms,
                          enum cache_change *change, struct error *err);

/*
 * Full-text index: `search_text` holds kind, id, title and body by key, `search` is the index over it; newest first is
 * `order by search.rowid desc`. cache_index adds what was put since by one insert…select: call it before commit. A first
 * sync suspends it; what is put then waits in the file, and cache_index_resume, in transactions of its own over at most
 * `rows`, newest first, ends the suspension and sets *done when nothing waits. While something waits, search has to say
 * that it is incomplete. A status that changes costs no indexing: only other words do.
 */
MUST_CHECK bool cache_index(struct store *store, struct error *err);
void cache_index_suspend(struct store *store);
MUST_CHECK bool cache_index_resume(struct store *store, int64_t rows, bool *done,
                                   struct error *err);
MUST_CHECK bool cache_index_is_complete(struct store *store, bool *complete, struct error *err);

/*
 * Values of alerts' attributes and columns as numbers, for filters: kept by cache_put and cache_delete. Of alerts that were put by an
 * older version they wait; cache_values_resume reads those of at most `rows`, newest first, in a transaction of its own,
 * and sets *done when none waits. Until then filters read such values from the alerts themselves, which takes longer.
 */
MUST_CHECK bool cache_values_resume(struct store *store, int64_t rows, bool *done,
                                    struct error *err);
MUST_CHECK bool cache_values_are_complete(struct store *store, bool *complete, struct error *err);

/* Its children go with it; the last state becomes a version. An id that is not there is no error. */
MUST_CHECK bool cache_delete(struct store *store, enum kind kind, const char *id, int64_t now_ms,
                             struct error *err);

/* Forgets former states that ended before `before_ms`. */
MUST_CHECK bool cache_trim_versions(struct store *store, int64_t before_ms, struct error *err);

/* Decodes nothing: fills columns and `json`. *found = false is an answer, not an error. */
MUST_CHECK bool cache_get(struct store *store, enum kind kind, const char *id, struct arena *arena,
                          void *object, bool *found, struct error *err);

MUST_CHECK bool cache_count(struct store *store, enum kind kind, int64_t *count, struct error *err);

/* ---- walks: which rows a complete listing showed ---- */

/*
 * A walk remembers in memory which rows it met, so an unchanged poll writes nothing to the file. Several walks of one
 * kind may be open at once (firing alerts while history fills): every cache_put and cache_walk_saw of the kind marks the
 * row in all of them, for either proves that upstream has it. `column`/`value` narrow the scope ("incident_id", "01H…";
 * "status", "firing"); NULL = the whole kind. cache_walk_missing lists the ids of rows in scope that were not met; what
 * becomes of them is the caller's decision. A walk that ends early deletes nothing by itself.
 */
struct cache_walk;
struct cache_walk *cache_walk_begin(struct store *store, enum kind kind);
/* For rows known to be there without putting them; an id that is not stored is no error. */
MUST_CHECK bool cache_walk_saw(struct store *store, enum kind kind, const char *id,
                               struct error *err);
MUST_CHECK bool cache_walk_missing(struct store *store, struct cache_walk *walk, const char *column,
                                   const char *value, struct arena *arena, const char *const **ids,
                                   size_t *ids_len, struct error *err);
/* Frees the walk. NULL is allowed. */
void cache_walk_end(struct store *store, struct cache_walk *walk);

/* ---- list: streamed JSON, newest first by the kind's sort column, then id ---- */

struct cache_filter {
    const char *column; /* a COLUMN member, or "id" */
    enum {
        CACHE_IS,       /* one of values */
        CACHE_IS_NOT,   /* none of values */
        CACHE_AT_LEAST, /* >= values[0]; numbers and times compare as numbers */
        CACHE_AT_MOST,  /* <= values[0] */
        CACHE_BELOW,    /* <  values[0] */
        CACHE_WITHIN,   /* >= values[0] and < values[1] */
        CACHE_STARTS_WITH
    } test;
    const char *const *values; /* times and numbers as decimal text */
    size_t values_len;
};

/* A filter on a child table: "there is an item with …" (attributes of alerts, alerts of escalations). */
struct cache_child_filter {
    const char *list_member;            /* LIST member: "attributes" */
    const struct cache_filter *filters; /* all hold for the same item */
    size_t filters_len;
};

struct cache_query {
    const struct cache_filter *filters;
    size_t filters_len;
    bool any;                            /* OR instead of AND */
    const struct cache_filter *required; /* always AND, also when `any` */
    size_t required_len;
    const struct cache_child_filter *children; /* always AND */
    size_t children_len;
    const struct filter
        *filter; /* always AND; NULL = everything. Of the cache only: the hub has no full text */
    bool oldest_first;
    const char *after_id; /* keyset: rows behind this one; NULL or "" = from the start */
    int64_t limit;        /* 0 = all */
    bool ids;             /* emit ids instead of JSON */
};

/* emit is called with each object's JSON, or its id; returning false stops without error. */
MUST_CHECK bool cache_list(struct store *store, enum kind kind, const struct cache_query *query,
                           bool (*emit)(void *context, const char *json), void *context,
                           struct error *err);
MUST_CHECK bool cache_list_count(struct store *store, enum kind kind,
                                 const struct cache_query *query, int64_t *count,
                                 struct error *err);

/*
 * What filters of a kind are parsed with (model/filter.h): names of attributes, severities and sources, and who the
 * profile's `me` is. Everything is in the arena; zone and derivation are the caller's to set.
 */
MUST_CHECK bool cache_filter_context(struct store *store, enum kind kind, const char *me_email,
                                     struct arena *arena, struct filter_context *context,
                                     struct error *err);

/*
 * Values of the store for a place in a filter, for its completion: those that the newest rows have, the most frequent
 * first; people and schedules by name. Ended by NULL. Reads a bounded number of rows, whatever the store holds.
 */
MUST_CHECK bool cache_filter_values(struct store *store, const struct filter_place *place,
                                    const struct filter_context *context, struct arena *arena,
                                    const char *const **values, struct error *err);

/* Resolves a REF (design 2): an id, a unique suffix of one (6 or more), INC-412, 412. ERROR_NOT_FOUND, ERROR_USAGE when
 * ambiguous. */
MUST_CHECK bool cache_resolve_ref(struct store *store, const char *ref, struct arena *arena,
                                  enum kind *kind, const char **id, struct error *err);

/* ---- freshness: a fact in the store, per resource ---- */

#define FRESHNESS_FIELDS(X)                                                                        \
    X(TEXT, resource, "", FIELD_COLUMN,                                                            \
      _) /* kind's table name, or a plan's own ("firing_alerts") */                                \
    X(TIME, last_complete_at, "", FIELD_COLUMN, _) /* last complete walk */                        \
    X(TIME, last_attempt_at, "", FIELD_COLUMN, _)                                                  \
    X(TIME, next_due_at, "", FIELD_COLUMN, _)                                                      \
    X(INTEGER, interval_ms, "", FIELD_COLUMN, _) /* 0 = only once or on demand */                  \
    X(TEXT, error_code, "", FIELD_COLUMN, _) /* error_name; "" when the last attempt succeeded */  \
    X(TEXT, error_message, "", FIELD_COLUMN, _)                                                    \
    X(TEXT, error_request_id, "", FIELD_COLUMN, _)                                                 \
    X(TIME, error_since, "", FIELD_COLUMN, _) /* first failure in a row */                         \
    X(TIME, retry_at, "", FIELD_COLUMN, _)                                                         \
    X(TEXT, cursor, "", FIELD_COLUMN, _) /* where a broken history walk goes on */                 \
    X(TIME, history_until, "", FIELD_COLUMN,                                                       \
      _) /* history is complete back to here; 0 = not begun */                                     \
    X(INTEGER, rows_seen, "", FIELD_COLUMN, _)

struct freshness {
    FRESHNESS_FIELDS(FIELD_DECLARE)
};
extern const struct field_table freshness_table;

/*
 * A quiet poll must write nothing and wake nobody, yet its time is what "live 6s" shows. So the row is written only when
 * it says something new (an error, its end, history moving on, the end of the program), and the times of quiet polls go
 * to the beat (below) as "RESOURCE.complete" and "RESOURCE.attempt". freshness_get and freshness_all merge the two.
 */
MUST_CHECK bool freshness_put(struct store *store, const struct freshness *freshness,
                              struct error *err);
MUST_CHECK bool freshness_get(struct store *store, const char *resource, struct arena *arena,
                              struct freshness *freshness, bool *found, struct error *err);
MUST_CHECK bool freshness_all(struct store *store, struct arena *arena,
                              const struct freshness **items, size_t *items_len, struct error *err);

/* ---- meta: named texts (identity, capabilities, base url, derivation's digest, rate budget used) ---- */

MUST_CHECK bool meta_put(struct store *store, const char *name, const char *value,
                         struct error *err);
/* "" when absent. */
MUST_CHECK bool meta_get(struct store *store, const char *name, struct arena *arena,
                         const char **value, struct error *err);

/* ---- beat: a few named numbers in a small shared-memory file beside the database (PATH-beat): no SQL, no wake ---- */

/* Names up to 47 bytes, at most 128 of them; more is a bug. A missing or damaged file reads as "absent" and is remade. */
void beat_put(struct store *store, const char *name, int64_t value);
bool beat_get(struct store *store, const char *name, int64_t *value);
