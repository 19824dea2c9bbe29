#include "hub/write.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "hub/declare.h"
#include "hub/routes.h"

/* How long a repeat gets the first answer: no client tries for longer. */
#define ANSWERS_KEPT_MS (90 * DAY_MS)

/* "PUT /v2/follow_ups/{id}" */
static const char *
request_name(const struct exchange *exchange)
{
    return arena_printf(exchange->arena, "%s %s", exchange->method, exchange->route->path);
}

/* '' = there is none. */
static const char *
tag_or_none(struct exchange *exchange, const char *json)
{
    return *json ? object_tag(exchange, json) : "";
}

/* ---- requests that come again ---- */

/* "" = it has none. */
static const char *
idempotency_key(const struct write *write, const void *body)
{
    const struct field *field =
        write->body && body ? field_find(write->body, "idempotency_key") : NULL;
    return field ? *(const char *const *)((const char *)body + field->offset) : "";
}

/* What is asked for, whatever the order and spacing it came in. */
static const char *
payload_hash(struct exchange *exchange, const struct write *write, const void *body)
{
    return object_tag(exchange, wire_write_object(write->body, body, exchange->arena));
}

/* *replayed: it was answered before, and is now again. */
static bool
replay(struct exchange *exchange, const struct write *write, const void *body, bool *replayed)
{
    const char *key = idempotency_key(write, body);
    struct statement *statement;
    struct error err;

    *replayed = false;
    if (*key == '\0')
        return true;
    statement = exchange_statement(exchange, SQL_IDEMPOTENCY_GET);
    if (!statement)
        return false;
    bind_text(statement, "api_key_id", exchange->key->id);
    bind_text(statement, "request", request_name(exchange));
    bind_text(statement, "key", key);
    if (!statement_step(statement, replayed, &err))
        return answer_failure(exchange, &err);
    if (!*replayed)
        return true;
    bool same = text_equals(row_text_borrowed(statement, 0), payload_hash(exchange, write, body));
    int status = (int)row_integer(statement, 1);
    if (same)
        str_append(&exchange->body, row_text_borrowed(statement, 2));
    statement_reset(statement);
    if (!same)
        return answer_error(exchange, 409, "idempotency_key_conflict", "idempotency_key",
                            "the idempotency key was used before, with another body");
    exchange->status = status;
    return true;
}

static bool
remember(struct exchange *exchange, const struct write *write, const void *body)
{
    const char *key = idempotency_key(write, body);
    struct statement *statement;
    struct error err;

    if (*key == '\0')
        return true;
    if (!(statement = exchange_statement(exchange, SQL_IDEMPOTENCY_TRIM)))
        return false;
    bind_integer(statement, "before", exchange->now_ms - ANSWERS_KEPT_MS);
    if (!statement_run(statement, &err))
        return answer_failure(exchange, &err);
    if (!(statement = exchange_statement(exchange, SQL_IDEMPOTENCY_PUT)))
        return false;
    bind_text(statement, "api_key_id", exchange->key->id);
    bind_text(statement, "request", request_name(exchange));
    bind_text(statement, "key", key);
    bind_text(statement, "payload_hash", payload_hash(exchange, write, body));
    bind_integer(statement, "status", exchange->status);
    bind_text(statement, "answer", str_text(&exchange->body));
    bind_integer(statement, "at", exchange->now_ms);
    return statement_run(statement, &err) || answer_failure(exchange, &err);
}

/* ---- one write ---- */

static bool
read_body(struct exchange *exchange, const struct write *write, const void **body)
{
    struct error err;
    void *object;

    *body = NULL;
    if (!write->body)
        return true;
    *body = object = arena_alloc(exchange->arena, write->body->struct_size);
    return wire_read_request(write->body, exchange->request_body, exchange->arena, object,
                             &exchange->sent, &err) ||
           answer_error(exchange, 422, exchange->sent.code, exchange->sent.field, "%s",
                        err.message);
}

