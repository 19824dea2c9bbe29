#include "remote/http.h"

#include <arpa/inet.h>
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/arena.h"
#include "base/clock.h"
#include "remote/rate.h"
#include "wire/wire.h"

enum {
    IN_FLIGHT_MAX = 6,
    FAIR_TURN = 8, /* every so many requests one that has waited at the back goes first */
    HISTORY_IN_FLIGHT_MAX = 4, /* live data never waits for a slot that history holds */
    HEADERS_MAX_BYTES = 256 * 1024,
    LOW_SPEED_BYTES = 64,
    LOW_SPEED_SECONDS = 10,
};

/* Facts 2: a whole key has 1200 a minute; the list of incidents was observed to have 60. Headers correct both. */
static const double quota_per_minute[HTTP_QUOTA_COUNT] = {1200, 60};

struct transfer {
    uint64_t id;
    char *target, *method, *sent_body;
    struct curl_slist *headers; /* NULL = the client's */
    struct http_request request;
    bool of_user;
    CURL *easy; /* NULL while queued */
    struct str body;
    size_t written_bytes; /* to request.body_fd */
    int write_errno;
    size_t headers_bytes;
    bool headers_too_large;
    struct rate_headers rate;
    int64_t reset_at_s;
    char retry_after[48];
    char request_id[64];
    char location[HTTP_LOCATION_SIZE], etag[HTTP_ETAG_SIZE];
    bool is_conditional, has_next;
    char curl_message[CURL_ERROR_SIZE];
    struct transfer *next;
};

struct queue {
    struct transfer *first, **end;
};

struct http {
    struct loop *loop;
    CURLM *multi;
    struct curl_slist *headers;
    char *base, *host, *unix_path, *ca_file, *proxy;
    bool is_loopback, global, limits_by_403;
    int64_t rate_window_ms;
    int64_t connect_timeout_ms, timeout_ms;
    struct rate rates[HTTP_QUOTA_COUNT];
    struct queue waiting[HTTP_URGENCY_COUNT];
    struct transfer *running;
    size_t running_len, history_running_len, waiting_len;
    int turns; /* requests started since the last fair one */
    CURL *idle[IN_FLIGHT_MAX];
    size_t idle_len;
    uint64_t last_id, curl_timer, dispatch_timer;
    int64_t skew_ms;
    bool skew_known;
};

static char *
copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(memory_alloc(size), text, size);
}

/* ---- the address ---- */

static bool
host_is_loopback(const char *host)
{
    struct in_addr address;
    return strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
           (inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127);
}

