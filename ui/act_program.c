/* Actions on the program itself: polling, pause, help, repaint, the end. */

#include "base/clock.h"
#include "ui/app_internal.h"
#include "ui/term.h"

void
act_pause(struct app *app, enum action_id action, const char *argument)
{
    (void)action;
    (void)argument;
    app->paused = !app->paused;
    app->paused_at = clock_now_ms();
    app->load_wanted = app->load_wanted || !app->paused;
}

void
act_refresh(struct app *app, enum action_id action, const char *argument)
{
    static const char *const everything[] = {"", NULL};
    bool all = action == ACTION_REFRESH_ALL;
    struct error err = {0};
    (void)argument;
    for (const char *const *resources = all ? everything : app->views[app->focus].ops->resources;
         *resources; resources++)
        if (!reader_request(app->reader, "refresh", *resources, clock_now_ms(), &err)) {
            app_say_failure(app, &err, "cannot ask for a refresh");
            return;
        }
    app_start_poller(app);
    app_say(app, ROLE_MESSAGE, all ? "asked for everything" : "asked for this pane");
}

void
act_help(struct app *app, enum action_id action, const char *argument)
{
    (void)action;
    (void)mode_open(app, &mode_help, argument); /* said why not */
}

void
act_palette(struct app *app, enum action_id action, const char *argument)
{
    (void)action;
    (void)mode_open(app, &mode_palette, argument); /* said why not */
}

void
act_repaint(struct app *app, enum action_id action, const char *argument)
{
    (void)app;
    (void)action;
    (void)argument;
    term_repaint();
}

void
act_quit(struct app *app, enum action_id action, const char *argument)
{
    (void)action;
    (void)argument;
    app_stop(app, 0);
}
