/* The values of alerts' attributes and columns as numbers (data/sql/schema/cache/0046_values.sql): kept with the alerts. */

#include <assert.h>
#include <string.h>

#include "store/cache.h"
#include "store/connection.h"

static bool
is_column(const struct field *field)
{
    return field->type == FIELD_TEXT &&
           (field->flags & FIELD_LOCAL || strcmp(field->name, "title") == 0);
}

size_t
values_place(const char *name)
{
    size_t place = 0;
    for (size_t i = 0; i < alert_table.fields_len; i++) {
        const struct field *field = &alert_table.fields[i];
        place += is_column(field);
        if (strcmp(field->name, name) == 0)
            return is_column(field) ? place : 0;
    }
    return 0;
}

/* What has a value: an attribute, or a column. */
struct named {
    bool is_column;
    const char *name;
};

static void
bind_value(struct statement *statement, const struct named *named, const char *value)
{
    bind_integer(statement, "is_column", named->is_column);
    bind_text(statement, "name", named->name);
    bind_text(statement, "value", value);
}

/* A value that is new gets the next number. */
static bool
number_new(struct store *store, const struct named *named, const char *value, int64_t *number,
           struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_VALUE_NUMBER, &statement, err) ||
        !statement_step(statement, &row, err))
        return false;
    assert(row); /* the one row that the schema made */
    *number = row_integer(statement, 0);
    statement_reset(statement);
    if (!store_statement(store, SQL_VALUE_PUT, &statement, err))
        return false;
    bind_value(statement, named, value);
    bind_integer(statement, "number", *number);
    return statement_run(statement, err);
}

static bool
add_number(struct store *store, const struct named *named, const char *value, struct str *numbers,
           struct error *err)
{
    struct statement *statement;
    bool row;
    int64_t number;
    if (!store_statement(store, SQL_VALUE_FIND, &statement, err))
        return false;
    bind_value(statement, named, value);
    if (!statement_step(statement, &row, err))
        return false;
    if (row) {
        number = row_integer(statement, 0);
        statement_reset(statement);
    } else if (!number_new(store, named, value, &number, err)) {
        return false;
    }
    for (; number > 0x7f; number >>= 7)
        str_append_char(numbers, (char)(0x80 | (number & 0x7f)));
    str_append_char(numbers, (char)number);
    return true;
}

/* The texts of an entry, or of one of its array's items. A label mostly repeats its literal. *any: it has one. */
static bool
add_texts(struct store *store, const struct named *attribute, const char *const texts[3],
          struct str *numbers, bool *any, struct error *err)
{
    const char *last = "";
    *any = false;
    for (int i = 0; i < 3; i++) {
        if (text_is_empty(texts[i]) || text_equals(texts[i], last))
            continue;
        if (!*any && !add_number(store, attribute, "", numbers, err))
            return false;
        *any = true;
        last = texts[i];
        if (!add_number(store, attribute, texts[i], numbers, err))
            return false;
    }
    return true;
}

static bool
write_numbers(struct store *store, int64_t key, const struct str *numbers, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_VALUES_PUT, &statement, err))
        return false;
    bind_integer(statement, "key", key);
    int parameter = sqlite3_bind_parameter_index(statement->handle, ":numbers");
    int code = sqlite3_bind_blob(statement->handle, parameter, str_text(numbers), (int)numbers->len,
                                 SQLITE_STATIC);
    assert(code == SQLITE_OK);
    return statement_run(statement, err);
}

