#include "cli/completion.h"

#include <stdio.h>
#include <string.h>

#include "action/action.h"
#include "model/filter.h"
#include "ui/keymap.h"

#define WORDS_MAX 512

static struct words
words_new(struct arena *arena)
{
    return (struct words){arena_new_array(arena, WORDS_MAX, struct word), 0};
}

static void
add(struct words *words, const char *text, const char *note)
{
    for (size_t i = 0; i < words->len; i++)
        if (strcmp(words->items[i].text, text) == 0)
            return;
    if (words->len < WORDS_MAX)
        words->items[words->len++] = (struct word){text, note};
}

static void
add_commands(struct words *words)
{
    for (size_t i = 0; i < commands_len; i++)
        if (!command_is_hidden(&commands[i]))
            add(words, commands[i].name, commands[i].summary);
}

static void
add_kinds(struct words *words)
{
    for (int kind = 0; kind < KIND_COUNT; kind++)
        add(words, kind_info((enum kind)kind)->list, "");
}

static void
add_actions(struct words *words, struct arena *arena)
{
    char keys[KEYS_TEXT_SIZE];
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action_info *info = action_info((enum action_id)i);
        const char *bound = keymap_keys(info->action, keys);
        add(words, info->name,
            *bound ? arena_printf(arena, "%s (%s)", info->help, bound) : info->help);
    }
}

static void
add_writes(struct words *words)
{
    for (int i = ACTION_WRITES; i < ACTION_COUNT; i++)
        add(words, action_info((enum action_id)i)->name, action_info((enum action_id)i)->help);
}

static void
add_keys(struct words *words, struct arena *arena)
{
    char keys[KEYS_TEXT_SIZE];
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action_info *info = action_info((enum action_id)i);
        char *rest = arena_text(arena, keymap_keys(info->action, keys));
        for (char *key; (key = strsep(&rest, " "));)
            if (*key)
                add(words, key, info->help);
    }
}

/* One of "check|print" or "ACTION|KEY". */
static void
add_named(struct words *words, const char *name, bool *filters, struct arena *arena)
{
    static const struct word shells[] = {{"bash", ""}, {"zsh", ""}, {"fish", ""}};
    if (strcmp(name, "KIND") == 0)
        add_kinds(words);
    else if (strcmp(name, "COMMAND") == 0)
        add_commands(words);
    else if (strcmp(name, "ACTION") == 0)
        add_actions(words, arena);
    else if (strcmp(name, "WRITE") == 0)
        add_writes(words);
    else if (strcmp(name, "KEY") == 0)
        add_keys(words, arena);
    else if (strcmp(name, "FILTER") == 0)
        *filters = true;
    else if (strcmp(name, "SHELL") == 0)
        for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
            add(words, shells[i].text, shells[i].note);
    else if (*name >= 'a' && *name <= 'z')
        add(words, name, "");
}

struct words
completion_words(const struct command *command, int position, bool *filters, struct arena *arena)
{
    static const char repeats[] = "…";
    struct words words = words_new(arena);
    char *usage = arena_text(arena, command->arguments);
    *filters = false;
    for (char *next; usage; usage = next) {
        next = strstr(usage, " | ");
        if (next) {
            *next = '\0';
            next += 3;
        }
        int at = 0;
        for (char *token; (token = strsep(&usage, " ")); at++) {
            char *dots = strstr(token, repeats);
            bool is_here = at == position || (dots && at < position);
            token += strspn(token, "[");
            token[strcspn(token, "]")] = '\0';
            if (dots)
                *dots = '\0';
            for (char *name; is_here && (name = strsep(&token, "|"));)
                add_named(&words, name, filters, arena);
        }
    }
    return words;
}

struct words
completion_commands(struct arena *arena)
{
    struct words words = words_new(arena);
    add_commands(&words);
    return words;
}

struct words
completion_fields(enum kind kind, struct arena *arena)
{
    struct words words = words_new(arena);
    const char *const *names;
    size_t len = filter_fields(kind, arena, &names);
    for (size_t i = 0; i < len; i++)
        add(&words, arena_printf(arena, "%s=", names[i]), "");
    return words;
}

struct words
completion_option_words(const struct argp_option *option, struct arena *arena)
{
    static const struct {
        const char *argument, *words[4];
    } known[] = {
        {"WHEN", {"auto", "always", "never"}},
    };
    struct words words = words_new(arena);
    for (size_t i = 0; option->arg && i < sizeof known / sizeof *known; i++)
        for (size_t w = 0; strcmp(known[i].argument, option->arg) == 0 && known[i].words[w]; w++)
            add(&words, known[i].words[w], "");
    return words;
}
