#include "tests/support/slack_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "tests/support/scripted_server.h"
#include "wire/wire.h"

enum {
    USERS_MAX = 64,
    GROUPS_MAX = 8,
    CHANNELS_MAX = 64,
    MESSAGES_MAX = 2048,
    ARGUMENTS_MAX = 16,
    FAULTS_MAX = 16,
    METHODS_MAX = 32
};

struct argument {
    const char *name, *value;
};

struct request {
    struct slack_server *server;
    struct arena *arena;
    const char *method;
    struct argument arguments[ARGUMENTS_MAX];
    size_t arguments_len;
    struct str body; /* of the answer */
};

struct slack_server {
    struct loop *loop;
    struct scripted_server *http;
    struct arena arena;
    const char *url;
    struct {
        const char *id, *email;
        bool deleted;
    } users[USERS_MAX];
    size_t users_len;
    struct {
        const char *id, *members;
        bool disabled;
    } groups[GROUPS_MAX];
    size_t groups_len;
    struct slack_channel_there channels[CHANNELS_MAX];
    size_t channels_len;
    struct slack_said messages[MESSAGES_MAX];
    size_t messages_len;
    struct {
        const char *method, *word;
        enum slack_fault fault;
        bool done;
        int times;
    } faults[FAULTS_MAX];
    size_t faults_len;
    struct {
        char name[40];
        int count;
    } counts[METHODS_MAX];
    size_t counts_len;
    int requests;
    bool (*hook)(void *context, const char *method, int number);
    void *hook_context;
    char complaint[400];
};

static void
complain(struct slack_server *server, const char *what, const char *method)
{
    if (!server->complaint[0])
        (void)snprintf(server->complaint, sizeof(server->complaint), "%s: %s", method, what);
}

/* ---- reading requests ---- */

static const char *
decode(struct arena *arena, const char *text, size_t len)
{
    char *out = arena_alloc(arena, len + 1), *to = out;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '%' && i + 2 < len + 0) {
            const char hex[3] = {text[i + 1], text[i + 2], '\0'};
            *to++ = (char)strtol(hex, NULL, 16);
            i += 2;
        } else {
            *to++ = text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

static const char *
argument(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->arguments_len; i++)
        if (strcmp(request->arguments[i].name, name) == 0)
            return request->arguments[i].value;
    return "";
}

static void
read_form(struct request *request, const char *form)
{
    while (*form && request->arguments_len < ARGUMENTS_MAX) {
        size_t len = strcspn(form, "&"), name_len = strcspn(form, "=&");
        struct argument *read = &request->arguments[request->arguments_len++];
        read->name = decode(request->arena, form, name_len);
        read->value =
            name_len < len ? decode(request->arena, form + name_len + 1, len - name_len - 1) : "";
        form += len + (form[len] == '&');
    }
}

static bool
refuse(struct request *request, const char *word)
{
    str_clear(&request->body);
    str_printf(&request->body, "{\"ok\":false,\"error\":\"%s\"}", word);
    return false;
}

/* ---- the methods ---- */

static bool
is_user(struct slack_server *server, const char *id)
{
    for (size_t i = 0; i < server->users_len; i++)
        if (strcmp(server->users[i].id, id) == 0)
            return !server->users[i].deleted;
    return strcmp(id, SLACK_SERVER_BOT) == 0;
}

static void
auth_test(struct request *request)
{
    str_append(
        &request->body,
        ",\"url\":\"https://data.slack.example/\",\"team\":\"Data\",\"user_id\":\"" SLACK_SERVER_BOT
        "\",\"team_id\":\"" SLACK_SERVER_TEAM "\",\"bot_id\":\"B0BOT\"");
}

static void
users_info(struct request *request)
{
    struct slack_server *server = request->server;
    for (size_t i = 0; i < server->users_len; i++)
        if (strcmp(server->users[i].id, argument(request, "user")) == 0) {
            str_printf(&request->body,
                       ",\"user\":{\"id\":\"%s\",\"deleted\":%s,\"real_name\":\"%s\"}",
                       server->users[i].id, server->users[i].deleted ? "true" : "false",
                       server->users[i].email);
            return;
        }
    (void)refuse(request, "user_not_found");
}

