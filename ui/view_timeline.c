#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/view.h"

struct timeline_state {
    char incident_id[ITEM_ID_SIZE]; /* chosen with [ and ]; "" = the most severe open one */
    bool to_end;                    /* the next window is the last one */
};

#define WINDOW_HEIGHTS 2
#define WINDOW_MIN_ROWS 20

static const char *const resources[] = {"live_incidents", "incident_update", NULL};

static bool
load(struct view *view, struct store *store, int64_t now_ms, const struct snapshot *before,
     struct snapshot *snap, struct error *err)
{
    (void)now_ms;
    struct timeline_state *state = view->state;
    int rows = view->rows * WINDOW_HEIGHTS;
    struct window_request request = {.rows = rows < WINDOW_MIN_ROWS ? WINDOW_MIN_ROWS : rows};
    request.to_end = state->to_end;
    state->to_end = false;
    for (size_t i = 0; i < before->timeline.events_len; i++)
        if (strncmp(before->timeline.events[i].id, view->cursor.id, ITEM_ID_SIZE - 1) == 0) {
            request.id = view->cursor.id;
            request.place[0] = before->timeline.events[i].at;
        }
    struct timeline_window *window = &snap->timeline;
    if (!window_timeline(store, state->incident_id, &request, &snap->arena, window, err))
        return false;
    if (window->found || !*state->incident_id)
        return true;
    state->incident_id[0] = '\0'; /* deleted meanwhile: back to what is open */
    return window_timeline(store, "", &request, &snap->arena, window, err);
}

/* ---- cells ---- */

/* In front of the text: what happened to an alert, as a letter. */
static void
put_letter(const struct timeline_event *event, struct table *table)
{
    if (strcmp(event->kind, "alert") == 0)
        table_span(table, ROLE_STATE_FIRING, "F ");
    else if (strcmp(event->kind, "resolved") == 0)
        table_span(table, ROLE_STATE_RESOLVED, "R ");
    else if (strcmp(event->kind, "ack") == 0)
        table_span(table, ROLE_STATE_ACKNOWLEDGED, "A ");
}

static enum role
role_of_event(const struct timeline_event *event)
{
    return strcmp(event->kind, "resolved") == 0 ? ROLE_STATE_RESOLVED
           : strcmp(event->kind, "page") == 0   ? ROLE_MUTED
                                                : ROLE_TEXT;
}

/* "2m 10s", "3h 05m": how long something took. */
static const char *
span_words(int64_t span_ms, struct arena *arena)
{
    int seconds = (int)(span_ms / SECOND_MS);
    if (seconds < 60)
        return arena_printf(arena, "%ds", seconds);
    if (seconds < 3600)
        return arena_printf(arena, "%dm %02ds", seconds / 60, seconds % 60);
    return arena_printf(arena, "%dh %02dm", seconds / 3600, seconds / 60 % 60);
}

static const char *
event_text(const struct timeline_event *event, struct arena *arena)
{
    if (event->span_ms <= 0)
        return event->text;
    return arena_printf(arena, "%s after %s", event->text, span_words(event->span_ms, arena));
}

/* Change and text as one, for the detail. */
static const char *
event_sentence(const struct timeline_event *event, struct arena *arena)
{
    const char *text = event_text(event, arena);
    return *event->change ? arena_printf(arena, "%s%s%s", event->change, *text ? ": " : "", text)
                          : text;
}

static const char *
event_time(const struct view *view, const struct timeline_event *event, int64_t now_ms,
           char out[MOMENT_SIZE + 1])
{
    char text[MOMENT_SIZE];
    switch (view->settings->time_style) {
    case TIME_RELATIVE:
        age_text(now_ms - event->at, text);
        break;
    case TIME_UTC:
        moment_text(zone_utc(), event->at, now_ms, text);
        break;
    default:
        moment_text(view->settings->zone, event->at, now_ms, text);
        break;
    }
    (void)snprintf(out, MOMENT_SIZE + 1, "%s%s", event->first_seen ? "~" : "", text); /* fits */
    return out;
}

