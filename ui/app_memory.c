/*
 * What is remembered over restarts: how panes were filtered, ordered and laid out, where their cursors stood, what was typed.
 * Noted at a key, and at the end; written when idle.
 */

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "ui/app_internal.h"

#define WRITE_AFTER_MS 1000
#define LINES_MAX 150 /* read back: filters, searches and commands together */

/* ---- where the cursor stood: its item, the first on screen, and what the view needs, a line each ---- */

static bool
is_at_top(const struct view *view, const struct table *table)
{
    size_t row = cursor_row(&view->cursor, table), first = 0;
    while (first < table->rows_len && !*table->rows[first].id)
        first++;
    return !*view->cursor.top && !table->more_above && (row == first || row == SIZE_MAX);
}

/* "" = the top: what comes meanwhile is seen at once. */
static const char *
place_of(struct app *app, int pane)
{
    const struct view *view = &app->views[pane];
    struct arena *arena = &app->scratch;
    bool shown = app->layout.panes[pane].shown;
    const char *more = "";
    if (!*view->cursor.id || (shown && is_at_top(view, app_table(app, pane))))
        return "";
    if (shown && view->ops->place)
        more = view->ops->place(view, app_snapshot(app), arena);
    return more ? arena_printf(arena, "%s\n%s\n%s", view->cursor.id, view->cursor.top, more) : "";
}

static void
take_line(const char **text, char *out, size_t size)
{
    size_t len = strcspn(*text, "\n");
    (void)snprintf(out, size, "%.*s", (int)len, *text); /* no longer than it was noted */
    *text += len + ((*text)[len] == '\n');
}

static void
recall_place(struct view *view, const struct pane_state *state)
{
    const char *text = state->item;
    take_line(&text, view->cursor.id, sizeof view->cursor.id);
    take_line(&text, view->cursor.top, sizeof view->cursor.top);
    if (*view->cursor.id && view->ops->recall)
        view->ops->recall(view, text, state->left_at);
}

void
app_note_places(struct app *app)
{
    if (app_snapshot(app)->present)
        for (int pane = 0; pane < PANE_COUNT; pane++)
            app_note_pane(app, pane);
}

/* ---- panes ---- */

void
app_recall_panes(struct app *app)
{
    struct error err = {0};
    const struct pane_state *states;
    size_t len;
    if (!pane_state_list(reader_private(app->reader), reader_upstream(app->reader), &app->scratch,
                         &states, &len, &err)) {
        app_say_failure(app, &err, "cannot read how the panes were left");
        return;
    }
    for (size_t i = 0; i < len; i++)
        for (int pane = 0; pane < PANE_COUNT; pane++) {
            struct query *query = &app->views[pane].query;
            if (strcmp(states[i].pane, views[pane]->name) != 0)
                continue;
            query_restore(query, states[i].filter);
            query_order(query, states[i].sort);
            if (views[pane]->take_form)
                views[pane]->take_form(&app->views[pane], states[i].columns);
            recall_place(&app->views[pane], &states[i]);
        }
}

/* "filter env=prod" is a line of the palette, and what `/` was once given. */
static void
recall_line(struct app *app, const char *line)
{
    static const char filter[] = "filter ", search[] = "search ";
    if (strncmp(line, filter, sizeof filter - 1) == 0)
        line_history_add(&app->filters, line + sizeof filter - 1);
    else if (strncmp(line, search, sizeof search - 1) == 0)
        line_history_add(&app->searches, line + sizeof search - 1);
    else
        line_history_add(&app->commands, line);
}

void
app_recall_lines(struct app *app)
{
    struct error err = {0};
    const struct palette_use *uses;
    size_t len;
    if (app->recalled_lines)
        return;
    app->recalled_lines = true;
    if (!palette_use_list(reader_private(app->reader), LINES_MAX, &app->scratch, &uses, &len,
                          &err)) {
        app_say_failure(app, &err, "cannot read what was typed before");
        return;
    }
    while (len > 0) /* oldest first: what is added last is the newest */
        recall_line(app, uses[--len].line);
}

static void
write_notes(void *context)
{
    struct app *app = context;
    app->notes_timer = 0;
    app_write_notes(app);
}

static void
write_later(struct app *app)
{
    if (local_batch_is_full(&app->notes))
        app_write_notes(app);
    if (!app->notes_timer)
        app->notes_timer = loop_after(app->loop, WRITE_AFTER_MS, write_notes, app);
}

void
app_note_pane(struct app *app, int pane)
{
    const struct view *view = &app->views[pane];
    const struct query *query = &view->query;
    struct pane_state state = {
        .pane = views[pane]->name,
        .filter = query->text,
        .sort = query_is_sorted(query) ? query->sort->name : "",
        .item = place_of(app, pane),
        .columns = view->ops->form ? view->ops->form(view) : "",
    };
    local_batch_pane(&app->notes, &state, clock_now_ms());
    write_later(app);
}

void
app_note_line(struct app *app, const char *line)
{
    app_recall_lines(app);
    recall_line(app, line);
    local_batch_used(&app->notes, line, clock_now_ms());
    write_later(app);
}

void
app_write_notes(struct app *app)
{
    struct error err = {0};
    if (!app->reader || local_batch_is_empty(&app->notes))
        return;
    if (!local_batch_write(&app->notes, reader_private(app->reader), reader_upstream(app->reader),
                           &err))
        log_failure(LOG_WARNING, &err, "cannot keep how the panes were left");
}
