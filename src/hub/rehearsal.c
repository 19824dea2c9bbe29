#include "hub/rehearsal.h"

#include "base/clock.h"
#include "expr/worker.h"
#include "hub/declare.h"
#include "hub/event_queue.h"
#include "hub/routing.h"

struct rehearsal {
    struct store *store;
    struct loop *loop;
    struct worker *worker;
    struct routing *routing;
    struct event_queue *queue;
    bool failed;
    struct error error;
};

/* Whether anything still waits. */
static bool
is_waiting(struct rehearsal *rehearsal, bool *waits, struct error *err)
{
    struct statement *statement;
    if (!store_statement(rehearsal->store, SQL_ALERT_EVENT_SOURCES_WAITING, &statement, err) ||
        !statement_step(statement, waits, err))
        return false;
    statement_reset(statement);
    return true;
}

static void
after_pass(void *context)
{
    struct rehearsal *rehearsal = context;
    bool waits = false;
    rehearsal->failed = !is_waiting(rehearsal, &waits, &rehearsal->error);
    if (rehearsal->failed || !waits)
        loop_stop(rehearsal->loop);
}

bool
rehearsal_open(struct rehearsal **out, const struct hub_file *file, struct error *err)
{
    struct rehearsal *rehearsal = memory_alloc(sizeof *rehearsal);
    size_t changed;
    *out = rehearsal;
    if (store_open(&rehearsal->store, STORE_HUB, ":memory:", STORE_WRITE, NULL, err) &&
        declare_file(rehearsal->store, file, clock_now_ms(), &changed, err) &&
        loop_create(&rehearsal->loop, err)) {
        rehearsal->worker = worker_create(rehearsal->loop);
        rehearsal->routing = routing_create(rehearsal->store);
        rehearsal->queue = event_queue_create(rehearsal->store, rehearsal->loop, rehearsal->worker,
                                              rehearsal->routing, 0);
        loop_after_pass(rehearsal->loop, after_pass, rehearsal);
        return true;
    }
    rehearsal_close(rehearsal);
    *out = NULL;
    return false;
}

void
rehearsal_close(struct rehearsal *rehearsal)
{
    if (!rehearsal)
        return;
    event_queue_destroy(rehearsal->queue);
    worker_destroy(rehearsal->worker);
    routing_destroy(rehearsal->routing);
    loop_destroy(rehearsal->loop);
    store_close(rehearsal->store);
    memory_free(rehearsal);
}

static bool
last_alert(struct rehearsal *rehearsal, struct arena *arena, const char **alert_id,
           struct error *err)
{
    struct statement *statement;
    bool row;
    *alert_id = "";
    if (!store_statement(rehearsal->store, SQL_ALERT_EVENT_LAST, &statement, err) ||
        !statement_step(statement, &row, err))
        return false;
    if (row)
        *alert_id = row_text(statement, arena, 0);
    statement_reset(statement);
    return true;
}

bool
rehearsal_play(struct rehearsal *rehearsal, const struct alert_event *event, struct arena *arena,
               const char **alert_id, struct error *err)
{
    clock_freeze(event->received_at);
    if (!store_begin(rehearsal->store, err))
        return false;
    if (!alert_event_put(rehearsal->store, event, err) || !store_commit(rehearsal->store, err)) {
        store_rollback(rehearsal->store);
        return false;
    }
    event_queue_wake(rehearsal->queue, event->alert_source_id);
    if (!loop_run(rehearsal->loop, err))
        return false;
    if (rehearsal->failed) {
        *err = rehearsal->error;
        return false;
    }
    return last_alert(rehearsal, arena, alert_id, err);
}

struct store *
rehearsal_store(struct rehearsal *rehearsal)
{
    return rehearsal->store;
}
