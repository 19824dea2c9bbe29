#include "hub/event_queue.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "hub/alert_event.h"
#include "hub/attributes.h"
#include "hub/event_routes.h"
#include "hub/source_rules.h"
#include "hub/transform.h"
#include "store/cache.h"

enum {
    ROUND_MAX = 64,                    /* events of a source that are worked on at once */
    ROUND_MAX_BYTES = 4 * 1024 * 1024, /* of text; the first event may have more */
    AT_ONCE = 64,    /* events a transaction makes alerts of: requests are answered in between */
    SLICE_MS = 4,    /* that such a transaction takes: who sends waits meanwhile */
    RESTS = 3,       /* in a storm: what a turn took is left so many times to who sends */
    RETRY_MS = 1000, /* after a store that would not take it */
};

/* An event of a row: the row itself, or one that its transform gave. */
struct part {
    struct work *work;
    const struct alert_event *event;
    struct event_attributes attributes;
    struct event_routes routes;
};

/* A row of alert_event on its way. It is ready once nobody evaluates anything for it. */
struct work {
    struct work *next;
    struct lane *lane;
    struct alert_event row;
    struct part *parts;
    size_t parts_len;
    size_t awaited;
    const char *problem;
};

/* A source with events that wait: a round of them is worked on, and those behind are read when it is over. */
struct lane {
    struct lane *next;
    struct event_queue *queue;
    char *alert_source_id;
    struct arena arena; /* of the round */
    struct source_rules rules;
    struct work *first; /* not applied yet, in their order */
    size_t out;         /* jobs of the round that the worker has */
};

struct event_queue {
    struct store *store;
    struct loop *loop;
    struct worker *worker;
    struct routing *routing;
    struct lane *lanes;
    uint64_t timer;
    int64_t gather_ms; /* 0 = nobody sends meanwhile */
    int64_t turned_ms; /* when the last turn was, */
    int64_t woken_ms;  /* when the last event came, */
    int64_t rests_ms;  /* and until when events come before the next turn */
};

static void turn(void *context);

static void
turn_soon(struct event_queue *queue, int64_t delay_ms)
{
    if (!queue->timer)
        queue->timer = loop_after(queue->loop, delay_ms, turn, queue);
}

/* Events are on the disk already: while others come, what is made of them gets a share of the time, else all of it. */
static void
go_on_soon(struct event_queue *queue)
{
    int64_t now_ms = clock_monotonic_ms();
    bool storm = now_ms - queue->woken_ms < queue->gather_ms && queue->rests_ms > now_ms;
    turn_soon(queue, storm ? queue->rests_ms - now_ms : 0);
}

/* ---- reading a round ---- */

static size_t
size_of(const struct alert_event *event)
{
    return strlen(event->payload) + strlen(event->metadata) + strlen(event->description);
}

static bool
read_round(struct lane *lane, size_t *len, struct error *err)
{
    struct statement *statement;
    struct work **end = &lane->first;
    struct arena *arena = &lane->arena;
    size_t bytes = 0;
    bool row = true;
    *len = 0;
    if (!store_statement(lane->queue->store, SQL_ALERT_EVENT_WAITING, &statement, err))
        return false;
    bind_text(statement, "alert_source_id", lane->alert_source_id);
    bind_integer(statement, "rows", ROUND_MAX);
    while (row && bytes < ROUND_MAX_BYTES) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        struct work *work = arena_new(arena, struct work);
        work->lane = lane;
        work->problem = "";
        work->row = (struct alert_event){
            .id = row_integer(statement, 0),
            .alert_source_id = row_text(statement, arena, 1),
            .deduplication_key = row_text(statement, arena, 2),
            .status = row_text(statement, arena, 3),
            .title = row_text(statement, arena, 4),
            .description = row_text(statement, arena, 5),
            .source_url = row_text(statement, arena, 6),
            .metadata = row_text(statement, arena, 7),
            .query_params = row_text(statement, arena, 8),
            .received_at = row_integer(statement, 9),
            .payload = row_text(statement, arena, 10),
        };
        bytes += size_of(&work->row);
        *end = work;
        end = &work->next;
        ++*len;
    }
    statement_reset(statement);
    return true;
}

/* ---- expressions ---- */

static void
arrived(struct work *work)
{
    work->lane->out--;
    if (--work->awaited == 0)
        go_on_soon(work->lane->queue);
}

