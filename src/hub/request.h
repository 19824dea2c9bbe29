#pragma once

/*
 * The target of an HTTP request, taken apart: path segments and parameters, percent-decoded and checked. Filters come as
 * field[operator]=value or field[key][operator]=value with %5B and %5D or bare brackets; a repeated one is a list.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum {
    REQUEST_TARGET_MAX_BYTES = 16 * 1024,
    REQUEST_BODY_MAX_BYTES = 1024 * 1024,
    REQUEST_SEGMENTS_MAX = 8,
    REQUEST_PARAMETERS_MAX = 512,
};

struct parameter {
    const char *name;     /* "status", "attributes", "page_size" */
    const char *key;      /* "" unless name[key][operator] */
    const char *operator; /* "" for a plain parameter */
    const char *value;
};

struct request {
    struct arena arena; /* of the whole exchange */
    const char *target; /* as sent, cut at the maximum */
    const char *segments[REQUEST_SEGMENTS_MAX];
    size_t segments_len;
    const struct parameter *parameters;
    size_t parameters_len;
    int status;          /* 0 = well-formed, else 400, 414 or 422 */
    const char *problem; /* why it is not; a sentence */
};

void request_read(struct request *request, const char *target);

/* The value of a plain parameter, "" when it is missing or empty. */
const char *request_parameter(const struct request *request, const char *name);
