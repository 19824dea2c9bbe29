#pragma once

/*
 * What the files of wire/ share: cJSON trees in arenas, a scanner that finds values in JSON text without building
 * anything, and shapes (field tables turned into trees of names).
 *
 * Division of work: the scanner walks the envelope and finds each item's slice, cJSON parses one item at a time into a
 * scratch arena, the shape says where each member goes. So a page costs one item's tree of memory, and the item's own
 * text is at hand to be kept.
 */

#include <cjson/cJSON.h>

#include "wire/wire.h"

/* Beyond this a double, which is what a tree holds, skips integers; no count or rank of the API comes near. */
#define WIRE_INTEGER_MAX 9007199254740992.0

/* ---- trees ---- */

/*
 * cJSON allocates from `arena` from now on, until the next call: a tree is never deleted, its arena is reset. Every
 * function here that is given a tree's arena calls this first.
 */
void wire_tree_use(struct arena *arena);

/* NULL when it is not exactly one JSON value. Depth must have been checked. */
cJSON *wire_tree_parse(struct slice json, struct arena *arena);

/* One line, in the tree's arena. */
const char *wire_tree_print(const cJSON *tree, struct arena *arena);

/* "a string", "a number"... for "expected X, got Y". Text values are quoted, cleaned and cut; in `arena`. */
const char *wire_tree_describe(const cJSON *item, struct arena *arena);

/* ---- scanner ---- */

/*
 * Iterates the members of an object or the elements of an array in text. It trusts brackets and quotes only; the values
 * it returns are yet to be validated. `problem` says why it stopped early ("ends too early"), NULL at the proper end.
 */
struct wire_scan {
    const char *at, *end;
    int depth; /* of the container being iterated */
    bool is_object, begun;
    const char *problem;
};

/* Without leading and trailing white space. */
struct slice wire_scan_trim(struct slice text);

/* text starts with '{' or '[' and stands inside `depth` others; false (problem set) when it does not. */
bool wire_scan_open(struct wire_scan *scan, struct slice text, int depth);
/* key is what stands between the quotes, unescaped not at all; empty for elements. */
bool wire_scan_next(struct wire_scan *scan, struct slice *key, struct slice *value);

/* No control characters: neither line ends nor raw ones in strings. */
bool wire_is_one_line(struct slice text);

/* Why text cannot be one JSON value as far as brackets and depth show, or NULL. */
const char *wire_scan_problem(struct slice text);

/*
 * What every reading of outside text begins with: there is some, no NUL in it, valid UTF-8 (repaired into arena if need
 * be). Depth is checked by scanning. `what` is the subject of the error ("answer").
 */
MUST_CHECK bool wire_check_text(struct slice *text, const char *what, struct arena *arena,
                                struct error *err);

/* ---- shapes ---- */

struct wire_shape;

/* One name in the API's object: a member of ours, or an object holding such. */
struct wire_node {
    const char *name;
    const struct field *field;     /* NULL: an object */
    const struct wire_shape *item; /* LIST */
    bool required;                 /* an object that is always written */
    struct wire_node *children;
    size_t children_len;
    struct wire_node *next; /* sibling in table order */
    struct wire_node
        *follower; /* sibling that came after this one the last time: servers keep their order */
};

struct wire_shape {
    const struct field_table *table;
    struct wire_node root;
    const void *blank; /* a struct with all texts "" */
    const struct field
        *id; /* without which an object is of no use to anybody; NULL = it has none */
    bool has_secret;
};

/* Made when first asked for, kept for the life of the program. */
const struct wire_shape *wire_shape_of(const struct field_table *table);

/* ---- members ---- */

const char *wire_text_at(const struct field *field, const void *object);

/* A tree's object into a struct. `where` is the path so far for errors ("alerts.3"), may be "". */
MUST_CHECK bool wire_read_tree(const struct wire_shape *shape, const cJSON *tree, const char *where,
                               bool wants_id, struct arena *arena, void *object, struct error *err);
