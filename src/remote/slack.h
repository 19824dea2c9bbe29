#pragma once

/*
 * Slack's Web API: a table of the methods that we use with their limits, a table of what it refuses with and why, and one
 * way to call any of them. Arguments go as a form or a query, which every method takes. Calls wait here until the method's limit, and a
 * channel's for messages, lets them go; a method that answered 429 rests as long as it was told. Nothing is repeated here:
 * that is up to who asked, who is also told whether a call that failed may have been done nevertheless. Whoever repeats a
 * doubtful call looks first: the methods to look with wait at the start until what an earlier life sent has arrived.
 *
 * The token is sent to the configured address and nowhere else (remote/http.h), and stands in no error or log.
 */

#include "base/arena.h"
#include "base/loop.h"
#include "wire/wire.h"

/*
 * X(id, name, calls a minute, HTTP method): Slack's tiers 2, 3 and 4; messages have a limit of their own, one a second a channel.
 * What only reads is a GET, so that who watches the wire sees that nothing is written.
 */
/* clang-format off: a table */
#define SLACK_METHODS(X)                                                                           \
    X(AUTH_TEST, "auth.test", 100, "GET")                                                          \
    X(USERGROUPS_LIST, "usergroups.list", 20, "GET")                                               \
    X(USERGROUPS_CREATE, "usergroups.create", 20, "POST")                                          \
    X(USERGROUPS_ENABLE, "usergroups.enable", 20, "POST")                                          \
    X(USERGROUPS_USERS_LIST, "usergroups.users.list", 20, "GET")                                   \
    X(USERGROUPS_USERS_UPDATE, "usergroups.users.update", 20, "POST")                              \
    X(USERS_INFO, "users.info", 100, "GET")                                                        \
    X(USERS_LOOKUP_BY_EMAIL, "users.lookupByEmail", 50, "GET")                                     \
    X(CONVERSATIONS_CREATE, "conversations.create", 20, "POST")                                    \
    X(CONVERSATIONS_LIST, "conversations.list", 20, "GET")                                         \
    X(CONVERSATIONS_INFO, "conversations.info", 50, "GET")                                         \
    X(CONVERSATIONS_JOIN, "conversations.join", 50, "POST")                                        \
    X(CONVERSATIONS_OPEN, "conversations.open", 50, "POST")                                        \
    X(CONVERSATIONS_INVITE, "conversations.invite", 50, "POST")                                    \
    X(CONVERSATIONS_SET_TOPIC, "conversations.setTopic", 20, "POST")                               \
    X(CONVERSATIONS_HISTORY, "conversations.history", 50, "GET")                                   \
    X(CONVERSATIONS_REPLIES, "conversations.replies", 50, "GET")                                   \
    X(CONVERSATIONS_ARCHIVE, "conversations.archive", 20, "POST")                                  \
    X(CHAT_POST_MESSAGE, "chat.postMessage", 600, "POST")                                          \
    X(CHAT_UPDATE, "chat.update", 50, "POST")                                                      \
    X(CHAT_GET_PERMALINK, "chat.getPermalink", 100, "GET")                                         \
    X(PINS_ADD, "pins.add", 20, "POST")                                                            \
    X(PINS_LIST, "pins.list", 20, "GET")

/*
 * What a refusal asks of us. LATER: try again. TOKEN: nothing works until somebody gives the hub another token. SETUP: until somebody
 * changes a permission or setting in Slack. NO: this very call never will be taken.
 */
enum slack_remedy { SLACK_FINE, SLACK_LATER, SLACK_TOKEN, SLACK_SETUP, SLACK_NO };

