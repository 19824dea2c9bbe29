/* `@`: what goes on behind the panes: how each source is doing and why not, what waits to be sent, what was said. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "store/outbox.h"
#include "ui/app_internal.h"

#define NAME_COLS 24
#define STATE_COLS 12

static void
put_head(struct table *table, const char *title)
{
    if (table->rows_len)
        table_line(table, arena_printf(table->arena, "gap/%s", title));
    table_line(table, arena_printf(table->arena, "head/%s", title));
    table_span(table, ROLE_TITLE_FOCUS, title);
}

static void
put_fact(struct table *table, const char *label, enum role role, const char *text)
{
    table_line(table, label);
    table_span(table, ROLE_LABEL, label);
    table_pad_to(table, NAME_COLS);
    table_span(table, role, text);
}

static const char *
spoken(const char *resource, struct arena *arena)
{
    char *name = arena_text(arena, resource);
    for (char *at = name; *at; at++)
        *at = *at == '_' ? ' ' : *at;
    return name;
}

/* A line each; what went wrong, with the server's name for the request and when it is tried again, in those below. */
static void
put_source(struct table *table, const struct snapshot *snap, const struct source_state *source,
           const struct zone *zone, int64_t now_ms)
{
    const char *one[] = {source->resource, NULL};
    struct freshness_summary fresh = snapshot_freshness(snap, one, now_ms);
    char text[FRESH_SIZE], clock[MOMENT_SIZE], age[AGE_SIZE];
    enum role role = fresh.state == FRESH_DOWN    ? ROLE_FRESH_DOWN
                     : fresh.state == FRESH_STALE ? ROLE_FRESH_STALE
                                                  : ROLE_MUTED;
    table_line(table, source->resource);
    table_span(table, ROLE_TEXT, spoken(source->resource, table->arena));
    table_pad_to(table, NAME_COLS);
    table_span(table, role,
               source->interval_ms || fresh.state != FRESH_LIVE ? fresh_text(&fresh, now_ms, text)
                                                                : "read");
    table_changes_at(table, fresh.changes_at);
    table_pad_to(table, NAME_COLS + STATE_COLS);
    if (source->last_complete_at)
        table_span_printf(table, ROLE_MUTED, "complete %s",
                          moment_text(zone, source->last_complete_at, now_ms, clock));
    if (source->interval_ms)
        table_span_printf(table, ROLE_MUTED, ", every %s", age_text(source->interval_ms, age));
    if (!*source->error_code)
        return;
    table_line(table, source->resource);
    table_pad_to(table, NAME_COLS);
    table_span(table, ROLE_PROBLEM,
               *source->error_message ? source->error_message : source->error_code);
    table_line(table, source->resource);
    table_pad_to(table, NAME_COLS);
    table_span_printf(table, ROLE_MUTED, "since %s",
                      moment_text(zone, source->error_since, now_ms, clock));
    if (!text_is_empty(source->error_request_id))
        table_span_printf(table, ROLE_MUTED, ", request %s", source->error_request_id);
    if (source->retry_at > now_ms) {
        table_span_printf(table, ROLE_TEXT, ", next try in %s",
                          age_text(source->retry_at - now_ms, age));
        table_changes_at(table, now_ms + SECOND_MS);
    }
}

static void
put_sources(struct app *app, struct table *table, const char *title, bool failing, int64_t now_ms)
{
    const struct snapshot *snap = app_snapshot(app);
    bool any = false;
    for (size_t i = 0; i < snap->sources_len; i++) {
        if ((*snap->sources[i].error_code != '\0') != failing)
            continue;
        if (!any)
            put_head(table, title);
        any = true;
        put_source(table, snap, &snap->sources[i], app->settings.zone, now_ms);
    }
}

static void
put_messages(struct app *app, struct table *table, int64_t now_ms)
{
    char clock[MOMENT_SIZE];
    size_t len = app->said_len < SAID_MAX ? app->said_len : SAID_MAX;
    put_head(table, "Said in this session");
    for (size_t i = 1; i <= len; i++) {
        const struct said *said = &app->said[(app->said_len - i) % SAID_MAX];
        table_line(table, arena_printf(table->arena, "said/%zu", app->said_len - i));
        table_span(table, ROLE_MUTED, moment_text(app->settings.zone, said->at, now_ms, clock));
        table_pad_to(table, 12);
        table_span(table, said->role == ROLE_PROBLEM ? ROLE_PROBLEM : ROLE_TEXT, said->text);
    }
    if (len == 0)
        put_fact(table, "nothing yet", ROLE_MUTED, "");
}

/* ---- the outbox ---- */

