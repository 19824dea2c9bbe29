#include "base/loop.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"

#define SIGNALS_MAX 65

struct watch {
    int fd; /* -1 = removed, swept after the pass */
    int events;
    void (*handler)(void *context, int fd, int events);
    void *context;
};

struct timer {
    uint64_t id; /* 0 = fired or cancelled, swept after the pass */
    int64_t due_ms;
    void (*handler)(void *context);
    void *context;
};

struct signal_watch {
    void (*handler)(void *context, int signal_number);
    void *context;
};

struct loop {
    struct watch *watches;
    size_t watches_len, watches_cap;
    struct pollfd *polled; /* scratch of a pass: the first polled_len watches */
    size_t polled_cap;
    struct timer *timers;
    size_t timers_len, timers_cap;
    uint64_t last_timer;
    struct signal_watch signals[SIGNALS_MAX];
    sigset_t signal_set;
    int signal_fd; /* -1 until a signal is asked for */
    void (*after_pass)(void *context);
    void *after_pass_context;
    uint64_t wakeups;
    bool stopping;
};

/* Room for one more item in a growing array. */
static void *
grow(void *items, size_t len, size_t *cap, size_t item_size)
{
    if (len < *cap)
        return items;
    *cap = *cap ? *cap * 2 : 8;
    return memory_resize(items, *cap * item_size);
}

bool
loop_create(struct loop **loop, struct error *err)
{
    (void)
        err; /* nothing outside the process is needed yet; signals open their descriptor when asked for */
    *loop = memory_alloc(sizeof **loop);
    (*loop)->signal_fd = -1;
    sigemptyset(&(*loop)->signal_set);
    return true;
}

void
loop_destroy(struct loop *loop)
{
    if (!loop)
        return;
    if (loop->signal_fd >= 0) {
        /* What is still pending was meant for the loop: unblocked, it would end the process. */
        struct signalfd_siginfo info;
        while (read(loop->signal_fd, &info, sizeof info) == (ssize_t)sizeof info)
            ;
        close(loop->signal_fd);
        sigprocmask(SIG_UNBLOCK, &loop->signal_set, NULL);
    }
    memory_free(loop->watches);
    memory_free(loop->polled);
    memory_free(loop->timers);
    memory_free(loop);
}

static struct watch *
find_watch(struct loop *loop, int fd)
{
    for (size_t i = 0; i < loop->watches_len; i++)
        if (loop->watches[i].fd == fd)
            return &loop->watches[i];
    return NULL;
}

void
loop_watch(struct loop *loop, int fd, int events,
           void (*handler)(void *context, int fd, int events), void *context)
{
    assert(fd >= 0);
    struct watch *watch = find_watch(loop, fd);
    if (!watch) {
        loop->watches =
            grow(loop->watches, loop->watches_len, &loop->watches_cap, sizeof *loop->watches);
        watch = &loop->watches[loop->watches_len++];
    }
    *watch = (struct watch){fd, events, handler, context};
}

void
loop_unwatch(struct loop *loop, int fd)
{
    struct watch *watch = fd >= 0 ? find_watch(loop, fd) : NULL;
    if (watch)
        watch->fd = -1;
}

uint64_t
loop_after(struct loop *loop, int64_t delay_ms, void (*handler)(void *context), void *context)
{
    loop->timers = grow(loop->timers, loop->timers_len, &loop->timers_cap, sizeof *loop->timers);
    loop->timers[loop->timers_len++] = (struct timer){
        .id = ++loop->last_timer,
        .due_ms = clock_monotonic_ms() + (delay_ms > 0 ? delay_ms : 0),
        .handler = handler,
        .context = context,
    };
    return loop->last_timer;
}

void
loop_cancel(struct loop *loop, uint64_t timer)
{
    for (size_t i = 0; timer && i < loop->timers_len; i++)
        if (loop->timers[i].id == timer)
            loop->timers[i].id = 0;
}

static void
read_signals(void *context, int fd, int events)
{
    struct loop *loop = context;
    struct signalfd_siginfo info;
    (void)events;
    while (read(fd, &info, sizeof info) == (ssize_t)sizeof info)
        if (info.ssi_signo < SIGNALS_MAX && loop->signals[info.ssi_signo].handler)
            loop->signals[info.ssi_signo].handler(loop->signals[info.ssi_signo].context,
                                                  (int)info.ssi_signo);
}

