/*
 * Conditions on attributes and the columns derived from them, by the numbers of values
 * (data/sql/schema/cache/0046_values.sql): which values pass is tested on the distinct ones; which alerts have one of them
 * is read from the table of their numbers, from end to end, for everything that a filter says about values at once. Where
 * these are few they drive the list, as few words do.
 */

#include <assert.h>
#include <string.h>

#include "store/cache.h"
#include "store/connection.h"
#include "store/filter_compiler.h"
#include "store/value_sets.h"

/* ---- names, by which sets are kept ---- */

static void
append_text(struct str *name, const char *text)
{
    str_printf(name, "%zu:%s", strlen(text), text);
}

static void
append_condition(struct str *name, const struct filter *filter)
{
    str_printf(name, "%d,%d,%d,", filter->test, filter->is_exact, filter->field != NULL);
    append_text(name, filter->field ? filter->field->name : filter->attribute);
    for (size_t i = 0; filter->test != FILTER_ABSENT && i < filter->values_len; i++)
        append_text(name, filter->values[i]);
}

/* Is it about an attribute, or a column whose values have numbers? */
static bool
is_of_value(const struct filter *filter)
{
    return filter->operation == FILTER_CONDITION && !filter->is_state &&
           (!filter->field || values_place(filter->field->name));
}

/* Is it about values alone? */
static bool
is_of_values(const struct filter *filter)
{
    if (filter->operation == FILTER_TEXT || filter->operation == FILTER_CONDITION)
        return is_of_value(filter);
    for (size_t i = 0; i < filter->parts_len; i++)
        if (!is_of_values(filter->parts[i]))
            return false;
    return true;
}

/* Does it follow from the filter that something holds about values? */
static bool
says_values(const struct filter *filter)
{
    switch (filter->operation) {
    case FILTER_AND:
        for (size_t i = 0; i < filter->parts_len; i++)
            if (says_values(filter->parts[i]))
                return true;
        return false;
    case FILTER_OR:
        for (size_t i = 0; i < filter->parts_len; i++)
            if (!says_values(filter->parts[i]))
                return false;
        return true;
    case FILTER_NOT:
    case FILTER_CONDITION:
    case FILTER_TEXT:
        break;
    }
    return is_of_values(filter);
}

static void
append_name(struct str *name, const struct filter *filter)
{
    if (is_of_value(filter)) {
        append_condition(name, filter);
        return;
    }
    str_printf(name, "%d(", filter->operation);
    for (size_t i = 0; i < filter->parts_len; i++)
        if (says_values(filter->parts[i])) {
            append_name(name, filter->parts[i]);
            str_append_char(name, ' ');
        }
    str_append_char(name, ')');
}

/* ---- which values ---- */

static const struct value_set *
set_of(const struct store *store, const struct filter *condition)
{
    struct str name;
    str_init(&name, 0);
    append_condition(&name, condition);
    const struct value_set *set = value_sets_known(store, str_text(&name));
    str_finish(&name);
    return set;
}

static void
compile_numbers(struct compiler *compiler, const struct filter *filter)
{
    const struct field *field = filter->field;
    compile_put(compiler,
                "select number from alert_value where is_column = %d and name = ", field != NULL);
    compile_text(compiler, field ? field->name : filter->attribute);
    compile_put(compiler, " and ");
    if (field)
        compile_test(compiler, filter, "value");
    else if (filter->test == FILTER_ABSENT)
        compile_put(compiler, "value = ''");
    else
        compile_value_test(compiler, filter, "value");
}

static bool
find_numbers(struct store *store, const struct filter *filter, struct error *err)
{
    const struct value_set *set = set_of(store, filter);
    if (set)
        return true;
    struct str sql, name;
    struct statement statement = {.store = store, .name = "values"};
    str_init(&sql, 0);
    str_init(&name, 0);
    struct compiler writing = {.out = &sql, .parameter = 1};
    compile_numbers(&writing, filter);
    append_condition(&name, filter);
    bool ok = store_prepare(store, str_text(&sql), statement.name, 0, &statement.handle, err);
    if (ok) {
        struct compiler binding = {.handle = statement.handle, .parameter = 1};
        compile_numbers(&binding, filter);
        ok = value_sets_add(store, str_text(&name),
                            filter->field ? values_place(filter->field->name) : 0, &statement, &set,
                            err);
        sqlite3_finalize(statement.handle);
    }
    str_finish(&name);
    str_finish(&sql);
    return ok;
}

static bool
find_all_numbers(struct store *store, const struct filter *filter, struct error *err)
{
    if (is_of_value(filter))
        return find_numbers(store, filter, err);
    for (size_t i = 0; i < filter->parts_len; i++)
        if (!find_all_numbers(store, filter->parts[i], err))
            return false;
    return true;
}

/* ---- which alerts ---- */

