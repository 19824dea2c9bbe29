#include "tests/support/upstream_equality.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "model/model.h"
#include "tests/support/program.h"

/* An object may change twice while we look: what lies between is in neither. Then we look again. */
enum { TRIES_MAX = 8 };

struct lines {
    char *text;
    char **items; /* sorted */
    size_t len;
};

static int
compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
has_line(const struct lines *lines, char *line)
{
    return bsearch(&line, lines->items, lines->len, sizeof *lines->items, compare_lines) != NULL;
}

static void
sync_once(const struct home *home)
{
    static const char *const once[] = {"sync", "--once", NULL};
    struct program synced;
    program_run(&synced, "tocsin-sync", once, home->env);
    program_expect_status(&synced, 0);
    program_finish(&synced);
}

/* Each line an object, without the comma that may follow it. */
static struct lines
list(const struct home *home, enum kind kind)
{
    const char *const arguments[] = {"list", kind_info(kind)->list, "--json", "--limit", "0", NULL};
    struct program listed;
    program_run(&listed, "tocsin", arguments, home->env);
    program_expect_status(&listed, 0);
    struct lines lines = {.text = memory_alloc(listed.out.len + 1)};
    memcpy(lines.text, str_text(&listed.out), listed.out.len + 1);
    program_finish(&listed);
    lines.items = memory_alloc((strlen(lines.text) / 2 + 1) * sizeof *lines.items);
    char *rest = lines.text;
    for (char *line; (line = strsep(&rest, "\n"));) {
        size_t len = strlen(line);
        if (len && line[len - 1] == ',')
            line[len - 1] = '\0';
        if (*line == '{')
            lines.items[lines.len++] = line;
    }
    qsort(lines.items, lines.len, sizeof *lines.items, compare_lines);
    return lines;
}

static void
free_lines(struct lines *lines)
{
    memory_free(lines->items);
    memory_free(lines->text);
}

/* What is wrong with `here`, in a buffer; false = nothing. */
static bool
differs(const struct home *here, const struct home *before, const struct home *after,
        enum kind kind, char *what, size_t size)
{
    struct lines ours = list(here, kind), first = list(before, kind), last = list(after, kind);
    bool wrong = false;
    for (size_t i = 0; i < ours.len && !wrong; i++)
        if (!has_line(&first, ours.items[i]) && !has_line(&last, ours.items[i])) {
            wrong = true;
            (void)snprintf(what, size, "%s: upstream never had this: %.400s", kind_info(kind)->list,
                           ours.items[i]);
        }
    for (size_t i = 0; i < first.len && !wrong; i++)
        if (has_line(&last, first.items[i]) && !has_line(&ours, first.items[i])) {
            wrong = true;
            (void)snprintf(what, size, "%s: the store lacks this: %.400s", kind_info(kind)->list,
                           first.items[i]);
        }
    free_lines(&ours);
    free_lines(&first);
    free_lines(&last);
    return wrong;
}

void
expect_store_equals_upstream(const struct home *home, const char *url, const char *key)
{
    char what[600] = "";
    bool wrong = true;
    for (int tries = 0; tries < TRIES_MAX && wrong; tries++) {
        struct home before, after;
        home_create(&before, url, key);
        home_create(&after, url, key);
        sync_once(&before);
        sync_once(home);
        sync_once(&after);
        wrong = false;
        for (int kind = 0; kind < KIND_COUNT && !wrong; kind++)
            wrong = differs(home, &before, &after, (enum kind)kind, what, sizeof what);
        home_destroy(&before);
        home_destroy(&after);
    }
    if (wrong)
        fail_msg("%s", what);
}
