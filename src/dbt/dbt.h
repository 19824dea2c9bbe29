#pragma once

/*
 * From the artifacts of a dbt run to alert events (design.md 8): one for each node that failed or warns, and one for each that
 * is well again. Whatever is missing or wrong with a file, what can be said is said, with a sentence about the rest.
 */

#include "base/arena.h"
#include "base/error.h"
#include "dbt/build.h"
#include "wire/alert_event_out.h"

struct dbt_input {
    const char *run_results, *manifest, *sources; /* paths; "" = none */
    const char *environment;                      /* "" = the run's target */
    const char *(*variable)(const char *name);    /* the environment of the build; NULL = getenv */
    const struct dbt_build
        *build; /* which build it was, where that is known; NULL = from the environment */
    /* Whether the end of this key's alert is news, at_ms being when it was so; NULL = always. */
    bool (*is_firing)(void *context, const char *key, int64_t at_ms);
    void *context;
};

enum { DBT_EVENTS_MAX = 10000, DBT_NOTICES_MAX = 32 };

struct dbt_output {
    struct alert_event_out *events; /* what fires first */
    size_t events_len, firing;
    int64_t generated_at_ms;                              /* of the newest results; 0 = not said */
    size_t errors, fails, warnings, skipped, good, other; /* results */

    /* What was amiss. ERROR_NONE: worth knowing, and nothing is lost by it. */
    struct error notices[DBT_NOTICES_MAX];
    size_t notices_len;
};

/* Everything in the arena. False (ERROR_FILE): there are no results to speak of; the notices tell what else was wrong. */
MUST_CHECK bool dbt_events(const struct dbt_input *input, struct arena *arena,
                           struct dbt_output *output, struct error *err);
