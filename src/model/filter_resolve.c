/* What the names and values of a filter mean: columns, short names, attributes; times, ranks, people. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/text.h"
#include "model/filter_internal.h"

/* ---- suggestions ---- */

enum { NAME_SIZE = 64 }; /* longer names are like nothing */

static void
lower(char out[NAME_SIZE], const char *text)
{
    size_t len = strnlen(text, NAME_SIZE - 1);
    for (size_t i = 0; i < len; i++)
        out[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a' : text[i]);
    out[len] = '\0';
}

void
filter_guess_consider(struct filter_guess *guess, const char *candidate)
{
    char word[NAME_SIZE], name[NAME_SIZE];
    lower(word, guess->word);
    lower(name, candidate);
    int distance = text_distance(word, name);
    size_t len = strlen(word);
    if (len >= 3 && strncmp(word, name, len) == 0)
        distance = 1; /* the beginning of a name is as good as a slip of a finger */
    int most = len < 3 ? 1 : len < 6 ? 2 : 3;
    if (distance <= most && (size_t)distance < len &&
        (!guess->best || distance < guess->distance)) {
        guess->best = candidate;
        guess->distance = distance;
    }
}

bool
filter_guess_add(struct filter_resolver *resolver, const struct filter_guess *guess)
{
    struct filter_error *problem = resolver->problem;
    if (!guess->best)
        return false;
    size_t len = strlen(problem->message);
    (void)snprintf(problem->suggestion, sizeof problem->suggestion, "%s",
                   text_clean(resolver->arena, guess->best, sizeof problem->suggestion - 1));
    (void)snprintf(problem->message + len, sizeof problem->message - len, ": did you mean '%s'?",
                   problem->suggestion);
    return true;
}

/* ---- names ---- */

/* The first of the columns that the kind has is meant. */
struct short_name {
    const char *name;
    const char *columns[5];
};

/* clang-format off */
static const struct short_name short_names[] = {
    {"env",      {"environment"}},
    {"owner",    {"owner", "lead_name", "assignee_name", "user_name"}},
    {"who",      {"assignee_name", "lead_name", "user_name", "owner", "updater_user_name"}},
    {"person",   {"assignee_name", "lead_name", "user_name"}},
    {"team",     {"team", "assignee_team_name"}},
    {"status",   {"status", "incident_status_name", "new_incident_status_name"}},
    {"category", {"category", "incident_status_category", "new_incident_status_category"}},
    {"ref",      {"reference", "incident_reference"}},
    {"incident", {"incident_reference", "incident_id"}},
    {"type",     {"incident_type_name", "source_type", "sync_type", "role_type", "resource_type"}},
    {"dedup",    {"deduplication_key"}},
    {"url",      {"source_url", "permalink", "document_url", "resource_permalink"}},
    {"channel",  {"slack_channel_name"}},
    {"severity", {"new_severity_name"}},
    {"sev",      {"new_severity_name"}},
    {"issue",    {"external_issue_name"}},
    {"active",   {"is_active"}},
    {"tz",       {"timezone"}},
};
/* clang-format on */
enum { SHORT_NAMES_LEN = sizeof short_names / sizeof *short_names };

static const char *const suffixes[] = {"_at", "_name"}; /* created, due; lead, assignee, priority */

static bool
is_filterable(const struct field *field)
{
    return field->flags & (FIELD_COLUMN | FIELD_LOCAL) && !(field->flags & FIELD_SECRET) &&
           field->type != FIELD_LIST && field->type != FIELD_OBJECT && field->type != FIELD_ARRAY;
}

static const struct field *
column_named(const struct field_table *table, const char *name, const char *suffix)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < table->fields_len; i++) {
        const struct field *field = &table->fields[i];
        if (is_filterable(field) && strncasecmp(field->name, name, len) == 0 &&
            strcmp(field->name + len, suffix) == 0)
            return field;
    }
    return NULL;
}

