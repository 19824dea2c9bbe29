#include "store/filter_sql.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "store/connection.h"

/* Rows that may be sorted rather than met in order. */
#define DRIVER_ROWS_MAX 1000

/* One walk for both: `out` NULL = bind only, `handle` NULL = write only. */
struct compiler {
    const struct kind_info *info;
    const struct filter
        *driver; /* the rows come from this text's matches: nothing else may start from an index */
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
append_query(struct str *query, const struct filter *filter)
{
    str_append_char(query, '"');
    for (const char *c = filter->text; *c; c++) {
        if (*c == '"')
            str_append_char(query, '"');
        str_append_char(query, *c);
    }
    str_append(query, filter->is_prefix ? "\" *" : "\"");
}

static void
text_condition(struct compiler *compiler, const struct filter *filter)
{
    struct str query;
    str_init(&query, 0);
    append_query(&query, filter);
    put(compiler, "%st.key in (select rowid from search where search match ",
        filter == compiler->driver ? "" : "+");
    put_text(compiler, str_text(&query));
    put(compiler, ")");
    str_finish(&query);
}

/* How many rows have it, as far as it matters. */
static bool
count_matches(struct store *store, const struct filter *text, int64_t *count, struct error *err)
{
    struct statement *statement;
    struct str query;
    bool row;
    str_init(&query, 0);
    append_query(&query, text);
    bool ok = store_statement(store, SQL_SEARCH_COUNT, &statement, err);
    if (ok) {
        bind_text(statement, "query", str_text(&query));
        bind_integer(statement, "most", DRIVER_ROWS_MAX + 1);
        ok = statement_step(statement, &row, err);
        if (ok)
            *count = row_integer(statement, 0);
        statement_reset(statement);
    }
    str_finish(&query);
    return ok;
}

bool
filter_driver(struct store *store, const struct filter *filter, const struct filter **driver,
              struct error *err)
{
    int64_t fewest = DRIVER_ROWS_MAX + 1;
    *driver = NULL;
    if (!filter || (filter->operation != FILTER_AND && filter->operation != FILTER_TEXT))
        return true;
    const size_t len = filter->operation == FILTER_TEXT ? 1 : filter->parts_len;
    for (size_t i = 0; i < len; i++) {
        const struct filter *part = filter->operation == FILTER_TEXT ? filter : filter->parts[i];
        int64_t count;
        if (part->operation != FILTER_TEXT)
            continue;
        if (!count_matches(store, part, &count, err))
            return false;
        if (count < fewest) {
            fewest = count;
            *driver = part;
        }
    }
    return true;
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

static void
condition(struct compiler *compiler, const struct filter *filter, bool is_top)
{
    if (!filter->field) {
        attribute_condition(compiler, filter);
        return;
    }
    const struct field *field = field_find(compiler->info->fields, filter->field->name);
    assert(field && field_is_column(field));
    if (filter->test == FILTER_WITHIN) {
        range_condition(compiler, filter, is_top && strcmp(field->name, compiler->info->sort) == 0);
        return;
    }
    char column[80];
    (void)snprintf(column, sizeof column, "t.%s", field->name);
    if (is_top && filter->test == FILTER_IS && filter->is_exact && filter->values_len == 1) {
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
        text_condition(compiler, filter);
        break;
    case FILTER_CONDITION:
        condition(compiler, filter, is_top);
        break;
    }
}

void
filter_sql(struct str *out, const struct filter *filter, const struct kind_info *info,
           const struct filter *driver, int *parameter)
{
    struct compiler compiler = {
        .info = info, .driver = driver, .out = out, .parameter = *parameter};
    compile(&compiler, filter, !driver);
    *parameter = compiler.parameter;
}

void
filter_bind(sqlite3_stmt *handle, const struct filter *filter, const struct kind_info *info,
            int *parameter)
{
    struct compiler compiler = {.info = info, .handle = handle, .parameter = *parameter};
    compile(&compiler, filter, true);
    *parameter = compiler.parameter;
}
