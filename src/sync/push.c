#include "sync/push.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "remote/api.h"
#include "remote/http.h"
#include "sync/reply.h"
#include "wire/wire.h"

#define BACKOFF_MS SECOND_MS
#define BACKOFF_MAX_MS MINUTE_MS
#define STORE_AGAIN_MS (5 * SECOND_MS)
#define MAY_SEND_AGAIN_MS (2 * SECOND_MS)
#define KEPT_MS (30 * DAY_MS)
#define CLOCKS_APART_MS MINUTE_MS /* by so much a server's created_at may lie before our own time */

enum { LOOKED_PAGES_MAX = 40 };

struct push {
    struct loop *loop;
    struct push_options options;
    struct outbox outbox;
    struct http *http;
    struct reply *reply;
    uint64_t timer;
    int unanswered;        /* times in a row */
    int64_t held_until;    /* monotonic: nobody answers, or we were told to wait */
    int64_t ripe_id;       /* the row whose time the timer was for */
    bool is_busy;          /* with `row` */
    struct outbox_row row; /* all of it in the arena */
    struct arena arena;
    int pages;
};

static void look(void *context);

static void
look_after(struct push *push, int64_t delay_ms)
{
    loop_cancel(push->loop, push->timer);
    push->timer = loop_after(push->loop, delay_ms, look, push);
}

static void
store_failed(struct push *push, const struct error *err)
{
    log_failure(LOG_ERROR, err, "outbox");
    push->is_busy = false;
    push->ripe_id = 0;
    look_after(push, STORE_AGAIN_MS);
}

/* ---- what became of a row ---- */

static void
settle(struct push *push, const char *state, const char *answer)
{
    struct error err = {0};
    struct outbox_row *row = &push->row;
    row->state = state;
    row->answer = answer;
    if (!text_equals(state, OUTBOX_QUEUED))
        log_write(LOG_INFO, "%s: %s%s%s", row->label, state, *answer ? ": " : "", answer);
    if (!outbox_settle(&push->outbox, row, clock_now_ms(), &err)) {
        store_failed(push, &err);
        return;
    }
    push->is_busy = false;
    push->ripe_id = 0;
    look_after(push, 0);
}

static void
done(struct push *push, struct slice body)
{
    push->unanswered = 0;
    if (push->options.on_answer)
        push->options.on_answer(push->options.context, &push->row, body);
    settle(push, OUTBOX_DONE, "");
}

static int64_t
wait_ms(const struct push *push, int tries, const struct error *err)
{
    int64_t base_ms = push->options.backoff_ms ? push->options.backoff_ms : BACKOFF_MS;
    int64_t wait = base_ms << (tries < 7 ? tries : 7);
    uint16_t random;
    digest_random(&random, sizeof random);
    if (wait > BACKOFF_MAX_MS)
        wait = BACKOFF_MAX_MS;
    wait = wait / 2 + wait * random / 65535 / 2;
    return wait < err->retry_after_ms ? err->retry_after_ms : wait;
}

/* It did not reach anybody who would do it: later, and so would all others fare. */
static void
hold_all(struct push *push, const struct error *err)
{
    int64_t wait = wait_ms(push, push->unanswered++, err);
    push->held_until = clock_monotonic_ms() + wait;
    push->row.next_at = clock_now_ms() + wait;
    settle(push, OUTBOX_QUEUED, err->message);
}

static bool
is_of_everybody(const struct error *err)
{
    return err->code == ERROR_NETWORK || err->code == ERROR_TIMEOUT || err->code == ERROR_TLS ||
           err->code == ERROR_RATE_LIMITED || err->code == ERROR_UNAUTHENTICATED;
}

