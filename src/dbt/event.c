#include "dbt/event.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"

const char *
dbt_key(const char *environment, const char *unique_id, char key[DBT_KEY_SIZE])
{
    const char *const parts[] = {environment, unique_id};
    char hex[DIGEST_HEX_SIZE];
    (void)snprintf(key, DBT_KEY_SIZE, "dbt-%.40s",
                   digest_keyed_hex("tocsin dbt node", parts, 2, hex));
    return key;
}

/* What stands on the nodes concerned. */
static void
look_down(const struct dbt_context *context, struct dbt_story *story, struct arena *arena)
{
    struct dbt_manifest *manifest = context->manifest;
    const uint32_t *below;
    size_t len =
        graph_walk(&manifest->graph, GRAPH_DOWN, story->tested.items, story->tested.len, 0, &below);
    uint32_t *exposures = arena_new_array(arena, len + 1, uint32_t);
    for (size_t i = 0; i < len; i++) {
        enum dbt_type type = manifest->nodes[below[i]].type;
        story->models_below += type == DBT_TYPE_MODEL;
        story->tests_below += dbt_type_is_test(type);
        if (type == DBT_TYPE_EXPOSURE)
            exposures[story->exposures_len++] = below[i];
    }
    story->exposures = exposures;
}

/* A column that had to be quoted is called by its name all the same. */
static const char *
column_of(const char *column, struct arena *arena)
{
    size_t len = strlen(column);
    if (len > 2 && strchr("\"`[", column[0]) && strchr("\"`]", column[len - 1]))
        return arena_text_len(arena, column + 1, len - 2);
    return column;
}

static void
look_up(const struct dbt_context *context, struct dbt_story *story, struct arena *arena)
{
    struct dbt_manifest *manifest = context->manifest;
    const struct dbt_node *node = &manifest->nodes[story->node];
    story->tested = dbt_tested(manifest, story->node, arena);
    story->owners = dbt_owners(manifest, story->node, story->tested, arena);
    story->tags = dbt_tags(manifest, story->node, story->tested, arena);
    story->test = dbt_manifest_word(manifest, node->test_name);
    story->column = column_of(dbt_manifest_word(manifest, node->column), arena);
    if (story->tested.len == 1)
        story->model = dbt_name(manifest, story->tested.items[0],
                                dbt_manifest_id(manifest, story->tested.items[0]), arena);
    if (story->resolved)
        return;
    look_down(context, story, arena);
    story->skipped = dbt_skipped_by(manifest, context->results, story->node, story->tested, arena);
}

/* What an id alone tells. */
static void
guess(struct dbt_story *story, struct arena *arena)
{
    const char *unique_id = story->result->unique_id;
    const char *dot = unique_id;
    for (int i = 0; dot && i < 2; i++)
        dot = strchr(dot + 1, '.');
    if (!dbt_type_is_test(story->type))
        story->model = story->name;
    else if (story->type == DBT_TYPE_UNIT_TEST && dot && strchr(dot + 1, '.'))
        story->model = arena_text_len(arena, dot + 1, strcspn(dot + 1, "."));
}

struct alert_event_out
dbt_event(const struct dbt_context *context, const struct dbt_result *result, bool resolved,
          struct arena *arena)
{
    static const struct dbt_manifest nothing;
    struct arena scratch = {0};
    char key[DBT_KEY_SIZE];
    const char *level = dbt_status_level(result->status);
    struct dbt_story story = {
        .result = result,
        .type = dbt_type_of(result->unique_id),
        .node = context->manifest ? dbt_manifest_find(context->manifest, result->unique_id) : 0,
        .resolved = resolved,
        .level = level ? level : "error",
        .model = "",
        .test = "",
        .column = "",
    };
    story.name = dbt_name(context->manifest ? context->manifest : &nothing, story.node,
                          result->unique_id, &scratch);
    if (story.node)
        look_up(context, &story, &scratch);
    else
        guess(&story, &scratch);
    story.message = context->results->kind == DBT_SOURCES && !*result->message
                        ? dbt_freshness(result, &scratch)
                        : result->message;
    const struct alert_event_parts parts = {
        .title = dbt_title(&story, &scratch),
        .deduplication_key = dbt_key(context->environment, result->unique_id, key),
        .description = resolved ? "" : dbt_description(context, &story, &scratch),
        .source_url = context->build.url,
        .metadata = dbt_metadata(context, &story, &scratch),
        .resolved = resolved,
        .at_ms = context->results->generated_at_ms,
    };
    struct alert_event_out event = alert_event_out(&parts, arena);
    arena_finish(&scratch);
    return event;
}
