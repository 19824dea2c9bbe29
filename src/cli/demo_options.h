#pragma once

/* What both halves of `demo` understand: `tocsin demo` hands it on to `tocsin-hub demo`. */

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

struct demo_arguments {
    uint64_t seed;
    double speed;
    bool headless;
    int port;             /* 0 = any free one */
    const char *data_dir; /* NULL = a new one; else made by the console */
};

extern const struct demo_arguments demo_arguments_default;
extern const struct argp demo_argp; /* input: struct demo_arguments */
