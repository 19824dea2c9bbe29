#pragma once

/*
 * A message in a channel exactly once. Slack keeps no idempotency keys: after a time-out or a crash the message may be there. So
 * each carries a key of ours in its metadata, and an attempt that follows a doubtful one first looks for it in the channel.
 */

#include "remote/slack.h"

struct slack_post {
    const char *channel;   /* C…, G…, D…; U… or W…: the person's direct messages */
    const char *thread_ts; /* of the message that it replies to; NULL, "" = of none */
    const char *text;      /* mrkdwn; cut where Slack would */
    const char *key;       /* ours: of what is said ("update:01H…"); the same for each attempt */
    bool in_doubt;         /* an earlier attempt may have arrived: look first */
    int64_t since_ms;      /* when the first attempt was made, for the look; not before it */
};

struct slack_posted {
    const struct slack_answer *answer; /* of the call that decided; in_doubt as there */
    const char *channel,
        *ts;        /* where it is: the message's name in its channel; "" when it failed */
    bool was_there; /* an earlier attempt did arrive */
};

/* As slack_call. Texts are copied. */
void slack_post(struct slack *slack, const struct slack_post *post,
                void (*done)(void *context, const struct slack_posted *posted), void *context);
