#include "dbt/about.h"

#include <string.h>

/* ---- what a test tests ---- */

static struct dbt_nodes
one_node(uint32_t node, struct arena *arena)
{
    uint32_t *items = arena_new(arena, uint32_t);
    *items = node;
    return (struct dbt_nodes){items, 1};
}

/* TYPE.PACKAGE.REST: the rest of an id. */
static const char *
rest_of(const char *unique_id)
{
    for (int dots = 0; dots < 2; dots++) {
        unique_id += strcspn(unique_id, ".");
        unique_id += *unique_id == '.';
    }
    return unique_id;
}

static bool
has_package(const char *unique_id, struct slice package)
{
    const char *at = unique_id + strcspn(unique_id, ".");
    return !package.len || (*at && strcspn(at + 1, ".") == package.len &&
                            memcmp(at + 1, package.data, package.len) == 0);
}

/* "orders", also "orders.v2" where the version asked for is "2" or none. */
static bool
is_called(const char *rest, struct slice name, struct slice version)
{
    if (strncmp(rest, name.data, name.len) != 0)
        return false;
    rest += name.len;
    if (!*rest)
        return !version.len;
    return rest[0] == '.' && rest[1] == 'v' && (!version.len || slice_equals(version, rest + 2)) &&
           !strchr(rest + 2, '.');
}

/* The one of a test's parents that it calls so; 0 when none or several are. */
static uint32_t
parent_called(const struct dbt_manifest *manifest, uint32_t test, struct slice package,
              struct slice name, struct slice version)
{
    const uint32_t *parents;
    size_t len = graph_neighbours(&manifest->graph, GRAPH_UP, test, &parents);
    uint32_t found = 0;
    for (size_t i = 0; i < len; i++) {
        const char *unique_id = dbt_manifest_id(manifest, parents[i]);
        if (manifest->nodes[parents[i]].type == DBT_TYPE_SOURCE ||
            !has_package(unique_id, package) || !is_called(rest_of(unique_id), name, version))
            continue;
        if (found)
            return 0;
        found = parents[i];
    }
    return found;
}

/* A source's name may have dots, a table's as well: only both together are compared. */
static uint32_t
parent_source(const struct dbt_manifest *manifest, uint32_t test, struct slice source,
              struct slice table)
{
    const uint32_t *parents;
    size_t len = graph_neighbours(&manifest->graph, GRAPH_UP, test, &parents);
    for (size_t i = 0; i < len; i++) {
        const char *rest = rest_of(dbt_manifest_id(manifest, parents[i]));
        if (manifest->nodes[parents[i]].type == DBT_TYPE_SOURCE &&
            strlen(rest) == source.len + 1 + table.len && rest[source.len] == '.' &&
            memcmp(rest, source.data, source.len) == 0 &&
            memcmp(rest + source.len + 1, table.data, table.len) == 0)
            return parents[i];
    }
    return 0;
}

/* The arguments of a call in Jinja: those in quotes, and v= or version=. */
struct call {
    struct slice words[2];
    size_t words_len;
    struct slice version;
};

static struct call
read_call(const char *text)
{
    struct call call = {0};
    bool is_version = false;
    while (*text && *text != ')') {
        if (*text == '\'' || *text == '"') {
            size_t len = strcspn(text + 1, *text == '"' ? "\"" : "'");
            struct slice word = {text + 1, len};
            if (is_version)
                call.version = word;
            else if (call.words_len < 2)
                call.words[call.words_len++] = word;
            text += 1 + len + (text[1 + len] != '\0');
        } else if (*text == '=') {
            is_version = true;
            text += 1 + strspn(text + 1, " ");
            size_t len = strspn(text, "0123456789.");
            if (len)
                call.version = (struct slice){text, len};
            text += len;
        } else {
            is_version = is_version && *text == ' ';
            text++;
        }
    }
    return call;
}

/* "{{ get_where_subquery(ref('orders')) }}" */
static uint32_t
from_argument(const struct dbt_manifest *manifest, uint32_t test, const char *text)
{
    const char *ref = strstr(text, "ref("), *source = strstr(text, "source(");
    if (ref) {
        struct call call = read_call(ref + strlen("ref("));
        struct slice none = {"", 0};
        if (call.words_len)
            return parent_called(manifest, test, call.words_len == 2 ? call.words[0] : none,
                                 call.words[call.words_len - 1], call.version);
    } else if (source) {
        struct call call = read_call(source + strlen("source("));
        if (call.words_len == 2)
            return parent_source(manifest, test, call.words[0], call.words[1]);
    }
    return 0;
}

