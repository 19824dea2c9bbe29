#include "remote/alert_events.h"

#include <ctype.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/loop.h"
#include "remote/http.h"
#include "remote/rate.h"

enum {
    EVENTS_PER_MINUTE = 120, /* facts 2: of a source */
    TIMEOUT_MS = 20000,
    BACKOFF_MAX_MS = 15000,
    ANSWER_MAX_BYTES = 256 * 1024,
    TRIES_OF_ONE = 4, /* with a server that is there and fails: then the next event has its turn */
    PASSED_OVER_MAX = 3, /* one after the other: then it is the server, not an event */
};
#define PATIENCE_MS MINUTE_MS
#define ALL_MS (10 * MINUTE_MS)

struct sender {
    struct alert_delivery *delivery;
    struct alert_spool *spool;
    struct loop *loop;
    struct http *http;
    struct rate rate;
    int64_t patience_ms, until_ms, end_ms; /* monotonic */
    int attempts, passed_over;
    struct error error;
};

/* ---- the address ---- */

static bool
is_id(const char *text)
{
    for (const char *c = text; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
            return false;
    return *text != '\0';
}

static bool
is_web_address(const char *text)
{
    return strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0;
}

bool
alert_address_read(const char *source, const struct profile *profile, struct arena *arena,
                   struct alert_address *address, struct error *err)
{
    if (is_id(source)) {
        address->url = profile->url;
        address->target = arena_printf(arena, "/v2/alert_events/http/%s", source);
    } else if (is_web_address(source)) {
        const char *path = strchr(strstr(source, "://") + 3, '/');
        if (!path || !path[1])
            return error_set(err, ERROR_CONFIG,
                             "alert_source '%s' has no path: expected the source's "
                             "alert_events_url, or its id",
                             source);
        if (strpbrk(source, "?#"))
            return error_set(err, ERROR_CONFIG,
                             "alert_source must not hold a query: the secret comes from "
                             "TOCSIN_ALERT_SECRET, alert_secret_command or alert_secret_file");
        for (const char *c = source; *c; c++)
            if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f)
                return error_set(err, ERROR_CONFIG,
                                 "alert_source holds a character that no address has");
        address->url = arena_text_len(arena, source, (size_t)(path - source));
        address->target = arena_text(arena, path);
    } else {
        return error_set(err, ERROR_CONFIG,
                         "alert_source '%s' is neither an id nor an address (https://…)", source);
    }
    address->text = arena_printf(arena, "%s%s", address->url, address->target);
    return true;
}

/* ---- one event after the other ---- */

static void next(void *context);

static void
stop(struct sender *sender, const struct error *why)
{
    sender->error = *why;
    loop_stop(sender->loop);
}

static void
go_on(struct sender *sender)
{
    sender->attempts = 0;
    (void)loop_after(sender->loop, 0, next, sender); /* ends with the loop */
}

static void
tell(struct sender *sender, bool left, const struct error *why)
{
    struct alert_delivery *delivery = sender->delivery;
    if (delivery->trouble)
        delivery->trouble(delivery->context, alert_spool_first(sender->spool), left, why);
}

static void
on_taken(struct sender *sender)
{
    alert_spool_settle(sender->spool);
    sender->delivery->sent++;
    sender->passed_over = 0;
    sender->until_ms = clock_monotonic_ms() + sender->patience_ms;
    go_on(sender);
}

static void
on_refused(struct sender *sender, const struct error *why)
{
    tell(sender, false, why);
    alert_spool_settle(sender->spool);
    sender->delivery->refused++;
    go_on(sender);
}

/* A server that is there and fails on this event: perhaps it does better with the next. */
static void
pass_over(struct sender *sender, const struct error *why)
{
    tell(sender, true, why);
    alert_spool_pass_over(sender->spool);
    sender->passed_over++;
    sender->error = *why;
    go_on(sender);
}

static int64_t
jittered(int64_t wait_ms)
{
    uint16_t random;
    digest_random(&random, sizeof random);
    return wait_ms / 2 + wait_ms * random / (2 * (int64_t)UINT16_MAX);
}

static void
try_later(struct sender *sender, const struct error *why)
{
    struct alert_delivery *delivery = sender->delivery;
    int64_t now_ms = clock_monotonic_ms();
    int64_t backoff_ms = delivery->backoff_ms ? delivery->backoff_ms : SECOND_MS;
    for (int i = 0; i < sender->attempts && backoff_ms < BACKOFF_MAX_MS; i++)
        backoff_ms *= 2;
    if (backoff_ms > BACKOFF_MAX_MS)
        backoff_ms = BACKOFF_MAX_MS;
    int64_t wait_ms = why->retry_after_ms ? why->retry_after_ms : jittered(backoff_ms);
    sender->attempts++;
    if (sender->attempts >= TRIES_OF_ONE && sender->passed_over + 1 < PASSED_OVER_MAX &&
        why->http_status >= 500 && !why->retry_after_ms)
        pass_over(sender, why);
    else if (now_ms + wait_ms < sender->until_ms && now_ms + wait_ms < sender->end_ms)
        (void)loop_after(sender->loop, wait_ms, next, sender); /* ends with the loop */
    else
        stop(sender, why);
}

