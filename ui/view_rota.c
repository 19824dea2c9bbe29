#include <string.h>

#include "base/str.h"
#include "store/cover.h"
#include "ui/rota.h"

/* From these sizes on the grid has room; otherwise the lines say it. */
#define GRID_MIN_COLS 60
#define GRID_MIN_ROWS 4
#define CLOCKS_MIN_ROWS 12 /* two rulers take three rows */
#define AGENDA_DAYS 28
#define AHEAD_DAYS 28 /* for "until" and "next" of long shifts */
#define AROUND_DAYS 2 /* dates of two places are not further apart */
#define DAYS_MAX 36500

static const char *const resources[] = {"schedule", "schedule_entry", NULL};

static bool
shows_grid(const struct view *view)
{
    return view->cols >= GRID_MIN_COLS && view->rows >= GRID_MIN_ROWS;
}

/* The first of the days on screen, and how many. */
static int
days_on_screen(const struct view *view, int today, int *from)
{
    const struct rota_state *state = view->state;
    int day = state->day ? state->day : today;
    int len = rota_grid_days(view->cols);
    switch (state->mode) {
    case ROTA_MONTH:
        return rota_month_days(view->settings, day, from);
    case ROTA_DAY:
        *from = day;
        return 1;
    case ROTA_WEEK:
        if (shows_grid(view)) {
            *from = rota_grid_from(view->settings, today, day, len);
            return len;
        }
        break;
    case ROTA_AGENDA:
    case ROTA_MINE:
    case ROTA_MODE_COUNT:
        break;
    }
    *from = day;
    return AGENDA_DAYS;
}

/* When somebody is relieved, or the next shift begins. */
static int64_t
next_hand_over(const struct rota_schedule *schedule, int64_t now_ms, struct arena *scratch)
{
    const struct schedule_entry *const *now;
    const struct schedule_entry *next = oncall_next(&schedule->shifts, now_ms);
    int64_t at = next ? next->start_at : INT64_MAX;
    size_t len = oncall_at(&schedule->shifts, now_ms, scratch, &now);
    for (size_t i = 0; i < len; i++) {
        int64_t until = oncall_until(&schedule->shifts, now[i]->user_id, now_ms);
        at = until < at ? until : at;
    }
    return at;
}

/* They come by name; there are few of them. */
void
rota_order_by_hand_over(struct rota_window *window, int64_t now_ms, struct arena *arena)
{
    size_t len = window->schedules_len;
    struct rota_schedule *ordered = arena_new_array(arena, len + 1, struct rota_schedule);
    int64_t *at = arena_new_array(arena, len + 1, int64_t);
    for (size_t i = 0; i < len; i++) {
        int64_t mine = next_hand_over(&window->schedules[i], now_ms, arena);
        size_t place = i;
        for (; place > 0 && at[place - 1] > mine; place--) {
            ordered[place] = ordered[place - 1];
            at[place] = at[place - 1];
        }
        ordered[place] = window->schedules[i];
        at[place] = mine;
    }
    window->schedules = ordered;
}

static bool
load(struct view *view, struct store *store, int64_t now_ms, const struct snapshot *before,
     struct snapshot *snap, struct error *err)
{
    (void)before;
    const struct rota_state *state = view->state;
    const struct zone *zone = view->settings->zone;
    int from, today = zone_day_number(zone, now_ms);
    int days = days_on_screen(view, today, &from);
    /* The ruler's zone is only known with the schedules. */
    int64_t from_ms = zone_day_at(zone, from - AROUND_DAYS);
    int64_t to_ms = zone_day_at(zone, from + days + AROUND_DAYS);
    if (from_ms > now_ms - DAY_MS)
        from_ms = now_ms - DAY_MS;
    if (to_ms < now_ms + AHEAD_DAYS * DAY_MS)
        to_ms = now_ms + AHEAD_DAYS * DAY_MS;
    if (!window_rota(store, view->settings->schedules, view->query.filter, from_ms, to_ms,
                     &snap->arena, &snap->rota, err) ||
        !cover_list(store, now_ms, &snap->arena, &snap->rota.covers, &snap->rota.covers_len, err))
        return false;
    if (query_is_sorted(&view->query))
        rota_order_by_hand_over(&snap->rota, now_ms, &snap->arena);
    return state->mode != ROTA_MINE || text_is_empty(view->settings->me) ||
           window_rota_mine(store, view->settings->me, now_ms, &snap->arena, &snap->rota, err);
}

