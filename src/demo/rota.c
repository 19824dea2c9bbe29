/*
 * Two weekly rotas in London's time: the data responder on working days from 09:00 to 17:30, platform at all other hours.
 * Handover is on Monday at 09:00 by the wall clock, so shifts across a clock change are an hour longer or shorter.
 */

#include <string.h>

#include "base/str.h"
#include "demo/demo.h"
#include "demo/world.h"

enum { HORIZON_DAYS = 70, PEOPLE_MAX = 7 };

struct span {
    int64_t start_ms, end_ms;
};

static int64_t
at_london(const struct world *world, int64_t day_ms, int days, int hour, int minute)
{
    struct civil civil = zone_to_civil(world->london, day_ms);
    civil.day += days;
    civil.hour = hour;
    civil.minute = minute;
    civil.second = 0;
    return zone_from_civil(world->london, civil) / 1000 * 1000;
}

/* The Monday 09:00 at or before an instant. */
static int64_t
handover_before(const struct world *world, int64_t time_ms)
{
    int weekday = zone_to_civil(world->london, time_ms).weekday;
    int64_t monday_ms = at_london(world, time_ms, -weekday, 9, 0);
    return monday_ms <= time_ms ? monday_ms : at_london(world, time_ms, -weekday - 7, 9, 0);
}

/* The rotation's shift that begins on the local day of day_ms, if there is one. */
static bool
shift_of_day(const struct world *world, enum rota_name name, int64_t day_ms, struct span *span)
{
    int weekday = zone_to_civil(world->london, day_ms).weekday;
    if (weekday > 4)
        return false;
    if (name == ROTA_RESPONDER)
        *span =
            (struct span){at_london(world, day_ms, 0, 9, 0), at_london(world, day_ms, 0, 17, 30)};
    else
        *span = (struct span){at_london(world, day_ms, 0, 17, 30),
                              at_london(world, day_ms, weekday == 4 ? 3 : 1, 9, 0)};
    return true;
}

static enum person
scheduled_person(const struct world *world, enum rota_name name, int64_t time_ms)
{
    const struct rota *rota = &world->rotas[name];
    int64_t since_anchor_ms = handover_before(world, time_ms) - rota->anchor_ms;
    /* Clock changes move it by an hour: round to whole weeks. */
    int64_t week = (since_anchor_ms + 12 * HOUR_MS) / (7 * DAY_MS);
    return (enum person)((int)rota->first + (int)(week % rota->people_len));
}

bool
world_is_working_time(const struct world *world, int64_t time_ms)
{
    struct span span;
    return shift_of_day(world, ROTA_RESPONDER, time_ms, &span) && time_ms >= span.start_ms &&
           time_ms < span.end_ms;
}

static enum person
person_of(const struct world *world, const char *user_id)
{
    for (int i = 0; i < PERSON_COUNT; i++)
        if (text_equals(world->users[i].id, user_id))
            return (enum person)i;
    return INES;
}

bool
rota_on_call(const struct world *world, enum rota_name name, int64_t time_ms, enum person *person)
{
    const struct rota *rota = &world->rotas[name];
    if (world_is_working_time(world, time_ms) != (name == ROTA_RESPONDER))
        return false;
    for (size_t i = 0; i < rota->overrides_len; i++) {
        const struct schedule_override *override = &rota->overrides[i];
        if (time_ms >= override->start_at && time_ms < override->end_at) {
            *person = person_of(world, override->user_id);
            return true;
        }
    }
    *person = scheduled_person(world, name, time_ms);
    return true;
}

enum person
world_on_call(const struct world *world, int64_t time_ms)
{
    enum person person = INES;
    if (!rota_on_call(world, ROTA_RESPONDER, time_ms, &person) &&
        !rota_on_call(world, ROTA_PLATFORM, time_ms, &person))
        person = YARA;
    return person;
}

/* ---- entries ---- */

