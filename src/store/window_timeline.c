#include "store/window.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/pull_request.h"
#include "store/window_rows.h"

#define OPEN_MAX 50

#define FIELD_OWNER struct timeline_incident
static const struct field timeline_incident_rows[] = {TIMELINE_INCIDENT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table timeline_incident_table = FIELD_TABLE(timeline_incident, SIZE_MAX);

#define FIELD_OWNER struct timeline_event
static const struct field timeline_event_rows[] = {TIMELINE_EVENT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
const struct field_table timeline_event_table = FIELD_TABLE(timeline_event, SIZE_MAX);

static bool
read_open(struct store *store, struct arena *arena, struct timeline_window *window,
          struct error *err)
{
    struct statement *statement;
    const char **ids = arena_new_array(arena, OPEN_MAX, const char *);
    bool row;
    window->open_ids = ids;
    if (!store_statement(store, SQL_TIMELINE_ACTIVE, &statement, err))
        return false;
    while (statement_step(statement, &row, err)) {
        if (!row)
            return true;
        if (window->open_len < OPEN_MAX)
            ids[window->open_len++] = row_text(statement, arena, 0);
    }
    return false;
}

/* One statement a kind of event, prepared only for an incident that has some: all in one took as long as half a start. */
static const enum sql sources[] = {
    SQL_TIMELINE_UPDATES, SQL_TIMELINE_ITEMS, SQL_TIMELINE_ALERTS,   SQL_TIMELINE_NOTES,
    SQL_TIMELINE_PAGES,   SQL_TIMELINE_LINKS, SQL_TIMELINE_PULLS,    SQL_TIMELINE_TASKS,
    SQL_TIMELINE_ACTIONS, SQL_TIMELINE_ROLES, SQL_TIMELINE_MESSAGES, SQL_TIMELINE_OPENED,
    SQL_TIMELINE_RUNS,
};
enum { SOURCES = sizeof sources / sizeof *sources };

struct incident_events {
    const char *incident_id;
    bool has[SOURCES]; /* events of this kind */
};

/* The columns of timeline_sources in their order; that it was opened, every incident has, and runs have no such test. */
static bool
find_sources(struct store *store, struct incident_events *from, bool brief, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_TIMELINE_SOURCES, &statement, err))
        return false;
    bind_text(statement, "incident_id", from->incident_id);
    if (!statement_step(statement, &row, err))
        return false;
    for (int i = 0; i < SOURCES; i++)
        from->has[i] = sources[i] == SQL_TIMELINE_OPENED ||
                       (sources[i] == SQL_TIMELINE_RUNS ? !brief : row_integer(statement, i));
    statement_reset(statement);
    return true;
}

static bool
has_source(const struct incident_events *from, enum sql sql)
{
    for (int i = 0; i < SOURCES; i++)
        if (sources[i] == sql)
            return from->has[i];
    return false;
}

static int
compare_newest_first(const void *left, const void *right)
{
    const struct timeline_event *a = left, *b = right;
    return a->at != b->at ? (a->at < b->at ? 1 : -1) : strcmp(b->id, a->id);
}

static int
compare_oldest_first(const void *left, const void *right)
{
    return compare_newest_first(right, left);
}

/* At most `rows` events from a place: older = that one and older ones, newest first; else newer ones, oldest first. */
static bool
read_page(struct store *store, const struct incident_events *from, int64_t at, const char *id,
          bool older, int rows, struct arena *arena, struct timeline_event **events,
          size_t *events_len, struct error *err)
{
    struct timeline_event *parts[SOURCES];
    size_t lens[SOURCES] = {0}, len = 0;
    for (int i = 0; i < SOURCES; i++) {
        struct statement *statement;
        if (!from->has[i])
            continue;
        if (!store_statement(store, sources[i], &statement, err))
            return false;
        bind_text(statement, "incident_id", from->incident_id);
        bind_integer(statement, "at", at);
        bind_text(statement, "id", id);
        bind_integer(statement, "older", older);
        bind_integer(statement, "rows", rows);
        if (!statement_read_all(statement, &timeline_event_table, arena, (size_t)rows, &parts[i],
                                &lens[i], err))
            return false;
        len += lens[i];
    }

    struct timeline_event *all = arena_new_array(arena, len + 1, struct timeline_event);
    len = 0;
    for (int i = 0; i < SOURCES; len += lens[i++])
        if (lens[i])
            memcpy(all + len, parts[i], lens[i] * sizeof *all);
    qsort(all, len, sizeof *all, older ? compare_newest_first : compare_oldest_first);
    *events = all;
    *events_len = len > (size_t)rows ? (size_t)rows : len;
    return true;
}

#define FILTERED_PAGE_ROWS 500