static void
submit(struct work *work, const struct worker_job *job)
{
    work->awaited++;
    work->lane->out++;
    worker_submit(work->lane->queue->worker, job);
}

static void
make_attributes(struct part *part, const struct worker_result *results)
{
    struct lane *lane = part->work->lane;
    struct error err;
    if (*part->work->problem == '\0') /* else the title says what is wrong */
        part->event = source_rules_retell(&lane->rules, part->event, results, &lane->arena);
    if (attributes_make(lane->queue->store, &lane->rules, results, &lane->arena, &part->attributes,
                        &err))
        return;
    log_failure(LOG_ERROR, &err, "an alert goes without its attributes");
    part->attributes = (struct event_attributes){0};
}

static void
on_route(void *context)
{
    arrived(context);
}

/* Routes are asked about alerts that may begin: what goes on has been decided on. */
static void
find_routes(struct part *part)
{
    struct work *work = part->work;
    struct lane *lane = work->lane;
    struct error err;
    if (!event_routes_find(&part->routes, lane->queue->routing, lane->queue->worker, part->event,
                           &part->attributes, lane->rules.name, &lane->arena, on_route, work, &err))
        log_failure(LOG_ERROR, &err, "an alert goes without the expressions of its routes");
    work->awaited += part->routes.jobs;
    lane->out += part->routes.jobs;
}

static void
on_attributes(void *context, const struct worker_result *results)
{
    struct part *part = context;
    make_attributes(part, results);
    find_routes(part);
    arrived(part->work);
}

/* An event that ends an alert changes no attribute (facts 5.1). */
static void
evaluate(struct part *part)
{
    struct lane *lane = part->work->lane;
    const struct source_rules *rules = &lane->rules;
    if (strcmp(part->event->status, "firing") != 0)
        return;
    if (rules->programs_len == 0) {
        make_attributes(part, NULL);
        find_routes(part);
        return;
    }
    const struct worker_job job = {
        .programs = rules->programs,
        .programs_len = rules->programs_len,
        .document = slice_of(alert_event_document(part->event, &lane->arena)),
        .party = lane->alert_source_id,
        .subject = part->event->deduplication_key,
        .done = on_attributes,
        .context = part,
    };
    submit(part->work, &job);
}

static void
evaluate_all(struct work *work, const struct alert_event *events, size_t len)
{
    work->parts = arena_new_array(&work->lane->arena, len + 1, struct part);
    work->parts_len = len;
    for (size_t i = 0; i < len; i++) {
        work->parts[i] = (struct part){.work = work, .event = &events[i]};
        evaluate(&work->parts[i]);
    }
}

static void
on_transformed(void *context, const struct worker_result *results)
{
    struct work *work = context;
    const struct alert_event *events;
    size_t len;
    transform_read(&work->lane->rules, &work->row, results, &work->lane->arena, &events, &len,
                   &work->problem);
    evaluate_all(work, events, len);
    arrived(work);
}

static void
begin(struct work *work)
{
    struct lane *lane = work->lane;
    if (*work->row.payload == '\0') {
        evaluate_all(work, &work->row, 1);
        return;
    }
    static const char *const as_it_is[] = {"."}; /* the transform was removed meanwhile */
    const struct worker_job job = {
        .programs = *lane->rules.transform ? &lane->rules.transform : as_it_is,
        .programs_len = 1,
        .document = slice_of(work->row.payload),
        .result_max_bytes = TRANSFORM_RESULT_MAX_BYTES,
        .party = lane->alert_source_id,
        .subject = work->row.deduplication_key,
        .done = on_transformed,
        .context = work,
    };
    submit(work, &job);
}

/* ---- in the transaction ---- */

static bool
mark_done(struct store *store, const struct work *work, const char *alert_id,
          const char *attributes, const char *problem, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_ALERT_EVENT_DONE, &statement, err))
        return false;
    bind_integer(statement, "id", work->row.id);
    bind_integer(statement, "now", clock_now_ms());
    bind_text(statement, "alert_id", alert_id);
    bind_text(statement, "attributes", attributes);
    bind_text(statement, "problem", problem);
    return statement_run(statement, err);
}

