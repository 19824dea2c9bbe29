#include "store/filter_sql.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "store/cache.h"
#include "store/connection.h"

/* Rows that may be sorted rather than met in order. */
#define DRIVER_ROWS_MAX 1000

/* One walk for both: `out` NULL = bind only, `handle` NULL = write only. */
struct compiler {
    const struct filter_plan *plan;
    struct str *out;
    sqlite3_stmt *handle;
    int parameter; /* the next one */
};

static void put(struct compiler *compiler, const char *format, ...) PRINTF_LIKE(2, 3);

static void
put(struct compiler *compiler, const char *format, ...)
{
    if (!compiler->out)
        return;
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert(len >= 0 && (size_t)len < sizeof text); /* pieces of our own making */
    str_append(compiler->out, text);
}

static void
put_text(struct compiler *compiler, const char *text)
{
    if (compiler->handle) {
        int code =
            sqlite3_bind_text(compiler->handle, compiler->parameter, text, -1, SQLITE_TRANSIENT);
        assert(code == SQLITE_OK);
    }
    put(compiler, "?%d", compiler->parameter++);
}

static void
put_integer(struct compiler *compiler, int64_t value)
{
    if (compiler->handle) {
        int code = sqlite3_bind_int64(compiler->handle, compiler->parameter, value);
        assert(code == SQLITE_OK);
    }
    put(compiler, "?%d", compiler->parameter++);
}

/* ---- full text ---- */

/* Words are given to the index as a quoted phrase: nothing in it is taken for an operator of its query language. */
static void
append_phrase(struct str *query, const char *text, bool is_prefix)
{
    str_append_char(query, '"');
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            str_append_char(query, '"');
        str_append_char(query, *c);
    }
    str_append(query, is_prefix ? "\" *" : "\"");
}

/* Sure to be a word for the index as well, whatever else is in the text. */
static bool
has_plain_word(const char *text)
{
    return strpbrk(text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL;
}

/* Does what the column of a match says stand in its full text? What is derived from attributes does. */
static bool
is_in_full_text(const struct field *field, const struct kind_info *info)
{
    return !field || field->flags & FIELD_SEARCH ||
           (info->kind == KIND_ALERT && field->flags & FIELD_LOCAL && field->type == FIELD_TEXT);
}

static bool
words_of_condition(const struct filter *filter, const struct kind_info *info, struct str *words)
{
    if (filter->test != FILTER_IS || !is_in_full_text(filter->field, info))
        return false;
    for (size_t i = 0; i < filter->values_len; i++)
        if (!has_plain_word(filter->values[i]))
            return false;
    for (size_t i = 0; i < filter->values_len; i++) {
        str_append(words, i ? " OR " : "");
        append_phrase(words, filter->values[i], false);
    }
    return true;
}

/* With every part of an `or`, with any of an `and`. */
static bool
words_of_parts(const struct filter *filter, const struct kind_info *info, bool with_values,
               struct str *words)
{
    bool any = false;
    for (size_t i = 0; i < filter->parts_len; i++) {
        struct str part;
        str_init(&part, 0);
        bool known = filter_words(filter->parts[i], info, with_values, &part);
        if (known)
            str_printf(words, "%s(%s)",
                       !any                              ? ""
                       : filter->operation == FILTER_AND ? " AND "
                                                         : " OR ",
                       str_text(&part));
        str_finish(&part);
        any = any || known;
        if (!known && filter->operation == FILTER_OR)
            return false;
    }
    return any;
}

bool
filter_words(const struct filter *filter, const struct kind_info *info, bool with_values,
             struct str *words)
{
    switch (filter->operation) {
    case FILTER_AND:
    case FILTER_OR:
        return words_of_parts(filter, info, with_values, words);
    case FILTER_TEXT:
        append_phrase(words, filter->text, filter->is_prefix);
        return true;
    case FILTER_CONDITION:
        return with_values && words_of_condition(filter, info, words);
    case FILTER_NOT:
        break;
    }
    return false;
}

/* How many rows have them, as far as it matters. */
static bool
count_matches(struct store *store, const char *words, int64_t *count, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_SEARCH_COUNT, &statement, err))
        return false;
    bind_text(statement, "query", words);
    bind_integer(statement, "most", DRIVER_ROWS_MAX + 1);
    bool ok = statement_step(statement, &row, err);
    if (ok)
        *count = row_integer(statement, 0);
    statement_reset(statement);
    return ok;
}