bool
values_put(struct store *store, const struct kind_info *info, int64_t key, const void *object,
           struct error *err)
{
    if (store->schema != STORE_CACHE || store->is_past || info->kind != KIND_ALERT)
        return true;
    const struct alert *alert = object;
    struct str *numbers = &store->scratch[1];
    str_clear(numbers);
    for (size_t i = 0; i < info->fields->fields_len; i++) {
        const struct field *field = &info->fields->fields[i];
        const struct named column = {true, field->name};
        const char *text = (const char *)object + field->offset;
        if (is_column(field) &&
            !add_number(store, &column, *(const char *const *)text, numbers, err))
            return false;
    }
    for (size_t i = 0; i < alert->attributes_len; i++) {
        const struct alert_attribute_entry *entry = &alert->attributes[i];
        const struct named attribute = {false, entry->attribute_name};
        const char *const texts[] = {entry->literal, entry->label, entry->catalog_entry_name};
        bool any;
        if (!add_texts(store, &attribute, texts, numbers, &any, err))
            return false;
        for (size_t at = 0; !any && at < entry->array_value_len; at++) {
            const struct alert_attribute_value *item = &entry->array_value[at];
            const char *const inner[] = {item->literal, item->label, item->catalog_entry_name};
            bool ignored;
            if (!add_texts(store, &attribute, inner, numbers, &ignored, err))
                return false;
        }
    }
    return write_numbers(store, key, numbers, err);
}

bool
values_remove(struct store *store, const struct kind_info *info, int64_t key, struct error *err)
{
    struct statement *statement;
    if (store->schema != STORE_CACHE || info->kind != KIND_ALERT)
        return true;
    if (!store_statement(store, SQL_VALUES_DELETE, &statement, err))
        return false;
    bind_integer(statement, "key", key);
    return statement_run(statement, err);
}

/* ---- of alerts that were there before the numbers ---- */

static bool
waiting_to(struct store *store, int64_t *key, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_VALUES_WAITING, &statement, err) ||
        !statement_step(statement, &row, err))
        return false;
    *key = row ? row_integer(statement, 0) : 0;
    statement_reset(statement);
    return true;
}

bool
cache_values_are_complete(struct store *store, bool *complete, struct error *err)
{
    int64_t key;
    if (!waiting_to(store, &key, err))
        return false;
    *complete = key == 0;
    return true;
}

/* The newest alert up to the key; *key = 0 when there is none. */
static bool
next_waiting(struct store *store, int64_t *key, struct arena *arena, const char **id,
             struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_VALUES_WAITING_NEXT, &statement, err))
        return false;
    bind_integer(statement, "to", *key);
    if (!statement_step(statement, &row, err))
        return false;
    *key = row ? row_integer(statement, 0) : 0;
    *id = row ? row_text(statement, arena, 1) : "";
    statement_reset(statement);
    return true;
}

static bool
read_values(struct store *store, int64_t key, const char *id, struct arena *arena,
            struct error *err)
{
    struct statement *statement;
    struct str *numbers = &store->scratch[1];
    bool row, any;
    str_clear(numbers);
    if (!store_statement(store, SQL_VALUES_OF_ALERT, &statement, err))
        return false;
    bind_text(statement, "id", id);
    while (statement_step(statement, &row, err)) {
        if (!row)
            return write_numbers(store, key, numbers, err);
        const struct named named = {row_integer(statement, 0), row_text(statement, arena, 1)};
        const char *const texts[] = {row_text(statement, arena, 2), row_text(statement, arena, 3),
                                     row_text(statement, arena, 4)};
        if (!(named.is_column ? add_number(store, &named, texts[0], numbers, err)
                              : add_texts(store, &named, texts, numbers, &any, err))) {
            statement_reset(statement);
            return false;
        }
    }
    return false;
}

static bool
read_waiting(struct store *store, int64_t rows, bool *done, struct error *err)
{
    struct arena arena = {0};
    struct statement *statement;
    const char *id;
    int64_t key = 0;
    bool ok = waiting_to(store, &key, err);
    while (ok && key && rows-- > 0) {
        arena_reset(&arena);
        ok = next_waiting(store, &key, &arena, &id, err) &&
             (!key || read_values(store, key, id, &arena, err));
        key -= key > 0;
    }
    arena_finish(&arena);
    *done = key == 0;
    if (!ok || !store_statement(store, SQL_VALUES_WAITED, &statement, err))
        return false;
    bind_integer(statement, "to", key);
    return statement_run(statement, err);
}

bool
cache_values_resume(struct store *store, int64_t rows, bool *done, struct error *err)
{
    if (!cache_values_are_complete(store, done, err))
        return false;
    if (*done)
        return true;
    if (!store_begin(store, err))
        return false;
    if (!read_waiting(store, rows, done, err)) {
        store_rollback(store);
        return false;
    }
    return store_commit(store, err);
}
