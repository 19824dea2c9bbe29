#include "store/filter_sql.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/phrase.h"
#include "store/cache.h"
#include "store/connection.h"
#include "store/filter_compiler.h"

/* ---- full text ---- */

static bool words_of(const struct filter *filter, const struct kind_info *info, bool with_values,
                     struct str *words, bool *is_exact);

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
    if (filter->test != FILTER_IS || filter->is_state || !is_in_full_text(filter->field, info))
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

/* Nearly every row has a word that begins with this letter: the index would have to merge them all. */
static bool
is_one_letter(const struct filter *filter)
{
    struct str words;
    str_init(&words, 0);
    phrase_append(&words, filter->text);
    bool is = filter->is_prefix && words.len <= 2; /* a blank in front */
    str_finish(&words);
    return is;
}

/* What is denied does not help alone, but takes from the others what has it. */
static bool
words_of_and(const struct filter *filter, const struct kind_info *info, bool with_values,
             struct str *words, bool *is_exact)
{
    bool any = false;
    *is_exact = true;
    for (int denied = 0; denied < 2; denied++)
        for (size_t i = 0; i < filter->parts_len; i++) {
            const struct filter *part = filter->parts[i];
            struct str inner;
            bool exact;
            if ((part->operation == FILTER_NOT) != denied)
                continue;
            str_init(&inner, 0);
            bool known =
                words_of(denied ? part->parts[0] : part, info, with_values, &inner, &exact);
            if (known && denied)
                known = any && exact;
            if (known)
                str_printf(words, "%s(%s)",
                           !any     ? ""
                           : denied ? " NOT "
                                    : " AND ",
                           str_text(&inner));
            str_finish(&inner);
            any = any || known;
            *is_exact = *is_exact && known && exact;
        }
    return any;
}

static bool
words_of_or(const struct filter *filter, const struct kind_info *info, bool with_values,
            struct str *words, bool *is_exact)
{
    bool all = true;
    *is_exact = true;
    for (size_t i = 0; all && i < filter->parts_len; i++) {
        struct str part;
        bool exact;
        str_init(&part, 0);
        all = words_of(filter->parts[i], info, with_values, &part, &exact);
        str_printf(words, "%s(%s)", i ? " OR " : "", str_text(&part));
        str_finish(&part);
        *is_exact = *is_exact && all && exact;
    }
    return all;
}

static bool
words_of(const struct filter *filter, const struct kind_info *info, bool with_values,
         struct str *words, bool *is_exact)
{
    *is_exact = false;
    switch (filter->operation) {
    case FILTER_AND: {
        /* "a NOT b AND c" reads "(a NOT b) AND c": what is denied comes last, and stands for itself. */
        struct str inner;
        str_init(&inner, 0);
        bool known = words_of_and(filter, info, with_values, &inner, is_exact);
        str_append(words, str_text(&inner));
        str_finish(&inner);
        return known;
    }
    case FILTER_OR:
        return words_of_or(filter, info, with_values, words, is_exact);
    case FILTER_TEXT:
        if (is_one_letter(filter))
            return false;
        append_phrase(words, filter->text, filter->is_prefix);
        *is_exact = true;
        return true;
    case FILTER_CONDITION:
        return with_values && words_of_condition(filter, info, words);
    case FILTER_NOT:
        break;
    }
    return false;
}

/* The parser of the index's language has a small stack, of which a parenthesis takes up to three places. */
#define PARENTHESES_MAX 20

static bool
is_too_deep(const char *words)
{
    int depth = 0;
    for (bool quoted = false; *words && depth <= PARENTHESES_MAX; words++) {
        quoted = quoted != (*words == '"');
        depth += quoted ? 0 : *words == '(' ? 1 : *words == ')' ? -1 : 0;
    }
    return depth > PARENTHESES_MAX;
}

bool
filter_words(const struct filter *filter, const struct kind_info *info, bool with_values,
             struct str *words, bool *is_exact)
{
    return words_of(filter, info, with_values, words, is_exact) && !is_too_deep(str_text(words));
}

/* Looks up each text by itself, but those at the top that the words of the whole imply. */
static bool
find_texts(struct store *store, const struct filter *filter, bool is_implied, struct error *err)
{
    const struct words_set *set;
    if (filter->operation == FILTER_TEXT) {
        if (is_implied || is_one_letter(filter))
            return true;
        struct str query;
        str_init(&query, 0);
        append_phrase(&query, filter->text, filter->is_prefix);
        bool ok = words_find(store, str_text(&query), &set, err);
        str_finish(&query);
        return ok;
    }
    is_implied = is_implied && filter->operation == FILTER_AND;
    for (size_t i = 0; i < filter->parts_len; i++)
        if (!find_texts(store, filter->parts[i], is_implied, err))
            return false;
    return true;
}

