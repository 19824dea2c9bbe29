#include "model/complete.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "model/filter_internal.h"

/* ---- candidates ---- */

static void
add(struct filter_completion *completion, const char *text, const char *help)
{
    for (size_t i = 0; i < completion->candidates_len; i++)
        if (strcasecmp(completion->candidates[i].text, text) == 0)
            return;
    if (completion->candidates_len < FILTER_CANDIDATES_MAX)
        completion->candidates[completion->candidates_len++] =
            (struct filter_candidate){text, help};
}

static bool
begins(const char *text, const char *prefix)
{
    return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static const char *
quoted(struct arena *arena, const char *text)
{
    struct str out;
    str_init(&out, 0);
    str_append_char(&out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            str_append_char(&out, '\\');
        str_append_char(&out, *text);
    }
    str_append_char(&out, '"');
    const char *result = arena_text(arena, str_text(&out));
    str_finish(&out);
    return result;
}

void
filter_complete_value(struct filter_completion *completion, const char *value, const char *help,
                      struct arena *arena)
{
    bool is_plain = *value && !strpbrk(value, " \t\n(),\"");
    if (begins(value, completion->prefix))
        add(completion, is_plain ? value : quoted(arena, value), help);
}

static void
add_values(struct filter_completion *completion, const char *const *values, struct arena *arena)
{
    for (; *values; values++)
        filter_complete_value(completion, *values, "", arena);
}

/* ---- fields ---- */

static const struct {
    const char *name, *help;
} helps[] = {
    {"sev", "by rank: sev>=2 is S1 and S2"},
    {"severity", "by rank: severity>=major is at least as severe"},
    {"age", "since it began: age<2h, age>3d"},
    {"source", "the alert source's name"},
    {"env", "environment"},
    {"owner", "whose it is; @me is you"},
    {"who", "the person; @me is you"},
    {"ref", "the incident's reference: INC-412"},
    {"incident", "the incident's reference or id"},
    {"dedup", "deduplication key"},
    {"due", "when it is due: due<now, due=none"},
    {"title", "words of the title: title~orders"},
};

static const char *
help_of(const char *name, const struct filter_target *target)
{
    for (size_t i = 0; i < sizeof helps / sizeof *helps; i++)
        if (strcasecmp(helps[i].name, name) == 0)
            return helps[i].help;
    if (!target->field)
        return "attribute";
    switch (target->field->type) {
    case FIELD_TIME:
        return "a time: today, -2h, 2026-03-23, none";
    case FIELD_INTEGER:
    case FIELD_REAL:
        return "a number";
    case FIELD_BOOLEAN:
        return "true or false";
    case FIELD_ENUM:
    case FIELD_TEXT:
    case FIELD_OBJECT:
    case FIELD_ARRAY:
    case FIELD_LIST:
        break;
    }
    return strcasecmp(target->field->name, name) == 0 ? "" : target->field->name;
}

static const struct {
    const char *sign, *help;
} operators[] = {
    {"=", "is"},       {"!=", "is not"},   {"~", "contains"},  {">=", "at least"},
    {"<=", "at most"}, {">", "more than"}, {"<", "less than"},
};
enum { OPERATORS_LEN = sizeof operators / sizeof *operators };

static bool
may_stand(const struct filter_target *target, const char *sign)
{
    bool orders = *sign == '<' || *sign == '>';
    enum field_type type = target->field ? target->field->type : FIELD_TEXT;
    if (target->type == TARGET_AGE)
        return orders;
    if (target->type == TARGET_SEVERITY)
        return true;
    if (target->type == TARGET_SOURCE || type == FIELD_ENUM || type == FIELD_TEXT)
        return !orders;
    if (type == FIELD_BOOLEAN)
        return *sign == '=';
    return *sign != '~';
}

/* The one that is meant most often. */
static const char *
usual_sign(const struct filter_target *target)
{
    enum field_type type = target->field ? target->field->type : FIELD_TEXT;
    if (target->type == TARGET_AGE)
        return "<";
    if (target->type == TARGET_SEVERITY)
        return ">=";
    if (type == FIELD_TIME)
        return ">";
    return target->field && target->field->flags & FIELD_SEARCH ? "~" : "=";
}

static void
add_field(struct filter_completion *completion, struct filter_resolver *resolver, const char *name)
{
    struct arena *arena = resolver->arena;
    const struct filter_word word = {.text = name, .len = strlen(name)};
    struct filter_target target;
    if (!begins(name, completion->prefix) || !filter_resolve_name(resolver, &word, &target))
        return;
    const char *written = strpbrk(name, " (),\"=<>!~:") ? quoted(arena, name) : name;
    const char *usual = usual_sign(&target);
    const char *help = help_of(name, &target);
    add(completion, arena_printf(arena, "%s%s", written, usual), help);
    if (strcasecmp(name, completion->prefix) != 0)
        return;
    for (size_t i = 0; i < OPERATORS_LEN; i++)
        if (may_stand(&target, operators[i].sign))
            add(completion, arena_printf(arena, "%s%s", written, operators[i].sign),
                operators[i].help);
}

static void
add_fields(struct filter_completion *completion, struct filter_resolver *resolver)
{
    static const struct {
        const char *word, *help;
    } keywords[] = {{"not", "what does not match the next one"},
                    {"and", "both, as without it"},
                    {"or", "either"}};
    const struct filter_context *context = resolver->context;
    const char *const *names;
    size_t len = filter_fields_of(filter_table(context), resolver->arena, &names);
    for (size_t i = 0; i < len; i++)
        add_field(completion, resolver, names[i]);
    for (size_t i = 0; context->kind == KIND_ALERT && i < context->attributes_len; i++)
        add_field(completion, resolver, context->attributes[i]);
    for (size_t i = 0; *completion->prefix && i < sizeof keywords / sizeof *keywords; i++)
        if (begins(keywords[i].word, completion->prefix))
            add(completion, keywords[i].word, keywords[i].help);
}

/* ---- values ---- */

static void
add_names(struct filter_completion *completion, const struct filter_name *names, size_t len,
          struct arena *arena)
{
    static const char *const digits[] = {"", "S1", "S2", "S3", "S4"};
    for (size_t i = 0; i < len; i++)
        filter_complete_value(
            completion, names[i].name,
            names[i].digit >= 1 && names[i].digit <= 4 ? digits[names[i].digit] : "", arena);
}

static bool
is_person(const struct filter_target *target)
{
    static const char *const columns[] = {
        "owner",          "who",        "assignee_name",     "lead_name", "user_name",
        "assignee_email", "user_email", "creator_user_name", NULL};
    for (size_t i = 0; target->field && columns[i]; i++)
        if (strcmp(target->field->name, columns[i]) == 0)
            return true;
    return false;
}

static void
add_values_of(struct filter_completion *completion, const struct filter_context *context,
              const struct filter_target *target, struct arena *arena)
{
    static const char *const words[] = {"critical", "major", "minor", "low",  "1",
                                        "2",        "3",     "4",     "none", NULL};
    static const char *const spans[] = {"10m", "1h", "2h", "8h", "1d", "7d", "4w", NULL};
    static const char *const times[] = {"today", "yesterday", "now",  "-2h",
                                        "-1d",   "-7d",       "none", NULL};
    static const char *const truths[] = {"true", "false", NULL};
    static const char *const event_kinds[] = {"update", "status", "severity", "alert", "resolved",
                                              "page",   "ack",    "note",     "link",  "task",
                                              "event",  "merge",  "opened",   NULL};
    switch (target->type) {
    case TARGET_AGE:
        add_values(completion, spans, arena);
        return;
    case TARGET_SOURCE:
        add_names(completion, context->sources, context->sources_len, arena);
        return;
    case TARGET_SEVERITY:
        add_names(completion, context->severities, context->severities_len, arena);
        add_values(completion, context->severities_len ? words + 4 : words, arena);
        return;
    case TARGET_COLUMN:
    case TARGET_ATTRIBUTE:
        break;
    }
    completion->field = target->field;
    completion->attribute = target->field ? NULL : target->attribute;
    if (!target->field)
        return;
    if (target->field->type == FIELD_TIME)
        add_values(completion, times, arena);
    else if (target->field->type == FIELD_BOOLEAN)
        add_values(completion, truths, arena);
    else if (target->field->type == FIELD_ENUM)
        add_values(completion, target->field->values->values, arena);
    else if (context->fields && strcmp(target->field->name, "kind") == 0)
        add_values(completion, event_kinds, arena);
    if (is_person(target) && !text_is_empty(context->me_email) && begins("@me", completion->prefix))
        add(completion, "@me", context->me_email);
}

/* ---- where the caret is ---- */

struct scan {
    const char *text;
    size_t at, caret;
    struct arena *arena;
    const char *name; /* of the field whose value is being read */
};

static bool
is_blank(char c)
{
    return (c >= 0 && c <= ' ') || c == 0x7f;
}

static size_t
sign_len(const char *text)
{
    if (*text == '!' || *text == '<' || *text == '>')
        return text[1] == '=' ? 2 : *text != '!';
    return *text == '=' || *text == '~' || *text == ':';
}

/* Reads a word, or a value if `is_value`; true: the caret is in it or at its end, and *prefix is what stands before it. */
static bool
scan_word(struct scan *scan, bool is_value, const char **word, const char **prefix)
{
    const char *text = scan->text;
    size_t start = scan->at, at = start, len = 0, prefix_len = 0;
    char *out = arena_alloc(scan->arena, strlen(text + start) + 1);
    bool is_quoted = text[at] == '"';
    at += is_quoted;
    for (; text[at]; at++) {
        if (at == scan->caret)
            prefix_len = len;
        if (is_quoted ? text[at] == '"'
                      : is_blank(text[at]) || strchr(is_value ? "()\"," : "()\"", text[at]) ||
                            (!is_value && sign_len(text + at)))
            break;
        if (is_quoted && text[at] == '\\' && text[at + 1])
            at++;
        out[len++] = text[at];
    }
    if (at <= scan->caret)
        prefix_len = len;
    bool is_closed = is_quoted && text[at] == '"';
    scan->at = at + is_closed;
    *word = arena_text_len(scan->arena, out, len);
    *prefix = arena_text_len(scan->arena, out, prefix_len);
    /* Behind a closing quote there is nothing more to say. */
    return scan->caret >= start && (is_closed ? scan->caret <= at : scan->caret <= scan->at);
}

static void
skip_blanks(struct scan *scan)
{
    while (is_blank(scan->text[scan->at]) && scan->text[scan->at])
        scan->at++;
}

/* Goes to the caret; *start: where what is typed there begins. */
static int
find_caret(struct scan *scan, size_t *start, const char **prefix)
{
    const char *word;
    *prefix = "";
    for (;;) {
        while ((is_blank(scan->text[scan->at]) || strchr("()", scan->text[scan->at])) &&
               scan->text[scan->at])
            scan->at++;
        *start = scan->at < scan->caret ? scan->at : scan->caret;
        if (scan->caret <= scan->at && (scan->caret < scan->at || !scan->text[scan->at]))
            return FILTER_ASKS_FIELD;
        if (!scan->text[scan->at])
            return FILTER_ASKS_NOTHING;
        size_t from = scan->at;
        bool here = scan_word(scan, false, &scan->name, prefix);
        if (here)
            return FILTER_ASKS_FIELD;
        *prefix = "";
        size_t behind = scan->at;
        skip_blanks(scan);
        size_t len = sign_len(scan->text + scan->at);
        if (!len) {
            if (scan->at == from) /* a sign without a field, a comma */
                scan->at++;
            scan->at = scan->at > behind && scan->caret < scan->at ? behind : scan->at;
            continue;
        }
        if (scan->caret < scan->at + len)
            return FILTER_ASKS_NOTHING;
        scan->at += len;
        do {
            if (scan->text[scan->at] == ',')
                scan->at++;
            size_t value_at = scan->at;
            skip_blanks(scan);
            *start = scan->caret < scan->at ? scan->caret : scan->at;
            if (scan->caret >= value_at && scan->caret < scan->at)
                return FILTER_ASKS_VALUE;
            if (scan_word(scan, true, &word, prefix))
                return FILTER_ASKS_VALUE;
            *prefix = "";
        } while (scan->text[scan->at] == ',');
    }
}

void
filter_complete(const char *text, size_t caret, const struct filter_context *context,
                struct arena *arena, struct filter_completion *completion)
{
    struct filter_error ignored;
    struct filter_resolver resolver = {.context = context, .arena = arena, .problem = &ignored};
    struct scan scan = {.text = text, .caret = caret, .arena = arena, .name = ""};
    struct filter_target target;
    *completion = (struct filter_completion){
        .candidates = arena_new_array(arena, FILTER_CANDIDATES_MAX, struct filter_candidate),
        .prefix = ""};
    if (strlen(text) > FILTER_MAX_BYTES || caret > strlen(text))
        return;
    completion->asks = find_caret(&scan, &completion->at, &completion->prefix);
    completion->len = caret - completion->at;
    if (completion->asks == FILTER_ASKS_FIELD) {
        add_fields(completion, &resolver);
    } else if (completion->asks == FILTER_ASKS_VALUE) {
        const struct filter_word name = {.text = scan.name, .len = strlen(scan.name)};
        if (filter_resolve_name(&resolver, &name, &target))
            add_values_of(completion, context, &target, arena);
    }
}
