#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "ui/timeline.h"

#define EVENT_MAX_BYTES 4096
#define WHO_COLS 6
#define KIND_COLS 9
#define KIND_MIN_COLS 64

/* ---- runs ---- */

enum run_kind {
    RUN_FIRED,
    RUN_RESOLVED,
    RUN_PAGED,
    RUN_ACKNOWLEDGED,
    RUN_OF_PIPELINE,
    RUN_KIND_COUNT
};

static enum run_kind
run_kind_of(const struct timeline_event *event)
{
    static const char *const kinds[RUN_KIND_COUNT] = {"alert", "resolved", "page", "ack", "run"};
    for (int i = 0; i < RUN_KIND_COUNT; i++)
        if (text_equals(event->kind, kinds[i]))
            return (enum run_kind)i;
    return RUN_KIND_COUNT;
}

bool
timeline_run_of(const struct timeline_window *window, size_t at, size_t *from, size_t *to)
{
    if (run_kind_of(&window->events[at]) == RUN_KIND_COUNT)
        return false;
    *from = at;
    *to = at + 1;
    while (*from > 0 && run_kind_of(&window->events[*from - 1]) != RUN_KIND_COUNT)
        (*from)--;
    while (*to < window->events_len && run_kind_of(&window->events[*to]) != RUN_KIND_COUNT)
        (*to)++;
    return *to - *from >= TIMELINE_RUN_MIN;
}

bool
timeline_is_unfolded(const struct timeline_state *state, const struct timeline_window *window,
                     size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        for (int j = 0; j < TIMELINE_UNFOLDED_MAX; j++)
            if (*state->unfolded[j] &&
                strncmp(state->unfolded[j], window->events[i].id, ITEM_ID_SIZE - 1) == 0)
                return true;
    return false;
}

size_t
timeline_find(const struct timeline_window *window, const char *id)
{
    size_t fold = strlen(TIMELINE_FOLD), len = ITEM_ID_SIZE - 1;
    if (strncmp(id, TIMELINE_FOLD, fold) == 0) {
        id += fold;
        len -= fold;
    }
    for (size_t i = 0; *id && i < window->events_len; i++)
        if (strncmp(window->events[i].id, id, len) == 0)
            return i;
    return SIZE_MAX;
}

/* ---- texts ---- */

/* "2m 10s", "3h 05m": how long something took. */
static const char *
span_words(int64_t span_ms, struct arena *arena)
{
    int seconds = (int)(span_ms % MINUTE_MS / SECOND_MS);
    if (span_ms < MINUTE_MS)
        return arena_printf(arena, "%ds", seconds);
    if (span_ms < HOUR_MS && seconds)
        return arena_printf(arena, "%dm %02ds", (int)(span_ms / MINUTE_MS), seconds);
    return view_length(span_ms, arena);
}

static const char *
event_text(const struct timeline_event *event, struct arena *arena)
{
    if (event->span_ms <= 0)
        return event->text;
    return arena_printf(arena, "%s after %s", event->text, span_words(event->span_ms, arena));
}

const char *
timeline_sentence(const struct timeline_event *event, struct arena *arena)
{
    const char *text = event_text(event, arena);
    return *event->change ? arena_printf(arena, "%s%s%s", event->change, *text ? ": " : "", text)
                          : text;
}

static const struct zone *
zone_of(const struct timeline *timeline)
{
    const struct view_settings *settings = timeline->view->settings;
    return settings->time_style == TIME_UTC ? zone_utc() : settings->zone;
}

const char *
timeline_time(const struct timeline *timeline, const struct timeline_event *event,
              char out[MOMENT_SIZE + 1])
{
    char text[MOMENT_SIZE];
    if (timeline->view->settings->time_style == TIME_RELATIVE)
        age_text(timeline->now_ms - event->at, text);
    else if (timeline->by_day)
        clock_text(zone_of(timeline), event->at, text);
    else
        moment_text(zone_of(timeline), event->at, timeline->now_ms, text);
    (void)snprintf(out, MOMENT_SIZE + 1, "%s%s", event->first_seen ? "~" : "", text); /* fits */
    return out;
}

/* What happened to an alert, as a letter in front of the text; "" = no alert. */
static const char *
letter_of(const struct timeline_event *event)
{
    static const char *const letters[RUN_KIND_COUNT + 1] = {"F ", "R ", "", "A ", "", ""};
    return letters[run_kind_of(event)];
}

static enum role
role_of_letter(const struct timeline_event *event)
{
    static const enum role roles[RUN_KIND_COUNT + 1] = {ROLE_STATE_FIRING, ROLE_STATE_RESOLVED,
                                                        ROLE_TEXT,         ROLE_STATE_ACKNOWLEDGED,
                                                        ROLE_TEXT,         ROLE_TEXT};
    return roles[run_kind_of(event)];
}

