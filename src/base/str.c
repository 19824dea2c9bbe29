#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

struct slice
slice_of(const char *text)
{
    return (struct slice){text, text ? strlen(text) : 0};
}

bool
slice_equals(struct slice slice, const char *text)
{
    return slice.len == strlen(text) &&
           (slice.len == 0 || memcmp(slice.data, text, slice.len) == 0);
}

void
str_init(struct str *str, size_t max_bytes)
{
    *str = (struct str){.max_bytes = max_bytes};
}

void
str_finish(struct str *str)
{
    if (!str)
        return;
    memory_free(str->data);
    *str = (struct str){0};
}

void
str_clear(struct str *str)
{
    str->len = 0;
    str->overflowed = false;
    if (str->data)
        str->data[0] = '\0';
}

const char *
str_text(const struct str *str)
{
    return str->data ? str->data : "";
}

struct slice
str_slice(const struct str *str)
{
    return (struct slice){str_text(str), str->len};
}

static bool
reserve(struct str *str, size_t more)
{
    if (str->overflowed)
        return false;
    if (str->max_bytes && more > str->max_bytes - str->len) {
        str->overflowed = true;
        return false;
    }
    size_t needed = str->len + more + 1;
    if (needed > str->cap) {
        size_t cap = str->cap ? str->cap : 64;
        while (cap < needed)
            cap *= 2;
        str->data = memory_resize(str->data, cap);
        str->cap = cap;
    }
    return true;
}

void
str_append_len(struct str *str, const char *data, size_t len)
{
    if (!reserve(str, len))
        return;
    if (len)
        memcpy(str->data + str->len, data, len);
    str->len += len;
    str->data[str->len] = '\0';
}

void
str_append(struct str *str, const char *text)
{
    str_append_len(str, text, strlen(text));
}

void
str_append_char(struct str *str, char c)
{
    str_append_len(str, &c, 1);
}

void
str_printf(struct str *str, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0 || !reserve(str, (size_t)len))
        return;

    va_start(args, format);
    (void)vsnprintf(str->data + str->len, (size_t)len + 1, format, args); /* measured just above */
    va_end(args);
    str->len += (size_t)len;
}

bool
text_is_empty(const char *text)
{
    return !text || !text[0];
}

bool
text_equals(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}
