#include "hub/maintenance_end.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "hub/alert_event.h"
#include "hub/attributes.h"
#include "hub/event_routes.h"
#include "hub/objects.h"

enum { LOOK_EVERY_MS = 1000, ALERTS_A_LOOK = 100 };

struct maintenance_end {
    struct store *store;
    struct loop *loop;
    struct worker *worker;
    struct routing *routing;
    uint64_t timer;
    /* The alert that waits for the expressions of its routes. */
    struct arena arena;
    struct alert alert;
    struct event_routes routes;
    const char *source;
    size_t awaited;
};

/* ---- windows ---- */

struct window {
    const char *id, *name;
    int64_t end_at;
    bool resolves, reroutes;
};

static bool
next_window(struct store *store, int64_t now_ms, struct arena *arena, struct window *window,
            bool *found, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_MAINTENANCE_WINDOW_OVER, &statement, err))
        return false;
    bind_integer(statement, "now", now_ms);
    if (!statement_step(statement, found, err))
        return false;
    if (!*found)
        return true;
    *window = (struct window){
        .id = row_text(statement, arena, 0),
        .name = row_text(statement, arena, 1),
        .end_at = row_integer(statement, 2),
        .resolves = row_integer(statement, 3) != 0,
        .reroutes = row_integer(statement, 4) != 0,
    };
    statement_reset(statement);
    return true;
}

struct held {
    const char *alert_id;
    struct held *next;
};

static bool
read_held(struct store *store, const struct window *window, struct arena *arena, struct held **held,
          struct error *err)
{
    struct statement *statement;
    struct held **last = held;
    bool row;
    *held = NULL;
    if (!store_statement(store, SQL_ALERT_IDS_HELD, &statement, err))
        return false;
    bind_text(statement, "name", window->name);
    while (statement_step(statement, &row, err)) {
        if (!row)
            return true;
        *last = arena_new(arena, struct held);
        (*last)->alert_id = row_text(statement, arena, 0);
        last = &(*last)->next;
    }
    return false;
}

static bool
run_with(struct store *store, enum sql sql, const char *name, const char *id, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, sql, &statement, err))
        return false;
    bind_text(statement, name, id);
    return statement_run(statement, err);
}

static bool
see_to(struct store *store, const struct window *window, int64_t now_ms, struct arena *arena,
       struct error *err)
{
    struct statement *statement;
    struct held *held = NULL;
    if ((window->resolves || window->reroutes) && !read_held(store, window, arena, &held, err))
        return false;
    for (; held; held = held->next) {
        if (window->resolves
                ? !alert_resolve(store, held->alert_id, now_ms, arena, err)
                : !run_with(store, SQL_ALERT_REROUTE_PUT, "alert_id", held->alert_id, err))
            return false;
    }
    if (!store_statement(store, SQL_MAINTENANCE_WINDOW_END_PUT, &statement, err))
        return false;
    bind_text(statement, "window_id", window->id);
    bind_integer(statement, "end_at", window->end_at);
    return statement_run(statement, err);
}

static bool
end_windows(struct store *store, int64_t now_ms, struct arena *arena, struct error *err)
{
    struct window window;
    bool found = true;
    for (;;) {
        if (!next_window(store, now_ms, arena, &window, &found, err))
            return false;
        if (!found)
            return true;
        if (!store_begin(store, err))
            return false;
        if (!see_to(store, &window, now_ms, arena, err)) {
            store_rollback(store);
            return error_wrap(err, "the end of the maintenance window '%s'", window.name);
        }
        if (!store_commit(store, err))
            return false;
    }
}

/* ---- alerts that go through the routes ---- */

static bool
decide(struct maintenance_end *ends, struct error *err)
{
    const struct routing_event about = {
        .alert_id = ends->alert.id,
        .source = ends->source,
        .survivors = ends->routes.survivors,
        .survivors_len = ends->routes.survivors_len,
        .generation = ends->routes.generation,
        .again = true,
    };
    return routing_decide(ends->routing, &about, clock_now_ms(), &ends->arena, err) &&
           run_with(ends->store, SQL_ALERT_REROUTE_DELETE, "alert_id", ends->alert.id, err);
}

/* Where the rules changed meanwhile the alert is begun with again. False: it waits, and why is logged. */
static bool
finish(struct maintenance_end *ends)
{
    struct error err;
    bool current;
    if (!routing_is_current(ends->routing, ends->routes.generation, &current, &err) ||
        (current && !store_begin(ends->store, &err))) {
        log_failure(LOG_ERROR, &err, "an alert that was held waits for its routes");
        return false;
    }
    if (current && (!decide(ends, &err) || !store_commit(ends->store, &err))) {
        store_rollback(ends->store);
        log_failure(LOG_ERROR, &err, "an alert that was held waits for its routes");
        return false;
    }
    return true;
}

