#pragma once

/*
 * The pull requests attached to incidents, read from GitHub beside all that upstream says: those of open incidents every
 * minute, merged and closed ones rarely, each with conditional requests, one after the other and within the budget. What
 * fails here is a state of the source "github" and leaves every other source alone.
 */

#include "base/error.h"

struct sync;
struct github;

/* token: "" = GitHub is off; or `why` says that there should be one. An error of it becomes the source's. */
MUST_CHECK bool github_create(struct github **github, struct sync *sync, const char *token,
                              const struct error *why, struct error *err);
void github_destroy(struct github *github);

/* Attachments may have changed, or another incident is on screen. All these take NULL: it is off. */
void github_look(struct github *github);
/* Somebody asks: what is open is read at once. */
void github_refresh(struct github *github);
/* Every pull request was read once, or the attempt failed. */
bool github_is_settled(const struct github *github);
/* Code ERROR_NONE after a good run. */
const struct error *github_error(const struct github *github);
/* Says how it is doing, at the end. */
MUST_CHECK bool github_finish(struct github *github, struct error *err);
