#include "action/poller.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/process.h"
#include "base/str.h"

static void
let_go(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* the lock goes with it */
    *fd = -1;
}

static bool
hold(const char *path, int *fd, struct error *err)
{
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*fd < 0)
        return error_set(err, ERROR_FILE, "cannot open '%s': %s", path, strerror(errno));
    while (flock(*fd, LOCK_SH) != 0)
        if (errno != EINTR) {
            error_set(err, ERROR_FILE, "cannot lock '%s': %s", path, strerror(errno));
            let_go(fd);
            return false;
        }
    return true;
}

bool
poller_view(struct poller *poller, const char *viewers_lock, struct error *err)
{
    *poller = POLLER_NONE;
    return hold(viewers_lock, &poller->viewers_fd, err);
}

bool
poller_write(struct poller *poller, const char *writers_lock, struct error *err)
{
    return poller->writers_fd >= 0 || hold(writers_lock, &poller->writers_fd, err);
}

void
poller_only_read(struct poller *poller)
{
    let_go(&poller->writers_fd);
}

bool
poller_ended(struct poller *poller, int *exit_status)
{
    if (poller->pid <= 0 || !process_wait(poller->pid, 0, exit_status))
        return false;
    poller->pid = 0;
    return true;
}

bool
poller_start(struct poller *poller, const char *profile_name, const char *config_path,
             struct error *err)
{
    char path[4096];
    int status;
    (void)poller_ended(poller, &status); /* whatever it ended with, another may do better */
    if (poller->pid > 0)
        return true;
    if (!process_sibling("tocsin-sync", path, sizeof path, err))
        return false;
    char now[RFC3339_SIZE];
    const char *argv[10] = {path, "sync", "--viewed"};
    size_t len = 3;
    if (!text_is_empty(profile_name)) {
        argv[len++] = "--profile";
        argv[len++] = profile_name;
    }
    if (!text_is_empty(config_path)) {
        argv[len++] = "--config";
        argv[len++] = config_path;
    }
    if (clock_is_frozen()) { /* windows of time are asked for around the same moment */
        argv[len++] = "--now";
        argv[len++] = time_to_rfc3339(clock_now_ms(), now);
    }
    const struct process_options options = {
        .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1, .new_session = true};
    return process_start(argv, &options, &poller->pid, err) ||
           error_wrap(err, "cannot start the poller");
}

void
poller_leave(struct poller *poller)
{
    let_go(&poller->writers_fd);
    let_go(&poller->viewers_fd);
}