static void
users_lookup(struct request *request)
{
    struct slack_server *server = request->server;
    for (size_t i = 0; i < server->users_len; i++)
        if (strcmp(server->users[i].email, argument(request, "email")) == 0 &&
            !server->users[i].deleted) {
            str_printf(&request->body, ",\"user\":{\"id\":\"%s\",\"deleted\":false}",
                       server->users[i].id);
            return;
        }
    (void)refuse(request, "users_not_found");
}

static size_t
find_group(struct request *request)
{
    struct slack_server *server = request->server;
    for (size_t i = 0; i < server->groups_len; i++)
        if (strcmp(server->groups[i].id, argument(request, "usergroup")) == 0)
            return i;
    (void)refuse(request, "no_such_subteam");
    return GROUPS_MAX;
}

static void
append_ids(struct request *request, const char *ids)
{
    str_append(&request->body, "[");
    for (const char *at = ids; *at;) {
        size_t len = strcspn(at, ",");
        str_printf(&request->body, "%s\"%.*s\"", at > ids ? "," : "", (int)len, at);
        at += len + (at[len] == ',');
    }
    str_append(&request->body, "]");
}

static void
group_list(struct request *request)
{
    size_t at = find_group(request);
    if (at == GROUPS_MAX)
        return;
    str_append(&request->body, ",\"users\":");
    append_ids(request, request->server->groups[at].members);
}

static void
group_update(struct request *request)
{
    struct slack_server *server = request->server;
    const char *users = argument(request, "users");
    size_t at = find_group(request);
    if (at == GROUPS_MAX)
        return;
    if (!*users) {
        complain(server, "a group must not be emptied", request->method);
        (void)refuse(request, "no_users_provided");
        return;
    }
    if (server->groups[at].disabled) {
        (void)refuse(request, "subteam_disabled");
        return;
    }
    for (const char *id = users; *id;) {
        size_t len = strcspn(id, ",");
        if (!is_user(server, arena_text_len(request->arena, id, len))) {
            (void)refuse(request, "invalid_users");
            return;
        }
        id += len + (id[len] == ',');
    }
    if (strcmp(server->groups[at].members, users) == 0)
        complain(server, "written without a difference", request->method);
    server->groups[at].members = arena_text(&server->arena, users);
    str_printf(&request->body, ",\"usergroup\":{\"id\":\"%s\",\"users\":", server->groups[at].id);
    append_ids(request, users);
    str_append(&request->body, "}");
}

static void
group_enable(struct request *request)
{
    size_t at = find_group(request);
    if (at != GROUPS_MAX)
        request->server->groups[at].disabled = false;
}

static struct slack_channel_there *
find_channel(struct request *request, bool write)
{
    struct slack_server *server = request->server;
    for (size_t i = 0; i < server->channels_len; i++)
        if (strcmp(server->channels[i].id, argument(request, "channel")) == 0) {
            if (!write || !server->channels[i].is_archived)
                return &server->channels[i];
            (void)refuse(request, "is_archived");
            return NULL;
        }
    (void)refuse(request, "channel_not_found");
    return NULL;
}

static void
append_channel(struct request *request, const struct slack_channel_there *channel)
{
    str_printf(
        &request->body,
        "{\"id\":\"%s\",\"name\":\"%s\",\"creator\":\"%s\",\"created\":%lld,\"is_archived\":%s,"
        "\"topic\":{\"value\":",
        channel->id, channel->name, channel->creator, (long long)channel->created_s,
        channel->is_archived ? "true" : "false");
    wire_append_string(&request->body, channel->topic);
    str_append(&request->body, "}}");
}

static void
channel_create(struct request *request)
{
    struct slack_server *server = request->server;
    const char *name = argument(request, "name");
    if (strlen(name) > 80 || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_")] != '\0' ||
        !*name) {
        complain(server, "that is no name for a channel", request->method);
        (void)refuse(request, "invalid_name_specials");
        return;
    }
    for (size_t i = 0; i < server->channels_len; i++)
        if (strcmp(server->channels[i].name, name) == 0) {
            (void)refuse(request, "name_taken");
            return;
        }
    slack_server_add_channel(server, arena_printf(&server->arena, "C0NEW%zu", server->channels_len),
                             name, SLACK_SERVER_BOT);
    struct slack_channel_there *channel = &server->channels[server->channels_len - 1];
    channel->is_private = strcmp(argument(request, "is_private"), "true") == 0;
    str_append(&request->body, ",\"channel\":");
    append_channel(request, channel);
}

