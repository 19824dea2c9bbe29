#include "hub/server.h"

#include <assert.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "hub/routes.h"
#include "hub/write.h"
#include "model/model.h"

enum {
    CONNECTIONS_MAX = 256,
    CONNECTION_MEMORY_BYTES = 48 * 1024, /* request line and headers */
    IDLE_SECONDS = 75,                   /* no byte in either direction */
    BODY_DISCARDED_MAX_BYTES =
        8 * 1024 * 1024,          /* read on for the sake of an answer that says why */
    EXCHANGE_MAX_MS = 120 * 1000, /* from the last answer to the end of the next */
    HOST_MAX_BYTES = 260
};

/* A peer. Idle ones are ended by libmicrohttpd; those that trickle bytes, by deadline. */
struct connection {
    struct connection *next, *previous;
    int fd;
    int64_t deadline_ms;
};

struct server {
    struct MHD_Daemon *daemon;
    struct loop *loop;
    int epoll_fd;
    uint64_t timer;       /* libmicrohttpd's own timeout */
    uint64_t sweep_timer; /* the earliest deadline; 0 when there are no connections */
    struct connection *connections;
    struct store *store;
    const char *base_url;
    struct limiter *limiter;
    struct intake *intake;
    const struct hub_guest *guest; /* NULL = none */
};

/* A request from its first line to the last byte of its answer. */
struct pending {
    struct request request;
    struct exchange exchange;
    struct limit_state limit;
    struct str body; /* what a POST brings */
    size_t body_bytes;
    bool begun;
    bool answered; /* after having been put off */
    struct server *server;
    struct MHD_Connection *connection;
};

/* ---- checks, in the order in which a client should hear of them ---- */

static bool
has_media_type(const char *accept)
{
    /* Quality values only rank what is acceptable, except q=0; we have one representation. */
    static const char *const ours[] = {"*/*", "application/*", "application/json"};

    for (const char *at = accept; *at;) {
        at += strspn(at, " \t,");
        size_t len = strcspn(at, ",");
        size_t type_len = strcspn(at, ",; \t");
        const char *quality = memmem(at, len, "q=", 2);
        bool refused = quality && strtod(quality + 2, NULL) <= 0;
        for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
            if (!refused && strlen(ours[i]) == type_len && strncasecmp(at, ours[i], type_len) == 0)
                return true;
        }
        at += len;
    }
    return false;
}

struct incoming {
    const char *method;
    const char *authorization; /* NULL = none */
    const char *if_match;      /* NULL = none */
    const char *if_none_match; /* NULL = none */
    const char *accept;
    int64_t content_length; /* -1 = not said */
    bool body_overflowed;   /* it was longer than what it should have said */
};

/* What a route does for a method. */
struct handler {
    void (*answer)(struct exchange *exchange); /* NULL: it writes, or is not offered */
    const struct write *write;
};

static struct handler
handler_of(const struct route *route, const char *method)
{
    if (strcmp(method, "GET") == 0)
        return (struct handler){.answer = route->answer};
    if (strcmp(method, "POST") == 0)
        return (struct handler){.answer = route->take, .write = route->post};
    return (struct handler){.write = strcmp(method, "PUT") == 0      ? route->put
                                     : strcmp(method, "PATCH") == 0  ? route->patch
                                     : strcmp(method, "DELETE") == 0 ? route->remove
                                                                     : NULL};
}

static bool
is_offered(const struct route *route, const char *method)
{
    struct handler handler = handler_of(route, method);
    return handler.answer || handler.write;
}

static bool
check_request(struct exchange *exchange, const struct incoming *incoming)
{
    const struct request *request = exchange->request;

    if (request->status != 0)
        return answer_error(exchange, request->status, "invalid_request", "", "%s",
                            request->problem);
    exchange->route = route_find(request, &exchange->id, &exchange->schedule_id);
    if (!exchange->route)
        return answer_error(exchange, 404, "resource_not_found", "", "this API has no such path");
    if (incoming->content_length > REQUEST_BODY_MAX_BYTES || incoming->body_overflowed)
        return answer_error(exchange, 413, "payload_too_large", "",
                            "the body is larger than 1 MiB");
    if (!is_offered(exchange->route, exchange->method))
        return answer_error(exchange, 405, "method_not_allowed", "",
                            "this hub does not offer %.16s here", exchange->method);
    exchange->write = handler_of(exchange->route, exchange->method).write;
    return true;
}

