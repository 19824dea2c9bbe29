#include "store/pipeline_run.h"

#include <stddef.h>

#include "base/str.h"

#define FIELD_OWNER struct pipeline_run
static const struct field pipeline_run_rows[] = {PIPELINE_RUN_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table pipeline_run_table = FIELD_TABLE(pipeline_run, SIZE_MAX);

bool
pipeline_run_get(struct store *store, const char *id, struct arena *arena, struct pipeline_run *run,
                 struct error *err)
{
    struct statement *statement;
    bool row;
    object_clear(&pipeline_run_table, run);
    run->id = id;
    if (!store_statement(store, SQL_PIPELINE_RUN_GET, &statement, err))
        return false;
    bind_text(statement, "id", id);
    if (!statement_step(statement, &row, err))
        return false;
    if (row)
        row_read(statement, &pipeline_run_table, arena, run);
    statement_reset(statement);
    return true;
}

bool
pipeline_run_is_same(const struct pipeline_run *a, const struct pipeline_run *b)
{
    return text_equals(a->id, b->id) && text_equals(a->outcome, b->outcome) &&
           text_equals(a->url, b->url) && text_equals(a->subject, b->subject) &&
           a->stopped_at == b->stopped_at && a->created_at == b->created_at;
}

bool
pipeline_run_put(struct store *store, const struct pipeline_run *run, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_PIPELINE_RUN_PUT, &statement, err))
        return false;
    bind_object(statement, &pipeline_run_table, run);
    return statement_run(statement, err);
}

bool
pipeline_run_forget(struct store *store, const char *project, const char *branch, int64_t before,
                    struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_PIPELINE_RUN_FORGET, &statement, err))
        return false;
    bind_text(statement, "project", project);
    bind_text(statement, "branch", branch);
    bind_integer(statement, "before", before);
    return statement_run(statement, err);
}

bool
pipeline_run_again(struct store *store, int64_t since, int64_t wrong_since, int64_t turn,
                   struct arena *arena, struct pipeline_run **runs, size_t *runs_len,
                   struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_PIPELINE_RUN_AGAIN, &statement, err))
        return false;
    bind_integer(statement, "since", since);
    bind_integer(statement, "wrong_since", wrong_since);
    bind_integer(statement, "turn", turn);
    return statement_read_all(statement, &pipeline_run_table, arena, 0, runs, runs_len, err);
}

bool
pipeline_run_newest(struct store *store, int rows, struct arena *arena, struct pipeline_run **runs,
                    size_t *runs_len, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_PIPELINE_RUN_NEWEST, &statement, err))
        return false;
    bind_integer(statement, "rows", rows);
    return statement_read_all(statement, &pipeline_run_table, arena, (size_t)rows, runs, runs_len,
                              err);
}
