/* Escalations made by hand, and what people do to them (facts 11, 13). */

#include <string.h>

#include "hub/escalation.h"
#include "hub/lists.h"
#include "hub/writes.h"

#define R FIELD_REQUIRED
#define CREATE(X)                                                                                  \
    X(TEXT, idempotency_key, "idempotency_key", R, _)                                              \
    X(TEXT, title, "title", R, _)                                                                  \
    X(TEXT, description, "description", 0, _)                                                      \
    X(TEXT, escalation_path_id, "escalation_path_id", 0, _)                                        \
    X(ARRAY, user_ids, "user_ids", 0, _)                                                           \
    X(TEXT, incident_id, "incident_id", 0, _)
#define RESPOND(X)                                                                                 \
    X(TEXT, response, "response", R, _)                                                            \
    X(TIME, snooze_until, "snooze_details.snooze_until", 0, _)                                     \
    X(TEXT, reason, "snooze_details.reason", 0, _)

struct escalation_sent {
    CREATE(FIELD_DECLARE) RESPOND(FIELD_DECLARE)
};
#define FIELD_OWNER struct escalation_sent
static const struct field create_rows[] = {CREATE(FIELD_ROW)};
static const struct field respond_rows[] = {RESPOND(FIELD_ROW)};
#undef FIELD_OWNER
WRITE_BODY(create, escalation_sent);
WRITE_BODY(respond, escalation_sent);

enum { USERS_MAX = 50, TITLE_MAX_BYTES = 1000, DESCRIPTION_MAX_BYTES = 20000 };

/* Notes what became of it in the audit. */
static bool
note_change(struct exchange *exchange, const char *id, const char *before,
            struct escalation *escalation)
{
    return write_load(exchange, KIND_ESCALATION, id, escalation) &&
           write_audit(exchange, KIND_ESCALATION, id, before, escalation->json);
}

/* As the key may see it. */
static bool
answer_escalation(struct exchange *exchange, const struct escalation *escalation)
{
    const char *json = render_escalation(exchange, escalation->json);
    if (!json)
        return false;
    write_answer_as(exchange, "escalation", json);
    exchange->etag = object_tag(exchange, escalation->json);
    return true;
}

/* Fills user_ids from the array. */
static bool
read_users(struct exchange *exchange, const char *json, struct escalation_request *request)
{
    struct wire_document *document;
    struct error err;
    bool ok = true;
    if (!write_check_texts(exchange, "user_ids", json))
        return false;
    if (!*json)
        return true;
    if (!wire_document_read(slice_of(json), &document, &err))
        return answer_failure(exchange, &err);
    size_t len = wire_document_count(document, "");
    const char **ids = arena_new_array(exchange->arena, len + 1, const char *);
    for (size_t i = 0; ok && i < len; i++) {
        const char *at = arena_printf(exchange->arena, "%zu", i);
        struct user user;
        ids[i] = wire_document_text(document, exchange->arena, at);
        ok = write_load_named(exchange, KIND_USER, ids[i],
                              arena_printf(exchange->arena, "user_ids.%zu", i), &user);
    }
    wire_document_destroy(document);
    request->user_ids = ids;
    request->user_ids_len = len;
    return ok && (len <= USERS_MAX ||
                  answer_invalid(exchange, "user_ids", "'user_ids': at most %d people", USERS_MAX));
}

static bool
check_target(struct exchange *exchange, const struct escalation_sent *sent,
             struct escalation_request *request)
{
    struct escalation_path path;
    bool by_path = sent->escalation_path_id[0] != '\0';
    if (!read_users(exchange, sent->user_ids, request))
        return false;
    if (by_path == (request->user_ids_len > 0))
        return answer_invalid(exchange, "escalation_path_id",
                              "give either 'escalation_path_id' or 'user_ids'");
    return !by_path || write_load_named(exchange, KIND_ESCALATION_PATH, sent->escalation_path_id,
                                        "escalation_path_id", &path);
}

static bool
run_create(struct exchange *exchange, const void *body)
{
    const struct escalation_sent *sent = body;
    struct escalation_request request = {.title = sent->title,
                                         .description = sent->description,
                                         .escalation_path_id = sent->escalation_path_id,
                                         .incident_id = sent->incident_id};
    struct escalation escalation;
    struct incident incident;
    struct actor actor;
    struct error err;
    const char *id;
    if (strlen(sent->title) > TITLE_MAX_BYTES)
        return answer_invalid(exchange, "title", "'title': longer than %d bytes", TITLE_MAX_BYTES);
    if (strlen(sent->description) > DESCRIPTION_MAX_BYTES)
        return answer_invalid(exchange, "description", "'description': longer than %d bytes",
                              DESCRIPTION_MAX_BYTES);
    if (!check_target(exchange, sent, &request) || !write_actor(exchange, &actor) ||
        (sent->incident_id[0] &&
         !write_load_named(exchange, KIND_INCIDENT, sent->incident_id, "incident_id", &incident)))
        return false;
    request.creator_user_id = actor.user.id;
    if (!escalation_begin(exchange->store, &request, exchange->now_ms, exchange->arena, &id, &err))
        return answer_failure(exchange, &err);
    return note_change(exchange, id, "", &escalation) && answer_escalation(exchange, &escalation);
}
const struct write escalation_create = {.scope = "escalations.create",
                                        .body = &create_table,
                                        .run = run_create,
                                        .status = 201,
                                        .limit = LIMIT_ESCALATIONS};

static bool
respond(struct exchange *exchange, enum escalation_response response, int64_t snooze_until,
        struct escalation *escalation)
{
    struct escalation before;
    struct actor actor;
    struct error err;
    const char *refused;
    if (!write_load(exchange, KIND_ESCALATION, exchange->id, &before) ||
        !write_actor(exchange, &actor))
        return false;
    if (!escalation_respond(exchange->store, before.id, response,
                            actor.user.id[0] ? &actor.user : NULL, snooze_until, exchange->now_ms,
                            exchange->arena, &refused, &err))
        return answer_failure(exchange, &err);
    if (refused)
        return answer_error(exchange, 409, "conflict", "", "%s", refused);
    return note_change(exchange, before.id, before.json, escalation);
}

static bool
run_cancel(struct exchange *exchange, const void *body)
{
    struct escalation escalation;
    (void)body; /* it has none */
    return respond(exchange, ESCALATION_CANCEL, 0, &escalation);
}
const struct write escalation_cancel = {.scope = "escalations.cancel", .run = run_cancel};

/* A nack is a person's answer to a page of theirs, and a key is no person (facts 13). */
static bool
run_respond(struct exchange *exchange, const void *body)
{
    const struct escalation_sent *sent = body;
    struct escalation escalation;
    bool snoozes = strcmp(sent->response, "snooze") == 0;
    if (!snoozes && strcmp(sent->response, "ack") != 0)
        return answer_invalid(exchange, "response", "'response': an API key may ack or snooze");
    if (snoozes && sent->snooze_until <= exchange->now_ms)
        return answer_invalid(exchange, "snooze_details.snooze_until",
                              "'snooze_details.snooze_until': expected a time to come");
    return respond(exchange, snoozes ? ESCALATION_SNOOZE : ESCALATION_ACK, sent->snooze_until,
                   &escalation) &&
           answer_escalation(exchange, &escalation);
}
const struct write escalation_respond_write = {
    .scope = "escalations.respond", .body = &respond_table, .run = run_respond};
