#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "hub/notify_internal.h"
#include "wire/wire.h"

enum { STATUS_NOT_YET = 75 /* EX_TEMPFAIL */, HOOK_AT_ONCE = 4, WEBHOOK_AT_ONCE = 4 };
#define SETUP_WAIT_MS (5 * MINUTE_MS)

/* Deliveries bound what is under way, so there is always a free one. */
static struct notify_call *
call_of(struct notifier *notifier, int64_t delivery_id)
{
    for (size_t i = 0; i < NOTIFY_SENDING_MAX; i++)
        if (!notifier->calls[i].notifier) {
            notifier->calls[i] =
                (struct notify_call){.notifier = notifier, .delivery_id = delivery_id};
            return &notifier->calls[i];
        }
    return NULL;
}

static void
end_call(struct notify_call *call, const struct delivery_answer *answer)
{
    struct notifier *notifier = call->notifier;
    call->notifier = NULL;
    deliveries_answer(notifier->deliveries, call->delivery_id, answer);
}

static void
refuse(struct notifier *notifier, int64_t delivery_id, const char *why)
{
    const struct delivery_answer answer = {.outcome = DELIVERY_REFUSED, .text = why};
    deliveries_answer(notifier->deliveries, delivery_id, &answer);
}

static void
not_now(struct notifier *notifier, int64_t delivery_id, const char *why)
{
    const struct delivery_answer answer = {.outcome = DELIVERY_AGAIN, .text = why};
    deliveries_answer(notifier->deliveries, delivery_id, &answer);
}

/* What is sent, from {"notification", "page"}; NULL when the notification is gone: refused then. */
static const struct notification *
open_event(struct notifier *notifier, const struct delivery *delivery, struct arena *arena,
           const char **event)
{
    struct wire_document *document;
    struct error err;
    if (!wire_document_read(slice_of(delivery->body), &document, &err)) {
        refuse(notifier, delivery->id, err.message);
        return NULL;
    }
    const char *name = wire_document_text(document, arena, "notification");
    *event = wire_document_json(document, arena, "page");
    if (delivery->in_doubt)
        *event = arena_printf(arena, "{\"repeated\":true,%s", *event + 1);
    wire_document_destroy(document);
    const struct notification *notification = notifier_find(notifier, name);
    if (!notification)
        refuse(notifier, delivery->id, "the notification is not in the configuration any more");
    return notification;
}

/* ---- hooks ---- */

static void
on_hook(void *context, const struct hook_result *result)
{
    char text[HOOK_OUTPUT_KEPT_BYTES + 64];
    struct delivery_answer answer = {.outcome = DELIVERY_AGAIN, .text = result->error.message};
    if (result->ended) {
        (void)snprintf(text, sizeof(text), "status %d%s%s", result->exit_status,
                       result->output[0] ? ": " : "", result->output); /* both are bounded */
        answer.text = text;
        answer.outcome = result->exit_status == 0                ? DELIVERY_DONE
                         : result->exit_status == STATUS_NOT_YET ? DELIVERY_AGAIN
                                                                 : DELIVERY_REFUSED;
    } else if (result->error.code == ERROR_NOT_FOUND || result->error.code == ERROR_TOO_LARGE) {
        answer.outcome = DELIVERY_REFUSED;
    }
    end_call(context, &answer);
}

static void
send_hook(void *context, const struct delivery *delivery)
{
    struct notifier *notifier = context;
    struct arena arena = {0};
    const char *event, *path = getenv("PATH");
    const struct notification *notification = open_event(notifier, delivery, &arena, &event);
    if (notification && !notification_has_hook(notification)) {
        refuse(notifier, delivery->id, "the notification has no hook any more");
    } else if (notification) {
        const char *const env[] = {
            arena_printf(&arena, "PATH=%s", path ? path : "/usr/local/bin:/usr/bin:/bin"), NULL};
        const struct hook_call hook = {.argv = notification->hook,
                                       .env = env,
                                       .input = event,
                                       .timeout_ms = notification->timeout_ms};
        struct notify_call *call = call_of(notifier, delivery->id);
        if (call && !hooks_run(notifier->hooks, &hook, on_hook, call)) {
            call->notifier = NULL;
            call = NULL;
        }
        if (!call)
            not_now(notifier, delivery->id, "too many hooks run at once");
    }
    arena_finish(&arena);
}

/* ---- webhooks ---- */

/* What the receiver did not understand it never will; everything else may be mended on its side. */
static bool
is_final(int status)
{
    return status == 400 || status == 410 || status == 413 || status == 415 || status == 422;
}

