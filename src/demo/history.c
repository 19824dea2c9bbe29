#include <string.h>

#include "base/str.h"
#include "demo/cast.h"

/* Incidents begin like alerts do, in working hours rather more often. */
static int64_t
incident_time(struct world *world)
{
    for (;;) {
        int64_t time_ms =
            prng_between(&world->prng, world->since_ms + DAY_MS, world->now_ms - 30 * HOUR_MS);
        struct civil civil = zone_to_civil(world->london, time_ms);
        double weight = civil.weekday >= 5 ? 0.25 : 1.0;
        weight *= civil.hour >= 7 && civil.hour < 19 ? 1.0 : 0.3;
        weight *= civil.day <= 2 || civil.day >= 30 ? 1.0 : 0.55;
        int64_t bad_week_ms = world->now_ms - MIGRATION_AGO_MS;
        bool is_bad_week = time_ms >= bad_week_ms && time_ms < bad_week_ms + 6 * DAY_MS;
        if (is_bad_week || prng_chance(&world->prng, weight * 0.4))
            return pipeline_run_ms(time_ms) - HOUR_MS +
                   prng_between(&world->prng, 60, 1500) * SECOND_MS;
    }
}

static void
relate(struct world *world, const struct incident *from, const struct incident *to)
{
    struct incident_relationship relationship;
    object_clear(&incident_relationship_table, &relationship);
    relationship.id = world_id(world, &world->scratch, from->created_at);
    relationship.parent_incident_id = from->id;
    relationship.incident_id = to->id;
    relationship.incident_external_id = incident_number(to);
    relationship.incident_name = to->name;
    world_put(world, KIND_INCIDENT_RELATIONSHIP, &relationship, from->created_at);
}

static enum tale_end
draw_end(struct world *world)
{
    int64_t draw = prng_between(&world->prng, 0, 99);
    return draw < 8    ? END_DECLINED
           : draw < 10 ? END_CANCELED
           : draw < 14 ? END_MERGED
                       : END_RESOLVED;
}

enum { PAST_MAX = 256, ALIKE_APART = 9 };

/* The year's incidents in the order in which they begin. */
struct past {
    struct tale *tales[PAST_MAX];
    int of[PAST_MAX]; /* END_MERGED: index of the tale it is merged into */
    int len;
};

static bool
is_recent(const struct past *past, const struct story *story)
{
    for (int i = past->len - 1; i >= 0 && i >= past->len - ALIKE_APART; i--)
        if (past->tales[i]->story == story)
            return true;
    return false;
}

static const struct story *
draw_story(struct world *world, const struct past *past, enum tale_end end, int64_t start_ms)
{
    const struct story *migration = story_named("migration-week");
    int64_t migration_ms = world->now_ms - MIGRATION_AGO_MS;
    if (start_ms >= migration_ms && start_ms < migration_ms + 2 * DAY_MS &&
        !is_recent(past, migration))
        return migration;
    for (;;) {
        const struct story *story = story_draw(world, -1);
        if (!is_recent(past, story) && (end == END_RESOLVED || story->severity >= 2))
            return story;
    }
}

/* Over for two hours at least. */
static struct tale *
tale_of_the_past(struct world *world, const struct past *past, int64_t start_ms, enum tale_end end)
{
    struct tale *tale = NULL;
    for (int attempt = 0; attempt < 12; attempt++) {
        tale_destroy(tale);
        tale = tale_create(world, draw_story(world, past, end, start_ms), start_ms, end);
        if (tale_end_ms(tale) < world->now_ms - 2 * HOUR_MS)
            return tale;
    }
    tale_shift(tale, world->now_ms - 2 * HOUR_MS - tale_end_ms(tale));
    return tale;
}

/* The same again under another name, half an hour later: a second route saw it too. */
static struct tale *
tale_of_the_same(struct world *world, const struct tale *first)
{
    struct tale *tale = NULL;
    int64_t start_ms = first->steps[0].at_ms + prng_between(&world->prng, 15, 40) * MINUTE_MS;
    do {
        tale_destroy(tale);
        tale = tale_create(world, first->story, start_ms, END_MERGED);
    } while (tale->node != first->node);
    return tale;
}

static void
past_add(struct past *past, struct tale *tale, int of)
{
    int64_t declared_ms = tale_declared_ms(tale);
    int at = past->len++;
    for (; at > 0 && tale_declared_ms(past->tales[at - 1]) > declared_ms; at--) {
        past->tales[at] = past->tales[at - 1];
        past->of[at] = past->of[at - 1];
        for (int i = 0; i < past->len; i++)
            past->of[i] += past->of[i] == at - 1;
    }
    past->tales[at] = tale;
    past->of[at] = of;
}

/* The last weeks have what one expects to see of them: work just over, write-ups in the making, follow-ups not done. */
static const int lately_hours[] = {31,  52,  75,  99,  124, 147, 171, 219,
                                   268, 310, 363, 460, 560, 700, 850};
