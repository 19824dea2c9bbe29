#include "hub/intake.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "hub/alert_event.h"
#include "hub/objects.h"
#include "wire/wire.h"

enum {
    BATCH_MAX = 256, /* as many as there are connections */
    AT_ONCE = 64,    /* events a transaction makes alerts of: requests are answered in between */
    RETRY_MS = 1000, /* after a store that would not take it */
    LOOK_EVERY_MS = 1000,
};
#define KEPT_MS (90 * DAY_MS)

struct intake {
    struct store *store;
    struct loop *loop;
    struct exchange *waiting[BATCH_MAX]; /* for the commit */
    struct alert_event events[BATCH_MAX];
    size_t waiting_len;
    uint64_t commit_timer, process_timer, look_timer;
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

static void process(void *context);

static void
process_soon(struct intake *intake, int64_t delay_ms)
{
    if (intake->loop && !intake->process_timer)
        intake->process_timer = loop_after(intake->loop, delay_ms, process, intake);
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
        exchange->answered(exchange);
    }
    intake->waiting_len = 0;
    process_soon(intake, 0);
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

void
take_alert_event(struct exchange *exchange)
{
    struct intake *intake = exchange->intake;
    struct alert_event event = {0};
    const char *field, *complaint;
    struct error err;

    if (!text_is_valid_utf8(exchange->request_body.data, exchange->request_body.len)) {
        (void)answer_invalid(exchange, "", "the body is not UTF-8");
        return;
    }
    if (!wire_read_fields(&alert_event_table, exchange->request_body, exchange->arena, &event,
                          &err)) {
        (void)answer_invalid(exchange, "", "%s", err.message);
        return;
    }
    complaint = alert_event_complaint(&event, &field);
    if (complaint) {
        (void)answer_invalid(exchange, field, "%s: %s", field, complaint);
        return;
    }
    if (intake->waiting_len == BATCH_MAX) {
        (void)answer_error(exchange, 503, "busy", "", "too many events at once: send it again");
        return;
    }
    event.alert_source_id = exchange->id;
    event.received_at = exchange->now_ms;
    event.query_params = query_params(exchange);
    if (*event.deduplication_key == '\0')
        event.deduplication_key = object_new_id(event.received_at, exchange->arena);
    intake->waiting[intake->waiting_len] = exchange;
    intake->events[intake->waiting_len++] = event;
    exchange->deferred = true;
    if (!intake->commit_timer)
        intake->commit_timer = loop_after(intake->loop, 0, commit, intake);
}

/* ---- making alerts ---- */

struct waiting_event {
    struct alert_event event;
    struct waiting_event *next;
};

static bool
read_waiting(struct store *store, int64_t rows, struct arena *arena, struct waiting_event **first,
             struct error *err)
{
    struct statement *statement;
    struct waiting_event **end = first;
    bool row = true;
    *first = NULL;
    if (!store_statement(store, SQL_ALERT_EVENT_WAITING, &statement, err))
        return false;
    bind_integer(statement, "rows", rows);
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        struct waiting_event *waiting = arena_new(arena, struct waiting_event);
        waiting->event = (struct alert_event){
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
        };
        *end = waiting;
        end = &waiting->next;
    }
    return true;
}

static bool
mark_done(struct store *store, int64_t id, const char *alert_id, const char *problem,
          struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_ALERT_EVENT_DONE, &statement, err))
        return false;
    bind_integer(statement, "id", id);
    bind_integer(statement, "now", clock_now_ms());
    bind_text(statement, "alert_id", alert_id);
    bind_text(statement, "problem", problem);
    return statement_run(statement, err);
}

/* Alerts of up to `rows` events, in one transaction. *left: there were as many, and may be more. */
static bool
make_alerts(struct store *store, int64_t rows, bool *left, struct error *err)
{
    struct arena arena = {0};
    struct waiting_event *waiting;
    int64_t len = 0;
    if (!store_begin(store, err))
        return false;
    bool ok = read_waiting(store, rows, &arena, &waiting, err);
    for (; ok && waiting; waiting = waiting->next, len++) {
        const char *alert_id;
        ok = alert_event_apply(store, &waiting->event, clock_now_ms(), &arena, &alert_id, err) &&
             mark_done(store, waiting->event.id, alert_id, "", err);
    }
    ok = ok && cache_index(store, err) && store_commit(store, err);
    if (!ok)
        store_rollback(store);
    *left = len == rows;
    arena_finish(&arena);
    return ok;
}

/* The event at the front cannot be made anything of: it is kept with the reason, and those behind it go on. */
static bool
set_aside(struct store *store, const struct error *why, struct error *err)
{
    struct arena arena = {0};
    struct waiting_event *waiting;
    if (!store_begin(store, err))
        return false;
    bool ok = read_waiting(store, 1, &arena, &waiting, err) &&
              (!waiting || mark_done(store, waiting->event.id, "", why->message, err)) &&
              store_commit(store, err);
    if (!ok)
        store_rollback(store);
    arena_finish(&arena);
    return ok;
}

static void
process(void *context)
{
    struct intake *intake = context;
    struct error err = {0}, why;
    bool left = false;
    intake->process_timer = 0;
    bool ok = make_alerts(intake->store, AT_ONCE, &left, &err);
    if (!ok && err.code != ERROR_STORE) { /* one of them: which one shows alone */
        ok = make_alerts(intake->store, 1, &left, &why);
        if (!ok && why.code != ERROR_STORE) {
            log_failure(LOG_ERROR, &why, "an alert event is set aside");
            ok = set_aside(intake->store, &why, &err);
        }
        left = true;
    }
    if (!ok)
        log_failure(LOG_ERROR, &err, "alert events wait");
    if (!ok || left)
        process_soon(intake, ok ? 0 : RETRY_MS);
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
    process_soon(intake, 0);
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
    return statement_run(statement, err);
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

struct heartbeat_source {
    const char *type;
    int64_t interval_ms, grace_ms, threshold;
};

static bool
read_source(struct exchange *exchange, struct heartbeat_source *source, struct error *err)
{
    struct statement *statement;
    bool row;
    *source = (struct heartbeat_source){.type = ""};
    if (!store_statement(exchange->store, SQL_HUB_SOURCE, &statement, err))
        return false;
    bind_text(statement, "id", exchange->id);
    if (!statement_step(statement, &row, err))
        return false;
    if (row)
        *source = (struct heartbeat_source){
            .type = row_text(statement, exchange->arena, 0),
            .interval_ms = row_integer(statement, 2) * SECOND_MS,
            .grace_ms = row_integer(statement, 3) * SECOND_MS,
            .threshold = row_integer(statement, 4),
        };
    statement_reset(statement);
    return true;
}

static bool
note_ping(struct exchange *exchange, const struct heartbeat_source *source, struct error *err)
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
    struct heartbeat_source source;
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
    process_soon(exchange->intake, 0);
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
intake_attach(struct intake *intake, struct loop *loop)
{
    intake->loop = loop;
    intake->look_timer = loop_after(loop, LOOK_EVERY_MS, look, intake);
    process_soon(intake, 0);
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
        loop_cancel(intake->loop, intake->process_timer);
        loop_cancel(intake->loop, intake->look_timer);
    }
    memory_free(intake);
}
