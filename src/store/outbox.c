#include "store/outbox.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/str.h"

#define FIELD_OWNER struct outbox_row
static const struct field outbox_row_rows[] = {OUTBOX_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table outbox_row_table = FIELD_TABLE(outbox_row, SIZE_MAX);

bool
outbox_is_open(const struct outbox_row *row)
{
    return !text_equals(row->state, OUTBOX_DONE) && !text_equals(row->state, OUTBOX_CANCELLED);
}

void
outbox_key(char key[OUTBOX_KEY_SIZE])
{
    unsigned char random[16];
    digest_random(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        (void)snprintf(key + 2 * i, 3, "%02x", random[i]); /* two digits */
}

bool
outbox_is_stuck(const struct outbox_row *row)
{
    return text_equals(row->state, OUTBOX_FAILED) || text_equals(row->state, OUTBOX_CONFLICT);
}

bool
outbox_is_revocable(const struct outbox_row *row)
{
    return outbox_is_stuck(row) || (text_equals(row->state, OUTBOX_QUEUED) && !row->attempts);
}

/* ---- reading ---- */

bool
outbox_list(struct store *private_db, const char *upstream, bool only_open, int64_t before_id,
            int64_t limit, struct arena *arena, const struct outbox_row **rows, size_t *len,
            struct error *err)
{
    struct statement *statement;
    if (!store_statement(private_db, SQL_OUTBOX_LIST, &statement, err))
        return false;
    bind_text(statement, "upstream", upstream);
    bind_integer(statement, "open", only_open);
    bind_integer(statement, "before", before_id ? before_id : INT64_MAX);
    bind_integer(statement, "rows", limit ? limit : -1);
    return statement_read_all(statement, &outbox_row_table, arena, 0, rows, len, err);
}

static bool
read_one(struct statement *statement, struct arena *arena, struct outbox_row *row, bool *found,
         struct error *err)
{
    if (!statement_step(statement, found, err))
        return false;
    object_clear(&outbox_row_table, row);
    if (*found) {
        row_read(statement, &outbox_row_table, arena, row);
        statement_reset(statement);
    }
    return true;
}

bool
outbox_get(struct store *private_db, const char *upstream, int64_t id, struct arena *arena,
           struct outbox_row *row, bool *found, struct error *err)
{
    struct statement *statement;
    if (!store_statement(private_db, SQL_OUTBOX_GET, &statement, err))
        return false;
    bind_text(statement, "upstream", upstream);
    bind_integer(statement, "id", id);
    return read_one(statement, arena, row, found, err);
}

bool
outbox_of_target(struct store *private_db, const char *upstream, const char *target_kind,
                 const char *target_id, struct arena *arena, const struct outbox_row **rows,
                 size_t *len, struct error *err)
{
    struct statement *statement;
    if (!store_statement(private_db, SQL_OUTBOX_OF_TARGET, &statement, err))
        return false;
    bind_text(statement, "upstream", upstream);
    bind_text(statement, "kind", target_kind);
    bind_text(statement, "id", target_id);
    return statement_read_all(statement, &outbox_row_table, arena, 0, rows, len, err);
}

bool
outbox_of_batch(struct store *private_db, const char *upstream, int64_t batch, struct arena *arena,
                const struct outbox_row **rows, size_t *len, struct error *err)
{
    struct statement *statement;
    if (!store_statement(private_db, SQL_OUTBOX_OF_BATCH, &statement, err))
        return false;
    bind_text(statement, "upstream", upstream);
    bind_integer(statement, "batch", batch);
    return statement_read_all(statement, &outbox_row_table, arena, 0, rows, len, err);
}

bool
outbox_declared(struct store *private_db, const char *upstream, int64_t since_ms,
                struct arena *arena, const struct outbox_row **rows, size_t *len, struct error *err)
{
    struct statement *statement;
    if (!store_statement(private_db, SQL_OUTBOX_DECLARED, &statement, err))
        return false;
    bind_text(statement, "upstream", upstream);
    bind_integer(statement, "since", since_ms);
    return statement_read_all(statement, &outbox_row_table, arena, 0, rows, len, err);
}

bool
outbox_count(struct store *private_db, const char *upstream, struct outbox_counts *counts,
             struct error *err)
{
    struct statement *statement;
    bool row;
    *counts = (struct outbox_counts){0};
    if (!store_statement(private_db, SQL_OUTBOX_COUNTS, &statement, err))
        return false;
    bind_text(statement, "upstream", upstream);
    if (!statement_step(statement, &row, err))
        return false;
    counts->waiting = row_integer(statement, 0);
    counts->stuck = row_integer(statement, 1);
    statement_reset(statement);
    return true;
}

/* ---- writing ---- */

static bool
put(const struct outbox *outbox, struct outbox_row *row, struct error *err)
{
    struct statement *statement;
    bool is_there;
    if (!store_statement(outbox->private_db, SQL_OUTBOX_PUT, &statement, err))
        return false;
    bind_object(statement, &outbox_row_table, row);
    bind_text(statement, "upstream", outbox->upstream);
    if (!statement_step(statement, &is_there, err))
        return false;
    row->id = row_integer(statement, 0);
    statement_reset(statement);
    return true;
}

static bool
put_all(const struct outbox *outbox, struct outbox_row *rows, size_t len, struct error *err)
{
    struct statement *statement;
    for (size_t i = 0; i < len; i++) {
        rows[i].batch = i ? rows[0].id : 0;
        if (rows[i].waits_for)
            rows[i].waits_for =
                rows[i].waits_for > 0 ? rows[rows[i].waits_for - 1].id : -rows[i].waits_for;
        rows[i].state = OUTBOX_QUEUED;
        if (!put(outbox, &rows[i], err))
            return false;
    }
    rows[0].batch = rows[0].id;
    if (!store_statement(outbox->private_db, SQL_OUTBOX_SET_BATCH, &statement, err))
        return false;
    bind_integer(statement, "id", rows[0].id);
    return statement_run(statement, err);
}

/* Ids of which one cannot be taken back: none is. */
static bool
take_back(const struct outbox *outbox, const int64_t *ids, size_t ids_len, int64_t now_ms,
          bool *done, struct error *err)
{
    struct outbox_row row;
    bool found;
    struct arena arena = {0};
    *done = true;
    for (size_t i = 0; i < ids_len && *done; i++) {
        bool changed;
        if (!outbox_get(outbox->private_db, outbox->upstream, ids[i], &arena, &row, &found, err) ||
            !outbox_cancel(outbox, ids[i], now_ms, &changed, err)) {
            arena_finish(&arena);
            return false;
        }
        /* One that waited for another went with it. */
        *done = found && (changed || text_equals(row.state, OUTBOX_CANCELLED));
    }
    arena_finish(&arena);
    return true;
}

bool
outbox_replace(const struct outbox *outbox, const int64_t *ids, size_t ids_len,
               struct outbox_row *rows, size_t len, int64_t now_ms, int64_t undo_ms, bool *done,
               struct error *err)
{
    *done = true;
    if (!len)
        return true;
    for (size_t i = 0; i < len; i++) {
        rows[i].created_at = now_ms;
        rows[i].undo_until = now_ms + undo_ms;
    }
    if (!store_begin(outbox->private_db, err))
        return false;
    if (take_back(outbox, ids, ids_len, now_ms, done, err)) {
        if (!*done) {
            store_rollback(outbox->private_db);
            return true;
        }
        if (put_all(outbox, rows, len, err) && store_commit(outbox->private_db, err))
            return true;
    }
    store_rollback(outbox->private_db);
    return error_wrap(err, "not queued");
}

bool
outbox_append(const struct outbox *outbox, struct outbox_row *rows, size_t len, int64_t now_ms,
              int64_t undo_ms, struct error *err)
{
    bool done;
    return outbox_replace(outbox, NULL, 0, rows, len, now_ms, undo_ms, &done, err);
}

bool
outbox_undo(const struct outbox *outbox, int64_t now_ms, struct arena *arena, const char **label,
            size_t *count, struct error *err)
{
    struct statement *statement;
    bool row = true;
    *label = "";
    *count = 0;
    if (!store_statement(outbox->private_db, SQL_OUTBOX_UNDO, &statement, err))
        return false;
    bind_text(statement, "upstream", outbox->upstream);
    bind_integer(statement, "now", now_ms);
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row && !(*count)++)
            *label = row_text(statement, arena, 1);
    }
    return true;
}

