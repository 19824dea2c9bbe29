#include "remote/slack_message.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/text.h"

#define SECONDS_MAX INT64_C(100000000000)

enum { TS_MAX_BYTES = 40, TEXT_MAX_BYTES = 20000 };

/* ---- names of messages ---- */
int
slack_ts_compare(const char *a, const char *b)
{
    size_t a_len = strcspn(a, "."), b_len = strcspn(b, ".");
    return a_len != b_len ? (a_len < b_len ? -1 : 1) : strcmp(a, b);
}

bool
slack_ts_is_one(const char *text)
{
    size_t whole = strspn(text, "0123456789");
    size_t part = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
    return whole && part && !text[whole + 1 + part] && whole + part < TS_MAX_BYTES;
}

int64_t
slack_ts_ms(const char *ts)
{
    const char *part = strchr(ts, '.');
    const int64_t seconds = strtoll(ts, NULL, 10);
    int64_t ms = (seconds < SECONDS_MAX ? seconds : SECONDS_MAX) * SECOND_MS;
    for (int i = 1, digit_ms = 100; part && i <= 3 && part[i]; i++, digit_ms /= 10)
        ms += (part[i] - '0') * digit_ms;
    return ms;
}

/* ---- messages ---- */

bool
slack_is_said(const char *subtype)
{
    static const char *const said[] = {"", "file_share", "thread_broadcast", "me_message"};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (strcmp(said[i], subtype) == 0)
            return true;
    return false;
}

void
slack_messages_read(const struct slack_answer *answer, struct arena *arena,
                    struct slack_message **messages, size_t *len)
{
    size_t count = slack_answer_count(answer, "messages");
    count = count < SLACK_MESSAGES_MAX ? count : SLACK_MESSAGES_MAX;
    *messages = arena_new_array(arena, count + 1, struct slack_message);
    *len = 0;
    for (size_t i = 0; i < count; i++) {
#define TEXT(name) slack_answer_text(answer, arena_printf(arena, "messages.%zu." name, i), arena)
        const struct slack_message message = {
            .ts = TEXT("ts"),
            .thread_ts = TEXT("thread_ts"),
            .user = TEXT("user"),
            .text = TEXT("text"),
            .key = TEXT("metadata.event_payload.key"),
            .latest_reply = TEXT("latest_reply"),
            .is_said = slack_is_said(TEXT("subtype")) && !*TEXT("bot_id"),
        };
#undef TEXT
        if (!slack_ts_is_one(message.ts))
            continue;
        (*messages)[*len] = message;
        /* Of a message that begins a thread thread_ts is its own. */
        if (strcmp(message.thread_ts, message.ts) == 0 || !slack_ts_is_one(message.thread_ts))
            (*messages)[*len].thread_ts = "";
        (*len)++;
    }
}

/* ---- text ---- */

/* What stands between < and >: "@U1|ana", "#C1|orders", "!subteam^S1|@data", "!here", "https://…|text". */
static void
append_reference(struct str *out, const char *data, size_t len, const struct slack_names *names,
                 struct arena *arena)
{
    const char *group = names->unnamed_group;
    const char *bar = memchr(data, '|', len);
    size_t before = bar ? (size_t)(bar - data) : len;
    const char mark = data[0] == '#' ? '#' : '@';
    const bool is_group = strncmp(data, "!subteam^", 9) == 0;
    if (data[0] == '@' && names->name_of) {
        const char *known =
            names->name_of(names->context, arena_text_len(arena, data + 1, before - 1));
        if (*known) {
            str_printf(out, "@%s", known);
            return;
        }
    }
    if (is_group && *group && before == 9 + strlen(group) &&
        strncmp(data + 9, group, strlen(group)) == 0)
        return;
    const char *name = bar ? bar + 1 : data;
    size_t name_len = bar ? len - before - 1 : len;
    if (data[0] == '@' || data[0] == '#' || data[0] == '!') {
        const bool is_date = strncmp(data, "!date^", 6) == 0;
        if (!bar)
            name++, name_len--;
        if (!is_date && name_len && *name != mark)
            str_append_char(out, mark);
    }
    str_append_len(out, name, name_len);
}

static size_t
append_entity(struct str *out, const char *at)
{
    static const struct {
        const char *entity;
        char stands_for;
    } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}};
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (strncmp(at, entities[i].entity, strlen(entities[i].entity)) == 0) {
            str_append_char(out, entities[i].stands_for);
            return strlen(entities[i].entity);
        }
    str_append_char(out, *at);
    return 1;
}

const char *
slack_plain(const char *mrkdwn, const struct slack_names *names, struct arena *arena)
{
    struct str out;
    str_init(&out, 0); /* never longer than what is read */
    for (const char *at = mrkdwn; *at;) {
        const char *end = *at == '<' ? strchr(at, '>') : NULL;
        if (end && end > at + 1) {
            append_reference(&out, at + 1, (size_t)(end - at) - 1, names, arena);
            at = end + 1;
        } else {
            at += append_entity(&out, at);
        }
    }
    const char *text = text_clean_lines(arena, str_text(&out), TEXT_MAX_BYTES);
    str_finish(&out);
    return text + strspn(text, " ,:\n");
}
