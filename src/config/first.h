#pragma once

/*
 * The first run: three answers become a configuration file. A draft of it lies beside the file it will be, so that
 * `tocsin-sync doctor --config DRAFT` can try what was answered before anything is kept. A file that is there is never
 * written over.
 */

#include "base/arena.h"
#include "base/error.h"

enum token_source {
    TOKEN_TYPED, /* the key itself: kept in a file of its own, mode 0600, beside the configuration */
    TOKEN_FILE,  /* a file that holds it */
    TOKEN_COMMAND, /* a command that prints it: words, separated by blanks */
};

struct first_answers {
    const char *url;
    enum token_source source;
    const char *token;            /* what `source` says */
    const char *me;               /* "" = not asked */
    const char *const *schedules; /* names, NULL-terminated; NULL or empty = all */
};

/*
 * Writes the draft: PATH.draft, and the typed key to key.draft beside it. An earlier draft is replaced. It has been read
 * back: what tocsin would not take is an error that names the option. path NULL = the user's own file.
 */
MUST_CHECK bool config_write_draft(const struct first_answers *answers, const char *path,
                                   struct arena *arena, const char **draft, struct error *err);

/* Writes the file, for good, and removes the draft. ERROR_FILE when one is there already, or a key of that name. */
MUST_CHECK bool config_write_first(const struct first_answers *answers, const char *path,
                                   struct arena *arena, const char **written, struct error *err);

/* The user thought better of it: no draft stays. */
void config_remove_draft(const char *path, struct arena *arena);
