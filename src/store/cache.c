#include "store/cache.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "store/connection.h"
#include "store/resource_sql.h"

enum {
    CHILD_LISTS_MAX = 4, /* child tables of one kind */
    TIME_SHIFT = 20,     /* key = time << 20 | 14 bits of the id << 6 | kind */
    KIND_BITS = 6,
    KEY_STEP = 1 << KIND_BITS /* to the kind's next key of the same time */
};
#define TIME_MAX (INT64_C(1) << 42)

_Static_assert((int)KIND_COUNT <= (int)KEY_STEP, "a key has room for the kind");

struct kind_statements {
    sqlite3_stmt *own[RESOURCE_SQL_COUNT];
    sqlite3_stmt *children[CHILD_LISTS_MAX][CHILD_SQL_COUNT];
};

void
kind_statements_free(struct kind_statements *kind)
{
    if (!kind)
        return;
    for (size_t i = 0; i < RESOURCE_SQL_COUNT; i++)
        sqlite3_finalize(kind->own[i]);
    for (size_t i = 0; i < CHILD_LISTS_MAX; i++)
        for (size_t j = 0; j < CHILD_SQL_COUNT; j++)
            sqlite3_finalize(kind->children[i][j]);
    memory_free(kind);
}

static struct kind_statements *
statements_of(struct store *store, enum kind kind)
{
    assert(store->schema != STORE_PRIVATE);
    if (!store->kinds[kind])
        store->kinds[kind] = memory_alloc(sizeof *store->kinds[kind]);
    return store->kinds[kind];
}

/* Reset when handed out: a statement that ended with an error is in order again for its next use. */
static bool
own_statement(struct store *store, enum kind kind, enum resource_sql which, sqlite3_stmt **handle,
              struct error *err)
{
    sqlite3_stmt **slot = &statements_of(store, kind)->own[which];
    if (!*slot) {
        struct str *sql = &store->scratch[0];
        str_clear(sql);
        resource_sql(sql, kind_info(kind), which);
        if (!store_prepare(store, str_text(sql), kind_info(kind)->table, SQLITE_PREPARE_PERSISTENT,
                           slot, err))
            return false;
    }
    sqlite3_reset(*slot);
    *handle = *slot;
    return true;
}

static bool
child_statement(struct store *store, enum kind kind, size_t list, const struct field_table *item,
                enum child_sql which, sqlite3_stmt **handle, struct error *err)
{
    assert(list < CHILD_LISTS_MAX);
    sqlite3_stmt **slot = &statements_of(store, kind)->children[list][which];
    if (!*slot) {
        struct str *sql = &store->scratch[0];
        str_clear(sql);
        child_sql(sql, item, which);
        if (!store_prepare(store, str_text(sql), item->name, SQLITE_PREPARE_PERSISTENT, slot, err))
            return false;
    }
    sqlite3_reset(*slot);
    *handle = *slot;
    return true;
}

static bool
run(struct store *store, sqlite3_stmt *handle, struct error *err)
{
    int code = sqlite3_step(handle);
    bool ok = code == SQLITE_DONE || store_failed(store, err, "cannot write");
    sqlite3_reset(handle);
    return ok;
}

static const char *
text_member(const struct field_table *table, const char *name, const void *object)
{
    const struct field *field = field_find(table, name);
    const char *text = *(const char *const *)((const char *)object + field->offset);
    return text ? text : "";
}

static const char *
json_of(const struct kind_info *info, const void *object)
{
    const char *json = *(const char *const *)((const char *)object + info->fields->json_offset);
    assert(json && json[0]);
    return json;
}

/* ---- putting ---- */