static struct schedule_entry
entry_of(struct world *world, struct arena *arena, const struct rota *rota, const char *list,
         struct span span, const struct user *user)
{
    struct schedule_entry entry;
    char start[RFC3339_SIZE], hex[DIGEST_HEX_SIZE];
    (void)world;
    object_clear(&schedule_entry_table, &entry);
    time_to_rfc3339(span.start_ms, start);
    entry.schedule_id = rota->schedule.id;
    entry.list = list;
    entry.rotation_id = rota->rotation_id;
    entry.layer_id = rota->layer_id;
    entry.start_at = span.start_ms;
    entry.end_at = span.end_ms;
    SET_USER(&entry, user, user);
    entry.id = arena_printf(arena, "%s/%s/%s/%s/%s", rota->schedule.id, list, rota->rotation_id,
                            rota->layer_id, start);
    const char *parts[] = {rota->schedule.id, rota->rotation_id, user->id, start};
    entry.fingerprint = arena_text_len(arena, digest_keyed_hex("shift", parts, 4, hex), 26);
    return entry;
}

/* What is left of a shift once overrides are cut out of it, with the overrides put in, in order. */
static size_t
final_of_shift(struct world *world, struct arena *arena, const struct rota *rota, struct span shift,
               const struct user *user, struct schedule_entry *out, size_t out_max)
{
    size_t len = 0;
    int64_t from_ms = shift.start_ms;
    for (size_t i = 0; i < rota->overrides_len && len + 2 < out_max; i++) {
        const struct schedule_override *override = &rota->overrides[i];
        if (override->end_at <= shift.start_ms || override->start_at >= shift.end_ms)
            continue;
        if (override->start_at > from_ms)
            out[len++] = entry_of(world, arena, rota, "final",
                                  (struct span){from_ms, override->start_at}, user);
        const struct user *cover = &world->users[person_of(world, override->user_id)];
        out[len++] = entry_of(world, arena, rota, "final",
                              (struct span){override->start_at, override->end_at}, cover);
        from_ms = override->end_at;
    }
    if (from_ms < shift.end_ms)
        out[len++] =
            entry_of(world, arena, rota, "final", (struct span){from_ms, shift.end_ms}, user);
    return len;
}

enum { PIECES_MAX = 12 };

static void
store_day(struct world *world, enum rota_name name, int64_t day_ms, int64_t time_ms)
{
    const struct rota *rota = &world->rotas[name];
    struct span shift;
    if (!shift_of_day(world, name, day_ms, &shift))
        return;

    struct arena arena = {0};
    const struct user *user = &world->users[scheduled_person(world, name, shift.start_ms)];
    struct schedule_entry entries[PIECES_MAX];
    struct schedule_entry scheduled = entry_of(world, &arena, rota, "scheduled", shift, user);
    world_put(world, KIND_SCHEDULE_ENTRY, &scheduled, time_ms);
    size_t len = final_of_shift(world, &arena, rota, shift, user, entries, PIECES_MAX);
    for (size_t i = 0; i < len; i++)
        world_put(world, KIND_SCHEDULE_ENTRY, &entries[i], time_ms);
    for (size_t i = 0; i < rota->overrides_len; i++) {
        const struct schedule_override *override = &rota->overrides[i];
        if (override->start_at < shift.start_ms || override->start_at >= shift.end_ms)
            continue;
        struct schedule_entry entry = entry_of(world, &arena, rota, "overrides",
                                               (struct span){override->start_at, override->end_at},
                                               &world->users[person_of(world, override->user_id)]);
        entry.entry_id = override->id;
        world_put(world, KIND_SCHEDULE_ENTRY, &entry, time_ms);
    }
    arena_finish(&arena);
}

static void
store_entries(struct world *world, enum rota_name name, int64_t until_ms, int64_t time_ms)
{
    struct rota *rota = &world->rotas[name];
    while (rota->entries_until_ms < until_ms && !world->failed) {
        store_day(world, name, rota->entries_until_ms, time_ms);
        rota->entries_until_ms = at_london(world, rota->entries_until_ms, 1, 12, 0);
    }
}

/* ---- overrides ---- */

static bool
is_free(const struct rota *rota, struct span span)
{
    for (size_t i = 0; i < rota->overrides_len; i++)
        if (rota->overrides[i].start_at < span.end_ms && rota->overrides[i].end_at > span.start_ms)
            return false;
    return rota->overrides_len < OVERRIDES_MAX;
}

