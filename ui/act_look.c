/* Actions that change where one looks: cursor, focus, zoom, what is open, how times read. */

#include "ui/app_internal.h"

static const struct {
    enum action_id action;
    enum cursor_step step;
    int direction;
} moves[] = {
    {ACTION_DOWN, CURSOR_BY_ITEM, 1},
    {ACTION_UP, CURSOR_BY_ITEM, -1},
    {ACTION_HALF_PAGE_DOWN, CURSOR_BY_HALF_PAGE, 1},
    {ACTION_HALF_PAGE_UP, CURSOR_BY_HALF_PAGE, -1},
    {ACTION_PAGE_DOWN, CURSOR_BY_PAGE, 1},
    {ACTION_PAGE_UP, CURSOR_BY_PAGE, -1},
    {ACTION_LAST, CURSOR_TO_END, 1},
    {ACTION_FIRST, CURSOR_TO_END, -1},
};

bool
act_on_cursor(struct cursor *cursor, const struct table *table, enum action_id action, int rows)
{
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (moves[i].action == action) {
            (void)cursor_move(cursor, table, moves[i].step, moves[i].direction, rows);
            cursor_scroll(cursor, table, rows);
            return true;
        }
    return false;
}

/* Reads on at once when the cursor comes near an end of the window: the next key may wait already. */
static void
read_ahead(struct app *app)
{
    struct view *view = &app->views[app->focus];
    const struct table *table = app_table(app, app->focus);
    size_t above, below;
    cursor_margins(&view->cursor, table, &above, &below);
    if ((table->more_above && above < (size_t)view->rows) ||
        (table->more_below && below < (size_t)view->rows)) {
        app_load(app);
        app_build(app);
    }
}

void
act_move(struct app *app, enum action_id action, const char *argument)
{
    struct view *view = &app->views[app->focus];
    (void)argument;
    (void)act_on_cursor(&view->cursor, app_table(app, app->focus), action, view->rows);
    read_ahead(app);
    if (*view->selection.anchor) {
        selection_follow(&view->selection, app_table(app, app->focus), &view->cursor);
        app_mark(app);
    }
    app_build_detail(app);
}

#define SIDE_COLS 8
#define SIDE_MAX_COLS 400

void
act_sideways(struct app *app, enum action_id action, const char *argument)
{
    int *skip = &app->views[app->focus].cursor.skip_cols;
    (void)argument;
    *skip += action == ACTION_RIGHT ? SIDE_COLS : -SIDE_COLS;
    *skip = *skip < 0 ? 0 : *skip > SIDE_MAX_COLS ? SIDE_MAX_COLS : *skip;
}

/* The view did what there was to do, or there is nothing. */
void
act_in_view(struct app *app, enum action_id action, const char *argument)
{
    (void)app;
    (void)action;
    (void)argument;
}

/* The item under its cursor is the one that is shown there, also when the next key comes before the next frame. */
static void
focus_pane(struct app *app, int pane)
{
    app->focus = (pane + PANE_COUNT) % PANE_COUNT;
    cursor_bind(&app->views[app->focus].cursor, app_table(app, app->focus));
    app_lay_out(app);
}

void
act_focus(struct app *app, enum action_id action, const char *argument)
{
    (void)argument;
    focus_pane(app, (int)action - ACTION_PANE_1);
}

void
act_focus_next(struct app *app, enum action_id action, const char *argument)
{
    (void)argument;
    focus_pane(app, app->focus + (action == ACTION_NEXT_PANE ? 1 : -1));
}

void
act_zoom(struct app *app, enum action_id action, const char *argument)
{
    (void)action;
    (void)argument;
    app->zoomed = !app->zoomed;
    app_lay_out(app);
}

void
act_preview(struct app *app, enum action_id action, const char *argument)
{
    (void)action;
    (void)argument;
    app->preview = !app->preview;
    app_lay_out(app);
}

void
act_open(struct app *app, enum action_id action, const char *argument)
{
    (void)action;
    if (*app_item(app))
        (void)mode_open(app, &mode_detail, argument); /* said why not */
}

void
act_explain(struct app *app, enum action_id action, const char *argument)
{
    (void)action;
    (void)mode_open(app, &mode_explain, argument); /* said why not */
}

static bool
step_back(struct app *app)
{
    int *skip = &app->views[app->focus].cursor.skip_cols;
    if (app->modes_len) {
        mode_close(app);
    } else if (app->views[app->focus].selection.len) {
        selection_clear(&app->views[app->focus].selection);
        app_mark(app);
        app->news_wanted = true; /* the order thaws */
    } else if (*skip) {
        *skip = 0;
    } else if (*app->views[app->focus].query.text) {
        act_filter(app, ACTION_FILTER, "none");
    } else if (app->as_of) {
        act_as_of(app, ACTION_AS_OF, "now");
    } else if (app->zoomed) {
        app->zoomed = false;
        app_lay_out(app);
    } else {
        return false;
    }
    return true;
}

void
act_back(struct app *app, enum action_id action, const char *argument)
{
    (void)action;
    (void)argument;
    (void)step_back(app); /* at the top there is nothing to step back from */
}

void
act_leave(struct app *app, enum action_id action, const char *argument)
{
    (void)action;
    (void)argument;
    if (!step_back(app) && !mode_open(app, &mode_stay, ""))
        app_stop(app, 0);
}

void
act_time_style(struct app *app, enum action_id action, const char *argument)
{
    static const char *const says[] = {"times as ages", "times in your zone",
                                       "times in the schedule's zone", "times in UTC"};
    (void)action;
    (void)argument;
    app->settings.time_style = (app->settings.time_style + 1) % TIME_STYLE_COUNT;
    app_say(app, ROLE_MESSAGE, says[app->settings.time_style]);
    app->build_wanted = true;
}
