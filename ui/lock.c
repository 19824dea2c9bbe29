/* The session's lock: view only until it is unlocked, by a key pressed twice. It locks itself when nobody types (lock_after). */

#include "base/clock.h"
#include "ui/app_internal.h"
#include "ui/keymap.h"

static void
set(struct app *app, bool locked)
{
    struct view_settings *settings = &app->settings;
    settings->locked = locked;
    settings->read_only = locked || !app_may_write(app);
    app->unlock_asked = false;
    app->build_wanted = app->draw_wanted = true;
}

static void
look(void *context)
{
    struct app *app = context;
    app->lock_timer = 0;
    app_lock_when_idle(app);
}

static void
lock_later(struct app *app, int64_t delay_ms)
{
    loop_cancel(app->loop, app->lock_timer);
    app->lock_timer = loop_after(app->loop, delay_ms, look, app);
}

void
app_lock_when_idle(struct app *app)
{
    int64_t after_ms = app->options->profile->lock_after_ms, now_ms = clock_boot_ms();
    char key[KEY_NAME_SIZE];
    if (!after_ms || app->settings.locked)
        return;
    if (!app->typed_at)
        app->typed_at = now_ms;
    int64_t left_ms = app->typed_at + after_ms - now_ms;
    if (left_ms > 0) {
        if (!app->lock_timer)
            lock_later(app, left_ms);
        return;
    }
    set(app, true);
    app_say(app, ROLE_MESSAGE,
            arena_printf(&app->scratch, "locked, as nobody typed; %s twice unlocks",
                         keymap_hint(ACTION_LOCK, key)));
}

void
app_lock_typed(struct app *app)
{
    app_lock_when_idle(app); /* the machine may have slept: the key comes too late then */
    app->typed_at = clock_boot_ms();
}

void
act_lock(struct app *app, enum action_id action, const char *argument)
{
    char key[KEY_NAME_SIZE];
    const char *hint = keymap_hint(action, key);
    (void)argument;
    if (!app->settings.locked) {
        set(app, true);
        app_say(app, ROLE_MESSAGE,
                arena_printf(&app->scratch, "locked: view only until %s twice", hint));
    } else if (!app->unlock_asked) {
        app->unlock_asked = true;
        app_say(app, ROLE_MESSAGE, arena_printf(&app->scratch, "unlock? %s again does it", hint));
    } else {
        set(app, false);
        app_lock_when_idle(app);
        app_say(app, ROLE_MESSAGE,
                app->settings.read_only ? "unlocked; the session is read-only still" : "unlocked");
    }
}
