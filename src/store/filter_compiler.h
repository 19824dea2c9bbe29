#pragma once

/* What writes a filter as SQL, and binds what was written: shared by the files that know one part of the language. */

#include <sqlite3.h>

#include "store/filter_sql.h"

/* One walk for both: `out` NULL = bind only, `handle` NULL = write only. */
struct compiler {
    const struct filter_plan *plan;
    struct str *out;
    sqlite3_stmt *handle;
    int parameter; /* the next one */
};

void compile_put(struct compiler *compiler, const char *format, ...) PRINTF_LIKE(2, 3);
/* Bound. */
void compile_text(struct compiler *compiler, const char *text);
void compile_integer(struct compiler *compiler, int64_t value);

/* Tests the text of an expression. `expression` is a column, or one in parentheses. */
void compile_test(struct compiler *compiler, const struct filter *filter, const char *expression);

/* An attribute's value that is there, and passes the test where there is one. */
void compile_value_test(struct compiler *compiler, const struct filter *test,
                        const char *expression);

/* filter_values.c: attributes by the numbers of their values. */

/* Looks up which values and, unless the plan has a driver, which alerts the filter's conditions on attributes are for. */
MUST_CHECK bool values_plan(struct filter_plan *plan, struct store *store, struct error *err);
/* Writes the condition, if it is about attributes alone and their values are known by number; `is_top`: it has to hold. */
bool values_condition(struct compiler *compiler, const struct filter *filter, bool is_top);
