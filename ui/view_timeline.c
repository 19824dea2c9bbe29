#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "ui/timeline.h"

#define DAYS_MIN_ROWS 12 /* from so many on days have headings */

static const char *const resources[] = {"live_incidents", "incident_update", NULL};

/* A place of a former run is taken up when the same incident is on screen. */
static bool
take_up_place(struct view *view, struct store *store, struct window_request *request,
              struct snapshot *snap, struct error *err)
{
    struct timeline_state *state = view->state;
    struct timeline_window *window = &snap->timeline;
    if (!window_timeline(store, "", request, &snap->arena, window, err))
        return false;
    if (!window->found || !text_equals(window->incident.id, state->recalled_id)) {
        view->cursor = (struct cursor){{0}, {0}, 0};
    } else if (timeline_find(window, view->cursor.id) == SIZE_MAX) {
        const char *id = view->cursor.id;
        size_t fold = strlen(TIMELINE_FOLD);
        request->id = strncmp(id, TIMELINE_FOLD, fold) == 0 ? id + fold : id;
        request->place[0] = state->recalled_at;
        if (!window_timeline(store, "", request, &snap->arena, window, err))
            return false;
    }
    state->recalled_id[0] = '\0';
    return true;
}

/* ---- incidents declared here that are not upstream yet: behind those that are ---- */

static void
show_declared(struct timeline_window *window, const struct declared_incident *declared)
{
    *window = (struct timeline_window){
        .found = true,
        .is_declared = true,
        .open_ids = window->open_ids,
        .open_len = window->open_len,
        .incident = {.id = declared->key,
                     .reference = "new",
                     .name = declared->name,
                     .summary = "",
                     .status = declared->state,
                     .status_category = "live",
                     .lead = "",
                     .severity = "",
                     .permalink = "",
                     .slack_channel_name = "",
                     .mode = "",
                     .created_at = declared->at},
    };
}

static void
list_declared(const struct snapshot *snap, struct arena *arena, struct timeline_window *window)
{
    const char **ids =
        arena_new_array(arena, window->open_len + snap->declared_len + 1, const char *);
    size_t len = 0;
    for (; len < window->open_len; len++)
        ids[len] = window->open_ids[len];
    for (size_t i = 0; i < snap->declared_len; i++)
        if (!*snap->declared[i].id)
            ids[len++] = snap->declared[i].key;
    window->open_ids = ids;
    window->open_len = len;
}

/* The one on screen has an id now. */
static void
follow_declared(struct timeline_state *state, const struct snapshot *snap)
{
    for (size_t i = 0; i < snap->declared_len; i++)
        if (*snap->declared[i].id && strcmp(snap->declared[i].key, state->incident_id) == 0)
            (void)snprintf(state->incident_id, sizeof state->incident_id, "%s",
                           snap->declared[i].id); /* ids that long are not found */
}

static const struct declared_incident *
declared_on_screen(const struct timeline_state *state, const struct snapshot *snap)
{
    for (size_t i = 0; i < snap->declared_len; i++)
        if (!*snap->declared[i].id && (strcmp(snap->declared[i].key, state->incident_id) == 0 ||
                                       (!*state->incident_id && !snap->timeline.found)))
            return &snap->declared[i];
    return NULL;
}

/* The one that was chosen; "" = the most severe open one, unless keys are typed about another: then that one stays. */
static const char *
incident_to_read(const struct view *view, const struct snapshot *before)
{
    const struct timeline_state *state = view->state;
    const struct timeline_window *shown = &before->timeline;
    const bool stays =
        !*state->incident_id && view->has_keys && shown->found && !shown->is_declared;
    return stays ? shown->incident.id : state->incident_id;
}