static bool
set_web_address(struct http *http, const char *url, bool insecure, struct error *err)
{
    char *scheme = NULL, *host = NULL, *user = NULL, *query = NULL;
    CURLU *parts = curl_url();
    bool ok = parts && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
              curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
              curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
              (strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0);
    if (!ok) {
        error_set(
            err, ERROR_CONFIG,
            "url '%s' is not an address: expected https://HOST, http://127.0.0.1:PORT or unix:PATH",
            url);
    } else if (curl_url_get(parts, CURLUPART_USER, &user, 0) == CURLUE_OK ||
               curl_url_get(parts, CURLUPART_QUERY, &query, 0) == CURLUE_OK) {
        ok = error_set(err, ERROR_CONFIG, "url of '%s' must not hold a name, password or query",
                       host);
    } else {
        http->is_loopback = host_is_loopback(host);
        if (strcmp(scheme, "http") == 0 && !http->is_loopback && !insecure)
            ok = error_set(
                err, ERROR_CONFIG,
                "url '%s' would send the key unencrypted: use https, or set insecure = yes", url);
        http->host = copy_text(host);
        http->base = copy_text(url);
        for (size_t len = strlen(url); len && http->base[len - 1] == '/'; len--)
            http->base[len - 1] = '\0';
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(user);
    curl_free(query);
    curl_url_cleanup(parts);
    return ok;
}

static bool
set_address(struct http *http, const char *url, bool insecure, struct error *err)
{
    if (strncmp(url, "unix:", 5) != 0)
        return set_web_address(http, url, insecure, err);
    if (!url[5])
        return error_set(err, ERROR_CONFIG, "url 'unix:' names no socket");
    http->is_loopback = true;
    http->unix_path = copy_text(url + 5);
    http->host = copy_text(url);
    http->base = copy_text("http://localhost");
    return true;
}

static bool
set_headers(struct http *http, const char *token, const char *accept, struct error *err)
{
    struct str line;
    for (const char *c = token; *c; c++)
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f)
            return error_set(
                err, ERROR_CONFIG,
                "the API key holds a space or control character: check where it comes from");
    str_init(&line, 0);
    str_printf(&line, "Accept: %s", accept ? accept : "application/json");
    http->headers = curl_slist_append(NULL, str_text(&line));
    str_finish(&line);
    if (!http->headers)
        return error_set(err, ERROR_BUG, "cannot prepare the request headers");
    if (!*token)
        return true;
    str_init(&line, 0);
    str_printf(&line, "Authorization: Bearer %s", token);
    struct curl_slist *more = curl_slist_append(http->headers, str_text(&line));
    explicit_bzero(line.data, line.len);
    str_finish(&line);
    return more || error_set(err, ERROR_BUG, "cannot prepare the request headers");
}

/* The client's lines and the request's own. */
static struct curl_slist *
copy_headers(const struct http *http, const char *const *more, const char *if_none_match)
{
    struct curl_slist *lines = NULL;
    for (const struct curl_slist *line = http->headers; line; line = line->next)
        lines = curl_slist_append(lines, line->data);
    for (; more && *more; more++)
        lines = curl_slist_append(lines, *more);
    if (!text_is_empty(if_none_match)) {
        char line[HTTP_ETAG_SIZE + 32];
        (void)snprintf(line, sizeof line, "If-None-Match: %s", if_none_match); /* fits */
        lines = curl_slist_append(lines, line);
    }
    return lines;
}

static void
wipe_headers(struct curl_slist *headers)
{
    for (struct curl_slist *line = headers; line; line = line->next)
        explicit_bzero(line->data, strlen(line->data));
    curl_slist_free_all(headers);
}

/* ---- what an answer says besides its body ---- */

int64_t
http_parse_retry_after(const char *text, int64_t now_ms)
{
    while (*text == ' ')
        text++;
    int64_t wait_ms = 0;
    const char *at = text;
    for (; isdigit((unsigned char)*at) && wait_ms < DAY_MS; at++)
        wait_ms = wait_ms * 10 + (*at - '0') * SECOND_MS;
    if (at == text) {
        time_t when = curl_getdate(text, NULL);
        wait_ms = when == (time_t)-1 ? 0 : (int64_t)when * SECOND_MS - now_ms;
    }
    return wait_ms < 0 ? 0 : wait_ms > HOUR_MS ? HOUR_MS : wait_ms;
}

static bool
header_is(const char *line, size_t len, const char *name, char *value, size_t value_size)
{
    size_t name_len = strlen(name);
    if (len <= name_len || line[name_len] != ':' || strncasecmp(line, name, name_len) != 0)
        return false;
    const char *from = line + name_len + 1, *to = line + len;
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    while (to > from && isspace((unsigned char)to[-1]))
        to--;
    size_t keep = (size_t)(to - from) < value_size ? (size_t)(to - from) : value_size - 1;
    memcpy(value, from, keep);
    value[keep] = '\0';
    return true;
}

static int64_t
number_or(const char *text, int64_t otherwise)
{
    if (!isdigit((unsigned char)*text))
        return otherwise;
    int64_t value = 0;
    for (; isdigit((unsigned char)*text) && value < INT64_C(1000000000000); text++)
        value = value * 10 + (*text - '0');
    return value;
}

