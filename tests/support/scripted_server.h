#pragma once

/*
 * A small HTTP/1.1 server in the test's own loop, which answers as the test's handler says, faults included, or passes
 * requests on to another server on loopback. One request a connection.
 */

#include "base/arena.h"
#include "base/loop.h"

enum scripted_how {
    SCRIPTED_PLAIN,
    SCRIPTED_DROP,            /* the connection closes without an answer */
    SCRIPTED_CUT,             /* closes in the middle of the body */
    SCRIPTED_ENDLESS,         /* the body never ends */
    SCRIPTED_SILENT,          /* nothing comes, the connection stays */
    SCRIPTED_GARBAGE,         /* bytes that are no HTTP */
    SCRIPTED_FORWARD,         /* what the server behind says */
    SCRIPTED_FORWARD_CUT,     /* the same, closed in the middle */
    SCRIPTED_FORWARD_CORRUPT, /* the same, its last bytes replaced */
};

struct scripted_answer {
    int status;          /* 0 = 200 */
    const char *headers; /* lines with CR LF; NULL = none */
    const char *body;    /* NULL = "" */
    enum scripted_how how;
    int64_t delay_ms;
};

struct scripted_server;

/*
 * The handler gets "/path?query", the whole head of the request with what came behind it (the body, as long as its
 * Content-Length says), and an arena that lives as long as the server.
 */
typedef void scripted_handler(void *context, const char *target, const char *head,
                              struct arena *arena, struct scripted_answer *answer);

struct scripted_server *scripted_server_open(struct loop *loop, scripted_handler *handler,
                                             void *context);
void scripted_server_close(struct scripted_server *server);
/* The port on 127.0.0.1 that SCRIPTED_FORWARD asks. */
void scripted_server_forward_to(struct scripted_server *server, int port);
/* "http://127.0.0.1:PORT" */
const char *scripted_server_url(const struct scripted_server *server);
int scripted_server_requests(const struct scripted_server *server);