/* X(id, Slack's word, remedy, code, may it have been done nevertheless, what happened and what to do) */
#define SLACK_PROBLEMS(X)                                                                          \
    X(NONE, "", FINE, NONE, 0, "")                                                                 \
    X(NOT_AUTHED, "not_authed", TOKEN, UNAUTHENTICATED, 0,                                         \
      "no token was sent: check the token's file")                                                 \
    X(INVALID_AUTH, "invalid_auth", TOKEN, UNAUTHENTICATED, 0,                                     \
      "the token is not valid: put the bot's token into its file")                                 \
    X(TOKEN_REVOKED, "token_revoked", TOKEN, UNAUTHENTICATED, 0,                                   \
      "the token was revoked: install the app again and take its new token")                       \
    X(TOKEN_EXPIRED, "token_expired", TOKEN, UNAUTHENTICATED, 0,                                   \
      "the token has expired: take a new one")                                                     \
    X(ACCOUNT_INACTIVE, "account_inactive", TOKEN, UNAUTHENTICATED, 0,                             \
      "the token's account or workspace is deactivated")                                           \
    X(ORG_LOGIN_REQUIRED, "org_login_required", TOKEN, UNAUTHENTICATED, 0,                         \
      "the workspace is being moved by its organisation")                                          \
    X(EKM_ACCESS_DENIED, "ekm_access_denied", TOKEN, FORBIDDEN, 0,                                 \
      "administrators have suspended access to messages")                                          \
    X(TEAM_ACCESS_NOT_GRANTED, "team_access_not_granted", TOKEN, FORBIDDEN, 0,                     \
      "the token does not cover this workspace")                                                   \
    X(MISSING_SCOPE, "missing_scope", SETUP, FORBIDDEN, 0,                                         \
      "the token lacks a scope: add it to the app and install it again")                           \
    X(NO_PERMISSION, "no_permission", SETUP, FORBIDDEN, 0,                                         \
      "the workspace does not let the bot do this: ask an administrator")                          \
    X(PERMISSION_DENIED, "permission_denied", SETUP, FORBIDDEN, 0,                                 \
      "only administrators may do this: let the bot manage user groups")                           \
    X(RESTRICTED_ACTION, "restricted_action", SETUP, FORBIDDEN, 0,                                 \
      "the workspace's settings forbid it: ask an administrator")                                  \
    X(USER_IS_BOT, "user_is_bot", SETUP, FORBIDDEN, 0, "bots cannot do this")                      \
    X(PLAN_UPGRADE_REQUIRED, "plan_upgrade_required", SETUP, FORBIDDEN, 0,                         \
      "the workspace's plan does not offer it (user groups need a paid one)")                      \
    X(RATELIMITED, "ratelimited", LATER, RATE_LIMITED, 0, "asked to wait")                         \
    X(REQUEST_TIMEOUT, "request_timeout", LATER, TIMEOUT, 1, "it did not hear the whole request")  \
    X(FATAL_ERROR, "fatal_error", LATER, UPSTREAM, 1, "it broke down over it")                     \
    X(INTERNAL_ERROR, "internal_error", LATER, UPSTREAM, 1, "it has a failure of its own")         \
    X(SERVICE_UNAVAILABLE, "service_unavailable", LATER, UPSTREAM, 1, "it is not available")       \
    X(NAME_TAKEN, "name_taken", NO, CONFLICT, 0, "a channel of that name exists, or did")          \
    X(INVALID_NAME, "invalid_name", NO, INVALID, 0, "that is no name for a channel")               \
    X(INVALID_NAME_REQUIRED, "invalid_name_required", NO, INVALID, 0,                              \
      "the channel's name is empty")                                                               \
    X(INVALID_NAME_PUNCTUATION, "invalid_name_punctuation", NO, INVALID, 0,                        \
      "the channel's name is only punctuation")                                                    \
    X(INVALID_NAME_SPECIALS, "invalid_name_specials", NO, INVALID, 0,                              \
      "the channel's name has characters that Slack does not take")                                \
    X(INVALID_NAME_MAXLENGTH, "invalid_name_maxlength", NO, INVALID, 0,                            \
      "the channel's name is too long")                                                            \
    X(CHANNEL_NOT_FOUND, "channel_not_found", NO, NOT_FOUND, 0,                                    \
      "there is no such channel, or the bot cannot see it: invite it")                             \
    X(NOT_IN_CHANNEL, "not_in_channel", NO, FORBIDDEN, 0,                                          \
      "the bot is not in the channel: invite it")                                                  \
    X(IS_ARCHIVED, "is_archived", NO, CONFLICT, 0, "the channel is archived")                      \
    X(ALREADY_ARCHIVED, "already_archived", NO, CONFLICT, 0, "the channel is archived already")    \
    X(CANT_ARCHIVE_GENERAL, "cant_archive_general", NO, INVALID, 0,                                \
      "the workspace's general channel cannot be archived")                                        \
    X(ALREADY_IN_CHANNEL, "already_in_channel", NO, CONFLICT, 0,                                   \
      "the person is in the channel already")                                                      \
    X(CANT_INVITE_SELF, "cant_invite_self", NO, CONFLICT, 0, "the bot is in the channel already")  \
    X(CANT_INVITE, "cant_invite", NO, FORBIDDEN, 0, "that person cannot be invited")               \
    X(USER_IS_RESTRICTED, "user_is_restricted", NO, FORBIDDEN, 0, "a guest cannot do this")        \
    X(USER_IS_ULTRA_RESTRICTED, "user_is_ultra_restricted", NO, FORBIDDEN, 0,                      \
      "a guest of one channel cannot do this")                                                     \
    X(USER_NOT_FOUND, "user_not_found", NO, NOT_FOUND, 0,                                          \
      "there is no such person in the workspace")                                                  \
    X(USERS_NOT_FOUND, "users_not_found", NO, NOT_FOUND, 0,                                        \
      "nobody active has that e-mail address")                                                     \
    X(USER_DISABLED, "user_disabled", NO, NOT_FOUND, 0, "the person's account is deactivated")     \
    X(INVALID_USERS, "invalid_users", NO, INVALID, 0,                                              \
      "one of the people is unknown or deactivated")                                               \
    X(USERS_NOT_IN_TEAM, "users_not_in_team", NO, INVALID, 0,                                      \
      "one of the people is not in the workspace")                                                 \
    X(NO_USERS_PROVIDED, "no_users_provided", NO, INVALID, 0, "a user group cannot be emptied")    \
    X(INVALID_ARRAY_ARG, "invalid_array_arg", NO, INVALID, 0,                                      \
      "an id is none of its kind (a group's begins with S)")                                       \
    X(NO_SUCH_SUBTEAM, "no_such_subteam", NO, NOT_FOUND, 0,                                        \
      "there is no such user group: its id begins with S")                                         \
    X(SUBTEAM_NOT_FOUND, "subteam_not_found", NO, NOT_FOUND, 0,                                    \
      "there is no such user group: its id begins with S")                                         \
    X(SUBTEAM_DISABLED, "subteam_disabled", NO, CONFLICT, 0, "the user group is disabled")         \
    X(MAX_CHANNELS, "ura_max_channels", NO, CONFLICT, 0, "the person cannot be in more channels")  \
    X(MSG_TOO_LONG, "msg_too_long", NO, INVALID, 0, "the message is too long")                     \
    X(NO_TEXT, "no_text", NO, INVALID, 0, "the message is empty")                                  \
    X(TOO_LONG, "too_long", NO, INVALID, 0, "the topic is too long")                               \
    X(MESSAGE_NOT_FOUND, "message_not_found", NO, NOT_FOUND, 0, "that message is gone")            \
    X(THREAD_NOT_FOUND, "thread_not_found", NO, NOT_FOUND, 0, "that thread is gone")               \
    X(CANT_UPDATE_MESSAGE, "cant_update_message", NO, FORBIDDEN, 0,                                \
      "that message is not the bot's")                                                             \
    X(EDIT_WINDOW_CLOSED, "edit_window_closed", NO, FORBIDDEN, 0,                                  \
      "messages cannot be changed any more")                                                       \
    X(ALREADY_PINNED, "already_pinned", NO, CONFLICT, 0, "the message is pinned already")          \
    X(NOT_PINNABLE, "not_pinnable", NO, INVALID, 0, "the message cannot be pinned")                \
    X(INVALID_ARGUMENTS, "invalid_arguments", NO, INVALID, 0, "an argument makes no sense to it")  \
    X(UNREACHABLE, "", LATER, NETWORK, 0, "")                                                      \
    X(UNKNOWN, "", LATER, INVALID, 0, "it gave a reason that we do not know")
