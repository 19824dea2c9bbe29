#include <assert.h>
#include <string.h>

#include "store/connection.h"

bool
field_is_column(const struct field *field)
{
    return field->type != FIELD_LIST && field->flags & (FIELD_COLUMN | FIELD_LOCAL);
}

static const void *
member_of(const struct field *field, const void *object)
{
    return (const char *)object + field->offset;
}

void
bind_field(sqlite3_stmt *handle, int parameter, const struct field *field, const void *object)
{
    const void *member = member_of(field, object);
    int code = SQLITE_OK;
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_ENUM:
    case FIELD_OBJECT:
    case FIELD_ARRAY: {
        const char *text = *(const char *const *)member;
        code = sqlite3_bind_text(handle, parameter, text ? text : "", -1, SQLITE_STATIC);
        break;
    }
    case FIELD_TIME:
    case FIELD_INTEGER:
        code = sqlite3_bind_int64(handle, parameter, *(const int64_t *)member);
        break;
    case FIELD_REAL:
        code = sqlite3_bind_double(handle, parameter, *(const double *)member);
        break;
    case FIELD_BOOLEAN:
        code = sqlite3_bind_int64(handle, parameter, *(const bool *)member);
        break;
    case FIELD_LIST:
        assert(!"a list is no column");
    }
    assert(code == SQLITE_OK);
}

static int
parameter_of(struct statement *statement, const char *name)
{
    char prefixed[80];
    size_t len = strlen(name);
    assert(len < sizeof prefixed - 1);
    prefixed[0] = ':';
    memcpy(prefixed + 1, name, len + 1);
    return sqlite3_bind_parameter_index(statement->handle, prefixed);
}

static int
known_parameter(struct statement *statement, const char *name)
{
    int parameter = parameter_of(statement, name);
    assert(parameter > 0);
    return parameter;
}

void
bind_text(struct statement *statement, const char *name, const char *text)
{
    int code = sqlite3_bind_text(statement->handle, known_parameter(statement, name),
                                 text ? text : "", -1, SQLITE_STATIC);
    assert(code == SQLITE_OK);
}

void
bind_integer(struct statement *statement, const char *name, int64_t value)
{
    int code = sqlite3_bind_int64(statement->handle, known_parameter(statement, name), value);
    assert(code == SQLITE_OK);
}

void
bind_object(struct statement *statement, const struct field_table *table, const void *object)
{
    for (size_t i = 0; i < table->fields_len; i++) {
        const struct field *field = &table->fields[i];
        int parameter = field_is_column(field) ? parameter_of(statement, field->name) : 0;
        if (parameter > 0)
            bind_field(statement->handle, parameter, field, object);
    }
}

/* ---- reading ---- */

static void
match_columns(struct statement *statement, const struct field_table *table)
{
    int count = sqlite3_column_count(statement->handle);
    statement->columns = memory_resize(statement->columns,
                                       (size_t)(count ? count : 1) * sizeof(const struct field *));
    for (int i = 0; i < count; i++)
        statement->columns[i] = field_find(table, sqlite3_column_name(statement->handle, i));
    statement->mapped = table;
}

void
row_read(struct statement *statement, const struct field_table *table, struct arena *arena,
         void *object)
{
    if (statement->mapped != table)
        match_columns(statement, table);
    int count = sqlite3_column_count(statement->handle);
    for (int i = 0; i < count; i++) {
        const struct field *field = statement->columns[i];
        if (!field) {
            if (table->json_offset != SIZE_MAX &&
                strcmp(sqlite3_column_name(statement->handle, i), "json") == 0)
                *(const char **)((char *)object + table->json_offset) =
                    row_text(statement, arena, i);
            continue;
        }
        void *member = (char *)object + field->offset;
        switch (field->type) {
        case FIELD_TEXT:
        case FIELD_ENUM:
        case FIELD_OBJECT:
        case FIELD_ARRAY:
            *(const char **)member = row_text(statement, arena, i);
            break;
        case FIELD_TIME:
        case FIELD_INTEGER:
            *(int64_t *)member = row_integer(statement, i);
            break;
        case FIELD_REAL:
            *(double *)member = sqlite3_column_double(statement->handle, i);
            break;
        case FIELD_BOOLEAN:
            *(bool *)member = row_integer(statement, i) != 0;
            break;
        case FIELD_LIST:
            assert(!"a list is no column");
        }
    }
}

int64_t
row_integer(struct statement *statement, int column)
{
    return sqlite3_column_int64(statement->handle, column);
}

const char *
row_text_borrowed(struct statement *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement->handle, column);
    return text ? text : "";
}

const char *
row_text(struct statement *statement, struct arena *arena, int column)
{
    const char *text = row_text_borrowed(statement, column);
    return *text ? arena_text_len(arena, text,
                                  (size_t)sqlite3_column_bytes(statement->handle, column))
                 : "";
}

bool
statement_read_all(struct statement *statement, const struct field_table *table,
                   struct arena *arena, size_t limit, void *items, size_t *items_len,
                   struct error *err)
{
    /* Doubled in the arena: what the smaller arrays took is at most as much again as the last one. */
    size_t len = 0, cap = 0;
    char *array = NULL;
    bool row = true;
    while (!limit || len < limit) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        if (len == cap) {
            cap = cap ? cap * 2 : 32;
            if (limit && cap > limit)
                cap = limit;
            char *larger = arena_alloc_array(arena, cap, table->struct_size);
            if (len)
                memcpy(larger, array, len * table->struct_size);
            array = larger;
        }
        object_clear(table, array + len * table->struct_size);
        row_read(statement, table, arena, array + len * table->struct_size);
        len++;
    }
    statement_reset(statement);
    memcpy(items, &array,
           sizeof array); /* items is the address of a pointer to the table's struct */
    *items_len = len;
    return true;
}
