#include "store/words.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/phrase.h"
#include "store/connection.h"

enum { SETS_MAX = 400, KEPT_SETS_MAX = 64, KEPT_KEYS_MAX = 4 * WORDS_KEYS_MAX };

struct words_entry {
    struct words_set set;
    char *query;
};

struct words {
    struct words_entry entries[SETS_MAX];
    int len;
    size_t keys_len;               /* of all entries */
    int64_t data_version, changes; /* of the store, when the entries were made */
    unsigned generation;
    struct str text;
};

/* ---- the functions ---- */

static void
among(sqlite3_context *context, int arguments_len, sqlite3_value **arguments)
{
    const struct words *words = sqlite3_user_data(context);
    int slot = sqlite3_value_int(arguments[0]);
    int64_t key = sqlite3_value_int64(arguments[1]);
    (void)arguments_len;
    assert(slot >= 0 && slot < words->len);
    const struct words_set *set = &words->entries[slot].set;
    size_t low = 0, high = set->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (set->keys[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    sqlite3_result_int(context, low < set->len && set->keys[low] == key);
}

static const char *
text_argument(sqlite3_value *argument)
{
    const char *text = (const char *)sqlite3_value_text(argument);
    return text ? text : "";
}

static void
has_words(sqlite3_context *context, int arguments_len, sqlite3_value **arguments)
{
    struct words *words = sqlite3_user_data(context);
    const char *phrase = text_argument(arguments[2]);
    bool is_prefix = sqlite3_value_int(arguments[3]) != 0;
    bool found = false;
    (void)arguments_len;
    for (int i = 0; i < 2 && !found; i++) {
        str_clear(&words->text);
        phrase_append(&words->text, text_argument(arguments[i]));
        found = phrase_is_in(phrase, is_prefix, str_text(&words->text));
    }
    sqlite3_result_int(context, found);
}

/* holds(text, part): whatever the case of A to Z. What instr(lower(…), lower(…)) says, without copies. */
static void
holds(sqlite3_context *context, int arguments_len, sqlite3_value **arguments)
{
    const char *text = text_argument(arguments[0]), *part = text_argument(arguments[1]);
    size_t text_len = (size_t)sqlite3_value_bytes(arguments[0]);
    size_t len = (size_t)sqlite3_value_bytes(arguments[1]);
    const char both[] = {(char)(*part >= 'A' && *part <= 'Z' ? *part | 0x20 : *part),
                         (char)(*part >= 'a' && *part <= 'z' ? *part & ~0x20 : *part), '\0'};
    (void)arguments_len;
    bool found = !len;
    for (; !found && text_len >= len; text++, text_len--) {
        size_t skip = strcspn(text, both);
        if (skip > text_len - len)
            break;
        text += skip;
        text_len -= skip;
        found = strncasecmp(text, part, len) == 0;
    }
    sqlite3_result_int(context, found);
}

static bool
make_known(struct store *store, struct words *words, struct error *err)
{
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
    return (sqlite3_create_function(store->db, "among", 2, flags, words, among, NULL, NULL) ==
                SQLITE_OK &&
            sqlite3_create_function(store->db, "has_words", 4, flags, words, has_words, NULL,
                                    NULL) == SQLITE_OK &&
            sqlite3_create_function(store->db, "holds", 2, flags, words, holds, NULL, NULL) ==
                SQLITE_OK) ||
           store_failed(store, err, "cannot search");
}

/* ---- what was found ---- */

static void
forget(struct words *words)
{
    for (int i = 0; i < words->len; i++) {
        memory_free((void *)words->entries[i].set.keys);
        memory_free(words->entries[i].query);
    }
    words->len = 0;
    words->keys_len = 0;
    words->generation++;
}

void
words_free(struct words *words)
{
    if (!words)
        return;
    forget(words);
    str_finish(&words->text);
    memory_free(words);
}

bool
words_begin(struct store *store, struct error *err)
{
    int64_t version, changes = store_total_changes(store);
    if (!store->words) {
        store->words = memory_alloc(sizeof *store->words);
        str_init(&store->words->text, 0);
        if (!make_known(store, store->words, err))
            return false;
    }
    struct words *words = store->words;
    if (!store_data_version(store, &version, err))
        return false;
    if (version != words->data_version || changes != words->changes || words->len > KEPT_SETS_MAX ||
        words->keys_len > KEPT_KEYS_MAX)
        forget(words);
    words->data_version = version;
    words->changes = changes;
    return true;
}

const struct words_set *
words_known(const struct store *store, const char *query)
{
    for (int i = 0; i < store->words->len; i++)
        if (strcmp(store->words->entries[i].query, query) == 0)
            return &store->words->entries[i].set;
    return NULL;
}

unsigned
words_generation(const struct store *store)
{
    return store->words->generation;
}

/* The keys in ascending order, as the index has them. */
static bool
collect(struct statement *statement, size_t most, struct words_set *set, struct error *err)
{
    int64_t *keys = NULL;
    size_t len = 0, cap = 0;
    bool row, ok = true;
    while (ok && len <= most && (ok = statement_step(statement, &row, err)) && row) {
        if (len == cap) {
            cap = cap ? cap * 2 : 256;
            keys = memory_resize(keys, cap * sizeof *keys);
        }
        keys[len++] = row_integer(statement, 0);
    }
    if (ok)
        statement_reset(statement);
    if (!ok || len > most) {
        memory_free(keys);
        keys = NULL;
        set->is_many = true;
        len = 0;
    }
    set->keys = keys;
    set->len = len;
    return ok;
}

bool
words_add(struct store *store, const char *name, struct statement *statement,
          const struct words_set **set, struct error *err)
{
    struct words *words = store->words;
    assert(words->len < SETS_MAX); /* more than a filter has parts, and what is kept */
    struct words_entry *entry = &words->entries[words->len];
    size_t most = words->keys_len < 8 * (size_t)WORDS_KEYS_MAX ? WORDS_KEYS_MAX : 0;
    *entry = (struct words_entry){.set.slot = words->len};
    if (!collect(statement, most, &entry->set, err))
        return false;
    size_t size = strlen(name) + 1;
    entry->query = memcpy(memory_alloc(size), name, size);
    words->len++;
    words->keys_len += entry->set.len;
    *set = &entry->set;
    return true;
}

bool
words_find(struct store *store, const char *query, const struct words_set **set, struct error *err)
{
    struct statement *statement;
    *set = words_known(store, query);
    if (*set)
        return true;
    if (!store_statement(store, SQL_SEARCH_KEYS, &statement, err))
        return false;
    bind_text(statement, "query", query);
    return words_add(store, query, statement, set, err);
}
