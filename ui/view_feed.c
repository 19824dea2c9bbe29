#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "store/past.h"
#include "ui/columns.h"
#include "ui/view.h"

/* In the order they stand. */
enum feed_cell {
    CELL_STATE,
    CELL_SEVERITY,
    CELL_TITLE,
    CELL_SOURCE,
    CELL_TEAM,
    CELL_ENVIRONMENT,
    CELL_OWNER,
    CELL_AGE,
    CELL_TIMES,
    CELL_INCIDENT,
    CELL_COUNT,
};

#define OPEN_MAX 8

struct feed_state {
    bool folded;                       /* a group of alerts is one row */
    char open[OPEN_MAX][ITEM_ID_SIZE]; /* ids of groups whose alerts are shown; "" = none */
    int open_next;
    bool reveals;        /* the next window shows the cursor's alert even if it is in a group */
    bool to_end;         /* the next window is the last one */
    int64_t looked_at;   /* until then the list was looked at the last time; 0 = never */
    int64_t seen_at;     /* newest firing alert when the top of the list was last on screen */
    int64_t recalled_at; /* the cursor is that of a former run, which ended then; 0 = it is not */
    bool recalled_over;  /* … on an alert that was resolved already */
    int widest[CELL_COUNT]; /* columns only grow, so that nothing jumps while one scrolls */
};

/* "x12": how often it fired in a day; "" = once. Of a group: how many there are. */
#define TIMES_SIZE 8
static const char *
times_text(const struct feed_row *row, char out[TIMES_SIZE])
{
    out[0] = '\0';
    if (row->alerts_len)
        (void)snprintf(out, TIMES_SIZE, row->has_more ? ">%d" : "x%d",
                       (int)(row->alerts_len & 0xfff)); /* fits */
    if (row->times_in_day > 1)
        (void)snprintf(out, TIMES_SIZE, "x%d", (int)(row->times_in_day & 0xfff)); /* fits */
    return out;
}

/* A group is told by its sign, and its alerts stand behind it. */
static const char *
title_text(const struct feed_row *row, struct arena *arena)
{
    const char *sign = row->is_member ? "  " : !row->alerts_len ? "" : row->is_open ? "- " : "+ ";
    return *sign ? arena_printf(arena, "%s%s", sign, row->title) : row->title;
}

static void
measure(struct feed_state *state, const struct feed_window *window, struct arena *scratch)
{
    char times[TIMES_SIZE];
    for (size_t i = 0; i < window->rows_len; i++) {
        const struct feed_row *row = &window->rows[i];
        columns_widen(&state->widest[CELL_TITLE], title_text(row, scratch));
        columns_widen(&state->widest[CELL_SOURCE], row->source);
        columns_widen(&state->widest[CELL_TEAM], row->team);
        columns_widen(&state->widest[CELL_ENVIRONMENT], row->environment);
        columns_widen(&state->widest[CELL_OWNER], row->owner);
        columns_widen(&state->widest[CELL_INCIDENT], row->incident_reference);
        columns_widen(&state->widest[CELL_TIMES], times_text(row, times));
    }
}

static const char *const resources[] = {"firing_alerts", NULL};

/* What is new, when the top of the list is scrolled away; else it is all seen now. */
static bool
look_for_new(struct view *view, struct store *store, struct snapshot *snap, struct error *err)
{
    struct feed_state *state = view->state;
    if (*view->cursor.top)
        return !state->seen_at ||
               window_feed_new(store, state->seen_at, &snap->arena, &snap->feed, err);
    for (size_t i = 0; !view->held && i < snap->feed.rows_len; i++) {
        const struct feed_row *row = &snap->feed.rows[i];
        if (strcmp(row->status, "firing") == 0 && row->feed_at > state->seen_at)
            state->seen_at = row->feed_at;
    }
    return true;
}

/*
 * A place of a former run is taken up unless something began to fire since, or its alert was resolved meanwhile: the list then
 * begins at its top, where one has to look.
 */
static bool
take_up_place(struct view *view, struct store *store, struct arena *arena, struct error *err)
{
    struct feed_state *state = view->state;
    struct feed_window since = {0}, at = {0};
    const char *const id[] = {view->cursor.id};
    const struct window_request request = {.filter = view->query.filter};
    if (!state->recalled_at)
        return true;
    if (!window_feed_new(store, state->recalled_at, arena, &since, err) ||
        !window_feed_held(store, &request, id, 1, arena, &at, err))
        return false;
    bool over = at.elsewhere_len && strcmp(at.elsewhere[0].status, "resolved") == 0;
    if (since.new_len || !at.elsewhere_len || (over && !state->recalled_over))
        view->cursor = (struct cursor){{0}, {0}, 0};
    else
        state->seen_at = state->recalled_at;
    state->recalled_at = 0;
    return true;
}

