#pragma once

/*
 * Tab in a line being typed: from candidate to candidate, each in place of what was typed at first, and what is typed next
 * ends it.
 */

#include "model/filter_complete.h"
#include "ui/line.h"

/* What can stand at the caret, in place of `len` bytes from `at`. */
struct completion {
    size_t at, len;
    const char *prefix; /* what is written of it */
    bool is_value;      /* of a filter: else a field's name is due */
    struct filter_candidate *candidates;
    size_t candidates_len;
};

struct tab {
    bool cycling;
    size_t chosen;
    char base[LINE_SIZE]; /* as it was typed */
    size_t base_caret;
};

/* The text and caret that candidates are for: what was typed, not what Tab put there. */
const char *tab_text(const struct tab *tab, const struct line *line);
size_t tab_caret(const struct tab *tab, const struct line *line);

/* Puts the next (1) or previous (-1) candidate into the line and gives its text; NULL: there is none, or no room. */
const char *tab_step(struct tab *tab, struct line *line, const struct completion *completion,
                     int direction);
