#pragma once

/*
 * One request and its answer while it is worked on, and the ways to end it: a JSON body, or the API's error envelope
 * (facts 2). Every handler of the route table takes one.
 */

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "hub/auth.h"
#include "hub/request.h"
#include "store/cache.h"
#include "wire/wire.h"

struct hub;
struct intake;
struct route;
struct write;

struct exchange {
    struct store *store;
    const char *base_url; /* what our links begin with: "http://HOST:PORT" */
    const struct request *request;
    const char *method; /* "GET", also of HEAD */
    const struct route *route;
    const struct write *write;    /* NULL = it reads, or comes with a source's secret */
    struct wire_request sent;     /* what a write's body said */
    const struct access_key *key; /* who asks */
    const char *id;               /* {id} of the path, "" when it has none */
    const char *schedule_id;      /* {schedule_id} of the path, "" when it has none */
    const char *request_id;
    int64_t now_ms;
    int64_t page_size;         /* of a paged list; 0 elsewhere */
    struct arena *arena;       /* until the answer is on its way */
    struct slice request_body; /* of a request that is no GET */
    struct intake *intake;

    const char *if_match; /* what the object is expected to be still; NULL = whatever it is */

    int status;       /* of the answer; 0 = none yet */
    const char *etag; /* of the object that is answered with; NULL = none */
    struct str body;
    /* Set by a handler that answers later: it fills status and body then, and calls `answered`. */
    bool deferred;
    void (*answered)(struct exchange *exchange);
};

/* The status 200; the body is what was appended to exchange->body. */
void answer_ok(struct exchange *exchange);

/*
 * The envelope. `field` is what the client named ("status[one_of]"), "" when it is about none. All return false, so that
 * the line that refuses is the line that returns.
 */
bool answer_error(struct exchange *exchange, int status, const char *code, const char *field,
                  const char *format, ...) PRINTF_LIKE(5, 6);
#define answer_invalid(exchange, field, ...)                                                       \
    answer_error((exchange), 422, "invalid_value", (field), __VA_ARGS__)
bool answer_not_found(struct exchange *exchange);

/* What an object is, in a word: changes whenever its stored JSON does. In the exchange's arena. */
const char *object_tag(struct exchange *exchange, const char *json);

/* What went wrong on our side is logged; the client gets a 500 with the request's id. INVALID and NOT_FOUND are theirs. */
bool answer_failure(struct exchange *exchange, const struct error *err);

/* The same for what is stored and makes no sense: no fault of the request, whatever the code says. */
bool answer_broken(struct exchange *exchange, const struct error *err);

/* Said where it is called as well: what follows an answer is not run, and whoever checks the code can see it. */
#define answer_error(...) (answer_error(__VA_ARGS__), false)
#define answer_not_found(exchange) (answer_not_found(exchange), false)
#define answer_failure(exchange, err) (answer_failure((exchange), (err)), false)
#define answer_broken(exchange, err) (answer_broken((exchange), (err)), false)

/* Texts in the exchange's arena: ids that become the values of a filter, objects as they are stored. */
struct text_list {
    const char **items;
    size_t len, capacity;
};

/* The text is not copied. */
void text_list_add(struct text_list *list, const char *text, struct arena *arena);

/* Appends column 0 of the statement's rows; the statement is bound. False: the failure was answered. */
bool text_list_read(struct exchange *exchange, struct statement *statement, struct text_list *list);

/* A fresh statement, or NULL when the failure was answered. */
struct statement *exchange_statement(struct exchange *exchange, enum sql sql);
