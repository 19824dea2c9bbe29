#include "ui/form.h"

#include <string.h>

#include "action/argument.h"
#include "base/text.h"

#define END "--" /* of NAME=VALUE: what follows is text */

static const struct form forms[] = {
    {ACTION_NOTE, "Note on", {{"text", "Text", FORM_ANYTHING, "", ""}}, 1, 0},
    {ACTION_UPDATE,
     "Update of",
     {{"status", "Status", FORM_STATUS, "stays as it is", "status"},
      {"severity", "Severity", FORM_SEVERITY, "stays as it is", "severity"},
      {"message", "Message", FORM_ANYTHING, "none", "message title description timestamp"}},
     3,
     0},
    {ACTION_DECLARE,
     "Declare from",
     {{"severity", "Severity", FORM_SEVERITY, "that of the most severe alert", "severity"},
      {"name", "Name", FORM_ANYTHING, "the first alert's title", "name"}},
     2,
     0},
    {ACTION_REPLY,
     "Reply to",
     {{"thread", "Thread", FORM_ANYTHING, "none: in the channel itself", "thread"},
      {"text", "Text", FORM_ANYTHING, "", ""}},
     2,
     1},
};

const struct form *
form_of(enum action_id action)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (forms[i].action == action)
            return &forms[i];
    return NULL;
}

/* NAME=VALUE of one of the fields in front of the last? */
static int
option_of(const struct form *form, const char *word, const char **value)
{
    for (int i = 0; i + 1 < form->fields_len; i++) {
        const size_t len = strlen(form->fields[i].name);
        *value = word + len + 1;
        if (strncmp(word, form->fields[i].name, len) == 0 && word[len] == '=')
            return i;
    }
    *value = word + 4;
    for (int i = 0; i + 1 < form->fields_len; i++) /* as it may be cut short */
        if (form->fields[i].words == FORM_SEVERITY && strncmp(word, "sev=", 4) == 0)
            return i;
    return -1;
}

/* As a whole: a text that begins with a quote would lose it. */
static const char *
quoted(const char *text, struct arena *arena)
{
    char *out = arena_alloc(arena, strlen(text) * 2 + 3), *end = out;
    *end++ = '"';
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            *end++ = '\\';
        *end++ = *text;
    }
    *end = '"';
    return out;
}

const char *
form_argument(const struct form *form, const char *const texts[FORM_FIELDS_MAX],
              struct arena *arena)
{
    const char *argument = "", *value, *last = texts[form->fields_len - 1];
    for (int i = 0; i + 1 < form->fields_len; i++)
        if (*texts[i])
            argument = arena_printf(
                arena, "%s%s ", argument,
                argument_quote(arena_printf(arena, "%s=%s", form->fields[i].name, texts[i]),
                               arena));
    if (form->fields_len > 1 && (option_of(form, last, &value) >= 0 || strncmp(last, END, 2) == 0))
        argument = arena_printf(arena, "%s" END " ", argument);
    return arena_printf(arena, "%s%s", argument, *last == '"' ? quoted(last, arena) : last);
}

void
form_read(const struct form *form, const char *argument, struct arena *arena,
          const char *texts[FORM_FIELDS_MAX])
{
    const char *rest = argument + strspn(argument, " "), *at = rest, *word, *value;
    for (int i = 0; i < form->fields_len; i++)
        texts[i] = "";
    while (form->fields_len > 1 && argument_word(&at, arena, &word)) {
        const int field = option_of(form, word, &value);
        if (field < 0 && strcmp(word, END) != 0)
            break;
        rest = at;
        if (field < 0)
            break;
        texts[field] = value;
    }
    at = rest;
    /* the whole of it in quotes */
    if (*rest == '"' && argument_word(&at, arena, &word) && !*at)
        rest = word;
    texts[form->fields_len - 1] = arena_text(arena, rest);
}

static bool
has_word_of(const char *sentence, const char *words, struct arena *arena)
{
    while (*words) {
        const size_t len = strcspn(words, " ");
        if (strstr(sentence, arena_text_len(arena, words, len)))
            return true;
        words += len + (words[len] == ' ');
    }
    return false;
}

int
form_blames(const struct form *form, const char *const texts[FORM_FIELDS_MAX], const char *sentence,
            struct arena *arena)
{
    const char *folded = text_fold(arena, sentence);
    int found = -1;
    /* What it quotes says more than what it speaks of. */
    for (int i = 0; i < form->fields_len; i++)
        if (*texts[i] && strstr(sentence, arena_printf(arena, "'%s'", texts[i])))
            return i;
    for (int i = 0; i < form->fields_len; i++) {
        if (!*texts[i] || !has_word_of(folded, form->fields[i].blames, arena))
            continue;
        if (found >= 0)
            return -1; /* of several */
        found = i;
    }
    return found;
}
