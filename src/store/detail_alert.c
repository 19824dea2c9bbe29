#include "store/detail.h"

static bool
add_history(struct store *store, const char *id, struct detail *detail, struct detail_fact *facts,
            struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_DETAIL_ALERT_HISTORY, &statement, err))
        return false;
    bind_text(statement, "id", id);
    if (!statement_step(statement, &row, err))
        return false;
    int64_t times = row ? row_integer(statement, 0) : 0;
    int64_t first_at = row ? row_integer(statement, 1) : 0;
    statement_reset(statement);
    if (times > 1) {
        detail_add_fact(detail, facts, "in 24 h",
                        arena_printf(&detail->arena, "%d times", (int)times), 0);
        detail_add_fact(detail, facts, "first", "", first_at);
    }
    return true;
}

static bool
add_attributes(struct store *store, const char *id, struct detail *detail,
               struct detail_fact *facts, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_DETAIL_ALERT_ATTRIBUTES, &statement, err))
        return false;
    bind_text(statement, "id", id);
    while (statement_step(statement, &row, err)) {
        if (!row)
            return true;
        const char *label = row_text(statement, &detail->arena, 0);
        detail_add_fact(detail, facts, label, row_text(statement, &detail->arena, 1), 0);
    }
    return false;
}

static bool
add_incidents(struct store *store, const char *id, struct detail *detail, struct detail_fact *facts,
              struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_DETAIL_ALERT_INCIDENTS, &statement, err))
        return false;
    bind_text(statement, "id", id);
    while (statement_step(statement, &row, err)) {
        if (!row)
            return true;
        const char *reference = row_text(statement, &detail->arena, 0);
        const char *name = row_text(statement, &detail->arena, 1);
        detail_add_fact(detail, facts, "incident",
                        arena_printf(&detail->arena, "%s %s", reference, name), 0);
        detail_add_fact(detail, facts, "by route", row_text(statement, &detail->arena, 2), 0);
    }
    return false;
}

static bool
add_escalations(struct store *store, const char *id, struct detail *detail,
                struct detail_fact *facts, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_DETAIL_ALERT_ESCALATIONS, &statement, err))
        return false;
    bind_text(statement, "id", id);
    while (statement_step(statement, &row, err)) {
        if (!row)
            return true;
        const char *status = row_text(statement, &detail->arena, 1);
        const char *people = row_text(statement, &detail->arena, 3);
        detail_add_fact(detail, facts, "escalation",
                        *people ? arena_printf(&detail->arena, "%s (%s)", status, people) : status,
                        0);
    }
    return false;
}

#define NOTES_MAX 10

static bool
add_notes(struct store *store, const char *id, struct detail *detail, struct detail_block *blocks,
          struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_DETAIL_ALERT_NOTES, &statement, err))
        return false;
    bind_text(statement, "id", id);
    while (statement_step(statement, &row, err)) {
        if (!row)
            return true;
        const char *text = row_text(statement, &detail->arena, 0);
        const char *who = row_text(statement, &detail->arena, 2);
        if (detail->blocks_len <= NOTES_MAX)
            blocks[detail->blocks_len++] = (struct detail_block){
                *who ? arena_printf(&detail->arena, "note by %s", who) : "note", text};
    }
    return false;
}

bool
detail_alert(struct store *store, const char *id, struct detail *detail, struct error *err)
{
    struct statement *statement;
    struct arena *arena = &detail->arena;
    struct detail_fact *facts = arena_new_array(arena, DETAIL_FACTS_MAX, struct detail_fact);
    struct detail_block *blocks = arena_new_array(arena, NOTES_MAX + 1, struct detail_block);
    bool row;

    detail->id = detail->title = "";
    detail->facts = facts;
    detail->blocks = blocks;
    if (!store_statement(store, SQL_DETAIL_ALERT, &statement, err))
        return false;
    bind_text(statement, "id", id);
    if (!statement_step(statement, &row, err))
        return false;
    if (!row)
        return true;
    detail->id = row_text(statement, arena, 0);
    detail->title = row_text(statement, arena, 1);
    const char *status = row_text(statement, arena, 2);
    const char *source_url = row_text(statement, arena, 3);
    const char *key = row_text(statement, arena, 4);
    int64_t created_at = row_integer(statement, 5);
    int64_t updated_at = row_integer(statement, 6);
    int64_t resolved_at = row_integer(statement, 7);
    const char *description = row_text(statement, arena, 8);
    const char *source = row_text(statement, arena, 9);
    const char *source_type = row_text(statement, arena, 10);
    statement_reset(statement);

    if (*description)
        blocks[detail->blocks_len++] = (struct detail_block){"", description};
    if (!add_incidents(store, id, detail, facts, err) ||
        !add_history(store, id, detail, facts, err) ||
        !add_escalations(store, id, detail, facts, err) ||
        !add_attributes(store, id, detail, facts, err) ||
        !add_notes(store, id, detail, blocks, err))
        return false;
    detail_add_fact(detail, facts, "status", status, 0);
    detail_add_fact(detail, facts, "fired", "", created_at);
    detail_add_fact(detail, facts, "last seen", "", updated_at > created_at ? updated_at : 0);
    detail_add_fact(detail, facts, "resolved", "", resolved_at);
    detail_add_fact(detail, facts, "source",
                    *source_type ? arena_printf(arena, "%s (%s)", source, source_type) : source, 0);
    detail_add_fact(detail, facts, "link", source_url, 0);
    detail_add_fact(detail, facts, "key", key, 0);
    return true;
}
