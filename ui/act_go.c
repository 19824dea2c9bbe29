/* Actions that lead from one pane to another: to a date in the rota, to an item's incident in the timeline. */

#include <string.h>

#include "base/clock.h"
#include "base/when.h"
#include "ui/app_internal.h"

enum { TIMELINE = 1, ROTA = 2 }; /* places among the panes */

/* The pane read anew, and the one with the keys. */
static void
turn_to(struct app *app, int pane)
{
    app->views[pane].let_go = true;
    app->focus = pane;
    app_lay_out(app);
}

void
act_go_to(struct app *app, enum action_id action, const char *argument)
{
    struct error err = {0};
    int64_t at_ms, now_ms = clock_now_ms();
    (void)action;
    if (!when_from_text(argument, WHEN_FUTURE, app->settings.zone, now_ms, &at_ms, &err)) {
        app_say(app, ROLE_PROBLEM, arena_text(&app->scratch, err.message));
        return;
    }
    if (view_rota_go_to(&app->views[ROTA], at_ms, now_ms) == VIEW_LOAD)
        turn_to(app, ROTA);
    else
        app_say(app, ROLE_PROBLEM, "no rota reaches that far");
}

/* Of the alert or follow-up with this id; "" = none. */
static const char *
incident_of(const struct snapshot *snap, const char *id)
{
    for (size_t i = 0; i < snap->feed.rows_len; i++)
        if (strncmp(snap->feed.rows[i].id, id, ITEM_ID_SIZE - 1) == 0)
            return snap->feed.rows[i].incident_id;
    for (size_t i = 0; i < snap->follow_ups.rows_len; i++)
        if (strncmp(snap->follow_ups.rows[i].id, id, ITEM_ID_SIZE - 1) == 0)
            return snap->follow_ups.rows[i].incident_id;
    return "";
}

void
act_incident(struct app *app, enum action_id action, const char *argument)
{
    const char *incident_id = incident_of(app_snapshot(app), app_item(app));
    (void)action;
    (void)argument;
    if (!*incident_id) {
        app_say(app, ROLE_MESSAGE, "this item has no incident");
        return;
    }
    (void)view_timeline_show(&app->views[TIMELINE], incident_id);
    turn_to(app, TIMELINE);
}
