#include "remote/slack.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "remote/api.h"
#include "remote/http.h"
#include "remote/rate.h"

enum {
    ANSWER_MAX_BYTES = 4 * 1024 * 1024,
    CHANNELS_PACED = 64, /* of the last messages; older ones are paced by time alone */
    CHANNEL_SPACING_MS = 1000,
    TIMEOUT_MS = 15 * 1000,
    SETTLE_MS = 5 * 1000,
    REST_MS = 30 * 1000, /* after a 429 that does not say how long */
};

static const struct {
    const char *name;
    int per_minute;
    const char *http;
} methods[SLACK_METHOD_COUNT] = {
#define X(id, name, per_minute, http) {name, per_minute, http},
    SLACK_METHODS(X)
#undef X
};

static const struct {
    const char *word;
    enum slack_remedy remedy;
    enum error_code code;
    bool in_doubt;
    const char *sentence;
} problems[SLACK_PROBLEM_COUNT] = {
#define X(id, word, remedy, code, in_doubt, sentence)                                              \
    {word, SLACK_##remedy, ERROR_##code, in_doubt, sentence},
    SLACK_PROBLEMS(X)
#undef X
};

struct call {
    struct slack *slack;
    enum slack_method method;
    char *form;
    char channel[32]; /* of a message; "" otherwise */
    bool sent;
    slack_handler *done;
    void *context;
    struct call *next;
};

struct job {
    struct job *next, **at;
    struct arena arena;
    max_align_t memory[];
};

struct slack {
    struct loop *loop;
    struct http *http;
    struct rate rates[SLACK_METHOD_COUNT];
    struct {
        char id[32];
        int64_t next_at; /* monotonic */
    } channels[CHANNELS_PACED];
    struct call *calls, **end;
    struct job *jobs;
    uint64_t timer;
    int64_t settled_at;
    int pace;
};

/* ---- what came back ---- */

static enum slack_problem
problem_of_word(const char *word)
{
    for (int i = SLACK_PROBLEM_NONE + 1; *word && i < SLACK_PROBLEM_COUNT; i++)
        if (strcmp(problems[i].word, word) == 0)
            return (enum slack_problem)i;
    return SLACK_PROBLEM_UNKNOWN;
}

/* Nobody was there, or nobody who speaks for Slack: what became of the call is not known, unless it never left. */
static void
set_unreachable(const struct http_response *response, struct slack_answer *answer)
{
    const struct error *err = &response->error;
    answer->problem = SLACK_PROBLEM_UNREACHABLE;
    answer->remedy = SLACK_LATER;
    answer->error = *err;
    bool never_left =
        response->status == 0 &&
        (err->code == ERROR_TLS || (err->code == ERROR_NETWORK && !err->was_connected));
    bool refused = response->status >= 300 && response->status < 500;
    answer->in_doubt = !never_left && !refused;
}

static void
set_refused(const struct call *call, const struct http_response *response, struct arena *arena,
            const struct wire_document *document, struct slack_answer *answer)
{
    const char *word = wire_document_text(document, arena, "error");
    const char *needed = wire_document_text(document, arena, "needed");
    answer->problem = problem_of_word(word);
    answer->remedy = problems[answer->problem].remedy;
    answer->in_doubt = problems[answer->problem].in_doubt;
    error_set(&answer->error, problems[answer->problem].code, "Slack refused '%s': %s (%s%s%s)",
              methods[call->method].name, problems[answer->problem].sentence, word,
              *needed ? ": " : "", needed);
    answer->error.http_status = response->status;
    answer->error.retry_after_ms = response->error.retry_after_ms;
}

static void
read_answer(const struct call *call, const struct http_response *response, struct arena *arena,
            struct wire_document **document, struct slack_answer *answer)
{
    struct error err = {0};
    *answer = (struct slack_answer){0};
    bool is_document = response->body.len > 0 && wire_document_read(response->body, document, &err);
    const char *ok = is_document ? wire_document_text(*document, arena, "ok") : "";
    bool says_why = is_document && *wire_document_text(*document, arena, "error");
    if (response->status == 429) {
        answer->problem = SLACK_PROBLEM_RATELIMITED;
        answer->remedy = SLACK_LATER;
        error_set(&answer->error, ERROR_RATE_LIMITED, "Slack wants a pause of '%s'",
                  methods[call->method].name);
        answer->error.http_status = 429;
        answer->error.retry_after_ms =
            response->error.retry_after_ms ? response->error.retry_after_ms : REST_MS;
    } else if (strcmp(ok, "true") == 0 && response->status >= 200 && response->status < 300) {
        answer->document = *document;
    } else if (says_why && strcmp(ok, "false") == 0 && response->status < 500) {
        set_refused(call, response, arena, *document, answer);
        if (answer->problem == SLACK_PROBLEM_RATELIMITED && !answer->error.retry_after_ms)
            answer->error.retry_after_ms = REST_MS;
    } else {
        set_unreachable(response, answer);
        if (answer->error.code == ERROR_NONE) {
            error_set(&answer->error, ERROR_PROTOCOL,
                      "the answer to '%s' is none of Slack's: check its address",
                      methods[call->method].name);
            answer->in_doubt = true;
        }
    }
}

static void dispatch(void *context);

static void
dispatch_after(struct slack *slack, int64_t delay_ms)
{
    loop_cancel(slack->loop, slack->timer);
    slack->timer = loop_after(slack->loop, delay_ms, dispatch, slack);
}

static void
call_free(struct slack *slack, struct call *call)
{
    struct call **at = &slack->calls;
    while (*at != call)
        at = &(*at)->next;
    *at = call->next;
    if (!*at)
        slack->end = at;
    memory_free(call->form);
    memory_free(call);
}

static void
on_answer(void *context, const struct http_response *response)
{
    struct call *call = context;
    struct slack *slack = call->slack;
    struct arena arena = {0};
    struct wire_document *document = NULL;
    struct slack_answer answer;
    slack_handler *done = call->done;
    void *done_context = call->context;

    read_answer(call, response, &arena, &document, &answer);
    if (answer.problem == SLACK_PROBLEM_RATELIMITED)
        rate_block(&slack->rates[call->method], clock_monotonic_ms() + answer.error.retry_after_ms);
    call_free(slack, call);
    dispatch_after(slack, 0);
    done(done_context, &answer);
    wire_document_destroy(document);
    arena_finish(&arena);
}

/* ---- when a call may go ---- */

/* When the channel takes another message; of those not remembered the oldest place is reused. */
static int64_t *
channel_pace(struct slack *slack, const char *channel)
{
    size_t oldest = 0;
    for (size_t i = 0; i < CHANNELS_PACED; i++) {
        if (strcmp(slack->channels[i].id, channel) == 0)
            return &slack->channels[i].next_at;
        if (slack->channels[i].next_at < slack->channels[oldest].next_at)
            oldest = i;
    }
    memcpy(slack->channels[oldest].id, channel, strlen(channel) + 1);
    slack->channels[oldest].next_at = 0;
    return &slack->channels[oldest].next_at;
}

static int64_t
wait_ms_of(struct slack *slack, const struct call *call, int64_t now_ms)
{
    int64_t wait_ms = rate_wait_ms(&slack->rates[call->method], false, now_ms);
    if (*call->channel && *channel_pace(slack, call->channel) - now_ms > wait_ms)
        wait_ms = *channel_pace(slack, call->channel) - now_ms;
    bool looks = call->method == SLACK_CONVERSATIONS_HISTORY ||
                 call->method == SLACK_CONVERSATIONS_REPLIES ||
                 call->method == SLACK_CONVERSATIONS_LIST ||
                 call->method == SLACK_CONVERSATIONS_INFO;
    if (looks && slack->settled_at - now_ms > wait_ms)
        wait_ms = slack->settled_at - now_ms;
    return wait_ms;
}

static void
send_call(struct slack *slack, struct call *call, int64_t now_ms)
{
    static const char *const headers[] = {"Content-Type: application/x-www-form-urlencoded", NULL};
    const bool is_get = strcmp(methods[call->method].http, "GET") == 0;
    struct arena arena = {0};
    struct http_request request = {
        .target = arena_printf(&arena, "/%s%s%s", methods[call->method].name,
                               is_get && *call->form ? "?" : "", is_get ? call->form : ""),
        .urgency = HTTP_LIVE,
        .body_max_bytes = ANSWER_MAX_BYTES,
        .done = on_answer,
        .context = call,
    };
    if (!is_get) {
        request.method = "POST";
        request.headers = headers;
        request.body = slice_of(call->form);
    }
    rate_take(&slack->rates[call->method], now_ms);
    if (*call->channel)
        *channel_pace(slack, call->channel) = now_ms + CHANNEL_SPACING_MS / slack->pace;
    call->sent = true;
    http_ask(slack->http, &request);
    arena_finish(&arena);
}

static void
dispatch(void *context)
{
    struct slack *slack = context;
    int64_t now_ms = clock_monotonic_ms(), soonest_ms = 0;
    slack->timer = 0;
    for (struct call *call = slack->calls; call; call = call->next) {
        if (call->sent)
            continue;
        int64_t wait_ms = wait_ms_of(slack, call, now_ms);
        if (wait_ms <= 0)
            send_call(slack, call, now_ms);
        else if (!soonest_ms || wait_ms < soonest_ms)
            soonest_ms = wait_ms;
    }
    if (soonest_ms)
        dispatch_after(slack, soonest_ms);
}

/* ---- the client ---- */

bool
slack_open(struct slack **out, struct loop *loop, const struct slack_options *options,
           struct error *err)
{
    struct slack *slack = memory_alloc(sizeof(*slack));
    const struct http_options http = {
        .url = options->url,
        .token = options->token,
        .ca_file = options->ca_file,
        .proxy = options->proxy,
        .budget = 1,
        .timeout_ms = options->timeout_ms ? options->timeout_ms : TIMEOUT_MS,
    };
    int64_t now_ms = clock_monotonic_ms();
    *out = slack;
    slack->loop = loop;
    slack->end = &slack->calls;
    slack->pace = options->pace > 1 ? options->pace : 1;
    slack->settled_at = now_ms + (options->settle_ms ? options->settle_ms : SETTLE_MS);
    for (int i = 0; i < SLACK_METHOD_COUNT; i++)
        rate_init(&slack->rates[i], methods[i].per_minute * slack->pace, 1, now_ms);
    if (options->history_per_minute > 0) {
        const int per_minute = options->history_per_minute * slack->pace;
        rate_init(&slack->rates[SLACK_CONVERSATIONS_HISTORY], per_minute, 1, now_ms);
        rate_init(&slack->rates[SLACK_CONVERSATIONS_REPLIES], per_minute, 1, now_ms);
    }
    if (http_open(&slack->http, loop, &http, err))
        return true;
    slack_close(slack);
    *out = NULL;
    return error_wrap(err, "cannot reach Slack");
}

void
slack_close(struct slack *slack)
{
    if (!slack)
        return;
    http_close(slack->http);
    loop_cancel(slack->loop, slack->timer);
    while (slack->calls)
        call_free(slack, slack->calls);
    while (slack->jobs)
        slack_job_end(slack, slack->jobs->memory);
    memory_free(slack);
}

static char *
form_of(const struct slack_argument *arguments)
{
    struct arena arena = {0};
    struct str form;
    str_init(&form, 0);
    for (; arguments->name; arguments++)
        if (*arguments->value)
            str_printf(&form, "%s%s=%s", form.len ? "&" : "", arguments->name,
                       api_encode(arguments->value, &arena));
    char *body = memory_alloc(form.len + 1);
    memcpy(body, str_text(&form), form.len);
    str_finish(&form);
    arena_finish(&arena);
    return body;
}

static const char *
argument(const struct slack_argument *arguments, const char *name)
{
    for (; arguments->name; arguments++)
        if (strcmp(arguments->name, name) == 0)
            return arguments->value;
    return "";
}

void
slack_call(struct slack *slack, enum slack_method method, const struct slack_argument *arguments,
           slack_handler *done, void *context)
{
    struct call *call = memory_alloc(sizeof(*call));
    assert(method != SLACK_USERGROUPS_USERS_UPDATE || *argument(arguments, "users"));
    *call = (struct call){.slack = slack,
                          .method = method,
                          .form = form_of(arguments),
                          .done = done,
                          .context = context};
    if (method == SLACK_CHAT_POST_MESSAGE) {
        const char *channel = argument(arguments, "channel");
        size_t len = strlen(channel) < sizeof(call->channel) ? strlen(channel) : 0;
        memcpy(call->channel, channel, len);
    }
    *slack->end = call;
    slack->end = &call->next;
    dispatch_after(slack, 0);
}

size_t
slack_pending(const struct slack *slack)
{
    size_t count = 0;
    for (const struct call *call = slack->calls; call; call = call->next)
        count++;
    return count;
}

void *
slack_job(struct slack *slack, size_t size, struct arena **arena)
{
    struct job *job = memory_alloc(sizeof(*job) + size);
    job->next = slack->jobs;
    job->at = &slack->jobs;
    if (job->next)
        job->next->at = &job->next;
    slack->jobs = job;
    *arena = &job->arena;
    return job->memory;
}

void
slack_job_end(struct slack *slack, void *memory)
{
    struct job *job = (struct job *)((char *)memory - offsetof(struct job, memory));
    (void)slack;
    *job->at = job->next;
    if (job->next)
        job->next->at = job->at;
    arena_finish(&job->arena);
    memory_free(job);
}

const char *
slack_problem_word(enum slack_problem problem)
{
    return problems[problem].word;
}

const char *
slack_answer_text(const struct slack_answer *answer, const char *path, struct arena *arena)
{
    return answer->document ? wire_document_text(answer->document, arena, path) : "";
}

size_t
slack_answer_count(const struct slack_answer *answer, const char *path)
{
    return answer->document ? wire_document_count(answer->document, path) : 0;
}

void
slack_append_escaped(struct str *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            str_append(out, "&amp;");
        else if (*text == '<')
            str_append(out, "&lt;");
        else if (*text == '>')
            str_append(out, "&gt;");
        else
            str_append_char(out, *text);
    }
}
