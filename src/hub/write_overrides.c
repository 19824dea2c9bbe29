/* Overrides of schedules (facts 10.1). Those of one layer never overlap: the one written last takes its window from the others. */

#include "base/clock.h"
#include "hub/schedule_config.h"
#include "hub/schedules.h"
#include "hub/writes.h"

#define R FIELD_REQUIRED
#define WINDOW(X)                                                                                  \
    X(TEXT, rotation_id, "rotation_id", R, _)                                                      \
    X(TEXT, layer_id, "layer_id", R, _)                                                            \
    X(TIME, start_at, "start_at", R, _)                                                            \
    X(TIME, end_at, "end_at", R, _)                                                                \
    X(TEXT, user_id, "user.id", FIELD_PARENT_REQUIRED, _)                                          \
    X(TEXT, user_email, "user.email", 0, _)                                                        \
    X(TEXT, user_slack_user_id, "user.slack_user_id", 0, _)
#define ONLY_CREATE(X) X(TEXT, schedule_id, "schedule_id", R, _)

struct override_sent {
    WINDOW(FIELD_DECLARE) ONLY_CREATE(FIELD_DECLARE)
};
#define FIELD_OWNER struct override_sent
static const struct field create_rows[] = {ONLY_CREATE(FIELD_ROW) WINDOW(FIELD_ROW)};
static const struct field update_rows[] = {WINDOW(FIELD_ROW)};
#undef FIELD_OWNER
WRITE_BODY(create, override_sent);
WRITE_BODY(update, override_sent);

enum { OVERRIDE_MAX_DAYS = 366 };

/* ---- where it belongs ---- */

static const struct schedule_rotation *
find_rotation(const struct schedule_config *config, const char *rotation_id, const char *layer_id,
              bool *rotation_is_there)
{
    *rotation_is_there = false;
    for (size_t i = 0; i < config->rotations_len; i++) {
        const struct schedule_rotation *rotation = &config->rotations[i];
        if (!text_equals(rotation->id, rotation_id))
            continue;
        *rotation_is_there = true;
        for (size_t j = 0; j < rotation->layers_len; j++)
            if (text_equals(rotation->layers[j].id, layer_id))
                return rotation;
    }
    return NULL;
}

bool
write_check_layer(struct exchange *exchange, const struct schedule *schedule,
                  const char *rotation_id, const char *layer_id)
{
    struct schedule_config config = {0};
    struct error err;
    bool rotation_is_there;

    if (*schedule->config && !wire_read_fields(&schedule_config_table, slice_of(schedule->config),
                                               exchange->arena, &config, &err))
        return answer_broken(exchange, &err);
    if (find_rotation(&config, rotation_id, layer_id, &rotation_is_there) ||
        (rotation_is_there && !layer_id))
        return true;
    if (!rotation_is_there)
        return answer_invalid(exchange, "rotation_id",
                              "'rotation_id': the schedule has no rotation '%.100s'", rotation_id);
    return answer_invalid(exchange, "layer_id", "'layer_id': the rotation has no layer '%.100s'",
                          layer_id);
}

bool
write_check_window(struct exchange *exchange, int64_t start_at, int64_t end_at)
{
    if (start_at >= end_at)
        return answer_invalid(exchange, "end_at", "'end_at': expected a time after 'start_at'");
    return end_at - start_at <= OVERRIDE_MAX_DAYS * DAY_MS ||
           answer_invalid(exchange, "end_at", "'end_at': expected at most %d days after 'start_at'",
                          OVERRIDE_MAX_DAYS);
}

/* ---- its window is its own ---- */

/* What is left of an override that lost a part: a new one, as the API has it. */
static bool
save_rest(struct exchange *exchange, struct schedule_override rest, int64_t start_at,
          int64_t end_at)
{
    if (start_at >= end_at)
        return true;
    rest.id = write_id(exchange);
    rest.start_at = start_at;
    rest.end_at = end_at;
    rest.updated_at = write_time(exchange, rest.updated_at);
    rest.json = "";
    return write_save(exchange, KIND_SCHEDULE_OVERRIDE, &rest);
}

