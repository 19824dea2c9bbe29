#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/alert.h"
#include "wire/wire.h"

enum { SECRET_MAX_BYTES = 4096, TITLE_SHOWN_BYTES = 120 };
#define OTHER_RUN_WAIT_MS INT64_C(60000)

void
alert_run_trouble(struct alert_run *run, const struct error *err)
{
    int status = cli_fail(run->cli, err);
    if (!run->status)
        run->status = status;
}

static bool
find_upstream(struct alert_run *run, struct error *err)
{
    const char *source = "";
    if (!cli_profile(run->cli, &run->profile, err))
        return false;
    if (run->profile.read_only)
        return error_set(err, ERROR_READ_ONLY, "profile '%s' is read-only: no event is sent",
                         run->profile.name);
    return profile_alert_source(&run->profile, &source, err) &&
           alert_address_read(source, &run->profile, &run->cli->arena, &run->address, err);
}

bool
alert_run_begin(struct alert_run *run, struct cli *cli, const struct alert_arguments *arguments)
{
    struct error err = {0};
    *run = (struct alert_run){.cli = cli, .arguments = arguments};
    signal(SIGPIPE, SIG_IGN);
    if (!find_upstream(run, &err)) {
        alert_run_trouble(run, &err);
        return false;
    }
    /* What cannot be remembered is sent all the same. */
    if (!alert_spool_open(&run->spool, arguments->state, run->address.text, OTHER_RUN_WAIT_MS,
                          &err))
        alert_run_trouble(run, &err);
    if (*alert_spool_notice(run->spool)) {
        error_set(&err, ERROR_FILE, "%s", alert_spool_notice(run->spool));
        alert_run_trouble(run, &err);
    }
    return true;
}

static const char *
title_of(const struct alert_event_out *event, struct arena *arena)
{
    struct wire_document *document;
    const char *title = "";
    if (wire_document_read(slice_of(event->body), &document, NULL)) {
        title = text_clean(arena, wire_document_text(document, arena, "title"), TITLE_SHOWN_BYTES);
        wire_document_destroy(document);
    }
    return title;
}

static void
on_trouble(void *context, const struct alert_event_out *event, bool left, const struct error *why)
{
    struct alert_run *run = context;
    struct error err = *why;
    error_wrap(&err, left ? "'%s' was left for later" : "'%s' was refused for good",
               title_of(event, &run->cli->arena));
    alert_run_trouble(run, &err);
}

static void
say_what_is_left(struct alert_run *run, struct error *err)
{
    size_t waiting = alert_spool_waiting(run->spool);
    bool is_one = waiting == 1;
    if (alert_spool_remembers(run->spool))
        error_wrap(err, "%zu %s in '%s' for the next run", waiting,
                   is_one ? "event waits" : "events wait", run->arguments->state);
    else
        error_wrap(err, "%zu %s lost, for there is no --state to keep %s", waiting,
                   is_one ? "event is" : "events are", is_one ? "it in" : "them in");
    alert_run_trouble(run, err);
}

static void
print_counts(const struct alert_run *run, const struct alert_delivery *delivery)
{
    size_t waiting = alert_spool_waiting(run->spool);
    if (run->cli->json)
        printf("{\"sent\":%zu,\"refused\":%zu,\"waiting\":%zu}\n", delivery->sent,
               delivery->refused, waiting);
    else if (!run->cli->quiet)
        printf("%zu sent, %zu refused, %zu waiting\n", delivery->sent, delivery->refused, waiting);
}

void
alert_run_deliver(struct alert_run *run, const struct alert_event_out *events, size_t events_len)
{
    struct error err = {0};
    struct str secret;
    struct alert_delivery delivery = {.address = &run->address,
                                      .profile = &run->profile,
                                      .patience_ms = run->arguments->patience_ms,
                                      .trouble = on_trouble,
                                      .context = run};
    if (!alert_spool_put(run->spool, events, events_len, &err))
        alert_run_trouble(run, &err);
    str_init(&secret, SECRET_MAX_BYTES);
    bool ok = profile_alert_secret(&run->profile, &secret, &err);
    delivery.secret = str_text(&secret);
    if (!(ok && alert_events_deliver(&delivery, run->spool, &err)))
        say_what_is_left(run, &err);
    if (secret.data)
        explicit_bzero(secret.data, secret.cap);
    str_finish(&secret);
    print_counts(run, &delivery);
}

int
alert_run_end(struct alert_run *run)
{
    alert_spool_close(run->spool);
    return run->arguments->strict ? run->status : 0;
}

void
alert_print(const struct alert_event_out *events, size_t events_len)
{
    printf("[");
    for (size_t i = 0; i < events_len; i++)
        printf("%s%s", i ? ",\n" : "\n", events[i].body);
    printf("%s]\n", events_len ? "\n" : "");
}
