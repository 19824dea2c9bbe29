/* Selecting: the items an action then acts on. */

#include <string.h>

#include "base/clock.h"
#include "ui/app_internal.h"

static void
say_full(struct app *app)
{
    app_say(app, ROLE_PROBLEM,
            arena_printf(&app->scratch, "%d items are selected: no more at once", SELECTION_MAX));
}

/* After every change of what is selected. */
static void
selected(struct app *app, bool all)
{
    const struct selection *selection = &app->views[app->focus].selection;
    app_mark(app);
    app->draw_wanted = true;
    app->news_wanted = app->news_wanted || selection->len == 0; /* the order thaws */
    if (!all)
        say_full(app);
}

void
act_select(struct app *app, enum action_id action, const char *argument)
{
    struct view *view = &app->views[app->focus];
    const struct table *table = app_table(app, app->focus);
    size_t row = cursor_row(&view->cursor, table);
    (void)action;
    (void)argument;
    if (row != SIZE_MAX)
        selected(app, selection_toggle(&view->selection, table, row));
}

void
act_select_range(struct app *app, enum action_id action, const char *argument)
{
    struct view *view = &app->views[app->focus];
    (void)action;
    (void)argument;
    selection_range(&view->selection, app_table(app, app->focus), &view->cursor);
    selected(app, true);
    if (*view->selection.anchor)
        app_say(app, ROLE_MESSAGE, "range: move to its other end; the same key fixes it");
}

/* What matches is what the pane's list has; of a list that goes on into what is over, what is not. */
static size_t
add_all(struct app *app, const struct table *table)
{
    struct selection *selection = &app->views[app->focus].selection;
    size_t added = 0;
    bool open = false;
    for (size_t i = table->head_rows; i < table->rows_len; i++)
        open = open || (*table->rows[i].id && !(table->rows[i].marks & ROW_OVER));
    for (size_t i = table->head_rows; i < table->rows_len; i++) {
        const struct row *row = &table->rows[i];
        if (!*row->id || (open && row->marks & ROW_OVER))
            continue;
        if (!selection_add_row(selection, table, i))
            return added;
        added++;
    }
    return added;
}

void
act_select_all(struct app *app, enum action_id action, const char *argument)
{
    struct view *view = &app->views[app->focus];
    struct snapshot snap = {.waiting_since = clock_now_ms()};
    struct view whole = *view;
    struct table table;
    struct error err = {0};
    (void)action;
    (void)argument;

    /* The list read once from its top, as if the pane were that high. */
    whole.rows = SELECTION_MAX;
    whole.cursor = (struct cursor){{0}, {0}, 0};
    whole.state = arena_alloc(&snap.arena, view->ops->state_size + 1);
    memcpy(whole.state, view->state, view->ops->state_size);
    if (!reader_view(app->reader, &whole, clock_now_ms(), app_snapshot(app), &snap, &err)) {
        app_say_failure(app, &err, "cannot read the list");
    } else {
        view->ops->build(&whole, &snap, clock_now_ms(), &app->scratch, &table);
        size_t items = add_all(app, &table);
        bool more = table.more_below || view->selection.len == SELECTION_MAX;
        selected(app, true);
        app_say(app, ROLE_MESSAGE,
                arena_printf(&app->scratch,
                             more && items >= SELECTION_MAX
                                 ? "the first %zu are selected: no more at once"
                                 : "%zu selected",
                             view->selection.len));
    }
    arena_finish(&snap.arena);
}
