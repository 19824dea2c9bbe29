#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/loop.h"

static struct loop *loop;

static int
open_loop(void **state)
{
    (void)state;
    return loop_create(&loop, NULL) ? 0 : -1;
}

static int
close_loop(void **state)
{
    (void)state;
    loop_destroy(loop);
    return 0;
}

static void
run(void)
{
    struct error err = {0};
    if (!loop_run(loop, &err))
        fail_msg("%s", err.message);
}

static void
stop(void *context)
{
    (void)context;
    loop_stop(loop);
}

static void
stop_once_idle(int64_t delay_ms)
{
    loop_after(loop, delay_ms, stop, NULL);
}

struct seen {
    int calls, events;
    char text[100];
};

static void
note_input(void *context, int fd, int events)
{
    struct seen *seen = context;
    seen->calls++;
    seen->events |= events;
    ssize_t got = events & LOOP_READ ? read(fd, seen->text, sizeof seen->text - 1) : 0;
    if (got > 0)
        seen->text[got] = '\0';
    if (events & LOOP_HANGUP)
        loop_unwatch(loop, fd);
}

static void
write_text(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void
input_and_hang_up_reach_the_handler(void **state)
{
    (void)state;
    int ends[2];
    struct seen seen = {0};
    assert_int_equal(pipe(ends), 0);
    loop_watch(loop, ends[0], LOOP_READ, note_input, &seen);
    write_text(ends[1], "hello");
    close(ends[1]);
    stop_once_idle(20);
    run();
    assert_string_equal(seen.text, "hello");
    assert_int_equal(seen.events, LOOP_READ | LOOP_HANGUP);
    assert_int_equal(seen.calls, 1);
    close(ends[0]);
}

static void
watching_again_replaces_events_and_handler(void **state)
{
    (void)state;
    int ends[2];
    struct seen first = {0}, second = {0};
    assert_int_equal(pipe(ends), 0);
    loop_watch(loop, ends[0], LOOP_READ, note_input, &first);
    loop_watch(loop, ends[0], LOOP_READ, note_input, &second);
    loop_watch(loop, ends[1], LOOP_WRITE, note_input, &first);
    loop_watch(loop, ends[1], 0, note_input, &first);
    write_text(ends[1], "x");
    stop_once_idle(10);
    run();
    assert_int_equal(first.calls, 0);
    assert_int_equal(second.calls, 1);
    close(ends[0]);
    close(ends[1]);
}

static int removed_pair[2][2];

static void
remove_the_other(void *context, int fd, int events)
{
    (void)events;
    int *calls = context;
    (*calls)++;
    int other = fd == removed_pair[0][0] ? removed_pair[1][0] : removed_pair[0][0];
    loop_unwatch(loop, other);
    loop_unwatch(loop, fd);
    loop_unwatch(loop, fd);
}

static void
a_watch_removed_in_the_same_pass_is_not_called(void **state)
{
    (void)state;
    int calls = 0;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pipe(removed_pair[i]), 0);
        loop_watch(loop, removed_pair[i][0], LOOP_READ, remove_the_other, &calls);
        write_text(removed_pair[i][1], "x");
    }
    stop_once_idle(10);
    run();
    assert_int_equal(calls, 1);
    for (int i = 0; i < 2; i++) {
        close(removed_pair[i][0]);
        close(removed_pair[i][1]);
    }
}

static void
add_many(void *context, int fd, int events)
{
    (void)events;
    int(*pipes)[2] = context;
    char c;
    assert_int_equal(read(fd, &c, 1), 1);
    static struct seen seen;
    for (int i = 1; i < 20; i++)
        loop_watch(loop, pipes[i][0], LOOP_READ, note_input, &seen);
    /* The number of a closed descriptor comes back at once: what was polled is not the new one's.
     */
    loop_unwatch(loop, fd);
}

static void
watches_added_in_a_handler_survive_growth_of_the_table(void **state)
{
    (void)state;
    int pipes[20][2];
    for (int i = 0; i < 20; i++)
        assert_int_equal(pipe(pipes[i]), 0);
    loop_watch(loop, pipes[0][0], LOOP_READ, add_many, pipes);
    write_text(pipes[0][1], "x");
    stop_once_idle(10);
    run();
    for (int i = 0; i < 20; i++) {
        close(pipes[i][0]);
        close(pipes[i][1]);
    }
}

static void
a_descriptor_closed_without_being_unwatched_is_reported_once(void **state)
{
    (void)state;
    int ends[2];
    struct seen seen = {0};
    assert_int_equal(pipe(ends), 0);
    loop_watch(loop, ends[0], 0, note_input, &seen);
    close(ends[0]);
    close(ends[1]);
    stop_once_idle(10);
    run();
    assert_int_equal(seen.calls, 1);
    assert_int_equal(seen.events, LOOP_HANGUP);
}

static char order[32];

static void
append(void *context)
{
    strcat(order, context);
}

