#pragma once

/*
 * The log: one line a message, RFC 3339 time first, to a file that rotates by size (FILE, FILE.1) or to standard
 * error. Text is cleaned and secrets are redacted (Authorization, Circle-Token, token=, xox?-, gh?_, github_pat_, sk-,
 * inc_) here, so no caller can forget it. Only who handles an error logs it.
 */

#include "base/error.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* path NULL = standard error. Called again, it replaces the target. Files are 0600. */
MUST_CHECK bool log_open(const char *path, enum log_level level, struct error *err);
void log_close(void);

/* 0 = never rotate. Default 4 MiB. */
void log_limit_bytes(long max_bytes);

void log_write(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);
void log_failure(enum log_level level, const struct error *err, const char *what);

/* Replaces what looks like a secret by "[redacted]", in place. */
void log_redact(char *text);