/* What we derived belongs to the row's state: new due rules must reach rows whose json is as it was. */
static int64_t
row_hash(struct store *store, const struct kind_info *info, const void *object)
{
    const char *json = json_of(info, object);
    uint64_t hash = digest_row(json, strlen(json));
    struct str *derived = &store->scratch[0];
    str_clear(derived);
    for (size_t i = 0; i < info->fields->fields_len; i++) {
        const struct field *field = &info->fields->fields[i];
        const void *member = (const char *)object + field->offset;
        if (!(field->flags & FIELD_LOCAL) || resource_is_fixed(field))
            continue;
        if (field->type == FIELD_INTEGER || field->type == FIELD_TIME)
            str_append_len(derived, member, sizeof(int64_t));
        else if (field->type == FIELD_TEXT || field->type == FIELD_ENUM) {
            const char *text = *(const char *const *)member;
            str_append(derived, text ? text : "");
            str_append_char(derived, '\0');
        } else
            assert(!"local members are texts, numbers or times");
    }
    if (derived->len)
        hash = hash * 31 + digest_row(derived->data, derived->len);
    return (int64_t)hash;
}

static int64_t
first_key(const struct kind_info *info, const void *object, int64_t now_ms)
{
    int64_t time_ms = now_ms;
    if (info->sort[0]) {
        const struct field *sort = resource_column(info->fields, info->sort);
        time_ms = *(const int64_t *)((const char *)object + sort->offset);
    }
    if (time_ms < 0)
        time_ms = 0;
    if (time_ms > TIME_MAX)
        time_ms = TIME_MAX;
    const char *id = text_member(info->fields, "id", object);
    uint64_t bits = digest_row(id, strlen(id)) & ((1u << (TIME_SHIFT - KIND_BITS)) - 1);
    return (int64_t)((uint64_t)time_ms << TIME_SHIFT | bits << KIND_BITS | (uint64_t)info->kind);
}

/* The key behind the kind's last one of the same time; of the next time when this one is full. */
static bool
next_key(struct store *store, const struct kind_info *info, int64_t taken, int64_t *key,
         struct error *err)
{
    struct str *sql = &store->scratch[0];
    str_clear(sql);
    str_printf(sql, "select max(key) from %s where key < ?1", info->table);
    sqlite3_stmt *handle;
    if (!store_prepare(store, str_text(sql), info->table, 0, &handle, err))
        return false;

    bool ok = true;
    for (int64_t end = (taken >> TIME_SHIFT) + 1;; end++) {
        sqlite3_reset(handle);
        sqlite3_bind_int64(handle, 1, end << TIME_SHIFT);
        ok = sqlite3_step(handle) == SQLITE_ROW ||
             store_failed(store, err, "cannot find a free key");
        if (!ok)
            break;
        int64_t last = sqlite3_column_int64(handle, 0);
        if (last >> TIME_SHIFT < end - 1) { /* a time without a row of this kind */
            *key = (end - 1) << TIME_SHIFT | info->kind;
            break;
        }
        *key = last + KEY_STEP;
        if (*key >> TIME_SHIFT == end - 1)
            break;
    }
    sqlite3_finalize(handle);
    return ok;
}

static void
bind_row(sqlite3_stmt *handle, const struct kind_info *info, const void *object, int64_t key,
         int64_t now_ms, int64_t hash, bool inserting)
{
    sqlite3_bind_int64(handle, 1, key);
    sqlite3_bind_int64(handle, 2, now_ms);
    sqlite3_bind_int64(handle, 3, hash);
    sqlite3_bind_text(handle, 4, json_of(info, object), -1, SQLITE_STATIC);
    int parameter = 5;
    for (size_t i = 0; i < info->fields->fields_len; i++) {
        const struct field *field = &info->fields->fields[i];
        if (!field_is_column(field))
            continue;
        if (inserting || !resource_is_fixed(field))
            bind_field(handle, parameter, field, object);
        bool is_first_seen = inserting && strcmp(field->name, "first_seen_at") == 0;
        if (is_first_seen && *(const int64_t *)((const char *)object + field->offset) == 0)
            sqlite3_bind_int64(handle, parameter, now_ms);
        parameter++;
    }
}

static bool
insert(struct store *store, const struct kind_info *info, const void *object, int64_t now_ms,
       int64_t hash, int64_t *key, struct error *err)
{
    sqlite3_stmt *handle;
    if (!own_statement(store, info->kind, RESOURCE_INSERT, &handle, err))
        return false;
    *key = first_key(info, object, now_ms);
    bind_row(handle, info, object, *key, now_ms, hash, true);
    int code = sqlite3_step(handle);
    if (code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_ROWID) {
        sqlite3_reset(handle);
        if (!next_key(store, info, *key, key, err))
            return false;
        sqlite3_bind_int64(handle, 1, *key);
        code = sqlite3_step(handle);
    }
    bool ok = code == SQLITE_DONE || store_failed(store, err, "cannot add a row");
    sqlite3_reset(handle);
    return ok;
}

