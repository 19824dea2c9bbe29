/* Schedules and previews of their entries (facts 10). */

#include <string.h>

#include "base/clock.h"
#include "hub/duty.h"
#include "hub/oncall.h"
#include "hub/schedule_config.h"
#include "hub/writes.h"

#define R FIELD_REQUIRED

/* What was sent of a rotation: ids may be missing, and people are named in one of three ways. */
#define PERSON(X)                                                                                  \
    X(TEXT, id, "id", 0, _)                                                                        \
    X(TEXT, email, "email", 0, _)                                                                  \
    X(TEXT, slack_user_id, "slack_user_id", 0, _)                                                  \
    X(TEXT, name, "name", 0, _) /* as answers have it: looked at by nobody */                      \
    X(TEXT, role, "role", 0, _)
#define LAYER(X)                                                                                   \
    X(TEXT, id, "id", 0, _)                                                                        \
    X(TEXT, name, "name", 0, _)
#define ROTATION(X)                                                                                \
    X(TEXT, id, "id", 0, _)                                                                        \
    X(TEXT, name, "name", 0, _)                                                                    \
    X(TIME, effective_from, "effective_from", 0, _)                                                \
    X(TIME, handover_start_at, "handover_start_at", 0, _)                                          \
    X(LIST, handovers, "handovers", 0, schedule_handover)                                          \
    X(LIST, layers, "layers", 0, layer_sent)                                                       \
    X(TEXT, scheduling_mode, "scheduling_mode", 0, _)                                              \
    X(LIST, users, "users", 0, person_sent)                                                        \
    X(LIST, working_intervals, "working_intervals", 0, schedule_working_interval)                  \
    X(LIST, working_interval, "working_interval", 0, schedule_working_interval)
#define SCHEDULE(X)                                                                                \
    X(TEXT, name, "schedule.name", FIELD_PARENT_REQUIRED, _)                                       \
    X(TEXT, timezone, "schedule.timezone", 0, _)                                                   \
    X(OBJECT, annotations, "schedule.annotations", 0, _)                                           \
    X(ARRAY, team_ids, "schedule.team_ids", 0, _)                                                  \
    X(LIST, rotations, "schedule.config.rotations", 0, rotation_sent)                              \
    X(ARRAY, country_codes, "schedule.holidays_public_config.country_codes", 0, _)
#define PREVIEW(X)                                                                                 \
    X(TIME, start, "entry_window_start", 0, _)                                                     \
    X(TIME, end, "entry_window_end", 0, _)

