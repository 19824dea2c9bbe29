#pragma once

/*
 * The one error type. What can fail returns bool, takes `struct error *err` last and is MUST_CHECK.
 * error_set and error_wrap return false, so the failing line is the returning line.
 * Wording: lower case, no full stop, what could not be done, subject in single quotes, then the cause:
 * cannot open the cache 'x.db': disk is full
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

/* Exit status is the contract of the command line; retry says whether waiting can help. */
/* clang-format off */
#define ERROR_CODES(X)                                                                             \
    /* id               exit  retry  phrase: how the freshness word of a pane says it */           \
    X(NONE,             0,    false, "")                                                           \
    X(USAGE,            1,    false, "wrong usage")                                                \
    X(CONFIG,           1,    false, "configuration is wrong")                                     \
    X(UNAUTHENTICATED,  2,    false, "token refused")                                              \
    X(FORBIDDEN,        2,    false, "no permission")                                              \
    X(CONFLICT,         2,    false, "changed upstream meanwhile")                                 \
    X(INVALID,          2,    false, "request refused")                                            \
    X(UNSUPPORTED,      2,    false, "not offered by this server")                                 \
    X(RATE_LIMITED,     3,    true,  "rate limited")                                               \
    X(UPSTREAM,         3,    true,  "server error")                                               \
    X(NETWORK,          3,    true,  "no route")                                                   \
    X(TIMEOUT,          3,    true,  "timed out")                                                  \
    X(TLS,              3,    false, "certificate not trusted")                                    \
    X(PROTOCOL,         3,    true,  "answer makes no sense")                                      \
    X(TOO_LARGE,        3,    false, "answer too large")                                           \
    X(STALE,            4,    true,  "data is stale")                                              \
    X(READ_ONLY,        5,    false, "read-only: not sent")                                        \
    X(NOT_FOUND,        6,    false, "not found")                                                  \
    X(FILE,             7,    false, "file problem")                                               \
    X(STORE,            7,    false, "store problem")                                              \
    X(PARTIAL,          8,    true,  "incomplete")                                                 \
    X(INTERRUPTED,      130,  true,  "interrupted")                                                \
    X(BUG,              70,   false, "bug in tocsin")
/* clang-format on */

enum error_code {
#define X(id, exit_status, retry, phrase) ERROR_##id,
    ERROR_CODES(X)
#undef X
        ERROR_CODE_COUNT
};

struct error {
    enum error_code code;
    bool was_connected;     /* a connection stood, and the other side broke it off */
    int http_status;        /* 0 when no server answered */
    int64_t retry_after_ms; /* how long the server asked us to wait; 0 = it did not say */
    char request_id[64];    /* the server's name for the request, "" when unknown */
    char message[600];      /* a sentence: valid UTF-8, no control characters */
};

/* Fills err (which may be NULL) and returns false. */
bool error_set(struct error *err, enum error_code code, const char *format, ...) PRINTF_LIKE(3, 4);

/* Puts "what: " in front of the message, keeping the code. Returns false. */
bool error_wrap(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Lower-case name of the code ("rate_limited"), as it stands in JSON errors and the log. */
const char *error_name(enum error_code code);
const char *error_phrase(enum error_code code);
int error_exit_status(enum error_code code);
bool error_is_retryable(enum error_code code);

/* The code for an HTTP answer that is not 2xx (incident-io-api: errors and rate limits). */
enum error_code error_from_http_status(int status);
