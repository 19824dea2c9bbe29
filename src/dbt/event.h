#pragma once

/* One node's result, as the alert event that it raises or ends (design.md 8). */

#include "dbt/about.h"
#include "dbt/build.h"
#include "wire/alert_event_out.h"

enum { DBT_KEY_SIZE = 48 };

/* The same for a node in every run, with and without a manifest. */
const char *dbt_key(const char *environment, const char *unique_id, char key[DBT_KEY_SIZE]);

struct dbt_context {
    const struct dbt_results *results;
    struct dbt_manifest *manifest; /* NULL = there is none */
    const char *environment;
    struct dbt_build build;
};

struct alert_event_out dbt_event(const struct dbt_context *context, const struct dbt_result *result,
                                 bool resolved, struct arena *arena);

/* ---- for its parts ---- */

struct dbt_story {
    const struct dbt_result *result;
    enum dbt_type type;
    uint32_t node; /* 0 = the manifest does not have it */
    bool resolved;
    const char *level;
    const char *name, *model; /* its own; that of the one node concerned, "" when it is not one */
    const char *test, *column;
    const char *message;
    struct dbt_nodes tested, skipped;
    struct dbt_words owners, tags;
    const uint32_t *exposures;
    size_t exposures_len, models_below, tests_below;
};

const char *dbt_title(const struct dbt_story *story, struct arena *arena);
/* Markdown. */
const char *dbt_description(const struct dbt_context *context, const struct dbt_story *story,
                            struct arena *arena);
const char *dbt_metadata(const struct dbt_context *context, const struct dbt_story *story,
                         struct arena *arena);
/* What is late about a source: "newest row is 26 h old, error after 24 hours". */
const char *dbt_freshness(const struct dbt_result *result, struct arena *arena);
