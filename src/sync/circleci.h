#pragma once

/*
 * The runs of the pipeline, read from CircleCI beside all that upstream says: those of one branch, once a minute, from the newest
 * to the first that is known and over, and by turns one that went wrong, for it may have been run again. What fails here is a state
 * of the source "circleci" and leaves every other source alone.
 */

#include "base/error.h"

struct sync;
struct circleci;

/* Off unless the profile names a project. token: "" = off too; or `why` says that there should be one. */
MUST_CHECK bool circleci_create(struct circleci **circleci, struct sync *sync, const char *token,
                                const struct error *why, struct error *err);
void circleci_destroy(struct circleci *circleci);

/* Somebody asks. All these take NULL: it is off. */
void circleci_refresh(struct circleci *circleci);
/* The newest runs were read once, or the attempt failed. */
bool circleci_is_settled(const struct circleci *circleci);
/* Code ERROR_NONE after a good run. */
const struct error *circleci_error(const struct circleci *circleci);
/* Says how it is doing, at the end. */
MUST_CHECK bool circleci_finish(struct circleci *circleci, struct error *err);
