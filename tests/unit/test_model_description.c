/*
 * The field tables against the published API description, where that file lies beside the project:
 * every property is there, required and typed as described; what we write is valid; what is
 * described survives reading and writing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/support/instance.h"
#include "wire/wire_internal.h"

static const char description_path[] = "../shared/reference/incident-openapi.json";
static const cJSON *description;
static struct arena description_arena;

static int
load_description(void **state)
{
    (void)state;
    FILE *file = fopen(description_path, "rb");
    if (!file)
        return 0;
    struct str text;
    str_init(&text, (size_t)16 << 20);
    char chunk[65536];
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, file)) > 0;)
        str_append_len(&text, chunk, got);
    fclose(file);
    description = wire_tree_parse(str_slice(&text), &description_arena);
    str_finish(&text);
    return description ? 0 : -1;
}

static int
drop_description(void **state)
{
    (void)state;
    arena_finish(&description_arena);
    return 0;
}

static const cJSON *
get(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const char *
text(const cJSON *object, const char *name)
{
    const cJSON *item = get(object, name);
    return cJSON_IsString(item) ? item->valuestring : "";
}

static const cJSON *
resolve(const cJSON *schema)
{
    static const char prefix[] = "#/components/schemas/";
    const char *ref;
    while (schema && strncmp(ref = text(schema, "$ref"), prefix, sizeof prefix - 1) == 0)
        schema = get(get(get(description, "components"), "schemas"), ref + sizeof prefix - 1);
    return schema;
}

static const cJSON *
property(const cJSON *schema, const char *name)
{
    return resolve(get(get(schema, "properties"), name));
}

/* Schema of what GET on a path answers. */
static const cJSON *
answer_of(const char *path)
{
    const cJSON *answer =
        get(get(get(get(get(description, "paths"), path), "get"), "responses"), "200");
    const cJSON *content = get(answer, "content");
    return content ? resolve(get(content->child, "schema")) : NULL;
}

/* The single GET's object is the complete one (routes); not every kind has one. NULL: not
 * described. */
static const cJSON *
schema_of(enum kind kind)
{
    const struct kind_info *info = kind_info(kind);
    struct arena scratch = {0};
    const cJSON *one = answer_of(arena_printf(&scratch, "%s/{id}", info->path));
    arena_finish(&scratch);
    if (one)
        return property(one, info->one);
    const cJSON *list = property(answer_of(info->path), info->many);
    if (kind == KIND_SCHEDULE_ENTRY)
        list = property(list, "final");
    return list ? resolve(get(list, "items")) : NULL;
}

static bool
is_required(const cJSON *schema, const char *name)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, get(schema, "required"))
    {
        if (strcmp(item->valuestring, name) == 0)
            return true;
    }
    return false;
}

/* ---- table against schema ---- */

static const char *const type_names[] = {
    [FIELD_TEXT] = "string",     [FIELD_ENUM] = "string", [FIELD_TIME] = "string",
    [FIELD_INTEGER] = "integer", [FIELD_REAL] = "number", [FIELD_BOOLEAN] = "boolean",
    [FIELD_OBJECT] = "object",   [FIELD_ARRAY] = "array", [FIELD_LIST] = "array",
};

/* An actor is one struct everywhere, though each resource describes only some of its variants. */
static bool
may_be_undescribed(const char *name)
{
    return strcmp(name, "api_key") == 0 || strcmp(name, "alert") == 0 ||
           strcmp(name, "workflow") == 0;
}

static int complaints;

static void
complain(const char *where, const char *name, const char *what)
{
    print_error("%s.%s: %s\n", where, name, what);
    complaints++;
}

static void
compare_enumeration(const struct field *field, const cJSON *schema, const char *where)
{
    const cJSON *values = get(schema, "enum");
    const cJSON *item;
    size_t described = 0, known = 0;
    cJSON_ArrayForEach(item, values)
    {
        described++;
        if (!enumeration_has(field->values, item->valuestring))
            complain(where, field->name, item->valuestring);
    }
    while (field->values->values[known])
        known++;
    if (described != known)
        complain(where, field->name, "has other values");
}

