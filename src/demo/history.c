#include <string.h>

#include "base/str.h"
#include "demo/cast.h"

/* Incidents begin like alerts do, in working hours rather more often. */
static int64_t
incident_time(struct world *world)
{
    for (;;) {
        int64_t time_ms = prng_between(&world->prng, world->since_ms + DAY_MS, world->now_ms - 30 * HOUR_MS);
        struct civil civil = zone_to_civil(world->london, time_ms);
        double weight = civil.weekday >= 5 ? 0.25 : 1.0;
        weight *= civil.hour >= 7 && civil.hour < 19 ? 1.0 : 0.3;
        weight *= civil.day <= 2 || civil.day >= 30 ? 1.0 : 0.55;
        int64_t bad_week_ms = world->now_ms - 152 * DAY_MS;
        bool is_bad_week = time_ms >= bad_week_ms && time_ms < bad_week_ms + 6 * DAY_MS;
        if (is_bad_week || prng_chance(&world->prng, weight * 0.4))
            return pipeline_run_ms(time_ms) - HOUR_MS + prng_between(&world->prng, 60, 1500) * SECOND_MS;
    }
}

static struct tale *
past_tale(struct world *world, int64_t start_ms, enum tale_end end)
{
    struct tale *tale = NULL;
    for (int attempt = 0; attempt < 6; attempt++) {
        tale_destroy(tale);
        tale = tale_create(world, story_draw(world, -1), start_ms, end);
        if (tale_end_ms(tale) < world->now_ms - 2 * HOUR_MS)
            return tale;
    }
    tale_shift(tale, world->now_ms - 2 * HOUR_MS - tale_end_ms(tale));
    return tale;
}

static void
relate(struct world *world, const struct incident *from, const struct incident *to)
{
    struct incident_relationship relationship;
    world_blank(&incident_relationship_table, &relationship);
    relationship.id = world_id(world, &world->scratch, from->created_at);
    relationship.parent_incident_id = from->id;
    relationship.incident_id = to->id;
    relationship.incident_external_id = incident_number(to);
    relationship.incident_name = to->name;
    world_put(world, KIND_INCIDENT_RELATIONSHIP, &relationship, from->created_at);
}

/* What a later incident may refer to. */
struct memory {
    const char *key;
    struct incident incident; /* texts in the world's arena */
};

static void
remember(struct world *world, struct memory *memory, const struct tale *tale)
{
    memory->key = tale->story->key;
    world_blank(&incident_table, &memory->incident);
    memory->incident.id = arena_text(&world->arena, tale->incident.id);
    memory->incident.reference = arena_text(&world->arena, tale->incident.reference);
    memory->incident.name = arena_text(&world->arena, tale->incident.name);
    memory->incident.created_at = tale->incident.created_at;
}

static enum tale_end
draw_end(struct world *world, bool has_predecessor)
{
    int64_t draw = prng_between(&world->prng, 0, 99);
    if (draw < 7)
        return END_DECLINED;
    if (draw < 9)
        return END_CANCELED;
    return draw < 13 && has_predecessor ? END_MERGED : END_RESOLVED;
}

static void
windows_create(struct world *world)
{
    static const struct { const char *name; const char *environment; int start_hours, hours; bool resolve; } rows[] = {
        {"Warehouse migration, cut-over", "prod", -152 * 24, 3, true},
        {"ERP upgrade, general ledger read only", "prod", -287 * 24, 12, false},
        {"Load test of the courier loader", "staging", -240 * 24, 6, true},
        {"Depot Hull moves its servers", "prod", -201 * 24, 5, false},
        {"Year-end close: no deploys, quiet alerts", "staging", -118 * 24, 72, false},
        {"Re-encryption of the payments schema", "prod", -64 * 24, 4, true},
        {"dbt upgrade on staging", "staging", -21 * 24, 8, true},
        {"Backfill of three years of scans on staging", "staging", -5, 30, true},
        {"Warehouse resize", "prod", 33, 2, false},
        {"Farm portal release, harvest forecasts off", "prod", 24 * 6, 5, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct maintenance_window window;
        const struct alert_attribute *attribute = &world->attributes[ATTRIBUTE_ENVIRONMENT];
        world_blank(&maintenance_window_table, &window);
        int64_t start_ms = (world->now_ms / HOUR_MS + rows[i].start_hours) * HOUR_MS;
        window.created_at = (start_ms < world->now_ms ? start_ms : world->now_ms) - prng_between(&world->prng, 20, 90) * HOUR_MS;
        window.id = world_id(world, &world->scratch, window.created_at);
        window.name = rows[i].name;
        window.start_at = start_ms;
        window.end_at = start_ms + rows[i].hours * HOUR_MS;
        window.updated_at = window.end_at < world->now_ms ? window.end_at : window.created_at;
        SET_USER(&window, lead_user, &world->users[PLATFORM_FIRST + (int)prng_below(&world->prng, PLATFORM_LEN)]);
        window.alert_condition_groups = arena_printf(
            &world->scratch,
            "[{\"conditions\":[{\"subject\":{\"label\":\"%s\",\"reference\":\"alert.attributes.%s\"},\"operation\":"
            "{\"label\":\"is one of\",\"value\":\"one_of\"},\"param_bindings\":[{\"array_value\":[{\"label\":\"%s\","
            "\"literal\":\"%s\"}]}]}]}]",
            attribute->name, attribute->id, rows[i].environment, rows[i].environment);
        window.show_in_sidebar = true;
        window.resolve_on_end = rows[i].resolve;
        window.reroute_on_end = !rows[i].resolve;
        window.notification_message = "Alerts are held, see #data-deploys.";
        window.notify_start_minutes_before = 30;
        world_put(world, KIND_MAINTENANCE_WINDOW, &window, window.updated_at);
    }
}

void
history_create(struct world *world, struct cast *cast, int count)
{
    enum { MEMORY_LEN = 12 };
    struct memory memories[MEMORY_LEN] = {{0}};
    int64_t *times = arena_new_array(&world->arena, (size_t)count, int64_t);

    for (int i = 0; i < count; i++) {
        int64_t time_ms = incident_time(world);
        int at = i;
        for (; at > 0 && times[at - 1] > time_ms; at--)
            times[at] = times[at - 1];
        times[at] = time_ms;
    }
    for (int i = 0; i < count && !world->failed; i++) {
        const struct memory *last = &memories[(i + MEMORY_LEN - 1) % MEMORY_LEN];
        enum tale_end end = draw_end(world, last->key != NULL);
        struct tale *tale = past_tale(world, times[i], end);
        if (end == END_MERGED)
            tale_merge_into(tale, &last->incident);
        tale_run(world, tale, world->now_ms);
        tale_put(world, tale, world->now_ms);
        for (int m = 0; m < MEMORY_LEN; m++) {
            bool is_alike = text_equals(memories[m].key, tale->story->key);
            bool is_merged = end == END_MERGED && &memories[m] == last;
            if (memories[m].key && (is_merged || (is_alike && prng_chance(&world->prng, 0.7)))) {
                relate(world, &tale->incident, &memories[m].incident);
                relate(world, &memories[m].incident, &tale->incident);
                break;
            }
        }
        remember(world, &memories[i % MEMORY_LEN], tale);
        cast_keep(cast, tale);
    }
    windows_create(world);
}
