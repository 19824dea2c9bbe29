#include "tests/support/fault_proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"

enum { RULES_MAX = 32, LOG_MAX = 4096, PATH_SIZE = 128, HEAD_MAX = 64 * 1024, ANSWER_MAX = 4096 };

struct rule {
    char prefix[PATH_SIZE];
    enum fault fault;
    int amount, times_left; /* -1 = no limit */
    char answer[ANSWER_MAX];
};

/* Shared with the child and its children (one for each connection). A spin lock: held for a few copies only. */
struct shared {
    atomic_flag lock;
    struct rule rules[RULES_MAX];
    int rules_len;
    struct {
        char method[8], path[PATH_SIZE];
    } log[LOG_MAX]; /* the newest LOG_MAX */
    int log_len;
};

struct fault_proxy {
    struct shared *shared;
    pid_t pid;
    int port;
    char url[64];
};

static void
lock(struct shared *shared)
{
    while (atomic_flag_test_and_set_explicit(&shared->lock, memory_order_acquire))
        (void)poll(NULL, 0, 1);
}

static void
unlock(struct shared *shared)
{
    atomic_flag_clear_explicit(&shared->lock, memory_order_release);
}

static bool
starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* ---- in the child of a connection ---- */

/* "/v2/alerts", or with a method: "POST /v2/alerts". */
static bool
matches(const char *method, const char *path, const char *prefix)
{
    const char *blank = strchr(prefix, ' ');
    return blank ? strlen(method) == (size_t)(blank - prefix) && starts_with(prefix, method) &&
                       starts_with(path, blank + 1)
                 : starts_with(path, prefix);
}

/* Notes the request; says what to do with it. */
static struct rule
note_request(struct shared *shared, const char *method, const char *path)
{
    struct rule result = {.fault = FAULT_NONE};
    lock(shared);
    int slot = shared->log_len++ % LOG_MAX;
    snprintf(shared->log[slot].method, sizeof shared->log[slot].method, "%s", method);
    snprintf(shared->log[slot].path, sizeof shared->log[slot].path, "%s", path);
    struct rule *best = NULL;
    for (int i = 0; i < shared->rules_len; i++) {
        struct rule *rule = &shared->rules[i];
        if (rule->times_left != 0 && matches(method, path, rule->prefix) &&
            (!best || strlen(rule->prefix) > strlen(best->prefix)))
            best = rule;
    }
    if (best) {
        result = *best;
        if (best->times_left > 0)
            best->times_left--;
    }
    unlock(shared);
    return result;
}

static void
pause_ms(int ms)
{
    if (ms > 0)
        (void)poll(NULL, 0, ms);
}

static bool
send_all(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t sent = send(fd, data, len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        data += sent;
        len -= (size_t)sent;
    }
    return true;
}

static void
send_text(int fd, const char *text)
{
    (void)send_all(fd, text, strlen(text)); /* a client that left needs nothing */
}

struct bytes {
    char *data;
    size_t len;
};

static bool
receive(int fd, struct bytes *bytes)
{
    bytes->data = memory_resize(bytes->data, bytes->len + HEAD_MAX + 1);
    ssize_t got;
    do
        got = recv(fd, bytes->data + bytes->len, HEAD_MAX, 0);
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        return false;
    bytes->len += (size_t)got;
    bytes->data[bytes->len] = '\0';
    return true;
}

/* Where the body begins; 0 = the head is not complete. */
static size_t
body_start(const struct bytes *bytes)
{
    const char *end = bytes->data ? strstr(bytes->data, "\r\n\r\n") : NULL;
    return end ? (size_t)(end - bytes->data) + 4 : 0;
}

/* A request whole: head, and as much body as Content-Length says. */
static bool
receive_request(int fd, struct bytes *request)
{
    while (!body_start(request))
        if (request->len > HEAD_MAX || !receive(fd, request))
            return false;
    const char *length = strcasestr(request->data, "\r\ncontent-length:");
    size_t start = body_start(request);
    size_t wanted = length && length < request->data + start
                        ? strtoul(length + strlen("\r\ncontent-length:"), NULL, 10)
                        : 0;
    while (request->len < start + wanted)
        if (!receive(fd, request))
            return false;
    return true;
}