/* Events have only one time. */
static const struct field *
time_of_age(const struct field_table *table)
{
    const struct field *field = column_named(table, "created_at", "");
    return field ? field : column_named(table, "at", "");
}

static const struct field *
column_of_short_name(const struct field_table *table, const struct short_name *entry)
{
    const struct field *field = NULL;
    for (size_t i = 0; i < sizeof entry->columns / sizeof *entry->columns && entry->columns[i]; i++)
        if (!field)
            field = column_named(table, entry->columns[i], "");
    return field;
}

static const struct field *
column_meant(const struct field_table *table, const char *name)
{
    const struct field *field = column_named(table, name, "");
    for (size_t i = 0; !field && i < SHORT_NAMES_LEN; i++)
        if (strcasecmp(short_names[i].name, name) == 0)
            field = column_of_short_name(table, &short_names[i]);
    for (size_t i = 0; !field && i < sizeof suffixes / sizeof *suffixes; i++)
        field = column_named(table, name, suffixes[i]);
    return field;
}

static bool
attribute_named(const struct filter_context *context, const char *name, const char **attribute)
{
    static const char prefix[] = "attribute.";
    bool asked = strncasecmp(name, prefix, sizeof prefix - 1) == 0;
    if (context->kind != KIND_ALERT)
        return false;
    if (asked)
        name += sizeof prefix - 1;
    *attribute = name;
    if (!context->attributes)
        return *name != '\0';
    for (size_t i = 0; i < context->attributes_len; i++)
        if (strcasecmp(context->attributes[i], name) == 0)
            return true;
    return false;
}

size_t
filter_fields_of(const struct field_table *table, struct arena *arena, const char *const **names)
{
    const char **all =
        arena_new_array(arena, table->fields_len + SHORT_NAMES_LEN + 6, const char *);
    size_t len = 0;
    if (column_named(table, "severity_digit", "")) {
        all[len++] = "severity";
        all[len++] = "sev";
    }
    if (time_of_age(table))
        all[len++] = "age";
    if (column_named(table, "alert_source_id", ""))
        all[len++] = "source";
    for (size_t i = 0; i < SHORT_NAMES_LEN; i++)
        if (column_of_short_name(table, &short_names[i]))
            all[len++] = short_names[i].name;
    for (size_t i = 0; i < table->fields_len; i++)
        if (is_filterable(&table->fields[i]))
            all[len++] = table->fields[i].name;
    if (table == &alert_table)
        all[len++] = "state";
    all[len] = NULL;
    *names = all;
    return len;
}

size_t
filter_fields(enum kind kind, struct arena *arena, const char *const **names)
{
    return filter_fields_of(kind_info(kind)->fields, arena, names);
}

static bool
unknown_name(struct filter_resolver *resolver, const struct filter_word *name)
{
    const struct filter_context *context = resolver->context;
    const struct field_table *table = filter_table(context);
    struct filter_guess guess = {.word = name->text};
    const char *const *fields;
    size_t fields_len = filter_fields_of(table, resolver->arena, &fields);
    for (size_t i = 0; i < fields_len; i++)
        filter_guess_consider(&guess, fields[i]);
    struct str names;
    str_init(&names, 0);
    for (size_t i = 0; i < table->fields_len; i++)
        if (is_filterable(&table->fields[i])) {
            str_printf(&names, " %s", table->fields[i].name);
        }
    for (size_t i = 0; context->kind == KIND_ALERT && i < context->attributes_len; i++) {
        filter_guess_consider(&guess, context->attributes[i]);
        str_printf(&names, strchr(context->attributes[i], ' ') ? " \"%s\"" : " %s",
                   context->attributes[i]);
    }
    (void)filter_problem(resolver, name, "%s have no field '%.60s'", filter_what(context),
                         name->text);
    if (!filter_guess_add(resolver, &guess))
        (void)filter_problem(resolver, name,
                             "%s have no field '%.60s'; quote it to search for the text; there "
                             "are:%s",
                             filter_what(context), name->text, str_text(&names));
    str_finish(&names);
    return false;
}

