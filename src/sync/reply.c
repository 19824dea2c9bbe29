#include "sync/reply.h"

#include <string.h>

#include "base/str.h"
#include "wire/wire.h"

struct reply {
    struct slack *slack;  /* NULL: there is none, */
    struct error refusal; /* … and why */
    bool is_of_user;      /* the token is a person's: what is said says by itself who says it */
};

struct reply *
reply_create(struct loop *loop, const struct profile *profile, const char *token,
             int64_t timeout_ms)
{
    struct reply *reply = memory_alloc(sizeof *reply);
    const struct slack_options options = {
        .url = profile->slack_url,
        .token = token,
        .ca_file = profile->ca_file,
        .proxy = profile->proxy,
        .timeout_ms = timeout_ms,
        .history_per_minute = profile_slack_history_rate(profile),
    };
    if (text_is_empty(token)) {
        (void)error_set(&reply->refusal, ERROR_CONFIG,
                        "Slack is off: set slack_token_command or slack_token_file in the "
                        "profile, then retry");
        return reply;
    }
    reply->is_of_user = strncmp(token, "xoxp-", 5) == 0;
    if (!slack_open(&reply->slack, loop, &options, &reply->refusal))
        reply->slack = NULL;
    return reply;
}

void
reply_destroy(struct reply *reply)
{
    if (!reply)
        return;
    slack_close(reply->slack);
    memory_free(reply);
}

bool
reply_is_one(const struct outbox_row *row)
{
    return strncmp(row->path, "slack:", 6) == 0;
}

const char *
reply_refusal(const struct reply *reply)
{
    return reply->slack ? "" : reply->refusal.message;
}

/* A bot's messages say in front who speaks: sync/slack.c reads it back. */
void
reply_send(struct reply *reply, const struct outbox_row *row,
           void (*done)(void *context, const struct slack_posted *posted), void *context)
{
    struct wire_document *document;
    struct arena arena = {0};
    struct error err;
    struct str text;
    str_init(&text, 0);
    if (wire_document_read(slice_of(row->body), &document, &err)) {
        const char *who = wire_document_text(document, &arena, "who");
        if (*who && !reply->is_of_user) {
            str_append_char(&text, '*');
            slack_append_escaped(&text, who);
            str_append(&text, ":* ");
        }
        slack_append_escaped(&text, wire_document_text(document, &arena, "text"));
        const struct slack_post post = {
            .channel = wire_document_text(document, &arena, "channel"),
            .thread_ts = wire_document_text(document, &arena, "thread_ts"),
            .text = str_text(&text),
            .key = arena_printf(&arena, "reply:%s", row->idempotency_key),
            .in_doubt = row->attempts > 0,
            .since_ms = row->created_at,
        };
        slack_post(reply->slack, &post, done, context);
        wire_document_destroy(document);
    }
    str_finish(&text);
    arena_finish(&arena);
}
