#pragma once

/*
 * Slices and growing buffers. A buffer that outside data can fill has a maximum from the start; once it is reached
 * nothing more is added and `overflowed` stays set until str_clear.
 */

#include <stdbool.h>
#include <stddef.h>

/* Borrowed bytes, not NUL-terminated. */
struct slice {
    const char *data;
    size_t len;
};

struct slice slice_of(const char *text);
bool slice_equals(struct slice slice, const char *text);

struct str {
    char *data; /* NUL-terminated when not NULL */
    size_t len;
    size_t cap;
    size_t max_bytes; /* 0 = no limit: only for text of our own making */
    bool overflowed;
};

void str_init(struct str *str, size_t max_bytes);
void str_finish(struct str *str);
void str_clear(struct str *str);

/* Never NULL. */
const char *str_text(const struct str *str);
struct slice str_slice(const struct str *str);

void str_append(struct str *str, const char *text);
void str_append_len(struct str *str, const char *data, size_t len);
void str_append_char(struct str *str, char c);
void str_printf(struct str *str, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool text_is_empty(const char *text); /* NULL or "" */
bool text_equals(const char *a, const char *b);
