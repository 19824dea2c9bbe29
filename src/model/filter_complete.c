#include "model/filter_complete.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "model/filter_internal.h"

#define CANDIDATES_MAX 400

/* ---- where the caret is ---- */

static bool
is_blank(char c)
{
    return (c >= 0 && c <= ' ' && c != '\0') || c == 0x7f;
}

static size_t
operator_len(const char *text)
{
    if (text[0] == '!' || text[0] == '<' || text[0] == '>')
        return text[1] == '=' ? 2 : text[0] == '!' ? 0 : 1;
    return text[0] == '=' || text[0] == '~' || text[0] == ':' ? 1 : 0;
}

static size_t
skip_blanks(const char *text, size_t at)
{
    while (is_blank(text[at]))
        at++;
    return at;
}

/* Behind the closing quote, or the end where there is none. */
static size_t
quoted_end(const char *text, size_t at)
{
    for (at++; text[at] && text[at] != '"'; at++)
        if (text[at] == '\\' && text[at + 1])
            at++;
    return text[at] ? at + 1 : at;
}

static size_t
word_end(const char *text, size_t at, const char *ends, bool is_value)
{
    while (text[at] && !is_blank(text[at]) && !strchr(ends, text[at]) &&
           (is_value || !operator_len(text + at)))
        at++;
    return at;
}

static void
find_field(struct filter_place *place, const struct filter_context *context, struct arena *arena)
{
    struct filter_error problem;
    struct filter_resolver resolver = {context, arena, &problem, 0};
    struct filter_word name = {.text = place->field_name};
    struct filter_target target;
    if (!filter_resolve_name(&resolver, &name, &target) || target.type == TARGET_AGE ||
        target.type == TARGET_SOURCE || target.type == TARGET_STATE)
        return;
    place->field = target.type == TARGET_SEVERITY ? NULL : target.field;
    place->attribute = target.type == TARGET_ATTRIBUTE ? target.attribute : NULL;
}

static bool
take(struct filter_place *place, const char *text, size_t caret, size_t from, size_t to,
     struct arena *arena)
{
    size_t start = from + (from < caret && text[from] == '"');
    place->from = from;
    place->to = to;
    place->prefix = caret > start ? arena_text_len(arena, text + start, caret - start) : "";
    return true;
}

bool
filter_place_at(const char *text, size_t caret, const struct filter_context *context,
                struct arena *arena, struct filter_place *place)
{
    *place = (struct filter_place){.prefix = "", .field_name = ""};
    for (size_t at = 0;;) {
        at = skip_blanks(text, at);
        if (at >= caret && (!text[at] || at > caret))
            return take(place, text, caret, caret, caret, arena);
        if (text[at] == '(' || text[at] == ')') {
            if (text[at++] == ')' && at == caret)
                return false;
            continue;
        }
        bool quoted = text[at] == '"';
        size_t end = quoted ? quoted_end(text, at) : word_end(text, at, "()\"", false);
        size_t op = skip_blanks(text, end);
        size_t len = operator_len(text + op);
        if (caret <= end && !quoted)
            return take(place, text, caret, at, end + (end == op ? len : 0), arena);
        if (!len) {
            if (caret <= end || end == at)
                return false;
            at = end;
            continue;
        }
        if (caret < op + len)
            return false;
        const char *name = quoted ? arena_text_len(arena, text + at + 1, end - at - 2)
                                  : arena_text_len(arena, text + at, end - at);
        at = op + len;
        for (;;) { /* its values */
            size_t from = skip_blanks(text, at);
            quoted = text[from] == '"';
            end = quoted ? quoted_end(text, from) : word_end(text, from, "(),\"", true);
            if (caret <= end) {
                place->is_value = true;
                place->field_name = name;
                find_field(place, context, arena);
                return caret < from ? take(place, text, caret, caret, caret, arena)
                                    : take(place, text, caret, from, end, arena);
            }
            at = end + 1;
            if (text[end] != ',')
                break;
        }
        at = end;
    }
}

