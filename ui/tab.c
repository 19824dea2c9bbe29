#include "ui/tab.h"

#include <stdio.h>
#include <string.h>

const char *
tab_text(const struct tab *tab, const struct line *line)
{
    return tab->cycling ? tab->base : line->text;
}

size_t
tab_caret(const struct tab *tab, const struct line *line)
{
    return tab->cycling ? tab->base_caret : line->caret;
}

const char *
tab_step(struct tab *tab, struct line *line, const struct completion *completion, int direction)
{
    size_t len = completion->candidates_len;
    if (len == 0)
        return NULL;
    if (tab->cycling) {
        tab->chosen = (tab->chosen + len + (size_t)direction) % len;
    } else {
        memcpy(tab->base, line->text, line->len + 1);
        tab->base_caret = line->caret;
        tab->chosen = direction > 0 ? 0 : len - 1;
    }
    const char *text = completion->candidates[tab->chosen].text;
    const char *rest = tab->base + completion->at + completion->len;
    size_t text_len = strlen(text), rest_len = strlen(rest);
    if (completion->at + text_len + rest_len >= LINE_SIZE)
        return NULL;
    memcpy(line->text, tab->base, completion->at);
    memcpy(line->text + completion->at, text, text_len);
    memcpy(line->text + completion->at + text_len, rest, rest_len + 1);
    line->caret = completion->at + text_len;
    line->len = line->caret + rest_len;
    tab->cycling = len > 1; /* of one only, the next Tab goes on behind it */
    return text;
}