static bool
run_in_transaction(struct exchange *exchange, const struct write *write, const void *body)
{
    struct error err;
    bool replayed;

    if (!replay(exchange, write, body, &replayed))
        return false;
    if (replayed)
        return true;
    exchange->status = write->status ? write->status : 200;
    if (!write->run(exchange, body) || !remember(exchange, write, body))
        return false;
    return cache_index(exchange->store, &err) || answer_failure(exchange, &err);
}

void
write_run(struct exchange *exchange, const struct write *write)
{
    const void *body;
    struct error err;

    exchange->write = write;
    if (!read_body(exchange, write, &body))
        return;
    if (!store_begin(exchange->store, &err)) {
        (void)answer_failure(exchange, &err); /* answered is done, here and below */
        return;
    }
    if (!run_in_transaction(exchange, write, body)) {
        store_rollback(exchange->store);
        return;
    }
    /* What changed nothing tells of what others did. */
    if (!store_commit(exchange->store, &err) || !store_settle(exchange->store, &err)) {
        (void)answer_failure(exchange, &err);
        return;
    }
    if (write->committed)
        write->committed(exchange);
}

bool
write_has(const struct exchange *exchange, const char *name)
{
    return wire_request_has(exchange->write->body, &exchange->sent, name);
}

/* ---- objects ---- */

static const char *
text_member(enum kind kind, const void *object, const char *name)
{
    const struct field *field = field_find(kind_info(kind)->fields, name);
    return field ? *(const char *const *)((const char *)object + field->offset) : "";
}

static const char *
json_of(enum kind kind, const void *object)
{
    return *(const char *const *)((const char *)object + kind_info(kind)->fields->json_offset);
}

/* Private incidents, and what belongs to them, are for keys with global_access. */
static bool
sees(struct exchange *exchange, enum kind kind, const void *object, bool *visible)
{
    struct incident incident;
    struct error err;
    bool found;
    const char *id = text_member(kind, object, "incident_id");

    *visible = true;
    if (auth_has_role(exchange->key, "global_access"))
        return true;
    if (kind == KIND_INCIDENT)
        *visible = !text_equals(text_member(kind, object, "visibility"), "private");
    if (kind == KIND_INCIDENT || *id == '\0')
        return true;
    if (!cache_get(exchange->store, KIND_INCIDENT, id, exchange->arena, &incident, &found, &err))
        return answer_failure(exchange, &err);
    *visible = !found || !text_equals(incident.visibility, "private");
    return true;
}

static bool
load(struct exchange *exchange, enum kind kind, const char *id, void *object, bool *found)
{
    struct error err;

    if (!object_load(exchange->store, kind, id, exchange->arena, object, found, &err))
        return answer_broken(exchange, &err);
    return !*found || sees(exchange, kind, object, found);
}

/* If-Match names what the client saw: "TAG", a list of such, or anything that is there ("*"). */
static bool
is_as_expected(struct exchange *exchange, enum kind kind, const void *object)
{
    if (!exchange->if_match || kind != exchange->route->kind || strchr(exchange->if_match, '*'))
        return true;
    return strstr(exchange->if_match, object_tag(exchange, json_of(kind, object))) ||
           answer_error(exchange, 412, "precondition_failed", "",
                        "the %s has changed meanwhile: read it again", kind_info(kind)->one);
}

bool
write_load(struct exchange *exchange, enum kind kind, const char *id, void *object)
{
    bool found;

    if (!load(exchange, kind, id, object, &found))
        return false;
    if (!found)
        return answer_error(exchange, 404, "resource_not_found", "", "there is no such %s",
                            kind_info(kind)->one);
    return is_as_expected(exchange, kind, object);
}

bool
write_load_named(struct exchange *exchange, enum kind kind, const char *id, const char *field,
                 void *object)
{
    bool found;

    if (!load(exchange, kind, id, object, &found))
        return false;
    return found || answer_invalid(exchange, field, "'%s': there is no %s '%.100s'", field,
                                   kind_info(kind)->one, id);
}