bool
filter_excludes(const struct filter *filter, bool resolved)
{
    if (filter->operation == FILTER_AND)
        for (size_t i = 0; i < filter->parts_len; i++)
            if (filter_excludes(filter->parts[i], resolved))
                return true;
    if (filter->operation == FILTER_CONDITION && filter->is_state) {
        size_t others = 0;
        for (size_t i = 0; i < filter->values_len; i++)
            others += strcmp(filter->values[i], "R") != 0;
        return resolved ? others == filter->values_len : !others;
    }
    return filter->operation == FILTER_CONDITION && filter->field && filter->test == FILTER_IS &&
           strcmp(filter->field->name, "status") == 0 && filter->values_len == 1 &&
           (strcmp(filter->values[0], "resolved") == 0) != resolved;
}

bool
filter_plan_make(struct filter_plan *plan, struct store *store, const struct filter *filter,
                 const struct kind_info *info, struct error *err)
{
    bool complete, is_exact;
    struct str words;
    *plan =
        (struct filter_plan){.filter = filter, .info = info, .order = info->sort, .store = store};
    if (!filter)
        return true;
    if (!words_begin(store, err))
        return false;
    if (store->schema != STORE_CACHE)
        return true;
    if (!cache_index_is_complete(store, &complete, err))
        return false;
    str_init(&words, 0);
    bool ok = !filter_words(filter, info, complete, &words, &is_exact) ||
              is_too_deep(str_text(&words)) ||
              words_find(store, str_text(&words), &plan->words, err);
    str_finish(&words);
    if (!ok)
        return false;
    if (plan->words && plan->words->is_many)
        plan->words = NULL;
    if (plan->words && plan->words->len <= FILTER_DRIVER_ROWS_MAX)
        plan->driver = plan->words;
    return values_plan(plan, store, err) &&
           (plan->driver || find_texts(store, filter, plan->words != NULL, err));
}

/* In the rows that are known to have it, or, where these are too many or few are looked at, in the row's own text. */
static void
text_condition(struct compiler *compiler, const struct filter *filter)
{
    const struct filter_plan *plan = compiler->plan;
    const struct words_set *set = NULL;
    struct str text;
    str_init(&text, 0);
    append_phrase(&text, filter->text, filter->is_prefix);
    if (plan->store && !plan->driver)
        set = words_known(plan->store, str_text(&text));
    if (set && !set->is_many) {
        compile_put(compiler, "among(");
        compile_integer(compiler, set->slot);
        compile_put(compiler, ", t.key)");
    } else {
        str_clear(&text);
        phrase_append(&text, filter->text);
        compile_put(compiler, "exists (select 1 from search_text x where x.key = t.key and "
                              "has_words(x.title, x.body, ");
        compile_text(compiler, str_text(&text));
        compile_put(compiler, ", %d))", filter->is_prefix);
    }
    str_finish(&text);
}

/* ---- conditions ---- */

static void
range_condition(struct compiler *compiler, const struct filter *filter, bool may_use_index)
{
    const char *plus = may_use_index ? "" : "+";
    const char *name = filter->field->name;
    if (filter->from == filter->to) {
        compile_put(compiler, "+t.%s = ", name); /* an index on a number may have another order */
        compile_integer(compiler, filter->from);
        return;
    }
    compile_put(compiler, "(%st.%s >= ", plus, name);
    compile_integer(compiler, filter->from);
    compile_put(compiler, " and %st.%s <= ", plus, name);
    compile_integer(compiler, filter->to);
    compile_put(compiler, ")");
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

    compile_put(compiler,
                "%sexists (select 1 from alert_attribute_entry c where c.parent_id = t.id and ",
                test ? "" : "not ");
    compile_put(compiler, "c.attribute_name = ");
    compile_text(compiler, filter->attribute);
    compile_put(compiler, " collate nocase and (");
    for (int i = 0; i < COLUMNS_LEN; i++) {
        char column[64];
        (void)snprintf(column, sizeof column, "c.%s", columns[i]);
        compile_put(compiler, "%s", i ? " or " : "");
        compile_value_test(compiler, test, column);
    }
    compile_put(compiler,
                " or (c.literal = '' and c.label = '' and c.catalog_entry_name = '' and ");
    compile_put(compiler,
                "exists (select 1 from json_each(t.json, '$.attributes[' || c.position || ");
    compile_put(compiler, "'].array_value') v where ");
    static const char *const paths[] = {"literal", "label", "catalog_entry.name"};
    for (int i = 0; i < COLUMNS_LEN; i++) {
        char value[64];
        (void)snprintf(value, sizeof value, "ifnull(v.value ->> '$.%s', '')", paths[i]);
        compile_put(compiler, "%s", i ? " or " : "");
        compile_value_test(compiler, test, value);
    }
    compile_put(compiler, "))))");
}

/* The statement that asks for the windows which hold one alert, here for the row that is looked at. */
static void
put_held(struct compiler *compiler, int64_t now_ms)
{
    const char *text = sql_texts[SQL_ALERT_HELD], *end = strrchr(text, ';');
    for (const char *at; text < end; text = at) {
        size_t len = strcspn(text, ":;");
        at = text + len;
        if (compiler->out)
            str_append_len(compiler->out, text, len);
        if (strncmp(at, ":id", 3) == 0) {
            compile_put(compiler, "t.id");
            at += 3;
        } else if (strncmp(at, ":now", 4) == 0) {
            compile_integer(compiler, now_ms);
            at += 4;
        } else if (at < end) {
            compile_put(compiler, "%c", *at++);
        }
    }
}

