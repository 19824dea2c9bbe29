#include <string.h>

#include "store/cover.h"
#include "sync/engine.h"
#include "wire/wire.h"

/* The kind whose collection the path lies in; KIND_COUNT = none. */
static enum kind
kind_of_path(const char *path)
{
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const char *collection = kind_info((enum kind)kind)->path;
        const size_t len = strlen(collection);
        if (strncmp(path, collection, len) == 0 && (path[len] == '\0' || path[len] == '/'))
            return (enum kind)kind;
    }
    return KIND_COUNT;
}

static bool
put(struct sync *sync, enum kind kind, struct slice body, struct error *err)
{
    struct error unreadable;
    enum cache_change change;
    arena_reset(&sync->page);
    void *object = arena_alloc(&sync->page, kind_info(kind)->fields->struct_size);
    if (!body.len || !wire_read_one(kind, body, &sync->page, object, &unreadable))
        return true; /* it comes with the next poll */
    return keep_begin(&sync->keep, err) && keep_put(&sync->keep, kind, object, &change, err) &&
           keep_flush(&sync->keep, err);
}

/* What an answer does not show of what a write changed. */
static void
ask_for_touched(struct sync *sync, enum kind kind, const struct outbox_row *row)
{
    if (kind == KIND_INCIDENT)
        sync_touch(sync, KIND_INCIDENT, *row->result_id ? row->result_id : row->target_id);
    else if (text_equals(row->target_kind, kind_info(KIND_INCIDENT)->table))
        sync_touch(sync, KIND_INCIDENT, row->target_id);
    else if (kind == KIND_ALERT_NOTE)
        sync_ask_notes(sync, row->target_id);
    else if (kind == KIND_ALERT)
        sync_refresh(sync, "live_escalations"); /* its page ended with it */
    if (kind == KIND_INCIDENT_ALERT)
        sync_refresh(sync, "incident_alert");
    else if (kind == KIND_SCHEDULE_OVERRIDE)
        sync_schedules_changed(sync);
}

bool
sync_take(struct sync *sync, const struct outbox_row *row, struct slice body, struct error *err)
{
    const enum kind kind = kind_of_path(row->path);
    if (strncmp(row->path, COVER_TARGET, sizeof COVER_TARGET - 1) == 0)
        sync_schedules_changed(sync);
    if (strncmp(row->path, "slack:", 6) == 0)
        slack_source_look(sync->slack);
    if (kind == KIND_COUNT)
        return true;
    if (!put(sync, kind, body, err))
        return false;
    ask_for_touched(sync, kind, row);
    return true;
}
