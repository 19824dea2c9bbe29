/* What is said of the items of the lists: marks in front of rows, what an action acts on, why the cursor moved. */

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "ui/app_internal.h"

/* ---- marks ---- */

#define CHANGED_MS 3000 /* how long a changed row is marked */
#define RECENTLY_MS                                                                                \
    500 /* a key this soon after a change may have been meant for what stood there before */

static void
unmark(void *context)
{
    struct app *app = context;
    app->unmark_timer = 0;
    app->draw_wanted = true;
    app_mark(app);
}

void
app_mark(struct app *app)
{
    int64_t now = clock_monotonic_ms();
    bool any = false;
    for (int pane = 0; pane < PANE_COUNT; pane++) {
        struct view *view = &app->views[pane];
        struct table *table = app_table(app, pane);
        selection_mark(&view->selection, table);
        any = changes_mark(&view->changes, table, now - CHANGED_MS) || any;
    }
    if (any && !app->unmark_timer)
        app->unmark_timer = loop_after(app->loop, CHANGED_MS, unmark, app);
}

void
app_note_changes(struct app *app, int pane, const struct table *before)
{
    struct view *view = &app->views[pane];
    const struct table *now = app_table(app, pane);
    size_t from, to;
    if (!view->ops->holds || before->rows_len <= before->head_rows)
        return;
    cursor_screen(&view->cursor, now, view->rows, &from, &to);
    changes_note(&view->changes, before, now, from, to, clock_monotonic_ms());
}

bool
app_changed_lately(const struct app *app, const char *id)
{
    int64_t at = changes_at(&app->views[app->focus].changes, id);
    return at && clock_monotonic_ms() - at < RECENTLY_MS;
}

/* ---- new since one last looked ---- */

#define LIST_LOOKED_AT "alert" /* the list that has new rows */
#define AWAY_MS (10 * MINUTE_MS)

void
app_recall_looked(struct app *app)
{
    int64_t seen_at = 0;
    struct error err = {0};
    if (!reader_looked(app->reader, LIST_LOOKED_AT, &seen_at, &err)) {
        app_say_failure(app, &err, "cannot read what was looked at");
        return;
    }
    app->looked_at = clock_now_ms();
    view_feed_looked(&app->views[0], seen_at);
}

void
app_note_looked(struct app *app)
{
    struct error err = {0};
    if (app->looked_at && !reader_note_looked(app->reader, LIST_LOOKED_AT, app->looked_at, &err))
        log_failure(LOG_WARNING, &err, "cannot remember what was looked at");
}

void
app_looks(struct app *app)
{
    int64_t now_ms = clock_now_ms();
    if (app->looked_at && now_ms - app->looked_at > AWAY_MS) {
        view_feed_looked(&app->views[0], app->looked_at);
        app->build_wanted = true;
    }
    app->looked_at = now_ms;
}

/* ---- what an action acts on ---- */

size_t
app_targets(struct app *app, const struct target **targets)
{
    struct view *view = &app->views[app->focus];
    const struct selection *selection = &view->selection;
    const struct table *table = app_table(app, app->focus);
    struct arena *arena = &app->scratch;
    size_t row = cursor_row(&view->cursor, table);
    size_t len = selection->len ? selection->len : row != SIZE_MAX;
    struct target *all = arena_new_array(arena, len + 1, struct target);
    *targets = all;
    for (size_t i = 0; i < len; i++) {
        if (selection->len)
            all[i] = (struct target){arena_text(arena, selection->items[i].id),
                                     arena_text(arena, selection->items[i].title), false, ""};
        else
            all[i] = (struct target){arena_text(arena, table->rows[row].id),
                                     table_item_title(table, row, arena), false, ""};
        struct fate fate = {.found = true, .what = ""};
        struct error err = {0};
        if (!reader_fate(app->reader, view, all[i].id, arena, &fate, &err))
            app_say_failure(app, &err, "cannot read what became of an item");
        bool was_over = !selection->len || selection->items[i].was_over;
        all[i].gone = !fate.found || (fate.over && !was_over);
        all[i].why = fate.found ? fate.what : "gone upstream";
    }
    return len;
}

/* ---- why the cursor moved ---- */

#define TITLE_COLS 60

void
app_say_fate(struct app *app, const char *title, const struct fate *fate)
{
    struct arena *arena = &app->scratch;
    char age[AGE_SIZE];
    const char *name = text_cut(arena, text_clean(arena, title, 512), TITLE_COLS);
    if (!fate->found)
        app_say(app, ROLE_MESSAGE, arena_printf(arena, "%s: no longer there", name));
    else if (!*fate->what)
        app_say(app, ROLE_MESSAGE, arena_printf(arena, "%s: filter hides it now", name));
    else if (fate->at)
        app_say(app, ROLE_MESSAGE,
                arena_printf(arena, "%s %s %s ago", name, fate->what,
                             age_text(clock_now_ms() - fate->at, age)));
    else
        app_say(app, ROLE_MESSAGE, arena_printf(arena, "%s %s", name, fate->what));
}

void
app_say_why(struct app *app, const char *id, const char *title)
{
    struct fate fate;
    struct error err = {0};
    if (!reader_fate(app->reader, &app->views[app->focus], id, &app->scratch, &fate, &err))
        app_say_failure(app, &err, "cannot read what became of an item");
    else
        app_say_fate(app, title, &fate);
}
