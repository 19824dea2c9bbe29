/* tocsin-sync as a process: who polls, when it ends, who takes over, and a key that is replaced under it. */

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/process.h"
#include "base/str.h"
#include "store/cache.h"
#include "store/local.h"
#include "tests/support/demo.h"
#include "tests/support/hub_process.h"
#include "tests/support/hub_world.h"
#include "tests/support/store_objects.h"
#include "tests/support/upstream_equality.h"

enum { PATIENCE_MS = 60000, PROGRAMS_MAX = 4 };

static const char *const viewer[] = {"viewer", "schedules_reader", NULL};
static const char *const *const roles[] = {viewer, viewer};

static struct hub_process hub;
static struct hub_options hub_options;
static struct home home;
static struct arena arena;
static const char *directory;
static char program[PATH_MAX];
static pid_t started[PROGRAMS_MAX];

static const char *
token_file(void)
{
    return arena_printf(&arena, "%s/config/tocsin/token", home.root);
}

static int
set_up(void **state)
{
    (void)state;
    directory = temporary_directory(&arena);
    hub_options = (struct hub_options){.database = arena_printf(&arena, "%s/hub.db", directory),
                                       .listen = "127.0.0.1:0",
                                       .limits = {.per_key = 1000000, .incidents = 1000000}};
    hub_process_start(&hub, &hub_options, hub_world_fill, roles, 2);
    home_create(&home, hub.url, hub.keys[0]);
    (void)program_path("tocsin-sync", program, sizeof program);
    /* Two profiles of one server and key: two consoles' pollers, one cache. */
    static const char *const profiles[] = {"default", "other"};
    struct str text;
    str_init(&text, 0);
    for (int i = 0; i < 2; i++)
        str_printf(&text,
                   "profile \"%s\" {\n    url = \"%s\"\n    token_file = \"%s\"\n"
                   "    interval = 0.01\n    budget = 1\n    history = 4000d\n}\n",
                   profiles[i], hub.url, token_file());
    write_private_file(home.config, str_text(&text));
    str_finish(&text);
    memset(started, 0, sizeof started);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    for (int i = 0; i < PROGRAMS_MAX; i++)
        process_stop(started[i], 5000);
    hub_process_stop(&hub);
    home_destroy(&home);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}

/* In a place of `started`, until it was seen to end. */
static pid_t *
start(const char *option, const char *profile)
{
    const char *const argv[] = {program, "sync", "--profile", profile, option, NULL};
    const char *env[] = {home.env[0], home.env[1],       home.env[2],
                         home.env[3], "TOCSIN_API_KEY=", NULL};
    const struct process_options options = {.extra_env = env,
                                            .stdin_fd = -1,
                                            .stdout_fd = -1,
                                            .stderr_fd = -1,
                                            .die_with_parent = true};
    struct error err;
    pid_t *place = started;
    while (*place)
        place++;
    if (!process_start(argv, &options, place, &err))
        fail_msg("%s", err.message);
    return place;
}

static int
expect_end(pid_t *place)
{
    int status;
    if (!process_wait(*place, PATIENCE_MS, &status))
        fail_msg("it does not end");
    *place = 0;
    return status;
}

static bool
still_runs(const pid_t *place)
{
    int status;
    return !process_wait(*place, 300, &status);
}

/* Where the newest poller keeps its rows; "" = it has not said so. */
static const char *
cache_directory(void)
{
    const char *path =
        arena_printf(&arena, "%s/state/tocsin/profiles/default/private.db", home.root);
    const char *noted = "";
    struct store *private_db;
    struct error err;
    if (!store_open(&private_db, STORE_PRIVATE, path, STORE_READ, NULL, &err))
        return "";
    assert_true(cache_location_get(private_db, hub.url, &arena, &noted, &err));
    store_close(private_db);
    return noted;
}

static bool
read_cache(const char *resource, struct freshness *freshness, int64_t *alerts)
{
    struct store *cache;
    struct error err;
    bool found;
    if (!store_open(&cache, STORE_CACHE, arena_printf(&arena, "%s/cache.db", cache_directory()),
                    STORE_READ, NULL, &err))
        return false;
    assert_true(freshness_get(cache, resource, &arena, freshness, &found, &err));
    assert_true(cache_count(cache, KIND_ALERT, alerts, &err));
    store_close(cache);
    return found;
}

/* Until a poll that began after this moment was complete; with the error code meanwhile, "" = none. */
static void
expect_poll(const char *error_code)
{
    const int64_t now_ms = clock_now_ms(), deadline_ms = clock_monotonic_ms() + PATIENCE_MS;
    struct freshness freshness;
    int64_t alerts;
    while (clock_monotonic_ms() < deadline_ms) {
        if (read_cache("firing_alerts", &freshness, &alerts) &&
            strcmp(freshness.error_code, error_code) == 0 &&
            (*error_code || (alerts == WORLD_ALERTS && freshness.last_complete_at >= now_ms)))
            return;
        usleep(20000);
    }
    fail_msg("no poll with '%s'", error_code);
}

