#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/text.h"
#include "cli/command.h"
#include "remote/api.h"
#include "remote/circleci.h"
#include "remote/github.h"
#include "wire/wire.h"

/*
 * The network half of `tocsin doctor`: the server, the key, and GitHub where it is asked, judged, and the schedules that the
 * key can read, for the first run to choose from. Prints lines "ok|--|!! CHECK FINDING", which the other half shows beside its
 * own, or (--json) an array of {check, verdict, finding}.
 */

#define SKEW_MAX_MS MINUTE_MS
#define FINDING_MAX_BYTES 700

enum verdict { VERDICT_OK, VERDICT_NOTE, VERDICT_WRONG };

struct check {
    struct loop *loop;
    struct http *http;
    struct arena *arena;
    struct error error;
    bool json;
    int said;
};

static void say(struct check *check, enum verdict verdict, const char *what, const char *format,
                ...) PRINTF_LIKE(4, 5);

static void
say(struct check *check, enum verdict verdict, const char *what, const char *format, ...)
{
    static const char *const marks[] = {"ok", "--", "!!"};
    static const char *const names[] = {"ok", "note", "wrong"};
    char text[FINDING_MAX_BYTES];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args); /* a cut finding is still one */
    va_end(args);

    const char *clean = text_clean(check->arena, text, sizeof text);
    if (!check->json) {
        printf("%s %s %s\n", marks[verdict], what, clean);
        return;
    }
    struct str out;
    str_init(&out, 0);
    str_printf(&out,
               "%s{\"check\":\"%s\",\"verdict\":\"%s\",\"finding\":", check->said++ ? ",\n" : "[\n",
               what, names[verdict]);
    wire_append_string(&out, clean);
    printf("%s}", str_text(&out));
    str_finish(&out);
}

static void
say_wrong(struct check *check, const char *what, const struct error *err)
{
    say(check, VERDICT_WRONG, what, "%s%s%s", err->message, *err->request_id ? ", request id " : "",
        err->request_id);
}

/* A key that may not read them, or an answer that makes no sense, is no reason to refuse the rest: sync will say more. */
static void
on_schedules(void *context, const struct http_response *response)
{
    struct check *check = context;
    struct wire_page page = {0};
    struct error err = response->error;
    loop_stop(check->loop);
    if (err.code == ERROR_NONE &&
        wire_read_page(KIND_SCHEDULE, response->body, check->arena, &page, &err)) {
        const struct schedule *schedules = page.items;
        for (size_t i = 0; i < page.items_len; i++)
            say(check, VERDICT_OK, "schedule", "%s", schedules[i].name);
    } else {
        say(check, VERDICT_NOTE, "schedules", "cannot be listed: %s", err.message);
    }
}

static void
say_clock(struct check *check)
{
    bool known;
    int64_t skew_ms = http_clock_skew_ms(check->http, &known);
    if (known && (skew_ms > SKEW_MAX_MS || skew_ms < -SKEW_MAX_MS))
        say(check, VERDICT_WRONG, "clock",
            "%lld s %s the server's: ages are wrong; set this machine's clock",
            (long long)(skew_ms < 0 ? -skew_ms : skew_ms) / 1000,
            skew_ms < 0 ? "ahead of" : "behind");
    else if (known)
        say(check, VERDICT_OK, "clock", "agrees with the server's");
}

/* ["viewer","catalog_viewer"] as a person reads it. */
static const char *
words_of(const char *json, struct arena *arena)
{
    char *words = arena_alloc(arena, 2 * strlen(json) + 1);
    size_t len = 0;
    for (; *json; json++) {
        if (!strchr("[]\" ", *json))
            words[len++] = *json;
        if (*json == ',')
            words[len++] = ' ';
    }
    words[len] = '\0';
    return words;
}

static void
on_identity(void *context, const struct http_response *response)
{
    struct check *check = context;
    struct identity identity = {0};
    struct error *err = &check->error;
    *err = response->error;
    if (err->code == ERROR_NONE &&
        wire_read_identity(response->body, check->arena, &identity, err)) {
        const struct http_request request = {
            .target = api_list_target(KIND_SCHEDULE, "", "", "", check->arena),
            .urgency = HTTP_USER,
            .done = on_schedules,
            .context = check};
        say(check, VERDICT_OK, "server", "it answers");
        say(check, VERDICT_OK, "key", "'%s', roles %s", identity.name,
            words_of(identity.roles, check->arena));
        say_clock(check);
        http_ask(check->http, &request);
        return;
    }
    const bool is_of_key = err->code == ERROR_UNAUTHENTICATED || err->code == ERROR_FORBIDDEN;
    if (response->error.code == ERROR_NONE)
        error_wrap(err, "cannot read the answer to '%s'", API_IDENTITY_TARGET);
    if (is_of_key)
        say(check, VERDICT_OK, "server", "it answers");
    say_wrong(check, is_of_key ? "key" : "server", err);
    say_clock(check);
    loop_stop(check->loop);
}

/* ---- GitHub and CircleCI: additions; whatever is wrong with them, the console works ---- */

