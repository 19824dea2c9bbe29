#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo/look_alike.h"
#include "wire/wire.h"

/*
 * A channel in which somebody asks the responder a question now and then, and gets an answer a while later. When and what follows
 * from the time alone.
 */

#define ASKED_EVERY_MS (40 * MINUTE_MS)
#define ANSWERED_AFTER_MS (25 * MINUTE_MS)

enum { QUESTIONS = 20, PAGE = 15 };

static const char *const questions[] = {
    "is yesterday's revenue by depot final? Finance closes at noon",
    "why does the harvest forecast jump on Tuesday?",
    "which table has the delivery windows after the move?",
    "the churn dashboard shows no Belgium since this morning, is that us?",
    "can I get the payouts of last week before the tests are green?",
    "orders per courier look low today, late source or real?",
    "who owns fct_ad_performance? We would like a column in it",
    "are refunds in the margin report or not?",
};

/* A parameter of the form, decoded; "" when it is not there. */
static const char *
form_value(struct look_alike *look, const char *name)
{
    const size_t name_len = strlen(name);
    for (const char *at = look->form; *at;) {
        const size_t len = strcspn(at, "&");
        if (len > name_len && at[name_len] == '=' && strncmp(at, name, name_len) == 0) {
            char *value = arena_text_len(look->arena, at + name_len + 1, len - name_len - 1);
            char *out = value;
            for (const char *in = value; *in; in++)
                if (*in == '%' && isxdigit((unsigned char)in[1]) &&
                    isxdigit((unsigned char)in[2])) {
                    const char hex[] = {in[1], in[2], '\0'};
                    *out++ = (char)strtol(hex, NULL, 16);
                    in += 2;
                } else {
                    *out++ = *in == '+' ? ' ' : *in;
                }
            *out = '\0';
            return value;
        }
        at += len + (at[len] == '&');
    }
    return "";
}

static int64_t
asked_at(int64_t number)
{
    return number * ASKED_EVERY_MS;
}

static const struct user *
asker_of(const struct look_alike *look, int64_t number)
{
    return &look->world->users[PRIYA + (int)(number % (SOFIA - PRIYA + 1))];
}

static const char *
ts_of(struct look_alike *look, int64_t number)
{
    return arena_printf(look->arena, "%lld.000100", (long long)(asked_at(number) / SECOND_MS));
}

static void
append_message(struct look_alike *look, int64_t number)
{
    const uint64_t which = look_alike_number(arena_printf(look->arena, "%lld", (long long)number));
    str_append(look->out, "{\"type\":\"message\"");
    look_alike_text(look, "user", asker_of(look, number)->slack_user_id);
    look_alike_text(look, "ts", ts_of(look, number));
    look_alike_text(look, "text",
                    arena_printf(look->arena, "<!subteam^" LOOK_ALIKE_GROUP "> %s",
                                 questions[which % (sizeof questions / sizeof *questions)]));
    if (look->now_ms - asked_at(number) > ANSWERED_AFTER_MS)
        str_append(look->out, ",\"reactions\":[{\"name\":\"white_check_mark\",\"count\":1}]");
    str_append(look->out, "}");
}

/* Newest first, between oldest and latest. */
static void
answer_history(struct look_alike *look)
{
    const char *latest = form_value(look, "latest");
    const bool inclusive = strcmp(form_value(look, "inclusive"), "true") == 0;
    const int64_t from_s = strtoll(form_value(look, "oldest"), NULL, 10);
    const int64_t until_s = *latest ? strtoll(latest, NULL, 10) : INT64_MAX / SECOND_MS;
    const int limit = atoi(form_value(look, "limit"));
    const int64_t newest = look->now_ms / ASKED_EVERY_MS;
    int shown = 0;
    bool more = false;
    str_append(look->out, "{\"ok\":true,\"messages\":[");
    for (int64_t number = newest; number > newest - QUESTIONS && !more; number--) {
        const int64_t at_s = asked_at(number) / SECOND_MS;
        if (inclusive ? at_s < from_s || at_s > until_s : at_s <= from_s || at_s >= until_s)
            continue;
        more = shown == (limit > 0 && limit < PAGE ? limit : PAGE);
        if (more)
            break;
        str_append(look->out, shown++ ? "," : "");
        append_message(look, number);
    }
    str_printf(look->out, "],\"has_more\":%s,\"response_metadata\":{\"next_cursor\":\"\"}}",
               more ? "true" : "false");
}