/* "" where none is, or none may be. */
static const char *
key_in_url(const struct exchange *exchange)
{
    return exchange->route && exchange->route->key_in_url
               ? request_parameter(exchange->request, "token")
               : "";
}

static bool
find_key(struct exchange *exchange, const struct incoming *incoming)
{
    struct error err;
    const char *token = auth_bearer_token(incoming->authorization, exchange->arena);

    if (!incoming->authorization)
        token = key_in_url(exchange);
    if (text_is_empty(token))
        return true;
    return auth_find(exchange->store, token, exchange->arena, &exchange->key, &err) ||
           answer_failure(exchange, &err);
}

static bool
check_secret(struct exchange *exchange, const struct incoming *incoming)
{
    struct error err;
    bool shown, opens, found;
    struct alert_source source;

    if (!cache_get(exchange->store, KIND_ALERT_SOURCE, exchange->id, exchange->arena, &source,
                   &found, &err))
        return answer_failure(exchange, &err);
    if (!found)
        return answer_not_found(exchange);
    if (!auth_source_opens(exchange->store, exchange->id, incoming->authorization,
                           request_parameter(exchange->request, "token"), exchange->arena, &shown,
                           &opens, &err))
        return answer_failure(exchange, &err);
    if (!shown)
        return answer_error(exchange, 401, "missing_authorization_material", "",
                            "send the alert source's secret: Authorization: Bearer SECRET");
    return opens || answer_error(exchange, 401, "unauthenticated", "",
                                 "this is not the alert source's secret");
}

static bool
check_key(struct exchange *exchange, const struct incoming *incoming)
{
    struct error err;

    bool in_url = !incoming->authorization && *key_in_url(exchange);
    if (!exchange->key && !incoming->authorization && !in_url)
        return answer_error(exchange, 401, "missing_authorization_material", "",
                            "send an API key: Authorization: Bearer KEY");
    if (!exchange->key)
        return answer_error(exchange, 401, "unauthenticated", "", "this API key is not in force");
    if (!auth_note_use(exchange->store, exchange->key, exchange->now_ms, &err))
        return answer_failure(exchange, &err);
    const char *scope = exchange->write ? exchange->write->scope : exchange->route->scope;
    if (!auth_allows(exchange->key, scope))
        return answer_error(exchange, 403, "missing_scope", "", "this API key lacks the scope '%s'",
                            scope);
    if (in_url && !auth_only_reads(exchange->key))
        return answer_error(exchange, 403, "key_in_url", "token",
                            "a key in an address must only read, for addresses get around: make "
                            "one with 'tocsin hub key add calendar --role schedules_reader'");
    if (incoming->accept && !exchange->route->media_type && !has_media_type(incoming->accept))
        return answer_error(exchange, 406, "not_acceptable", "",
                            "answers are application/json, which the Accept header excludes");
    return true;
}

/* The envelope of a 429 also says which limit it was (facts 2). */
static void
answer_limited(struct exchange *exchange, const struct limit_state *limit)
{
    char when[RFC3339_SIZE];

    (void)answer_error(exchange, 429, "too_many_requests", "",
                       "more than %d requests a minute; try again in %lld s", limit->limit,
                       (long long)(limit->retry_after_ms + 999) / 1000);
    exchange->body.data[--exchange->body.len] = '\0'; /* the closing brace */
    str_printf(
        &exchange->body,
        ",\"rate_limit\":{\"name\":\"%s\",\"limit\":%d,\"remaining\":0,\"retry_after\":\"%s\"}}",
        limit->name, limit->limit, time_to_rfc3339(exchange->now_ms + limit->retry_after_ms, when));
}

