#include "config/hub_outline.h"

#include <string.h>

enum token_kind { TOKEN_END, TOKEN_TEXT, TOKEN_SIGN, TOKEN_WRONG };

struct token {
    enum token_kind kind;
    char sign;  /* of TOKEN_SIGN: = { } ( ) , */
    char quote; /* of TOKEN_TEXT */
    bool has_backslashes;
    const char *text; /* what was wrong, of TOKEN_WRONG */
    int line;         /* it begins in */
};

struct reader {
    const char *at;
    int line;
    struct arena *arena;
    struct token token;
};

static struct token
wrong(struct reader *reader, int line, const char *what)
{
    reader->line = line;
    return (struct token){.kind = TOKEN_WRONG, .text = what, .line = line};
}

/* White space and comments. False: a comment is not closed. */
static bool
skip_blank(struct reader *reader)
{
    for (;; reader->at++) {
        const char *at = reader->at;
        if (*at == '\n') {
            reader->line++;
        } else if (*at == '#' || (at[0] == '/' && at[1] == '/')) {
            reader->at += strcspn(at, "\n") - 1;
        } else if (at[0] == '/' && at[1] == '*') {
            const char *end = strstr(at + 2, "*/");
            if (!end)
                return false;
            for (; at < end; at++)
                reader->line += *at == '\n';
            reader->at = end + 1;
        } else if (!*at || !strchr(" \t\r\f\v", *at)) {
            return true;
        }
    }
}

#define SURPRISE                                                                                   \
    "'${' would be replaced by an environment variable: put the text into single quotes"

static struct token
read_quoted(struct reader *reader)
{
    struct token token = {.kind = TOKEN_TEXT, .quote = *reader->at, .line = reader->line};
    const char *start = ++reader->at;
    for (; *reader->at && *reader->at != token.quote; reader->at++) {
        if (reader->at[0] == '\\' && reader->at[1]) {
            token.has_backslashes = token.has_backslashes || reader->at[1] == '\\';
            reader->at++;
        } else if (token.quote == '"' && reader->at[0] == '$' && reader->at[1] == '{') {
            return wrong(reader, reader->line, SURPRISE);
        }
        reader->line += *reader->at == '\n';
    }
    if (!*reader->at)
        return wrong(reader, token.line, "a closing quote is missing");
    token.text = arena_text_len(reader->arena, start, (size_t)(reader->at - start));
    reader->at++;
    return token;
}

static struct token
read_token(struct reader *reader)
{
    int line = reader->line;
    if (!skip_blank(reader))
        return wrong(reader, line, "a comment is not closed");
    struct token token = {.line = reader->line};
    char first = *reader->at;
    if (!first)
        return token;
    if (first == '"' || first == '\'')
        return read_quoted(reader);
    if (first == '+' && reader->at[1] == '=')
        reader->at++;
    if (strchr("={}(),", *reader->at)) {
        token.kind = TOKEN_SIGN;
        token.sign = *reader->at++;
        return token;
    }
    size_t len = strcspn(reader->at, " \t\r\n\f\v\"'#={}(),+");
    if (len == 0)
        return wrong(reader, reader->line, "a sign that makes no sense here");
    token.kind = TOKEN_TEXT;
    token.text = arena_text_len(reader->arena, reader->at, len);
    if (strstr(token.text, "${"))
        return wrong(reader, reader->line, SURPRISE);
    reader->at += len;
    return token;
}

static bool
next_is(struct reader *reader, enum token_kind kind, char sign)
{
    return reader->token.kind == kind && (kind != TOKEN_SIGN || reader->token.sign == sign);
}

static void
step(struct reader *reader)
{
    reader->token = read_token(reader);
}

static const char *
complain(struct reader *reader, const char *what)
{
    if (reader->token.kind == TOKEN_WRONG)
        return reader->token.text;
    reader->line = reader->token.line;
    return what;
}