static void
compare_leaf(const struct field *field, const cJSON *schema, const char *where)
{
    if (strcmp(text(schema, "type"), type_names[field->type]) != 0)
        complain(where, field->name, "has another type");
    bool is_time = strcmp(text(schema, "format"), "date-time") == 0;
    /* described as any string, but a time in every example */
    bool loose =
        strcmp(where, "postmortem_document") == 0 && strcmp(field->name, "updated_at") == 0;
    if (is_time != (field->type == FIELD_TIME) && !loose)
        complain(where, field->name, "is or is not a time");
    if ((get(schema, "enum") != NULL) != (field->type == FIELD_ENUM))
        complain(where, field->name, "is or is not an enumeration");
    else if (field->type == FIELD_ENUM)
        compare_enumeration(field, schema, where);
}

static void
compare(const struct wire_node *node, const cJSON *schema, const char *where)
{
    struct arena scratch = {0};
    for (size_t i = 0; i < node->children_len; i++) {
        const struct wire_node *child = &node->children[i];
        const cJSON *described = property(schema, child->name);
        const char *deeper = arena_printf(&scratch, "%s.%s", where, child->name);
        if (!described) {
            if (child->field || !may_be_undescribed(child->name))
                complain(where, child->name, "is not described");
            continue;
        }
        bool required =
            child->field ? (child->field->flags & FIELD_REQUIRED) != 0 : child->required;
        /* only the outermost object can say so itself; below it the description requires none */
        if (required != is_required(schema, child->name))
            complain(where, child->name, "is or is not required");
        if (child->field)
            compare_leaf(child->field, described, where);
        else
            compare(child, described, deeper);
        if (child->item)
            compare(&child->item->root, resolve(get(described, "items")), deeper);
    }
    const cJSON *each;
    cJSON_ArrayForEach(each, get(schema, "properties"))
    {
        bool known = false;
        for (size_t i = 0; i < node->children_len; i++)
            known = known || strcmp(node->children[i].name, each->string) == 0;
        if (!known)
            complain(where, each->string, "is described, but no member");
    }
    arena_finish(&scratch);
}

static void
field_tables_agree_with_the_description(void **state)
{
    (void)state;
    if (!description)
        skip();
    for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
        const struct kind_info *info = kind_info(kind);
        const cJSON *schema = schema_of(kind);
        if (!schema) {
            assert_int_equal(kind, KIND_INCIDENT_TIMELINE_ITEM); /* newer than the description */
            continue;
        }
        compare(&wire_shape_of(info->fields)->root, schema, info->table);
    }
    compare(&wire_shape_of(&identity_table)->root, property(answer_of("/v1/identity"), "identity"),
            "identity");
    assert_int_equal(complaints, 0);
}

/* ---- what we write against the schema ---- */

static bool
has_type(const cJSON *item, const char *type)
{
    if (strcmp(type, "string") == 0)
        return cJSON_IsString(item);
    if (strcmp(type, "integer") == 0)
        return cJSON_IsNumber(item) && item->valuedouble == (double)(int64_t)item->valuedouble;
    if (strcmp(type, "number") == 0)
        return cJSON_IsNumber(item);
    if (strcmp(type, "boolean") == 0)
        return cJSON_IsBool(item);
    if (strcmp(type, "array") == 0)
        return cJSON_IsArray(item);
    return cJSON_IsObject(item);
}

static bool
is_value_of(const cJSON *item, const cJSON *values)
{
    const cJSON *value;
    cJSON_ArrayForEach(value, values)
    {
        if (cJSON_IsString(item) && strcmp(value->valuestring, item->valuestring) == 0)
            return true;
    }
    return values == NULL;
}

static void
validate(const cJSON *item, const cJSON *schema, const char *where, const char *name)
{
    int64_t ms;
    schema = resolve(schema);
    if (!has_type(item, text(schema, "type"))) {
        complain(where, name, "is written with another type");
        return;
    }
    if (!is_value_of(item, get(schema, "enum")))
        complain(where, name, item->valuestring);
    if (strcmp(text(schema, "format"), "date-time") == 0 &&
        !time_from_rfc3339(item->valuestring, &ms))
        complain(where, name, "is not a time");
    const cJSON *required;
    cJSON_ArrayForEach(required, get(schema, "required"))
    {
        if (!get(item, required->valuestring))
            complain(name, required->valuestring, "is required and not written");
    }
    for (const cJSON *child = item->child; child; child = child->next) {
        if (cJSON_IsArray(item))
            validate(child, get(schema, "items"), name, "[]");
        else if (property(schema, child->string))
            validate(child, property(schema, child->string), name, child->string);
    }
}

