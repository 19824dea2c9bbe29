/* What makes itself heard, on this terminal, and once for all consoles of a user by the profile's command. */

#include "action/notification.h"
#include "base/clock.h"
#include "base/log.h"
#include "ui/app_internal.h"

enum { ITEMS_MAX = 64 };
#define COMMAND_MS (10 * SECOND_MS)
/* An alert is told of once. Consoles do not see at the same moment that nothing comes any more. */
#define ALERT_APART_MS (365 * (int64_t)DAY_MS)
#define STALE_APART_MS MINUTE_MS

/* ---- the command ---- */

static void
ended(void *context, const struct hook_result *result)
{
    struct app *app = context;
    struct error err = result->error;
    if (result->ended && result->exit_status == 0)
        return;
    if (result->ended)
        (void)error_set(&err, ERROR_FILE, "'%s' ended with status %d%s%s",
                        app->options->profile->notify_command[0], result->exit_status,
                        *result->output ? ": " : "", result->output);
    app_say_failure(app, &err, "notify_command");
    app->build_wanted = app->draw_wanted = true;
}

/* False: it was told before, by whichever console. What cannot be noted is told: twice is better than never. */
static bool
is_first(struct app *app, const char *event, const char *id, int64_t at_ms, int64_t apart_ms)
{
    struct error err = {0};
    bool first;
    if (read_mark_claim(reader_private(app->reader), reader_upstream(app->reader),
                        arena_printf(&app->scratch, "notified_%s", event), id, at_ms, apart_ms,
                        &first, &err))
        return first;
    log_failure(LOG_WARNING, &err, "cannot note that notify_command was told");
    return true;
}

static void
run_command(struct app *app, const struct notification *notification)
{
    struct error err = {0};
    const struct hook_call call = {.argv = app->options->profile->notify_command,
                                   .input = notification_json(notification, &app->scratch),
                                   .timeout_ms = COMMAND_MS};
    if (!app->notify_hooks)
        app->notify_hooks = hooks_create(app->loop);
    if (!hooks_run(app->notify_hooks, &call, ended, app)) {
        (void)error_set(&err, ERROR_TIMEOUT, "'%s' is not told of \"%s\": %d of it run already",
                        call.argv[0], notification->text, HOOKS_MAX);
        app_say_failure(app, &err, "notify_command");
    }
}

void
app_notify(struct app *app, const char *event, const char *text,
           const struct notification_item *items, size_t len, int64_t at_ms, int64_t apart_ms)
{
    const char *const *command = app->options->profile->notify_command;
    struct notification_item firsts[ITEMS_MAX];
    size_t firsts_len = 0;
    if (!notify_is_wanted(&app->notify, event) || notify_is_quiet(&app->notify, clock_now_ms()))
        return;
    notify_send(&app->notify, text, &app->scratch);
    if (!command || !*command)
        return;
    for (size_t i = 0; i < len && firsts_len < ITEMS_MAX; i++)
        if (is_first(app, event, items[i].id, at_ms, apart_ms))
            firsts[firsts_len++] = items[i];
    if (len ? firsts_len > 0 : is_first(app, event, event, at_ms, apart_ms))
        run_command(app, &(struct notification){.event = event,
                                                .profile = app->options->profile->name,
                                                .text = text,
                                                .items = firsts,
                                                .items_len = firsts_len});
}

/* ---- what begins to fire, whatever is on screen, and held still or not ---- */

void
app_tell_firing(struct app *app)
{
    const struct profile *profile = app->options->profile;
    const struct firing_alert *alerts, *news;
    struct error err = {0};
    int64_t now_ms = clock_now_ms();
    size_t len;
    app->firing_wanted = false;
    if (!notify_is_wanted(&app->notify, "alert"))
        return;
    if (!reader_firing(app->reader, (int)profile->notify_severity,
                       notify_since(&app->notify, now_ms), &app->scratch, &alerts, &len, &err)) {
        app_say_failure(app, &err, "cannot look for new alerts");
        return;
    }
    len = notify_news(&app->notify, alerts, len, now_ms, &app->scratch, &news);
    if (!len)
        return;
    struct notification_item *items = arena_new_array(&app->scratch, len, struct notification_item);
    for (size_t i = 0; i < len; i++)
        items[i] =
            (struct notification_item){"alert", news[i].id, news[i].title, news[i].severity_digit};
    app_notify(app, "alert", notify_text(news, len, &app->scratch), items, len, now_ms,
               ALERT_APART_MS);
}

/* ---- what is shown is old ---- */

void
app_tell_stale(struct app *app, const struct freshness_summary *fresh)
{
    char age[FRESH_SIZE];
    const int64_t now_ms = clock_now_ms(), live_at = app->live_at;
    if (fresh->state == FRESH_LIVE)
        app->live_at = now_ms;
    if ((fresh->state != FRESH_STALE && fresh->state != FRESH_DOWN) || !live_at)
        return; /* what was old when we came is no news */
    app->live_at = 0;
    app_notify(app, "stale",
               arena_printf(&app->scratch, "%s is %s", app->options->profile->name,
                            fresh_text(fresh, now_ms, age)),
               NULL, 0, live_at, STALE_APART_MS);
}
