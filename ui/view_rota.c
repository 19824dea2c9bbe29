#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "ui/rota.h"

struct rota_state {
    int days_off; /* the grid begins this many days after this week's Monday */
};

/*
 * From these sizes on the grid has room; otherwise the lines say it. How far the grid can be moved is how far around now
 * the shifts are kept.
 */
#define GRID_MIN_COLS 60
#define GRID_MIN_ROWS 4
#define FORTNIGHT_MIN_COLS 110
#define DAYS_OFF_MAX 70
#define AHEAD_DAYS 28 /* for "until" and "next" of long shifts */

static const char *const resources[] = {"schedule", "schedule_entry", NULL};

int
rota_days(int cols)
{
    return cols >= FORTNIGHT_MIN_COLS ? 14 : 7;
}

int64_t
rota_from(const struct zone *zone, int64_t now_ms, int days_off)
{
    struct civil day = zone_to_civil(zone, now_ms);
    day.day += days_off - day.weekday;
    day.hour = day.minute = day.second = 0;
    return zone_from_civil(zone, day);
}

const struct zone *
rota_zone(const struct view *view, const struct rota_window *window)
{
    const struct zone *zone = view->settings->zone;
    if (view->settings->time_style == TIME_UTC)
        return zone_utc();
    if (view->settings->time_style == TIME_VIEWER || window->schedules_len == 0)
        return zone;
    for (size_t i = 1; i < window->schedules_len; i++)
        if (!text_equals(window->schedules[i].timezone, window->schedules[0].timezone))
            return zone;
    struct error
        unknown; /* a zone this machine does not have: the viewer's will do, and is named */
    return zone_open(window->schedules[0].timezone, &zone, &unknown) ? zone : view->settings->zone;
}

const char *
rota_city(const struct zone *zone, struct arena *arena)
{
    const char *name = zone_name(zone);
    const char *slash = strrchr(name, '/');
    char *city = arena_text(arena, slash ? slash + 1 : name);
    for (char *at = city; *at; at++)
        if (*at == '_')
            *at = ' ';
    return city;
}

static bool
shows_grid(const struct view *view)
{
    return view->cols >= GRID_MIN_COLS && view->rows >= GRID_MIN_ROWS;
}

static bool
load(struct view *view, struct store *store, int64_t now_ms, const struct snapshot *before,
     struct snapshot *snap, struct error *err)
{
    (void)before;
    const struct rota_state *state = view->state;
    /* A day more on both sides: the ruler's zone is only known with the schedules. */
    int64_t from_ms = rota_from(view->settings->zone, now_ms, state->days_off) - DAY_MS;
    int64_t to_ms = from_ms + (rota_days(view->cols) + 2) * DAY_MS;
    if (from_ms > now_ms - DAY_MS)
        from_ms = now_ms - DAY_MS;
    if (to_ms < now_ms + AHEAD_DAYS * DAY_MS)
        to_ms = now_ms + AHEAD_DAYS * DAY_MS;
    return window_rota(store, view->settings->schedules, from_ms, to_ms, &snap->arena, &snap->rota,
                       err);
}

/* "core-primary  Mon 23 - Sun 29 Mar  London | you Berlin" */
static void
put_title(struct rota *rota, int64_t from_ms, int days, const struct freshness_summary *fresh)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    struct table *table = rota->table;
    const struct zone *viewer = rota->view->settings->zone;
    char clock[MOMENT_SIZE];
    if (rota->window->schedules_len == 1)
        table_title(table, ROLE_TEXT, rota->window->schedules[0].name);
    else if (rota->window->schedules_len)
        table_title_printf(table, ROLE_TEXT, "%d schedules", (int)rota->window->schedules_len);
    if (days && rota->window->schedules_len) {
        struct civil first = zone_to_civil(rota->zone, from_ms);
        struct civil last = zone_to_civil(rota->zone, zone_add_days(rota->zone, from_ms, days - 1));
        table_title_printf(table, ROLE_TEXT, "  %s %d%s%s - %s %d %s", weekdays[first.weekday],
                           first.day, first.month == last.month ? "" : " ",
                           first.month == last.month ? "" : months[first.month - 1],
                           weekdays[last.weekday], last.day, months[last.month - 1]);
        table_title_printf(table, ROLE_MUTED, "  %s", rota_city(rota->zone, table->arena));
        if (!text_equals(zone_name(rota->zone), zone_name(viewer)))
            table_title_printf(table, ROLE_MUTED, " | you %s", rota_city(viewer, table->arena));
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

static void
build(const struct view *view, const struct snapshot *snap, int64_t now_ms, struct arena *arena,
      struct table *table)
{
    const struct rota_state *state = view->state;
    struct freshness_summary fresh = view_freshness(view, snap, now_ms);
    struct rota rota = {.view = view,
                        .window = &snap->rota,
                        .zone = rota_zone(view, &snap->rota),
                        .now_ms = now_ms,
                        .table = table};
    int days = shows_grid(view) ? rota_days(view->cols) : 0;
    int64_t from_ms = rota_from(rota.zone, now_ms, state->days_off);

    table_init(table, arena, view->cols, NULL, 0);
    table->dimmed = fresh.state == FRESH_STALE || fresh.state == FRESH_DOWN;
    put_title(&rota, from_ms, days, &fresh);
    if (snap->rota.schedules_len == 0)
        explain_no_schedule(view, snap, now_ms, &fresh, table);
    else if (days)
        rota_put_grid(&rota, from_ms, days);
    else
        rota_put_lines(&rota);
}

static enum view_answer
move_by(struct view *view, int days)
{
    struct rota_state *state = view->state;
    int days_off = state->days_off + days;
    if (!shows_grid(view) || days_off > DAYS_OFF_MAX || days_off < -DAYS_OFF_MAX)
        return VIEW_IGNORED;
    state->days_off = days_off;
    return VIEW_LOAD;
}

static enum view_answer
act(struct view *view, enum action_id action, const struct snapshot *snap, int64_t now_ms)
{
    struct rota_state *state = view->state;
    (void)snap;
    (void)now_ms;
    switch ((int)action) {
    case ACTION_RIGHT:
        return move_by(view, 1);
    case ACTION_LEFT:
        return move_by(view, -1);
    case ACTION_NEXT_TAB:
        return move_by(view, 7);
    case ACTION_PREVIOUS_TAB:
        return move_by(view, -7);
    case ACTION_NOW:
        state->days_off = 0;
        return VIEW_LOAD;
    }
    return VIEW_IGNORED;
}

static bool
detail(const struct view *view, const struct snapshot *snap, struct store *store, const char *id,
       struct detail *out, struct error *err)
{
    (void)view;
    const struct schedule_entry *shift =
        rota_shift_of_lane(&snap->rota, id, clock_now_ms(), &out->arena);
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
    .detail = detail,
};
