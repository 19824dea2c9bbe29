/* Items of an incident's timeline (facts 13): told by people, at the time when they happened. */

#include <string.h>

#include "hub/writes.h"

enum { TITLE_MAX_BYTES = 2000, DESCRIPTION_MAX_BYTES = 100 * 1024 };

#define R FIELD_REQUIRED
#define CREATE(X)                                                                                  \
    X(TEXT, idempotency_key, "idempotency_key", R, _)                                              \
    X(TEXT, incident_id, "incident_id", R, _)                                                      \
    X(TEXT, title, "title", R, _)                                                                  \
    X(TIME, timestamp, "timestamp", R, _)                                                          \
    X(TEXT, description, "description", 0, _)
#define UPDATE(X)                                                                                  \
    X(TEXT, title, "title", 0, _)                                                                  \
    X(TIME, timestamp, "timestamp", 0, _)                                                          \
    X(TEXT, description, "description", 0, _)
struct item_sent {
    CREATE(FIELD_DECLARE)
};
#define FIELD_OWNER struct item_sent
static const struct field create_rows[] = {CREATE(FIELD_ROW)};
static const struct field update_rows[] = {UPDATE(FIELD_ROW)};
#undef FIELD_OWNER
WRITE_BODY(create, item_sent);
WRITE_BODY(update, item_sent);

static bool
check_texts(struct exchange *exchange, const struct item_sent *sent)
{
    return write_check_length(exchange, "title", sent->title, TITLE_MAX_BYTES) &&
           write_check_length(exchange, "description", sent->description, DESCRIPTION_MAX_BYTES);
}

static bool
run_create(struct exchange *exchange, const void *body)
{
    const struct item_sent *sent = body;
    struct incident_timeline_item item;
    struct incident incident;
    struct actor actor;

    if (!write_load_named(exchange, KIND_INCIDENT, sent->incident_id, "incident_id", &incident) ||
        !check_texts(exchange, sent) || !write_actor(exchange, &actor))
        return false;
    object_clear(&incident_timeline_item_table, &item);
    item.id = write_id(exchange);
    item.incident_id = incident.id;
    item.title = sent->title;
    item.description = sent->description;
    item.timestamp = sent->timestamp;
    item.created_at = item.updated_at = exchange->now_ms;
    SET_ACTOR(&item, creator, &actor);
    if (!write_save(exchange, KIND_INCIDENT_TIMELINE_ITEM, &item))
        return false;
    write_answer(exchange, KIND_INCIDENT_TIMELINE_ITEM, &item);
    return true;
}
const struct write timeline_item_create = {.scope = "incident_timeline_items.create",
                                           .body = &create_table,
                                           .run = run_create,
                                           .status = 201};

static bool
run_update(struct exchange *exchange, const void *body)
{
    const struct item_sent *sent = body;
    struct incident_timeline_item item;

    if (!write_load(exchange, KIND_INCIDENT_TIMELINE_ITEM, exchange->id, &item) ||
        !check_texts(exchange, sent))
        return false;
    if (write_has(exchange, "title") && sent->title[strspn(sent->title, " \t\r\n")] == '\0')
        return answer_error(exchange, 422, "is_required", "title", "'title' cannot be empty");
    if (write_has(exchange, "timestamp") && sent->timestamp == 0)
        return answer_error(exchange, 422, "is_required", "timestamp",
                            "'timestamp' cannot be empty");
    if (write_has(exchange, "timestamp") && *item.activity_log_id)
        return answer_invalid(exchange, "timestamp",
                              "'timestamp' is the activity's and cannot be changed");
    if (write_has(exchange, "title"))
        item.title = sent->title;
    if (write_has(exchange, "timestamp"))
        item.timestamp = sent->timestamp;
    if (write_has(exchange, "description"))
        item.description = sent->description;
    item.updated_at = write_time(exchange, item.updated_at);
    if (!write_save(exchange, KIND_INCIDENT_TIMELINE_ITEM, &item))
        return false;
    write_answer(exchange, KIND_INCIDENT_TIMELINE_ITEM, &item);
    return true;
}
const struct write timeline_item_update = {
    .scope = "incident_timeline_items.edit", .body = &update_table, .run = run_update};
