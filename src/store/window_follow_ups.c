#include "store/window.h"

#include "base/str.h"

#define FIELD_OWNER struct follow_up_row
static const struct field follow_up_row_rows[] = {FOLLOW_UP_ROW_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table follow_up_row_table = FIELD_TABLE(follow_up_row, SIZE_MAX);

/* A place in the list, which is ordered by these three. */
struct place {
    int64_t undated; /* 0 = has a due time, 1 = has none, -1 = in front of everything */
    int64_t due_at;
    const char *id;
};

static void
bind_place(struct statement *statement, const struct place *place, int rows)
{
    bind_integer(statement, "undated", place->undated);
    bind_integer(statement, "due_at", place->due_at);
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
    *place = (struct place){-1, 0, ""};
    if (request->to_end)
        *place = (struct place){1, 0, "\xf4\x8f\xbf\xbf"}; /* behind every id there can be */
    if (request->to_end || text_is_empty(request->id))
        return true;

    *place = (struct place){request->place[0], request->place[1], request->id};
    if (!store_statement(store, SQL_FOLLOW_UP_PLACE, &statement, err))
        return false;
    bind_text(statement, "id", request->id);
    if (!statement_step(statement, &row, err))
        return false;
    if (row) {
        place->undated = row_integer(statement, 0);
        place->due_at = row_integer(statement, 1);
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
    if (place->undated < 0)
        return true;
    if (!store_statement(store, SQL_FOLLOW_UP_BEFORE, &statement, err))
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

static bool
count(struct store *store, int64_t now_ms, struct follow_up_window *window, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_FOLLOW_UP_COUNTS, &statement, err))
        return false;
    bind_integer(statement, "now", now_ms);
    if (!statement_step(statement, &row, err))
        return false;
    window->outstanding = row_integer(statement, 0);
    window->late = row_integer(statement, 1);
    statement_reset(statement);
    return true;
}

bool
window_follow_ups(struct store *store, const struct window_request *request, int64_t now_ms,
                  struct arena *arena, struct follow_up_window *window, struct error *err)
{
    struct statement *statement;
    struct place place;
    struct follow_up_row *rows = NULL;
    size_t rows_len = 0;
    int64_t moved;
    *window = (struct follow_up_window){0};

    /* One row more than wanted at either end tells whether there is more. */
    if (!count(store, now_ms, window, err) || !find_place(store, request, &place, err) ||
        !go_before(store, &place, request->rows + 1, arena, &moved, err) ||
        !store_statement(store, SQL_FOLLOW_UP_AFTER, &statement, err))
        return false;
    size_t limit = (size_t)moved + 1 + (size_t)request->rows + 1;
    bind_place(statement, &place, (int)limit);
    if (!statement_read_all(statement, &follow_up_row_table, arena, limit, &rows, &rows_len, err))
        return false;

    window->more_above = moved > request->rows;
    window->more_below = rows_len == limit;
    size_t skipped = window->more_above && rows_len ? 1 : 0;
    window->rows = rows_len ? rows + skipped : NULL;
    window->rows_len = rows_len - skipped - (window->more_below ? 1 : 0);
    return true;
}

/* ---- detail ---- */

#define FACTS_MAX 10

static void
add_fact(struct detail *detail, struct detail_fact *facts, const char *label, const char *text,
         int64_t at)
{
    if (detail->facts_len < FACTS_MAX && (*text || at))
        facts[detail->facts_len++] = (struct detail_fact){label, text, at};
}

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

    struct detail_fact *facts = arena_new_array(arena, FACTS_MAX, struct detail_fact);
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
        add_fact(detail, facts, "incident",
                 arena_printf(arena, "%s %s%s%s%s", reference, row_text(statement, arena, 13),
                              *incident_status ? " (" : "", incident_status,
                              *incident_status ? ")" : ""),
                 0);
    add_fact(detail, facts, "due", "", row_integer(statement, 9));
    add_fact(detail, facts, "assignee", row_text(statement, arena, 3), 0);
    add_fact(detail, facts, "team", row_text(statement, arena, 4), 0);
    add_fact(detail, facts, "priority", row_text(statement, arena, 5), 0);
    add_fact(detail, facts, "issue", issue, 0);
    add_fact(detail, facts, "link", row_text(statement, arena, 7), 0);
    add_fact(detail, facts, "created", "", row_integer(statement, 8));
    if (!text_equals(status, "outstanding"))
        add_fact(detail, facts, "status", status, 0);
    add_fact(detail, facts, "completed", "", row_integer(statement, 10));

    const char *description = row_text(statement, arena, 11);
    if (*description)
        blocks[detail->blocks_len++] = (struct detail_block){"", description};
    statement_reset(statement);
    return true;
}
