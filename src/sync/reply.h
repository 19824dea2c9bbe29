#pragma once

/* Rows of the outbox that are messages in Slack: method POST, path "slack:chat.postMessage", sent with remote/slack_post.h. */

#include "config/config.h"
#include "remote/slack_post.h"
#include "store/outbox.h"

struct reply;

/* token: "" = Slack is off: then every reply is refused. */
struct reply *reply_create(struct loop *loop, const struct profile *profile, const char *token,
                           int64_t timeout_ms);
/* NULL: nothing. What is under way is dropped. */
void reply_destroy(struct reply *reply);

bool reply_is_one(const struct outbox_row *row);
/* Why none can be sent; "" = they can. */
const char *reply_refusal(const struct reply *reply);
/* An earlier attempt of the row may have arrived when it has attempts: it is looked for first. */
void reply_send(struct reply *reply, const struct outbox_row *row,
                void (*done)(void *context, const struct slack_posted *posted), void *context);