/* Of a page, it was not the source that refused the event. */
static bool
is_of_the_source(const struct http_response *response)
{
    size_t at = 0;
    while (at < response->body.len && isspace((unsigned char)response->body.data[at]))
        at++;
    return at < response->body.len && response->body.data[at] == '{';
}

static void
on_answer(void *context, const struct http_response *response)
{
    struct sender *sender = context;
    struct error why = response->error;
    if (response->status == 202 && why.code == ERROR_NONE) {
        on_taken(sender);
        return;
    }
    if (why.code == ERROR_NONE) {
        error_set(&why, ERROR_PROTOCOL,
                  "cannot send to '%s': it answered %d, as no alert source does: correct "
                  "alert_source",
                  sender->delivery->address->text, response->status);
        why.http_status = response->status;
    }
    switch (response->status) {
    case 0:
        if (why.code == ERROR_TLS || why.code == ERROR_CONFIG)
            stop(sender, &why);
        else
            try_later(sender, &why);
        return;
    case 401:
    case 403:
    case 404:
    case 405:
    case 406:
    case 407:
        stop(sender, &why);
        return;
    case 413: /* also when something in between says it: it will say it again */
        on_refused(sender, &why);
        return;
    case 408:
    case 425:
    case 429:
        try_later(sender, &why);
        return;
    default:
        break;
    }
    if (response->status >= 500)
        try_later(sender, &why);
    else if (response->status >= 400 && is_of_the_source(response))
        on_refused(sender, &why);
    else
        stop(sender, &why);
}

static void
next(void *context)
{
    static const char *const headers[] = {"Content-Type: application/json", NULL};
    struct sender *sender = context;
    const struct alert_event_out *event = alert_spool_first(sender->spool);
    int64_t now_ms = clock_monotonic_ms();
    if (!event) {
        loop_stop(sender->loop);
        return;
    }
    if (now_ms >= sender->end_ms) {
        struct error err;
        error_set(&err, ERROR_TIMEOUT, "cannot send all events to '%s' in the time there is",
                  sender->delivery->address->text);
        stop(sender, &err);
        return;
    }
    int64_t wait_ms = rate_wait_ms(&sender->rate, false, now_ms);
    if (wait_ms) {
        sender->until_ms += wait_ms;                           /* it is we who wait */
        (void)loop_after(sender->loop, wait_ms, next, sender); /* ends with the loop */
        return;
    }
    rate_take(&sender->rate, now_ms);
    const struct http_request request = {.target = sender->delivery->address->target,
                                         .method = "POST",
                                         .headers = headers,
                                         .body = slice_of(event->body),
                                         .urgency = HTTP_USER,
                                         .body_max_bytes = ANSWER_MAX_BYTES,
                                         .done = on_answer,
                                         .context = sender};
    http_ask(sender->http, &request);
}

static bool
run(struct sender *sender, struct error *err)
{
    const struct alert_delivery *delivery = sender->delivery;
    sender->patience_ms = delivery->patience_ms ? delivery->patience_ms : PATIENCE_MS;
    const struct http_options options = {
        .url = delivery->address->url,
        .token = delivery->secret,
        .ca_file = delivery->profile->ca_file,
        .proxy = delivery->profile->proxy,
        .insecure = delivery->profile->insecure,
        .budget = 1,
        .timeout_ms = sender->patience_ms < TIMEOUT_MS ? sender->patience_ms : TIMEOUT_MS};
    if (!loop_create(&sender->loop, err) || !http_open(&sender->http, sender->loop, &options, err))
        return false;
    int64_t now_ms = clock_monotonic_ms();
    rate_init(&sender->rate, EVENTS_PER_MINUTE, 1, now_ms);
    sender->until_ms = now_ms + sender->patience_ms;
    sender->end_ms = now_ms + (sender->patience_ms < ALL_MS ? ALL_MS : sender->patience_ms);
    (void)loop_after(sender->loop, 0, next, sender); /* ends with the loop */
    return loop_run(sender->loop, err);
}

bool
alert_events_deliver(struct alert_delivery *delivery, struct alert_spool *spool, struct error *err)
{
    struct sender sender = {.delivery = delivery, .spool = spool};
    delivery->sent = delivery->refused = 0;
    if (!alert_spool_first(spool))
        return true;
    bool ok = run(&sender, err);
    http_close(sender.http);
    loop_destroy(sender.loop);
    if (ok && alert_spool_waiting(spool)) {
        *err = sender.error;
        ok = false;
    }
    return ok;
}