static void
add_override(struct world *world, enum rota_name name, struct span span, enum person person,
             int64_t created_ms)
{
    struct rota *rota = &world->rotas[name];
    if (!is_free(rota, span) || scheduled_person(world, name, span.start_ms) == person)
        return;

    struct schedule_override override;
    object_clear(&schedule_override_table, &override);
    override.created_at = override.updated_at = created_ms;
    override.id = world_id(world, &world->arena, created_ms);
    override.schedule_id = rota->schedule.id;
    override.rotation_id = rota->rotation_id;
    override.layer_id = rota->layer_id;
    override.start_at = span.start_ms;
    override.end_at = span.end_ms;
    SET_USER(&override, user, &world->users[person]);

    size_t at = rota->overrides_len++;
    for (; at > 0 && rota->overrides[at - 1].start_at > override.start_at; at--)
        rota->overrides[at] = rota->overrides[at - 1];
    rota->overrides[at] = override;
    world_put(world, KIND_SCHEDULE_OVERRIDE, &override, created_ms);
}

static enum person
other_person(struct world *world, enum rota_name name, int64_t time_ms)
{
    const struct rota *rota = &world->rotas[name];
    int scheduled = (int)scheduled_person(world, name, time_ms) - (int)rota->first;
    int step = (int)prng_between(&world->prng, 1, rota->people_len - 1);
    return (enum person)((int)rota->first + (scheduled + step) % rota->people_len);
}

/* A year of dentist's appointments, school plays and swapped days. */
static void
past_overrides(struct world *world)
{
    for (int64_t monday_ms = handover_before(world, world->since_ms) + 7 * DAY_MS;
         monday_ms < world->now_ms - 7 * DAY_MS; monday_ms = at_london(world, monday_ms, 7, 9, 0)) {
        if (prng_chance(&world->prng, 0.42)) {
            int day = (int)prng_below(&world->prng, 5);
            struct span span;
            switch (prng_below(&world->prng, 3)) {
            case 0: /* a morning */
                span = (struct span){at_london(world, monday_ms, day, 9, 0),
                                     at_london(world, monday_ms, day, 12, 30)};
                break;
            case 1: /* an afternoon */
                span = (struct span){at_london(world, monday_ms, day, 13, 0),
                                     at_london(world, monday_ms, day, 17, 30)};
                break;
            default: /* a day, given back the week after */
                span = (struct span){at_london(world, monday_ms, day, 9, 0),
                                     at_london(world, monday_ms, day, 17, 30)};
                enum person week_after =
                    scheduled_person(world, ROTA_RESPONDER, at_london(world, monday_ms, 7, 9, 0));
                enum person this_week = scheduled_person(world, ROTA_RESPONDER, monday_ms);
                add_override(world, ROTA_RESPONDER,
                             (struct span){at_london(world, monday_ms, day + 7, 9, 0),
                                           at_london(world, monday_ms, day + 7, 17, 30)},
                             this_week, monday_ms - 2 * DAY_MS);
                add_override(world, ROTA_RESPONDER, span, week_after, monday_ms - 2 * DAY_MS);
                continue;
            }
            add_override(world, ROTA_RESPONDER, span,
                         other_person(world, ROTA_RESPONDER, span.start_ms),
                         monday_ms - prng_between(&world->prng, 5, 90) * HOUR_MS);
        }
        if (prng_chance(&world->prng, 0.22)) {
            struct span span = {at_london(world, monday_ms, 5, 9, 0),
                                at_london(world, monday_ms, 6, 9, 0)};
            add_override(world, ROTA_PLATFORM, span,
                         other_person(world, ROTA_PLATFORM, span.start_ms),
                         monday_ms + prng_between(&world->prng, 10, 60) * HOUR_MS);
        }
    }
}

/* Each week seen on opening has somebody covering for somebody. */
static void
present_overrides(struct world *world)
{
    int64_t monday_ms = handover_before(world, world->now_ms);
    for (int week = 0; week < 3; week++) {
        int64_t week_ms = at_london(world, monday_ms, 7 * week, 9, 0);
        int day = week == 0 ? 3 : (int)prng_below(&world->prng, 5);
        struct span afternoon = {at_london(world, week_ms, day, 13, 0),
                                 at_london(world, week_ms, day, 17, 30)};
        struct span saturday = {at_london(world, week_ms, 5, 10, 0),
                                at_london(world, week_ms, 5, 20, 0)};
        add_override(world, ROTA_RESPONDER, afternoon,
                     other_person(world, ROTA_RESPONDER, afternoon.start_ms),
                     monday_ms - prng_between(&world->prng, 3, 40) * HOUR_MS);
        if (week != 1)
            add_override(world, ROTA_PLATFORM, saturday,
                         other_person(world, ROTA_PLATFORM, saturday.start_ms),
                         monday_ms - prng_between(&world->prng, 3, 40) * HOUR_MS);
    }
}

