#include "model/filter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "base/text.h"
#include "model/filter_internal.h"

enum token_type {
    TOKEN_END,
    TOKEN_WORD, /* quoted or not */
    TOKEN_OPERATOR,
    TOKEN_OPEN,
    TOKEN_CLOSE
};

struct token {
    enum token_type type;
    enum filter_operator op;
    struct filter_word word; /* for all types: where it is */
};

struct parser {
    struct filter_resolver resolver;
    const char *text;
    size_t at; /* behind the token */
    struct token token;
    int depth;
};

bool
filter_problem(struct filter_resolver *resolver, const struct filter_word *word, const char *format,
               ...)
{
    struct filter_error *problem = resolver->problem;
    char message[sizeof problem->message];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments); /* a longer one is cut */
    va_end(arguments);
    /* Words of the user's stand in it: cleaned, and not cut inside of a character. */
    (void)snprintf(problem->message, sizeof problem->message, "%s",
                   text_clean(resolver->arena, message, sizeof problem->message - 1));
    problem->at = word->at;
    problem->len = word->len;
    problem->suggestion[0] = '\0';
    return false;
}

const struct field_table *
filter_table(const struct filter_context *context)
{
    return context->fields ? context->fields : kind_info(context->kind)->fields;
}

const char *
filter_what(const struct filter_context *context)
{
    return context->fields ? context->what : kind_info(context->kind)->list;
}

struct filter *
filter_node(struct filter_resolver *resolver, enum filter_operation operation,
            const struct filter_word *word)
{
    if (++resolver->nodes_len > FILTER_MAX_NODES) {
        (void)filter_problem(resolver, word, "a filter has at most %d parts", FILTER_MAX_NODES);
        return NULL;
    }
    struct filter *node = arena_new(resolver->arena, struct filter);
    node->operation = operation;
    return node;
}

/* ---- words ---- */

static bool
is_blank(char c)
{
    return (c >= 0 && c <= ' ') ||
           c == 0x7f; /* no character that could confuse a terminal is part of a word */
}

static size_t
operator_len(const char *text)
{
    if (text[0] == '!' || text[0] == '<' || text[0] == '>')
        return text[1] == '=' ? 2 : text[0] == '!' ? 0 : 1;
    return text[0] == '=' || text[0] == '~' || text[0] == ':' ? 1 : 0;
}

static enum filter_operator
operator_of(const char *text)
{
    switch (text[0]) {
    case '!':
        return OPERATOR_IS_NOT;
    case '<':
        return text[1] == '=' ? OPERATOR_AT_MOST : OPERATOR_LESS;
    case '>':
        return text[1] == '=' ? OPERATOR_AT_LEAST : OPERATOR_MORE;
    case '~':
        return OPERATOR_CONTAINS;
    case ':':
        return OPERATOR_HAS;
    default:
        return OPERATOR_IS;
    }
}

static void
skip_blanks(struct parser *parser)
{
    while (parser->text[parser->at] && is_blank(parser->text[parser->at]))
        parser->at++;
}

static bool
read_quoted(struct parser *parser, struct filter_word *word)
{
    const char *text = parser->text;
    size_t at = parser->at + 1, len = 0;
    char *out = arena_alloc(parser->resolver.arena, strlen(text + at) + 1);
    while (text[at] && text[at] != '"') {
        if (text[at] == '\\' && (text[at + 1] == '"' || text[at + 1] == '\\'))
            at++;
        out[len++] = is_blank(text[at]) ? ' ' : text[at];
        at++;
    }
    *word = (struct filter_word){
        .text = out, .at = parser->at, .len = at - parser->at, .is_quoted = true};
    if (!text[at])
        return filter_problem(&parser->resolver, word, "this quote is not closed");
    word->len++;
    parser->at = at + 1;
    return true;
}

static struct filter_word
take(struct parser *parser, size_t len)
{
    struct filter_word word = {
        .text = arena_text_len(parser->resolver.arena, parser->text + parser->at, len),
        .at = parser->at,
        .len = len};
    parser->at += len;
    return word;
}

