#include "watch/slack_question.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "remote/slack_message.h"

enum {
    MESSAGES_MAX = 1000, /* Slack's most */
    TEXT_MAX_BYTES = 20000,
    TITLE_COLS = 120,
    NAME_MAX_BYTES = 200,
    REACTIONS_MAX = 100,
    REPLIERS_MAX = 100,
};

static const char *
message_text(const struct slack_answer *answer, size_t index, const char *name, struct arena *arena)
{
    return slack_answer_text(answer, arena_printf(arena, "messages.%zu.%s", index, name), arena);
}

/* ---- which are questions ---- */

/* In the text, or where an app composed it, in the blocks. */
static bool
mentions(const struct slack_answer *answer, size_t index, const char *text, const char *group,
         struct arena *arena)
{
    const char *mention = arena_printf(arena, "<!subteam^%s", group);
    for (const char *at = text; (at = strstr(at, mention)); at++)
        if (strchr(">|", at[strlen(mention)]) && at[strlen(mention)])
            return true;
    return strstr(wire_document_json(answer->document, arena,
                                     arena_printf(arena, "messages.%zu.blocks", index)),
                  arena_printf(arena, "\"usergroup_id\":\"%s\"", group));
}

void
slack_page_read(const struct slack_answer *answer, const char *group, const char *own_user,
                struct arena *arena, struct slack_page *page)
{
    size_t len = slack_answer_count(answer, "messages");
    len = len < MESSAGES_MAX ? len : MESSAGES_MAX;
    *page = (struct slack_page){.newest = "", .oldest = ""};
    page->questions = arena_new_array(arena, len + 1, struct slack_question);
    page->has_more = strcmp(slack_answer_text(answer, "has_more", arena), "true") == 0;
    for (size_t i = 0; i < len; i++) {
        const char *ts = message_text(answer, i, "ts", arena);
        const char *user = message_text(answer, i, "user", arena);
        const char *text = message_text(answer, i, "text", arena);
        if (!slack_ts_is_one(ts))
            continue;
        if (!*page->newest || slack_ts_compare(ts, page->newest) > 0)
            page->newest = ts;
        if (!*page->oldest || slack_ts_compare(ts, page->oldest) < 0)
            page->oldest = ts;
        if (*user && strcmp(user, own_user) != 0 &&
            slack_is_said(message_text(answer, i, "subtype", arena)) &&
            mentions(answer, i, text, group, arena))
            page->questions[page->questions_len++] = (struct slack_question){
                .ts = ts,
                .asker = user,
                .text = slack_plain(text, &(struct slack_names){.unnamed_group = group}, arena)};
    }
}

/* ---- whether one is answered ---- */

static bool
has_reaction(const struct slack_answer *answer, const char *name, struct arena *arena)
{
    size_t len = slack_answer_count(answer, "messages.0.reactions");
    for (size_t i = 0; i < len && i < REACTIONS_MAX; i++)
        if (strcmp(message_text(answer, 0, arena_printf(arena, "reactions.%zu.name", i), arena),
                   name) == 0)
            return true;
    return false;
}

static bool
has_reply(const struct slack_answer *answer, const char *asker, const char *responders,
          struct arena *arena)
{
    size_t len = slack_answer_count(answer, "messages.0.reply_users");
    for (size_t i = 0; i < len && i < REPLIERS_MAX; i++) {
        const char *user =
            message_text(answer, 0, arena_printf(arena, "reply_users.%zu", i), arena);
        if (*user && strcmp(user, asker) != 0 &&
            strstr(responders, arena_printf(arena, " %s ", user)))
            return true;
    }
    return false;
}

enum slack_question_state
slack_question_state(const struct slack_answer *answer, const char *ts, const char *asker,
                     const char *const *answered_by, const char *responders, struct arena *arena)
{
    if (!slack_answer_count(answer, "messages"))
        return SLACK_QUESTION_GONE;
    if (strcmp(message_text(answer, 0, "ts", arena), ts) != 0)
        return SLACK_QUESTION_OPEN; /* of another one nothing follows */
    if (strcmp(message_text(answer, 0, "subtype", arena), "tombstone") == 0)
        return SLACK_QUESTION_GONE;
    for (; *answered_by; answered_by++)
        if (strcmp(*answered_by, "reply") == 0 ? has_reply(answer, asker, responders, arena)
                                               : has_reaction(answer, *answered_by, arena))
            return SLACK_QUESTION_ANSWERED;
    return SLACK_QUESTION_OPEN;
}

/* ---- text ---- */

const char *
slack_question_title(const char *text, const char *asker_name, struct arena *arena)
{
    const char *line = arena_text_len(arena, text, strcspn(text, "\n"));
    const char *title = text_cut(arena, text_clean(arena, line, TEXT_MAX_BYTES), TITLE_COLS);
    return *title ? title : arena_printf(arena, "A question from %s", asker_name);
}

const char *
slack_question_key(const char *channel, const char *ts, struct arena *arena)
{
    return arena_printf(arena, "slack/%s/%s", channel, ts);
}

/* ---- the event ---- */

static void
append_member(struct str *out, const char *name, const char *value)
{
    if (!*value)
        return;
    str_append(out, out->len ? "," : "{");
    wire_append_string(out, name);
    str_append_char(out, ':');
    wire_append_string(out, value);
}

struct alert_event_out
slack_question_event(const struct slack_question *question,
                     const struct slack_question_about *about, struct arena *arena)
{
    struct str metadata;
    const char *name = text_clean(arena, about->asker_name, NAME_MAX_BYTES);
    name = *name ? name : question->asker;
    str_init(&metadata, 0);
    append_member(&metadata, "asker", name);
    append_member(&metadata, "asker_id", question->asker);
    append_member(&metadata, "channel", about->channel);
    append_member(&metadata, "ts", question->ts);
    append_member(&metadata, "permalink", about->permalink);
    str_append(&metadata, "}");
    const struct alert_event_parts parts = {
        .title = slack_question_title(question->text, name, arena),
        .deduplication_key = slack_question_key(about->channel, question->ts, arena),
        .description = question->text,
        .source_url = about->permalink,
        .metadata = arena_text(arena, str_text(&metadata)),
        .at_ms = strtoll(question->ts, NULL, 10) * SECOND_MS,
    };
    str_finish(&metadata);
    return alert_event_out(&parts, arena);
}
