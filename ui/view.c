#include "ui/view.h"

#include <stdio.h>
#include <string.h>

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
    (void)snprintf(out, MOMENT_SIZE, "%02d:%02d", civil.hour, civil.minute); /* fits */
    return out;
}

const char *
moment_text(const struct zone *zone, int64_t at_ms, int64_t now_ms, char out[MOMENT_SIZE])
{
    static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil at = zone_to_civil(zone, at_ms);
    struct civil now = zone_to_civil(zone, now_ms);

    /* A moment fits its buffer whatever the year is. */
    if (at.year == now.year && at.month == now.month && at.day == now.day)
        (void)snprintf(out, MOMENT_SIZE, "%02d:%02d", at.hour, at.minute);
    else if (at_ms > now_ms - 6 * DAY_MS && at_ms < now_ms + 6 * DAY_MS)
        (void)snprintf(out, MOMENT_SIZE, "%s %02d:%02d", weekdays[at.weekday], at.hour, at.minute);
    else if (at.year == now.year)
        (void)snprintf(out, MOMENT_SIZE, "%d %s %02d:%02d", at.day, months[at.month - 1], at.hour,
                       at.minute);
    else
        (void)snprintf(out, MOMENT_SIZE, "%d %s %d", at.day, months[at.month - 1], at.year);
    return out;
}

const char *
view_first_name(struct arena *arena, const char *name)
{
    size_t len = strcspn(name, " ");
    return name[len] ? arena_text_len(arena, name, len) : name;
}
