/* Values for the completion of filters. */

#include <assert.h>
#include <string.h>

#include "store/cache.h"
#include "store/connection.h"

#define NEWEST_ROWS 5000
enum { VALUES_MAX = 40 }; /* as the statements have it */

struct values {
    const char **items;
    size_t len;
};

static void
add(struct values *values, const char *value)
{
    if (values->len < VALUES_MAX)
        values->items[values->len++] = value;
}

/* What begins with the prefix, for LIKE. */
static void
append_pattern(struct str *pattern, const char *prefix)
{
    for (; *prefix; prefix++) {
        if (strchr("%_\\", *prefix))
            str_append_char(pattern, '\\');
        str_append_char(pattern, *prefix);
    }
    str_append_char(pattern, '%');
}

static bool
add_from_statement(struct store *store, enum sql sql, const char *name, const char *pattern,
                   struct arena *arena, struct values *values, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, sql, &statement, err))
        return false;
    if (name)
        bind_text(statement, "name", name);
    bind_text(statement, "pattern", pattern);
    while (statement_step(statement, &row, err)) {
        if (!row)
            return true;
        add(values, row_text(statement, arena, 0));
    }
    return false;
}

/* The column's values in the newest rows, the most frequent first. */
static bool
add_from_column(struct store *store, const struct kind_info *info, const struct field *field,
                const char *pattern, struct arena *arena, struct values *values, struct error *err)
{
    struct str *sql = &store->scratch[0];
    sqlite3_stmt *handle;
    str_clear(sql);
    assert(field_is_column(field));
    str_printf(sql,
               "select value, count(*) as times from (select %s as value from %s order by %s desc "
               "limit %d) where value <> '' and value like ?1 escape '\\' group by value collate "
               "nocase order by times desc, value limit 40",
               field->name, info->table, *info->sort ? info->sort : "key", NEWEST_ROWS);
    if (!store_prepare(store, str_text(sql), info->list, 0, &handle, err))
        return false;
    sqlite3_bind_text(handle, 1, pattern, -1, SQLITE_STATIC);
    int code;
    while ((code = sqlite3_step(handle)) == SQLITE_ROW)
        add(values, arena_text(arena, (const char *)sqlite3_column_text(handle, 0)));
    bool ok = code == SQLITE_DONE || store_failed(store, err, "cannot complete");
    sqlite3_finalize(handle);
    return ok;
}

bool
cache_filter_values(struct store *store, const struct filter_place *place,
                    const struct filter_context *context, struct arena *arena,
                    const char *const **found, struct error *err)
{
    struct values values = {.items = arena_new_array(arena, VALUES_MAX + 1, const char *)};
    const struct field *field = place->field;
    *found = values.items;
    if (!place->is_value || (!field && !place->attribute) || (field && field->type != FIELD_TEXT))
        return true;

    struct str pattern;
    enum sql sql = SQL_COUNT;
    bool ok = true;
    str_init(&pattern, 0);
    append_pattern(&pattern, place->prefix);
    if (!field)
        sql = SQL_COMPLETE_ATTRIBUTE;
    else if (!context->fields)
        ok = add_from_column(store, kind_info(context->kind), field, str_text(&pattern), arena,
                             &values, err);
    else if (strcmp(field->name, "who") == 0 || strcmp(field->name, "user_name") == 0)
        sql = SQL_COMPLETE_PERSON;
    else if (strcmp(field->name, "schedule_name") == 0)
        sql = SQL_COMPLETE_SCHEDULE;
    if (sql != SQL_COUNT)
        ok = add_from_statement(store, sql, field ? NULL : place->attribute, str_text(&pattern),
                                arena, &values, err);
    str_finish(&pattern);
    return ok;
}
