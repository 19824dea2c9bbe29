/* Filters of rows that are in memory: events of a timeline, shifts of a rota. */

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/phrase.h"
#include "model/filter.h"

static const char *
text_of(const struct field *field, const void *object)
{
    const char *text = *(const char *const *)((const char *)object + field->offset);
    return text ? text : "";
}

static int64_t
number_of(const struct field *field, const void *object)
{
    const char *member = (const char *)object + field->offset;
    return field->type == FIELD_BOOLEAN ? *(const bool *)member : *(const int64_t *)member;
}

static bool
holds_part(const char *text, const char *part)
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

/* Text that begins with a number, against a number. */
static bool
compares(enum filter_test test, const char *text, const char *value)
{
    const char *digits = text + (*text == '-');
    if (*digits < '0' || *digits > '9')
        return false;
    double left = strtod(text, NULL), right = strtod(value, NULL);
    switch (test) {
    case FILTER_LESS:
        return left < right;
    case FILTER_AT_MOST:
        return left <= right;
    case FILTER_MORE:
        return left > right;
    case FILTER_AT_LEAST:
        return left >= right;
    case FILTER_IS:
    case FILTER_CONTAINS:
    case FILTER_WITHIN:
    case FILTER_ABSENT:
        break;
    }
    assert(!"no comparison of numbers");
    return false;
}

static bool
condition_matches(const struct filter *filter, const void *object)
{
    const struct field *field = filter->field;
    assert(field); /* there are no attributes here */
    if (filter->test == FILTER_WITHIN) {
        int64_t number = number_of(field, object);
        return number >= filter->from && number <= filter->to;
    }
    const char *text = text_of(field, object);
    if (filter->test != FILTER_IS && filter->test != FILTER_CONTAINS)
        return compares(filter->test, text, filter->values[0]);
    for (size_t i = 0; i < filter->values_len; i++) {
        const char *value = filter->values[i];
        if (filter->test == FILTER_CONTAINS ? holds_part(text, value)
            : filter->is_exact              ? strcmp(text, value) == 0
                                            : strcasecmp(text, value) == 0)
            return true;
    }
    return false;
}

static bool
text_matches(const struct filter *filter, const struct field_table *fields, const void *object)
{
    struct str phrase, words;
    bool found = false;
    str_init(&phrase, 0);
    str_init(&words, 0);
    phrase_append(&phrase, filter->text);
    for (size_t i = 0; i < fields->fields_len && !found; i++) {
        if (!(fields->fields[i].flags & FIELD_SEARCH))
            continue;
        str_clear(&words);
        phrase_append(&words, text_of(&fields->fields[i], object));
        found = phrase_is_in(str_text(&phrase), filter->is_prefix, str_text(&words));
    }
    str_finish(&phrase);
    str_finish(&words);
    return found;
}

bool
filter_matches(const struct filter *filter, const struct field_table *fields, const void *object)
{
    if (!filter)
        return true;
    switch (filter->operation) {
    case FILTER_AND:
        for (size_t i = 0; i < filter->parts_len; i++)
            if (!filter_matches(filter->parts[i], fields, object))
                return false;
        return true;
    case FILTER_OR:
        for (size_t i = 0; i < filter->parts_len; i++)
            if (filter_matches(filter->parts[i], fields, object))
                return true;
        return false;
    case FILTER_NOT:
        return !filter_matches(filter->parts[0], fields, object);
    case FILTER_TEXT:
        return text_matches(filter, fields, object);
    case FILTER_CONDITION:
        break;
    }
    return condition_matches(filter, object);
}
