#include "cli/demo_place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

#define PREFIX "tocsin-demo-"

static const char *
temporary_dir(void)
{
    const char *dir = getenv("TMPDIR");
    return dir && dir[0] == '/' ? dir : "/tmp";
}

static int
remove_entry(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)status;
    (void)type;
    (void)at;
    (void)remove(path); /* what cannot be removed now is swept by the next run */
    return 0;
}

static void
remove_tree(const char *dir)
{
    enum { OPEN_DIRS_MAX = 16 };
    (void)nftw(dir, remove_entry, OPEN_DIRS_MAX, FTW_DEPTH | FTW_PHYS);
}

/* Shared for its processes, exclusive for who sweeps. */
static int
lock_open(const char *dir, int flags, int how)
{
    struct arena arena = {0};
    int fd =
        open(arena_printf(&arena, "%s/lock", dir), flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    arena_finish(&arena);
    if (fd >= 0 && flock(fd, how | LOCK_NB) != 0) {
        int cause = errno;
        close(fd);
        errno = cause;
        return -1;
    }
    return fd;
}

bool
demo_place_create(struct demo_place *place, struct arena *arena, struct error *err)
{
    char *dir = arena_printf(arena, "%s/" PREFIX "XXXXXX", temporary_dir());
    if (!mkdtemp(dir))
        return error_set(err, ERROR_FILE, "cannot make a directory for the demo in '%s': %s",
                         temporary_dir(), strerror(errno));
    place->dir = dir;
    place->lock_fd = lock_open(dir, O_CREAT, LOCK_SH);
    if (place->lock_fd >= 0)
        return true;
    error_set(err, ERROR_FILE, "cannot lock the demo's directory '%s': %s", dir, strerror(errno));
    remove_tree(dir);
    return false;
}

bool
demo_place_join(struct demo_place *place, const char *dir, struct error *err)
{
    place->dir = dir;
    place->lock_fd = lock_open(dir, 0, LOCK_SH);
    return place->lock_fd >= 0 ||
           error_set(err, ERROR_FILE, "'%s' is not the directory of a demo: %s", dir,
                     strerror(errno));
}

/* A signal that has come but waits is forgotten, too. */
void
demo_place_shield(void)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGTERM, SIGQUIT};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        (void)signal(signals[i], SIG_IGN); /* cannot fail */
}

void
demo_place_remove(struct demo_place *place)
{
    const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
    /* The poller may be making a file at this moment: until nothing comes back, for ten seconds at most. */
    for (int i = 0; i < 200 && access(place->dir, F_OK) == 0; i++) {
        if (i > 0)
            (void)nanosleep(&pause, NULL);
        remove_tree(place->dir);
    }
    if (place->lock_fd >= 0)
        close(place->lock_fd);
    place->lock_fd = -1;
}

static bool
is_abandoned(const char *dir)
{
    struct stat status;
    if (lstat(dir, &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != geteuid())
        return false;
    int fd = lock_open(dir, 0, LOCK_EX);
    if (fd >= 0) {
        close(fd);
        return true;
    }
    /* Without a lock yet: being made, or given up while being removed. */
    return errno == ENOENT && time(NULL) - status.st_mtime > MINUTE_MS / 1000;
}

void
demo_place_sweep(void)
{
    DIR *parent = opendir(temporary_dir());
    if (!parent)
        return;
    struct arena arena = {0};
    const struct dirent *entry;
    while ((entry = readdir(parent))) {
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0)
            continue;
        const char *dir = arena_printf(&arena, "%s/%s", temporary_dir(), entry->d_name);
        if (is_abandoned(dir))
            remove_tree(dir);
    }
    closedir(parent);
    arena_finish(&arena);
}
