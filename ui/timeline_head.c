#include "base/str.h"
#include "base/text.h"
#include "ui/timeline.h"

#define HEAD_MIN_ROWS 12
#define SUMMARY_MIN_ROWS 24
#define SUMMARY_LINES_MAX 3
#define PULLS_MAX 3

static const char *
severity_name(const struct timeline_incident *incident, struct arena *arena)
{
    if (incident->severity_digit < 1 || incident->severity_digit > 4)
        return incident->severity;
    return arena_printf(arena, "S%d", (int)incident->severity_digit);
}

void
timeline_put_title(struct timeline *timeline)
{
    const struct view *view = timeline->view;
    const struct timeline_window *window = timeline->window;
    const struct timeline_incident *incident = &window->incident;
    struct table *table = timeline->table;
    int64_t now_ms = timeline->now_ms;
    char age[AGE_SIZE];
    bool closed = text_equals(incident->status_category, "closed");

    table_title(table, ROLE_REFERENCE, incident->reference);
    table_title(table, ROLE_TEXT, " ");
    table_title(table, role_of_severity(incident->severity_digit),
                severity_name(incident, table->arena));
    table_title(table, ROLE_TEXT, " ");
    table_title(table, closed ? ROLE_MUTED : ROLE_STRONG, incident->status);
    for (size_t i = 0; window->open_len > 1 && i < window->open_len; i++)
        if (text_equals(window->open_ids[i], incident->id))
            table_title_printf(table, ROLE_TALLY, "  %d of %d", (int)i + 1, (int)window->open_len);
    if (view->cols >= 60 &&
        view->rows < HEAD_MIN_ROWS) { /* no room for a head: the title says it */
        table_title_printf(table, ROLE_PERSON, "  %s",
                           view_first_name(table->arena, incident->lead));
        table_title_printf(table, ROLE_AGE, "  %s", age_text(now_ms - incident->created_at, age));
        table_changes_at(table, now_ms + age_next_change_ms(incident->created_at, now_ms));
    }
}

static void
put_age(struct timeline *timeline, const char *label, int64_t since_ms, const char *behind)
{
    char age[AGE_SIZE];
    table_span(timeline->table, ROLE_LABEL, label);
    table_span_printf(timeline->table, ROLE_TEXT, "%s%s",
                      age_text(timeline->now_ms - since_ms, age), behind);
    table_changes_at(timeline->table,
                     timeline->now_ms + age_next_change_ms(since_ms, timeline->now_ms));
}

/* A row each: "#1746 merged, checks ok  Fix the late orders". */
static void
put_pulls(struct timeline *timeline)
{
    const struct timeline_window *window = timeline->window;
    struct table *table = timeline->table;
    for (size_t i = 0; i < window->pulls_len && i < PULLS_MAX; i++) {
        const struct pull_request_line *pull = &window->pulls[i];
        table_line(table, "");
        table_span(table, ROLE_LABEL, "pull ");
        table_span(table, ROLE_TEXT,
                   text_cut(table->arena, text_clean(table->arena, pull->summary, 256),
                            table_room(table) - 1));
        if (i + 1 == PULLS_MAX && window->pulls_len > PULLS_MAX)
            table_span_printf(table, ROLE_MUTED, "  and %zu more", window->pulls_len - PULLS_MAX);
        else if (table_room(table) > 12)
            table_span(table, ROLE_MUTED,
                       text_cut(table->arena,
                                arena_printf(table->arena, "  %s",
                                             text_clean(table->arena, pull->title, 256)),
                                table_room(table) - 1));
    }
}

/* A row each for the name and for who leads it since when; where there is room, what it is about. */
void
timeline_put_head(struct timeline *timeline)
{
    const struct view *view = timeline->view;
    const struct timeline_incident *incident = &timeline->window->incident;
    struct table *table = timeline->table;
    const char *const *lines;
    if (view->rows < HEAD_MIN_ROWS)
        return;

    table_line(table, "");
    table_span(table, ROLE_REFERENCE, incident->reference);
    table_span(table, ROLE_TEXT, " ");
    table_span(table, ROLE_STRONG, incident->name);
    table_line(table, "");
    table_span(table, ROLE_LABEL, "lead ");
    table_span(table, *incident->lead ? ROLE_PERSON : ROLE_LATE,
               *incident->lead ? incident->lead : "nobody");
    put_age(timeline, "   age ", incident->created_at, "");
    if (incident->last_update_at)
        put_age(timeline, "   updated ", incident->last_update_at, " ago");
    if (*incident->slack_channel_name) {
        const char *channel = arena_printf(table->arena, "   #%s", incident->slack_channel_name);
        if (text_width_cols(channel) <= table_room(table))
            table_span(table, ROLE_LABEL, channel);
    }
    if (view->rows >= SUMMARY_MIN_ROWS)
        put_pulls(timeline);
    if (view->rows >= SUMMARY_MIN_ROWS && *incident->summary) {
        int cols = table->cols - table->mark_cols - 1;
        size_t len = text_wrap(table->arena, text_clean(table->arena, incident->summary, 2048),
                               cols > 10 ? cols : 10, &lines);
        size_t most = view->size == SIZE_LARGE || view->zoomed ? SUMMARY_LINES_MAX : 2;
        for (size_t i = 0; i < len && i < most; i++) {
            table_line(table, "");
            table_span(table, ROLE_MUTED, lines[i]);
            if (i + 1 == most && len > most)
                table_span(table, ROLE_MUTED, table_room(table) > 5 ? " ..." : "~");
        }
    }
    table_rule(table);
    table->head_rows = table->rows_len;
}
