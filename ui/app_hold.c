/* What keeps its place on screen, and until when; what waits meanwhile. */

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/app_internal.h"

/* Rows stay where they are for a moment after a key, so that none moves under the next one. */
#define FREEZE_MS 1000
/* While keys come, what sync commits is read this often at most: the keys come first. */
#define NEWS_EVERY_MS 250
#define PAUSED_NEWS_EVERY_MS 1000

static bool
holds_for_key(const struct app *app)
{
    return app->key_at && clock_monotonic_ms() - app->key_at < FREEZE_MS;
}

bool
app_holds(const struct app *app, int pane)
{
    if (!app->views[pane].ops->holds)
        return false;
    return app->modes_len || app->paused || app->views[pane].selection.len || holds_for_key(app);
}

static void
news_due(void *context)
{
    struct app *app = context;
    app->news_timer = 0;
    app->news_wanted = app->news_came = true;
}

static void
paused_news_due(void *context)
{
    struct app *app = context;
    app->news_timer = 0;
    if (app->paused)
        app_count_waiting(app);
    else
        app->news_wanted = app->news_came = true;
}

void
app_news(struct app *app)
{
    if (app->news_timer)
        return;
    int64_t since = clock_monotonic_ms() - app->loaded_at;
    if (app->paused)
        app->news_timer = loop_after(app->loop, PAUSED_NEWS_EVERY_MS, paused_news_due, app);
    else if (holds_for_key(app) && since < NEWS_EVERY_MS)
        app->news_timer = loop_after(app->loop, NEWS_EVERY_MS - since, news_due, app);
    else
        app->news_wanted = app->news_came = true;
}

static void
thaw(void *context)
{
    struct app *app = context;
    app->thaw_timer = 0;
    if (holds_for_key(app))
        app_thaw_later(app); /* another key came */
    else if (!app->paused)
        app->news_wanted = app->news_came = true;
}

void
app_thaw_later(struct app *app)
{
    if (app->thaw_timer || !holds_for_key(app))
        return;
    int64_t left = app->key_at + FREEZE_MS - clock_monotonic_ms();
    app->thaw_timer = loop_after(app->loop, left > 0 ? left : 0, thaw, app);
}

void
app_count_waiting(struct app *app)
{
    struct error err = {0};
    struct snapshot *next = &app->snapshots[!app->snap_now];
    struct arena *arena = &app->table_arenas[!app->tables_now];
    int64_t now_ms = clock_now_ms();
    app->loaded_at = clock_monotonic_ms();
    if (!reader_load(app->reader, app->views, &app->layout, now_ms, app_snapshot(app), next,
                     &err)) {
        app_say_failure(app, &err, "cannot read the cache");
        return;
    }
    arena_reset(arena);
    for (int pane = 0; pane < PANE_COUNT; pane++) {
        struct view *view = &app->views[pane];
        struct table table;
        if (!app->layout.panes[pane].shown || !view->ops->holds)
            continue;
        view->ops->build(view, next, now_ms, arena, &table);
        view->waiting_paused = table_differences(&table, app_table(app, pane));
    }
    app->draw_wanted = true;
}

size_t
app_new_items(struct app *app, int pane, const char **first)
{
    const struct feed_window *feed = &app_snapshot(app)->feed;
    const struct hold *hold = &app->views[pane].hold;
    if (pane == 0 && feed->new_len > hold->waiting) { /* those that wait are among them */
        *first = feed->new_id;
        return feed->new_len;
    }
    *first = hold->first;
    return hold->waiting;
}

bool
app_take_in(struct app *app)
{
    struct view *view = &app->views[app->focus];
    const char *first = "";
    if (app_new_items(app, app->focus, &first) == 0)
        return false;
    view->let_go = app->news_wanted = true;
    (void)snprintf(view->cursor.id, sizeof view->cursor.id, "%s", first); /* as cursors are */
    return true;
}
