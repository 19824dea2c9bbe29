#pragma once

/* jq programs (libjq): for --jq on the command line. Its user wrote the expression, so it may read the environment. */

#include <stdio.h>

#include "base/error.h"

/*
 * Runs the program on one JSON document and prints each result on a line: strings raw when they are the result of
 * `--jq`, everything else as compact JSON. ERROR_USAGE names what is wrong with the expression.
 */
MUST_CHECK bool jq_print(const char *program, const char *json, FILE *out, struct error *err);

/* "jq 1.6" */
const char *jq_library(void);