bool
filter_resolve_name(struct filter_resolver *resolver, const struct filter_word *name,
                    struct filter_target *target)
{
    const struct field_table *table = filter_table(resolver->context);
    const struct field *digit = field_find(table, "severity_digit");
    *target = (struct filter_target){.type = TARGET_COLUMN};
    if (digit && (strcasecmp(name->text, "sev") == 0 || strcasecmp(name->text, "severity") == 0)) {
        target->type = TARGET_SEVERITY;
        target->field = digit;
        target->text = column_meant(table, "severity");
        return true;
    }
    if (strcasecmp(name->text, "age") == 0 && time_of_age(table)) {
        target->type = TARGET_AGE;
        target->field = time_of_age(table);
        return true;
    }
    if (strcasecmp(name->text, "source") == 0 && column_named(table, "alert_source_id", "")) {
        target->type = TARGET_SOURCE;
        target->field = column_named(table, "alert_source_id", "");
        return true;
    }
    if (strcasecmp(name->text, "state") == 0 && table == &alert_table) {
        target->type = TARGET_STATE;
        return true;
    }
    target->field = column_meant(table, name->text);
    if (target->field)
        return true;
    target->type = TARGET_ATTRIBUTE;
    return attribute_named(resolver->context, name->text, &target->attribute) ||
           unknown_name(resolver, name);
}

/* ---- values ---- */

struct range {
    int64_t from, to;
};

/* What `x op range` asks of x; `least` is the smallest x there is. */
static struct range
compared(enum filter_operator op, struct range range, int64_t least)
{
    switch (op) {
    case OPERATOR_LESS:
        return (struct range){least, range.from - 1};
    case OPERATOR_AT_MOST:
        return (struct range){least, range.to};
    case OPERATOR_MORE:
        return (struct range){range.to + 1, INT64_MAX};
    case OPERATOR_AT_LEAST:
        return (struct range){range.from, INT64_MAX};
    case OPERATOR_IS:
    case OPERATOR_IS_NOT:
    case OPERATOR_CONTAINS:
    case OPERATOR_HAS:
        break;
    }
    return range;
}

static bool
is_ordering(enum filter_operator op)
{
    return op >= OPERATOR_LESS && op <= OPERATOR_AT_LEAST;
}

static bool
digits_at(const char *text, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *value = *value * 10 + (text[i] - '0');
    }
    return true;
}

/* "2026-03-23" and "2026-03-23T09:30" in the zone; false when it is neither, or no such day. */
static bool
local_time(const char *text, const struct zone *zone, struct range *range)
{
    struct civil civil = {0};
    if (!digits_at(text, 4, &civil.year) || text[4] != '-' ||
        !digits_at(text + 5, 2, &civil.month) || text[7] != '-' ||
        !digits_at(text + 8, 2, &civil.day) || civil.year < 1970 || civil.month < 1 ||
        civil.month > 12 || civil.day < 1 || civil.day > 31)
        return false;
    int64_t at = zone_from_civil(zone, civil);
    if (zone_to_civil(zone, at).day != civil.day)
        return false;
    if (!text[10]) {
        *range = (struct range){at, zone_add_days(zone, at, 1) - 1};
        return true;
    }
    if (text[10] != 'T' || !digits_at(text + 11, 2, &civil.hour) || text[13] != ':' ||
        !digits_at(text + 14, 2, &civil.minute) || text[16] || civil.hour > 23 || civil.minute > 59)
        return false;
    at = zone_from_civil(zone, civil);
    *range = (struct range){at, at + MINUTE_MS - 1};
    return true;
}

static bool
is_none(const struct filter_word *value)
{
    return !*value->text || (!value->is_quoted && strcasecmp(value->text, "none") == 0);
}

