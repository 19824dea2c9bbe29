#pragma once

/*
 * HTTP from the API: libcurl's multi interface joined to our loop. One client talks to one server with one key. Requests
 * wait in a queue, the user's first, until the rate budget and a free connection let them go. Answers are bounded, typed
 * and delivered to a handler; nothing here knows what they mean. What is not a GET goes over a connection of its own, for
 * libcurl would send it a second time when one that stood idle breaks off before an answer: perhaps after it was done.
 *
 * The key lives in memory only. It is sent to the configured server and nowhere else: redirects are never followed, and
 * plain HTTP is refused unless it goes to loopback, a unix socket, or the profile says `insecure`.
 */

#include "base/error.h"
#include "base/loop.h"
#include "base/str.h"

struct http_options {
    const char *url;   /* "https://host[:port][/prefix]", "http://127.0.0.1:PORT", "unix:PATH" */
    const char *token; /* copied; wiped by http_close; "" = sends none */
    const char *ca_file, *proxy; /* "" = the system's, the environment's */
    bool insecure;
    double budget;              /* share of the rate limit that polling may use */
    int64_t connect_timeout_ms; /* 0 = 5 s */
    int64_t timeout_ms;         /* 0 = 30 s */
    const char *accept;         /* media type; NULL = application/json */
    int64_t rate_window_ms;     /* of its limit, where headers do not say; 0 = a minute */
    bool limits_by_403;         /* beyond its limit it says 403: headers tell it from a refusal */
};

enum { HTTP_BODY_MAX_BYTES = 16 * 1024 * 1024, HTTP_ETAG_SIZE = 128, HTTP_LOCATION_SIZE = 4096 };

/* In this order they leave the queue; now and then one that has waited at the back goes first. */
enum http_urgency { HTTP_USER, HTTP_LIVE, HTTP_REST, HTTP_HISTORY, HTTP_URGENCY_COUNT };

/* Which quota of the server a request counts against; each counts against the first as well. */
enum http_quota { HTTP_QUOTA_ALL, HTTP_QUOTA_INCIDENTS, HTTP_QUOTA_COUNT };

struct http_response {
    int status;        /* 0 when no server answered */
    struct slice body; /* valid during the handler */
    char request_id[64];
    char etag[HTTP_ETAG_SIZE];         /* as received; "" = none, or longer than that */
    char location[HTTP_LOCATION_SIZE]; /* of a redirect; "" = none, or longer than that */
    bool has_next;                     /* Link says that a page follows */
    struct error error; /* code ERROR_NONE for a 2xx that may be JSON, and an asked-for 304 */
};

struct http_request {
    const char *target; /* path and query, encoded; copied */
    const char *method; /* NULL = GET */
    const char *const
        *headers;              /* more lines, "Name: value", NULL-terminated; copied; NULL = none */
    struct slice body;         /* copied; not of a GET */
    const char *if_none_match; /* an ETag: 304, bodyless, is an answer then; NULL, "" = none */
    bool target_is_secret;     /* who knows it may send there: no error tells it */
    enum http_urgency urgency;
    enum http_quota quota;
    size_t body_max_bytes; /* 0 = HTTP_BODY_MAX_BYTES */
    int body_fd; /* > 0: a file that the body of a 2xx goes to as it comes, in place of memory */
    void (*done)(void *context, const struct http_response *response);
    void *context;
};

struct http;

/* ERROR_CONFIG for an address that is none, or plain HTTP to a stranger. The loop must outlive the client. */
MUST_CHECK bool http_open(struct http **http, struct loop *loop, const struct http_options *options,
                          struct error *err);
/* Pending requests are dropped without calling their handlers. */
void http_close(struct http *http);

/* Returns an id > 0. The handler is always called from the loop, never from within http_ask. */
uint64_t http_ask(struct http *http, const struct http_request *request);
/* Forgets a request: its handler will not be called. */
void http_cancel(struct http *http, uint64_t id);

/* Requests queued or under way. */
size_t http_pending(const struct http *http);

/* Server's clock minus ours as the last answers said; *known = false until one carried a Date. */
int64_t http_clock_skew_ms(const struct http *http, bool *known);
int http_rate_used_permille(struct http *http);

/* "Retry-After: 12" or an HTTP date, as milliseconds from now_ms; 0 when it is neither. At most an hour. */
int64_t http_parse_retry_after(const char *text, int64_t now_ms);

/* "libcurl/7.88.1 OpenSSL/3.0.19 …" */
const char *http_library(void);