/* What a request ended with that was no answer to go on with. */
static void
failed(struct push *push, const struct http_response *response, const struct error *err)
{
    struct outbox_row *row = &push->row;
    row->answer_status = response->status;
    row->request_id = arena_text(&push->arena, err->request_id);
    const char *answer = arena_text(&push->arena, err->message);
    if (is_of_everybody(err)) {
        hold_all(push, err);
    } else if (error_is_retryable(err->code)) {
        row->next_at = clock_now_ms() + wait_ms(push, (int)row->attempts, err);
        settle(push, OUTBOX_QUEUED, answer);
    } else {
        push->unanswered = 0;
        settle(push, OUTBOX_FAILED, answer);
    }
}

/* ---- sending ---- */

/* The text with what another row made in the place of {result}. */
static const char *
with_result(struct push *push, const char *text)
{
    static const char mark[] = "{result}";
    const char *at = strstr(text, mark);
    if (!at || !*push->row.parent_result)
        return text;
    return arena_printf(&push->arena, "%.*s%s%s", (int)(at - text), text, push->row.parent_result,
                        with_result(push, at + sizeof mark - 1));
}

static void
ask(struct push *push, const char *method, const char *target, const char *body,
    void (*on_response)(void *context, const struct http_response *response))
{
    const struct http_request request = {
        .target = target,
        .method = method,
        .body = slice_of(body),
        .urgency = HTTP_USER,
        .done = on_response,
        .context = push,
    };
    (void)http_ask(push->http, &request);
}

/* {"incident": {"id": …}}: of whatever the answer holds. */
static const char *
id_in(struct push *push, struct slice body)
{
    struct wire_document *document;
    struct error err;
    const char *id = "";
    if (!body.len || !wire_document_read(body, &document, &err))
        return "";
    for (int kind = 0; kind < KIND_COUNT && !*id; kind++)
        id = wire_document_text(document, &push->arena,
                                arena_printf(&push->arena, "%s.id", kind_info(kind)->one));
    wire_document_destroy(document);
    return id;
}

static void
on_answer(void *context, const struct http_response *response)
{
    struct push *push = context;
    struct outbox_row *row = &push->row;
    const struct error *err = &response->error;
    if (err->code == ERROR_NONE) {
        row->answer_status = response->status;
        row->request_id = arena_text(&push->arena, response->request_id);
        row->result_id = id_in(push, response->body);
        done(push, response->body);
        return;
    }
    /* Whoever was not reached, or says so, did nothing: it may still be taken back. */
    if ((err->code == ERROR_NETWORK && !err->was_connected) || err->code == ERROR_TLS ||
        (response->status && !error_is_retryable(err->code)) || err->code == ERROR_RATE_LIMITED)
        row->attempts--;
    failed(push, response, err);
}

/* Said to be on its way; false: it was taken back while we looked, or the store failed. */
static bool
set_out(struct push *push)
{
    struct error err = {0};
    bool is_ours;
    if (!outbox_sending(&push->outbox, push->row.id, &is_ours, &err)) {
        store_failed(push, &err);
        return false;
    }
    if (!is_ours) {
        push->is_busy = false;
        look_after(push, 0);
    }
    return is_ours;
}

static void
send(struct push *push)
{
    struct outbox_row *row = &push->row;
    if (!set_out(push))
        return;
    row->attempts++;
    ask(push, row->method, with_result(push, row->path), with_result(push, row->body), on_answer);
}

/* ---- messages in Slack ---- */

static void
on_posted(void *context, const struct slack_posted *posted)
{
    struct push *push = context;
    struct outbox_row *row = &push->row;
    const struct slack_answer *answer = posted->answer;
    row->answer_status = answer->error.http_status;
    if (answer->problem == SLACK_PROBLEM_NONE) {
        row->result_id = arena_text(&push->arena, posted->ts);
        if (push->options.on_answer)
            push->options.on_answer(push->options.context, row, slice_of(""));
        settle(push, OUTBOX_DONE, "");
        return;
    }
    if (!answer->in_doubt)
        row->attempts--;
    row->next_at = clock_now_ms() + wait_ms(push, (int)row->attempts, &answer->error);
    settle(push, answer->remedy == SLACK_LATER ? OUTBOX_QUEUED : OUTBOX_FAILED,
           arena_text(&push->arena, answer->error.message));
}

