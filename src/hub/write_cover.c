/*
 * Cover: somebody asks to be covered on their shift, others offer, one takes it. The API has nothing of the kind, so it is the
 * hub's own; what comes of it is an override, which every client knows. Asking and offering leave the rota alone: nobody is
 * off call before somebody else is on.
 */

#include "base/clock.h"
#include "hub/cover.h"
#include "hub/duty.h"
#include "hub/writes.h"

#define R FIELD_REQUIRED
#define C FIELD_COLUMN
#define COVER_REQUEST_FIELDS(X)                                                                    \
    X(TEXT, id, "id", R | C, _)                                                                    \
    X(TEXT, schedule_id, "schedule_id", R | C, _)                                                  \
    X(TEXT, rotation_id, "rotation_id", R | C, _)                                                  \
    X(TEXT, layer_id, "layer_id", R | C, _)                                                        \
    X(TIME, start_at, "start_at", R | C, _)                                                        \
    X(TIME, end_at, "end_at", R | C, _)                                                            \
    X(TEXT, reason, "reason", R | C, _)                                                            \
    X(TEXT, status, "status", R | C, _)                                                            \
    X(TEXT, asker_id, "user.id", R | C, _)                                                         \
    X(TEXT, asker_name, "user.name", R | C, _)                                                     \
    X(TEXT, asked_id, "asked_user.id", C, _)                                                       \
    X(TEXT, asked_name, "asked_user.name", C, _)                                                   \
    X(ARRAY, offers, "offers", R | C, _)                                                           \
    X(TEXT, taker_id, "covering_user.id", C, _)                                                    \
    X(TEXT, taker_name, "covering_user.name", C, _)                                                \
    X(TEXT, override_id, "override_id", C, _)                                                      \
    X(TIME, created_at, "created_at", R | C, _)                                                    \
    X(TIME, updated_at, "updated_at", R | C, _)

#define PERSON(X)                                                                                  \
    X(TEXT, user_id, "user.id", 0, _)                                                              \
    X(TEXT, user_email, "user.email", 0, _)                                                        \
    X(TEXT, user_slack_user_id, "user.slack_user_id", 0, _)
#define ASK(X)                                                                                     \
    X(TEXT, schedule_id, "schedule_id", R, _)                                                      \
    X(TEXT, rotation_id, "rotation_id", R, _)                                                      \
    X(TEXT, layer_id, "layer_id", R, _)                                                            \
    X(TIME, start_at, "start_at", R, _)                                                            \
    X(TIME, end_at, "end_at", R, _)                                                                \
    X(TEXT, reason, "reason", 0, _)                                                                \
    X(TEXT, asked_id, "asked_user.id", 0, _)                                                       \
    X(TEXT, asked_email, "asked_user.email", 0, _)                                                 \
    X(TEXT, asked_slack_user_id, "asked_user.slack_user_id", 0, _)

