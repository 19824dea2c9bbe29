#include "store/detail.h"

#include "base/str.h"

bool
detail_follow_up(struct store *store, const char *id, struct detail *detail, struct error *err)
{
    struct statement *statement;
    struct arena *arena = &detail->arena;
    bool row;
    detail->id = detail->title = "";
    if (!store_statement(store, SQL_FOLLOW_UP_DETAIL, &statement, err))
        return false;
    bind_text(statement, "id", id);
    if (!statement_step(statement, &row, err))
        return false;
    if (!row)
        return true;

    struct detail_fact *facts = arena_new_array(arena, DETAIL_FACTS_MAX, struct detail_fact);
    struct detail_block *blocks = arena_new(arena, struct detail_block);
    detail->id = row_text(statement, arena, 0);
    detail->title = row_text(statement, arena, 1);
    detail->facts = facts;
    detail->blocks = blocks;
    const char *status = row_text(statement, arena, 2);
    const char *issue = row_text(statement, arena, 6);
    const char *reference = row_text(statement, arena, 12);
    const char *incident_status = row_text(statement, arena, 14);
    if (*reference)
        detail_add_fact(detail, facts, "incident",
                        arena_printf(arena, "%s %s%s%s%s", reference,
                                     row_text(statement, arena, 13), *incident_status ? " (" : "",
                                     incident_status, *incident_status ? ")" : ""),
                        0);
    detail_add_fact(detail, facts, "due", "", row_integer(statement, 9));
    detail_add_fact(detail, facts, "assignee", row_text(statement, arena, 3), 0);
    detail_add_fact(detail, facts, "team", row_text(statement, arena, 4), 0);
    detail_add_fact(detail, facts, "priority", row_text(statement, arena, 5), 0);
    detail_add_fact(detail, facts, "issue", issue, 0);
    detail_add_fact(detail, facts, "link", row_text(statement, arena, 7), 0);
    detail_add_fact(detail, facts, "created", "", row_integer(statement, 8));
    if (!text_equals(status, "outstanding"))
        detail_add_fact(detail, facts, "status", status, 0);
    detail_add_fact(detail, facts, "completed", "", row_integer(statement, 10));

    const char *description = row_text(statement, arena, 11);
    if (*description)
        blocks[detail->blocks_len++] = (struct detail_block){"", description};
    statement_reset(statement);
    return true;
}