static bool
load(struct view *view, struct store *store, int64_t now_ms, const struct snapshot *before,
     struct snapshot *snap, struct error *err)
{
    (void)now_ms;
    struct timeline_state *state = view->state;
    struct window_request request = {.rows = view_window_rows(view),
                                     .filter = view->query.filter,
                                     .sort = view->query.sort,
                                     .brief = view->settings->first_frame};
    size_t at = timeline_find(&before->timeline, view->cursor.id);
    request.to_end = state->to_end;
    state->to_end = false;
    if (at != SIZE_MAX) {
        request.id = before->timeline.events[at].id;
        request.place[0] = before->timeline.events[at].at;
    }
    struct timeline_window *window = &snap->timeline;
    if (*state->recalled_id)
        return take_up_place(view, store, &request, snap, err);
    follow_declared(state, snap);
    const char *incident_id = incident_to_read(view, before);
    if (!window_timeline(store, incident_id, &request, &snap->arena, window, err))
        return false;
    list_declared(snap, &snap->arena, window);
    const struct declared_incident *declared = declared_on_screen(state, snap);
    if (declared)
        show_declared(window, declared);
    if (window->found || !*incident_id)
        return true;
    state->incident_id[0] = '\0'; /* deleted meanwhile: back to what is open */
    if (!window_timeline(store, "", &request, &snap->arena, window, err))
        return false;
    list_declared(snap, &snap->arena, window);
    return true;
}

static void
build(const struct view *view, const struct snapshot *snap, int64_t now_ms, struct arena *arena,
      struct table *table)
{
    struct timeline timeline = {.view = view,
                                .state = view->state,
                                .window = &snap->timeline,
                                .now_ms = now_ms,
                                .table = table,
                                .time_cols = 5,
                                .by_day = view->rows >= DAYS_MIN_ROWS &&
                                          view->settings->time_style != TIME_RELATIVE};
    const struct timeline_window *window = timeline.window;
    if (window->found && text_equals(timeline.state->seen_id, window->incident.id))
        timeline.seen_at = timeline.state->seen_at;
    struct column *columns = arena_new_array(arena, 4, struct column);
    char time[MOMENT_SIZE + 1];

    /* As wide as the longest time needs: an event of last week names its day where no heading does. */
    for (size_t i = 0; i < window->events_len; i++) {
        int cols = (int)strlen(timeline_time(&timeline, &window->events[i], time));
        timeline.time_cols = cols > timeline.time_cols ? cols : timeline.time_cols;
    }
    columns[0] = (struct column){"time", timeline.time_cols, 0, 0, ALIGN_LEFT};
    columns[1] = (struct column){"who", 8, 2, 0, ALIGN_LEFT};
    columns[2] = (struct column){"kind", 9, 1, 60, ALIGN_LEFT};
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
    timeline_put_title(&timeline);
    timeline_put_head(&timeline);
    if (window->events_len == 0)
        (void)view_explain_filter(view, -1, table); /* else there is nothing to explain */
    if (table->dimmed) {
        table_line(table, "");
        table_span(table, ROLE_PROBLEM, "may be missing newer events");
        table->head_rows = table->rows_len;
    }
    timeline_put_events(&timeline);
}

/* ---- keys ---- */

enum view_answer
view_timeline_show(struct view *view, const char *incident_id)
{
    struct timeline_state *state = view->state;
    (void)snprintf(state->incident_id, sizeof state->incident_id, "%s",
                   incident_id); /* ids that long are not found, and then given up */
    view->cursor = (struct cursor){{0}, {0}, 0};
    return VIEW_LOAD;
}

void
view_timeline_seen(struct view *view, const char *incident_id, int64_t seen_at)
{
    struct timeline_state *state = view->state;
    (void)snprintf(state->seen_id, sizeof state->seen_id, "%s", incident_id);
    state->seen_at = seen_at;
}

/* The open incident before or after the one on screen. */
static enum view_answer
switch_incident(struct view *view, const struct timeline_window *window, int direction)
{
    if (window->open_len == 0)
        return VIEW_BUILD;
    size_t at = 0;
    while (at < window->open_len && strcmp(window->open_ids[at], window->incident.id) != 0)
        at++;
    size_t next = at == window->open_len ? 0
                  : direction > 0        ? (at + 1) % window->open_len
                                         : (at + window->open_len - 1) % window->open_len;
    return view_timeline_show(view, window->open_ids[next]);
}

