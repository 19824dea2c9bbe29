#pragma once

/*
 * Who may have broken it, asked of GitHub beside all that upstream says: the commits that alerts name which fire, with their pull
 * requests, and the pull requests merged in the last week, with the files they touched. What does not change is asked for once.
 * What fails here is a state of the source "suspects" and leaves every other source alone.
 */

#include "base/error.h"

struct sync;
struct suspects;

/* Off unless the profile names a repository. token: "" = off too; what is wrong with it, the source "github" tells. */
MUST_CHECK bool suspects_create(struct suspects **suspects, struct sync *sync, const char *token,
                                struct error *err);
void suspects_destroy(struct suspects *suspects);

/* Alerts may have changed; or somebody asks. All these take NULL: it is off. */
void suspects_look(struct suspects *suspects);
/* What there was to ask was asked once, or the attempt failed. */
bool suspects_is_settled(const struct suspects *suspects);
/* Code ERROR_NONE after a good run. */
const struct error *suspects_error(const struct suspects *suspects);
/* Says how it is doing, at the end. */
MUST_CHECK bool suspects_finish(struct suspects *suspects, struct error *err);
