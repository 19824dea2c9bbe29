/* An update of an incident that the user leads is due: said in the footer, and heard as new alerts are. */

#include "base/log.h"
#include "base/text.h"
#include "ui/app_internal.h"
#include "ui/keymap.h"

#define LATEST_MS DAY_MS /* what is late for longer is no news */
#define KIND "update_due"

static void
come_back(void *context)
{
    struct app *app = context;
    app->remind_timer = 0;
    app->firing_wanted = true;
}

static void
say(struct app *app, const struct led_incident *incident, int64_t due_at, int64_t now_ms,
    size_t more)
{
    char key[KEY_NAME_SIZE] = "", age[AGE_SIZE];
    const int64_t late_ms = now_ms - due_at;
    const char *also = more ? arena_printf(&app->scratch, " (and %zu more)", more) : "";
    const char *how = late_ms >= MINUTE_MS
                          ? arena_printf(&app->scratch, "late %s", age_text(late_ms, age))
                          : "due";
    if (action_allowed(ACTION_UPDATE, app->settings.read_only))
        keymap_hint(ACTION_UPDATE, key);
    const char *text = arena_printf(&app->scratch, "%s: an update is %s%s",
                                    text_clean(&app->scratch, incident->reference, 40), how, also);
    app_say(app, ROLE_LATE, *key ? arena_printf(&app->scratch, "%s (%s)", text, key) : text);
    const struct notification_item item = {"incident", incident->id, incident->reference,
                                           incident->severity_digit};
    app_notify(app, "update_due", text, &item, 1, due_at, 0);
}

/* False: said before, here or by another console. What cannot be noted is said: twice is better than never. */
static bool
is_first(struct app *app, const struct led_incident *incident, int64_t due_at)
{
    struct error err = {0};
    bool first;
    if (read_mark_claim(reader_private(app->reader), reader_upstream(app->reader), KIND,
                        incident->id, due_at, 0, &first, &err))
        return first;
    log_failure(LOG_WARNING, &err, "cannot note that an update was said to be due");
    return true;
}

void
app_remind(struct app *app)
{
    const struct led_incident *incidents, *due = NULL;
    struct error err = {0};
    int64_t now_ms = clock_now_ms(), next_at = INT64_MAX, first_due_at = 0;
    size_t len, more = 0;
    loop_cancel(app->loop, app->remind_timer);
    app->remind_timer = 0;
    if (!*app->settings.me)
        return;
    if (!reader_led(app->reader, app->settings.me, &app->scratch, &incidents, &len, &err)) {
        app_say_failure(app, &err, "cannot look for updates that are due");
        return;
    }
    for (size_t i = 0; i < len; i++) {
        const struct led_incident *one = &incidents[i];
        int64_t due_at = update_due_at(app->settings.update_spans, one->mode, one->status_category,
                                       one->severity_digit, one->last_update_at, one->created_at);
        if (due_at > now_ms)
            next_at = due_at < next_at ? due_at : next_at;
        else if (due_at && now_ms - due_at < LATEST_MS && is_first(app, one, due_at)) {
            more += due != NULL;
            if (!due || due_at > first_due_at) {
                due = one;
                first_due_at = due_at;
            }
        }
    }
    if (due)
        say(app, due, first_due_at, now_ms, more);
    if (next_at != INT64_MAX && !clock_is_frozen())
        app->remind_timer = loop_after(app->loop, next_at - now_ms, come_back, app);
}
