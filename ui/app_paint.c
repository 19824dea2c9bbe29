/* From the store to the screen: load, build, draw. */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/app_internal.h"
#include "ui/detail.h"
#include "ui/term.h"

const struct snapshot *
app_snapshot(const struct app *app)
{
    return &app->snapshots[app->snap_now];
}

struct table *
app_table(struct app *app, int pane)
{
    return &app->tables[app->tables_now][pane];
}

/* How often the poller is looked after while what is shown is not live. */
#define POLLER_AGAIN_MS (10 * SECOND_MS)

/* ---- reading ---- */

void
app_lay_out(struct app *app)
{
    struct layout_request request = {
        .focus = app->focus, .zoomed = app->zoomed, .preview = app->preview};
    term_size(&request.rows, &request.cols);
    app->layout = layout_compute(request);
    for (int pane = 0; pane < PANE_COUNT; pane++) {
        struct view *view = &app->views[pane];
        view->cols = app->layout.panes[pane].inside.cols;
        view->rows = app->layout.panes[pane].inside.rows;
        view->size = app->layout.size;
        view->zoomed = app->zoomed && pane == app->focus;
    }
    app->news_wanted = true;
}

void
app_tell_shown(struct app *app)
{
    const struct timeline_window *timeline = &app_snapshot(app)->timeline;
    struct error err = {0};
    int64_t seen_at;
    if (!timeline->found || timeline->is_declared ||
        strcmp(app->shown_incident, timeline->incident.id) == 0)
        return;
    if (!reader_turn_to(app->reader, app->shown_incident, timeline->incident.id, clock_now_ms(),
                        &seen_at, &err))
        app_say_failure(app, &err, "cannot remember what was looked at");
    view_timeline_seen(&app->views[1], timeline->incident.id, seen_at);
    (void)snprintf(app->shown_incident, sizeof app->shown_incident, "%s", timeline->incident.id);
    if (!reader_request(app->reader, "on_screen", timeline->incident.id, clock_now_ms(), &err))
        app_say_failure(app, &err, "cannot ask for the incident on screen");
    if (seen_at) { /* what has come since is marked */
        app_build(app);
        app_draw(app);
    }
}

bool
app_prepare_query(struct app *app, struct query *query)
{
    struct error err = {0};
    arena_reset(&query->names);
    if (!reader_filter_context(app->reader, query->rows, app->settings.me, &query->names,
                               &query->context, &err)) {
        app_say_failure(app, &err, "cannot read what filters are made of");
        return false;
    }
    query->context.zone = app->settings.zone;
    query->context.derivation = &app->options->profile->derivation;
    query->has_context = app_snapshot(app)->present; /* else there may be more names soon */
    return true;
}

/* Reading is stopped by a key, but not before it had this long: keys that are held down must not keep the lists old. */
#define LOAD_AT_LEAST_MS 10

static bool
is_interrupted(void *context)
{
    const int64_t *since = context;
    return clock_monotonic_ms() - *since >= LOAD_AT_LEAST_MS && term_key_waits();
}

/* The incident on screen gave way to another, and nobody asked for that: say what became of it. */
static void
say_incident(struct app *app, const struct snapshot *before, const struct snapshot *now)
{
    struct fate fate;
    struct error err = {0};
    const struct timeline_incident *was = &before->timeline.incident;
    if (app->views[1].jumped || !before->timeline.found || before->timeline.is_declared ||
        app->layout.panes[1].inside.rows == 0 ||
        (now->timeline.found && strcmp(was->id, now->timeline.incident.id) == 0))
        return;
    if (!reader_incident_fate(app->reader, was->id, &app->scratch, &fate, &err))
        app_say_failure(app, &err, "cannot read what became of an incident");
    else if (!fate.found || fate.over)
        app_say_fate(app, was->reference, &fate);
}

/* What is on screen and shall stay there, also when the list has it elsewhere by now. */
static void
name_held(struct app *app, int pane)
{
    struct view *view = &app->views[pane];
    const struct table *shown = app_table(app, pane);
    size_t from, to;
    view->held_ids = NULL;
    view->held_ids_len = 0;
    if (!view->held)
        return;
    cursor_screen(&view->cursor, shown, view->rows, &from, &to);
    const char **ids = arena_new_array(&app->scratch, to - from + 1, const char *);
    for (; from < to; from++)
        ids[view->held_ids_len++] = shown->rows[from].id;
    view->held_ids = ids;
}

