#include <string.h>

#include "base/str.h"
#include "dbt/event.h"
#include "wire/wire.h"

/* Beyond these the counts tell: an event stays small enough for every upstream. */
enum { EXPOSURES_MAX = 100, SKIPPED_MAX = 500, LINEAGE_MAX = 50, LINEAGE_STEPS = 2 };

struct object {
    struct str *out;
    const struct dbt_manifest *manifest;
    bool has_members;
};

static void
name_member(struct object *object, const char *name)
{
    str_append(object->out, object->has_members ? "," : "");
    wire_append_string(object->out, name);
    str_append_char(object->out, ':');
    object->has_members = true;
}

static void
add_text(struct object *object, const char *name, const char *text)
{
    if (!*text)
        return;
    name_member(object, name);
    wire_append_string(object->out, text);
}

static void
add_word(struct object *object, const char *name, uint32_t word)
{
    add_text(object, name, dbt_manifest_word(object->manifest, word));
}

static void
add_number(struct object *object, const char *name, int64_t number)
{
    name_member(object, name);
    str_printf(object->out, "%lld", (long long)number);
}

static void
add_words(struct object *object, const char *name, struct dbt_words words)
{
    name_member(object, name);
    for (size_t i = 0; i < words.len; i++) {
        str_append_char(object->out, i ? ',' : '[');
        wire_append_string(object->out, dbt_manifest_word(object->manifest, words.items[i]));
    }
    str_append(object->out, words.len ? "]" : "[]");
}

static void
add_nodes(struct object *object, const char *name, const uint32_t *nodes, size_t len, size_t max)
{
    name_member(object, name);
    str_append_char(object->out, '[');
    for (size_t i = 0; i < len && i < max; i++) {
        str_append(object->out, i ? "," : "");
        wire_append_string(object->out, dbt_manifest_id(object->manifest, nodes[i]));
    }
    str_append_char(object->out, ']');
}

static void
open_object(struct object *inner, struct object *outer, const char *name)
{
    name_member(outer, name);
    str_append_char(outer->out, '{');
    *inner = (struct object){outer->out, outer->manifest, false};
}

static void
close_object(struct object *object)
{
    str_append_char(object->out, '}');
}

/* ---- what a manifest adds ---- */

static void
add_owners(struct object *object, struct dbt_words owners)
{
    if (owners.len)
        add_word(object, "owner", owners.items[0]);
    add_words(object, "owners", owners);
}

static void
add_exposures(struct object *object, const struct dbt_story *story)
{
    name_member(object, "exposures");
    str_append_char(object->out, '[');
    for (size_t i = 0; i < story->exposures_len && i < EXPOSURES_MAX; i++) {
        const struct dbt_node *exposure = &object->manifest->nodes[story->exposures[i]];
        struct object inner = {object->out, object->manifest, false};
        str_append(object->out, i ? ",{" : "{");
        add_text(&inner, "unique_id", dbt_manifest_id(object->manifest, story->exposures[i]));
        add_word(&inner, "name", exposure->name);
        add_word(&inner, "type", exposure->exposure_type);
        if (exposure->owners.len)
            add_word(&inner, "owner", object->manifest->lists[exposure->owners.at]);
        add_word(&inner, "url", exposure->url);
        close_object(&inner);
    }
    str_append_char(object->out, ']');
}

/* The nodes around, without the tests: those would be most of them. */
static void
add_lineage(struct object *object, const struct dbt_context *context, const struct dbt_story *story)
{
    static const char *const names[] = {[GRAPH_UP] = "up", [GRAPH_DOWN] = "down"};
    struct object inner;
    open_object(&inner, object, "lineage");
    for (enum graph_way way = GRAPH_UP; way <= GRAPH_DOWN; way++) {
        const uint32_t *found;
        uint32_t kept[LINEAGE_MAX];
        size_t kept_len = 0;
        size_t len = graph_walk(&context->manifest->graph, way, story->tested.items,
                                story->tested.len, LINEAGE_STEPS, &found);
        for (size_t i = 0; i < len && kept_len < LINEAGE_MAX; i++)
            if (!dbt_type_is_test(context->manifest->nodes[found[i]].type))
                kept[kept_len++] = found[i];
        add_nodes(&inner, names[way], kept, kept_len, LINEAGE_MAX);
    }
    close_object(&inner);
}

