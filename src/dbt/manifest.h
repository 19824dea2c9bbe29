#pragma once

/*
 * The project as dbt knows it: manifest.json of every version (v1 to v12, and the newer engine's), read once in little memory.
 * Of a node only what an alert says about it is kept; macros, docs and code, which are most of the file, are passed over.
 * Members stand at other places in other versions: all of them are read (facts 1.5, 1.6).
 */

#include "base/error.h"
#include "dbt/graph.h"
#include "dbt/names.h"

/* By the first word of a unique_id. */
#define DBT_TYPES(X)                                                                               \
    X(OTHER, "")                                                                                   \
    X(MODEL, "model")                                                                              \
    X(SEED, "seed")                                                                                \
    X(SNAPSHOT, "snapshot")                                                                        \
    X(SOURCE, "source")                                                                            \
    X(TEST, "test")                                                                                \
    X(UNIT_TEST, "unit_test")                                                                      \
    X(EXPOSURE, "exposure")                                                                        \
    X(OPERATION, "operation")                                                                      \
    X(GROUP, "group")
enum dbt_type {
#define X(id, name) DBT_TYPE_##id,
    DBT_TYPES(X)
#undef X
};
enum dbt_type dbt_type_of(const char *unique_id);
bool dbt_type_is_test(enum dbt_type type); /* unit tests are */

struct dbt_list {
    uint32_t at, len; /* in dbt_manifest.lists: numbers of words */
};

/* Numbers are of words, those of nodes of ids. 0 = not said. */
struct dbt_node {
    enum dbt_type type;
    bool is_there;      /* false: others speak of it, the file does not have it */
    bool stops_nothing; /* on_error: continue */
    uint32_t name, package, path, relation, group, column;
    uint32_t source_name; /* sources */
    uint32_t test_name, test_model,
        file_key;        /* generic tests: not_null, "{{ … ref('orders') }}", models.orders */
    uint32_t unit_model; /* unit tests: the tested model's name */
    uint32_t exposure_type, url;
    uint32_t attached; /* id of the node that a test says it tests */
    struct dbt_list owners, source_owners, tags;
};

struct dbt_manifest {
    struct names ids, words;
    struct dbt_node *nodes; /* by number of the id */
    size_t nodes_cap;
    uint32_t *lists;
    size_t lists_len, lists_cap;
    struct graph graph; /* of numbers of ids */

    uint32_t schema, project, invocation_id; /* words; the schema is "manifest/v12" */
    size_t nodes_len;                        /* that are there */
    bool is_whole;
};

/*
 * False (ERROR_FILE): as dbt_results_read; what stood before the file's end is there. dbt_manifest_finish in any case.
 */
MUST_CHECK bool dbt_manifest_read(struct dbt_manifest *manifest, const char *path,
                                  struct error *err);
void dbt_manifest_finish(struct dbt_manifest *manifest);

/* 0 = the file does not have it. */
uint32_t dbt_manifest_find(const struct dbt_manifest *manifest, const char *unique_id);
const char *dbt_manifest_id(const struct dbt_manifest *manifest, uint32_t node);
const char *dbt_manifest_word(const struct dbt_manifest *manifest, uint32_t word);