/* What is neither an identifier nor readable does not belong into a log. */
static void
keep_printable(char *text)
{
    for (; *text; text++)
        if (*text < 0x20 || *text > 0x7e)
            *text = '?';
}

/* Unix time (GitHub), or seconds from now (CircleCI; the draft of the RateLimit headers): no such span is decades long. */
static int64_t
moment_s(int64_t said)
{
    const int64_t now_s = clock_now_ms() / SECOND_MS;
    return said && said < now_s / 2 ? now_s + said : said;
}

/* Where both families of headers occur, the lower counts. */
static void
learn_remaining(struct transfer *transfer, int64_t remaining)
{
    if (transfer->rate.remaining < 0 || remaining < transfer->rate.remaining)
        transfer->rate.remaining = remaining;
}

static size_t
on_header(char *line, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t len = size * count;
    char value[160] = "";
    transfer->headers_bytes += len;
    if (transfer->headers_bytes > HEADERS_MAX_BYTES) {
        transfer->headers_too_large = true;
        return 0;
    }
    if (len > 5 && strncmp(line, "HTTP/", 5) == 0) { /* of a proxy, or "100 Continue": start over */
        transfer->rate = (struct rate_headers){.remaining = -1};
        transfer->reset_at_s = 0;
        transfer->retry_after[0] = transfer->request_id[0] = transfer->location[0] = '\0';
        transfer->etag[0] = '\0';
        transfer->has_next = false;
    } else if (header_is(line, len, "x-ratelimit-limit", value, sizeof value) ||
               header_is(line, len, "ratelimit-limit", value, sizeof value)) {
        rate_parse_limit(value, &transfer->rate);
    } else if (header_is(line, len, "x-ratelimit-remaining", value, sizeof value) ||
               header_is(line, len, "ratelimit-remaining", value, sizeof value)) {
        learn_remaining(transfer, number_or(value, -1));
    } else if (header_is(line, len, "x-ratelimit-reset", value, sizeof value) ||
               header_is(line, len, "ratelimit-reset", value, sizeof value)) {
        transfer->reset_at_s = moment_s(number_or(value, 0));
    } else if (len > 5 && strncasecmp(line, "link:", 5) == 0) {
        transfer->has_next |= memmem(line, len, "rel=\"next\"", strlen("rel=\"next\"")) != NULL;
    } else if (header_is(line, len, "etag", transfer->etag, sizeof transfer->etag)) {
        keep_printable(transfer->etag);
        if (strlen(transfer->etag) + 1 == sizeof transfer->etag)
            transfer->etag[0] = '\0'; /* cut: it would match nothing */
    } else if (!header_is(line, len, "retry-after", transfer->retry_after,
                          sizeof transfer->retry_after) &&
               !header_is(line, len, "location", transfer->location, sizeof transfer->location) &&
               header_is(line, len, "x-request-id", transfer->request_id,
                         sizeof transfer->request_id)) {
        keep_printable(transfer->request_id);
    }
    return len;
}

static bool
is_success(const struct transfer *transfer)
{
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    return status >= 200 && status < 300;
}

static bool
write_body(struct transfer *transfer, const char *data, size_t len)
{
    transfer->body.overflowed = transfer->written_bytes + len > transfer->body.max_bytes;
    for (size_t at = 0; at < len && !transfer->body.overflowed;) {
        ssize_t part = write(transfer->request.body_fd, data + at, len - at);
        if (part < 0 && errno == EINTR)
            continue;
        if (part <= 0) {
            transfer->write_errno = part ? errno : ENOSPC;
            return false;
        }
        at += (size_t)part;
    }
    transfer->written_bytes += len;
    return !transfer->body.overflowed;
}

