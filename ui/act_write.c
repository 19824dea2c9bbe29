/* Actions that write: what they act on, the question before it, and the outbox behind the frame that answers the key. */

#include <string.h>

#include "base/clock.h"
#include "store/outbox.h"
#include "ui/app_internal.h"
#include "ui/keymap.h"

enum { TIMELINE = 1 }; /* among the panes */

static enum kind
kind_of_pane(const struct view *view)
{
    return view->ops->kinds == ON_FOLLOW_UP ? KIND_FOLLOW_UP : KIND_ALERT;
}

static bool
has_target(const struct write_request *request, const char *id)
{
    for (size_t i = 0; i < request->targets_len; i++)
        if (strcmp(request->targets[i].id, id) == 0)
            return true;
    return false;
}

/* The item, or what its row stands for; nothing twice. False: said why not. */
static bool
add_members(struct app *app, const struct target *item, struct write_request *request)
{
    const struct view *view = &app->views[app->focus];
    struct arena *arena = &app->scratch;
    struct error err = {0};
    const char *const *ids;
    size_t len;
    if (!reader_members(app->reader, view, app_snapshot(app), item->id, arena, &ids, &len, &err)) {
        app_say_failure(app, &err, "cannot read what the row stands for");
        return false;
    }
    struct plan_target *targets =
        arena_new_array(arena, request->targets_len + len + 1, struct plan_target);
    for (size_t i = 0; i < request->targets_len; i++)
        targets[i] = request->targets[i];
    request->targets = targets;
    for (size_t i = 0; i < len; i++)
        if (!has_target(request, ids[i]))
            targets[request->targets_len++] = (struct plan_target){kind_of_pane(view), ids[i]};
    return true;
}

struct write_request
app_find_targets(struct app *app)
{
    const struct view *view = &app->views[app->focus];
    const struct snapshot *snap = app_snapshot(app);
    struct arena *arena = &app->scratch;
    struct write_request request = {.title = ""};
    const struct target *items;
    if (view->ops->kinds == ON_EVENT) {
        struct plan_target *incident = arena_new(arena, struct plan_target);
        *incident = (struct plan_target){KIND_INCIDENT, snap->timeline.incident.id};
        request.targets = incident;
        request.targets_len = snap->timeline.found;
        if (snap->timeline.found)
            request.title = arena_printf(arena, "%s %s", snap->timeline.incident.reference,
                                         snap->timeline.incident.name);
        return request;
    }
    if (view->ops->kinds == ON_SHIFT) {
        const struct schedule_entry *shift = view_rota_shift(view, snap, clock_now_ms(), arena);
        struct plan_target *target = arena_new(arena, struct plan_target);
        if (!shift)
            return request;
        *target = (struct plan_target){KIND_SCHEDULE_ENTRY, shift->id};
        request.targets = target;
        request.targets_len = 1;
        request.title = arena_printf(arena, "%s's shift", shift->user_name);
        return request;
    }
    const size_t items_len = app_targets(app, &items);
    for (size_t i = 0; i < items_len; i++) {
        if (items[i].gone) {
            app_say(app, ROLE_MESSAGE,
                    arena_printf(&app->scratch, "%.60s: %s", items[i].title, items[i].why));
            continue;
        }
        request.asks = request.asks || app_changed_lately(app, items[i].id);
        if (!request.targets_len)
            request.title = items[i].title;
        if (!add_members(app, &items[i], &request))
            return (struct write_request){.title = ""};
    }
    if (request.targets_len > 1)
        request.title =
            arena_printf(arena, "%s and %zu more", request.title, request.targets_len - 1);
    return request;
}

/* Without what it needs the line for it is opened. */
static bool
needs_line(enum action_id action, const char *argument)
{
    const char *usage = action_info(action)->argument;
    return !*argument && *usage && *usage != '[';
}

/* A reply to the message under the cursor goes into its thread. */
static const char *
form_line(struct app *app, enum action_id action)
{
    static const char message[] = "slack/";
    const char *name = action_info(action)->name, *id = app->views[app->focus].cursor.id;
    if (action != ACTION_REPLY || strncmp(id, message, sizeof message - 1) != 0 ||
        !strchr(id + sizeof message, '/'))
        return name;
    return arena_printf(&app->scratch, "%s thread=%s ", name, strchr(id + sizeof message, '/') + 1);
}

/* Of the override the times are there: the cursor is on them. */
static const char *
line_of(struct app *app, enum action_id action)
{
    const struct view *view = &app->views[app->focus];
    const struct snapshot *snap = app_snapshot(app);
    const char *name = action_info(action)->name;
    const int64_t now_ms = clock_now_ms();
    const struct schedule_entry *shift =
        action == ACTION_OVERRIDE ? view_rota_shift(view, snap, now_ms, &app->scratch) : NULL;
    int64_t times[2];
    if (!shift)
        return arena_printf(&app->scratch, "%s ", name);
    view_rota_span(view, snap, shift, now_ms, &times[0], &times[1]);
    for (int i = 0; i < 2; i++) {
        const struct civil at = zone_to_civil(app->settings.zone, times[i]);
        char moment[RFC3339_SIZE];
        if (zone_repeat(app->settings.zone, times[i])) { /* the clock shows it twice */
            name = arena_printf(&app->scratch, "%s %s", name, time_to_rfc3339(times[i], moment));
            continue;
        }
        name = arena_printf(&app->scratch, "%s \"%04d-%02d-%02d %02d:%02d\"", name, at.year,
                            at.month, at.day, at.hour, at.minute);
    }
    return arena_printf(&app->scratch, "%s ", name);
}

