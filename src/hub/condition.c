#include "hub/condition.h"

#include <string.h>

#include "base/text.h"
#include "wire/wire.h"

#define FIELD_OWNER struct binding_value
static const struct field binding_value_rows[] = {BINDING_VALUE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct binding
static const struct field binding_rows[] = {BINDING_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct condition
static const struct field condition_rows[] = {CONDITION_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct condition_group
static const struct field condition_group_rows[] = {CONDITION_GROUP_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
const struct field_table binding_value_table = FIELD_TABLE(binding_value, SIZE_MAX);
const struct field_table binding_table = FIELD_TABLE(binding, SIZE_MAX);
const struct field_table condition_table = FIELD_TABLE(condition, SIZE_MAX);
const struct field_table condition_group_table = FIELD_TABLE(condition_group, SIZE_MAX);

enum test { TEST_EQUAL, TEST_CONTAINS, TEST_NAME_CONTAINS, TEST_SET, TEST_TRUE };

static const struct operation {
    const char *name;
    enum test test;
    bool expected;
    const char *label;
} operations[] = {
#define X(name, test, expected, label) {name, TEST_##test, expected, label},
    CONDITION_OPERATIONS(X)
#undef X
};

static const struct operation *
operation_find(const char *name)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (strcmp(operations[i].name, name) == 0)
            return &operations[i];
    return NULL;
}

bool
condition_operation_is_known(const char *operation)
{
    return operation_find(operation) != NULL;
}

const char *
condition_operation_label(const char *operation)
{
    const struct operation *known = operation_find(operation);
    return known ? known->label : operation;
}

/* ---- reading ---- */

struct groups {
    const struct condition_group *groups;
    size_t groups_len;
};
#define GROUPS_FIELDS(X) X(LIST, groups, "groups", FIELD_REQUIRED, condition_group)
#define FIELD_OWNER struct groups
static const struct field groups_rows[] = {GROUPS_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table groups_table = FIELD_TABLE(groups, SIZE_MAX);

bool
condition_groups_read(const char *json, struct arena *arena, const struct condition_group **groups,
                      size_t *groups_len, struct error *err)
{
    struct groups read = {0};
    const char *wrapped = arena_printf(arena, "{\"groups\":%s}", *json ? json : "[]");
    if (!wire_read_fields(&groups_table, slice_of(wrapped), arena, &read, err))
        return false;
    *groups = read.groups;
    *groups_len = read.groups_len;
    return true;
}

/* ---- what is compared ---- */

void
subject_values_add(struct subject_values *values, const char *literal, const char *name,
                   struct arena *arena)
{
    if (*literal == '\0')
        return;
    if (values->len == values->capacity) {
        values->capacity = values->capacity ? 2 * values->capacity : 4;
        struct subject_value *more = arena_new_array(arena, values->capacity, struct subject_value);
        if (values->len)
            memcpy(more, values->items, values->len * sizeof *more);
        values->items = more;
    }
    values->items[values->len++] = (struct subject_value){literal, name ? name : literal};
}

static void
add_attribute_value(const char *catalog_entry_id, const char *catalog_entry_name, const char *label,
                    const char *literal, struct arena *arena, struct subject_values *values)
{
    if (*catalog_entry_id)
        subject_values_add(values, catalog_entry_id, catalog_entry_name, arena);
    else
        subject_values_add(values, literal, *label ? label : NULL, arena);
}

void
alert_values(const struct alert *alert, const char *reference, struct arena *arena,
             struct subject_values *values)
{
    static const char attributes[] = "alert.attributes.";
    const struct {
        const char *reference, *text;
    } texts[] = {
        {"alert.title", alert->title},
        {"alert.description", alert->description},
        {"alert.source_url", alert->source_url},
        {"alert.deduplication_key", alert->deduplication_key},
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(reference, texts[i].reference) == 0)
            subject_values_add(values, texts[i].text, NULL, arena);
    if (strncmp(reference, attributes, strlen(attributes)) != 0)
        return;
    for (size_t i = 0; i < alert->attributes_len; i++) {
        const struct alert_attribute_entry *entry = &alert->attributes[i];
        if (strcmp(entry->attribute_id, reference + strlen(attributes)) != 0)
            continue;
        add_attribute_value(entry->catalog_entry_id, entry->catalog_entry_name, entry->label,
                            entry->literal, arena, values);
        for (size_t j = 0; j < entry->array_value_len; j++) {
            const struct alert_attribute_value *value = &entry->array_value[j];
            add_attribute_value(value->catalog_entry_id, value->catalog_entry_name, value->label,
                                value->literal, arena, values);
        }
    }
}

/* ---- comparing ---- */

static bool
compare(enum test test, const struct subject_value *value, const char *parameter,
        struct arena *arena)
{
    if (test == TEST_EQUAL)
        return strcmp(value->literal, parameter) == 0;
    const char *text = test == TEST_NAME_CONTAINS ? value->name : value->literal;
    return strstr(text_fold(arena, text), text_fold(arena, parameter)) != NULL;
}

static bool
any_compares(enum test test, const struct subject_values *values, const char *literal,
             const char *reference, const struct scope *scope)
{
    struct subject_values parameters = {0};
    if (*reference)
        scope->values(scope, reference, &parameters);
    else
        subject_values_add(&parameters, literal, NULL, scope->arena);
    for (size_t i = 0; i < values->len; i++)
        for (size_t j = 0; j < parameters.len; j++)
            if (compare(test, &values->items[i], parameters.items[j].literal, scope->arena))
                return true;
    return false;
}

static bool
test_holds(const struct condition *condition, enum test test, const struct scope *scope)
{
    struct subject_values values = {0};
    scope->values(scope, condition->subject, &values);
    if (test == TEST_SET)
        return values.len > 0;
    if (test == TEST_TRUE)
        return values.len > 0 && strcmp(values.items[0].literal, "true") == 0;
    if (condition->param_bindings_len == 0)
        return false;
    const struct binding *binding = &condition->param_bindings[0];
    if (any_compares(test, &values, binding->literal, binding->reference, scope))
        return true;
    for (size_t i = 0; i < binding->array_value_len; i++)
        if (any_compares(test, &values, binding->array_value[i].literal,
                         binding->array_value[i].reference, scope))
            return true;
    return false;
}

bool
condition_holds(const struct condition *condition, const struct scope *scope)
{
    const struct operation *operation = operation_find(condition->operation);
    return operation && test_holds(condition, operation->test, scope) == operation->expected;
}

static bool
group_holds(const struct condition_group *group, const struct scope *scope)
{
    for (size_t i = 0; i < group->conditions_len; i++)
        if (!condition_holds(&group->conditions[i], scope))
            return false;
    return true;
}

bool
condition_groups_hold(const struct condition_group *groups, size_t groups_len,
                      const struct scope *scope)
{
    for (size_t i = 0; i < groups_len; i++)
        if (group_holds(&groups[i], scope))
            return true;
    return groups_len == 0;
}

/* ---- for people ---- */

static void
append_value(struct str *out, bool first, const char *label, const char *literal,
             const char *reference)
{
    const char *text = *label ? label : *literal ? literal : reference;
    if (*text)
        str_printf(out, "%s%s", first ? " " : ", ", text);
}

const char *
condition_text(const struct condition *condition, struct arena *arena)
{
    struct str out;
    str_init(&out, 0);
    str_printf(&out, "%s %s", *condition->label ? condition->label : condition->subject,
               condition_operation_label(condition->operation));
    if (condition->param_bindings_len) {
        const struct binding *binding = &condition->param_bindings[0];
        size_t before = out.len;
        append_value(&out, true, binding->label, binding->literal, binding->reference);
        for (size_t i = 0; i < binding->array_value_len; i++)
            append_value(&out, out.len == before, binding->array_value[i].label,
                         binding->array_value[i].literal, binding->array_value[i].reference);
    }
    const char *text = arena_text(arena, str_text(&out));
    str_finish(&out);
    return text;
}

const char *
subject_text(const char *reference, const struct scope *scope)
{
    struct subject_values values = {0};
    const char *text = "";
    scope->values(scope, reference, &values);
    for (size_t i = 0; i < values.len; i++)
        text = i ? arena_printf(scope->arena, "%s, %s", text, values.items[i].name)
                 : values.items[i].name;
    return text;
}
