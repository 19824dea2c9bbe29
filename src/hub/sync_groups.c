#include "hub/sync_groups.h"

#include "wire/wire.h"

/* [{"id","name","team_ids"}], each schedule once. */
static bool
linked_schedules(struct exchange *exchange, const char *target_id, const char **json)
{
    struct statement *statement = exchange_statement(exchange, SQL_HUB_SYNC_TARGET_SCHEDULES);
    struct error err;
    bool row;

    if (!statement)
        return false;
    bind_text(statement, "schedule_sync_target_id", target_id);
    if (!statement_step(statement, &row, &err))
        return answer_failure(exchange, &err);
    *json = row ? row_text(statement, exchange->arena, 0) : "[]";
    statement_reset(statement);
    return true;
}

static bool
render_target(struct exchange *exchange, struct schedule_sync_target *target, const char **json)
{
    if (!linked_schedules(exchange, target->id, &target->linked_schedules))
        return false;
    *json = wire_write_object(&schedule_sync_target_table, target, exchange->arena);
    return true;
}

const char *
render_sync_target(struct exchange *exchange, const char *json)
{
    struct schedule_sync_target target;
    struct error err;

    if (!wire_read_object(KIND_SCHEDULE_SYNC_TARGET, slice_of(json), exchange->arena, &target,
                          &err)) {
        (void)answer_broken(exchange, &err);
        return NULL;
    }
    return render_target(exchange, &target, &json) ? json : NULL;
}

const char *
render_sync_rule(struct exchange *exchange, const char *json)
{
    struct schedule_sync_rule rule;
    struct schedule_sync_target target;
    struct error err;
    bool found;

    if (!wire_read_object(KIND_SCHEDULE_SYNC_RULE, slice_of(json), exchange->arena, &rule, &err)) {
        (void)answer_broken(exchange, &err);
        return NULL;
    }
    if (!cache_get(exchange->store, KIND_SCHEDULE_SYNC_TARGET, rule.schedule_sync_target_id,
                   exchange->arena, &target, &found, &err)) {
        (void)answer_failure(exchange, &err);
        return NULL;
    }
    if (!found)
        return json;
    if (!wire_read_object(KIND_SCHEDULE_SYNC_TARGET, slice_of(target.json), exchange->arena,
                          &target, &err)) {
        (void)answer_broken(exchange, &err);
        return NULL;
    }
    if (!render_target(exchange, &target, &rule.schedule_sync_target))
        return NULL;
    return wire_write_object(&schedule_sync_rule_table, &rule, exchange->arena);
}
