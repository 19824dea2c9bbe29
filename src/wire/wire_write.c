#include "wire/wire_internal.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

/* Year 1 is what servers of this family send for "unset", and what reading gives back as 0. */
static const char unset_time[] = "0001-01-01T00:00:00Z";

/* ---- members ---- */

const char *
wire_text_at(const struct field *field, const void *object)
{
    const char *text = *(const char *const *)((const char *)object + field->offset);
    return text ? text : "";
}

static int64_t
integer_at(const struct field *field, const void *object)
{
    return *(const int64_t *)((const char *)object + field->offset);
}

static double
real_at(const struct field *field, const void *object)
{
    double value;
    memcpy(&value, (const char *)object + field->offset, sizeof value);
    return value;
}

static bool
boolean_at(const struct field *field, const void *object)
{
    return *(const bool *)((const char *)object + field->offset);
}

static size_t
list_len_at(const struct field *field, const void *object)
{
    return *(const size_t *)((const char *)object + field->len_offset);
}

static const char *
list_item_at(const struct field *field, const void *object, size_t index)
{
    const char *items = *(const char *const *)((const char *)object + field->offset);
    return items + index * field->item->struct_size;
}

static bool
is_set(const struct field *field, const void *object)
{
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_ENUM:
    case FIELD_OBJECT:
    case FIELD_ARRAY:
        return wire_text_at(field, object)[0] != '\0';
    case FIELD_TIME:
    case FIELD_INTEGER:
        return integer_at(field, object) != 0;
    case FIELD_REAL:
        return real_at(field, object) != 0;
    case FIELD_BOOLEAN:
        return boolean_at(field, object);
    case FIELD_LIST:
        return list_len_at(field, object) != 0;
    }
    return false;
}

static bool items_equal(const struct field_table *table, const void *a, const void *b);

static bool
is_equal(const struct field *field, const void *a, const void *b)
{
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_ENUM:
    case FIELD_OBJECT:
    case FIELD_ARRAY:
        return strcmp(wire_text_at(field, a), wire_text_at(field, b)) == 0;
    case FIELD_TIME:
    case FIELD_INTEGER:
        return integer_at(field, a) == integer_at(field, b);
    case FIELD_REAL:
        return real_at(field, a) == real_at(field, b);
    case FIELD_BOOLEAN:
        return boolean_at(field, a) == boolean_at(field, b);
    case FIELD_LIST: {
        size_t len = list_len_at(field, a);
        if (len != list_len_at(field, b))
            return false;
        for (size_t i = 0; i < len; i++)
            if (!items_equal(field->item, list_item_at(field, a, i), list_item_at(field, b, i)))
                return false;
        return true;
    }
    }
    return false;
}

static bool
items_equal(const struct field_table *table, const void *a, const void *b)
{
    for (size_t i = 0; i < table->fields_len; i++)
        if (!(table->fields[i].flags & FIELD_LOCAL) && !is_equal(&table->fields[i], a, b))
            return false;
    return true;
}

static bool
any_set(const struct wire_node *node, const void *object)
{
    if (node->field)
        return is_set(node->field, object);
    for (size_t i = 0; i < node->children_len; i++)
        if (any_set(&node->children[i], object))
            return true;
    return false;
}

/* ---- a struct over a tree ---- */

static cJSON *
get(const cJSON *tree, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(tree, name);
}

/* The member's value replaces the one of that name; its place among the others stays. */
static void
put(cJSON *tree, const char *name, cJSON *value)
{
    if (get(tree, name))
        cJSON_ReplaceItemInObjectCaseSensitive(tree, name, value);
    else
        cJSON_AddItemToObject(tree, name, value);
}

static void
drop(cJSON *tree, const char *name)
{
    cJSON_DeleteItemFromObjectCaseSensitive(tree, name);
}

static bool write_members(const struct wire_node *node, cJSON *tree, const void *object,
                          const void *base);

/* The item of the old list that is about the same thing: its first member, the id, is equal. */
static const cJSON *
find_base(const struct field *field, const cJSON *old, const void *item, const void *base,
          const void **base_item)
{
    const struct field *id = &field->item->fields[0];
    if (!base || !cJSON_IsArray(old) || id->type != FIELD_TEXT)
        return NULL;
    size_t len = list_len_at(field, base);
    const cJSON *element = old->child;
    for (size_t i = 0; i < len && element; i++, element = element->next) {
        *base_item = list_item_at(field, base, i);
        if (is_equal(id, item, *base_item))
            return element;
    }
    return NULL;
}

static cJSON *
list_value(const struct wire_node *node, const cJSON *old, const void *object, const void *base)
{
    const struct field *field = node->field;
    cJSON *array = cJSON_CreateArray();
    size_t len = list_len_at(field, object);
    for (size_t i = 0; i < len; i++) {
        const void *item = list_item_at(field, object, i);
        const void *base_item = NULL;
        const cJSON *before = find_base(field, old, item, base, &base_item);
        cJSON *element = before ? cJSON_Duplicate(before, true) : cJSON_CreateObject();
        (void)write_members(&node->item->root, element, item, before ? base_item : NULL);
        cJSON_AddItemToArray(array, element);
    }
    return array;
}

