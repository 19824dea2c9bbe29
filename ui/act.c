/* From an action to the function that does it. */

#include "base/clock.h"
#include "ui/app_internal.h"
#include "ui/keymap.h"

static action_run *const runs[ACTION_COUNT] = {
#define X(id, run, ...) [ACTION_##id] = act_##run,
    ACTIONS(X)
#undef X
#define X(id, ...) [ACTION_##id] = act_write,
        WRITES(X)
#undef X
};

void
app_do(struct app *app, enum action_id action, const char *argument)
{
    app->draw_wanted = true;
    app->unlock_asked = app->unlock_asked && action == ACTION_LOCK;
    if (!action_allowed(action, app->settings.read_only)) {
        char key[KEY_NAME_SIZE];
        const char *phrase = error_phrase(ERROR_READ_ONLY);
        app_say(app, ROLE_PROBLEM,
                app->settings.locked ? arena_printf(&app->scratch, "%s (%s twice unlocks)", phrase,
                                                    keymap_hint(ACTION_LOCK, key))
                : app->settings.key_reads
                    ? arena_printf(&app->scratch, "%s: this key may only read", phrase)
                    : phrase);
        return;
    }
    if (app->load_wanted ||
        app->news_wanted) /* an earlier key of this pass changed what is on screen */
        app_load(app);
    if (app->build_wanted)
        app_build(app);

    struct view *view = &app->views[app->focus];
    enum view_answer answer = VIEW_IGNORED;
    if (action == ACTION_NOW && app_take_in(app))
        return;
    if (action == ACTION_NOW && view->query.rows == WINDOW_EVENTS && query_is_sorted(&view->query))
        action = ACTION_LAST; /* oldest first: there is the newest */
    if (view->ops->act)
        answer = view->ops->act(view, action, app_snapshot(app), app_now_ms(app));
    view->jumped = view->jumped || answer != VIEW_IGNORED;
    view->let_go = view->let_go || answer == VIEW_LOAD;
    app->news_wanted = app->news_wanted || answer == VIEW_LOAD;
    if (answer == VIEW_LOAD)
        app->detail.id = ""; /* another list: that its item is not there is no news */
    app->build_wanted = app->build_wanted || answer == VIEW_BUILD;
    if (answer == VIEW_LOAD && action == ACTION_LAST) {
        app_load(app); /* the last rows are only known once they are read */
        app_build(app);
    }
    if (answer == VIEW_IGNORED || action == ACTION_LAST)
        runs[action](app, action, argument);
}