#define OUTBOX_ID "out/" /* in front of a row's number */
enum { OUTBOX_SHOWN = 100, SENT_SHOWN = 8 };

static enum role
outbox_role(const struct outbox_row *row)
{
    return outbox_is_stuck(row) ? ROLE_PROBLEM : ROLE_MESSAGE;
}

static void
put_write(struct table *table, const struct outbox_row *row, int64_t now_ms)
{
    const char *id = arena_printf(table->arena, OUTBOX_ID "%lld", (long long)row->id);
    char age[AGE_SIZE];
    table_line(table, id);
    table_span(table, outbox_role(row), row->state);
    table_pad_to(table, STATE_COLS);
    table_span(table, ROLE_AGE, age_text(now_ms - row->created_at, age));
    table_pad_to(table, STATE_COLS + 6);
    table_span(table, ROLE_TEXT, row->label);
    if (*row->answer) {
        table_line(table, id);
        table_pad_to(table, STATE_COLS + 6);
        table_span(table, ROLE_PROBLEM, row->answer);
    }
    if (text_equals(row->state, OUTBOX_QUEUED) && *row->answer && row->next_at > now_ms) {
        table_span_printf(table, ROLE_MUTED, ", next try in %s",
                          age_text(row->next_at - now_ms, age));
        table_changes_at(table, now_ms + SECOND_MS);
    }
}

static void
put_outbox(struct app *app, struct table *table, bool only_open, int64_t now_ms)
{
    const struct outbox_row *rows;
    struct error err = {0};
    size_t len, shown = 0;
    if (!outbox_list(reader_private(app->reader), reader_upstream(app->reader), only_open, 0,
                     only_open ? OUTBOX_SHOWN : SENT_SHOWN, table->arena, &rows, &len, &err)) {
        put_fact(table, "outbox", ROLE_PROBLEM, arena_text(table->arena, err.message));
        return;
    }
    for (size_t i = 0; i < len; i++) {
        if (outbox_is_open(&rows[i]) != only_open)
            continue;
        if (!shown++)
            put_head(table, only_open ? "Outbox" : "Sent lately");
        put_write(table, &rows[i], now_ms);
    }
}

/* The write under the cursor: the keys of its own dialog, which Enter opens. */
static bool
key(struct app *app, struct mode *mode, const char *pressed)
{
    const char *chosen = mode_chosen(mode);
    if (strncmp(chosen, OUTBOX_ID, sizeof OUTBOX_ID - 1) != 0)
        return false;
    const char *id = chosen + sizeof OUTBOX_ID - 1;
    if (strcmp(pressed, "Enter") == 0) {
        (void)mode_open(app, &mode_write, id); /* said why not */
        return true;
    }
    return mode_write_key(app, atoll(id), pressed);
}

/* What needs the user comes first. */
static bool
open(struct app *app, struct mode *mode, const char *argument)
{
    const struct outbox_row *rows;
    struct error err = {0};
    size_t len;
    (void)argument;
    if (!outbox_list(reader_private(app->reader), reader_upstream(app->reader), true, 0,
                     OUTBOX_SHOWN, &app->scratch, &rows, &len, &err))
        return true; /* the box says so */
    for (size_t i = 0; i < len && !*mode->cursor.id; i++)
        if (outbox_role(&rows[i]) == ROLE_PROBLEM)
            (void)snprintf(mode->cursor.id, sizeof mode->cursor.id, OUTBOX_ID "%lld",
                           (long long)rows[i].id); /* fits */
    return true;
}

static void
build(struct app *app, struct mode *mode, int cols)
{
    struct table *table = &mode->table;
    const struct snapshot *snap = app_snapshot(app);
    int64_t now_ms = clock_now_ms();
    char count[COUNT_SIZE];
    table_init(table, &mode->arena, cols, NULL, 0);
    put_head(table, "Sending and asking");
    put_fact(table, "writes that wait", ROLE_TEXT,
             snap->header.outbox_queued ? count_text(snap->header.outbox_queued, count) : "none");
    put_fact(table, "rate budget used", ROLE_TEXT,
             snap->header.budget_percent < 0
                 ? "not known"
                 : arena_printf(&mode->arena, "%d%%", snap->header.budget_percent));
    put_outbox(app, table, true, now_ms);
    put_sources(app, table, "Failing", true, now_ms);
    put_outbox(app, table, false, now_ms);
    put_messages(app, table, now_ms);
    put_sources(app, table, "Sources", false, now_ms);
}

const struct mode_ops mode_activity = {
    .title = "Activity",
    .place = PLACE_BODY,
    .line_hints = "Enter look|e edit|r send again|x take back",
    .open = open,
    .build = build,
    .key = key,
};
