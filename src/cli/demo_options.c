#include "cli/demo_options.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "cli/options.h"

#define SPEED_MAX 1000

const struct demo_arguments demo_arguments_default = {.seed = 20, .speed = 1};

static error_t
parse_option(int key, char *value, struct argp_state *state)
{
    struct demo_arguments *arguments = state->input;
    char *end = NULL;
    errno = 0;
    switch (key) {
    case OPTION_SEED:
        arguments->seed = strtoull(value, &end, 10);
        if (end == value || *end || errno || *value == '-')
            argp_error(state, "--seed: expected a number, 0 or more, got '%s'", value);
        return 0;
    case OPTION_SPEED:
        arguments->speed = strtod(value, &end);
        if (end == value || *end || !isfinite(arguments->speed) || arguments->speed < 0 ||
            arguments->speed > SPEED_MAX)
            argp_error(state, "--speed: expected a number from 0 to %d, got '%s'", SPEED_MAX,
                       value);
        return 0;
    case OPTION_PORT: {
        long port = strtol(value, &end, 10);
        if (end == value || *end || errno || port < 0 || port > 65535)
            argp_error(state, "--port: expected a port, 0 to 65535, got '%s'", value);
        arguments->port = (int)port;
        return 0;
    }
    case OPTION_HEADLESS:
        arguments->headless = true;
        return 0;
    case OPTION_DEMO_DATA:
        arguments->data_dir = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp demo_argp = {.options = options_demo, .parser = parse_option};
