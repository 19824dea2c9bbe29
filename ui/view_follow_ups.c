#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "store/past.h"
#include "ui/columns.h"
#include "ui/follow_up_groups.h"

/* In the order they stand. */
enum follow_up_cell {
    CELL_LATE,
    CELL_TITLE,
    CELL_INCIDENT,
    CELL_OWNER, /* who has it; the team, when nobody has */
    CELL_PRIORITY,
    CELL_ISSUE,
    CELL_DUE,
    CELL_COUNT,
};

struct follow_ups_state {
    bool to_end; /* the next window is the last one */
    enum follow_up_by by;
    bool done; /* those completed */
};

static const char *const resources[] = {"follow_up", NULL};

/* ---- when it is due ---- */

struct due {
    const char *text;
    enum role role;
    bool late;
    int64_t changes_at;
};

/* Whole local days from now to then: 1 = tomorrow. */
static int64_t
days_until(const struct zone *zone, int64_t now_ms, int64_t then_ms)
{
    int64_t span = zone_day_start(zone, then_ms) - zone_day_start(zone, now_ms);
    return (span + DAY_MS / 2) / DAY_MS; /* a day of a clock change has 23 or 25 hours */
}

static struct due
due_of(const struct follow_up_row *row, const struct zone *zone, int64_t now_ms,
       struct arena *arena)
{
    char age[AGE_SIZE];
    if (row->completed_at)
        return (struct due){
            arena_printf(arena, "%s ago", age_text(now_ms - row->completed_at, age)), ROLE_AGE,
            false, now_ms + age_next_change_ms(row->completed_at, now_ms)};
    if (!row->due_at)
        return (struct due){"no due", ROLE_MUTED, false, INT64_MAX};
    if (row->due_at < now_ms)
        return (struct due){arena_printf(arena, "%s late", age_text(now_ms - row->due_at, age)),
                            ROLE_LATE, true, now_ms + age_next_change_ms(row->due_at, now_ms)};

    struct due due = {"today", ROLE_STRONG, false, zone_add_days(zone, now_ms, 1)};
    due.changes_at = zone_day_start(zone, due.changes_at);
    if (row->due_at < due.changes_at)
        due.changes_at = row->due_at + 1;
    int64_t days = days_until(zone, now_ms, row->due_at);
    if (days > 0)
        due.role = ROLE_AGE;
    if (days >= 14)
        due.text = arena_printf(arena, "due %dw", (int)(days / 7));
    else if (days >= 7)
        due.text = arena_printf(arena, "due %dd", (int)days);
    else if (days > 0)
        due.text =
            arena_printf(arena, "due %s", weekday_names[zone_to_civil(zone, row->due_at).weekday]);
    return due;
}

/* ---- cells ---- */

/* What leaves a narrow pane is in the detail still. */
static const struct list_column columns[CELL_COUNT] = {
    [CELL_LATE] = {{"late", 1, 0, 0, ALIGN_LEFT}, 0, 0},
    [CELL_TITLE] = {{"title", 0, 1, 0, ALIGN_LEFT}, 0, 0},
    [CELL_INCIDENT] = {{"incident", 0, 2, 0, ALIGN_LEFT}, 8, 3},
    [CELL_OWNER] = {{"owner", 0, 1, 0, ALIGN_LEFT}, 7, 0},
    [CELL_PRIORITY] = {{"priority", 0, 1, 0, ALIGN_LEFT}, 8, 1},
    [CELL_ISSUE] = {{"issue", 0, 1, 0, ALIGN_LEFT}, 10, 2},
    [CELL_DUE] = {{"due", 8, 1, 0, ALIGN_RIGHT}, 0, 0},
};
#define TITLE_MIN_COLS 32
#define TITLE_ENOUGH_COLS 44
#define FULL_NAMES_COLS 110

static bool
is_mine(const struct view *view, const struct follow_up_row *row)
{
    return !text_is_empty(view->settings->me) &&
           text_equals(view->settings->me, row->assignee_email);
}

static enum role
role_of_person(const struct view *view, const struct follow_up_row *row)
{
    if (!*row->assignee_name)
        return ROLE_MUTED;
    return is_mine(view, row) ? ROLE_STRONG : ROLE_PERSON;
}

static const char *
owner_of(const struct view *view, const struct follow_up_row *row, struct arena *arena)
{
    if (is_mine(view, row))
        return "me";
    if (!*row->assignee_name)
        return *row->assignee_team_name ? row->assignee_team_name : "-";
    return view->cols < FULL_NAMES_COLS ? view_first_name(arena, row->assignee_name)
                                        : row->assignee_name;
}

/* "#214" of "company/repository#214": its end tells issues apart, the whole name is in the detail. */
static const char *
short_issue(const char *name)
{
    const char *number = strrchr(name, '#');
    const char *slash = strrchr(name, '/');
    return number ? number : slash && slash[1] ? slash + 1 : name;
}

