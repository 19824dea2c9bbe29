#include "store/window.h"

#include <string.h>

#include "base/str.h"
#include "store/cache.h"
#include "store/filter_sql.h"
#include "store/window_rows.h"

#define FIELD_OWNER struct search_row
static const struct field search_row_rows[] = {SEARCH_ROW_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
const struct field_table search_row_table = FIELD_TABLE(search_row, SIZE_MAX);

#define PAGE_ROWS 200 /* read at a time where rows are tested */

struct search {
    struct store *store;
    const struct filter *filter; /* NULL: what has the words is meant */
    struct str words;
    struct arena *arena;
};

/* The store's names are the tables'. */
static const char *
list_name(const char *table)
{
    for (int kind = 0; kind < KIND_COUNT; kind++)
        if (strcmp(kind_info((enum kind)kind)->table, table) == 0)
            return kind_info((enum kind)kind)->list;
    return table;
}

static bool
read_page(struct search *search, enum sql sql, int64_t key, size_t rows, struct search_row **page,
          size_t *page_len, struct error *err)
{
    struct statement *statement;
    if (!store_statement(search->store, sql, &statement, err))
        return false;
    bind_text(statement, "words", str_text(&search->words));
    bind_integer(statement, "key", key);
    bind_integer(statement, "rows", (int64_t)rows);
    if (!statement_read_all(statement, &search_row_table, search->arena, rows, page, page_len, err))
        return false;
    for (size_t i = 0; i < *page_len; i++)
        (*page)[i].kind = list_name((*page)[i].kind);
    return true;
}

/* From the key on, it included, when older; behind it when newer. */
static bool
read_rows(struct search *search, bool older, int64_t key, size_t rows, struct search_row **found,
          size_t *found_len, struct error *err)
{
    enum sql sql = older ? SQL_SEARCH_OLDER : SQL_SEARCH_NEWER;
    if (!search->filter)
        return read_page(search, sql, key, rows, found, found_len, err);
    struct search_row *page;
    size_t page_len;
    *found = arena_new_array(search->arena, rows, struct search_row);
    *found_len = 0;
    do {
        if (!read_page(search, sql, key, PAGE_ROWS, &page, &page_len, err))
            return false;
        for (size_t i = 0; i < page_len && *found_len < rows; i++)
            if (filter_matches(search->filter, &search_row_table, &page[i]))
                (*found)[(*found_len)++] = page[i];
        if (page_len)
            key = page[page_len - 1].key - (older ? 1 : 0);
    } while (page_len == PAGE_ROWS && *found_len < rows);
    return true;
}

static bool
begin(struct search *search, struct store *store, const struct filter *filter, struct arena *arena,
      struct error *err)
{
    bool is_exact;
    *search = (struct search){.store = store, .filter = filter, .arena = arena};
    str_init(&search->words, 0);
    if (!filter || !filter_words(filter, NULL, false, &search->words, &is_exact))
        return error_set(err, ERROR_USAGE,
                         "a search over everything needs a word of two letters or more");
    if (is_exact)
        search->filter = NULL;
    return true;
}

bool
window_search(struct store *store, const struct window_request *request, struct arena *arena,
              struct search_window *window, struct error *err)
{
    struct search search;
    struct search_row *older = NULL, *newer = NULL;
    size_t older_len = 0, newer_len = 0;
    const size_t rows = (size_t)request->rows;
    const bool anchored = request->place[0] && !request->to_end;
    const int64_t key = anchored ? request->place[0] : request->to_end ? 0 : INT64_MAX;
    *window = (struct search_window){0};
    bool ok = begin(&search, store, request->filter, arena, err) &&
              cache_index_is_complete(store, &window->is_complete, err) &&
              read_rows(&search, true, key, rows + 2, &older, &older_len, err) &&
              ((!anchored && !request->to_end) ||
               read_rows(&search, false, key, rows + 1, &newer, &newer_len, err));
    str_finish(&search.words);
    if (!ok)
        return false;

    window->more_above = newer_len > rows;
    window->more_below = older_len > rows + 1;
    newer_len -= window->more_above;
    older_len -= window->more_below;
    struct search_row *all = arena_new_array(arena, newer_len + older_len + 1, struct search_row);
    for (size_t i = 0; newer && i < newer_len; i++)
        all[i] = newer[newer_len - 1 - i];
    if (older_len)
        memcpy(all + newer_len, older, older_len * sizeof *all);
    window->rows = all;
    window->rows_len = newer_len + older_len;
    return true;
}
