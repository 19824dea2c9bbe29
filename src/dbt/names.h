#pragma once

/*
 * Each text once, and a number for it: a manifest says the same ids, paths and packages many times over. SQL would be the
 * place for such a join, but at 200 MB it costs ten times what reading does. Number 0 is "".
 */

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { NAME_MAX_BYTES = 4096 };

struct names {
    struct arena arena;
    struct name {
        const char *text;
        uint32_t hash, len;
    } * items;
    size_t len, cap;
    uint32_t *slots; /* a number each; 0 = free */
    size_t slots_len;
};

void names_init(struct names *names);
void names_finish(struct names *names);

/* Valid UTF-8, and cut at NAME_MAX_BYTES, whatever came. */
uint32_t names_add(struct names *names, struct slice text);
/* 0 = not there. */
uint32_t names_find(const struct names *names, struct slice text);
const char *names_text(const struct names *names, uint32_t number);