static bool
clear_window(struct exchange *exchange, const struct schedule_override *mine)
{
    struct text_list ids = {0};
    struct statement *statement = exchange_statement(exchange, SQL_SCHEDULE_OVERRIDE_OVERLAPPING);

    if (!statement)
        return false;
    bind_text(statement, "schedule_id", mine->schedule_id);
    bind_text(statement, "rotation_id", mine->rotation_id);
    bind_text(statement, "layer_id", mine->layer_id);
    bind_integer(statement, "start_at", mine->start_at);
    bind_integer(statement, "end_at", mine->end_at);
    bind_text(statement, "id", mine->id);
    if (!text_list_read(exchange, statement, &ids))
        return false;
    for (size_t i = 0; i < ids.len; i++) {
        struct schedule_override other;
        if (!write_load_named(exchange, KIND_SCHEDULE_OVERRIDE, ids.items[i], "", &other) ||
            !write_delete(exchange, KIND_SCHEDULE_OVERRIDE, other.id) ||
            !save_rest(exchange, other, other.start_at, mine->start_at) ||
            !save_rest(exchange, other, mine->end_at, other.end_at))
            return false;
    }
    return true;
}

bool
write_save_override(struct exchange *exchange, struct schedule_override *override)
{
    return clear_window(exchange, override) &&
           write_save(exchange, KIND_SCHEDULE_OVERRIDE, override);
}

/* ---- the writes ---- */

/* One of the three ways to name somebody; what was read may be sent back, and then has all of them. */
static struct user_reference
reference_of(const struct override_sent *sent)
{
    if (*sent->user_id)
        return (struct user_reference){.id = sent->user_id};
    if (*sent->user_email)
        return (struct user_reference){.email = sent->user_email};
    return (struct user_reference){.slack_user_id = sent->user_slack_user_id};
}

static void
take_window(const struct override_sent *sent, struct schedule_override *override)
{
    override->rotation_id = sent->rotation_id;
    override->layer_id = sent->layer_id;
    override->start_at = sent->start_at;
    override->end_at = sent->end_at;
}

static bool
run_create(struct exchange *exchange, const void *body)
{
    const struct override_sent *sent = body;
    const struct user_reference reference = reference_of(sent);
    struct schedule_override override;
    struct schedule schedule;
    struct user_embedded user;

    object_clear(&schedule_override_table, &override);
    if (!write_load_named(exchange, KIND_SCHEDULE, sent->schedule_id, "schedule_id", &schedule) ||
        !write_check_layer(exchange, &schedule, sent->rotation_id, sent->layer_id) ||
        !write_check_window(exchange, sent->start_at, sent->end_at) ||
        !write_find_user(exchange, &reference, "user", &user))
        return false;
    override.id = write_id(exchange);
    override.schedule_id = schedule.id;
    override.created_at = override.updated_at = exchange->now_ms;
    SET_USER(&override, user, &user);
    take_window(sent, &override);
    if (!write_save_override(exchange, &override))
        return false;
    write_answer(exchange, KIND_SCHEDULE_OVERRIDE, &override);
    return true;
}
const struct write override_create = {
    .scope = "schedule_overrides.create", .body = &create_table, .run = run_create, .status = 201};

static bool
run_update(struct exchange *exchange, const void *body)
{
    const struct override_sent *sent = body;
    const struct user_reference reference = reference_of(sent);
    struct schedule_override override;
    struct schedule schedule;
    struct user_embedded user;

    if (!write_load(exchange, KIND_SCHEDULE_OVERRIDE, exchange->id, &override) ||
        !write_load_named(exchange, KIND_SCHEDULE, override.schedule_id, "schedule_id",
                          &schedule) ||
        !write_check_layer(exchange, &schedule, sent->rotation_id, sent->layer_id) ||
        !write_check_window(exchange, sent->start_at, sent->end_at) ||
        !write_find_user(exchange, &reference, "user", &user))
        return false;
    if (!text_equals(user.id, override.user_id))
        return answer_invalid(exchange, "user",
                              "'user': an override stays its person's: delete it and make another");
    take_window(sent, &override);
    override.updated_at = write_time(exchange, override.updated_at);
    if (!write_save_override(exchange, &override))
        return false;
    write_answer(exchange, KIND_SCHEDULE_OVERRIDE, &override);
    return true;
}
const struct write override_update = {
    .scope = "schedule_overrides.update", .body = &update_table, .run = run_update};

static bool
run_delete(struct exchange *exchange, const void *body)
{
    struct schedule_override override;

    (void)body; /* it has none */
    return write_load(exchange, KIND_SCHEDULE_OVERRIDE, exchange->id, &override) &&
           write_delete(exchange, KIND_SCHEDULE_OVERRIDE, exchange->id);
}
const struct write override_delete = {
    .scope = "schedule_overrides.destroy", .run = run_delete, .status = 204};
