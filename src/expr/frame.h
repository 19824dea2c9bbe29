#pragma once

/*
 * What a worker and its helper say to each other, over a socket between two starts of one program: structs as they
 * are in memory, bytes behind them. The worker believes nothing of what comes back.
 */

#include <stdint.h>

enum { FRAME_SLOTS = 256 /* batches of programs that a helper keeps */ };

/* To the helper. DEFINE: `count` programs, each ending in a NUL. RUN: a document, empty = none. */
struct request_frame {
    enum { REQUEST_DEFINE = 1, REQUEST_RUN } kind;
    uint32_t slot, count, bytes;
    uint32_t result_max_bytes;
};

/* From it. READY after a DEFINE; after a RUN an ANSWER a program, in order, with JSON or a reason behind it. */
struct answer_frame {
    enum { ANSWER_READY = 0x7c51, ANSWER_RESULT } kind;
    uint32_t index;
    uint32_t outcome; /* enum worker_outcome */
    uint32_t bytes;
};