static int
hold_viewers_lock(void)
{
    const char *path =
        arena_printf(&arena, "%s/state/tocsin/profiles/default/viewers.lock", home.root);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_SH), 0);
    return fd;
}

/* ---- tests ---- */

static void
it_polls_while_somebody_views_and_ends_with_the_last_viewer(void **state)
{
    (void)state;
    pid_t *first = start("--viewed", "default");
    assert_int_equal(expect_end(first), 0); /* nobody views */

    int one = hold_viewers_lock(), other = hold_viewers_lock();
    first = start("--viewed", "default");
    expect_poll("");
    pid_t *second = start("--viewed", "default");
    assert_int_equal(expect_end(second), 0); /* another polls already: nothing to do */
    second = start("--quiet", "default");
    assert_int_equal(expect_end(second), 1); /* a service is told so */
    close(one);
    assert_true(still_runs(first));
    close(other);
    assert_int_equal(expect_end(first), 0);
}

static void
a_service_outlives_its_viewers_and_ends_when_told(void **state)
{
    (void)state;
    pid_t *service = start("--quiet", "default");
    expect_poll("");
    close(hold_viewers_lock());
    assert_true(still_runs(service));
    kill(*service, SIGTERM);
    assert_int_equal(expect_end(service), 0);
}

static void
whoever_shares_the_cache_takes_over_when_its_poller_is_killed(void **state)
{
    (void)state;
    pid_t *first = start("--quiet", "default");
    expect_poll("");
    pid_t *second = start("--quiet", "other");
    assert_true(still_runs(second));
    kill(*first, SIGKILL);
    assert_int_equal(expect_end(first), 128 + SIGKILL);
    expect_poll("");
    assert_true(still_runs(second));
}

static void
revoke_first_key(void)
{
    const struct hub_key *keys;
    size_t keys_len;
    struct store *store;
    struct error err;
    assert_true(store_open(&store, STORE_HUB, arena_printf(&arena, "%s/hub.db", directory),
                           STORE_WRITE, NULL, &err));
    assert_true(hub_key_list(store, &arena, &keys, &keys_len, &err));
    for (size_t i = 0; i < keys_len; i++)
        if (strcmp(keys[i].name, "key 0") == 0)
            assert_true(hub_key_revoke(store, keys[i].id, clock_now_ms(), &err));
    store_close(store);
}

static void
a_replaced_key_is_taken_without_a_restart(void **state)
{
    (void)state;
    pid_t *service = start("--quiet", "default");
    expect_poll("");
    const char *before = cache_directory();
    revoke_first_key();
    expect_poll("unauthenticated");
    assert_true(still_runs(service));
    write_private_file(token_file(), hub.keys[1]);
    expect_poll("");
    assert_string_not_equal(cache_directory(), before); /* another key's rows are elsewhere */
    kill(*service, SIGTERM);
    assert_int_equal(expect_end(service), 0);
}

static void
a_key_replaced_before_it_is_refused_costs_no_outage(void **state)
{
    (void)state;
    pid_t *service = start("--quiet", "default");
    expect_poll("");
    const char *before = cache_directory();
    write_private_file(token_file(), hub.keys[1]);
    revoke_first_key();
    const int64_t deadline_ms = clock_monotonic_ms() + PATIENCE_MS;
    while (strcmp(cache_directory(), before) == 0 && clock_monotonic_ms() < deadline_ms)
        usleep(20000);
    expect_poll("");
    assert_string_not_equal(cache_directory(), before);
    kill(*service, SIGTERM);
    assert_int_equal(expect_end(service), 0);
}

static void
a_hub_that_is_killed_and_comes_back_is_polled_on(void **state)
{
    (void)state;
    pid_t *service = start("--quiet", "default");
    for (int i = 0; i < 3; i++) { /* in the middle of an answer, mostly */
        expect_poll("");
        hub_process_kill(&hub);
        expect_poll("network");
        hub_process_restart(&hub, &hub_options);
    }
    expect_poll("");
    kill(*service, SIGTERM);
    assert_int_equal(expect_end(service), 0);
    expect_store_equals_upstream(&home, hub.url, hub.keys[0]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_polls_while_somebody_views_and_ends_with_the_last_viewer),
        TEST(a_service_outlives_its_viewers_and_ends_when_told),
        TEST(whoever_shares_the_cache_takes_over_when_its_poller_is_killed),
        TEST(a_replaced_key_is_taken_without_a_restart),
        TEST(a_hub_that_is_killed_and_comes_back_is_polled_on),
        TEST(a_key_replaced_before_it_is_refused_costs_no_outage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
