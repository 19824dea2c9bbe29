#include "hub/placeholder.h"

#include <stdlib.h>
#include <string.h>

/* Takes the filter off the reference; other filters than truncate change nothing here: what is unset is empty anyway. */
static size_t
split_filter(char *reference)
{
    char *bar = strchr(reference, '|');
    size_t max_bytes = 0;
    if (bar) {
        const char *filter = bar + 1 + strspn(bar + 1, " ");
        if (strncmp(filter, "truncate:", 9) == 0)
            max_bytes = strtoul(filter + 9, NULL, 10);
        *bar = '\0';
    }
    for (size_t len = strlen(reference); len > 0 && reference[len - 1] == ' ';)
        reference[--len] = '\0';
    return max_bytes;
}

bool
placeholder_next(const char **text, struct arena *arena, struct placeholder *placeholder)
{
    const char *open = strstr(*text, "{{"), *close = open ? strstr(open, "}}") : NULL;
    if (!close)
        return false;
    placeholder->before = arena_text_len(arena, *text, (size_t)(open - *text));
    open += 2 + strspn(open + 2, " ");
    char *reference = arena_text_len(arena, open, close > open ? (size_t)(close - open) : 0);
    placeholder->max_bytes = split_filter(reference);
    placeholder->reference = reference;
    *text = close + 2;
    return true;
}

void
placeholder_append(const struct placeholder *placeholder, const char *value, struct str *out)
{
    size_t len = strlen(value);
    if (placeholder->max_bytes > 0 && placeholder->max_bytes < len)
        for (len = placeholder->max_bytes; len > 0 && ((unsigned char)value[len] & 0xc0) == 0x80;)
            len--;
    str_append_len(out, value, len);
}
