/*
 * What a full disk, a failing one and a killed process leave behind: the old state or the new one, never a mixture.
 * SQLite's system calls are replaced in this process; writes of a commit fail, or kill, in turn.
 */

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include <cmocka.h>

#include "store/cache.h"
#include "tests/support/store_objects.h"

enum { OLD_ALERTS = 30, NEW_ALERTS = 60, WRITES_MAX = 2000 };

static struct {
    int writes_left; /* until the fault; negative = never */
    int error;       /* errno, 0 = SIGKILL */
    bool lasting;    /* every later write fails too */
    bool hit;
} fault = {.writes_left = -1};

static struct arena arena;
static const char *directory, *path;
static struct error err;

static bool
fails_now(void)
{
    if (fault.writes_left < 0)
        return false;
    if (fault.writes_left > 0) {
        fault.writes_left--;
        return false;
    }
    if (!fault.error)
        (void)raise(SIGKILL);
    if (!fault.lasting)
        fault.writes_left = -1;
    fault.hit = true;
    errno = fault.error;
    return true;
}

static ssize_t
failing_pwrite(int fd, const void *data, size_t len, off_t offset)
{
    if (!fails_now())
        return pwrite(fd, data, len, offset);
    if (fault.error == ENOSPC && len > 512)
        (void)!pwrite(fd, data, len / 2, offset); /* a disk that fills up takes the first half */
    errno = fault.error;
    return -1;
}

static ssize_t
failing_write(int fd, const void *data, size_t len)
{
    return fails_now() ? -1 : write(fd, data, len);
}

static int
failing_ftruncate(int fd, off_t size)
{
    return fails_now() ? -1 : ftruncate(fd, size);
}

static int
replace_system_calls(void **state)
{
    (void)state;
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    (void)vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)failing_pwrite);
    (void)vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)failing_pwrite);
    (void)vfs->xSetSystemCall(vfs, "write", (sqlite3_syscall_ptr)failing_write);
    (void)vfs->xSetSystemCall(vfs, "ftruncate", (sqlite3_syscall_ptr)failing_ftruncate);
    return 0;
}

static bool
put_range(struct store *store, int from, int to, const char *status)
{
    struct arena scratch = {0};
    bool ok = store_begin(store, &err);
    for (int n = from; ok && n < to; n++) {
        struct alert *alert = sample_alert(&scratch, n);
        alert->status = status;
        sample_alert_encode(&scratch, alert);
        ok = cache_put(store, KIND_ALERT, alert, 1000, NULL, &err);
    }
    ok = ok && cache_index(store, &err) && store_commit(store, &err);
    if (!ok)
        store_rollback(store);
    arena_finish(&scratch);
    return ok;
}

/* A transaction that changes rows, adds others and indexes them. */
static bool
change_everything(void)
{
    struct store *store;
    if (!store_open(&store, STORE_CACHE, path, STORE_WRITE, NULL, &err))
        return false;
    bool ok = put_range(store, 0, NEW_ALERTS, "resolved");
    store_checkpoint(store);
    store_close(store);
    return ok;
}

static int
set_up(void **state)
{
    (void)state;
    directory = temporary_directory(&arena);
    path = arena_printf(&arena, "%s/cache.db", directory);
    struct store *store;
    return store_open(&store, STORE_CACHE, path, STORE_WRITE, NULL, &err) &&
                   put_range(store, 0, OLD_ALERTS, "firing") && (store_close(store), true)
               ? 0
               : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    fault.writes_left = -1;
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}

