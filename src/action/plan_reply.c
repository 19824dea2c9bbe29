/* A message in Slack: in an incident's channel, or in the thread of a question that became an alert. */

#include <string.h>

#include "action/plan_internal.h"
#include "store/channel_message.h"

enum {
    TEXT_MAX_BYTES = 10000
}; /* of Slack's 12,000, with who says it and what has to be escaped */

struct place {
    const char *channel, *thread_ts; /* "" = in the channel itself */
    const char *title;
};

/* A question's key names where it was asked: see watch/slack_question.h. */
static bool
place_of_question(struct maker *maker, const struct plan_target *target, struct place *place)
{
    struct alert alert;
    bool found;
    if (!plan_get(maker, target, &alert, &found))
        return false;
    if (!found)
        return true;
    place->title = alert.title;
    const char *key = alert.deduplication_key;
    const char *slash = strncmp(key, "slack/", 6) == 0 ? strchr(key + 6, '/') : NULL;
    if (!slash) {
        plan_skip(maker, alert.title, "it is no question asked in Slack");
        return true;
    }
    place->channel = arena_text_len(maker->arena, key + 6, (size_t)(slash - key) - 6);
    place->thread_ts = slash + 1;
    return true;
}

static bool
place_of_incident(struct maker *maker, const struct plan_target *target, const char *thread_ts,
                  struct place *place)
{
    struct incident incident;
    struct channel_message message;
    const char *problem;
    bool found;
    if (!plan_get(maker, target, &incident, &found))
        return false;
    if (!found)
        return true;
    place->title = arena_printf(maker->arena, "%s %s", incident.reference, incident.name);
    if (!*incident.slack_channel_id) {
        plan_skip(maker, place->title, "it has no Slack channel");
        return true;
    }
    if (!channel_problem_get(maker->context->cache, incident.slack_channel_id, maker->arena,
                             &problem, maker->err))
        return false;
    if (*problem) {
        plan_skip(maker, place->title, problem);
        return true;
    }
    place->channel = incident.slack_channel_id;
    place->thread_ts = thread_ts;
    if (!*thread_ts)
        return true;
    if (!channel_message_get(maker->context->cache, place->channel, thread_ts, maker->arena,
                             &message, &found, maker->err))
        return false;
    if (!found) {
        place->channel = "";
        plan_skip(maker, place->title, "that message is not in its channel any more");
    } else if (*message.thread_ts) { /* a thread goes by its first message */
        place->thread_ts = message.thread_ts;
    }
    return true;
}

/* "" = none is named. */
static const char *
read_thread(struct maker *maker)
{
    const char *word, *rest = maker->argument, *thread_ts = "";
    if (argument_word(&rest, maker->arena, &word) && strncmp(word, "thread=", 7) == 0) {
        thread_ts = word + 7;
        maker->argument = rest;
    }
    plan_end_options(maker);
    return thread_ts;
}

/* A bot's message says whose it is; without a `me` it is the bot's alone. */
static const char *
own_name(struct maker *maker)
{
    struct error *err = maker->err, unknown = {0};
    struct plan_named me;
    maker->err = &unknown;
    const bool is_known = !text_is_empty(maker->context->me) && plan_person(maker, "", &me);
    maker->err = err;
    return is_known ? me.name : "";
}

bool
plan_reply(struct maker *maker)
{
    const char *text, *thread_ts = read_thread(maker);
    if (!plan_text(maker, "the message", &text))
        return false;
    if (!maker->context->has_slack)
        return error_set(maker->err, ERROR_CONFIG,
                         "Slack is off: set slack_token_command or slack_token_file in the "
                         "profile");
    if (strlen(text) > TEXT_MAX_BYTES)
        return error_set(maker->err, ERROR_USAGE,
                         "reply: the message has %zu bytes, Slack takes %d: make it shorter",
                         strlen(text), TEXT_MAX_BYTES);
    const char *who = own_name(maker);
    for (size_t i = 0; i < maker->targets_len; i++) {
        const struct plan_target *target = &maker->targets[i];
        struct place place = {.channel = ""};
        if (target->kind != KIND_ALERT && target->kind != KIND_INCIDENT)
            return error_set(maker->err, ERROR_USAGE, "reply: to an incident or a question");
        if (!(target->kind == KIND_ALERT ? place_of_question(maker, target, &place)
                                         : place_of_incident(maker, target, thread_ts, &place)))
            return false;
        const struct outbox_row row = {
            .method = "POST",
            .path = "slack:chat.postMessage",
            .idempotency_key = plan_key(maker),
            .body = plan_pairs(maker->arena, "channel", place.channel, "thread_ts", place.thread_ts,
                               "who", who, "text", text),
        };
        if (*place.channel)
            (void)plan_row(maker, target, place.title, "reply in Slack to", &row);
    }
    return true;
}