static uint32_t
tested_node(const struct dbt_manifest *manifest, uint32_t test)
{
    const struct dbt_node *node = &manifest->nodes[test];
    const struct slice none = {"", 0};
    if (node->attached)
        return node->attached;
    uint32_t found = 0;
    if (node->type == DBT_TYPE_UNIT_TEST && node->unit_model)
        found = parent_called(manifest, test, none,
                              slice_of(dbt_manifest_word(manifest, node->unit_model)), none);
    if (!found && node->test_model)
        found = from_argument(manifest, test, dbt_manifest_word(manifest, node->test_model));
    const char *file_key = dbt_manifest_word(manifest, node->file_key);
    const char *dot = strchr(file_key, '.');
    if (!found && dot)
        found = parent_called(manifest, test, none, slice_of(dot + 1), none);
    return found;
}

struct dbt_nodes
dbt_tested(const struct dbt_manifest *manifest, uint32_t node, struct arena *arena)
{
    if (!dbt_type_is_test(manifest->nodes[node].type))
        return one_node(node, arena);
    uint32_t one = tested_node(manifest, node);
    if (one)
        return one_node(one, arena);
    struct dbt_nodes all;
    all.len = graph_neighbours(&manifest->graph, GRAPH_UP, node, &all.items);
    return all;
}

/* ---- whose it is ---- */

struct gathering {
    uint32_t *items;
    size_t len, cap;
};

static void
gather(struct gathering *words, const struct dbt_manifest *manifest, struct dbt_list list,
       struct arena *arena)
{
    for (size_t i = 0; i < list.len; i++) {
        uint32_t word = manifest->lists[list.at + i];
        size_t at = 0;
        while (at < words->len && words->items[at] != word)
            at++;
        if (at < words->len)
            continue;
        if (words->len == words->cap) {
            uint32_t *larger = arena_new_array(arena, words->cap * 2 + 4, uint32_t);
            if (words->len)
                memcpy(larger, words->items, words->len * sizeof *larger);
            words->items = larger;
            words->cap = words->cap * 2 + 4;
        }
        words->items[words->len++] = word;
    }
}

static const struct dbt_node *
group_of(const struct dbt_manifest *manifest, const struct dbt_node *node, struct arena *arena)
{
    const char *group = dbt_manifest_word(manifest, node->group);
    return &manifest->nodes[*group ? dbt_manifest_find(
                                         manifest,
                                         arena_printf(arena, "group.%s.%s",
                                                      dbt_manifest_word(manifest, node->package),
                                                      group))
                                   : 0];
}

static void
gather_owners(struct gathering *owners, const struct dbt_manifest *manifest, uint32_t number,
              struct arena *arena)
{
    const struct dbt_node *node = &manifest->nodes[number];
    const struct dbt_list *list = &node->owners;
    if (!list->len)
        list = &group_of(manifest, node, arena)->owners;
    if (!list->len)
        list = &node->source_owners;
    gather(owners, manifest, *list, arena);
}

struct dbt_words
dbt_owners(const struct dbt_manifest *manifest, uint32_t node, struct dbt_nodes tested,
           struct arena *arena)
{
    struct gathering owners = {0};
    for (size_t i = 0; i < tested.len; i++)
        gather_owners(&owners, manifest, tested.items[i], arena);
    if (!owners.len)
        gather_owners(&owners, manifest, node, arena);
    return (struct dbt_words){owners.items, owners.len};
}

uint32_t
dbt_group(const struct dbt_manifest *manifest, uint32_t node, struct dbt_nodes tested)
{
    for (size_t i = 0; i < tested.len; i++)
        if (manifest->nodes[tested.items[i]].group)
            return manifest->nodes[tested.items[i]].group;
    return manifest->nodes[node].group;
}

struct dbt_words
dbt_tags(const struct dbt_manifest *manifest, uint32_t node, struct dbt_nodes tested,
         struct arena *arena)
{
    struct gathering tags = {0};
    for (size_t i = 0; i < tested.len; i++)
        gather(&tags, manifest, manifest->nodes[tested.items[i]].tags, arena);
    gather(&tags, manifest, manifest->nodes[node].tags, arena);
    return (struct dbt_words){tags.items, tags.len};
}