static bool
is_child_table(const struct field *field)
{
    return field->type == FIELD_LIST && field->flags & FIELD_COLUMN;
}

/* Keeps the first `len` children. */
static bool
trim_children(struct store *store, enum kind kind, size_t list, const struct field_table *item,
              const char *id, size_t len, struct error *err)
{
    sqlite3_stmt *handle;
    if (!child_statement(store, kind, list, item, CHILD_TRIM, &handle, err))
        return false;
    sqlite3_bind_text(handle, 1, id, -1, SQLITE_STATIC);
    sqlite3_bind_int64(handle, 2, (int64_t)len);
    return run(store, handle, err);
}

static bool
delete_children(struct store *store, const struct kind_info *info, const char *id,
                struct error *err)
{
    size_t list = 0;
    for (size_t i = 0; i < info->fields->fields_len; i++) {
        const struct field *field = &info->fields->fields[i];
        if (is_child_table(field) &&
            !trim_children(store, info->kind, list++, field->item, id, 0, err))
            return false;
    }
    return true;
}

static bool
put_children(struct store *store, const struct kind_info *info, const void *object, bool inserted,
             struct error *err)
{
    const char *id = text_member(info->fields, "id", object);
    size_t list = 0;
    for (size_t i = 0; i < info->fields->fields_len; i++) {
        const struct field *field = &info->fields->fields[i];
        if (!is_child_table(field))
            continue;
        const struct field_table *item = field->item;
        const char *items = *(const char *const *)((const char *)object + field->offset);
        size_t len = *(const size_t *)((const char *)object + field->len_offset);

        sqlite3_stmt *handle;
        if (len && !child_statement(store, info->kind, list, item,
                                    inserted ? CHILD_INSERT : CHILD_UPSERT, &handle, err))
            return false;
        for (size_t at = 0; at < len; at++) {
            sqlite3_bind_text(handle, 1, id, -1, SQLITE_STATIC);
            sqlite3_bind_int64(handle, 2, (int64_t)at);
            int parameter = 3;
            for (size_t j = 0; j < item->fields_len; j++)
                if (field_is_column(&item->fields[j]))
                    bind_field(handle, parameter++, &item->fields[j],
                               items + at * item->struct_size);
            if (!run(store, handle, err))
                return false;
        }
        if (!inserted && !trim_children(store, info->kind, list, item, id, len, err))
            return false;
        list++;
    }
    return true;
}

static bool
find_row(struct store *store, enum kind kind, const char *id, int64_t *key, int64_t *hash,
         bool *found, struct error *err)
{
    sqlite3_stmt *handle;
    if (!own_statement(store, kind, RESOURCE_FIND, &handle, err))
        return false;
    sqlite3_bind_text(handle, 1, id, -1, SQLITE_STATIC);
    int code = sqlite3_step(handle);
    *found = code == SQLITE_ROW;
    if (*found) {
        *key = sqlite3_column_int64(handle, 0);
        *hash = sqlite3_column_int64(handle, 1);
    }
    bool ok = code == SQLITE_ROW || code == SQLITE_DONE || store_failed(store, err, "cannot read");
    sqlite3_reset(handle);
    return ok;
}

static bool
keep_version(struct store *store, enum kind kind, int64_t key, int64_t now_ms, struct error *err)
{
    if (store->schema != STORE_CACHE)
        return true;
    sqlite3_stmt *handle;
    if (!own_statement(store, kind, RESOURCE_VERSION, &handle, err))
        return false;
    sqlite3_bind_int64(handle, 1, key);
    sqlite3_bind_int64(handle, 2, now_ms);
    return run(store, handle, err);
}