static void
answer_route(struct exchange *exchange)
{
    void (*answer)(struct exchange *) = handler_of(exchange->route, exchange->method).answer;
    struct error err;

    if (exchange->write) {
        write_run(exchange, exchange->write);
        return;
    }
    assert(answer);                   /* a method without one was refused */
    if (exchange->route->by_secret) { /* it writes in its own way */
        answer(exchange);
        return;
    }
    /* What is told is on the disk before: it would be another one's memory else, should the power go. */
    if (!store_settle(exchange->store, &err) || !store_begin_read(exchange->store, &err)) {
        (void)answer_failure(exchange, &err);
        return;
    }
    answer(exchange);
    store_end_read(exchange->store);
    assert(exchange->status != 0);
}

/* ---- sending ---- */

static void
free_body(void *body)
{
    memory_free(body);
}

static void add_header(struct MHD_Response *response, const char *name, const char *format, ...)
    PRINTF_LIKE(3, 4);
static void
add_header(struct MHD_Response *response, const char *name, const char *format, ...)
{
    char value[160];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(value, sizeof(value), format, arguments); /* all of ours are short */
    va_end(arguments);
    (void)MHD_add_response_header(response, name, value); /* fails for want of memory only */
}

static void
add_limit_headers(struct MHD_Response *response, const struct exchange *exchange,
                  const struct limit_state *limit)
{
    add_header(response, "X-RateLimit-Limit", "%s", limit->header);
    add_header(response, "X-RateLimit-Remaining", "%d", limit->remaining);
    add_header(response, "X-RateLimit-Used", "%d", limit->limit - limit->remaining);
    add_header(response, "X-RateLimit-Reset", "%lld",
               (long long)((exchange->now_ms + limit->full_after_ms + 999) / 1000));
    if (!limit->allowed)
        add_header(response, "Retry-After", "%lld",
                   (long long)(limit->retry_after_ms + 999) / 1000);
}

static const char *
allowed_methods(const struct route *route, struct arena *arena)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    const char *allowed = "";

    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (is_offered(route, methods[i]))
            allowed = arena_printf(arena, "%s%s%s%s", allowed, *allowed ? ", " : "", methods[i],
                                   i == 0 ? ", HEAD" : "");
    return allowed;
}

static enum MHD_Result
send_answer(struct MHD_Connection *connection, struct exchange *exchange,
            const struct limit_state *limit)
{
    struct str *body = &exchange->body;
    struct MHD_Response *response =
        MHD_create_response_from_buffer_with_free_callback(body->len, body->data, free_body);

    if (!response) {
        str_finish(body);
        return MHD_NO;
    }
    bool is_empty = body->len == 0; /* of what, is not said */
    *body = (struct str){0};        /* the response's from now on */
    if (!is_empty)
        add_header(response, "Content-Type", "%s",
                   exchange->status == 200 && exchange->route && exchange->route->media_type
                       ? exchange->route->media_type
                       : "application/json");
    add_header(response, "Cache-Control", "no-store");
    add_header(response, "X-Request-Id", "%s", exchange->request_id);
    add_limit_headers(response, exchange, limit);
    if (exchange->etag && exchange->status < 400)
        add_header(response, "ETag", "\"%s\"", exchange->etag);
    if (exchange->status == 401)
        add_header(response, "WWW-Authenticate", "Bearer");
    if (exchange->status == 405)
        add_header(response, "Allow", "%s", allowed_methods(exchange->route, exchange->arena));
    enum MHD_Result queued = MHD_queue_response(connection, (unsigned)exchange->status, response);
    MHD_destroy_response(response);
    return queued;
}

/* ---- one request ---- */

