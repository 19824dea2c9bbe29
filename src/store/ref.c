#include <string.h>

#include "store/cache.h"
#include "store/connection.h"

#define SUFFIX_MIN 6

struct match {
    enum kind kind;
    const char *id;
    int count;
};

/* Rows of a kind that `where` (one parameter) accepts; two are enough to know that it is ambiguous. */
static bool
look(struct store *store, enum kind kind, const char *where, const char *value, struct arena *arena,
     struct match *match, struct error *err)
{
    const struct kind_info *info = kind_info(kind);
    struct str *sql = &store->scratch[0];
    str_clear(sql);
    str_printf(sql, "select id from %s where %s limit 2", info->table, where);
    sqlite3_stmt *handle;
    if (!store_prepare(store, str_text(sql), info->table, 0, &handle, err))
        return false;
    sqlite3_bind_text(handle, 1, value, -1, SQLITE_STATIC);
    int code;
    while ((code = sqlite3_step(handle)) == SQLITE_ROW) {
        match->kind = kind;
        match->id = arena_text(arena, (const char *)sqlite3_column_text(handle, 0));
        match->count++;
    }
    bool ok = code == SQLITE_DONE || store_failed(store, err, "cannot look for a reference");
    sqlite3_finalize(handle);
    return ok;
}

static bool
look_everywhere(struct store *store, const char *where, const char *value, struct arena *arena,
                struct match *match, struct error *err)
{
    for (int kind = 0; kind < KIND_COUNT && match->count < 2; kind++)
        if (!look(store, (enum kind)kind, where, value, arena, match, err))
            return false;
    return true;
}

static bool
is_number(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

/* "412" is the end of "INC-412"; the prefix is the account's choice. */
static bool
look_for_incident(struct store *store, const char *ref, struct arena *arena, struct match *match,
                  struct error *err)
{
    if (is_number(ref))
        return look(store, KIND_INCIDENT, "substr(reference, instr(reference, '-') + 1) = ?1", ref,
                    arena, match, err);
    return !strchr(ref, '-') ||
           look(store, KIND_INCIDENT, "reference = ?1 collate nocase", ref, arena, match, err);
}

bool
cache_resolve_ref(struct store *store, const char *ref, struct arena *arena, enum kind *kind,
                  const char **id, struct error *err)
{
    struct match match = {0};
    if (!look_for_incident(store, ref, arena, &match, err))
        return false;
    if (!match.count && !look_everywhere(store, "id = ?1", ref, arena, &match, err))
        return false;
    if (!match.count && strlen(ref) >= SUFFIX_MIN &&
        !look_everywhere(store, "substr(id, -length(?1)) = ?1 collate nocase", ref, arena, &match,
                         err))
        return false;

    if (match.count > 1)
        return error_set(err, ERROR_USAGE,
                         "'%s' is ambiguous: more than one id ends with it; give more of it", ref);
    if (!match.count)
        return error_set(
            err, ERROR_NOT_FOUND,
            "nothing here is called '%s': give an id, the last %d or more of its characters, or an "
            "incident's reference",
            ref, SUFFIX_MIN);
    *kind = match.kind;
    *id = match.id;
    return true;
}
