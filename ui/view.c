#include "ui/view.h"

#include <stdio.h>
#include <string.h>

enum window_rows
view_rows(const struct view_ops *ops)
{
    return ops->kinds == ON_ALERT   ? WINDOW_ALERTS
           : ops->kinds == ON_EVENT ? WINDOW_EVENTS
           : ops->kinds == ON_SHIFT ? WINDOW_SHIFTS
                                    : WINDOW_FOLLOW_UPS;
}

void
view_tally(const struct view *view, int64_t all, int64_t matching, const char *doubt,
           struct table *table)
{
    char all_text[COUNT_SIZE], matching_text[COUNT_SIZE];
    count_text(all, all_text);
    if (query_is_filtered(&view->query) && view->query.filter && view->query.counted)
        table_title_printf(table, ROLE_TALLY, "%s%s of %s%s", count_text(matching, matching_text),
                           doubt, all_text, doubt);
    else
        table_title_printf(table, ROLE_TALLY, "%s%s", all_text, doubt);
}

bool
view_explain_filter(const struct view *view, int64_t all, struct table *table)
{
    char count[COUNT_SIZE];
    if (!query_is_filtered(&view->query) || !view->query.filter)
        return false;
    if (all < 0)
        table_empty(table, ROLE_MESSAGE, "None match; Esc clears");
    else
        table_empty(table, ROLE_MESSAGE, "0 of %s match; Esc clears", count_text(all, count));
    return true;
}

struct freshness_summary
view_freshness(const struct view *view, const struct snapshot *snap, int64_t now_ms)
{
    return snapshot_freshness(snap, view->ops->resources, now_ms);
}

/* Loading becomes an error once it has taken this long; its reason stays. */
#define LOADING_MAX_MS (15 * SECOND_MS)

bool
view_explain_empty(const struct view *view, const struct snapshot *snap, int64_t now_ms,
                   const char *what, struct table *table)
{
    struct freshness_summary fresh = view_freshness(view, snap, now_ms);
    char age[AGE_SIZE];

    if (fresh.state == FRESH_DOWN && fresh.source->last_complete_at == 0) {
        if (strcmp(fresh.source->error_code, error_name(ERROR_FORBIDDEN)) == 0)
            table_empty(table, ROLE_PROBLEM, "This key cannot read %s.", what);
        else
            table_empty(table, ROLE_PROBLEM, "No %s yet: %s.", what,
                        fresh_cause(&fresh, now_ms, table->arena));
        return true;
    }
    if (fresh.state != FRESH_LOADING)
        return false;

    int64_t waited = now_ms - snap->waiting_since;
    age_text(waited, age);
    if (waited > LOADING_MAX_MS)
        table_empty(table, ROLE_PROBLEM, "No %s after %s: nothing has come from the server yet.",
                    what, age);
    else if (waited < 5 * SECOND_MS)
        table_empty(table, ROLE_MUTED, "Loading %s...", what);
    else
        table_empty(table, ROLE_MUTED, "Loading %s... %s", what, age);
    table_changes_at(table, now_ms + age_next_change_ms(snap->waiting_since, now_ms));
    return true;
}

void
view_age(struct table *table, enum role role, int64_t since_ms, int64_t now_ms)
{
    char age[AGE_SIZE];
    table_cell(table, role, age_text(now_ms - since_ms, age));
    table_changes_at(table, now_ms + age_next_change_ms(since_ms, now_ms));
}

const char *
clock_text(const struct zone *zone, int64_t at_ms, char out[MOMENT_SIZE])
{
    struct civil civil = zone_to_civil(zone, at_ms);
    /* By hand: a screen has hundreds. */
    const char text[] = {(char)('0' + civil.hour / 10),
                         (char)('0' + civil.hour % 10),
                         ':',
                         (char)('0' + civil.minute / 10),
                         (char)('0' + civil.minute % 10),
                         zone_repeat(zone, at_ms),
                         '\0'};
    memcpy(out, text, sizeof text);
    return out;
}

const char *
moment_text(const struct zone *zone, int64_t at_ms, int64_t now_ms, char out[MOMENT_SIZE])
{
    struct civil at = zone_to_civil(zone, at_ms);
    struct civil now = zone_to_civil(zone, now_ms);
    char clock[MOMENT_SIZE];
    clock_text(zone, at_ms, clock);

    /* A moment fits its buffer whatever the year is. */
    if (at.year == now.year && at.month == now.month && at.day == now.day)
        (void)snprintf(out, MOMENT_SIZE, "%s", clock);
    else if (at_ms > now_ms - 6 * DAY_MS && at_ms < now_ms + 6 * DAY_MS)
        (void)snprintf(out, MOMENT_SIZE, "%s %.8s", weekday_names[at.weekday], clock);
    else if (at.year == now.year)
        (void)snprintf(out, MOMENT_SIZE, "%d %s %.8s", at.day, month_names[at.month - 1], clock);
    else
        (void)snprintf(out, MOMENT_SIZE, "%d %s %d", at.day, month_names[at.month - 1], at.year);
    return out;
}

enum view_answer
view_go_to_end(struct view *view, enum action_id action, bool more_below, bool *to_end)
{
    if (action == ACTION_FIRST || action == ACTION_NOW) {
        view->cursor.id[0] = view->cursor.top[0] = '\0';
        return VIEW_LOAD;
    }
    if (action != ACTION_LAST || !more_below)
        return VIEW_IGNORED;
    *to_end = true;
    return VIEW_LOAD;
}

#define WINDOW_HEIGHTS 2
#define WINDOW_MIN_ROWS 20

int
view_window_rows(const struct view *view)
{
    int rows = view->rows * WINDOW_HEIGHTS;
    if (view->settings->first_frame)
        return view->rows;
    return rows < WINDOW_MIN_ROWS ? WINDOW_MIN_ROWS : rows;
}

const char *
view_length(int64_t span_ms, struct arena *arena)
{
    int64_t minutes = span_ms / MINUTE_MS;
    int days = (int)(minutes / (24 * 60)), hours = (int)(minutes / 60 % 24);
    int rest = (int)(minutes % 60);
    if (days)
        return hours ? arena_printf(arena, "%dd %dh", days, hours)
                     : arena_printf(arena, "%dd", days);
    if (hours)
        return rest ? arena_printf(arena, "%dh %02dm", hours, rest)
                    : arena_printf(arena, "%dh", hours);
    return arena_printf(arena, "%dm", rest);
}

const char *
view_first_name(struct arena *arena, const char *name)
{
    size_t len = strcspn(name, " ");
    return name[len] ? arena_text_len(arena, name, len) : name;
}