/* What it says of one question that costs little; the token is wiped. */
static void
ask_outside(struct check *check, const char *name, struct http *http,
            const struct http_request *request, struct str *token, const struct error *why)
{
    struct error err = *why;
    if (http) {
        http_ask(http, request);
        if (loop_run(check->loop, &err))
            err = (struct error){0};
    }
    if (err.code != ERROR_NONE)
        say(check, VERDICT_WRONG, name, "%s", err.message);
    http_close(http);
    if (token->data)
        explicit_bzero(token->data, token->cap);
    str_finish(token);
}

static void
on_github(void *context, const struct http_response *response)
{
    struct check *check = context;
    struct wire_document *document = NULL;
    struct error err = response->error;
    loop_stop(check->loop);
    if (err.code == ERROR_NONE && wire_document_read(response->body, &document, &err))
        say(check, VERDICT_OK, "github", "it takes the token; %s of %s requests are left this hour",
            wire_document_text(document, check->arena, "resources.core.remaining"),
            wire_document_text(document, check->arena, "resources.core.limit"));
    else
        say(check, VERDICT_WRONG, "github", "%s", err.message);
    wire_document_destroy(document);
}

static void
ask_github(struct check *check, const struct profile *profile)
{
    struct error err = {0};
    struct http *http = NULL;
    struct str token;
    str_init(&token, 4096);
    const struct http_request request = {.target = GITHUB_LIMIT_TARGET,
                                         .headers = github_headers,
                                         .urgency = HTTP_USER,
                                         .done = on_github,
                                         .context = check};
    if (profile_github_token(profile, &token, &err) && token.len &&
        !github_open(&http, check->loop, profile, str_text(&token), 0, &err))
        http = NULL;
    ask_outside(check, "github", http, &request, &token, &err);
}

static void
on_circleci(void *context, const struct http_response *response)
{
    struct check *check = context;
    struct circleci_pipeline *pipelines;
    const char *next;
    size_t len;
    struct error err = response->error;
    loop_stop(check->loop);
    const bool ok =
        err.code == ERROR_NONE &&
        circleci_read_pipelines(response->body, check->arena, &pipelines, &len, &next, &err);
    if (!ok)
        say(check, VERDICT_WRONG, "circleci", "%s", err.message);
    else if (!len)
        say(check, VERDICT_OK, "circleci", "it takes the token; the branch has no pipeline");
    else
        say(check, VERDICT_OK, "circleci", "it takes the token; the newest pipeline is %lld",
            (long long)pipelines[0].number);
}

static void
ask_circleci(struct check *check, const struct profile *profile)
{
    struct error err = {0};
    struct http *http = NULL;
    struct str token;
    const char *project = profile->circleci_project;
    if (!*project)
        return;
    str_init(&token, 4096);
    const struct http_request request = {
        .target = circleci_pipelines_target(project, profile->circleci_branch, "", check->arena),
        .urgency = HTTP_USER,
        .done = on_circleci,
        .context = check};
    if (!circleci_project_is_one(project))
        error_set(&err, ERROR_CONFIG,
                  "circleci_project '%s' is no project's slug, such as gh/ORG/REPO", project);
    else if (profile_circleci_token(profile, &token, &err) && token.len &&
             !circleci_open(&http, check->loop, profile, str_text(&token), 0, &err))
        http = NULL;
    ask_outside(check, "circleci", http, &request, &token, &err);
}

static bool
ask(struct check *check, const struct profile *profile, const char *token, struct error *err)
{
    const struct http_options options = {.url = profile->url,
                                         .token = token,
                                         .ca_file = profile->ca_file,
                                         .proxy = profile->proxy,
                                         .insecure = profile->insecure,
                                         .budget = 1};
    const struct http_request request = {
        .target = API_IDENTITY_TARGET, .urgency = HTTP_USER, .done = on_identity, .context = check};
    if (!http_open(&check->http, check->loop, &options, err))
        return false;
    http_ask(check->http, &request);
    return loop_run(check->loop, err);
}

int
cmd_sync_doctor(struct cli *cli, int argc, char **argv)
{
    const char *const *arguments;
    int status;
    if (!cli_parse(cli, NULL, NULL, argc, argv, &arguments, &status))
        return status;

    struct error err = {0};
    struct profile profile;
    struct check check = {.arena = &cli->arena, .json = cli->json};
    struct str token;
    str_init(&token, 4096);
    bool ok = cli_profile(cli, &profile, &err) && profile_token(&profile, &token, &err) &&
              loop_create(&check.loop, &err) && ask(&check, &profile, str_text(&token), &err);
    if (!ok)
        say_wrong(&check, "network", &err);
    else if (check.error.code == ERROR_NONE) {
        ask_github(&check, &profile);
        ask_circleci(&check, &profile);
    }
    if (check.json)
        puts("\n]");
    http_close(check.http);
    loop_destroy(check.loop);
    if (token.data)
        explicit_bzero(token.data, token.cap);
    str_finish(&token);
    return ok ? error_exit_status(check.error.code) : error_exit_status(err.code);
}
