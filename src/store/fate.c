#include "store/fate.h"

/* Each query gives: what happened ("" = nothing), when, whether it is over, and the item's title. */
static bool
read_fate(struct store *store, enum sql sql, const char *id, struct arena *arena, struct fate *fate,
          struct error *err)
{
    struct statement *statement;
    *fate = (struct fate){.what = "", .title = ""};
    if (!store_statement(store, sql, &statement, err))
        return false;
    bind_text(statement, "id", id);
    if (!statement_step(statement, &fate->found, err))
        return false;
    if (!fate->found)
        return true;
    fate->what = row_text(statement, arena, 0);
    fate->at = row_integer(statement, 1);
    fate->over = row_integer(statement, 2) != 0;
    fate->title = row_text(statement, arena, 3);
    statement_reset(statement);
    return true;
}

bool
fate_alert(struct store *store, const char *id, struct arena *arena, struct fate *fate,
           struct error *err)
{
    return read_fate(store, SQL_FATE_ALERT, id, arena, fate, err);
}

bool
fate_follow_up(struct store *store, const char *id, struct arena *arena, struct fate *fate,
               struct error *err)
{
    return read_fate(store, SQL_FATE_FOLLOW_UP, id, arena, fate, err);
}

bool
fate_incident(struct store *store, const char *id, struct arena *arena, struct fate *fate,
              struct error *err)
{
    return read_fate(store, SQL_FATE_INCIDENT, id, arena, fate, err);
}
