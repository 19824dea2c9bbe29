#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"

extern char **environ;

#define STATUS_TICK_MS 10 /* how often a child is asked for where the kernel has no pidfd */

/* ---- starting ---- */

/* Our environment with `extra` on top; without ours when it is to be empty. */
static char **
environment_with(const char *const *extra, bool empty, struct arena *arena)
{
    size_t ours = 0, added = 0, len = 0;
    while (!empty && environ && environ[ours])
        ours++;
    while (extra && extra[added])
        added++;
    char **result = arena_new_array(arena, ours + added + 1, char *);
    for (size_t i = 0; i < ours; i++) {
        bool replaced = false;
        for (size_t k = 0; k < added && !replaced; k++) {
            size_t name_len = strcspn(extra[k], "=") + 1;
            replaced = strncmp(environ[i], extra[k], name_len) == 0;
        }
        if (!replaced)
            result[len++] = environ[i];
    }
    for (size_t k = 0; k < added; k++)
        result[len++] = arena_text(arena, extra[k]);
    return result;
}

/* In the child. Puts fds[i] on descriptor i; every other descriptor closes on exec. */
static bool
arrange_descriptors(int fds[3])
{
    for (int i = 0; i < 3; i++) {
        if (fds[i] < 0)
            fds[i] = open("/dev/null", i == 0 ? O_RDONLY : O_WRONLY);
        if (fds[i] >= 0 && fds[i] < 3 && fds[i] != i)
            fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 3); /* its number is about to be taken */
        if (fds[i] < 0)
            return false;
    }
    for (int i = 0; i < 3; i++)
        if (fds[i] == i ? fcntl(i, F_SETFD, 0) < 0 : dup2(fds[i], i) < 0)
            return false;
    if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
        for (int fd = 3; fd < 1024; fd++)         /* a kernel before 5.11 */
            (void)fcntl(fd, F_SETFD, FD_CLOEXEC); /* most are not open */
    return true;
}

/* In the child: only async-signal-safe calls from here to exec. Returns only when something failed. */
static void
become(const char *const *argv, char **env, const struct process_options *options, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigaction(SIGPIPE, &standard, NULL); /* ignored by us, and that would be inherited */
    if (options->new_session && setsid() < 0)
        return;
    if (options->die_with_parent) {
        if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0)
            return;
        if (getppid() != parent) /* it died before the line above */
            _exit(128 + SIGTERM);
    }
    int fds[3] = {options->stdin_fd, options->stdout_fd, options->stderr_fd};
    if (!arrange_descriptors(fds))
        return;
    sigprocmask(SIG_SETMASK, &none, NULL);
    union {
        const char *const *given;
        char *const *wanted; /* exec does not change them, its prototype is older than const */
    } arguments = {.given = argv};
    execvpe(options->program ? options->program : argv[0], arguments.wanted, env);
}

/* The number of the failed call's error arrives on a pipe that a successful exec closes. */
static pid_t
start(const char *const *argv, const struct process_options *options, int *failure)
{
    int report[2];
    *failure = 0;
    if (pipe2(report, O_CLOEXEC) != 0) {
        *failure = errno;
        return -1;
    }
    struct arena scratch = {0};
    char **env = environment_with(options->extra_env, options->empty_env, &scratch);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        int writer = report[1] < 3 ? fcntl(report[1], F_DUPFD_CLOEXEC, 3) : report[1];
        become(argv, env, options, parent);
        int error_number = errno;
        ssize_t ignored = write(writer, &error_number, sizeof error_number);
        (void)ignored; /* the parent sees status 127 instead */
        _exit(127);
    }
    if (pid < 0)
        *failure = errno;
    arena_finish(&scratch);
    close(report[1]);
    if (pid > 0) {
        ssize_t got;
        do
            got = read(report[0], failure, sizeof *failure);
        while (got < 0 && errno == EINTR);
        if (got == (ssize_t)sizeof *failure) {
            while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
                ;
            pid = -1;
        } else {
            *failure = 0;
        }
    }
    close(report[0]);
    return pid;
}

bool
process_start(const char *const *argv, const struct process_options *options, pid_t *pid,
              struct error *err)
{
    static const struct process_options inherit = {.stdin_fd = 0, .stdout_fd = 1, .stderr_fd = 2};
    int failure;
    if (!argv[0] || !argv[0][0])
        return error_set(err, ERROR_CONFIG, "cannot start a command without a name");
    *pid = start(argv, options ? options : &inherit, &failure);
    if (*pid < 0)
        return error_set(err, failure == ENOENT ? ERROR_NOT_FOUND : ERROR_FILE,
                         "cannot start '%s': %s", argv[0], strerror(failure));
    return true;
}

/* ---- waiting ---- */

int
process_end_fd(pid_t pid)
{
#ifdef SYS_pidfd_open
    return (int)syscall(SYS_pidfd_open, pid, 0);
#else
    (void)pid;
    return -1;
#endif
}

