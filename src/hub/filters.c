#include "hub/filters.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"

static const struct {
    const char *name;
    enum operator operator;
} operators[] = {
    {"", OPERATOR_PLAIN},
    {"one_of", OPERATOR_ONE_OF},
    {"not_in", OPERATOR_NOT_IN},
    {"is", OPERATOR_IS},
    {"gte", OPERATOR_GTE},
    {"lte", OPERATOR_LTE},
    {"date_range", OPERATOR_DATE_RANGE},
    {"starts_with", OPERATOR_STARTS_WITH},
    {"is_blank", OPERATOR_IS_BLANK},
};

/* ---- conditions ---- */

static const char *const *
one_value(struct list_query *query, const char *value)
{
    const char **values = arena_new(query->exchange->arena, const char *);
    values[0] = value;
    return values;
}

void
require(struct list_query *query, const char *column, int test, const char *const *values,
        size_t values_len)
{
    assert(query->required_len < LIST_CONDITIONS_MAX);
    query->required[query->required_len++] = (struct cache_filter){
        .column = column, .test = test, .values = values, .values_len = values_len};
}

void
require_text(struct list_query *query, const char *column, int test, const char *value)
{
    require(query, column, test, one_value(query, value), 1);
}

void
require_number(struct list_query *query, const char *column, int test, int64_t value)
{
    require_text(query, column, test,
                 arena_printf(query->exchange->arena, "%lld", (long long)value));
}

void
choose(struct list_query *query, const char *column, int test, const char *const *values,
       size_t values_len)
{
    assert(query->chosen_len < LIST_CONDITIONS_MAX);
    query->chosen[query->chosen_len++] = (struct cache_filter){
        .column = column, .test = test, .values = values, .values_len = values_len};
}

static void
choose_number(struct list_query *query, const char *column, int test, int64_t value)
{
    choose(query, column, test,
           one_value(query, arena_printf(query->exchange->arena, "%lld", (long long)value)), 1);
}

/* ---- reading the parameters ---- */

static enum operator operator_of(const char *name)
{
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        if (text_equals(operators[i].name, name))
            return operators[i].operator;
    }
    return 0;
}

static const char *
written(struct exchange *exchange, const struct parameter *parameter)
{
    if (parameter->operator[0] == '\0')
        return parameter->name;
    if (parameter->key[0] == '\0')
        return arena_printf(exchange->arena, "%s[%s]", parameter->name, parameter->operator);
    return arena_printf(exchange->arena, "%s[%s][%s]", parameter->name, parameter->key,
                        parameter->operator);
}

static bool
same_argument(const struct parameter *a, const struct parameter *b)
{
    return text_equals(a->name, b->name) && text_equals(a->key, b->key) &&
           text_equals(a->operator, b->operator);
}

/* All values of the parameter at `first`; len 0 when an earlier one was the first of them. */
static struct argument
collect(struct exchange *exchange, size_t first)
{
    const struct parameter *parameters = exchange->request->parameters;
    const size_t parameters_len = exchange->request->parameters_len;
    struct argument argument = {0};

    for (size_t i = 0; i < first; i++) {
        if (same_argument(&parameters[i], &parameters[first]))
            return argument;
    }
    const char **values = arena_new_array(exchange->arena, parameters_len - first, const char *);
    for (size_t i = first; i < parameters_len; i++) {
        if (same_argument(&parameters[i], &parameters[first]))
            values[argument.values_len++] = parameters[i].value;
    }
    argument.field = written(exchange, &parameters[first]);
    argument.key = parameters[first].key;
    argument.operator= operator_of(parameters[first].operator);
    argument.values = values;
    return argument;
}

static const struct list_filter *
find_filter(const struct list_filter *filters, size_t filters_len, const char *name)
{
    for (size_t i = 0; i < filters_len; i++) {
        if (text_equals(filters[i].name, name))
            return &filters[i];
    }
    return NULL;
}

static bool
refuse_operator(struct exchange *exchange, const struct list_filter *filter,
                const struct argument *argument)
{
    struct str allowed;

    str_init(&allowed, 512);
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        if (!(filter->operators & operators[i].operator))
            continue;
        str_append(&allowed, allowed.len ? ", " : "");
        str_printf(&allowed, "%s%s%s", filter->name, filter->keyed ? "[ID]" : "",
                   i ? "" : "=VALUE");
        if (i)
            str_printf(&allowed, "[%s]", operators[i].name);
    }
    (void)answer_error(exchange, 422, "unknown_operator", argument->field,
                       "'%s' is not a way to filter here; there is %s", argument->field,
                       str_text(&allowed)); /* returns false, as we do */
    str_finish(&allowed);
    return false;
}

