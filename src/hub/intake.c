#include "hub/intake.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "config/transforms.h"
#include "hub/alert_event.h"
#include "hub/event_queue.h"
#include "hub/objects.h"
#include "hub/transform.h"
#include "wire/wire.h"

enum {
    BATCH_MAX = 256, /* as many as there are connections */
    LOOK_EVERY_MS = 1000,
    GATHER_MS = 20, /* a transaction costs more than the events it makes alerts of */
};
#define KEPT_MS (90 * DAY_MS)

struct intake {
    struct store *store;
    struct loop *loop;
    struct exchange *waiting[BATCH_MAX]; /* for the commit */
    struct alert_event events[BATCH_MAX];
    size_t waiting_len;
    struct event_queue *queue;
    uint64_t commit_timer, look_timer;
    int64_t trimmed_at;
};

/* ---- keeping ---- */

static bool
keep(struct intake *intake, struct error *err)
{
    if (!store_begin(intake->store, err))
        return false;
    for (size_t i = 0; i < intake->waiting_len; i++)
        if (!alert_event_put(intake->store, &intake->events[i], err)) {
            store_rollback(intake->store);
            return false;
        }
    return store_commit(intake->store, err);
}

static void
commit(void *context)
{
    struct intake *intake = context;
    struct error err;
    intake->commit_timer = 0;
    bool kept = keep(intake, &err);
    for (size_t i = 0; i < intake->waiting_len; i++) {
        struct exchange *exchange = intake->waiting[i];
        if (kept) {
            exchange->status = 202;
            str_append(&exchange->body, "{\"deduplication_key\":");
            wire_append_string(&exchange->body, intake->events[i].deduplication_key);
            str_append(&exchange->body, ",\"message\":\"Event accepted for processing\","
                                        "\"status\":\"success\"}");
        } else {
            (void)answer_failure(exchange, &err);
        }
        if (kept && intake->queue)
            event_queue_wake(intake->queue, intake->events[i].alert_source_id);
        exchange->answered(exchange);
    }
    intake->waiting_len = 0;
}

/* ---- events ---- */

/* What of a source matters for taking what it sends. */
struct source {
    const char *type;
    int64_t interval_ms, grace_ms, threshold;
    bool is_transformed;
    const char *deduplication_key_path;
};

static bool
read_source(struct exchange *exchange, struct source *source, struct error *err)
{
    struct statement *statement;
    bool row;
    *source = (struct source){.type = "", .deduplication_key_path = ""};
    if (!store_statement(exchange->store, SQL_HUB_SOURCE, &statement, err))
        return false;
    bind_text(statement, "id", exchange->id);
    if (!statement_step(statement, &row, err))
        return false;
    if (row) {
        *source = (struct source){
            .type = row_text(statement, exchange->arena, 0),
            .interval_ms = row_integer(statement, 2) * SECOND_MS,
            .grace_ms = row_integer(statement, 3) * SECOND_MS,
            .threshold = row_integer(statement, 4),
            .is_transformed = row_integer(statement, 5) != 0,
            .deduplication_key_path = row_text(statement, exchange->arena, 6),
        };
        source->is_transformed |= transform_ready(source->type) != NULL;
    }
    statement_reset(statement);
    return true;
}

/* Every other parameter of the request, for expressions. */
static const char *
query_params(const struct exchange *exchange)
{
    const struct request *request = exchange->request;
    struct str json;
    str_init(&json, 0);
    str_append_char(&json, '{');
    for (size_t i = 0; i < request->parameters_len; i++) {
        const struct parameter *parameter = &request->parameters[i];
        if (strcmp(parameter->name, "token") == 0)
            continue; /* the secret is stored nowhere */
        str_append(&json, json.len > 1 ? "," : "");
        wire_append_string(&json, parameter->name);
        str_append_char(&json, ':');
        wire_append_string(&json, parameter->value);
    }
    str_append_char(&json, '}');
    const char *text = arena_text(exchange->arena, str_text(&json));
    str_finish(&json);
    return text;
}

/* In our own shape: what makes no sense is refused at once. */
static bool
read_event(struct exchange *exchange, struct alert_event *event)
{
    const char *field, *complaint;
    struct error err;
    if (!wire_read_fields(&alert_event_table, exchange->request_body, exchange->arena, event, &err))
        return answer_invalid(exchange, "", "%s", err.message);
    complaint = alert_event_complaint(event, &field);
    if (complaint)
        return answer_invalid(exchange, field, "%s: %s", field, complaint);
    event->payload = "";
    return true;
}