bool
rota_take_cover(struct world *world, int64_t time_ms)
{
    enum rota_name name = prng_chance(&world->prng, 0.75) ? ROTA_RESPONDER : ROTA_PLATFORM;
    const struct rota *rota = &world->rotas[name];
    int64_t day_ms = at_london(world, time_ms, (int)prng_between(&world->prng, 1, 12), 12, 0);
    struct span shift;
    struct arena arena = {0};

    if (!shift_of_day(world, name, day_ms, &shift) || !is_free(rota, shift) ||
        shift.end_ms > rota->entries_until_ms)
        return false;
    /* The whole shift is one final entry now; what replaces it may start at another time. */
    struct schedule_entry old = entry_of(world, &arena, rota, "final", shift, &world->users[INES]);
    if (!world->failed &&
        !cache_delete(world->store, KIND_SCHEDULE_ENTRY, old.id, time_ms, &world->err))
        world->failed = true;
    arena_finish(&arena);

    struct span covered = shift;
    if (name == ROTA_RESPONDER) {
        bool morning = prng_chance(&world->prng, 0.5);
        covered.start_ms = at_london(world, day_ms, 0, morning ? 9 : 13, 0);
        covered.end_ms = at_london(world, day_ms, 0, morning ? 12 : 17, 30);
    } else
        covered.end_ms = shift.start_ms + 4 * HOUR_MS;
    add_override(world, name, covered, other_person(world, name, covered.start_ms), time_ms);
    store_day(world, name, day_ms, time_ms);
    world->rotas[name].refresh_at_ms = 0;
    return true;
}

/* ---- schedules ---- */

static const char *
config_json(struct world *world, const struct rota *rota, enum rota_name name)
{
    static const char *const weekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                           "friday", "saturday", "sunday"};
    struct str out;
    char anchor[RFC3339_SIZE];
    str_init(&out, 0);
    str_printf(&out,
               "{\"rotations\":[{\"id\":\"%s\",\"name\":\"%s\",\"handover_start_at\":\"%s\","
               "\"handovers\":[{\"interval\":1,\"interval_type\":\"weekly\"}],"
               "\"scheduling_mode\":\"sequential\",\"layers\":[{\"id\":\"%s\",\"name\":\"Primary\"}"
               "],\"users\":[",
               rota->rotation_id,
               name == ROTA_RESPONDER ? "Responder of the week" : "Nights and weekends",
               time_to_rfc3339(rota->anchor_ms, anchor), rota->layer_id);
    for (int i = 0; i < rota->people_len; i++) {
        const struct user *user = &world->users[(int)rota->first + i];
        str_printf(&out,
                   "%s{\"id\":\"%s\",\"name\":\"%s\",\"email\":\"%s\",\"role\":\"%s\",\"slack_user_"
                   "id\":\"%s\"}",
                   i ? "," : "", user->id, user->name, user->email, user->role,
                   user->slack_user_id);
    }
    str_append(&out, "],\"working_intervals\":[");
    for (int day = 0; day < 7; day++) {
        const char *comma = day ? "," : "";
        if (name == ROTA_RESPONDER && day < 5)
            str_printf(&out,
                       "%s{\"weekday\":\"%s\",\"start_time\":\"09:00\",\"end_time\":\"17:30\"}",
                       comma, weekdays[day]);
        else if (name == ROTA_PLATFORM && day < 5)
            str_printf(&out,
                       "%s{\"weekday\":\"%s\",\"start_time\":\"00:00\",\"end_time\":\"09:00\"},"
                       "{\"weekday\":\"%s\",\"start_time\":\"17:30\",\"end_time\":\"24:00\"}",
                       comma, weekdays[day], weekdays[day]);
        else if (name == ROTA_PLATFORM)
            str_printf(&out,
                       "%s{\"weekday\":\"%s\",\"start_time\":\"00:00\",\"end_time\":\"24:00\"}",
                       comma, weekdays[day]);
    }
    str_append(&out, "]}]}");
    const char *json = arena_text(&world->arena, str_text(&out));
    str_finish(&out);
    return json;
}

