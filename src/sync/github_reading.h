#pragma once

/* What was learned of one pull request in a run, and what it comes to: the row to keep and what is new on the timeline. */

#include "remote/github.h"
#include "store/pull_request.h"

enum { REVIEWS_MAX = 1000 };

struct reading {
    struct pull_request before, now; /* as stored; as it becomes */
    struct github_place place;
    struct github_pull pull;
    struct github_review *reviews;
    size_t reviews_len;
    struct github_checks checks[GITHUB_PARTS]; /* of STATUSES and RUNS */
    const char *etags[GITHUB_PARTS];
    bool is_new[GITHUB_PARTS]; /* answered with something else than 304 */
};

/* With every part asked for: fills `now`, and gives the events. etags_of: whose answers these are. */
void reading_finish(struct reading *reading, const char *etags_of, struct arena *arena,
                    const struct pull_request_event **events, size_t *events_len);

/* "#1746 merged, checks ok", or why it cannot be read. */
const char *reading_summary(const struct pull_request *pull, struct arena *arena);
bool reading_is_same(const struct pull_request *a, const struct pull_request *b);
