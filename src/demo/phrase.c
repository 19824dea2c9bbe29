#include "demo/phrase.h"

#include <assert.h>
#include <string.h>

#include "base/str.h"

void
facts_set(struct facts *facts, const char *name, const char *value)
{
    int i = 0;
    while (i < facts->len && !text_equals(facts->items[i].name, name))
        i++;
    assert(i < FACTS_MAX);
    facts->items[i].name = name;
    facts->items[i].value = value;
    if (i == facts->len)
        facts->len++;
}

static void
append_fact(struct str *out, const struct facts *facts, const char *name, size_t name_len)
{
    for (int i = 0; i < facts->len; i++) {
        if (strlen(facts->items[i].name) == name_len &&
            strncmp(facts->items[i].name, name, name_len) == 0) {
            str_append(out, facts->items[i].value);
            return;
        }
    }
    assert(!"a sentence of the demo names a fact that its story does not have");
}

static void
append_choice(struct str *out, struct prng *prng, const char *choices, size_t len)
{
    uint32_t count = 1;
    for (size_t i = 0; i < len; i++)
        count += choices[i] == '|';
    uint32_t pick = prng_below(prng, count);
    size_t start = 0;
    for (; pick; start++)
        pick -= choices[start] == '|';
    size_t end = start;
    while (end < len && choices[end] != '|')
        end++;
    str_append_len(out, choices + start, end - start);
}

const char *
phrase_render(struct arena *arena, struct prng *prng, const struct facts *facts, const char *text)
{
    /* Choices may hold facts ("{in {city}|everywhere}"): choices first, facts after. */
    struct str chosen, out;
    str_init(&chosen, 0);
    str_init(&out, 0);
    for (const char *at = text; *at;) {
        if (*at != '{') {
            str_append_char(&chosen, *at++);
            continue;
        }
        int depth = 0;
        const char *end = at;
        bool is_choice = false;
        do {
            depth += *end == '{';
            depth -= *end == '}';
            is_choice = is_choice || (depth == 1 && *end == '|');
            end++;
        } while (depth > 0 && *end);
        if (is_choice)
            append_choice(&chosen, prng, at + 1, (size_t)(end - at - 2));
        else
            str_append_len(&chosen, at, (size_t)(end - at));
        at = end;
    }
    for (const char *at = str_text(&chosen); *at;) {
        size_t len = *at == '{' ? strcspn(at, "}") : 0;
        if (len) {
            append_fact(&out, facts, at + 1, len - 1);
            at += len + (at[len] == '}');
        } else
            str_append_char(&out, *at++);
    }
    char *rendered = arena_text(arena, str_text(&out));
    /* "the portal team" may begin a sentence; names of models may not be touched. */
    for (char *at = rendered; (at = strstr(at, "the ")); at++)
        if (at == rendered || (at - rendered >= 2 && strncmp(at - 2, ". ", 2) == 0))
            *at = 'T';
    str_finish(&chosen);
    str_finish(&out);
    return rendered;
}
