#include "dbt/manifest.h"

#include <string.h>

#include "dbt/results.h"
#include "dbt/stream.h"

enum { LIST_MAX = 100 }; /* owners or tags of one node */

static const char *const type_names[] = {
#define X(id, name) [DBT_TYPE_##id] = name,
    DBT_TYPES(X)
#undef X
};

enum dbt_type
dbt_type_of(const char *unique_id)
{
    size_t len = strcspn(unique_id, ".");
    for (size_t i = 1; i < sizeof type_names / sizeof *type_names; i++)
        if (strlen(type_names[i]) == len && memcmp(type_names[i], unique_id, len) == 0)
            return (enum dbt_type)i;
    return DBT_TYPE_OTHER;
}

bool
dbt_type_is_test(enum dbt_type type)
{
    return type == DBT_TYPE_TEST || type == DBT_TYPE_UNIT_TEST;
}

/* ---- what is wanted of the file ---- */

/* clang-format off: tables, one row a line */
enum {
    SCHEMA = 1,
    PROJECT,
    INVOCATION,
    NODE,
    NAME,
    PACKAGE,
    PATH,
    RELATION,
    GROUP,
    CONFIG_GROUP,
    COLUMN,
    SOURCE_NAME,
    ON_ERROR,
    TAG,
    TEST_NAME,
    TEST_MODEL,
    FILE_KEY,
    UNIT_MODEL,
    EXPOSURE_TYPE,
    URL,
    ATTACHED,
    DEPENDS_ON,
    META,
    CONFIG_META,
    SOURCE_META,
    OWNER,
    OWNER_NAME,
    OWNER_EMAIL,
    OWNER_OTHER,
    PARENTS,
    CHILDREN,
};
static const struct json_shape owner_members[] = {JSON_MEMBER("email", OWNER_EMAIL),
                                                  JSON_MEMBER("name", OWNER_NAME),
                                                  JSON_MEMBER("*", OWNER_OTHER), JSON_END};
static const struct json_shape meta_members[] = {JSON_OBJECT("owner", OWNER, owner_members),
                                                 JSON_END};
static const struct json_shape config_members[] = {
    JSON_OBJECT("meta", CONFIG_META, meta_members), JSON_MEMBER("tags", TAG),
    JSON_MEMBER("group", CONFIG_GROUP), JSON_MEMBER("on_error", ON_ERROR), JSON_END};
static const struct json_shape depends_members[] = {JSON_MEMBER("nodes", DEPENDS_ON), JSON_END};
static const struct json_shape kwargs_members[] = {JSON_MEMBER("model", TEST_MODEL),
                                                   JSON_MEMBER("column_name", COLUMN), JSON_END};
static const struct json_shape test_members[] = {
    JSON_MEMBER("name", TEST_NAME), JSON_OBJECT("kwargs", 0, kwargs_members), JSON_END};
static const struct json_shape node_members[] = {
    JSON_MEMBER("name", NAME),
    JSON_MEMBER("package_name", PACKAGE),
    JSON_MEMBER("original_file_path", PATH),
    JSON_MEMBER("relation_name", RELATION),
    JSON_MEMBER("group", GROUP),
    JSON_MEMBER("tags", TAG),
    JSON_OBJECT("meta", META, meta_members),
    JSON_OBJECT("config", 0, config_members),
    JSON_OBJECT("depends_on", 0, depends_members),
    JSON_OBJECT("test_metadata", 0, test_members),
    JSON_MEMBER("column_name", COLUMN),
    JSON_MEMBER("attached_node", ATTACHED),
    JSON_MEMBER("file_key_name", FILE_KEY),
    JSON_MEMBER("source_name", SOURCE_NAME),
    JSON_OBJECT("source_meta", SOURCE_META, meta_members),
    JSON_OBJECT("owner", OWNER, owner_members),
    JSON_MEMBER("type", EXPOSURE_TYPE),
    JSON_MEMBER("url", URL),
    JSON_MEMBER("model", UNIT_MODEL),
    JSON_MEMBER("tested_node_unique_id", ATTACHED),
    JSON_END};
static const struct json_shape nodes_members[] = {JSON_OBJECT("*", NODE, node_members), JSON_END};
static const struct json_shape parents_members[] = {JSON_MEMBER("*", PARENTS), JSON_END};
static const struct json_shape children_members[] = {JSON_MEMBER("*", CHILDREN), JSON_END};
static const struct json_shape metadata_members[] = {
    JSON_MEMBER("dbt_schema_version", SCHEMA), JSON_MEMBER("project_name", PROJECT),
    JSON_MEMBER("invocation_id", INVOCATION), JSON_END};
static const struct json_shape file_members[] = {
    JSON_OBJECT("metadata", 0, metadata_members), JSON_OBJECT("nodes", 0, nodes_members),
    JSON_OBJECT("sources", 0, nodes_members), JSON_OBJECT("exposures", 0, nodes_members),
    JSON_OBJECT("groups", 0, nodes_members), JSON_OBJECT("unit_tests", 0, nodes_members),
    /* Exposures may stand on these, and these on models. */
    JSON_OBJECT("metrics", 0, nodes_members), JSON_OBJECT("semantic_models", 0, nodes_members),
    JSON_OBJECT("saved_queries", 0, nodes_members), JSON_OBJECT("functions", 0, nodes_members),
    JSON_OBJECT("parent_map", 0, parents_members), JSON_OBJECT("child_map", 0, children_members),
    JSON_END};