static void
channel_list(struct request *request)
{
    struct slack_server *server = request->server;
    size_t from = (size_t)atol(argument(request, "cursor"));
    size_t to = from + 2 < server->channels_len ? from + 2 : server->channels_len;
    str_append(&request->body, ",\"channels\":[");
    for (size_t i = from; i < to; i++) {
        str_append(&request->body, i > from ? "," : "");
        append_channel(request, &server->channels[i]);
    }
    str_append(&request->body, "],\"response_metadata\":{\"next_cursor\":\"");
    if (to < server->channels_len)
        str_printf(&request->body, "%zu", to);
    str_append(&request->body, "\"}");
}

static void
channel_info(struct request *request)
{
    const struct slack_channel_there *channel = find_channel(request, false);
    if (!channel)
        return;
    str_append(&request->body, ",\"channel\":");
    append_channel(request, channel);
}

static void
channel_open(struct request *request)
{
    struct slack_server *server = request->server;
    const char *id = arena_printf(request->arena, "D%s", argument(request, "users"));
    if (!is_user(server, argument(request, "users"))) {
        (void)refuse(request, "user_not_found");
        return;
    }
    bool there = false;
    for (size_t i = 0; i < server->channels_len; i++)
        there = there || strcmp(server->channels[i].id, id) == 0;
    if (!there)
        slack_server_add_channel(server, id, id, SLACK_SERVER_BOT);
    str_printf(&request->body, ",\"channel\":{\"id\":\"%s\"}", id);
}

static void
channel_invite(struct request *request)
{
    struct slack_channel_there *channel = find_channel(request, true);
    const char *user = argument(request, "users");
    if (!channel)
        return;
    if (!is_user(request->server, user)) {
        (void)refuse(request, "user_not_found");
        return;
    }
    for (size_t i = 0; i < channel->members_len; i++)
        if (strcmp(channel->members[i], user) == 0) {
            (void)refuse(request, "already_in_channel");
            return;
        }
    channel->members[channel->members_len++] = arena_text(&request->server->arena, user);
}

static void
channel_topic(struct request *request)
{
    struct slack_channel_there *channel = find_channel(request, true);
    if (!channel)
        return;
    if (strcmp(channel->topic, argument(request, "topic")) == 0)
        complain(request->server, "the topic is set without a difference", request->method);
    channel->topic = arena_text(&request->server->arena, argument(request, "topic"));
    channel->topics++;
}

static void
channel_archive(struct request *request)
{
    struct slack_channel_there *channel = find_channel(request, false);
    if (channel && channel->is_archived)
        (void)refuse(request, "already_archived");
    else if (channel)
        channel->is_archived = true;
}

static bool
is_asked_for(const struct request *request, const struct slack_said *message)
{
    const char *oldest = argument(request, "oldest"), *latest = argument(request, "latest");
    const int least = strcmp(argument(request, "inclusive"), "true") == 0 ? 0 : 1;
    return (!*oldest || strcmp(message->ts, oldest) >= least) &&
           (!*latest || strcmp(latest, message->ts) >= least);
}

/* With its thread, if it has one. */
static void
append_message(struct request *request, const struct slack_said *message)
{
    const struct slack_server *server = request->server;
    const bool with_keys = strcmp(argument(request, "include_all_metadata"), "true") == 0;
    const char *latest = "";
    str_printf(&request->body, "{\"ts\":\"%s\",\"text\":", message->ts);
    wire_append_string(&request->body, message->text);
    if (message->user)
        str_printf(&request->body, ",\"user\":\"%s\"%s", message->user, message->more);
    else
        str_append(&request->body, ",\"bot_id\":\"B0BOT\"");
    for (size_t i = 0; i < server->messages_len; i++)
        if (strcmp(server->messages[i].thread_ts, message->ts) == 0 &&
            strcmp(server->messages[i].channel, message->channel) == 0)
            latest = server->messages[i].ts;
    if (*latest)
        str_printf(&request->body, ",\"reply_count\":1,\"latest_reply\":\"%s\"", latest);
    if (*latest || *message->thread_ts)
        str_printf(&request->body, ",\"thread_ts\":\"%s\"",
                   *latest ? message->ts : message->thread_ts);
    if (with_keys && message->key) {
        str_append(&request->body,
                   ",\"metadata\":{\"event_type\":\"tocsin\",\"event_payload\":{\"key\":");
        wire_append_string(&request->body, message->key);
        str_append(&request->body, "}}");
    }
    str_append(&request->body, "}");
}