/* ---- groups ---- */

static const char *const *
open_groups(const struct feed_state *state, struct arena *arena)
{
    const char **ids = arena_new_array(arena, OPEN_MAX + 1, const char *);
    size_t len = 0;
    for (int i = 0; i < OPEN_MAX; i++)
        if (*state->open[i])
            ids[len++] = state->open[i];
    ids[len] = NULL;
    return ids;
}

static void
open_group(struct feed_state *state, const char *id)
{
    char *slot = state->open[state->open_next];
    state->open_next = (state->open_next + 1) % OPEN_MAX;
    (void)snprintf(slot, ITEM_ID_SIZE, "%s", id); /* as the ids of rows */
}

/* An alert that is looked for by itself is not left in its group. */
static bool
reveal(struct view *view, struct store *store, struct window_request *request,
       struct snapshot *snap, struct error *err)
{
    struct feed_state *state = view->state;
    const bool wanted = state->reveals && !window_feed_is_group(view->cursor.id);
    state->reveals = false;
    if (!wanted || text_is_empty(snap->feed.shown_as) || !window_feed_is_group(snap->feed.shown_as))
        return true;
    open_group(state, snap->feed.shown_as);
    request->open = open_groups(state, &snap->arena);
    return window_feed(store, request, &snap->arena, &snap->feed, err);
}

static bool
load(struct view *view, struct store *store, int64_t now_ms, const struct snapshot *before,
     struct snapshot *snap, struct error *err)
{
    struct feed_state *state = view->state;
    if (!take_up_place(view, store, &snap->arena, err))
        return false;
    struct window_request request = {
        .id = view->cursor.id,
        .to_end = state->to_end,
        .rows = view_window_rows(view),
        .filter = view->query.filter,
        .sort = view->query.sort,
        .brief = view->settings->first_frame,
        .folded = state->folded,
        .open = open_groups(state, &snap->arena),
    };
    state->to_end = false;
    bool known_place = !query_is_sorted(&view->query); /* a row has the first sort's numbers */
    for (size_t i = 0; known_place && i < before->feed.rows_len; i++)
        if (strncmp(before->feed.rows[i].id, view->cursor.id, ITEM_ID_SIZE - 1) == 0) {
            request.place[0] = before->feed.rows[i].feed_rank;
            request.place[1] = before->feed.rows[i].feed_at;
        }
    if (!window_feed(store, &request, &snap->arena, &snap->feed, err) ||
        !reveal(view, store, &request, snap, err) || !query_count(&view->query, store, err) ||
        !window_feed_held(store, &request, view->held_ids, view->held_ids_len, &snap->arena,
                          &snap->feed, err))
        return false;
    if (!view->settings->first_frame &&
        !window_feed_maintenance(store, now_ms, &snap->arena, &snap->feed, err))
        return false;
    measure(state, &snap->feed, &snap->arena);
    return look_for_new(view, store, snap, err);
}

/* ---- cells ---- */

struct state_look {
    const char *letter;
    enum role role;
};

static struct state_look
state_of(const struct feed_row *row)
{
    if (strcmp(row->status, "resolved") == 0)
        return (struct state_look){"R", ROLE_STATE_RESOLVED};
    if (row->is_held)
        return (struct state_look){"M", ROLE_STATE_SUPPRESSED};
    if (strcmp(row->escalation, "acked") == 0)
        return (struct state_look){"A", ROLE_STATE_ACKNOWLEDGED};
    if (strcmp(row->escalation, "snoozed") == 0)
        return (struct state_look){"Z", ROLE_STATE_SNOOZED};
    return (struct state_look){"F", ROLE_STATE_FIRING};
}

/* What leaves a narrow pane is in the detail still. */
static const struct list_column columns[CELL_COUNT] = {
    [CELL_STATE] = {{"state", 1, 0, 0, ALIGN_LEFT}, 0, 0},
    [CELL_SEVERITY] = {{"sev", 2, 1, 0, ALIGN_LEFT}, 0, 0},
    [CELL_TITLE] = {{"title", 0, 1, 0, ALIGN_LEFT}, 0, 0},
    [CELL_SOURCE] = {{"source", 0, 2, 0, ALIGN_LEFT}, 16, 3},
    [CELL_TEAM] = {{"team", 0, 2, 0, ALIGN_LEFT}, 14, 5},
    [CELL_ENVIRONMENT] = {{"env", 0, 2, 0, ALIGN_LEFT}, 8, 2},
    [CELL_OWNER] = {{"owner", 0, 2, 0, ALIGN_LEFT}, 18, 1},
    [CELL_AGE] = {{"age", 3, 2, 0, ALIGN_RIGHT}, 0, 0},
    [CELL_TIMES] = {{"times", 0, 2, 0, ALIGN_LEFT}, 4, 0},
    [CELL_INCIDENT] = {{"incident", 0, 2, 0, ALIGN_LEFT}, 10, 4},
};
#define TITLE_MIN_COLS 38
#define TITLE_ENOUGH_COLS 64

