#include "tests/support/processes.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

enum { PATIENCE_MS = 60000, PIDS_MAX = 16 };

/* False for a zombie as well: it has neither an executable nor an environment. */
static bool
is_one(const char *pid, const char *name, const char *text)
{
    char path[64], target[PATH_MAX], environment[64 * 1024];
    (void)snprintf(path, sizeof path, "/proc/%s/exe", pid); /* fits: a pid */
    ssize_t len = readlink(path, target, sizeof target - 1);
    if (len <= 0)
        return false;
    target[len] = '\0';
    const char *base = strrchr(target, '/') ? strrchr(target, '/') + 1 : target;
    if (*name && strcmp(base, name) != 0)
        return false;
    (void)snprintf(path, sizeof path, "/proc/%s/environ", pid); /* fits: a pid */
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, environment, sizeof environment);
    if (fd >= 0)
        close(fd);
    return got > 0 && memmem(environment, (size_t)got, text, strlen(text));
}

int
processes_find(const char *name, const char *text, pid_t *pids, int max)
{
    DIR *all = opendir("/proc");
    const struct dirent *entry;
    int count = 0;
    assert_non_null(all);
    while ((entry = readdir(all))) {
        if (!isdigit((unsigned char)entry->d_name[0]) || !is_one(entry->d_name, name, text))
            continue;
        if (count < max)
            pids[count] = atoi(entry->d_name);
        count++;
    }
    closedir(all);
    return count;
}

void
processes_expect(const char *name, const char *text, int count)
{
    int64_t deadline = clock_monotonic_ms() + PATIENCE_MS;
    pid_t pids[PIDS_MAX] = {0};
    int found;
    while ((found = processes_find(name, text, pids, PIDS_MAX)) != count) {
        if (clock_monotonic_ms() > deadline)
            fail_msg("%d processes '%s' of '%s' run, not %d; one is %d", found, name, text, count,
                     (int)pids[0]);
        (void)poll(NULL, 0, 20);
    }
}

int
processes_children(pid_t parent, pid_t *pids, int max)
{
    char path[64];
    int count = 0, pid;
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent,
                   (int)parent); /* fits */
    FILE *list = fopen(path, "re");
    while (list && count < max && fscanf(list, "%d", &pid) == 1)
        pids[count++] = pid;
    if (list)
        fclose(list);
    return count;
}

pid_t
process_kill_later(pid_t victim, unsigned delay_us)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        usleep(delay_us);
        kill(victim, SIGKILL);
        _exit(0);
    }
    return pid;
}
