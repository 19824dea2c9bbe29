#include "hub/objects.h"

#include <string.h>

#include "base/digest.h"
#include "model/derive.h"
#include "wire/wire.h"

static const char **
json_of(enum kind kind, void *object)
{
    return (const char **)((char *)object + kind_info(kind)->fields->json_offset);
}

bool
object_load(struct store *store, enum kind kind, const char *id, struct arena *arena, void *object,
            bool *found, struct error *err)
{
    if (!cache_get(store, kind, id, arena, object, found, err))
        return false;
    if (!*found)
        return true;
    struct slice json = slice_of(*json_of(kind, object));
    return wire_read_object(kind, json, arena, object, err) ||
           error_wrap(err, "the stored %s '%s' makes no sense", kind_info(kind)->one, id);
}

bool
object_save(struct store *store, enum kind kind, void *object, int64_t now_ms, struct arena *arena,
            struct error *err)
{
    enum cache_change change;
    *json_of(kind, object) = wire_write_object(kind_info(kind)->fields, object, arena);
    model_derive(kind, object, &derivation_default, NULL, 0);
    return cache_put(store, kind, object, now_ms, &change, err);
}

/* Ids of the same millisecond are in order too: each is the one before and one more. */
const char *
object_new_id(int64_t now_ms, struct arena *arena)
{
    static int64_t last_ms;
    static uint8_t random[10];
    char id[ULID_SIZE];
    if (now_ms != last_ms)
        digest_random(random, sizeof(random));
    for (size_t i = sizeof(random); now_ms == last_ms && i > 0 && ++random[i - 1] == 0; i--)
        continue;
    last_ms = now_ms;
    return arena_text(arena, ulid_text(now_ms, random, id));
}

bool
object_copies(struct store *store, enum sql sql, const char *id, struct arena *arena,
              const struct object_copy **copies, struct error *err)
{
    struct statement *statement;
    bool row = true;
    *copies = NULL;
    if (!store_statement(store, sql, &statement, err))
        return false;
    bind_text(statement, "id", id);
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        struct object_copy *copy = arena_new(arena, struct object_copy);
        copy->is_link = strcmp(row_text_borrowed(statement, 0), "incident_alert") == 0;
        copy->id = row_text(statement, arena, 1);
        copy->next = *copies;
        *copies = copy;
    }
    return true;
}