/* clang-format on */

/* Owners as one place says them. An object's e-mail address says more than its name, and that more than anything else. */
enum place { PLACE_OWN, PLACE_META, PLACE_CONFIG, PLACE_SOURCE, PLACES };
enum spelling { SPELT_TEXT, SPELT_EMAIL, SPELT_NAME, SPELT_OTHER, SPELLINGS };

struct words {
    uint32_t items[LIST_MAX];
    size_t len;
};

struct reading {
    struct dbt_manifest *manifest;
    uint32_t current; /* id of the node, or of the map's key */
    enum place place;
    struct words owners[PLACES][SPELLINGS], tags;
};

static uint32_t
id_of(struct dbt_manifest *manifest, struct slice text)
{
    uint32_t number = names_add(&manifest->ids, text);
    if (number >= manifest->nodes_cap) {
        size_t cap = 2 * manifest->nodes_cap;
        manifest->nodes = memory_resize(manifest->nodes, cap * sizeof *manifest->nodes);
        memset(manifest->nodes + manifest->nodes_cap, 0,
               (cap - manifest->nodes_cap) * sizeof *manifest->nodes);
        manifest->nodes_cap = cap;
    }
    return number;
}

static void
add_word(struct words *words, uint32_t word)
{
    for (size_t i = 0; i < words->len; i++)
        if (words->items[i] == word)
            return;
    if (word && words->len < LIST_MAX)
        words->items[words->len++] = word;
}

/* "ana@example.com, ben@example.com" are two. */
static void
add_owners(struct reading *reading, enum spelling spelling, struct slice text)
{
    struct words *words = &reading->owners[reading->place][spelling];
    while (text.len) {
        const char *comma = memchr(text.data, ',', text.len);
        struct slice part = {text.data, comma ? (size_t)(comma - text.data) : text.len};
        text.data += part.len + (comma != NULL);
        text.len -= part.len + (comma != NULL);
        while (part.len && strchr(" \t\r\n", part.data[0])) {
            part.data++;
            part.len--;
        }
        while (part.len && strchr(" \t\r\n", part.data[part.len - 1]))
            part.len--;
        add_word(words, names_add(&reading->manifest->words, part));
    }
}

static struct dbt_list
keep_words(struct dbt_manifest *manifest, const struct words *words)
{
    struct dbt_list list = {(uint32_t)manifest->lists_len, (uint32_t)words->len};
    while (manifest->lists_len + words->len > manifest->lists_cap) {
        manifest->lists_cap = manifest->lists_cap ? 2 * manifest->lists_cap : 1024;
        manifest->lists =
            memory_resize(manifest->lists, manifest->lists_cap * sizeof *manifest->lists);
    }
    for (size_t i = 0; i < words->len; i++)
        manifest->lists[manifest->lists_len++] = words->items[i];
    return list;
}

/* Texts, and of objects the best that they have. */
static struct dbt_list
keep_owners(struct reading *reading, enum place place)
{
    struct words *texts = &reading->owners[place][SPELT_TEXT];
    for (enum spelling i = SPELT_TEXT + 1; i < SPELLINGS; i++) {
        const struct words *spelt = &reading->owners[place][i];
        for (size_t k = 0; k < spelt->len; k++)
            add_word(texts, spelt->items[k]);
        if (spelt->len)
            break;
    }
    return keep_words(reading->manifest, texts);
}

static void
on_begin(void *context, int id)
{
    struct reading *reading = context;
    switch (id) {
    case NODE:
        for (size_t place = 0; place < PLACES; place++)
            for (size_t spelling = 0; spelling < SPELLINGS; spelling++)
                reading->owners[place][spelling].len = 0;
        reading->tags.len = 0;
        reading->place = PLACE_OWN;
        break;
    case META:
        reading->place = PLACE_META;
        break;
    case CONFIG_META:
        reading->place = PLACE_CONFIG;
        break;
    case SOURCE_META:
        reading->place = PLACE_SOURCE;
        break;
    default:
        break;
    }
}

static void
on_member(void *context, int id, struct slice name)
{
    struct reading *reading = context;
    if (id == NODE || id == PARENTS || id == CHILDREN)
        reading->current = id_of(reading->manifest, name);
}

static void
on_end(void *context, int id)
{
    struct reading *reading = context;
    struct dbt_manifest *manifest = reading->manifest;
    if (id == META || id == CONFIG_META || id == SOURCE_META)
        reading->place = PLACE_OWN;
    if (id != NODE)
        return;
    struct dbt_node *node = &manifest->nodes[reading->current];
    node->type = dbt_type_of(dbt_manifest_id(manifest, reading->current));
    manifest->nodes_len += !node->is_there && node->type != DBT_TYPE_GROUP;
    node->is_there = true;
    node->tags = keep_words(manifest, &reading->tags);
    node->source_owners = keep_owners(reading, PLACE_SOURCE);
    const enum place places[] = {PLACE_OWN, PLACE_META, PLACE_CONFIG};
    for (size_t i = 0; i < 3 && !node->owners.len; i++)
        node->owners = keep_owners(reading, places[i]);
    /* The newer engine names no dependency of some tests but what they are attached to. */
    if (node->attached)
        graph_add(&manifest->graph, node->attached, reading->current);
}

