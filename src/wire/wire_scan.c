#include "wire/wire_internal.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

static const char too_deep[] = "is nested too deeply";
static const char too_short[] = "ends too early";
static const char malformed[] = "is not valid JSON";

static bool
is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

struct slice
wire_scan_trim(struct slice text)
{
    while (text.len && is_space(*text.data)) {
        text.data++;
        text.len--;
    }
    while (text.len && is_space(text.data[text.len - 1]))
        text.len--;
    return text;
}

/*
 * Most of an answer is text in which nothing happens: eight bytes are looked at in one step. has_byte is exact, has_below
 * (for limits up to 0x80) says whether any byte is below the limit.
 */
#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

static uint64_t
word_at(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static bool
has_below(uint64_t word, unsigned char limit)
{
    return ((word - EACH_BYTE(limit)) & ~word & EACH_BYTE(0x80)) != 0;
}

static bool
has_byte(uint64_t word, unsigned char byte)
{
    return has_below(word ^ EACH_BYTE(byte), 1);
}

/* What may follow a backslash; at is behind it. The parser is lenient here, which would make two
 * readings of one text. */
static bool
is_escape(const char *at, const char *end)
{
    if (at == end || !strchr("\"\\/bfnrtu", *at))
        return false;
    if (*at != 'u')
        return true;
    if (end - at < 5)
        return false;
    for (int i = 1; i <= 4; i++)
        if (!isxdigit((unsigned char)at[i]))
            return false;
    return true;
}

/* From behind the opening quote to behind the closing one. */
static const char *
skip_string(struct wire_scan *scan, const char *at)
{
    while (at < scan->end) {
        if (scan->end - at >= 8) {
            uint64_t word = word_at(at);
            if (!has_byte(word, '"') && !has_byte(word, '\\')) {
                at += 8;
                continue;
            }
        }
        while (at < scan->end && *at != '"' && *at != '\\')
            at++;
        if (at == scan->end)
            break;
        if (*at++ == '"')
            return at;
        if (!is_escape(at, scan->end)) {
            scan->problem = at == scan->end ? too_short : malformed;
            return NULL;
        }
        at++;
    }
    scan->problem = too_short;
    return NULL;
}

/* From an opening bracket to behind the closing one. Brackets are counted, not matched: the parser
 * does that. */
static const char *
skip_container(struct wire_scan *scan, const char *at)
{
    int depth = 0;
    while (at < scan->end) {
        char c = *at++;
        if (c == '"') {
            at = skip_string(scan, at);
            if (!at)
                return NULL;
        } else if (c == '{' || c == '[') {
            if (scan->depth + ++depth > WIRE_DEPTH_MAX) {
                scan->problem = too_deep;
                return NULL;
            }
        } else if (c == '}' || c == ']') {
            if (--depth == 0)
                return at;
        }
    }
    scan->problem = too_short;
    return NULL;
}

static const char *
skip_value(struct wire_scan *scan, const char *at)
{
    if (*at == '{' || *at == '[')
        return skip_container(scan, at);
    if (*at == '"')
        return skip_string(scan, at + 1);
    const char *start = at;
    while (at < scan->end && !is_space(*at) && !strchr(",:]}[{\"", *at))
        at++;
    if (at == start)
        scan->problem = malformed;
    return at == start ? NULL : at;
}

static bool
skip_space(struct wire_scan *scan)
{
    while (scan->at < scan->end && is_space(*scan->at))
        scan->at++;
    if (scan->at == scan->end)
        scan->problem = too_short;
    return scan->at < scan->end;
}

static bool
take(struct wire_scan *scan, struct slice *value)
{
    if (!skip_space(scan))
        return false;
    const char *start = scan->at;
    const char *end = skip_value(scan, start);
    if (!end)
        return false;
    *value = (struct slice){start, (size_t)(end - start)};
    scan->at = end;
    return true;
}

bool
wire_scan_open(struct wire_scan *scan, struct slice text, int depth)
{
    *scan = (struct wire_scan){.at = text.data, .end = text.data + text.len, .depth = depth + 1};
    if (!skip_space(scan))
        return false;
    if (*scan->at != '{' && *scan->at != '[') {
        scan->problem = malformed;
        return false;
    }
    scan->is_object = *scan->at++ == '{';
    return true;
}

bool
wire_scan_next(struct wire_scan *scan, struct slice *key, struct slice *value)
{
    if (scan->problem || !skip_space(scan))
        return false;
    char close = scan->is_object ? '}' : ']';
    if (*scan->at == close && !scan->begun) {
        scan->at++;
        return false;
    }
    if (scan->begun) {
        char c = *scan->at++;
        if (c == close)
            return false;
        if (c != ',') {
            scan->problem = malformed;
            return false;
        }
    }
    scan->begun = true;
    *key = (struct slice){"", 0};
    if (scan->is_object) {
        if (!skip_space(scan))
            return false;
        if (*scan->at != '"') {
            scan->problem = malformed;
            return false;
        }
        if (!take(scan, key) || !skip_space(scan))
            return false;
        if (*scan->at++ != ':') {
            scan->problem = malformed;
            return false;
        }
        *key = (struct slice){key->data + 1, key->len - 2};
    }
    return take(scan, value);
}

const char *
wire_scan_problem(struct slice text)
{
    struct wire_scan scan = {.at = text.data, .end = text.data + text.len};
    struct slice value;
    if (!take(&scan, &value))
        return scan.problem;
    struct slice rest = {scan.at, (size_t)(scan.end - scan.at)};
    return wire_scan_trim(rest).len ? malformed : NULL;
}

static bool
is_ascii(struct slice text)
{
    uint64_t seen = 0;
    size_t i = 0;
    for (; i + 8 <= text.len; i += 8)
        seen |= word_at(text.data + i);
    for (; i < text.len; i++)
        seen |= (unsigned char)text.data[i];
    return (seen & EACH_BYTE(0x80)) == 0;
}

bool
wire_is_one_line(struct slice text)
{
    size_t i = 0;
    for (; i + 8 <= text.len; i += 8)
        if (has_below(word_at(text.data + i), 0x20))
            return false;
    for (; i < text.len; i++)
        if ((unsigned char)text.data[i] < 0x20)
            return false;
    return true;
}

bool
wire_check_text(struct slice *text, const char *what, struct arena *arena, struct error *err)
{
    struct slice trimmed = wire_scan_trim(*text);
    if (trimmed.len == 0)
        return error_set(err, ERROR_PROTOCOL, "%s is empty", what);
    if (memchr(text->data, '\0', text->len))
        return error_set(err, ERROR_PROTOCOL, "%s is not valid JSON: it holds a NUL byte", what);
    if (*trimmed.data == '<')
        return error_set(err, ERROR_PROTOCOL, "%s is HTML, not JSON", what);
    if (!is_ascii(*text) && !text_is_valid_utf8(text->data, text->len))
        *text = slice_of(text_repair_utf8(arena, text->data, text->len));
    return true;
}
