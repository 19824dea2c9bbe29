#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

/* Twice what is kept: cut in the middle of a character here, at its start there. */
#define MESSAGE_MAX_BYTES (2 * sizeof((struct error *)0)->message)

struct error_row {
    int exit_status;
    bool retry;
    const char *phrase;
};

static const char *const upper_names[] = {
#define X(id, exit_status, retry, phrase) [ERROR_##id] = #id,
    ERROR_CODES(X)
#undef X
};

static const struct error_row rows[] = {
#define X(id, exit_status, retry, phrase) [ERROR_##id] = {exit_status, retry, phrase},
    ERROR_CODES(X)
#undef X
};

/* Takes a formatted message: what came from a server in it must not reach the terminal as it is. */
static void
store_message(struct error *err, const char *text)
{
    struct arena scratch = {0};
    const char *clean = text_clean(&scratch, text, sizeof err->message - 1);
    memcpy(err->message, clean, strlen(clean) + 1);
    arena_finish(&scratch);
}

/* The arguments may be parts of *err, so the text is complete before anything of it changes. */
bool
error_set(struct error *err, enum error_code code, const char *format, ...)
{
    if (!err)
        return false;
    char text[MESSAGE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args); /* a cut message is still one */
    va_end(args);
    *err = (struct error){.code = code};
    store_message(err, text);
    return false;
}

bool
error_wrap(struct error *err, const char *format, ...)
{
    if (!err)
        return false;
    char text[MESSAGE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    int used = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (used >= 0 && (size_t)used < sizeof text)
        (void)snprintf(text + used, sizeof text - (size_t)used, ": %s", err->message); /* may cut */
    store_message(err, text);
    return false;
}

const char *
error_name(enum error_code code)
{
    static char names[ERROR_CODE_COUNT][24];
    char *name = names[code];
    if (!name[0])
        for (size_t i = 0; upper_names[code][i]; i++) {
            char c = upper_names[code][i];
            name[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        }
    return name;
}

const char *
error_phrase(enum error_code code)
{
    return rows[code].phrase;
}

int
error_exit_status(enum error_code code)
{
    return rows[code].exit_status;
}

bool
error_is_retryable(enum error_code code)
{
    return rows[code].retry;
}

enum error_code
error_from_http_status(int status)
{
    switch (status) {
    case 401:
        return ERROR_UNAUTHENTICATED;
    case 403:
        return ERROR_FORBIDDEN;
    case 404:
        return ERROR_NOT_FOUND;
    case 405:
    case 406:
    case 501:
        return ERROR_UNSUPPORTED;
    case 408:
        return ERROR_TIMEOUT;
    case 409:
    case 412:
        return ERROR_CONFLICT;
    case 413:
        return ERROR_TOO_LARGE;
    case 429:
        return ERROR_RATE_LIMITED;
    default:
        return status >= 500 ? ERROR_UPSTREAM : ERROR_INVALID;
    }
}
