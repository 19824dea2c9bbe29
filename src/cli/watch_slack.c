#include <stdio.h>
#include <string.h>

#include "cli/watch_run.h"
#include "watch/slack_watch.h"

enum {
    LOOKS_SHARE = 3, /* of what Slack allows in a minute, that much is for open questions */
};

struct session {
    struct watch_run run;
    struct slack_watch watch;
};

static void
on_channel_trouble(void *context, const char *channel, const struct error *why)
{
    struct error err = *why;
    error_wrap(&err, "cannot read '%s'", channel);
    watch_run_say(context, &err);
}

/* ---- set-up ---- */

static bool
check_options(const struct profile *profile, struct error *err)
{
    const char *group = profile->questions_group;
    if (!*profile->questions_channels)
        return error_set(err, ERROR_CONFIG,
                         "profile '%s' names no channel: set questions_channels = {\"C…\"}",
                         profile->name);
    if (!*group || group[strspn(group, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")] || *group != 'S')
        return error_set(err, ERROR_CONFIG,
                         "profile '%s': questions_group '%s' is no user group's id, which begins "
                         "with S",
                         profile->name, group);
    if (!*profile->questions_source)
        return error_set(err, ERROR_CONFIG,
                         "profile '%s' does not say where questions go: set questions_source to "
                         "an alert source",
                         profile->name);
    return true;
}

static bool
open_slack(struct session *session, struct error *err)
{
    struct watch_run *run = &session->run;
    const struct profile *profile = &run->profile;
    const int rate = profile_slack_history_rate(profile);
    const struct slack_options options = {.url = profile->slack_url,
                                          .token = str_text(&run->token),
                                          .ca_file = profile->ca_file,
                                          .proxy = profile->proxy,
                                          .settle_ms = 1, /* what is read was not sent by us */
                                          .history_per_minute = rate};
    session->watch = (struct slack_watch){.loop = run->loop,
                                          .group = profile->questions_group,
                                          .channels = profile->questions_channels,
                                          .answered_by = profile->questions_answered,
                                          .dir = run->dir,
                                          .looks_max = rate > LOOKS_SHARE ? rate / LOOKS_SHARE : 1,
                                          .trouble = on_channel_trouble,
                                          .context = run};
    return slack_open(&session->watch.slack, run->loop, &options, err);
}

static bool
check_token(const struct watch_run *run, struct error *err)
{
    return run->token.len || error_set(err, ERROR_CONFIG,
                                       "profile '%s' has no Slack token: set TOCSIN_SLACK_TOKEN, "
                                       "slack_token_command or slack_token_file",
                                       run->profile.name);
}

static bool
session_open(struct session *session, struct error *err)
{
    struct watch_run *run = &session->run;
    const struct profile *profile = &run->profile;
    return check_options(profile, err) &&
           alert_address_read(profile->questions_source, profile, &run->cli->arena, &run->address,
                              err) &&
           profile_slack_token(profile, &run->token, err) && check_token(run, err) &&
           profile_questions_secret(profile, &run->secret, err) && open_slack(session, err);
}

/* ---- a round ---- */

static bool
look(void *context, struct alert_spool *spool, struct error *err)
{
    struct session *session = context;
    return slack_watch_round(&session->watch, spool, err);
}

static void
print(void *context, size_t sent, bool is_json, bool only_news)
{
    const struct slack_watch *watch = &((struct session *)context)->watch;
    if (is_json)
        printf("{\"asked\":%zu,\"answered\":%zu,\"sent\":%zu}\n", watch->asked, watch->answered,
               sent);
    else if (!only_news || watch->asked || watch->answered)
        printf("%zu asked, %zu answered, %zu sent\n", watch->asked, watch->answered, sent);
}

int
watch_slack(struct cli *cli, const struct watch_arguments *arguments)
{
    struct session session = {.run = {.round = look, .print = print}};
    struct error err = {0};
    session.run.context = &session;
    const bool ok = watch_run_open(&session.run, cli, arguments, "questions", &err) &&
                    session_open(&session, &err);
    const int status = ok ? watch_run_loop(&session.run) : cli_fail(cli, &err);
    slack_close(session.watch.slack);
    watch_run_close(&session.run);
    return status;
}