static void
sync_create(struct world *world)
{
    static const struct {
        const char *handle, *type;
        enum rota_name rota;
    } rows[] = {
        {"data-responder", "on_call", ROTA_RESPONDER},
        {"platform-on-call", "on_call", ROTA_PLATFORM},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct rota *rota = &world->rotas[rows[i].rota];
        struct schedule_sync_target target;
        struct schedule_sync_rule rule;
        object_clear(&schedule_sync_target_table, &target);
        object_clear(&schedule_sync_rule_table, &rule);
        target.created_at = target.updated_at = world->since_ms - 30 * DAY_MS;
        target.id = world_id(world, &world->arena, target.created_at);
        target.slack_user_group_id = world_slack_id(world, &world->arena, 'S');
        target.slack_team_id = world->slack_team_id;
        target.linked_schedules =
            arena_printf(&world->arena, "[{\"id\":\"%s\",\"name\":\"%s\",\"team_ids\":%s}]",
                         rota->schedule.id, rota->schedule.name, rota->schedule.team_ids);
        world_put(world, KIND_SCHEDULE_SYNC_TARGET, &target, world->since_ms);

        char created[RFC3339_SIZE];
        time_to_rfc3339(target.created_at, created);
        rule.created_at = rule.updated_at = target.created_at;
        rule.id = world_id(world, &world->arena, rule.created_at);
        rule.schedule_id = rota->schedule.id;
        rule.rotation_id = rota->rotation_id;
        rule.schedule_sync_target_id = target.id;
        rule.schedule_sync_target =
            arena_printf(&world->arena,
                         "{\"id\":\"%s\",\"slack_user_group_id\":\"%s\",\"slack_team_id\":\"%s\","
                         "\"add_bot_to_group\":false,"
                         "\"linked_schedules\":%s,\"created_at\":\"%s\",\"updated_at\":\"%s\"}",
                         target.id, target.slack_user_group_id, target.slack_team_id,
                         target.linked_schedules, created, created);
        rule.sync_type = rows[i].type;
        world_put(world, KIND_SCHEDULE_SYNC_RULE, &rule, world->since_ms);
    }
}

void
rota_create(struct world *world)
{
    static const char *const names[ROTA_COUNT] = {"Data Responder", "Platform out of hours"};
    int64_t monday_ms = handover_before(world, world->now_ms);

    for (int i = 0; i < ROTA_COUNT; i++) {
        struct rota *rota = &world->rotas[i];
        struct schedule *schedule = &rota->schedule;
        object_clear(&schedule_table, schedule);
        rota->first = i == ROTA_RESPONDER ? INES : (enum person)PLATFORM_FIRST;
        rota->people_len = i == ROTA_RESPONDER ? DATA_TEAM_LEN : PLATFORM_LEN;
        /* A whole number of rounds before this week: the first of the list is on call when the demo opens. */
        rota->anchor_ms = at_london(world, monday_ms,
                                    -7 * rota->people_len * (i == ROTA_RESPONDER ? 9 : 16), 9, 0);
        rota->overrides = arena_new_array(&world->arena, OVERRIDES_MAX, struct schedule_override);
        rota->entries_until_ms = at_london(world, world->since_ms, 0, 12, 0);
        schedule->created_at = rota->anchor_ms - 3 * DAY_MS;
        schedule->updated_at = schedule->created_at;
        schedule->id = world_id(world, &world->arena, schedule->created_at);
        rota->rotation_id = world_id(world, &world->arena, schedule->created_at);
        rota->layer_id = world_id(world, &world->arena, schedule->created_at);
        schedule->name = names[i];
        schedule->timezone = "Europe/London";
        schedule->permalink =
            arena_printf(&world->arena, "%s/on-call/schedules/%s", demo_url, schedule->id);
        schedule->team_ids =
            arena_printf(&world->arena, "[\"%s\"]",
                         world->teams[i == ROTA_RESPONDER ? TEAM_DATA : TEAM_PLATFORM].id);
        schedule->config = config_json(world, rota, (enum rota_name)i);
        if (i == ROTA_RESPONDER)
            schedule->holidays_public_config = "{\"country_codes\":[\"GB\"]}";
    }
    sync_create(world);
    past_overrides(world);
    present_overrides(world);
}

