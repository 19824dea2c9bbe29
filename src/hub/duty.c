#include "hub/duty.h"

#include <string.h>

#include "base/clock.h"
#include "hub/schedule_config.h"
#include "model/oncall.h"
#include "store/cache.h"
#include "wire/wire.h"

enum { SUCCESSIONS_MAX = 200 }; /* layers of all rotations */

struct collected {
    struct arena *arena;
    struct schedule_override *items;
    size_t len, capacity;
    struct error *err;
    bool ok;
};

static bool
collect_override(void *context, const char *json)
{
    struct collected *collected = context;
    struct arena *arena = collected->arena;

    if (collected->len == collected->capacity) {
        collected->capacity = collected->capacity ? collected->capacity * 2 : 32;
        struct schedule_override *grown =
            arena_new_array(arena, collected->capacity, struct schedule_override);
        if (collected->len > 0)
            memcpy(grown, collected->items, collected->len * sizeof(grown[0]));
        collected->items = grown;
    }
    collected->ok = wire_read_object(KIND_SCHEDULE_OVERRIDE, slice_of(json), arena,
                                     &collected->items[collected->len], collected->err);
    collected->len += collected->ok;
    return collected->ok;
}

bool
duty_read(struct store *store, const char *schedule_json, struct arena *arena, struct duty *duty,
          struct error *err)
{
    struct collected collected = {.arena = arena, .err = err, .ok = true};

    if (!wire_read_object(KIND_SCHEDULE, slice_of(schedule_json), arena, &duty->schedule, err) ||
        !schedule_plan_read(&duty->schedule, arena, &duty->plan, err))
        return false;
    const char *const id[] = {duty->schedule.id};
    const struct cache_filter of_schedule = {
        .column = "schedule_id", .test = CACHE_IS, .values = id, .values_len = 1};
    const struct cache_query query = {.filters = &of_schedule, .filters_len = 1};
    if (!cache_list(store, KIND_SCHEDULE_OVERRIDE, &query, collect_override, &collected, err) ||
        !collected.ok)
        return false;
    duty->overrides = collected.items;
    duty->overrides_len = collected.len;
    return true;
}

bool
duty_load(struct store *store, const char *schedule_id, struct arena *arena, struct duty *duty,
          bool *found, struct error *err)
{
    struct schedule schedule;
    if (!cache_get(store, KIND_SCHEDULE, schedule_id, arena, &schedule, found, err))
        return false;
    return !*found || duty_read(store, schedule.json, arena, duty, err);
}

/* ---- people ---- */

void
duty_add_person(struct duty_people *people, const char *user_id, struct arena *arena)
{
    if (!*user_id || strcmp(user_id, SCHEDULE_NOBODY) == 0)
        return;
    for (size_t i = 0; i < people->len; i++)
        if (strcmp(people->ids[i], user_id) == 0)
            return;
    if (people->len == people->capacity) {
        people->capacity = people->capacity ? people->capacity * 2 : 16;
        const char **grown = arena_new_array(arena, people->capacity, const char *);
        if (people->len > 0)
            memcpy(grown, people->ids, people->len * sizeof(*grown));
        people->ids = grown;
    }
    people->ids[people->len++] = user_id;
}

static bool
is_of(const struct schedule_entry *entry, const char *rotation_id)
{
    return !*rotation_id || strcmp(entry->rotation_id, rotation_id) == 0;
}

/* Who takes over on a layer: somebody else, or in a rota of one person that one again. */
struct succession {
    const char *rotation_id, *layer_id;
    const char *now, *next, *next_other; /* "" = nobody */
};

static struct succession *
succession_of(struct succession *layers, size_t *layers_len, const struct schedule_entry *entry)
{
    for (size_t i = 0; i < *layers_len; i++)
        if (strcmp(layers[i].rotation_id, entry->rotation_id) == 0 &&
            strcmp(layers[i].layer_id, entry->layer_id) == 0)
            return &layers[i];
    if (*layers_len == SUCCESSIONS_MAX)
        return NULL;
    layers[*layers_len] = (struct succession){entry->rotation_id, entry->layer_id, "", "", ""};
    return &layers[(*layers_len)++];
}