/* ---- title ---- */

/* "Mon 23 - Sun 29 Mar", "March 2026" … */
static void
put_period(const struct rota *rota, int from, int days)
{
    struct table *table = rota->table;
    struct civil first = rota_date(from), last = rota_date(from + days - 1);
    struct civil day = rota_date(rota->day);
    switch (rota->state->mode) {
    case ROTA_WEEK:
        table_title_printf(table, ROLE_TEXT, "  %s %d%s%s - %s", weekday_names[first.weekday],
                           first.day, first.month == last.month ? "" : " ",
                           first.month == last.month ? "" : month_names[first.month - 1],
                           rota_date_text(from + days - 1, table->arena));
        break;
    case ROTA_MONTH:
        table_title_printf(table, ROLE_TEXT, "  %s %d", month_names[day.month - 1], day.year);
        break;
    case ROTA_DAY:
        table_title_printf(table, ROLE_TEXT, "  %s %d", rota_date_text(rota->day, table->arena),
                           day.year);
        break;
    case ROTA_AGENDA:
        table_title_printf(table, ROLE_TEXT, "  agenda from %s",
                           rota_date_text(from, table->arena));
        break;
    case ROTA_MINE:
        table_title(table, ROLE_TEXT, "  my next shifts");
        break;
    case ROTA_MODE_COUNT:
        break;
    }
}

/* "core-primary  Mon 23 - Sun 29 Mar  London | you Berlin" */
static void
put_title(const struct rota *rota, bool dated, int from, int days,
          const struct freshness_summary *fresh)
{
    struct table *table = rota->table;
    const struct zone *viewer = rota->view->settings->zone;
    char clock[MOMENT_SIZE];
    if (rota->window->schedules_len == 1)
        table_title(table, ROLE_TEXT, rota->window->schedules[0].name);
    else if (rota->window->schedules_len)
        table_title_printf(table, ROLE_TEXT, "%d schedules", (int)rota->window->schedules_len);
    if (dated && rota->window->schedules_len) {
        put_period(rota, from, days);
        table_title_printf(table, ROLE_MUTED, "  %s", rota_city(rota->zone, table->arena));
        if (rota->other)
            table_title_printf(table, ROLE_MUTED, " | %s%s", rota->other == viewer ? "you " : "",
                               rota_city(rota->other, table->arena));
    }
    if (table->dimmed && fresh->source && fresh->source->last_complete_at)
        table_title_printf(table, ROLE_PROBLEM, "  as of %s",
                           clock_text(viewer, fresh->source->last_complete_at, clock));
}

static void
explain_no_schedule(const struct view *view, const struct snapshot *snap, int64_t now_ms,
                    const struct freshness_summary *fresh, struct table *table)
{
    const char *const *names = view->settings->schedules;
    if (view_explain_empty(view, snap, now_ms, "shifts", table))
        return;
    if (fresh->state != FRESH_LIVE)
        table_empty(table, ROLE_PROBLEM, "UNKNOWN. No schedule was known.");
    else if (names && *names)
        table_empty(table, ROLE_MUTED, "No schedule is called '%s' here.", *names);
    else
        table_empty(table, ROLE_MUTED, "This server has no schedules.");
}

/* ---- the whole ---- */

static void
put_overview(struct rota *rota, int from, int days)
{
    if (shows_grid(rota->view)) {
        rota_put_grid(rota, from, days);
    } else if (rota->view->size == SIZE_PHONE) {
        rota_put_on_call(rota);
        table_rule(rota->table);
        rota_put_agenda(rota, from, days);
    } else {
        rota_put_lines(rota);
    }
}

static void
build(const struct view *view, const struct snapshot *snap, int64_t now_ms, struct arena *arena,
      struct table *table)
{
    const struct rota_state *state = view->state;
    struct freshness_summary fresh = view_freshness(view, snap, now_ms);
    int from, today = zone_day_number(view->settings->zone, now_ms);
    int days = days_on_screen(view, today, &from);
    struct rota rota = {.view = view,
                        .window = &snap->rota,
                        .state = state,
                        .zone = rota_zone(view, &snap->rota),
                        .now_ms = now_ms,
                        .today = today,
                        .day = state->day ? state->day : today,
                        .layers = state->layers_flipped != (state->mode == ROTA_DAY),
                        .table = table};
    rota.other = rota_other_zone(view, &snap->rota, rota.zone);
    rota.both = rota.other && (state->rulers == RULERS_BOTH ||
                               (state->rulers == RULERS_FOR_SIZE && view->size == SIZE_LARGE &&
                                view->rows >= CLOCKS_MIN_ROWS));

