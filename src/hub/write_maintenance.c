/* Maintenance windows (facts 12). What an update leaves out stays as it is. */

#include <string.h>

#include "hub/write_conditions.h"
#include "hub/writes.h"

enum { NAME_MAX_BYTES = 1000, MESSAGE_MAX_BYTES = 100 * 1024, MINUTES_MAX = 60 * 24 * 30 };

#define R FIELD_REQUIRED
#define CHANNEL(X)                                                                                 \
    X(TEXT, channel_id, "channel_id", R, _)                                                        \
    X(TEXT, channel_type, "channel_type", R, _)                                                    \
    X(TEXT, channel_name, "channel_name", 0, _)
struct channel {
    CHANNEL(FIELD_DECLARE)
};
#define FIELD_OWNER struct channel
static const struct field channel_rows[] = {CHANNEL(FIELD_ROW)};
#undef FIELD_OWNER
WRITE_BODY(channel, channel);

#define TARGET(X)                                                                                  \
    X(TEXT, path, "escalation_paths.value.literal", 0, _)                                          \
    X(TEXT, path_reference, "escalation_paths.value.reference", 0, _)                              \
    X(LIST, paths, "escalation_paths.array_value", 0, binding_value)                               \
    X(TEXT, user, "users.value.literal", 0, _)                                                     \
    X(TEXT, user_reference, "users.value.reference", 0, _)                                         \
    X(LIST, users, "users.array_value", 0, binding_value)
struct target {
    TARGET(FIELD_DECLARE)
};
#define FIELD_OWNER struct target
static const struct field target_rows[] = {TARGET(FIELD_ROW)};
#undef FIELD_OWNER
WRITE_BODY(target, target);

#define WINDOW(X)                                                                                  \
    X(TEXT, name, "name", R, _)                                                                    \
    X(TIME, start_at, "start_at", R, _)                                                            \
    X(TIME, end_at, "end_at", R, _)                                                                \
    X(TEXT, lead_id, "lead.id", FIELD_PARENT_REQUIRED, _)                                          \
    X(TEXT, lead_email, "lead.email", 0, _)                                                        \
    X(TEXT, lead_slack_user_id, "lead.slack_user_id", 0, _)                                        \
    X(LIST, groups, "alert_condition_groups", R, condition_group_sent)                             \
    X(BOOLEAN, show_in_sidebar, "show_in_sidebar", R, _)                                           \
    X(BOOLEAN, resolve_on_end, "resolve_on_end", 0, _)                                             \
    X(BOOLEAN, reroute_on_end, "reroute_on_end", 0, _)                                             \
    X(TEXT, incident_id, "incident_id", 0, _)                                                      \
    X(LIST, targets, "escalation_targets", 0, target)                                              \
    X(LIST, channels, "notify_channels", 0, channel)                                               \
    X(INTEGER, start_minutes, "notify_start_minutes_before", 0, _)                                 \
    X(INTEGER, end_minutes, "notify_end_minutes_before", 0, _)                                     \
    X(TEXT, message, "notification_message", 0, _)
struct window_sent {
    WINDOW(FIELD_DECLARE)
};
#define FIELD_OWNER struct window_sent
static const struct field window_rows[] = {WINDOW(FIELD_ROW)};
#undef FIELD_OWNER
WRITE_BODY(window, window_sent);

/* ---- parts ---- */

static bool
check_literals(struct exchange *exchange, enum kind kind, const char *one,
               const struct binding_value *values, size_t values_len, const char *field)
{
    union {
        struct escalation_path path;
        struct user user;
    } there;

    if (*one && !write_load_named(exchange, kind, one, field, &there))
        return false;
    for (size_t i = 0; i < values_len; i++)
        if (*values[i].literal &&
            !write_load_named(exchange, kind, values[i].literal, field, &there))
            return false;
    return true;
}

static bool
check_targets(struct exchange *exchange, const struct window_sent *sent)
{
    for (size_t i = 0; i < sent->targets_len; i++) {
        const struct target *target = &sent->targets[i];
        const char *at = arena_printf(exchange->arena, "escalation_targets.%zu", i);
        if (!check_literals(exchange, KIND_ESCALATION_PATH, target->path, target->paths,
                            target->paths_len,
                            arena_printf(exchange->arena, "%s.escalation_paths", at)) ||
            !check_literals(exchange, KIND_USER, target->user, target->users, target->users_len,
                            arena_printf(exchange->arena, "%s.users", at)))
            return false;
    }
    return true;
}

/* A JSON array of structs, with labels where values need them. */
static const char *
write_list(const struct field_table *table, const void *items, size_t len, struct arena *arena)
{
    struct str out;

    str_init(&out, 0);
    str_append_char(&out, '[');
    for (size_t i = 0; i < len; i++) {
        str_append(&out, i > 0 ? "," : "");
        str_append(&out,
                   wire_write_object(table, (const char *)items + i * table->struct_size, arena));
    }
    str_append_char(&out, ']');
    const char *json = wire_label_bindings(str_slice(&out), arena);
    str_finish(&out);
    return json;
}

