#include "hub/transform.h"

#include <string.h>

#include "base/text.h"
#include "wire/wire.h"

const char *
transform_key(const char *payload, const char *path, struct arena *arena)
{
    struct wire_document *document;
    struct error err;
    if (*path == '\0' || !wire_document_read(slice_of(payload), &document, &err))
        return "";
    const char *text = wire_document_text(document, arena, path);
    wire_document_destroy(document);
    return text;
}

/* ---- what a transform gave ---- */

static const char *
read_event(const struct alert_event *row, const char *json, bool is_only, struct arena *arena,
           struct alert_event *event)
{
    struct error err;
    const char *field, *complaint;
    object_clear(&alert_event_table, event);
    if (!wire_read_fields(&alert_event_table, slice_of(json), arena, event, &err))
        return arena_text(arena, err.message);
    complaint = alert_event_complaint(event, &field);
    if (complaint)
        return arena_printf(arena, "%s: %s", field, complaint);
    if (*event->deduplication_key == '\0' && !is_only)
        return "deduplication_key: several events of one payload need one each";
    if (*event->deduplication_key == '\0')
        event->deduplication_key = row->deduplication_key;
    event->alert_source_id = row->alert_source_id;
    event->query_params = row->query_params;
    event->received_at = row->received_at;
    event->payload = "";
    return NULL;
}

/* NULL, or why the result is no events. */
static const char *
read_events(const struct alert_event *row, const char *json, struct arena *arena,
            const struct alert_event **events, size_t *events_len)
{
    struct wire_document *document;
    struct error err;
    const char *complaint = NULL;
    if (*json != '[' && *json != '{')
        return "expected an event or an array of events";
    if (!wire_document_read(slice_of(json), &document, &err))
        return arena_text(arena, err.message);
    bool is_list = *json == '[';
    size_t len = is_list ? wire_document_count(document, "") : 1;
    struct alert_event *items = arena_new_array(arena, len + 1, struct alert_event);
    if (len > TRANSFORM_EVENTS_MAX)
        complaint = "there are more than 1000 events in it";
    for (size_t i = 0; i < len && !complaint; i++) {
        const char *path = is_list ? arena_printf(arena, "%zu", i) : "";
        complaint =
            read_event(row, wire_document_json(document, arena, path), len == 1, arena, &items[i]);
        if (complaint && is_list)
            complaint = arena_printf(arena, "event %zu: %s", i + 1, complaint);
    }
    wire_document_destroy(document);
    *events = items;
    *events_len = len;
    return complaint;
}

/* What cannot be read is an alert too: whoever is on call has to know that something was sent. */
static struct alert_event *
unreadable(const struct source_rules *rules, const struct alert_event *row, const char *problem,
           struct arena *arena)
{
    struct alert_event *event = arena_new(arena, struct alert_event);
    object_clear(&alert_event_table, event);
    *event = (struct alert_event){
        .title = arena_printf(arena, "%s sent what its transform cannot read",
                              text_clean(arena, rules->name, 200)),
        .status = "firing",
        .description = arena_printf(arena, "The transform of this source failed: %s.", problem),
        .deduplication_key = *rules->deduplication_key_path ? row->deduplication_key
                                                            : "tocsin: the transform failed",
        .source_url = "",
        .metadata = "",
        .alert_source_id = row->alert_source_id,
        .query_params = row->query_params,
        .payload = "",
        .received_at = row->received_at,
    };
    return event;
}

void
transform_read(const struct source_rules *rules, const struct alert_event *row,
               const struct worker_result *result, struct arena *arena,
               const struct alert_event **events, size_t *events_len, const char **problem)
{
    *events = NULL;
    *events_len = 0;
    *problem = "";
    if (result->outcome == WORKER_NOTHING)
        return;
    const char *why = result->outcome == WORKER_VALUE
                          ? read_events(row, result->json, arena, events, events_len)
                          : arena_text(arena, result->reason);
    if (why) {
        *problem = why;
        *events = unreadable(rules, row, why, arena);
        *events_len = 1;
    }
}