/* The JSON that is stored, "" when there is none. */
static bool
stored_json(struct exchange *exchange, enum kind kind, const char *id, const char **json)
{
    struct error err;
    bool found;
    void *stored = arena_alloc(exchange->arena, kind_info(kind)->fields->struct_size);

    if (!cache_get(exchange->store, kind, id, exchange->arena, stored, &found, &err))
        return answer_failure(exchange, &err);
    *json = found ? json_of(kind, stored) : "";
    return true;
}

bool
write_audit_of(struct exchange *exchange, const char *table, const char *id, const char *before,
               const char *after)
{
    struct statement *statement;
    struct actor actor;
    struct error err;

    if (!write_actor(exchange, &actor) ||
        !(statement = exchange_statement(exchange, SQL_AUDIT_PUT)))
        return false;
    bind_integer(statement, "at", exchange->now_ms);
    bind_text(statement, "api_key_id", exchange->key->id);
    bind_text(statement, "api_key_name", exchange->key->name);
    bind_text(statement, "user_id", exchange->key->user_id);
    bind_text(statement, "user_name", actor.user.name);
    bind_text(statement, "request", request_name(exchange));
    bind_text(statement, "request_id", exchange->request_id);
    bind_text(statement, "kind", table);
    bind_text(statement, "object_id", id);
    bind_text(statement, "before_hash", tag_or_none(exchange, before));
    bind_text(statement, "after_hash", tag_or_none(exchange, after));
    return statement_run(statement, &err) || answer_failure(exchange, &err);
}

bool
write_audit(struct exchange *exchange, enum kind kind, const char *id, const char *before,
            const char *after)
{
    return write_audit_of(exchange, kind_info(kind)->table, id, before, after);
}

bool
write_save(struct exchange *exchange, enum kind kind, void *object)
{
    const char *id = text_member(kind, object, "id"), *before;
    struct error err;

    return !declared_refuses(exchange, kind, id) && stored_json(exchange, kind, id, &before) &&
           (object_save(exchange->store, kind, object, exchange->now_ms, exchange->arena, &err) ||
            answer_failure(exchange, &err)) &&
           write_audit(exchange, kind, id, before, json_of(kind, object));
}

bool
write_delete(struct exchange *exchange, enum kind kind, const char *id)
{
    const char *before = "";
    struct error err;

    return !declared_refuses(exchange, kind, id) && stored_json(exchange, kind, id, &before) &&
           (cache_delete(exchange->store, kind, id, exchange->now_ms, &err) ||
            answer_failure(exchange, &err)) &&
           write_audit(exchange, kind, id, before, "");
}

struct id_list {
    struct text_list *ids;
    struct arena *arena;
};

static bool
add_id(void *context, const char *id)
{
    struct id_list *list = context;
    text_list_add(list->ids, arena_text(list->arena, id), list->arena);
    return true;
}

bool
write_list_ids(struct exchange *exchange, enum kind kind, const char *column, const char *value,
               struct text_list *ids)
{
    const char *const values[] = {value};
    const struct cache_filter filter = {
        .column = column, .test = CACHE_IS, .values = values, .values_len = 1};
    const struct cache_query query = {
        .filters = &filter, .filters_len = 1, .oldest_first = true, .ids = true};
    struct id_list list = {ids, exchange->arena};
    struct error err;

    return cache_list(exchange->store, kind, &query, add_id, &list, &err) ||
           answer_failure(exchange, &err);
}

void
write_answer_as(struct exchange *exchange, const char *name, const char *json)
{
    str_printf(&exchange->body, "{\"%s\":", name);
    str_append(&exchange->body, json);
    str_append_char(&exchange->body, '}');
}

void
write_answer(struct exchange *exchange, enum kind kind, const void *object)
{
    write_answer_as(exchange, kind_info(kind)->one, json_of(kind, object));
    exchange->etag = object_tag(exchange, json_of(kind, object));
}

const char *
write_id(struct exchange *exchange)
{
    return object_new_id(exchange->now_ms, exchange->arena);
}

