#pragma once

/*
 * The filter language of `list` and of every pane: `sev>=major env=prod owner:@me age<2h "orders daily"`.
 *
 *     filter    = either                          nothing at all matches everything
 *     either    = both { "or" both }
 *     both      = one { ["and"] one }
 *     one       = "not" one | "(" either ")" | condition | text
 *     condition = field operator value { "," value }          blanks around the operator are allowed
 *     operator  = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" (contains) | ":"
 *     text      = word                             words that begin with it, anywhere in the object
 *               | '"' … '"'                        exactly these words in this order; \" and \\ inside
 *
 * A field is a column of the kind, a short name of one (sev, env, owner, created …), `age`, or an attribute of alerts;
 * names with blanks are quoted, and `attribute.NAME` reaches one that is called like a field. Several values mean any of
 * them, with != none of them. `:` is `=`, but contains where the field is a title or a message.
 *
 * Text compares without regard to the case of A to Z, ids exactly. < and its like on text compare the number that it
 * begins with. Times are RFC 3339, days (2026-03-23), minutes (2026-03-23T09:30) in the context's zone, today,
 * yesterday, tomorrow, now, and -2h or +3d from now; `none` or "" is a time or severity that is not there. Severity
 * compares by rank: `sev>=major` is at least as severe, and `sev>=2` is S1 and S2. The state of alerts is the letter that
 * panes show, or its word: firing, acknowledged, snoozed, resolved, maintenance.
 */

#include "base/arena.h"
#include "base/error.h"
#include "base/zone.h"
#include "model/derive.h"

#define FILTER_MAX_BYTES 4096
#define FILTER_MAX_DEPTH 50  /* parentheses and nots around one condition */
#define FILTER_MAX_NODES 300 /* of the tree, each value counted */

enum filter_operation { FILTER_AND, FILTER_OR, FILTER_NOT, FILTER_CONDITION, FILTER_TEXT };

enum filter_test {
    FILTER_IS,       /* is one of values */
    FILTER_CONTAINS, /* has one of values in it */
    FILTER_WITHIN,   /* from <= x <= to: numbers, times, booleans as 0 and 1 */
    FILTER_LESS,     /* text that begins with a number below that of values[0] */
    FILTER_AT_MOST,  /* the others alike */
    FILTER_MORE,
    FILTER_AT_LEAST,
    FILTER_ABSENT, /* an attribute without any value */
};

/* What a filter means, names and values resolved. NULL = everything. */
struct filter {
    enum filter_operation operation;

    const struct filter *const *parts; /* AND, OR: two or more; NOT: one */
    size_t parts_len;

    const char *text; /* TEXT */
    bool is_prefix;   /* its last word need only begin so */

    enum filter_test test;     /* CONDITION, on: */
    const struct field *field; /* a column, or */
    const char *
        attribute; /* where field is NULL: any value of the attribute of this name, whatever its case */
    bool is_state; /* … or the state of an alert: values are letters; from is now */
    bool is_exact; /* IS: case matters */
    const char *const *values;
    size_t values_len;
    int64_t from, to;
};

/* Something that has an id and is asked for by name. */
struct filter_name {
    const char *id, *name;
    int digit; /* of a severity */
};

/* What names and values are resolved with; the store fills the lists (store/filter_sql.h). */
struct filter_context {
    enum kind kind;
    const struct field_table *fields; /* of rows that are no kind's; NULL = the kind's */
    const char *what;                 /* what these rows are called: "events" */
    int64_t now_ms;
    const struct zone *zone;             /* NULL = UTC */
    const struct derivation *derivation; /* NULL = the default */
    struct filter_name me;               /* who `@me` is; "" where unknown */
    const char *me_email;
    const char *const *attributes; /* names; NULL = any will do */
    size_t attributes_len;
    const struct filter_name *severities; /* of incidents */
    size_t severities_len;
    const struct filter_name *sources; /* of alerts */
    size_t sources_len;
};

/* A mistake: where it is in the text, in bytes, and what would be right. */
struct filter_error {
    size_t at, len;
    char message[500];   /* a sentence, suggestion included */
    char suggestion[80]; /* what to write instead; "" = none */
};

/* *filter and all it refers to are in the arena; the text is copied. */
MUST_CHECK bool filter_parse(const char *text, const struct filter_context *context,
                             struct arena *arena, const struct filter **filter,
                             struct filter_error *problem);

/* Every name a field of the kind goes by, for completion: short names, then columns; ended by NULL as well. */
size_t filter_fields(enum kind kind, struct arena *arena, const char *const **names);

/* Does a filter of rows that are no kind's hold for one? They have columns only, and all their texts are searched. */
bool filter_matches(const struct filter *filter, const struct field_table *fields,
                    const void *object);

/* Does it search the full text? Then it depends on how complete the index is. */
bool filter_has_text(const struct filter *filter);

/* The text and, on a second line, carets under the mistake; a long text is cut to what is around it. */
const char *filter_error_caret(const char *text, const struct filter_error *problem,
                               struct arena *arena);

/* The tree as one line, for tests and for --verbose: "(and severity_digit in 1..2 (not text orders*))". */
const char *filter_describe(const struct filter *filter, struct arena *arena);