struct cover_request {
    COVER_REQUEST_FIELDS(FIELD_DECLARE)
};
#define FIELD_OWNER struct cover_request
static const struct field cover_request_rows[] = {COVER_REQUEST_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table cover_request_table = FIELD_TABLE(cover_request, SIZE_MAX);

struct cover_sent {
    PERSON(FIELD_DECLARE) ASK(FIELD_DECLARE)
};
#define FIELD_OWNER struct cover_sent
static const struct field ask_rows[] = {PERSON(FIELD_ROW) ASK(FIELD_ROW)};
static const struct field person_rows[] = {PERSON(FIELD_ROW)};
#undef FIELD_OWNER
WRITE_BODY(ask, cover_sent);
WRITE_BODY(person, cover_sent);

enum { LIST_ROWS_MAX = 250, REASON_MAX_BYTES = 1000 };

/* ---- reading ---- */

static bool
read_request(struct exchange *exchange, struct cover_request *request)
{
    struct statement *statement = exchange_statement(exchange, SQL_COVER_REQUEST_GET);
    struct error err;
    bool row;

    if (!statement)
        return false;
    bind_text(statement, "id", exchange->id);
    bind_integer(statement, "now", exchange->now_ms);
    if (!statement_step(statement, &row, &err))
        return answer_failure(exchange, &err);
    if (!row)
        return answer_error(exchange, 404, "resource_not_found", "",
                            "there is no such request to be covered");
    row_read(statement, &cover_request_table, exchange->arena, request);
    statement_reset(statement);
    return true;
}

static const char *
json_of(struct exchange *exchange, const struct cover_request *request)
{
    return wire_write_object(&cover_request_table, request, exchange->arena);
}

void
answer_cover_request(struct exchange *exchange)
{
    struct cover_request request;
    if (!read_request(exchange, &request))
        return;
    write_answer_as(exchange, "schedule_cover_request", json_of(exchange, &request));
    answer_ok(exchange);
}

void
answer_cover_requests(struct exchange *exchange)
{
    struct statement *statement = exchange_statement(exchange, SQL_COVER_REQUEST_LIST);
    struct error err;
    bool row = true;

    if (!statement)
        return;
    bind_text(statement, "schedule_id", request_parameter(exchange->request, "schedule_id"));
    bind_text(statement, "status", request_parameter(exchange->request, "status"));
    bind_integer(statement, "now", exchange->now_ms);
    bind_integer(statement, "rows", LIST_ROWS_MAX);
    str_append(&exchange->body, "{\"schedule_cover_requests\":[");
    for (bool first = true; row; first = false) {
        struct cover_request request;
        if (!statement_step(statement, &row, &err)) {
            (void)answer_failure(exchange, &err);
            return;
        }
        if (!row)
            break;
        row_read(statement, &cover_request_table, exchange->arena, &request);
        str_append(&exchange->body, first ? "" : ",");
        str_append(&exchange->body, json_of(exchange, &request));
    }
    str_append(&exchange->body, "]}");
    answer_ok(exchange);
}

/* ---- what the writes share ---- */

/* before: its JSON as it was, "" = it is new. */
static bool
save(struct exchange *exchange, struct cover_request *request, const char *before)
{
    struct statement *statement = exchange_statement(exchange, SQL_COVER_REQUEST_PUT);
    struct error err;

    if (!statement)
        return false;
    request->updated_at = write_time(exchange, request->updated_at);
    bind_object(statement, &cover_request_table, request);
    if (!statement_run(statement, &err))
        return answer_failure(exchange, &err);
    const char *after = json_of(exchange, request);
    write_answer_as(exchange, "schedule_cover_request", after);
    return write_audit_of(exchange, "cover_request", request->id, before, after);
}

/* Whoever the body names, else the key's own person. */
static bool
find_person(struct exchange *exchange, const struct cover_sent *sent, struct user_embedded *user)
{
    const struct user_reference reference = {sent->user_id, sent->user_email,
                                             sent->user_slack_user_id};
    struct actor actor;

    if (*sent->user_id || *sent->user_email || *sent->user_slack_user_id)
        return write_find_user(exchange, &reference, "user", user);
    if (!write_actor(exchange, &actor))
        return false;
    *user = actor.user;
    return *user->id || answer_error(exchange, 422, "is_required", "user",
                                     "'user' is missing: this key belongs to nobody");
}

/* The window is the asker's alone: by the rota as it is now, overrides included. */
static bool
check_shift(struct exchange *exchange, const struct cover_request *request)
{
    struct duty duty;
    struct schedule_entries entries;
    struct error err;
    bool found, own = false, other = false;

    if (request->end_at <= exchange->now_ms)
        return answer_invalid(exchange, "end_at", "'end_at': that shift is over");
    if (!duty_load(exchange->store, request->schedule_id, exchange->arena, &duty, &found, &err))
        return answer_broken(exchange, &err);
    if (!found)
        return answer_error(exchange, 409, "conflict", "", "the schedule is no longer there");
    if (!schedule_plan_entries(duty.plan, duty.overrides, duty.overrides_len, request->start_at,
                               request->end_at, exchange->arena, &entries, &err))
        return answer_broken(exchange, &err);
    for (size_t i = 0; i < entries.final_len; i++) {
        const struct schedule_entry *entry = &entries.final[i];
        if (!text_equals(entry->rotation_id, request->rotation_id) ||
            !text_equals(entry->layer_id, request->layer_id))
            continue;
        own |= text_equals(entry->user_id, request->asker_id);
        other |= !text_equals(entry->user_id, request->asker_id);
    }
    return (own && !other) ||
           answer_error(exchange, 409, "conflict", "start_at",
                        "%s is not on call there, or not alone: ask for a shift of one's own",
                        request->asker_name);
}

static bool
read_open(struct exchange *exchange, struct cover_request *request, const char **before)
{
    if (!read_request(exchange, request))
        return false;
    *before = json_of(exchange, request);
    return text_equals(request->status, "open") ||
           answer_error(exchange, 409, "conflict", "", "the request is %s", request->status);
}

/* ---- ask, offer, take, withdraw ---- */

static bool
run_ask(struct exchange *exchange, const void *body)
{
    const struct cover_sent *sent = body;
    const struct user_reference asked = {sent->asked_id, sent->asked_email,
                                         sent->asked_slack_user_id};
    struct cover_request request;
    struct schedule schedule;
    struct user_embedded asker, other = {"", "", "", "", ""};

    object_clear(&cover_request_table, &request);
    if (!write_load_named(exchange, KIND_SCHEDULE, sent->schedule_id, "schedule_id", &schedule) ||
        !write_check_layer(exchange, &schedule, sent->rotation_id, sent->layer_id) ||
        !write_check_window(exchange, sent->start_at, sent->end_at) ||
        !write_check_length(exchange, "reason", sent->reason, REASON_MAX_BYTES) ||
        !find_person(exchange, sent, &asker))
        return false;
    if ((*asked.id || *asked.email || *asked.slack_user_id) &&
        !write_find_user(exchange, &asked, "asked_user", &other))
        return false;
    request.id = write_id(exchange);
    request.schedule_id = schedule.id;
    request.rotation_id = sent->rotation_id;
    request.layer_id = sent->layer_id;
    request.start_at = sent->start_at;
    request.end_at = sent->end_at;
    request.reason = sent->reason;
    request.status = "open";
    request.asker_id = asker.id;
    request.asker_name = asker.name;
    request.asked_id = other.id;
    request.asked_name = other.name;
    request.offers = "[]";
    request.created_at = exchange->now_ms;
    return check_shift(exchange, &request) && save(exchange, &request, "");
}
const struct write cover_ask = {
    .scope = "schedule_overrides.create", .body = &ask_table, .run = run_ask, .status = 201};

static bool
run_offer(struct exchange *exchange, const void *body)
{
    struct cover_request request;
    struct user_embedded user;
    struct statement *statement;
    struct error err;
    const char *before;
    char now[RFC3339_SIZE];
    bool row;

    if (!read_open(exchange, &request, &before) || !find_person(exchange, body, &user) ||
        !(statement = exchange_statement(exchange, SQL_COVER_REQUEST_OFFERS)))
        return false;
    bind_text(statement, "offers", request.offers);
    bind_text(statement, "id", user.id);
    bind_text(statement, "name", user.name);
    bind_text(statement, "offered_at", time_to_rfc3339(exchange->now_ms, now));
    if (!statement_step(statement, &row, &err))
        return answer_failure(exchange, &err);
    request.offers = row_text(statement, exchange->arena, 0); /* without a table there is a row */
    statement_reset(statement);
    return save(exchange, &request, before);
}
const struct write cover_offer = {
    .scope = "schedule_overrides.create", .body = &person_table, .run = run_offer};

/* From now on, where the shift has begun: who was on call till now was. */
static bool
run_take(struct exchange *exchange, const void *body)
{
    struct cover_request request;
    struct schedule_override override;
    struct schedule schedule;
    struct user_embedded user;
    const char *before;

    if (!read_open(exchange, &request, &before) || !find_person(exchange, body, &user))
        return false;
    if (text_equals(user.id, request.asker_id))
        return answer_invalid(exchange, "user", "'user': %s has this shift already", user.name);
    if (!check_shift(exchange, &request) ||
        !write_load_named(exchange, KIND_SCHEDULE, request.schedule_id, "", &schedule) ||
        !write_check_layer(exchange, &schedule, request.rotation_id, request.layer_id))
        return false;
    object_clear(&schedule_override_table, &override);
    override.id = write_id(exchange);
    override.schedule_id = request.schedule_id;
    override.rotation_id = request.rotation_id;
    override.layer_id = request.layer_id;
    override.start_at = request.start_at > exchange->now_ms ? request.start_at : exchange->now_ms;
    override.end_at = request.end_at;
    override.created_at = override.updated_at = exchange->now_ms;
    SET_USER(&override, user, &user);
    request.status = "taken";
    request.taker_id = user.id;
    request.taker_name = user.name;
    request.override_id = override.id;
    return write_save_override(exchange, &override) && save(exchange, &request, before);
}
const struct write cover_take = {
    .scope = "schedule_overrides.create", .body = &person_table, .run = run_take};

static bool
run_withdraw(struct exchange *exchange, const void *body)
{
    struct cover_request request;
    const char *before;

    (void)body; /* it has none */
    if (!read_open(exchange, &request, &before))
        return false;
    request.status = "withdrawn";
    if (!save(exchange, &request, before))
        return false;
    str_clear(&exchange->body);
    return true;
}
const struct write cover_withdraw = {
    .scope = "schedule_overrides.create", .run = run_withdraw, .status = 204};