static size_t
on_body(char *data, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    if (transfer->request.body_fd > 0 && is_success(transfer))
        return write_body(transfer, data, size * count) ? size * count : 0;
    str_append_len(&transfer->body, data, size * count);
    return transfer->body.overflowed ? 0 : size * count;
}

/* ---- failures ---- */

static enum error_code
error_code_of(CURLcode code)
{
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return ERROR_TIMEOUT;
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_PEER_FAILED_VERIFICATION:
        return ERROR_TLS;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return ERROR_NETWORK;
    default:
        return ERROR_PROTOCOL;
    }
}

/* Path without its query: what the user may recognise, in the length of a line. */
static int
path_len(const char *target)
{
    return (int)strcspn(target, "?");
}

/* The server was there: what it did then is no sign that nobody is. */
static bool
was_connected(CURLcode code)
{
    return code == CURLE_GOT_NOTHING || code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR ||
           code == CURLE_PARTIAL_FILE || code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM;
}

static void
set_transport_error(const struct transfer *transfer, CURLcode code, bool unix_path,
                    struct error *err)
{
    if (transfer->body.overflowed)
        error_set(err, ERROR_TOO_LARGE, "the answer is larger than %zu MiB",
                  transfer->body.max_bytes / (1024 * 1024));
    else if (transfer->write_errno)
        error_set(err, ERROR_FILE, "cannot keep the answer: %s", strerror(transfer->write_errno));
    else if (transfer->headers_too_large)
        error_set(err, ERROR_PROTOCOL, "the answer's headers have no end");
    else if (code == CURLE_PARTIAL_FILE)
        error_set(err, ERROR_NETWORK, "the connection closed in the middle of the answer");
    else if (code == CURLE_COULDNT_CONNECT && unix_path)
        error_set(err, ERROR_NETWORK, "nobody listens on that socket");
    else if (code == CURLE_SSL_CONNECT_ERROR) /* what it says of the certificate is another code */
        error_set(err, ERROR_PROTOCOL,
                  "no TLS could be agreed on (does that port speak https?): %s",
                  transfer->curl_message[0] ? transfer->curl_message : curl_easy_strerror(code));
    else
        error_set(err, error_code_of(code), "%s",
                  transfer->curl_message[0] ? transfer->curl_message : curl_easy_strerror(code));
    err->was_connected = was_connected(code);
}

static bool
looks_like_html(struct slice body)
{
    size_t at = 0;
    while (at < body.len && isspace((unsigned char)body.data[at]))
        at++;
    return at < body.len && body.data[at] == '<';
}

static void
set_answer_error(const struct transfer *transfer, bool limits_by_403,
                 const struct http_response *response, struct error *err)
{
    if (response->status >= 200 && response->status < 300) {
        if (looks_like_html(response->body))
            error_set(err, ERROR_PROTOCOL,
                      "got HTML instead of JSON (the page of a proxy or login?)");
    } else if (response->status == 304 && transfer->is_conditional) {
        err->code = ERROR_NONE;
    } else if (response->status >= 300 && response->status < 400) {
        bool hide = transfer->request.target_is_secret;
        error_set(err, ERROR_PROTOCOL,
                  "redirected to '%s', which the key is not sent to: correct the url",
                  hide ? "elsewhere" : transfer->location);
    } else if (transfer->request.target_is_secret) { /* an answer may repeat what was asked for */
        error_set(err, error_from_http_status(response->status), "the server answered %d",
                  response->status);
    } else {
        (void)wire_read_error(response->status, response->body, err); /* fills err, always false */
        if (response->status == 403 && limits_by_403 &&
            (transfer->rate.remaining == 0 || transfer->retry_after[0]))
            error_set(err, ERROR_RATE_LIMITED, "the limit of requests is used up");
    }
    if (err->code == ERROR_NONE)
        return;
    err->http_status = response->status;
    if (!err->request_id[0])
        memcpy(err->request_id, response->request_id, sizeof err->request_id);
}