/* As the alert pane has it (ui/view_feed.c). */
static void
state_condition(struct compiler *compiler, const struct filter *filter)
{
    compile_put(compiler, "(case when t.status = 'resolved' then 'R' when exists (");
    put_held(compiler, filter->from);
    compile_put(compiler,
                ") then 'M' else coalesce((select case e.status when 'acked' then 'A' when ");
    compile_put(compiler,
                "'snoozed' then 'Z' end from escalation_alert a join escalation e on e.id = ");
    compile_put(compiler,
                "a.parent_id where a.alert_id = t.id order by e.created_at desc limit 1), 'F') ");
    compile_put(compiler, "end in (");
    for (size_t i = 0; i < filter->values_len; i++) {
        compile_put(compiler, i ? ", " : "");
        compile_text(compiler, filter->values[i]);
    }
    compile_put(compiler, "))");
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
    if (filter->is_state) {
        state_condition(compiler, filter);
        return;
    }
    if (!filter->field) {
        attribute_condition(compiler, filter);
        return;
    }
    const struct field *field = field_find(plan->info->fields, filter->field->name);
    assert(field && field_is_column(field));
    if (filter->test == FILTER_WITHIN) {
        range_condition(compiler, filter,
                        is_top && !plan->driver && strcmp(field->name, plan->order) == 0);
        return;
    }
    char column[80];
    (void)snprintf(column, sizeof column, "t.%s", field->name);
    bool may_start =
        is_top && !plan->driver && (is_by_time(plan) || strcmp(field->name, "id") == 0);
    if (may_start && filter->test == FILTER_IS && filter->is_exact && filter->values_len == 1) {
        compile_put(compiler, "%s = ", column);
        compile_text(compiler, filter->values[0]);
        return;
    }
    (void)snprintf(column, sizeof column, "+t.%s", field->name);
    compile_test(compiler, filter, column);
}

static void
compile(struct compiler *compiler, const struct filter *filter, bool is_top)
{
    if (values_condition(compiler, filter, is_top))
        return;
    switch (filter->operation) {
    case FILTER_AND:
    case FILTER_OR:
        compile_put(compiler, "(");
        for (size_t i = 0; i < filter->parts_len; i++) {
            compile_put(compiler, "%s",
                        !i                                ? ""
                        : filter->operation == FILTER_AND ? " and "
                                                          : " or ");
            compile(compiler, filter->parts[i], is_top && filter->operation == FILTER_AND);
        }
        compile_put(compiler, ")");
        break;
    case FILTER_NOT:
        compile_put(compiler, "not ");
        compile(compiler, filter->parts[0], false);
        break;
    case FILTER_TEXT:
        if (is_top && compiler->plan->words && !is_one_letter(filter))
            compile_put(compiler, "true"); /* the words say it all */
        else
            text_condition(compiler, filter);
        break;
    case FILTER_CONDITION:
        condition(compiler, filter, is_top);
        break;
    }
}

static void
compile_from(struct compiler *compiler, const struct filter_plan *plan, int *parameter)
{
    compiler->parameter = *parameter;
    if (plan->driver) {
        struct str keys;
        str_init(&keys, 0);
        for (size_t i = 0; i < plan->driver->len; i++)
            str_printf(&keys, "%c%lld", i ? ',' : '[', (long long)plan->driver->keys[i]);
        str_append(&keys, plan->driver->len ? "]" : "[]");
        compile_put(compiler, "(select value as driven_key from json_each(");
        compile_text(compiler, str_text(&keys));
        compile_put(compiler, ")) w cross join ");
        str_finish(&keys);
    }
    compile_put(compiler, "%s t", plan->info->table);
    *parameter = compiler->parameter;
}

void
filter_from(struct str *out, const struct filter_plan *plan, int *parameter)
{
    struct compiler compiler = {.out = out};
    compile_from(&compiler, plan, parameter);
}

void
filter_bind_from(sqlite3_stmt *handle, const struct filter_plan *plan, int *parameter)
{
    struct compiler compiler = {.handle = handle};
    compile_from(&compiler, plan, parameter);
}

/* All matches are among these rows: said unless it is they that drive the list. */
static void
put_among(struct compiler *compiler, const struct words_set *set)
{
    if (!set || set == compiler->plan->driver)
        return;
    compile_put(compiler, "among(");
    compile_integer(compiler, set->slot);
    compile_put(compiler, ", t.key) and ");
}

static void
compile_plan(struct compiler *compiler, const struct filter_plan *plan, int *parameter)
{
    compiler->plan = plan;
    compiler->parameter = *parameter;
    if (plan->driver)
        compile_put(compiler, "t.key = w.driven_key and ");
    put_among(compiler, plan->words);
    put_among(compiler, plan->values);
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