static void
add_impact(struct object *object, const struct dbt_context *context, const struct dbt_story *story)
{
    struct object below;
    open_object(&below, object, "downstream");
    add_number(&below, "models", (int64_t)story->models_below);
    add_number(&below, "tests", (int64_t)story->tests_below);
    add_number(&below, "exposures", (int64_t)story->exposures_len);
    close_object(&below);
    add_exposures(object, story);
    add_lineage(object, context, story);
    add_nodes(object, "skipped", story->skipped.items, story->skipped.len, SKIPPED_MAX);
}

static void
add_known(struct object *object, const struct dbt_context *context, const struct dbt_story *story)
{
    const struct dbt_manifest *manifest = context->manifest;
    const struct dbt_node *node = &manifest->nodes[story->node];
    const struct dbt_node *tested =
        story->tested.len == 1 ? &manifest->nodes[story->tested.items[0]] : node;
    if (story->tested.len == 1)
        add_text(object, "attached_to", dbt_manifest_id(manifest, story->tested.items[0]));
    add_nodes(object, "attached_nodes", story->tested.items, story->tested.len, SKIPPED_MAX);
    add_text(object, "column", story->column);
    /* Of a test, the table that it tests: its own only keeps failing rows, if it is made at all. */
    if (tested->relation)
        add_word(object, "relation", tested->relation);
    else
        add_text(object, "relation", story->result->relation);
    add_owners(object, story->owners);
    add_word(object, "group", dbt_group(manifest, story->node, story->tested));
    add_words(object, "tags", story->tags);
    add_word(object, "path", node->path);
    if (tested->path != node->path)
        add_word(object, "model_path", tested->path);
    if (!story->resolved)
        add_impact(object, context, story);
}

/* Without a manifest: a node is about itself, and what a test tests is not known. */
static void
add_unknown(struct object *object, const struct dbt_story *story)
{
    bool is_itself = !dbt_type_is_test(story->type);
    if (is_itself)
        add_text(object, "relation", story->result->relation);
    if (is_itself)
        add_text(object, "attached_to", story->result->unique_id);
    name_member(object, "attached_nodes");
    str_append_char(object->out, '[');
    if (is_itself)
        wire_append_string(object->out, story->result->unique_id);
    str_append_char(object->out, ']');
}

static const char *
second_word(const char *unique_id, struct arena *arena)
{
    const char *dot = strchr(unique_id, '.');
    return dot ? arena_text_len(arena, dot + 1, strcspn(dot + 1, ".")) : "";
}

const char *
dbt_metadata(const struct dbt_context *context, const struct dbt_story *story, struct arena *arena)
{
    struct str out;
    struct object object = {&out, context->manifest, false};
    const struct dbt_result *result = story->result;
    const char *id = result->unique_id;
    str_init(&out, 0);
    str_append_char(&out, '{');
    add_text(&object, "unique_id", id);
    add_text(&object, "resource_type", arena_text_len(arena, id, strcspn(id, ".")));
    add_text(&object, "environment", context->environment);
    if (!story->resolved)
        add_text(&object, "level", story->level);
    add_text(&object, "status", dbt_status_name(result->status));
    add_text(&object, "model", story->model);
    add_text(&object, "package", second_word(id, arena));
    if (!story->resolved) {
        add_text(&object, "message", story->message);
        if (result->failures >= 0)
            add_number(&object, "failures", result->failures);
    }
    if (story->node)
        add_known(&object, context, story);
    else
        add_unknown(&object, story);
    add_text(&object, "invocation_id", context->results->invocation_id);
    add_text(&object, "dbt_version", context->results->dbt_version);
    add_text(&object, "build_url", context->build.url);
    add_text(&object, "commit", context->build.commit);
    add_text(&object, "branch", context->build.branch);
    add_text(&object, "job", context->build.job);
    add_text(&object, "repository", context->build.repository);
    add_text(&object, "author", context->build.author);
    str_append_char(&out, '}');
    const char *text = arena_text_len(arena, str_text(&out), out.len);
    str_finish(&out);
    return text;
}