bool
app_plan(struct app *app, const struct write_request *request, struct error *err)
{
    struct writing *writing = &app->writing;
    struct arena *arena = &writing->arena;
    struct plan_context context = {.me = app->settings.me,
                                   .has_slack = profile_has_slack(app->options->profile),
                                   .derivation = &app->options->profile->derivation,
                                   .zone = app->settings.zone,
                                   .now_ms = clock_now_ms()};
    app_queue_now(app);
    arena_reset(arena);
    writing->plan = (struct plan){0};
    writing->pane = app->focus;
    writing->asks = request->asks;
    writing->is_of_form = false;
    writing->replaced_len = request->replaced_len;
    writing->replaced = arena_new_array(arena, request->replaced_len + 1, int64_t);
    for (size_t i = 0; i < request->replaced_len; i++)
        writing->replaced[i] = request->replaced[i];
    struct plan_target *targets =
        arena_new_array(arena, request->targets_len + 1, struct plan_target);
    for (size_t i = 0; i < request->targets_len; i++)
        targets[i] = (struct plan_target){request->targets[i].kind,
                                          arena_text(arena, request->targets[i].id)};
    if (!reader_plan(app->reader, request->action, &context, targets, request->targets_len,
                     arena_text(arena, request->argument), arena, &writing->plan, err))
        return false;
    if (writing->plan.len)
        return true;
    const struct plan_skip *skip = &writing->plan.skipped[0];
    return error_set(err, ERROR_NOT_FOUND, "%.60s: nothing sent: %s", skip->title, skip->why);
}

void
app_plan_is_of(struct app *app, const struct draft_of *of)
{
    struct writing *writing = &app->writing;
    writing->is_of_form = true;
    writing->draft = (struct draft_of){
        arena_text(&writing->arena, of->upstream), arena_text(&writing->arena, of->action),
        arena_text(&writing->arena, of->target_kind), arena_text(&writing->arena, of->target_id)};
}

void
app_send_plan(struct app *app)
{
    const enum action_class class = app->writing.plan.class;
    if (class == CLASS_TYPED)
        (void)mode_open(app, &mode_ask_typed, "");
    else if (class == CLASS_ASK || app->writing.asks)
        (void)mode_open(app, &mode_ask, "");
    else
        app_queue(app);
}

/* False: said why not. */
static bool
can_write_here(struct app *app, enum action_id action)
{
    if (!(action_info(action)->kinds & app->views[app->focus].ops->kinds))
        app_say(app, ROLE_MESSAGE,
                arena_printf(&app->scratch, "%s: not in this pane", action_info(action)->name));
    else if (app->as_of)
        app_say(app, ROLE_PROBLEM, "this is the past: nothing can be sent from here");
    else
        return true;
    return false;
}

void
act_write(struct app *app, enum action_id action, const char *argument)
{
    struct error err = {0};
    if (!can_write_here(app, action))
        return;
    if (!*argument && form_of(action)) {
        (void)mode_open(app, &mode_form, form_line(app, action)); /* said why not */
        return;
    }
    if (needs_line(action, argument)) {
        (void)mode_open(app, &mode_palette, line_of(app, action)); /* said why not */
        return;
    }
    struct write_request request = app_find_targets(app);
    request.action = action;
    request.argument = argument;
    if (!request.targets_len) {
        if (!*app->message)
            app_say(app, ROLE_MESSAGE, "nothing is chosen");
    } else if (app_plan(app, &request, &err)) {
        app_send_plan(app);
    } else {
        app_say(app, err.code == ERROR_NOT_FOUND ? ROLE_MESSAGE : ROLE_PROBLEM,
                arena_text(&app->scratch, err.message));
    }
}

/* argument: what the text is for, "note" or "update", with what is typed behind it; or the text alone. */
void
act_edit(struct app *app, enum action_id action, const char *argument)
{
    const size_t len = strcspn(argument, " ");
    const enum action_id named =
        len ? action_from_name(arena_text_len(&app->scratch, argument, len)) : ACTION_COUNT;
    const bool on_incident = app->views[app->focus].ops->kinds == ON_EVENT;
    (void)action;
    if (named != ACTION_COUNT && form_of(named)) {
        action = named;
    } else {
        action = on_incident ? ACTION_UPDATE : ACTION_NOTE;
        argument = arena_printf(&app->scratch, "%s %s", action_info(action)->name, argument);
    }
    if (can_write_here(app, action) && mode_open(app, &mode_form, argument))
        mode_form_edit(app);
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
    app->build_wanted = app->draw_wanted = true;
    app->writing.timer = loop_after(app->loop, 0, queue, app);
    const struct mode *mode = mode_now(app);
    if (mode && mode->ops == &mode_form)
        mode_close(app);
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
    struct plan *plan = &writing->plan;
    bool done;
    if (!outbox_replace(&outbox, writing->replaced, writing->replaced_len, plan->rows, plan->len,
                        clock_now_ms(), PLAN_UNDO_MS, &done, &err)) {
        app_say_failure(app, &err, "outbox");
        return;
    }
    if (!done) {
        app_say(app, ROLE_PROBLEM, "too late: it is on its way as it was");
        return;
    }
    if (writing->is_of_form)
        app_draft_forget(app, &writing->draft);
    if (!writing->replaced_len)
        selection_clear(&app->views[writing->pane].selection);
    sent_follow(&app->sent, plan->rows[0].batch, plan->len, writing->pane);
    app->build_wanted = true;
    if (text_equals(plan->rows[0].action, action_info(ACTION_DECLARE)->name)) {
        (void)view_timeline_show(&app->views[TIMELINE], plan->rows[0].target_id);
        app->news_wanted = true;
    }
    const size_t more = plan->len - 1;
    app_say(app, ROLE_MESSAGE,
            arena_printf(&app->scratch, "queued: %s%s (%s takes it back)", plan->rows[0].label,
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
