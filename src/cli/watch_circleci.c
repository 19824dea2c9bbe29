#include <stdio.h>

#include "base/clock.h"
#include "cli/watch_run.h"
#include "watch/circleci_watch.h"

enum { LOOKS = 3 /* in a round, at pipelines that have ended */ };
#define TIMEOUT_MS (30 * SECOND_MS)

struct session {
    struct watch_run run;
    struct circleci_watch watch;
};

static void
on_trouble(void *context, const char *what, const struct error *why)
{
    struct error err = *why;
    error_wrap(&err, "%s", what);
    watch_run_say(context, &err);
}

/* ---- set-up ---- */

static bool
check_options(const struct profile *profile, struct error *err)
{
    if (!*profile->circleci_project)
        return error_set(err, ERROR_CONFIG,
                         "profile '%s' names no project: set circleci_project = \"gh/ORG/REPO\"",
                         profile->name);
    if (!circleci_project_is_one(profile->circleci_project))
        return error_set(err, ERROR_CONFIG,
                         "profile '%s': circleci_project '%s' is no project's slug, such as "
                         "gh/ORG/REPO",
                         profile->name, profile->circleci_project);
    if (!*profile->circleci_branch)
        return error_set(err, ERROR_CONFIG, "profile '%s': circleci_branch is empty",
                         profile->name);
    return true;
}

static bool
check_token(const struct watch_run *run, struct error *err)
{
    return run->token.len ||
           error_set(err, ERROR_CONFIG,
                     "profile '%s' has no CircleCI token: set TOCSIN_CIRCLECI_TOKEN, "
                     "circleci_token_command or circleci_token_file",
                     run->profile.name);
}

static bool
session_open(struct session *session, struct error *err)
{
    struct watch_run *run = &session->run;
    const struct profile *profile = &run->profile;
    const char *source;
    if (!check_options(profile, err) || !profile_alert_source(profile, &source, err) ||
        !alert_address_read(source, profile, &run->cli->arena, &run->address, err) ||
        !profile_circleci_token(profile, &run->token, err) || !check_token(run, err) ||
        !profile_alert_secret(profile, &run->secret, err))
        return false;
    session->watch = (struct circleci_watch){
        .access = {.profile = profile, .token = str_text(&run->token), .loop = run->loop},
        .dir = run->dir,
        .looks_max = LOOKS,
        .trouble = on_trouble,
        .context = run};
    return circleci_open(&session->watch.circleci, run->loop, profile, str_text(&run->token),
                         TIMEOUT_MS, err);
}

/* ---- a round ---- */

static bool
look(void *context, struct alert_spool *spool, struct error *err)
{
    struct session *session = context;
    return circleci_watch_round(&session->watch, spool, err);
}

static void
print(void *context, size_t sent, bool is_json, bool only_news)
{
    const struct circleci_watch *watch = &((struct session *)context)->watch;
    if (is_json)
        printf("{\"jobs\":%zu,\"firing\":%zu,\"resolved\":%zu,\"sent\":%zu}\n", watch->jobs,
               watch->fired, watch->resolved, sent);
    else if (!only_news || watch->jobs)
        printf("%zu jobs, %zu firing, %zu resolved, %zu sent\n", watch->jobs, watch->fired,
               watch->resolved, sent);
}

int
watch_circleci(struct cli *cli, const struct watch_arguments *arguments)
{
    struct session session = {.run = {.round = look, .print = print}};
    struct error err = {0};
    session.run.context = &session;
    const bool ok = watch_run_open(&session.run, cli, arguments, "pipelines", &err) &&
                    session_open(&session, &err);
    const int status = ok ? watch_run_loop(&session.run) : cli_fail(cli, &err);
    http_close(session.watch.circleci);
    watch_run_close(&session.run);
    return status;
}
