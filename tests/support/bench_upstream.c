#include "tests/support/bench_upstream.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "tests/support/store_objects.h"

enum { FIRING = 30, CONNECTIONS_MAX = 64, HEAD_MAX_BYTES = 8192, PAGE_ROWS = 50 };

struct alert *
bench_alert(struct arena *arena, int n, int alerts, int64_t now_ms)
{
    int64_t day_start = now_ms - now_ms % DAY_MS;
    struct alert *alert = sample_alert(arena, alerts - n);
    alert->created_at = day_start - n * (300 * DAY_MS / alerts);
    alert->updated_at = alert->created_at + MINUTE_MS;
    alert->status = n < FIRING ? "firing" : "resolved";
    alert->feed_rank = n < FIRING ? alert->severity_digit : 9;
    alert->feed_at = alert->created_at;
    sample_alert_encode(arena, alert);
    return alert;
}

/* ---- answers ---- */

/* Ids end with the count from the oldest: what comes behind `after` is the next older. */
static int
first_of_page(const char *target, int alerts)
{
    const char *after = strstr(target, "after=");
    if (!after)
        return 0;
    const char *digits = after + strlen("after=01ALERT");
    return alerts - atoi(digits) + 1;
}

static void
alerts_page(struct str *body, const char *target, int alerts, int64_t now_ms)
{
    int end = strstr(target, "=firing") ? (FIRING < alerts ? FIRING : alerts) : alerts;
    int64_t since = 0;
    const char *bound = strstr(target, "created_at%5Bgte%5D=");
    if (bound) {
        char day[32];
        (void)snprintf(day, sizeof day, "%.10sT00:00:00Z", bound + strlen("created_at%5Bgte%5D="));
        (void)time_from_rfc3339(day, &since); /* a bound that is none bounds nothing */
    }
    str_append(body, "{\"alerts\":[");
    int n = first_of_page(target, alerts), rows = 0;
    struct arena arena = {0};
    const char *last = "";
    for (; n < end && rows < PAGE_ROWS; n++, rows++) {
        const struct alert *alert = bench_alert(&arena, n, alerts, now_ms);
        if (alert->created_at < since)
            break;
        if (rows)
            str_append_char(body, ',');
        str_append(body, alert->json);
        last = alert->id;
    }
    str_append(body, "],\"pagination_meta\":{\"page_size\":50");
    if (rows == PAGE_ROWS && n < end)
        str_printf(body, ",\"after\":\"%s\"", last);
    str_append(body, "}}");
    arena_finish(&arena);
}

static int
answer_body(struct str *body, const char *target, int alerts, int64_t now_ms)
{
    size_t path_len = strcspn(target, "?");
    if (strncmp(target, "/v1/identity", path_len) == 0) {
        str_append(body, "{\"identity\":{\"name\":\"bench\",\"dashboard_url\":\"https://"
                         "example.com\",\"roles\":[],"
                         "\"teams\":[],\"team_roles\":[]}}");
        return 200;
    }
    if (strncmp(target, "/v2/alerts", path_len) == 0 && path_len == strlen("/v2/alerts")) {
        if (strstr(target, "updated_at")) {
            str_append(body, "{\"type\":\"validation_error\",\"status\":422,\"errors\":[]}");
            return 422;
        }
        if (strstr(target, "has_notes"))
            str_append(body, "{\"alerts\":[],\"pagination_meta\":{\"page_size\":50}}");
        else
            alerts_page(body, target, alerts, now_ms);
        return 200;
    }
    for (int i = 0; i < KIND_COUNT; i++) {
        const struct kind_info *info = kind_info((enum kind)i);
        if (strlen(info->path) == path_len && strncmp(target, info->path, path_len) == 0) {
            str_printf(body, "{\"%s\":[],\"pagination_meta\":{\"page_size\":25}}", info->many);
            return 200;
        }
    }
    str_append(body, "{\"type\":\"not_found\",\"status\":404,\"errors\":[]}");
    return 404;
}

/* ---- connections ---- */

struct connection {
    char head[HEAD_MAX_BYTES];
    size_t len;
};