/* One condition, on an expression for the alert's numbers. */
static void
test_numbers(struct compiler *compiler, const struct store *store, const struct filter *filter,
             const char *numbers)
{
    const struct value_set *set = set_of(store, filter);
    assert(set); /* find_all_numbers */
    compile_put(compiler, "%s", filter->test == FILTER_ABSENT ? "not " : "");
    if (set->is_empty)
        compile_put(compiler, "false");
    else
        compile_put(compiler, "has_value(%d, %s)", set->slot, numbers);
}

/* All that the filter says about values. */
static void
compile_rows(struct compiler *compiler, const struct store *store, const struct filter *filter)
{
    if (is_of_value(filter)) {
        test_numbers(compiler, store, filter, "numbers");
        return;
    }
    bool any = false;
    compile_put(compiler, filter->operation == FILTER_NOT ? "not (" : "(");
    for (size_t i = 0; i < filter->parts_len; i++) {
        if (!says_values(filter->parts[i]))
            continue;
        compile_put(compiler, "%s", !any ? "" : filter->operation == FILTER_AND ? " and " : " or ");
        compile_rows(compiler, store, filter->parts[i]);
        any = true;
    }
    compile_put(compiler, ")");
}

static void
name_of_rows(struct str *name, const struct filter *filter)
{
    str_append(name, "values "); /* no query for words */
    append_name(name, filter);
}

static bool
find_rows(struct store *store, const struct filter *filter, const struct words_set **set,
          struct error *err)
{
    struct str sql, name;
    struct statement statement = {.store = store, .name = "values"};
    str_init(&name, 0);
    name_of_rows(&name, filter);
    *set = words_known(store, str_text(&name));
    bool ok = *set != NULL;
    if (!ok) {
        str_init(&sql, 0);
        str_append(&sql, "select key from alert_values where ");
        struct compiler writing = {.out = &sql, .parameter = 1};
        compile_rows(&writing, store, filter);
        str_append(&sql, " order by key");
        ok = store_prepare(store, str_text(&sql), statement.name, 0, &statement.handle, err);
        if (ok)
            ok = words_add(store, str_text(&name), &statement, set, err);
        sqlite3_finalize(statement.handle);
        str_finish(&sql);
    }
    str_finish(&name);
    return ok;
}

/* The parts that are about values alone where other parts stand beside them. */
static bool
find_rows_of_parts(struct store *store, const struct filter *filter, bool is_top, struct error *err)
{
    const struct words_set *set;
    if (is_of_values(filter))
        return is_top || find_rows(store, filter, &set, err);
    for (size_t i = 0; i < filter->parts_len; i++)
        if (!find_rows_of_parts(store, filter->parts[i], is_top && filter->operation == FILTER_AND,
                                err))
            return false;
    return true;
}

static bool
asks_values(const struct filter *filter)
{
    if (is_of_value(filter))
        return true;
    for (size_t i = 0; i < filter->parts_len; i++)
        if (asks_values(filter->parts[i]))
            return true;
    return false;
}

bool
values_plan(struct filter_plan *plan, struct store *store, struct error *err)
{
    const struct filter *filter = plan->filter;
    bool complete;
    if (plan->info->kind != KIND_ALERT || store->is_past || !asks_values(filter))
        return true;
    if (!cache_values_are_complete(store, &complete, err))
        return false;
    if (!complete)
        return true;
    if (!value_sets_begin(store, err) || !find_all_numbers(store, filter, err))
        return false;
    plan->by_number = true;
    if (plan->driver || filter_excludes(filter, true)) /* few rows are looked at */
        return true;
    if (says_values(filter)) {
        if (!find_rows(store, filter, &plan->values, err))
            return false;
        if (plan->values->is_many)
            plan->values = NULL;
        else if (plan->values->len <= FILTER_DRIVER_ROWS_MAX)
            plan->driver = plan->values;
    }
    return plan->driver || find_rows_of_parts(store, filter, true, err);
}

/* ---- as a condition of the list ---- */

bool
values_condition(struct compiler *compiler, const struct filter *filter, bool is_top)
{
    const struct filter_plan *plan = compiler->plan;
    if (!plan->by_number || !is_of_values(filter))
        return false;
    if (is_top && plan->values) {
        compile_put(compiler, "true"); /* the rows are those that say so */
        return true;
    }
    struct str name;
    str_init(&name, 0);
    name_of_rows(&name, filter);
    const struct words_set *set = plan->driver ? NULL : words_known(plan->store, str_text(&name));
    str_finish(&name);
    if (set && !set->is_many) {
        compile_put(compiler, "among(");
        compile_integer(compiler, set->slot);
        compile_put(compiler, ", t.key)");
        return true;
    }
    if (!is_of_value(filter))
        return false; /* its parts are asked */
    test_numbers(compiler, plan->store, filter,
                 "(select v.numbers from alert_values v where v.key = t.key)");
    return true;
}
