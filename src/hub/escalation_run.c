#include "hub/escalation_run.h"

#include <string.h>

#include "hub/objects.h"
#include "wire/wire.h"

#define FIELD_OWNER struct escalation_run
static const struct field run_rows[] = {ESCALATION_RUN_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table run_table = {"escalation_run", run_rows,
                                             sizeof run_rows / sizeof run_rows[0],
                                             sizeof(struct escalation_run), SIZE_MAX};

static bool
open_with_id(struct store *store, enum sql sql, const char *escalation_id,
             struct statement **statement, struct error *err)
{
    if (!store_statement(store, sql, statement, err))
        return false;
    bind_text(*statement, "escalation_id", escalation_id);
    return true;
}

static bool
run_with_id(struct store *store, enum sql sql, const char *escalation_id, struct error *err)
{
    struct statement *statement;
    return open_with_id(store, sql, escalation_id, &statement, err) &&
           statement_run(statement, err);
}

bool
run_load(struct store *store, const char *escalation_id, struct arena *arena,
         struct escalation_run *run, bool *found, struct error *err)
{
    struct statement *statement;
    object_clear(&run_table, run);
    if (!open_with_id(store, SQL_ESCALATION_RUN_GET, escalation_id, &statement, err) ||
        !statement_step(statement, found, err))
        return false;
    if (*found) {
        row_read(statement, &run_table, arena, run);
        statement_reset(statement);
    }
    return true;
}

bool
run_save(struct store *store, const struct escalation_run *run, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_ESCALATION_RUN_PUT, &statement, err))
        return false;
    bind_object(statement, &run_table, run);
    return statement_run(statement, err);
}

bool
run_forget_repeats(struct store *store, const char *escalation_id, struct error *err)
{
    return run_with_id(store, SQL_ESCALATION_REPEAT_CLEAR, escalation_id, err);
}

bool
run_end(struct store *store, const char *escalation_id, struct error *err)
{
    return run_forget_repeats(store, escalation_id, err) &&
           run_with_id(store, SQL_ESCALATION_RUN_DELETE, escalation_id, err);
}

void
escalation_add_event(struct escalation *escalation, const char *event, const char *urgency,
                     const char *users, const char *channels, int64_t now_ms, struct arena *arena)
{
    size_t len = escalation->events_len;
    struct escalation_event *events = arena_new_array(arena, len + 1, struct escalation_event);
    if (len > 0)
        memcpy(events, escalation->events, len * sizeof(events[0]));
    object_clear(&escalation_event_table, &events[len]);
    events[len].id = object_new_id(now_ms, arena);
    events[len].occurred_at = now_ms;
    events[len].event = event;
    events[len].urgency = urgency;
    events[len].users = users;
    events[len].channels = channels;
    escalation->events = events;
    escalation->events_len = len + 1;
    escalation->updated_at = now_ms > escalation->updated_at ? now_ms : escalation->updated_at + 1;
}

const char *
escalation_users_json(const struct user_embedded *users, size_t users_len, struct arena *arena)
{
    struct str json;
    str_init(&json, 0);
    str_append_char(&json, '[');
    for (size_t i = 0; i < users_len; i++) {
        str_append(&json, i > 0 ? "," : "");
        str_append(&json, wire_write_object(&user_embedded_table, &users[i], arena));
    }
    str_append_char(&json, ']');
    const char *copy = arena_text(arena, str_text(&json));
    str_finish(&json);
    return copy;
}

bool
escalation_has_ended(const struct escalation *escalation)
{
    return strcmp(escalation->status, "resolved") == 0 ||
           strcmp(escalation->status, "expired") == 0 ||
           strcmp(escalation->status, "cancelled") == 0;
}

const char *
escalation_about(const char *escalation_id, struct arena *arena)
{
    return arena_printf(arena, "escalation:%s", escalation_id);
}