static const char *
header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* What our links begin with: the name the client knows us by, when it makes sense. */
static const char *
base_url_for(const struct server *server, struct MHD_Connection *connection, struct arena *arena)
{
    const char *host = header(connection, "Host");

    if (text_is_empty(host) || strlen(host) > HOST_MAX_BYTES ||
        host[strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]")])
        return server->base_url;
    return arena_printf(arena, "http://%s", host);
}

static void run_soon(struct server *server);

/* What was put off has its answer: libmicrohttpd comes back for it. */
static void
on_answered(struct exchange *exchange)
{
    struct pending *pending =
        (struct pending *)((char *)exchange - offsetof(struct pending, exchange));
    pending->answered = true;
    MHD_resume_connection(pending->connection);
    run_soon(pending->server);
}

static enum MHD_Result
finish(struct pending *pending, const char *method)
{
    struct exchange *exchange = &pending->exchange;

    log_write(LOG_DEBUG, "%s %s %d %zu bytes %lld ms %s %s", method, exchange->request->target,
              exchange->status, exchange->body.len, (long long)(clock_now_ms() - exchange->now_ms),
              exchange->request_id, exchange->key ? exchange->key->id : "-");
    return send_answer(pending->connection, exchange, &pending->limit);
}

/* Whether the request is the guest's, and was answered. */
static bool
answer_guest(const struct server *server, struct exchange *exchange,
             const struct incoming *incoming)
{
    const struct hub_guest *guest = server->guest;
    struct error err;
    if (!guest || exchange->request->status != 0 || incoming->body_overflowed ||
        strncmp(exchange->request->target, guest->prefix, strlen(guest->prefix)) != 0)
        return false;
    if (!store_settle(exchange->store, &err) || !store_begin_read(exchange->store, &err)) {
        (void)answer_failure(exchange, &err);
        return true;
    }
    const bool ok = find_key(exchange, incoming);
    if (ok && !exchange->key)
        (void)answer_error(exchange, 401, "unauthenticated", "", "this key is not in force");
    else if (ok)
        guest->answer(guest->context, exchange->request->target, exchange->request_body,
                      exchange->arena, &exchange->status, &exchange->body);
    store_end_read(exchange->store);
    if (exchange->status != 200)
        return true;
    exchange->etag = object_tag(exchange, str_text(&exchange->body));
    if (incoming->if_none_match && strstr(incoming->if_none_match, exchange->etag)) {
        exchange->status = 304;
        str_clear(&exchange->body);
    }
    return true;
}

static enum MHD_Result
answer_request(struct server *server, struct MHD_Connection *connection, struct pending *pending,
               const struct incoming *incoming)
{
    uint8_t random[10];
    char request_id[ULID_SIZE];
    struct arena *arena = &pending->request.arena;
    struct exchange *exchange = &pending->exchange;

    pending->server = server;
    pending->connection = connection;
    *exchange = (struct exchange){
        .store = server->store,
        .base_url = base_url_for(server, connection, arena),
        .request = &pending->request,
        .method = strcmp(incoming->method, "HEAD") == 0 ? "GET" : incoming->method,
        .id = "",
        .schedule_id = "",
        .now_ms = clock_now_ms(),
        .arena = arena,
        .request_body = str_slice(&pending->body),
        .intake = server->intake,
        .if_match = incoming->if_match,
        .answered = on_answered,
    };
    digest_random(random, sizeof(random));
    exchange->request_id = arena_text(arena, ulid_text(exchange->now_ms, random, request_id));
    str_init(&exchange->body, 0); /* of our own making: bounded by what the store holds */

    if (answer_guest(server, exchange, incoming)) {
        pending->limit = limiter_take(server->limiter, exchange->key ? exchange->key->id : "",
                                      LIMIT_KEY, clock_monotonic_ms());
        return finish(pending, incoming->method);
    }
    bool sound = check_request(exchange, incoming);
    bool by_secret = sound && exchange->route->by_secret;
    bool known = by_secret || find_key(exchange, incoming);
    /* Who shows no right yet shares one bucket with all such; a source that does has its own. */
    if (by_secret && check_secret(exchange, incoming))
        pending->limit =
            limiter_take(server->limiter, exchange->id, LIMIT_EVENTS, clock_monotonic_ms());
    else
        pending->limit = limiter_take(server->limiter, exchange->key ? exchange->key->id : "",
                                      !sound || by_secret ? LIMIT_KEY
                                      : exchange->write   ? exchange->write->limit
                                                          : exchange->route->limit,
                                      clock_monotonic_ms());
    if (!pending->limit.allowed)
        answer_limited(exchange, &pending->limit);
    else if (sound && known && exchange->status == 0 &&
             (by_secret || check_key(exchange, incoming)))
        answer_route(exchange);
    if (!exchange->deferred)
        return finish(pending, incoming->method);
    MHD_suspend_connection(connection);
    return MHD_YES;
}

/* Called once for the headers, for each piece of body, and at the end. */
static enum MHD_Result
on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
           const char *version, const char *upload, size_t *upload_len, void **request_context)
{
    struct server *server = context;
    struct pending *pending = *request_context;
    const char *length = header(connection, "Content-Length");
    const struct incoming incoming = {
        .method = method,
        .authorization = header(connection, "Authorization"),
        .accept = header(connection, "Accept"),
        .if_match = header(connection, "If-Match"),
        .if_none_match = header(connection, "If-None-Match"),
        .content_length = length ? strtoll(length, NULL, 10) : -1,
        .body_overflowed = pending && pending->body.overflowed,
    };

    (void)url; /* decoded by libmicrohttpd's rules; we read the target itself */
    (void)version;
    if (!pending)
        return MHD_NO;
    if (pending->answered)
        return finish(pending, method);
    if (!pending->begun) {
        pending->begun = true;
        str_init(&pending->body, REQUEST_BODY_MAX_BYTES);
        if (incoming.content_length <= REQUEST_BODY_MAX_BYTES)
            return MHD_YES;
        return answer_request(server, connection, pending,
                              &incoming); /* without reading the body */
    }
    if (*upload_len > 0) {
        pending->body_bytes += *upload_len;
        str_append_len(&pending->body, upload, *upload_len);
        *upload_len = 0;
        return pending->body_bytes <= BODY_DISCARDED_MAX_BYTES ? MHD_YES : MHD_NO;
    }
    return answer_request(server, connection, pending, &incoming);
}

