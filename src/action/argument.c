#include "action/argument.h"

#include <ctype.h>
#include <string.h>

#define WORDS_MAX 8

static size_t
blanks(const char *text)
{
    return strspn(text, " ");
}

/* Behind the word, its closing quote included. */
static size_t
word_len(const char *text)
{
    size_t len = 1;
    if (*text != '"')
        return strcspn(text, " ");
    while (text[len] && text[len] != '"')
        len += text[len] == '\\' && text[len + 1] ? 2 : 1;
    return len + (text[len] == '"');
}

static const char *
unquote(const char *text, size_t len, struct arena *arena)
{
    if (*text != '"' || len == 0)
        return arena_text_len(arena, text, len);
    char *out = arena_alloc(arena, len + 1), *end = out;
    for (size_t i = 1; i < len && text[i] != '"'; i++) {
        if (text[i] == '\\' && i + 1 < len)
            i++;
        *end++ = text[i];
    }
    return out;
}

bool
argument_word(const char **at, struct arena *arena, const char **word)
{
    *at += blanks(*at);
    if (!**at)
        return false;
    size_t len = word_len(*at);
    *word = unquote(*at, len, arena);
    *at += len;
    *at += blanks(*at);
    return true;
}

const char *
argument_quote(const char *word, struct arena *arena)
{
    if (*word && !word[strcspn(word, " \"\\")])
        return word;
    char *out = arena_alloc(arena, strlen(word) * 2 + 3), *end = out;
    *end++ = '"';
    for (; *word; word++) {
        if (*word == '"' || *word == '\\')
            *end++ = '\\';
        *end++ = *word;
    }
    *end = '"';
    return out;
}

/* ---- usage ---- */

static bool
is_name(const char *token)
{
    return isupper((unsigned char)*token);
}

static bool
takes_the_rest(const char *token)
{
    return strcmp(token, "FILTER") == 0 || strcmp(token, "TEXT") == 0;
}

/* The tokens of the alternative at *usage, which goes behind it. */
static size_t
read_alternative(const char **usage, struct arena *arena, const char *tokens[WORDS_MAX])
{
    size_t len = 0;
    while (**usage && **usage != '|') {
        size_t token = strcspn(*usage, " []|");
        if (token && len < WORDS_MAX)
            tokens[len++] = arena_text_len(arena, *usage, token);
        *usage += token ? token : **usage != '|';
    }
    *usage += **usage == '|';
    return len;
}

/* The words in front of the caret, the last one being written; its place. */
static size_t
read_words(const char *text, size_t caret, struct arena *arena, const char *words[WORDS_MAX],
           size_t starts[WORDS_MAX])
{
    size_t at = blanks(text), len = 0;
    while (len < WORDS_MAX) {
        size_t word = at < caret ? word_len(text + at) : 0;
        bool last = at + word >= caret;
        starts[len] = at < caret ? at : caret;
        words[len++] = at < caret ? unquote(text + at, last ? caret - at : word, arena) : "";
        if (last)
            break;
        at += word;
        at += blanks(text + at);
    }
    return len;
}

size_t
argument_expects(const char *usage, const char *text, size_t caret, struct arena *arena,
                 struct argument_place *place, const char **expected, size_t max)
{
    const char *words[WORDS_MAX], *tokens[WORDS_MAX];
    size_t starts[WORDS_MAX], found = 0;
    size_t words_len = read_words(text, caret, arena, words, starts);
    *place = (struct argument_place){starts[words_len - 1], words[words_len - 1]};
    while (*usage) {
        size_t len = read_alternative(&usage, arena, tokens), at = 0;
        while (at < len && at + 1 < words_len && !takes_the_rest(tokens[at]) &&
               (is_name(tokens[at]) || strcmp(tokens[at], words[at]) == 0))
            at++;
        if (at >= len || (at + 1 < words_len && !takes_the_rest(tokens[at])) || found == max)
            continue;
        if (takes_the_rest(tokens[at]))
            *place = (struct argument_place){
                starts[at], arena_text_len(arena, text + starts[at], caret - starts[at])};
        expected[found++] = tokens[at];
    }
    return found;
}