/* Whether it changed a row. */
static bool
run_change(const struct outbox *outbox, struct statement *statement, bool *done, struct error *err)
{
    int64_t before = store_total_changes(outbox->private_db);
    if (!statement_run(statement, err))
        return false;
    *done = store_total_changes(outbox->private_db) != before;
    return true;
}

bool
outbox_cancel(const struct outbox *outbox, int64_t id, int64_t now_ms, bool *done,
              struct error *err)
{
    struct statement *statement;
    if (!store_statement(outbox->private_db, SQL_OUTBOX_CANCEL, &statement, err))
        return false;
    bind_text(statement, "upstream", outbox->upstream);
    bind_integer(statement, "id", id);
    bind_integer(statement, "now", now_ms);
    return run_change(outbox, statement, done, err);
}

bool
outbox_retry(const struct outbox *outbox, int64_t id, const char *seen, bool *done,
             struct error *err)
{
    struct statement *statement;
    if (!store_statement(outbox->private_db, SQL_OUTBOX_RETRY, &statement, err))
        return false;
    bind_text(statement, "upstream", outbox->upstream);
    bind_integer(statement, "id", id);
    bind_text(statement, "seen", seen);
    return run_change(outbox, statement, done, err);
}

/* ---- sending ---- */

bool
outbox_recover(const struct outbox *outbox, struct error *err)
{
    struct statement *statement;
    if (!store_statement(outbox->private_db, SQL_OUTBOX_RECOVER, &statement, err))
        return false;
    bind_text(statement, "upstream", outbox->upstream);
    return statement_run(statement, err);
}

