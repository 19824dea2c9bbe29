#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "ui/keymap.h"
#include "ui/links.h"
#include "ui/timeline.h"

#define HEAD_MIN_ROWS 12
#define SUMMARY_MIN_ROWS 24
#define SUMMARY_LINES_MAX 3
#define PULLS_MAX 3
#define FULL_NAME_COLS 44
#define DUE_SOON_MS (5 * MINUTE_MS)
#define GAP "   " /* between facts of one line */

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

/* When a span that shrinks reads differently. */
static int64_t
next_of_countdown_ms(int64_t left_ms)
{
    int64_t unit = left_ms < MINUTE_MS        ? 5 * SECOND_MS
                   : left_ms < HOUR_MS        ? MINUTE_MS
                   : left_ms < 2 * DAY_MS     ? HOUR_MS
                   : left_ms < 4 * 7 * DAY_MS ? DAY_MS
                                              : 7 * DAY_MS;
    return left_ms % unit + 1;
}

/* "update due 9m", "update late 12m". */
static void
put_due(struct timeline *timeline)
{
    static const struct update_spans none = {0};
    const struct view_settings *settings = timeline->view->settings;
    const struct timeline_incident *incident = &timeline->window->incident;
    struct table *table = timeline->table;
    int64_t due_at =
        update_due_at(settings->update_spans ? settings->update_spans : &none, incident->mode,
                      incident->status_category, incident->severity_digit, incident->last_update_at,
                      incident->created_at);
    int64_t left_ms = due_at - timeline->now_ms;
    char age[AGE_SIZE];
    if (!due_at)
        return;
    table_span(table, ROLE_LABEL, GAP "update ");
    if (left_ms > 0) {
        table_span_printf(table, left_ms <= DUE_SOON_MS ? ROLE_STRONG : ROLE_TEXT, "due %s",
                          age_text(left_ms, age));
        table_changes_at(table, timeline->now_ms + next_of_countdown_ms(left_ms));
    } else {
        table_span_printf(table, ROLE_LATE, "late %s", age_text(-left_ms, age));
        table_changes_at(table, timeline->now_ms + age_next_change_ms(due_at, timeline->now_ms));
    }
}

/* ---- what else is known of it, as many to a line as fit ---- */

struct flow {
    struct timeline *timeline;
    int lines_left;
    bool begun; /* a line is being written */
    size_t left_out;
};

/* "Comms: Ana", of what can be opened "call meet.example.com". A fact that fits no more takes the next line; one wider than a line is cut; after the last line they are counted. */
static void
put_fact(struct flow *flow, enum role role, const char *label, const char *outside_text,
         const char *url)
{
    struct table *table = flow->timeline->table;
    const char *text = text_clean(table->arena, outside_text, 256);
    label = *label ? arena_printf(table->arena, "%s%s", text_clean(table->arena, label, 64),
                                  url ? " " : ": ")
                   : "";
    int cols = text_width_cols(label) + text_width_cols(text);
    int gap = flow->begun ? (int)sizeof GAP - 1 : 0;
    if (!*text)
        return;
    if (!flow->begun || gap + cols > table_room(table) - 1) {
        if (!flow->lines_left || flow->left_out) {
            flow->left_out++;
            return;
        }
        flow->lines_left--;
        flow->begun = true;
        gap = 0;
        table_line(table, "");
    }
    table_span(table, ROLE_LABEL, gap ? arena_printf(table->arena, GAP "%s", label) : label);
    table_span(table, role, text_cut(table->arena, text, table_room(table) - 1));
    if (url && link_is_safe(url))
        table_link(table, url);
}

/* Without the scheme, which every link has. */
static const char *
shown_url(const char *url)
{
    const char *host = strstr(url, "://");
    return host ? host + 3 : url;
}

