#pragma once

/*
 * What a pipeline's own failure says as an alert event: a job that failed without dbt having said why, and a configuration that
 * CircleCI could not read, of which there are no jobs at all. Pure.
 */

#include "dbt/build.h"
#include "remote/circleci.h"
#include "wire/alert_event_out.h"

struct circleci_run {
    const char *api_url, *project, *branch;
    const struct circleci_pipeline *pipeline;
    const struct circleci_workflow *workflow; /* NULL = there is none */
    const struct circleci_job *job;           /* NULL = it is about the whole pipeline */
};

/* The same for a job of a workflow in every run. */
const char *circleci_key(const struct circleci_run *run, struct arena *arena);

/* Which build it was, as `tocsin alert dbt` has it from the environment of a job. */
struct dbt_build circleci_build(const struct circleci_run *run, struct arena *arena);

/* messages, tests: lines, as CircleCI has them; "" = none. at_ms: when it was so. */
struct alert_event_out circleci_event(const struct circleci_run *run, bool resolved,
                                      const char *messages, const char *tests, int64_t at_ms,
                                      struct arena *arena);
