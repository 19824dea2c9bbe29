#pragma once

/*
 * private.db: what only this user has (design 3). The console writes it; sync notes where the cache is and takes requests.
 */

#include "model/filter.h"
#include "model/sort.h"
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

/* ---- saved views: a pane's filter, sort and columns under a name; of one upstream ---- */

#define SAVED_VIEW_FIELDS(X)                                                                       \
    X(TEXT, name, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, pane, "", FIELD_COLUMN, _)   /* the view's name: "alerts" … */                       \
    X(TEXT, filter, "", FIELD_COLUMN, _) /* as written */                                          \
    X(TEXT, sort, "", FIELD_COLUMN, _)   /* its name; "" = the pane's first */                     \
    X(TEXT, columns, "", FIELD_COLUMN, _)                                                          \
    X(TIME, saved_at, "", FIELD_COLUMN, _)

struct saved_view {
    SAVED_VIEW_FIELDS(FIELD_DECLARE)
};

#define SAVED_VIEW_NAME_MAX_BYTES 60

/* A name is one word or more, without control characters; what is kept under it already is replaced. */
MUST_CHECK bool saved_view_put(struct store *private_db, const char *upstream,
                               const struct saved_view *view, int64_t now_ms, struct error *err);
/* A name that is not there is no error. */
MUST_CHECK bool saved_view_delete(struct store *private_db, const char *upstream, const char *name,
                                  struct error *err);
/* By name, at most 500. */
MUST_CHECK bool saved_view_list(struct store *private_db, const char *upstream, struct arena *arena,
                                const struct saved_view **views, size_t *views_len,
                                struct error *err);
/* What it means now. False: it no longer parses, or its sort is gone: the problem says so; the view is kept as it is. */
MUST_CHECK bool saved_view_parse(const struct saved_view *view,
                                 const struct filter_context *context, struct arena *arena,
                                 const struct filter **filter, const struct sort **sort,
                                 struct filter_error *problem);

/* ---- how panes were left ---- */

#define PANE_STATE_FIELDS(X)                                                                       \
    X(TEXT, pane, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, filter, "", FIELD_COLUMN, _) /* as written */                                          \
    X(TEXT, sort, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, item, "", FIELD_COLUMN, _)    /* its place (ui/app_memory.c); "" = the top */          \
    X(TEXT, columns, "", FIELD_COLUMN, _) /* its form (ui/view.h); "" = as at first */             \
    X(TIME, left_at, "", FIELD_COLUMN, _)

struct pane_state {
    PANE_STATE_FIELDS(FIELD_DECLARE)
};

MUST_CHECK bool pane_state_list(struct store *private_db, const char *upstream, struct arena *arena,
                                const struct pane_state **states, size_t *states_len,
                                struct error *err);

/* ---- read marks: "new since you last looked" ---- */

/*
 * A row of a pane is new when its stored_at is later than both marks: that of its own, and that of the pane as a whole (id
 * ""). 0 = never looked at; nothing is then called new.
 */
MUST_CHECK bool read_mark_get(struct store *private_db, const char *upstream, const char *kind,
                              const char *id, int64_t *seen_at, struct error *err);

#define READ_MARK_FIELDS(X)                                                                        \
    X(TEXT, id, "", FIELD_COLUMN, _)                                                               \
    X(TIME, seen_at, "", FIELD_COLUMN, _)

struct read_mark {
    READ_MARK_FIELDS(FIELD_DECLARE)
};
/* Those of single items, newest first, at most 2,000. */
MUST_CHECK bool read_mark_list(struct store *private_db, const char *upstream, const char *kind,
                               struct arena *arena, const struct read_mark **marks,
                               size_t *marks_len, struct error *err);

/*
 * Notes a mark at once; *first is false when it was noted already, for this moment, one less than apart_ms before, or a later
 * one, by whichever console.
 */
MUST_CHECK bool read_mark_claim(struct store *private_db, const char *upstream, const char *kind,
                                const char *id, int64_t seen_at, int64_t apart_ms, bool *first,
                                struct error *err);

/* ---- the palette's memory ---- */

#define PALETTE_USE_FIELDS(X)                                                                      \
    X(TEXT, line, "", FIELD_COLUMN, _)                                                             \
    X(TIME, used_at, "", FIELD_COLUMN, _)

struct palette_use {
    PALETTE_USE_FIELDS(FIELD_DECLARE)
};

/* Newest first. */
MUST_CHECK bool palette_use_list(struct store *private_db, int rows, struct arena *arena,
                                 const struct palette_use **uses, size_t *uses_len,
                                 struct error *err);

/*
 * ---- what is remembered, gathered in memory and written at leisure ----
 *
 * A key never waits for a disk: the console notes here what is to be remembered, and writes it in one transaction when it
 * is idle, when `full` says so, and when it ends. What is noted again replaces what was noted.
 */
struct local_batch {
    struct arena arena;
    struct pane_state panes[16];
    size_t panes_len;
    struct {
        const char *kind, *id;
        int64_t seen_at;
    } marks[256];
    size_t marks_len;
    struct palette_use uses[32];
    size_t uses_len;
};

void local_batch_pane(struct local_batch *batch, const struct pane_state *state, int64_t now_ms);
void local_batch_seen(struct local_batch *batch, const char *kind, const char *id, int64_t now_ms);
void local_batch_used(struct local_batch *batch, const char *line, int64_t now_ms);
bool local_batch_is_empty(const struct local_batch *batch);
bool local_batch_is_full(const struct local_batch *batch); /* what comes now may be forgotten */
/* Empties it, also when that fails; trims what is old. */
MUST_CHECK bool local_batch_write(struct local_batch *batch, struct store *private_db,
                                  const char *upstream, struct error *err);
void local_batch_finish(struct local_batch *batch);