/* The row is about the first alert of those it made; the outcomes kept are that one's. */
static bool
apply_work(struct store *store, struct work *work, struct error *err)
{
    struct arena *arena = &work->lane->arena;
    const char *first_id = "", *attributes = "";
    for (size_t i = 0; i < work->parts_len; i++) {
        struct part *part = &work->parts[i];
        const char *alert_id;
        if (!alert_event_apply(store, part->event, &part->attributes, clock_now_ms(), arena,
                               &alert_id, err))
            return false;
        const struct attribute_outcomes outcomes = {part->attributes.outcomes,
                                                    part->attributes.len};
        const struct routing_event about = {
            .alert_id = alert_id,
            .source = work->lane->rules.name,
            .outcomes = &outcomes,
            .survivors = part->routes.survivors,
            .survivors_len = part->routes.survivors_len,
            .generation = part->routes.generation,
        };
        if (*alert_id && strcmp(part->event->status, "firing") == 0 &&
            !routing_decide(work->lane->queue->routing, &about, clock_now_ms(), arena, err))
            return false;
        if (i > 0)
            continue;
        first_id = alert_id;
        attributes = outcomes.len ? attribute_outcomes_json(&outcomes, arena) : "";
    }
    return mark_done(store, work, first_id, attributes, work->problem, err);
}

/*
 * Up to `max` of the works that are ready and have none before them in their lane, for some milliseconds; *len says how many.
 * The commit does not wait for the disk: the events are on it, and are worked on anew should this get lost.
 */
static bool
apply(struct event_queue *queue, size_t max, size_t *len, struct error *err)
{
    const int64_t until_ms = clock_monotonic_ms() + SLICE_MS;
    *len = 0;
    if (!store_begin_derived(queue->store, err))
        return false;
    bool ok = true;
    for (struct lane *lane = queue->lanes; lane; lane = lane->next)
        for (struct work *work = lane->first; ok && work && work->awaited == 0 && *len < max &&
                                              (*len == 0 || clock_monotonic_ms() < until_ms);
             work = work->next, ++*len)
            ok = apply_work(queue->store, work, err);
    ok = ok && cache_index(queue->store, err) && store_commit(queue->store, err);
    if (!ok)
        store_rollback(queue->store);
    return ok;
}

/* Those that `apply` went through, in its order. */
static void
drop(struct event_queue *queue, size_t len)
{
    for (struct lane *lane = queue->lanes; lane; lane = lane->next)
        for (; len > 0 && lane->first && lane->first->awaited == 0; len--)
            lane->first = lane->first->next;
}

/* The first that is ready cannot be made anything of: it is kept with the reason, and those behind it go on. */
static bool
set_aside(struct event_queue *queue, const struct error *why, struct error *err)
{
    const struct lane *lane = queue->lanes;
    while (lane && (!lane->first || lane->first->awaited > 0))
        lane = lane->next;
    if (!lane)
        return true;
    if (!store_begin(queue->store, err))
        return false;
    bool ok = mark_done(queue->store, lane->first, "", "", why->message, err) &&
              store_commit(queue->store, err);
    if (!ok)
        store_rollback(queue->store);
    return ok;
}

static bool
apply_ready(struct event_queue *queue, size_t *len, struct error *err)
{
    struct error why;
    bool ok = apply(queue, AT_ONCE, len, err);
    if (!ok && err->code != ERROR_STORE) { /* one of them: which one shows alone */
        ok = apply(queue, 1, len, &why);
        if (!ok && why.code != ERROR_STORE) {
            log_failure(LOG_ERROR, &why, "an alert event is set aside");
            ok = set_aside(queue, &why, err);
            *len = 1;
        } else if (!ok) {
            *err = why;
        }
    }
    if (ok)
        drop(queue, *len);
    return ok;
}

/* Rules changed since expressions of routes were run: those of the new ones are run first. */
static bool
look_at_rules(struct event_queue *queue, struct error *err)
{
    for (struct lane *lane = queue->lanes; lane; lane = lane->next)
        for (struct work *work = lane->first; work && work->awaited == 0; work = work->next)
            for (size_t i = 0; i < work->parts_len; i++) {
                struct part *part = &work->parts[i];
                bool current = true;
                if (part->routes.survivors &&
                    !routing_is_current(queue->routing, part->routes.generation, &current, err))
                    return false;
                if (!current)
                    find_routes(part);
            }
    return true;
}

/* ---- lanes ---- */

