/* Rotas, and the Slack user groups that follow them. */

#include <string.h>

#include "base/clock.h"
#include "base/zone.h"
#include "hub/declare_parts.h"
#include "hub/schedules.h"
#include "wire/wire.h"

static const char *const weekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                       "friday", "saturday", "sunday"};

static const struct schedule_working_interval *
working_intervals(struct arena *arena, const char *const *list, size_t *len)
{
    size_t count = 0;
    while (list[count])
        count++;
    struct schedule_working_interval *intervals =
        arena_new_array(arena, count * 7 + 1, struct schedule_working_interval);
    *len = 0;
    for (size_t i = 0; i < count; i++) {
        struct hub_hours hours;
        if (!hub_hours_read(list[i], arena, &hours))
            continue; /* the file was checked */
        for (int day = hours.first_day;; day = (day + 1) % 7) {
            intervals[(*len)++] =
                (struct schedule_working_interval){weekdays[day], hours.start, hours.end};
            if (day == hours.last_day)
                break;
        }
    }
    return intervals;
}

const char *
declare_weekday_intervals(struct declaring *declaring, const char *const *list)
{
    struct str out;
    size_t len;
    const struct schedule_working_interval *intervals =
        working_intervals(&declaring->arena, list, &len);
    str_init(&out, 0);
    for (size_t i = 0; i < len; i++)
        str_printf(&out, "%s{\"weekday\":\"%s\",\"start_time\":\"%s\",\"end_time\":\"%s\"}",
                   i ? "," : "", intervals[i].weekday, intervals[i].start_time,
                   intervals[i].end_time);
    return declare_text(declaring, &out);
}

static struct schedule_handover
handover_of(const char *text)
{
    static const struct {
        int64_t span_ms;
        const char *type;
    } steps[] = {{7 * DAY_MS, "weekly"}, {DAY_MS, "daily"}, {HOUR_MS, "hourly"}};
    int64_t span_ms = 0;
    size_t step = 0;
    (void)span_from_text(text, &span_ms); /* the file was checked */
    while (span_ms % steps[step].span_ms)
        step++;
    return (struct schedule_handover){span_ms / steps[step].span_ms, steps[step].type};
}

static struct schedule_rotation
rotation_of(struct declaring *declaring, const struct hub_schedule *schedule,
            const struct hub_rotation *from, const struct zone *zone)
{
    struct arena *arena = &declaring->arena;
    size_t people = 0, turns = 0;
    while (from->people[people])
        people++;
    while (from->handover[turns])
        turns++;
    struct user_embedded *users = arena_new_array(arena, people + 1, struct user_embedded);
    struct schedule_handover *handovers =
        arena_new_array(arena, turns + 1, struct schedule_handover);
    struct schedule_layer *layers =
        arena_new_array(arena, (size_t)from->layers + 1, struct schedule_layer);
    const char *name = *from->version_of ? from->version_of : from->title;
    const char *key = arena_printf(arena, "%s/%s", schedule->title, name);
    struct schedule_rotation rotation;
    object_clear(&schedule_rotation_table, &rotation);
    for (size_t i = 0; i < people; i++) {
        declare_embed_user(declaring, from->people[i], &users[i]);
        if (!*users[i].id)
            users[i].id = SCHEDULE_NOBODY;
    }
    for (size_t i = 0; i < turns; i++)
        handovers[i] = handover_of(from->handover[i]);
    for (int64_t i = 0; i < from->layers; i++) {
        layers[i].name = arena_printf(arena, "Layer %lld", (long long)i + 1);
        layers[i].id =
            declared_id("layer", arena_printf(arena, "%s/%lld", key, (long long)i), arena);
    }
    rotation.id = declared_id("rotation", key, arena);
    rotation.name = name;
    rotation.scheduling_mode = "sequential";
    /* Both were checked with the file. */
    (void)hub_moment_read(from->starts, zone, &rotation.handover_start_at);
    if (*from->from)
        (void)hub_moment_read(from->from, zone, &rotation.effective_from);
    rotation.handovers = handovers;
    rotation.handovers_len = turns;
    rotation.layers = layers;
    rotation.layers_len = (size_t)from->layers;
    rotation.users = users;
    rotation.users_len = people;
    rotation.working_intervals =
        working_intervals(arena, from->hours, &rotation.working_intervals_len);
    return rotation;
}

