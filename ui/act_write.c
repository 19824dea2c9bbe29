/* Actions that write: what they act on, the question before it, and the outbox behind the frame that answers the key. */

#include <string.h>

#include "base/clock.h"
#include "store/outbox.h"
#include "ui/app_internal.h"
#include "ui/keymap.h"

static enum kind
kind_of_pane(const struct view *view)
{
    return view->ops->kinds == ON_FOLLOW_UP ? KIND_FOLLOW_UP : KIND_ALERT;
}

/* What is selected, or under the cursor; of the timeline its incident. In the writing's arena. */
static size_t
find_targets(struct app *app, const struct plan_target **targets, bool *asks)
{
    const struct view *view = &app->views[app->focus];
    const struct snapshot *snap = app_snapshot(app);
    struct arena *arena = &app->writing.arena;
    const struct target *items;
    size_t len = 0;
    *asks = false;
    if (view->ops->kinds == ON_EVENT) {
        struct plan_target *incident = arena_new(arena, struct plan_target);
        *incident =
            (struct plan_target){KIND_INCIDENT, arena_text(arena, snap->timeline.incident.id)};
        *targets = incident;
        return snap->timeline.found;
    }
    const size_t items_len = app_targets(app, &items);
    struct plan_target *found = arena_new_array(arena, items_len + 1, struct plan_target);
    for (size_t i = 0; i < items_len; i++) {
        if (items[i].gone) {
            app_say(app, ROLE_MESSAGE,
                    arena_printf(&app->scratch, "%.60s: %s", items[i].title, items[i].why));
            continue;
        }
        *asks = *asks || app_changed_lately(app, items[i].id);
        found[len++] = (struct plan_target){kind_of_pane(view), arena_text(arena, items[i].id)};
    }
    *targets = found;
    return len;
}

/* Without what it needs the line for it is opened. */
static bool
needs_line(enum action_id action, const char *argument)
{
    const char *usage = action_info(action)->argument;
    return !*argument && ((*usage && *usage != '[') || action == ACTION_UPDATE);
}

static bool
make_plan(struct app *app, enum action_id action, const char *argument, bool *asks)
{
    struct writing *writing = &app->writing;
    struct error err = {0};
    const struct plan_target *targets;
    struct plan_context context = {.me = app->settings.me,
                                   .derivation = &app->options->profile->derivation,
                                   .zone = app->settings.zone,
                                   .now_ms = clock_now_ms()};
    app_queue_now(app);
    arena_reset(&writing->arena);
    writing->plan = (struct plan){0};
    const size_t len = find_targets(app, &targets, asks);
    if (!len) {
        if (!*app->message)
            app_say(app, ROLE_MESSAGE, "nothing is chosen");
        return false;
    }
    if (!reader_plan(app->reader, action, &context, targets, len,
                     arena_text(&writing->arena, argument), &writing->arena, &writing->plan,
                     &err)) {
        app_say(app, ROLE_PROBLEM, arena_text(&app->scratch, err.message));
        return false;
    }
    if (writing->plan.len)
        return true;
    const struct plan_skip *skip = &writing->plan.skipped[0];
    app_say(app, ROLE_MESSAGE,
            arena_printf(&app->scratch, "%.60s: nothing sent: %s", skip->title, skip->why));
    return false;
}

void
act_write(struct app *app, enum action_id action, const char *argument)
{
    const struct view *view = &app->views[app->focus];
    bool asks;
    if (!(action_info(action)->kinds & view->ops->kinds)) {
        app_say(app, ROLE_MESSAGE,
                arena_printf(&app->scratch, "%s: not in this pane", action_info(action)->name));
        return;
    }
    if (app->as_of) {
        app_say(app, ROLE_PROBLEM, "this is the past: nothing can be sent from here");
        return;
    }
    if (needs_line(action, argument)) {
        (void)mode_open(app, &mode_palette, /* said why not */
                        arena_printf(&app->scratch, "%s ", action_info(action)->name));
        return;
    }
    if (!make_plan(app, action, argument, &asks))
        return;
    const enum action_class class = app->writing.plan.class;
    if (class == CLASS_TYPED)
        (void)mode_open(app, &mode_ask_typed, "");
    else if (class == CLASS_ASK || asks)
        (void)mode_open(app, &mode_ask, "");
    else
        app_queue(app);
}

/* ---- into the outbox ---- */

static void
queue(void *context)
{
    struct app *app = context;
    app->writing.timer = 0;
    app_queue_now(app);
}

void
app_queue(struct app *app)
{
    if (app->settings.read_only) { /* it locked itself while the question stood there */
        app_say(app, ROLE_PROBLEM, error_phrase(ERROR_READ_ONLY));
        return;
    }
    app->writing.is_queueing = true;
    selection_clear(&app->views[app->focus].selection);
    app->build_wanted = app->draw_wanted = true;
    app->writing.timer = loop_after(app->loop, 0, queue, app);
}

void
app_queue_now(struct app *app)
{
    struct writing *writing = &app->writing;
    struct error err = {0};
    char key[KEY_NAME_SIZE];
    if (!writing->is_queueing)
        return;
    writing->is_queueing = false;
    loop_cancel(app->loop, writing->timer);
    const struct outbox outbox = {reader_private(app->reader), reader_upstream(app->reader)};
    if (!outbox_append(&outbox, writing->plan.rows, writing->plan.len, clock_now_ms(), PLAN_UNDO_MS,
                       &err)) {
        app_say_failure(app, &err, "outbox");
        return;
    }
    const size_t more = writing->plan.len - 1;
    app_say(app, ROLE_MESSAGE,
            arena_printf(&app->scratch, "queued: %s%s (%s takes it back)",
                         writing->plan.rows[0].label,
                         more ? arena_printf(&app->scratch, " and %zu more", more) : "",
                         keymap_hint(ACTION_UNDO, key)));
}

void
act_undo(struct app *app, enum action_id action, const char *argument)
{
    struct error err = {0};
    const char *label;
    size_t count;
    (void)action;
    (void)argument;
    app_queue_now(app);
    const struct outbox outbox = {reader_private(app->reader), reader_upstream(app->reader)};
    if (!outbox_undo(&outbox, clock_now_ms(), &app->scratch, &label, &count, &err))
        app_say_failure(app, &err, "outbox");
    else if (count)
        app_say(app, ROLE_MESSAGE,
                count > 1
                    ? arena_printf(&app->scratch, "taken back: %s and %zu more", label, count - 1)
                    : arena_printf(&app->scratch, "taken back: %s", label));
    else
        app_say(app, ROLE_MESSAGE, "nothing can be taken back any more");
}
