#include "action/rights.h"

#include <string.h>

#include "store/cache.h"
#include "wire/wire.h"

static bool
ends_with(const char *text, const char *end)
{
    const size_t len = strlen(text), end_len = strlen(end);
    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static bool
all_read(const struct wire_document *identity, const char *list, struct arena *arena, size_t *len)
{
    *len = wire_document_count(identity, list);
    for (size_t i = 0; i < *len; i++) {
        const char *role =
            wire_document_text(identity, arena, arena_printf(arena, "%s.%zu", list, i));
        if (!ends_with(role, "viewer") && !ends_with(role, "_reader"))
            return false;
    }
    return true;
}

bool
rights_read(struct store *cache, bool *reads_only, struct error *err)
{
    struct arena arena = {0};
    struct wire_document *identity;
    struct error unreadable;
    const char *json;
    size_t roles, team_roles;
    *reads_only = false;
    const bool is_read = meta_get(cache, "identity", &arena, &json, err);
    if (is_read && *json && wire_document_read(slice_of(json), &identity, &unreadable)) {
        *reads_only = all_read(identity, "roles", &arena, &roles) && roles > 0 &&
                      all_read(identity, "team_roles", &arena, &team_roles);
        wire_document_destroy(identity);
    }
    arena_finish(&arena);
    return is_read;
}