static const char *
severity_text(const struct feed_row *row)
{
    static const char *const names[] = {"S1", "S2", "S3", "S4"};
    return row->severity_digit >= 1 && row->severity_digit <= 4 ? names[row->severity_digit - 1]
                                                                : "--";
}

/* What no longer fires steps back as a whole. */
static enum role
role_in(const struct feed_row *row, enum role role)
{
    return strcmp(row->status, "resolved") == 0 ? ROLE_STATE_RESOLVED : role;
}

/* How long it has burned is what one looks for in what nobody has taken yet. */
static enum role
role_of_age(const struct feed_row *row)
{
    return state_of(row).role == ROLE_STATE_FIRING ? ROLE_AGE_FIRING : role_in(row, ROLE_AGE);
}

static unsigned
marks_of(const struct feed_state *state, const struct feed_row *row)
{
    bool is_new = state->looked_at && row->feed_at > state->looked_at;
    return (strcmp(row->status, "resolved") == 0 ? ROW_OVER : 0u) | (is_new ? ROW_UNREAD : 0u);
}

static void
put_cell(struct table *table, const struct feed_row *row, enum feed_cell cell, int64_t now_ms)
{
    struct state_look state = state_of(row);
    char times[TIMES_SIZE];
    switch (cell) {
    case CELL_STATE:
        table_cell(table, state.role, state.letter);
        break;
    case CELL_SEVERITY:
        table_cell(table, role_in(row, role_of_severity(row->severity_digit)), severity_text(row));
        break;
    case CELL_TITLE:
        table_cell(table, role_in(row, ROLE_TEXT), title_text(row, table->arena));
        break;
    case CELL_SOURCE:
        table_cell(table, role_in(row, ROLE_MUTED), row->source);
        break;
    case CELL_ENVIRONMENT:
        table_cell(table, role_in(row, ROLE_MUTED), row->environment);
        break;
    case CELL_TEAM:
        table_cell(table, role_in(row, ROLE_TEXT), row->team);
        break;
    case CELL_OWNER:
        table_cell(table, role_in(row, ROLE_PERSON), row->owner);
        break;
    case CELL_AGE:
        view_age(table, role_of_age(row), row->feed_at, now_ms);
        break;
    case CELL_TIMES:
        table_cell(table, role_in(row, ROLE_TEXT), times_text(row, times));
        break;
    case CELL_INCIDENT:
        table_cell(table, role_in(row, ROLE_REFERENCE), row->incident_reference);
        break;
    case CELL_COUNT:
        break;
    }
}

/* Two lines an item, for a narrow screen. */
static void
put_phone(struct table *table, const struct feed_row *row, unsigned marks, int64_t now_ms)
{
    struct state_look state = state_of(row);
    char age[AGE_SIZE], times[TIMES_SIZE];
    table_line(table, row->id);
    table_item(table, row->title, marks);
    table_span(table, state.role, state.letter);
    table_span(table, ROLE_TEXT, " ");
    table_span(table, role_in(row, role_of_severity(row->severity_digit)), severity_text(row));
    table_span(table, ROLE_TEXT, " ");
    table_span(table, role_in(row, ROLE_TEXT), title_text(row, table->arena));
    table_line(table, row->id);
    table_item(table, row->title, marks);
    table_pad_to(table, 5);
    table_span(table, role_of_age(row), age_text(now_ms - row->feed_at, age));
    table_changes_at(table, now_ms + age_next_change_ms(row->feed_at, now_ms));
    table_pad_to(table, 10);
    const char *gap = "";
    if (*row->incident_reference) {
        table_span(table, role_in(row, ROLE_REFERENCE), row->incident_reference);
        gap = "  ";
    }
    if (*times_text(row, times)) {
        table_span_printf(table, role_in(row, ROLE_TEXT), "%s%s", gap, times);
        gap = "  ";
    }
    const char *const rest[] = {row->team, row->source};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        if (*rest[i]) {
            table_span(table, ROLE_MUTED, gap);
            table_span(table, ROLE_MUTED, rest[i]);
            gap = "  ";
        }
}

