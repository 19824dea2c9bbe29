#pragma once

/* What a manifest lets one say of a node: which nodes a test is about, whose they are, what stands on them (facts 1.6, 1.7). */

#include "base/arena.h"
#include "dbt/manifest.h"
#include "dbt/results.h"

struct dbt_nodes {
    const uint32_t *items; /* numbers of ids */
    size_t len;
};
struct dbt_words {
    const uint32_t *items; /* numbers of words, each once */
    size_t len;
};

/* A node is about itself; a test about what it tests: one node, or all that it reads when it does not say which; maybe none. */
struct dbt_nodes dbt_tested(const struct dbt_manifest *manifest, uint32_t node,
                            struct arena *arena);

/* Of the nodes concerned, else of the test itself. */
struct dbt_words dbt_owners(const struct dbt_manifest *manifest, uint32_t node,
                            struct dbt_nodes tested, struct arena *arena);
uint32_t dbt_group(const struct dbt_manifest *manifest, uint32_t node, struct dbt_nodes tested);
struct dbt_words dbt_tags(const struct dbt_manifest *manifest, uint32_t node,
                          struct dbt_nodes tested, struct arena *arena);

/* "orders", "raw.orders" of a source; of a node that the manifest does not have, from its id. */
const char *dbt_name(const struct dbt_manifest *manifest, uint32_t node, const char *unique_id,
                     struct arena *arena);

/* The skipped nodes that the failure of this one explains, as far as the file does not say so itself. */
struct dbt_nodes dbt_skipped_by(struct dbt_manifest *manifest, const struct dbt_results *results,
                                uint32_t node, struct dbt_nodes tested, struct arena *arena);

/* A skipped node that is a failure of its own: an ephemeral model that it reads does not compile. */
bool dbt_is_broken(const struct dbt_result *result);
