#include "ui/markdown.h"

#include <ctype.h>
#include <string.h>

#include "base/json_text.h"
#include "base/text.h"

#define TEXT_MAX_BYTES 32768
#define NESTED_MAX 4
#define INDENT_MAX 12
#define MARK_REACH_BYTES 1000 /* how far behind an opening mark its end is looked for */

/* Text without its marks, and a role for each byte of it. Never longer than what it was made of. */
struct styled {
    char *text;
    uint8_t *roles;
    size_t len;
};

static void
add(struct styled *out, const char *text, size_t len, enum role role)
{
    memcpy(out->text + out->len, text, len);
    memset(out->roles + out->len, (int)role, len);
    out->len += len;
}

static bool
is_word(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* ---- marks inside of a line: each returns behind what it took, or NULL when it is no such mark ---- */

static void put_inline(struct styled *out, const char *at, const char *end, enum role role,
                       int nested);

static const char *
find(const char *at, const char *end, const char *what)
{
    size_t len = strlen(what);
    for (; at + len <= end; at++)
        if (memcmp(at, what, len) == 0)
            return at;
    return NULL;
}

static const char *
take_code(struct styled *out, const char *at, const char *end)
{
    char fence[4] = "";
    size_t len = 0;
    while (at + len < end && at[len] == '`' && len < sizeof fence - 1)
        fence[len++] = '`';
    const char *close = find(at + len, end, fence);
    if (!close || close == at + len)
        return NULL;
    add(out, at + len, (size_t)(close - at) - len, ROLE_REFERENCE);
    return close + len;
}

/* "**strong**", "_emphasis_": a mark opens before a word and closes behind one; "snake_case" has none. */
static const char *
take_emphasis(struct styled *out, const char *from, const char *at, const char *end, enum role role,
              int nested)
{
    char mark[3] = {*at, at + 1 < end && at[1] == *at ? *at : '\0', '\0'};
    size_t len = strlen(mark);
    if (at + len >= end || at[len] == ' ' || (*at == '_' && at > from && is_word(at[-1])))
        return NULL;
    const char *close = at + len;
    do {
        close = find(close + 1, end, mark);
    } while (close &&
             (close[-1] == ' ' || (*at == '_' && close + len < end && is_word(close[len]))));
    if (!close)
        return NULL;
    put_inline(out, at + len, close, len == 2 ? ROLE_STRONG : role, nested + 1);
    return close + len;
}

/* The words, then the address, unless they are the same. */
static void
put_link(struct styled *out, struct slice words, struct slice address, enum role role)
{
    bool same = words.len == address.len && memcmp(words.data, address.data, words.len) == 0;
    if (!same && words.len) {
        add(out, words.data, words.len, role);
        add(out, " (", 2, ROLE_MUTED);
    }
    add(out, address.data, address.len, ROLE_REFERENCE);
    if (!same && words.len)
        add(out, ")", 1, ROLE_MUTED);
}

/* "[words](address)" */
static const char *
take_link(struct styled *out, const char *at, const char *end, enum role role)
{
    const char *middle = find(at, end, "](");
    const char *close = middle ? memchr(middle, ')', (size_t)(end - middle)) : NULL;
    const char *inner = middle ? memchr(at + 1, '[', (size_t)(middle - at) - 1) : NULL;
    if (!close || inner || memchr(middle, ' ', (size_t)(close - middle)))
        return NULL;
    put_link(out, (struct slice){at + 1, (size_t)(middle - at) - 1},
             (struct slice){middle + 2, (size_t)(close - middle) - 2}, role);
    return close + 1;
}

/* "<https://address>", and "<https://address|words>" as chats write it. */
static const char *
take_address(struct styled *out, const char *at, const char *end, enum role role)
{
    const char *close = memchr(at, '>', (size_t)(end - at));
    if (!close || strncmp(at, "<http", 5) != 0 || memchr(at, ' ', (size_t)(close - at)))
        return NULL;
    const char *bar = memchr(at, '|', (size_t)(close - at));
    const char *address_end = bar ? bar : close;
    struct slice address = {at + 1, (size_t)(address_end - at) - 1};
    put_link(out, bar ? (struct slice){bar + 1, (size_t)(close - bar) - 1} : address, address,
             role);
    return close + 1;
}

static void
put_inline(struct styled *out, const char *at, const char *end, enum role role, int nested)
{
    const char *from = at;
    while (at < end) {
        const char *behind = NULL;
        if (*at == '\\' && at + 1 < end && ispunct((unsigned char)at[1])) {
            add(out, at + 1, 1, role);
            behind = at + 2;
        } else if (nested < NESTED_MAX) {
            const char *reach = end - at > MARK_REACH_BYTES ? at + MARK_REACH_BYTES : end;
            behind = *at == '`'                 ? take_code(out, at, reach)
                     : *at == '*' || *at == '_' ? take_emphasis(out, from, at, reach, role, nested)
                     : *at == '['               ? take_link(out, at, reach, role)
                     : *at == '<'               ? take_address(out, at, reach, role)
                                                : NULL;
        }
        if (!behind) {
            add(out, at, 1, role);
            behind = at + 1;
        }
        at = behind;
    }
    out->text[out->len] = '\0';
}

/* ---- lines ---- */

static void
begin_line(struct table *table, int indent)
{
    table_line(table, arena_printf(table->arena, "%zu", table->rows_len));
    table_pad_to(table, indent);
}

/* Wrapped under `hang`; the first line begins where the row being written ends. */
static void
put_styled(struct table *table, const struct styled *styled, int hang)
{
    const char *const *lines;
    const char *at = styled->text;
    int cols = table->cols - table->mark_cols - hang - 1;
    size_t len = text_wrap(table->arena, styled->text, cols > 8 ? cols : 8, &lines);
    for (size_t i = 0; i < len; i++) {
        if (i)
            begin_line(table, hang);
        const char *found = strstr(at, lines[i]);
        if (!found)
            return; /* cannot be: lines are parts of the text, in its order */
        for (const char *end = found + strlen(lines[i]); found < end;) {
            uint8_t role = styled->roles[found - styled->text];
            const char *run = found;
            while (run < end && styled->roles[run - styled->text] == role)
                run++;
            table_put(table, (enum role)role,
                      arena_text_len(table->arena, found, (size_t)(run - found)));
            found = run;
        }
        at = found;
    }
}

static void
put_line(struct table *table, const char *text, enum role role, int hang)
{
    size_t len = strlen(text);
    struct styled styled = {.text = arena_alloc(table->arena, len + 1),
                            .roles = arena_alloc(table->arena, len + 1)};
    put_inline(&styled, text, text + len, role, 0);
    put_styled(table, &styled, hang);
}

static void
put_code_line(struct table *table, int indent, const char *line)
{
    size_t len = strlen(line);
    struct styled styled = {.text = arena_text(table->arena, line),
                            .roles = arena_alloc(table->arena, len + 1),
                            .len = len};
    size_t blanks = strspn(line, " ");
    int more = blanks < INDENT_MAX * 2 ? (int)blanks : INDENT_MAX * 2;
    memset(styled.roles, ROLE_REFERENCE, len + 1);
    begin_line(table, indent + more); /* wrapping would take the blanks in front away */
    styled.text += blanks;
    put_styled(table, &styled, indent + more);
}

/* "- ", "* ", "12. ": how long the mark of a list's item is; 0 = none. */
static size_t
bullet_len(const char *line)
{
    size_t digits = strspn(line, "0123456789");
    if (strchr("-*+", *line) && *line && line[1] == ' ')
        return 2;
    return digits > 0 && digits < 4 && line[digits] == '.' && line[digits + 1] == ' ' ? digits + 2
                                                                                      : 0;
}

static bool
is_rule(const char *line)
{
    return strlen(line) >= 3 && strchr("-*_", *line) &&
           line[strspn(line, (char[]){*line, 0})] == '\0';
}

static void
put_text_line(struct table *table, int indent, const char *line)
{
    int blanks = (int)strspn(line, " ");
    const char *text = line + blanks;
    size_t hashes = strspn(text, "#"), bullet = bullet_len(text);
    if (hashes > 0 && hashes <= 6 && text[hashes] == ' ') {
        begin_line(table, indent);
        put_line(table, text + hashes + 1, ROLE_STRONG, indent);
    } else if (is_rule(text)) {
        table_rule(table);
    } else if (bullet) {
        int in = indent + (blanks < INDENT_MAX ? blanks : INDENT_MAX);
        begin_line(table, in);
        table_put(table, ROLE_LABEL,
                  isdigit((unsigned char)*text) ? arena_text_len(table->arena, text, bullet)
                                                : "- ");
        put_line(table, text + bullet, ROLE_TEXT, in + (int)bullet);
    } else if (*text == '>') {
        begin_line(table, indent);
        table_put(table, ROLE_LABEL, "| ");
        put_line(table, text + 1 + strspn(text + 1, " "), ROLE_MUTED, indent + 2);
    } else {
        begin_line(table, indent);
        put_line(table, text, ROLE_TEXT, indent);
    }
}

void
markdown_put_code(struct table *table, int indent, const char *text)
{
    const char *at = text_clean_lines(table->arena, text, TEXT_MAX_BYTES);
    while (*at) {
        size_t len = strcspn(at, "\n");
        put_code_line(table, indent, arena_text_len(table->arena, at, len));
        at += len + (at[len] == '\n');
    }
}

void
markdown_put(struct table *table, int indent, const char *text)
{
    bool in_code = false, blank = true;
    if (json_is_likely(text)) {
        markdown_put_code(table, indent, json_set_out(table->arena, text, TEXT_MAX_BYTES));
        return;
    }
    const char *at = text_clean_lines(table->arena, text, TEXT_MAX_BYTES);
    while (*at) {
        size_t len = strcspn(at, "\n");
        const char *line = arena_text_len(table->arena, at, len);
        at += len + (at[len] == '\n');
        if (strncmp(line + strspn(line, " "), "```", 3) == 0) {
            in_code = !in_code;
            continue;
        }
        bool empty = !line[strspn(line, " ")];
        if (empty && !blank)
            table_line(table, "");
        else if (in_code && !empty)
            put_code_line(table, indent + 2, line);
        else if (!empty)
            put_text_line(table, indent, line);
        blank = empty;
    }
}