/* What Slack does with it holds up nothing that is upstream's. */
static void
say(struct push *push)
{
    const char *refusal = reply_refusal(push->reply);
    if (*refusal) {
        settle(push, OUTBOX_FAILED, refusal);
        return;
    }
    if (!set_out(push))
        return;
    reply_send(push->reply, &push->row, on_posted, push);
    push->row.attempts++;
}

/* ---- looking before it is sent ---- */

static void
judge_object(struct push *push, const struct wire_document *document, struct slice body)
{
    struct outbox_row *row = &push->row;
    struct arena *arena = &push->arena;
    const char *at = "";
    for (int kind = 0; kind < KIND_COUNT && !*at; kind++)
        if (wire_document_count(document, kind_info(kind)->one))
            at = kind_info(kind)->one;
    if (wire_pairs_hold(document, at, row->goal)) {
        row->result_id = wire_document_text(document, arena, arena_printf(arena, "%s.id", at));
        done(push, body);
    } else if (*row->seen && !wire_pairs_hold(document, at, row->seen)) {
        row->theirs = wire_pairs_of(document, at, row->seen, arena);
        push->unanswered = 0;
        if (push->options.on_answer) /* the user is to see what is there now */
            push->options.on_answer(push->options.context, row, body);
        settle(push, OUTBOX_CONFLICT,
               arena_printf(arena, "it was changed upstream since you saw it: %s",
                            wire_pairs_changes(document, at, row->seen, arena)));
    } else {
        if (text_equals(row->method,
                        "PUT")) /* else what changed since it was queued would be undone */
            row->body = wire_pairs_keep(document, at, row->body, row->goal, arena);
        send(push);
    }
}

static void
on_object(void *context, const struct http_response *response)
{
    struct push *push = context;
    struct wire_document *document;
    struct error err = response->error;
    if (err.code == ERROR_NOT_FOUND) {
        push->unanswered = 0;
        push->row.answer_status = response->status;
        settle(push, OUTBOX_FAILED, "it is gone upstream: nothing was sent");
        return;
    }
    if (err.code != ERROR_NONE || !wire_document_read(response->body, &document, &err)) {
        failed(push, response, &err);
        return;
    }
    judge_object(push, document, response->body);
    wire_document_destroy(document);
}

/* It is what we meant, was not there before we meant it, and no other row of ours made it. */
static bool
is_ours(struct push *push, const struct wire_document *document, const char *at, const char **id,
        bool *found, struct error *err)
{
    struct outbox_row *row = &push->row;
    struct arena *arena = &push->arena;
    int64_t created_at;
    bool known, claimed, is_lost = false;
    *found = false;
    if (!wire_pairs_hold(document, at, with_result(push, row->goal)))
        return true;
    *id = wire_document_text(document, arena, arena_printf(arena, "%s.id", at));
    const char *text =
        wire_document_text(document, arena, arena_printf(arena, "%s.created_at", at));
    const int64_t skew_ms = http_clock_skew_ms(push->http, &known);
    if (time_from_rfc3339(text, &created_at))
        is_lost = created_at < row->created_at + (known ? skew_ms : 0) - CLOCKS_APART_MS;
    if (!outbox_claimed(&push->outbox, row->id, *id, &claimed, err))
        return false;
    *found = !is_lost && !claimed;
    return true;
}

static void on_list(void *context, const struct http_response *response);

static void
ask_list(struct push *push, const char *after)
{
    const char *path = with_result(push, push->row.check_path);
    if (*after)
        path = arena_printf(&push->arena, "%s&after=%s", path, api_encode(after, &push->arena));
    ask(push, NULL, path, "", on_list);
}