static enum role
role_of_event(const struct timeline_event *event)
{
    return text_equals(event->kind, "resolved") ? ROLE_STATE_RESOLVED
           : text_equals(event->kind, "page")   ? ROLE_MUTED
           : text_equals(event->kind, "failed") ? ROLE_PROBLEM
                                                : ROLE_TEXT;
}

/* "+ 12: 8 fired, 3 resolved, 1 page" */
static const char *
run_text(const struct timeline_window *window, size_t from, size_t to, struct arena *arena)
{
    static const char *const one[RUN_KIND_COUNT] = {"fired", "resolved", "page", "ack", "run"};
    static const char *const many[RUN_KIND_COUNT] = {"fired", "resolved", "pages", "acks", "runs"};
    int counts[RUN_KIND_COUNT] = {0};
    bool more = to == window->events_len && window->more_below;
    const char *text = arena_printf(arena, "+ %d%s", (int)(to - from), more ? " or more" : "");
    const char *separator = ": ";
    for (size_t i = from; i < to; i++)
        counts[run_kind_of(&window->events[i])]++;
    for (int i = 0; i < RUN_KIND_COUNT; i++) {
        if (!counts[i])
            continue;
        text = arena_printf(arena, "%s%s%d %s", text, separator, counts[i],
                            counts[i] == 1 ? one[i] : many[i]);
        separator = ", ";
    }
    return text;
}

/* ---- rows ---- */

static bool
is_new(const struct timeline *timeline, const struct timeline_event *event)
{
    return timeline->seen_at && event->at > timeline->seen_at;
}

static void
put_time(struct timeline *timeline, const struct timeline_event *event)
{
    char time[MOMENT_SIZE + 1];
    table_span(timeline->table, is_new(timeline, event) ? ROLE_STRONG : ROLE_MUTED,
               timeline_time(timeline, event, time));
    if (timeline->view->settings->time_style == TIME_RELATIVE)
        table_changes_at(timeline->table,
                         timeline->now_ms + age_next_change_ms(event->at, timeline->now_ms));
}

static void
put_item(struct timeline *timeline, const struct timeline_event *event)
{
    table_line(timeline->table, event->id);
    table_item(timeline->table, timeline_sentence(event, timeline->table->arena), 0);
}

/* Text that would be cut goes on in the next rows, under its own column; the first line goes on where the row is. */
static void
put_wrapped(struct timeline *timeline, const struct timeline_event *event, int indent)
{
    struct table *table = timeline->table;
    struct arena *arena = table->arena;
    const char *const *lines;
    const char *letter = letter_of(event);
    int letter_cols = (int)strlen(letter);
    int cols = table->cols - table->mark_cols - indent - 1 - letter_cols;
    const char *change = text_clean(arena, event->change, EVENT_MAX_BYTES);
    size_t change_len = strlen(change);
    size_t len =
        text_wrap(arena, text_clean(arena, timeline_sentence(event, arena), EVENT_MAX_BYTES),
                  cols > 10 ? cols : 10, &lines);
    for (size_t i = 0; i < len; i++) {
        if (i > 0)
            put_item(timeline, event);
        table_pad_to(table, indent);
        if (i == 0)
            table_span(table, role_of_letter(event), letter);
        table_pad_to(table, indent + letter_cols);
        bool changes = i == 0 && change_len && strncmp(lines[0], change, change_len) == 0;
        if (changes)
            table_span(table, ROLE_STRONG, change);
        table_span(table, role_of_event(event), lines[i] + (changes ? change_len : 0));
    }
}

static const char *
short_who(const struct timeline *timeline, const struct timeline_event *event)
{
    struct arena *arena = timeline->table->arena;
    return text_cut(arena, text_clean(arena, view_first_name(arena, event->who), 64), WHO_COLS);
}

static bool
wraps(const struct view *view)
{
    return view->size != SIZE_SMALL || view->zoomed;
}

/* Narrow panes leave the kind to the text. */
static int
indent_of(const struct timeline *timeline)
{
    int kind = timeline->table->cols >= KIND_MIN_COLS ? KIND_COLS + 1 : 0;
    return timeline->time_cols + 1 + WHO_COLS + 1 + kind;
}

