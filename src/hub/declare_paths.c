/* Escalation paths: levels one after the other, and two ways where they depend on working hours. */

#include <string.h>

#include "hub/declare_parts.h"
#include "wire/wire.h"

/* Ids of nodes follow from the path, the way and the place. */
static const char *
node_id(struct declaring *declaring, const struct hub_path *path, const char *way, size_t place)
{
    return declared_id("escalation_node",
                       arena_printf(&declaring->arena, "%s/%s/%zu", path->title, way, place),
                       &declaring->arena);
}

static void
append_target(struct declaring *declaring, struct str *out, const struct hub_level *level,
              const char *target)
{
    static const struct {
        const char *who, *mode;
    } modes[] = {{"on_call", "currently_on_call"},
                 {"next_on_call", "next_on_call"},
                 {"all_users", "all_users"}};
    const char *name, *word = hub_word_split(target, &declaring->arena, &name);
    const char *mode = "", *id;
    const char *type = "slack_channel";
    if (strcmp(word, "schedule") == 0) {
        type = "schedule";
        id = declared_id("schedule", name, &declaring->arena);
        for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
            if (strcmp(modes[i].who, level->who) == 0)
                mode = modes[i].mode;
    } else if (strcmp(word, "person") == 0) {
        type = "user";
        id = declared_id("user", name, &declaring->arena);
    } else {
        id = name;
    }
    str_printf(out, "{\"type\":\"%s\",\"id\":", type);
    wire_append_string(out, id);
    str_printf(out, ",\"urgency\":\"%s\",\"schedule_mode\":\"%s\"}", level->urgency, mode);
}

/* The levels that count always or when `way` says. */
static const char *
levels_of(struct declaring *declaring, const struct hub_path *path, const char *way)
{
    struct str out;
    size_t len = 0;
    str_init(&out, 0);
    for (size_t i = 0; i < path->children_len; i++) {
        const struct hub_level *level = &path->children[i];
        if (strcmp(level->when, "always") != 0 && strcmp(level->when, way) != 0)
            continue;
        str_printf(&out, "%s{\"id\":\"%s\",\"type\":\"level\",\"level\":{\"targets\":[",
                   len++ ? "," : "", node_id(declaring, path, way, i));
        for (size_t t = 0; level->notify[t]; t++) {
            str_append(&out, t ? "," : "");
            append_target(declaring, &out, level, level->notify[t]);
        }
        str_printf(&out, "],\"ack_mode\":\"first\",\"time_to_ack_seconds\":%lld}}",
                   (long long)level->acknowledge / 1000);
    }
    return declare_text(declaring, &out);
}

static bool
depends_on_hours(const struct hub_path *path)
{
    for (size_t i = 0; i < path->children_len; i++)
        if (strcmp(path->children[i].when, "always") != 0)
            return true;
    return false;
}

static const char *
nodes_of(struct declaring *declaring, const struct hub_path *path, const char *hours_id)
{
    struct str out;
    const char *first = node_id(declaring, path, "always", 0);
    str_init(&out, 0);
    str_append_char(&out, '[');
    if (depends_on_hours(path)) {
        first = node_id(declaring, path, "way", 0);
        str_printf(&out,
                   "{\"id\":\"%s\",\"type\":\"if_else\",\"if_else\":{\"conditions\":[{\"subject\":"
                   "{\"label\":\"Working hours\",\"reference\":\"escalation.working_hours[\\\"%s"
                   "\\\"]\"},\"operation\":{\"label\":\"is active\",\"value\":\"is_active\"},"
                   "\"param_bindings\":[]}],\"then_path\":[%s],\"else_path\":[%s]}}",
                   first, hours_id, levels_of(declaring, path, "hours"),
                   levels_of(declaring, path, "otherwise"));
    } else {
        str_append(&out, levels_of(declaring, path, "always"));
    }
    if (path->repeat)
        str_printf(&out,
                   ",{\"id\":\"%s\",\"type\":\"repeat\",\"repeat\":{\"repeat_times\":%lld,"
                   "\"to_node\":\"%s\"}}",
                   node_id(declaring, path, "repeat", 0), (long long)path->repeat, first);
    str_append_char(&out, ']');
    return declare_text(declaring, &out);
}

static bool
put_path(struct declaring *declaring, const struct hub_path *path, struct error *err)
{
    struct arena *arena = &declaring->arena;
    struct escalation_path object;
    arena_reset(arena);
    object_clear(&escalation_path_table, &object);
    const char *hours_id = declared_id("working_hours", path->title, arena);
    object.id = declared_id("escalation_path", path->title, arena);
    object.name = *path->name ? path->name : path->title;
    object.path = nodes_of(declaring, path, hours_id);
    object.team_ids = declare_ids(declaring, "team", path->teams);
    if (*path->hours)
        object.working_hours = arena_printf(
            arena,
            "[{\"id\":\"%s\",\"name\":\"Working hours\",\"timezone\":\"%s\","
            "\"weekday_intervals\":[%s]}]",
            hours_id, path->timezone, declare_weekday_intervals(declaring, path->hours));
    if (path->repeat_after)
        object.repeat_config =
            arena_printf(arena, "{\"delay_repeat_on_activity\":true,\"repeat_after_seconds\":%lld}",
                         (long long)path->repeat_after / 1000);
    return declare_put(declaring, KIND_ESCALATION_PATH, object.id, &object, path->line, err);
}

bool
declare_paths(struct declaring *declaring, struct error *err)
{
    for (size_t i = 0; i < declaring->file->paths_len; i++)
        if (!put_path(declaring, &declaring->file->paths[i], err))
            return false;
    return true;
}