static void route_some(struct maintenance_end *ends);

static void
on_results(void *context)
{
    struct maintenance_end *ends = context;
    if (--ends->awaited == 0 && finish(ends))
        route_some(ends);
}

static bool
read_event(struct maintenance_end *ends, struct alert_event *event, struct error *err)
{
    struct statement *statement;
    const struct alert *alert = &ends->alert;
    bool row;
    *event = (struct alert_event){
        .title = alert->title,
        .description = alert->description,
        .status = alert->status,
        .source_url = alert->source_url,
        .deduplication_key = alert->deduplication_key,
        .alert_source_id = alert->alert_source_id,
        .metadata = "",
        .query_params = "{}",
        .payload = "",
        .received_at = alert->created_at,
    };
    if (!store_statement(ends->store, SQL_ALERT_EVENT_BEGAN, &statement, err))
        return false;
    bind_text(statement, "alert_id", alert->id);
    bind_integer(statement, "created_at", alert->created_at);
    if (!statement_step(statement, &row, err))
        return false;
    if (row) {
        event->metadata = row_text(statement, &ends->arena, 0);
        event->query_params = row_text(statement, &ends->arena, 1);
        statement_reset(statement);
    }
    return true;
}

static bool
find_routes(struct maintenance_end *ends, struct error *err)
{
    struct alert_event event;
    struct alert_source source;
    const size_t len = ends->alert.attributes_len;
    struct event_attributes attributes = {
        .entries = arena_new_array(&ends->arena, len + 1, struct alert_attribute_entry),
        .is_set = arena_new_array(&ends->arena, len + 1, bool),
        .len = len,
    };
    bool found;
    for (size_t i = 0; i < len; i++) {
        attributes.entries[i] = ends->alert.attributes[i];
        attributes.is_set[i] = true;
    }
    if (!read_event(ends, &event, err) ||
        !object_load(ends->store, KIND_ALERT_SOURCE, event.alert_source_id, &ends->arena, &source,
                     &found, err))
        return false;
    ends->source = found ? source.name : "";
    return event_routes_find(&ends->routes, ends->routing, ends->worker, &event, &attributes,
                             ends->source, &ends->arena, on_results, ends, err);
}

/* *found = false: none waits. */
static bool
begin_next(struct maintenance_end *ends, bool *found, struct error *err)
{
    struct statement *statement;
    bool there = false;
    for (;;) {
        arena_reset(&ends->arena);
        if (!store_statement(ends->store, SQL_ALERT_REROUTE_NEXT, &statement, err) ||
            !statement_step(statement, found, err))
            return false;
        if (!*found)
            return true;
        const char *id = row_text(statement, &ends->arena, 0);
        statement_reset(statement);
        if (!object_load(ends->store, KIND_ALERT, id, &ends->arena, &ends->alert, &there, err))
            return false;
        if (there && strcmp(ends->alert.status, "firing") == 0)
            return find_routes(ends, err);
        if (!run_with(ends->store, SQL_ALERT_REROUTE_DELETE, "alert_id", id, err))
            return false;
    }
}

/* Until there are expressions to be waited for. */
static void
route_some(struct maintenance_end *ends)
{
    struct error err;
    bool found;
    for (int i = 0; i < ALERTS_A_LOOK; i++) {
        if (!begin_next(ends, &found, &err)) {
            log_failure(LOG_ERROR, &err, "an alert that was held waits for its routes");
            return;
        }
        ends->awaited = found ? ends->routes.jobs : 0;
        if (!found || ends->awaited > 0 || !finish(ends))
            return;
    }
}

/* ---- */

static void
look(void *context)
{
    struct maintenance_end *ends = context;
    struct arena arena = {0};
    struct error err;
    ends->timer = loop_after(ends->loop, LOOK_EVERY_MS, look, ends);
    if (!end_windows(ends->store, clock_now_ms(), &arena, &err))
        log_failure(LOG_ERROR, &err, "a maintenance window cannot be ended");
    arena_finish(&arena);
    if (ends->awaited == 0)
        route_some(ends);
}

struct maintenance_end *
maintenance_end_create(struct store *store, struct loop *loop, struct worker *worker,
                       struct routing *routing)
{
    struct maintenance_end *ends = memory_alloc(sizeof *ends);
    ends->store = store;
    ends->loop = loop;
    ends->worker = worker;
    ends->routing = routing;
    ends->timer = loop_after(loop, 0, look, ends);
    return ends;
}

void
maintenance_end_destroy(struct maintenance_end *ends)
{
    if (!ends)
        return;
    loop_cancel(ends->loop, ends->timer);
    arena_finish(&ends->arena);
    memory_free(ends);
}
