#include "wire/wire_internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

/* Where we are, for errors: built on the stack, spelled out only when something is wrong. */
struct place {
    const struct place *outer;
    const char *name; /* NULL: element `index` */
    size_t index;
};

struct reader {
    struct arena *arena; /* of the result */
    struct error *err;
    const char *where;
    bool wants_id; /* upstream's objects have one; a request to create has none */
    const struct field_table *table;
    struct wire_request
        *request; /* NULL: an object of upstream's, which may have more or less than we know */
};

static const char *
spell(const struct place *place, const char *where, struct arena *arena)
{
    if (!place)
        return where;
    const char *outer = spell(place->outer, where, arena);
    const char *dot = outer[0] ? "." : "";
    return place->name ? arena_printf(arena, "%s%s%s", outer, dot, place->name)
                       : arena_printf(arena, "%s%s%zu", outer, dot, place->index);
}

static bool
unexpected(const struct reader *reader, const struct place *place, const char *wanted,
           const cJSON *item)
{
    struct arena scratch = {0};
    error_set(reader->err, ERROR_PROTOCOL, "%s: expected %s, got %s",
              spell(place, reader->where, &scratch), wanted, wire_tree_describe(item, &scratch));
    if (reader->request && place) {
        reader->request->code = "invalid_value";
        reader->request->field = arena_text(reader->arena, spell(place, "", &scratch));
    }
    arena_finish(&scratch);
    return false;
}

/* What is wrong with a request, and where. */
static bool
refuse(const struct reader *reader, const struct place *place, const char *code,
       const char *complaint)
{
    struct wire_request *request = reader->request;
    request->field = arena_text(reader->arena, spell(place, "", reader->arena));
    request->code = code;
    return error_set(reader->err, ERROR_INVALID, "'%s' %s", request->field, complaint);
}

static bool read_object(const struct reader *reader, const struct wire_shape *shape,
                        const cJSON *tree, const struct place *place, void *object);

static bool
read_list(const struct reader *reader, const struct wire_node *node, const cJSON *item,
          const struct place *place, char *object)
{
    if (!cJSON_IsArray(item))
        return unexpected(reader, place, "an array", item);
    const struct field_table *table = node->item->table;
    size_t len = 0;
    for (const cJSON *element = item->child; element; element = element->next)
        len++;
    char *items = arena_alloc_array(reader->arena, len, table->struct_size);
    size_t index = 0;
    for (const cJSON *element = item->child; element; element = element->next, index++) {
        struct place at = {.outer = place, .index = index};
        if (!read_object(reader, node->item, element, &at, items + index * table->struct_size))
            return false;
    }
    *(const void **)(object + node->field->offset) = items;
    *(size_t *)(object + node->field->len_offset) = len;
    return true;
}

static const char *
one_of(const struct enumeration *enumeration, struct arena *arena)
{
    const char *text = "one of";
    for (size_t i = 0; enumeration->values[i]; i++)
        text = arena_printf(arena, "%s%s %s", text, i ? "," : "", enumeration->values[i]);
    return text;
}

static bool
read_value(const struct reader *reader, const struct wire_node *node, const cJSON *item,
           const struct place *place, char *object)
{
    const struct field *field = node->field;
    void *member = object + field->offset;

    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_ENUM:
        if (!cJSON_IsString(item))
            return unexpected(reader, place, "a string", item);
        if (item->valuestring[0])
            *(const char **)member = arena_text(reader->arena, item->valuestring);
        if (reader->request && field->values && item->valuestring[0] &&
            !enumeration_has(field->values, item->valuestring))
            return unexpected(reader, place, one_of(field->values, reader->arena), item);
        return true;
    case FIELD_TIME:
        if (cJSON_IsString(item) && item->valuestring[0] == '\0')
            return true;
        if (!cJSON_IsString(item) || !time_from_rfc3339(item->valuestring, member))
            return unexpected(reader, place, "a time", item);
        return true;
    case FIELD_INTEGER:
        if (!cJSON_IsNumber(item) || fabs(item->valuedouble) > WIRE_INTEGER_MAX ||
            item->valuedouble != trunc(item->valuedouble))
            return unexpected(reader, place, "an integer", item);
        *(int64_t *)member = (int64_t)item->valuedouble;
        return true;
    case FIELD_REAL:
        if (!cJSON_IsNumber(item) || !isfinite(item->valuedouble))
            return unexpected(reader, place, "a number", item);
        *(double *)member = item->valuedouble;
        return true;
    case FIELD_BOOLEAN:
        if (!cJSON_IsBool(item))
            return unexpected(reader, place, "true or false", item);
        *(bool *)member = cJSON_IsTrue(item);
        return true;
    case FIELD_OBJECT:
        if (!cJSON_IsObject(item))
            return unexpected(reader, place, "an object", item);
        *(const char **)member = arena_text(reader->arena, cJSON_PrintUnformatted(item));
        return true;
    case FIELD_ARRAY:
        if (!cJSON_IsArray(item))
            return unexpected(reader, place, "an array", item);
        *(const char **)member = arena_text(reader->arena, cJSON_PrintUnformatted(item));
        return true;
    case FIELD_LIST:
        return read_list(reader, node, item, place, object);
    }
    return true;
}

/* `previous` is the sibling matched last: what followed it in the object before follows it in this
 * one. */