static bool
read_argument(struct list_query *query, const struct list_filter *filter, struct argument *argument)
{
    struct exchange *exchange = query->exchange;

    if (argument->operator== 0 || !(filter->operators & argument->operator) ||
        (argument->key[0] != '\0') != filter->keyed)
        return refuse_operator(exchange, filter, argument);
    if (argument->operator== OPERATOR_PLAIN && text_is_empty(argument->values[0]))
        return true; /* "after=" is as good as nothing */
    if (argument->values_len > 1 && !(argument->operator&(OPERATOR_ONE_OF | OPERATOR_NOT_IN)))
        return answer_invalid(exchange, argument->field, "'%s' takes one value", argument->field);
    for (size_t i = 0; i < argument->values_len; i++) {
        if (text_is_empty(argument->values[i]))
            return answer_invalid(exchange, argument->field, "'%s' is empty", argument->field);
    }
    return filter->compile(query, filter, argument);
}

bool
filters_read(struct list_query *query, const struct list_filter *filters, size_t filters_len)
{
    struct exchange *exchange = query->exchange;
    size_t arguments_len = 0;

    for (size_t i = 0; i < exchange->request->parameters_len; i++) {
        const struct parameter *parameter = &exchange->request->parameters[i];
        const struct list_filter *filter = find_filter(filters, filters_len, parameter->name);
        bool is_plain = parameter->operator[0] == '\0';

        if (!filter && is_plain)
            continue;
        if (!filter)
            return answer_error(exchange, 422, "unknown_field", written(exchange, parameter),
                                "this list has no filter '%s'", parameter->name);
        struct argument argument = collect(exchange, i);
        if (argument.values_len == 0)
            continue;
        if (++arguments_len > LIST_ARGUMENTS_MAX)
            return answer_invalid(exchange, argument.field, "more than %d filters at once",
                                  LIST_ARGUMENTS_MAX);
        if (!read_argument(query, filter, &argument))
            return false;
    }
    return true;
}

bool
filters_has(const struct exchange *exchange, const char *name)
{
    for (size_t i = 0; i < exchange->request->parameters_len; i++) {
        const struct parameter *parameter = &exchange->request->parameters[i];
        if (text_equals(parameter->name, name) && parameter->value[0] != '\0')
            return true;
    }
    return false;
}

/* ---- columns ---- */

static bool
check_enumeration(struct list_query *query, const char *column, const struct argument *argument)
{
    const struct field *field = field_find(kind_info(query->kind)->fields, column);

    if (!field || !field->values)
        return true;
    for (size_t i = 0; i < argument->values_len; i++) {
        if (!enumeration_has(field->values, argument->values[i]))
            return answer_invalid(query->exchange, argument->field, "'%s' is not a %s",
                                  argument->values[i], field->values->name);
    }
    return true;
}

bool
filter_column(struct list_query *query, const struct list_filter *filter,
              const struct argument *argument)
{
    int test = argument->operator== OPERATOR_NOT_IN        ? CACHE_IS_NOT
               : argument->operator== OPERATOR_STARTS_WITH ? CACHE_STARTS_WITH
                                                           : CACHE_IS;

    if (!check_enumeration(query, filter->column, argument))
        return false;
    choose(query, filter->column, test, argument->values, argument->values_len);
    return true;
}

bool
filter_boolean(struct list_query *query, const struct list_filter *filter,
               const struct argument *argument)
{
    (void)filter;
    if (text_equals(argument->values[0], "true") || text_equals(argument->values[0], "false"))
        return true;
    return answer_invalid(query->exchange, argument->field, "expected true or false, got '%s'",
                          argument->values[0]);
}

/* ---- times ---- */

/* One end of a span: the instant, and whether only a day was given. */
struct moment {
    int64_t at;
    bool is_day;
};

static bool
read_moment(struct list_query *query, const struct argument *argument, const char *text,
            struct moment *moment)
{
    const char *whole = arena_printf(query->exchange->arena, "%sT00:00:00Z", text);

