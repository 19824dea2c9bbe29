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
/* Inside the caller's transaction; the next in one of its own. */
MUST_CHECK bool channel_state_put(struct store *store, const char *incident_id,
                                  const struct channel_state *state, struct error *err);
MUST_CHECK bool channel_state_keep(struct store *store, const char *incident_id,
                                   const struct channel_state *state, struct error *err);

/* What is said in a channel goes one after the other. */
const char *slack_incident_lane(const char *incident_id, struct arena *arena);

/* ---- a round: a channel is brought to what its incident says ---- */

struct channel_job {
    struct slack_work work;
    struct incident incident;
    struct channel_state state;
    bool name_is_new; /* nobody can have made a channel under it for us yet */
    bool asked_topic;
    int pages;
    const char *const *invited;
    size_t invited_len;
    const char **to_invite;
    size_t to_invite_len;
    const char *wanted; /* the topic, or the message, under way */
};

/* What is to be done next; from each step that is done. */
void channel_step(struct channel_job *job);
/* Notes the state. False: the job has ended. */
MUST_CHECK bool channel_keep(struct channel_job *job);
/* What went wrong stays with the channel, and is said once. */
void channel_complain(struct channel_job *job, const struct slack_answer *answer);
/* Ends the round, unless the failure is only this step's. */
MUST_CHECK bool channel_round_ends(struct channel_job *job, const struct slack_answer *answer);

/* Makes it, or takes it for ours when an earlier attempt did; under a name that nobody tried for it yet. */
void channel_create(struct channel_job *job);
void channel_create_as(struct channel_job *job, const char *name);

/* Finds out whom to ask in, then asks one in. */
void channel_invite(struct channel_job *job);
