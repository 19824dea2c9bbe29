#pragma once

/* What people say in a channel of Slack, as its Web API tells it: conversations.history and .replies. Pure. */

#include "base/arena.h"
#include "remote/slack.h"

struct slack_message {
    const char *ts;        /* its name in the channel, and its time: "1503435956.000247" */
    const char *thread_ts; /* of the message that it replies to; "" = of none */
    const char *user;      /* a member's id; "" = a bot without one */
    const char *text;      /* mrkdwn */
    const char *key;       /* of what we posted ourselves (remote/slack_post.h); "" = others did */
    const char *latest_reply; /* of its thread; "" = there is none */
    bool is_said; /* by a person: not a note that somebody joined, nor what a bot reports */
};

enum { SLACK_MESSAGES_MAX = 1000 }; /* Slack's most in one answer */

/* What has no name is left out. In the order of the answer; everything in the arena. */
void slack_messages_read(const struct slack_answer *answer, struct arena *arena,
                         struct slack_message **messages, size_t *len);

/* Whether a subtype is of what people say. */
bool slack_is_said(const char *subtype);

/* Which message is older: as strcmp. Names of unlike length are compared as numbers. */
int slack_ts_compare(const char *a, const char *b);
/* Digits, a dot, digits. */
bool slack_ts_is_one(const char *text);
/* When it was said, ms UTC. */
int64_t slack_ts_ms(const char *ts);

struct slack_names {
    const char *unnamed_group; /* of this user group nothing is shown; "" = each is */
    const char *(*name_of)(void *context, const char *user_id); /* "" = not known; NULL: none is */
    void *context;
};

/* mrkdwn to plain text, of several lines: mentions and links by their names. */
const char *slack_plain(const char *mrkdwn, const struct slack_names *names, struct arena *arena);
