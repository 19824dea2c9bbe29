#include "base/notice.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/arena.h"

/*
 * A commit becomes visible to other processes only after its last write to the WAL: with synchronous=FULL a whole fsync
 * later, and no event tells. So a written file is reported again after these pauses, unless it is written meanwhile.
 */
static const int64_t echo_after_ms[] = {40, 400};
enum { ECHOES = sizeof echo_after_ms / sizeof *echo_after_ms };

struct notice {
    struct loop *loop;
    int fd;
    uint64_t echo_timer;
    int echoes; /* reported so far */
    int events;
    void (*handler)(void *context, int events);
    void *context;
    char name[NAME_MAX + 1];
};

static int
events_of(const struct notice *notice, const struct inotify_event *event)
{
    if (event->mask & IN_Q_OVERFLOW)
        return notice->events;
    if (event->mask & (IN_IGNORED | IN_UNMOUNT))
        return NOTICE_GONE;
    if (event->len == 0 || strcmp(event->name, notice->name) != 0)
        return 0;
    int events = event->mask & IN_CLOSE ? NOTICE_CLOSED : 0;
    if (event->mask & (IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVE))
        events |= NOTICE_WRITTEN;
    return events & notice->events;
}

static void on_echo(void *context);

static void
arm_echo(struct notice *notice)
{
    if (notice->echo_timer)
        loop_cancel(notice->loop, notice->echo_timer);
    notice->echo_timer =
        notice->echoes < ECHOES
            ? loop_after(notice->loop, echo_after_ms[notice->echoes], on_echo, notice)
            : 0;
}

static void
on_echo(void *context)
{
    struct notice *notice = context;
    notice->echo_timer = 0;
    notice->echoes++;
    arm_echo(notice);
    notice->handler(notice->context, NOTICE_WRITTEN);
}

static void
read_events(void *context, int fd, int loop_events)
{
    struct notice *notice = context;
    _Alignas(struct inotify_event) char buffer[4096];
    int events = 0;
    ssize_t got;
    (void)loop_events;
    while ((got = read(fd, buffer, sizeof buffer)) > 0) {
        const struct inotify_event *event;
        for (const char *at = buffer; at < buffer + got; at += sizeof *event + event->len) {
            event = (const void *)at;
            events |= events_of(notice, event);
        }
    }
    if (events & NOTICE_GONE)
        loop_unwatch(notice->loop, fd);
    if (events & NOTICE_WRITTEN) {
        notice->echoes = 0;
        arm_echo(notice);
    }
    if (events)
        notice->handler(notice->context, events);
}

bool
notice_open(struct notice **notice, struct loop *loop, const char *path, int events,
            void (*handler)(void *context, int events), void *context, struct error *err)
{
    *notice = NULL;
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char directory[PATH_MAX] = ".";
    size_t directory_len = slash ? (size_t)(slash - path) : 0;
    if (!*name || strlen(name) > NAME_MAX || directory_len >= sizeof directory)
        return error_set(err, ERROR_FILE, "cannot watch '%s': not the path of a file", path);
    if (slash == path)
        memcpy(directory, "/", 2);
    else if (slash) {
        memcpy(directory, path, directory_len);
        directory[directory_len] = '\0';
    }

    uint32_t mask = IN_ONLYDIR;
    if (events & NOTICE_WRITTEN)
        mask |= IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVE;
    if (events & NOTICE_CLOSED)
        mask |= IN_CLOSE;
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0 || inotify_add_watch(fd, directory, mask) < 0) {
        error_set(err, ERROR_FILE, "cannot watch the directory '%s': %s", directory,
                  errno == ENOSPC || errno == EMFILE
                      ? "the system's inotify limit is reached (see fs.inotify in sysctl)"
                      : strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    *notice = memory_alloc(sizeof **notice);
    **notice = (struct notice){
        .loop = loop, .fd = fd, .events = events, .handler = handler, .context = context};
    memcpy((*notice)->name, name, strlen(name) + 1);
    loop_watch(loop, fd, LOOP_READ, read_events, *notice);
    return true;
}

void
notice_close(struct notice *notice)
{
    if (!notice)
        return;
    if (notice->echo_timer)
        loop_cancel(notice->loop, notice->echo_timer);
    loop_unwatch(notice->loop, notice->fd);
    close(notice->fd);
    memory_free(notice);
}
