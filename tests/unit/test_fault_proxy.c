/* The faulty proxy of the fault tests, in front of a scripted server that runs in a child of this test. */

#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/loop.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/http_client.h"
#include "tests/support/scripted_server.h"

static struct fault_proxy *proxy;
static pid_t server_pid;
static struct arena arena;

static void
answer_with_path(void *context, const char *target, const char *head, struct arena *scratch,
                 struct scripted_answer *answer)
{
    (void)context;
    (void)head;
    answer->body = arena_printf(
        scratch, "{\"path\":\"%s\",\"text\":\"0123456789012345678901234567890\"}", target);
}

static int
set_up(void **state)
{
    (void)state;
    struct loop *loop;
    if (!loop_create(&loop, NULL))
        return -1;
    struct scripted_server *server = scripted_server_open(loop, answer_with_path, NULL);
    int port = atoi(strrchr(scripted_server_url(server), ':') + 1);
    server_pid = fork();
    if (server_pid == 0) {
        (void)!loop_run(loop, NULL);
        _exit(0);
    }
    scripted_server_close(server);
    loop_destroy(loop);
    proxy = fault_proxy_start(port);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    fault_proxy_stop(proxy);
    kill(server_pid, SIGKILL);
    waitpid(server_pid, NULL, 0);
    arena_finish(&arena);
    return 0;
}

static const char *
get(const char *path)
{
    const char *request = arena_printf(&arena, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);
    return http_raw(fault_proxy_port(proxy), request, strlen(request), 2000, &arena);
}

static void
without_a_fault_answers_pass_unchanged_and_are_counted(void **state)
{
    (void)state;
    const char *answer = get("/v2/alerts?page_size=1");
    assert_memory_equal(answer, "HTTP/1.1 200", 12);
    assert_non_null(strstr(
        answer,
        "{\"path\":\"/v2/alerts?page_size=1\",\"text\":\"0123456789012345678901234567890\"}"));
    (void)get("/v2/incidents");
    assert_int_equal(fault_proxy_requests(proxy, "GET", "/v2/"), 2);
    assert_int_equal(fault_proxy_requests(proxy, NULL, "/v2/alerts"), 1);
    assert_int_equal(fault_proxy_requests(proxy, "POST", ""), 0);
}

static void
faults_meet_their_paths_only_the_longest_first_and_only_so_often(void **state)
{
    (void)state;
    fault_proxy_set(proxy, "/v2/", FAULT_ERROR, 0, 0);
    fault_proxy_set(proxy, "/v2/alerts", FAULT_RATE_LIMITED, 7, 1);
    assert_non_null(strstr(get("/v2/alerts"), "HTTP/1.1 429"));
    assert_non_null(strstr(get("/v2/alerts"), "HTTP/1.1 500"));
    assert_non_null(strstr(get("/v1/x"), "HTTP/1.1 200"));
    fault_proxy_set(proxy, "/v2/", FAULT_NONE, 0, 0);
    assert_non_null(strstr(get("/v2/alerts"), "HTTP/1.1 200"));
    fault_proxy_set(proxy, "/v2/alerts", FAULT_RATE_LIMITED, 7, 0);
    assert_non_null(strstr(get("/v2/alerts"), "Retry-After: 7\r\n"));
    fault_proxy_clear(proxy);
    fault_proxy_set(proxy, "POST /v2/", FAULT_ERROR, 0, 0);
    fault_proxy_set(proxy, "GET /v2/i", FAULT_RATE_LIMITED, 7, 0);
    assert_non_null(strstr(get("/v2/alerts"), "HTTP/1.1 200"));
    assert_non_null(strstr(get("/v2/incidents"), "HTTP/1.1 429"));
    fault_proxy_clear(proxy);
    assert_non_null(strstr(get("/v2/alerts"), "HTTP/1.1 200"));
}

static void
dropped_cut_and_corrupt_answers_are_that(void **state)
{
    (void)state;
    size_t whole = strlen(get("/a"));
    fault_proxy_set(proxy, "", FAULT_DROP, 0, 0);
    assert_string_equal(get("/a"), "");
    fault_proxy_set(proxy, "", FAULT_LOST, 0, 0);
    assert_string_equal(get("/a"), "");
    fault_proxy_set(proxy, "", FAULT_CUT, 0, 0);
    const char *cut = get("/a");
    assert_non_null(strstr(cut, "\r\n\r\n{\"path\""));
    assert_true(strlen(cut) < whole);
    fault_proxy_set(proxy, "", FAULT_CORRUPT, 0, 0);
    const char *corrupt = get("/a");
    assert_int_equal(strlen(corrupt), whole);
    assert_non_null(strstr(corrupt, "\xff\xff\xff"));
    fault_proxy_set(proxy, "", FAULT_HTML, 0, 0);
    assert_non_null(strstr(get("/a"), "502 Bad Gateway"));
}

static void
slow_answers_are_late_and_hold_up_nobody_else(void **state)
{
    (void)state;
    fault_proxy_set(proxy, "/late", FAULT_DELAY, 200, 0);
    int64_t start = clock_monotonic_ms();
    assert_non_null(strstr(get("/late"), "HTTP/1.1 200"));
    assert_true(clock_monotonic_ms() - start >= 200);
    fault_proxy_set(proxy, "/drip", FAULT_DRIP, 1, 0);
    start = clock_monotonic_ms();
    assert_non_null(strstr(get("/drip"), "34567890\"}"));
    assert_true(clock_monotonic_ms() - start >= 50);
}

static void
an_endless_answer_goes_on_until_the_client_leaves(void **state)
{
    (void)state;
    fault_proxy_set(proxy, "/endless", FAULT_ENDLESS, 0, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)fault_proxy_port(proxy)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(write(fd, "GET /endless HTTP/1.1\r\n\r\n", 25), 25);
    char block[4096];
    size_t total = 0;
    for (ssize_t got; total < 1024 * 1024; total += (size_t)got) {
        got = read(fd, block, sizeof block);
        assert_true(got > 0);
    }
    close(fd);
    assert_non_null(strstr(get("/other"), "HTTP/1.1 200"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_a_fault_answers_pass_unchanged_and_are_counted,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            faults_meet_their_paths_only_the_longest_first_and_only_so_often, set_up, tear_down),
        cmocka_unit_test_setup_teardown(dropped_cut_and_corrupt_answers_are_that, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(slow_answers_are_late_and_hold_up_nobody_else, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_endless_answer_goes_on_until_the_client_leaves, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