static bool
next(struct parser *parser)
{
    skip_blanks(parser);
    const char *rest = parser->text + parser->at;
    struct token *token = &parser->token;
    size_t len = operator_len(rest);
    if (!*rest) {
        token->type = TOKEN_END;
        token->word = take(parser, 0);
    } else if (*rest == '"') {
        token->type = TOKEN_WORD;
        return read_quoted(parser, &token->word);
    } else if (*rest == '(' || *rest == ')') {
        token->type = *rest == '(' ? TOKEN_OPEN : TOKEN_CLOSE;
        token->word = take(parser, 1);
    } else if (len) {
        token->type = TOKEN_OPERATOR;
        token->op = operator_of(rest);
        token->word = take(parser, len);
    } else {
        while (rest[len] && !is_blank(rest[len]) && !strchr("()\"", rest[len]) &&
               !operator_len(rest + len))
            len++;
        token->type = TOKEN_WORD;
        token->word = take(parser, len);
    }
    return true;
}

/* A value may hold what ends a word elsewhere: times have colons, addresses everything. */
static bool
read_value(struct parser *parser, struct filter_word *value)
{
    skip_blanks(parser);
    const char *rest = parser->text + parser->at;
    if (*rest == '"')
        return read_quoted(parser, value);
    size_t len = 0;
    while (rest[len] && !is_blank(rest[len]) && !strchr("(),\"", rest[len]))
        len++;
    *value = take(parser, len);
    if (len)
        return true;
    if (*rest == '(' || *rest == ',')
        value->len = 1;
    return filter_problem(&parser->resolver, value,
                          "expected a value here; \"\" is an empty one, and what has blanks, "
                          "commas or parentheses in it is quoted");
}

/* ---- grammar ---- */

static const struct filter *parse_either(struct parser *parser);

static bool
is_keyword(const struct token *token, const char *keyword)
{
    return token->type == TOKEN_WORD && !token->word.is_quoted &&
           strcasecmp(token->word.text, keyword) == 0;
}

static const struct filter *
parse_condition(struct parser *parser, const struct filter_word *name)
{
    enum filter_operator op = parser->token.op;
    size_t len = 0, cap = 4;
    struct filter_word *values = arena_new_array(parser->resolver.arena, cap, struct filter_word);
    do {
        if (len == cap) {
            cap *= 2;
            struct filter_word *more =
                arena_new_array(parser->resolver.arena, cap, struct filter_word);
            memcpy(more, values, len * sizeof *more);
            values = more;
        }
        if (len) /* the comma */
            parser->at++;
        if (!read_value(parser, &values[len++]))
            return NULL;
    } while (parser->text[parser->at] == ',');
    if (!next(parser))
        return NULL;
    return filter_resolve_condition(&parser->resolver, name, op, values, len);
}

static bool
has_text(const struct field_table *table)
{
    for (size_t i = 0; i < table->fields_len; i++)
        if (table->fields[i].flags & FIELD_SEARCH)
            return true;
    return false;
}

static const struct filter *
text_node(struct parser *parser, const struct filter_word *word)
{
    struct filter_resolver *resolver = &parser->resolver;
    if (!has_text(filter_table(resolver->context))) {
        (void)filter_problem(resolver, word,
                             "%s have no text to search; compare a field, as in name~%s",
                             filter_what(resolver->context), word->text);
        return NULL;
    }
    if (!text_has_word(word->text)) {
        (void)filter_problem(resolver, word, "there is no word in '%.60s' to search for",
                             word->text);
        return NULL;
    }
    struct filter *node = filter_node(resolver, FILTER_TEXT, word);
    if (node) {
        node->text = word->text;
        node->is_prefix = !word->is_quoted;
    }
    return node;
}

static const struct filter *
parse_operand(struct parser *parser)
{
    const struct token token = parser->token;
    if (token.type == TOKEN_OPEN) {
        if (!next(parser))
            return NULL;
        const struct filter *inner = parse_either(parser);
        if (!inner)
            return NULL;
        if (parser->token.type != TOKEN_CLOSE) {
            (void)filter_problem(&parser->resolver, &token.word, "this parenthesis is not closed");
            return NULL;
        }
        return next(parser) ? inner : NULL;
    }
    if (token.type != TOKEN_WORD || is_keyword(&token, "and") || is_keyword(&token, "or")) {
        if (token.type == TOKEN_OPERATOR)
            (void)filter_problem(&parser->resolver, &token.word,
                                 "expected the name of a field before '%s'", token.word.text);
        else
            (void)filter_problem(&parser->resolver, &token.word,
                                 "expected a condition or a word here%s",
                                 token.word.len ? "; and, or and parentheses are quoted to search "
                                                  "for them"
                                                : "");
        return NULL;
    }
    if (!next(parser))
        return NULL;
    if (parser->token.type == TOKEN_OPERATOR)
        return parse_condition(parser, &token.word);
    return text_node(parser, &token.word);
}

