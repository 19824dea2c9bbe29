#include "ui/line_history.h"

#include <stdio.h>
#include <string.h>

void
line_history_add(struct line_history *history, const char *text)
{
    if (!text[strspn(text, " ")])
        return;
    size_t at = 0;
    while (at < history->len && strcmp(history->items[at], text) != 0)
        at++;
    char *item = at < history->len ? history->items[at] : NULL;
    if (!item) {
        size_t size = strlen(text) + 1;
        item = memory_alloc(size);
        memcpy(item, text, size);
        if (history->len == LINE_HISTORY_MAX)
            memory_free(history->items[--at]);
        else
            history->len++;
    }
    memmove(history->items + 1, history->items, at * sizeof *history->items);
    history->items[0] = item;
}

void
line_history_finish(struct line_history *history)
{
    for (size_t i = 0; i < history->len; i++)
        memory_free(history->items[i]);
    history->len = 0;
}

bool
line_history_step(const struct line_history *history, struct line_history_walk *walk, int direction,
                  struct line *line)
{
    if (direction > 0 ? walk->at >= history->len : walk->at == 0)
        return false;
    if (walk->at == 0)
        (void)snprintf(walk->typed, sizeof walk->typed, "%s", line->text); /* as large */
    walk->at += direction > 0 ? 1 : -1;
    line_set(line, walk->at ? history->items[walk->at - 1] : walk->typed);
    return true;
}
