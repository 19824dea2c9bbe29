#include "hub/attribute_value.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/derive.h"
#include "wire/wire.h"

static void
add(struct attribute_values *values, const struct alert_attribute_value *value, struct arena *arena)
{
    if (values->len == ATTRIBUTE_VALUES_MAX) {
        values->problem = "there are more than 200 values";
        return;
    }
    if (values->len == values->capacity) {
        values->capacity = values->capacity ? 2 * values->capacity : 4;
        struct alert_attribute_value *more =
            arena_new_array(arena, values->capacity, struct alert_attribute_value);
        if (values->len)
            memcpy(more, values->items, values->len * sizeof *more);
        values->items = more;
    }
    values->items[values->len++] = *value;
}

/* "Team" of CatalogEntry["Team"]; NULL for another type. */
static const char *
catalog_type(const char *type, struct arena *arena)
{
    static const char before[] = "CatalogEntry[\"";
    const char *name = type + sizeof before - 1, *end;
    if (strncmp(type, before, sizeof before - 1) != 0 || !(end = strchr(name, '"')))
        return NULL;
    return arena_text_len(arena, name, (size_t)(end - name));
}

static bool
find_entry(struct store *store, const char *type, const char *text, struct arena *arena,
           struct alert_attribute_value *value, bool *found, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_CATALOG_FIND, &statement, err))
        return false;
    bind_text(statement, "type", type);
    bind_text(statement, "text", text);
    if (!statement_step(statement, found, err))
        return false;
    if (*found) {
        value->catalog_entry_id = row_text(statement, arena, 0);
        value->catalog_entry_name = row_text(statement, arena, 1);
        value->catalog_entry_catalog_type_id = type;
        value->label = value->catalog_entry_name;
        statement_reset(statement);
    }
    return true;
}

static bool
is_number(const char *text)
{
    char *end;
    (void)strtod(text, &end); /* only whether it is one */
    return end != text && *end == '\0' && strspn(text, "0123456789+-.eE") == strlen(text);
}

/* kind: the first character of the JSON that the text was. */
static bool
add_text(struct store *store, const struct alert_attribute *attribute, const char *text, char kind,
         struct arena *arena, struct attribute_values *values, struct error *err)
{
    struct alert_attribute_value value;
    bool found, is_boolean = strcmp(text, "true") == 0 || strcmp(text, "false") == 0;
    const char *type = catalog_type(attribute->type, arena);
    object_clear(&alert_attribute_value_table, &value);
    if (kind == 'n' || *text == '\0')
        return true;
    if (strlen(text) > ATTRIBUTE_VALUE_MAX_BYTES) {
        values->problem = "its value is longer than 4000 bytes";
        return true;
    }
    if (strcmp(attribute->type, "Bool") == 0 && !is_boolean) {
        values->problem =
            arena_printf(arena, "expected true or false, got '%s'", text_clean(arena, text, 60));
        return true;
    }
    if (strcmp(attribute->type, "Number") == 0 && !is_number(text)) {
        values->problem =
            arena_printf(arena, "expected a number, got '%s'", text_clean(arena, text, 60));
        return true;
    }
    if (!type) {
        value.literal = value.label = text;
        add(values, &value, arena);
        return true;
    }
    if (!find_entry(store, type, text, arena, &value, &found, err))
        return false;
    if (found)
        add(values, &value, arena);
    else if (strcmp(type, "Team") == 0 || strcmp(type, "User") == 0)
        values->problem =
            arena_printf(arena, "there is no %s '%s'", type, text_clean(arena, text, 60));
    else
        values->problem =
            arena_printf(arena, "this hub keeps no catalog of '%s'", text_clean(arena, type, 60));
    return true;
}

static bool
add_element(struct store *store, const struct alert_attribute *attribute,
            const struct wire_document *document, const char *path, struct arena *arena,
            struct attribute_values *values, struct error *err)
{
    const char *json = wire_document_json(document, arena, path);
    if (*json == '[' || *json == '{') {
        values->problem = *json == '{' ? "expected a text, number or boolean, got an object"
                                       : "expected one value, got an array";
        return true;
    }
    return add_text(store, attribute, wire_document_text(document, arena, path), *json, arena,
                    values, err);
}

bool
attribute_values_add(struct store *store, const struct alert_attribute *attribute, const char *json,
                     struct arena *arena, struct attribute_values *values, struct error *err)
{
    struct wire_document *document;
    if (!wire_document_read(slice_of(json), &document, err)) {
        values->problem = arena_text(arena, err->message);
        return true;
    }
    bool ok = true;
    if (attribute->array && *json == '[') {
        size_t len = wire_document_count(document, "");
        values->problem =
            len > ATTRIBUTE_VALUES_MAX ? "there are more than 200 values" : values->problem;
        for (size_t i = 0; ok && i < len && i < ATTRIBUTE_VALUES_MAX; i++)
            ok = add_element(store, attribute, document, arena_printf(arena, "%zu", i), arena,
                             values, err);
    } else {
        ok = add_element(store, attribute, document, "", arena, values, err);
    }
    wire_document_destroy(document);
    return ok;
}

/* ---- ranks ---- */

static bool
severity_rank(struct store *store, const char *text, bool *found, double *rank, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_SEVERITY_RANK, &statement, err))
        return false;
    bind_text(statement, "text", text);
    if (!statement_step(statement, found, err))
        return false;
    if (*found) {
        *rank = (double)row_integer(statement, 0);
        statement_reset(statement);
    }
    return true;
}

bool
attribute_value_compare(struct store *store, const char *a, const char *b, int *order,
                        bool *comparable, struct error *err)
{
    double rank_a = 0, rank_b = 0;
    bool has_a = is_number(a), has_b = is_number(b);
    if (has_a && has_b) {
        rank_a = strtod(a, NULL);
        rank_b = strtod(b, NULL);
    } else if (!severity_rank(store, a, &has_a, &rank_a, err) ||
               !severity_rank(store, b, &has_b, &rank_b, err)) {
        return false;
    }
    if (!has_a || !has_b) { /* words that mean a severity: the digit 1 is the worst */
        rank_a = -severity_digit_from_word(&derivation_default, a);
        rank_b = -severity_digit_from_word(&derivation_default, b);
        has_a = rank_a < 0;
        has_b = rank_b < 0;
    }
    *comparable = has_a && has_b;
    *order = !*comparable ? 0 : rank_a > rank_b ? 1 : rank_a < rank_b ? -1 : 0;
    return true;
}
