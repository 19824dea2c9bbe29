#include "tests/support/scripted_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"

enum { REQUEST_MAX_BYTES = 256 * 1024, CHUNK_BYTES = 64 * 1024 };

struct connection {
    struct scripted_server *server;
    int fd;
    struct str head;
    struct str out;
    size_t sent;
    bool answered, is_endless;
    struct scripted_answer answer;
    int upstream_fd; /* -1 = not forwarded */
    uint64_t timer;
    struct connection *next;
};

struct scripted_server {
    struct loop *loop;
    scripted_handler *handler;
    void *context;
    struct arena arena;
    struct connection *connections;
    int fd, requests, upstream_port;
    char url[64];
};

static void
connection_close(struct connection *connection)
{
    struct connection **at = &connection->server->connections;
    while (*at != connection)
        at = &(*at)->next;
    *at = connection->next;
    loop_unwatch(connection->server->loop, connection->fd);
    loop_cancel(connection->server->loop, connection->timer);
    close(connection->fd);
    if (connection->upstream_fd >= 0) {
        loop_unwatch(connection->server->loop, connection->upstream_fd);
        close(connection->upstream_fd);
    }
    str_finish(&connection->head);
    str_finish(&connection->out);
    memory_free(connection);
}

static void on_ready(void *context, int fd, int events);

static void
send_more(struct connection *connection)
{
    while (true) {
        if (connection->sent == connection->out.len && connection->is_endless) {
            str_clear(&connection->out);
            connection->sent = 0;
            for (int i = 0; i < CHUNK_BYTES / 16; i++)
                str_append(&connection->out, "{\"a\":\"endless\"},");
        }
        if (connection->sent == connection->out.len)
            break;
        ssize_t len = send(connection->fd, connection->out.data + connection->sent,
                           connection->out.len - connection->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            loop_watch(connection->server->loop, connection->fd, LOOP_WRITE, on_ready, connection);
            return;
        }
        if (len <= 0)
            break;
        connection->sent += (size_t)len;
    }
    connection_close(connection);
}

static void
start_sending(void *context)
{
    struct connection *connection = context;
    connection->timer = 0;
    loop_unwatch(connection->server->loop, connection->fd);
    send_more(connection);
}

static void
write_answer(struct connection *connection, const struct scripted_answer *answer)
{
    const char *body = answer->body ? answer->body : "";
    struct str *out = &connection->out;
    if (answer->how == SCRIPTED_DROP)
        return;
    if (answer->how == SCRIPTED_GARBAGE) {
        str_append(out, "\x01\x02 this is not HTTP at all\r\n\r\n");
        return;
    }
    str_printf(out,
               "HTTP/1.1 %d Scripted\r\nContent-Type: application/json\r\nConnection: close\r\n%s",
               answer->status ? answer->status : 200, answer->headers ? answer->headers : "");
    connection->is_endless = answer->how == SCRIPTED_ENDLESS;
    if (!connection->is_endless)
        str_printf(out, "Content-Length: %zu\r\n", strlen(body));
    str_append(out, "\r\n");
    str_append_len(out, body, answer->how == SCRIPTED_CUT ? strlen(body) / 2 : strlen(body));
}

/* ---- passing on ---- */

static void
upstream_ended(struct connection *connection)
{
    struct str *out = &connection->out;
    loop_unwatch(connection->server->loop, connection->upstream_fd);
    close(connection->upstream_fd);
    connection->upstream_fd = -1;
    if (connection->answer.how == SCRIPTED_FORWARD_CUT) {
        const char *body = strstr(str_text(out), "\r\n\r\n");
        out->len -= body ? (out->len - (size_t)(body + 4 - out->data)) / 2 + 1 : out->len / 2;
    }
    if (connection->answer.how == SCRIPTED_FORWARD_CORRUPT)
        for (size_t i = 0; i < 8 && i < out->len; i++)
            out->data[out->len - 1 - i] = 'x';
    connection->timer = loop_after(connection->server->loop, connection->answer.delay_ms,
                                   start_sending, connection);
}

static void
on_upstream(void *context, int fd, int events)
{
    struct connection *connection = context;
    char buffer[16384];
    (void)events;
    ssize_t len = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return;
    if (len > 0)
        str_append_len(&connection->out, buffer, (size_t)len);
    else
        upstream_ended(connection);
}