static void
answer_user(struct look_alike *look)
{
    const char *id = form_value(look, "user");
    for (int i = 0; i < PERSON_COUNT; i++) {
        const struct user *user = &look->world->users[i];
        if (strcmp(user->slack_user_id, id) != 0)
            continue;
        str_append(look->out, "{\"ok\":true,\"user\":{");
        look_alike_text(look, "id", id);
        look_alike_text(look, "name", user->name);
        str_append(look->out, ",\"profile\":{");
        look_alike_text(look, "display_name", user->name);
        look_alike_text(look, "email", user->email);
        str_append(look->out, "}}}");
        return;
    }
    str_append(look->out, "{\"ok\":false,\"error\":\"user_not_found\"}");
}

static void
answer_members(struct look_alike *look)
{
    const enum person who = world_on_call(look->world, look->now_ms);
    str_append(look->out, "{\"ok\":true,\"users\":[");
    wire_append_string(look->out, look->world->users[who].slack_user_id);
    str_append(look->out, "]}");
}

static void
answer_permalink(struct look_alike *look)
{
    const char *ts = form_value(look, "message_ts");
    str_append(look->out, "{\"ok\":true");
    look_alike_text(look, "permalink",
                    arena_printf(look->arena,
                                 "https://brindlecart.slack.example/archives/" LOOK_ALIKE_CHANNEL
                                 "/p%.*s%s",
                                 (int)strcspn(ts, "."), ts, ts + strcspn(ts, ".") + (*ts != 0)));
    str_append(look->out, "}");
}

static void
refuse(struct look_alike *look, const char *word)
{
    str_append(look->out, "{\"ok\":false");
    look_alike_text(look, "error", word);
    str_append(look->out, "}");
}

static void
answer_messages(struct look_alike *look, bool is_thread)
{
    const char *channel = form_value(look, "channel");
    const bool is_of_questions = strcmp(channel, LOOK_ALIKE_CHANNEL) == 0;
    if (is_of_questions && !is_thread)
        answer_history(look);
    else if (!is_of_questions && !look_alike_channel_is_one(look, channel))
        refuse(look, "channel_not_found");
    else if (is_thread)
        look_alike_channel_replies(look, channel, form_value(look, "ts"));
    else
        look_alike_channel_history(look, channel, form_value(look, "oldest"));
}

static void
answer_post(struct look_alike *look)
{
    const char *channel = form_value(look, "channel"), *text = form_value(look, "text");
    if (strcmp(channel, LOOK_ALIKE_CHANNEL) != 0 && !look_alike_channel_is_one(look, channel))
        refuse(look, "channel_not_found");
    else if (!*text)
        refuse(look, "no_text");
    else if (!look_alike_channel_say(look, channel, form_value(look, "thread_ts"), text,
                                     form_value(look, "metadata")))
        refuse(look, "restricted_action");
}

bool
look_alike_slack(struct look_alike *look, const char *target)
{
    const char *method = arena_text_len(look->arena, target, strcspn(target, "?"));
    if (strcmp(method, "auth.test") == 0)
        str_append(look->out, "{\"ok\":true,\"url\":\"https://brindlecart.slack.example/\","
                              "\"user_id\":\"" LOOK_ALIKE_BOT "\",\"bot_id\":\"B0TOCSIN\"}");
    else if (strcmp(method, "conversations.history") == 0)
        answer_messages(look, false);
    else if (strcmp(method, "conversations.replies") == 0)
        answer_messages(look, true);
    else if (strcmp(method, "chat.postMessage") == 0)
        answer_post(look);
    else if (strcmp(method, "users.info") == 0)
        answer_user(look);
    else if (strcmp(method, "usergroups.users.list") == 0)
        answer_members(look);
    else if (strcmp(method, "chat.getPermalink") == 0)
        answer_permalink(look);
    else
        refuse(look, "restricted_action");
    return true;
}