bool
outbox_next(const struct outbox *outbox, int64_t now_ms, struct arena *arena,
            struct outbox_row *row, bool *found, struct error *err)
{
    struct statement *statement;
    if (!store_statement(outbox->private_db, SQL_OUTBOX_NEXT, &statement, err))
        return false;
    bind_text(statement, "upstream", outbox->upstream);
    bind_integer(statement, "now", now_ms);
    return read_one(statement, arena, row, found, err);
}

int64_t
outbox_due_at(const struct outbox_row *row)
{
    return row->next_at > row->undo_until ? row->next_at : row->undo_until;
}

bool
outbox_sending(const struct outbox *outbox, int64_t id, bool *done, struct error *err)
{
    struct statement *statement;
    if (!store_statement(outbox->private_db, SQL_OUTBOX_SENDING, &statement, err))
        return false;
    bind_integer(statement, "id", id);
    return run_change(outbox, statement, done, err);
}

static bool
settle_row(const struct outbox *outbox, const struct outbox_row *row, int64_t now_ms,
           struct error *err)
{
    struct statement *statement;
    if (!store_statement(outbox->private_db, SQL_OUTBOX_SETTLE, &statement, err))
        return false;
    bind_object(statement, &outbox_row_table, row);
    bind_integer(statement, "now", now_ms);
    return statement_run(statement, err);
}

static bool
tell_those_behind(const struct outbox *outbox, const struct outbox_row *row, struct error *err)
{
    struct statement *statement;
    if (!store_statement(outbox->private_db, SQL_OUTBOX_SEEN, &statement, err))
        return false;
    bind_integer(statement, "id", row->id);
    return statement_run(statement, err);
}

bool
outbox_settle(const struct outbox *outbox, const struct outbox_row *row, int64_t now_ms,
              struct error *err)
{
    if (!text_equals(row->state, OUTBOX_DONE))
        return settle_row(outbox, row, now_ms, err);
    if (!store_begin(outbox->private_db, err))
        return false;
    if (settle_row(outbox, row, now_ms, err) && tell_those_behind(outbox, row, err) &&
        store_commit(outbox->private_db, err))
        return true;
    store_rollback(outbox->private_db);
    return false;
}

bool
outbox_claimed(const struct outbox *outbox, int64_t id, const char *result_id, bool *claimed,
               struct error *err)
{
    struct statement *statement;
    if (!store_statement(outbox->private_db, SQL_OUTBOX_CLAIMED, &statement, err))
        return false;
    bind_text(statement, "result_id", result_id);
    bind_integer(statement, "id", id);
    if (!statement_step(statement, claimed, err))
        return false;
    statement_reset(statement);
    return true;
}

bool
outbox_trim(const struct outbox *outbox, int64_t before_ms, struct error *err)
{
    struct statement *statement;
    if (!store_statement(outbox->private_db, SQL_OUTBOX_TRIM, &statement, err))
        return false;
    bind_text(statement, "upstream", outbox->upstream);
    bind_integer(statement, "before", before_ms);
    return statement_run(statement, err);
}
