#pragma once

/*
 * Pipelines of a branch become alert events: what dbt left as artifacts in their jobs, of failed and of recovered runs, and where it
 * left nothing, a job's own failure.
 *
 * A round reads the list of pipelines down to what is known, and looks at those that are new or under way, and by turns at others
 * of the last day, for a rerun is a new workflow in an old pipeline. Each job is told once, the oldest first, when it has ended;
 * one that began before what was told of it last is old news. Events are in the spool before it is remembered that they were, and
 * what the spool knows is not put again: whenever a round is broken off, the next one takes up from there, none missed, none twice.
 */

#include "remote/alert_spool.h"
#include "remote/circleci_artifact.h"

struct circleci_watch {
    struct http *circleci;
    struct circleci_access access; /* whose profile names project, branch, workflow and jobs */
    const char *dir;               /* of what is remembered; it is there */
    int looks_max;                 /* at settled pipelines in a round */
    /* Of one pipeline or job: the others go on. */
    void (*trouble)(void *context, const char *what, const struct error *why);
    void *context;

    size_t jobs, fired, resolved; /* results of a round */
};

/* False when CircleCI, or the disk, is not there: try again, not before err->retry_after_ms. */
MUST_CHECK bool circleci_watch_round(struct circleci_watch *watch, struct alert_spool *spool,
                                     struct error *err);
