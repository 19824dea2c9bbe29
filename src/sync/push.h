#pragma once

/*
 * Sends the outbox, row by row, in the caller's loop. A row is marked in the store before it leaves and settled after its
 * answer, so that whatever is killed between is known to have perhaps arrived: then it is looked for, or repeated with its
 * idempotency key. What nobody answered is tried again, rarer and rarer; what was refused waits for the user.
 */

#include "base/loop.h"
#include "base/str.h"
#include "config/config.h"
#include "store/outbox.h"

struct push_options {
    const struct profile *profile;
    const char *token;
    const char *slack_token;  /* NULL, "" = messages in Slack are refused */
    struct store *private_db; /* opened for writing */
    int64_t backoff_ms;       /* before a row is repeated the first time; 0 = 1 s */
    int64_t timeout_ms;       /* of a request; 0 = 30 s */
    /* Whether what is due may be sent now; NULL = always. Asked again every two seconds while it may not. */
    bool (*may_send)(void *context);
    /* What upstream answered to a write, before the row is settled. From the loop; body "" = only that it is so. */
    void (*on_answer)(void *context, const struct outbox_row *row, struct slice body);
    void *context;
};

struct push;

MUST_CHECK bool push_create(struct push **push, struct loop *loop,
                            const struct push_options *options, struct error *err);
void push_destroy(struct push *push);

/* Something may have been queued, edited or taken back. */
void push_wake(struct push *push);
