#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include <cmocka.h>

#include "base/clock.h"

#include "store/cache.h"
#include "store/store.h"
#include "tests/support/store_objects.h"

static struct arena arena;
static const char *directory;
static struct error err;

static int
set_up(void **state)
{
    (void)state;
    directory = temporary_directory(&arena);
    err = (struct error){0};
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}

static const char *
file_in(const char *name)
{
    return arena_printf(&arena, "%s/%s", directory, name);
}

static struct store *
open_store(enum store_schema schema, const char *path, enum store_access access)
{
    struct store *store;
    bool was_damaged;
    if (!store_open(&store, schema, path, access, &was_damaged, &err))
        fail_msg("%s", err.message);
    assert_false(was_damaged);
    return store;
}

static void
put_alert(struct store *store, int n)
{
    assert_true(store_begin(store, &err));
    assert_true(cache_put(store, KIND_ALERT, sample_alert(&arena, n), 1000, NULL, &err));
    assert_true(store_commit(store, &err));
}

static int64_t
count_alerts(struct store *store)
{
    int64_t count = -1;
    if (!cache_count(store, KIND_ALERT, &count, &err))
        fail_msg("%s", err.message);
    return count;
}

static void
execute(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s", message);
    sqlite3_close(db);
}

static void
overwrite(const char *path, long offset, const char *text)
{
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    assert_int_equal(fwrite(text, strlen(text), 1, file), 1);
    assert_int_equal(fclose(file), 0);
}

static bool
exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* ---- statements ---- */

static void
every_query_names_its_databases_and_compiles_against_them(void **state)
{
    (void)state;
    static const char *const words[] = {"cache", "private", "hub"};
    struct store *stores[3];
    for (int i = 0; i < 3; i++)
        stores[i] = open_store((enum store_schema)i, ":memory:", STORE_WRITE);
    for (int sql = 0; sql < SQL_COUNT; sql++) {
        char databases[200] = "";
        int len = 0;
        if (sscanf(sql_texts[sql], "-- %199[a-z, ]:%n", databases, &len) != 1 || len == 0)
            fail_msg("%s: the first line must be '-- DATABASES: who asks and why'", sql_names[sql]);
        int compiled = 0;
        for (int i = 0; i < 3; i++) {
            struct statement *statement;
            if (!strstr(databases, words[i]))
                continue;
            if (!store_statement(stores[i], (enum sql)sql, &statement, &err))
                fail_msg("%s", err.message);
            compiled++;
        }
        if (!compiled)
            fail_msg("%s: '%s' names no database", sql_names[sql], databases);
    }
    for (int i = 0; i < 3; i++)
        store_close(stores[i]);
}

static void
statements_bind_by_name_and_read_into_structs(void **state)
{
    (void)state;
    struct store *store = open_store(STORE_CACHE, ":memory:", STORE_WRITE);
    for (int i = 0; i < 40; i++) {
        struct freshness freshness = {.resource = arena_printf(&arena, "resource_%02d", i),
                                      .last_complete_at = i,
                                      .error_code = "",
                                      .error_message = "it's \"quoted\"; --",
                                      .error_request_id = "",
                                      .cursor = ""};
        assert_true(freshness_put(store, &freshness, &err));
    }
    struct statement *statement;
    struct freshness *all;
    size_t len;
    assert_true(store_statement(store, SQL_FRESHNESS_ALL, &statement, &err));
    assert_true(statement_read_all(statement, &freshness_table, &arena, 0, &all, &len, &err));
    assert_int_equal(len, 40);
    assert_string_equal(all[39].resource, "resource_39");
    assert_string_equal(all[39].error_message, "it's \"quoted\"; --");
    assert_int_equal(all[39].last_complete_at, 39);
    assert_true(statement_read_all(statement, &freshness_table, &arena, 33, &all, &len, &err));
    assert_int_equal(len, 33);
    store_close(store);
}

/* ---- schema ---- */

static const char *
type_of(const struct field *field)
{
    switch (field->type) {
    case FIELD_TIME:
    case FIELD_INTEGER:
    case FIELD_BOOLEAN:
        return "INTEGER";
    case FIELD_REAL:
        return "REAL";
    default:
        return "TEXT";
    }
}