static bool
time_range(struct filter_resolver *resolver, const struct filter_word *value, struct range *range)
{
    const struct filter_context *context = resolver->context;
    static const char *const days[] = {"yesterday", "today", "tomorrow"};
    const char *text = value->text;
    int64_t span;
    if (strcasecmp(text, "now") == 0) {
        *range = (struct range){context->now_ms, context->now_ms};
        return true;
    }
    for (int i = 0; i < 3; i++)
        if (strcasecmp(text, days[i]) == 0) {
            int64_t start = zone_day_start(context->zone, context->now_ms);
            range->from = i == 1 ? start : zone_add_days(context->zone, start, i - 1);
            range->to = zone_add_days(context->zone, start, i) - 1;
            return true;
        }
    if ((text[0] == '-' || text[0] == '+') && span_from_text(text + 1, &span)) {
        int64_t at = context->now_ms + (text[0] == '-' ? -span : span);
        *range = (struct range){at, at};
        return true;
    }
    if (local_time(text, context->zone, range))
        return true;
    if (time_from_rfc3339(text, &span) && span > 0) {
        *range = (struct range){span, span};
        return true;
    }
    if (span_from_text(text, &span)) {
        (void)filter_problem(resolver, value, "'%.40s' from when: did you mean '-%.40s' (ago)?",
                             text, text);
        (void)snprintf(resolver->problem->suggestion, sizeof resolver->problem->suggestion,
                       "-%.40s", text);
        return false;
    }
    return filter_problem(resolver, value,
                          "'%.40s' is no time: a day (2026-03-23), an instant "
                          "(2026-03-23T03:12:00Z), today, -2h, +3d or none",
                          text);
}

static bool
severity_digit(struct filter_resolver *resolver, const char *text, int64_t *digit)
{
    const struct filter_context *context = resolver->context;
    if (text[0] >= '1' && text[0] <= '4' && !text[1]) {
        *digit = text[0] - '0';
        return true;
    }
    if (context->kind == KIND_INCIDENT)
        for (size_t i = 0; i < context->severities_len; i++)
            if (strcasecmp(context->severities[i].name, text) == 0) {
                *digit = context->severities[i].digit;
                return true;
            }
    *digit = severity_digit_from_word(context->derivation, text);
    return *digit > 0;
}

static bool
unknown_severity(struct filter_resolver *resolver, const struct filter_word *value)
{
    static const char *const words[] = {"critical", "major", "minor", "low"};
    const struct filter_context *context = resolver->context;
    struct filter_guess guess = {.word = value->text};
    if (context->kind == KIND_INCIDENT)
        for (size_t i = 0; i < context->severities_len; i++)
            filter_guess_consider(&guess, context->severities[i].name);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        filter_guess_consider(&guess, words[i]);
    (void)filter_problem(resolver, value, "'%.40s' is no severity", value->text);
    if (!filter_guess_add(resolver, &guess))
        (void)filter_problem(resolver, value,
                             "'%.40s' is no severity: 1 to 4 (1 is the most severe) or a word "
                             "such as critical, major, minor, low",
                             value->text);
    return false;
}

/* ---- conditions ---- */

struct condition {
    struct filter_resolver *resolver;
    struct filter_target target;
    enum filter_operator op; /* never IS_NOT: that is a not around it */
    const struct filter_word *name;
};

static const struct filter *
within(const struct condition *condition, const struct filter_word *value, struct range range)
{
    struct filter *node = filter_node(condition->resolver, FILTER_CONDITION, value);
    if (!node)
        return NULL;
    node->field = condition->target.field;
    node->test = FILTER_WITHIN;
    node->from = range.from;
    node->to = range.to;
    return node;
}

static const struct filter *
wrong(const struct condition *condition, const struct filter_word *value, const char *what)
{
    (void)filter_problem(condition->resolver, value, "'%.40s' %s", condition->name->text, what);
    return NULL;
}

