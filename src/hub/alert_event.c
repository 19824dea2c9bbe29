#include "hub/alert_event.h"

#include <string.h>

#include "base/text.h"
#include "hub/attributes.h"
#include "hub/escalation.h"
#include "hub/objects.h"
#include "hub/routing.h"
#include "model/slim.h"

enum { KEY_MAX_BYTES = 1000 };

#define FIELD_OWNER struct alert_event
static const struct field alert_event_rows[] = {ALERT_EVENT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
const struct field_table alert_event_table = FIELD_TABLE(alert_event, SIZE_MAX);

const char *
alert_event_complaint(const struct alert_event *event, const char **field)
{
    const struct {
        const char *name, *text;
        size_t max_bytes;
    } texts[] = {
        {"title", event->title, ALERT_EVENT_TITLE_MAX_BYTES},
        {"deduplication_key", event->deduplication_key, KEY_MAX_BYTES},
        {"source_url", event->source_url, ALERT_EVENT_TITLE_MAX_BYTES},
        {"description", event->description, ALERT_EVENT_TEXT_MAX_BYTES},
    };
    *field = "title";
    if (event->title[strspn(event->title, " \t\r\n")] == '\0')
        return "a title is required";
    *field = "status";
    if (strcmp(event->status, "firing") != 0 && strcmp(event->status, "resolved") != 0)
        return "expected firing or resolved";
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        *field = texts[i].name;
        if (strlen(texts[i].text) > texts[i].max_bytes)
            return "longer than the hub takes";
    }
    return NULL;
}

bool
alert_event_put(struct store *store, const struct alert_event *event, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_ALERT_EVENT_PUT, &statement, err))
        return false;
    bind_text(statement, "alert_source_id", event->alert_source_id);
    bind_text(statement, "deduplication_key", event->deduplication_key);
    bind_text(statement, "status", event->status);
    bind_text(statement, "title", event->title);
    bind_text(statement, "description", event->description);
    bind_text(statement, "source_url", event->source_url);
    bind_text(statement, "metadata", event->metadata);
    bind_text(statement, "query_params", event->query_params);
    bind_text(statement, "payload", event->payload);
    bind_integer(statement, "received_at", event->received_at);
    return statement_run(statement, err);
}

/* ---- what becomes of it ---- */

static bool
find_firing(struct store *store, const struct alert_event *event, struct arena *arena,
            const char **id, struct error *err)
{
    struct statement *statement;
    bool row;
    *id = "";
    if (!store_statement(store, SQL_HUB_ALERT_FIRING, &statement, err))
        return false;
    bind_text(statement, "deduplication_key", event->deduplication_key);
    bind_text(statement, "alert_source_id", event->alert_source_id);
    if (!statement_step(statement, &row, err))
        return false;
    if (row)
        *id = row_text(statement, arena, 0);
    statement_reset(statement);
    return true;
}

static bool
begin(struct store *store, const struct alert_event *event, struct event_attributes *attributes,
      int64_t now_ms, struct arena *arena, const char **alert_id, struct error *err)
{
    struct alert alert;
    bool changed;
    object_clear(&alert_table, &alert);
    alert.id = object_new_id(event->received_at, arena);
    alert.title = event->title;
    alert.description = event->description;
    alert.status = "firing";
    alert.deduplication_key = event->deduplication_key;
    alert.alert_source_id = event->alert_source_id;
    alert.source_url = event->source_url;
    alert.created_at = alert.updated_at = event->received_at;
    *alert_id = alert.id;
    return attributes_merge(store, attributes, &alert, arena, &changed, err) &&
           object_save(store, KIND_ALERT, &alert, now_ms, arena, err);
}

/* The copies of an alert in links to incidents and in escalations follow it. */
static bool
update_copies(struct store *store, const struct alert *alert, int64_t now_ms, struct arena *arena,
              struct error *err)
{
    const struct object_copy *copies;
    bool found;
    if (!object_copies(store, SQL_HUB_COPIES_OF_ALERT, alert->id, arena, &copies, err))
        return false;
    for (; copies; copies = copies->next) {
        if (copies->is_link) {
            struct incident_alert link;
            if (!object_load(store, KIND_INCIDENT_ALERT, copies->id, arena, &link, &found, err))
                return false;
            SET_ALERT_SLIM(&link, alert, alert);
            if (found && !object_save(store, KIND_INCIDENT_ALERT, &link, now_ms, arena, err))
                return false;
            continue;
        }
        struct escalation escalation;
        if (!object_load(store, KIND_ESCALATION, copies->id, arena, &escalation, &found, err))
            return false;
        if (!found)
            continue;
        struct escalation_alert *alerts =
            arena_new_array(arena, escalation.related_alerts_len + 1, struct escalation_alert);
        for (size_t i = 0; i < escalation.related_alerts_len; i++) {
            alerts[i] = escalation.related_alerts[i];
            if (strcmp(alerts[i].alert_id, alert->id) == 0)
                SET_ALERT_SLIM(&alerts[i], alert, alert);
        }
        escalation.related_alerts = alerts;
        if (!object_save(store, KIND_ESCALATION, &escalation, now_ms, arena, err))
            return false;
    }
    return true;
}

bool
alert_resolve(struct store *store, const char *alert_id, int64_t now_ms, struct arena *arena,
              struct error *err)
{
    struct alert alert;
    bool found;
    if (!object_load(store, KIND_ALERT, alert_id, arena, &alert, &found, err))
        return false;
    if (!found || strcmp(alert.status, "resolved") == 0)
        return true;
    alert.status = "resolved";
    alert.resolved_at = alert.updated_at = now_ms > alert.created_at ? now_ms : alert.created_at;
    return object_save(store, KIND_ALERT, &alert, now_ms, arena, err) &&
           update_copies(store, &alert, now_ms, arena, err) &&
           routing_alert_resolved(store, &alert, now_ms, arena, err) &&
           escalation_alert_resolved(store, alert_id, now_ms, arena, err);
}

/* It goes on: its title stays, its attributes may not (facts 6.5), and that it was heard of again is known. */
static bool
go_on(struct store *store, const struct alert_event *event, struct event_attributes *attributes,
      const char *alert_id, int64_t now_ms, struct arena *arena, struct error *err)
{
    struct alert alert;
    bool found, changed = false;
    if (!object_load(store, KIND_ALERT, alert_id, arena, &alert, &found, err))
        return false;
    if (found && !attributes_merge(store, attributes, &alert, arena, &changed, err))
        return false;
    if (!found || (event->received_at <= alert.updated_at && !changed))
        return true;
    if (event->received_at > alert.updated_at)
        alert.updated_at = event->received_at;
    return object_save(store, KIND_ALERT, &alert, now_ms, arena, err);
}

bool
alert_event_apply(struct store *store, const struct alert_event *event,
                  struct event_attributes *attributes, int64_t now_ms, struct arena *arena,
                  const char **alert_id, struct error *err)
{
    if (!find_firing(store, event, arena, alert_id, err))
        return false;
    bool fires = strcmp(event->status, "firing") == 0;
    if (**alert_id && fires)
        return go_on(store, event, attributes, *alert_id, now_ms, arena, err);
    if (**alert_id)
        return alert_resolve(store, *alert_id, event->received_at, arena, err);
    return !fires || begin(store, event, attributes, now_ms, arena, alert_id, err);
}
