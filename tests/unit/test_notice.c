#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/notice.h"

static struct loop *loop;
static char directory[32], path[64];
static int calls, seen, awaited;

static int
set_up(void **state)
{
    (void)state;
    calls = seen = awaited = 0;
    memcpy(directory, "/tmp/tocsin-notice-XXXXXX", 26);
    if (!mkdtemp(directory) || !loop_create(&loop, NULL))
        return -1;
    snprintf(path, sizeof path, "%s/cache.db-wal", directory);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    unlink(path);
    rmdir(directory);
    loop_destroy(loop);
    return 0;
}

static void
note(void *context, int events)
{
    (void)context;
    calls++;
    seen |= events;
    if (calls == awaited)
        loop_stop(loop);
}

static void
stop(void *context)
{
    (void)context;
    loop_stop(loop);
}

static void
settle(void)
{
    loop_after(loop, 20, stop, NULL);
    assert_true(loop_run(loop, NULL));
}

static void
give_up(void *context)
{
    (void)context;
    fail_msg("only %d of %d notices", calls, awaited);
}

/* What changed is noticed at once and twice more: see notice.c. */
static void
expect_notice_and_echoes(void)
{
    awaited = calls + 3;
    uint64_t patience = loop_after(loop, MINUTE_MS, give_up, NULL);
    assert_true(loop_run(loop, NULL));
    loop_cancel(loop, patience);
    settle();
    assert_int_equal(calls, awaited);
}

static struct notice *
watch(int events)
{
    struct notice *notice;
    struct error err = {0};
    if (!notice_open(&notice, loop, path, events, note, NULL, &err))
        fail_msg("%s", err.message);
    return notice;
}

static void
write_to(const char *file, int times)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    for (int i = 0; i < times; i++)
        assert_int_equal(write(fd, "x", 1), 1);
    close(fd);
}

static void
a_file_made_later_is_noticed_and_many_writes_are_one_notice(void **state)
{
    (void)state;
    struct notice *notice = watch(NOTICE_WRITTEN);
    write_to(path, 50);
    expect_notice_and_echoes();
    assert_int_equal(seen, NOTICE_WRITTEN);
    unlink(path);
    expect_notice_and_echoes();
    write_to(path, 1);
    expect_notice_and_echoes();
    notice_close(notice);
}

static void
other_files_of_the_directory_are_not_noticed(void **state)
{
    (void)state;
    char other[64];
    snprintf(other, sizeof other, "%s/cache.db", directory);
    struct notice *notice = watch(NOTICE_WRITTEN | NOTICE_CLOSED);
    write_to(other, 3);
    settle();
    assert_int_equal(calls, 0);
    unlink(other);
    notice_close(notice);
}

static void
closing_is_noticed_whatever_the_file_was_opened_for(void **state)
{
    (void)state;
    write_to(path, 1);
    struct notice *notice = watch(NOTICE_CLOSED);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    settle();
    assert_int_equal(calls, 0);
    close(fd);
    settle();
    assert_int_equal(seen, NOTICE_CLOSED);
    notice_close(notice);
}

static void
the_end_of_the_directory_is_noticed_once(void **state)
{
    (void)state;
    struct notice *notice = watch(NOTICE_WRITTEN);
    rmdir(directory);
    settle();
    assert_int_equal(seen, NOTICE_GONE);
    assert_int_equal(calls, 1);
    notice_close(notice);
}

static void
a_missing_directory_is_an_error_that_names_it(void **state)
{
    (void)state;
    struct notice *notice;
    struct error err = {0};
    assert_false(
        notice_open(&notice, loop, "/nonexistent/x/cache.db", NOTICE_WRITTEN, note, NULL, &err));
    assert_non_null(strstr(err.message, "'/nonexistent/x'"));
    assert_null(notice);
    assert_false(notice_open(&notice, loop, "/tmp/", NOTICE_WRITTEN, note, NULL, &err));
    notice_close(NULL);
}

static struct notice *self;

static void
close_itself(void *context, int events)
{
    (void)context;
    (void)events;
    calls++;
    notice_close(self);
}

static void
a_notice_may_be_closed_in_its_handler(void **state)
{
    (void)state;
    assert_true(notice_open(&self, loop, path, NOTICE_WRITTEN, close_itself, NULL, NULL));
    write_to(path, 1);
    settle();
    write_to(path, 1);
    settle();
    assert_int_equal(calls, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_made_later_is_noticed_and_many_writes_are_one_notice,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_files_of_the_directory_are_not_noticed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(closing_is_noticed_whatever_the_file_was_opened_for, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_end_of_the_directory_is_noticed_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_missing_directory_is_an_error_that_names_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_notice_may_be_closed_in_its_handler, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
