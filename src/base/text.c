#include "base/text.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
#include <wchar.h>

#include "base/str.h"

#define REPLACEMENT 0xfffd
/* On one base character: what a curses cell holds; more is only ever an attack. */
#define MARKS_MAX 4
#define TAB_COLS 4
#define ESC 0x1b

static bool
is_plain(char c)
{
    return (unsigned char)c >= 0x20 && (unsigned char)c < 0x7f;
}

/* One character of at most `len` bytes (-1: up to the NUL). False: the first byte is not part of valid UTF-8. */
static bool
decode(const char *text, ptrdiff_t len, int32_t *c, size_t *used)
{
    utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text, len, c);
    *used = size > 0 ? (size_t)size : 1;
    if (size > 0)
        return true;
    *c = REPLACEMENT;
    return false;
}

/* As wcwidth says; where the locale knows nothing beyond ASCII, as Unicode's table says. -1 = cannot be shown. */
static int
char_cols(int32_t c)
{
    int cols = wcwidth((wchar_t)c);
    if (cols < 0 && MB_CUR_MAX == 1 && c >= 0xa0)
        cols = utf8proc_category(c) == UTF8PROC_CATEGORY_CN ? -1 : utf8proc_charwidth(c);
    return cols;
}

/* ---- cleaning ---- */

struct reader {
    const char *at, *end;
    const char
        *terminator; /* the next BEL or ST at or after `at`, once it was looked for; `end` = none */
};

/* Finds where an OSC, DCS, SOS, PM or APC string ends. Looked for once per terminator, so cost stays linear. */
static const char *
string_end(struct reader *reader)
{
    if (!reader->terminator || reader->terminator < reader->at) {
        const char *at = reader->at;
        while (at < reader->end && *at != '\a' &&
               !(*at == ESC && at + 1 < reader->end && at[1] == '\\') &&
               !(*at == '\xc2' && at + 1 < reader->end && at[1] == '\x9c'))
            at++;
        reader->terminator = at;
    }
    return reader->terminator;
}

static void
skip_range(struct reader *reader, char from, char to)
{
    while (reader->at < reader->end && *reader->at >= from && *reader->at <= to)
        reader->at++;
}

/*
 * `at` is behind an introducer; `kind` says which, as the character that follows ESC. Skips what a terminal would take
 * as the sequence. A string that never ends loses its introducer only: the rest of the text stays readable.
 */
static void
skip_sequence(struct reader *reader, char kind)
{
    switch (kind) {
    case '[':
        skip_range(reader, 0x30, 0x3f);
        skip_range(reader, 0x20, 0x2f);
        if (reader->at < reader->end && *reader->at >= 0x40 && *reader->at <= 0x7e)
            reader->at++;
        break;
    case ']':
    case 'P':
    case 'X':
    case '^':
    case '_': {
        const char *end = string_end(reader);
        if (end < reader->end)
            reader->at = end + (*end == '\a' ? 1 : 2);
        break;
    }
    default:
        break;
    }
}

static void
skip_escape(struct reader *reader)
{
    skip_range(reader, 0x20, 0x2f); /* "ESC ( B" */
    if (reader->at == reader->end || *reader->at < 0x30 || *reader->at > 0x7e)
        return;
    char kind = *reader->at++;
    skip_sequence(reader, kind);
}

/* What a terminal takes as C1, as the character that follows ESC in the seven-bit form. */
static char
c1_kind(int32_t c)
{
    return c >= 0x80 && c <= 0x9f ? (char)(c - 0x40) : '\0';
}

/* The next character that is not part of an escape sequence. */
static bool
next_char(struct reader *reader, int32_t *c)
{
    while (reader->at < reader->end) {
        size_t used;
        (void)decode(reader->at, reader->end - reader->at, c, &used); /* invalid: U+FFFD */
        reader->at += used;
        if (*c == ESC)
            skip_escape(reader);
        else if (*c == 0x85 || !c1_kind(*c))
            return true;
        else
            skip_sequence(reader, c1_kind(*c));
    }
    return false;
}

enum fate { KEEP, DROP, SPACE, BREAK };

/*
 * Characters that are dropped although their category does not say so: they are invisible, select a glyph, or make
 * terminals disagree about the width of what stands before them (variation selectors, keycaps, skin tones).
 */