/* ---- what can stand there ---- */

struct candidates {
    const struct filter_place *place;
    const struct filter_context *context;
    struct arena *arena;
    struct filter_candidate *items; /* those that begin so, in front of the others */
    size_t len, begins;
};

static bool
has_inside(const char *text, const char *part)
{
    size_t len = strlen(part);
    for (; len >= 2 && *text; text++)
        if (strncasecmp(text, part, len) == 0)
            return true;
    return false;
}

static void
offer(struct candidates *all, const char *name, const char *text, const char *help)
{
    const char *prefix = all->place->prefix;
    bool begins = strncasecmp(name, prefix, strlen(prefix)) == 0;
    if (all->len == CANDIDATES_MAX || (!begins && !has_inside(name, prefix)))
        return;
    for (size_t i = 0; i < all->len; i++)
        if (strcasecmp(all->items[i].text, text) == 0)
            return;
    size_t at = begins ? all->begins++ : all->len;
    memmove(all->items + at + 1, all->items + at, (all->len - at) * sizeof *all->items);
    all->items[at] = (struct filter_candidate){text, help};
    all->len++;
}

const char *
filter_quote(const char *value, struct arena *arena)
{
    if (*value && !value[strcspn(value, " (),\"")])
        return value;
    char *out = arena_alloc(arena, strlen(value) * 2 + 3), *end = out;
    *end++ = '"';
    for (const char *c = value; *c; c++) {
        if (*c == '"' || *c == '\\')
            *end++ = '\\';
        *end++ = *c;
    }
    *end = '"';
    return out;
}

static const char *
type_help(const struct filter_target *target)
{
    if (target->type == TARGET_AGE)
        return "age: 10m, 2h, 3d";
    if (target->type == TARGET_SEVERITY)
        return "severity: 1 is the most severe";
    if (target->type == TARGET_STATE)
        return "state: firing, acknowledged …";
    if (target->type == TARGET_SOURCE)
        return "source";
    if (!target->field)
        return "attribute";
    switch (target->field->type) {
    case FIELD_TIME:
        return "time: today, -2h, 2026-03-23";
    case FIELD_INTEGER:
    case FIELD_REAL:
        return "number";
    case FIELD_BOOLEAN:
        return "true or false";
    case FIELD_ENUM:
        return "one of a few words";
    case FIELD_TEXT:
    case FIELD_OBJECT:
    case FIELD_ARRAY:
    case FIELD_LIST:
        break;
    }
    return "text";
}

/* The comparison that is asked for most. */
static const char *
usual_operator(const struct filter_target *target)
{
    if (target->type == TARGET_AGE)
        return "<";
    if (target->type == TARGET_SEVERITY)
        return ">=";
    if (target->field && target->field->type == FIELD_TIME)
        return ">";
    if (target->field && target->field->flags & FIELD_SEARCH)
        return "~";
    return "=";
}

static void
offer_name(struct candidates *all, const char *name)
{
    struct filter_error problem;
    struct filter_resolver resolver = {all->context, all->arena, &problem, 0};
    struct filter_word word = {.text = name};
    struct filter_target target;
    if (!filter_resolve_name(&resolver, &word, &target))
        return;
    const char *usual = usual_operator(&target);
    offer(all, name, arena_printf(all->arena, "%s%s", filter_quote(name, all->arena), usual),
          type_help(&target));
    if (strcasecmp(name, all->place->prefix) != 0)
        return;
    /* Written out: how it can be compared. */
    static const struct {
        const char *op, *help;
        bool orders;
    } operators[] = {
        {"=", "is", false},       {"!=", "is not", false},
        {"~", "contains", false}, {"<", "less, younger, earlier", true},
        {"<=", "at most", true},  {">", "more, older, later", true},
        {">=", "at least", true},
    };
    bool time = target.type == TARGET_AGE || (target.field && target.field->type == FIELD_TIME);
    bool ordered = time || target.type == TARGET_SEVERITY ||
                   (target.field && target.field->type == FIELD_INTEGER);
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (operators[i].orders ? ordered : target.type != TARGET_AGE && (!ordered || i < 2))
            offer(all, name,
                  arena_printf(all->arena, "%s%s", filter_quote(name, all->arena), operators[i].op),
                  operators[i].help);
}

