#include "store/cover.h"

#include <ctype.h>

#include "base/clock.h"
#include "base/str.h"
#include "store/cache.h"

#define NAME "cover_requests"
#define MISSING "{}"

enum { COVERS_MAX = 250 };

bool
cover_keep(struct store *store, const char *list, struct error *err)
{
    return meta_put(store, NAME, *list ? list : MISSING, err);
}

bool
cover_support(struct store *store, enum cover_support *support, struct error *err)
{
    struct arena arena = {0};
    const char *list;
    const bool ok = meta_get(store, NAME, &arena, &list, err);
    *support = !ok || !*list                ? COVER_UNASKED
               : text_equals(list, MISSING) ? COVER_MISSING
                                            : COVER_OFFERED;
    arena_finish(&arena);
    return ok;
}

/* It becomes part of a path. */
static bool
is_plain(const char *id)
{
    size_t len = 0;
    while (isalnum((unsigned char)id[len]) || id[len] == '-' || id[len] == '_')
        len++;
    return len && !id[len];
}

bool
cover_list(struct store *store, int64_t now_ms, struct arena *arena,
           const struct asked_cover **items, size_t *len, struct error *err)
{
    struct asked_cover *covers = arena_new_array(arena, COVERS_MAX, struct asked_cover);
    struct statement *statement;
    bool row = true;
    *items = covers;
    *len = 0;
    if (!store_statement(store, SQL_COVER_REQUESTS, &statement, err))
        return false;
    while (row) {
        struct asked_cover cover;
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        cover.id = row_text(statement, arena, 0);
        cover.schedule_id = row_text(statement, arena, 1);
        cover.rotation_id = row_text(statement, arena, 2);
        cover.layer_id = row_text(statement, arena, 3);
        cover.user_id = row_text(statement, arena, 4);
        cover.user_name = row_text(statement, arena, 5);
        if (*len < COVERS_MAX && is_plain(cover.id) &&
            time_from_rfc3339(row_text_borrowed(statement, 6), &cover.start_at) &&
            time_from_rfc3339(row_text_borrowed(statement, 7), &cover.end_at) &&
            cover.end_at > now_ms)
            covers[(*len)++] = cover;
    }
    return true;
}