struct person_sent {
    PERSON(FIELD_DECLARE)
};
struct layer_sent {
    LAYER(FIELD_DECLARE)
};
struct rotation_sent {
    ROTATION(FIELD_DECLARE)
};
struct schedule_sent {
    SCHEDULE(FIELD_DECLARE) PREVIEW(FIELD_DECLARE)
};
#define FIELD_OWNER struct person_sent
static const struct field person_sent_rows[] = {PERSON(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table person_sent_table = FIELD_TABLE(person_sent, SIZE_MAX);
#define FIELD_OWNER struct layer_sent
static const struct field layer_sent_rows[] = {LAYER(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table layer_sent_table = FIELD_TABLE(layer_sent, SIZE_MAX);
#define FIELD_OWNER struct rotation_sent
static const struct field rotation_sent_rows[] = {ROTATION(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table rotation_sent_table = FIELD_TABLE(rotation_sent, SIZE_MAX);
#define FIELD_OWNER struct schedule_sent
static const struct field whole_rows[] = {SCHEDULE(FIELD_ROW)};
static const struct field preview_rows[] = {SCHEDULE(FIELD_ROW) PREVIEW(FIELD_ROW)};
#undef FIELD_OWNER
WRITE_BODY(whole, schedule_sent);
WRITE_BODY(preview, schedule_sent);

/* ---- from what was sent to a configuration ---- */

static bool
take_users(struct exchange *exchange, const char *field, const struct rotation_sent *sent,
           struct schedule_rotation *rotation)
{
    struct user_embedded *users =
        arena_new_array(exchange->arena, sent->users_len, struct user_embedded);

    for (size_t i = 0; i < sent->users_len; i++) {
        const struct person_sent *person = &sent->users[i];
        /* What was read may be sent back: then a person has all three. */
        struct user_reference reference = {.id = person->id};
        if (!*person->id)
            reference = (struct user_reference){.email = person->email};
        if (!*person->id && !*person->email)
            reference = (struct user_reference){.slack_user_id = person->slack_user_id};

        if (text_equals(person->id, SCHEDULE_NOBODY))
            users[i] = (struct user_embedded){SCHEDULE_NOBODY, "Nobody", "", "unset", ""};
        else if (!write_find_user(exchange, &reference,
                                  arena_printf(exchange->arena, "%s.users.%zu", field, i),
                                  &users[i]))
            return false;
    }
    rotation->users = users;
    rotation->users_len = sent->users_len;
    return true;
}

static void
take_layers(struct exchange *exchange, const struct rotation_sent *sent,
            struct schedule_rotation *rotation)
{
    size_t len = sent->layers_len ? sent->layers_len : 1;
    struct schedule_layer *layers = arena_new_array(exchange->arena, len, struct schedule_layer);

    layers[0] = (struct schedule_layer){.id = "", .name = ""};
    for (size_t i = 0; i < sent->layers_len; i++)
        layers[i] = (struct schedule_layer){.id = sent->layers[i].id, .name = sent->layers[i].name};
    for (size_t i = 0; i < len; i++) {
        if (!*layers[i].id)
            layers[i].id = write_id(exchange);
        if (!*layers[i].name)
            layers[i].name = arena_printf(exchange->arena, "Layer %zu", i + 1);
    }
    rotation->layers = layers;
    rotation->layers_len = len;
}

static bool
take_rotation(struct exchange *exchange, size_t index, const struct rotation_sent *sent,
              struct schedule_rotation *rotation)
{
    const char *field = arena_printf(exchange->arena, "schedule.config.rotations.%zu", index);

    if (!*sent->name)
        return answer_error(exchange, 422, "is_required",
                            arena_printf(exchange->arena, "%s.name", field), "'%s.name' is missing",
                            field);
    if (*sent->scheduling_mode && !text_equals(sent->scheduling_mode, "fair") &&
        !text_equals(sent->scheduling_mode, "sequential"))
        return answer_invalid(exchange, arena_printf(exchange->arena, "%s.scheduling_mode", field),
                              "'%s.scheduling_mode': expected fair or sequential, got '%.40s'",
                              field, sent->scheduling_mode);
    *rotation = (struct schedule_rotation){
        .id = *sent->id ? sent->id : write_id(exchange),
        .name = sent->name,
        .effective_from = sent->effective_from,
        .handover_start_at = sent->handover_start_at,
        .handovers = sent->handovers,
        .handovers_len = sent->handovers_len,
        .scheduling_mode = *sent->scheduling_mode ? sent->scheduling_mode : "fair",
        .working_intervals =
            sent->working_intervals_len ? sent->working_intervals : sent->working_interval,
        .working_intervals_len =
            sent->working_intervals_len ? sent->working_intervals_len : sent->working_interval_len,
    };
    take_layers(exchange, sent, rotation);
    return take_users(exchange, field, sent, rotation);
}

/* The engine's own check: its sentence begins with the path of what is wrong. */
static bool
check_plan(struct exchange *exchange, const struct schedule *schedule,
           const struct schedule_config *config, const struct schedule_plan **plan)
{
    struct error err;

    if (schedule_plan_make(schedule->id, schedule->timezone, config, exchange->arena, plan, &err))
        return true;
    return answer_invalid(
        exchange,
        arena_printf(exchange->arena, "schedule.%.*s", (int)strcspn(err.message, ":"), err.message),
        "schedule.%s", err.message);
}

/* A map from texts to texts, as compact JSON: outside of its strings there is nothing but punctuation. */
static bool
check_annotations(struct exchange *exchange, const char *json)
{
    bool in_text = false, value_expected = false, ok = true;

    for (const char *at = json + (*json == '{'); *at && ok; at++) {
        if (in_text) {
            in_text = *at != '"';
            at += *at == '\\' && at[1];
            continue;
        }
        ok = strchr("\":,} \t\r\n", *at) && !(value_expected && (*at == ',' || *at == '}'));
        value_expected = *at == ':' || (value_expected && *at != '"');
        in_text = *at == '"';
    }
    return ok || answer_invalid(exchange, "schedule.annotations",
                                "'schedule.annotations': expected texts only");
}

static bool
take(struct exchange *exchange, const struct schedule_sent *sent, struct schedule *schedule,
     const struct schedule_plan **plan)
{
    struct schedule_config config = {0};

    if (*sent->name)
        schedule->name = sent->name;
    if (*sent->timezone)
        schedule->timezone = sent->timezone;
    if (write_has(exchange, "annotations"))
        schedule->annotations = sent->annotations;
    if (write_has(exchange, "team_ids"))
        schedule->team_ids = sent->team_ids;
    if (write_has(exchange, "country_codes"))
        schedule->holidays_public_config =
            arena_printf(exchange->arena, "{\"country_codes\":%s}",
                         *sent->country_codes ? sent->country_codes : "[]");
    if (!*schedule->name || !*schedule->timezone) {
        const char *missing = *schedule->name ? "schedule.timezone" : "schedule.name";
        return answer_error(exchange, 422, "is_required", missing, "'%s' is missing", missing);
    }
    if (!check_annotations(exchange, schedule->annotations) ||
        !write_check_texts(exchange, "schedule.team_ids", schedule->team_ids) ||
        !write_check_texts(exchange, "schedule.holidays_public_config.country_codes",
                           sent->country_codes))
        return false;

    struct error err;
    if (!write_has(exchange, "rotations")) {
        if (!wire_read_fields(&schedule_config_table,
                              slice_of(*schedule->config ? schedule->config : "{}"),
                              exchange->arena, &config, &err))
            return answer_broken(exchange, &err);
    } else {
        struct schedule_rotation *rotations =
            arena_new_array(exchange->arena, sent->rotations_len, struct schedule_rotation);
        if (sent->rotations_len > SCHEDULE_ROTATIONS_MAX)
            return answer_invalid(exchange, "schedule.config.rotations",
                                  "'schedule.config.rotations': expected at most %d",
                                  SCHEDULE_ROTATIONS_MAX);
        for (size_t i = 0; i < sent->rotations_len; i++)
            if (!take_rotation(exchange, i, &sent->rotations[i], &rotations[i]))
                return false;
        config = (struct schedule_config){rotations, sent->rotations_len};
        schedule->config = wire_write_object(&schedule_config_table, &config, exchange->arena);
    }
    return check_plan(exchange, schedule, &config, plan);
}

/* ---- the writes ---- */

static bool
save(struct exchange *exchange, struct schedule *schedule)
{
    schedule->current_shifts_len = schedule->next_shifts_len = 0; /* said when asked, not kept */
    if (!write_save(exchange, KIND_SCHEDULE, schedule))
        return false;
    const char *answer = render_schedule(exchange, schedule->json);
    if (!answer)
        return false;
    write_answer_as(exchange, "schedule", answer);
    exchange->etag = object_tag(exchange, schedule->json);
    return true;
}

static bool
run_create(struct exchange *exchange, const void *body)
{
    const struct schedule_plan *plan;
    struct schedule schedule;

    object_clear(&schedule_table, &schedule);
    schedule.id = write_id(exchange);
    schedule.created_at = schedule.updated_at = exchange->now_ms;
    return take(exchange, body, &schedule, &plan) && save(exchange, &schedule);
}
const struct write schedule_create = {
    .scope = "schedules.create", .body = &whole_table, .run = run_create, .status = 201};

static bool
run_update(struct exchange *exchange, const void *body)
{
    const struct schedule_plan *plan;
    struct schedule schedule;

    if (!write_load(exchange, KIND_SCHEDULE, exchange->id, &schedule) ||
        !take(exchange, body, &schedule, &plan))
        return false;
    schedule.updated_at = write_time(exchange, schedule.updated_at);
    return save(exchange, &schedule);
}
const struct write schedule_update = {
    .scope = "schedules.update", .body = &whole_table, .run = run_update};

/* What belongs to the schedule alone goes with it. */
static bool
delete_belongings(struct exchange *exchange, enum kind kind)
{
    struct text_list ids = {0};

    if (!write_list_ids(exchange, kind, "schedule_id", exchange->id, &ids))
        return false;
    for (size_t i = 0; i < ids.len; i++)
        if (!write_delete(exchange, kind, ids.items[i]))
            return false;
    return true;
}

static bool
run_delete(struct exchange *exchange, const void *body)
{
    struct schedule schedule;
    struct statement *statement;
    struct error err;
    const char *path = "";
    bool row;

    (void)body; /* it has none */
    if (!write_load(exchange, KIND_SCHEDULE, exchange->id, &schedule))
        return false;
    if (!(statement = exchange_statement(exchange, SQL_HUB_ESCALATION_PATH_OF_SCHEDULE)))
        return false;
    bind_text(statement, "schedule_id", exchange->id);
    if (!statement_step(statement, &row, &err))
        return answer_failure(exchange, &err);
    if (row) {
        path = row_text(statement, exchange->arena, 0);
        statement_reset(statement);
        return answer_invalid(exchange, "",
                              "the escalation path '%.100s' pages this schedule: change it first, "
                              "or nobody would be paged",
                              path);
    }
    return write_delete(exchange, KIND_SCHEDULE, exchange->id) &&
           delete_belongings(exchange, KIND_SCHEDULE_OVERRIDE) &&
           delete_belongings(exchange, KIND_SCHEDULE_SYNC_RULE);
}
const struct write schedule_delete = {
    .scope = "schedules.destroy", .run = run_delete, .status = 202};

/* ---- previews ---- */

enum { PREVIEW_DAYS = 28 };

static bool
run_preview(struct exchange *exchange, const void *body)
{
    const struct schedule_sent *sent = body;
    const struct schedule_plan *plan;
    struct schedule_entries entries;
    struct duty duty;
    struct error err;
    bool found;
    int64_t from = sent->start ? sent->start : exchange->now_ms;
    int64_t to = sent->end ? sent->end : from + PREVIEW_DAYS * DAY_MS;

    if (!duty_load(exchange->store, exchange->id, exchange->arena, &duty, &found, &err))
        return answer_broken(exchange, &err);
    if (!found)
        return answer_error(exchange, 404, "resource_not_found", "", "there is no such schedule");
    if (to < from || to - from > SCHEDULE_WINDOW_MAX_DAYS * DAY_MS)
        return answer_invalid(exchange, "entry_window_end",
                              "'entry_window_end': expected at most %d days after the start",
                              SCHEDULE_WINDOW_MAX_DAYS);
    if (!take(exchange, sent, &duty.schedule, &plan))
        return false;
    if (!schedule_plan_entries(plan, duty.overrides, duty.overrides_len, from, to, exchange->arena,
                               &entries, &err))
        return answer_invalid(exchange, "entry_window_start", "%s", err.message);
    str_append_char(&exchange->body, '{');
    oncall_append_entries(exchange, &entries, INT64_MIN);
    str_append_char(&exchange->body, '}');
    return true;
}
const struct write schedule_preview = {
    .scope = "schedules.view", .body = &preview_table, .run = run_preview};
