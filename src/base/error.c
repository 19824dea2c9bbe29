#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

/* Control characters would reach the terminal with the message; a cut UTF-8 tail would garble it. */
static void
tidy(char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            text[i] = ' ';

    size_t tail = 0;
    while (tail < 3 && tail < len && ((unsigned char)text[len - 1 - tail] & 0xc0) == 0x80)
        tail++;
    if (tail < len) {
        unsigned char lead = (unsigned char)text[len - 1 - tail];
        size_t wanted = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
        if (tail < wanted)
            text[len - 1 - tail] = '\0';
    }
}

bool
error_set(struct error *err, enum error_code code, const char *format, ...)
{
    if (!err)
        return false;
    *err = (struct error){.code = code};

    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->message, sizeof err->message, format, args); /* a cut message is still one */
    va_end(args);
    tidy(err->message);
    return false;
}

bool
error_wrap(struct error *err, const char *format, ...)
{
    if (!err)
        return false;
    char cause[sizeof err->message];
    memcpy(cause, err->message, sizeof cause);

    va_list args;
    va_start(args, format);
    int used = vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    if (used >= 0 && (size_t)used < sizeof err->message)
        (void)snprintf(err->message + used, sizeof err->message - (size_t)used, ": %s", cause);
    tidy(err->message);
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
