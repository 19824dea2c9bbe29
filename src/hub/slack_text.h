#pragma once

/* What the hub says in Slack, and how it calls its channels (facts of integrations, Slack: text and names). Pure. */

#include "base/arena.h"
#include "model/model.h"

enum { SLACK_CHANNEL_NAME_MAX = 80, SLACK_TOPIC_MAX = 250 };

/* "inc-2026-11-22-orders-are-late", the third try "…-3"; the incident's own wish where it has one. */
const char *slack_channel_name(const char *prefix, const struct incident *incident, int tries,
                               struct arena *arena);

/* Without formatting, at most SLACK_TOPIC_MAX characters. */
const char *slack_topic(const struct incident *incident, struct arena *arena);

/* mrkdwn: the pinned message; an update; what the channel of announcements is told. */
const char *slack_summary(const struct incident *incident, struct arena *arena);
const char *slack_update(const struct incident_update *update, struct arena *arena);
const char *slack_announcement(const struct incident *incident, struct arena *arena);

/* Markdown as Slack writes it. Nothing in it mentions anybody. */
const char *slack_mrkdwn(const char *markdown, struct arena *arena);
