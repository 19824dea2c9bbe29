/*
 * Filters over a history of 100,000 alerts of which one in a thousand fires: how long until the first hundred are there,
 * or it is known that there are fewer. Usage: bench_filter [ALERTS [DIRECTORY [FILTER...]]]; the cache made in a DIRECTORY
 * stays and is used again; FILTERs are measured instead of those below.
 */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "store/cache.h"
#include "store/window.h"
#include "tests/support/store_objects.h"

#define ALERTS 100000
#define PER_TRANSACTION 2000
#define TIMES 5

static const char *const filters[] = {
    "",
    "sev>=major env=production",
    "sev=1 env=sandbox",
    "env=nowhere",
    "not env=production status=firing",
    "age<2h",
    "owner=nobody or team~nobody",
    "title~zebra",
    "attribute.node=model.shop.fct_orders_77",
    "node=model.shop.fct_orders_77 owner=ben@example.com",
    "attribute.node=nowhere",
    "zebra",
    "fct_orders_7",
    "orders",
    "o",
    "\"weekly revenue dashboard\" env=sandbox",
    "orders not margin",
    "owner~growth",
    "owner~dee",
    "impact<100",
    "owner=\"\"",
    "not owner:ana@example.com env=sandbox",
    "attribute.team=\"\"",
};

static void
check(bool ok, const struct error *err)
{
    if (ok)
        return;
    (void)fprintf(stderr, "bench_filter: %s\n", err->message);
    exit(1);
}

/* What the profile's roles make a column of is an attribute as well. */
static void
set_attribute(struct alert *alert, size_t at, const char *value)
{
    struct alert_attribute_entry *entry =
        (struct alert_attribute_entry *)&alert->attributes[at]; /* ours: from the arena */
    entry->literal = entry->label = value;
}

static void
fill(struct store *store, long alerts)
{
    struct arena arena = {0};
    struct error err;
    for (long n = 0; n < alerts; n++) {
        if (n % PER_TRANSACTION == 0)
            check(store_begin(store, &err), &err);
        struct alert *alert = sample_alert(&arena, (int)n);
        static const char *const people[] = {"ana@example.com", "ben@example.com", "cy@example.com",
                                             "dee@example.com"};
        alert->environment = n % 10000 == 3 ? "sandbox" : n % 5 ? "production" : "staging";
        alert->owner = people[n / 7 % 4];
        alert->node = arena_printf(&arena, "model.shop.fct_orders_%ld", n % 2000);
        alert->status = n % 1000 == 0 ? "firing" : "resolved";
        alert->severity_digit = n % 1000 == 0 ? 1 + n / 1000 % 4 : 1 + n % 4;
        alert->feed_rank = n % 1000 == 0 ? alert->severity_digit : 9;
        set_attribute(alert, 1, alert->environment);
        set_attribute(alert, 2, alert->owner);
        set_attribute(alert, 4, alert->node);
        if (n % 20000 == 7)
            alert->title = "a zebra crossed the warehouse";
        sample_alert_encode(&arena, alert);
        enum cache_change change;
        check(cache_put(store, KIND_ALERT, alert, clock_now_ms(), &change, &err), &err);
        if (n % PER_TRANSACTION == PER_TRANSACTION - 1 || n == alerts - 1)
            check(cache_index(store, &err) && store_commit(store, &err), &err);
        arena_reset(&arena);
    }
    arena_finish(&arena);
}

/* Of this process: others on the machine do not count. */
static int64_t
cpu_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* list, the alert pane, the same by owner, and its counts; in front of them the pane as it is asked for first */
enum { MEASURES = 4 };

/* *start: when it began; then, when the next begins. */
static void
keep_best(int64_t *best, int64_t *start)
{
    int64_t now = cpu_us();
    *best = now - *start < *best ? now - *start : *best;
    *start = now;
}

static bool
count(void *context, const char *json)
{
    (void)json;
    ++*(int *)context;
    return true;
}

static void
measure(struct store *store, const char *text)
{
    struct arena arena = {0};
    struct filter_context context;
    struct filter_error problem;
    struct cache_query query = {.limit = 100};
    struct error err;
    check(cache_filter_context(store, KIND_ALERT, "", &arena, &context, &err), &err);
    context.attributes = NULL;
    if (!filter_parse(text, &context, &arena, &query.filter, &problem)) {
        (void)fprintf(stderr, "%s: %s\n", text, problem.message);
        exit(1);
    }
    struct window_count counts = {0};
    int64_t first = INT64_MAX, begun = cpu_us();
    const struct window_request top = {.rows = 40, .filter = query.filter};
    struct feed_window first_window;
    check(window_feed(store, &top, &arena, &first_window, &err), &err);
    keep_best(&first, &begun);
    int64_t best[MEASURES] = {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX};
    int rows = 0;
    for (int i = 0; i < TIMES; i++) {
        int64_t start = cpu_us();
        rows = 0;
        check(cache_list(store, KIND_ALERT, &query, count, &rows, &err), &err);
        keep_best(&best[0], &start);
        const struct window_request request = {.rows = 40, .filter = query.filter};
        struct feed_window window;
        check(window_feed(store, &request, &arena, &window, &err), &err);
        keep_best(&best[1], &start);
        const struct window_request by_owner = {
            .rows = 40, .filter = query.filter, .sort = sort_find(KIND_ALERT, "owner")};
        check(window_feed(store, &by_owner, &arena, &window, &err), &err);
        keep_best(&best[2], &start);
        check(window_count(store, KIND_ALERT, query.filter, &counts, &err), &err);
        keep_best(&best[3], &start);
    }
    printf("%7.1f |", (double)first / 1000);
    for (int i = 0; i < MEASURES; i++)
        printf("%7.1f", (double)best[i] / 1000);
    printf(" ms %4d rows, %d of %d, %d of %d fire  %s\n", rows, (int)counts.matching,
           (int)counts.total, (int)counts.firing_matching, (int)counts.firing,
           *text ? text : "(no filter)");
    arena_finish(&arena);
}

int
main(int argc, char **argv)
{
    struct arena arena = {0};
    struct error err;
    struct store *store;
    const char *directory = argc > 2 ? argv[2] : temporary_directory(&arena);
    const char *path = arena_printf(&arena, "%s/cache.db", directory);
    int64_t rows;
    check(store_open(&store, STORE_CACHE, path, STORE_WRITE, NULL, &err), &err);
    check(cache_count(store, KIND_ALERT, &rows, &err), &err);
    if (!rows)
        fill(store, argc > 1 ? strtol(argv[1], NULL, 10) : ALERTS);
    for (bool done = false; !done;) /* those of a store that is older */
        check(cache_values_resume(store, PER_TRANSACTION, &done, &err), &err);
    store_checkpoint(store);
    store_close(store);
    check(store_open(&store, STORE_CACHE, path, STORE_READ, NULL, &err), &err);
    for (int i = 3; i < argc; i++)
        measure(store, argv[i]);
    for (size_t i = 0; argc <= 3 && i < sizeof filters / sizeof *filters; i++)
        measure(store, filters[i]);
    store_close(store);
    if (argc <= 2)
        temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}