static bool
send_all(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t sent = send(fd, data, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        data += sent;
        len -= (size_t)sent;
    }
    return true;
}

static _Atomic long *requests;

static bool
answer(int fd, const char *head, int alerts, int64_t now_ms)
{
    char target[4096] = "";
    (void)sscanf(head, "GET %4095s", target); /* else it is "": 404 */
    struct str body, out;
    str_init(&body, 0);
    str_init(&out, 0);
    int status = answer_body(&body, target, alerts, now_ms);
    str_printf(&out,
               "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
               "X-RateLimit-Limit: 60000000\r\nX-RateLimit-Remaining: 59999999\r\n\r\n",
               status, body.len);
    str_append_len(&out, str_text(&body), body.len);
    bool ok = send_all(fd, out.data, out.len);
    atomic_fetch_add(requests, 1);
    str_finish(&body);
    str_finish(&out);
    return ok;
}

static bool
take_requests(int fd, struct connection *connection, int alerts, int64_t now_ms)
{
    ssize_t got = recv(fd, connection->head + connection->len,
                       sizeof connection->head - 1 - connection->len, 0);
    if (got <= 0)
        return false;
    connection->len += (size_t)got;
    connection->head[connection->len] = '\0';
    for (char *end; (end = strstr(connection->head, "\r\n\r\n"));) {
        if (!answer(fd, connection->head, alerts, now_ms))
            return false;
        size_t taken = (size_t)(end + 4 - connection->head);
        connection->len -= taken;
        memmove(connection->head, end + 4, connection->len + 1);
    }
    return connection->len < sizeof connection->head - 1;
}

static _Noreturn void
serve(int listener, int alerts)
{
    static struct connection connections[CONNECTIONS_MAX];
    struct pollfd fds[CONNECTIONS_MAX + 1] = {{.fd = listener, .events = POLLIN}};
    const int64_t now_ms = clock_now_ms();
    for (int i = 1; i <= CONNECTIONS_MAX; i++)
        fds[i] = (struct pollfd){.fd = -1, .events = POLLIN};
    for (;;) {
        if (poll(fds, CONNECTIONS_MAX + 1, -1) < 0)
            _exit(1);
        for (int i = 1; i <= CONNECTIONS_MAX; i++)
            if (fds[i].fd >= 0 && fds[i].revents &&
                !take_requests(fds[i].fd, &connections[i - 1], alerts, now_ms)) {
                (void)close(fds[i].fd); /* nothing was promised on it */
                fds[i].fd = -1;
            }
        if (fds[0].revents) {
            int fd = accept(listener, NULL, NULL), free_slot = 1;
            while (free_slot <= CONNECTIONS_MAX && fds[free_slot].fd >= 0)
                free_slot++;
            if (fd >= 0 && free_slot <= CONNECTIONS_MAX) {
                fds[free_slot].fd = fd;
                connections[free_slot - 1].len = 0;
            } else if (fd >= 0) {
                (void)close(fd); /* more than anybody should open */
            }
        }
    }
}

void
bench_upstream_start(struct bench_upstream *upstream, int alerts)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t address_len = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int status = bind(listener, (struct sockaddr *)&address, sizeof address);
    assert(status == 0);
    status = listen(listener, 64);
    assert(status == 0);
    status = getsockname(listener, (struct sockaddr *)&address, &address_len);
    assert(status == 0);
    upstream->port = ntohs(address.sin_port);
    (void)snprintf(upstream->url, sizeof upstream->url, "http://127.0.0.1:%d", upstream->port);
    requests =
        mmap(NULL, sizeof *requests, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert(requests != MAP_FAILED);
    upstream->requests = requests;
    upstream->pid = fork();
    assert(upstream->pid >= 0);
    if (upstream->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(listener, alerts);
    }
    (void)close(listener); /* the child has it */
}

void
bench_upstream_stop(struct bench_upstream *upstream)
{
    (void)kill(upstream->pid, SIGKILL); /* it holds nothing */
    (void)waitpid(upstream->pid, NULL, 0);
    (void)munmap((void *)upstream->requests, sizeof *upstream->requests);
}