/* ---- an example of everything a schema describes ---- */

enum { SAMPLE_DEPTH_MAX = 12 }; /* escalation paths nest without end */

static cJSON *
sample(const cJSON *schema, const char *name, int depth)
{
    schema = resolve(schema);
    const char *type = text(schema, "type");
    const cJSON *values = get(schema, "enum");
    if (strcmp(type, "string") == 0) {
        if (values)
            return cJSON_CreateString(values->child->valuestring);
        size_t len = name ? strlen(name) : 0;
        bool is_time = strcmp(text(schema, "format"), "date-time") == 0 ||
                       (len > 3 && strcmp(name + len - 3, "_at") == 0);
        return cJSON_CreateString(is_time ? "2026-03-23T03:12:00Z" : "some text");
    }
    if (strcmp(type, "integer") == 0)
        return cJSON_CreateNumber(7);
    if (strcmp(type, "number") == 0)
        return cJSON_CreateNumber(7.25);
    if (strcmp(type, "boolean") == 0)
        return cJSON_CreateTrue();
    if (strcmp(type, "array") == 0) {
        cJSON *array = cJSON_CreateArray();
        for (int i = 0; i < 2 && depth < SAMPLE_DEPTH_MAX; i++)
            cJSON_AddItemToArray(array, sample(get(schema, "items"), NULL, depth + 1));
        return array;
    }
    cJSON *object = cJSON_CreateObject();
    const cJSON *each;
    cJSON_ArrayForEach(each, get(schema, "properties"))
    {
        if (depth < SAMPLE_DEPTH_MAX || is_required(schema, each->string))
            cJSON_AddItemToObject(object, each->string, sample(each, each->string, depth + 1));
    }
    return object;
}

static void
check_kind(enum kind kind, const cJSON *schema)
{
    struct arena arena = {0};
    struct error err;
    const struct field_table *table = kind_info(kind)->fields;
    wire_tree_use(&arena);
    const char *json = cJSON_PrintUnformatted(sample(schema, NULL, 0));
    char *object = arena_alloc(&arena, table->struct_size);
    if (!wire_read_fields(table, slice_of(json), &arena, object, &err))
        fail_msg("%s: %s", table->name, err.message);
    *(const char **)(object + table->json_offset) = "";
    const char *written = wire_write_object(table, object, &arena);
    const cJSON *before = wire_tree_parse(slice_of(json), &arena);
    const cJSON *after = wire_tree_parse(slice_of(written), &arena);
    validate(after, schema, "full", table->name);
    if (!cJSON_Compare(before, after, true))
        fail_msg("%s:\n%s\nbecame\n%s", table->name, json, written);

    object = instance_make(table, INSTANCE_MINIMAL, 1, &arena);
    for (size_t i = 0; i < table->fields_len; i++)
        if (table->fields[i].type == FIELD_OBJECT || table->fields[i].type == FIELD_ARRAY) {
            wire_tree_use(&arena);
            const cJSON *described = property(schema, table->fields[i].path);
            *(const char **)(object + table->fields[i].offset) =
                (table->fields[i].flags & FIELD_REQUIRED)
                    ? cJSON_PrintUnformatted(sample(described, NULL, SAMPLE_DEPTH_MAX))
                    : "";
        }
    written = wire_write_object(table, object, &arena);
    validate(wire_tree_parse(slice_of(written), &arena), schema, "minimal", table->name);
    arena_finish(&arena);
}

static void
what_is_written_is_valid_and_nothing_described_is_lost(void **state)
{
    (void)state;
    if (!description)
        skip();
    complaints = 0;
    for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
        const cJSON *schema = schema_of(kind);
        if (schema)
            check_kind(kind, schema);
    }
    assert_int_equal(complaints, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(field_tables_agree_with_the_description),
        cmocka_unit_test(what_is_written_is_valid_and_nothing_described_is_lost),
    };
    return cmocka_run_group_tests(tests, load_description, drop_description);
}