/* The upstream's whole answer. Asking it to close afterwards makes its end the answer's end. */
static bool
ask_upstream(int port, const struct bytes *request, struct bytes *answer)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    if (ok) {
        const char *line_end = strstr(request->data, "\r\n") + 2;
        ok = send_all(fd, request->data, (size_t)(line_end - request->data)) &&
             send_all(fd, "Connection: close\r\n", 19);
        /* Every header but the client's own Connection. */
        const char *at = line_end, *body = request->data + body_start(request);
        while (ok && at < body) {
            const char *end = strstr(at, "\r\n") + 2;
            if (strncasecmp(at, "connection:", 11) != 0)
                ok = send_all(fd, at, (size_t)(end - at));
            at = end;
        }
        ok = ok && send_all(fd, body, request->len - (size_t)(body - request->data));
        while (ok && receive(fd, answer))
            ;
    }
    if (fd >= 0)
        close(fd);
    return ok && body_start(answer) > 0;
}

static void
send_endless(int fd)
{
    send_text(fd,
              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n[");
    char block[4096];
    for (size_t i = 0; i < sizeof block; i += 2)
        memcpy(block + i, "1,", 2);
    while (send_all(fd, block, sizeof block))
        ;
}

static void
send_answer(int fd, struct bytes *answer, const struct rule *rule)
{
    size_t start = body_start(answer), body_len = answer->len - start;
    size_t len = answer->len;
    if (rule->fault == FAULT_CUT)
        len = start + body_len / 2;
    if (rule->fault == FAULT_CORRUPT && body_len > 0) {
        for (size_t i = start + body_len / 3; i < start + body_len / 3 + 8 && i < answer->len; i++)
            answer->data[i] = '\xff';
        /* Those may all lie in a title, where they are repaired: without its end it is no JSON for certain. */
        answer->data[answer->len - 1] = '\xff';
    }
    char *date = strcasestr(answer->data, "\r\ndate: ");
    if (rule->fault == FAULT_DATE && date && date < answer->data + start) {
        char text[40];
        time_t at = time(NULL) + rule->amount;
        struct tm parts;
        (void)strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&at, &parts));
        memcpy(date + strlen("\r\ndate: "), text, strlen(text)); /* as long as any date */
    }
    if (rule->fault != FAULT_DRIP) {
        (void)send_all(fd, answer->data, len); /* a client that left needs nothing */
        return;
    }
    for (size_t i = 0; i < len && send_all(fd, answer->data + i, 1); i++)
        pause_ms(rule->amount);
}

static void
serve(struct shared *shared, int fd, int upstream_port)
{
    struct bytes request = {0}, answer = {0};
    char method[8] = "", path[PATH_SIZE] = "", head[128];
    if (!receive_request(fd, &request) ||
        sscanf(request.data, "%7s %127[^? \r\n]", method, path) != 2)
        return;
    struct rule rule = note_request(shared, method, path);
    switch (rule.fault) {
    case FAULT_DROP:
        return;
    case FAULT_RATE_LIMITED:
        snprintf(head, sizeof head,
                 "HTTP/1.1 429 Too Many Requests\r\nRetry-After: %d\r\nContent-Length: 2\r\n"
                 "Connection: close\r\n\r\n{}",
                 rule.amount);
        send_text(fd, head);
        return;
    case FAULT_ERROR:
        send_text(fd, "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\nConnection: "
                      "close\r\n\r\n{}");
        return;
    case FAULT_HTML:
        send_text(fd,
                  "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
                  "<html><body><h1>502 Bad Gateway</h1></body></html>");
        return;
    case FAULT_ENDLESS:
        send_endless(fd);
        return;
    case FAULT_SILENT:
        while (receive(fd, &request)) /* until the client gives up */
            ;
        return;
    case FAULT_ANSWER:
        send_text(fd, rule.answer);
        return;
    case FAULT_DELAY:
        pause_ms(rule.amount);
        break;
    case FAULT_NONE:
    case FAULT_LOST:
    case FAULT_CUT:
    case FAULT_CORRUPT:
    case FAULT_DRIP:
    case FAULT_DATE:
        break;
    }
    if (ask_upstream(upstream_port, &request, &answer) && rule.fault != FAULT_LOST)
        send_answer(fd, &answer, &rule);
    memory_free(request.data);
    memory_free(answer.data);
}