static bool
check(struct exchange *exchange, const struct window_sent *sent)
{
    struct incident incident;

    if (sent->end_at <= sent->start_at)
        return answer_invalid(exchange, "end_at", "'end_at' is not after 'start_at'");
    if (sent->resolve_on_end && sent->reroute_on_end)
        return answer_invalid(exchange, "reroute_on_end",
                              "'resolve_on_end' and 'reroute_on_end' exclude each other");
    if (sent->start_minutes < 0 || sent->start_minutes > MINUTES_MAX)
        return answer_invalid(exchange, "notify_start_minutes_before",
                              "'notify_start_minutes_before': expected 0 to %d", MINUTES_MAX);
    if (sent->end_minutes < 0 || sent->end_minutes > MINUTES_MAX)
        return answer_invalid(exchange, "notify_end_minutes_before",
                              "'notify_end_minutes_before': expected 0 to %d", MINUTES_MAX);
    return write_check_length(exchange, "name", sent->name, NAME_MAX_BYTES) &&
           write_check_length(exchange, "notification_message", sent->message, MESSAGE_MAX_BYTES) &&
           (*sent->incident_id == '\0' ||
            write_load_named(exchange, KIND_INCIDENT, sent->incident_id, "incident_id",
                             &incident)) &&
           check_targets(exchange, sent);
}

static bool
take(struct exchange *exchange, const struct window_sent *sent, struct maintenance_window *window)
{
    const struct user_reference lead = {
        .id = sent->lead_id, .email = sent->lead_email, .slack_user_id = sent->lead_slack_user_id};
    struct user_embedded user;

    if (!check(exchange, sent) || !write_find_user(exchange, &lead, "lead", &user) ||
        !conditions_sent_read(exchange, sent->groups, sent->groups_len, "alert_condition_groups",
                              &window->alert_condition_groups))
        return false;
    window->name = sent->name;
    window->start_at = sent->start_at;
    window->end_at = sent->end_at;
    SET_USER(window, lead_user, &user);
    window->lead_api_key_id = window->lead_api_key_name = "";
    window->show_in_sidebar = sent->show_in_sidebar;
    if (write_has(exchange, "resolve_on_end"))
        window->resolve_on_end = sent->resolve_on_end;
    if (write_has(exchange, "reroute_on_end"))
        window->reroute_on_end = sent->reroute_on_end;
    if (write_has(exchange, "incident_id"))
        window->incident_id = sent->incident_id;
    if (write_has(exchange, "targets"))
        window->escalation_targets =
            write_list(&target_table, sent->targets, sent->targets_len, exchange->arena);
    if (write_has(exchange, "channels"))
        window->notify_channels =
            write_list(&channel_table, sent->channels, sent->channels_len, exchange->arena);
    if (write_has(exchange, "start_minutes"))
        window->notify_start_minutes_before = sent->start_minutes;
    if (write_has(exchange, "end_minutes"))
        window->notify_end_minutes_before = sent->end_minutes;
    if (write_has(exchange, "message"))
        window->notification_message = sent->message;
    return true;
}

/* ---- the writes ---- */

static bool
run_create(struct exchange *exchange, const void *body)
{
    struct maintenance_window window;

    object_clear(&maintenance_window_table, &window);
    window.id = write_id(exchange);
    window.created_at = window.updated_at = exchange->now_ms;
    if (!take(exchange, body, &window) || !write_save(exchange, KIND_MAINTENANCE_WINDOW, &window))
        return false;
    write_answer(exchange, KIND_MAINTENANCE_WINDOW, &window);
    return true;
}
const struct write maintenance_window_create = {
    .scope = "maintenance_window.create", .body = &window_table, .run = run_create, .status = 201};

static bool
run_update(struct exchange *exchange, const void *body)
{
    struct maintenance_window window;

    if (!write_load(exchange, KIND_MAINTENANCE_WINDOW, exchange->id, &window) ||
        !take(exchange, body, &window))
        return false;
    window.updated_at = write_time(exchange, window.updated_at);
    if (!write_save(exchange, KIND_MAINTENANCE_WINDOW, &window))
        return false;
    write_answer(exchange, KIND_MAINTENANCE_WINDOW, &window);
    return true;
}
const struct write maintenance_window_update = {
    .scope = "maintenance_window.update", .body = &window_table, .run = run_update};

static bool
run_delete(struct exchange *exchange, const void *body)
{
    struct maintenance_window window;

    (void)body; /* it has none */
    return write_load(exchange, KIND_MAINTENANCE_WINDOW, exchange->id, &window) &&
           write_delete(exchange, KIND_MAINTENANCE_WINDOW, exchange->id);
}
const struct write maintenance_window_delete = {
    .scope = "maintenance_window.destroy", .run = run_delete, .status = 204};