static const char *
ask(const char *sql)
{
    static char answer[4000];
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    (void)snprintf(answer, sizeof answer, "%s", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return answer;
}

/* Returns whether it is the new state; fails when it is neither. */
static bool
check_state(void)
{
    static const char state[] = "select (select count(*) from alert) || ' ' || (select count(*) "
                                "from alert where status = 'firing') || ' ' ||"
                                " (select count(*) from alert_attribute_entry) || ' ' || (select "
                                "count(*) from version) || ' ' ||"
                                " (select count(*) from search where search match 'division') || ' "
                                "' || (select count(*) from search_waiting)";
    assert_string_equal(ask("pragma integrity_check"), "ok");
    const char *found = ask(state);
    if (strcmp(found, "60 0 360 30 60 0") == 0)
        return true;
    assert_string_equal(found, "30 30 180 0 30 0");
    return false;
}

/* Not every single one of some hundred: a few percent apart, denser at the start. */
static int
next(int n)
{
    return n + 1 + n / 12;
}

static void
fail_each_write(int error, bool lasting)
{
    int failures = 0;
    for (int n = 0; n < WRITES_MAX; n = next(n)) {
        fault.writes_left = n;
        fault.error = error;
        fault.lasting = lasting;
        fault.hit = false;
        bool ok = change_everything();
        fault.writes_left = -1;
        /* A fault after the commit (in a checkpoint) loses nothing: the WAL has it. */
        bool is_new = check_state();
        assert_true(!ok || is_new);
        if (!ok) {
            failures++;
            assert_int_equal(err.code, ERROR_STORE);
            assert_non_null(strstr(err.message, path));
        }
        if (!fault.hit) {
            assert_true(failures > 3);
            return;
        }
        if (is_new) {
            (void)tear_down(NULL);
            assert_int_equal(set_up(NULL), 0);
        }
    }
    fail_msg("no end of writes");
}

static void
a_full_disk_leaves_the_old_state_or_the_new(void **state)
{
    (void)state;
    fail_each_write(ENOSPC, true);
}

static void
one_failing_write_leaves_the_old_state_or_the_new(void **state)
{
    (void)state;
    fail_each_write(EIO, false);
}

static void
a_kill_at_any_write_leaves_the_old_state_or_the_new(void **state)
{
    (void)state;
    int killed = 0;
    for (int n = 0; n < WRITES_MAX; n = next(n)) {
        pid_t child = fork();
        if (child == 0) {
            fault.writes_left = n;
            fault.error = 0;
            _exit(change_everything() ? 0 : 1);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        bool is_new = check_state();
        if (!WIFSIGNALED(status)) {
            assert_int_equal(status, 0);
            assert_true(is_new);
            assert_true(killed > 3);
            return;
        }
        assert_int_equal(WTERMSIG(status), SIGKILL);
        killed++;
        if (is_new) {
            (void)tear_down(NULL);
            assert_int_equal(set_up(NULL), 0);
        }
    }
    fail_msg("no end of writes");
}

/* A first start on a full disk, too, must leave something that the next start can use. */
static void
a_kill_while_the_file_is_made_leaves_one_that_opens(void **state)
{
    (void)state;
    for (int n = 0; n < WRITES_MAX; n = next(n)) {
        (void)tear_down(NULL);
        directory = temporary_directory(&arena);
        path = arena_printf(&arena, "%s/cache.db", directory);
        pid_t child = fork();
        struct store *store;
        if (child == 0) {
            fault.writes_left = n;
            fault.error = 0;
            bool ok = store_open(&store, STORE_CACHE, path, STORE_WRITE, NULL, &err);
            if (ok)
                store_close(store);
            _exit(ok ? 0 : 1);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        bool was_damaged;
        if (!store_open(&store, STORE_CACHE, path, STORE_WRITE, &was_damaged, &err))
            fail_msg("%s", err.message);
        assert_false(was_damaged);
        assert_true(put_range(store, 0, 3, "firing"));
        store_close(store);
        if (!WIFSIGNALED(status)) {
            assert_true(n > 10);
            return;
        }
    }
    fail_msg("no end of writes");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_full_disk_leaves_the_old_state_or_the_new),
        TEST(one_failing_write_leaves_the_old_state_or_the_new),
        TEST(a_kill_at_any_write_leaves_the_old_state_or_the_new),
        TEST(a_kill_while_the_file_is_made_leaves_one_that_opens),
    };
    return cmocka_run_group_tests(tests, replace_system_calls, NULL);
}