/* How long a refused request has to wait: Retry-After, else the body's word, else when the bucket is full again. */
static int64_t
wait_asked_for_ms(const struct transfer *transfer, const struct error *err)
{
    int64_t now_ms = clock_now_ms();
    int64_t wait_ms = http_parse_retry_after(transfer->retry_after, now_ms);
    if (!wait_ms)
        wait_ms = err->retry_after_ms;
    if (!wait_ms && transfer->reset_at_s && err->code == ERROR_RATE_LIMITED)
        wait_ms = transfer->reset_at_s * SECOND_MS - now_ms;
    return wait_ms < 0 ? 0 : wait_ms > HOUR_MS ? HOUR_MS : wait_ms;
}

/* ---- transfers ---- */

static void dispatch(void *context);

static void
dispatch_after(struct http *http, int64_t delay_ms)
{
    loop_cancel(http->loop, http->dispatch_timer);
    http->dispatch_timer = loop_after(http->loop, delay_ms, dispatch, http);
}

static void
transfer_free(struct http *http, struct transfer *transfer)
{
    if (transfer->easy) {
        curl_multi_remove_handle(http->multi, transfer->easy);
        if (http->idle_len < IN_FLIGHT_MAX)
            http->idle[http->idle_len++] = transfer->easy;
        else
            curl_easy_cleanup(transfer->easy);
    }
    str_finish(&transfer->body);
    wipe_headers(transfer->headers);
    memory_free(transfer->sent_body);
    memory_free(transfer->method);
    memory_free(transfer->target);
    memory_free(transfer);
}

static void
forget_running(struct http *http, struct transfer *transfer)
{
    for (struct transfer **at = &http->running; *at; at = &(*at)->next)
        if (*at == transfer) {
            *at = transfer->next;
            break;
        }
    http->running_len--;
    if (transfer->request.urgency == HTTP_HISTORY)
        http->history_running_len--;
}

static void
learn(struct http *http, const struct transfer *transfer, const struct error *err)
{
    int64_t now_ms = clock_monotonic_ms();
    struct rate *rate = &http->rates[transfer->request.quota];
    struct rate_headers said = transfer->rate;
    if (!said.window_ms)
        said.window_ms = http->rate_window_ms;
    rate_learn(rate, &said, now_ms);
    /* Whoever asked waits as told; for the shared quota the bucket says enough to the others. */
    if (err->code == ERROR_RATE_LIMITED && transfer->request.quota != HTTP_QUOTA_ALL)
        rate_block(rate, now_ms + (err->retry_after_ms ? err->retry_after_ms : SECOND_MS));

    curl_off_t date_s = -1;
    struct curl_header *date = NULL;
    if (!clock_is_frozen() &&
        curl_easy_header(transfer->easy, "Date", 0, CURLH_HEADER, -1, &date) == CURLHE_OK)
        date_s = curl_getdate(date->value, NULL);
    if (date_s > 0) {
        http->skew_ms = (int64_t)date_s * SECOND_MS - clock_now_ms();
        http->skew_known = true;
    }
}

static void
finish(struct http *http, struct transfer *transfer, CURLcode code)
{
    struct http_response response = {.body = str_slice(&transfer->body)};
    if (code == CURLE_OK) {
        long status = 0;
        curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
        response.status = (int)status;
        memcpy(response.request_id, transfer->request_id, sizeof response.request_id);
        memcpy(response.etag, transfer->etag, sizeof response.etag);
        memcpy(response.location, transfer->location, sizeof response.location);
        response.has_next = transfer->has_next;
        set_answer_error(transfer, http->limits_by_403, &response, &response.error);
        response.error.retry_after_ms = wait_asked_for_ms(transfer, &response.error);
        learn(http, transfer, &response.error);
    } else {
        set_transport_error(transfer, code, http->unix_path != NULL, &response.error);
    }
    if (response.error.code != ERROR_NONE && transfer->request.target_is_secret)
        error_wrap(&response.error, "cannot send to '%s'", http->host);
    else if (response.error.code != ERROR_NONE)
        error_wrap(&response.error,
                   transfer->method ? "cannot send to '%.*s' at '%s'"
                                    : "cannot fetch '%.*s' from '%s'",
                   path_len(transfer->target), transfer->target, http->host);

    forget_running(http, transfer);
    transfer->request.done(transfer->request.context, &response);
    transfer_free(http, transfer);
    dispatch_after(http, 0);
}