static _Noreturn void
accept_for_ever(struct shared *shared, int listener, int upstream_port, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    signal(SIGCHLD, SIG_IGN); /* connections are reaped by the kernel */
    signal(SIGTERM, SIG_DFL);
    pid_t self = getpid();
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            continue;
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (getppid() == self)
                serve(shared, fd, upstream_port);
            _exit(0);
        }
        close(fd);
    }
}

/* ---- in the test ---- */

struct fault_proxy *
fault_proxy_start(int upstream_port)
{
    struct fault_proxy *proxy = memory_alloc(sizeof *proxy);
    proxy->shared = mmap(NULL, sizeof *proxy->shared, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(proxy->shared != MAP_FAILED);

    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t address_len = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 64), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &address_len), 0);
    proxy->port = ntohs(address.sin_port);
    snprintf(proxy->url, sizeof proxy->url, "http://127.0.0.1:%d", proxy->port);

    pid_t parent = getpid();
    proxy->pid = fork();
    assert_true(proxy->pid >= 0);
    if (proxy->pid == 0)
        accept_for_ever(proxy->shared, listener, upstream_port, parent);
    close(listener);
    return proxy;
}

void
fault_proxy_stop(struct fault_proxy *proxy)
{
    if (!proxy)
        return;
    kill(proxy->pid, SIGKILL);
    while (waitpid(proxy->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    munmap(proxy->shared, sizeof *proxy->shared);
    memory_free(proxy);
}

int
fault_proxy_port(const struct fault_proxy *proxy)
{
    return proxy->port;
}

const char *
fault_proxy_url(const struct fault_proxy *proxy)
{
    return proxy->url;
}

static void
set_rule(struct fault_proxy *proxy, const char *path_prefix, const struct rule *new)
{
    struct shared *shared = proxy->shared;
    assert_true(strlen(path_prefix) < PATH_SIZE);
    lock(shared);
    int i = 0;
    while (i < shared->rules_len && strcmp(shared->rules[i].prefix, path_prefix) != 0)
        i++;
    bool fits = i < RULES_MAX;
    if (fits) {
        struct rule *rule = &shared->rules[i];
        *rule = *new;
        snprintf(rule->prefix, sizeof rule->prefix, "%s", path_prefix);
        if (i == shared->rules_len)
            shared->rules_len++;
    }
    unlock(shared);
    assert_true(fits);
}

void
fault_proxy_set(struct fault_proxy *proxy, const char *path_prefix, enum fault fault, int amount,
                int times)
{
    const struct rule rule = {.fault = fault, .amount = amount, .times_left = times ? times : -1};
    set_rule(proxy, path_prefix, &rule);
}

int
fault_proxy_left(const struct fault_proxy *proxy, const char *path_prefix)
{
    struct shared *shared = proxy->shared;
    int left = -1;
    lock(shared);
    for (int i = 0; i < shared->rules_len; i++)
        if (strcmp(shared->rules[i].prefix, path_prefix) == 0)
            left = shared->rules[i].times_left;
    unlock(shared);
    return left;
}

void
fault_proxy_answer(struct fault_proxy *proxy, const char *path_prefix, const char *answer)
{
    struct rule rule = {.fault = FAULT_ANSWER, .times_left = -1};
    assert_true(strlen(answer) < sizeof rule.answer);
    memcpy(rule.answer, answer, strlen(answer) + 1);
    set_rule(proxy, path_prefix, &rule);
}

void
fault_proxy_clear(struct fault_proxy *proxy)
{
    lock(proxy->shared);
    proxy->shared->rules_len = 0;
    unlock(proxy->shared);
}

int
fault_proxy_requests(const struct fault_proxy *proxy, const char *method, const char *path_prefix)
{
    struct shared *shared = proxy->shared;
    int count = 0;
    lock(shared);
    for (int i = 0; i < shared->log_len && i < LOG_MAX; i++)
        count += (!method || strcmp(shared->log[i].method, method) == 0) &&
                 starts_with(shared->log[i].path, path_prefix);
    unlock(shared);
    return count;
}