static void
put_cell(struct table *table, const struct view *view, const struct follow_up_row *row,
         const struct due *due, enum follow_up_cell cell)
{
    switch (cell) {
    case CELL_LATE:
        table_cell(table, ROLE_LATE,
                   due->late ? glyph_text(view->settings->glyphs, GLYPH_LATE) : "");
        break;
    case CELL_TITLE:
        table_cell(table, ROLE_TEXT, row->title);
        break;
    case CELL_INCIDENT:
        table_cell(table, ROLE_REFERENCE, row->incident_reference);
        break;
    case CELL_OWNER:
        table_cell(table, role_of_person(view, row), owner_of(view, row, table->arena));
        break;
    case CELL_PRIORITY:
        table_cell(table, ROLE_MUTED, row->priority_name);
        break;
    case CELL_ISSUE:
        table_cell(table, ROLE_REFERENCE, short_issue(row->external_issue_name));
        break;
    case CELL_DUE:
        table_cell(table, due->role, due->text);
        table_changes_at(table, due->changes_at);
        break;
    case CELL_COUNT:
        break;
    }
}

static void
measure(const struct view *view, const struct follow_up_window *window, struct arena *scratch,
        int widest[CELL_COUNT])
{
    for (size_t i = 0; i < window->rows_len; i++) {
        const struct follow_up_row *row = &window->rows[i];
        columns_widen(&widest[CELL_TITLE], row->title);
        columns_widen(&widest[CELL_INCIDENT], row->incident_reference);
        columns_widen(&widest[CELL_OWNER], owner_of(view, row, scratch));
        columns_widen(&widest[CELL_PRIORITY], row->priority_name);
        columns_widen(&widest[CELL_ISSUE], short_issue(row->external_issue_name));
    }
    /* What the heads say has no column. */
    if (window->grouping.by == BY_OWNER)
        widest[CELL_OWNER] = 0;
    if (window->grouping.by == BY_INCIDENT)
        widest[CELL_INCIDENT] = 0;
}

/* Two lines an item, for a narrow screen. */
static void
put_phone(struct table *table, const struct view *view, const struct follow_up_row *row,
          const struct due *due)
{
    table_line(table, row->id);
    table_item(table, row->title, 0);
    table_span(table, ROLE_LATE, due->late ? glyph_text(view->settings->glyphs, GLYPH_LATE) : "");
    table_pad_to(table, 2);
    table_span(table, ROLE_TEXT, row->title);
    table_line(table, row->id);
    table_item(table, row->title, 0);
    table_pad_to(table, 2);
    table_span(table, due->role, due->text);
    table_changes_at(table, due->changes_at);
    table_pad_to(table, 12);
    table_span(table, role_of_person(view, row), *row->assignee_name ? row->assignee_name : "-");
    if (*row->incident_reference) {
        table_span(table, ROLE_TEXT, "  ");
        table_span(table, ROLE_REFERENCE, row->incident_reference);
    }
}

static void
put_title(struct table *table, const struct view *view, const struct follow_up_window *window,
          const struct freshness_summary *fresh)
{
    char count[COUNT_SIZE], clock[MOMENT_SIZE];
    if (!fresh->source || !fresh->source->last_complete_at)
        return;
    const char *doubt = fresh->state == FRESH_LIVE ? "" : "?";
    const struct follow_ups_state *state = view->state;
    if (state->done)
        table_title(table, ROLE_TALLY, "done");
    else
        view_tally(view, window->outstanding, view->query.count.matching, doubt, table);
    if (window->late && !state->done && !query_is_filtered(&view->query))
        table_title_printf(table, ROLE_LATE, " (%s%s late)", count_text(window->late, count),
                           doubt);
    if (state->by == BY_DUE) /* the other groups are named by their order */
        table_title(table, ROLE_MUTED, "  by due");
    if (table->dimmed)
        table_title_printf(
            table, ROLE_PROBLEM, " as of %s",
            clock_text(view->settings->zone, fresh->source->last_complete_at, clock));
}

static void
build(const struct view *view, const struct snapshot *snap, int64_t now_ms, struct arena *arena,
      struct table *table)
{
    const struct follow_up_window *window = &snap->follow_ups;
    int widest[CELL_COUNT] = {0};
    struct column *shown = arena_new_array(arena, LIST_COLUMNS_MAX, struct column);
    size_t cells[LIST_COLUMNS_MAX];
    measure(view, window, arena, widest);
    size_t shown_len = columns_choose(columns, CELL_COUNT, widest, view->cols, TITLE_MIN_COLS,
                                      TITLE_ENOUGH_COLS, shown, cells);
    table_init(table, arena, view->cols, shown, shown_len);
    table->more_above = window->more_above;
    table->more_below = window->more_below;