static void
channel_replies(struct request *request)
{
    struct slack_server *server = request->server;
    const struct slack_channel_there *channel = find_channel(request, false);
    const char *thread = argument(request, "ts");
    size_t given = 0;
    if (!channel)
        return;
    str_append(&request->body, ",\"messages\":[");
    for (size_t i = 0; i < server->messages_len; i++) {
        const struct slack_said *message = &server->messages[i];
        if (strcmp(message->channel, channel->id) != 0 ||
            (strcmp(message->ts, thread) != 0 && strcmp(message->thread_ts, thread) != 0))
            continue;
        str_append(&request->body, given++ ? "," : "");
        append_message(request, message);
    }
    str_append(&request->body, "],\"has_more\":false");
    if (!given)
        (void)refuse(request, "thread_not_found");
}

static void
channel_history(struct request *request)
{
    struct slack_server *server = request->server;
    const struct slack_channel_there *channel = find_channel(request, false);
    size_t skip = (size_t)atol(argument(request, "cursor")), given = 0, seen = 0;
    const char *next = "";
    if (!channel)
        return;
    str_append(&request->body, ",\"messages\":[");
    for (size_t i = server->messages_len; i-- > 0;) {
        const struct slack_said *message = &server->messages[i];
        if (strcmp(message->channel, channel->id) != 0 || *message->thread_ts ||
            !is_asked_for(request, message) || seen++ < skip)
            continue;
        if (given == 2) { /* small pages */
            next = arena_printf(request->arena, "%zu", skip + given);
            break;
        }
        str_append(&request->body, given++ ? "," : "");
        append_message(request, message);
    }
    str_printf(&request->body, "],\"has_more\":%s,\"response_metadata\":{\"next_cursor\":\"%s\"}",
               *next ? "true" : "false", next);
}

static void
post_message(struct request *request)
{
    struct slack_server *server = request->server;
    const struct slack_channel_there *channel = find_channel(request, true);
    const char *text = argument(request, "text");
    struct wire_document *metadata = NULL;
    struct error err;
    if (!channel)
        return;
    if (!*text || strstr(text, "<!")) {
        complain(server, *text ? "it mentions everybody" : "an empty message", request->method);
        (void)refuse(request, "no_text");
        return;
    }
    struct slack_said *message = &server->messages[server->messages_len];
    *message =
        (struct slack_said){.channel = channel->id, .text = arena_text(&server->arena, text)};
    message->ts = arena_printf(&server->arena, "%lld.%06zu",
                               (long long)(clock_now_ms() / SECOND_MS), server->messages_len);
    message->thread_ts = arena_text(&server->arena, argument(request, "thread_ts"));
    message->key = "";
    if (wire_document_read(slice_of(argument(request, "metadata")), &metadata, &err))
        message->key = wire_document_text(metadata, &server->arena, "event_payload.key");
    wire_document_destroy(metadata);
    server->messages_len += server->messages_len + 1 < MESSAGES_MAX;
    str_printf(&request->body, ",\"channel\":\"%s\",\"ts\":\"%s\"", channel->id, message->ts);
}

static struct slack_said *
find_message(struct request *request, const char *ts)
{
    struct slack_server *server = request->server;
    for (size_t i = 0; i < server->messages_len; i++)
        if (strcmp(server->messages[i].ts, ts) == 0 &&
            strcmp(server->messages[i].channel, argument(request, "channel")) == 0)
            return &server->messages[i];
    (void)refuse(request, "message_not_found");
    return NULL;
}

static void
update_message(struct request *request)
{
    struct slack_said *message = find_message(request, argument(request, "ts"));
    if (!message)
        return;
    message->text = arena_text(&request->server->arena, argument(request, "text"));
    message->changes++;
}