static void
timers_fire_in_order_once_and_not_early(void **state)
{
    (void)state;
    order[0] = '\0';
    int64_t start = clock_monotonic_ms();
    loop_after(loop, 30, append, (char[]){"c"});
    loop_after(loop, 10, append, (char[]){"a"});
    uint64_t cancelled = loop_after(loop, 15, append, (char[]){"x"});
    loop_after(loop, 20, append, (char[]){"b"});
    loop_after(loop, -5, append, (char[]){"0"});
    loop_cancel(loop, cancelled);
    loop_cancel(loop, 0);
    loop_cancel(loop, 999);
    loop_after(loop, 40, stop, NULL);
    run();
    assert_string_equal(order, "0abc");
    assert_true(clock_monotonic_ms() - start >= 40);
    assert_true(loop_wakeups(loop) <= 6);
}

static void
restart(void *context)
{
    int *count = context;
    (*count)++;
    loop_after(loop, 0, restart, count);
}

static void
a_timer_that_restarts_itself_starves_nobody(void **state)
{
    (void)state;
    int count = 0, ends[2];
    struct seen seen = {0};
    assert_int_equal(pipe(ends), 0);
    loop_watch(loop, ends[0], LOOP_READ, note_input, &seen);
    write_text(ends[1], "x");
    loop_after(loop, 0, restart, &count);
    stop_once_idle(5);
    run();
    assert_true(count > 0);
    assert_int_equal(seen.calls, 1);
    close(ends[0]);
    close(ends[1]);
}

static uint64_t cancelled_by_handler;

static void
cancel_it(void *context)
{
    (void)context;
    loop_cancel(loop, cancelled_by_handler);
}

static void
a_timer_cancelled_in_the_same_pass_does_not_fire(void **state)
{
    (void)state;
    order[0] = '\0';
    loop_after(loop, 0, cancel_it, NULL);
    cancelled_by_handler = loop_after(loop, 0, append, (char[]){"x"});
    stop_once_idle(5);
    run();
    assert_string_equal(order, "");
}

static int signals_seen;

static void
note_signal(void *context, int signal_number)
{
    (void)context;
    assert_int_equal(signal_number, SIGUSR1);
    signals_seen++;
}

static void
signals_are_handled_in_the_loop(void **state)
{
    (void)state;
    signals_seen = 0;
    assert_true(loop_on_signal(loop, SIGUSR1, note_signal, NULL, NULL));
    assert_true(loop_on_signal(loop, SIGUSR2, note_signal, NULL, NULL));
    raise(SIGUSR1);
    assert_int_equal(signals_seen, 0);
    stop_once_idle(10);
    run();
    assert_int_equal(signals_seen, 1);
    raise(SIGUSR2); /* pending when the loop goes away: must not end the process */
}

static void
count_frame(void *context)
{
    (*(int *)context)++;
}

static void
after_a_pass_with_handlers_the_frame_is_drawn_once(void **state)
{
    (void)state;
    int frames = 0, pipes[3][2];
    struct seen seen = {0};
    loop_after_pass(loop, count_frame, &frames);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pipe(pipes[i]), 0);
        loop_watch(loop, pipes[i][0], LOOP_READ, note_input, &seen);
        write_text(pipes[i][1], "x");
    }
    stop_once_idle(20);
    run();
    assert_int_equal(seen.calls, 3);
    assert_int_equal(frames, 2);
    for (int i = 0; i < 3; i++) {
        close(pipes[i][0]);
        close(pipes[i][1]);
    }
}

static void
an_idle_loop_does_not_wake_up(void **state)
{
    (void)state;
    stop_once_idle(100);
    run();
    assert_int_equal(loop_wakeups(loop), 1);
}

static void
a_fork_leaves_the_parents_loop_alone(void **state)
{
    (void)state;
    signals_seen = 0;
    assert_true(loop_on_signal(loop, SIGUSR1, note_signal, NULL, NULL));
    pid_t child = fork();
    if (child == 0) {
        raise(SIGUSR1);
        loop_destroy(loop);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    raise(SIGUSR1);
    stop_once_idle(10);
    run();
    assert_int_equal(signals_seen, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(input_and_hang_up_reach_the_handler, open_loop, close_loop),
        cmocka_unit_test_setup_teardown(watching_again_replaces_events_and_handler, open_loop,
                                        close_loop),
        cmocka_unit_test_setup_teardown(a_watch_removed_in_the_same_pass_is_not_called, open_loop,
                                        close_loop),
        cmocka_unit_test_setup_teardown(watches_added_in_a_handler_survive_growth_of_the_table,
                                        open_loop, close_loop),
        cmocka_unit_test_setup_teardown(
            a_descriptor_closed_without_being_unwatched_is_reported_once, open_loop, close_loop),
        cmocka_unit_test_setup_teardown(timers_fire_in_order_once_and_not_early, open_loop,
                                        close_loop),
        cmocka_unit_test_setup_teardown(a_timer_that_restarts_itself_starves_nobody, open_loop,
                                        close_loop),
        cmocka_unit_test_setup_teardown(a_timer_cancelled_in_the_same_pass_does_not_fire, open_loop,
                                        close_loop),
        cmocka_unit_test_setup_teardown(signals_are_handled_in_the_loop, open_loop, close_loop),
        cmocka_unit_test_setup_teardown(after_a_pass_with_handlers_the_frame_is_drawn_once,
                                        open_loop, close_loop),
        cmocka_unit_test_setup_teardown(an_idle_loop_does_not_wake_up, open_loop, close_loop),
        cmocka_unit_test_setup_teardown(a_fork_leaves_the_parents_loop_alone, open_loop,
                                        close_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
