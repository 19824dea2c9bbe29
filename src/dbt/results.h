#pragma once

/*
 * What dbt says happened: run_results.json of every version (v1 to v6, and the newer engine's), and sources.json, which has the
 * same envelope. What a file's version number says is not relied on; its fields are (facts 1.2, 1.3).
 */

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "dbt/names.h"

/* X(id, as dbt writes it, the level of an alert or NULL, has the node recovered?) */
/* clang-format off: a table, one row a line */
#define DBT_STATUSES(X)                                                                            \
    X(UNKNOWN, "", NULL, false)                                                                    \
    X(SUCCESS, "success", NULL, true)                                                              \
    X(PASS, "pass", NULL, true)                                                                    \
    X(ERROR, "error", "error", false)                                                              \
    X(RUNTIME_ERROR, "runtime error", "error", false)                                              \
    X(PARTIAL_SUCCESS, "partial success", "error", false)                                          \
    X(FAIL, "fail", "fail", false)                                                                 \
    X(WARN, "warn", "warn", false)                                                                 \
    X(SKIPPED, "skipped", NULL, false)                                                             \
    X(NO_OP, "no-op", NULL, false)                                                                 \
    X(REUSED, "reused", NULL, false)
/* clang-format on */

enum dbt_status {
#define X(id, ...) DBT_##id,
    DBT_STATUSES(X)
#undef X
        DBT_STATUS_COUNT
};
const char *dbt_status_name(enum dbt_status status);
const char *dbt_status_level(enum dbt_status status); /* NULL = raises no alert */
bool dbt_status_is_good(enum dbt_status status);

/* When a source is late. */
struct dbt_limit {
    int64_t count;      /* 0 = none */
    const char *period; /* minute, hour, day */
};

struct dbt_result {
    const char *unique_id;
    enum dbt_status status;
    const char *message;   /* in lines, clean; only of what is not well */
    const char *relation;  /* as the warehouse calls it */
    int64_t failures;      /* rows; -1 = not said */
    size_t failed_batches; /* of a microbatch model */
    const char *loaded_at; /* a source's newest row */
    double age_s;          /* of it; -1 = not said */
    struct dbt_limit warn_after, error_after;
};

enum dbt_results_kind { DBT_RUN_RESULTS, DBT_SOURCES };

struct dbt_variable {
    const char *name, *value;
};

struct dbt_results {
    enum dbt_results_kind kind;
    struct arena arena;
    struct names ids;

    const char *schema; /* "run-results/v6"; "" when it does not say */
    const char *dbt_version, *invocation_id;
    int64_t generated_at_ms;
    struct dbt_variable *variables; /* DBT_ENV_CUSTOM_ENV_… of the run */
    size_t variables_len;
    const char *which, *target;

    struct dbt_result *items; /* one a node: the worst, where a file has several */
    size_t len, cap;
    size_t unnamed; /* results without an id */
    size_t unknown; /* of a status that is not in the table */
    const char *unknown_status;
    bool has_results; /* is there a list of them at all? */
    bool is_whole;    /* false: the file ended in the middle */
};

/*
 * False (ERROR_FILE): nothing can be said from this file. What was read of one that is cut off is there, with is_whole unset and
 * err filled all the same. dbt_results_finish in any case.
 */
MUST_CHECK bool dbt_results_read(struct dbt_results *results, enum dbt_results_kind kind,
                                 const char *path, struct error *err);
void dbt_results_finish(struct dbt_results *results);

/* "run-results/v6" of "https://schemas.getdbt.com/dbt/run-results/v6.json" */
struct slice dbt_schema_of(struct slice url);

/* Whether nodes were executed (facts 1.2): what `docs generate` and `compile` call a success says nothing. */
bool dbt_results_are_of_a_run(const struct dbt_results *results);

/* NULL = it has none. */
const struct dbt_result *dbt_results_find(const struct dbt_results *results, const char *unique_id);