static const struct filter *
parse_one(struct parser *parser)
{
    const struct token token = parser->token;
    if (++parser->depth > FILTER_MAX_DEPTH) {
        (void)filter_problem(&parser->resolver, &token.word, "more than %d levels deep",
                             FILTER_MAX_DEPTH);
        return NULL;
    }
    const struct filter *result;
    if (is_keyword(&token, "not")) {
        const struct filter *inner = next(parser) ? parse_one(parser) : NULL;
        struct filter *node =
            inner ? filter_node(&parser->resolver, FILTER_NOT, &token.word) : NULL;
        if (node) {
            const struct filter **parts =
                arena_new_array(parser->resolver.arena, 1, const struct filter *);
            parts[0] = inner;
            node->parts = parts;
            node->parts_len = 1;
        }
        result = node;
    } else {
        result = parse_operand(parser);
    }
    parser->depth--;
    return result;
}

/* One or more of what `parse_part` reads, joined by `operation`. */
static const struct filter *
parse_chain(struct parser *parser, enum filter_operation operation, const char *keyword,
            const struct filter *(*parse_part)(struct parser *))
{
    const struct filter *parts[FILTER_MAX_NODES];
    size_t len = 0;
    for (bool goes_on = true; goes_on;) {
        if (len == FILTER_MAX_NODES) {
            (void)filter_problem(&parser->resolver, &parser->token.word,
                                 "a filter has at most %d parts", FILTER_MAX_NODES);
            return NULL;
        }
        const struct filter *part = parse_part(parser);
        if (!part)
            return NULL;
        parts[len++] = part;
        goes_on = is_keyword(&parser->token, keyword);
        if (goes_on && !next(parser))
            return NULL;
        if (operation == FILTER_AND && parser->token.type != TOKEN_END &&
            parser->token.type != TOKEN_CLOSE && !is_keyword(&parser->token, "or"))
            goes_on = true; /* `and` may be left out */
    }
    if (len == 1)
        return parts[0];
    struct filter *node = filter_node(&parser->resolver, operation, &parser->token.word);
    if (node) {
        const struct filter **copy =
            arena_new_array(parser->resolver.arena, len, const struct filter *);
        for (size_t i = 0; i < len; i++)
            copy[i] = parts[i];
        node->parts = copy;
        node->parts_len = len;
    }
    return node;
}

static const struct filter *
parse_both(struct parser *parser)
{
    return parse_chain(parser, FILTER_AND, "and", parse_one);
}

static const struct filter *
parse_either(struct parser *parser)
{
    return parse_chain(parser, FILTER_OR, "or", parse_both);
}

bool
filter_parse(const char *text, const struct filter_context *context, struct arena *arena,
             const struct filter **filter, struct filter_error *problem)
{
    struct filter_context complete = *context;
    if (!complete.zone)
        complete.zone = zone_utc();
    if (!complete.derivation)
        complete.derivation = &derivation_default;
    struct parser parser = {
        .resolver = {.context = &complete, .arena = arena, .problem = problem},
        .text = text,
    };
    *filter = NULL;
    size_t len = strlen(text);
    struct filter_word whole = {.text = text, .at = 0, .len = len};
    if (len > FILTER_MAX_BYTES) {
        whole = (struct filter_word){.at = FILTER_MAX_BYTES, .len = 1};
        return filter_problem(&parser.resolver, &whole, "a filter has at most %d bytes",
                              FILTER_MAX_BYTES);
    }
    if (!text_is_valid_utf8(text, len))
        return filter_problem(&parser.resolver, &whole, "the filter is not valid UTF-8");
    if (!next(&parser))
        return false;
    if (parser.token.type == TOKEN_END)
        return true;
    const struct filter *parsed = parse_either(&parser);
    if (!parsed)
        return false;
    if (parser.token.type != TOKEN_END)
        return filter_problem(&parser.resolver, &parser.token.word,
                              "no parenthesis is open that this one could close");
    *filter = parsed;
    return true;
}