/* clang-format on */

enum slack_method {
#define X(id, name, per_minute, http) SLACK_##id,
    SLACK_METHODS(X)
#undef X
        SLACK_METHOD_COUNT
};

enum slack_problem {
#define X(id, word, remedy, code, in_doubt, sentence) SLACK_PROBLEM_##id,
    SLACK_PROBLEMS(X)
#undef X
        SLACK_PROBLEM_COUNT
};

struct slack_options {
    const char *url;             /* "https://slack.com/api"; as http_options.url */
    const char *token;           /* copied; wiped by slack_close */
    const char *ca_file, *proxy; /* NULL, "" = the system's, the environment's */
    int64_t timeout_ms;          /* 0 = 15 s */
    int pace;               /* times as many calls as Slack allows, for servers of our own; 0 = 1 */
    int history_per_minute; /* Slack lets some apps read messages that often only; 0 = as in the table */
    int64_t settle_ms; /* how long what an earlier life sent may still be on its way; 0 = 5 s */
};

struct slack_answer {
    enum slack_problem problem; /* NONE: it was done */
    enum slack_remedy remedy;
    bool in_doubt;      /* it failed for us, and may have been done nevertheless */
    struct error error; /* a sentence, and how long it asked us to wait */
    const struct wire_document
        *document; /* the answer, when problem is NONE; during the handler only */
};

typedef void slack_handler(void *context, const struct slack_answer *answer);

struct slack_argument {
    const char *name, *value; /* copied. An empty value is left out */
};

struct slack;

/* ERROR_CONFIG as http_open says it. The loop must outlive it. */
MUST_CHECK bool slack_open(struct slack **slack, struct loop *loop,
                           const struct slack_options *options, struct error *err);
/* Pending calls are dropped without calling their handlers, and jobs freed. */
void slack_close(struct slack *slack);

/* `arguments` end with a NULL name. The handler is always called from the loop, never from within. */
void slack_call(struct slack *slack, enum slack_method method,
                const struct slack_argument *arguments, slack_handler *done, void *context);
#define SLACK_CALL(slack, method, done, context, ...)                                              \
    slack_call((slack), (method), (const struct slack_argument[]){__VA_ARGS__, {NULL, NULL}},      \
               (done), (context))

/* Calls queued or under way. */
size_t slack_pending(const struct slack *slack);

/* Zeroed memory, and an arena, for what takes several calls: live until slack_job_end, or slack_close. */
void *slack_job(struct slack *slack, size_t size, struct arena **arena);
void slack_job_end(struct slack *slack, void *job);

/* "name_taken" */
const char *slack_problem_word(enum slack_problem problem);

/* ---- what an answer says ---- */

/* "channel.id"; "" when absent or the call failed. */
const char *slack_answer_text(const struct slack_answer *answer, const char *path,
                              struct arena *arena);
size_t slack_answer_count(const struct slack_answer *answer, const char *path);

/* ---- text ---- */

/* &, < and > as Slack wants them: what comes from outside must not mention anybody. */
void slack_append_escaped(struct str *out, const char *text);