/* The next round of a lane whose last one is over. *more: it has one. */
static bool
begin_round(struct lane *lane, bool *more, struct error *err)
{
    struct error why;
    size_t len;
    arena_reset(&lane->arena);
    lane->first = NULL;
    *more = true;
    if (!read_round(lane, &len, err)) {
        lane->first = NULL;
        return false;
    }
    if (len > 0 && !source_rules_load(lane->queue->store, lane->alert_source_id, &lane->arena,
                                      &lane->rules, &why))
        log_failure(LOG_ERROR, &why, "alerts go without attributes"); /* it has those it read */
    for (struct work *work = lane->first; work; work = work->next)
        begin(work);
    *more = len > 0;
    return true;
}

static void
free_lane(struct lane *lane)
{
    arena_finish(&lane->arena);
    memory_free(lane->alert_source_id);
    memory_free(lane);
}

/* Lanes whose round is over begin the next one, or end. */
static bool
begin_rounds(struct event_queue *queue, struct error *err)
{
    struct lane **at = &queue->lanes;
    bool ok = true;
    while (*at) {
        struct lane *lane = *at;
        bool more = true;
        if (!lane->first && lane->out == 0)
            ok = begin_round(lane, &more, err) && ok;
        if (more) {
            at = &lane->next;
        } else {
            *at = lane->next;
            free_lane(lane);
        }
    }
    return ok;
}

static bool
is_any_ready(const struct event_queue *queue)
{
    for (const struct lane *lane = queue->lanes; lane; lane = lane->next)
        if (lane->first ? lane->first->awaited == 0 : lane->out == 0)
            return true;
    return false;
}

/* Another one is the first each time: a source in a storm does not keep the others waiting. */
static void
rotate(struct event_queue *queue)
{
    struct lane *first = queue->lanes, **end = &queue->lanes;
    if (!first)
        return;
    while (*end)
        end = &(*end)->next;
    *end = first;
    queue->lanes = first->next;
    first->next = NULL;
}

static void
turn(void *context)
{
    struct event_queue *queue = context;
    struct error err = {0};
    size_t len = 0;
    queue->timer = 0;
    queue->turned_ms = clock_monotonic_ms();
    rotate(queue);
    bool ok = begin_rounds(queue, &err);
    ok = look_at_rules(queue, &err) && apply_ready(queue, &len, &err) && ok;
    if (!ok)
        log_failure(LOG_ERROR, &err, "alert events wait");
    int64_t now_ms = clock_monotonic_ms();
    queue->rests_ms = now_ms + RESTS * (now_ms - queue->turned_ms);
    if (!ok)
        turn_soon(queue, RETRY_MS);
    else if (is_any_ready(queue))
        go_on_soon(queue);
}

/* ---- what others call ---- */

void
event_queue_wake(struct event_queue *queue, const char *alert_source_id)
{
    struct lane **at = &queue->lanes;
    while (*at && strcmp((*at)->alert_source_id, alert_source_id) != 0)
        at = &(*at)->next;
    if (!*at) {
        size_t size = strlen(alert_source_id) + 1;
        *at = memory_alloc(sizeof **at);
        (*at)->queue = queue;
        (*at)->alert_source_id = memory_alloc(size);
        memcpy((*at)->alert_source_id, alert_source_id, size);
    }
    /* One alone is worked on at once; where many come, those of some milliseconds together. */
    queue->woken_ms = clock_monotonic_ms();
    turn_soon(queue, queue->woken_ms - queue->turned_ms < queue->gather_ms ? queue->gather_ms : 0);
}

static bool
wake_waiting(struct event_queue *queue, struct error *err)
{
    struct statement *statement;
    bool row = true;
    if (!store_statement(queue->store, SQL_ALERT_EVENT_SOURCES_WAITING, &statement, err))
        return false;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row)
            event_queue_wake(queue, row_text_borrowed(statement, 0));
    }
    return true;
}

struct event_queue *
event_queue_create(struct store *store, struct loop *loop, struct worker *worker,
                   struct routing *routing, int64_t gather_ms)
{
    struct event_queue *queue = memory_alloc(sizeof *queue);
    struct error err;
    queue->store = store;
    queue->loop = loop;
    queue->worker = worker;
    queue->routing = routing;
    queue->gather_ms = gather_ms;
    if (!wake_waiting(queue, &err))
        log_failure(LOG_ERROR, &err, "alert events of before wait");
    return queue;
}

void
event_queue_destroy(struct event_queue *queue)
{
    if (!queue)
        return;
    loop_cancel(queue->loop, queue->timer);
    while (queue->lanes) {
        struct lane *lane = queue->lanes;
        queue->lanes = lane->next;
        free_lane(lane);
    }
    memory_free(queue);
}
