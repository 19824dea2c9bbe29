#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/connection.h"

static bool
copy_failed(const char *path, sqlite3 *copy, struct error *err)
{
    return error_set(err, ERROR_STORE, "cannot write the copy '%s': %s", path,
                     sqlite3_errmsg(copy));
}

static bool
copy_pages(struct store *store, sqlite3 *copy, const char *path, struct error *err)
{
    sqlite3_backup *backup = sqlite3_backup_init(copy, "main", store->db, "main");
    if (!backup)
        return copy_failed(path, copy, err);
    (void)sqlite3_backup_step(backup,
                              -1); /* one read of the file as it is now; finish says how it ended */
    if (sqlite3_backup_finish(backup) != SQLITE_OK)
        return copy_failed(path, copy, err);
    /* One file, with nothing beside it. */
    if (sqlite3_exec(copy, "pragma journal_mode = delete", NULL, NULL, NULL) != SQLITE_OK)
        return copy_failed(path, copy, err);
    return true;
}

static bool
is_sound(sqlite3 *copy)
{
    sqlite3_stmt *check = NULL;
    bool sound = sqlite3_prepare_v2(copy, "pragma quick_check(1)", -1, &check, NULL) == SQLITE_OK &&
                 sqlite3_step(check) == SQLITE_ROW &&
                 strcmp((const char *)sqlite3_column_text(check, 0), "ok") == 0;
    sqlite3_finalize(check);
    return sound;
}

/* The file is on the disk before it gets its name. */
static bool
finish(const char *part, const char *path, struct error *err)
{
    int fd = open(part, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    int cause = errno;
    if (fd >= 0)
        (void)close(fd); /* synced above */
    if (ok && rename(part, path) == 0)
        return true;
    return error_set(err, ERROR_FILE, "cannot write '%s': %s", path, strerror(ok ? errno : cause));
}

bool
store_backup(struct store *store, const char *path, struct error *err)
{
    struct arena arena = {0};
    const char *part = arena_printf(&arena, "%s.part", path);
    sqlite3 *copy = NULL;
    (void)unlink(part); /* of a run that was killed */
    int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0 || error_set(err, ERROR_FILE, "cannot write '%s': %s", part, strerror(errno));
    if (fd >= 0)
        (void)close(fd); /* empty */
    if (ok) {
        ok = sqlite3_open_v2(part, &copy, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK ||
             copy_failed(part, copy, err);
        ok = ok && copy_pages(store, copy, part, err);
        if (ok && !is_sound(copy))
            ok = error_set(err, ERROR_STORE, "the copy '%s' is not sound: is the original?", part);
        sqlite3_close(copy);
        ok = ok && finish(part, path, err);
        if (!ok)
            (void)unlink(part); /* what is left of it is of no use */
    }
    arena_finish(&arena);
    return ok;
}
