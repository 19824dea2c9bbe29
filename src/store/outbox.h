#pragma once

/*
 * What the user wrote, on its way to upstream: rows of private.db, committed (synchronous=FULL) before anything is shown as
 * queued. A row is a request as it will be sent. Rows of one target go in order; a row that failed or is in conflict waits
 * for the user and holds up nothing else.
 *
 * Read-only is a capability: what appends or changes takes a `struct outbox`, and a session that may not write has none.
 * Everybody may read.
 */

#include "store/store.h"

#define OUTBOX_FIELDS(X)                                                                                                   \
    X(INTEGER, id, "", FIELD_COLUMN, _)                                                                                    \
    X(INTEGER, batch, "", FIELD_COLUMN, _)    /* first row of what was queued together */                                  \
    X(TEXT, action, "", FIELD_COLUMN, _)      /* its name in the action table */                                           \
    X(TEXT, argument, "", FIELD_COLUMN, _)    /* what followed it: "status=Fixing On it" */                                \
    X(TEXT, label, "", FIELD_COLUMN, _)       /* "acknowledge 'orders_daily'": for people */                               \
    X(TEXT, target_kind, "", FIELD_COLUMN, _) /* kind_info's table name */                                                 \
    X(TEXT, target_id, "", FIELD_COLUMN, _)                                                                                \
    X(TEXT, target_title, "", FIELD_COLUMN, _)                                                                             \
    X(TEXT, method, "", FIELD_COLUMN, _)                                                                                   \
    X(TEXT, path, "", FIELD_COLUMN, _)                                                                                     \
    X(TEXT, body, "", FIELD_COLUMN, _)            /* JSON; "" = none */                                                    \
    X(TEXT, idempotency_key, "", FIELD_COLUMN, _) /* stands in the body too; "" = takes none */                            \
    /* A GET before it is sent: of one object, always, or (check_list: the envelope's name) of a list, before it is      \
     * repeated. goal: what makes it needless; seen: what the user saw of the object. Both {"path": "text"}. */ \
    X(TEXT, check_path, "", FIELD_COLUMN, _)                                                                               \
    X(TEXT, check_list, "", FIELD_COLUMN, _)                                                                               \
    X(TEXT, seen, "", FIELD_COLUMN, _)                                                                                     \
    X(TEXT, goal, "", FIELD_COLUMN, _)                                                                                     \
    X(INTEGER, waits_for, "", FIELD_COLUMN, _) /* a row; its result_id stands for {result} */                              \
    X(TEXT, state, "", FIELD_COLUMN, _)                                                                                    \
    X(INTEGER, attempts, "", FIELD_COLUMN, _) /* that may have arrived */                                                  \
    X(TIME, created_at, "", FIELD_COLUMN, _)                                                                               \
    X(TIME, undo_until, "", FIELD_COLUMN, _) /* not sent before */                                                         \
    X(TIME, next_at, "", FIELD_COLUMN, _)    /* of the next try */                                                         \
    X(TIME, answered_at, "", FIELD_COLUMN, _)                                                                              \
    X(TEXT, answer, "", FIELD_COLUMN, _) /* upstream's sentence, or why it could not be sent */                            \
    X(INTEGER, answer_status, "", FIELD_COLUMN, _) /* HTTP; 0 = nobody answered */                                         \
    X(TEXT, request_id, "", FIELD_COLUMN, _)                                                                               \
    X(TEXT, theirs, "", FIELD_COLUMN, _)    /* of a conflict: what is there instead of `seen` */                           \
    X(TEXT, result_id, "", FIELD_COLUMN, _) /* of the object that was made or changed */                                   \
    X(TEXT, parent_result, "", FIELD_COLUMN, _) /* of waits_for; filled by outbox_next only */

struct outbox_row {
    OUTBOX_FIELDS(FIELD_DECLARE)
};

#define OUTBOX_QUEUED "queued"
#define OUTBOX_SENDING "sending"
#define OUTBOX_DONE "done"
#define OUTBOX_FAILED "failed"
#define OUTBOX_CONFLICT "conflict"
#define OUTBOX_CANCELLED "cancelled"

bool outbox_is_open(const struct outbox_row *row);      /* neither done nor cancelled */
bool outbox_is_stuck(const struct outbox_row *row);     /* failed, or in conflict */
bool outbox_is_revocable(const struct outbox_row *row); /* stuck, or never tried */

enum { OUTBOX_KEY_SIZE = 33 };
/* 128 random bits in hex: an idempotency key. */
void outbox_key(char key[OUTBOX_KEY_SIZE]);

/* ---- reading: everybody ---- */