static void
on_webhook(void *context, const struct http_response *response)
{
    char text[64 + sizeof(response->error.message)];
    struct delivery_answer answer = {.outcome = DELIVERY_AGAIN, .text = response->error.message};
    if (response->status > 0) {
        (void)snprintf(text, sizeof(text), "%d%s%s", response->status,
                       response->error.message[0] ? ": " : "", response->error.message);
        answer.text = text;
    }
    if (response->status >= 200 && response->status < 300)
        answer.outcome = DELIVERY_DONE;
    else if (is_final(response->status))
        answer.outcome = DELIVERY_REFUSED;
    answer.wait_ms = response->error.retry_after_ms;
    answer.hold_destination = response->status == 429 || answer.wait_ms > 0;
    answer.in_doubt = response->status == 0 &&
                      (response->error.was_connected || response->error.code == ERROR_TIMEOUT ||
                       response->error.code == ERROR_PROTOCOL);
    end_call(context, &answer);
}

static void
send_webhook(void *context, const struct delivery *delivery)
{
    struct notifier *notifier = context;
    struct arena arena = {0};
    struct error err;
    const char *event;
    const struct notification *notification = open_event(notifier, delivery, &arena, &event);
    if (notification && !notification->webhook[0]) {
        refuse(notifier, delivery->id, "the notification has no webhook any more");
    } else if (notification) {
        struct notify_call *call = call_of(notifier, delivery->id);
        const struct webhook webhook = {.url = notification->webhook,
                                        .secret = notification->secret,
                                        .id = delivery->key,
                                        .body = event,
                                        .now_ms = clock_now_ms(),
                                        .timeout_ms = notification->timeout_ms};
        if (!call) {
            not_now(notifier, delivery->id, "too many webhooks at once");
        } else if (!webhooks_send(notifier->webhooks, &webhook, on_webhook, call, &err)) {
            call->notifier = NULL;
            refuse(notifier, delivery->id, err.message);
        }
    }
    arena_finish(&arena);
}

/* ---- Slack ---- */

static void
on_slack(void *context, const struct slack_posted *posted)
{
    const struct slack_answer *said = posted->answer;
    struct delivery_answer answer = {.outcome = DELIVERY_DONE, .text = posted->ts};
    if (said->remedy != SLACK_FINE) {
        answer.outcome = said->remedy == SLACK_NO ? DELIVERY_REFUSED : DELIVERY_AGAIN;
        answer.text = said->error.message;
        answer.wait_ms = said->error.retry_after_ms;
        if (said->remedy != SLACK_LATER && answer.wait_ms < SETUP_WAIT_MS)
            answer.wait_ms = SETUP_WAIT_MS;
        answer.in_doubt = said->in_doubt;
    }
    end_call(context, &answer);
}

static void
send_slack(void *context, const struct delivery *delivery)
{
    struct notifier *notifier = context;
    struct arena arena = {0};
    struct wire_document *document;
    struct error err;
    struct notify_call *call;
    if (!notifier->slack) {
        refuse(notifier, delivery->id, "Slack is off");
    } else if (!wire_document_read(slice_of(delivery->body), &document, &err)) {
        refuse(notifier, delivery->id, err.message);
    } else if (!(call = call_of(notifier, delivery->id))) {
        not_now(notifier, delivery->id, "too many messages at once");
        wire_document_destroy(document);
    } else {
        call->of_slack = true;
        const struct slack_post post = {
            .channel = wire_document_text(document, &arena, "channel"),
            .text = wire_document_text(document, &arena, "text"),
            .key = delivery->key,
            .in_doubt = delivery->in_doubt,
            .since_ms = delivery->created_at,
        };
        slack_post(notifier->slack, &post, on_slack, call);
        wire_document_destroy(document);
    }
    arena_finish(&arena);
}

void
notifier_set_slack(struct notifier *notifier, struct slack *slack)
{
    const struct delivery_answer unknown = {
        .outcome = DELIVERY_AGAIN, .text = "Slack was set up anew", .in_doubt = true};
    for (size_t i = 0; slack != notifier->slack && i < NOTIFY_SENDING_MAX; i++)
        if (notifier->calls[i].notifier && notifier->calls[i].of_slack)
            end_call(&notifier->calls[i], &unknown);
    notifier->slack = slack;
}

void
notifier_register_senders(struct notifier *notifier)
{
    const struct delivery_kind kinds[] = {
        {.name = NOTIFY_HOOK, .at_once = HOOK_AT_ONCE, .send = send_hook, .context = notifier},
        {.name = NOTIFY_WEBHOOK,
         .at_once = WEBHOOK_AT_ONCE,
         .send = send_webhook,
         .context = notifier},
        {.name = NOTIFY_SLACK, .at_once = 1, .send = send_slack, .context = notifier},
    };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        deliveries_register(notifier->deliveries, &kinds[i]);
}