static void
forward(struct connection *connection)
{
    struct scripted_server *server = connection->server;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)server->upstream_port)};
    struct str head;
    const char *line_end = strstr(str_text(&connection->head), "\r\n") + 2;
    str_init(&head, 0);
    str_append_len(&head, connection->head.data, (size_t)(line_end - connection->head.data));
    str_printf(&head, "Connection: close\r\n%s", line_end);
    connection->upstream_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->upstream_fd < 0 ||
        connect(connection->upstream_fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        send(connection->upstream_fd, head.data, head.len, MSG_NOSIGNAL) != (ssize_t)head.len) {
        perror("scripted server: upstream");
        abort();
    }
    str_finish(&head);
    loop_watch(server->loop, connection->upstream_fd, LOOP_READ, on_upstream, connection);
}

void
scripted_server_forward_to(struct scripted_server *server, int port)
{
    server->upstream_port = port;
}

static void
answer_request(struct connection *connection)
{
    struct scripted_server *server = connection->server;
    struct scripted_answer answer = {0};
    const char *from = strchr(str_text(&connection->head), ' ') + 1;
    const char *target = arena_text_len(&server->arena, from, strcspn(from, " "));
    connection->answered = true;
    server->requests++;
    server->handler(server->context, target, str_text(&connection->head), &server->arena, &answer);
    connection->answer = answer;
    if (answer.how == SCRIPTED_SILENT)
        return;
    if (answer.how >= SCRIPTED_FORWARD) {
        forward(connection);
        return;
    }
    write_answer(connection, &answer);
    connection->timer = loop_after(server->loop, answer.delay_ms, start_sending, connection);
}

static bool
is_whole(const struct connection *connection)
{
    const char *end = strstr(str_text(&connection->head), "\r\n\r\n");
    if (!end)
        return false;
    const char *length = strcasestr(connection->head.data, "\r\nContent-Length:");
    size_t body_len =
        length && length < end ? strtoul(length + strlen("\r\nContent-Length:"), NULL, 10) : 0;
    return connection->head.len >= (size_t)(end + 4 - connection->head.data) + body_len;
}

static void
on_ready(void *context, int fd, int events)
{
    struct connection *connection = context;
    char buffer[4096];
    (void)events;
    if (connection->answered && connection->out.len) {
        send_more(connection);
        return;
    }
    ssize_t len = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return;
    if (len <= 0) {
        connection_close(connection);
        return;
    }
    str_append_len(&connection->head, buffer, (size_t)len);
    if (!connection->answered && is_whole(connection))
        answer_request(connection);
}

static void
on_connection(void *context, int fd, int events)
{
    struct scripted_server *server = context;
    (void)events;
    int accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (accepted < 0)
        return;
    struct connection *connection = memory_alloc(sizeof *connection);
    *connection = (struct connection){
        .server = server, .fd = accepted, .upstream_fd = -1, .next = server->connections};
    server->connections = connection;
    str_init(&connection->head, REQUEST_MAX_BYTES);
    str_init(&connection->out, 0);
    loop_watch(server->loop, accepted, LOOP_READ, on_ready, connection);
}

struct scripted_server *
scripted_server_open(struct loop *loop, scripted_handler *handler, void *context)
{
    struct scripted_server *server = memory_alloc(sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    *server = (struct scripted_server){.loop = loop, .handler = handler, .context = context};
    server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (server->fd < 0 || bind(server->fd, (struct sockaddr *)&address, size) != 0 ||
        listen(server->fd, 32) != 0 ||
        getsockname(server->fd, (struct sockaddr *)&address, &size) != 0) {
        perror("scripted server");
        abort();
    }
    (void)snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    loop_watch(loop, server->fd, LOOP_READ, on_connection, server);
    return server;
}

void
scripted_server_close(struct scripted_server *server)
{
    if (!server)
        return;
    while (server->connections)
        connection_close(server->connections);
    loop_unwatch(server->loop, server->fd);
    close(server->fd);
    arena_finish(&server->arena);
    memory_free(server);
}

const char *
scripted_server_url(const struct scripted_server *server)
{
    return server->url;
}

int
scripted_server_requests(const struct scripted_server *server)
{
    return server->requests;
}
