#pragma once

/*
 * While nobody types and nothing comes, what the clock alone changes on the screen (ages, mostly) is sent little by little:
 * 60 bytes in any 10 s (ux.md 14). Rows that have to wait keep what they say a while longer, in turn. What is more than an
 * age, such as a pane that goes stale or is live again, never waits.
 */

#include "ui/canvas.h"

#define PACE_BYTES 60
#define PACE_SPAN_MS 10000
#define PACE_SENT_MAX 8

/* Zeroed at first. */
struct pace {
    struct {
        int64_t at_ms; /* monotonic */
        int bytes;
    } sent[PACE_SENT_MAX];
    int next_row; /* where the next turn begins */
};

/*
 * Puts back into `canvas` what is shown of the rows that have to wait. Returns after how many ms to ask again; -1 = none
 * waits. now_ms is of the monotonic clock.
 */
int64_t pace_hold(struct pace *pace, struct canvas *canvas, const struct canvas *shown,
                  int64_t now_ms);
/* What the canvas took once it was drawn. */
void pace_sent(struct pace *pace, int bytes, int64_t now_ms);