static void
permalink(struct request *request)
{
    const struct slack_said *message = find_message(request, argument(request, "message_ts"));
    if (message)
        str_printf(&request->body, ",\"permalink\":\"https://data.slack.example/archives/%s/p%s\"",
                   message->channel, message->ts);
}

static void
pin(struct request *request)
{
    struct slack_said *message = find_message(request, argument(request, "timestamp"));
    if (message && message->pinned)
        (void)refuse(request, "already_pinned");
    else if (message)
        message->pinned = true;
}

static void
nothing(struct request *request)
{
    (void)request;
}

static const struct {
    const char *name, *arguments; /* with blanks around each */
    void (*run)(struct request *request);
} methods[] = {
    {"auth.test", "", auth_test},
    {"users.info", " user ", users_info},
    {"users.lookupByEmail", " email ", users_lookup},
    {"usergroups.users.list", " usergroup include_disabled ", group_list},
    {"usergroups.users.update", " usergroup users ", group_update},
    {"usergroups.enable", " usergroup ", group_enable},
    {"conversations.create", " name is_private team_id ", channel_create},
    {"conversations.list", " types limit cursor exclude_archived ", channel_list},
    {"conversations.info", " channel ", channel_info},
    {"conversations.open", " users ", channel_open},
    {"conversations.join", " channel ", nothing},
    {"conversations.invite", " channel users ", channel_invite},
    {"conversations.setTopic", " channel topic ", channel_topic},
    {"conversations.history", " channel oldest latest inclusive limit cursor include_all_metadata ",
     channel_history},
    {"conversations.replies", " channel ts oldest limit cursor include_all_metadata ",
     channel_replies},
    {"conversations.archive", " channel ", channel_archive},
    {"chat.postMessage",
     " channel thread_ts text metadata client_msg_id unfurl_links unfurl_media ", post_message},
    {"chat.update", " channel ts text ", update_message},
    {"chat.getPermalink", " channel message_ts ", permalink},
    {"pins.add", " channel timestamp ", pin},
};

static void
run_method(struct request *request)
{
    for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
        if (strcmp(methods[i].name, request->method) != 0)
            continue;
        for (size_t j = 0; j < request->arguments_len; j++)
            if (!strstr(methods[i].arguments,
                        arena_printf(request->arena, " %s ", request->arguments[j].name)))
                complain(request->server, request->arguments[j].name, request->method);
        methods[i].run(request);
        return;
    }
    complain(request->server, "no such method", request->method);
    (void)refuse(request, "unknown_method");
}

static bool
is_reading(const char *method)
{
    static const char *const reading[] = {"auth.test",
                                          "usergroups.list",
                                          "usergroups.users.list",
                                          "users.info",
                                          "pins.list",
                                          "users.lookupByEmail",
                                          "conversations.list",
                                          "conversations.info",
                                          "conversations.history",
                                          "conversations.replies",
                                          "chat.getPermalink"};
    for (size_t i = 0; i < sizeof reading / sizeof *reading; i++)
        if (strcmp(method, reading[i]) == 0)
            return true;
    return false;
}

static void
check(struct request *request, const char *target, const char *head)
{
    struct slack_server *server = request->server;
    const bool is_get = strncmp(head, "GET ", 4) == 0;
    if (is_get != is_reading(request->method))
        complain(server, "what reads is a GET, what writes a POST", request->method);
    if (!is_get && !strcasestr(head, "\r\nContent-Type: application/x-www-form-urlencoded\r\n"))
        complain(server, "no form", request->method);
    if (strstr(target, "xoxb") || strstr(strstr(head, "\r\n\r\n"), "xoxb"))
        complain(server, "the token is in the address or the body", request->method);
}

/* ---- answering ---- */

static void
count_request(struct slack_server *server, const char *method)
{
    size_t i = 0;
    server->requests++;
    while (i < server->counts_len && strcmp(server->counts[i].name, method) != 0)
        i++;
    if (i == METHODS_MAX)
        return;
    if (i == server->counts_len) {
        (void)snprintf(server->counts[i].name, sizeof(server->counts[i].name), "%s", method);
        server->counts_len++;
    }
    server->counts[i].count++;
}