/* A member of the node that is one word. */
static uint32_t *
word_of(struct dbt_node *node, int id)
{
    switch (id) {
    case NAME:
        return &node->name;
    case PACKAGE:
        return &node->package;
    case PATH:
        return &node->path;
    case RELATION:
        return &node->relation;
    case GROUP:
        return &node->group;
    case COLUMN:
        return &node->column;
    case SOURCE_NAME:
        return &node->source_name;
    case TEST_NAME:
        return &node->test_name;
    case TEST_MODEL:
        return &node->test_model;
    case FILE_KEY:
        return &node->file_key;
    case UNIT_MODEL:
        return &node->unit_model;
    case EXPOSURE_TYPE:
        return &node->exposure_type;
    case URL:
        return &node->url;
    default:
        return NULL;
    }
}

static bool
on_value(void *context, int id, struct slice text)
{
    struct reading *reading = context;
    struct dbt_manifest *manifest = reading->manifest;
    struct names *words = &manifest->words;
    struct dbt_node *node = &manifest->nodes[reading->current];
    uint32_t *word = word_of(node, id);
    uint32_t other;
    if (word) {
        *word = names_add(words, text);
        return true;
    }
    switch (id) {
    case SCHEMA:
        manifest->schema = names_add(words, dbt_schema_of(text));
        break;
    case PROJECT:
        manifest->project = names_add(words, text);
        break;
    case INVOCATION:
        manifest->invocation_id = names_add(words, text);
        break;
    case CONFIG_GROUP:
        if (!node->group)
            node->group = names_add(words, text);
        break;
    case ON_ERROR:
        node->stops_nothing = slice_equals(text, "continue");
        break;
    case TAG:
        add_word(&reading->tags, names_add(words, text));
        break;
    case OWNER:
        add_owners(reading, SPELT_TEXT, text);
        break;
    case OWNER_EMAIL:
        add_owners(reading, SPELT_EMAIL, text);
        break;
    case OWNER_NAME:
        add_owners(reading, SPELT_NAME, text);
        break;
    case OWNER_OTHER:
        add_owners(reading, SPELT_OTHER, text);
        break;
    case ATTACHED:
        other = id_of(manifest, text); /* may move the nodes */
        manifest->nodes[reading->current].attached = other;
        break;
    case DEPENDS_ON:
    case PARENTS:
        other = id_of(manifest, text);
        graph_add(&manifest->graph, other, reading->current);
        break;
    case CHILDREN:
        other = id_of(manifest, text);
        graph_add(&manifest->graph, reading->current, other);
        break;
    default:
        break;
    }
    return true;
}

/* What others speak of has a type as well. */
static void
set_types(struct dbt_manifest *manifest)
{
    for (uint32_t i = 1; i < manifest->ids.len; i++)
        manifest->nodes[i].type = dbt_type_of(dbt_manifest_id(manifest, i));
}

bool
dbt_manifest_read(struct dbt_manifest *manifest, const char *path, struct error *err)
{
    struct reading *reading = memory_alloc(sizeof *reading);
    const struct json_reader reader = {file_members, reading,  on_begin,
                                       on_member,    on_value, on_end};
    *manifest = (struct dbt_manifest){.nodes_cap = 1024};
    reading->manifest = manifest;
    names_init(&manifest->ids);
    names_init(&manifest->words);
    manifest->nodes = memory_alloc(manifest->nodes_cap * sizeof *manifest->nodes);
    manifest->is_whole = json_stream_read(path, &reader, err);
    memory_free(reading);
    /* Number 0 is nobody, also when the file calls a node "": others without a group would get its owners. */
    manifest->nodes[0] = (struct dbt_node){0};
    set_types(manifest);
    graph_build(&manifest->graph, manifest->ids.len);
    return manifest->is_whole;
}

void
dbt_manifest_finish(struct dbt_manifest *manifest)
{
    names_finish(&manifest->ids);
    names_finish(&manifest->words);
    graph_finish(&manifest->graph);
    memory_free(manifest->nodes);
    memory_free(manifest->lists);
    *manifest = (struct dbt_manifest){0};
}

uint32_t
dbt_manifest_find(const struct dbt_manifest *manifest, const char *unique_id)
{
    uint32_t node = names_find(&manifest->ids, slice_of(unique_id));
    return manifest->nodes[node].is_there ? node : 0;
}

const char *
dbt_manifest_id(const struct dbt_manifest *manifest, uint32_t node)
{
    return names_text(&manifest->ids, node);
}

const char *
dbt_manifest_word(const struct dbt_manifest *manifest, uint32_t word)
{
    return names_text(&manifest->words, word);
}
