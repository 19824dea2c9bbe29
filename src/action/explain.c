#include "action/explain.h"

#include "wire/decision_note.h"

const char explain_nothing[] = "This server does not say why.";

bool
explain_alert(struct store *cache, const char *alert_id, struct arena *arena,
              const struct story_line **lines, size_t *len, struct error *err)
{
    struct statement *statement;
    struct decision decision;
    bool row;
    *lines = NULL;
    *len = 0;
    if (!store_statement(cache, SQL_ALERT_NOTE_DECISION, &statement, err))
        return false;
    bind_text(statement, "alert_id", alert_id);
    if (!statement_step(statement, &row, err))
        return false;
    if (!row)
        return true;
    const char *content = row_text(statement, arena, 0);
    statement_reset(statement);
    if (decision_of_note(content, arena, &decision))
        *lines = decision_story(&decision, arena, len);
    return true;
}