static void
offer_names(struct candidates *all)
{
    const struct filter_context *context = all->context;
    const char *const *names;
    size_t len = filter_fields_of(filter_table(context), all->arena, &names);
    for (size_t i = 0; i < len; i++)
        offer_name(all, names[i]);
    for (size_t i = 0; context->kind == KIND_ALERT && i < context->attributes_len; i++)
        offer_name(all, context->attributes[i]);
}

static void
offer_words(struct candidates *all, const char *const *words, const char *help)
{
    for (; *words; words++)
        offer(all, *words, filter_quote(*words, all->arena), help);
}

static void
offer_severities(struct candidates *all)
{
    static const char *const digits[] = {"1", "2", "3", "4", NULL};
    static const char *const words[] = {"critical", "major", "minor", "low", NULL};
    const struct filter_context *context = all->context;
    for (size_t i = 0; i < context->severities_len; i++)
        offer(all, context->severities[i].name,
              filter_quote(context->severities[i].name, all->arena),
              arena_printf(all->arena, "S%d", context->severities[i].digit));
    if (!context->severities_len)
        offer_words(all, words, "severity");
    offer_words(all, digits, "1 is the most severe");
    offer(all, "none", "none", "without one");
}

static void
offer_values(struct candidates *all)
{
    static const char *const ages[] = {"10m", "1h", "4h", "1d", "1w", NULL};
    static const char *const times[] = {"today", "yesterday", "-1h", "-8h", "-7d", "none", NULL};
    static const char *const truths[] = {"true", "false", NULL};
    struct filter_error problem;
    struct filter_resolver resolver = {all->context, all->arena, &problem, 0};
    struct filter_word word = {.text = all->place->field_name};
    struct filter_target target;
    if (!filter_resolve_name(&resolver, &word, &target))
        return;
    if (target.type == TARGET_AGE) {
        offer_words(all, ages, "ago");
        return;
    }
    if (target.type == TARGET_SEVERITY) {
        offer_severities(all);
        return;
    }
    for (size_t i = 0; target.type == TARGET_STATE && i < FILTER_STATES_LEN; i++)
        offer(all, filter_states[i].word, filter_states[i].word, filter_states[i].letter);
    if (target.type == TARGET_STATE)
        return;
    if (target.type == TARGET_SOURCE) {
        for (size_t i = 0; i < all->context->sources_len; i++)
            offer(all, all->context->sources[i].name,
                  filter_quote(all->context->sources[i].name, all->arena), "source");
        return;
    }
    const struct field *field = target.field;
    if (field && field->type == FIELD_TIME)
        offer_words(all, times, "time");
    else if (field && field->type == FIELD_BOOLEAN)
        offer_words(all, truths, "");
    else if (field && field->type == FIELD_ENUM)
        offer_words(all, field->values->values, "");
    else if (all->context->me_email && *all->context->me_email &&
             (!field || strstr(field->name, "name") || strstr(field->name, "email") ||
              strcmp(field->name, "owner") == 0))
        offer(all, "@me", "@me", all->context->me_email);
}

size_t
filter_candidates(const struct filter_place *place, const struct filter_context *context,
                  const char *const *values, struct arena *arena,
                  const struct filter_candidate **candidates)
{
    struct candidates all = {.place = place, .context = context, .arena = arena};
    all.items = arena_new_array(arena, CANDIDATES_MAX + 1, struct filter_candidate);
    if (place->is_value)
        offer_values(&all);
    else
        offer_names(&all);
    if (place->is_value && values)
        offer_words(&all, values, "");
    *candidates = all.items;
    return all.len;
}
