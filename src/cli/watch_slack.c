#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "cli/watch.h"
#include "config/file.h"
#include "remote/alert_events.h"
#include "watch/slack_watch.h"

enum {
    SECRET_MAX_BYTES = 4096,
    RATE_MIN = 1,
    RATE_MAX = 50,
    LOOKS_SHARE = 3, /* of what Slack allows in a minute, that much is for open questions */
};
#define OTHER_RUN_WAIT_MS INT64_C(10000)
#define PATIENCE_MS (20 * SECOND_MS) /* then what could not be sent waits for the next round */
#define RETRY_MAX_MS (10 * MINUTE_MS)

struct session {
    struct cli *cli;
    const struct watch_arguments *arguments;
    struct profile profile;
    struct alert_address address;
    struct str token, secret;
    struct loop *loop;
    struct slack_watch watch;
    int failures, status; /* in a row; of the first thing that went wrong in a round */
    char said[600];       /* what was said last: not again each minute */
};

static void
wipe(struct str *secret)
{
    if (secret->data)
        explicit_bzero(secret->data, secret->cap);
    str_finish(secret);
}

/* Each trouble once, until all was well for a round. */
static void
say(struct session *session, const struct error *err)
{
    const int status = error_exit_status(err->code);
    if (!session->status)
        session->status = status;
    if (strstr(session->said, err->message))
        return;
    (void)snprintf(session->said, sizeof session->said, "%s", err->message);
    (void)cli_fail(session->cli, err);
}

static void
on_channel_trouble(void *context, const char *channel, const struct error *why)
{
    struct error err = *why;
    error_wrap(&err, "cannot read '%s'", channel);
    say(context, &err);
}

static void
on_event_trouble(void *context, const struct alert_event_out *event, bool left,
                 const struct error *why)
{
    struct error err = *why;
    error_wrap(&err, left ? "'%s' was left for later" : "'%s' was refused for good",
               event->deduplication_key);
    say(context, &err);
}

/* ---- set-up ---- */