/* ---- what else is asked about a filter ---- */

bool
filter_has_text(const struct filter *filter)
{
    if (!filter)
        return false;
    if (filter->operation == FILTER_TEXT)
        return true;
    for (size_t i = 0; i < filter->parts_len; i++)
        if (filter_has_text(filter->parts[i]))
            return true;
    return false;
}

#define CARET_MARGIN_COLS 40 /* of text shown on either side of a mistake */

const char *
filter_error_caret(const char *text, const struct filter_error *problem, struct arena *arena)
{
    size_t len = strlen(text);
    size_t at = problem->at < len ? problem->at : len;
    size_t end = at + problem->len < len ? at + problem->len : len;

    /* Cleaning takes blanks from both ends, which a bar keeps. */
    const char *before =
        text_clean(arena, arena_printf(arena, "|%s|", arena_text_len(arena, text, at)), at * 3 + 3);
    const char *mistake =
        text_clean(arena, arena_text_len(arena, text + at, end - at), (end - at) * 3 + 1);
    const char *after =
        text_clean(arena, arena_printf(arena, "|%s", text + end), (len - end) * 3 + 2);
    before = arena_text_len(arena, before + 1, strlen(before) > 1 ? strlen(before) - 2 : 0);
    int before_cols = text_width_cols(before);
    if (before_cols > CARET_MARGIN_COLS) {
        before = arena_printf(arena, "~%s", text_skip(before, before_cols - CARET_MARGIN_COLS));
        before_cols = text_width_cols(before);
    }
    mistake = text_cut(arena, mistake, CARET_MARGIN_COLS);
    int cols = text_width_cols(mistake);
    after = text_cut(arena, after + 1, CARET_MARGIN_COLS);

    char *line = arena_printf(arena, "%s%s%s\n%*s", before, mistake, after, before_cols, "");
    char *carets = arena_alloc(arena, (size_t)cols + 2);
    memset(carets, '^', cols > 0 ? (size_t)cols : 1);
    return arena_printf(arena, "%s%s", line, carets);
}

static void
describe(struct str *out, const struct filter *filter)
{
    static const char *const tests[] = {
        [FILTER_IS] = "is",       [FILTER_CONTAINS] = "contains", [FILTER_WITHIN] = "in",
        [FILTER_LESS] = "<",      [FILTER_AT_MOST] = "<=",        [FILTER_MORE] = ">",
        [FILTER_AT_LEAST] = ">=", [FILTER_ABSENT] = "is absent",
    };
    static const char *const names[] = {
        [FILTER_AND] = "and", [FILTER_OR] = "or", [FILTER_NOT] = "not"};
    switch (filter->operation) {
    case FILTER_AND:
    case FILTER_OR:
    case FILTER_NOT:
        str_printf(out, "(%s", names[filter->operation]);
        for (size_t i = 0; i < filter->parts_len; i++) {
            str_append_char(out, ' ');
            describe(out, filter->parts[i]);
        }
        str_append_char(out, ')');
        return;
    case FILTER_TEXT:
        str_printf(out, "text '%s'%s", filter->text, filter->is_prefix ? "*" : "");
        return;
    case FILTER_CONDITION:
        break;
    }
    if (filter->is_state)
        str_printf(out, "state %s", tests[filter->test]);
    else if (filter->field)
        str_printf(out, "%s %s", filter->field->name, tests[filter->test]);
    else
        str_printf(out, "'%s' %s", filter->attribute, tests[filter->test]);
    if (filter->test == FILTER_WITHIN) {
        str_append_char(out, ' ');
        if (filter->from != INT64_MIN)
            str_printf(out, "%lld", (long long)filter->from);
        if (filter->from != filter->to)
            str_append(out, "..");
        if (filter->from != filter->to && filter->to != INT64_MAX)
            str_printf(out, "%lld", (long long)filter->to);
    }
    for (size_t i = 0; i < filter->values_len; i++)
        str_printf(out, "%s'%s'", i ? "," : " ", filter->values[i]);
}

const char *
filter_describe(const struct filter *filter, struct arena *arena)
{
    if (!filter)
        return "everything";
    struct str out;
    str_init(&out, 0);
    describe(&out, filter);
    const char *text = arena_text(arena, str_text(&out));
    str_finish(&out);
    return text;
}
