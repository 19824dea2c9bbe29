#include "ui/follow_up_groups.h"

#include "base/str.h"
#include "base/text.h"

#define AIRY_MIN_ROWS 20 /* from so many on, groups stand apart */

struct follow_up_grouping
follow_up_grouping(enum follow_up_by by, const struct zone *zone, int64_t now_ms)
{
    struct follow_up_grouping grouping = {.by = by};
    int today = zone_day_number(zone, now_ms);
    if (by == BY_DUE) {
        grouping.bounds[0] = now_ms;
        grouping.bounds[1] = zone_day_at(zone, today + 1);
        grouping.bounds[2] = zone_day_at(zone, today + 8);
    } else if (by == BY_AGE) {
        grouping.bounds[0] = zone_day_at(zone, today - 90);
        grouping.bounds[1] = zone_day_at(zone, today - 30);
        grouping.bounds[2] = zone_day_at(zone, today - 7);
    }
    return grouping;
}

const struct sort *
follow_up_grouping_sort(enum follow_up_by by)
{
    static const char *const sorts[BY_COUNT] = {"", "owner", "incident", "due", "oldest"};
    return by == BY_NOTHING ? sort_default(KIND_FOLLOW_UP) : sort_find(KIND_FOLLOW_UP, sorts[by]);
}

/* The name of the row's group, as window_follow_up_groups gives it. */
static const char *
group_of(const struct follow_up_grouping *grouping, const struct follow_up_row *row)
{
    static const char *const parts[FOLLOW_UP_BOUNDS + 1] = {"0", "1", "2", "3"};
    int64_t at = grouping->by == BY_DUE ? row->due_at : row->created_at;
    int part = 0;
    switch (grouping->by) {
    case BY_OWNER:
        return row->assignee_name;
    case BY_INCIDENT:
        return row->incident_id;
    case BY_DUE:
        if (!row->due_at)
            return FOLLOW_UP_UNDATED;
        break;
    case BY_AGE:
        break;
    case BY_NOTHING:
    case BY_COUNT:
        return "";
    }
    for (int i = 0; i < FOLLOW_UP_BOUNDS; i++)
        part += at >= grouping->bounds[i];
    return parts[part];
}

/* What the head says of a part of time. */
static const char *
part_title(enum follow_up_by by, const char *name)
{
    static const char *const titles[2][FOLLOW_UP_BOUNDS + 1] = {
        {"late", "today", "in the next 7 days", "later"},
        {"older than 90 days", "30 to 90 days old", "7 to 30 days old", "of the last 7 days"},
    };
    int part = *name - '0';
    if (part < 0 || part > FOLLOW_UP_BOUNDS) /* FOLLOW_UP_UNDATED */
        return "not due at any time";
    return titles[by == BY_AGE][part];
}

static void
put_name(const struct view *view, const struct follow_up_window *window, const char *name,
         const struct follow_up_row *row, struct table *table)
{
    const char *me = view->settings->me;
    switch (window->grouping.by) {
    case BY_OWNER:
        table_span(table, *name ? ROLE_STRONG : ROLE_LATE, *name ? name : "nobody's");
        if (*name && !text_is_empty(me) && text_equals(me, row->assignee_email))
            table_span(table, ROLE_MUTED, " (you)");
        break;
    case BY_INCIDENT:
        table_span(table, ROLE_REFERENCE,
                   *row->incident_reference ? row->incident_reference : "of no incident");
        table_span(table, ROLE_TEXT, " ");
        table_span(table, ROLE_STRONG,
                   text_cut(table->arena, text_clean(table->arena, row->incident_name, 256),
                            table_room(table) - 16));
        break;
    case BY_DUE:
    case BY_AGE:
        table_span(table, *name == '0' && window->grouping.by == BY_DUE ? ROLE_LATE : ROLE_STRONG,
                   part_title(window->grouping.by, name));
        break;
    case BY_NOTHING:
    case BY_COUNT:
        break;
    }
}

void
follow_up_put_head(const struct view *view, const struct follow_up_window *window,
                   const struct follow_up_row *before, const struct follow_up_row *row,
                   struct table *table)
{
    const char *name = group_of(&window->grouping, row);
    char count[COUNT_SIZE];
    if (window->grouping.by == BY_NOTHING ||
        (before && text_equals(group_of(&window->grouping, before), name)))
        return;
    if (before && view->rows >= AIRY_MIN_ROWS)
        table_line(table, "");
    table_line(table, "");
    put_name(view, window, name, row, table);
    /* They are counted without the filter, so under one they would not be true. */
    bool counted = !query_is_filtered(&view->query);
    for (size_t i = 0; counted && i < window->groups_len; i++) {
        const struct follow_up_group *group = &window->groups[i];
        if (!text_equals(group->name, name))
            continue;
        table_span_printf(table, ROLE_TALLY, "  %s", count_text(group->len, count));
        bool all_late = window->grouping.by == BY_DUE && *name == '0';
        if (group->late && !all_late)
            table_span_printf(table, ROLE_LATE, " (%s late)", count_text(group->late, count));
    }
}