static void
collect(struct http *http)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(http->multi, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        struct transfer *transfer = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        finish(http, transfer, message->data.result);
    }
}

static void
set_options(struct http *http, struct transfer *transfer, const char *url)
{
    CURL *easy = transfer->easy;
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER,
                     transfer->headers ? transfer->headers : http->headers);
    if (transfer->method) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)transfer->request.body.len);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer->sent_body);
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, transfer->method);
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    }
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "tocsin/" TOCSIN_VERSION);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    /* Over TLS the handshake soon says whether one connection is enough; in clear a silent server would hold all up. */
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, strncmp(url, "https:", 6) == 0 ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
    /* Names are resolved in a thread, and who gives up must not wait for it: a dead name server would stop our loop. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)http->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)http->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)LOW_SPEED_BYTES);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)LOW_SPEED_SECONDS);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->curl_message);
    if (http->unix_path)
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, http->unix_path);
    if (http->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, http->ca_file);
    if (http->proxy)
        curl_easy_setopt(easy, CURLOPT_PROXY, http->proxy);
    else if (http->is_loopback) /* the environment's proxy is not meant for our own machine */
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

static void
start(struct http *http, struct transfer *transfer)
{
    transfer->easy = http->idle_len ? http->idle[--http->idle_len] : curl_easy_init();
    transfer->next = http->running;
    http->running = transfer;
    http->running_len++;
    http->turns++;
    if (transfer->request.urgency == HTTP_HISTORY)
        http->history_running_len++;

    int64_t now_ms = clock_monotonic_ms();
    rate_take(&http->rates[HTTP_QUOTA_ALL], now_ms);
    if (transfer->request.quota != HTTP_QUOTA_ALL)
        rate_take(&http->rates[transfer->request.quota], now_ms);

    struct str url;
    str_init(&url, 0);
    str_printf(&url, "%s%s", http->base, transfer->target);
    set_options(http, transfer, str_text(&url)); /* curl copies the text */
    str_finish(&url);
    CURLMcode code = curl_multi_add_handle(http->multi, transfer->easy);
    assert(code == CURLM_OK);
    (void)code;
}

static int64_t
wait_ms_of(struct http *http, const struct transfer *transfer, int64_t now_ms)
{
    int64_t all = rate_wait_ms(&http->rates[HTTP_QUOTA_ALL], transfer->of_user, now_ms);
    int64_t own = rate_wait_ms(&http->rates[transfer->request.quota], transfer->of_user, now_ms);
    return all > own ? all : own;
}

static struct transfer *
dequeue(struct queue *queue, struct transfer **at)
{
    struct transfer *transfer = *at;
    *at = transfer->next;
    if (!*at)
        queue->end = at;
    transfer->next = NULL;
    return transfer;
}

/*
 * A server slower than the plan has live requests waiting at all times: by urgency alone nothing else would ever be asked.
 */
static void
start_fair(struct http *http, int64_t now_ms)
{
    for (int urgency = HTTP_URGENCY_COUNT - 1; urgency > HTTP_LIVE; urgency--) {
        struct queue *queue = &http->waiting[urgency];
        if (!queue->first || wait_ms_of(http, queue->first, now_ms) > 0 ||
            (urgency == HTTP_HISTORY && http->history_running_len > 0))
            continue;
        http->waiting_len--;
        http->turns = 0;
        start(http, dequeue(queue, &queue->first));
        return;
    }
}

