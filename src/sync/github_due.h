#pragma once

/* Which attached pull requests are asked for when. Kept between runs, so that a quiet poll writes nothing. */

#include "store/pull_request.h"

struct sync;

struct github_due {
    struct github_known *known;
    size_t len;
};

/*
 * The attached ones that are to be read now, in the arena; in `sync --once` all. One that was never read is due; one that has
 * ended, as the store says, need not be asked for at each start.
 */
MUST_CHECK bool github_due_find(struct github_due *due, struct sync *sync, struct arena *arena,
                                struct pull_request_attached **found, size_t *found_len,
                                struct error *err);
/* It was read, or it cannot be: by that, when it is asked for next. */
void github_due_read(struct github_due *due, struct sync *sync, const struct pull_request *pull);
void github_due_unreadable(struct github_due *due, struct sync *sync, const char *link);
/* It is of another server, or none. */
void github_due_elsewhere(struct github_due *due, struct sync *sync, const char *link);
/* The next run asks for it again; and for all of open incidents. */
void github_due_again(struct github_due *due, struct sync *sync, const char *link);
void github_due_all(struct github_due *due);

void github_due_finish(struct github_due *due);

#define GITHUB_LIVE_MS MINUTE_MS /* between two looks at pull requests of open incidents */