static const char *
severity_name(const struct timeline_incident *incident, struct arena *arena)
{
    if (incident->severity_digit < 1 || incident->severity_digit > 4)
        return incident->severity;
    return arena_printf(arena, "S%d", (int)incident->severity_digit);
}

static void
put_title(const struct view *view, const struct timeline_window *window, int64_t now_ms,
          struct table *table)
{
    const struct timeline_incident *incident = &window->incident;
    char age[AGE_SIZE];
    bool closed = strcmp(incident->status_category, "closed") == 0;

    table_title(table, ROLE_REFERENCE, incident->reference);
    table_title(table, ROLE_TEXT, " ");
    table_title(table, role_of_severity(incident->severity_digit),
                severity_name(incident, table->arena));
    table_title(table, ROLE_TEXT, " ");
    table_title(table, closed ? ROLE_MUTED : ROLE_STRONG, incident->status);
    for (size_t i = 0; window->open_len > 1 && i < window->open_len; i++)
        if (strcmp(window->open_ids[i], incident->id) == 0)
            table_title_printf(table, ROLE_TALLY, "  %d of %d", (int)i + 1, (int)window->open_len);
    if (view->cols >= 60 && view->rows < 12) { /* no room for a head: the title says it */
        table_title(
            table, ROLE_PERSON,
            arena_printf(table->arena, "  %s", view_first_name(table->arena, incident->lead)));
        table_title(
            table, ROLE_AGE,
            arena_printf(table->arena, "  %s", age_text(now_ms - incident->created_at, age)));
        table_changes_at(table, now_ms + age_next_change_ms(incident->created_at, now_ms));
    }
}

/* Two to four rows that stay while events scroll. */
static void
put_head(const struct view *view, const struct timeline_window *window, int64_t now_ms,
         struct table *table)
{
    const struct timeline_incident *incident = &window->incident;
    char age[AGE_SIZE];
    if (view->rows < 12)
        return;

    table_line(table, "");
    table_span(table, ROLE_REFERENCE, incident->reference);
    table_span(table, ROLE_TEXT, " ");
    table_span(table, ROLE_STRONG, incident->name);
    table_line(table, "");
    table_span(table, ROLE_LABEL, "lead ");
    table_span(table, *incident->lead ? ROLE_PERSON : ROLE_LATE,
               *incident->lead ? incident->lead : "nobody");
    table_span(table, ROLE_LABEL, "   age ");
    table_span(table, ROLE_TEXT, age_text(now_ms - incident->created_at, age));
    table_changes_at(table, now_ms + age_next_change_ms(incident->created_at, now_ms));
    if (incident->last_update_at) {
        table_span(table, ROLE_LABEL, "   updated ");
        table_span_printf(table, ROLE_TEXT, "%s ago",
                          age_text(now_ms - incident->last_update_at, age));
        table_changes_at(table, now_ms + age_next_change_ms(incident->last_update_at, now_ms));
    }
    if (view->size == SIZE_LARGE && *incident->slack_channel_name) {
        table_span(table, ROLE_LABEL, "   #");
        table_span(table, ROLE_TEXT, incident->slack_channel_name);
    }
    if (view->rows >= 24 && *incident->summary) {
        table_line(table, "");
        table_span(table, ROLE_MUTED, incident->summary);
    }
    table_rule(table);
    table->head_rows = table->rows_len;
}

static void
note_age(const struct view *view, const struct timeline_event *event, int64_t now_ms,
         struct table *table)
{
    if (view->settings->time_style == TIME_RELATIVE)
        table_changes_at(table, now_ms + age_next_change_ms(event->at, now_ms));
}

#define EVENT_MAX_BYTES 4096