/* Opens the folded run under the cursor. */
static enum view_answer
unfold(struct view *view, const struct timeline_window *window)
{
    struct timeline_state *state = view->state;
    size_t at = timeline_find(window, view->cursor.id), from, to;
    if (strncmp(view->cursor.id, TIMELINE_FOLD, strlen(TIMELINE_FOLD)) != 0 || at == SIZE_MAX ||
        !timeline_run_of(window, at, &from, &to))
        return VIEW_IGNORED;
    char *slot = state->unfolded[state->unfolded_next];
    state->unfolded_next = (state->unfolded_next + 1) % TIMELINE_UNFOLDED_MAX;
    (void)snprintf(slot, ITEM_ID_SIZE, "%s", window->events[at].id);
    (void)snprintf(view->cursor.id, ITEM_ID_SIZE, "%s", window->events[from].id);
    return VIEW_BUILD;
}

/* Folds the run the cursor is in, if it was opened. */
static enum view_answer
fold(struct view *view, const struct timeline_window *window)
{
    struct timeline_state *state = view->state;
    size_t at = timeline_find(window, view->cursor.id), from, to;
    if (at == SIZE_MAX || !timeline_run_of(window, at, &from, &to) ||
        !timeline_is_unfolded(state, window, from, to))
        return VIEW_IGNORED;
    for (size_t i = from; i < to; i++)
        for (int j = 0; j < TIMELINE_UNFOLDED_MAX; j++)
            if (strncmp(state->unfolded[j], window->events[i].id, ITEM_ID_SIZE - 1) == 0)
                state->unfolded[j][0] = '\0';
    char id[ITEM_ID_SIZE];
    (void)snprintf(id, sizeof id, TIMELINE_FOLD "%s", window->events[at].id); /* cut like all ids */
    (void)snprintf(view->cursor.id, ITEM_ID_SIZE, "%s", id);
    return VIEW_BUILD;
}

static enum view_answer
act(struct view *view, enum action_id action, const struct snapshot *snap, int64_t now_ms)
{
    struct timeline_state *state = view->state;
    (void)now_ms;
    switch ((int)action) {
    case ACTION_PREVIOUS_TAB:
        return switch_incident(view, &snap->timeline, -1);
    case ACTION_NEXT_TAB:
        return switch_incident(view, &snap->timeline, 1);
    case ACTION_OPEN:
    case ACTION_RIGHT:
        return unfold(view, &snap->timeline);
    case ACTION_LEFT:
        return fold(view, &snap->timeline);
    case ACTION_FOLD:
        state->all_open = !state->all_open;
        return VIEW_BUILD;
    }
    return view_go_to_end(view, action, snap->timeline.more_below, &state->to_end);
}

static const char *
place(const struct view *view, const struct snapshot *snap, struct arena *arena)
{
    const struct timeline_window *window = &snap->timeline;
    size_t at = timeline_find(window, view->cursor.id);
    return at == SIZE_MAX ? NULL
                          : arena_printf(arena, "%lld %s", (long long)window->events[at].at,
                                         window->incident.id);
}

static void
recall(struct view *view, const char *text, int64_t left_at)
{
    struct timeline_state *state = view->state;
    char *end;
    (void)left_at;
    state->recalled_at = strtoll(text, &end, 10);
    (void)snprintf(state->recalled_id, sizeof state->recalled_id, "%s",
                   *end == ' ' ? end + 1 : ""); /* as it was noted */
}

static bool
detail(const struct view *view, const struct snapshot *snap, struct store *store, const char *id,
       struct detail *out, struct error *err)
{
    (void)view;
    const struct timeline_window *window = &snap->timeline;
    size_t at = timeline_find(window, id);
    out->id = out->title = "";
    return at == SIZE_MAX || detail_event(store, &window->events[at], &window->incident, out, err);
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
    .place = place,
    .recall = recall,
    .detail = detail,
};
