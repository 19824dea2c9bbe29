#include "config/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
read_all(int fd, const char *path, struct str *text, struct error *err)
{
    char block[8192];
    for (;;) {
        ssize_t len = read(fd, block, sizeof block);
        if (len == 0)
            return true;
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0)
            return error_set(err, ERROR_FILE, "cannot read '%s': %s", path, strerror(errno));
        str_append_len(text, block, (size_t)len);
        if (text->overflowed)
            return error_set(err, ERROR_FILE, "cannot read '%s': larger than %zu bytes", path,
                             text->max_bytes);
    }
}

static bool
open_file(const char *path, int *fd, struct stat *info, struct error *err)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (*fd < 0)
        return error_set(err, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_FILE,
                         "cannot open '%s': %s", path, strerror(errno));
    if (fstat(*fd, info) == 0 && S_ISREG(info->st_mode))
        return true;
    close(*fd);
    return error_set(err, ERROR_FILE, "cannot read '%s': not a regular file", path);
}

bool
file_write(int fd, struct slice text)
{
    for (size_t at = 0; at < text.len;) {
        ssize_t len = write(fd, text.data + at, text.len - at);
        if (len < 0 && errno == EINTR)
            continue;
        if (len <= 0)
            return false;
        at += (size_t)len;
    }
    return fdatasync(fd) == 0;
}

bool
file_replace(const char *dir, const char *name, struct slice text, struct error *err)
{
    char fresh[NAME_MAX + 1];
    (void)snprintf(fresh, sizeof fresh, "%s.new", name); /* names are ours, and short */
    int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd = dir_fd < 0 ? -1
                        : openat(dir_fd, fresh,
                                 O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && file_write(fd, text) && renameat(dir_fd, fresh, dir_fd, name) == 0;
    if (!ok)
        error_set(err, ERROR_FILE, "cannot write '%s/%s': %s", dir, name, strerror(errno));
    else
        (void)fsync(dir_fd); /* not every file system can */
    if (fd >= 0)
        close(fd);
    if (dir_fd >= 0)
        close(dir_fd);
    return ok;
}

bool
file_read(const char *path, struct str *text, struct error *err)
{
    int fd = -1;
    struct stat info = {0};
    if (!open_file(path, &fd, &info, err))
        return false;
    bool ok = read_all(fd, path, text, err);
    close(fd);
    return ok;
}

bool
file_read_secret(const char *path, struct str *text, struct error *err)
{
    int fd = -1;
    struct stat info = {0};
    if (!open_file(path, &fd, &info, err))
        return false;
    bool ok;
    if (info.st_uid != geteuid())
        ok = error_set(err, ERROR_CONFIG, "refused to read the key in '%s': the file is not yours",
                       path);
    else if (info.st_mode & (S_IRWXG | S_IRWXO))
        ok = error_set(
            err, ERROR_CONFIG,
            "refused to read the key in '%s': others can read it (mode %04o): chmod 600 it", path,
            (unsigned)(info.st_mode & 07777));
    else
        ok = read_all(fd, path, text, err);
    close(fd);
    return ok;
}

static const char *
home(void)
{
    const char *path = getenv("HOME");
    if (path && path[0] == '/')
        return path;
    const struct passwd *user = getpwuid(geteuid());
    return user && user->pw_dir ? user->pw_dir : "/";
}

const char *
directory_from_env(struct arena *arena, const char *variable, const char *fallback)
{
    const char *path = getenv(variable);
    if (path && path[0] == '/')
        return arena_text(arena, path);
    return arena_printf(arena, "%s/%s", home(), fallback);
}

const char *
path_expand_home(struct arena *arena, const char *path)
{
    if (path[0] == '~' && path[1] == '/')
        return arena_printf(arena, "%s%s", home(), path + 1);
    return path;
}

bool
directory_make(const char *path, struct error *err)
{
    char part[PATH_MAX];
    if (strlen(path) >= sizeof part)
        return error_set(err, ERROR_FILE,
                         "cannot make the directory '%.60s…': the path is too long", path);
    strcpy(part, path);
    for (char *at = part + 1;; at++) {
        if (*at != '/' && *at)
            continue;
        char kept = *at;
        *at = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return error_set(err, ERROR_FILE, "cannot make the directory '%s': %s", part,
                             strerror(errno));
        *at = kept;
        if (!kept)
            break;
    }
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        return error_set(err, ERROR_FILE, "cannot use '%s': not a directory", path);
    return true;
}