static void
build(const struct view *view, const struct snapshot *snap, int64_t now_ms, struct arena *arena,
      struct table *table)
{
    const struct feed_state *state = view->state;
    struct column *shown = arena_new_array(arena, LIST_COLUMNS_MAX, struct column);
    size_t cells[LIST_COLUMNS_MAX];
    size_t shown_len = columns_choose(columns, CELL_COUNT, state->widest, view->cols - 1,
                                      TITLE_MIN_COLS, TITLE_ENOUGH_COLS, shown, cells);
    table_init(table, arena, view->cols, shown, shown_len);
    table->mark_cols = view->size == SIZE_PHONE ? 1 : 2;
    table->more_above = snap->feed.more_above;
    table->more_below = snap->feed.more_below;

    struct freshness_summary fresh = view_freshness(view, snap, now_ms);
    bool known = fresh.state == FRESH_LIVE;
    char count[COUNT_SIZE], age[AGE_SIZE];
    count_text(snap->header.firing_total, count);
    if (fresh.source && fresh.source->last_complete_at)
        view_tally(view, snap->header.firing_total, view->query.count.firing_matching,
                   known ? "" : "?", table);
    if (state->folded)
        table_title(table, ROLE_MUTED, "  folded");

    if (snap->feed.rows_len == 0) {
        int64_t firing = snap->header.firing_total;
        if (view_explain_empty(view, snap, now_ms, "alerts", table) ||
            view_explain_filter(view, firing ? firing : view->query.count.total, table))
            return;
        if (known)
            table_empty(table, ROLE_MUTED, "No firing alerts, and none before.");
        else
            table_empty(
                table, ROLE_PROBLEM, "UNKNOWN. Last seen %s firing, %s ago.", count,
                age_text(now_ms - (fresh.source ? fresh.source->last_complete_at : now_ms), age));
        return;
    }

    /* Above the rows: that nothing fires, or that we cannot know. */
    if (!known && fresh.source && fresh.source->last_complete_at) {
        table_line(table, "");
        table_span_printf(table, ROLE_PROBLEM, "UNKNOWN. Last seen %s firing, %s ago.", count,
                          age_text(now_ms - fresh.source->last_complete_at, age));
        table_changes_at(table,
                         now_ms + age_next_change_ms(fresh.source->last_complete_at, now_ms));
        table->head_rows = 1;
    } else if (snap->header.firing_total == 0 && known) {
        table_line(table, "");
        table_span(table, ROLE_FRESH_LIVE, "No firing alerts.");
        if (snap->header.resolved_last_at) {
            table_span_printf(table, ROLE_MUTED, " Last one resolved %s ago.",
                              age_text(now_ms - snap->header.resolved_last_at, age));
            table_changes_at(table,
                             now_ms + age_next_change_ms(snap->header.resolved_last_at, now_ms));
        }
        table->head_rows = 1;
    }

    size_t len = snap->feed.rows_len, all = len + (view->held ? snap->feed.elsewhere_len : 0);
    for (size_t i = 0; i < all; i++) {
        const struct feed_row *row = i < len ? &snap->feed.rows[i] : &snap->feed.elsewhere[i - len];
        unsigned marks = marks_of(state, row) | (i < len ? 0u : ROW_ELSEWHERE);
        if (view->size == SIZE_PHONE) {
            put_phone(table, row, marks, now_ms);
            continue;
        }
        table_row(table, row->id);
        table_item(table, row->title, marks);
        for (size_t cell = 0; cell < shown_len; cell++)
            put_cell(table, row, (enum feed_cell)cells[cell], now_ms);
    }
    if (snap->lacks & PAST_LACKS_ALERTS && !snap->feed.more_below) {
        table_line(table, "");
        table_span_printf(table, ROLE_PROBLEM,
                          "Of what was over then, only the newest %d are on this board.",
                          PAST_ALERTS_OVER);
    }
}

void
view_feed_looked(struct view *view, int64_t looked_at)
{
    struct feed_state *state = view->state;
    state->looked_at = looked_at;
}

void
view_feed_reveal(struct view *view)
{
    struct feed_state *state = view->state;
    state->reveals = true;
}

/* The row of the group that the cursor is on, or in; NULL = none. */
static const struct feed_row *
group_at(const struct feed_window *window, const char *id)
{
    const struct feed_row *group = NULL;
    for (size_t i = 0; i < window->rows_len; i++) {
        const struct feed_row *row = &window->rows[i];
        if (!row->is_member)
            group = row->alerts_len ? row : NULL;
        if (strncmp(row->id, id, ITEM_ID_SIZE - 1) == 0)
            return group;
    }
    return NULL;
}