static void
check_table(sqlite3 *db, const struct field_table *table, const char *const *own_columns)
{
    char columns[4096] = "", expected[4096] = "";
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(db, "select name, type from pragma_table_info(?1)", -1,
                                        &statement, NULL),
                     SQLITE_OK);
    sqlite3_bind_text(statement, 1, table->name, -1, SQLITE_STATIC);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(statement, 0);
        bool is_own = false;
        for (size_t i = 0; own_columns[i]; i++)
            is_own = is_own || strcmp(own_columns[i], name) == 0;
        if (!is_own)
            (void)snprintf(columns + strlen(columns), sizeof columns - strlen(columns), "%s %s, ",
                           name, (const char *)sqlite3_column_text(statement, 1));
    }
    sqlite3_finalize(statement);
    for (size_t i = 0; i < table->fields_len; i++) {
        const struct field *field = &table->fields[i];
        if (field->type != FIELD_LIST && field->flags & (FIELD_COLUMN | FIELD_LOCAL))
            (void)snprintf(expected + strlen(expected), sizeof expected - strlen(expected),
                           "%s %s, ", field->name, type_of(field));
    }
    for (char *c = columns; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 'a' - 'A' : *c);
    for (char *c = expected; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 'a' - 'A' : *c);
    assert_string_equal(columns, expected);
}

static void
the_schema_has_the_columns_of_the_field_tables(void **state)
{
    (void)state;
    static const char *const own[] = {"key", "stored_at", "hash", "json", NULL};
    static const char *const child[] = {"parent_id", "position", NULL};
    static const char *const none[] = {NULL};
    const char *path = file_in("cache.db");
    store_close(open_store(STORE_CACHE, path, STORE_WRITE));
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const struct field_table *table = kind_info((enum kind)kind)->fields;
        check_table(db, table, own);
        for (size_t i = 0; i < table->fields_len; i++)
            if (table->fields[i].type == FIELD_LIST && table->fields[i].flags & FIELD_COLUMN)
                check_table(db, table->fields[i].item, child);
    }
    check_table(db, &freshness_table, none);
    sqlite3_close(db);
}

/* ---- opening ---- */

static void
a_new_file_is_private_and_opens_again(void **state)
{
    (void)state;
    static const enum store_schema schemas[] = {STORE_CACHE, STORE_PRIVATE, STORE_HUB};
    for (int i = 0; i < 3; i++) {
        const char *path = file_in("file.db");
        store_close(open_store(schemas[i], path, STORE_WRITE));
        struct stat file;
        assert_int_equal(stat(path, &file), 0);
        assert_int_equal(file.st_mode & 0777, 0600);
        store_close(open_store(schemas[i], path, STORE_WRITE));
        store_close(open_store(schemas[i], path, STORE_READ));
        struct store *store;
        assert_false(store_open(&store, schemas[(i + 1) % 3], path, STORE_WRITE, NULL, &err));
        assert_null(store);
        assert_int_equal(err.code, ERROR_STORE);
        assert_non_null(strstr(err.message, "is not a "));
        assert_int_equal(unlink(path), 0);
        (void)unlink(file_in("file.db-wal"));
        (void)unlink(file_in("file.db-shm"));
    }
}

static void
a_file_of_a_newer_tocsin_is_refused(void **state)
{
    (void)state;
    const char *path = file_in("private.db");
    store_close(open_store(STORE_PRIVATE, path, STORE_WRITE));
    execute(path, "pragma user_version = 9999");
    struct store *store;
    for (int access = STORE_READ; access <= STORE_WRITE; access++) {
        assert_false(
            store_open(&store, STORE_PRIVATE, path, (enum store_access)access, NULL, &err));
        assert_int_equal(err.code, ERROR_STORE);
        assert_non_null(strstr(err.message, "newer tocsin (version 9999"));
    }
}