void
app_load(struct app *app)
{
    struct error err = {0};
    struct snapshot *next = &app->snapshots[!app->snap_now];
    bool was_wanted = app->load_wanted;
    int64_t since = clock_monotonic_ms();
    for (int pane = 0; pane < PANE_COUNT; pane++) {
        struct view *view = &app->views[pane];
        view->has_keys = pane == app->focus;
        view->jumped = view->let_go || app->load_wanted;
        view->held = app_holds(app, pane) && !view->let_go && !app->load_wanted;
        name_held(app, pane);
        if (query_is_filtered(&view->query) &&
            (view->query.has_context || app_prepare_query(app, &view->query)))
            query_reread(&view->query, app_now_ms(app));
    }
    app->load_wanted = app->load_later = app->news_wanted = app->sources_wanted = false;
    app->loaded_at = since;
    reader_set_interrupt(app->reader, is_interrupted, &since);
    bool read = reader_load(app->reader, app->views, &app->layout, app_now_ms(app),
                            app_snapshot(app), next, &err);
    reader_set_interrupt(app->reader, NULL, NULL);
    if (!read && err.code == ERROR_INTERRUPTED) {
        app->load_later = was_wanted;
        app->news_wanted = !was_wanted;
        return;
    }
    if (!read) {
        app_say_failure(app, &err, "cannot read the cache"); /* what is on screen stays */
        return;
    }
    for (int pane = 0; pane < PANE_COUNT; pane++)
        app->views[pane].let_go = false;
    say_incident(app, app_snapshot(app), next);
    app->snap_now = !app->snap_now;
    app->build_wanted = true;
    app_thaw_later(app);
}

bool
app_search(struct app *app, const struct filter *filter, int64_t around, int rows,
           struct arena *arena, struct search_window *window, struct error *err)
{
    int64_t since = clock_monotonic_ms();
    reader_set_interrupt(app->reader, is_interrupted, &since);
    bool found = reader_search(app->reader, filter, around, rows, arena, window, err);
    reader_set_interrupt(app->reader, NULL, NULL);
    return found;
}

void
app_load_after_echo(struct app *app)
{
    app->load_wanted = true;
    app_load(app);
    if (app->build_wanted)
        app_build(app);
    if (app->draw_wanted)
        app_draw(app);
}

void
app_load_sources(struct app *app)
{
    struct error err = {0};
    struct snapshot *snap = &app->snapshots[app->snap_now];
    struct arena *arena = &app->sources_arenas[!app->sources_now];
    const struct source_state *sources;
    size_t len;
    app->sources_wanted = false;
    arena_reset(arena);
    if (!reader_sources(app->reader, arena, &sources, &len, &err)) {
        app_say_failure(app, &err, "cannot read how fresh the cache is");
        return;
    }
    app->sources_now = !app->sources_now;
    snap->sources = sources;
    snap->sources_len = len;
}

/* ---- building ---- */

const char *
app_item(struct app *app)
{
    const struct table *table = app_table(app, app->focus);
    size_t row = cursor_row(&app->views[app->focus].cursor, table);
    return row == SIZE_MAX ? "" : table->rows[row].id;
}

void
app_read_detail(struct app *app, struct detail *detail)
{
    struct error err = {0};
    if (!reader_detail(app->reader, &app->views[app->focus], app_snapshot(app), app_item(app),
                       detail, &err))
        app_say_failure(app, &err, "cannot read the details");
}

void
app_build_detail(struct app *app)
{
    bool whole = app->layout.detail.shown;
    for (int i = 0; i < app->modes_len; i++)
        whole = whole || app->modes[i]->ops == &mode_detail;
    if ((!whole && !app->layout.strip.rows) || app->layout.size == SIZE_TINY)
        return;
    if (app->settings.first_frame) { /* nor is it read yet */
        table_init(&app->detail_table, &app->detail_arena, 1, NULL, 0);
        return;
    }
    app->detail.brief = !whole;
    app_read_detail(app, &app->detail);
    if (app->layout.detail.shown) {
        arena_reset(&app->detail_arena);
        detail_build(&app->detail, &app->settings, app_now_ms(app), &app->detail_arena,
                     app->layout.detail.inside.cols, &app->detail_table);
    }
}

static void
hold_in_place(struct view *view, const struct table *shown, struct table *now)
{
    size_t from, to;
    view->hold = (struct hold){0};
    if (!view->held)
        return;
    cursor_screen(&view->cursor, shown, view->rows, &from, &to);
    view->hold = table_hold(now, shown, from, to);
}

/* The cursor stays with its item; where it cannot, or the item is over now, it is said why. */
static void
follow(struct app *app, int pane, const struct table *before, const struct table *now)
{
    struct view *view = &app->views[pane];
    char id[ITEM_ID_SIZE];
    memcpy(id, view->cursor.id, sizeof id);
    size_t was = table_find(before, id);
    const char *shown_as = view->ops->shown_as ? view->ops->shown_as(app_snapshot(app)) : "";
    if (*shown_as && table_find(now, id) == SIZE_MAX && table_find(now, shown_as) != SIZE_MAX)
        (void)snprintf(view->cursor.id, sizeof view->cursor.id, "%s", shown_as); /* as ids are */
    bool renamed = strcmp(id, view->cursor.id) != 0;
    bool moved = cursor_follow(&view->cursor, before, now);
    size_t row = table_find(now, renamed ? view->cursor.id : id);
    if (pane != app->focus || view->jumped || view->query.is_new || !view->ops->fate ||
        was == SIZE_MAX)
        return;
    bool ended =
        row != SIZE_MAX && now->rows[row].marks & ROW_OVER && !(before->rows[was].marks & ROW_OVER);
    if (moved || ended)
        app_say_why(app, id, table_item_title(before, was, &app->scratch));
}

