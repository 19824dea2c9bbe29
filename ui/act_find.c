/* Actions that find: filter, matches, order. */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "ui/app_internal.h"

/* ---- matches, in the rota, whose rows a filter leaves whole ---- */

#define PAGES_MAX 200 /* windows read on in search of a match */

static bool
row_has(const struct table *table, size_t row, const char *folded, struct arena *scratch)
{
    const char *text = table_row_text(table, row, scratch);
    return *table->rows[row].id && strstr(text_fold(scratch, text), folded);
}

/* The first match from `row` on; SIZE_MAX: none in the window. */
static size_t
match_from(const struct table *table, size_t row, int direction, const char *folded,
           struct arena *scratch)
{
    for (; row < table->rows_len; row += (size_t)direction) /* below 0 it wraps and ends the loop */
        if (row_has(table, row, folded, scratch))
            return row;
    return SIZE_MAX;
}

static bool
same_item(const struct table *table, size_t a, size_t b)
{
    return strcmp(table->rows[a].id, table->rows[b].id) == 0;
}

static void
put_cursor(struct app *app, const struct table *table, size_t row)
{
    struct view *view = &app->views[app->focus];
    (void)snprintf(view->cursor.id, sizeof view->cursor.id, "%s", table->rows[row].id);
    cursor_scroll(&view->cursor, table, view->rows);
}

static bool
step_to_match(struct app *app, int direction)
{
    const struct view *view = &app->views[app->focus];
    const char *folded = text_fold(&app->scratch, view->query.text);
    for (int page = 0; page < PAGES_MAX; page++) {
        const struct table *table = app_table(app, app->focus);
        size_t start = cursor_row(&view->cursor, table), row = start;
        if (start == SIZE_MAX)
            return false;
        while (row < table->rows_len && same_item(table, row, start))
            row += (size_t)direction;
        row = match_from(table, row, direction, folded, &app->scratch);
        if (row != SIZE_MAX) {
            put_cursor(app, table, row);
            app_build_detail(app);
            return true;
        }
        if (!(direction > 0 ? table->more_below : table->more_above))
            return false;
        /* Read on from the window's last item. */
        (void)act_on_cursor(&app->views[app->focus].cursor, table,
                            direction > 0 ? ACTION_LAST : ACTION_FIRST, view->rows);
        app_load(app);
        app_build(app);
    }
    return false;
}

void
act_match(struct app *app, enum action_id action, const char *argument)
{
    const struct query *query = &app->views[app->focus].query;
    int direction = action == ACTION_NEXT_MATCH ? 1 : -1;
    (void)argument;
    if (!*query->text) {
        app_say(app, ROLE_MESSAGE, "no filter here: / sets one");
        return;
    }
    if (query->rows != WINDOW_SHIFTS) { /* every row is a match */
        act_move(app, direction > 0 ? ACTION_DOWN : ACTION_UP, "");
        return;
    }
    struct cursor before = app->views[app->focus].cursor;
    if (step_to_match(app, direction))
        return;
    app->views[app->focus].cursor = before;
    app->load_wanted = true;
    app_say(app, ROLE_MESSAGE,
            arena_printf(&app->scratch, "no %s match of '%s'",
                         direction > 0 ? "further" : "earlier",
                         text_clean(&app->scratch, query->text, 80)));
}

/* ---- filter and order ---- */

void
act_filter(struct app *app, enum action_id action, const char *argument)
{
    struct query *query = &app->views[app->focus].query;
    struct filter_error problem = {.message = ""};
    (void)action;
    if (!*argument) {
        (void)mode_open(app, &mode_filter, ""); /* said why not */
        return;
    }
    bool none = strcasecmp(argument, "none") == 0;
    if (!app_prepare_query(app, query))
        return;
    if (!query_set_filter(query, none ? "" : argument, app_now_ms(app), &problem)) {
        app_say(app, ROLE_PROBLEM, problem.message);
        return;
    }
    if (!none)
        app_note_line(app, arena_printf(&app->scratch, "filter %s", argument));
    app_note_pane(app, app->focus);
    app->load_wanted = true;
}

/* The other way round, where a sort has one. */
static const struct sort *
turned(const struct sort *sort)
{
    static const char *const pairs[][2] = {{"newest", "oldest"}, {"oldest", "newest"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (strcmp(sort->name, pairs[i][0]) == 0)
            return sort_find(sort->kind, pairs[i][1]);
    return sort;
}

void
act_sort(struct app *app, enum action_id action, const char *argument)
{
    struct view *view = &app->views[app->focus];
    (void)action;
    if (!*argument) {
        (void)mode_open(app, &mode_sort, ""); /* said why not */
        return;
    }
    const struct sort *sort = sort_find(view->query.sort->kind, argument);
    if (!sort) {
        size_t len;
        const struct sort *sorts = sorts_of(view->query.sort->kind, &len);
        const char *names = "";
        for (size_t i = 0; i < len; i++)
            names = arena_printf(&app->scratch, "%s%s%s", names, i ? ", " : "", sorts[i].name);
        app_say(app, ROLE_PROBLEM,
                arena_printf(&app->scratch, "there is no order '%.40s' here: there are %s",
                             argument, names));
        return;
    }
    view->query.sort = sort == view->query.sort ? turned(sort) : sort;
    view->cursor.id[0] = view->cursor.top[0] = '\0'; /* another order begins at its top */
    app_note_pane(app, app->focus);
    app->load_wanted = true;
}
