/* Actions on the program itself: polling, pause, help, repaint, the end. */

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ui/app_internal.h"
#include "ui/keymap.h"
#include "ui/term.h"

void
act_pause(struct app *app, enum action_id action, const char *argument)
{
    (void)action;
    (void)argument;
    app->paused = !app->paused;
    app->paused_at = clock_now_ms();
    app->news_wanted = app->news_wanted || !app->paused;
    for (int pane = 0; pane < PANE_COUNT; pane++)
        app->views[pane].waiting_paused = 0;
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
act_activity(struct app *app, enum action_id action, const char *argument)
{
    (void)action;
    (void)mode_open(app, &mode_activity, argument); /* said why not */
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
act_profile(struct app *app, enum action_id action, const char *argument)
{
    const struct config *config = app->options->config;
    (void)action;
    if (app->settings.locked) {
        app_say(app, ROLE_PROBLEM, "locked: another profile would not be");
        return;
    }
    if (!config || config->profiles_len < 2) {
        app_say(app, ROLE_MESSAGE, "there is no other profile; the configuration file has them");
        return;
    }
    if (!*argument) {
        (void)mode_open(app, &mode_profiles, ""); /* said why not */
        return;
    }
    for (size_t i = 0; i < config->profiles_len; i++)
        if (strcmp(config->profiles[i].name, argument) == 0) {
            app_switch(app, config->profiles[i].name);
            return;
        }
    app_say(app, ROLE_PROBLEM,
            arena_printf(&app->scratch, "there is no profile '%.60s'", argument));
}

void
act_theme(struct app *app, enum action_id action, const char *argument)
{
    struct theme theme;
    struct error err = {0};
    (void)action;
    if (!*argument)
        (void)mode_open(app, &mode_themes, ""); /* said why not */
    else if (!theme_load(&theme, argument, &err))
        app_say(app, ROLE_PROBLEM, text_clean(&app->scratch, err.message, sizeof app->message - 1));
    else
        term_set_theme(&theme);
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
