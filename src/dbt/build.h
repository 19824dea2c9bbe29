#pragma once

/* Which build ran dbt: from the run's own environment in the artifacts where it is there (DBT_ENV_CUSTOM_ENV_…), else from ours. */

#include "base/arena.h"
#include "dbt/results.h"

/* "" = not known. */
struct dbt_build {
    const char *url, *commit, *branch, *job, *repository, *author;
};

/* `variable` looks up the environment; NULL = getenv. `results` may be NULL. */
struct dbt_build dbt_build_of(const struct dbt_results *results,
                              const char *(*variable)(const char *name), struct arena *arena);
