#include "action/conflict.h"

#include <string.h>

#include "wire/wire.h"

/* An id by what it is called; others as they are. */
static bool
in_words(struct store *cache, const struct wire_pair *pair, const char *text, struct arena *arena,
         const char **words, struct error *err)
{
    struct statement *statement;
    bool found;
    *words = *text ? text : pair->is_id ? "nobody" : "empty";
    if (!pair->is_id || !*text)
        return true;
    if (!store_statement(cache, SQL_NAME_OF_ID, &statement, err))
        return false;
    bind_text(statement, "id", text);
    if (!statement_step(statement, &found, err))
        return false;
    if (found)
        *words = row_text(statement, arena, 0);
    statement_reset(statement);
    return true;
}

static const char *
text_of(const struct wire_pair *pairs, size_t len, const char *path)
{
    for (size_t i = 0; i < len; i++)
        if (strcmp(pairs[i].path, path) == 0)
            return pairs[i].text;
    return NULL;
}

bool
conflict_read(struct store *cache, const struct outbox_row *row, struct arena *arena,
              const struct conflict_field **fields, size_t *len, struct error *err)
{
    struct wire_pair *seen, *theirs, *goal;
    const size_t seen_len = wire_pairs_read(row->seen, arena, &seen);
    const size_t theirs_len = wire_pairs_read(row->theirs, arena, &theirs);
    const size_t goal_len = wire_pairs_read(row->goal, arena, &goal);
    struct conflict_field *made = arena_new_array(arena, seen_len + 1, struct conflict_field);
    for (size_t i = 0; i < seen_len; i++) {
        const struct wire_pair *was = &seen[i];
        const char *now = text_of(theirs, theirs_len, was->path);
        const char *wanted = text_of(goal, goal_len, was->path);
        struct conflict_field *field = &made[i];
        *field = (struct conflict_field){.label = was->label, .yours = ""};
        field->is_changed = now && strcmp(now, was->text) != 0;
        if (!in_words(cache, was, was->text, arena, &field->was, err) ||
            !in_words(cache, was, now ? now : was->text, arena, &field->theirs, err) ||
            (wanted && !in_words(cache, was, wanted, arena, &field->yours, err)))
            return false;
    }
    *fields = made;
    *len = seen_len;
    return true;
}