static const struct filter *
of_time(const struct condition *condition, const struct filter_word *value)
{
    struct range range = {0};
    if (condition->op == OPERATOR_CONTAINS)
        return wrong(condition, value, "is a time: compare it with =, !=, <, <=, > or >=");
    if (is_none(value)) {
        if (is_ordering(condition->op))
            return wrong(condition, value, "can only be = or != none");
        return within(condition, value, (struct range){0, 0});
    }
    if (!time_range(condition->resolver, value, &range))
        return NULL;
    return within(condition, value, compared(condition->op, range, 1)); /* 0 is absent */
}

static const struct filter *
of_age(const struct condition *condition, const struct filter_word *value)
{
    /* Younger is later: the comparison of the time is the other way round. */
    static const enum filter_operator turned[] = {
        [OPERATOR_LESS] = OPERATOR_MORE,
        [OPERATOR_AT_MOST] = OPERATOR_AT_LEAST,
        [OPERATOR_MORE] = OPERATOR_LESS,
        [OPERATOR_AT_LEAST] = OPERATOR_AT_MOST,
    };
    int64_t span;
    if (!is_ordering(condition->op))
        return wrong(condition, value, "is compared with <, <=, > or >=");
    if (!span_from_text(value->text, &span)) {
        (void)filter_problem(condition->resolver, value,
                             "'%.40s' is no age: expected one such as 90s, 10m, 2h, 3d or 5w",
                             value->text);
        return NULL;
    }
    int64_t at = condition->resolver->context->now_ms - span;
    return within(condition, value, compared(turned[condition->op], (struct range){at, at}, 1));
}

static const struct filter *
of_integer(const struct condition *condition, const struct filter_word *value)
{
    char *end;
    long long number = strtoll(value->text, &end, 10);
    if (condition->op == OPERATOR_CONTAINS)
        return wrong(condition, value, "is a number: compare it with =, !=, <, <=, > or >=");
    if (end == value->text || *end || strlen(value->text) > 15) {
        (void)filter_problem(condition->resolver, value, "'%.40s' is no whole number", value->text);
        return NULL;
    }
    return within(condition, value,
                  compared(condition->op, (struct range){number, number}, INT64_MIN));
}

static const struct filter *
of_boolean(const struct condition *condition, const struct filter_word *value)
{
    bool yes = strcasecmp(value->text, "true") == 0 || strcasecmp(value->text, "yes") == 0;
    bool no = strcasecmp(value->text, "false") == 0 || strcasecmp(value->text, "no") == 0;
    if ((!yes && !no) || is_ordering(condition->op) || condition->op == OPERATOR_CONTAINS)
        return wrong(condition, value, "is = true or = false");
    return within(condition, value, (struct range){yes, yes});
}

/* Text that compares: which of the texts are asked for, or which number. */
static const struct filter *
of_texts(const struct condition *condition, const struct filter_word *word, enum filter_test test,
         const char *const *values, size_t values_len)
{
    struct filter *node = filter_node(condition->resolver, FILTER_CONDITION, word);
    if (!node)
        return NULL;
    node->field = condition->target.field;
    node->attribute = condition->target.attribute;
    node->test = test;
    node->values = values;
    node->values_len = values_len;
    if (node->field) {
        const char *end = strrchr(node->field->name, '_');
        const char *last = end ? end + 1 : node->field->name;
        node->is_exact =
            node->field->type == FIELD_ENUM || strcmp(last, "id") == 0 || strcmp(last, "key") == 0;
    }
    return node;
}

static const struct filter *
of_text(const struct condition *condition, const struct filter_word *word, enum filter_test test,
        const char *value)
{
    const char **values = arena_new_array(condition->resolver->arena, 1, const char *);
    values[0] = value;
    return of_texts(condition, word, test, values, 1);
}

