#include "dbt/names.h"

#include <assert.h>
#include <string.h>

#include "base/digest.h"
#include "base/text.h"

enum { FIRST_SLOTS = 1024 };

void
names_init(struct names *names)
{
    *names = (struct names){.slots_len = FIRST_SLOTS, .cap = FIRST_SLOTS / 2};
    names->slots = memory_alloc(names->slots_len * sizeof *names->slots);
    names->items = memory_alloc(names->cap * sizeof *names->items);
    names->items[names->len++] = (struct name){.text = ""};
}

void
names_finish(struct names *names)
{
    memory_free(names->slots);
    memory_free(names->items);
    arena_finish(&names->arena);
    *names = (struct names){0};
}

/* Where the text is, or the free slot where it belongs. */
static uint32_t *
slot_of(const struct names *names, struct slice text, uint32_t hash)
{
    size_t at = hash & (names->slots_len - 1);
    for (;; at = (at + 1) & (names->slots_len - 1)) {
        const struct name *name = &names->items[names->slots[at]];
        if (!names->slots[at] || (name->hash == hash && name->len == text.len &&
                                  memcmp(name->text, text.data, text.len) == 0))
            return &names->slots[at];
    }
}

static void
grow(struct names *names)
{
    names->cap *= 2;
    names->items = memory_resize(names->items, names->cap * sizeof *names->items);
    memory_free(names->slots);
    names->slots_len *= 2;
    names->slots = memory_alloc(names->slots_len * sizeof *names->slots);
    for (size_t i = 1; i < names->len; i++) {
        size_t at = names->items[i].hash & (names->slots_len - 1);
        while (names->slots[at])
            at = (at + 1) & (names->slots_len - 1);
        names->slots[at] = (uint32_t)i;
    }
}

/* At a character's start, where there is one near. */
static struct slice
cut(struct slice text)
{
    if (text.len <= NAME_MAX_BYTES)
        return text;
    text.len = NAME_MAX_BYTES;
    for (int i = 0; i < 3 && ((unsigned char)text.data[text.len] & 0xc0) == 0x80; i++)
        text.len--;
    return text;
}

static bool
is_fit(struct slice text)
{
    return !memchr(text.data, '\0', text.len) && text_is_valid_utf8(text.data, text.len);
}

uint32_t
names_add(struct names *names, struct slice text)
{
    text = cut(text);
    if (!text.len)
        return 0;
    if (!is_fit(text)) {
        struct arena arena = {0};
        uint32_t number = names_add(names, slice_of(text_repair_utf8(&arena, text.data, text.len)));
        arena_finish(&arena);
        return number;
    }
    uint32_t hash = (uint32_t)digest_row(text.data, text.len);
    if (names->len == names->cap)
        grow(names);
    uint32_t *slot = slot_of(names, text, hash);
    uint32_t number = *slot;
    if (!number) {
        assert(names->len < UINT32_MAX);
        number = *slot = (uint32_t)names->len;
        names->items[names->len++] = (struct name){
            arena_text_len(&names->arena, text.data, text.len), hash, (uint32_t)text.len};
    }
    return number;
}

uint32_t
names_find(const struct names *names, struct slice text)
{
    text = cut(text);
    return text.len ? *slot_of(names, text, (uint32_t)digest_row(text.data, text.len)) : 0;
}

const char *
names_text(const struct names *names, uint32_t number)
{
    return names->items[number].text;
}