bool
filter_plan_make(struct filter_plan *plan, struct store *store, const struct filter *filter,
                 const struct kind_info *info, struct error *err)
{
    bool complete;
    int64_t count;
    *plan = (struct filter_plan){.filter = filter, .info = info, .order = info->sort};
    str_init(&plan->words, 0);
    if (!filter || store->schema != STORE_CACHE)
        return true;
    if (!cache_index_is_complete(store, &complete, err))
        return false;
    if (!filter_words(filter, info, complete, &plan->words)) {
        str_clear(&plan->words);
        return true;
    }
    if (!count_matches(store, str_text(&plan->words), &count, err))
        return false;
    plan->words_drive = count <= DRIVER_ROWS_MAX;
    return true;
}

void
filter_plan_finish(struct filter_plan *plan)
{
    str_finish(&plan->words);
}

/* Rows that come from the index of words are few: each is looked up. Otherwise all that have the text are, once. */
static void
text_condition(struct compiler *compiler, const struct filter *filter)
{
    struct str query;
    str_init(&query, 0);
    append_phrase(&query, filter->text, filter->is_prefix);
    if (compiler->plan->words_drive)
        put(compiler, "exists (select 1 from search where rowid = t.key and search match ");
    else
        put(compiler, "+t.key in (select rowid from search where search match ");
    put_text(compiler, str_text(&query));
    put(compiler, ")");
    str_finish(&query);
}

/* ---- conditions ---- */

/* Tests the text of an expression. `expression` is a column, or one in parentheses. */
static void
test_text(struct compiler *compiler, const struct filter *filter, const char *expression)
{
    static const char *const comparisons[] = {[FILTER_LESS] = "<",
                                              [FILTER_AT_MOST] = "<=",
                                              [FILTER_MORE] = ">",
                                              [FILTER_AT_LEAST] = ">="};
    const char *collate = filter->is_exact ? "" : " collate nocase";
    switch (filter->test) {
    case FILTER_IS:
        put(compiler, "%s%s in (", expression, collate);
        for (size_t i = 0; i < filter->values_len; i++) {
            put(compiler, i ? ", " : "");
            put_text(compiler, filter->values[i]);
        }
        put(compiler, ")");
        break;
    case FILTER_CONTAINS:
        put(compiler, "(");
        for (size_t i = 0; i < filter->values_len; i++) {
            put(compiler, "%sinstr(lower(%s), lower(", i ? " or " : "", expression);
            put_text(compiler, filter->values[i]);
            put(compiler, ")) > 0");
        }
        put(compiler, ")");
        break;
    case FILTER_LESS:
    case FILTER_AT_MOST:
    case FILTER_MORE:
    case FILTER_AT_LEAST:
        put(compiler, "((%s glob '[0-9]*' or %s glob '-[0-9]*') and cast(%s as real) %s cast(",
            expression, expression, expression, comparisons[filter->test]);
        put_text(compiler, filter->values[0]);
        put(compiler, " as real))");
        break;
    case FILTER_WITHIN:
    case FILTER_ABSENT:
        assert(!"not a test of text");
    }
}

static void
range_condition(struct compiler *compiler, const struct filter *filter, bool may_use_index)
{
    const char *plus = may_use_index ? "" : "+";
    const char *name = filter->field->name;
    if (filter->from == filter->to) {
        put(compiler, "+t.%s = ", name); /* an index on a number may have another order */
        put_integer(compiler, filter->from);
        return;
    }
    put(compiler, "(%st.%s >= ", plus, name);
    put_integer(compiler, filter->from);
    put(compiler, " and %st.%s <= ", plus, name);
    put_integer(compiler, filter->to);
    put(compiler, ")");
}

/* An attribute's value that is there, and passes the test where there is one. */
static void
test_value(struct compiler *compiler, const struct filter *test, const char *expression)
{
    put(compiler, "(%s <> ''", expression);
    if (test) {
        put(compiler, " and ");
        test_text(compiler, test, expression);
    }
    put(compiler, ")");
}

/*
 * An attribute's values: those of its entry, or, where it has several, those in the object's JSON, for the entry's row
 * is then empty.
 */