static enum view_answer
show_alerts(struct view *view, const struct feed_row *group, bool open)
{
    struct feed_state *state = view->state;
    if (!group || group->is_open == open || (open && !window_feed_is_group(view->cursor.id)))
        return VIEW_IGNORED;
    if (open) {
        open_group(state, group->id);
        return VIEW_LOAD;
    }
    for (int i = 0; i < OPEN_MAX; i++)
        if (strncmp(state->open[i], group->id, ITEM_ID_SIZE - 1) == 0)
            state->open[i][0] = '\0';
    (void)snprintf(view->cursor.id, ITEM_ID_SIZE, "%s", group->id); /* as the ids of rows */
    return VIEW_LOAD;
}

static enum view_answer
act(struct view *view, enum action_id action, const struct snapshot *snap, int64_t now_ms)
{
    struct feed_state *state = view->state;
    (void)now_ms;
    switch ((int)action) {
    case ACTION_OPEN:
    case ACTION_RIGHT:
        return show_alerts(view, group_at(&snap->feed, view->cursor.id), true);
    case ACTION_LEFT:
        return show_alerts(view, group_at(&snap->feed, view->cursor.id), false);
    case ACTION_FOLD:
        state->folded = !state->folded;
        memset(state->open, 0, sizeof state->open);
        return VIEW_LOAD;
    }
    return view_go_to_end(view, action, snap->feed.more_below, &state->to_end);
}

static const char *
form(const struct view *view)
{
    const struct feed_state *state = view->state;
    return state->folded ? "folded" : "";
}

static void
take_form(struct view *view, const char *name)
{
    struct feed_state *state = view->state;
    state->folded = text_equals(name, "folded");
}

static const char *
shown_as(const struct snapshot *snap)
{
    return snap->feed.shown_as ? snap->feed.shown_as : "";
}

/* Those it had when it was drawn: an alert that joined meanwhile was not seen. */
static bool
members(const struct view *view, const struct snapshot *snap, struct store *store, const char *id,
        struct arena *arena, const char *const **ids, size_t *ids_len, struct error *err)
{
    for (size_t i = 0; i < snap->feed.rows_len; i++) {
        const struct feed_row *row = &snap->feed.rows[i];
        if (!row->alerts_len || strncmp(row->id, id, ITEM_ID_SIZE - 1) != 0)
            continue;
        *ids = row->alert_ids;
        *ids_len = row->alerts_len;
        return true;
    }
    return window_feed_alerts(store, view->query.filter, id, arena, ids, ids_len, err);
}

/* Of a group: what became of its first alert. */
static bool
fate(struct store *store, const char *id, struct arena *arena, struct fate *out, struct error *err)
{
    const char *const *ids;
    size_t len;
    if (!window_feed_alerts(store, NULL, id, arena, &ids, &len, err))
        return false;
    return fate_alert(store, len ? ids[0] : id, arena, out, err);
}

static const char *
place(const struct view *view, const struct snapshot *snap, struct arena *arena)
{
    (void)arena;
    if (snap->feed.new_len)
        return NULL; /* nobody has seen it */
    for (size_t i = 0; i < snap->feed.rows_len; i++)
        if (strncmp(snap->feed.rows[i].id, view->cursor.id, ITEM_ID_SIZE - 1) == 0)
            return strcmp(snap->feed.rows[i].status, "resolved") == 0 ? "over" : "";
    return "";
}

static void
recall(struct view *view, const char *text, int64_t left_at)
{
    struct feed_state *state = view->state;
    state->recalled_at = left_at;
    state->recalled_over = strcmp(text, "over") == 0;
}

static bool
detail(const struct view *view, const struct snapshot *snap, struct store *store, const char *id,
       struct detail *out, struct error *err)
{
    (void)view;
    (void)snap;
    if (window_feed_is_group(id))
        return detail_incident(store, strchr(id, '/') + 1, out, err);
    return detail_alert(store, id, out, err);
}

const struct view_ops view_feed = {
    .name = "alerts",
    .title = "Alerts",
    .kinds = ON_ALERT,
    .holds = true,
    .state_size = sizeof(struct feed_state),
    .resources = resources,
    .load = load,
    .build = build,
    .act = act,
    .place = place,
    .recall = recall,
    .form = form,
    .take_form = take_form,
    .shown_as = shown_as,
    .members = members,
    .fate = fate,
    .detail = detail,
};
