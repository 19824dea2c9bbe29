#pragma once

/* What is known of an incident's channel. Private to src/hub/slack*.c. */

#include "hub/slack_internal.h"
#include "model/model.h"

/* All that concerns incidents counts together, so that pages never wait for a slow Slack behind channels. */
#define SLACK_INCIDENTS "slack incidents"

struct channel_state {
    const char *name;
    int64_t name_tries, tried_at;
    const char *channel_id, *topic, *summary;
    int64_t summary_tried_at;
    const char *summary_ts;
    int64_t pinned, archived_at;
    const char *problem;
};

MUST_CHECK bool channel_state_get(struct store *store, const char *incident_id, struct arena *arena,
                                  struct channel_state *state, bool *found, struct error *err);
/* In a transaction of its own. */
MUST_CHECK bool channel_state_keep(struct store *store, const char *incident_id,
                                   const struct channel_state *state, struct error *err);

/* What is said in a channel goes one after the other. */
const char *slack_incident_lane(const char *incident_id, struct arena *arena);
