#include "ui/keymap.h"

#include <stdio.h>
#include <string.h>

static bool
has_word(const char *words, const char *word)
{
    size_t len = strlen(word);
    while (*words) {
        size_t word_len = strcspn(words, " ");
        if (word_len == len && strncmp(words, word, len) == 0)
            return true;
        words += word_len + strspn(words + word_len, " ");
    }
    return false;
}

enum action_id
keymap_action(const char *key)
{
    for (int i = 0; *key && i < ACTION_COUNT; i++)
        if (has_word(action_info((enum action_id)i)->keys, key))
            return (enum action_id)i;
    return ACTION_COUNT;
}

const char *
keymap_hint(enum action_id action, char out[KEY_NAME_SIZE])
{
    const char *keys = action_info(action)->keys;
    (void)snprintf(out, KEY_NAME_SIZE, "%.*s", (int)strcspn(keys, " "), keys); /* names are short */
    return out;
}
