#include "wire/wire_internal.h"

#include <string.h>

static bool
is_binding_value(const cJSON *item)
{
    return cJSON_IsObject(item) && !cJSON_GetObjectItemCaseSensitive(item, "label") &&
           (cJSON_IsString(cJSON_GetObjectItemCaseSensitive(item, "literal")) ||
            cJSON_IsString(cJSON_GetObjectItemCaseSensitive(item, "reference")));
}

static void
label(cJSON *value)
{
    const cJSON *text = cJSON_GetObjectItemCaseSensitive(value, "literal");
    if (!cJSON_IsString(text))
        text = cJSON_GetObjectItemCaseSensitive(value, "reference");
    cJSON_AddStringToObject(value, "label", text->valuestring);
}

static void
label_all(cJSON *tree)
{
    for (cJSON *item = tree->child; item; item = item->next) {
        bool is_value = item->string && strcmp(item->string, "value") == 0;
        bool is_values = item->string && strcmp(item->string, "array_value") == 0;
        if (is_value && is_binding_value(item))
            label(item);
        for (cJSON *element = is_values ? item->child : NULL; element; element = element->next)
            if (is_binding_value(element))
                label(element);
        label_all(item);
    }
}

const char *
wire_label_bindings(struct slice json, struct arena *arena)
{
    struct arena scratch = {0};
    cJSON *tree = wire_tree_parse(json, &scratch);
    if (tree)
        label_all(tree);
    const char *text = tree ? arena_text(arena, wire_tree_print(tree, &scratch)) : "";
    arena_finish(&scratch);
    return text;
}