void
app_build(struct app *app)
{
    int64_t now_ms = app_now_ms(app);
    int next = !app->tables_now;
    const struct snapshot *snap = app_snapshot(app);

    app->build_wanted = false;
    app->draw_wanted = true;
    arena_reset(&app->table_arenas[next]);
    for (int pane = 0; pane < PANE_COUNT; pane++) {
        struct view *view = &app->views[pane];
        struct table *table = &app->tables[next][pane];
        if (!app->layout.panes[pane].shown) {
            table_init(table, &app->table_arenas[next], 1, NULL, 0);
            continue;
        }
        view->ops->build(view, snap, now_ms, &app->table_arenas[next], table);
        hold_in_place(view, &app->tables[app->tables_now][pane], table);
        follow(app, pane, &app->tables[app->tables_now][pane], table);
        if (pane == app->focus)
            cursor_bind(&view->cursor, table);
        cursor_scroll(&view->cursor, table, view->rows);
        view->query.is_new = view->query.is_new && app->load_later;
    }
    app->tables_now = next;
    for (int pane = 0; pane < PANE_COUNT && app->news_came; pane++)
        app_note_changes(app, pane, &app->tables[!next][pane]);
    app->news_came = false;
    app_mark(app);
    app_build_detail(app);
    mode_build(app);
}

/* ---- drawing ---- */

static void
on_change(void *context)
{
    struct app *app = context;
    app->change_timer = 0;
    app->time_wanted = true;
}

static void
wake_at(struct app *app, int64_t changes_at, int64_t now_ms)
{
    loop_cancel(app->loop, app->change_timer);
    app->change_timer = 0;
    if (changes_at == INT64_MAX || clock_is_frozen() || app->as_of)
        return;
    int64_t delay = changes_at - now_ms;
    app->change_timer = loop_after(app->loop, delay < 100 ? 100 : delay, on_change, app);
}

void
app_draw(struct app *app)
{
    int64_t now_ms = app_now_ms(app);
    struct frame frame = {
        .layout = &app->layout,
        .views = app->views,
        .tables = app->tables[app->tables_now],
        .focus = app->focus,
        .snap = app_snapshot(app),
        .settings = &app->settings,
        .title =
            text_is_empty(app->options->title) ? app->options->profile->name : app->options->title,
        .history_ms = app->options->profile->history_ms,
        .as_of = app->as_of,
        .paused_at = app->paused ? app->paused_at : 0,
        .message = app->message,
        .message_role = app->message_role,
        .detail = &app->detail,
        .detail_table = &app->detail_table,
        .mode = mode_now(app),
    };
    const char *ignored;
    for (int pane = 0; pane < PANE_COUNT; pane++)
        frame.new_items[pane] = app_new_items(app, pane, &ignored);
    app->draw_wanted = false;
    int64_t changes_at = frame_draw(&frame, now_ms, &app->scratch, &app->canvas);
    int64_t rest_ms = -1;
    if (app->paced)
        rest_ms = pace_hold(&app->pace, &app->canvas, term_shown(), clock_monotonic_ms());
    if (rest_ms >= 0 && now_ms + rest_ms < changes_at)
        changes_at = now_ms + rest_ms;
    uint64_t sent_before = term_bytes();
    term_draw(&app->canvas);
    if (app->paced)
        pace_sent(&app->pace, (int)(term_bytes() - sent_before), clock_monotonic_ms());

    struct freshness_summary fresh = frame_freshness(frame.snap, now_ms);
    if (fresh.state != FRESH_LIVE && !app->settings.first_frame) {
        int64_t again_ms = POLLER_AGAIN_MS - (clock_monotonic_ms() - app->poller_at);
        if (again_ms <= 0) {
            app_start_poller(app);
            again_ms = POLLER_AGAIN_MS;
        }
        if (now_ms + again_ms < changes_at) /* an age of minutes would put it off for one */
            changes_at = now_ms + again_ms;
    }
    app_tell_stale(app, &fresh);
    wake_at(app, changes_at, now_ms);
    term_title(arena_printf(&app->scratch, "tocsin %s: %s",
                            text_clean(&app->scratch, frame.title, 64), fresh_word(fresh.state)));
}
