#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo/look_alike.h"
#include "wire/wire.h"

/*
 * Channels of incidents: what people say there follows from the incident alone; what is said to it is kept for as long as the
 * demo runs.
 */

enum speaker { ASKER, LEAD, COLLEAGUE };

static const struct {
    int after_s; /* since the incident began */
    enum speaker speaker;
    int reply_to; /* a line of these; -1 = none */
    const char *text;
} lines[] = {
    {90, ASKER, -1, "our dashboard looks wrong since this morning, is this known?"},
    {150, LEAD, 0,
     "known, and being looked at. Please do not use the numbers until we say so here"},
    {260, COLLEAGUE, -1, "I see it in the last run as well. The source came late"},
    {420, LEAD, -1, "thanks. I am reading the log of the run, updates every half hour"},
    {900, ASKER, -1, "Finance asks whether yesterday's figures may go out"},
    {1020, LEAD, 4, "not yet, please hold them back"},
    {2400, COLLEAGUE, -1, "the fix is up for review"},
};
enum {
    LINES = sizeof lines / sizeof *lines,
    MESSAGES_MAX = LINES + LOOK_ALIKE_SAID_MAX,
    PAGE = 100
};

struct message {
    const char *ts, *thread_ts, *user, *text, *key;
    int replies;
    const char *latest_reply;
};

static const char *
ts_of(struct look_alike *look, int64_t at_ms, int number)
{
    return arena_printf(look->arena, "%lld.%06d", (long long)(at_ms / SECOND_MS), number);
}

static const char *
speaker_of(struct look_alike *look, enum speaker speaker, const char *channel, const char *lead)
{
    const uint64_t number = look_alike_number(channel);
    const struct user *users = look->world->users;
    if (speaker == LEAD && *lead)
        return lead;
    return speaker == ASKER ? users[PRIYA + (int)(number % (SOFIA - PRIYA + 1))].slack_user_id
                            : users[number % DATA_TEAM_LEN].slack_user_id;
}

static bool
read_incident(struct look_alike *look, const char *channel, int64_t *began_at, int64_t *until,
              const char **lead)
{
    struct statement *statement;
    struct error err;
    bool row = false;
    if (!store_statement(look->world->store, SQL_DEMO_CHANNEL, &statement, &err))
        return false;
    bind_text(statement, "channel_id", channel);
    if (!statement_step(statement, &row, &err) || !row)
        return false;
    *began_at = row_integer(statement, 0);
    *until = row_integer(statement, 2) ? look->now_ms : row_integer(statement, 1);
    *lead = row_text(statement, look->arena, 3);
    statement_reset(statement);
    return true;
}

/* Oldest first. */
static int
compare(const void *left, const void *right)
{
    const struct message *a = left, *b = right;
    const long long difference = atoll(a->ts) - atoll(b->ts);
    return difference ? (difference < 0 ? -1 : 1) : strcmp(a->ts, b->ts);
}

static size_t
add_said(struct look_alike *look, const char *channel, struct message *messages, size_t len)
{
    const struct look_alike_said *said = look->world->said;
    for (size_t i = 0; i < look->world->said_len; i++)
        if (strcmp(said[i].channel, channel) == 0)
            messages[len++] = (struct message){.ts = said[i].ts,
                                               .thread_ts = said[i].thread_ts,
                                               .user = "",
                                               .text = said[i].text,
                                               .key = said[i].key};
    return len;
}

static size_t
messages_of(struct look_alike *look, const char *channel, struct message *messages)
{
    int64_t began_at, until;
    const char *lead;
    size_t len = 0;
    if (read_incident(look, channel, &began_at, &until, &lead))
        for (int i = 0; i < LINES && began_at + lines[i].after_s * SECOND_MS <= until; i++) {
            const int to = lines[i].reply_to;
            messages[len++] = (struct message){
                .ts = ts_of(look, began_at + lines[i].after_s * SECOND_MS, i),
                .thread_ts =
                    to < 0 ? "" : ts_of(look, began_at + lines[to].after_s * SECOND_MS, to),
                .user = speaker_of(look, lines[i].speaker, channel, lead),
                .text = lines[i].text,
                .key = ""};
        }
    len = add_said(look, channel, messages, len);
    qsort(messages, len, sizeof *messages, compare);
    for (size_t i = 0; i < len; i++)
        for (size_t j = 0; j < len; j++)
            if (strcmp(messages[j].thread_ts, messages[i].ts) == 0) {
                messages[i].replies++;
                messages[i].latest_reply = messages[j].ts;
            }
    return len;
}