static bool
is_modifier(int32_t c)
{
    return (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef) ||
           (c >= 0x180b && c <= 0x180f) || (c >= 0x1f3fb && c <= 0x1f3ff) || c == 0x034f ||
           c == 0x115f || c == 0x1160 || c == 0x17b4 || c == 0x17b5 || c == 0x20e3 || c == 0x3164 ||
           c == 0xffa0;
}

static enum fate
fate_of(int32_t c)
{
    if (c < 0x7f) {
        if (c > 0x20)
            return KEEP;
        if (c == '\n')
            return BREAK;
        return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r' ? SPACE : DROP;
    }
    if (c == 0x85)
        return BREAK;
    if (is_modifier(c))
        return DROP;
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF: /* bidi controls, zero-width characters, soft hyphen, tags */
        return DROP;
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return BREAK;
    case UTF8PROC_CATEGORY_ZS:
        return SPACE;
    default:
        return KEEP;
    }
}

static bool
is_pictograph(int32_t c)
{
    return c > 0xa0 &&
           utf8proc_get_property(c)->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

/* Flags are pairs of these; terminals disagree about them, the country's letters read everywhere. */
static int32_t
without_flag(int32_t c)
{
    return c >= 0x1f1e6 && c <= 0x1f1ff ? 'A' + (c - 0x1f1e6) : c;
}

struct cleaned {
    int32_t *chars;
    size_t len, cap;
    size_t spaces; /* seen but not written: they count only when something follows */
    size_t marks;  /* on the last character */
    int32_t
        base; /* the last character that takes columns; 0 at the start of a line and after a space */
    bool joined; /* a joiner followed it: the next pictograph is part of its cluster */
    bool needs_nfc;
    bool lines;
};

static void
put(struct cleaned *out, int32_t c)
{
    if (out->len < out->cap)
        out->chars[out->len++] = c;
}

static void
put_spaces(struct cleaned *out)
{
    bool at_start = out->len == 0 || out->chars[out->len - 1] == '\n';
    size_t spaces = out->lines ? out->spaces : out->spaces && !at_start ? 1 : 0;
    for (size_t i = 0; i < spaces; i++)
        put(out, ' ');
    out->spaces = 0;
}

static void
put_visible(struct cleaned *out, int32_t c)
{
    bool continues = out->joined && is_pictograph(out->base) && is_pictograph(c);
    out->joined = false;
    if (continues)
        return;

    int cols = char_cols(c);
    if (cols < 0) {
        c = REPLACEMENT;
        cols = 1;
    }
    if (cols == 0) {
        /* A mark without a base would land on whatever is to the left of the cell. */
        if (!out->base || out->spaces || out->marks++ >= MARKS_MAX)
            return;
    } else {
        put_spaces(out);
        out->base = c;
        out->marks = 0;
    }
    out->needs_nfc |= c >= 0x300;
    put(out, c);
}

static void
put_char(struct cleaned *out, int32_t c)
{
    switch (fate_of(c)) {
    case KEEP:
        put_visible(out, without_flag(c));
        break;
    case DROP:
        out->joined |= c == 0x200d;
        break;
    case BREAK:
        if (out->lines) {
            if (out->len)
                put(out, '\n');
            out->spaces = 0;
            out->base = 0;
            break;
        }
        out->spaces++;
        break;
    case SPACE:
        out->spaces += c == '\t' ? TAB_COLS : 1;
        break;
    }
}

static size_t
encode(const int32_t *chars, size_t len, char *out, size_t max_bytes)
{
    size_t used = 0;
    for (size_t i = 0; i < len; i++) {
        utf8proc_uint8_t bytes[4];
        size_t size = (size_t)utf8proc_encode_char(chars[i], bytes);
        if (size > max_bytes - used)
            break;
        memcpy(out + used, bytes, size);
        used += size;
    }
    return used;
}

/* NFC of chars. Marks are few by now, which keeps the library's reordering (quadratic in a run of them) cheap. */
static void
compose(struct cleaned *text)
{
    size_t bytes_len = 0;
    char *bytes = memory_alloc(text->len * 4);
    bytes_len = encode(text->chars, text->len, bytes, text->len * 4);

    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    utf8proc_ssize_t cap =
        (utf8proc_ssize_t)text->len * 4; /* the longest decomposition has four characters */
    int32_t *chars = memory_alloc((size_t)cap * sizeof *chars);
    utf8proc_ssize_t len = utf8proc_decompose((const utf8proc_uint8_t *)bytes,
                                              (utf8proc_ssize_t)bytes_len, chars, cap, options);
    if (len >= 0 && len <= cap)
        len = utf8proc_normalize_utf32(chars, len, options);
    memory_free(bytes);
    if (len < 0 || len > cap) { /* cannot be: the bytes are valid; as they came is still clean */
        memory_free(chars);
        return;
    }
    memory_free(text->chars);
    text->chars = chars;
    text->len = (size_t)len;
}

/* Clean as it stands: printable ASCII with single spaces inside. Nearly everything is, and every cell asks. */
static bool
is_clean_ascii(const char *text, size_t max_bytes, bool lines, size_t *len)
{
    size_t i = 0;
    char before = lines ? '\n' : ' ';
    for (; text[i]; before = text[i++]) {
        if (!is_plain(text[i]) && !(lines && text[i] == '\n' && before != ' ' && i > 0))
            return false;
        if (text[i] == ' ' && before == ' ' && !lines)
            return false;
    }
    *len = i;
    return i <= max_bytes && (i == 0 || (before != ' ' && before != '\n'));
}

static const char *
clean(struct arena *arena, const char *text, size_t max_bytes, bool lines)
{
    size_t len;
    if (!text)
        return "";
    if (is_clean_ascii(text, max_bytes, lines, &len))
        return arena_text_len(arena, text, len);

    len = strlen(text);
    struct reader reader = {.at = text, .end = text + len};
    struct cleaned out = {.lines = lines};
    out.cap = len < max_bytes ? len * (lines ? TAB_COLS : 1) : max_bytes;
    out.chars = memory_alloc(out.cap * sizeof *out.chars);

    int32_t c;
    while (out.len < out.cap && next_char(&reader, &c)) {
        if (c == '\r' && lines) {
            if (reader.at < reader.end && *reader.at == '\n')
                continue;
            c = '\n';
        }
        put_char(&out, c);
    }
    if (out.needs_nfc)
        compose(&out);

    char *result = arena_alloc(arena, (out.len * 4 < max_bytes ? out.len * 4 : max_bytes) + 1);
    size_t used = encode(out.chars, out.len, result, max_bytes);
    while (used && (result[used - 1] == ' ' || result[used - 1] == '\n'))
        used--;
    result[used] = '\0';
    memory_free(out.chars);
    return result;
}

const char *
text_clean(struct arena *arena, const char *text, size_t max_bytes)
{
    return clean(arena, text, max_bytes, false);
}

const char *
text_clean_lines(struct arena *arena, const char *text, size_t max_bytes)
{
    return clean(arena, text, max_bytes, true);
}

/* ---- measuring and breaking clean text ---- */

/* The grapheme at text (not at its end): bytes, and columns it takes. */
static size_t
grapheme(const char *text, int *cols)
{
    if (is_plain(text[0]) && (unsigned char)text[1] < 0x80) {
        *cols = 1;
        return 1;
    }
    int32_t c, next, state = 0;
    size_t len, used;
    (void)decode(text, -1, &c, &len);
    *cols = char_cols(c);
    while (text[len]) {
        (void)decode(text + len, -1, &next, &used);
        if (utf8proc_grapheme_break_stateful(c, next, &state))
            break;
        int more = char_cols(next);
        *cols += more > 0 ? more : 0;
        c = next;
        len += used;
    }
    if (*cols < 0)
        *cols = 0;
    return len;
}

int
text_width_cols(const char *text)
{
    int width = 0, cols;
    for (const char *at = text; *at; at += grapheme(at, &cols), width += cols)
        ;
    return width;
}

const char *
text_cut(struct arena *arena, const char *text, int cols)
{
    if (cols <= 0)
        return "";
    const char *at = text, *cut = text;
    int width = 0, cut_width = 0, more;
    while (*at) {
        size_t len = grapheme(at, &more);
        if (width + more > cols) {
            size_t kept = (size_t)(cut - text);
            char *result = arena_alloc(arena, kept + (size_t)(cols - cut_width) + 1);
            memcpy(result, text, kept);
            memset(result + kept, ' ', (size_t)(cols - cut_width - 1));
            result[kept + (size_t)(cols - cut_width - 1)] = '~';
            return result;
        }
        at += len;
        width += more;
        if (width < cols) {
            cut = at;
            cut_width = width;
        }
    }
    return text;
}

const char *
text_skip(const char *text, int from_cols)
{
    int cols;
    while (*text && from_cols > 0) {
        text += grapheme(text, &cols);
        from_cols -= cols;
    }
    return text;
}

/* The next line of at most `cols` columns; moves *at behind it. False at the end. */
static bool
next_line(const char **at, int cols, struct slice *line)
{
    const char *start = *at, *p = start, *space = NULL;
    if (!*p)
        return false;

    int used = 0, more;
    size_t len;
    for (; *p && *p != '\n'; p += len, used += more) {
        len = grapheme(p, &more);
        if (*p == ' ' && p > start && p[-1] != ' ')
            space = p;
        if (used + more > cols)
            break;
    }
    const char *end = p;
    if (*p && *p != '\n') {
        if (space)
            end = space;
        else if (p == start)
            end = p + len; /* wider than the line: shown alone rather than never */
    }
    p = end;
    while (*p == ' ')
        p++;
    if (*p == '\n')
        p++;
    while (end > start && end[-1] == ' ')
        end--;
    *line = (struct slice){start, (size_t)(end - start)};
    *at = p;
    return true;
}

size_t
text_wrap(struct arena *arena, const char *text, int cols, const char *const **lines)
{
    size_t count = 0;
    struct slice line;
    for (const char *at = text; next_line(&at, cols, &line);)
        count++;

    const char **wrapped = arena_new_array(arena, count + 1, const char *);
    const char *at = text;
    for (size_t i = 0; i < count && next_line(&at, cols, &line); i++)
        wrapped[i] = arena_text_len(arena, line.data, line.len);
    *lines = wrapped;
    return count;
}

/* ---- encoding, comparison ---- */

bool
text_is_valid_utf8(const char *data, size_t len)
{
    for (size_t i = 0, used; i < len; i += used) {
        int32_t c;
        used = 1;
        if ((unsigned char)data[i] >= 0x80 && !decode(data + i, (ptrdiff_t)(len - i), &c, &used))
            return false;
    }
    return true;
}

const char *
text_repair_utf8(struct arena *arena, const char *data, size_t len)
{
    size_t bad = 0;
    int32_t c;
    for (size_t i = 0, used; i < len; i += used)
        bad += !decode(data + i, (ptrdiff_t)(len - i), &c, &used) || c == 0;

    char *result = arena_alloc(arena, len + bad * 2 + 1);
    size_t out = 0;
    for (size_t i = 0, used; i < len; i += used) {
        (void)decode(data + i, (ptrdiff_t)(len - i), &c, &used); /* invalid: U+FFFD */
        out += (size_t)utf8proc_encode_char(c ? c : REPLACEMENT, (utf8proc_uint8_t *)result + out);
    }
    return result;
}

const char *
text_upper(struct arena *arena, const char *text)
{
    const size_t len = strlen(text);
    char *upper = arena_alloc(arena, len * 4 + 1);
    size_t out = 0;
    for (size_t i = 0, used; i < len; i += used) {
        int32_t c;
        (void)decode(text + i, (ptrdiff_t)(len - i), &c, &used); /* invalid: U+FFFD */
        out += (size_t)utf8proc_encode_char(utf8proc_toupper(c), (utf8proc_uint8_t *)upper + out);
    }
    upper[out] = '\0';
    return upper;
}

const char *
text_fold(struct arena *arena, const char *text)
{
    size_t len = 0;
    for (; text[len] && (unsigned char)text[len] < 0x80; len++)
        ;
    bool ascii = !text[len];
    len += strlen(text + len);

    /* One character folds to at most three ("ﬃ"), of at most three bytes each where it is more than one. */
    char *folded = arena_alloc(arena, (ascii ? len : len * 9) + 1);
    if (ascii) {
        for (size_t i = 0; i < len; i++)
            folded[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a' : text[i]);
        return folded;
    }
    size_t out = 0;
    for (size_t i = 0, used; i < len; i += used) {
        int32_t c, chars[4];
        int boundclass = 0;
        (void)decode(text + i, (ptrdiff_t)(len - i), &c, &used); /* invalid: U+FFFD */
        utf8proc_ssize_t count =
            utf8proc_decompose_char(c, chars, 4, UTF8PROC_CASEFOLD, &boundclass);
        for (utf8proc_ssize_t k = 0; k < count && k < 4; k++)
            out += (size_t)utf8proc_encode_char(chars[k], (utf8proc_uint8_t *)folded + out);
    }
    folded[out] = '\0';
    return folded;
}

/* Letters that Unicode does not take apart. */
static const char *
latin_of(utf8proc_int32_t c)
{
    switch (c) {
    case 0xE6:
        return "ae";
    case 0x111:
        return "d";
    case 0x131:
        return "i";
    case 0x142:
        return "l";
    case 0xF8:
        return "o";
    case 0x153:
        return "oe";
    default:
        return "";
    }
}

const char *
text_slug(struct arena *arena, const char *text, size_t max_bytes)
{
    enum { DECOMPOSED_MAX = 32 };
    const utf8proc_option_t options =
        UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK;
    char *slug = arena_alloc(arena, max_bytes + 4);
    size_t len = 0, last_hyphen = 0;
    bool between = false, cut = false;
    while (*text && !cut) {
        utf8proc_int32_t c, parts[DECOMPOSED_MAX];
        size_t size;
        int boundclass = 0;
        (void)decode(text, -1, &c, &size); /* what cannot be read is no letter */
        utf8proc_ssize_t count =
            utf8proc_decompose_char(c, parts, DECOMPOSED_MAX, options, &boundclass);
        bool any = false;
        for (utf8proc_ssize_t i = 0; i < count && i < DECOMPOSED_MAX; i++) {
            char plain[2] = {parts[i] < 0x80 ? (char)parts[i] : '\0', '\0'};
            const char *letters = parts[i] < 0x80 ? plain : latin_of(parts[i]);
            for (; *letters; letters++) {
                if (!((*letters >= 'a' && *letters <= 'z') || (*letters >= '0' && *letters <= '9')))
                    continue;
                any = true;
                cut = cut || len + (between && len) + 1 > max_bytes;
                if (cut)
                    break;
                if (between && len) {
                    last_hyphen = len;
                    slug[len++] = '-';
                }
                between = false;
                slug[len++] = *letters;
            }
        }
        between = between || (!any && count > 0);
        text += size;
    }
    if (cut && !between && last_hyphen)
        len = last_hyphen;
    slug[len] = '\0';
    return slug;
}

bool
text_has_word(const char *text)
{
    size_t used;
    for (; *text; text += used) {
        int32_t c;
        if (!decode(text, -1, &c, &used))
            continue;
        utf8proc_category_t category = utf8proc_category(c);
        if ((category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
            (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO))
            return true;
    }
    return false;
}

#define NAME_MAX_BYTES 64

int
text_distance(const char *a, const char *b)
{
    size_t a_len = strlen(a), b_len = strlen(b);
    if (a_len > NAME_MAX_BYTES || b_len > NAME_MAX_BYTES)
        return (int)(a_len > b_len ? a_len : b_len);

    int row[NAME_MAX_BYTES + 1];
    for (size_t j = 0; j <= b_len; j++)
        row[j] = (int)j;
    for (size_t i = 1; i <= a_len; i++) {
        int diagonal = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= b_len; j++) {
            int best = diagonal + (a[i - 1] != b[j - 1]);
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[b_len];
}

const char *
text_library(void)
{
    static char name[40];
    (void)snprintf(name, sizeof name, "utf8proc %s", utf8proc_version()); /* short */
    return name;
}

static bool
locale_was_chosen(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return true;
    }
    return false;
}

bool
text_use_locale(void)
{
    /* Only this category: a decimal comma would reach numbers in files. */
    if (!setlocale(LC_CTYPE, "") || !locale_was_chosen())
        (void)setlocale(LC_CTYPE, "C.UTF-8"); /* a system without it stays with "C" */
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}
