#include "store/window.h"

#include "base/str.h"

/* Behind every row there can be. */
#define RANK_END 1000

#define FIELD_OWNER struct feed_row
static const struct field feed_row_rows[] = {FEED_ROW_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table feed_row_table = FIELD_TABLE(feed_row, SIZE_MAX);

struct place {
    int64_t rank, at; /* rank -1: in front of everything */
    const char *id;
};

static void
bind_place(struct statement *statement, const struct place *place, int rows)
{
    bind_integer(statement, "rank", place->rank);
    bind_integer(statement, "at", place->at);
    bind_text(statement, "id", place->id);
    bind_integer(statement, "rows", rows);
}

/* Where the cursor's item stands now; where it stood, when it is gone. */
static bool
find_place(struct store *store, const struct window_request *request, struct place *place,
           struct error *err)
{
    struct statement *statement;
    bool row;
    if (request->to_end) {
        *place = (struct place){RANK_END, 0, ""};
        return true;
    }
    *place = (struct place){-1, 0, ""};
    if (text_is_empty(request->id))
        return true;

    *place = (struct place){request->place[0], request->place[1], request->id};
    if (!store_statement(store, SQL_FEED_PLACE, &statement, err))
        return false;
    bind_text(statement, "id", request->id);
    if (!statement_step(statement, &row, err))
        return false;
    if (row) {
        place->rank = row_integer(statement, 0);
        place->at = row_integer(statement, 1);
    }
    statement_reset(statement);
    return true;
}

/* Moves the place up by at most `rows` rows. */
static bool
go_before(struct store *store, struct place *place, int rows, struct arena *arena, int64_t *moved,
          struct error *err)
{
    struct statement *statement;
    bool row;
    *moved = 0;
    if (place->rank < 0)
        return true;
    if (!store_statement(store, SQL_FEED_BEFORE, &statement, err))
        return false;
    bind_place(statement, place, rows);
    if (!statement_step(statement, &row, err))
        return false;
    if (row) {
        struct place first = {row_integer(statement, 0), row_integer(statement, 1),
                              row_text(statement, arena, 2)};
        *moved = row_integer(statement, 3);
        *place = first;
    }
    statement_reset(statement);
    return true;
}

bool
window_feed(struct store *store, const struct window_request *request, struct arena *arena,
            struct feed_window *window, struct error *err)
{
    struct statement *statement;
    struct place place;
    struct feed_row *rows = NULL;
    size_t rows_len = 0;
    int64_t moved;
    *window = (struct feed_window){0};

    /* One row more than wanted at either end tells whether there is more; the cursor's own comes in between. */
    if (!find_place(store, request, &place, err) ||
        !go_before(store, &place, request->rows + 1, arena, &moved, err) ||
        !store_statement(store, SQL_FEED_AFTER, &statement, err))
        return false;
    size_t limit = (size_t)moved + (size_t)request->rows + 2;
    bind_place(statement, &place, (int)limit);
    if (!statement_read_all(statement, &feed_row_table, arena, limit, &rows, &rows_len, err))
        return false;

    window->more_above = moved > request->rows;
    window->more_below = rows_len == limit;
    size_t skipped = window->more_above && rows_len ? 1 : 0;
    window->rows = rows + skipped;
    window->rows_len = rows_len - skipped - (window->more_below ? 1 : 0);
    return true;
}

/* ---- detail ---- */

#define FACTS_MAX 64

static void
add_fact(struct detail *detail, struct detail_fact *facts, const char *label, const char *text,
         int64_t at)
{
    if (detail->facts_len < FACTS_MAX && (*text || at))
        facts[detail->facts_len++] = (struct detail_fact){label, text, at};
}

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
        add_fact(detail, facts, "in 24 h", arena_printf(&detail->arena, "%d times", (int)times), 0);
        add_fact(detail, facts, "first", "", first_at);
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
        add_fact(detail, facts, label, row_text(statement, &detail->arena, 1), 0);
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
        add_fact(detail, facts, "incident", arena_printf(&detail->arena, "%s %s", reference, name),
                 0);
        add_fact(detail, facts, "by route", row_text(statement, &detail->arena, 2), 0);
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
        add_fact(detail, facts, "escalation",
                 *people ? arena_printf(&detail->arena, "%s (%s)", status, people) : status, 0);
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
    struct detail_fact *facts = arena_new_array(arena, FACTS_MAX, struct detail_fact);
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
    add_fact(detail, facts, "status", status, 0);
    add_fact(detail, facts, "fired", "", created_at);
    add_fact(detail, facts, "last seen", "", updated_at > created_at ? updated_at : 0);
    add_fact(detail, facts, "resolved", "", resolved_at);
    add_fact(detail, facts, "source",
             *source_type ? arena_printf(arena, "%s (%s)", source, source_type) : source, 0);
    add_fact(detail, facts, "link", source_url, 0);
    add_fact(detail, facts, "key", key, 0);
    return true;
}
