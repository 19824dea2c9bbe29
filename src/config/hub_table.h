#pragma once

/* The tables of hub.conf as data, and what is wrong with a file: what hub_file.c reads by and hub_check.c checks. */

#include "base/str.h"
#include "config/hub_file.h"
#include "config/hub_outline.h"

enum hub_option_type {
    HUB_TEXT,
    HUB_WORD,
    HUB_MOMENT,
    HUB_JQ,
    HUB_FILE,
    HUB_SECRET,
    HUB_LIST,
    HUB_SPAN,
    HUB_COUNT,
    HUB_FLAG
};

struct hub_option {
    enum hub_option_type type;
    const char *name, *fallback, *help; /* fallback NULL: has to be given */
    size_t offset, text_offset;         /* text_offset: of FILE and SECRET */
};

struct hub_section_kind {
    const char *name;
    const struct hub_option *options;
    size_t options_len;
    size_t struct_size;
    bool has_title;
    bool is_single;    /* at most one */
    bool is_free;      /* its options have any name: a lookup */
    size_t offset;     /* of the array (or the struct, of a single one) in what holds it */
    size_t len_offset; /* of the array's length */
    const struct hub_section_kind *children;
    size_t children_len;
};

/* The file itself: its children are the sections. */
extern const struct hub_section_kind hub_root_kind;

/* Every section struct begins so. */
struct hub_section_head {
    HUB_SECTION_HEAD
};

struct hub_report {
    const char *path;
    struct arena *arena;
    struct hub_mistakes *mistakes;
};

enum { HUB_MISTAKES_MAX = 100 };

void hub_complain(struct hub_report *report, int line, const char *format, ...) PRINTF_LIKE(3, 4);

/* ", did you mean 'X'?" of the names (NULL-terminated), "" when none is near. */
const char *hub_suggestion(struct arena *arena, const char *name, const char *const *names);

/* Titles of an array of sections, NULL-terminated. */
const char *const *hub_titles(struct arena *arena, const void *items, size_t len, size_t size);

/* What a parsed file says that makes no sense: names of nothing, values that no option of its own can judge. */
void hub_check(const struct hub_file *file, const struct outline_section *outline,
               struct hub_report *report);