static void
put_event(struct timeline *timeline, const struct timeline_event *event)
{
    struct table *table = timeline->table;
    const struct view *view = timeline->view;
    if (!wraps(view)) {
        char time[MOMENT_SIZE + 1];
        const char *text = event_text(event, table->arena);
        table_row(table, event->id);
        table_item(table, timeline_sentence(event, table->arena), 0);
        table_cell(table, is_new(timeline, event) ? ROLE_STRONG : ROLE_MUTED,
                   timeline_time(timeline, event, time));
        if (view->settings->time_style == TIME_RELATIVE)
            table_changes_at(table,
                             timeline->now_ms + age_next_change_ms(event->at, timeline->now_ms));
        table_cell(table, ROLE_PERSON, view_first_name(table->arena, event->who));
        table_cell(table, ROLE_MUTED, event->kind);
        table_cell(table, role_of_letter(event), letter_of(event));
        table_span(table, ROLE_STRONG, event->change);
        table_span(table, ROLE_TEXT, *event->change && *text ? ": " : "");
        table_span(table, role_of_event(event), text);
        return;
    }
    put_item(timeline, event);
    put_time(timeline, event);
    if (view->size == SIZE_PHONE) {
        table_span(table, ROLE_MUTED, "  ");
        table_span(table, ROLE_PERSON, event->who);
        table_span(table, ROLE_MUTED, *event->who ? "  " : "");
        table_span(table, ROLE_MUTED, event->kind);
        put_item(timeline, event);
        put_wrapped(timeline, event, 2);
        return;
    }
    table_pad_to(table, timeline->time_cols + 1);
    table_span(table, ROLE_PERSON, short_who(timeline, event));
    if (table->cols >= KIND_MIN_COLS) {
        table_pad_to(table, timeline->time_cols + 1 + WHO_COLS + 1);
        table_span(table, ROLE_MUTED, event->kind);
    }
    put_wrapped(timeline, event, indent_of(timeline));
}

/* The row of a run: named after the event in it that the cursor has, so that it stays the same one. */
static void
put_run(struct timeline *timeline, size_t from, size_t to)
{
    const struct timeline_window *window = timeline->window;
    struct table *table = timeline->table;
    size_t at = timeline_find(window, timeline->view->cursor.id);
    size_t oldest = query_is_sorted(&timeline->view->query) ? from : to - 1;
    const struct timeline_event *named =
        &window->events[at != SIZE_MAX && at >= from && at < to ? at : oldest];
    const char *text = run_text(window, from, to, table->arena);
    const char *id = arena_printf(table->arena, TIMELINE_FOLD "%s", named->id);
    bool in_columns = !wraps(timeline->view);
    if (in_columns)
        table_row(table, id);
    else
        table_line(table, id);
    table_item(table, text, 0);
    if (in_columns) {
        char time[MOMENT_SIZE + 1];
        table_cell(table, ROLE_MUTED, timeline_time(timeline, &window->events[from], time));
        table_cell(table, ROLE_TEXT, "");
        table_cell(table, ROLE_MUTED, "alerts");
        table_cell(table, ROLE_MUTED, text);
        return;
    }
    put_time(timeline, &window->events[from]);
    int indent = indent_of(timeline);
    if (table->cols >= KIND_MIN_COLS) {
        table_pad_to(table, indent - KIND_COLS - 1);
        table_span(table, ROLE_MUTED, "alerts");
    }
    table_pad_to(table, timeline->view->size == SIZE_PHONE ? timeline->time_cols + 2 : indent);
    table_span(table, ROLE_MUTED, text_cut(table->arena, text, table_room(table) - 1));
}

/* "Sun 22 Mar", where the day of the events changes; "Today", where it was another before. */
static void
put_day(struct timeline *timeline, int day)
{
    struct civil date = zone_to_civil(zone_utc(), zone_day_at(zone_utc(), day));
    table_line(timeline->table, "");
    if (day == zone_day_number(zone_of(timeline), timeline->now_ms)) {
        table_span(timeline->table, ROLE_TITLE, "Today");
        return;
    }
    table_span_printf(timeline->table, ROLE_TITLE, "%s %d %s", weekday_names[date.weekday],
                      date.day, month_names[date.month - 1]);
    if (date.year != zone_to_civil(zone_of(timeline), timeline->now_ms).year)
        table_span_printf(timeline->table, ROLE_TITLE, " %d", date.year);
}

static void
put_seen(struct timeline *timeline)
{
    char moment[MOMENT_SIZE];
    table_line(timeline->table, "");
    table_span_printf(timeline->table, ROLE_NOW, "%s new since %s",
                      query_is_sorted(&timeline->view->query) ? "v" : "^",
                      moment_text(zone_of(timeline), timeline->seen_at, timeline->now_ms, moment));
}

void
timeline_put_events(struct timeline *timeline)
{
    const struct timeline_window *window = timeline->window;
    const struct zone *zone = zone_of(timeline);
    int day = zone_day_number(zone, timeline->now_ms);
    for (size_t i = 0; i < window->events_len;) {
        const struct timeline_event *event = &window->events[i];
        size_t from = i, to = i + 1;
        bool run = !timeline->state->all_open && timeline_run_of(window, i, &from, &to) &&
                   !timeline_is_unfolded(timeline->state, window, from, to);
        int of_event = zone_day_number(zone, event->at);
        if (i > 0 && is_new(timeline, event - 1) != is_new(timeline, event))
            put_seen(timeline);
        if (timeline->by_day && of_event != day)
            put_day(timeline, of_event);
        day = of_event;
        if (run)
            put_run(timeline, i, to);
        else
            put_event(timeline, event);
        i = run ? to : i + 1;
    }
}