static void
attribute_condition(struct compiler *compiler, const struct filter *filter)
{
    static const char *const columns[] = {"literal", "label", "catalog_entry_name"};
    enum { COLUMNS_LEN = sizeof columns / sizeof *columns };
    const struct filter *test = filter->test == FILTER_ABSENT ? NULL : filter; /* any value */

    put(compiler, "%sexists (select 1 from alert_attribute_entry c where c.parent_id = t.id and ",
        test ? "" : "not ");
    put(compiler, "c.attribute_name = ");
    put_text(compiler, filter->attribute);
    put(compiler, " collate nocase and (");
    for (int i = 0; i < COLUMNS_LEN; i++) {
        char column[64];
        (void)snprintf(column, sizeof column, "c.%s", columns[i]);
        put(compiler, "%s", i ? " or " : "");
        test_value(compiler, test, column);
    }
    put(compiler, " or (c.literal = '' and c.label = '' and c.catalog_entry_name = '' and ");
    put(compiler, "exists (select 1 from json_each(t.json, '$.attributes[' || c.position || ");
    put(compiler, "'].array_value') v where ");
    static const char *const paths[] = {"literal", "label", "catalog_entry.name"};
    for (int i = 0; i < COLUMNS_LEN; i++) {
        char value[64];
        (void)snprintf(value, sizeof value, "ifnull(v.value ->> '$.%s', '')", paths[i]);
        put(compiler, "%s", i ? " or " : "");
        test_value(compiler, test, value);
    }
    put(compiler, "))))");
}

/* A list by time has indexes that begin with another column and go on by time. */
static bool
is_by_time(const struct filter_plan *plan)
{
    return strcmp(plan->order, plan->info->sort) == 0;
}

static void
condition(struct compiler *compiler, const struct filter *filter, bool is_top)
{
    const struct filter_plan *plan = compiler->plan;
    if (!filter->field) {
        attribute_condition(compiler, filter);
        return;
    }
    const struct field *field = field_find(plan->info->fields, filter->field->name);
    assert(field && field_is_column(field));
    if (filter->test == FILTER_WITHIN) {
        range_condition(compiler, filter,
                        is_top && !plan->words_drive && strcmp(field->name, plan->order) == 0);
        return;
    }
    char column[80];
    (void)snprintf(column, sizeof column, "t.%s", field->name);
    bool may_start =
        is_top && !plan->words_drive && (is_by_time(plan) || strcmp(field->name, "id") == 0);
    if (may_start && filter->test == FILTER_IS && filter->is_exact && filter->values_len == 1) {
        put(compiler, "%s = ", column);
        put_text(compiler, filter->values[0]);
        return;
    }
    (void)snprintf(column, sizeof column, "+t.%s", field->name);
    test_text(compiler, filter, column);
}

static void
compile(struct compiler *compiler, const struct filter *filter, bool is_top)
{
    switch (filter->operation) {
    case FILTER_AND:
    case FILTER_OR:
        put(compiler, "(");
        for (size_t i = 0; i < filter->parts_len; i++) {
            put(compiler, "%s", !i ? "" : filter->operation == FILTER_AND ? " and " : " or ");
            compile(compiler, filter->parts[i], is_top && filter->operation == FILTER_AND);
        }
        put(compiler, ")");
        break;
    case FILTER_NOT:
        put(compiler, "not ");
        compile(compiler, filter->parts[0], false);
        break;
    case FILTER_TEXT:
        if (is_top && compiler->plan->words_drive)
            put(compiler, "true"); /* the words say it all */
        else
            text_condition(compiler, filter);
        break;
    case FILTER_CONDITION:
        condition(compiler, filter, is_top);
        break;
    }
}

static void
compile_plan(struct compiler *compiler, const struct filter_plan *plan, int *parameter)
{
    compiler->plan = plan;
    compiler->parameter = *parameter;
    if (plan->words_drive) {
        put(compiler, "t.key in (select rowid from search where search match ");
        put_text(compiler, str_text(&plan->words));
        put(compiler, ") and ");
    }
    compile(compiler, plan->filter, true);
    *parameter = compiler->parameter;
}

void
filter_sql(struct str *out, const struct filter_plan *plan, int *parameter)
{
    struct compiler compiler = {.out = out};
    compile_plan(&compiler, plan, parameter);
}

void
filter_bind(sqlite3_stmt *handle, const struct filter_plan *plan, int *parameter)
{
    struct compiler compiler = {.handle = handle};
    compile_plan(&compiler, plan, parameter);
}
