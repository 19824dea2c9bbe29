#include "ui/plain_words.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

const char *
plain_ages(const char *text, struct arena *arena)
{
    static const struct {
        char letter;
        const char *word;
    } units[] = {{'s', "second"}, {'m', "minute"}, {'h', "hour"},
                 {'d', "day"},    {'w', "week"},   {'y', "year"}};
    struct str out;
    str_init(&out, 0);
    for (const char *at = text; *at;) {
        bool begins = at == text || !isalnum((unsigned char)at[-1]);
        size_t digits = begins ? strspn(at, "0123456789") : 0;
        const char *word = NULL;
        for (size_t i = 0; digits && i < sizeof units / sizeof *units; i++)
            if (at[digits] == units[i].letter && !isalnum((unsigned char)at[digits + 1]))
                word = units[i].word;
        if (!word) {
            str_append_char(&out, *at++);
            continue;
        }
        str_append_len(&out, at, digits);
        str_printf(&out, " %s%s", word, digits == 1 && *at == '1' ? "" : "s");
        at += digits + 1;
    }
    const char *result = arena_text(arena, str_text(&out));
    str_finish(&out);
    return result;
}

static const char *
cell_text(const struct cell *cell, struct arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < cell->spans_len; i++)
        text = i ? arena_printf(arena, "%s%s", text, cell->spans[i].text) : cell->spans[i].text;
    return text;
}

/* "acknowledged here" of state.acknowledged.here, "late" of late. */
static const char *
word_of_role(enum role role, struct arena *arena)
{
    static const char prefix[] = "state.";
    const char *name = role_name(role);
    if (strncmp(name, prefix, sizeof prefix - 1) == 0)
        name += sizeof prefix - 1;
    char *word = arena_text(arena, name);
    for (char *at = word; *at; at++)
        if (*at == '.')
            *at = ' ';
    return word;
}

static bool
is_letter_of_state(const struct span *span)
{
    return span->role >= ROLE_STATE_FIRING && span->role <= ROLE_STATE_STALE &&
           isalpha((unsigned char)span->text[0]) &&
           span->text[1 + strspn(span->text + 1, " ")] == '\0';
}

static bool
is_named(const struct table *table, size_t column, const char *name)
{
    return column < table->columns_len && strcmp(table->columns[column].name, name) == 0;
}

/* "" = nothing to say. */
static const char *
cell_words(const struct table *table, const struct row *row, size_t column, enum plain_detail how,
           struct arena *arena)
{
    const struct cell *cell = &row->cells[column];
    const char *text = cell_text(cell, arena);
    bool passes = is_named(table, column, "age") || is_named(table, column, "times");
    if (!*text || text[strspn(text, " -")] == '\0' || (passes && how == PLAIN_LASTING))
        return "";
    if (is_named(table, column, "state") || is_named(table, column, "late"))
        return word_of_role(cell->spans[0].role, arena);
    if (is_named(table, column, "times") && text[0] == 'x')
        return arena_printf(arena, "%s times", text + 1);
    if (is_named(table, column, "due"))
        return how == PLAIN_LASTING ? "" : plain_ages(text, arena);
    return is_named(table, column, "age") ? plain_ages(text, arena) : text;
}

static const char *
cells_words(const struct table *table, const struct row *row, enum plain_detail how,
            struct arena *arena)
{
    struct str out;
    const char *state = "";
    str_init(&out, 0);
    for (size_t i = 0; i < row->cells_len; i++) {
        const char *words = cell_words(table, row, i, how, arena);
        if (!*words)
            continue;
        if (is_named(table, i, "state")) { /* said behind the severity: "S1 firing" */
            state = words;
            continue;
        }
        bool severity = is_named(table, i, "sev");
        if (!severity && *state) {
            str_printf(&out, "%s%s", out.len ? " " : "", state);
            state = "";
        }
        str_printf(&out, "%s%s", out.len ? ", " : "", words);
        if (severity && *state) {
            str_printf(&out, " %s", state);
            state = "";
        }
    }
    const char *result = arena_text(arena, str_text(&out));
    str_finish(&out);
    return result;
}

/* What stands in columns is parted by two blanks or more. */
static const char *
line_words(const char *text, struct arena *arena)
{
    struct str out;
    str_init(&out, 0);
    text += strspn(text, " ");
    while (*text) {
        size_t blanks = strspn(text, " ");
        if (blanks > 1 && text[blanks])
            str_append(&out, ", ");
        else if (blanks == 1 && text[1])
            str_append_char(&out, ' ');
        text += blanks;
        size_t len = strcspn(text, " ");
        str_append_len(&out, text, len);
        text += len;
    }
    const char *result = arena_text(arena, str_text(&out));
    str_finish(&out);
    return result;
}

static const char *
spans_words(const struct cell *cell, struct arena *arena)
{
    struct str out;
    str_init(&out, 0);
    for (size_t i = 0; i < cell->spans_len; i++) {
        bool letter = is_letter_of_state(&cell->spans[i]);
        str_append(&out, letter ? word_of_role(cell->spans[i].role, arena) : cell->spans[i].text);
        str_append(&out, letter ? cell->spans[i].text + 1 : "");
    }
    const char *words = line_words(str_text(&out), arena);
    str_finish(&out);
    return words;
}

const char *
plain_item(const struct table *table, size_t row, enum plain_detail how, struct arena *arena,
           size_t *rows)
{
    const char *id = table->rows[row].id;
    const char *text = "";
    *rows = 0;
    do {
        const struct row *now = &table->rows[row + *rows];
        const char *part = now->rule   ? ""
                           : now->line ? spans_words(&now->cells[0], arena)
                                       : cells_words(table, now, how, arena);
        text = *text && *part ? arena_printf(arena, "%s %s", text, part) : *part ? part : text;
        (*rows)++;
    } while (*id && row + *rows < table->rows_len && strcmp(table->rows[row + *rows].id, id) == 0);
    return text;
}

const char *
plain_title(const struct table *table, struct arena *arena)
{
    return spans_words(&table->title, arena);
}
