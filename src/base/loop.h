#pragma once

/*
 * The event loop: descriptors, timers and signals, on poll(). No threads. Handlers return within milliseconds;
 * adding and removing inside a handler is allowed (removal is deferred). With nothing due it sleeps without a tick.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct loop;

enum loop_events { LOOP_READ = 1, LOOP_WRITE = 2, LOOP_HANGUP = 4 /* reported only */ };

MUST_CHECK bool loop_create(struct loop **loop, struct error *err);
void loop_destroy(struct loop *loop);

/* Watches fd; a second call for the same fd replaces events and handler. The loop never closes it. */
void loop_watch(struct loop *loop, int fd, int events,
                void (*handler)(void *context, int fd, int events), void *context);
void loop_unwatch(struct loop *loop, int fd);

/* One-shot timers on the monotonic clock. Returns an id > 0; 0 is never one. */
uint64_t loop_after(struct loop *loop, int64_t delay_ms, void (*handler)(void *context),
                    void *context);
void loop_cancel(struct loop *loop, uint64_t timer);

/* Blocks the signal for the process and delivers it through a signalfd. */
MUST_CHECK bool loop_on_signal(struct loop *loop, int signal_number,
                               void (*handler)(void *context, int signal_number), void *context,
                               struct error *err);

/* Called once after every pass in which any handler ran: all waiting input is read, then one frame is drawn. */
void loop_after_pass(struct loop *loop, void (*handler)(void *context), void *context);

/* Runs until loop_stop; not at all if that came first. False only when poll itself fails. */
MUST_CHECK bool loop_run(struct loop *loop, struct error *err);
void loop_stop(struct loop *loop);

/* How often poll() returned: benchmarks count wakeups with it. */
uint64_t loop_wakeups(const struct loop *loop);
