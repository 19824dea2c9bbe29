#include "hub/declare.h"

#include "hub/exchange.h"

bool
declared_refuses(struct exchange *exchange, enum kind kind, const char *id)
{
    const char *place;
    struct error err;
    if (!declared_place(exchange->store, kind, id, exchange->arena, &place, &err)) {
        (void)answer_failure(exchange, &err);
        return true;
    }
    if (*place)
        (void)answer_error(exchange, 403, "declared_in_file", "",
                           "this %s is declared in %s: change it there, and have the hub read the "
                           "file again (SIGHUP)",
                           kind_info(kind)->one, place);
    return *place != '\0';
}

bool
declared_place(struct store *store, enum kind kind, const char *id, struct arena *arena,
               const char **place, struct error *err)
{
    struct statement *statement;
    bool row;
    *place = "";
    if (!store_statement(store, SQL_DECLARED_GET, &statement, err))
        return false;
    bind_text(statement, "kind", kind_info(kind)->table);
    bind_text(statement, "id", id);
    if (!statement_step(statement, &row, err))
        return false;
    if (row)
        *place = row_text(statement, arena, 0);
    statement_reset(statement);
    return true;
}