static bool
check_options(const struct profile *profile, struct error *err)
{
    const char *group = profile->questions_group;
    if (profile->read_only)
        return error_set(err, ERROR_READ_ONLY, "profile '%s' is read-only: no event is sent",
                         profile->name);
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
find_state(struct session *session, struct error *err)
{
    struct paths paths;
    const char *dir = session->arguments->state;
    if (!dir) {
        if (!profile_paths(&session->profile, &session->cli->arena, &paths, err))
            return false;
        dir = arena_printf(&session->cli->arena, "%s/questions", paths.profile_dir);
    }
    session->watch.dir = dir;
    return directory_make(dir, err);
}

static bool
open_slack(struct session *session, struct error *err)
{
    const struct profile *profile = &session->profile;
    double rate = profile->slack_history_rate;
    rate = rate < RATE_MIN ? RATE_MIN : rate > RATE_MAX ? RATE_MAX : rate;
    const struct slack_options options = {.url = profile->slack_url,
                                          .token = str_text(&session->token),
                                          .ca_file = profile->ca_file,
                                          .proxy = profile->proxy,
                                          .settle_ms = 1, /* what is read was not sent by us */
                                          .history_per_minute = (int)rate};
    session->watch.group = profile->questions_group;
    session->watch.channels = profile->questions_channels;
    session->watch.answered_by = profile->questions_answered;
    session->watch.looks_max = rate > LOOKS_SHARE ? (int)rate / LOOKS_SHARE : 1;
    session->watch.trouble = on_channel_trouble;
    session->watch.context = session;
    if (!loop_create(&session->loop, err))
        return false;
    session->watch.loop = session->loop;
    return slack_open(&session->watch.slack, session->loop, &options, err);
}

static bool
session_open(struct session *session, struct error *err)
{
    str_init(&session->token, SECRET_MAX_BYTES);
    str_init(&session->secret, SECRET_MAX_BYTES);
    signal(SIGPIPE, SIG_IGN);
    return cli_profile(session->cli, &session->profile, err) &&
           check_options(&session->profile, err) &&
           alert_address_read(session->profile.questions_source, &session->profile,
                              &session->cli->arena, &session->address, err) &&
           profile_slack_token(&session->profile, &session->token, err) &&
           profile_questions_secret(&session->profile, &session->secret, err) &&
           find_state(session, err) && open_slack(session, err);
}

static void
session_close(struct session *session)
{
    slack_close(session->watch.slack);
    loop_destroy(session->loop);
    wipe(&session->token);
    wipe(&session->secret);
}

/* ---- a round ---- */

static bool
deliver(struct session *session, struct alert_spool *spool, size_t *sent, struct error *err)
{
    struct alert_delivery delivery = {.address = &session->address,
                                      .profile = &session->profile,
                                      .secret = str_text(&session->secret),
                                      .patience_ms = PATIENCE_MS,
                                      .trouble = on_event_trouble,
                                      .context = session};
    bool ok = alert_events_deliver(&delivery, spool, err);
    *sent = delivery.sent;
    return ok || error_wrap(err, "%zu events wait in '%s'", alert_spool_waiting(spool),
                            session->watch.dir);
}

/* What was found is sent even when Slack went away in the middle; what waits is sent even when it is not there. */
static bool
look(struct session *session, struct error *err)
{
    struct alert_spool *spool = NULL;
    size_t sent = 0;
    struct error later = {0};
    bool ok =
        alert_spool_open(&spool, session->watch.dir, session->address.text, OTHER_RUN_WAIT_MS, err);
    if (ok) {
        ok = slack_watch_round(&session->watch, spool, err);
        if (!deliver(session, spool, &sent, ok ? err : &later)) {
            if (!ok)
                say(session, &later);
            ok = false;
        }
    }
    if (ok && session->cli->json && session->arguments->once)
        printf("{\"asked\":%zu,\"answered\":%zu,\"sent\":%zu}\n", session->watch.asked,
               session->watch.answered, sent);
    else if (!session->cli->json && !session->cli->quiet &&
             (session->arguments->once || session->watch.asked || session->watch.answered))
        printf("%zu asked, %zu answered, %zu sent\n", session->watch.asked, session->watch.answered,
               sent);
    (void)fflush(stdout);
    alert_spool_close(spool);
    return ok;
}

static int64_t
wait_ms(const struct session *session, const struct error *err)
{
    int64_t wait_ms = session->arguments->every_ms;
    uint16_t random;
    for (int i = 1; i < session->failures && wait_ms < RETRY_MAX_MS; i++)
        wait_ms *= 2;
    if (wait_ms > RETRY_MAX_MS && session->failures > 1)
        wait_ms = RETRY_MAX_MS;
    if (err->retry_after_ms > wait_ms)
        wait_ms = err->retry_after_ms;
    digest_random(&random, sizeof random);
    return wait_ms + wait_ms * random / (10 * (int64_t)UINT16_MAX);
}

static void
stop(void *context)
{
    loop_stop(context);
}

/* A signal ends it, whenever it comes: what is remembered is whole at each moment. */
static int
watch(struct session *session)
{
    for (;;) {
        struct error err = {0};
        session->status = 0;
        const bool ok = look(session, &err);
        session->failures = ok ? 0 : session->failures + 1;
        if (!ok)
            say(session, &err);
        if (session->arguments->once)
            return session->status;
        if (!session->status)
            session->said[0] = '\0';
        if (err.code == ERROR_CONFIG || err.code == ERROR_UNAUTHENTICATED)
            return session->status;
        (void)loop_after(session->loop, wait_ms(session, &err), stop, session->loop);
        if (!loop_run(session->loop, &err))
            return cli_fail(session->cli, &err);
    }
}

int
watch_slack(struct cli *cli, const struct watch_arguments *arguments)
{
    struct session session = {.cli = cli, .arguments = arguments};
    struct error err = {0};
    int status = session_open(&session, &err) ? watch(&session) : cli_fail(cli, &err);
    session_close(&session);
    return status;
}
