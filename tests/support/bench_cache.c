#include "tests/support/bench_cache.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "config/config.h"
#include "store/cache.h"
#include "store/local.h"
#include "tests/support/bench_upstream.h"
#include "tests/support/store_objects.h"

/* So many of the newest alerts are put as sync puts them, with attributes; the older ones are copied by SQL. */
enum { PUT_MAX = 1000 };
#define URL "http://127.0.0.1:9" /* nobody is there: the console shows what it has */

static void
fail(const char *message)
{
    (void)fprintf(stderr, "bench: no cache: %s\n", message);
    exit(1);
}

static void
put(struct store *store, enum kind kind, const void *object, int64_t now_ms)
{
    struct error err;
    if (!cache_put(store, kind, object, now_ms, NULL, &err))
        fail(err.message);
}

static void
put_company(struct store *store, struct arena *arena, int64_t now_ms)
{
    struct schedule *schedule = sample_object(arena, KIND_SCHEDULE, "01SCHEDULE", now_ms);
    schedule->name = "Data on-call";
    schedule->timezone = "Europe/Berlin";
    put(store, KIND_SCHEDULE, schedule, now_ms);
    for (int day = -14; day < 14; day++) {
        char *id = arena_printf(arena, "01SCHEDULE/final/%d", day);
        struct schedule_entry *entry =
            sample_object(arena, KIND_SCHEDULE_ENTRY, id, now_ms + day * DAY_MS);
        entry->schedule_id = schedule->id;
        entry->list = "final";
        entry->user_id = day % 2 ? "01ANA" : "01BO";
        entry->user_name = day % 2 ? "Ana" : "Bo";
        entry->end_at = entry->start_at + DAY_MS;
        put(store, KIND_SCHEDULE_ENTRY, entry, now_ms);
    }
    struct incident *incident = sample_object(arena, KIND_INCIDENT, "01INCIDENT", now_ms - HOUR_MS);
    incident->reference = "INC-412";
    incident->name = "Orders are late";
    incident->incident_status_category = "live";
    incident->incident_status_name = "Fixing";
    incident->severity_digit = 2;
    incident->slack_channel_id = "C0BENCH";
    put(store, KIND_INCIDENT, incident, now_ms);
    for (int i = 0; i < 30; i++) {
        struct incident_update *update = sample_object(
            arena, KIND_INCIDENT_UPDATE, arena_printf(arena, "01U%02d", i), now_ms - i * MINUTE_MS);
        update->incident_id = incident->id;
        update->message = "The warehouse is being resized; the next run starts on the hour.";
        put(store, KIND_INCIDENT_UPDATE, update, now_ms);
        struct follow_up *follow_up = sample_object(
            arena, KIND_FOLLOW_UP, arena_printf(arena, "01F%02d", i), now_ms - i * DAY_MS);
        follow_up->title = "Alert on late partitions";
        follow_up->status = "outstanding";
        follow_up->incident_id = incident->id;
        put(store, KIND_FOLLOW_UP, follow_up, now_ms);
    }
}

static void
put_freshness(struct store *store, int64_t now_ms)
{
    struct error err;
    for (int i = 0; i < KIND_COUNT; i++) {
        const struct freshness freshness = {.resource = kind_info((enum kind)i)->table,
                                            .last_complete_at = now_ms,
                                            .last_attempt_at = now_ms,
                                            .error_code = "",
                                            .error_message = "",
                                            .error_request_id = "",
                                            .cursor = "",
                                            .history_until = 1};
        if (!freshness_put(store, &freshness, &err))
            fail(err.message);
    }
}

