#pragma once

/* What was typed before, newest first, each once: filters, commands, searches. */

#include <stddef.h>

#include "ui/line.h"

#define LINE_HISTORY_MAX 50

struct line_history {
    char *items[LINE_HISTORY_MAX];
    size_t len;
};

/* Text that is blank is not kept. */
void line_history_add(struct line_history *history, const char *text);
void line_history_finish(struct line_history *history);

/* A walk through it from a line: up to what is older, and back down to what was being typed. */
struct line_history_walk {
    size_t at; /* 0 = what is being typed, 1 = the newest */
    char typed[LINE_SIZE];
};
/* direction 1 = older. False at an end. */
bool line_history_step(const struct line_history *history, struct line_history_walk *walk,
                       int direction, struct line *line);
