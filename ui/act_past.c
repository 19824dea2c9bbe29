/* The board as it was, and what changed since. */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "action/argument.h"
#include "base/clock.h"
#include "base/when.h"
#include "ui/app_internal.h"

int64_t
app_now_ms(const struct app *app)
{
    return app->as_of ? app->as_of : clock_now_ms();
}

void
act_past_say(struct app *app, int64_t at_ms, const struct error *err)
{
    struct error unknown = {0};
    const struct zone *zone = app->settings.zone;
    char at[MOMENT_SIZE], since[MOMENT_SIZE];
    int64_t since_ms = 0, now_ms = clock_now_ms();
    if (err->code == ERROR_STALE && reader_known_since(app->reader, &since_ms, &unknown) &&
        since_ms > at_ms)
        app_say(app, ROLE_PROBLEM,
                arena_printf(&app->scratch, "%s is before all that is known here: since %s",
                             moment_text(zone, at_ms, now_ms, at),
                             moment_text(zone, since_ms, now_ms, since)));
    else
        app_say(app, ROLE_PROBLEM, arena_text(&app->scratch, err->message));
}

static void
show(struct app *app, int64_t at_ms)
{
    struct error err = {0};
    char moment[MOMENT_SIZE];
    if (!reader_show_past(app->reader, at_ms, &app->options->profile->derivation, &err)) {
        act_past_say(app, at_ms, &err);
        return;
    }
    app->as_of = at_ms;
    app->load_wanted = true;
    app_say(app, ROLE_MESSAGE,
            at_ms ? arena_printf(&app->scratch, "the board as it was at %s: Esc goes back to now",
                                 moment_text(app->settings.zone, at_ms, clock_now_ms(), moment))
                  : "now again");
}

void
act_as_of(struct app *app, enum action_id action, const char *argument)
{
    struct error err = {0};
    int64_t at_ms, now_ms = clock_now_ms();
    (void)action;
    if (!*argument) {
        (void)mode_open(app, &mode_palette, "as-of "); /* said why not */
        return;
    }
    if (strcasecmp(argument, "now") == 0) {
        show(app, 0);
        return;
    }
    const char *word;
    if (argument_word(&argument, &app->scratch, &word) && *argument) /* not one word in quotes */
        word = arena_printf(&app->scratch, "%s %s", word, argument);
    if (!when_from_text(word, WHEN_PAST, app->settings.zone, now_ms, &at_ms, &err))
        app_say(app, ROLE_PROBLEM, err.message);
    else if (at_ms > now_ms)
        app_say(app, ROLE_PROBLEM, "that is still to come: the board is shown as it was");
    else
        show(app, at_ms);
}

/* "shift", "last" or a time; false: it was said why not. */
static bool
find_since(struct app *app, const char *text, int64_t *since_ms, const char **what)
{
    struct error err = {0};
    int64_t now_ms = clock_now_ms();
    const char *me = app->settings.me;
    bool found = true;
    *since_ms = 0;
    *what = text;
    if (strcasecmp(text, "shift") == 0) {
        *what = "your shift began";
        found = reader_shift_since(app->reader, me, now_ms, since_ms, &err);
        if (found && !*since_ms) {
            app_say(app, ROLE_PROBLEM,
                    *me ? "no shift of yours is known: 'since 8h' shows a time of your own"
                        : "the profile does not say who you are: set me = \"you@example.com\"");
            return false;
        }
    } else if (strcasecmp(text, "last") == 0) {
        *what = "you last looked";
        found = reader_last_seen(app->reader, since_ms, &err);
        if (found && !*since_ms) {
            app_say(app, ROLE_MESSAGE, "you have not looked before: 'since 8h' shows a time");
            return false;
        }
    } else {
        found = when_from_text(text, WHEN_PAST, app->settings.zone, now_ms, since_ms, &err);
    }
    if (!found)
        app_say(app, ROLE_PROBLEM, err.message);
    return found;
}

bool
act_since_find(struct app *app, const char *text, int64_t *since_ms, const char **what)
{
    const char *word;
    if (argument_word(&text, &app->scratch, &word) && *text) /* not one word in quotes */
        word = arena_printf(&app->scratch, "%s %s", word, text);
    return find_since(app, word, since_ms, what);
}

void
act_since(struct app *app, enum action_id action, const char *argument)
{
    (void)action;
    if (!*argument)
        argument = *app->settings.me ? "shift" : "8h";
    (void)mode_open(app, &mode_since, argument); /* said why not */
}