static const struct filter *
of_me(const struct condition *condition, const struct filter_word *value)
{
    const struct filter_context *context = condition->resolver->context;
    const struct field_table *table = filter_table(context);
    struct condition exact = *condition;
    if (text_is_empty(context->me_email) && text_is_empty(context->me.id)) {
        (void)filter_problem(condition->resolver, value,
                             "the profile does not say who @me is: set me = \"you@example.com\"");
        return NULL;
    }
    if (is_ordering(condition->op))
        return wrong(condition, value, "can only be = or != @me");

    /* People have ids; a name alone could be somebody else's. */
    const char *name = condition->target.field ? condition->target.field->name : "";
    size_t len = strlen(name);
    if (len > 5 && strcmp(name + len - 5, "_name") == 0)
        exact.target.field =
            column_named(table, arena_text_len(condition->resolver->arena, name, len - 5), "_id");
    if (!exact.target.field)
        exact.target.field = condition->target.field;
    if (exact.target.field && (name = strrchr(exact.target.field->name, '_')) &&
        strcmp(name, "_id") == 0) {
        if (text_is_empty(context->me.id)) {
            (void)filter_problem(condition->resolver, value,
                                 "@me is '%.80s', and there is no such user", context->me_email);
            return NULL;
        }
        return of_text(&exact, value, FILTER_IS, context->me.id);
    }
    const char **values = arena_new_array(condition->resolver->arena, 2, const char *);
    size_t values_len = 0;
    if (!text_is_empty(context->me_email))
        values[values_len++] = context->me_email;
    if (!text_is_empty(context->me.name))
        values[values_len++] = context->me.name;
    return of_texts(condition, value, FILTER_IS, values, values_len);
}

