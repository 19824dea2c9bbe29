#include "cli/watch_run.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "config/file.h"

enum { SECRET_MAX_BYTES = 4096 };
#define OTHER_RUN_WAIT_MS (10 * SECOND_MS)
#define PATIENCE_MS (20 * SECOND_MS) /* then what could not be sent waits for the next round */
#define RETRY_MAX_MS (10 * MINUTE_MS)

static void
wipe(struct str *secret)
{
    if (secret->data)
        explicit_bzero(secret->data, secret->cap);
    str_finish(secret);
}

void
watch_run_say(struct watch_run *run, const struct error *err)
{
    const int status = error_exit_status(err->code);
    if (!run->status)
        run->status = status;
    if (strstr(run->said, err->message))
        return;
    (void)snprintf(run->said, sizeof run->said, "%s", err->message);
    (void)cli_fail(run->cli, err);
}

static void
on_event_trouble(void *context, const struct alert_event_out *event, bool left,
                 const struct error *why)
{
    struct error err = *why;
    error_wrap(&err, left ? "'%s' was left for later" : "'%s' was refused for good",
               event->deduplication_key);
    watch_run_say(context, &err);
}

/* ---- set-up ---- */

static bool
find_state(struct watch_run *run, const char *name, struct error *err)
{
    struct paths paths;
    run->dir = run->arguments->state;
    if (!run->dir) {
        if (!profile_paths(&run->profile, &run->cli->arena, &paths, err))
            return false;
        run->dir = arena_printf(&run->cli->arena, "%s/%s", paths.profile_dir, name);
    }
    return directory_make(run->dir, err);
}

bool
watch_run_open(struct watch_run *run, struct cli *cli, const struct watch_arguments *arguments,
               const char *name, struct error *err)
{
    run->cli = cli;
    run->arguments = arguments;
    str_init(&run->token, SECRET_MAX_BYTES);
    str_init(&run->secret, SECRET_MAX_BYTES);
    signal(SIGPIPE, SIG_IGN);
    if (!cli_profile(cli, &run->profile, err))
        return false;
    if (run->profile.read_only)
        return error_set(err, ERROR_READ_ONLY, "profile '%s' is read-only: no event is sent",
                         run->profile.name);
    return find_state(run, name, err) && loop_create(&run->loop, err);
}

void
watch_run_close(struct watch_run *run)
{
    loop_destroy(run->loop);
    wipe(&run->token);
    wipe(&run->secret);
}

/* ---- a round ---- */

static bool
deliver(struct watch_run *run, struct alert_spool *spool, size_t *sent, struct error *err)
{
    struct alert_delivery delivery = {.address = &run->address,
                                      .profile = &run->profile,
                                      .secret = str_text(&run->secret),
                                      .patience_ms = PATIENCE_MS,
                                      .trouble = on_event_trouble,
                                      .context = run};
    bool ok = alert_events_deliver(&delivery, spool, err);
    *sent = delivery.sent;
    return ok || error_wrap(err, "%zu events wait in '%s'", alert_spool_waiting(spool), run->dir);
}

/* What was found is sent even when the service went away in the middle; what waits is sent even when it is not there. */
static bool
look(struct watch_run *run, struct error *err)
{
    struct alert_spool *spool = NULL;
    const struct cli *cli = run->cli;
    size_t sent = 0;
    struct error later = {0};
    bool ok = alert_spool_open(&spool, run->dir, run->address.text, OTHER_RUN_WAIT_MS, err);
    if (ok) {
        ok = run->round(run->context, spool, err);
        if (!deliver(run, spool, &sent, ok ? err : &later)) {
            if (!ok)
                watch_run_say(run, &later);
            ok = false;
        }
    }
    if (cli->json ? ok && run->arguments->once : !cli->quiet && (ok || sent))
        run->print(run->context, sent, cli->json, !run->arguments->once);
    (void)fflush(stdout);
    alert_spool_close(spool);
    return ok;
}

static int64_t
wait_ms(const struct watch_run *run, const struct error *err)
{
    int64_t wait_ms = run->arguments->every_ms;
    uint16_t random;
    for (int i = 1; i < run->failures && wait_ms < RETRY_MAX_MS; i++)
        wait_ms *= 2;
    if (wait_ms > RETRY_MAX_MS && run->failures > 1)
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
int
watch_run_loop(struct watch_run *run)
{
    for (;;) {
        struct error err = {0};
        run->status = 0;
        const bool ok = look(run, &err);
        run->failures = ok ? 0 : run->failures + 1;
        if (!ok)
            watch_run_say(run, &err);
        if (run->arguments->once)
            return run->status;
        if (!run->status)
            run->said[0] = '\0';
        if (err.code == ERROR_CONFIG || err.code == ERROR_UNAUTHENTICATED)
            return run->status;
        (void)loop_after(run->loop, wait_ms(run, &err), stop, run->loop);
        if (!loop_run(run->loop, &err))
            return cli_fail(run->cli, &err);
    }
}