/* In the sender's own: it is transformed when its turn comes, and only has to be JSON. */
static bool
read_payload(struct exchange *exchange, const struct source *source, struct alert_event *event)
{
    struct slice body = exchange->request_body;
    if (!wire_is_valid(body))
        return answer_invalid(exchange, "", "the body is not JSON, or nested too deeply");
    object_clear(&alert_event_table, event);
    event->payload = arena_text_len(exchange->arena, body.data, body.len);
    event->deduplication_key =
        transform_key(event->payload, source->deduplication_key_path, exchange->arena);
    return true;
}

void
take_alert_event(struct exchange *exchange)
{
    struct intake *intake = exchange->intake;
    struct alert_event event = {0};
    struct source source;
    struct error err;

    if (!read_source(exchange, &source, &err)) {
        (void)answer_failure(exchange, &err);
        return;
    }
    if (!text_is_valid_utf8(exchange->request_body.data, exchange->request_body.len)) {
        (void)answer_invalid(exchange, "", "the body is not UTF-8");
        return;
    }
    if (source.is_transformed ? !read_payload(exchange, &source, &event)
                              : !read_event(exchange, &event))
        return;
    if (intake->waiting_len == BATCH_MAX) {
        (void)answer_error(exchange, 503, "busy", "", "too many events at once: send it again");
        return;
    }
    event.alert_source_id = exchange->id;
    event.received_at = exchange->now_ms;
    event.query_params = query_params(exchange);
    if (text_is_empty(event.deduplication_key))
        event.deduplication_key = object_new_id(event.received_at, exchange->arena);
    intake->waiting[intake->waiting_len] = exchange;
    intake->events[intake->waiting_len++] = event;
    exchange->deferred = true;
    if (!intake->commit_timer)
        intake->commit_timer = loop_after(intake->loop, 0, commit, intake);
}

/* ---- what time brings: alerts that end by themselves, heartbeats that are missed, events to forget ---- */

static bool
resolve_overdue(struct store *store, int64_t now_ms, struct arena *arena, struct error *err)
{
    struct text_list ids = {0};
    struct statement *statement;
    bool row = true;
    if (!store_statement(store, SQL_HUB_ALERTS_OVERDUE, &statement, err))
        return false;
    bind_integer(statement, "now", now_ms);
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row)
            text_list_add(&ids, row_text(statement, arena, 0), arena);
    }
    if (ids.len == 0)
        return true;
    if (!store_begin(store, err))
        return false;
    for (size_t i = 0; i < ids.len; i++)
        if (!alert_resolve(store, ids.items[i], now_ms, arena, err)) {
            store_rollback(store);
            return false;
        }
    return store_commit(store, err);
}

static bool
run_with_source(struct store *store, enum sql sql, const char *alert_source_id, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, sql, &statement, err))
        return false;
    bind_text(statement, "alert_source_id", alert_source_id);
    return statement_run(statement, err);
}

#define HEARTBEAT_KEY "heartbeat"

static bool
put_silence(struct store *store, const char *alert_source_id, const char *name, int64_t pinged_at,
            int64_t now_ms, struct arena *arena, struct error *err)
{
    char when[RFC3339_SIZE];
    const struct alert_event event = {
        .title = arena_printf(arena, "%s: no heartbeat since %s", name,
                              time_to_rfc3339(pinged_at, when)),
        .status = "firing",
        .description = "The source did not report within its interval and grace period.",
        .deduplication_key = HEARTBEAT_KEY,
        .source_url = "",
        .metadata = "",
        .alert_source_id = alert_source_id,
        .query_params = "{}",
        .payload = "",
        .received_at = now_ms,
    };
    return alert_event_put(store, &event, err) &&
           run_with_source(store, SQL_HEARTBEAT_MISSED, alert_source_id, err);
}

static bool
find_silence(struct intake *intake, int64_t now_ms, struct arena *arena, struct error *err)
{
    struct store *store = intake->store;
    struct statement *statement;
    bool row, ok = true;
    if (!store_statement(store, SQL_HEARTBEAT_OVERDUE, &statement, err))
        return false;
    bind_integer(statement, "now", now_ms);
    if (!statement_step(statement, &row, err))
        return false;
    if (!row)
        return true;
    const char *id = row_text(statement, arena, 0), *name = row_text(statement, arena, 1);
    int64_t pinged_at = row_integer(statement, 2);
    statement_reset(statement);
    if (!store_begin(store, err))
        return false;
    ok = put_silence(store, id, name, pinged_at, now_ms, arena, err) && store_commit(store, err);
    if (!ok)
        store_rollback(store);
    if (ok)
        event_queue_wake(intake->queue, id);
    return ok;
}

