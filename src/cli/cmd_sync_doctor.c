#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/loop.h"
#include "cli/command.h"
#include "remote/api.h"
#include "wire/wire.h"

/*
 * The network half of `tocsin doctor`: one request to the server, judged. Prints lines "ok|-|!! CHECK FINDING", which the
 * other half shows beside its own.
 */

#define SKEW_MAX_MS MINUTE_MS

struct check {
    struct loop *loop;
    struct http *http;
    struct arena *arena;
    struct error error;
};

static void
on_answer(void *context, const struct http_response *response)
{
    struct check *check = context;
    struct identity identity = {0};
    bool skew_known;
    int64_t skew_ms = http_clock_skew_ms(check->http, &skew_known);
    loop_stop(check->loop);
    check->error = response->error;
    if (check->error.code == ERROR_NONE &&
        wire_read_identity(response->body, check->arena, &identity, &check->error)) {
        printf("ok server it answers\nok key '%s', roles %s\n", identity.name, identity.roles);
    } else {
        const struct error *err = &check->error;
        const bool is_of_key = err->code == ERROR_UNAUTHENTICATED || err->code == ERROR_FORBIDDEN;
        if (response->error.code == ERROR_NONE)
            error_wrap(&check->error, "cannot read the answer to '%s'", API_IDENTITY_TARGET);
        if (is_of_key)
            puts("ok server it answers");
        printf("!! %s %s%s%s\n", is_of_key ? "key" : "server", err->message,
               *err->request_id ? ", request id " : "", err->request_id);
    }
    if (skew_known && (skew_ms > SKEW_MAX_MS || skew_ms < -SKEW_MAX_MS))
        printf("!! clock %lld s %s the server's: ages are wrong; set this machine's clock\n",
               (long long)(skew_ms < 0 ? -skew_ms : skew_ms) / 1000,
               skew_ms < 0 ? "ahead of" : "behind");
    else if (skew_known)
        puts("ok clock agrees with the server's");
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
        .target = API_IDENTITY_TARGET, .urgency = HTTP_USER, .done = on_answer, .context = check};
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
    struct check check = {.arena = &cli->arena};
    struct str token;
    str_init(&token, 4096);
    bool ok = cli_profile(cli, &profile, &err) && profile_token(&profile, &token, &err) &&
              loop_create(&check.loop, &err) && ask(&check, &profile, str_text(&token), &err);
    if (!ok)
        printf("!! network %s\n", err.message);
    http_close(check.http);
    loop_destroy(check.loop);
    if (token.data)
        explicit_bzero(token.data, token.cap);
    str_finish(&token);
    return ok ? error_exit_status(check.error.code) : error_exit_status(err.code);
}
