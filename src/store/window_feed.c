#include <string.h>

#include "base/str.h"
#include "store/feed_groups.h"
#include "store/held.h"
#include "store/listing.h"

#define FIELD_OWNER struct feed_row
static const struct field feed_row_rows[] = {FEED_ROW_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table feed_row_table = FIELD_TABLE(feed_row, SIZE_MAX);

static const struct listing alerts = {.kind = KIND_ALERT, .base = ""};

static bool
read_times(struct store *store, struct feed_row *row, struct error *err)
{
    struct statement *statement;
    bool found;
    if (!store_statement(store, SQL_FEED_TIMES, &statement, err))
        return false;
    bind_integer(statement, "key", row->key);
    if (!statement_step(statement, &found, err))
        return false;
    row->times_in_day = row_integer(statement, 0);
    statement_reset(statement);
    return true;
}

/* ---- rows ---- */

static bool
read_row(struct store *store, int64_t key, bool is_brief, struct arena *arena,
         struct feed_row *alert, bool *found, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_FEED_ROW, &statement, err))
        return false;
    bind_integer(statement, "key", key);
    if (!statement_step(statement, found, err))
        return false;
    if (!*found)
        return true;
    object_clear(&feed_row_table, alert);
    row_read(statement, &feed_row_table, arena, alert);
    statement_reset(statement);
    return is_brief || read_times(store, alert, err);
}

/* The row of an alert as it is now, if there is one. */
static bool
read_alert(struct store *store, const char *id, struct arena *arena, struct feed_row *alert,
           bool *found, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_FEED_KEY, &statement, err))
        return false;
    bind_text(statement, "id", id);
    if (!statement_step(statement, found, err))
        return false;
    if (!*found)
        return true;
    int64_t key = row_integer(statement, 0);
    statement_reset(statement);
    return read_row(store, key, false, arena, alert, found, err);
}

/* ---- groups ---- */

bool
window_feed_is_group(const char *id)
{
    return strncmp(id, FEED_GROUP, strlen(FEED_GROUP)) == 0 ||
           strncmp(id, FEED_GROUP_OVER, strlen(FEED_GROUP_OVER)) == 0;
}

static bool
has_alert(const struct feed_group *group, const char *id)
{
    for (size_t i = 0; i < group->len; i++)
        if (text_equals(group->ids[i], id))
            return true;
    return false;
}

static bool
is_open(const struct window_request *request, const struct feed_group *group, struct arena *arena)
{
    for (size_t i = 0; request->open && request->open[i]; i++)
        if (text_equals(request->open[i], feed_group_id(group, arena)))
            return true;
    return false;
}

/* The alert to read around, and the row that shows the request's item now. */
static bool
find_row(struct feed_groups *groups, const struct window_request *request, const char **around,
         const char **shown_as, struct error *err)
{
    struct filter_plan plan;
    const struct feed_group *group;
    bool is_alert;
    *around = request->id;
    *shown_as = "";
    if (text_is_empty(request->id))
        return true;
    if (!filter_plan_make(&plan, groups->store, request->filter, kind_info(KIND_ALERT), err) ||
        !feed_groups_of(groups, &plan, request->sort, request->id, &group, &is_alert, err))
        return false;
    if (!group || !group->len || (is_alert && !has_alert(group, request->id)))
        return true;
    if (!request->folded || group->len == 1) {
        *around = is_alert ? request->id : group->ids[0];
        *shown_as = *around;
        return true;
    }
    *around = group->ids[0];
    *shown_as = is_alert && is_open(request, group, groups->arena)
                    ? request->id
                    : feed_group_id(group, groups->arena);
    return true;
}

/* The rows again, those of groups in place of their first alerts, and behind open ones their alerts. */
static bool
put_groups(struct feed_groups *groups, const struct window_request *request,
           struct feed_window *window, struct error *err)
{
    struct arena *arena = groups->arena;
    size_t most = window->rows_len, len = 0;
    for (const struct feed_group *group = groups->all; group; group = group->next)
        most += group->len;
    struct feed_row *rows = arena_new_array(arena, most + 1, struct feed_row);
    for (size_t i = 0; i < window->rows_len; i++) {
        const struct feed_group *group = feed_groups_at(groups, window->rows[i].key);
        struct feed_row *row = &rows[len++];
        bool found;
        *row = window->rows[i];
        if (!group)
            continue;
        if (!feed_group_row(groups, group, row, err))
            return false;
        row->is_open = is_open(request, group, arena);
        for (size_t j = 0; row->is_open && j < group->len; j++) {
            if (!read_row(groups->store, group->keys[j], request->brief, arena, &rows[len], &found,
                          err))
                return false;
            rows[len].is_member = true;
            len += found;
        }
    }
    window->rows = rows;
    window->rows_len = len;
    return true;
}

