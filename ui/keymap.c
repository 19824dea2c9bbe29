#include "ui/keymap.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "config/config.h"

#define BOUND_MAX 512

static const char *const key_names[] = {
#define X(code, name) name,
    KEYS(X)
#undef X
};

struct bound {
    char key[KEY_NAME_SIZE];
    enum action_id action;
};

static struct keymap {
    bool built;
    struct bound bound[BOUND_MAX]; /* by key */
    size_t len;
    const struct key_binding *user[ACTION_COUNT]; /* NULL = the action's own keys hold */
} keymap;

/* ---- names ---- */

static bool
refuse_unknown(const char *text, struct error *err)
{
    const char *nearest = NULL;
    int best = 4;
    for (size_t i = 0; i < sizeof key_names / sizeof *key_names; i++) {
        int distance = text_distance(text, key_names[i]);
        if (distance < best && distance < (int)strlen(key_names[i])) {
            best = distance;
            nearest = key_names[i];
        }
    }
    if (strncasecmp(text, "Alt-", 4) == 0 || strncasecmp(text, "M-", 2) == 0)
        return error_set(err, ERROR_CONFIG,
                         "'%.40s' cannot be bound: a terminal sends Alt as Esc and the key", text);
    if (nearest)
        return error_set(err, ERROR_CONFIG, "there is no key '%.40s', did you mean '%s'?", text,
                         nearest);
    return error_set(err, ERROR_CONFIG,
                     "there is no key '%.40s': a key is one character, Ctrl- and a letter, or a "
                     "name such as Space, PgDn or F2",
                     text);
}

static bool
control_name(const char *text, char name[KEY_NAME_SIZE], struct error *err)
{
    char letter = (char)toupper((unsigned char)text[5]);
    const char *same = letter == 'I'                    ? "Tab"
                       : letter == 'M' || letter == 'J' ? "Enter"
                       : letter == 'H'                  ? "Backspace"
                       : letter == '['                  ? "Esc"
                                                        : NULL;
    if (text[6] || letter < '@' || letter > '_')
        return refuse_unknown(text, err);
    if (strchr("CZ\\", letter))
        return error_set(err, ERROR_CONFIG,
                         "'Ctrl-%c' cannot be bound: it is a signal of the terminal", letter);
    if (strchr("SQ", letter))
        return error_set(err, ERROR_CONFIG,
                         "'Ctrl-%c' cannot be bound: terminals stop and start their output by it",
                         letter);
    if (same)
        (void)snprintf(name, KEY_NAME_SIZE, "%s", same); /* fits */
    else
        (void)snprintf(name, KEY_NAME_SIZE, "Ctrl-%c", letter); /* fits */
    return true;
}

bool
keymap_name(const char *text, char name[KEY_NAME_SIZE], struct error *err)
{
    size_t len = strlen(text);
    bool printable = text_is_valid_utf8(text, len) && (unsigned char)text[0] > ' ';
    size_t characters = 0;
    for (size_t i = 0; i < len; i++)
        characters += (text[i] & 0xc0) != 0x80;
    if (printable && characters == 1 && text[0] != 127) {
        (void)snprintf(name, KEY_NAME_SIZE, "%s", text); /* four bytes at most */
        return true;
    }
    if (strncasecmp(text, "Ctrl-", 5) == 0 && text[5])
        return control_name(text, name, err);
    for (size_t i = 0; i < sizeof key_names / sizeof *key_names; i++)
        if (strcasecmp(text, key_names[i]) == 0) {
            (void)snprintf(name, KEY_NAME_SIZE, "%s", key_names[i]); /* fits */
            return true;
        }
    return refuse_unknown(text, err);
}

/* ---- building ---- */

static int
compare(const void *a, const void *b)
{
    return strcmp(((const struct bound *)a)->key, ((const struct bound *)b)->key);
}

/* The next of words separated by blanks; false behind the last. */
static bool
next_key(const char **at, char key[KEY_NAME_SIZE])
{
    *at += strspn(*at, " ");
    size_t len = strcspn(*at, " ");
    (void)snprintf(key, KEY_NAME_SIZE, "%.*s", (int)len, *at); /* names of the table are short */
    *at += len;
    return len > 0;
}