    table_init(table, arena, view->cols, NULL, 0);
    table->dimmed = fresh.state == FRESH_STALE || fresh.state == FRESH_DOWN;
    put_title(&rota, state->mode != ROTA_WEEK || shows_grid(view), from, days, &fresh);
    if (snap->rota.schedules_len == 0) {
        explain_no_schedule(view, snap, now_ms, &fresh, table);
        return;
    }
    rota_find_people(&rota);
    switch (state->mode) {
    case ROTA_WEEK:
        put_overview(&rota, from, days);
        break;
    case ROTA_MONTH:
        rota_put_month(&rota);
        break;
    case ROTA_AGENDA:
        rota_put_agenda(&rota, from, days);
        break;
    case ROTA_MINE:
        rota_put_mine(&rota);
        break;
    case ROTA_DAY:
        rota_put_day(&rota);
        break;
    case ROTA_MODE_COUNT:
        break;
    }
}

/* ---- keys ---- */

static enum view_answer
look_at(struct view *view, int day, int64_t now_ms)
{
    struct rota_state *state = view->state;
    int today = zone_day_number(view->settings->zone, now_ms);
    if (day > today + DAYS_MAX || day < today - DAYS_MAX)
        return VIEW_BUILD;
    state->day = day == today ? 0 : day;
    return VIEW_LOAD;
}

enum view_answer
view_rota_go_to(struct view *view, int64_t at_ms, int64_t now_ms)
{
    return look_at(view, zone_day_number(view->settings->zone, at_ms), now_ms);
}

static enum view_answer
set_mode(struct view *view, enum rota_mode mode)
{
    struct rota_state *state = view->state;
    state->before = state->mode = mode;
    view->cursor = (struct cursor){{0}, {0}, 0};
    return VIEW_LOAD;
}

/* A period on or back: what the form on screen shows at once. */
static enum view_answer
turn(struct view *view, int day, int direction, int64_t now_ms)
{
    const struct rota_state *state = view->state;
    if (state->mode == ROTA_MONTH) {
        int month = rota_month_after(rota_month_of(day), direction);
        int last = rota_month_after(month, 1) - 1;
        int same = month + rota_date(day).day - 1;
        return look_at(view, same < last ? same : last, now_ms);
    }
    return look_at(view, day + direction * (state->mode == ROTA_DAY ? 1 : 7), now_ms);
}

static enum view_answer
open_day(struct view *view)
{
    struct rota_state *state = view->state;
    enum rota_mode before = state->mode;
    enum view_answer answer = set_mode(view, ROTA_DAY);
    state->before = before;
    return answer;
}

