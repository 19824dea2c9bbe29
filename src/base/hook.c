#include "base/hook.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/process.h"
#include "base/str.h"
#include "base/text.h"

enum { LOOK_MS = 20 /* how often a child is asked for where the kernel cannot tell */ };

struct hook {
    struct hooks *hooks;
    pid_t pid;                 /* 0 = it could not be started */
    int in_fd, out_fd, end_fd; /* -1 = closed */
    char *name;
    struct str input;
    size_t written, printed, kept_bytes;
    struct str output;
    uint64_t timer, look_timer;
    int64_t timeout_ms;
    struct error error;
    void (*done)(void *context, const struct hook_result *result);
    void *context;
    struct hook *next;
};

struct hooks {
    struct loop *loop;
    struct hook *first;
    size_t len;
};

static void
close_fd(struct hook *hook, int *fd)
{
    if (*fd < 0)
        return;
    loop_unwatch(hook->hooks->loop, *fd);
    close(*fd);
    *fd = -1;
}

static void
forget(struct hook *hook)
{
    struct hook **at = &hook->hooks->first;
    while (*at != hook)
        at = &(*at)->next;
    *at = hook->next;
    hook->hooks->len--;
    close_fd(hook, &hook->in_fd);
    close_fd(hook, &hook->out_fd);
    close_fd(hook, &hook->end_fd);
    loop_cancel(hook->hooks->loop, hook->timer);
    loop_cancel(hook->hooks->loop, hook->look_timer);
    str_finish(&hook->input);
    str_finish(&hook->output);
    memory_free(hook->name);
    memory_free(hook);
}

static void
finish(struct hook *hook, bool ended, int exit_status)
{
    struct arena scratch = {0};
    const struct hook_result result = {
        .ended = ended,
        .exit_status = exit_status,
        .output = hook->kept_bytes
                      ? text_clean_lines(
                            &scratch,
                            text_repair_utf8(&scratch, str_text(&hook->output), hook->output.len),
                            hook->kept_bytes * 4)
                      : text_clean(&scratch, str_text(&hook->output), HOOK_OUTPUT_KEPT_BYTES),
        .is_cut = hook->printed > hook->output.len,
        .error = hook->error,
    };
    hook->done(hook->context, &result);
    forget(hook);
    arena_finish(&scratch);
}

static void
kill_and_finish(struct hook *hook)
{
    process_kill_session(hook->pid);
    finish(hook, false, 0);
}

static size_t
kept_bytes(const struct hook *hook)
{
    return hook->kept_bytes ? hook->kept_bytes : HOOK_OUTPUT_KEPT_BYTES;
}

/* False when it printed more than anybody reads. */
static bool
read_output(struct hook *hook)
{
    char block[4096];
    ssize_t len = -1;
    while (hook->out_fd >= 0 && (len = read(hook->out_fd, block, sizeof(block))) > 0) {
        hook->printed += (size_t)len;
        size_t room = kept_bytes(hook) - hook->output.len;
        str_append_len(&hook->output, block, (size_t)len < room ? (size_t)len : room);
        if (hook->printed > HOOK_OUTPUT_MAX_BYTES)
            return error_set(&hook->error, ERROR_TOO_LARGE,
                             "'%s' printed more than %d bytes and was killed", hook->name,
                             HOOK_OUTPUT_MAX_BYTES);
    }
    if (len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR))
        close_fd(hook, &hook->out_fd);
    return true;
}

static void
on_output(void *context, int fd, int events)
{
    struct hook *hook = context;
    (void)fd;
    (void)events;
    if (!read_output(hook))
        kill_and_finish(hook);
}

static void
on_input(void *context, int fd, int events)
{
    struct hook *hook = context;
    (void)events;
    ssize_t len = write(fd, hook->input.data + hook->written, hook->input.len - hook->written);
    if (len > 0)
        hook->written += (size_t)len;
    else if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (len <= 0 || hook->written == hook->input.len)
        close_fd(hook, &hook->in_fd); /* what does not want to hear it all is not made to */
}

/* It has ended; what it started in the background may hold its output open, and is not waited for. */
static void
look(struct hook *hook)
{
    int exit_status;
    if (!process_wait(hook->pid, 0, &exit_status))
        return;
    if (read_output(hook))
        finish(hook, true, exit_status);
    else
        finish(hook, false, 0);
}

