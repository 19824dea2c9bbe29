#pragma once

/* Between the parser of filters and what resolves their names and values. */

#include "model/filter.h"

enum filter_operator {
    OPERATOR_IS,
    OPERATOR_IS_NOT,
    OPERATOR_LESS,
    OPERATOR_AT_MOST,
    OPERATOR_MORE,
    OPERATOR_AT_LEAST,
    OPERATOR_CONTAINS,
    OPERATOR_HAS, /* ":" */
};

/* A piece of the text, unquoted. */
struct filter_word {
    const char *text;
    size_t at, len; /* as written */
    bool is_quoted;
};

struct filter_resolver {
    const struct filter_context *context;
    struct arena *arena;
    struct filter_error *problem;
    int nodes_len;
};

/* What a field's name means. */
struct filter_target {
    enum {
        TARGET_COLUMN,
        TARGET_ATTRIBUTE,
        TARGET_AGE,
        TARGET_SEVERITY,
        TARGET_SOURCE,
        TARGET_STATE
    } type;
    const struct field *field; /* AGE: created_at; SEVERITY: its digit */
    const struct field *text;  /* SEVERITY: its name */
    const char *attribute;
};

/* What the state of an alert is called, by its letter. */
#define FILTER_STATES_LEN 5
struct filter_state {
    const char *letter, *word;
};
extern const struct filter_state filter_states[FILTER_STATES_LEN];

/* The fields of what is filtered, and its name in sentences. */
const struct field_table *filter_table(const struct filter_context *context);
const char *filter_what(const struct filter_context *context);

/* filter_fields of any table. */
size_t filter_fields_of(const struct field_table *table, struct arena *arena,
                        const char *const **names);

/* Fills the problem and returns false. */
bool filter_problem(struct filter_resolver *resolver, const struct filter_word *word,
                    const char *format, ...) PRINTF_LIKE(3, 4);

/* Adds "did you mean" to the problem when one of the candidates is like the word; true when there was one. */
struct filter_guess {
    const char *word;
    const char *best;
    int distance;
};
void filter_guess_consider(struct filter_guess *guess, const char *candidate);
bool filter_guess_add(struct filter_resolver *resolver, const struct filter_guess *guess);

/* A node, or NULL with the problem set when there are too many. */
struct filter *filter_node(struct filter_resolver *resolver, enum filter_operation operation,
                           const struct filter_word *word);

MUST_CHECK bool filter_resolve_name(struct filter_resolver *resolver,
                                    const struct filter_word *name, struct filter_target *target);

/* NULL: the problem is set. */
const struct filter *filter_resolve_condition(struct filter_resolver *resolver,
                                              const struct filter_word *name,
                                              enum filter_operator op,
                                              const struct filter_word *values, size_t values_len);