static enum view_answer
act(struct view *view, enum action_id action, const struct snapshot *snap, int64_t now_ms)
{
    struct rota_state *state = view->state;
    int day = state->day ? state->day : zone_day_number(view->settings->zone, now_ms);
    bool dated = state->mode != ROTA_MINE &&
                 (state->mode != ROTA_WEEK || shows_grid(view) || view->size == SIZE_PHONE);
    (void)snap;
    switch ((int)action) {
    case ACTION_RIGHT:
        return dated ? look_at(view, day + 1, now_ms) : VIEW_IGNORED;
    case ACTION_LEFT:
        return dated ? look_at(view, day - 1, now_ms) : VIEW_IGNORED;
    case ACTION_DOWN:
        return state->mode == ROTA_MONTH ? look_at(view, day + 7, now_ms) : VIEW_IGNORED;
    case ACTION_UP:
        return state->mode == ROTA_MONTH ? look_at(view, day - 7, now_ms) : VIEW_IGNORED;
    case ACTION_NEXT_TAB:
        return dated ? turn(view, day, 1, now_ms) : VIEW_IGNORED;
    case ACTION_PREVIOUS_TAB:
        return dated ? turn(view, day, -1, now_ms) : VIEW_IGNORED;
    case ACTION_OPEN:
        return state->mode == ROTA_MONTH ? open_day(view) : VIEW_IGNORED;
    case ACTION_BACK:
        return state->before == state->mode ? VIEW_IGNORED : set_mode(view, state->before);
    case ACTION_NOW:
        state->day = 0;
        view->cursor = (struct cursor){{0}, {0}, 0};
        return VIEW_LOAD;
    case ACTION_CALENDAR_MODE:
        return set_mode(view, (state->mode + 1) % ROTA_MODE_COUNT);
    case ACTION_CALENDAR_WEEK:
        return set_mode(view, ROTA_WEEK);
    case ACTION_CALENDAR_MONTH:
        return set_mode(view, ROTA_MONTH);
    case ACTION_CALENDAR_AGENDA:
        return set_mode(view, ROTA_AGENDA);
    case ACTION_CALENDAR_DAY:
        return set_mode(view, ROTA_DAY);
    case ACTION_MINE:
        return set_mode(view, state->mode == ROTA_MINE ? ROTA_WEEK : ROTA_MINE);
    case ACTION_LAYERS:
        state->layers_flipped = !state->layers_flipped;
        return VIEW_BUILD;
    case ACTION_RULERS:
        state->rulers = state->rulers == RULERS_BOTH ? RULERS_ONE : RULERS_BOTH;
        return VIEW_BUILD;
    }
    return VIEW_IGNORED;
}

static const char *const forms[ROTA_MODE_COUNT] = {"", "month", "agenda", "mine", "day"};

static const char *
form(const struct view *view)
{
    const struct rota_state *state = view->state;
    return forms[state->mode];
}

static void
take_form(struct view *view, const char *name)
{
    for (int mode = ROTA_WEEK + 1; mode < ROTA_MODE_COUNT; mode++)
        if (text_equals(name, forms[mode]))
            (void)set_mode(view, mode); /* loaded with the rest */
}

static int
day_of(const struct view *view, const struct zone *zone, int64_t now_ms)
{
    const struct rota_state *state = view->state;
    return state->day ? state->day : zone_day_number(zone, now_ms);
}

const struct schedule_entry *
view_rota_shift(const struct view *view, const struct snapshot *snap, int64_t now_ms,
                struct arena *arena)
{
    const struct rota_state *state = view->state;
    const int64_t at_ms =
        state->day ? zone_day_at(rota_zone(view, &snap->rota), state->day) : now_ms;
    const struct schedule_entry *shift =
        rota_shift_of_lane(&snap->rota, view->cursor.id, at_ms, arena);
    for (size_t i = 0; i < snap->rota.schedules_len && !shift; i++) { /* rows that are shifts */
        const struct rota_schedule *schedule = &snap->rota.schedules[i];
        for (size_t k = 0; k < schedule->shifts.final_len && !shift; k++)
            if (text_equals(schedule->shifts.final[k].id, view->cursor.id))
                shift = &schedule->shifts.final[k];
    }
    return shift;
}

void
view_rota_span(const struct view *view, const struct snapshot *snap,
               const struct schedule_entry *shift, int64_t now_ms, int64_t *from, int64_t *to)
{
    const struct zone *zone = rota_zone(view, &snap->rota);
    const int day = day_of(view, zone, now_ms);
    *from = zone_day_at(zone, day);
    *to = zone_day_at(zone, day + 1);
    if (shift->start_at < *to && shift->end_at > *from) {
        *from = shift->start_at > *from ? shift->start_at : *from;
        *to = shift->end_at < *to ? shift->end_at : *to;
    }
    if (*from<now_ms && * to> now_ms)
        *from = now_ms;
}

static bool
detail(const struct view *view, const struct snapshot *snap, struct store *store, const char *id,
       struct detail *out, struct error *err)
{
    const struct schedule_entry *shift = view_rota_shift(view, snap, clock_now_ms(), &out->arena);
    return detail_shift(store, shift ? shift->id : id, out, err);
}

const struct view_ops view_rota = {
    .name = "rota",
    .title = "Rota",
    .kinds = ON_SHIFT,
    .state_size = sizeof(struct rota_state),
    .resources = resources,
    .load = load,
    .build = build,
    .act = act,
    .form = form,
    .take_form = take_form,
    .detail = detail,
};