bool
window_feed(struct store *store, const struct window_request *request, struct arena *arena,
            struct feed_window *window, struct error *err)
{
    struct feed_groups groups = {.store = store, .arena = arena};
    const struct listing folded = {.kind = KIND_ALERT,
                                   .base = "",
                                   .columns = FEED_GROUPS_COLUMNS,
                                   .lists = feed_groups_lists,
                                   .context = &groups};
    struct window_request around = *request;
    struct listing_rows rows;
    const char *shown_as = "";
    bool is_group = !text_is_empty(request->id) && window_feed_is_group(request->id);
    bool ok =
        !(request->folded || is_group) || find_row(&groups, request, &around.id, &shown_as, err);
    feed_groups_finish(&groups);
    ok = ok && listing_window(store, request->folded ? &folded : &alerts, &around, SQL_FEED_ROW,
                              &feed_row_table, arena, &rows, err);
    feed_groups_finish(&groups);
    if (!ok)
        return false;
    for (size_t i = 0; !request->brief && i < rows.len; i++)
        if (!read_times(store, (struct feed_row *)rows.items + i, err))
            return false;
    *window = (struct feed_window){.rows = rows.items,
                                   .rows_len = rows.len,
                                   .more_above = rows.more_above,
                                   .more_below = rows.more_below,
                                   .shown_as = shown_as};
    return !request->folded || put_groups(&groups, request, window, err);
}

static bool
is_in_window(const struct feed_window *window, const char *id)
{
    for (size_t i = 0; i < window->rows_len; i++)
        if (strcmp(window->rows[i].id, id) == 0)
            return true;
    return false;
}

/* The row of a group as it is now, if it has several alerts still. */
static bool
read_group(struct feed_groups *groups, const struct window_request *request, const char *id,
           struct feed_row *row, bool *found, struct error *err)
{
    struct filter_plan plan;
    const struct feed_group *group;
    bool is_alert;
    *found = false;
    bool ok = filter_plan_make(&plan, groups->store, request->filter, kind_info(KIND_ALERT), err) &&
              feed_groups_of(groups, &plan, request->sort, id, &group, &is_alert, err);
    feed_groups_finish(groups);
    if (!ok)
        return false;
    if (is_alert || !group || group->len < 2 ||
        !text_equals(feed_group_id(group, groups->arena), id))
        return true;
    return read_row(groups->store, group->keys[0], true, groups->arena, row, found, err) &&
           (!*found || feed_group_row(groups, group, row, err));
}

bool
window_feed_held(struct store *store, const struct window_request *request, const char *const *ids,
                 size_t ids_len, struct arena *arena, struct feed_window *window, struct error *err)
{
    struct feed_groups groups = {.store = store, .arena = arena};
    struct feed_row *rows = ids_len ? arena_new_array(arena, ids_len, struct feed_row) : NULL;
    bool found;
    for (size_t i = 0; i < ids_len; i++) {
        struct feed_row *row = &rows[window->elsewhere_len];
        if (is_in_window(window, ids[i]))
            continue;
        if (window_feed_is_group(ids[i]) ? !read_group(&groups, request, ids[i], row, &found, err)
                                         : !read_alert(store, ids[i], arena, row, &found, err))
            return false;
        window->elsewhere_len += found;
    }
    window->elsewhere = rows;
    return true;
}

bool
window_feed_alerts(struct store *store, const struct filter *filter, const char *id,
                   struct arena *arena, const char *const **ids, size_t *ids_len, struct error *err)
{
    struct feed_groups groups = {.store = store, .arena = arena};
    struct filter_plan plan;
    const struct feed_group *group;
    bool is_alert;
    if (!window_feed_is_group(id)) {
        const char **alone = arena_new(arena, const char *);
        *alone = id;
        *ids = alone;
        *ids_len = 1;
        return true;
    }
    bool ok = filter_plan_make(&plan, store, filter, kind_info(KIND_ALERT), err) &&
              feed_groups_of(&groups, &plan, NULL, id, &group, &is_alert, err);
    feed_groups_finish(&groups);
    if (!ok)
        return false;
    *ids = group->ids;
    *ids_len = group->len;
    return true;
}

bool
window_feed_new(struct store *store, int64_t seen_at, struct arena *arena,
                struct feed_window *window, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_FEED_NEW, &statement, err))
        return false;
    bind_integer(statement, "seen_at", seen_at);
    if (!statement_step(statement, &row, err))
        return false;
    if (row) {
        window->new_id = row_text(statement, arena, 0);
        window->new_len = (size_t)row_integer(statement, 1);
        statement_reset(statement);
    }
    return true;
}

/* All that the row stands for. */
static bool
is_held(struct store *store, const struct feed_row *row, int64_t now_ms, struct arena *arena,
        bool *held, struct error *err)
{
    const char *const *ids = row->alerts_len ? row->alert_ids : &row->id;
    const size_t len = row->alerts_len ? row->alerts_len : 1;
    *held = strcmp(row->status, "firing") == 0;
    for (size_t i = 0; *held && i < len; i++) {
        const char *name;
        int64_t until_ms;
        if (!held_by(store, ids[i], now_ms, arena, &name, &until_ms, err))
            return false;
        *held = *name;
    }
    return true;
}

static bool
mark_held(struct store *store, int64_t now_ms, struct arena *arena, const struct feed_row **rows,
          size_t len, struct error *err)
{
    struct feed_row *marked = arena_new_array(arena, len ? len : 1, struct feed_row);
    for (size_t i = 0; i < len; i++) {
        marked[i] = (*rows)[i];
        if (!is_held(store, &marked[i], now_ms, arena, &marked[i].is_held, err))
            return false;
    }
    *rows = marked;
    return true;
}

bool
window_feed_maintenance(struct store *store, int64_t now_ms, struct arena *arena,
                        struct feed_window *window, struct error *err)
{
    bool any;
    if (!held_any(store, now_ms, &any, err))
        return false;
    return !any ||
           (mark_held(store, now_ms, arena, &window->rows, window->rows_len, err) &&
            mark_held(store, now_ms, arena, &window->elsewhere, window->elsewhere_len, err));
}