static void
on_end(void *context, int fd, int events)
{
    (void)fd;
    (void)events;
    look(context);
}

static void
on_look_timer(void *context)
{
    struct hook *hook = context;
    hook->look_timer = loop_after(hook->hooks->loop, LOOK_MS, on_look_timer, hook);
    look(hook);
}

static void
on_timeout(void *context)
{
    struct hook *hook = context;
    hook->timer = 0;
    (void)error_set(&hook->error, ERROR_TIMEOUT, "'%s' did not end within %.1f s and was killed",
                    hook->name, (double)hook->timeout_ms / 1000);
    kill_and_finish(hook);
}

static void
on_not_started(void *context)
{
    struct hook *hook = context;
    hook->timer = 0;
    finish(hook, false, 0);
}

static bool
start(struct hook *hook, const char *const *argv, const char *const *env)
{
    int input[2] = {-1, -1}, output[2] = {-1, -1};
    bool ok = pipe2(input, O_CLOEXEC) == 0 && pipe2(output, O_CLOEXEC) == 0;
    if (!ok)
        (void)error_set(&hook->error, ERROR_FILE, "cannot start '%s': %s", argv[0],
                        strerror(errno));
    struct process_options options = {
        .extra_env = env,
        .empty_env = env != NULL,
        .stdin_fd = input[0],
        .stdout_fd = output[1],
        .stderr_fd = output[1],
        .new_session = true,
        .die_with_parent = true,
    };
    ok = ok && process_start(argv, &options, &hook->pid, &hook->error);
    if (input[0] >= 0)
        close(input[0]);
    if (output[1] >= 0)
        close(output[1]);
    hook->in_fd = input[1];
    hook->out_fd = output[0];
    if (!ok)
        hook->pid = 0;
    return ok;
}

static void
watch(struct hook *hook)
{
    struct loop *loop = hook->hooks->loop;
    fcntl(hook->in_fd, F_SETFL, O_NONBLOCK);
    fcntl(hook->out_fd, F_SETFL, O_NONBLOCK);
    loop_watch(loop, hook->in_fd, LOOP_WRITE, on_input, hook);
    loop_watch(loop, hook->out_fd, LOOP_READ, on_output, hook);
    hook->end_fd = process_end_fd(hook->pid);
    if (hook->end_fd >= 0)
        loop_watch(loop, hook->end_fd, LOOP_READ, on_end, hook);
    else
        hook->look_timer = loop_after(loop, LOOK_MS, on_look_timer, hook);
    hook->timer = loop_after(loop, hook->timeout_ms, on_timeout, hook);
}

bool
hooks_run(struct hooks *hooks, const struct hook_call *call,
          void (*done)(void *context, const struct hook_result *result), void *context)
{
    if (hooks->len == HOOKS_MAX)
        return false;
    struct hook *hook = memory_alloc(sizeof(*hook));
    size_t size = strlen(call->argv[0]) + 1;
    hook->hooks = hooks;
    hook->end_fd = -1;
    hook->name = memcpy(memory_alloc(size), call->argv[0], size);
    hook->timeout_ms = call->timeout_ms;
    hook->kept_bytes = call->kept_bytes;
    hook->done = done;
    hook->context = context;
    str_init(&hook->input, 0);
    str_append(&hook->input, call->input);
    str_init(&hook->output, kept_bytes(hook));
    hook->next = hooks->first;
    hooks->first = hook;
    hooks->len++;
    if (start(hook, call->argv, call->env))
        watch(hook);
    else
        hook->timer = loop_after(hooks->loop, 0, on_not_started, hook);
    return true;
}

struct hooks *
hooks_create(struct loop *loop)
{
    struct hooks *hooks = memory_alloc(sizeof(*hooks));
    (void)signal(SIGPIPE, SIG_IGN); /* of one that does not listen; cannot fail */
    hooks->loop = loop;
    return hooks;
}

void
hooks_destroy(struct hooks *hooks)
{
    if (!hooks)
        return;
    while (hooks->first) {
        process_kill_session(hooks->first->pid);
        forget(hooks->first);
    }
    memory_free(hooks);
}
