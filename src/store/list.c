#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/connection.h"
#include "store/resource_sql.h"

/* Values come as text; numbers and times are compared as numbers. */
static void
bind_value(sqlite3_stmt *handle, int parameter, const struct field *field, const char *value)
{
    int code = SQLITE_OK;
    switch (field->type) {
    case FIELD_TIME:
    case FIELD_INTEGER:
        code = sqlite3_bind_int64(handle, parameter, strtoll(value, NULL, 10));
        break;
    case FIELD_BOOLEAN:
        code = sqlite3_bind_int64(handle, parameter,
                                  text_equals(value, "true") || text_equals(value, "1"));
        break;
    case FIELD_REAL:
        code = sqlite3_bind_double(handle, parameter, strtod(value, NULL));
        break;
    case FIELD_TEXT:
    case FIELD_ENUM:
    case FIELD_OBJECT:
    case FIELD_ARRAY:
    case FIELD_LIST:
        code = sqlite3_bind_text(handle, parameter, value, -1, SQLITE_STATIC);
        break;
    }
    assert(code == SQLITE_OK);
}

static int
bind_filters(sqlite3_stmt *handle, int parameter, const struct field_table *table,
             const struct cache_filter *filters, size_t filters_len)
{
    for (size_t i = 0; i < filters_len; i++) {
        const struct field *field = resource_column(table, filters[i].column);
        bool takes_all = filters[i].test == CACHE_IS || filters[i].test == CACHE_IS_NOT;
        assert(takes_all || filters[i].values_len == (filters[i].test == CACHE_WITHIN ? 2 : 1));
        for (size_t j = 0; j < filters[i].values_len; j++)
            bind_value(handle, parameter++, field, filters[i].values[j]);
    }
    return parameter;
}

static bool
prepare_list(struct store *store, enum kind kind, const char *what, const struct cache_query *query,
             bool after, sqlite3_stmt **handle, int *next_parameter, struct error *err)
{
    const struct kind_info *info = kind_info(kind);
    struct filter_plan plan;
    if (!filter_plan_make(&plan, store, query->filter, info, err))
        return false;
    struct str *sql = &store->scratch[0];
    str_clear(sql);
    resource_list_sql(sql, info, what, query, &plan, after);
    bool ok = store_prepare(store, str_text(sql), info->list, 0, handle, err);
    if (ok) {
        int parameter = 1;
        filter_bind_from(*handle, &plan, &parameter);
        parameter =
            bind_filters(*handle, parameter, info->fields, query->filters, query->filters_len);
        parameter =
            bind_filters(*handle, parameter, info->fields, query->required, query->required_len);
        for (size_t i = 0; i < query->children_len; i++) {
            const struct cache_child_filter *child = &query->children[i];
            const struct field *list = field_find(info->fields, child->list_member);
            parameter =
                bind_filters(*handle, parameter, list->item, child->filters, child->filters_len);
        }
        if (query->filter)
            filter_bind(*handle, &plan, &parameter); /* copies its texts */
        *next_parameter = parameter;
    }
    return ok;
}

/* Where the row stands in the order; *found = false when there is no such row. */
static bool
find_place(struct store *store, const struct kind_info *info, const char *id, int64_t *sort,
           bool *found, struct error *err)
{
    struct str *sql = &store->scratch[0];
    str_clear(sql);
    str_printf(sql, "select %s from %s where id = ?1", info->sort[0] ? info->sort : "0",
               info->table);
    sqlite3_stmt *handle;
    if (!store_prepare(store, str_text(sql), info->list, 0, &handle, err))
        return false;
    sqlite3_bind_text(handle, 1, id, -1, SQLITE_STATIC);
    int code = sqlite3_step(handle);
    *found = code == SQLITE_ROW;
    if (*found)
        *sort = sqlite3_column_int64(handle, 0);
    bool ok = code == SQLITE_ROW || code == SQLITE_DONE || store_failed(store, err, "cannot list");
    sqlite3_finalize(handle);
    return ok;
}

bool
cache_list(struct store *store, enum kind kind, const struct cache_query *query,
           bool (*emit)(void *context, const char *json), void *context, struct error *err)
{
    static const struct cache_query everything;
    const struct kind_info *info = kind_info(kind);
    if (!query)
        query = &everything;

    bool after = !text_is_empty(query->after_id);
    int64_t place = 0;
    if (after) {
        bool found;
        if (!find_place(store, info, query->after_id, &place, &found, err))
            return false;
        if (!found)
            return error_set(err, ERROR_NOT_FOUND, "cannot list %s after '%s': there is none",
                             info->list, query->after_id);
    }

    sqlite3_stmt *handle;
    int parameter;
    if (!prepare_list(store, kind, query->ids ? "t.id" : "json", query, after, &handle, &parameter,
                      err))
        return false;
    if (after && info->sort[0])
        sqlite3_bind_int64(handle, parameter++, place);
    if (after)
        sqlite3_bind_text(handle, parameter++, query->after_id, -1, SQLITE_STATIC);
    sqlite3_bind_int64(handle, parameter, query->limit > 0 ? query->limit : -1);

    int code;
    while ((code = sqlite3_step(handle)) == SQLITE_ROW)
        if (!emit(context, (const char *)sqlite3_column_text(handle, 0)))
            break;
    bool ok = code == SQLITE_ROW || code == SQLITE_DONE || store_failed(store, err, "cannot list");
    sqlite3_finalize(handle);
    return ok;
}

bool
cache_list_count(struct store *store, enum kind kind, const struct cache_query *query,
                 int64_t *count, struct error *err)
{
    static const struct cache_query everything;
    sqlite3_stmt *handle;
    int parameter;
    if (!prepare_list(store, kind, "count(*)", query ? query : &everything, false, &handle,
                      &parameter, err))
        return false;
    bool ok = sqlite3_step(handle) == SQLITE_ROW;
    if (ok)
        *count = sqlite3_column_int64(handle, 0);
    else
        (void)store_failed(store, err, "cannot count"); /* before finalize forgets the cause */
    sqlite3_finalize(handle);
    return ok;
}
