/* Commands that are run beside the loop: what they are told, what becomes of those that hang, fail or never stop talking. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/hook.h"
#include "hub/webhook.h"

static struct loop *loop;
static struct hooks *hooks;
static struct hook_result result;
static char output[HOOK_OUTPUT_KEPT_BYTES + 1];
static int ended;

static int
set_up(void **state)
{
    struct error err;
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    ended = 0;
    assert_true(loop_create(&loop, &err));
    hooks = hooks_create(loop);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    hooks_destroy(hooks);
    loop_destroy(loop);
    return 0;
}

static void
on_done(void *context, const struct hook_result *got)
{
    (void)context;
    result = *got;
    strcpy(output, got->output);
    ended++;
    loop_stop(loop);
}

static void
run(const char *script, const char *input, int64_t timeout_ms)
{
    static const char *const env[] = {"PATH=/usr/bin:/bin", "NAMED=yes", NULL};
    const char *const argv[] = {"sh", "-c", script, NULL};
    struct error err;
    assert_true(hooks_run(
        hooks,
        &(struct hook_call){.argv = argv, .env = env, .input = input, .timeout_ms = timeout_ms},
        on_done, NULL));
    assert_true(loop_run(loop, &err));
}

static void
it_is_told_on_its_standard_input_and_has_no_environment_but_what_is_named(void **state)
{
    (void)state;
    assert_int_equal(setenv("SECRET_OF_OURS", "1", 1), 0);
    run("cat; env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^PATH= -e ^OLDPWD=", "{\"a\":1} ", 20000);
    assert_true(result.ended);
    assert_int_equal(result.exit_status, 0);
    assert_string_equal(output, "{\"a\":1} NAMED=yes");
}

static void
its_failure_is_known_with_its_words(void **state)
{
    (void)state;
    run("echo no modem >&2; exit 3", "", 20000);
    assert_true(result.ended);
    assert_int_equal(result.exit_status, 3);
    assert_string_equal(output, "no modem");
}

static void
one_that_hangs_is_killed_with_what_it_started(void **state)
{
    (void)state;
    int64_t began = clock_monotonic_ms();
    run("sleep 100 & sleep 100", "", 100);
    assert_false(result.ended);
    assert_int_equal(result.error.code, ERROR_TIMEOUT);
    assert_true(clock_monotonic_ms() - began < 50000);
}

static void
one_that_never_stops_talking_is_killed(void **state)
{
    (void)state;
    run("yes", "", 60000);
    assert_false(result.ended);
    assert_int_equal(result.error.code, ERROR_TOO_LARGE);
}

static void
one_that_does_not_listen_is_not_waited_for(void **state)
{
    struct str input;
    (void)state;
    str_init(&input, 0);
    for (int i = 0; i < 40000; i++)
        str_append(&input, "0123456789");
    run("exit 0", str_text(&input), 20000);
    assert_true(result.ended);
    run("sleep 0.05; wc -c", str_text(&input), 20000);
    assert_true(result.ended);
    assert_string_equal(output, "400000");
    str_finish(&input);
}

static void
one_that_leaves_something_behind_ends_when_it_ends(void **state)
{
    (void)state;
    run("sleep 2 & echo done", "", 60000);
    assert_true(result.ended);
    assert_string_equal(output, "done");
}

static void
a_missing_command_is_said_by_name(void **state)
{
    static const char *const argv[] = {"/no/such/pager", NULL}, *const env[] = {NULL};
    struct error err;
    (void)state;
    assert_true(hooks_run(
        hooks, &(struct hook_call){.argv = argv, .env = env, .input = "", .timeout_ms = 1000},
        on_done, NULL));
    assert_int_equal(ended, 0); /* never from within */
    assert_true(loop_run(loop, &err));
    assert_false(result.ended);
    assert_int_equal(result.error.code, ERROR_NOT_FOUND);
    assert_non_null(strstr(result.error.message, "/no/such/pager"));
}

static void
no_more_run_at_once_than_may(void **state)
{
    static const char *const argv[] = {"sleep", "100", NULL}, *const env[] = {"PATH=/usr/bin:/bin",
                                                                              NULL};
    (void)state;
    for (int i = 0; i < HOOKS_MAX; i++)
        assert_true(hooks_run(
            hooks, &(struct hook_call){.argv = argv, .env = env, .input = "", .timeout_ms = 100000},
            on_done, NULL));
    assert_false(hooks_run(
        hooks, &(struct hook_call){.argv = argv, .env = env, .input = "", .timeout_ms = 100000},
        on_done, NULL));
}

/* The example of the Standard Webhooks specification. */
static void
a_signature_is_what_others_compute(void **state)
{
    struct arena arena = {0};
    (void)state;
    assert_string_equal(webhook_signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                                          "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
                                          "{\"test\": 2432232314}", &arena),
                        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    arena_finish(&arena);
}

static void
on_webhook(void *context, const struct http_response *response)
{
    int *left = context;
    assert_int_equal(response->error.code, ERROR_NETWORK);
    assert_null(strstr(response->error.message, "hush"));
    assert_non_null(strstr(response->error.message, "127.0.0.1"));
    if (--*left == 0)
        loop_stop(loop);
}

static void
webhooks_go_to_any_number_of_servers_and_no_error_tells_their_path(void **state)
{
    struct webhooks *webhooks = webhooks_create(loop);
    struct arena arena = {0};
    struct error err = {0};
    (void)state;
    for (int port = 1, left; port <= 40; port++) { /* nobody listens there */
        const struct webhook webhook = {
            .url = arena_printf(&arena, "http://127.0.0.1:%d/services/hush", port),
            .secret = "",
            .id = "id",
            .body = "{}",
            .now_ms = clock_now_ms(),
            .timeout_ms = 60000,
        };
        left = 1;
        if (port == 20)
            webhooks_renew(webhooks);
        if (!webhooks_send(webhooks, &webhook, on_webhook, &left, &err))
            fail_msg("%s", err.message);
        assert_true(loop_run(loop, &err));
    }
    webhooks_destroy(webhooks);
    arena_finish(&arena);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(it_is_told_on_its_standard_input_and_has_no_environment_but_what_is_named),
        TEST(its_failure_is_known_with_its_words),
        TEST(one_that_hangs_is_killed_with_what_it_started),
        TEST(one_that_never_stops_talking_is_killed),
        TEST(one_that_does_not_listen_is_not_waited_for),
        TEST(one_that_leaves_something_behind_ends_when_it_ends),
        TEST(a_missing_command_is_said_by_name),
        TEST(no_more_run_at_once_than_may),
        TEST(a_signature_is_what_others_compute),
        TEST(webhooks_go_to_any_number_of_servers_and_no_error_tells_their_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