static bool
put_schedule(struct declaring *declaring, const struct hub_schedule *schedule, struct error *err)
{
    struct arena *arena = &declaring->arena;
    struct schedule object;
    const struct zone *zone;
    arena_reset(arena);
    object_clear(&schedule_table, &object);
    if (!zone_open(schedule->timezone, &zone, err))
        return false;
    struct schedule_rotation *rotations =
        arena_new_array(arena, schedule->children_len + 1, struct schedule_rotation);
    for (size_t i = 0; i < schedule->children_len; i++)
        rotations[i] = rotation_of(declaring, schedule, &schedule->children[i], zone);
    const struct schedule_config config = {.rotations = rotations,
                                           .rotations_len = schedule->children_len};
    object.id = declared_id("schedule", schedule->title, arena);
    object.name = *schedule->name ? schedule->name : schedule->title;
    object.timezone = schedule->timezone;
    object.permalink = arena_printf(arena, "%s/schedules/%s", declaring->links, object.id);
    object.team_ids = declare_ids(declaring, "team", schedule->teams);
    object.config = wire_write_object(&schedule_config_table, &config, arena);
    return declare_put(declaring, KIND_SCHEDULE, object.id, &object, schedule->line, err);
}

/* ---- Slack user groups ---- */

static struct schedule_sync_target
target_of(struct declaring *declaring, const char *group)
{
    struct schedule_sync_target target;
    struct str linked;
    object_clear(&schedule_sync_target_table, &target);
    str_init(&linked, 0);
    str_append_char(&linked, '[');
    for (size_t i = 0; i < declaring->file->schedules_len; i++) {
        const struct hub_schedule *schedule = &declaring->file->schedules[i];
        if (strcmp(schedule->slack_group, group) != 0)
            continue;
        str_printf(&linked, "%s{\"id\":\"%s\",\"name\":", linked.len > 1 ? "," : "",
                   declared_id("schedule", schedule->title, &declaring->arena));
        wire_append_string(&linked, *schedule->name ? schedule->name : schedule->title);
        str_printf(&linked, ",\"team_ids\":%s}", declare_ids(declaring, "team", schedule->teams));
    }
    str_append_char(&linked, ']');
    target.id = declared_id("schedule_sync_target", group, &declaring->arena);
    target.slack_user_group_id = group;
    target.slack_team_id = declaring->file->slack.team;
    target.linked_schedules = declare_text(declaring, &linked);
    return target;
}

static bool
put_group(struct declaring *declaring, const struct hub_schedule *schedule, struct error *err)
{
    struct arena *arena = &declaring->arena;
    arena_reset(arena);
    struct schedule_sync_target target = target_of(declaring, schedule->slack_group);
    if (!declare_put(declaring, KIND_SCHEDULE_SYNC_TARGET, target.id, &target, schedule->line, err))
        return false;
    struct schedule_sync_rule rule;
    object_clear(&schedule_sync_rule_table, &rule);
    rule.id = declared_id("schedule_sync_rule", schedule->title, arena);
    rule.schedule_id = declared_id("schedule", schedule->title, arena);
    rule.schedule_sync_target_id = target.id;
    rule.schedule_sync_target = wire_write_object(&schedule_sync_target_table, &target, arena);
    rule.sync_type = schedule->slack_who;
    rule.permanent_member_user_ids = declare_ids(declaring, "user", schedule->slack_always);
    return declare_put(declaring, KIND_SCHEDULE_SYNC_RULE, rule.id, &rule, schedule->line, err);
}

bool
declare_schedules(struct declaring *declaring, struct error *err)
{
    for (size_t i = 0; i < declaring->file->schedules_len; i++) {
        const struct hub_schedule *schedule = &declaring->file->schedules[i];
        if (!put_schedule(declaring, schedule, err) ||
            (*schedule->slack_group && !put_group(declaring, schedule, err)))
            return false;
    }
    return true;
}