/* The final entry in force at or first after time_ms, of the rota's stored days around it. */
static bool
find_entry(struct world *world, enum rota_name name, int64_t time_ms, bool running,
           struct arena *arena, struct schedule_entry *found)
{
    const struct rota *rota = &world->rotas[name];
    for (int day = -4; day <= 8; day++) {
        int64_t day_ms = at_london(world, time_ms, day, 12, 0);
        struct span shift;
        struct schedule_entry entries[PIECES_MAX];
        if (!shift_of_day(world, name, day_ms, &shift) || shift.end_ms <= time_ms)
            continue;
        const struct user *user = &world->users[scheduled_person(world, name, shift.start_ms)];
        size_t len = final_of_shift(world, arena, rota, shift, user, entries, PIECES_MAX);
        for (size_t i = 0; i < len; i++) {
            bool is_now = entries[i].start_at <= time_ms && entries[i].end_at > time_ms;
            if (running ? is_now : entries[i].start_at > time_ms) {
                *found = entries[i];
                return true;
            }
        }
    }
    return false;
}

static void
refresh_one(struct world *world, enum rota_name name, int64_t time_ms)
{
    struct rota *rota = &world->rotas[name];
    struct schedule *schedule = &rota->schedule;
    struct arena arena = {0};
    struct schedule_entry now_entry, next_entry;

    store_entries(world, name, at_london(world, time_ms, HORIZON_DAYS, 12, 0), time_ms);
    schedule->current_shifts = schedule->next_shifts = NULL;
    schedule->current_shifts_len = schedule->next_shifts_len = 0;
    rota->refresh_at_ms = time_ms + 12 * HOUR_MS;
    if (find_entry(world, name, time_ms, true, &arena, &now_entry)) {
        schedule->current_shifts = &now_entry;
        schedule->current_shifts_len = 1;
        rota->refresh_at_ms = now_entry.end_at;
    }
    if (find_entry(world, name, time_ms, false, &arena, &next_entry)) {
        schedule->next_shifts = &next_entry;
        schedule->next_shifts_len = 1;
        if (next_entry.start_at < rota->refresh_at_ms)
            rota->refresh_at_ms = next_entry.start_at;
    }
    for (size_t i = 0; i < rota->overrides_len; i++)
        if (rota->overrides[i].created_at > schedule->updated_at)
            schedule->updated_at = rota->overrides[i].created_at;
    world_put(world, KIND_SCHEDULE, schedule, time_ms);
    /* The entries live in this function's arena only. */
    schedule->current_shifts = schedule->next_shifts = NULL;
    schedule->current_shifts_len = schedule->next_shifts_len = 0;
    arena_finish(&arena);
}

void
rota_refresh(struct world *world, int64_t time_ms)
{
    bool changed = false;
    for (int i = 0; i < ROTA_COUNT; i++) {
        if (time_ms >= world->rotas[i].refresh_at_ms) {
            refresh_one(world, (enum rota_name)i, time_ms);
            changed = true;
        }
    }
    if (!changed)
        return;

    for (int i = 0; i < PATH_COUNT; i++) {
        struct escalation_path *path = &world->paths[i];
        enum person person = world_on_call(world, time_ms);
        struct user_embedded responder;
        object_clear(&user_embedded_table, &responder);
        if (i == PATH_RESPONDER || rota_on_call(world, ROTA_PLATFORM, time_ms, &person)) {
            const struct user *user = &world->users[person];
            responder = (struct user_embedded){.id = user->id,
                                               .name = user->name,
                                               .email = user->email,
                                               .role = user->role,
                                               .slack_user_id = user->slack_user_id};
            path->current_responders = &responder;
            path->current_responders_len = 1;
        }
        world_put(world, KIND_ESCALATION_PATH, path, time_ms);
        path->current_responders = NULL;
        path->current_responders_len = 0;
    }
}
