#include <argp.h>
#include <string.h>

#include "base/clock.h"
#include "cli/watch.h"

#define EVERY_MIN_MS (5 * SECOND_MS)

static error_t
parse_option(int key, char *value, struct argp_state *state)
{
    struct watch_arguments *arguments = state->input;
    switch (key) {
    case OPTION_WATCH_ONCE:
        arguments->once = true;
        return 0;
    case OPTION_WATCH_EVERY:
        if (!span_from_text(value, &arguments->every_ms) || arguments->every_ms < EVERY_MIN_MS)
            argp_error(state, "--every: expected a span from 5s on, such as 1m, got '%s'", value);
        return 0;
    case OPTION_WATCH_STATE:
        if (!*value)
            argp_error(state, "--state: expected a directory, got nothing");
        arguments->state = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp watch_argp = {.options = options_watch, .parser = parse_option};

static const struct {
    const char *name;
    int (*run)(struct cli *cli, const struct watch_arguments *arguments);
} watched[] = {
    {"circleci", watch_circleci},
    {"slack", watch_slack},
};

int
cmd_watch(struct cli *cli, int argc, char **argv)
{
    struct watch_arguments arguments = {.every_ms = MINUTE_MS};
    const char *const *words;
    struct error err;
    int status;
    if (!cli_parse(cli, &watch_argp, &arguments, argc, argv, &words, &status))
        return status;
    for (size_t i = 0; words[0] && !words[1] && i < sizeof watched / sizeof *watched; i++)
        if (strcmp(words[0], watched[i].name) == 0)
            return watched[i].run(cli, &arguments);
    error_set(&err, ERROR_USAGE, "expected 'watch circleci' or 'watch slack'");
    return cli_fail(cli, &err);
}