static bool
trim(struct intake *intake, int64_t now_ms, struct error *err)
{
    struct statement *statement;
    if (now_ms - intake->trimmed_at < HOUR_MS)
        return true;
    intake->trimmed_at = now_ms;
    if (!store_statement(intake->store, SQL_ALERT_EVENT_TRIM, &statement, err))
        return false;
    bind_integer(statement, "before", now_ms - KEPT_MS);
    return statement_run(statement, err) && routing_trim(intake->store, now_ms - KEPT_MS, err);
}

static void
look(void *context)
{
    struct intake *intake = context;
    struct arena arena = {0};
    struct error err;
    int64_t now_ms = clock_now_ms();
    intake->look_timer = loop_after(intake->loop, LOOK_EVERY_MS, look, intake);
    if (!resolve_overdue(intake->store, now_ms, &arena, &err) ||
        !find_silence(intake, now_ms, &arena, &err) || !trim(intake, now_ms, &err))
        log_failure(LOG_ERROR, &err, "alert sources cannot be looked after");
    arena_finish(&arena);
}

/* ---- heartbeats ---- */

static bool
note_ping(struct exchange *exchange, const struct source *source, struct error *err)
{
    struct store *store = exchange->store;
    struct statement *statement;
    bool row, was_missed = false;
    const struct alert_event back = {
        .title = "heartbeat",
        .status = "resolved",
        .description = "",
        .deduplication_key = HEARTBEAT_KEY,
        .source_url = "",
        .metadata = "",
        .alert_source_id = exchange->id,
        .query_params = "{}",
        .payload = "",
        .received_at = exchange->now_ms,
    };
    if (!store_statement(store, SQL_HEARTBEAT_GET, &statement, err))
        return false;
    bind_text(statement, "alert_source_id", exchange->id);
    if (!statement_step(statement, &row, err))
        return false;
    if (row) {
        was_missed = row_integer(statement, 0) != 0;
        statement_reset(statement);
    }
    if (was_missed && !alert_event_put(store, &back, err))
        return false;
    if (!store_statement(store, SQL_HEARTBEAT_PUT, &statement, err))
        return false;
    bind_text(statement, "alert_source_id", exchange->id);
    bind_integer(statement, "now", exchange->now_ms);
    bind_integer(statement, "due_at",
                 exchange->now_ms + source->interval_ms * source->threshold + source->grace_ms);
    return statement_run(statement, err);
}

void
take_heartbeat(struct exchange *exchange)
{
    struct source source;
    struct error err;
    if (!read_source(exchange, &source, &err)) {
        (void)answer_failure(exchange, &err);
        return;
    }
    if (strcmp(source.type, "heartbeat") != 0 || source.interval_ms <= 0) {
        (void)answer_invalid(exchange, "", "this alert source is not a heartbeat");
        return;
    }
    if (!store_begin(exchange->store, &err)) {
        (void)answer_failure(exchange, &err);
        return;
    }
    if (!note_ping(exchange, &source, &err) || !store_commit(exchange->store, &err)) {
        store_rollback(exchange->store);
        (void)answer_failure(exchange, &err);
        return;
    }
    exchange->status = 204;
    event_queue_wake(exchange->intake->queue, exchange->id);
}

/* ---- beginning and end ---- */

struct intake *
intake_create(struct store *store)
{
    struct intake *intake = memory_alloc(sizeof(*intake));
    intake->store = store;
    return intake;
}

void
intake_attach(struct intake *intake, struct loop *loop, struct worker *worker,
              struct routing *routing)
{
    intake->loop = loop;
    intake->look_timer = loop_after(loop, LOOK_EVERY_MS, look, intake);
    intake->queue = event_queue_create(intake->store, loop, worker, routing, GATHER_MS);
}

void
intake_destroy(struct intake *intake)
{
    if (!intake)
        return;
    if (intake->waiting_len > 0)
        commit(intake);
    if (intake->loop) {
        loop_cancel(intake->loop, intake->commit_timer);
        loop_cancel(intake->loop, intake->look_timer);
    }
    event_queue_destroy(intake->queue);
    memory_free(intake);
}
