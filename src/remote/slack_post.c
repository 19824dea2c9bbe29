#include "remote/slack_post.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"

enum {
    TEXT_MAX_BYTES = 12000, /* Slack cuts at 40,000 characters */
    LOOK_PAGES_MAX = 20,
    LOOK_MARGIN_MS = 5 * 60 * 1000, /* clocks differ */
};

struct job {
    struct slack *slack;
    bool in_doubt;
    int64_t since_ms;
    int pages;
    struct arena *arena;
    const char *channel, *thread_ts, *key, *text, *cursor;
    void (*done)(void *context, const struct slack_posted *posted);
    void *context;
};

static void
end(struct job *job, const struct slack_posted *posted)
{
    void (*done)(void *context, const struct slack_posted *posted) = job->done;
    void *context = job->context;
    done(context, posted);
    slack_job_end(job->slack, job);
}

/* A call that cannot decide whether the message is there leaves the doubt as it was. */
static void
fail(struct job *job, const struct slack_answer *answer)
{
    struct slack_answer failed = *answer;
    failed.in_doubt = job->in_doubt;
    end(job, &(struct slack_posted){.answer = &failed, .channel = job->channel, .ts = ""});
}

/* ---- posting ---- */

static void
on_posted(void *context, const struct slack_answer *answer)
{
    struct job *job = context;
    struct arena arena = {0};
    const char *channel = slack_answer_text(answer, "channel", &arena);
    end(job, &(struct slack_posted){.answer = answer,
                                    .channel = *channel ? channel : job->channel,
                                    .ts = slack_answer_text(answer, "ts", &arena)});
    arena_finish(&arena);
}

/* The same for each attempt: Slack's own clients name their messages so, and servers that heed it drop a repetition. */
static void
client_id(const char *key, char out[40])
{
    char hex[DIGEST_HEX_SIZE];
    digest_keyed_hex("tocsin slack message", &key, 1, hex);
    (void)snprintf(out, 40, "%.8s-%.4s-4%.3s-8%.3s-%.12s", hex, hex + 8, hex + 12, hex + 15,
                   hex + 18); /* fits */
}

static void
post(struct job *job)
{
    char id[40];
    struct str metadata;
    str_init(&metadata, 0);
    str_append(&metadata, "{\"event_type\":\"tocsin\",\"event_payload\":{\"key\":");
    wire_append_string(&metadata, job->key);
    str_append(&metadata, "}}");
    client_id(job->key, id);
    SLACK_CALL(job->slack, SLACK_CHAT_POST_MESSAGE, on_posted, job, {"channel", job->channel},
               {"thread_ts", job->thread_ts}, {"text", job->text},
               {"metadata", str_text(&metadata)}, {"client_msg_id", id}, {"unfurl_links", "false"},
               {"unfurl_media", "false"});
    str_finish(&metadata);
}

/* ---- looking ---- */

static void look(struct job *job);

static bool
find(const struct job *job, const struct slack_answer *answer, struct arena *arena, const char **ts)
{
    size_t count = slack_answer_count(answer, "messages");
    for (size_t i = 0; i < count; i++) {
        const char *key = slack_answer_text(
            answer, arena_printf(arena, "messages.%zu.metadata.event_payload.key", i), arena);
        if (strcmp(key, job->key) == 0) {
            *ts = slack_answer_text(answer, arena_printf(arena, "messages.%zu.ts", i), arena);
            return true;
        }
    }
    return false;
}

static void
on_history(void *context, const struct slack_answer *answer)
{
    struct job *job = context;
    struct arena arena = {0};
    const char *ts = "";
    if (answer->problem != SLACK_PROBLEM_NONE) {
        fail(job, answer);
    } else if (find(job, answer, &arena, &ts)) {
        end(job, &(struct slack_posted){
                     .answer = answer, .channel = job->channel, .ts = ts, .was_there = true});
    } else {
        const char *cursor = slack_answer_text(answer, "response_metadata.next_cursor", &arena);
        job->cursor = arena_text(job->arena, cursor);
        if (*job->cursor && ++job->pages < LOOK_PAGES_MAX)
            look(job);
        else
            post(job);
    }
    arena_finish(&arena);
}

static void
look(struct job *job)
{
    char oldest[32];
    int64_t from_ms = job->since_ms - LOOK_MARGIN_MS;
    (void)snprintf(oldest, sizeof(oldest), "%lld.000000",
                   (long long)(from_ms > 0 ? from_ms / SECOND_MS : 0)); /* fits */
    SLACK_CALL(
        job->slack, *job->thread_ts ? SLACK_CONVERSATIONS_REPLIES : SLACK_CONVERSATIONS_HISTORY,
        on_history, job, {"channel", job->channel}, {"ts", job->thread_ts}, {"oldest", oldest},
        {"limit", "100"}, {"include_all_metadata", "true"}, {"cursor", job->cursor});
}

static void
begin(struct job *job)
{
    if (job->in_doubt)
        look(job);
    else
        post(job);
}

/* A person's direct messages are a channel with a name of its own, which a look needs. */
static void
on_opened(void *context, const struct slack_answer *answer)
{
    struct job *job = context;
    struct arena arena = {0};
    const char *channel = slack_answer_text(answer, "channel.id", &arena);
    if (answer->problem != SLACK_PROBLEM_NONE) {
        fail(job, answer);
    } else {
        job->channel = arena_text(job->arena, channel);
        begin(job);
    }
    arena_finish(&arena);
}

/* At most so much, cut between characters. */
static const char *
cut(struct arena *arena, const char *text)
{
    size_t len = strlen(text);
    if (len <= TEXT_MAX_BYTES)
        return arena_text(arena, text);
    len = TEXT_MAX_BYTES;
    while (len && ((unsigned char)text[len] & 0xC0) == 0x80)
        len--;
    return arena_text_len(arena, text, len);
}

void
slack_post(struct slack *slack, const struct slack_post *message,
           void (*done)(void *context, const struct slack_posted *posted), void *context)
{
    struct arena *arena;
    struct job *job = slack_job(slack, sizeof(*job), &arena);
    *job =
        (struct job){.slack = slack,
                     .in_doubt = message->in_doubt,
                     .since_ms = message->since_ms,
                     .arena = arena,
                     .channel = arena_text(arena, message->channel),
                     .thread_ts = arena_text(arena, message->thread_ts ? message->thread_ts : ""),
                     .key = arena_text(arena, message->key),
                     .text = cut(arena, message->text),
                     .cursor = "",
                     .done = done,
                     .context = context};
    if (*job->channel == 'U' || *job->channel == 'W')
        SLACK_CALL(slack, SLACK_CONVERSATIONS_OPEN, on_opened, job, {"users", job->channel});
    else
        begin(job);
}