/* Starts what budget and slots allow, and wakes up when the budget allows more. */
static void
dispatch(void *context)
{
    struct http *http = context;
    int64_t now_ms = clock_monotonic_ms(), soonest_ms = 0;
    http->dispatch_timer = 0;
    if (http->turns >= FAIR_TURN && http->running_len < IN_FLIGHT_MAX)
        start_fair(http, now_ms);
    for (int urgency = 0; urgency < HTTP_URGENCY_COUNT; urgency++) {
        struct queue *queue = &http->waiting[urgency];
        bool full_for_class[HTTP_QUOTA_COUNT] = {false};
        for (struct transfer **at = &queue->first; *at && http->running_len < IN_FLIGHT_MAX;) {
            if (urgency == HTTP_HISTORY && http->history_running_len >= HISTORY_IN_FLIGHT_MAX)
                break;
            int quota = (*at)->request.quota;
            int64_t wait_ms = full_for_class[quota] ? 1 : wait_ms_of(http, *at, now_ms);
            if (wait_ms == 0) {
                http->waiting_len--;
                start(http, dequeue(queue, at));
                continue;
            }
            if (!full_for_class[quota] && (!soonest_ms || wait_ms < soonest_ms))
                soonest_ms = wait_ms;
            full_for_class[quota] = true;
            at = &(*at)->next;
        }
    }
    if (soonest_ms)
        dispatch_after(http, soonest_ms);
}

/* ---- curl in our loop ---- */

static void
on_socket_ready(void *context, int fd, int events)
{
    struct http *http = context;
    int mask = (events & LOOP_READ ? CURL_CSELECT_IN : 0) |
               (events & LOOP_WRITE ? CURL_CSELECT_OUT : 0) |
               (events & LOOP_HANGUP ? CURL_CSELECT_ERR : 0);
    int running;
    curl_multi_socket_action(http->multi, fd, mask, &running);
    collect(http);
}

static int
on_socket_wanted(CURL *easy, curl_socket_t fd, int what, void *context, void *socket_context)
{
    struct http *http = context;
    (void)easy;
    (void)socket_context;
    if (what == CURL_POLL_REMOVE)
        loop_unwatch(http->loop, fd);
    else
        loop_watch(http->loop, fd,
                   (what & CURL_POLL_IN ? LOOP_READ : 0) | (what & CURL_POLL_OUT ? LOOP_WRITE : 0),
                   on_socket_ready, http);
    return 0;
}

static void
on_curl_timer(void *context)
{
    struct http *http = context;
    int running;
    http->curl_timer = 0;
    curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    collect(http);
}

static int
on_timer_wanted(CURLM *multi, long timeout_ms, void *context)
{
    struct http *http = context;
    (void)multi;
    loop_cancel(http->loop, http->curl_timer);
    http->curl_timer = timeout_ms < 0 ? 0 : loop_after(http->loop, timeout_ms, on_curl_timer, http);
    return 0;
}

/* ---- the client ---- */

bool
http_open(struct http **out, struct loop *loop, const struct http_options *options,
          struct error *err)
{
    struct http *http = memory_alloc(sizeof *http);
    *out = http;
    http->loop = loop;
    http->connect_timeout_ms =
        options->connect_timeout_ms ? options->connect_timeout_ms : 5 * SECOND_MS;
    http->timeout_ms = options->timeout_ms ? options->timeout_ms : 30 * SECOND_MS;
    http->rate_window_ms = options->rate_window_ms;
    http->limits_by_403 = options->limits_by_403;
    for (int i = 0; i < HTTP_URGENCY_COUNT; i++)
        http->waiting[i].end = &http->waiting[i].first;
    for (int i = 0; i < HTTP_QUOTA_COUNT; i++)
        rate_init(&http->rates[i], quota_per_minute[i], options->budget, clock_monotonic_ms());
    if (!text_is_empty(options->ca_file))
        http->ca_file = copy_text(options->ca_file);
    if (!text_is_empty(options->proxy))
        http->proxy = copy_text(options->proxy);