/* The target as it was sent; what this returns is the request's context. */
static void *
on_target(void *context, const char *target, struct MHD_Connection *connection)
{
    struct pending *pending = memory_alloc(sizeof(*pending));

    (void)context;
    (void)connection;
    request_read(&pending->request, target);
    return pending;
}

/* ---- connections ---- */

static struct connection *
connection_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void
on_completed(void *context, struct MHD_Connection *mhd_connection, void **request_context,
             enum MHD_RequestTerminationCode code)
{
    struct pending *pending = *request_context;
    struct connection *connection = connection_of(mhd_connection);

    (void)context;
    (void)code;
    if (connection)
        connection->deadline_ms = clock_monotonic_ms() + EXCHANGE_MAX_MS;
    if (!pending)
        return;
    str_finish(&pending->body);
    str_finish(&pending->exchange.body); /* where it was never sent */
    arena_finish(&pending->request.arena);
    memory_free(pending);
    *request_context = NULL;
}

static void sweep(void *context);

static void
arm_sweep(struct server *server, int64_t now_ms)
{
    int64_t earliest = INT64_MAX;

    for (const struct connection *at = server->connections; at; at = at->next)
        earliest = at->deadline_ms < earliest ? at->deadline_ms : earliest;
    if (earliest != INT64_MAX && server->loop && server->sweep_timer == 0)
        server->sweep_timer =
            loop_after(server->loop, earliest > now_ms ? earliest - now_ms : 0, sweep, server);
}

/* Shuts down what has taken too long; libmicrohttpd notices and closes. */
static void
sweep(void *context)
{
    struct server *server = context;
    int64_t now_ms = clock_monotonic_ms();

    server->sweep_timer = 0;
    for (struct connection *at = server->connections; at; at = at->next) {
        if (at->deadline_ms > now_ms)
            continue;
        (void)shutdown(at->fd, SHUT_RDWR); /* already gone is as good */
        at->deadline_ms = now_ms + EXCHANGE_MAX_MS;
    }
    arm_sweep(server, now_ms);
}

