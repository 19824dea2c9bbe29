#pragma once

/*
 * A Slack of ours on loopback, in the test's loop: it keeps people, user groups, channels and messages, checks each request (method,
 * token, content type, arguments) and fails in every way that Slack does when it is told to. What a request did wrong is kept as a
 * complaint, for the test to find.
 */

#include "base/arena.h"
#include "base/loop.h"

#define SLACK_SERVER_TOKEN "xoxb-1234-a-secret-token"
#define SLACK_SERVER_BOT "U0BOT"
#define SLACK_SERVER_TEAM "T0TEAM"

enum slack_fault {
    SLACK_FAULT_NONE,
    SLACK_FAULT_REFUSE,      /* HTTP 200, {"ok":false,"error":WORD} */
    SLACK_FAULT_RATELIMITED, /* 429 with Retry-After: 1 */
    SLACK_FAULT_HTML,        /* a page, with 200 */
    SLACK_FAULT_500,
    SLACK_FAULT_CUT,   /* the connection closes in the middle of the body */
    SLACK_FAULT_DROP,  /* it closes without an answer */
    SLACK_FAULT_SILENT /* nothing comes */
};

struct slack_said {
    const char *channel, *ts, *text, *key;
    const char *thread_ts;   /* "" = in the channel itself */
    const char *user, *more; /* of what people say: more members, as JSON with a comma in front */
    int changes;
    bool pinned;
};

struct slack_channel_there {
    const char *id, *name, *creator, *topic;
    int64_t created_s;
    bool is_private, is_archived;
    int topics; /* how often it was set */
    const char *members[32];
    size_t members_len;
};

struct slack_server;

struct slack_server *slack_server_open(struct loop *loop);
void slack_server_close(struct slack_server *server);
/* "http://127.0.0.1:PORT/api" */
const char *slack_server_url(const struct slack_server *server);

void slack_server_add_user(struct slack_server *server, const char *id, const char *email);
void slack_server_deactivate(struct slack_server *server, const char *id);
/* members: with commas. */
void slack_server_set_group(struct slack_server *server, const char *id, const char *members);
void slack_server_disable_group(struct slack_server *server, const char *id);
/* In order, with commas; lives as long as the server. */
const char *slack_server_group(struct slack_server *server, const char *id);
/* By whom it was made matters: "" = somebody else. */
void slack_server_add_channel(struct slack_server *server, const char *id, const char *name,
                              const char *creator);

/*
 * The next `times` requests of a method ("" = any) fail so; `word` for REFUSE. With `done` they are done nevertheless, before
 * the failure.
 */
void slack_server_fail(struct slack_server *server, const char *method, enum slack_fault fault,
                       const char *word, bool done, int times);

/* No more of that. */
void slack_server_heal(struct slack_server *server);

/* Called for each request, after it was done and before it is answered: nothing is answered when it returns false. */
void slack_server_on_request(struct slack_server *server,
                             bool (*hook)(void *context, const char *method, int number),
                             void *context);

/* How often a method was asked for, "" = all together. */
int slack_server_requests(const struct slack_server *server, const char *method);
const struct slack_channel_there *slack_server_channel(struct slack_server *server,
                                                       const char *name);
/* The index-th message in a channel, oldest first; NULL behind the last. */
const struct slack_said *slack_server_message(struct slack_server *server, const char *channel,
                                              size_t index);
/* Somebody says something; ts is later than all before in the channel. */
void slack_server_say(struct slack_server *server, const char *channel, const char *ts,
                      const char *user, const char *text);
/* … in the thread of the message thread_ts. */
void slack_server_reply(struct slack_server *server, const char *channel, const char *thread_ts,
                        const char *ts, const char *user, const char *text);
/* It says something else now. */
void slack_server_edit(struct slack_server *server, const char *ts, const char *text);
/* ",\"reactions\":[…]" */
void slack_server_add_to(struct slack_server *server, const char *ts, const char *more);
void slack_server_remove(struct slack_server *server, const char *ts);
/* "" = nothing was wrong with any request. */
const char *slack_server_complaint(const struct slack_server *server);
