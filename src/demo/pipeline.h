#pragma once

/*
 * The company's dbt project: sources, staging, intermediate models, marts, snapshots and seeds, exposures; who owns them
 * and what they are made from. Nodes stand in an order in which parents come first.
 */

#include <stdbool.h>
#include <stddef.h>

#include "demo/world.h"

enum node_kind {
    NODE_SOURCE,
    NODE_SEED,
    NODE_SNAPSHOT,
    NODE_STAGING,
    NODE_INTERMEDIATE,
    NODE_MART,
    NODE_EXPOSURE
};

struct node {
    const char *name; /* "shop.orders" for a source */
    enum node_kind kind;
    enum team_name team;
    enum person owner;
    const char *key;     /* column its unique and not_null tests are on */
    const char *tests;   /* further ones: "accepted_values:status assert:total_matches_lines" */
    const char *parents; /* names, by spaces */
};

enum { PIPELINE_MAX = 160, PARENTS_MAX = 8, TESTS_MAX = 8 };

struct pipeline {
    struct node nodes[PIPELINE_MAX];
    int len;
    int parents[PIPELINE_MAX][PARENTS_MAX]; /* ends with -1 */
};

/* Built from the tables once. */
const struct pipeline *pipeline_get(void);

/* -1 when there is none. */
int pipeline_find(const struct pipeline *pipeline, const char *name);

/* Nodes made from this one, directly or not, in pipeline order. */
int pipeline_downstream(const struct pipeline *pipeline, int node, int out[PIPELINE_MAX]);

/* "unique:order_id" and so on; returns how many. */
int pipeline_tests(const struct pipeline *pipeline, int node, struct arena *arena,
                   const char *tests[TESTS_MAX]);

/* dbt's name of a test: "unique_fct_orders_order_id". */
const char *pipeline_test_name(const struct pipeline *pipeline, int node, const char *test,
                               struct arena *arena);

const char *pipeline_unique_id(const struct pipeline *pipeline, int node, struct arena *arena);
/* "models/marts/finance/fct_ledger.sql" */
const char *pipeline_path(const struct pipeline *pipeline, int node, struct arena *arena);