static void
put_facts(struct timeline *timeline, bool channel_told)
{
    const struct timeline_window *window = timeline->window;
    const struct timeline_incident *incident = &window->incident;
    const struct view *view = timeline->view;
    struct table *table = timeline->table;
    struct flow flow = {.timeline = timeline,
                        .lines_left = view->rows < SUMMARY_MIN_ROWS              ? 1
                                      : view->size == SIZE_LARGE || view->zoomed ? 3
                                                                                 : 2};
    for (size_t i = 0; i < window->facts_len; i++) {
        const struct timeline_fact *fact = &window->facts[i];
        if (text_equals(fact->kind, "role"))
            put_fact(&flow, ROLE_PERSON, fact->label,
                     table->cols < 60 ? view_first_name(table->arena, fact->text) : fact->text,
                     NULL);
    }
    if (!channel_told)
        put_fact(&flow, ROLE_LABEL, "",
                 *incident->slack_channel_name
                     ? arena_printf(table->arena, "#%s", incident->slack_channel_name)
                     : "",
                 NULL);
    for (size_t i = 0; i < window->facts_len; i++) {
        const struct timeline_fact *fact = &window->facts[i];
        if (text_equals(fact->kind, "call"))
            put_fact(&flow, ROLE_TEXT, "call", shown_url(fact->text), fact->text);
        else if (text_equals(fact->kind, "field"))
            put_fact(&flow, ROLE_TEXT, fact->label, fact->text, NULL);
    }
    put_fact(&flow, ROLE_MUTED, "", shown_url(incident->permalink), incident->permalink);
    if (flow.left_out && table_room(table) > 4)
        table_span_printf(table, ROLE_MUTED, "  +%zu", flow.left_out);
}

/* ---- whether it can be resolved ---- */

/*
 * A fix that is merged mitigates; the data is right when its alerts are resolved. Only what is known is said, and nothing is
 * done: the user resolves.
 */
static const char *
mended_text(struct timeline *timeline)
{
    const struct timeline_mended *mended = &timeline->window->mended;
    const struct view_settings *settings = timeline->view->settings;
    struct arena *arena = timeline->table->arena;
    char merged[MOMENT_SIZE], green[MOMENT_SIZE], key[KEY_NAME_SIZE] = "";
    const char *what =
        mended->pulls == 1
            ? arena_printf(arena, "PR #%lld merged", (long long)mended->number)
            : arena_printf(arena, "%lld PRs merged, the last", (long long)mended->pulls);
    moment_text(settings->zone, mended->merged_at, timeline->now_ms, merged);
    moment_text(settings->zone, mended->green_at, timeline->now_ms, green);
    const char *since = arena_printf(arena, "%s %s, pipeline green since %s", what, merged, green);
    if (mended->firing)
        return arena_printf(arena, "%s; %lld alert%s still fire%s: mitigated, data not right yet",
                            since, (long long)mended->firing, mended->firing == 1 ? "" : "s",
                            mended->firing == 1 ? "s" : "");
    if (action_allowed(ACTION_FINISH, settings->read_only))
        keymap_hint(ACTION_FINISH, key);
    const char *resolve = *key ? arena_printf(arena, "%s resolves it", key) : "it can be resolved";
    return mended->alerts
               ? arena_printf(arena, "%s, alerts resolved: %s", since, resolve)
               : arena_printf(arena, "%s; no alert tells of the data: once that is right, %s",
                              since, resolve);
}

static void
put_mended(struct timeline *timeline)
{
    const struct timeline_mended *mended = &timeline->window->mended;
    struct table *table = timeline->table;
    const char *const *lines;
    int cols = table->cols - table->mark_cols - 1;
    if (!mended->green_at)
        return;
    size_t len = text_wrap(table->arena, mended_text(timeline), cols > 10 ? cols : 10, &lines);
    for (size_t i = 0; i < len; i++) {
        table_line(table, "");
        table_span(table, mended->firing ? ROLE_TEXT : ROLE_STRONG, lines[i]);
    }
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

/* A row each for the name, for who leads it since when and what is due, and for what else is known; where there is room, what it
 * is about. */
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
               !*incident->lead               ? "nobody"
               : table->cols < FULL_NAME_COLS ? view_first_name(table->arena, incident->lead)
                                              : incident->lead);
    put_age(timeline, GAP "age ", incident->created_at, "");
    put_due(timeline);
    if (incident->last_update_at && text_width_cols(GAP "updated 99m ago") <= table_room(table))
        put_age(timeline, GAP "updated ", incident->last_update_at, " ago");
    bool channel_told = true;
    if (*incident->slack_channel_name) {
        const char *channel = arena_printf(table->arena, GAP "#%s", incident->slack_channel_name);
        channel_told = text_width_cols(channel) <= table_room(table);
        if (channel_told)
            table_span(table, ROLE_LABEL, channel);
    }
    if (!timeline->window->brief)
        put_facts(timeline, channel_told);
    put_mended(timeline);
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
