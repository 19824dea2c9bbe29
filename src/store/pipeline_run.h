#pragma once

/*
 * Runs of the pipeline, as CI tells of them: rows of the cache beside what upstream said. Sync writes them; the header's strip,
 * the timeline and `show` read them. No project or no token, no rows.
 */

#include "model/snapshot.h"
#include "store/store.h"

/* With nothing but the id set when it is not known. */
MUST_CHECK bool pipeline_run_get(struct store *store, const char *id, struct arena *arena,
                                 struct pipeline_run *run, struct error *err);
bool pipeline_run_is_same(const struct pipeline_run *a, const struct pipeline_run *b);

/* In the caller's transaction. */
MUST_CHECK bool pipeline_run_put(struct store *store, const struct pipeline_run *run,
                                 struct error *err);
/* All but those of this branch of this project since `before`. In the caller's transaction. */
MUST_CHECK bool pipeline_run_forget(struct store *store, const char *project, const char *branch,
                                    int64_t before, struct error *err);

/* Those that ran, since a moment, and the one that went wrong, since another, whose number comes before `turn`. */
MUST_CHECK bool pipeline_run_again(struct store *store, int64_t since, int64_t wrong_since,
                                   int64_t turn, struct arena *arena, struct pipeline_run **runs,
                                   size_t *runs_len, struct error *err);

/* Newest first. */
MUST_CHECK bool pipeline_run_newest(struct store *store, int rows, struct arena *arena,
                                    struct pipeline_run **runs, size_t *runs_len,
                                    struct error *err);
