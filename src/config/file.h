#pragma once

/* Reading small files whole, and where a user's directories are (XDG base directory specification). */

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

/* Appends the file to `text`, whose maximum bounds it. ERROR_FILE, ERROR_NOT_FOUND. */
MUST_CHECK bool file_read(const char *path, struct str *text, struct error *err);

/* The same for a file that holds a secret: refused when it is not ours or others can read it. */
MUST_CHECK bool file_read_secret(const char *path, struct str *text, struct error *err);

/* All of it, safe on disk; false with errno set. */
MUST_CHECK bool file_write(int fd, struct slice text);

/*
 * Puts dir/name in place of what was there in one step, 0600, safe on disk: at each moment it is whole, the old one or the new.
 * ERROR_FILE. Nobody else may replace it at the same time.
 */
MUST_CHECK bool file_replace(const char *dir, const char *name, struct slice text,
                             struct error *err);

/* $VARIABLE when it is an absolute path, else $HOME/fallback. */
const char *directory_from_env(struct arena *arena, const char *variable, const char *fallback);

/* "~/x" to "$HOME/x"; other paths as they are. */
const char *path_expand_home(struct arena *arena, const char *path);

/* Makes path and what is missing above it, 0700 each. */
MUST_CHECK bool directory_make(const char *path, struct error *err);
