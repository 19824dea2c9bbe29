/* Fills the tables into a source of the manual: from standard input to standard output. Used by make, never installed. */

#include <stdio.h>

#include "cli/docs.h"

int
main(void)
{
    struct error err = {0};
    struct str source, out;
    char block[4096];
    size_t got;
    str_init(&source, (size_t)1024 * 1024);
    str_init(&out, 0);
    while ((got = fread(block, 1, sizeof block, stdin)) > 0)
        str_append_len(&source, block, got);
    bool ok = docs_fill(str_text(&source), &out, &err);
    if (ok)
        fputs(str_text(&out), stdout);
    else
        fprintf(stderr, "tocsin-docs: %s\n", err.message);
    ok = ok && fflush(stdout) == 0;
    str_finish(&source);
    str_finish(&out);
    return ok ? 0 : 1;
}
