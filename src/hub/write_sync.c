/* Sync targets and rules: which user groups of Slack are kept equal to whom of which schedule (facts 10.3). */

#include "hub/sync_groups.h"
#include "hub/writes.h"

#define R FIELD_REQUIRED
#define TARGET(X)                                                                                  \
    X(BOOLEAN, add_bot_to_group, "schedule_sync_target.add_bot_to_group",                          \
      R | FIELD_PARENT_REQUIRED, _)                                                                \
    X(TEXT, slack_user_group_id, "schedule_sync_target.slack_user_group_id", 0, _)                 \
    X(OBJECT, new_slack_user_group, "schedule_sync_target.new_slack_user_group", 0, _)             \
    X(OBJECT, annotations, "schedule_sync_target.annotations", 0, _)
#define TARGET_UPDATE(X)                                                                           \
    X(BOOLEAN, add_bot_to_group, "add_bot_to_group", R, _)                                         \
    X(OBJECT, annotations, "annotations", 0, _)
#define RULE(X)                                                                                    \
    X(TEXT, schedule_sync_target_id, "schedule_sync_rule.schedule_sync_target_id",                 \
      R | FIELD_PARENT_REQUIRED, _)                                                                \
    X(TEXT, rotation_id, "schedule_sync_rule.rotation_id", 0, _)                                   \
    X(ENUM, sync_type, "schedule_sync_rule.sync_type", R, schedule_sync_type)                      \
    X(ARRAY, permanent_member_user_ids, "schedule_sync_rule.permanent_member_user_ids", 0, _)      \
    X(OBJECT, annotations, "schedule_sync_rule.annotations", 0, _)
#define RULE_UPDATE(X)                                                                             \
    X(ENUM, sync_type, "sync_type", R, schedule_sync_type)                                         \
    X(ARRAY, permanent_member_user_ids, "permanent_member_user_ids", 0, _)                         \
    X(OBJECT, annotations, "annotations", 0, _)