static const struct filter *
of_enumeration(const struct condition *condition, const struct filter_word *value)
{
    const struct enumeration *enumeration = condition->target.field->values;
    char *word = arena_text(condition->resolver->arena, value->text);
    for (char *c = word; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    if (is_ordering(condition->op))
        return wrong(condition, value, "has no order: compare it with = or !=");
    if (condition->op == OPERATOR_CONTAINS)
        return of_text(condition, value, FILTER_CONTAINS, word);
    if (*word && !enumeration_has(enumeration, word)) {
        struct filter_guess guess = {.word = word};
        struct str names;
        str_init(&names, 0);
        for (const char *const *at = enumeration->values; *at; at++) {
            filter_guess_consider(&guess, *at);
            str_printf(&names, " %s", *at);
        }
        (void)filter_problem(condition->resolver, value, "'%.40s' is no %s", value->text,
                             condition->name->text);
        if (!filter_guess_add(condition->resolver, &guess))
            (void)filter_problem(condition->resolver, value, "'%.40s' is no %.40s; there are:%s",
                                 value->text, condition->name->text, str_text(&names));
        str_finish(&names);
        return NULL;
    }
    return of_text(condition, value, FILTER_IS, word);
}

static const struct filter *
of_number(const struct condition *condition, const struct filter_word *value)
{
    static const enum filter_test tests[] = {
        [OPERATOR_LESS] = FILTER_LESS,
        [OPERATOR_AT_MOST] = FILTER_AT_MOST,
        [OPERATOR_MORE] = FILTER_MORE,
        [OPERATOR_AT_LEAST] = FILTER_AT_LEAST,
    };
    const char *digits = value->text + (value->text[0] == '-');
    if (*digits < '0' || *digits > '9' || strspn(digits, "0123456789.") != strlen(digits) ||
        strchr(digits, '.') != strrchr(digits, '.')) {
        (void)filter_problem(condition->resolver, value,
                             "'%.40s' is text: only a number can be compared with < and >",
                             value->text);
        return NULL;
    }
    return of_text(condition, value, tests[condition->op], value->text);
}

static const struct filter *
of_words(const struct condition *condition, const struct filter_word *value)
{
    const struct field *field = condition->target.field;
    if (is_ordering(condition->op))
        return of_number(condition, value);
    bool contains = condition->op == OPERATOR_CONTAINS ||
                    (condition->op == OPERATOR_HAS && field && field->flags & FIELD_SEARCH);
    if (!field && !contains && !*value->text)
        return of_texts(condition, value, FILTER_ABSENT, NULL, 0);
    return of_text(condition, value, contains ? FILTER_CONTAINS : FILTER_IS, value->text);
}

static const struct filter *
of_severity(const struct condition *condition, const struct filter_word *value)
{
    int64_t digit;
    bool ordering = is_ordering(condition->op);
    if (condition->op == OPERATOR_CONTAINS ||
        (!ordering && !is_none(value) &&
         !severity_digit(condition->resolver, value->text, &digit))) {
        struct condition word = *condition; /* a word of the sender's own */
        word.target.field = condition->target.text;
        return of_words(&word, value);
    }
    if (is_none(value) && !ordering)
        return within(condition, value, (struct range){0, 0});
    if (!severity_digit(condition->resolver, value->text, &digit)) {
        (void)unknown_severity(condition->resolver, value);
        return NULL;
    }
    switch (condition->op) {
    case OPERATOR_AT_LEAST: /* as severe: the digit is as small */
        return within(condition, value, (struct range){1, digit});
    case OPERATOR_MORE:
        return within(condition, value, (struct range){1, digit - 1});
    case OPERATOR_AT_MOST:
        return within(condition, value, (struct range){digit, INT64_MAX});
    case OPERATOR_LESS:
        return within(condition, value, (struct range){digit + 1, INT64_MAX});
    case OPERATOR_IS:
    case OPERATOR_IS_NOT:
    case OPERATOR_HAS:
    case OPERATOR_CONTAINS:
        break;
    }
    return within(condition, value, (struct range){digit, digit});
}

static bool
contains_without_case(const char *text, const char *part)
{
    size_t len = strlen(part);
    for (; strlen(text) >= len; text++) {
        if (strncasecmp(text, part, len) == 0)
            return true;
        if (!*text)
            break;
    }
    return false;
}

/* A source is called by its name, but alerts hold its id. */
static const struct filter *
of_source(const struct condition *condition, const struct filter_word *value)
{
    const struct filter_context *context = condition->resolver->context;
    if (is_ordering(condition->op))
        return wrong(condition, value, "has no order: compare it with =, != or ~");
    const char **ids =
        arena_new_array(condition->resolver->arena, context->sources_len + 1, const char *);
    size_t len = 0;
    bool contains = condition->op != OPERATOR_IS;
    struct filter_guess guess = {.word = value->text};
    for (size_t i = 0; i < context->sources_len; i++) {
        const struct filter_name *source = &context->sources[i];
        filter_guess_consider(&guess, source->name);
        if (strcmp(source->id, value->text) == 0 ||
            (contains ? contains_without_case(source->name, value->text)
                      : strcasecmp(source->name, value->text) == 0))
            ids[len++] = source->id;
    }
    if (len)
        return of_texts(condition, value, FILTER_IS, ids, len);
    (void)filter_problem(condition->resolver, value, "there is no alert source '%.60s'",
                         value->text);
    (void)filter_guess_add(condition->resolver, &guess);
    return NULL;
}

const struct filter_state filter_states[FILTER_STATES_LEN] = {
    {"F", "firing"},   {"A", "acknowledged"}, {"Z", "snoozed"},
    {"R", "resolved"}, {"M", "maintenance"},
};

/* A letter, or three of its word's at least. */
static const struct filter *
of_state(const struct condition *condition, const struct filter_word *value)
{
    struct filter_resolver *resolver = condition->resolver;
    struct filter_guess guess = {.word = value->text};
    size_t len = strlen(value->text);
    if (is_ordering(condition->op))
        return wrong(condition, value, "has no order: compare it with = or !=");
    for (size_t i = 0; i < FILTER_STATES_LEN; i++) {
        const struct filter_state *state = &filter_states[i];
        filter_guess_consider(&guess, state->word);
        if (strcasecmp(state->letter, value->text) != 0 &&
            (len < 3 || strncasecmp(state->word, value->text, len) != 0))
            continue;
        struct filter *node = filter_node(resolver, FILTER_CONDITION, condition->name);
        const char **letters = arena_new_array(resolver->arena, 1, const char *);
        if (!node)
            return NULL;
        letters[0] = state->letter;
        node->test = FILTER_IS;
        node->is_state = node->is_exact = true;
        node->values = letters;
        node->values_len = 1;
        node->from = node->to = resolver->context->now_ms;
        return node;
    }
    (void)filter_problem(resolver, value, "'%.40s' is no state", value->text);
    if (!filter_guess_add(resolver, &guess))
        (void)filter_problem(resolver, value,
                             "'%.40s' is no state; there are: firing, acknowledged, snoozed, "
                             "resolved, maintenance",
                             value->text);
    return NULL;
}

static const struct filter *
of_value(const struct condition *condition, const struct filter_word *value)
{
    switch (condition->target.type) {
    case TARGET_AGE:
        return of_age(condition, value);
    case TARGET_SEVERITY:
        return of_severity(condition, value);
    case TARGET_SOURCE:
        return of_source(condition, value);
    case TARGET_STATE:
        return of_state(condition, value);
    case TARGET_ATTRIBUTE:
    case TARGET_COLUMN:
        break;
    }
    enum field_type type = condition->target.field ? condition->target.field->type : FIELD_TEXT;
    switch (type) {
    case FIELD_TIME:
        return of_time(condition, value);
    case FIELD_INTEGER:
    case FIELD_REAL:
        return of_integer(condition, value);
    case FIELD_BOOLEAN:
        return of_boolean(condition, value);
    case FIELD_ENUM:
        return of_enumeration(condition, value);
    case FIELD_TEXT:
    case FIELD_OBJECT:
    case FIELD_ARRAY:
    case FIELD_LIST:
        break;
    }
    return strcmp(value->text, "@me") == 0 && !value->is_quoted ? of_me(condition, value)
                                                                : of_words(condition, value);
}

/* Any of several values: one condition where they are texts of the same test, else one each. */
static const struct filter *
any_of(const struct condition *condition, const struct filter_word *values, size_t values_len)
{
    struct filter_resolver *resolver = condition->resolver;
    const struct filter **parts =
        arena_new_array(resolver->arena, values_len, const struct filter *);
    const char **texts = arena_new_array(resolver->arena, values_len, const char *);
    bool same = true;
    for (size_t i = 0; i < values_len; i++) {
        parts[i] = of_value(condition, &values[i]);
        if (!parts[i])
            return NULL;
        same = same && parts[i]->test <= FILTER_CONTAINS && parts[i]->values_len == 1 &&
               parts[i]->test == parts[0]->test && parts[i]->field == parts[0]->field;
        texts[i] = same ? parts[i]->values[0] : "";
    }
    if (values_len == 1)
        return parts[0];
    struct filter *node = filter_node(resolver, FILTER_OR, condition->name);
    if (!node)
        return NULL;
    if (same) {
        *node = *parts[0];
        node->values = texts;
        node->values_len = values_len;
    } else {
        node->parts = parts;
        node->parts_len = values_len;
    }
    return node;
}

const struct filter *
filter_resolve_condition(struct filter_resolver *resolver, const struct filter_word *name,
                         enum filter_operator op, const struct filter_word *values,
                         size_t values_len)
{
    struct condition condition = {.resolver = resolver, .op = op, .name = name};
    if (!filter_resolve_name(resolver, name, &condition.target))
        return NULL;
    if (op == OPERATOR_IS_NOT)
        condition.op = OPERATOR_IS;
    if (values_len > 1 && is_ordering(op)) {
        (void)filter_problem(resolver, &values[1], "only one value can be compared with < and >");
        return NULL;
    }
    const struct filter *found = any_of(&condition, values, values_len);
    if (op != OPERATOR_IS_NOT || !found)
        return found;
    struct filter *node = filter_node(resolver, FILTER_NOT, name);
    if (!node)
        return NULL;
    const struct filter **parts = arena_new_array(resolver->arena, 1, const struct filter *);
    parts[0] = found;
    node->parts = parts;
    node->parts_len = 1;
    return node;
}
