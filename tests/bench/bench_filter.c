/*
 * Filters over a history of 100,000 alerts: how long until the first hundred are there, or it is known that there are
 * fewer. Usage: bench_filter [ALERTS]
 */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "store/cache.h"
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
    "attribute.node=nowhere",
    "zebra",
    "fct_orders_7",
    "orders",
    "o",
    "\"weekly revenue dashboard\" env=sandbox",
    "orders not margin",
};

static void
check(bool ok, const struct error *err)
{
    if (ok)
        return;
    (void)fprintf(stderr, "bench_filter: %s\n", err->message);
    exit(1);
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
        struct alert_attribute_entry *node =
            (struct alert_attribute_entry *)&alert->attributes[4]; /* ours: from the arena */
        alert->environment = n % 10000 == 3 ? "sandbox" : n % 5 ? "production" : "staging";
        node->literal = arena_printf(&arena, "model.shop.fct_orders_%ld", n % 2000);
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
    int64_t best = INT64_MAX;
    int rows = 0;
    for (int i = 0; i < TIMES; i++) {
        int64_t start = cpu_us();
        rows = 0;
        check(cache_list(store, KIND_ALERT, &query, count, &rows, &err), &err);
        int64_t took = cpu_us() - start;
        best = took < best ? took : best;
    }
    printf("%6.1f ms %4d rows  %s\n", (double)best / 1000, rows, *text ? text : "(no filter)");
    arena_finish(&arena);
}

int
main(int argc, char **argv)
{
    struct arena arena = {0};
    struct error err;
    struct store *store;
    const char *directory = temporary_directory(&arena);
    const char *path = arena_printf(&arena, "%s/cache.db", directory);
    check(store_open(&store, STORE_CACHE, path, STORE_WRITE, NULL, &err), &err);
    fill(store, argc > 1 ? strtol(argv[1], NULL, 10) : ALERTS);
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
        measure(store, filters[i]);
    store_close(store);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}