/* While building, the table is not sorted yet. */
static struct bound *
find_bound(struct keymap *map, const char *key)
{
    for (size_t i = 0; i < map->len; i++)
        if (strcmp(map->bound[i].key, key) == 0)
            return &map->bound[i];
    return NULL;
}

static void
put(struct keymap *map, const char *key, enum action_id action)
{
    if (map->len == BOUND_MAX)
        return;
    (void)snprintf(map->bound[map->len].key, KEY_NAME_SIZE, "%s", key); /* as long as the other */
    map->bound[map->len++].action = action;
}

static void
add_defaults(struct keymap *map)
{
    char key[KEY_NAME_SIZE];
    for (int i = 0; i < ACTION_COUNT; i++) {
        const char *at = map->user[i] ? "" : action_info((enum action_id)i)->keys;
        while (next_key(&at, key))
            if (!find_bound(map, key))
                put(map, key, (enum action_id)i);
    }
    qsort(map->bound, map->len, sizeof *map->bound, compare);
    map->built = true;
}

static enum action_id
action_named(const char *name)
{
    for (int i = 0; i < ACTION_COUNT; i++)
        if (strcmp(action_info((enum action_id)i)->name, name) == 0)
            return (enum action_id)i;
    return ACTION_COUNT;
}

static bool
refuse_action(const struct key_binding *binding, const char *path, struct error *err)
{
    const char *nearest = NULL;
    int best = 4;
    for (int i = 0; i < ACTION_COUNT; i++) {
        int distance = text_distance(binding->action, action_info((enum action_id)i)->name);
        if (distance < best) {
            best = distance;
            nearest = action_info((enum action_id)i)->name;
        }
    }
    return error_set(err, ERROR_CONFIG, "%s:%d: there is no action '%.40s'%s%s%s", path,
                     binding->line, binding->action, nearest ? ", did you mean '" : "; ",
                     nearest ? nearest : "'tocsin keys' lists them", nearest ? "'?" : "");
}

static bool
add_user(struct keymap *map, const struct config *config, struct error *err)
{
    char key[KEY_NAME_SIZE];
    for (size_t i = 0; i < config->bindings_len; i++) {
        const struct key_binding *binding = &config->bindings[i];
        enum action_id action = action_named(binding->action);
        if (action == ACTION_COUNT)
            return refuse_action(binding, config->path, err);
        if (map->user[action])
            return error_set(
                err, ERROR_CONFIG,
                "%s:%d: '%s' has its keys from line %d already: name all of them there",
                config->path, binding->line, binding->action, map->user[action]->line);
        map->user[action] = binding;
        for (size_t k = 0; binding->keys[k]; k++) {
            if (!keymap_name(binding->keys[k], key, err))
                return error_wrap(err, "%s:%d", config->path, binding->line);
            struct bound *taken = find_bound(map, key);
            if (taken) /* as everywhere in a file, what comes last holds; `keys --check` says so */
                taken->action = action;
            else
                put(map, key, action);
        }
    }
    return true;
}

bool
keymap_load(const struct config *config, struct error *err)
{
    static struct keymap next;
    next = (struct keymap){0};
    if (!add_user(&next, config, err))
        return false;
    add_defaults(&next);
    keymap = next;
    return true;
}

/* ---- asking ---- */

enum action_id
keymap_action(const char *key)
{
    if (!keymap.built)
        add_defaults(&keymap);
    size_t low = 0, high = keymap.len;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(key, keymap.bound[middle].key);
        if (order == 0)
            return keymap.bound[middle].action;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return ACTION_COUNT;
}

/* The keys that were asked for, in the order they were named, as far as no other action has them. */
const char *
keymap_keys(enum action_id action, char out[KEYS_TEXT_SIZE])
{
    const struct key_binding *binding = keymap.user[action];
    const char *at = action_info(action)->keys;
    char key[KEY_NAME_SIZE];
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0;; i++) {
        if (binding ? !binding->keys[i] : !next_key(&at, key))
            return out;
        if (binding && !keymap_name(binding->keys[i], key, NULL))
            continue; /* checked when it was loaded */
        if (keymap_action(key) != action || len + strlen(key) + 2 > KEYS_TEXT_SIZE)
            continue;
        len += (size_t)snprintf(out + len, KEYS_TEXT_SIZE - len, "%s%s", len ? " " : "", key);
    }
}

