#pragma once

/* What the parts of a round share: watch/circleci_watch.c walks, watch/circleci_job.c tells of one job. */

#include "watch/circleci_event.h"
#include "watch/circleci_state.h"
#include "watch/circleci_watch.h"

struct circleci_round {
    struct circleci_watch *watch;
    struct alert_spool *spool;
    struct circleci_state state;
    struct arena arena; /* of the round */
};

/* One answer, its body in the arena. ERROR_NOT_FOUND also says "no access". */
MUST_CHECK bool circleci_get(struct circleci_round *round, const char *target, struct arena *arena,
                             struct slice *body, struct error *err);

/* Page after page, until one is the last or `enough`. ERROR_PROTOCOL for a list without end. */
struct circleci_pages {
    const char *(*target)(const void *of, const char *page, struct arena *arena);
    const void *of;
    bool (*take)(void *context, struct slice body, const char **next, bool *enough,
                 struct error *err);
    void *context;
    int pages_max;
};
MUST_CHECK bool circleci_each_page(struct circleci_round *round, const struct circleci_pages *pages,
                                   struct error *err);

void circleci_trouble(const struct circleci_round *round, const char *what,
                      const struct error *why);
/* Whether it is about what was asked for alone: else nobody is there, or lets us in, and the others would fare no better. */
bool circleci_is_its_own(const struct error *err);

/* Into the spool, but for what it has: an earlier round put that and was broken off. */
MUST_CHECK bool circleci_put(struct circleci_round *round, const struct alert_event_out *events,
                             size_t events_len, struct error *err);

/* Tells what became of a job that has ended, and remembers it. Its texts are the round's. */
MUST_CHECK bool circleci_tell_job(struct circleci_round *round, const struct circleci_run *run,
                                  int64_t began_at, struct error *err);