static void
answer_fault(enum slack_fault fault, struct scripted_answer *answer)
{
    switch (fault) {
    case SLACK_FAULT_RATELIMITED:
        answer->status = 429;
        answer->headers = "Retry-After: 1\r\n";
        answer->body = "{\"ok\":false,\"error\":\"ratelimited\"}";
        break;
    case SLACK_FAULT_HTML:
        answer->body = "<!DOCTYPE html><html><body>We'll be back</body></html>";
        break;
    case SLACK_FAULT_500:
        answer->status = 500;
        answer->body = "upstream connect error";
        break;
    case SLACK_FAULT_CUT:
        answer->how = SCRIPTED_CUT;
        break;
    case SLACK_FAULT_DROP:
        answer->how = SCRIPTED_DROP;
        break;
    case SLACK_FAULT_SILENT:
        answer->how = SCRIPTED_SILENT;
        break;
    case SLACK_FAULT_NONE:
    case SLACK_FAULT_REFUSE:
        break;
    }
}

static void
on_request(void *context, const char *target, const char *head, struct arena *arena,
           struct scripted_answer *answer)
{
    struct slack_server *server = context;
    struct request request = {.server = server, .arena = arena, .method = target};
    enum slack_fault fault = SLACK_FAULT_NONE;
    const char *word = "";
    bool done = true;
    if (strncmp(target, "/api/", 5) == 0)
        request.method = arena_text_len(arena, target + 5, strcspn(target + 5, "?"));
    check(&request, target, head);
    read_form(&request, strncmp(head, "GET ", 4) == 0
                            ? strchr(target, '?') ? strchr(target, '?') + 1 : ""
                            : strstr(head, "\r\n\r\n") + 4);
    count_request(server, request.method);
    for (size_t i = 0; i < server->faults_len; i++)
        if (server->faults[i].times > 0 &&
            (!*server->faults[i].method || strcmp(server->faults[i].method, request.method) == 0)) {
            server->faults[i].times--;
            fault = server->faults[i].fault;
            word = server->faults[i].word;
            done = server->faults[i].done;
            break;
        }
    str_init(&request.body, 0);
    str_append(&request.body, "{\"ok\":true");
    if (!strstr(head, "\r\nAuthorization: Bearer " SLACK_SERVER_TOKEN "\r\n"))
        (void)refuse(&request, "invalid_auth");
    else if (done)
        run_method(&request);
    if (request.body.data[6] == 't')
        str_append(&request.body, "}");
    if (fault == SLACK_FAULT_REFUSE)
        (void)refuse(&request, word);
    answer->body = arena_text(arena, str_text(&request.body));
    str_finish(&request.body);
    answer_fault(fault, answer);
    if (server->hook && !server->hook(server->hook_context, request.method, server->requests))
        answer->how = SCRIPTED_SILENT;
}

/* ---- what the test does with it ---- */

struct slack_server *
slack_server_open(struct loop *loop)
{
    struct slack_server *server = memory_alloc(sizeof(*server));
    server->loop = loop;
    server->http = scripted_server_open(loop, on_request, server);
    server->url = arena_printf(&server->arena, "%s/api", scripted_server_url(server->http));
    return server;
}

void
slack_server_close(struct slack_server *server)
{
    if (!server)
        return;
    scripted_server_close(server->http);
    arena_finish(&server->arena);
    memory_free(server);
}

const char *
slack_server_url(const struct slack_server *server)
{
    return server->url;
}

void
slack_server_add_user(struct slack_server *server, const char *id, const char *email)
{
    server->users[server->users_len].id = arena_text(&server->arena, id);
    server->users[server->users_len++].email = arena_text(&server->arena, email);
}

void
slack_server_deactivate(struct slack_server *server, const char *id)
{
    for (size_t i = 0; i < server->users_len; i++)
        if (strcmp(server->users[i].id, id) == 0)
            server->users[i].deleted = true;
}

void
slack_server_set_group(struct slack_server *server, const char *id, const char *members)
{
    size_t i = 0;
    while (i < server->groups_len && strcmp(server->groups[i].id, id) != 0)
        i++;
    server->groups_len += i == server->groups_len;
    server->groups[i].id = arena_text(&server->arena, id);
    server->groups[i].members = arena_text(&server->arena, members);
}

