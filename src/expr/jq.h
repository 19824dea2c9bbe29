#pragma once

/* jq programs (libjq): for --jq on the command line. Its user wrote the expression, so it may read the environment. */

#include "base/error.h"
#include "base/str.h"

/*
 * Runs the program on one JSON document and appends each result as a line: strings raw, everything else as compact JSON.
 * ERROR_USAGE names what is wrong with the expression.
 */
MUST_CHECK bool jq_run(const char *program, const char *json, struct str *out, struct error *err);

/* "jq"; libjq tells no version */
const char *jq_library(void);
