#pragma once

/*
 * What became of the writes that this console queued: told once they are over, so that nobody has to look for it. What
 * could not be sent of several items is selected again.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct app;

enum { SENT_MAX = 16 };

struct sent_batch {
    int64_t batch; /* of the outbox */
    size_t len;
    int pane;
    size_t told; /* how many were over when it was last told */
};

struct sent {
    struct sent_batch batches[SENT_MAX]; /* the oldest give way: `@` has them */
    size_t len;
    bool wanted; /* something was committed since it was looked at */
};

void sent_follow(struct sent *sent, int64_t batch, size_t len, int pane);

/* Behind a frame. */
void app_tell_sent(struct app *app);