    moment->is_day = strlen(text) == 10;
    if (time_from_rfc3339(moment->is_day ? whole : text, &moment->at))
        return true;
    return answer_invalid(query->exchange, argument->field,
                          "expected a day (2026-08-20) or a time (2026-08-20T09:30:00Z), got '%s'",
                          text);
}

static int64_t
day_of(int64_t time_ms)
{
    int64_t rest = time_ms % DAY_MS;
    return time_ms - (rest < 0 ? rest + DAY_MS : rest);
}

/* "from~to" to two texts. */
static bool
split_range(struct list_query *query, const struct argument *argument, const char *ends[2])
{
    const char *tilde = strchr(argument->values[0], '~');

    if (!tilde || strchr(tilde + 1, '~'))
        return answer_invalid(query->exchange, argument->field,
                              "expected two days with '~' between, got '%s'", argument->values[0]);
    ends[0] = arena_text_len(query->exchange->arena, argument->values[0],
                             (size_t)(tilde - argument->values[0]));
    ends[1] = tilde + 1;
    return true;
}

static bool
refuse_both_ends(struct list_query *query, const struct list_filter *filter,
                 const struct argument *argument)
{
    const struct request *request = query->exchange->request;
    const char *other = argument->operator== OPERATOR_GTE ? "lte" : "gte";

    for (size_t i = 0; i < request->parameters_len; i++) {
        if (text_equals(request->parameters[i].name, filter->name) &&
            text_equals(request->parameters[i].operator, other))
            return answer_invalid(query->exchange, argument->field,
                                  "'gte' and 'lte' cannot be combined: use %s[date_range]=FROM~TO",
                                  filter->name);
    }
    return true;
}

/* `by_day` widens every time to its UTC day. */
static bool
filter_time(struct list_query *query, const struct list_filter *filter,
            const struct argument *argument, bool by_day)
{
    struct moment from, to;
    const char *ends[2] = {argument->values[0], argument->values[0]};

    if (argument->operator== OPERATOR_DATE_RANGE) {
        if (!split_range(query, argument, ends))
            return false;
    } else if (!refuse_both_ends(query, filter, argument)) {
        return false;
    }
    if (!read_moment(query, argument, ends[0], &from) ||
        !read_moment(query, argument, ends[1], &to))
        return false;

    int64_t first = by_day ? day_of(from.at) : from.at;
    bool whole_day = by_day || to.is_day;
    int64_t end = whole_day ? day_of(to.at) + DAY_MS : to.at;
    switch (argument->operator) {
    case OPERATOR_GTE:
        choose_number(query, filter->column, CACHE_AT_LEAST, first);
        return true;
    case OPERATOR_LTE:
        choose_number(query, filter->column, whole_day ? CACHE_BELOW : CACHE_AT_MOST, end);
        return true;
    default:
        break;
    }
    if (to.at < from.at)
        return answer_invalid(query->exchange, argument->field, "'%s' ends before it begins",
                              argument->values[0]);
    const char **span = arena_new_array(query->exchange->arena, 2, const char *);
    span[0] = arena_printf(query->exchange->arena, "%lld", (long long)first);
    span[1] = arena_printf(query->exchange->arena, "%lld", (long long)end);
    choose(query, filter->column, CACHE_WITHIN, span, 2);
    return true;
}

bool
filter_day(struct list_query *query, const struct list_filter *filter,
           const struct argument *argument)
{
    return filter_time(query, filter, argument, true);
}

bool
filter_moment(struct list_query *query, const struct list_filter *filter,
              const struct argument *argument)
{
    return filter_time(query, filter, argument, false);
}

/* ---- order and combination ---- */

bool
filter_sort(struct list_query *query, const struct list_filter *filter,
            const struct argument *argument)
{
    (void)filter;
    query->oldest_first = text_equals(argument->values[0], "created_at_oldest_first");
    if (query->oldest_first || text_equals(argument->values[0], "created_at_newest_first"))
        return true;
    return answer_invalid(query->exchange, argument->field,
                          "expected created_at_newest_first or created_at_oldest_first, got '%s'",
                          argument->values[0]);
}

bool
filter_mode(struct list_query *query, const struct list_filter *filter,
            const struct argument *argument)
{
    (void)filter;
    query->any = text_equals(argument->values[0], "any");
    if (query->any || text_equals(argument->values[0], "all"))
        return true;
    return answer_invalid(query->exchange, argument->field, "expected all or any, got '%s'",
                          argument->values[0]);
}
