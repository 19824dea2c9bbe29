#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"

static char directory[32], path[64], older[64], content[64 * 1024];

static int
make_directory(void **state)
{
    (void)state;
    memcpy(directory, "/tmp/tocsin-log-XXXXXX", 23);
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/x.log", directory);
    snprintf(older, sizeof older, "%s/x.log.1", directory);
    return 0;
}

static int
remove_directory(void **state)
{
    (void)state;
    log_close();
    log_limit_bytes(0);
    unlink(path);
    unlink(older);
    return rmdir(directory);
}

static const char *
read_back(const char *file)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? 0 : read(fd, content, sizeof content - 1);
    assert_true(len >= 0);
    if (fd >= 0)
        close(fd);
    content[len] = '\0';
    return content;
}

static void
open_log(enum log_level level)
{
    struct error err = {0};
    if (!log_open(path, level, &err))
        fail_msg("%s", err.message);
}

static void
a_line_has_time_level_process_and_message(void **state)
{
    (void)state;
    open_log(LOG_INFO);
    errno = EBADF;
    log_write(LOG_WARNING, "cache '%s' was set aside", "x.db");
    assert_int_equal(errno, EBADF);
    char wanted[100];
    snprintf(wanted, sizeof wanted, "Z warning [%ld] cache 'x.db' was set aside\n", (long)getpid());
    assert_non_null(strstr(read_back(path), wanted));
    assert_int_equal(content[4], '-');
    assert_int_equal(content[10], 'T');
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void
less_important_lines_are_left_out(void **state)
{
    (void)state;
    open_log(LOG_WARNING);
    log_write(LOG_INFO, "detail");
    log_write(LOG_DEBUG, "more detail");
    assert_string_equal(read_back(path), "");
    log_write(LOG_ERROR, "bad");
    assert_non_null(strstr(read_back(path), "bad"));
}

static void
a_message_is_one_clean_line(void **state)
{
    (void)state;
    open_log(LOG_INFO);
    log_write(LOG_INFO, "title '%s'", "a\x1b[31mred\nsecond line\u202e");
    assert_non_null(strstr(read_back(path), "title 'ared second line'\n"));
}

static void
a_failure_says_what_why_and_which_request(void **state)
{
    (void)state;
    struct error err = {0};
    error_set(&err, ERROR_RATE_LIMITED, "the server asks to wait");
    err.http_status = 429;
    strcpy(err.request_id, "req-1");
    open_log(LOG_INFO);
    log_failure(LOG_WARNING, &err, "pull of alerts");
    assert_non_null(strstr(
        read_back(path),
        "pull of alerts: the server asks to wait (rate_limited, HTTP 429, request req-1)\n"));
    error_set(&err, ERROR_FILE, "disk is full");
    log_failure(LOG_WARNING, &err, "backup");
    assert_non_null(strstr(read_back(path), "backup: disk is full (file)\n"));
}

static void
secrets_are_redacted_wherever_they_stand(void **state)
{
    (void)state;
    const struct {
        const char *from, *to;
    } cases[] = {
        {"Authorization: Bearer abcdefghijklmnop", "Authorization: [redacted]"},
        {"authorization:Basic dXNlcjpwYXNz", "authorization:[redacted]"},
        {"-H 'Circle-Token: 0123456789abcdef' -v", "-H 'Circle-Token: [redacted]' -v"},
        {"GET /x?token=0123456789abc&page=2", "GET /x?token=[redacted]&page=2"},
        {"{\"secret_token\":\"0123456789abc\",\"a\":1}",
         "{\"secret_token\":\"[redacted]\",\"a\":1}"},
        {"{\"token\": \"0123456789abc\"}", "{\"token\": \"[redacted]\"}"},
        {"slack xoxb-1234567890-abcdef said no", "slack xoxb-[redacted] said no"},
        {"key ghp_0123456789abcdefghij.", "key ghp_[redacted]"},
        {"key github_pat_0123456789abcdefghij", "key github_pat_[redacted]"},
        {"key sk-0123456789abcdefghij, bad", "key sk-[redacted], bad"},
        {"key inc_0123456789abcdefghij", "key inc_[redacted]"},
        {"short token=abc", "short token=***"},
        {"cannot read the token: no such file", "cannot read the token: no such file"},
        {"a task-force risk-free desk-top", "a task-force risk-free desk-top"},
        {"GET /x?token=", "GET /x?token="},
        {"two: sk-0123456789abc sk-0123456789abd", "two: sk-[redacted] sk-[redacted]"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[128];
        strcpy(text, cases[i].from);
        log_redact(text);
        assert_string_equal(text, cases[i].to);
    }
    open_log(LOG_INFO);
    log_write(LOG_INFO, "sent Authorization: Bearer abcdefghijklmnop");
    assert_null(strstr(read_back(path), "abcdefghijklmnop"));
}

static void
a_full_log_is_moved_aside_once(void **state)
{
    (void)state;
    open_log(LOG_INFO);
    log_limit_bytes(300);
    for (int i = 0; i < 20; i++)
        log_write(LOG_INFO, "line number %d", i);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_true(status.st_size < 400);
    assert_non_null(strstr(read_back(path), "line number 19"));
    assert_int_equal(stat(older, &status), 0);
    assert_true(status.st_size >= 300 && status.st_size < 400);
}

static void
a_log_moved_by_another_process_is_followed(void **state)
{
    (void)state;
    open_log(LOG_INFO);
    log_write(LOG_INFO, "first");
    assert_int_equal(rename(path, older), 0);
    log_write(LOG_INFO, "second");
    assert_non_null(strstr(read_back(path), "second"));
    assert_null(strstr(content, "first"));
}

static void
a_log_that_cannot_be_opened_is_an_error(void **state)
{
    (void)state;
    struct error err = {0};
    assert_false(log_open("/nonexistent/x.log", LOG_INFO, &err));
    assert_int_equal(err.code, ERROR_FILE);
    assert_non_null(strstr(err.message, "'/nonexistent/x.log'"));
    assert_int_equal(symlink("/dev/null", path), 0); /* a planted link is not followed */
    assert_false(log_open(path, LOG_INFO, &err));
    assert_true(log_open(NULL, LOG_ERROR, &err));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_has_time_level_process_and_message, make_directory,
                                        remove_directory),
        cmocka_unit_test_setup_teardown(less_important_lines_are_left_out, make_directory,
                                        remove_directory),
        cmocka_unit_test_setup_teardown(a_message_is_one_clean_line, make_directory,
                                        remove_directory),
        cmocka_unit_test_setup_teardown(a_failure_says_what_why_and_which_request, make_directory,
                                        remove_directory),
        cmocka_unit_test_setup_teardown(secrets_are_redacted_wherever_they_stand, make_directory,
                                        remove_directory),
        cmocka_unit_test_setup_teardown(a_full_log_is_moved_aside_once, make_directory,
                                        remove_directory),
        cmocka_unit_test_setup_teardown(a_log_moved_by_another_process_is_followed, make_directory,
                                        remove_directory),
        cmocka_unit_test_setup_teardown(a_log_that_cannot_be_opened_is_an_error, make_directory,
                                        remove_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