/* With a filter, page after page until so many hold; a page of older events begins with the last of the one before. */
static bool
read_events(struct store *store, const struct incident_events *from, int64_t at, const char *id,
            bool older, const struct filter *filter, int rows, struct arena *arena,
            struct timeline_event **events, size_t *events_len, struct error *err)
{
    if (!filter)
        return read_page(store, from, at, id, older, rows, arena, events, events_len, err);
    struct timeline_event *found = arena_new_array(arena, (size_t)rows, struct timeline_event);
    struct timeline_event *page;
    size_t len = 0, page_len;
    const char *last = NULL;
    do {
        if (!read_page(store, from, at, id, older, FILTERED_PAGE_ROWS, arena, &page, &page_len,
                       err))
            return false;
        for (size_t i = 0; i < page_len && len < (size_t)rows; i++)
            if (!(last && text_equals(page[i].id, last)) &&
                filter_matches(filter, &timeline_event_table, &page[i]))
                found[len++] = page[i];
        if (page_len) {
            last = id = page[page_len - 1].id;
            at = page[page_len - 1].at;
        }
    } while (page_len == FILTERED_PAGE_ROWS && len < (size_t)rows);
    *events = found;
    *events_len = len;
    return true;
}

/* Puts the newer events, which came oldest first, in front of the older ones. */
static void
join_events(struct timeline_window *window, const struct timeline_event *newer, size_t newer_len,
            const struct timeline_event *older, size_t older_len, int rows, struct arena *arena)
{
    size_t limit = (size_t)rows;
    window->more_above = newer_len > limit;
    window->more_below = older_len > limit + 1;
    newer_len = newer_len > limit ? limit : newer_len;
    older_len = older_len > limit + 1 ? limit + 1 : older_len;

    struct timeline_event *events =
        arena_new_array(arena, newer_len + older_len + 1, struct timeline_event);
    for (size_t i = 0; i < newer_len; i++)
        events[i] = newer[newer_len - 1 - i];
    if (older_len)
        memcpy(events + newer_len, older, older_len * sizeof *events);
    window->events = events;
    window->events_len = newer_len + older_len;
}

/* The other way round: oldest first. */
static bool
read_incident(struct store *store, const char *id, struct arena *arena,
              struct timeline_incident *incident, bool *found, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_TIMELINE_INCIDENT, &statement, err))
        return false;
    bind_text(statement, "incident_id", id);
    if (!statement_step(statement, found, err))
        return false;
    if (*found) {
        row_read(statement, &timeline_incident_table, arena, incident);
        statement_reset(statement);
    }
    return true;
}

bool
window_open_incidents(struct store *store, struct arena *arena,
                      const struct timeline_incident **incidents, size_t *incidents_len,
                      struct error *err)
{
    struct timeline_window open = {0};
    bool found;
    *incidents_len = 0;
    if (!read_open(store, arena, &open, err))
        return false;
    struct timeline_incident *items =
        arena_new_array(arena, open.open_len + 1, struct timeline_incident);
    *incidents = items;
    for (size_t i = 0; i < open.open_len; i++) {
        if (!read_incident(store, open.open_ids[i], arena, &items[*incidents_len], &found, err))
            return false;
        *incidents_len += found;
    }
    return true;
}

static void
turn_events(struct timeline_window *window, struct arena *arena)
{
    size_t len = window->events_len;
    bool more_above = window->more_above;
    struct timeline_event *events = arena_new_array(arena, len + 1, struct timeline_event);
    for (size_t i = 0; i < len; i++)
        events[i] = window->events[len - 1 - i];
    window->events = events;
    window->more_above = window->more_below;
    window->more_below = more_above;
}

bool
window_timeline(struct store *store, const char *incident_id, const struct window_request *request,
                struct arena *arena, struct timeline_window *window, struct error *err)
{
    struct timeline_event *older = NULL, *newer = NULL;
    size_t older_len = 0, newer_len = 0;

    *window = (struct timeline_window){0};
    if (!read_open(store, arena, window, err))
        return false;
    if (!*incident_id && window->open_len)
        incident_id = window->open_ids[0];
    if (!*incident_id)
        return true;

    if (!read_incident(store, incident_id, arena, &window->incident, &window->found, err))
        return false;
    if (!window->found)
        return true;
    window->brief = request->brief;

    /* An event keeps its place: events do not move in time. */
    bool oldest_first = request->sort && text_equals(request->sort->name, "oldest");
    bool anchored = !text_is_empty(request->id) && !request->to_end;
    bool from_oldest = !anchored && request->to_end != oldest_first;
    int64_t at = anchored ? request->place[0] : from_oldest ? 0 : INT64_MAX;
    const char *id = anchored ? request->id : "";
    struct incident_events from = {.incident_id = incident_id};
    if (!find_sources(store, &from, request->brief, err) ||
        (has_source(&from, SQL_TIMELINE_PULLS) &&
         !pull_request_lines(store, incident_id, arena, &window->pulls, &window->pulls_len, err)) ||
        (!request->brief &&
         !window_timeline_head(store, has_source(&from, SQL_TIMELINE_PULLS), arena, window, err)) ||
        !read_events(store, &from, at, id, true, request->filter, request->rows + 2, arena, &older,
                     &older_len, err))
        return false;
    if ((anchored || from_oldest) &&
        !read_events(store, &from, at, id, false, request->filter, request->rows + 1, arena, &newer,
                     &newer_len, err))
        return false;
    join_events(window, newer, newer_len, older, older_len, request->rows, arena);
    if (oldest_first)
        turn_events(window, arena);
    return true;
}