int64_t
write_time(const struct exchange *exchange, int64_t previous)
{
    return exchange->now_ms > previous ? exchange->now_ms : previous + 1;
}

bool
write_check_texts(struct exchange *exchange, const char *field, const char *json)
{
    struct wire_document *document;
    struct error err;
    bool ok = true;

    if (*json == '\0')
        return true;
    if (!wire_document_read(slice_of(json), &document, &err))
        return answer_failure(exchange, &err);
    for (size_t i = 0, len = wire_document_count(document, ""); ok && i < len; i++) {
        const char *at = arena_printf(exchange->arena, "%zu", i);
        ok = wire_document_json(document, exchange->arena, at)[0] == '"' ||
             answer_invalid(exchange, arena_printf(exchange->arena, "%s.%zu", field, i),
                            "'%s.%zu': expected a string", field, i);
    }
    wire_document_destroy(document);
    return ok;
}

bool
write_check_length(struct exchange *exchange, const char *field, const char *text, size_t max_bytes)
{
    return strlen(text) <= max_bytes ||
           answer_invalid(exchange, field, "'%s': longer than %zu bytes", field, max_bytes);
}

bool
write_check_url(struct exchange *exchange, const char *field, const char *url)
{
    bool ok = strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0;
    ok = ok && strchr(url, ' ') == NULL && strlen(url) > 8;
    return ok || answer_invalid(exchange, field, "'%s': expected an http or https address", field);
}

/* ---- people ---- */

static struct user_embedded
embedded(const struct user *user)
{
    return (struct user_embedded){.id = user->id,
                                  .name = user->name,
                                  .email = user->email,
                                  .role = user->role,
                                  .slack_user_id = user->slack_user_id};
}

static const struct user_embedded nobody = {"", "", "", "", ""};

bool
write_actor(struct exchange *exchange, struct actor *actor)
{
    const struct access_key *key = exchange->key;
    struct error err;
    struct user user;
    bool found = false;

    *actor = (struct actor){.user = nobody, .api_key_id = "", .api_key_name = ""};
    if (*key->user_id && !object_load(exchange->store, KIND_USER, key->user_id, exchange->arena,
                                      &user, &found, &err))
        return answer_broken(exchange, &err);
    if (found) {
        actor->user = embedded(&user);
        return true;
    }
    actor->api_key_id = key->id;
    actor->api_key_name = key->name;
    return true;
}

static bool
find_user_id(struct exchange *exchange, const struct user_reference *reference, const char **id)
{
    struct statement *statement = exchange_statement(exchange, SQL_HUB_USER_FIND);
    struct error err;
    bool row;

    *id = "";
    if (!statement)
        return false;
    bind_text(statement, "id", reference->id ? reference->id : "");
    bind_text(statement, "email", reference->email ? reference->email : "");
    bind_text(statement, "slack_user_id", reference->slack_user_id ? reference->slack_user_id : "");
    if (!statement_step(statement, &row, &err))
        return answer_failure(exchange, &err);
    if (row)
        *id = row_text(statement, exchange->arena, 0);
    statement_reset(statement);
    return true;
}

bool
write_find_user(struct exchange *exchange, const struct user_reference *reference,
                const char *field, struct user_embedded *out)
{
    int given = !text_is_empty(reference->id) + !text_is_empty(reference->email) +
                !text_is_empty(reference->slack_user_id);
    struct user user;
    const char *id;

    if (given != 1)
        return answer_invalid(exchange, field, "'%s': give one of id, email and slack_user_id",
                              field);
    if (!find_user_id(exchange, reference, &id))
        return false;
    if (*id == '\0')
        return answer_invalid(exchange, field, "'%s': there is no user '%.100s'", field,
                              !text_is_empty(reference->id)      ? reference->id
                              : !text_is_empty(reference->email) ? reference->email
                                                                 : reference->slack_user_id);
    if (!write_load_named(exchange, KIND_USER, id, field, &user))
        return false;
    *out = embedded(&user);
    return true;
}
