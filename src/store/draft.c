#include "store/draft.h"

#include "base/clock.h"

#define KEPT_MS (90 * (int64_t)DAY_MS)

#define FIELD_OWNER struct draft
static const struct field draft_rows[] = {DRAFT_FIELDS_OF_FORM(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table draft_table = FIELD_TABLE(draft, SIZE_MAX);

static bool
prepare(struct store *private_db, enum sql sql, const struct draft_of *of,
        struct statement **statement, struct error *err)
{
    if (!store_statement(private_db, sql, statement, err))
        return false;
    bind_text(*statement, "upstream", of->upstream);
    bind_text(*statement, "action", of->action);
    bind_text(*statement, "target_kind", of->target_kind);
    bind_text(*statement, "target_id", of->target_id);
    return true;
}

bool
draft_load(struct store *private_db, const struct draft_of *of, struct arena *arena,
           const struct draft **drafts, size_t *len, struct error *err)
{
    struct statement *statement;
    return prepare(private_db, SQL_DRAFT_LOAD, of, &statement, err) &&
           statement_read_all(statement, &draft_table, arena, 0, drafts, len, err);
}

bool
draft_delete(struct store *private_db, const struct draft_of *of, struct error *err)
{
    struct statement *statement;
    return prepare(private_db, SQL_DRAFT_DELETE, of, &statement, err) &&
           statement_run(statement, err);
}

static bool
put(struct store *private_db, const struct draft_of *of, const struct draft *draft, int64_t now_ms,
    struct error *err)
{
    struct statement *statement;
    if (!prepare(private_db, SQL_DRAFT_PUT, of, &statement, err))
        return false;
    bind_text(statement, "field", draft->field);
    bind_text(statement, "text", draft->text);
    bind_integer(statement, "changed_at", now_ms);
    return statement_run(statement, err);
}

static bool
trim(struct store *private_db, int64_t now_ms, struct error *err)
{
    struct statement *statement;
    if (!store_statement(private_db, SQL_DRAFT_TRIM, &statement, err))
        return false;
    bind_integer(statement, "before", now_ms - KEPT_MS);
    return statement_run(statement, err);
}

bool
draft_save(struct store *private_db, const struct draft_of *of, const struct draft *drafts,
           size_t len, int64_t now_ms, struct error *err)
{
    if (!store_begin(private_db, err))
        return false;
    bool ok = draft_delete(private_db, of, err) && trim(private_db, now_ms, err);
    for (size_t i = 0; i < len && ok; i++)
        ok = !*drafts[i].text || put(private_db, of, &drafts[i], now_ms, err);
    if (ok && store_commit(private_db, err))
        return true;
    store_rollback(private_db);
    return error_wrap(err, "the draft is not kept");
}

bool
draft_count(struct store *private_db, const char *upstream, int64_t *count, struct error *err)
{
    struct statement *statement;
    bool row;
    *count = 0;
    if (!store_statement(private_db, SQL_DRAFT_COUNT, &statement, err))
        return false;
    bind_text(statement, "upstream", upstream);
    if (!statement_step(statement, &row, err))
        return false;
    *count = row_integer(statement, 0);
    statement_reset(statement);
    return true;
}
