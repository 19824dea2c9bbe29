#include <assert.h>
#include <string.h>

#include "store/cache.h"
#include "store/connection.h"

/* What one cache_index adds at most: after a crash in a first sync more may be waiting, and a commit is to stay short. */
#define INDEX_ROWS_MAX 2000

/* *last is what was added before: a label mostly repeats its literal. */
static void
add_words(struct str *out, const char **last, const char *text)
{
    if (text_is_empty(text) || text_equals(text, *last))
        return;
    *last = text;
    if (out->len)
        str_append_char(out, '\n');
    str_append(out, text);
}

/* The first searchable text of an object is its title, all others are its body. */
static void
collect_words(const struct field_table *table, const void *object, const char **title,
              struct str *body)
{
    const char *last = "";
    for (size_t i = 0; i < table->fields_len; i++) {
        const struct field *field = &table->fields[i];
        const char *member = (const char *)object + field->offset;
        if (field->type == FIELD_LIST) {
            const char *items = *(const char *const *)member;
            size_t len = *(const size_t *)((const char *)object + field->len_offset);
            const char *no_title = "";
            for (size_t at = 0; at < len; at++)
                collect_words(field->item, items + at * field->item->struct_size, &no_title, body);
        } else if (field->flags & FIELD_SEARCH) {
            const char *text = *(const char *const *)member;
            if (*title)
                add_words(body, &last, text);
            else
                *title = text ? text : "";
        }
    }
}

static bool
run_with_key(struct store *store, enum sql sql, int64_t key, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, sql, &statement, err))
        return false;
    bind_integer(statement, "key", key);
    return statement_run(statement, err);
}

/* *same: the words are those that stand there already. */
static bool
compare_words(struct store *store, int64_t key, const char *title, const char *body, bool *same,
              struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_SEARCH_GET, &statement, err))
        return false;
    bind_integer(statement, "key", key);
    if (!statement_step(statement, &row, err))
        return false;
    *same = row && text_equals(row_text_borrowed(statement, 0), title) &&
            text_equals(row_text_borrowed(statement, 1), body);
    statement_reset(statement);
    return true;
}

bool
search_put(struct store *store, const struct kind_info *info, int64_t key, const void *object,
           bool inserted, struct error *err)
{
    if (store->schema != STORE_CACHE || store->is_past)
        return true;
    const char *title = NULL;
    struct str *body = &store->scratch[1];
    str_clear(body);
    collect_words(info->fields, object, &title, body);
    if (!title) /* this kind has nothing to search */
        return true;

    if (!inserted) {
        bool same;
        if (!compare_words(store, key, title, str_text(body), &same, err))
            return false;
        if (same)
            return true;
        if (!search_remove(store, key, err))
            return false;
    }

    struct statement *statement;
    if (!store_statement(store, SQL_SEARCH_PUT, &statement, err))
        return false;
    bind_integer(statement, "key", key);
    bind_text(statement, "kind", info->table);
    bind_text(
        statement, "id",
        *(const char *const *)((const char *)object + field_find(info->fields, "id")->offset));
    bind_text(statement, "title", title);
    bind_text(statement, "body", str_text(body));
    return statement_run(statement, err) && run_with_key(store, SQL_SEARCH_WAIT, key, err);
}

bool
search_remove(struct store *store, int64_t key, struct error *err)
{
    return store->schema != STORE_CACHE || (run_with_key(store, SQL_SEARCH_UNINDEX, key, err) &&
                                            run_with_key(store, SQL_SEARCH_WAIT_END, key, err) &&
                                            run_with_key(store, SQL_SEARCH_DELETE, key, err));
}

/* The newest that wait, at most `rows`. The index takes them in ascending order, which spares it a flush per row. */
static bool
index_waiting(struct store *store, int64_t rows, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_SEARCH_WAITING_FROM, &statement, err))
        return false;
    bind_integer(statement, "rows", rows);
    if (!statement_step(statement, &row, err))
        return false;
    if (!row)
        return true;
    int64_t from = row_integer(statement, 0);
    statement_reset(statement);

    static const enum sql steps[] = {SQL_SEARCH_INDEX, SQL_SEARCH_INDEXED};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (!store_statement(store, steps[i], &statement, err))
            return false;
        bind_integer(statement, "from", from);
        if (!statement_run(statement, err))
            return false;
    }
    return true;
}

bool
cache_index(struct store *store, struct error *err)
{
    assert(store->in_transaction);
    return store->schema != STORE_CACHE || store->index_suspended ||
           index_waiting(store, INDEX_ROWS_MAX, err);
}

void
cache_index_suspend(struct store *store)
{
    store->index_suspended = true;
}

bool
cache_index_resume(struct store *store, int64_t rows, bool *done, struct error *err)
{
    store->index_suspended = false;
    bool complete;
    if (!store_begin(store, err))
        return false;
    if (!index_waiting(store, rows, err) || !cache_index_is_complete(store, &complete, err)) {
        store_rollback(store);
        return false;
    }
    *done = complete;
    return store_commit(store, err);
}

bool
cache_index_is_complete(struct store *store, bool *complete, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_SEARCH_IS_WAITING, &statement, err) ||
        !statement_step(statement, &row, err))
        return false;
    *complete = row_integer(statement, 0) == 0;
    statement_reset(statement);
    return true;
}
