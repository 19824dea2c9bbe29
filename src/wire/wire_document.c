#include "wire/wire_internal.h"

#include <stdio.h>
#include <string.h>

/* The text itself: documents are small and read in few places, and so numbers keep their spelling.
 */
struct wire_document {
    struct arena arena;
    struct slice text;
};

bool
wire_document_read(struct slice json, struct wire_document **document, struct error *err)
{
    *document = NULL;
    struct arena arena = {0}, tree = {0};
    bool done = wire_check_text(&json, "document", &arena, err);
    if (done) {
        const char *problem = wire_scan_problem(json);
        if (!problem && !wire_tree_parse(json, &tree))
            problem = "is not valid JSON";
        if (problem)
            done = error_set(err, ERROR_PROTOCOL, "document %s", problem);
    }
    arena_finish(&tree);
    if (done) {
        struct slice text = wire_scan_trim(json);
        struct wire_document *made = memory_alloc(sizeof *made);
        made->text = (struct slice){arena_text_len(&made->arena, text.data, text.len), text.len};
        *document = made;
    }
    arena_finish(&arena);
    return done;
}

void
wire_document_destroy(struct wire_document *document)
{
    if (!document)
        return;
    arena_finish(&document->arena);
    memory_free(document);
}

static const char *
unescape(struct slice string, struct arena *arena)
{
    struct arena scratch = {0};
    const cJSON *tree = wire_tree_parse(string, &scratch);
    const char *text = arena_text(arena, cJSON_IsString(tree) ? tree->valuestring : "");
    arena_finish(&scratch);
    return text;
}

/* Whether the raw key (without its quotes) spells name. */
static bool
key_is(struct slice key, struct slice name)
{
    if (!memchr(key.data, '\\', key.len))
        return key.len == name.len && memcmp(key.data, name.data, name.len) == 0;
    struct arena scratch = {0};
    struct slice quoted = {key.data - 1, key.len + 2};
    const char *text = unescape(quoted, &scratch);
    bool equal = slice_equals(name, text);
    arena_finish(&scratch);
    return equal;
}

/* name is a member of an object or the number of an element. */
static bool
descend(struct slice *value, struct slice name)
{
    struct wire_scan scan;
    struct slice key, member;
    size_t index = 0;
    if (!wire_scan_open(&scan, *value, 0))
        return false;
    for (; wire_scan_next(&scan, &key, &member); index++) {
        char number[24];
        (void)snprintf(number, sizeof number, "%zu", index); /* 20 digits at most */
        if (scan.is_object ? key_is(key, name) : slice_equals(name, number)) {
            *value = member;
            return true;
        }
    }
    return false;
}

static bool
find(const struct wire_document *document, const char *path, struct slice *value)
{
    *value = document->text;
    while (*path) {
        size_t len = strcspn(path, ".");
        if (!descend(value, (struct slice){path, len}))
            return false;
        path += len + (path[len] == '.');
    }
    return true;
}

const char *
wire_document_text(const struct wire_document *document, struct arena *arena, const char *path)
{
    struct slice value;
    if (!find(document, path, &value) || strchr("{[", value.data[0]) || slice_equals(value, "null"))
        return "";
    return value.data[0] == '"' ? unescape(value, arena)
                                : arena_text_len(arena, value.data, value.len);
}

const char *
wire_document_json(const struct wire_document *document, struct arena *arena, const char *path)
{
    struct slice value;
    return find(document, path, &value) ? arena_text_len(arena, value.data, value.len) : "";
}

size_t
wire_document_count(const struct wire_document *document, const char *path)
{
    struct slice value, key, member;
    struct wire_scan scan;
    size_t count = 0;
    if (!find(document, path, &value) || !wire_scan_open(&scan, value, 0))
        return 0;
    while (wire_scan_next(&scan, &key, &member))
        count++;
    return count;
}
