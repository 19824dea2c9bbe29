#pragma once

/*
 * "Tell me when this file is written or closed", by inotify, without a tick. The file need not exist yet and may be
 * deleted and made again (a database's WAL is): its directory is watched and events are picked by name.
 */

#include "base/error.h"
#include "base/loop.h"

enum notice_events {
    NOTICE_WRITTEN = 1, /* written, truncated, created, moved here or deleted */
    NOTICE_CLOSED = 2,  /* a descriptor of it was closed, whatever it was opened for */
    NOTICE_GONE = 4,    /* reported only, once: the directory went away, nothing more will come */
};

struct notice;

/*
 * Everything that happened since the last call comes in one call of the handler, with the events or-ed: many writes
 * are one notice. When the kernel dropped events, all that were asked for are reported. The directory must exist.
 * Writes by this process are reported too. NOTICE_WRITTEN comes twice more within half a second after the last write,
 * because what was written to a database can be read only some time later.
 */
MUST_CHECK bool notice_open(struct notice **notice, struct loop *loop, const char *path, int events,
                            void (*handler)(void *context, int events), void *context,
                            struct error *err);

/* Allowed inside the handler. NULL is allowed. */
void notice_close(struct notice *notice);
