#include "store/suspect.h"

#include <stddef.h>
#include <stdint.h>

#define FIELD_OWNER struct alert_commit
static const struct field alert_commit_rows[] = {ALERT_COMMIT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table alert_commit_table = FIELD_TABLE(alert_commit, SIZE_MAX);

#define FIELD_OWNER struct git_commit
static const struct field git_commit_rows[] = {GIT_COMMIT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table git_commit_table = FIELD_TABLE(git_commit, SIZE_MAX);

#define FIELD_OWNER struct commit_pull
static const struct field commit_pull_rows[] = {COMMIT_PULL_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table commit_pull_table = FIELD_TABLE(commit_pull, SIZE_MAX);

#define FIELD_OWNER struct merged_pull
static const struct field merged_pull_rows[] = {MERGED_PULL_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table merged_pull_table = FIELD_TABLE(merged_pull, SIZE_MAX);

bool
suspect_alerts(struct store *store, const char *repository, const char *commit_attribute,
               const char *path_attribute, struct arena *arena, struct alert_commit **alerts,
               size_t *alerts_len, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_SUSPECT_ALERTS, &statement, err))
        return false;
    bind_text(statement, "repository", repository);
    bind_text(statement, "commit_attribute", commit_attribute);
    bind_text(statement, "path_attribute", path_attribute);
    return statement_read_all(statement, &alert_commit_table, arena, 0, alerts, alerts_len, err);
}

enum { LINKS_MAX = 20 }; /* as the statement has it */

bool
suspect_links(struct store *store, const char *incident_id, struct arena *arena,
              struct pull_request_line **lines, size_t *lines_len, struct error *err)
{
    struct statement *statement;
    bool row;
    *lines = arena_new_array(arena, LINKS_MAX, struct pull_request_line);
    *lines_len = 0;
    if (!store_statement(store, SQL_SUSPECT_LINKS, &statement, err))
        return false;
    bind_text(statement, "incident_id", incident_id);
    while (statement_step(statement, &row, err)) {
        if (!row)
            return true;
        if (*lines_len < LINKS_MAX)
            (*lines)[(*lines_len)++] =
                (struct pull_request_line){.link = row_text(statement, arena, 0),
                                           .summary = row_text(statement, arena, 1),
                                           .title = row_text(statement, arena, 2)};
    }
    return false;
}

bool
git_commit_get(struct store *store, const char *repository, const char *sha, struct arena *arena,
               struct git_commit *commit, struct error *err)
{
    struct statement *statement;
    bool row;
    object_clear(&git_commit_table, commit);
    commit->repository = repository;
    commit->sha = sha;
    if (!store_statement(store, SQL_GIT_COMMIT_GET, &statement, err))
        return false;
    bind_text(statement, "repository", repository);
    bind_text(statement, "sha", sha);
    if (!statement_step(statement, &row, err))
        return false;
    if (row)
        row_read(statement, &git_commit_table, arena, commit);
    statement_reset(statement);
    return true;
}

bool
merged_pull_is_known(struct store *store, const char *repository, int64_t number, bool *known,
                     struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_MERGED_PULL_KNOWN, &statement, err))
        return false;
    bind_text(statement, "repository", repository);
    bind_integer(statement, "number", number);
    if (!statement_step(statement, known, err))
        return false;
    statement_reset(statement);
    return true;
}

static bool
put(struct store *store, enum sql sql, const struct field_table *table, const void *object,
    struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, sql, &statement, err))
        return false;
    bind_object(statement, table, object);
    return statement_run(statement, err);
}

bool
suspect_put_alert(struct store *store, const struct alert_commit *alert, struct error *err)
{
    return put(store, SQL_SUSPECT_ALERT_PUT, &alert_commit_table, alert, err);
}

bool
git_commit_put(struct store *store, const struct git_commit *commit,
               const struct commit_pull *pulls, size_t pulls_len, struct error *err)
{
    struct statement *statement;
    if (!put(store, SQL_GIT_COMMIT_PUT, &git_commit_table, commit, err))
        return false;
    if (!pulls)
        return true;
    if (!store_statement(store, SQL_COMMIT_PULL_CLEAR, &statement, err))
        return false;
    bind_text(statement, "repository", commit->repository);
    bind_text(statement, "sha", commit->sha);
    if (!statement_run(statement, err))
        return false;
    for (size_t i = 0; i < pulls_len; i++)
        if (!put(store, SQL_COMMIT_PULL_PUT, &commit_pull_table, &pulls[i], err))
            return false;
    return true;
}

bool
merged_pull_put(struct store *store, const struct merged_pull *pull, struct error *err)
{
    return put(store, SQL_MERGED_PULL_PUT, &merged_pull_table, pull, err);
}

bool
suspect_forget(struct store *store, const char *repository, int64_t before, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_SUSPECT_FORGET, &statement, err))
        return false;
    bind_text(statement, "repository", repository);
    bind_integer(statement, "before", before);
    if (!statement_run(statement, err) ||
        !store_statement(store, SQL_SUSPECT_FORGET_ALERTS, &statement, err))
        return false;
    bind_text(statement, "repository", repository);
    return statement_run(statement, err) &&
           store_statement(store, SQL_SUSPECT_FORGET_COMMITS, &statement, err) &&
           statement_run(statement, err) &&
           store_statement(store, SQL_SUSPECT_FORGET_PULLS, &statement, err) &&
           statement_run(statement, err);
}
