#pragma once

/*
 * What waits to be sent to an alert source, and which of its keys are firing: a file of JSON lines in a directory that CI keeps
 * from run to run. An event is in it, safely, before it is first sent, and marked once it was taken: a run that is killed loses
 * nothing, and the next one sends it at most a second time, which its key makes harmless.
 *
 * The file belongs to one address: events never go elsewhere than where they were meant to. One run at a time has it. A line
 * that was cut off when a run was killed is as if it had never been; what is no file of ours is set aside.
 * Without a directory all is kept in memory.
 */

#include "base/arena.h"
#include "base/error.h"
#include "wire/alert_event_out.h"

enum { ALERT_SPOOL_EVENTS_MAX = 10000, ALERT_SPOOL_MAX_BYTES = 64 * 1024 * 1024 };
#define ALERT_SPOOL_KEPT_DAYS 7
#define ALERT_SPOOL_FIRING_DAYS                                                                    \
    90 /* a key that neither fired again nor was resolved is forgotten */

struct alert_spool;

/*
 * `dir` is made if need be; "" = memory only. Another run is waited for as long as wait_ms. False: ERROR_FILE, ERROR_CONFLICT
 * when the other one still had it; what is then open is in memory only. Destroy it in any case.
 */
MUST_CHECK bool alert_spool_open(struct alert_spool **spool, const char *dir, const char *address,
                                 int64_t wait_ms, struct error *err);
/* Makes the file small again. */
void alert_spool_close(struct alert_spool *spool);

/* A sentence on what was amiss with the file, or was too old to be sent; "" when nothing. */
const char *alert_spool_notice(const struct alert_spool *spool);

/* Whether there is a memory of earlier runs: without, what recovered cannot be told from what was never bad. */
bool alert_spool_remembers(const struct alert_spool *spool);
/* Whether the last event of the key fires, and is not newer than at_ms (0 = unknown). */
bool alert_spool_is_firing(const struct alert_spool *spool, const char *key, int64_t at_ms);
/* Whether that event of the key is the one that was exactly then. */
bool alert_spool_has_fired(const struct alert_spool *spool, const char *key, int64_t at_ms);

/*
 * Behind what waits. Each has a key. False when they could not be kept on disk; they are sent all the same.
 */
MUST_CHECK bool alert_spool_put(struct alert_spool *spool, const struct alert_event_out *events,
                                size_t events_len, struct error *err);

size_t alert_spool_waiting(const struct alert_spool *spool);

/* The oldest that waits and was not passed over; NULL = none. Lives until the spool is closed. */
const struct alert_event_out *alert_spool_first(struct alert_spool *spool);
/* It was taken, or refused for good: it waits no longer. */
void alert_spool_settle(struct alert_spool *spool);
/* It stays for the next run, and so do the later ones of its key. */
void alert_spool_pass_over(struct alert_spool *spool);
