#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/text.h"
#include "store/local.h"

enum { TEXT_MAX_BYTES = 4096, PALETTE_LINES = 200 };
#define MARKS_KEPT_MS (90 * (int64_t)DAY_MS)

#define FIELD_OWNER struct saved_view
static const struct field saved_view_rows[] = {SAVED_VIEW_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table saved_view_table = FIELD_TABLE(saved_view, SIZE_MAX);

#define FIELD_OWNER struct pane_state
static const struct field pane_state_rows[] = {PANE_STATE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table pane_state_table = FIELD_TABLE(pane_state, SIZE_MAX);

#define FIELD_OWNER struct read_mark
static const struct field read_mark_rows[] = {READ_MARK_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table read_mark_table = FIELD_TABLE(read_mark, SIZE_MAX);

#define FIELD_OWNER struct palette_use
static const struct field palette_use_rows[] = {PALETTE_USE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table palette_use_table = FIELD_TABLE(palette_use, SIZE_MAX);

/* ---- saved views ---- */

static bool
check_name(const char *name, struct error *err)
{
    struct arena arena = {0};
    size_t len = strlen(name);
    bool clean =
        text_is_valid_utf8(name, len) && strcmp(text_clean(&arena, name, len + 1), name) == 0;
    arena_finish(&arena);
    if (!len)
        return error_set(err, ERROR_USAGE, "a view needs a name, as in 'view save prod-core'");
    if (len > SAVED_VIEW_NAME_MAX_BYTES)
        return error_set(err, ERROR_USAGE, "a view's name has at most %d bytes",
                         SAVED_VIEW_NAME_MAX_BYTES);
    return clean || error_set(err, ERROR_USAGE,
                              "a view's name has letters, digits, signs and single blanks only");
}

bool
saved_view_put(struct store *private_db, const char *upstream, const struct saved_view *view,
               int64_t now_ms, struct error *err)
{
    struct statement *statement;
    if (!check_name(view->name, err) ||
        !store_statement(private_db, SQL_SAVED_VIEW_PUT, &statement, err))
        return false;
    bind_object(statement, &saved_view_table, view);
    bind_text(statement, "upstream", upstream);
    bind_integer(statement, "saved_at", now_ms);
    return statement_run(statement, err);
}

bool
saved_view_delete(struct store *private_db, const char *upstream, const char *name,
                  struct error *err)
{
    struct statement *statement;
    if (!store_statement(private_db, SQL_SAVED_VIEW_DELETE, &statement, err))
        return false;
    bind_text(statement, "upstream", upstream);
    bind_text(statement, "name", name);
    return statement_run(statement, err);
}

bool
saved_view_list(struct store *private_db, const char *upstream, struct arena *arena,
                const struct saved_view **views, size_t *views_len, struct error *err)
{
    struct statement *statement;
    if (!store_statement(private_db, SQL_SAVED_VIEW_LIST, &statement, err))
        return false;
    bind_text(statement, "upstream", upstream);
    return statement_read_all(statement, &saved_view_table, arena, 0, views, views_len, err);
}

bool
saved_view_parse(const struct saved_view *view, const struct filter_context *context,
                 struct arena *arena, const struct filter **filter, const struct sort **sort,
                 struct filter_error *problem)
{
    *sort = NULL;
    if (!filter_parse(view->filter, context, arena, filter, problem))
        return false;
    if (!*view->sort)
        return true;
    /* Events are no kind's rows: like updates, they are sorted by time. */
    enum kind kind = context->kind == KIND_COUNT ? KIND_INCIDENT_UPDATE : context->kind;
    *sort = sort_find(kind, view->sort);
    if (*sort)
        return true;
    *problem = (struct filter_error){.at = strlen(view->filter)};
    (void)snprintf(problem->message, sizeof problem->message, "%s are not sorted by '%s'",
                   kind_info(kind)->list, text_clean(arena, view->sort, 60));
    return false;
}

/* ---- reading what is remembered ---- */

bool
pane_state_list(struct store *private_db, const char *upstream, struct arena *arena,
                const struct pane_state **states, size_t *states_len, struct error *err)
{
    struct statement *statement;
    if (!store_statement(private_db, SQL_PANE_STATE_LIST, &statement, err))
        return false;
    bind_text(statement, "upstream", upstream);
    return statement_read_all(statement, &pane_state_table, arena, 0, states, states_len, err);
}

bool
read_mark_get(struct store *private_db, const char *upstream, const char *kind, const char *id,
              int64_t *seen_at, struct error *err)
{
    struct statement *statement;
    bool row;
    *seen_at = 0;
    if (!store_statement(private_db, SQL_READ_MARK_GET, &statement, err))
        return false;
    bind_text(statement, "upstream", upstream);
    bind_text(statement, "kind", kind);
    bind_text(statement, "id", id);
    if (!statement_step(statement, &row, err))
        return false;
    if (row)
        *seen_at = row_integer(statement, 0);
    statement_reset(statement);
    return true;
}

bool
read_mark_claim(struct store *private_db, const char *upstream, const char *kind, const char *id,
                int64_t seen_at, int64_t apart_ms, bool *first, struct error *err)
{
    struct statement *statement;
    bool row;
    *first = false;
    if (!store_statement(private_db, SQL_READ_MARK_CLAIM, &statement, err))
        return false;
    bind_text(statement, "upstream", upstream);
    bind_text(statement, "kind", kind);
    bind_text(statement, "id", id);
    bind_integer(statement, "seen_at", seen_at);
    bind_integer(statement, "apart", apart_ms);
    if (!statement_step(statement, first, err))
        return false;
    return !*first || statement_step(statement, &row, err); /* which commits */
}

bool
read_mark_list(struct store *private_db, const char *upstream, const char *kind,
               struct arena *arena, const struct read_mark **marks, size_t *marks_len,
               struct error *err)
{
    struct statement *statement;
    if (!store_statement(private_db, SQL_READ_MARK_LIST, &statement, err))
        return false;
    bind_text(statement, "upstream", upstream);
    bind_text(statement, "kind", kind);
    return statement_read_all(statement, &read_mark_table, arena, 0, marks, marks_len, err);
}

bool
palette_use_list(struct store *private_db, int rows, struct arena *arena,
                 const struct palette_use **uses, size_t *uses_len, struct error *err)
{
    struct statement *statement;
    if (!store_statement(private_db, SQL_PALETTE_USE_LIST, &statement, err))
        return false;
    bind_integer(statement, "rows", rows);
    return statement_read_all(statement, &palette_use_table, arena, 0, uses, uses_len, err);
}

/* ---- the batch ---- */

enum {
    PANES_MAX = sizeof((struct local_batch *)0)->panes / sizeof(struct pane_state),
    MARKS_MAX = sizeof((struct local_batch *)0)->marks / sizeof((struct local_batch *)0)->marks[0],
    USES_MAX = sizeof((struct local_batch *)0)->uses / sizeof(struct palette_use),
};

/* Of our own making or typed here, but a paste may be long. */
static const char *
copied(struct local_batch *batch, const char *text)
{
    size_t len = strnlen(text, TEXT_MAX_BYTES + 1);
    return len > TEXT_MAX_BYTES ? "" : arena_text_len(&batch->arena, text, len);
}

void
local_batch_pane(struct local_batch *batch, const struct pane_state *state, int64_t now_ms)
{
    size_t at = 0;
    while (at < batch->panes_len && strcmp(batch->panes[at].pane, state->pane) != 0)
        at++;
    if (at == PANES_MAX)
        return;
    batch->panes_len += at == batch->panes_len;
    batch->panes[at] = (struct pane_state){
        copied(batch, state->pane), copied(batch, state->filter),  copied(batch, state->sort),
        copied(batch, state->item), copied(batch, state->columns), now_ms};
}

void
local_batch_seen(struct local_batch *batch, const char *kind, const char *id, int64_t now_ms)
{
    size_t at = 0;
    while (at < batch->marks_len &&
           (strcmp(batch->marks[at].id, id) != 0 || strcmp(batch->marks[at].kind, kind) != 0))
        at++;
    if (at == MARKS_MAX)
        return;
    if (at == batch->marks_len) {
        batch->marks[at].kind = copied(batch, kind);
        batch->marks[at].id = copied(batch, id);
        batch->marks_len++;
    }
    batch->marks[at].seen_at = now_ms;
}

void
local_batch_used(struct local_batch *batch, const char *line, int64_t now_ms)
{
    size_t at = 0;
    while (at < batch->uses_len && strcmp(batch->uses[at].line, line) != 0)
        at++;
    if (at == USES_MAX || !*line)
        return;
    if (at == batch->uses_len)
        batch->uses[batch->uses_len++].line = copied(batch, line);
    batch->uses[at].used_at = now_ms;
}

bool
local_batch_is_empty(const struct local_batch *batch)
{
    return !batch->panes_len && !batch->marks_len && !batch->uses_len;
}

bool
local_batch_is_full(const struct local_batch *batch)
{
    return batch->panes_len == PANES_MAX || batch->marks_len == MARKS_MAX ||
           batch->uses_len == USES_MAX || batch->arena.used_bytes > 1024 * 1024;
}

static bool
write_panes(const struct local_batch *batch, struct store *private_db, const char *upstream,
            struct error *err)
{
    struct statement *statement;
    for (size_t i = 0; i < batch->panes_len; i++) {
        if (!store_statement(private_db, SQL_PANE_STATE_PUT, &statement, err))
            return false;
        bind_object(statement, &pane_state_table, &batch->panes[i]);
        bind_text(statement, "upstream", upstream);
        if (!statement_run(statement, err))
            return false;
    }
    return true;
}

static bool
write_marks(const struct local_batch *batch, struct store *private_db, const char *upstream,
            struct error *err)
{
    struct statement *statement;
    int64_t newest = 0;
    for (size_t i = 0; i < batch->marks_len; i++) {
        if (!store_statement(private_db, SQL_READ_MARK_PUT, &statement, err))
            return false;
        bind_text(statement, "upstream", upstream);
        bind_text(statement, "kind", batch->marks[i].kind);
        bind_text(statement, "id", batch->marks[i].id);
        bind_integer(statement, "seen_at", batch->marks[i].seen_at);
        if (!statement_run(statement, err))
            return false;
        newest = batch->marks[i].seen_at > newest ? batch->marks[i].seen_at : newest;
    }
    if (!newest)
        return true;
    if (!store_statement(private_db, SQL_READ_MARK_TRIM, &statement, err))
        return false;
    bind_integer(statement, "before", newest - MARKS_KEPT_MS);
    return statement_run(statement, err);
}

static bool
write_uses(const struct local_batch *batch, struct store *private_db, struct error *err)
{
    struct statement *statement;
    for (size_t i = 0; i < batch->uses_len; i++) {
        if (!store_statement(private_db, SQL_PALETTE_USE_PUT, &statement, err))
            return false;
        bind_object(statement, &palette_use_table, &batch->uses[i]);
        if (!statement_run(statement, err))
            return false;
    }
    if (!batch->uses_len)
        return true;
    if (!store_statement(private_db, SQL_PALETTE_USE_TRIM, &statement, err))
        return false;
    bind_integer(statement, "rows", PALETTE_LINES);
    return statement_run(statement, err);
}

static void
empty(struct local_batch *batch)
{
    arena_reset(&batch->arena);
    batch->panes_len = batch->marks_len = batch->uses_len = 0;
}

bool
local_batch_write(struct local_batch *batch, struct store *private_db, const char *upstream,
                  struct error *err)
{
    bool ok = local_batch_is_empty(batch);
    if (!ok && store_begin(private_db, err)) {
        ok = write_panes(batch, private_db, upstream, err) &&
             write_marks(batch, private_db, upstream, err) && write_uses(batch, private_db, err);
        if (ok)
            ok = store_commit(private_db, err);
        else
            store_rollback(private_db);
    }
    empty(batch);
    return ok;
}

void
local_batch_finish(struct local_batch *batch)
{
    arena_finish(&batch->arena);
    batch->panes_len = batch->marks_len = batch->uses_len = 0;
}