static int
exit_status_of(int wait_status)
{
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

static int
left_ms(int64_t deadline_ms)
{
    int64_t left = deadline_ms - clock_monotonic_ms();
    return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

/* Reaps the child if it has ended. A child reaped elsewhere counts as ended, with status 0. */
static bool
reap(pid_t pid, int *exit_status)
{
    int status = 0;
    pid_t got;
    do
        got = waitpid(pid, &status, WNOHANG);
    while (got < 0 && errno == EINTR);
    if (got == 0)
        return false;
    *exit_status = got > 0 ? exit_status_of(status) : 0;
    return true;
}

static bool
wait_until(pid_t pid, int64_t deadline_ms, int *exit_status)
{
    int pidfd = process_end_fd(pid);
    bool ended;
    while (!(ended = reap(pid, exit_status)) && left_ms(deadline_ms) > 0) {
        struct pollfd end = {.fd = pidfd, .events = POLLIN};
        int left = left_ms(deadline_ms);
        (void)poll(&end, 1, pidfd < 0 && left > STATUS_TICK_MS ? STATUS_TICK_MS : left);
    }
    if (pidfd >= 0)
        close(pidfd);
    return ended;
}

void
process_stop(pid_t pid, int64_t grace_ms)
{
    int status;
    if (pid <= 0 || reap(pid, &status))
        return;
    kill(pid, SIGTERM);
    kill(pid, SIGCONT); /* a stopped one would not hear it */
    if (wait_until(pid, clock_monotonic_ms() + grace_ms, &status))
        return;
    kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
}

void
process_kill_session(pid_t pid)
{
    if (pid <= 0)
        return;
    kill(-pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

bool
process_wait(pid_t pid, int64_t timeout_ms, int *exit_status)
{
    return wait_until(pid, clock_monotonic_ms() + timeout_ms, exit_status);
}

enum outcome { ENDED, OVERDUE, TOO_MUCH };

/* Appends what can be read without waiting. False at the end of the output. */
static bool
drain(int fd, struct str *out)
{
    char block[4096];
    ssize_t got;
    while ((got = read(fd, block, sizeof block)) > 0)
        str_append_len(out, block, (size_t)got);
    return got < 0 && (errno == EAGAIN || errno == EINTR);
}

/*
 * Collects until the child has ended, not until the pipe closes: a grandchild in the background may hold that open.
 */
static enum outcome
collect(pid_t pid, int fd, int64_t deadline_ms, struct str *out, int *exit_status)
{
    int pidfd = process_end_fd(pid);
    enum outcome outcome = ENDED;
    bool open = true;
    for (;;) {
        bool ended = reap(pid, exit_status);
        if (open)
            open = drain(fd, out);
        if (out->overflowed)
            outcome = TOO_MUCH;
        if (ended || outcome != ENDED)
            break;
        int left = left_ms(deadline_ms);
        if (left == 0) {
            outcome = OVERDUE;
            break;
        }
        struct pollfd waiting[2] = {{.fd = pidfd, .events = POLLIN},
                                    {.fd = open ? fd : -1, .events = POLLIN}};
        (void)poll(waiting, 2, pidfd < 0 && left > STATUS_TICK_MS ? STATUS_TICK_MS : left);
    }
    if (pidfd >= 0)
        close(pidfd);
    return outcome;
}

bool
process_run(const char *const *argv, const char *const *extra_env, int64_t timeout_ms,
            struct str *out, int *exit_status, struct error *err)
{
    int output[2];
    pid_t pid = -1;
    if (pipe2(output, O_CLOEXEC) != 0)
        return error_set(err, ERROR_FILE, "cannot start '%s': %s", argv[0], strerror(errno));
    fcntl(output[0], F_SETFL, O_NONBLOCK);
    struct process_options options = {.extra_env = extra_env,
                                      .stdin_fd = -1,
                                      .stdout_fd = output[1],
                                      .stderr_fd = 2,
                                      .die_with_parent = true};
    bool started = process_start(argv, &options, &pid, err);
    close(output[1]);
    enum outcome outcome = ENDED;
    if (started) {
        outcome = collect(pid, output[0], clock_monotonic_ms() + timeout_ms, out, exit_status);
        if (outcome != ENDED)
            process_stop(pid, 0);
    }
    close(output[0]);
    if (outcome == OVERDUE)
        return error_set(err, ERROR_TIMEOUT, "'%s' did not end within %.1f s and was killed",
                         argv[0], (double)timeout_ms / 1000);
    if (outcome == TOO_MUCH)
        return error_set(err, ERROR_TOO_LARGE, "'%s' printed more than %zu bytes and was killed",
                         argv[0], out->max_bytes);
    return started;
}

/* ---- our own programs ---- */

bool
process_sibling(const char *name, char *path, size_t path_size, struct error *err)
{
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    self[len > 0 ? len : 0] = '\0';
    char *slash = strrchr(self, '/');
    if (slash)
        *slash = '\0';

    static const char *const places[] = {"", "/../libexec/tocsin"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        int used = snprintf(path, path_size, "%s%s/%s", self, places[i], name);
        if (used > 0 && (size_t)used < path_size && access(path, X_OK) == 0)
            return true;
    }
    if (path_size)
        path[0] = '\0';
    return error_set(err, ERROR_FILE, "cannot find the program '%s' in '%s' or '%s%s'", name, self,
                     self, places[1]);
}
