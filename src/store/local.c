#include "store/local.h"

#include <stddef.h>
#include <stdint.h>

#define FIELD_OWNER struct request
static const struct field request_rows[] = {REQUEST_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER

static const struct field_table request_table = FIELD_TABLE(request, SIZE_MAX);

bool
cache_location_put(struct store *private_db, const char *base_url, const char *directory,
                   int64_t now_ms, struct error *err)
{
    struct statement *statement;
    if (!store_statement(private_db, SQL_CACHE_LOCATION_PUT, &statement, err))
        return false;
    bind_text(statement, "base_url", base_url);
    bind_text(statement, "directory", directory);
    bind_integer(statement, "noted_at", now_ms);
    return statement_run(statement, err);
}

bool
cache_location_get(struct store *private_db, const char *base_url, struct arena *arena,
                   const char **directory, struct error *err)
{
    struct statement *statement;
    bool row;
    *directory = "";
    if (!store_statement(private_db, SQL_CACHE_LOCATION_GET, &statement, err))
        return false;
    bind_text(statement, "base_url", base_url);
    if (!statement_step(statement, &row, err))
        return false;
    if (row)
        *directory = row_text(statement, arena, 0);
    statement_reset(statement);
    return true;
}

bool
request_put(struct store *private_db, const char *kind, const char *argument, int64_t now_ms,
            struct error *err)
{
    struct statement *statement;
    if (!store_statement(private_db, SQL_REQUEST_PUT, &statement, err))
        return false;
    bind_text(statement, "kind", kind);
    bind_text(statement, "argument", argument);
    bind_integer(statement, "requested_at", now_ms);
    return statement_run(statement, err);
}

bool
request_take(struct store *private_db, struct arena *arena, const struct request **requests,
             size_t *requests_len, struct error *err)
{
    struct statement *statement;
    struct request *items = NULL;
    *requests = NULL;
    *requests_len = 0;
    if (!store_statement(private_db, SQL_REQUEST_WAITING, &statement, err) ||
        !statement_read_all(statement, &request_table, arena, 0, &items, requests_len, err))
        return false;
    *requests = items;
    if (!*requests_len)
        return true;
    if (!store_statement(private_db, SQL_REQUEST_DELETE, &statement, err))
        return false;
    bind_integer(statement, "id", items[*requests_len - 1].id);
    return statement_run(statement, err);
}
