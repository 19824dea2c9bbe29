#include "tests/support/instance.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"

static const char *
text_of(const struct field *field, const void *object)
{
    return *(const char *const *)((const char *)object + field->offset);
}

static size_t
values_len(const struct enumeration *values)
{
    size_t len = 0;
    while (values->values[len])
        len++;
    return len;
}

/* In a minimal object: members of the object itself, and of those that are always written. */
static bool
is_minimal(const struct field_table *table, const struct field *field)
{
    if (!(field->flags & FIELD_REQUIRED))
        return false;
    const char *dot = strchr(field->path, '.');
    if (!dot)
        return true;
    if (strchr(dot + 1, '.'))
        return false;
    size_t len = (size_t)(dot + 1 - field->path);
    for (size_t i = 0; i < table->fields_len; i++)
        if (strncmp(table->fields[i].path, field->path, len) == 0 &&
            (table->fields[i].flags & FIELD_PARENT_REQUIRED))
            return true;
    return false;
}

static void
fill_member(const struct field *field, enum instance_fill fill, int number, struct arena *arena,
            char *object)
{
    void *member = object + field->offset;
    switch (field->type) {
    case FIELD_TEXT:
        *(const char **)member =
            arena_printf(arena, "%s \"%d\" \\ caf\u00e9\n\U0001F600", field->name, number);
        break;
    case FIELD_ENUM:
        *(const char **)member = field->values->values[(size_t)number % values_len(field->values)];
        break;
    case FIELD_TIME:
        *(int64_t *)member = INT64_C(1774000000000) + number * MINUTE_MS + number % 3;
        break;
    case FIELD_INTEGER:
        *(int64_t *)member = number + 1;
        break;
    case FIELD_REAL:
        *(double *)member = number + 1.25;
        break;
    case FIELD_BOOLEAN:
        *(bool *)member = true;
        break;
    case FIELD_OBJECT:
        *(const char **)member = arena_printf(arena, "{\"k\":%d}", number);
        break;
    case FIELD_ARRAY:
        *(const char **)member = arena_printf(arena, "[\"k\",%d]", number);
        break;
    case FIELD_LIST: {
        enum { ITEMS = 2 };
        size_t size = field->item->struct_size;
        char *items = arena_alloc_array(arena, ITEMS, size);
        for (int i = 0; i < ITEMS; i++)
            memcpy(items + (size_t)i * size, instance_make(field->item, fill, number + i, arena),
                   size);
        *(const void **)member = items;
        *(size_t *)(object + field->len_offset) = ITEMS;
        break;
    }
    }
}

void *
instance_make(const struct field_table *table, enum instance_fill fill, int seed,
              struct arena *arena)
{
    char *object = arena_alloc(arena, table->struct_size);
    for (size_t i = 0; i < table->fields_len; i++) {
        const struct field *field = &table->fields[i];
        if (field_type_is_text(field->type))
            *(const char **)(object + field->offset) = "";
        if (field->flags & FIELD_LOCAL)
            continue;
        if (fill == INSTANCE_FULL || is_minimal(table, field))
            fill_member(field, fill, seed * 100 + (int)i, arena, object);
    }
    if (table->json_offset != SIZE_MAX)
        *(const char **)(object + table->json_offset) = "";
    return object;
}

static bool
differs(const struct field *field, const char *a, const char *b)
{
    a += field->offset;
    b += field->offset;
    switch (field->type) {
    case FIELD_TIME:
    case FIELD_INTEGER:
        return *(const int64_t *)a != *(const int64_t *)b;
    case FIELD_REAL:
        return *(const double *)a != *(const double *)b;
    case FIELD_BOOLEAN:
        return *(const bool *)a != *(const bool *)b;
    default:
        return !text_equals(*(const char *const *)a, *(const char *const *)b);
    }
}

static const char *
list_difference(const struct field *field, const char *a, const char *b)
{
    size_t len = *(const size_t *)(a + field->len_offset);
    if (len != *(const size_t *)(b + field->len_offset))
        return field->name;
    size_t size = field->item->struct_size;
    for (size_t i = 0; i < len; i++) {
        const char *found = instance_difference(field->item, text_of(field, a) + i * size,
                                                text_of(field, b) + i * size);
        if (found)
            return found;
    }
    return NULL;
}

const char *
instance_difference(const struct field_table *table, const void *a, const void *b)
{
    for (size_t i = 0; i < table->fields_len; i++) {
        const struct field *field = &table->fields[i];
        if (field->flags & FIELD_LOCAL)
            continue;
        if (field->type == FIELD_LIST) {
            const char *found = list_difference(field, a, b);
            if (found)
                return found;
        } else if (differs(field, a, b)) {
            return field->name;
        }
    }
    return NULL;
}
