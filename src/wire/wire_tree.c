#include "wire/wire_internal.h"

#include <stdio.h>

#include "base/text.h"

static struct arena *current;

static void *
allocate(size_t size)
{
    return arena_alloc(current, size);
}

static void
release(void *memory)
{
    (void)memory; /* the arena's owner frees it */
}

void
wire_tree_use(struct arena *arena)
{
    if (!current) {
        cJSON_Hooks hooks = {allocate, release};
        cJSON_InitHooks(&hooks);
    }
    current = arena;
}

cJSON *
wire_tree_parse(struct slice json, struct arena *arena)
{
    wire_tree_use(arena);
    const char *end = NULL;
    cJSON *tree = cJSON_ParseWithLengthOpts(json.data, json.len, &end, false);
    if (!tree)
        return NULL;
    struct slice rest = {end, (size_t)(json.data + json.len - end)};
    return wire_scan_trim(rest).len == 0 ? tree : NULL;
}

const char *
wire_tree_print(const cJSON *tree, struct arena *arena)
{
    wire_tree_use(arena);
    return cJSON_PrintUnformatted(tree);
}

const char *
wire_tree_describe(const cJSON *item, struct arena *arena)
{
    switch (item->type & 0xff) {
    case cJSON_String:
        return arena_printf(arena, "'%s'", text_clean(arena, item->valuestring, 40));
    case cJSON_Number:
        return arena_printf(arena, "the number %.15g", item->valuedouble);
    case cJSON_True:
        return "true";
    case cJSON_False:
        return "false";
    case cJSON_NULL:
        return "null";
    case cJSON_Array:
        return "an array";
    default:
        return "an object";
    }
}

const char *
wire_library(void)
{
    static char name[40];
    (void)snprintf(name, sizeof name, "cJSON %s", cJSON_Version()); /* short */
    return name;
}