static void
on_connection(void *context, struct MHD_Connection *mhd_connection, void **socket_context,
              enum MHD_ConnectionNotificationCode code)
{
    struct server *server = context;
    struct connection *connection = *socket_context;
    int64_t now_ms = clock_monotonic_ms();

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(mhd_connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        connection = memory_alloc(sizeof(*connection));
        connection->fd = info->connect_fd;
        connection->deadline_ms = now_ms + EXCHANGE_MAX_MS;
        connection->next = server->connections;
        if (connection->next)
            connection->next->previous = connection;
        server->connections = connection;
        *socket_context = connection;
        arm_sweep(server, now_ms);
        return;
    }
    if (!connection)
        return;
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        server->connections = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    memory_free(connection);
    *socket_context = NULL;
}

/* ---- the loop ---- */

static void run(struct server *server);

static void
on_timer(void *context)
{
    struct server *server = context;
    server->timer = 0;
    run(server);
}

static void
run_soon(struct server *server)
{
    if (!server->loop)
        return;
    loop_cancel(server->loop, server->timer);
    server->timer = loop_after(server->loop, 0, on_timer, server);
}

static void
on_ready(void *context, int fd, int events)
{
    (void)fd;
    (void)events;
    run(context);
}

/* Serves what is ready, then asks when libmicrohttpd wants to run again. */
static void
run(struct server *server)
{
    MHD_UNSIGNED_LONG_LONG timeout_ms;

    (void)MHD_run(server->daemon); /* fails only for daemons with threads */
    if (server->timer != 0) {
        loop_cancel(server->loop, server->timer);
        server->timer = 0;
    }
    if (MHD_get_timeout(server->daemon, &timeout_ms) == MHD_YES)
        server->timer = loop_after(server->loop, (int64_t)timeout_ms, on_timer, server);
}

static void log_mhd(void *context, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
static void
log_mhd(void *context, const char *format, va_list arguments)
{
    char message[400];

    (void)context;
    (void)vsnprintf(message, sizeof(message), format, arguments); /* a cut message is still one */
    message[strcspn(message, "\n")] = '\0';
    log_write(LOG_DEBUG, "http: %s", message);
}

void
server_host(struct server *server, const struct hub_guest *guest)
{
    server->guest = guest;
}

void
server_set_limits(struct server *server, const int per_minute[LIMIT_COUNT])
{
    limiter_destroy(server->limiter);
    server->limiter = limiter_create(per_minute);
}

bool
server_create(struct server **out, int listen_fd, struct store *store, const char *base_url,
              struct error *err)
{
    struct server *server = memory_alloc(sizeof(*server));

    *out = server;
    server->store = store;
    server->base_url = base_url;
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request,
        server,                                    /* no threads */
        MHD_OPTION_EXTERNAL_LOGGER, log_mhd, NULL, /* first, for what follows */
        MHD_OPTION_LISTEN_SOCKET, (MHD_socket)listen_fd, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, server, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
        server, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_END);
    if (!server->daemon) {
        (void)close(listen_fd); /* nothing was written to it */
        server_destroy(server);
        *out = NULL;
        return error_set(err, ERROR_NETWORK, "cannot start the HTTP server on %s", base_url);
    }
    server->epoll_fd = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    return true;
}

void
server_take_in(struct server *server, struct intake *intake)
{
    server->intake = intake;
}

void
server_attach(struct server *server, struct loop *loop)
{
    server->loop = loop;
    loop_watch(loop, server->epoll_fd, LOOP_READ, on_ready, server);
    run(server);
}

void
server_destroy(struct server *server)
{
    if (!server)
        return;
    if (server->loop) {
        loop_unwatch(server->loop, server->epoll_fd);
        if (server->timer != 0)
            loop_cancel(server->loop, server->timer);
        if (server->sweep_timer != 0)
            loop_cancel(server->loop, server->sweep_timer);
        server->loop = NULL; /* connections that end below arm nothing */
    }
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    limiter_destroy(server->limiter);
    memory_free(server);
}

const char *
hub_library(void)
{
    static char text[48];
    (void)snprintf(text, sizeof(text), "libmicrohttpd %s", MHD_get_version()); /* fits */
    return text;
}