static const char *
read_value(struct reader *reader, struct outline_option *option)
{
    if (next_is(reader, TOKEN_TEXT, 0)) {
        option->quote = reader->token.quote;
        option->has_backslashes = reader->token.quote == '\'' && reader->token.has_backslashes;
        step(reader);
        return NULL;
    }
    if (!next_is(reader, TOKEN_SIGN, '{'))
        return complain(reader, "expected a value behind '='");
    int opened = reader->token.line;
    for (step(reader); !next_is(reader, TOKEN_SIGN, '}'); step(reader))
        if (!next_is(reader, TOKEN_TEXT, 0) && !next_is(reader, TOKEN_SIGN, ',')) {
            const char *what = complain(reader, "a closing '}' of a list is missing");
            reader->line = reader->token.kind == TOKEN_WRONG ? reader->line : opened;
            return what;
        }
    step(reader);
    return NULL;
}

static void
add_option(struct outline_section *section, struct outline_option *option)
{
    if (section->last_option)
        section->last_option->next = option;
    else
        section->options = option;
    section->last_option = option;
}

static struct outline_section *
add_section(struct outline_section *parent, struct arena *arena, struct token name,
            const char *title)
{
    struct outline_section *section = arena_new(arena, struct outline_section);
    section->name = name.text;
    section->title = title;
    section->line = name.line;
    section->parent = parent;
    if (parent->last_section)
        parent->last_section->next = section;
    else
        parent->sections = section;
    parent->last_section = section;
    return section;
}

/* One option, or the beginning of a section, which becomes *section. */
static const char *
read_statement(struct reader *reader, struct outline_section **section)
{
    if (!next_is(reader, TOKEN_TEXT, 0))
        return complain(reader, "expected the name of an option or section");
    struct token name = reader->token;
    const char *title = NULL;
    step(reader);
    if (next_is(reader, TOKEN_SIGN, '=')) {
        struct outline_option *option = arena_new(reader->arena, struct outline_option);
        option->name = name.text;
        option->line = name.line;
        add_option(*section, option);
        step(reader);
        return read_value(reader, option);
    }
    if (next_is(reader, TOKEN_TEXT, 0)) {
        title = reader->token.text;
        step(reader);
    }
    if (!next_is(reader, TOKEN_SIGN, '{'))
        return complain(reader, title ? "expected '{' behind the title of a section"
                                      : "expected '=' or '{' behind a name");
    *section = add_section(*section, reader->arena, name, title);
    step(reader);
    return NULL;
}

struct outline_section *
outline_read(const char *text, struct arena *arena, const char **complaint, int *line)
{
    struct reader reader = {.at = text, .line = 1, .arena = arena};
    struct outline_section *root = arena_new(arena, struct outline_section);
    struct outline_section *section = root;
    root->name = "";
    root->line = 1;
    *complaint = NULL;
    step(&reader);
    while (!*complaint && !next_is(&reader, TOKEN_END, 0)) {
        if (!next_is(&reader, TOKEN_SIGN, '}')) {
            *complaint = read_statement(&reader, &section);
            continue;
        }
        if (section == root) {
            *complaint = complain(&reader, "a '}' that closes nothing");
            break;
        }
        section = section->parent;
        step(&reader);
    }
    if (!*complaint && section != root) {
        reader.line = section->line;
        *complaint = arena_printf(arena, "the section '%s%s%s' is not closed: a '}' is missing",
                                  section->name, section->title ? " " : "",
                                  section->title ? section->title : "");
    }
    *line = reader.line;
    return *complaint ? NULL : root;
}

const struct outline_option *
outline_option_find(const struct outline_section *section, const char *name)
{
    for (const struct outline_option *option = section->options; option; option = option->next)
        if (strcmp(option->name, name) == 0)
            return option;
    return NULL;
}

const struct outline_section *
outline_section_find(const struct outline_section *section, const char *name, size_t index)
{
    for (const struct outline_section *child = section->sections; child; child = child->next)
        if (strcmp(child->name, name) == 0 && index-- == 0)
            return child;
    return NULL;
}
