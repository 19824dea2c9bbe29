#pragma once

/*
 * Where in a libConfuse file its sections and options stand: libConfuse itself forgets the lines. On the way, what it would
 * do unseen is refused: reading on to the end where something is not closed, replacing ${NAME} by the environment, taking
 * the last of two.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct outline_option {
    const char *name;
    int line;
    char quote;           /* of its first value; '\0' = none, or a list */
    bool has_backslashes; /* "\\" in single quotes: read as one */
    struct outline_option *next;
};

struct outline_section {
    const char *name;
    const char *title; /* NULL = none */
    int line;
    struct outline_option *options;   /* in the file's order */
    struct outline_section *sections; /* in the file's order */
    struct outline_section *next, *parent;
    struct outline_option *last_option;
    struct outline_section *last_section;
};

/* NULL: *complaint and *line say what is wrong with the text. */
struct outline_section *outline_read(const char *text, struct arena *arena, const char **complaint,
                                     int *line);

/* The one of that name, NULL where there is none. */
const struct outline_option *outline_option_find(const struct outline_section *section,
                                                 const char *name);
/* The index-th of that name. */
const struct outline_section *outline_section_find(const struct outline_section *section,
                                                   const char *name, size_t index);