static void
judge_list(struct push *push, const struct wire_document *document)
{
    struct arena *arena = &push->arena;
    const char *list = push->row.check_list, *id;
    const size_t len = wire_document_count(document, list);
    struct error err = {0};
    bool found = false;
    for (size_t i = 0; i < len && !found; i++)
        if (!is_ours(push, document, arena_printf(arena, "%s.%zu", list, i), &id, &found, &err)) {
            store_failed(push, &err);
            return;
        }
    const char *after = wire_document_text(document, arena, "pagination_meta.after");
    if (found) {
        push->row.result_id = id;
        done(push, slice_of(""));
    } else if (*after && len && ++push->pages < LOOKED_PAGES_MAX) {
        ask_list(push, after);
    } else {
        send(push);
    }
}

static void
on_list(void *context, const struct http_response *response)
{
    struct push *push = context;
    struct wire_document *document;
    struct error err = response->error;
    if (err.code != ERROR_NONE || !wire_document_read(response->body, &document, &err)) {
        if (!error_is_retryable(err.code))
            error_wrap(&err, "cannot tell whether it arrived");
        failed(push, response, &err);
        return;
    }
    judge_list(push, document);
    wire_document_destroy(document);
}

/* ---- whose turn it is ---- */

static void
begin(struct push *push)
{
    struct outbox_row *row = &push->row;
    push->is_busy = true;
    push->pages = 0;
    row->answer = row->request_id = row->theirs = "";
    row->answer_status = 0;
    if (reply_is_one(row))
        say(push);
    else if (*row->check_path && !*row->check_list)
        ask(push, NULL, with_result(push, row->check_path), "", on_object);
    else if (*row->check_path && row->attempts)
        ask_list(push, "");
    else
        send(push);
}

static void
look(void *context)
{
    struct push *push = context;
    struct error err = {0};
    bool found;
    push->timer = 0;
    if (push->is_busy)
        return;
    const int64_t now_ms = clock_now_ms();
    const int64_t ripe_id = push->ripe_id;
    push->ripe_id = 0;
    arena_reset(&push->arena);
    if (!outbox_next(&push->outbox, now_ms, &push->arena, &push->row, &found, &err)) {
        store_failed(push, &err);
        return;
    }
    if (!found)
        return;
    /* A clock that stands still never comes to a time: what was waited for is due. */
    int64_t wait = push->row.id == ripe_id ? 0 : outbox_due_at(&push->row) - now_ms;
    const int64_t held = push->held_until - clock_monotonic_ms();
    if (wait < held)
        wait = held;
    if (wait <= 0 && push->options.may_send && !push->options.may_send(push->options.context))
        wait = MAY_SEND_AGAIN_MS;
    if (wait <= 0) {
        begin(push);
        return;
    }
    look_after(push, wait + 1);
    push->ripe_id = push->row.id;
}

void
push_wake(struct push *push)
{
    if (push && !push->is_busy) {
        push->ripe_id = 0;
        look_after(push, 0);
    }
}

/* ---- creation ---- */

bool
push_create(struct push **out, struct loop *loop, const struct push_options *options,
            struct error *err)
{
    const struct profile *profile = options->profile;
    const struct http_options http = {
        .url = profile->url,
        .token = options->token,
        .ca_file = profile->ca_file,
        .proxy = profile->proxy,
        .insecure = profile->insecure,
        .budget = 1,
        .timeout_ms = options->timeout_ms,
    };
    struct push *push = memory_alloc(sizeof *push);
    *out = push;
    push->loop = loop;
    push->options = *options;
    push->outbox = (struct outbox){options->private_db, profile->url};
    push->reply = reply_create(loop, profile, options->slack_token, options->timeout_ms);
    if (http_open(&push->http, loop, &http, err) && outbox_recover(&push->outbox, err) &&
        outbox_trim(&push->outbox, clock_now_ms() - KEPT_MS, err)) {
        look_after(push, 0);
        return true;
    }
    push_destroy(push);
    *out = NULL;
    return false;
}

void
push_destroy(struct push *push)
{
    if (!push)
        return;
    http_close(push->http);
    reply_destroy(push->reply);
    loop_cancel(push->loop, push->timer);
    arena_finish(&push->arena);
    memory_free(push);
}
