#pragma once

/*
 * The manual's tables. Its sources (data/man, scdoc) are prose with lines that name a table: "@commands@", "@command hub@",
 * "@options@", "@actions@", "@exit@", "@kinds@", "@settings@", "@keys@", "@themes@", "@roles@", "@version@".
 */

#include "base/error.h"
#include "base/str.h"

/* The source with the tables in their places. ERROR_USAGE for a table there is none of. */
MUST_CHECK bool docs_fill(const char *source, struct str *out, struct error *err);