void
slack_server_disable_group(struct slack_server *server, const char *id)
{
    for (size_t i = 0; i < server->groups_len; i++)
        if (strcmp(server->groups[i].id, id) == 0)
            server->groups[i].disabled = true;
}

const char *
slack_server_group(struct slack_server *server, const char *id)
{
    for (size_t i = 0; i < server->groups_len; i++)
        if (strcmp(server->groups[i].id, id) == 0)
            return server->groups[i].members;
    return "";
}

void
slack_server_add_channel(struct slack_server *server, const char *id, const char *name,
                         const char *creator)
{
    server->channels[server->channels_len++] =
        (struct slack_channel_there){.id = arena_text(&server->arena, id),
                                     .name = arena_text(&server->arena, name),
                                     .creator = arena_text(&server->arena, creator),
                                     .topic = "",
                                     .created_s = clock_now_ms() / SECOND_MS};
}

void
slack_server_fail(struct slack_server *server, const char *method, enum slack_fault fault,
                  const char *word, bool done, int times)
{
    size_t i = 0;
    while (i < server->faults_len && server->faults[i].times > 0)
        i++;
    server->faults_len += i == server->faults_len;
    server->faults[i].method = method;
    server->faults[i].word = word;
    server->faults[i].fault = fault;
    server->faults[i].done = done;
    server->faults[i].times = times;
}

void
slack_server_heal(struct slack_server *server)
{
    server->faults_len = 0;
}

void
slack_server_on_request(struct slack_server *server,
                        bool (*hook)(void *context, const char *method, int number), void *context)
{
    server->hook = hook;
    server->hook_context = context;
}

int
slack_server_requests(const struct slack_server *server, const char *method)
{
    if (!*method)
        return server->requests;
    for (size_t i = 0; i < server->counts_len; i++)
        if (strcmp(server->counts[i].name, method) == 0)
            return server->counts[i].count;
    return 0;
}

const struct slack_channel_there *
slack_server_channel(struct slack_server *server, const char *name)
{
    for (size_t i = 0; i < server->channels_len; i++)
        if (strcmp(server->channels[i].name, name) == 0)
            return &server->channels[i];
    return NULL;
}

const struct slack_said *
slack_server_message(struct slack_server *server, const char *channel, size_t index)
{
    for (size_t i = 0; i < server->messages_len; i++)
        if (strcmp(server->messages[i].channel, channel) == 0 && index-- == 0)
            return &server->messages[i];
    return NULL;
}

void
slack_server_reply(struct slack_server *server, const char *channel, const char *thread_ts,
                   const char *ts, const char *user, const char *text)
{
    server->messages[server->messages_len] =
        (struct slack_said){.channel = arena_text(&server->arena, channel),
                            .thread_ts = arena_text(&server->arena, thread_ts),
                            .ts = arena_text(&server->arena, ts),
                            .text = arena_text(&server->arena, text),
                            .user = arena_text(&server->arena, user),
                            .more = ""};
    server->messages_len += server->messages_len + 1 < MESSAGES_MAX;
}

void
slack_server_say(struct slack_server *server, const char *channel, const char *ts, const char *user,
                 const char *text)
{
    slack_server_reply(server, channel, "", ts, user, text);
}

void
slack_server_edit(struct slack_server *server, const char *ts, const char *text)
{
    for (size_t i = 0; i < server->messages_len; i++)
        if (strcmp(server->messages[i].ts, ts) == 0)
            server->messages[i].text = arena_text(&server->arena, text);
}

void
slack_server_add_to(struct slack_server *server, const char *ts, const char *more)
{
    for (size_t i = 0; i < server->messages_len; i++)
        if (strcmp(server->messages[i].ts, ts) == 0)
            server->messages[i].more = arena_text(&server->arena, more);
}

void
slack_server_remove(struct slack_server *server, const char *ts)
{
    for (size_t i = 0; i < server->messages_len; i++)
        if (strcmp(server->messages[i].ts, ts) == 0)
            server->messages[i].channel = "";
}

const char *
slack_server_complaint(const struct slack_server *server)
{
    return server->complaint;
}
