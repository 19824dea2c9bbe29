#pragma once

/* What can stand where in a command line, from the tables: for the completions of all shells. */

#include "cli/command.h"

struct word {
    const char *text, *note; /* note: one line that says what it is; "" = nothing */
};

struct words {
    struct word *items;
    size_t len;
};

/* Positions behind a command's name: each of the first ones, and all that follow. */
enum { POSITION_FIRST, POSITION_SECOND, POSITION_REST, POSITION_COUNT };

/*
 * What may stand there, by the command's usage. *filter_from: fields of the kind that stands at the first position may
 * stand there as well.
 */
struct words completion_words(const struct command *command, int position, bool *filters,
                              struct arena *arena);

struct words completion_commands(struct arena *arena);

/* The fields of a filter, with "=" behind each. */
struct words completion_fields(enum kind kind, struct arena *arena);

/* What an option's argument may be; none for most. "FILE" and "DIR" are the shell's, "NAME" is found when it is asked for. */
struct words completion_option_words(const struct argp_option *option, struct arena *arena);
