#include "store/held.h"

#include "store/connection.h"

bool
held_any(struct store *store, int64_t now_ms, bool *any, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_MAINTENANCE_WINDOW_ON, &statement, err))
        return false;
    bind_integer(statement, "now", now_ms);
    if (!statement_step(statement, any, err))
        return false;
    if (*any)
        statement_reset(statement);
    return true;
}

bool
held_by(struct store *store, const char *alert_id, int64_t now_ms, struct arena *arena,
        const char **name, int64_t *until_ms, struct error *err)
{
    struct statement *statement;
    bool row;
    *name = "";
    *until_ms = 0;
    if (!held_any(store, now_ms, &row, err))
        return false;
    if (!row)
        return true;
    if (!store_statement(store, SQL_ALERT_HELD, &statement, err))
        return false;
    bind_text(statement, "id", alert_id);
    bind_integer(statement, "now", now_ms);
    if (!statement_step(statement, &row, err))
        return false;
    if (row) {
        *name = row_text(statement, arena, 0);
        *until_ms = row_integer(statement, 1);
        statement_reset(statement);
    }
    return true;
}
