#include "store/value_sets.h"

#include <assert.h>
#include <string.h>

#include "store/connection.h"
#include "store/words.h"

enum {
    SETS_MAX = 400,
    KEPT_SETS_MAX = 64
}; /* more than a filter has conditions, and what is kept */

struct value_entry {
    struct value_set set;
    char *name;
};

struct value_sets {
    struct value_entry entries[SETS_MAX];
    int len;
    unsigned generation; /* of the words, when the entries were made */
};

static void
has_value(sqlite3_context *context, int arguments_len, sqlite3_value **arguments)
{
    const struct value_sets *sets = sqlite3_user_data(context);
    int slot = sqlite3_value_int(arguments[0]);
    const unsigned char *at = sqlite3_value_blob(arguments[1]);
    const unsigned char *end = at ? at + sqlite3_value_bytes(arguments[1]) : at;
    (void)arguments_len;
    assert(slot >= 0 && slot < sets->len);
    const struct value_set *set = &sets->entries[slot].set;
    bool found = false;
    for (size_t place = 1; !found && at < end && (!set->place || place <= set->place); place++) {
        size_t number = 0;
        unsigned shift = 0;
        for (; at < end && *at & 0x80; shift = (shift + 7) & 0x3f)
            number |= (size_t)(*at++ & 0x7f) << shift;
        if (at < end)
            number |= (size_t)*at++ << shift;
        found = (!set->place || place == set->place) && number < set->bits_len &&
                set->bits[number / 8] & 1u << number % 8;
    }
    sqlite3_result_int(context, found);
}

static void
forget(struct value_sets *sets)
{
    for (int i = 0; i < sets->len; i++) {
        memory_free(sets->entries[i].set.bits);
        memory_free(sets->entries[i].name);
    }
    sets->len = 0;
}

void
value_sets_free(struct value_sets *sets)
{
    if (!sets)
        return;
    forget(sets);
    memory_free(sets);
}

bool
value_sets_begin(struct store *store, struct error *err)
{
    if (!store->value_sets) {
        store->value_sets = memory_alloc(sizeof *store->value_sets);
        const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
        if (sqlite3_create_function(store->db, "has_value", 2, flags, store->value_sets, has_value,
                                    NULL, NULL) != SQLITE_OK)
            return store_failed(store, err, "cannot filter");
    }
    struct value_sets *sets = store->value_sets;
    if (sets->generation != words_generation(store) || sets->len > KEPT_SETS_MAX)
        forget(sets);
    sets->generation = words_generation(store);
    return true;
}

const struct value_set *
value_sets_known(const struct store *store, const char *name)
{
    for (int i = 0; i < store->value_sets->len; i++)
        if (strcmp(store->value_sets->entries[i].name, name) == 0)
            return &store->value_sets->entries[i].set;
    return NULL;
}

static void
add_number(struct value_set *set, int64_t number)
{
    if (number < 0 || number > UINT32_MAX) /* a damaged file */
        return;
    size_t least = (size_t)number + 1;
    if (least > set->bits_len) {
        size_t bits_len = (least + 1024) * 2 / 8 * 8;
        set->bits = memory_resize(set->bits, bits_len / 8);
        memset(set->bits + set->bits_len / 8, 0, (bits_len - set->bits_len) / 8);
        set->bits_len = bits_len;
    }
    set->bits[number / 8] |= (uint8_t)(1u << number % 8);
    set->is_empty = false;
}

bool
value_sets_add(struct store *store, const char *name, size_t place, struct statement *statement,
               const struct value_set **out, struct error *err)
{
    struct value_sets *sets = store->value_sets;
    struct value_set set = {.place = place, .is_empty = true, .slot = sets->len};
    bool row, ok;
    assert(sets->len < SETS_MAX);
    while ((ok = statement_step(statement, &row, err)) && row)
        add_number(&set, row_integer(statement, 0));
    if (!ok) {
        memory_free(set.bits);
        return false;
    }
    size_t size = strlen(name) + 1;
    struct value_entry *entry = &sets->entries[sets->len++];
    *entry = (struct value_entry){.set = set, .name = memcpy(memory_alloc(size), name, size)};
    *out = &entry->set;
    return true;
}
