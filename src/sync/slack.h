#pragma once

/*
 * What is said in the Slack channels of incidents, read beside all that upstream says: the channel on screen every 15 seconds, those
 * of other open incidents once a minute, with the threads that changed. A channel that cannot be read keeps the reason; what
 * else fails is a state of the source "slack" and leaves every other source alone. Nothing is written there: sync/push.h does.
 */

#include "base/error.h"

struct sync;
struct slack_source;

/* token: "" = off; or `why` says that there should be one. */
MUST_CHECK bool slack_source_create(struct slack_source **source, struct sync *sync,
                                    const char *token, const struct error *why, struct error *err);
void slack_source_destroy(struct slack_source *source);

/* More incidents are known. All these take NULL: it is off. */
void slack_source_incidents(struct slack_source *source);
/* Another incident is on screen, or something was said from here. */
void slack_source_look(struct slack_source *source);
/* Of a single pass: every channel was read once, or the attempt failed. */
bool slack_source_is_settled(const struct slack_source *source);
/* Code ERROR_NONE after a good run. */
const struct error *slack_source_error(const struct slack_source *source);
/* Says how it is doing, at the end. */
MUST_CHECK bool slack_source_finish(struct slack_source *source, struct error *err);
