#pragma once

/* The expressions of hub.conf: all of them, as they run, and what jq says to them. */

#include "config/hub_file.h"
#include "expr/worker.h"

struct declared_program {
    const char *what; /* "attribute Severity", "source ci, attribute Severity", "route deploys" */
    int line;         /* of its section */
    const char *jq;   /* as written */
    const char *text; /* with the lookup tables that it names */
};

size_t declared_programs(const struct hub_file *file, struct arena *arena,
                         const struct declared_program **programs);

/*
 * Compiles them, in as few jobs as can be; adds what is wrong to the mistakes. Waits: for command lines and for the start.
 * False with the first of them in err.
 */
MUST_CHECK bool declared_programs_check(const struct hub_file *file, struct arena *arena,
                                        struct hub_mistakes *mistakes, struct error *err);

/*
 * The same from a loop: `done` is called once, later. The files and the arena must live until then. What `former` (NULL =
 * none) has too was compiled then: a reload costs what is new.
 */
void program_check_begin(const struct hub_file *file, const struct hub_file *former,
                         struct arena *arena, struct hub_mistakes *mistakes, struct worker *worker,
                         void (*done)(void *context), void *context);
