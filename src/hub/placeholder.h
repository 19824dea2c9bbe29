#pragma once

/* Texts of templates with {{references}} in them, which may have a filter (facts 6.1): "{{alert.title | truncate: 80}}". */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

struct placeholder {
    const char *before; /* the plain text in front of it */
    const char *reference;
    size_t max_bytes; /* of its value; 0 = as long as it is */
};

/* The next one of *text, which then stands behind it. False when there is none: the rest is plain. */
bool placeholder_next(const char **text, struct arena *arena, struct placeholder *placeholder);

/* A value, cut where the placeholder says so, never within a character. */
void placeholder_append(const struct placeholder *placeholder, const char *value, struct str *out);
