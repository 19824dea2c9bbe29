#include "tests/support/killed.h"

#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static int step, killed_before, killed_after;

void
killed_at(int before, int after)
{
    step = 0;
    killed_before = before;
    killed_after = after;
}

__attribute__((weak)) int
fdatasync(int fd)
{
    if (++step == killed_before)
        (void)raise(SIGKILL);
    int result = (int)syscall(SYS_fdatasync, fd);
    if (step == killed_after)
        (void)raise(SIGKILL);
    return result;
}

__attribute__((weak)) int
renameat(int from_fd, const char *from, int to_fd, const char *to)
{
    if (++step == killed_before)
        (void)raise(SIGKILL);
    int result = (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, 0);
    if (step == killed_after)
        (void)raise(SIGKILL);
    return result;
}