static struct wire_node *
find_child(const struct wire_node *node, struct wire_node *previous, const char *name)
{
    struct wire_node *guess = previous ? previous->follower : &node->children[0];
    if (strcmp(guess->name, name) == 0)
        return guess;
    for (size_t i = 0; i < node->children_len; i++, guess = guess->next)
        if (strcmp(guess->name, name) == 0) {
            if (previous)
                previous->follower = guess;
            return guess;
        }
    return NULL;
}

/* What a request must have is there, and not as an empty text. */
static bool
check_required(const struct reader *reader, const struct wire_node *node, const cJSON *tree,
               const struct place *place)
{
    for (size_t i = 0; i < node->children_len; i++) {
        const struct wire_node *child = &node->children[i];
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(tree, child->name);
        struct place at = {.outer = place, .name = child->name};
        bool required = child->field ? child->field->flags & FIELD_REQUIRED : child->required;
        if (required && (!item || cJSON_IsNull(item) ||
                         (cJSON_IsString(item) &&
                          item->valuestring[strspn(item->valuestring, " \t\r\n")] == '\0')))
            return refuse(reader, &at, "is_required", "is missing");
    }
    return true;
}

/* Notes that the request says something about one of its table's members. */
static void
note_given(const struct reader *reader, const struct field *field)
{
    size_t index = (size_t)(field - reader->table->fields);
    if (field >= reader->table->fields && index < reader->table->fields_len) /* not an item's */
        reader->request->given |= UINT64_C(1) << index;
}

static bool
read_members(const struct reader *reader, const struct wire_node *node, const cJSON *tree,
             const struct place *place, char *object)
{
    struct wire_node *previous = NULL;
    if (reader->request && !check_required(reader, node, tree, place))
        return false;
    for (const cJSON *item = tree->child; item; item = item->next) {
        struct wire_node *child = find_child(node, previous, item->string);
        struct place at = {.outer = place, .name = child ? child->name : item->string};
        if (!child && reader->request)
            return refuse(reader, &at, "unknown_field", "is not a field of this request");
        if (!child)
            continue;
        previous = child;
        if (reader->request && child->field)
            note_given(reader, child->field);
        if (cJSON_IsNull(item))
            continue;
        if (child->field) {
            if (!read_value(reader, child, item, &at, object))
                return false;
        } else {
            if (!cJSON_IsObject(item))
                return unexpected(reader, &at, "an object", item);
            if (!read_members(reader, child, item, &at, object))
                return false;
        }
    }
    return true;
}

static bool
check_id(const struct reader *reader, const struct wire_shape *shape, const struct place *place,
         const void *object)
{
    if (!reader->wants_id || !shape->id || wire_text_at(shape->id, object)[0])
        return true;
    struct arena scratch = {0};
    struct place at = {.outer = place, .name = shape->id->path};
    error_set(reader->err, ERROR_PROTOCOL, "%s: required, but missing or empty",
              spell(&at, reader->where, &scratch));
    arena_finish(&scratch);
    return false;
}

static bool
read_object(const struct reader *reader, const struct wire_shape *shape, const cJSON *tree,
            const struct place *place, void *object)
{
    memcpy(object, shape->blank, shape->table->struct_size);
    if (!cJSON_IsObject(tree))
        return unexpected(reader, place, "an object", tree);
    if (shape->root.children_len == 0)
        return true;
    return read_members(reader, &shape->root, tree, place, object) &&
           check_id(reader, shape, place, object);
}

bool
wire_read_tree(const struct wire_shape *shape, const cJSON *tree, const char *where, bool wants_id,
               struct arena *arena, void *object, struct error *err)
{
    struct reader reader = {
        .arena = arena, .err = err, .where = where, .wants_id = wants_id, .table = shape->table};
    return read_object(&reader, shape, tree, NULL, object);
}

bool
wire_read_request(const struct field_table *table, struct slice body, struct arena *arena,
                  void *object, struct wire_request *request, struct error *err)
{
    const struct wire_shape *shape = wire_shape_of(table);
    struct arena scratch = {0};
    bool done = false;

    *request = (struct wire_request){.field = "", .code = "invalid_value"};
    assert(table->fields_len <= 64); /* the bits of `given` */
    struct reader reader = {
        .arena = arena, .err = err, .where = "", .table = table, .request = request};
    if (!text_is_valid_utf8(body.data, body.len))
        return error_set(err, ERROR_INVALID, "the body is not UTF-8");
    if (wire_check_text(&body, "the body", &scratch, err)) {
        const char *problem = wire_scan_problem(body);
        cJSON *tree = problem ? NULL : wire_tree_parse(wire_scan_trim(body), &scratch);
        if (!tree)
            (void)error_set(err, ERROR_INVALID, "the body %s",
                            problem ? problem : "is not valid JSON"); /* it is false */
        else if (!cJSON_IsObject(tree))
            (void)error_set(err, ERROR_INVALID, "the body is not an object");
        else
            done = read_object(&reader, shape, tree, NULL, object);
    }
    arena_finish(&scratch);
    if (!done && err)
        err->code = ERROR_INVALID;
    return done;
}

bool
wire_request_has(const struct field_table *table, const struct wire_request *request,
                 const char *name)
{
    const struct field *field = field_find(table, name);
    assert(field);
    return request->given >> (field - table->fields) & 1;
}
