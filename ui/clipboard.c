#include "ui/clipboard.h"

#include <stdint.h>
#include <string.h>

#define HEAD "52;c;"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const char *
clipboard_osc(struct arena *arena, const char *text)
{
    size_t len = strlen(text);
    if (len == 0 || len > CLIPBOARD_MAX_BYTES)
        return NULL;
    char *body = arena_alloc(arena, sizeof HEAD + (len + 2) / 3 * 4);
    char *at = body + sizeof HEAD - 1;
    memcpy(body, HEAD, sizeof HEAD - 1);
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        uint32_t three = (uint32_t)(unsigned char)text[i] << 16;
        three |= left > 1 ? (uint32_t)(unsigned char)text[i + 1] << 8 : 0;
        three |= left > 2 ? (uint32_t)(unsigned char)text[i + 2] : 0;
        *at++ = digits[three >> 18];
        *at++ = digits[three >> 12 & 63];
        *at++ = '=';
        *at++ = '=';
        if (left > 1)
            at[-2] = digits[three >> 6 & 63];
        if (left > 2)
            at[-1] = digits[three & 63];
    }
    *at = '\0';
    return body;
}
