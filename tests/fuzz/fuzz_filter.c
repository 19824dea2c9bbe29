/*
 * Whatever is typed as a filter is read or refused with a place in the text and a sentence; what is read is bounded,
 * and SQLite takes the condition that it becomes. The first byte says which kind is filtered.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "store/cache.h"
#include "store/window.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
count(void *context, const char *json)
{
    (void)context;
    (void)json;
    return true;
}

static struct store *
empty_cache(void)
{
    static struct store *store;
    struct error err;
    if (!store && !store_open(&store, STORE_CACHE, ":memory:", STORE_WRITE, NULL, &err))
        assert(!"an empty cache opens");
    return store;
}

static void
search(const char *text, struct arena *arena)
{
    struct filter_context context;
    struct filter_error problem;
    struct window_request request = {.rows = 2};
    struct search_window found;
    struct error err;
    bool ok = window_filter_context(empty_cache(), WINDOW_FOUND, "", arena, &context, &err);
    assert(ok);
    if (!filter_parse(text, &context, arena, &request.filter, &problem))
        return;
    ok = window_search(empty_cache(), &request, arena, &found, &err);
    assert(ok || err.code == ERROR_USAGE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct arena arena = {0};
    static const char *const attributes[] = {"Severity", "Downstream models"};
    static const struct filter_name names[] = {{.id = "1", .name = "dbt", .digit = 2}};
    const struct filter_context context = {
        .kind = data[0] % KIND_COUNT,
        .now_ms = INT64_C(1774699200000),
        .me = {.id = "U", .name = "Ana"},
        .me_email = "ana@example.com",
        .attributes = data[0] & 0x80 ? attributes : NULL,
        .attributes_len = data[0] & 0x80 ? 2 : 0,
        .severities = names,
        .severities_len = 1,
        .sources = names,
        .sources_len = 1,
    };
    const char *text = arena_text_len(&arena, (const char *)data + 1, size - 1);
    const struct filter *filter;
    struct filter_error problem;
    struct filter_place place;
    const struct filter_candidate *candidates;
    const size_t caret = size > 1 ? data[1] % (strlen(text) + 1) : 0;
    if (filter_place_at(text, caret, &context, &arena, &place)) {
        assert(place.from <= caret && caret <= place.to);
        (void)filter_candidates(&place, &context, NULL, &arena, &candidates);
    }
    if (!filter_parse(text, &context, &arena, &filter, &problem)) {
        assert(problem.message[0] && problem.at + problem.len <= strlen(text) + 1);
        assert(text_is_valid_utf8(problem.message, strlen(problem.message)));
        (void)filter_error_caret(text, &problem, &arena);
    } else {
        struct error err;
        const struct cache_query query = {.filter = filter, .limit = 1};
        (void)filter_describe(filter, &arena);
        bool listed = cache_list(empty_cache(), context.kind, &query, count, NULL, &err);
        assert(listed);
        const struct window_request request = {.rows = 2, .filter = filter};
        struct feed_window feed;
        if (context.kind == KIND_ALERT) {
            listed = window_feed(empty_cache(), &request, &arena, &feed, &err);
            assert(listed);
        }
    }
    search(text, &arena);
    arena_finish(&arena);
    return 0;
}