static void
reading_what_is_missing_or_not_ready_is_not_found(void **state)
{
    (void)state;
    struct store *store;
    const char *path = file_in("cache.db");
    assert_false(store_open(&store, STORE_CACHE, path, STORE_READ, NULL, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_false(exists(path));
    execute(path, "pragma application_id = 0x746f6343; pragma user_version = 1");
    assert_false(store_open(&store, STORE_CACHE, path, STORE_READ, NULL, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
}

static void
a_damaged_cache_is_set_aside_and_made_anew(void **state)
{
    (void)state;
    const char *path = file_in("cache.db");
    struct store *store = open_store(STORE_CACHE, path, STORE_WRITE);
    put_alert(store, 1);
    store_close(store);
    overwrite(path, 0, "this is not a database at all, it is a letter to somebody");

    bool was_damaged;
    assert_true(store_open(&store, STORE_CACHE, path, STORE_WRITE, &was_damaged, &err));
    assert_true(was_damaged);
    assert_int_equal(count_alerts(store), 0);
    put_alert(store, 2);
    assert_int_equal(count_alerts(store), 1);
    store_close(store);
    assert_int_equal(system(arena_printf(&arena, "ls %s/cache.db.damaged-* >/dev/null", directory)),
                     0);
}

static void
a_damaged_private_store_is_refused_and_left_alone(void **state)
{
    (void)state;
    const char *path = file_in("private.db");
    store_close(open_store(STORE_PRIVATE, path, STORE_WRITE));
    overwrite(path, 0, "this is not a database at all, it is a letter to somebody");
    struct store *store;
    bool was_damaged;
    assert_false(store_open(&store, STORE_PRIVATE, path, STORE_WRITE, &was_damaged, &err));
    assert_false(was_damaged);
    assert_int_equal(err.code, ERROR_STORE);
    assert_non_null(strstr(err.message, "restore a copy"));
    assert_true(exists(path));
}

/* Damage behind a sound header shows only when the page is read. */
static void
damage_found_later_is_an_error_and_mended_at_the_next_open(void **state)
{
    (void)state;
    const char *path = file_in("cache.db");
    struct store *store = open_store(STORE_CACHE, path, STORE_WRITE);
    for (int i = 0; i < 50; i++)
        put_alert(store, i);
    store_close(store);
    sqlite3 *db;
    sqlite3_stmt *pages;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db,
                           "select (rootpage - 1) * page_size from sqlite_schema, pragma_page_size "
                           "where tbl_name = 'alert'",
                           -1, &pages, NULL),
        SQLITE_OK);
    char *junk = arena_alloc(&arena, 4097);
    memset(junk, 'x', 4096);
    while (sqlite3_step(pages) == SQLITE_ROW)
        overwrite(path, (long)sqlite3_column_int64(pages, 0), junk);
    sqlite3_finalize(pages);
    sqlite3_close(db);

    store = open_store(STORE_CACHE, path, STORE_WRITE);
    int64_t count;
    assert_false(cache_count(store, KIND_ALERT, &count, &err));
    assert_int_equal(err.code, ERROR_STORE);
    assert_non_null(strstr(err.message, "sets it aside"));
    store_close(store);
    assert_true(exists(file_in("cache.db-damaged")));

    bool was_damaged;
    assert_true(store_open(&store, STORE_CACHE, path, STORE_WRITE, &was_damaged, &err));
    assert_true(was_damaged);
    assert_int_equal(count_alerts(store), 0);
    store_close(store);
    assert_false(exists(file_in("cache.db-damaged")));
}

static void
a_sound_cache_that_was_marked_is_kept(void **state)
{
    (void)state;
    const char *path = file_in("cache.db");
    struct store *store = open_store(STORE_CACHE, path, STORE_WRITE);
    put_alert(store, 1);
    store_close(store);
    fclose(fopen(file_in("cache.db-damaged"), "w"));
    store = open_store(STORE_CACHE, path, STORE_WRITE);
    assert_int_equal(count_alerts(store), 1);
    assert_false(exists(file_in("cache.db-damaged")));
    store_close(store);
}

/* ---- several connections ---- */

static void
a_reader_sees_commits_and_cannot_write(void **state)
{
    (void)state;
    const char *path = file_in("cache.db");
    struct store *writer = open_store(STORE_CACHE, path, STORE_WRITE);
    struct store *reader = open_store(STORE_CACHE, path, STORE_READ);
    int64_t before, after;
    assert_true(store_data_version(reader, &before, &err));
    assert_int_equal(count_alerts(reader), 0);

    assert_true(store_begin(writer, &err));
    assert_true(cache_put(writer, KIND_ALERT, sample_alert(&arena, 1), 1000, NULL, &err));
    assert_int_equal(count_alerts(reader), 0);
    assert_true(store_commit(writer, &err));

    assert_int_equal(count_alerts(reader), 1);
    assert_true(store_data_version(reader, &after, &err));
    assert_int_not_equal(before, after);
    assert_false(meta_put(reader, "name", "value", &err));
    assert_int_equal(err.code, ERROR_STORE);

    assert_true(store_begin_read(reader, &err));
    assert_int_equal(count_alerts(reader), 1);
    put_alert(writer, 2);
    assert_int_equal(count_alerts(reader), 1);
    store_end_read(reader);
    assert_int_equal(count_alerts(reader), 2);
    store_close(reader);
    store_close(writer);
}

static bool
write_in_turn(const char *path)
{
    struct store *store;
    bool ok = store_open(&store, STORE_PRIVATE, path, STORE_WRITE, NULL, &err);
    for (int n = 0; ok && n < 20; n++)
        ok = store_begin(store, &err) && store_commit(store, &err);
    store_close(store);
    return ok;
}

/* Until the file is there whole; before, it is said not to be there, and nothing else. */
static bool
read_while_it_is_made(const char *path)
{
    struct store *store;
    int64_t deadline = clock_monotonic_ms() + MINUTE_MS;
    while (clock_monotonic_ms() < deadline)
        if (store_open(&store, STORE_PRIVATE, path, STORE_READ, NULL, &err)) {
            store_close(store);
            return true;
        } else if (err.code != ERROR_NOT_FOUND) {
            return false;
        }
    return false;
}

static void
one_file_is_made_and_written_by_several_in_turn(void **state)
{
    (void)state;
    enum { ROUNDS = 8, CHILDREN = 4 };
    for (int round = 0; round < ROUNDS; round++) {
        const char *path = arena_printf(&arena, "%s/private%d.db", directory, round);
        pid_t children[CHILDREN];
        int failed = 0;
        for (int i = 0; i < CHILDREN; i++) {
            children[i] = fork();
            if (children[i] == 0) {
                bool ok = i == 0 ? read_while_it_is_made(path) : write_in_turn(path);
                if (!ok)
                    (void)fprintf(stderr, "%s\n", err.message);
                _exit(ok ? 0 : 1);
            }
        }
        for (int i = 0; i < CHILDREN; i++) {
            int status;
            assert_int_equal(waitpid(children[i], &status, 0), children[i]);
            failed += status != 0;
        }
        assert_int_equal(failed, 0);
    }
}

/* Root may write anywhere, so the reader becomes somebody else. */
static void
a_cache_in_a_directory_that_is_not_writable_can_be_read(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    const char *path = file_in("cache.db");
    struct store *store = open_store(STORE_CACHE, path, STORE_WRITE);
    put_alert(store, 1);
    store_close(store);
    (void)unlink(file_in("cache.db-wal"));
    (void)unlink(file_in("cache.db-shm"));
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(chmod(directory, 0555), 0);
    pid_t child = fork();
    if (child == 0) {
        int64_t count = 0;
        bool ok = setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0 &&
                  store_open(&store, STORE_CACHE, path, STORE_READ, NULL, &err) &&
                  cache_count(store, KIND_ALERT, &count, &err);
        if (!ok)
            (void)fprintf(stderr, "%s\n", err.message);
        store_close(store);
        _exit(ok && count == 1 ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(every_query_names_its_databases_and_compiles_against_them),
        TEST(statements_bind_by_name_and_read_into_structs),
        TEST(the_schema_has_the_columns_of_the_field_tables),
        TEST(a_new_file_is_private_and_opens_again),
        TEST(a_file_of_a_newer_tocsin_is_refused),
        TEST(reading_what_is_missing_or_not_ready_is_not_found),
        TEST(a_damaged_cache_is_set_aside_and_made_anew),
        TEST(a_damaged_private_store_is_refused_and_left_alone),
        TEST(damage_found_later_is_an_error_and_mended_at_the_next_open),
        TEST(a_sound_cache_that_was_marked_is_kept),
        TEST(a_reader_sees_commits_and_cannot_write),
        TEST(one_file_is_made_and_written_by_several_in_turn),
        TEST(a_cache_in_a_directory_that_is_not_writable_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