/* Text that would be cut goes on in the next rows, under its own column. */
static void
put_wrapped(const struct view *view, const struct timeline_event *event, const char *time,
            int indent, int64_t now_ms, struct table *table)
{
    const char *const *lines;
    struct arena *arena = table->arena;
    bool lettered = strcmp(event->kind, "alert") == 0 || strcmp(event->kind, "resolved") == 0 ||
                    strcmp(event->kind, "ack") == 0;
    int cols = table->cols - table->mark_cols - indent - 1 - (lettered ? 2 : 0);
    const char *change = text_clean(arena, event->change, EVENT_MAX_BYTES);
    size_t change_len = strlen(change);
    size_t len = text_wrap(arena, text_clean(arena, event_sentence(event, arena), EVENT_MAX_BYTES),
                           cols > 10 ? cols : 10, &lines);

    for (size_t i = 0; i < (len ? len : 1); i++) {
        table_line(table, event->id);
        table_item(table, event_sentence(event, table->arena), 0);
        if (i == 0) {
            table_span(table, ROLE_MUTED, time);
            note_age(view, event, now_ms, table);
            table_pad_to(table, indent - 7);
            const char *who = text_clean(arena, view_first_name(arena, event->who), 64);
            table_span(table, ROLE_PERSON, text_cut(arena, who, 6));
        }
        table_pad_to(table, indent);
        if (i == 0)
            put_letter(event, table);
        table_pad_to(table, indent + (lettered ? 2 : 0));
        if (i < len && i == 0 && change_len && strncmp(lines[0], change, change_len) == 0) {
            table_span(table, ROLE_STRONG, change);
            table_span(table, role_of_event(event), lines[0] + change_len);
        } else if (i < len) {
            table_span(table, role_of_event(event), lines[i]);
        }
    }
}

/* Letter, change and text one after the other. */
static void
put_text(const struct timeline_event *event, struct table *table)
{
    const char *text = event_text(event, table->arena);
    put_letter(event, table);
    table_span(table, ROLE_STRONG, event->change);
    if (*event->change && *text)
        table_span(table, ROLE_TEXT, ": ");
    table_span(table, role_of_event(event), text);
}

static void
put_event(const struct view *view, const struct timeline_event *event, int64_t now_ms,
          int time_cols, struct table *table)
{
    char time[MOMENT_SIZE + 1];
    event_time(view, event, now_ms, time);
    bool has_rows_to_spare = view->size == SIZE_SMALL && view->zoomed;
    if (has_rows_to_spare || view->size == SIZE_MEDIUM || view->size == SIZE_LARGE) {
        put_wrapped(view, event, time, time_cols + 1 + 7, now_ms, table);
        return;
    }
    if (view->size == SIZE_PHONE) {
        table_line(table, event->id);
        table_item(table, event_sentence(event, table->arena), 0);
        table_span(table, ROLE_MUTED, time);
        note_age(view, event, now_ms, table);
        table_span(table, ROLE_MUTED, "  ");
        table_span(table, ROLE_PERSON, event->who);
        table_span(table, ROLE_MUTED, *event->who ? "  " : "");
        table_span(table, ROLE_MUTED, event->kind);
        table_line(table, event->id);
        table_item(table, event_sentence(event, table->arena), 0);
        table_span(table, ROLE_TEXT, "  ");
        put_text(event, table);
        return;
    }
    table_row(table, event->id);
    table_item(table, event_sentence(event, table->arena), 0);
    table_cell(table, ROLE_MUTED, time);
    note_age(view, event, now_ms, table);
    table_cell(table, ROLE_PERSON, view_first_name(table->arena, event->who));
    table_cell(table, ROLE_MUTED, event->kind);
    table_cell(table, ROLE_TEXT, "");
    put_text(event, table);
}

static void
build(const struct view *view, const struct snapshot *snap, int64_t now_ms, struct arena *arena,
      struct table *table)
{
    const struct timeline_window *window = &snap->timeline;
    struct column *columns = arena_new_array(arena, 4, struct column);
    char time[MOMENT_SIZE + 1];
    int time_cols = 5;

