#include <stdlib.h>
#include <string.h>

#include "store/cache.h"
#include "store/connection.h"
#include "store/resource_sql.h"

/* Keys in the order met, with repeats; sorted when the walk asks what it missed. 8 bytes a row. */
struct cache_walk {
    struct cache_walk *next;
    enum kind kind;
    bool sorted;
    int64_t *keys;
    size_t len, cap;
};

struct cache_walk *
cache_walk_begin(struct store *store, enum kind kind)
{
    struct cache_walk *walk = memory_alloc(sizeof *walk);
    *walk = (struct cache_walk){.next = store->walks, .kind = kind};
    store->walks = walk;
    return walk;
}

void
walk_mark(struct store *store, enum kind kind, int64_t key)
{
    for (struct cache_walk *walk = store->walks; walk; walk = walk->next) {
        if (walk->kind != kind)
            continue;
        if (walk->len == walk->cap) {
            walk->cap = walk->cap ? walk->cap + walk->cap / 2 : 256;
            walk->keys = memory_resize(walk->keys, walk->cap * sizeof *walk->keys);
        }
        walk->keys[walk->len++] = key;
        walk->sorted = false;
    }
}

bool
cache_walk_saw(struct store *store, enum kind kind, const char *id, struct error *err)
{
    const struct kind_info *info = kind_info(kind);
    struct str *sql = &store->scratch[0];
    str_clear(sql);
    str_printf(sql, "select key from %s where id = ?1", info->table);
    sqlite3_stmt *handle;
    if (!store_prepare(store, str_text(sql), info->table, 0, &handle, err))
        return false;
    sqlite3_bind_text(handle, 1, id, -1, SQLITE_STATIC);
    int code = sqlite3_step(handle);
    if (code == SQLITE_ROW)
        walk_mark(store, kind, sqlite3_column_int64(handle, 0));
    bool ok = code == SQLITE_ROW || code == SQLITE_DONE || store_failed(store, err, "cannot read");
    sqlite3_finalize(handle);
    return ok;
}

static int
compare_keys(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static bool
was_met(struct cache_walk *walk, int64_t key)
{
    if (!walk->sorted && walk->len)
        qsort(walk->keys, walk->len, sizeof *walk->keys, compare_keys);
    walk->sorted = true;
    return walk->len && bsearch(&key, walk->keys, walk->len, sizeof *walk->keys, compare_keys);
}

static bool
collect_missing(struct cache_walk *walk, sqlite3_stmt *handle, struct arena *arena,
                const char *const **ids, size_t *ids_len)
{
    size_t len = 0, cap = 0;
    const char **array = NULL;
    int code;
    while ((code = sqlite3_step(handle)) == SQLITE_ROW) {
        if (was_met(walk, sqlite3_column_int64(handle, 0)))
            continue;
        if (len == cap) {
            cap = cap ? cap * 2 : 32;
            const char **larger = arena_new_array(arena, cap, const char *);
            if (len)
                memcpy(larger, array, len * sizeof *array);
            array = larger;
        }
        array[len++] = arena_text(arena, (const char *)sqlite3_column_text(handle, 1));
    }
    *ids = array;
    *ids_len = len;
    return code == SQLITE_DONE;
}

bool
cache_walk_missing(struct store *store, struct cache_walk *walk, const char *column,
                   const char *value, struct arena *arena, const char *const **ids, size_t *ids_len,
                   struct error *err)
{
    const struct kind_info *info = kind_info(walk->kind);
    struct str *sql = &store->scratch[0];
    str_clear(sql);
    str_printf(sql, "select key, id from %s", info->table);
    if (column)
        str_printf(sql, " where %s = ?1", resource_column(info->fields, column)->name);
    sqlite3_stmt *handle;
    if (!store_prepare(store, str_text(sql), info->table, 0, &handle, err))
        return false;
    if (column)
        sqlite3_bind_text(handle, 1, value, -1, SQLITE_STATIC);
    bool ok = collect_missing(walk, handle, arena, ids, ids_len) ||
              store_failed(store, err, "cannot compare with what upstream has");
    sqlite3_finalize(handle);
    return ok;
}

static void
walk_free(struct cache_walk *walk)
{
    memory_free(walk->keys);
    memory_free(walk);
}

void
cache_walk_end(struct store *store, struct cache_walk *walk)
{
    if (!walk)
        return;
    struct cache_walk **link = &store->walks;
    while (*link != walk)
        link = &(*link)->next;
    *link = walk->next;
    walk_free(walk);
}

void
walks_free(struct store *store)
{
    while (store->walks) {
        struct cache_walk *walk = store->walks;
        store->walks = walk->next;
        walk_free(walk);
    }
}
