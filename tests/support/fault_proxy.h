#pragma once

/*
 * An HTTP proxy on a loopback port, in a child process, that forwards to another loopback port and spoils what it is told to
 * spoil. One request a connection (it answers "Connection: close"). What to spoil may be changed at any time; it holds
 * from the next request on. (tests/support/scripted_server answers inside the test's own loop; this one is for programs
 * the test only starts.)
 */

#include <stdbool.h>
#include <stdint.h>

enum fault {
    FAULT_NONE,
    FAULT_DELAY,   /* the answer comes amount ms late */
    FAULT_DROP,    /* the connection closes without an answer, and upstream was not asked */
    FAULT_LOST,    /* upstream did what it was asked; the connection closes without its answer */
    FAULT_CUT,     /* it closes in the middle of the body */
    FAULT_CORRUPT, /* bytes in the body are replaced by 0xff */
    FAULT_RATE_LIMITED, /* 429 with Retry-After: amount (seconds) */
    FAULT_ERROR,        /* 500 */
    FAULT_HTML,         /* 502 with a page of HTML, as a proxy's */
    FAULT_ENDLESS,      /* 200 with a body of JSON that never ends */
    FAULT_DRIP,         /* the answer comes byte by byte, amount ms apart */
    FAULT_SILENT,       /* the connection stays, nothing comes */
    FAULT_DATE,         /* the answer's Date is amount seconds from now */
    FAULT_ANSWER,       /* what fault_proxy_answer was given */
};

struct fault_proxy;

/* Forwards to 127.0.0.1:upstream_port. Fails the test when it cannot start. */
struct fault_proxy *fault_proxy_start(int upstream_port);
void fault_proxy_stop(struct fault_proxy *proxy);

int fault_proxy_port(const struct fault_proxy *proxy);
const char *fault_proxy_url(const struct fault_proxy *proxy); /* "http://127.0.0.1:PORT" */

/*
 * The fault for paths that start with path_prefix ("" = all; "POST /v2/" = of this method); replaces an earlier one for the
 * same prefix. Where several match, the longest prefix wins. At most `times` requests are spoiled; 0 = no limit.
 */
void fault_proxy_set(struct fault_proxy *proxy, const char *path_prefix, enum fault fault,
                     int amount, int times);
/* How many requests that fault is still to spoil; -1 = there is no limit, or no such fault. */
int fault_proxy_left(const struct fault_proxy *proxy, const char *path_prefix);
/* fault_proxy_set with an answer of the test's own, sent as it is: "HTTP/1.1 404 Not Found\r\n…", or anything else. */
void fault_proxy_answer(struct fault_proxy *proxy, const char *path_prefix, const char *answer);
void fault_proxy_clear(struct fault_proxy *proxy);

/* Requests so far with this method (NULL = any) and path prefix, spoiled ones included. */
int fault_proxy_requests(const struct fault_proxy *proxy, const char *method,
                         const char *path_prefix);