const char *
keymap_hint(enum action_id action, char out[KEY_NAME_SIZE])
{
    char keys[KEYS_TEXT_SIZE];
    keymap_keys(action, keys);
    (void)snprintf(out, KEY_NAME_SIZE, "%.*s", (int)strcspn(keys, " "), keys); /* names are short */
    return out;
}

/* ---- checking ---- */

struct findings {
    struct arena *arena;
    struct keymap_finding *items;
    size_t len, cap;
};

static void
find(struct findings *findings, bool is_mistake, const char *text)
{
    if (findings->len < findings->cap)
        findings->items[findings->len++] = (struct keymap_finding){is_mistake, text};
}

/* Keys of this binding that another one takes: the last of them has it. */
static void
check_clashes(const struct config *config, const struct key_binding *binding,
              struct findings *findings)
{
    char key[KEY_NAME_SIZE], other[KEY_NAME_SIZE];
    for (size_t k = 0; binding->keys[k]; k++)
        for (const struct key_binding *later = binding + 1;
             later < config->bindings + config->bindings_len; later++)
            for (size_t l = 0; later->keys[l]; l++)
                if (keymap_name(binding->keys[k], key, NULL) &&
                    keymap_name(later->keys[l], other, NULL) && strcmp(key, other) == 0)
                    find(findings, true,
                         arena_printf(findings->arena,
                                      "%s:%d: '%s' is bound to '%s' here and to '%s' in line %d, "
                                      "which holds",
                                      config->path, binding->line, key, binding->action,
                                      later->action, later->line));
}

/* Keys of multiplexers, and what not every terminal sends: they are allowed, for whoever binds them knows theirs. */
static void
check_doubtful(const struct config *config, const struct key_binding *binding,
               struct findings *findings)
{
    char key[KEY_NAME_SIZE] = "";
    for (size_t k = 0; binding->keys[k]; k++) {
        if (!keymap_name(binding->keys[k], key, NULL))
            continue;
        const char *why = strcmp(key, "Ctrl-A") == 0 || strcmp(key, "Ctrl-B") == 0
                              ? "multiplexers take it for themselves"
                          : key[0] == 'F' && strtol(key + 1, NULL, 10) >= 5
                              ? "some terminals keep it for themselves"
                              : NULL;
        if (why)
            find(findings, false,
                 arena_printf(findings->arena, "%s:%d: '%s' for '%s': %s", config->path,
                              binding->line, key, binding->action, why));
    }
}

static void
check_action(enum action_id action, struct findings *findings)
{
    const struct action_info *info = action_info(action);
    char keys[KEYS_TEXT_SIZE], key[KEY_NAME_SIZE];
    bool silent = keymap.user[action] && !keymap.user[action]->keys[0]; /* asked for */
    const char *at = keymap.user[action] ? "" : info->keys;
    while (next_key(&at, key))
        if (keymap_action(key) != action)
            find(findings, false,
                 arena_printf(findings->arena, "'%s' is '%s' now, no longer '%s'", key,
                              action_info(keymap_action(key))->name, info->name));
    if (!*keymap_keys(action, keys) && (*info->keys || keymap.user[action]) && !silent)
        find(findings, true,
             arena_printf(findings->arena, "no key reaches '%s' any more: bind it to another one",
                          info->name));
}

size_t
keymap_check(const struct config *config, struct arena *arena,
             const struct keymap_finding **findings)
{
    struct findings found = {.arena = arena, .cap = 4 * BOUND_MAX};
    found.items = arena_new_array(arena, found.cap, struct keymap_finding);
    for (size_t i = 0; i < config->bindings_len; i++) {
        check_clashes(config, &config->bindings[i], &found);
        check_doubtful(config, &config->bindings[i], &found);
    }
    for (int action = 0; action < ACTION_COUNT; action++)
        check_action((enum action_id)action, &found);
    *findings = found.items;
    return found.len;
}
