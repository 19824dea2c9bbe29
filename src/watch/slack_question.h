#pragma once

/*
 * Messages of a channel, and which of them are questions: those that mention the responder's user group. Pure; all that comes
 * from Slack is bounded, and what is shown is plain text.
 */

#include "base/arena.h"
#include "remote/slack.h"
#include "wire/alert_event_out.h"

struct slack_question {
    const char *ts, *asker, *text; /* asker: a member's id; text: plain */
};

struct slack_page {
    struct slack_question *questions; /* newest first, as Slack has them */
    size_t questions_len;
    const char *newest, *oldest; /* of all messages; "" = none */
    bool has_more;
};

/* conversations.history. own_user: what it says itself is no question. Everything in the arena. */
void slack_page_read(const struct slack_answer *answer, const char *group, const char *own_user,
                     struct arena *arena, struct slack_page *page);

enum slack_question_state { SLACK_QUESTION_OPEN, SLACK_QUESTION_ANSWERED, SLACK_QUESTION_GONE };

/*
 * The answer to a look at one message. answered_by: reactions that close it, NULL-terminated; "reply" among them is one in its
 * thread by one of `responders` (with blanks around each id) who did not ask.
 */
enum slack_question_state slack_question_state(const struct slack_answer *answer, const char *ts,
                                               const char *asker, const char *const *answered_by,
                                               const char *responders, struct arena *arena);

/* Its first line, short; never empty. */
const char *slack_question_title(const char *text, const char *asker_name, struct arena *arena);
/* The same for each time that it is read. */
const char *slack_question_key(const char *channel, const char *ts, struct arena *arena);

struct slack_question_about {
    const char *channel, *asker_name, *permalink; /* "" = not known */
};
struct alert_event_out slack_question_event(const struct slack_question *question,
                                            const struct slack_question_about *about,
                                            struct arena *arena);
