/* Clicks and the wheel: what is under the pointer gets focus and cursor; a click on the cursor's own row opens it. */

#include <stdio.h>
#include <string.h>

#include "ui/app_internal.h"

#define WHEEL_ITEMS 3

static bool
is_inside(struct rect place, struct mouse_event event)
{
    return event.row >= place.row && event.row < place.row + place.rows && event.col >= place.col &&
           event.col < place.col + place.cols;
}

static void
roll(struct cursor *cursor, const struct table *table, enum mouse_kind kind, int rows)
{
    for (int i = 0; i < WHEEL_ITEMS; i++)
        (void)act_on_cursor(cursor, table, kind == MOUSE_WHEEL_DOWN ? ACTION_DOWN : ACTION_UP,
                            rows);
}

static void
click_in_mode(struct app *app, struct mode *mode, struct mouse_event event)
{
    struct rect inside = frame_box_inside(&app->layout, mode);
    if (mode->ops->place == PLACE_NONE || !is_inside(inside, event))
        return;
    if (event.kind != MOUSE_CLICK) {
        roll(&mode->cursor, &mode->table, event.kind, inside.rows);
        return;
    }
    const char *id = table_item_at(&mode->table, &mode->cursor, event.row - inside.row);
    if (!*id)
        return;
    bool again = strcmp(id, mode_chosen(mode)) == 0;
    (void)snprintf(mode->cursor.id, sizeof mode->cursor.id, "%s", id); /* as long as ids are */
    if (again)
        mode_key(app, "Enter");
}

static void
click_in_pane(struct app *app, int pane, struct mouse_event event)
{
    struct view *view = &app->views[pane];
    struct rect inside = app->layout.panes[pane].inside;
    if (pane != app->focus)
        app_do(app, (enum action_id)(ACTION_PANE_1 + pane), "");
    if (event.kind != MOUSE_CLICK) {
        for (int i = 0; i < WHEEL_ITEMS; i++)
            app_do(app, event.kind == MOUSE_WHEEL_DOWN ? ACTION_DOWN : ACTION_UP, "");
        return;
    }
    const char *id = table_item_at(app_table(app, pane), &view->cursor, event.row - inside.row);
    if (!is_inside(inside, event) || !*id)
        return;
    bool again = strcmp(id, app_item(app)) == 0;
    (void)snprintf(view->cursor.id, sizeof view->cursor.id, "%s", id); /* as long as ids are */
    app_build_detail(app);
    if (again)
        app_do(app, ACTION_OPEN, "");
}

void
app_click(struct app *app, struct mouse_event event)
{
    struct mode *mode = mode_now(app);
    app->draw_wanted = true;
    if (app->load_wanted) /* an earlier key of this pass changed what is on screen */
        app_load(app);
    if (app->build_wanted)
        app_build(app);
    if (mode) {
        click_in_mode(app, mode, event);
        return;
    }
    for (int pane = 0; pane < PANE_COUNT; pane++)
        if (app->layout.panes[pane].shown && is_inside(app->layout.panes[pane].frame, event)) {
            click_in_pane(app, pane, event);
            return;
        }
}
