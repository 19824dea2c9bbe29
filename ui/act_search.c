/* One search over all kinds, and the way from what was found, or is told by the header, to where it stands. */

#include <stdio.h>
#include <string.h>

#include "store/cache.h"
#include "ui/app_internal.h"

#define ALERTS 0
#define TIMELINE 1
#define FOLLOW_UPS 3

/* The pane with its cursor on the item; false when it does not list it. */
static bool
show_in_pane(struct app *app, int pane, const char *id)
{
    struct view *view = &app->views[pane];
    struct cursor before = view->cursor;
    (void)snprintf(view->cursor.id, sizeof view->cursor.id, "%s", id); /* compared as far */
    if (pane != app->focus)
        app_do(app, ACTION_PANE_1 + (enum action_id)pane, "");
    app->load_wanted = true;
    view->query.is_new = true; /* where the cursor was is no loss */
    if (pane == ALERTS)
        view_feed_reveal(view);
    app_load(app);
    if (app->build_wanted)
        app_build(app);
    if (strncmp(app_item(app), id, ITEM_ID_SIZE - 1) == 0)
        return true;
    view->cursor = before;
    app->load_wanted = true;
    return false;
}

static void
show_incident(struct app *app, const char *id)
{
    (void)view_timeline_show(&app->views[TIMELINE], id);
    app_do(app, ACTION_PANE_1 + (enum action_id)TIMELINE, "");
    app->load_wanted = true;
}

/* What an update or a log entry belongs to. */
static const char *
incident_of(struct app *app, enum kind kind, const char *id)
{
    const char *incident = "";
    struct error err = {0};
    if (!reader_incident_of(app->reader, kind, id, &app->scratch, &incident, &err))
        app_say_failure(app, &err, "cannot read what was found");
    return incident;
}

void
act_show_item(struct app *app, const char *list, const char *id)
{
    static const char *const details[][2] = {{"alerts", "alert"},
                                             {"incidents", "incident"},
                                             {"follow-ups", "follow-up"},
                                             {"escalations", "escalation"}};
    enum kind kind = kind_from_list_name(list);
    if (kind == KIND_ALERT && show_in_pane(app, ALERTS, id))
        return;
    if (kind == KIND_FOLLOW_UP && show_in_pane(app, FOLLOW_UPS, id))
        return;
    if (kind == KIND_INCIDENT) {
        show_incident(app, id);
        return;
    }
    for (size_t i = 0; i < sizeof details / sizeof *details; i++)
        if (strcmp(details[i][0], list) == 0) {
            (void)mode_open(app, &mode_detail,
                            arena_printf(&app->scratch, "%s/%s", details[i][1], id));
            return;
        }
    const char *incident = kind == KIND_COUNT ? "" : incident_of(app, kind, id);
    if (*incident)
        show_incident(app, incident);
    else
        app_say(
            app, ROLE_MESSAGE,
            arena_printf(&app->scratch, "%s stand in no pane: 'tocsin show' prints them", list));
}

void
act_unacked(struct app *app, enum action_id action, const char *argument)
{
    struct error err = {0};
    const char *id;
    (void)action;
    (void)argument;
    if (!reader_unacked(app->reader, app_now_ms(app), &app->scratch, &id, &err))
        app_say_failure(app, &err, "cannot look for what nobody has acknowledged");
    else if (*id)
        act_show_item(app, "alerts", id);
    else
        app_say(app, ROLE_MESSAGE, "no firing alert is known that nobody has acknowledged");
}

void
act_search(struct app *app, enum action_id action, const char *argument)
{
    (void)action;
    (void)mode_open(app, &mode_search, argument); /* said why not */
}
