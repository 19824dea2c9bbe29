#include "store/listing.h"

#define FIELD_OWNER struct follow_up_row
static const struct field follow_up_row_rows[] = {FOLLOW_UP_ROW_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table follow_up_row_table = FIELD_TABLE(follow_up_row, SIZE_MAX);

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

#define FIELD_OWNER struct follow_up_group
static const struct field follow_up_group_rows[] = {FOLLOW_UP_GROUP_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table follow_up_group_table = FIELD_TABLE(follow_up_group, SIZE_MAX);

static const struct listing outstanding = {.kind = KIND_FOLLOW_UP,
                                           .base = "t.status = 'outstanding'"};
static const struct listing completed = {.kind = KIND_FOLLOW_UP, .base = "t.status = 'completed'"};

bool
window_follow_ups(struct store *store, const struct window_request *request, int64_t now_ms,
                  struct arena *arena, struct follow_up_window *window, struct error *err)
{
    struct listing_rows rows;
    *window = (struct follow_up_window){0};
    if (!count(store, now_ms, window, err) ||
        !listing_window(store, request->done ? &completed : &outstanding, request,
                        SQL_FOLLOW_UP_ROW, &follow_up_row_table, arena, &rows, err))
        return false;
    window->rows = rows.items;
    window->rows_len = rows.len;
    window->more_above = rows.more_above;
    window->more_below = rows.more_below;
    return true;
}

bool
window_follow_up_groups(struct store *store, const struct follow_up_grouping *grouping, bool done,
                        int64_t now_ms, struct arena *arena, struct follow_up_window *window,
                        struct error *err)
{
    static const char *const by[BY_COUNT] = {"", "owner", "incident", "due", "age"};
    struct statement *statement;
    struct follow_up_group *groups = NULL;
    window->grouping = *grouping;
    if (grouping->by == BY_NOTHING)
        return true;
    if (!store_statement(store, SQL_FOLLOW_UP_GROUPS, &statement, err))
        return false;
    bind_text(statement, "by", by[grouping->by]);
    bind_text(statement, "status", done ? "completed" : "outstanding");
    bind_integer(statement, "first", grouping->bounds[0]);
    bind_integer(statement, "second", grouping->bounds[1]);
    bind_integer(statement, "third", grouping->bounds[2]);
    bind_integer(statement, "now", now_ms);
    if (!statement_read_all(statement, &follow_up_group_table, arena, 0, &groups,
                            &window->groups_len, err))
        return false;
    window->groups = groups;
    return true;
}
