#include "base/json_text.h"

#include <string.h>

#include "base/str.h"

#define DEPTH_MAX 64
#define SHORT_MAX_BYTES 60

bool
json_is_likely(const char *text)
{
    const char *at = text + strspn(text, " \t\r\n");
    size_t len = strlen(at);
    while (len && strchr(" \t\r\n", at[len - 1]))
        len--;
    return len >= 2 && ((*at == '{' && at[len - 1] == '}') || (*at == '[' && at[len - 1] == ']'));
}

/* The end of the string that begins at `at`: behind its quote, or the text's end. */
static const char *
string_end(const char *at)
{
    for (at++; *at && *at != '"'; at++)
        if (*at == '\\' && at[1])
            at++;
    return *at ? at + 1 : at;
}

/* Bytes of the object or array at `at` written on one line, when it is short and holds no other; 0 = it does not. */
static size_t
short_len(const char *at)
{
    const char *from = at++;
    while (*at && *at != '}' && *at != ']') {
        if (*at == '{' || *at == '[' || at - from > SHORT_MAX_BYTES)
            return 0;
        at = *at == '"' ? string_end(at) : at + 1;
    }
    return *at && at - from <= SHORT_MAX_BYTES ? (size_t)(at - from) + 1 : 0;
}

static void
new_line(struct str *out, int depth)
{
    str_append_char(out, '\n');
    for (int i = 0; i < depth && i < DEPTH_MAX; i++)
        str_append(out, "  ");
}

/* Everything but white space, strings as they are; a blank behind each colon and comma. */
static void
put_short(struct str *out, const char *at, size_t len)
{
    const char *end = at + len;
    while (at < end) {
        const char *next = *at == '"' ? string_end(at) : at + 1;
        if (!strchr(" \t\r\n", *at))
            str_append_len(out, at, (size_t)(next - at));
        if (*at == ':' || *at == ',')
            str_append_char(out, ' ');
        at = next;
    }
}

const char *
json_set_out(struct arena *arena, const char *text, size_t max_bytes)
{
    struct str out;
    int depth = 0;
    str_init(&out, max_bytes);
    for (const char *at = text; *at && !out.overflowed;) {
        size_t len = *at == '{' || *at == '[' ? short_len(at) : 0;
        if (len) {
            put_short(&out, at, len);
            at += len;
            continue;
        }
        const char *next = *at == '"' ? string_end(at) : at + 1;
        switch (*at) {
        case ' ':
        case '\t':
        case '\r':
        case '\n':
            break;
        case '{':
        case '[':
            str_append_char(&out, *at);
            new_line(&out, ++depth);
            break;
        case '}':
        case ']':
            new_line(&out, depth > 0 ? --depth : 0);
            str_append_char(&out, *at);
            break;
        case ',':
            str_append_char(&out, ',');
            new_line(&out, depth);
            break;
        case ':':
            str_append(&out, ": ");
            break;
        default:
            str_append_len(&out, at, (size_t)(next - at));
        }
        at = next;
    }
    const char *result = out.overflowed ? arena_printf(arena, "%s\n...", str_text(&out))
                                        : arena_text_len(arena, str_text(&out), out.len);
    str_finish(&out);
    return result;
}
