#include <stdio.h>
#include <string.h>

#include "schema.h"
#include "store/connection.h"

/* 'tocC', 'tocP', 'tocH' in the file's header: `file` and we tell the three apart by it. */
static int64_t
application_id(enum store_schema schema)
{
    static const int64_t ids[] = {0x746f6343, 0x746f6350, 0x746f6348};
    return ids[schema];
}

static bool
belongs(const struct schema_file *file, enum store_schema schema)
{
    return strcmp(file->folder, store_schema_folder(schema)) == 0 ||
           (schema != STORE_PRIVATE && strcmp(file->folder, "resource") == 0);
}

/* The file that comes next after version `after`; NULL = none. They are few and not in order of number. */
static const struct schema_file *
next_file(enum store_schema schema, int64_t after)
{
    const struct schema_file *next = NULL;
    for (int i = 0; i < schema_files_len; i++) {
        const struct schema_file *file = &schema_files[i];
        if (belongs(file, schema) && file->number > after && (!next || file->number < next->number))
            next = file;
    }
    return next;
}

static int64_t
newest_version(enum store_schema schema)
{
    int64_t newest = 0;
    for (const struct schema_file *file; (file = next_file(schema, newest));)
        newest = file->number;
    return newest;
}

static bool
apply(struct store *store, const struct schema_file *file, struct error *err)
{
    char sql[120];
    (void)snprintf(sql, sizeof sql, "pragma application_id = %lld; pragma user_version = %d",
                   (long long)application_id(store->schema), file->number);
    return store_execute(store, file->text, err) && store_execute(store, sql, err);
}

/* Each file is a transaction; another process may be doing the same, so the version is read inside it. */
static bool
upgrade(struct store *store, struct error *err)
{
    for (;;) {
        int64_t version;
        if (!store_begin(store, err))
            return false;
        if (!store_pragma(store, "pragma user_version", &version, err)) {
            store_rollback(store);
            return false;
        }
        const struct schema_file *file = next_file(store->schema, version);
        if (!file) {
            store_rollback(store);
            return true;
        }
        if (!apply(store, file, err)) {
            store_rollback(store);
            return error_wrap(err, "cannot bring the %s to version %d (%s)",
                              store_schema_words(store->schema), file->number, file->name);
        }
        if (!store_commit(store, err))
            return false;
    }
}

bool
store_migrate(struct store *store, struct error *err)
{
    const char *words = store_schema_words(store->schema);
    int64_t id, version, objects;
    /* In one view of the file: another process may be making it. Counting the objects parses the schema: damage to it
     * shows here. */
    if (!store_execute(store, "begin", err) ||
        !store_pragma(store, "pragma application_id", &id, err) ||
        !store_pragma(store, "pragma user_version", &version, err) ||
        !store_pragma(store, "select count(*) from sqlite_schema", &objects, err) ||
        !store_execute(store, "commit", err))
        return false; /* the caller looks at SQLite's code, then disconnects */

    bool is_new = id == 0 && version == 0 && objects == 0;
    if (!is_new && id != application_id(store->schema))
        return error_set(err, ERROR_STORE,
                         "'%s' is not a %s of tocsin: name another path or move it away",
                         store->path, words);
    int64_t newest = newest_version(store->schema);
    if (version > newest)
        return error_set(
            err, ERROR_STORE,
            "the %s '%s' was written by a newer tocsin (version %lld, this one knows %lld): "
            "install that one",
            words, store->path, (long long)version, (long long)newest);
    if (version == newest)
        return true;
    if (store->access == STORE_READ)
        return error_set(err, ERROR_NOT_FOUND,
                         "the %s '%s' is not ready yet (version %lld of %lld)", words, store->path,
                         (long long)version, (long long)newest);
    return upgrade(store, err);
}
