#pragma once

/*
 * Questions asked in Slack become alerts: a mention of the responder's user group in a channel fires one, and an answer (a
 * reaction, or a responder's reply in the thread) or its deletion resolves it.
 *
 * A round reads what is new in each channel, newest first and in small pages, and looks at open questions again, as many as the
 * pace allows. Each event is in the spool before it is remembered how far was read, and a question that the spool knows to be
 * firing is not put again: whenever a round is broken off, the next one takes up from there, none missed, none twice.
 */

#include "remote/alert_spool.h"
#include "remote/slack.h"

enum { SLACK_WATCH_PAGE = 15 }; /* messages: what Slack gives to the most restricted apps */

struct slack_watch {
    struct slack *slack;
    struct loop *loop;                                /* the client's */
    const char *group;                                /* S… */
    const char *const *channels, *const *answered_by; /* NULL-terminated */
    const char *dir;                                  /* of what is remembered; it is there */
    int looks_max;                                    /* at open questions in a round */
    /* Of one channel: the others go on. */
    void (*trouble)(void *context, const char *channel, const struct error *why);
    void *context;

    size_t asked, answered; /* results of a round */
};

/* False when Slack, or the disk, is not there: try again, not before err->retry_after_ms. */
MUST_CHECK bool slack_watch_round(struct slack_watch *watch, struct alert_spool *spool,
                                  struct error *err);