/* The alerts from the first-th newest on, made of the one that is there. */
static void
copy_alerts(const char *path, int first, int alerts, int64_t now_ms)
{
    static const char fill[] =
        "pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -200000;"
        "insert into alert select (%lld - n * %lld) << 20 | (key & 63), printf('01ALERT%%019d', %d "
        "- n),"
        " 'model fct_orders_' || (n %% 120) || ' failed in production', 'resolved',"
        " 'dbt-production-model.shop.fct_orders_' || (n %% 120), alert_source_id, source_url,"
        " %lld - n * %lld, %lld - n * %lld + 60000, %lld - n * %lld + 600000,"
        " severity, severity_digit, environment, owner, team, node, level,"
        " 9, %lld - n * %lld, stored_at, hash, '{\"description\":\"division by zero\"}'"
        " from (with recursive older (n) as"
        " (values (%d) union all select n - 1 from older where n > %d) select n from older),"
        " (select * from alert limit 1);"
        "pragma journal_mode = wal;";
    long long start = now_ms - now_ms % DAY_MS, step = 300 * DAY_MS / alerts;
    sqlite3 *db;
    char *sql = sqlite3_mprintf(fill, start, step, alerts, start, step, start, step, start, step,
                                start, step, alerts - 1, first);
    if (sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail(sqlite3_errmsg(db));
    sqlite3_free(sql);
    sqlite3_close(db);
}

static const char *
write_config(struct arena *arena, const char *state_home)
{
    const char *path = arena_printf(arena, "%s/tocsin.conf", state_home);
    FILE *file = fopen(path, "w");
    if (!file)
        fail(path);
    (void)fprintf(file, "profile \"default\" {\n    url = \"%s\"\n    theme = \"default\"\n}\n",
                  URL);
    (void)fclose(file);
    return path;
}

/* Notes in the profile's private.db where the cache is. */
static void
note_location(struct arena *arena, const char *config_path, const char *directory)
{
    struct error err = {0};
    struct config config;
    const struct profile *profile;
    struct paths paths;
    struct store *private_db = NULL;
    bool ok = config_load(&config, config_path, arena, &err) &&
              config_profile(&config, NULL, &profile, &err) &&
              profile_paths(profile, arena, &paths, &err) &&
              store_open(&private_db, STORE_PRIVATE, paths.private_db, STORE_WRITE, NULL, &err) &&
              cache_location_put(private_db, URL, directory, clock_now_ms(), &err);
    store_close(private_db);
    if (!ok)
        fail(err.message);
}

static void
put_alerts(struct store *store, struct arena *scratch, int first, int end, int alerts,
           int64_t now_ms)
{
    for (int n = first; n < end; n++)
        put(store, KIND_ALERT, bench_alert(scratch, n, alerts, now_ms), now_ms);
}

static struct store *
open_cache(const char *path)
{
    struct store *cache;
    struct error err = {0};
    if (!store_open(&cache, STORE_CACHE, path, STORE_WRITE, NULL, &err) ||
        !store_begin(cache, &err))
        fail(err.message);
    return cache;
}

static void
close_cache(struct store *cache)
{
    struct error err = {0};
    if (!store_commit(cache, &err))
        fail(err.message);
    store_checkpoint(cache);
    store_close(cache);
}

struct bench_cache
bench_cache_make(struct arena *arena, int alerts)
{
    struct arena scratch = {0};
    const char *state_home = temporary_directory(arena);
    const char *directory = arena_printf(arena, "%s/bench-cache", state_home);
    const char *path = arena_printf(arena, "%s/cache.db", directory);
    int64_t now_ms = clock_now_ms();
    (void)mkdir(directory, 0700);
    (void)setenv("XDG_STATE_HOME", state_home, 1);
    const char *config = write_config(arena, state_home);
    note_location(arena, config, directory);

    int last = alerts < PUT_MAX ? alerts : PUT_MAX;
    struct store *cache = open_cache(path);
    put_alerts(cache, &scratch, last - 1, last, alerts, now_ms);
    close_cache(cache);
    if (alerts > last)
        copy_alerts(path, last, alerts, now_ms);
    cache = open_cache(path);
    put_alerts(cache, &scratch, 0, last - 1, alerts, now_ms);
    put_company(cache, &scratch, now_ms);
    put_freshness(cache, now_ms);
    close_cache(cache); /* nobody searches */
    arena_finish(&scratch);
    return (struct bench_cache){state_home, config, path};
}

void
bench_cache_remove(const struct bench_cache *cache)
{
    temporary_directory_remove(cache->state_home);
}
