#include "demo/world.h"

#include <string.h>

#include "base/str.h"
#include "wire/wire.h"

const char demo_url[] = "https://app.incidents.brindlecart.example";
const char demo_mail[] = "brindlecart.example";

const char *
world_id(struct world *world, struct arena *arena, int64_t time_ms)
{
    uint8_t random[10];
    char text[ULID_SIZE];
    prng_bytes(&world->prng, random, (int)sizeof(random));
    return arena_text(arena, ulid_text(time_ms, random, text));
}

const char *
world_slack_id(struct world *world, struct arena *arena, char prefix)
{
    static const char alphabet[] = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789";
    char text[12] = {prefix, '0'};
    for (int i = 2; i < 11; i++)
        text[i] = alphabet[prng_below(&world->prng, sizeof(alphabet) - 1)];
    return arena_text(arena, text);
}

void
world_put(struct world *world, enum kind kind, void *object, int64_t time_ms)
{
    if (world->failed)
        return;

    const struct field_table *table = kind_info(kind)->fields;
    const char **json = (const char **)((char *)object + table->json_offset);
    int64_t ranks[SEVERITY_COUNT];
    for (int i = 0; i < SEVERITY_COUNT; i++)
        ranks[i] = SEVERITY_COUNT - i;

    /* Written from the members alone: every key of these objects is one of ours. */
    *json = "";
    *json = wire_write_object(table, object, &world->scratch);
    model_derive(kind, object, &derivation_default, ranks, SEVERITY_COUNT);
    enum cache_change change;
    if (!cache_put(world->store, kind, object, time_ms, &change, &world->err)) {
        error_wrap(&world->err, "cannot store a demo %s", kind_info(kind)->one);
        world->failed = true;
    }
    *json = "";
    arena_reset(&world->scratch);
}

const char *
first_name(struct arena *arena, const struct user *user)
{
    return arena_text_len(arena, user->name, strcspn(user->name, " "));
}
