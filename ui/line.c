#include "ui/line.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

void
line_set(struct line *line, const char *text)
{
    line->text[0] = '\0';
    line->len = line->caret = 0;
    (void)line_insert(line, text); /* what is longer than any line is no line's text */
}

static const char *
replaced(struct arena *arena, const char *text, const char *what, const char *with)
{
    const size_t what_len = strlen(what), with_len = strlen(with);
    char *out = arena_alloc(arena, strlen(text) * with_len + 1), *end = out;
    while (*text) {
        const bool is_it = strncmp(text, what, what_len) == 0;
        memcpy(end, is_it ? with : text, is_it ? with_len : 1);
        end += is_it ? with_len : 1;
        text += is_it ? what_len : 1;
    }
    *end = '\0';
    return out;
}

bool
line_set_lines(struct line *line, const char *text)
{
    struct arena arena = {0};
    const char *shown =
        replaced(&arena, text_clean_lines(&arena, text, strlen(text) * 4 + 1), "\n", LINE_END);
    const bool fits = strlen(shown) < LINE_SIZE;
    if (fits)
        line->len = line->caret =
            (size_t)snprintf(line->text, sizeof line->text, "%s", shown); /* fits */
    arena_finish(&arena);
    return fits;
}

const char *
line_lines(const struct line *line, struct arena *arena)
{
    return replaced(arena, line->text, LINE_END, "\n");
}

/* Bytes of the character at `at`, with what combines with it. */
static size_t
character_len(const struct line *line, size_t at)
{
    char one[8];
    size_t len = 0;
    while (at + len < line->len) {
        size_t next = 1;
        while (next < 4 && ((unsigned char)line->text[at + len + next] & 0xc0) == 0x80)
            next++;
        (void)snprintf(one, sizeof one, "%.*s", (int)next, line->text + at + len); /* fits */
        if (len > 0 && text_width_cols(one) > 0)
            break;
        len += next;
    }
    return len;
}

/* Where the character in front of the caret begins. */
static size_t
character_before(const struct line *line)
{
    size_t at = 0, len;
    while ((len = character_len(line, at)) > 0 && at + len < line->caret)
        at += len;
    return line->caret == 0 ? 0 : at;
}

static void
cut(struct line *line, size_t from, size_t to)
{
    memmove(line->text + from, line->text + to, line->len - to + 1);
    line->len -= to - from;
    line->caret = from;
}

static size_t
word_before(const struct line *line)
{
    size_t at = line->caret;
    while (at > 0 && line->text[at - 1] == ' ')
        at--;
    while (at > 0 && line->text[at - 1] != ' ')
        at--;
    return at;
}

bool
line_insert(struct line *line, const char *text)
{
    struct arena arena = {0};
    const char *clean = text_clean(&arena, text, LINE_SIZE);
    /* Cleaning takes white space at the ends away, which is wanted between words. */
    bool before = *clean && isspace((unsigned char)text[0]);
    bool after = *clean && text[0] && isspace((unsigned char)text[strlen(text) - 1]);
    if (!*clean && *text && text[strspn(text, " ")] == '\0')
        clean = " ";
    size_t len = strlen(clean) + before + after;
    bool fits = line->len + len < LINE_SIZE;
    if (fits) {
        char *at = line->text + line->caret;
        memmove(at + len, at, line->len - line->caret + 1);
        if (before)
            *at++ = ' ';
        memcpy(at, clean, len - before - after);
        if (after)
            at[len - before - after] = ' ';
        line->len += len;
        line->caret += len;
    }
    arena_finish(&arena);
    return fits;
}

/* A key that is a character, not the name of one. */
static const char *
typed_text(const char *key)
{
    if (strcmp(key, "Space") == 0)
        return " ";
    bool one = (unsigned char)key[0] >= 0x80 || (key[0] > ' ' && !key[1]);
    return one ? key : "";
}

enum line_answer
line_key(struct line *line, const char *key)
{
    enum { LEFT, RIGHT, HOME, END, BACK, DELETE, WORD, TO_START, TO_END };
    static const struct {
        const char *key;
        int does;
    } keys[] = {
        {"Left", LEFT},   {"Right", RIGHT},     {"Home", HOME},      {"Ctrl-A", HOME},
        {"End", END},     {"Ctrl-E", END},      {"Backspace", BACK}, {"Del", DELETE},
        {"Ctrl-W", WORD}, {"Ctrl-U", TO_START}, {"Ctrl-K", TO_END},
    };
    const char *text = typed_text(key);
    size_t before = line->len;
    if (*text)
        return line_insert(line, text) ? LINE_CHANGED : LINE_MOVED;

    int does = -1;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i].key, key) == 0)
            does = keys[i].does;
    switch (does) {
    case LEFT:
        line->caret = character_before(line);
        break;
    case RIGHT:
        line->caret += character_len(line, line->caret);
        break;
    case HOME:
        line->caret = 0;
        break;
    case END:
        line->caret = line->len;
        break;
    case BACK:
        cut(line, character_before(line), line->caret);
        break;
    case DELETE:
        cut(line, line->caret, line->caret + character_len(line, line->caret));
        break;
    case WORD:
        cut(line, word_before(line), line->caret);
        break;
    case TO_START:
        cut(line, 0, line->caret);
        break;
    case TO_END:
        cut(line, line->caret, line->len);
        break;
    default:
        return LINE_IGNORED;
    }
    return line->len == before ? LINE_MOVED : LINE_CHANGED;
}

const char *
line_view(const struct line *line, struct arena *arena, int cols, int *caret_col)
{
    const char *before = arena_text_len(arena, line->text, line->caret);
    int at = text_width_cols(before);
    int skip = at < cols ? 0 : at - cols + 1;
    const char *shown = text_skip(line->text, skip);
    *caret_col = text_width_cols(text_skip(before, skip));
    return shown;
}
