#include <stdio.h>

#include "base/clock.h"
#include "cli/alert.h"
#include "dbt/dbt.h"

/* Alert events from what dbt wrote, for a step of a pipeline that always runs. */

/* Results that were written long before this step are those of another run: dbt that crashes leaves the old files there. */
#define OLD_MS (6 * HOUR_MS)

static bool
is_firing(void *context, const char *key, int64_t at_ms)
{
    return alert_spool_is_firing(context, key, at_ms);
}

static void
say(struct alert_run *run, const struct error *err)
{
    if (err->code != ERROR_NONE)
        alert_run_trouble(run, err);
    else if (!run->cli->quiet)
        (void)cli_fail(run->cli, err); /* a note: it fails nothing */
}

static void
say_age(struct alert_run *run, const struct dbt_output *output)
{
    char age[AGE_SIZE];
    struct error note = {0};
    int64_t span_ms = clock_now_ms() - output->generated_at_ms;
    if (!output->generated_at_ms || span_ms < OLD_MS)
        return;
    error_set(&note, ERROR_NONE, "the results were written %s ago: are they of this run?",
              age_text(span_ms, age));
    say(run, &note);
}

static void
say_counts(const struct cli *cli, const struct dbt_output *output)
{
    if (cli->quiet || cli->json)
        return;
    (void)fprintf(stderr,
                  "dbt: %zu error, %zu fail, %zu warn, %zu skipped, %zu good, %zu other: "
                  "%zu firing, %zu resolved\n",
                  output->errors, output->fails, output->warnings, output->skipped, output->good,
                  output->other, output->firing, output->events_len - output->firing);
}

/* What can be said is said; what was amiss is told, and its status kept. */
static void
make_events(struct alert_run *run, const struct alert_arguments *arguments,
            struct dbt_output *output)
{
    struct error err = {0};
    bool remembers = run->spool && alert_spool_remembers(run->spool);
    const struct dbt_input input = {
        .run_results = arguments->run_results,
        .manifest = arguments->manifest,
        .sources = arguments->sources,
        .environment = arguments->environment,
        .is_firing = remembers ? is_firing : NULL,
        .context = run->spool,
    };
    bool ok = dbt_events(&input, &run->cli->arena, output, &err);
    if (!ok)
        alert_run_trouble(run, &err);
    for (size_t i = 0; i < output->notices_len; i++)
        say(run, &output->notices[i]);
    if (!ok)
        return;
    say_age(run, output);
    say_counts(run->cli, output);
}

int
alert_dbt(struct cli *cli, const struct alert_arguments *arguments)
{
    struct alert_run run = {.cli = cli, .arguments = arguments};
    struct dbt_output output;
    struct error err = {0};
    if (!*arguments->run_results && !*arguments->sources) {
        error_set(&err, ERROR_USAGE, "expected --run-results FILE, or --sources FILE");
        return cli_fail(cli, &err);
    }
    if (arguments->dry_run) {
        make_events(&run, arguments, &output);
        alert_print(output.events, output.events_len);
        return run.status;
    }
    /* What waited from earlier runs goes out even when this one left nothing to read. */
    if (alert_run_begin(&run, cli, arguments)) {
        make_events(&run, arguments, &output);
        alert_run_deliver(&run, output.events, output.events_len);
    }
    return alert_run_end(&run);
}