static bool
update(struct store *store, const struct kind_info *info, const void *object, int64_t now_ms,
       int64_t hash, int64_t key, struct error *err)
{
    sqlite3_stmt *handle;
    if (!keep_version(store, info->kind, key, now_ms, err) ||
        !own_statement(store, info->kind, RESOURCE_UPDATE, &handle, err))
        return false;
    bind_row(handle, info, object, key, now_ms, hash, false);
    return run(store, handle, err);
}

bool
cache_put(struct store *store, enum kind kind, const void *object, int64_t now_ms,
          enum cache_change *change, struct error *err)
{
    assert(store->in_transaction);
    const struct kind_info *info = kind_info(kind);
    const char *id = text_member(info->fields, "id", object);
    int64_t hash = row_hash(store, info, object);

    int64_t key, stored_hash;
    bool found;
    if (!find_row(store, kind, id, &key, &stored_hash, &found, err))
        return error_wrap(err, "%s '%s'", info->table, id);
    enum cache_change done = !found                ? CACHE_INSERTED
                             : hash != stored_hash ? CACHE_CHANGED
                                                   : CACHE_UNCHANGED;
    if (change)
        *change = done;

    if (done != CACHE_UNCHANGED) {
        bool inserted = done == CACHE_INSERTED;
        bool ok = inserted ? insert(store, info, object, now_ms, hash, &key, err)
                           : update(store, info, object, now_ms, hash, key, err);
        if (!ok || !put_children(store, info, object, inserted, err) ||
            !values_put(store, info, key, object, err) ||
            !search_put(store, info, key, object, inserted, err))
            return error_wrap(err, "%s '%s'", info->table, id);
    }
    walk_mark(store, kind, key);
    return true;
}

bool
cache_delete(struct store *store, enum kind kind, const char *id, int64_t now_ms, struct error *err)
{
    assert(store->in_transaction);
    int64_t key, hash;
    bool found;
    if (!find_row(store, kind, id, &key, &hash, &found, err))
        return false;
    if (!found)
        return true;
    sqlite3_stmt *handle;
    if (!keep_version(store, kind, key, now_ms, err) || !search_remove(store, key, err) ||
        !values_remove(store, kind_info(kind), key, err) ||
        !own_statement(store, kind, RESOURCE_DELETE, &handle, err))
        return false;
    sqlite3_bind_int64(handle, 1, key);
    return run(store, handle, err) && delete_children(store, kind_info(kind), id, err);
}

bool
cache_trim_versions(struct store *store, int64_t before_ms, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_VERSION_TRIM, &statement, err))
        return false;
    bind_integer(statement, "before", before_ms);
    const int64_t changes = store_total_changes(store);
    char time[RFC3339_SIZE];
    return statement_run(statement, err) &&
           (store_total_changes(store) == changes || /* what was known stays known */
            meta_put(store, "versions_since", time_to_rfc3339(before_ms, time), err));
}

/* ---- getting ---- */

bool
cache_get(struct store *store, enum kind kind, const char *id, struct arena *arena, void *object,
          bool *found, struct error *err)
{
    sqlite3_stmt *handle;
    if (!own_statement(store, kind, RESOURCE_GET, &handle, err))
        return false;
    const struct field_table *table = kind_info(kind)->fields;
    sqlite3_bind_text(handle, 1, id, -1, SQLITE_STATIC);
    int code = sqlite3_step(handle);
    *found = code == SQLITE_ROW;
    if (*found) {
        object_clear(table, object);
        struct statement statement = {.store = store, .handle = handle, .name = table->name};
        row_read(&statement, table, arena, object);
        memory_free(statement.columns);
    }
    bool ok = code == SQLITE_ROW || code == SQLITE_DONE || store_failed(store, err, "cannot read");
    sqlite3_reset(handle);
    return ok;
}

bool
cache_count(struct store *store, enum kind kind, int64_t *count, struct error *err)
{
    sqlite3_stmt *handle;
    if (!own_statement(store, kind, RESOURCE_COUNT_ALL, &handle, err))
        return false;
    bool ok = sqlite3_step(handle) == SQLITE_ROW;
    if (ok)
        *count = sqlite3_column_int64(handle, 0);
    else
        (void)store_failed(store, err, "cannot count"); /* before the reset forgets the cause */
    sqlite3_reset(handle);
    return ok;
}