    /* As wide as the longest time needs: an event of last week names its day. */
    for (size_t i = 0; i < window->events_len; i++) {
        int cols = (int)strlen(event_time(view, &window->events[i], now_ms, time));
        time_cols = cols > time_cols ? cols : time_cols;
    }
    columns[0] = (struct column){"time", time_cols, 0, 0, ALIGN_LEFT};
    columns[1] = (struct column){"who", 8, 2, 0, ALIGN_LEFT};
    columns[2] = (struct column){"kind", 8, 1, 60, ALIGN_LEFT};
    columns[3] = (struct column){"text", 0, 1, 0, ALIGN_LEFT};
    table_init(table, arena, view->cols, columns, 4);
    table->more_above = window->more_above;
    table->more_below = window->more_below;

    struct freshness_summary fresh = view_freshness(view, snap, now_ms);
    table->dimmed = fresh.state == FRESH_STALE || fresh.state == FRESH_DOWN;
    if (!window->found) {
        if (!view_explain_empty(view, snap, now_ms, "incidents", table))
            table_empty(table, ROLE_MUTED,
                        fresh.state == FRESH_LIVE ? "No open incident."
                                                  : "UNKNOWN. No open incident was known.");
        return;
    }
    put_title(view, window, now_ms, table);
    put_head(view, window, now_ms, table);
    if (table->dimmed) {
        table_line(table, "");
        table_span(table, ROLE_PROBLEM, "may be missing newer events");
        table->head_rows = table->rows_len;
    }
    for (size_t i = 0; i < window->events_len; i++)
        put_event(view, &window->events[i], now_ms, time_cols, table);
}

/* The open incident before or after the one on screen. */
static enum view_answer
switch_incident(struct view *view, const struct timeline_window *window, int direction)
{
    struct timeline_state *state = view->state;
    if (window->open_len == 0)
        return VIEW_BUILD;
    size_t at = 0;
    while (at < window->open_len && strcmp(window->open_ids[at], window->incident.id) != 0)
        at++;
    size_t next = at == window->open_len ? 0
                  : direction > 0        ? (at + 1) % window->open_len
                                         : (at + window->open_len - 1) % window->open_len;
    (void)snprintf(state->incident_id, sizeof state->incident_id, "%s",
                   window->open_ids[next]); /* ids that long are not found, and then given up */
    view->cursor = (struct cursor){{0}, {0}, 0};
    return VIEW_LOAD;
}

static enum view_answer
act(struct view *view, enum action_id action, const struct snapshot *snap, int64_t now_ms)
{
    struct timeline_state *state = view->state;
    (void)now_ms;
    switch ((int)action) {
    case ACTION_FIRST:
    case ACTION_NOW:
        view->cursor.id[0] = view->cursor.top[0] = '\0';
        return VIEW_LOAD;
    case ACTION_LAST:
        if (!snap->timeline.more_below)
            return VIEW_IGNORED;
        state->to_end = true;
        return VIEW_LOAD;
    case ACTION_PREVIOUS_TAB:
        return switch_incident(view, &snap->timeline, -1);
    case ACTION_NEXT_TAB:
        return switch_incident(view, &snap->timeline, 1);
    }
    return VIEW_IGNORED;
}

static bool
detail(const struct view *view, const struct snapshot *snap, struct store *store, const char *id,
       struct detail *out, struct error *err)
{
    (void)view;
    const struct timeline_window *window = &snap->timeline;
    for (size_t i = 0; i < window->events_len; i++)
        if (strncmp(window->events[i].id, id, ITEM_ID_SIZE - 1) == 0)
            return detail_event(store, &window->events[i], &window->incident, out, err);
    return true;
}

const struct view_ops view_timeline = {
    .name = "timeline",
    .title = "Timeline",
    .kinds = ON_EVENT,
    .holds = true,
    .state_size = sizeof(struct timeline_state),
    .resources = resources,
    .load = load,
    .build = build,
    .act = act,
    .detail = detail,
};