    struct freshness_summary fresh = view_freshness(view, snap, now_ms);
    table->dimmed = fresh.state == FRESH_STALE || fresh.state == FRESH_DOWN;
    put_title(table, view, window, &fresh);
    if (window->rows_len == 0) {
        if (view_explain_empty(view, snap, now_ms, "follow-ups", table) ||
            view_explain_filter(view, window->outstanding, table))
            return;
        const struct follow_ups_state *state = view->state;
        if (state->done)
            table_empty(table, ROLE_MUTED, "Nothing done yet.");
        else if (fresh.state == FRESH_LIVE)
            table_empty(table, ROLE_MUTED, "Backlog clear.");
        else
            table_empty(table, ROLE_PROBLEM, "UNKNOWN. The backlog was clear when last seen.");
        return;
    }

    for (size_t i = 0; i < window->rows_len; i++) {
        const struct follow_up_row *row = &window->rows[i];
        struct due due = due_of(row, view->settings->zone, now_ms, arena);
        follow_up_put_head(view, window, i ? row - 1 : NULL, row, table);
        if (view->size == SIZE_PHONE) {
            put_phone(table, view, row, &due);
            continue;
        }
        table_row(table, row->id);
        table_item(table, row->title, 0);
        for (size_t cell = 0; cell < shown_len; cell++)
            put_cell(table, view, row, &due, (enum follow_up_cell)cells[cell]);
    }
    const struct follow_ups_state *state = view->state;
    if (state->done && snap->lacks & PAST_LACKS_FOLLOW_UPS && !window->more_below) {
        table_line(table, "");
        table_span_printf(table, ROLE_PROBLEM,
                          "Of those done then, only the newest %d are on this board.",
                          PAST_OTHERS_OVER);
    }
}

static bool
load(struct view *view, struct store *store, int64_t now_ms, const struct snapshot *before,
     struct snapshot *snap, struct error *err)
{
    struct follow_ups_state *state = view->state;
    struct window_request request = {
        .id = view->cursor.id,
        .to_end = state->to_end,
        .rows = view_window_rows(view),
        .filter = view->query.filter,
        .sort = view->query.sort,
        .done = state->done,
    };
    /* Groups stand together by their order; who chooses another one has no groups. */
    if (state->by != BY_NOTHING && view->query.sort != follow_up_grouping_sort(state->by))
        state->by = BY_NOTHING;
    struct follow_up_grouping grouping =
        follow_up_grouping(state->by, view->settings->zone, now_ms);
    if (state->done && state->by == BY_NOTHING && !query_is_sorted(&view->query))
        request.sort = sort_find(KIND_FOLLOW_UP, "newest");
    state->to_end = false;
    bool known_place = !query_is_sorted(&view->query); /* a row has the first sort's numbers */
    for (size_t i = 0; known_place && i < before->follow_ups.rows_len; i++) {
        const struct follow_up_row *row = &before->follow_ups.rows[i];
        if (strncmp(row->id, view->cursor.id, ITEM_ID_SIZE - 1) == 0) {
            request.place[0] = row->due_at == 0;
            request.place[1] = row->due_at;
        }
    }
    return window_follow_ups(store, &request, now_ms, &snap->arena, &snap->follow_ups, err) &&
           window_follow_up_groups(store, &grouping, state->done, now_ms, &snap->arena,
                                   &snap->follow_ups, err) &&
           query_count(&view->query, store, err);
}

static enum view_answer
act(struct view *view, enum action_id action, const struct snapshot *snap, int64_t now_ms)
{
    struct follow_ups_state *state = view->state;
    (void)now_ms;
    switch ((int)action) {
    case ACTION_GROUP:
        state->by = (state->by + 1) % BY_COUNT;
        view->query.sort = follow_up_grouping_sort(state->by);
        view->cursor.top[0] = '\0';
        return VIEW_LOAD;
    case ACTION_SHOW_DONE:
        state->done = !state->done;
        view->cursor = (struct cursor){{0}, {0}, 0};
        return VIEW_LOAD;
    }
    return view_go_to_end(view, action, snap->follow_ups.more_below, &state->to_end);
}

static const char *const forms[BY_COUNT] = {"", "owner", "incident", "due", "age"};

static const char *
form(const struct view *view)
{
    const struct follow_ups_state *state = view->state;
    return forms[state->by];
}

static void
take_form(struct view *view, const char *name)
{
    struct follow_ups_state *state = view->state;
    for (int by = BY_NOTHING + 1; by < BY_COUNT; by++)
        if (text_equals(name, forms[by])) {
            state->by = by;
            view->query.sort = follow_up_grouping_sort(by);
        }
}

static bool
detail(const struct view *view, const struct snapshot *snap, struct store *store, const char *id,
       struct detail *out, struct error *err)
{
    (void)view;
    (void)snap;
    return detail_follow_up(store, id, out, err);
}

const struct view_ops view_follow_ups = {
    .name = "follow-ups",
    .title = "Follow-ups",
    .kinds = ON_FOLLOW_UP,
    .holds = true,
    .state_size = sizeof(struct follow_ups_state),
    .resources = resources,
    .load = load,
    .build = build,
    .act = act,
    .form = form,
    .take_form = take_form,
    .fate = fate_follow_up,
    .detail = detail,
};