/* Newest first, rows before `before_id` (0 = from the newest). */
MUST_CHECK bool outbox_list(struct store *private_db, const char *upstream, bool only_open,
                            int64_t before_id, int64_t limit, struct arena *arena,
                            const struct outbox_row **rows, size_t *len, struct error *err);
MUST_CHECK bool outbox_get(struct store *private_db, const char *upstream, int64_t id,
                           struct arena *arena, struct outbox_row *row, bool *found,
                           struct error *err);
/* What is open for an item, oldest first. */
MUST_CHECK bool outbox_of_target(struct store *private_db, const char *upstream,
                                 const char *target_kind, const char *target_id,
                                 struct arena *arena, const struct outbox_row **rows, size_t *len,
                                 struct error *err);
/* What was queued together with the row of this id, which is the first of them. */
MUST_CHECK bool outbox_of_batch(struct store *private_db, const char *upstream, int64_t batch,
                                struct arena *arena, const struct outbox_row **rows, size_t *len,
                                struct error *err);
/* Incidents declared here: on their way, or upstream since a moment (result_id). Their id is the idempotency key until then. */
MUST_CHECK bool outbox_declared(struct store *private_db, const char *upstream, int64_t since_ms,
                                struct arena *arena, const struct outbox_row **rows, size_t *len,
                                struct error *err);
struct outbox_counts {
    int64_t waiting; /* queued, sending */
    int64_t stuck;   /* failed, conflict: the user's turn */
};
MUST_CHECK bool outbox_count(struct store *private_db, const char *upstream,
                             struct outbox_counts *counts, struct error *err);

/* ---- writing: who may ---- */

struct outbox {
    struct store *private_db; /* opened for writing */
    const char *upstream;     /* the profile's url */
};

/*
 * Queues rows in one transaction, in order. Taken of each: action … goal; waits_for is the number (from 1) of an earlier row
 * of `rows`, less than 0: of the row with that id, 0 = none. Nothing is sent before now + undo_ms. Sets id, batch and state.
 */
MUST_CHECK bool outbox_append(const struct outbox *outbox, struct outbox_row *rows, size_t len,
                              int64_t now_ms, int64_t undo_ms, struct error *err);

/*
 * … in the place of rows that are not on their way: these are taken back. *done = false: one of them was sent meanwhile, and
 * nothing was done.
 */
MUST_CHECK bool outbox_replace(const struct outbox *outbox, const int64_t *ids, size_t ids_len,
                               struct outbox_row *rows, size_t len, int64_t now_ms, int64_t undo_ms,
                               bool *done, struct error *err);

/* What was queued last and may still be taken back, with all of its batch. *count = 0: there is nothing. */
MUST_CHECK bool outbox_undo(const struct outbox *outbox, int64_t now_ms, struct arena *arena,
                            const char **label, size_t *count, struct error *err);

/* A row that was never tried, failed or is in conflict, and what waits for it. *done = false: too late, or no such row. */
MUST_CHECK bool outbox_cancel(const struct outbox *outbox, int64_t id, int64_t now_ms, bool *done,
                              struct error *err);
/* Sends it again now. seen: what the user has been shown since (a conflict's `theirs`: "mine"), "" = as before. */
MUST_CHECK bool outbox_retry(const struct outbox *outbox, int64_t id, const char *seen, bool *done,
                             struct error *err);

/* ---- sending: the sync process ---- */

MUST_CHECK bool outbox_recover(const struct outbox *outbox, struct error *err);
/* The row that is to be sent first: the oldest that is due, else the next to be. Its time may lie ahead: outbox_due_at. */
MUST_CHECK bool outbox_next(const struct outbox *outbox, int64_t now_ms, struct arena *arena,
                            struct outbox_row *row, bool *found, struct error *err);
int64_t outbox_due_at(const struct outbox_row *row);
/* *done = false: it was cancelled a moment ago. */
MUST_CHECK bool outbox_sending(const struct outbox *outbox, int64_t id, bool *done,
                               struct error *err);
/*
 * Taken of the row: id, state, attempts (that may have arrived), next_at, answer, answer_status, request_id, theirs, result_id.
 * Done: rows behind it for the same target were written in its knowledge, so its goal becomes what they saw.
 */
MUST_CHECK bool outbox_settle(const struct outbox *outbox, const struct outbox_row *row,
                              int64_t now_ms, struct error *err);
/* Whether another row made this object. */
MUST_CHECK bool outbox_claimed(const struct outbox *outbox, int64_t id, const char *result_id,
                               bool *claimed, struct error *err);
MUST_CHECK bool outbox_trim(const struct outbox *outbox, int64_t before_ms, struct error *err);