static void
append(struct look_alike *look, const struct message *message)
{
    struct str *out = look->out;
    str_append(out, "{\"type\":\"message\"");
    if (*message->user)
        look_alike_text(look, "user", message->user);
    else
        str_append(out, ",\"user\":\"" LOOK_ALIKE_BOT "\",\"bot_id\":\"B0TOCSIN\"");
    look_alike_text(look, "ts", message->ts);
    look_alike_text(look, "text", message->text);
    if (*message->key) {
        str_append(out, ",\"metadata\":{\"event_type\":\"tocsin\",\"event_payload\":{");
        look_alike_text(look, "key", message->key);
        str_append(out, "}}");
    }
    if (*message->thread_ts || message->replies)
        look_alike_text(look, "thread_ts", *message->thread_ts ? message->thread_ts : message->ts);
    if (message->replies) {
        str_printf(out, ",\"reply_count\":%d", message->replies);
        look_alike_text(look, "latest_reply", message->latest_reply);
    }
    str_append(out, "}");
}

static bool
is_asked_for(const struct message *message, const char *oldest)
{
    return !*oldest || atoll(message->ts) >= atoll(oldest);
}

void
look_alike_channel_history(struct look_alike *look, const char *channel, const char *oldest)
{
    struct message messages[MESSAGES_MAX];
    const size_t len = messages_of(look, channel, messages);
    int shown = 0;
    str_append(look->out, "{\"ok\":true,\"messages\":[");
    for (size_t i = len; i-- > 0 && shown < PAGE;)
        if (!*messages[i].thread_ts && is_asked_for(&messages[i], oldest)) {
            str_append(look->out, shown++ ? "," : "");
            append(look, &messages[i]);
        }
    str_append(look->out, "],\"has_more\":false,\"response_metadata\":{\"next_cursor\":\"\"}}");
}

void
look_alike_channel_replies(struct look_alike *look, const char *channel, const char *thread_ts)
{
    struct message messages[MESSAGES_MAX];
    const size_t len = messages_of(look, channel, messages);
    int shown = 0;
    str_append(look->out, "{\"ok\":true,\"messages\":[");
    for (size_t i = 0; i < len; i++)
        if (strcmp(messages[i].ts, thread_ts) == 0 ||
            strcmp(messages[i].thread_ts, thread_ts) == 0) {
            str_append(look->out, shown++ ? "," : "");
            append(look, &messages[i]);
        }
    str_append(look->out, "],\"has_more\":false,\"response_metadata\":{\"next_cursor\":\"\"}}");
}

bool
look_alike_channel_is_one(struct look_alike *look, const char *channel)
{
    int64_t began_at, until;
    const char *lead;
    return read_incident(look, channel, &began_at, &until, &lead);
}

bool
look_alike_channel_say(struct look_alike *look, const char *channel, const char *thread_ts,
                       const char *text, const char *metadata)
{
    struct world *world = look->world;
    struct wire_document *document;
    struct error err;
    const char *key = "";
    if (world->said_len == LOOK_ALIKE_SAID_MAX)
        return false;
    if (wire_document_read(slice_of(metadata), &document, &err)) {
        key = wire_document_text(document, look->arena, "event_payload.key");
        wire_document_destroy(document);
    }
    struct look_alike_said *said = &world->said[world->said_len++];
    said->channel = arena_text(&world->arena, channel);
    said->thread_ts = arena_text(&world->arena, thread_ts);
    said->text = arena_text(&world->arena, text);
    said->key = arena_text(&world->arena, key);
    said->ts = arena_text(&world->arena, ts_of(look, look->now_ms, 500000 + (int)world->said_len));
    str_append(look->out, "{\"ok\":true");
    look_alike_text(look, "channel", channel);
    look_alike_text(look, "ts", said->ts);
    str_append(look->out, "}");
    return true;
}