bool
loop_on_signal(struct loop *loop, int signal_number,
               void (*handler)(void *context, int signal_number), void *context, struct error *err)
{
    assert(signal_number > 0 && signal_number < SIGNALS_MAX);
    sigset_t wanted = loop->signal_set;
    sigaddset(&wanted, signal_number);
    int fd = sigprocmask(SIG_BLOCK, &wanted, NULL) == 0
                 ? signalfd(loop->signal_fd, &wanted, SFD_NONBLOCK | SFD_CLOEXEC)
                 : -1;
    if (fd < 0)
        return error_set(err, ERROR_BUG, "cannot wait for signal %d: %s", signal_number,
                         strerror(errno));
    loop->signal_set = wanted;
    loop->signal_fd = fd;
    loop->signals[signal_number] = (struct signal_watch){handler, context};
    loop_watch(loop, fd, LOOP_READ, read_signals, loop);
    return true;
}

void
loop_after_pass(struct loop *loop, void (*handler)(void *context), void *context)
{
    loop->after_pass = handler;
    loop->after_pass_context = context;
}

static void
sweep(struct loop *loop)
{
    size_t kept = 0;
    for (size_t i = 0; i < loop->watches_len; i++)
        if (loop->watches[i].fd >= 0)
            loop->watches[kept++] = loop->watches[i];
    loop->watches_len = kept;
    kept = 0;
    for (size_t i = 0; i < loop->timers_len; i++)
        if (loop->timers[i].id)
            loop->timers[kept++] = loop->timers[i];
    loop->timers_len = kept;
}

static int
poll_timeout_ms(const struct loop *loop)
{
    if (loop->timers_len == 0)
        return -1;
    int64_t due = INT64_MAX, now = clock_monotonic_ms();
    for (size_t i = 0; i < loop->timers_len; i++)
        if (loop->timers[i].due_ms < due)
            due = loop->timers[i].due_ms;
    if (due <= now)
        return 0;
    return due - now > INT_MAX ? INT_MAX : (int)(due - now);
}

static size_t
fill_polled(struct loop *loop)
{
    if (loop->polled_cap < loop->watches_len) {
        loop->polled_cap = loop->watches_cap;
        loop->polled = memory_resize(loop->polled, loop->polled_cap * sizeof *loop->polled);
    }
    for (size_t i = 0; i < loop->watches_len; i++) {
        int events = loop->watches[i].events;
        loop->polled[i] = (struct pollfd){
            .fd = loop->watches[i].fd,
            .events =
                (short)((events & LOOP_READ ? POLLIN : 0) | (events & LOOP_WRITE ? POLLOUT : 0)),
        };
    }
    return loop->watches_len;
}

/* Handlers may add watches (behind the polled ones) and remove or replace any: each is looked at again. */
static bool
dispatch_descriptors(struct loop *loop, size_t polled_len)
{
    bool any = false;
    for (size_t i = 0; i < polled_len; i++) {
        short revents = loop->polled[i].revents;
        struct watch watch = loop->watches[i];
        if (!revents || watch.fd != loop->polled[i].fd)
            continue;
        int events = ((revents & POLLIN ? LOOP_READ : 0) | (revents & POLLOUT ? LOOP_WRITE : 0)) &
                     watch.events;
        if (revents & (POLLHUP | POLLERR | POLLNVAL))
            events |= LOOP_HANGUP;
        if (revents & POLLNVAL) /* closed without being unwatched: it would be reported for ever */
            loop->watches[i].fd = -1;
        if (!events)
            continue;
        any = true;
        watch.handler(watch.context, watch.fd, events);
    }
    return any;
}

/* Timers started by a handler wait for the next pass, so that one which restarts itself starves nobody. */
static bool
dispatch_timers(struct loop *loop)
{
    bool any = false;
    uint64_t last = loop->last_timer;
    for (;;) {
        int64_t now = clock_monotonic_ms();
        struct timer *first = NULL;
        for (size_t i = 0; i < loop->timers_len; i++) {
            struct timer *timer = &loop->timers[i];
            if (timer->id && timer->id <= last && timer->due_ms <= now &&
                (!first || timer->due_ms < first->due_ms))
                first = timer;
        }
        if (!first)
            return any;
        struct timer timer = *first;
        first->id = 0;
        any = true;
        timer.handler(timer.context);
    }
}

bool
loop_run(struct loop *loop, struct error *err)
{
    while (!loop->stopping) {
        sweep(loop);
        size_t polled_len = fill_polled(loop);
        int ready = poll(loop->polled, polled_len, poll_timeout_ms(loop));
        if (ready < 0 && errno != EINTR && errno != EAGAIN)
            return error_set(err, ERROR_BUG, "cannot wait for input: %s", strerror(errno));
        loop->wakeups++;
        bool any = ready > 0 && dispatch_descriptors(loop, polled_len);
        any |= dispatch_timers(loop);
        if (any && loop->after_pass)
            loop->after_pass(loop->after_pass_context);
    }
    loop->stopping = false; /* here, not at the start: a stop before the run counts */
    return true;
}

void
loop_stop(struct loop *loop)
{
    loop->stopping = true;
}

uint64_t
loop_wakeups(const struct loop *loop)
{
    return loop->wakeups;
}
