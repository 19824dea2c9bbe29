#pragma once

/*
 * The hub in Slack: user groups that are who is on call (slack_sync.h), and incidents' channels (slack_channel.h). What has to
 * be done is a delivery, put when the store says that something changed and at the moments of hand-overs; what is done for
 * one is decided when its turn comes, from the store and from what Slack says then. So nothing is lost by a crash, and
 * doing it once more does nothing. Without a token all of it is off.
 */

#include "base/loop.h"
#include "hub/delivery.h"
#include "store/store.h"

struct slack_settings {
    const char *token;          /* "" = off */
    const char *url;            /* "" = https://slack.com/api */
    const char *ca_file;        /* "" = the system's */
    const char *team_id;        /* "T…", goes into incidents; "" = as Slack says */
    const char *channel_prefix; /* of incidents' channels; "" = "inc-" */
    const char *announce;       /* channel that is told of new incidents; "" = none */
    bool incident_channels;     /* each incident gets a channel */
    bool archive;               /* when it is closed, after archive_after_ms */
    int64_t archive_after_ms;
    int64_t
        check_ms; /* how often groups are looked at besides hand-overs and changes; 0 = 10 minutes */
    int64_t timeout_ms; /* of a call; 0 = 15 s */
    int64_t settle_ms;  /* as slack_options.settle_ms, and so is the next */
    int pace;
};

struct slack;
struct slack_presence;

/* Registers its kinds of deliveries: before they are attached. Off until configured. */
struct slack_presence *hub_slack_create(struct store *store, struct deliveries *deliveries);
/* Before deliveries_destroy. */
void hub_slack_destroy(struct slack_presence *slack);
void hub_slack_attach(struct slack_presence *slack, struct loop *loop);

/*
 * At the start and when the configuration may have changed; before or after attaching. Copied. If it did, what is under way is begun
 * again. On failure (an address that is none) it is off.
 */
MUST_CHECK bool hub_slack_configure(struct slack_presence *slack,
                                    const struct slack_settings *settings, struct error *err);

/* Something may have changed. The hub calls it after each pass of the loop in which its store did. */
void hub_slack_look(struct slack_presence *slack);

/*
 * The client, for messages of others: `changed` is told of it now and whenever it is another one, and of NULL before it is closed. NULL = off.
 */
void hub_slack_lend(struct slack_presence *slack,
                    void (*changed)(void *context, struct slack *client), void *context);
struct slack *hub_slack_client(struct slack_presence *slack);