/* Raw JSON of our own or validated when it came in: anything else is a bug. */
static cJSON *
raw_value(const char *json, cJSON *(*empty)(void))
{
    if (json[0] == '\0')
        return empty();
    cJSON *value = cJSON_Parse(json);
    assert(value);
    return value;
}

static cJSON *
text_value(const struct field *field, const void *object)
{
    const char *text = wire_text_at(field, object);
    if (text[0] == '\0' && field->values)
        text = field->values->unset;
    return cJSON_CreateString(text);
}

static cJSON *
new_value(const struct wire_node *node, const cJSON *old, const void *object, const void *base)
{
    const struct field *field = node->field;
    char text[RFC3339_SIZE];
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_ENUM:
        return text_value(field, object);
    case FIELD_TIME:
        return cJSON_CreateString(
            is_set(field, object) ? time_to_rfc3339(integer_at(field, object), text) : unset_time);
    case FIELD_INTEGER:
        (void)snprintf(text, sizeof text, "%lld", (long long)integer_at(field, object)); /* fits */
        return cJSON_CreateRaw(text);
    case FIELD_REAL:
        return cJSON_CreateNumber(real_at(field, object));
    case FIELD_BOOLEAN:
        return cJSON_CreateBool(boolean_at(field, object));
    case FIELD_OBJECT:
        return raw_value(wire_text_at(field, object), cJSON_CreateObject);
    case FIELD_ARRAY:
        return raw_value(wire_text_at(field, object), cJSON_CreateArray);
    case FIELD_LIST:
        return list_value(node, old, object, base);
    }
    return NULL;
}

/* base NULL: the tree's object is new. Returns whether the tree was changed. */
static bool
write_leaf(const struct wire_node *child, cJSON *tree, const void *object, const void *base)
{
    const struct field *field = child->field;
    cJSON *old = get(tree, child->name);
    bool set = is_set(field, object);
    if (base && is_equal(field, object, base)) {
        if (!set && cJSON_IsNull(old)) {
            drop(tree, child->name);
            return true;
        }
        return false;
    }
    if (set || (field->flags & FIELD_REQUIRED)) {
        put(tree, child->name, new_value(child, old, object, base));
        return true;
    }
    if (old)
        drop(tree, child->name);
    return old != NULL;
}

static bool
write_group(const struct wire_node *child, cJSON *tree, const void *object, const void *base)
{
    cJSON *old = get(tree, child->name);
    bool set = any_set(child, object);
    bool was_set = base && any_set(child, base);
    bool wanted = set || child->required;
    if (cJSON_IsObject(old) && (wanted || !was_set))
        return write_members(child, old, object, base);
    if (set || (wanted && !base)) {
        cJSON *fresh = cJSON_CreateObject();
        (void)write_members(child, fresh, object, NULL);
        put(tree, child->name, fresh);
        return true;
    }
    if (old && !wanted)
        drop(tree, child->name);
    return old && !wanted;
}

static bool
write_members(const struct wire_node *node, cJSON *tree, const void *object, const void *base)
{
    bool changed = false;
    for (size_t i = 0; i < node->children_len; i++) {
        const struct wire_node *child = &node->children[i];
        if (child->field ? write_leaf(child, tree, object, base)
                         : write_group(child, tree, object, base))
            changed = true;
    }
    return changed;
}

const char *
wire_write_object(const struct field_table *table, const void *object, struct arena *arena)
{
    const struct wire_shape *shape = wire_shape_of(table);
    struct arena scratch = {0};
    wire_tree_use(&scratch);

    const char *json = "";
    if (table->json_offset != SIZE_MAX)
        json = *(const char *const *)((const char *)object + table->json_offset);
    cJSON *tree = NULL;
    void *base = NULL;
    if (!text_is_empty(json)) {
        tree = cJSON_Parse(json);
        base = arena_alloc(&scratch, table->struct_size);
        bool read = tree && wire_read_tree(shape, tree, table->name, false, &scratch, base, NULL);
        assert(read); /* it was read before, or it would not be there */
    } else {
        tree = cJSON_CreateObject();
    }
    bool changed = write_members(&shape->root, tree, object, base);
    const char *text = arena_text(arena, changed || !base ? cJSON_PrintUnformatted(tree) : json);
    arena_finish(&scratch);
    return text;
}

/* ---- pieces ---- */

void
wire_append_string(struct str *out, const char *text)
{
    str_append_char(out, '"');
    for (const char *at = text; *at; at++) {
        unsigned char c = (unsigned char)*at;
        if (c == '"' || c == '\\') {
            str_append_char(out, '\\');
            str_append_char(out, *at);
        } else if (c == '\n') {
            str_append(out, "\\n");
        } else if (c == '\t') {
            str_append(out, "\\t");
        } else if (c < 0x20 || c == 0x7f) {
            str_printf(out, "\\u%04x", c);
        } else {
            str_append_char(out, *at);
        }
    }
    str_append_char(out, '"');
}

bool
wire_is_valid(struct slice json)
{
    struct arena scratch = {0};
    bool valid = text_is_valid_utf8(json.data, json.len) &&
                 wire_check_text(&json, "text", &scratch, NULL) && !wire_scan_problem(json) &&
                 wire_tree_parse(json, &scratch);
    arena_finish(&scratch);
    return valid;
}