enum { LATELY_LEN = sizeof(lately_hours) / sizeof(lately_hours[0]) };

static int64_t
lately(struct world *world, int index)
{
    return pipeline_run_ms(world->now_ms - lately_hours[index] * HOUR_MS) - HOUR_MS;
}

static bool
is_lately(struct world *world, int64_t time_ms)
{
    for (int i = 0; i < LATELY_LEN; i++)
        if (lately(world, i) == time_ms)
            return true;
    return false;
}

static bool
is_neglected(struct world *world, int64_t time_ms)
{
    return time_ms == lately(world, 8) || time_ms == lately(world, 11) ||
           time_ms == lately(world, LATELY_LEN - 1);
}

static void
past_plan(struct world *world, struct past *past, int count)
{
    int64_t *times = arena_new_array(&world->arena, (size_t)count, int64_t);
    for (int i = 0; i < count; i++) {
        int64_t time_ms = i < LATELY_LEN ? lately(world, i) : incident_time(world);
        int at = i;
        for (; at > 0 && times[at - 1] > time_ms; at--)
            times[at] = times[at - 1];
        times[at] = time_ms;
    }
    /* A pair takes two places, and so the time after it. */
    for (int i = 0; i < count && past->len < count; i++) {
        enum tale_end end = draw_end(world);
        if (is_lately(world, times[i]) && end != END_DECLINED)
            end = END_RESOLVED;
        bool is_pair = end == END_MERGED && i + 1 < count && !is_lately(world, times[i + 1]);
        struct tale *tale =
            tale_of_the_past(world, past, times[i], end == END_MERGED ? END_RESOLVED : end);
        past_add(past, tale, -1);
        if (is_neglected(world, times[i]))
            tale_neglect(tale, world->now_ms + prng_between(&world->prng, 20, 200) * HOUR_MS);
        if (is_pair && tale_end_ms(tale) < world->now_ms - 4 * HOUR_MS) {
            int of = 0;
            while (past->tales[of] != tale)
                of++;
            past_add(past, tale_of_the_same(world, tale), of);
            i++;
        }
    }
}

static void
windows_create(struct world *world)
{
    static const struct {
        const char *name;
        const char *environment;
        int start_hours, hours;
        bool resolve;
    } rows[] = {
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
        object_clear(&maintenance_window_table, &window);
        int64_t start_ms = (world->now_ms / HOUR_MS + rows[i].start_hours) * HOUR_MS;
        window.created_at = (start_ms < world->now_ms ? start_ms : world->now_ms) -
                            prng_between(&world->prng, 20, 90) * HOUR_MS;
        window.id = world_id(world, &world->scratch, window.created_at);
        window.name = rows[i].name;
        window.start_at = start_ms;
        window.end_at = start_ms + rows[i].hours * HOUR_MS;
        window.updated_at = window.end_at < world->now_ms ? window.end_at : window.created_at;
        SET_USER(&window, lead_user,
                 &world->users[PLATFORM_FIRST + (int)prng_below(&world->prng, PLATFORM_LEN)]);
        window.alert_condition_groups = arena_printf(
            &world->scratch,
            "[{\"conditions\":[{\"subject\":{\"label\":\"%s\",\"reference\":\"alert.attributes.%"
            "s\"},\"operation\":"
            "{\"label\":\"is one "
            "of\",\"value\":\"one_of\"},\"param_bindings\":[{\"array_value\":[{\"label\":\"%s\","
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

/* To the one it was merged into, and often to the last of its kind. */
static void
relate_to_earlier(struct world *world, const struct past *past, int index)
{
    const struct tale *tale = past->tales[index];
    int of = past->of[index];
    for (int i = index - 1; of < 0 && i >= 0; i--)
        if (past->tales[i]->story == tale->story && prng_chance(&world->prng, 0.25))
            of = i;
    if (of < 0 || of >= index)
        return;
    relate(world, &tale->incident, &past->tales[of]->incident);
    relate(world, &past->tales[of]->incident, &tale->incident);
}

void
history_create(struct world *world, struct cast *cast, struct present *present, int count)
{
    struct past past = {.len = 0};

    past_plan(world, &past, count);
    for (int i = 0; i < past.len && !world->failed; i++) {
        struct tale *tale = past.tales[i];
        int of = past.of[i];
        present_tell(world, cast, present, tale_declared_ms(tale));
        if (of >= 0 && of < i)
            tale_merge_into(tale, &past.tales[of]->incident);
        else if (of >= 0)
            tale->end = END_DECLINED;
        tale_run(world, tale, world->now_ms);
        tale_put(world, tale, world->now_ms);
        relate_to_earlier(world, &past, i);
    }
    for (int i = 0; i < past.len; i++)
        cast_keep(cast, past.tales[i]);
    windows_create(world);
}
