#include <argp.h>
#include <string.h>

#include "base/clock.h"
#include "cli/alert.h"

/* An empty one is a variable that is not set: events would be lost unseen. */
static const char *
not_empty(const struct argp_state *state, const char *expected, const char *value)
{
    if (!*value)
        argp_error(state, "%s, got nothing", expected);
    return value;
}

static error_t
parse_option(int key, char *value, struct argp_state *state)
{
    struct alert_arguments *arguments = state->input;
    switch (key) {
    case OPTION_ALERT_TITLE:
        arguments->title = value;
        return 0;
    case OPTION_ALERT_STATUS:
        if (strcmp(value, "firing") != 0 && strcmp(value, "resolved") != 0)
            argp_error(state, "--status: expected firing or resolved, got '%s'", value);
        arguments->status = value;
        return 0;
    case OPTION_ALERT_KEY:
        arguments->key = value;
        return 0;
    case OPTION_ALERT_DESCRIPTION:
        arguments->description = value;
        return 0;
    case OPTION_ALERT_SOURCE_URL:
        arguments->source_url = value;
        return 0;
    case OPTION_ALERT_METADATA:
        if (!strchr(value, '=') || *value == '=')
            argp_error(state, "--metadata: expected NAME=VALUE, got '%s'", value);
        arguments->metadata[arguments->metadata_len++] = value; /* as many as argv is long */
        return 0;
    case OPTION_ALERT_RUN_RESULTS:
        arguments->run_results = not_empty(state, "--run-results: expected a file", value);
        return 0;
    case OPTION_ALERT_MANIFEST:
        arguments->manifest = not_empty(state, "--manifest: expected a file", value);
        return 0;
    case OPTION_ALERT_SOURCES:
        arguments->sources = not_empty(state, "--sources: expected a file", value);
        return 0;
    case OPTION_ALERT_ENVIRONMENT:
        arguments->environment = value;
        return 0;
    case OPTION_ALERT_STATE:
        arguments->state = not_empty(state, "--state: expected a directory", value);
        return 0;
    case OPTION_ALERT_PATIENCE:
        if (!span_from_text(value, &arguments->patience_ms) || arguments->patience_ms <= 0)
            argp_error(state, "--patience: expected a span such as 30s or 2m, got '%s'", value);
        return 0;
    case OPTION_ALERT_STRICT:
        arguments->strict = true;
        return 0;
    case OPTION_ALERT_DRY_RUN:
        arguments->dry_run = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp alert_argp = {.options = options_alert, .parser = parse_option};

int
cmd_alert(struct cli *cli, int argc, char **argv)
{
    struct alert_arguments arguments = {
        .run_results = "", .manifest = "", .sources = "", .environment = "", .state = ""};
    const char *const *words;
    struct error err;
    int status;
    arguments.metadata = arena_new_array(&cli->arena, (size_t)argc, const char *);
    if (!cli_parse(cli, &alert_argp, &arguments, argc, argv, &words, &status))
        return status;
    if (words[0] && !words[1] && strcmp(words[0], "send") == 0)
        return alert_send(cli, &arguments);
    if (words[0] && !words[1] && strcmp(words[0], "dbt") == 0)
        return alert_dbt(cli, &arguments);
    error_set(&err, ERROR_USAGE, "expected 'alert send' or 'alert dbt'");
    return cli_fail(cli, &err);
}
