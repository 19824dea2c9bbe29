#include "cli/demo_options.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define SPEED_MAX 1000

const struct demo_arguments demo_arguments_default = {.seed = 20, .speed = 1};

enum { KEY_SEED = 512, KEY_SPEED, KEY_HEADLESS, KEY_PORT, KEY_DATA };

static const struct argp_option argp_options[] = {
    {"seed", KEY_SEED, "N", 0,
     "another company's year: same seed and --now, same data (default 20)", 0},
    {"speed", KEY_SPEED, "X", 0,
     "how densely things happen; 1 = a change every 10 to 20 s, 0 = none", 0},
    {"headless", KEY_HEADLESS, 0, 0, "the hub only: its address and keys as one JSON line", 0},
    {"port", KEY_PORT, "P", 0, "port of the hub on 127.0.0.1 (default: any free one)", 0},
    {"data", KEY_DATA, "DIR", OPTION_HIDDEN, "directory made by the console", 0},
    {0},
};

static error_t
parse_option(int key, char *value, struct argp_state *state)
{
    struct demo_arguments *arguments = state->input;
    char *end = NULL;
    errno = 0;
    switch (key) {
    case KEY_SEED:
        arguments->seed = strtoull(value, &end, 10);
        if (end == value || *end || errno || *value == '-')
            argp_error(state, "--seed: expected a number, 0 or more, got '%s'", value);
        return 0;
    case KEY_SPEED:
        arguments->speed = strtod(value, &end);
        if (end == value || *end || !isfinite(arguments->speed) || arguments->speed < 0 ||
            arguments->speed > SPEED_MAX)
            argp_error(state, "--speed: expected a number from 0 to %d, got '%s'", SPEED_MAX,
                       value);
        return 0;
    case KEY_PORT: {
        long port = strtol(value, &end, 10);
        if (end == value || *end || errno || port < 0 || port > 65535)
            argp_error(state, "--port: expected a port, 0 to 65535, got '%s'", value);
        arguments->port = (int)port;
        return 0;
    }
    case KEY_HEADLESS:
        arguments->headless = true;
        return 0;
    case KEY_DATA:
        arguments->data_dir = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp demo_argp = {.options = argp_options, .parser = parse_option};