/* Entries come by start, so whoever has a layer now comes before those who take over. */
static bool
add_next(const struct duty *duty, const char *rotation_id, int64_t now_ms, struct arena *arena,
         struct duty_people *people, struct error *err)
{
    struct schedule_entries entries;
    struct succession *layers = arena_new_array(arena, SUCCESSIONS_MAX, struct succession);
    size_t layers_len = 0;
    if (!schedule_plan_entries(duty->plan, duty->overrides, duty->overrides_len, now_ms,
                               now_ms + SCHEDULE_WINDOW_MAX_DAYS * DAY_MS, arena, &entries, err))
        return false;
    for (size_t i = 0; i < entries.final_len; i++) {
        const struct schedule_entry *entry = &entries.final[i];
        if (!is_of(entry, rotation_id) || !oncall_has_user(entry))
            continue;
        struct succession *layer = succession_of(layers, &layers_len, entry);
        if (!layer)
            break;
        if (entry->start_at <= now_ms)
            layer->now = entry->user_id;
        else if (!*layer->next)
            layer->next = entry->user_id;
        if (entry->start_at > now_ms && !*layer->next_other &&
            strcmp(entry->user_id, layer->now) != 0)
            layer->next_other = entry->user_id;
    }
    for (size_t i = 0; i < layers_len; i++)
        duty_add_person(people, *layers[i].next_other ? layers[i].next_other : layers[i].next,
                        arena);
    return true;
}

/* The last version of the rotation that begins to count before now, or the first there is. */
static bool
is_in_force(const struct schedule_config *config, size_t at, int64_t now_ms)
{
    const struct schedule_rotation *rotation = &config->rotations[at];
    if (rotation->effective_from > now_ms)
        return false;
    for (size_t i = 0; i < config->rotations_len; i++)
        if (i != at && strcmp(config->rotations[i].id, rotation->id) == 0 &&
            config->rotations[i].effective_from <= now_ms &&
            config->rotations[i].effective_from > rotation->effective_from)
            return false;
    return true;
}

static bool
add_all(const struct duty *duty, const char *rotation_id, int64_t now_ms, struct arena *arena,
        struct duty_people *people, struct error *err)
{
    struct schedule_config config = {0};
    if (!*duty->schedule.config)
        return true;
    if (!wire_read_fields(&schedule_config_table, slice_of(duty->schedule.config), arena, &config,
                          err))
        return false;
    for (size_t i = 0; i < config.rotations_len; i++) {
        const struct schedule_rotation *rotation = &config.rotations[i];
        if ((*rotation_id && strcmp(rotation->id, rotation_id) != 0) ||
            !is_in_force(&config, i, now_ms))
            continue;
        for (size_t j = 0; j < rotation->users_len; j++)
            duty_add_person(people, rotation->users[j].id, arena);
    }
    return true;
}

static bool
add_current(const struct duty *duty, const char *rotation_id, int64_t now_ms, struct arena *arena,
            struct duty_people *people, struct error *err)
{
    struct schedule_entries entries;
    if (!schedule_plan_entries(duty->plan, duty->overrides, duty->overrides_len, now_ms, now_ms + 1,
                               arena, &entries, err))
        return false;
    for (size_t i = 0; i < entries.final_len; i++)
        if (is_of(&entries.final[i], rotation_id))
            duty_add_person(people, entries.final[i].user_id, arena);
    return true;
}

bool
duty_add_people(const struct duty *duty, enum duty_who who, const char *rotation_id, int64_t now_ms,
                struct arena *arena, struct duty_people *people, struct error *err)
{
    switch (who) {
    case DUTY_ON_CALL:
        return add_current(duty, rotation_id, now_ms, arena, people, err);
    case DUTY_NEXT:
        return add_next(duty, rotation_id, now_ms, arena, people, err);
    case DUTY_ALL:
        return add_all(duty, rotation_id, now_ms, arena, people, err);
    }
    return error_set(err, ERROR_BUG, "nobody is asked for");
}

bool
duty_next_change(const struct duty *duty, int64_t now_ms, int64_t until_ms, struct arena *arena,
                 int64_t *at_ms, struct error *err)
{
    struct schedule_entries entries;
    *at_ms = until_ms;
    if (!schedule_plan_entries(duty->plan, duty->overrides, duty->overrides_len, now_ms, until_ms,
                               arena, &entries, err))
        return false;
    for (size_t i = 0; i < entries.final_len; i++) {
        const struct schedule_entry *entry = &entries.final[i];
        if (entry->start_at > now_ms && entry->start_at < *at_ms)
            *at_ms = entry->start_at;
        if (entry->end_at > now_ms && entry->end_at < *at_ms)
            *at_ms = entry->end_at;
    }
    return true;
}