    http->global = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    http->multi = http->global ? curl_multi_init() : NULL;
    if (!http->multi) {
        http_close(http);
        *out = NULL;
        return error_set(err, ERROR_BUG, "cannot start libcurl");
    }
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, on_socket_wanted);
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)IN_FLIGHT_MAX);

    if (set_address(http, options->url, options->insecure, err) &&
        set_headers(http, options->token, options->accept, err))
        return true;
    http_close(http);
    *out = NULL;
    return false;
}

void
http_close(struct http *http)
{
    if (!http)
        return;
    while (http->running) {
        struct transfer *transfer = http->running;
        forget_running(http, transfer);
        transfer_free(http, transfer);
    }
    for (int i = 0; i < HTTP_URGENCY_COUNT; i++)
        while (http->waiting[i].first)
            transfer_free(http, dequeue(&http->waiting[i], &http->waiting[i].first));
    while (http->idle_len)
        curl_easy_cleanup(http->idle[--http->idle_len]);
    if (http->multi)
        curl_multi_cleanup(http->multi);
    loop_cancel(http->loop, http->dispatch_timer);
    loop_cancel(http->loop, http->curl_timer);
    wipe_headers(http->headers);
    if (http->global)
        curl_global_cleanup();
    memory_free(http->base);
    memory_free(http->host);
    memory_free(http->unix_path);
    memory_free(http->ca_file);
    memory_free(http->proxy);
    memory_free(http);
}

uint64_t
http_ask(struct http *http, const struct http_request *request)
{
    struct transfer *transfer = memory_alloc(sizeof *transfer);
    transfer->id = ++http->last_id;
    transfer->target = copy_text(request->target);
    transfer->request = *request;
    transfer->request.target = transfer->target;
    if (request->method && strcmp(request->method, "GET") != 0) {
        transfer->method = copy_text(request->method);
        transfer->sent_body = memory_alloc(request->body.len + 1);
        if (request->body.len)
            memcpy(transfer->sent_body, request->body.data, request->body.len);
    }
    transfer->is_conditional = !text_is_empty(request->if_none_match);
    if (request->headers || transfer->is_conditional)
        transfer->headers = copy_headers(http, request->headers, request->if_none_match);
    transfer->of_user = request->urgency == HTTP_USER;
    transfer->rate.remaining = -1;
    str_init(&transfer->body,
             request->body_max_bytes ? request->body_max_bytes : HTTP_BODY_MAX_BYTES);

    struct queue *queue = &http->waiting[request->urgency];
    *queue->end = transfer;
    queue->end = &transfer->next;
    http->waiting_len++;
    dispatch_after(http, 0);
    return transfer->id;
}

void
http_cancel(struct http *http, uint64_t id)
{
    for (struct transfer *at = http->running; at; at = at->next)
        if (at->id == id) {
            forget_running(http, at);
            transfer_free(http, at);
            dispatch_after(http, 0);
            return;
        }
    for (int i = 0; i < HTTP_URGENCY_COUNT; i++)
        for (struct transfer **at = &http->waiting[i].first; *at; at = &(*at)->next)
            if ((*at)->id == id) {
                http->waiting_len--;
                transfer_free(http, dequeue(&http->waiting[i], at));
                return;
            }
}

size_t
http_pending(const struct http *http)
{
    return http->waiting_len + http->running_len;
}

int64_t
http_clock_skew_ms(const struct http *http, bool *known)
{
    *known = http->skew_known;
    return http->skew_ms;
}

int
http_rate_used_permille(struct http *http)
{
    return rate_used_permille(&http->rates[HTTP_QUOTA_ALL], clock_monotonic_ms());
}

const char *
http_library(void)
{
    return curl_version();
}