const char *
dbt_name(const struct dbt_manifest *manifest, uint32_t node, const char *unique_id,
         struct arena *arena)
{
    const char *rest = rest_of(unique_id);
    const char *dot = strrchr(rest, '.');
    switch (dbt_type_of(unique_id)) {
    case DBT_TYPE_SOURCE:
        return rest;
    case DBT_TYPE_TEST:  /* NAME.HASH */
    case DBT_TYPE_MODEL: /* NAME.v2 */
        if (node && manifest->nodes[node].name)
            return dbt_manifest_word(manifest, manifest->nodes[node].name);
        if (!dot || (dbt_type_of(unique_id) == DBT_TYPE_MODEL && dot[1] != 'v'))
            return *rest ? rest : unique_id;
        return arena_text_len(arena, rest, (size_t)(dot - rest));
    case DBT_TYPE_UNIT_TEST: /* MODEL.NAME */
        if (node && manifest->nodes[node].name)
            return dbt_manifest_word(manifest, manifest->nodes[node].name);
        return strchr(rest, '.') ? strchr(rest, '.') + 1 : rest;
    case DBT_TYPE_OTHER:
    case DBT_TYPE_SEED:
    case DBT_TYPE_SNAPSHOT:
    case DBT_TYPE_EXPOSURE:
    case DBT_TYPE_OPERATION:
    case DBT_TYPE_GROUP:
        break;
    }
    return *rest ? rest : unique_id;
}

/* ---- what was skipped because of it ---- */

bool
dbt_is_broken(const struct dbt_result *result)
{
    static const char start[] = "Compilation Error";
    return result->status == DBT_SKIPPED && strncmp(result->message, start, sizeof start - 1) == 0;
}

/* Nodes below all of these; a failing test holds up only what needs everything that it tests. */
static struct dbt_nodes
below_all(struct dbt_manifest *manifest, struct dbt_nodes parents, struct arena *arena)
{
    size_t len = 0;
    uint32_t *common = NULL;
    for (size_t i = 0; i < parents.len; i++) {
        const uint32_t *reached;
        size_t reached_len =
            graph_walk(&manifest->graph, GRAPH_DOWN, &parents.items[i], 1, 0, &reached);
        if (!i) {
            common = arena_new_array(arena, reached_len + 1, uint32_t);
            memcpy(common, reached, reached_len * sizeof *reached);
            len = reached_len;
            continue;
        }
        size_t kept = 0;
        for (size_t k = 0; k < len; k++)
            if (graph_was_reached(&manifest->graph, common[k]) && common[k] != parents.items[i])
                common[kept++] = common[k];
        len = kept;
    }
    return (struct dbt_nodes){common, len};
}

/* A test is not held up by another one, only by what it tests being held up. */
static bool
tests_what_is_skipped(const struct dbt_manifest *manifest, const struct dbt_results *results,
                      uint32_t test)
{
    const uint32_t *parents;
    size_t len = graph_neighbours(&manifest->graph, GRAPH_UP, test, &parents);
    for (size_t i = 0; i < len; i++) {
        const struct dbt_result *parent =
            dbt_results_find(results, dbt_manifest_id(manifest, parents[i]));
        if (!parent || parent->status == DBT_SKIPPED)
            return true;
    }
    return false;
}

struct dbt_nodes
dbt_skipped_by(struct dbt_manifest *manifest, const struct dbt_results *results, uint32_t node,
               struct dbt_nodes tested, struct arena *arena)
{
    enum dbt_type type = manifest->nodes[node].type;
    struct dbt_nodes parents = tested, below;
    if (manifest->nodes[node].stops_nothing)
        return (struct dbt_nodes){0};
    if (type == DBT_TYPE_TEST)
        parents.len = graph_neighbours(&manifest->graph, GRAPH_UP, node, &parents.items);
    below = below_all(manifest, parents, arena);
    uint32_t *skipped = arena_new_array(arena, below.len + 1, uint32_t);
    size_t len = 0;
    /* A unit test runs before its own model. */
    for (size_t i = 0; i < below.len + (type == DBT_TYPE_UNIT_TEST && tested.len == 1); i++) {
        uint32_t other = i < below.len ? below.items[i] : tested.items[0];
        const struct dbt_result *result =
            dbt_results_find(results, dbt_manifest_id(manifest, other));
        if (!result || result->status != DBT_SKIPPED || dbt_is_broken(result) ||
            (dbt_type_is_test(type) && dbt_type_is_test(manifest->nodes[other].type) &&
             !tests_what_is_skipped(manifest, results, other)))
            continue;
        skipped[len++] = other;
    }
    return (struct dbt_nodes){skipped, len};
}
