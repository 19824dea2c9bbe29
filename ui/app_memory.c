/* What is remembered over restarts: how panes were filtered and ordered, what was typed. Noted at a key, written when idle. */

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "ui/app_internal.h"

#define WRITE_AFTER_MS 1000
#define LINES_MAX 150 /* read back: filters, searches and commands together */

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
    const struct query *query = &app->views[pane].query;
    struct pane_state state = {
        .pane = views[pane]->name,
        .filter = query->text,
        .sort = query_is_sorted(query) ? query->sort->name : "",
        .item = "",
        .columns = "",
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