struct target_sent {
    TARGET(FIELD_DECLARE)
};
struct rule_sent {
    RULE(FIELD_DECLARE)
};
#define FIELD_OWNER struct target_sent
static const struct field target_rows[] = {TARGET(FIELD_ROW)};
static const struct field target_update_rows[] = {TARGET_UPDATE(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct rule_sent
static const struct field rule_rows[] = {RULE(FIELD_ROW)};
static const struct field rule_update_rows[] = {RULE_UPDATE(FIELD_ROW)};
#undef FIELD_OWNER
WRITE_BODY(target, target_sent);
WRITE_BODY(target_update, target_sent);
WRITE_BODY(rule, rule_sent);
WRITE_BODY(rule_update, rule_sent);

/* ---- targets ---- */

static bool
answer_target(struct exchange *exchange, const struct schedule_sync_target *target)
{
    const char *json = render_sync_target(exchange, target->json);
    exchange->etag = object_tag(exchange, target->json);
    if (json)
        write_answer_as(exchange, "schedule_sync_target", json);
    return json != NULL;
}

static bool
run_target_create(struct exchange *exchange, const void *body)
{
    const struct target_sent *sent = body;
    struct schedule_sync_target target;
    struct text_list there = {0};
    static const char field[] = "schedule_sync_target.slack_user_group_id";

    if (*sent->new_slack_user_group)
        return answer_invalid(exchange, "schedule_sync_target.new_slack_user_group",
                              "'schedule_sync_target.new_slack_user_group': this hub makes no "
                              "groups: make it in Slack and send its slack_user_group_id");
    if (!*sent->slack_user_group_id)
        return answer_error(exchange, 422, "is_required", field, "'%s' is missing", field);
    if (!write_list_ids(exchange, KIND_SCHEDULE_SYNC_TARGET, "slack_user_group_id",
                        sent->slack_user_group_id, &there))
        return false;
    if (there.len)
        return answer_invalid(exchange, field, "'%s': the sync target '%.100s' has this group",
                              field, there.items[0]);

    object_clear(&schedule_sync_target_table, &target);
    target.id = write_id(exchange);
    target.slack_user_group_id = sent->slack_user_group_id;
    target.add_bot_to_group = sent->add_bot_to_group;
    target.created_at = target.updated_at = exchange->now_ms;
    return write_save(exchange, KIND_SCHEDULE_SYNC_TARGET, &target) &&
           answer_target(exchange, &target);
}
const struct write sync_target_create = {.scope = "schedule_sync_targets.create",
                                         .body = &target_table,
                                         .run = run_target_create,
                                         .status = 201};

static bool
run_target_update(struct exchange *exchange, const void *body)
{
    const struct target_sent *sent = body;
    struct schedule_sync_target target;

    if (!write_load(exchange, KIND_SCHEDULE_SYNC_TARGET, exchange->id, &target))
        return false;
    target.add_bot_to_group = sent->add_bot_to_group;
    target.updated_at = write_time(exchange, target.updated_at);
    return write_save(exchange, KIND_SCHEDULE_SYNC_TARGET, &target) &&
           answer_target(exchange, &target);
}
const struct write sync_target_update = {.scope = "schedule_sync_targets.update",
                                         .body = &target_update_table,
                                         .run = run_target_update};

/* Its rules go with it: they feed nothing any more. The group stays in Slack as it is. */
static bool
run_target_delete(struct exchange *exchange, const void *body)
{
    struct schedule_sync_target target;
    struct text_list rules = {0};

    (void)body; /* it has none */
    if (!write_load(exchange, KIND_SCHEDULE_SYNC_TARGET, exchange->id, &target) ||
        !write_list_ids(exchange, KIND_SCHEDULE_SYNC_RULE, "schedule_sync_target_id", target.id,
                        &rules))
        return false;
    for (size_t i = 0; i < rules.len; i++)
        if (!write_delete(exchange, KIND_SCHEDULE_SYNC_RULE, rules.items[i]))
            return false;
    return write_delete(exchange, KIND_SCHEDULE_SYNC_TARGET, target.id);
}
const struct write sync_target_delete = {
    .scope = "schedule_sync_targets.destroy", .run = run_target_delete, .status = 204};

/* ---- rules ---- */

static bool
answer_rule(struct exchange *exchange, const struct schedule_sync_rule *rule)
{
    const char *json = render_sync_rule(exchange, rule->json);
    exchange->etag = object_tag(exchange, rule->json);
    if (json)
        write_answer_as(exchange, "schedule_sync_rule", json);
    return json != NULL;
}

static bool
check_members(struct exchange *exchange, const char *field, const char *json)
{
    struct wire_document *document;
    struct error err;
    bool ok = true;

    if (!*json)
        return true;
    if (!write_check_texts(exchange, field, json))
        return false;
    if (!wire_document_read(slice_of(json), &document, &err))
        return answer_failure(exchange, &err);
    for (size_t i = 0, len = wire_document_count(document, ""); ok && i < len; i++) {
        struct user user;
        const char *at = arena_printf(exchange->arena, "%zu", i);
        ok =
            write_load_named(exchange, KIND_USER, wire_document_text(document, exchange->arena, at),
                             arena_printf(exchange->arena, "%s.%zu", field, i), &user);
    }
    wire_document_destroy(document);
    return ok;
}

/* A target is fed in one way only: the other schedules' rules follow. */
static bool
spread_sync_type(struct exchange *exchange, const struct schedule_sync_rule *changed)
{
    struct text_list ids = {0};

    if (!write_list_ids(exchange, KIND_SCHEDULE_SYNC_RULE, "schedule_sync_target_id",
                        changed->schedule_sync_target_id, &ids))
        return false;
    for (size_t i = 0; i < ids.len; i++) {
        struct schedule_sync_rule other;
        if (text_equals(ids.items[i], changed->id))
            continue;
        if (!write_load_named(exchange, KIND_SCHEDULE_SYNC_RULE, ids.items[i], "", &other))
            return false;
        if (text_equals(other.sync_type, changed->sync_type))
            continue;
        other.sync_type = changed->sync_type;
        other.updated_at = write_time(exchange, other.updated_at);
        if (!write_save(exchange, KIND_SCHEDULE_SYNC_RULE, &other))
            return false;
    }
    return true;
}

static bool
check_it_is_new(struct exchange *exchange, const struct schedule_sync_rule *rule)
{
    struct text_list ids = {0};

    if (!write_list_ids(exchange, KIND_SCHEDULE_SYNC_RULE, "schedule_id", rule->schedule_id, &ids))
        return false;
    for (size_t i = 0; i < ids.len; i++) {
        struct schedule_sync_rule other;
        if (!write_load_named(exchange, KIND_SCHEDULE_SYNC_RULE, ids.items[i], "", &other))
            return false;
        if (text_equals(other.schedule_sync_target_id, rule->schedule_sync_target_id) &&
            text_equals(other.rotation_id, rule->rotation_id))
            return answer_invalid(exchange, "schedule_sync_rule.schedule_sync_target_id",
                                  "'schedule_sync_rule.schedule_sync_target_id': the rule '%.100s' "
                                  "feeds it already",
                                  other.id);
    }
    return true;
}

static bool
run_rule_create(struct exchange *exchange, const void *body)
{
    const struct rule_sent *sent = body;
    struct schedule_sync_rule rule;
    struct schedule_sync_target target;
    struct schedule schedule;

    object_clear(&schedule_sync_rule_table, &rule);
    if (!write_load(exchange, KIND_SCHEDULE, exchange->schedule_id, &schedule) ||
        !write_load_named(exchange, KIND_SCHEDULE_SYNC_TARGET, sent->schedule_sync_target_id,
                          "schedule_sync_rule.schedule_sync_target_id", &target) ||
        (*sent->rotation_id && !write_check_layer(exchange, &schedule, sent->rotation_id, NULL)) ||
        !check_members(exchange, "schedule_sync_rule.permanent_member_user_ids",
                       sent->permanent_member_user_ids))
        return false;
    rule.id = write_id(exchange);
    rule.schedule_id = schedule.id;
    rule.rotation_id = sent->rotation_id;
    rule.schedule_sync_target_id = target.id;
    rule.sync_type = sent->sync_type;
    rule.permanent_member_user_ids = sent->permanent_member_user_ids;
    rule.created_at = rule.updated_at = exchange->now_ms;
    return check_it_is_new(exchange, &rule) &&
           write_save(exchange, KIND_SCHEDULE_SYNC_RULE, &rule) &&
           spread_sync_type(exchange, &rule) && answer_rule(exchange, &rule);
}
const struct write sync_rule_create = {.scope = "schedule_sync_rules.create",
                                       .body = &rule_table,
                                       .run = run_rule_create,
                                       .status = 201};

/* The rule of the path: a schedule has its own only. */
static bool
load_rule(struct exchange *exchange, struct schedule_sync_rule *rule)
{
    if (!write_load(exchange, KIND_SCHEDULE_SYNC_RULE, exchange->id, rule))
        return false;
    return text_equals(rule->schedule_id, exchange->schedule_id) || answer_not_found(exchange);
}

static bool
run_rule_update(struct exchange *exchange, const void *body)
{
    const struct rule_sent *sent = body;
    struct schedule_sync_rule rule;

    if (!load_rule(exchange, &rule) ||
        !check_members(exchange, "permanent_member_user_ids", sent->permanent_member_user_ids))
        return false;
    rule.sync_type = sent->sync_type;
    if (write_has(exchange, "permanent_member_user_ids"))
        rule.permanent_member_user_ids = sent->permanent_member_user_ids;
    rule.updated_at = write_time(exchange, rule.updated_at);
    return write_save(exchange, KIND_SCHEDULE_SYNC_RULE, &rule) &&
           spread_sync_type(exchange, &rule) && answer_rule(exchange, &rule);
}
const struct write sync_rule_update = {
    .scope = "schedule_sync_rules.update", .body = &rule_update_table, .run = run_rule_update};

static bool
run_rule_delete(struct exchange *exchange, const void *body)
{
    struct schedule_sync_rule rule;

    (void)body; /* it has none */
    return load_rule(exchange, &rule) &&
           write_delete(exchange, KIND_SCHEDULE_SYNC_RULE, exchange->id);
}
const struct write sync_rule_delete = {
    .scope = "schedule_sync_rules.destroy", .run = run_rule_delete, .status = 204};
