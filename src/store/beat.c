#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/cache.h"
#include "store/connection.h"

enum { NAME_SIZE = 48, NUMBERS_MAX = 128 };
#define MAGIC UINT64_C(0x31746165626f6374) /* "tcobeat1" */

struct number {
    char name[NAME_SIZE];
    _Atomic int64_t value;
};

struct page {
    uint64_t magic;
    _Atomic uint64_t len; /* numbers below it have their name; names never change */
    struct number numbers[NUMBERS_MAX];
};

struct beat {
    struct page *page; /* NULL = not there */
    dev_t device;
    ino_t inode;
    bool in_memory; /* of a :memory: store */
};

static void
forget(struct beat *beat)
{
    if (beat->page && beat->in_memory)
        memory_free(beat->page);
    else if (beat->page)
        (void)munmap(beat->page,
                     sizeof *beat->page); /* fails only for an address that is no mapping */
    *beat = (struct beat){0};
}

void
beat_close(struct beat *beat)
{
    if (beat)
        forget(beat);
    memory_free(beat);
}

static void
map(struct beat *beat, int fd, const struct stat *file, bool writable)
{
    void *page = mmap(NULL, sizeof *beat->page, writable ? PROT_READ | PROT_WRITE : PROT_READ,
                      MAP_SHARED, fd, 0);
    if (page == MAP_FAILED)
        return;
    *beat = (struct beat){.page = page, .device = file->st_dev, .inode = file->st_ino};
}

static bool
is_sound(const struct beat *beat)
{
    return beat->page && beat->page->magic == MAGIC && atomic_load(&beat->page->len) <= NUMBERS_MAX;
}

static void
open_existing(struct beat *beat, const char *path, bool writable)
{
    int fd = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW);
    struct stat file;
    if (fd >= 0 && fstat(fd, &file) == 0 && file.st_size == (off_t)sizeof *beat->page)
        map(beat, fd, &file, writable);
    if (fd >= 0)
        (void)close(fd); /* the mapping stays */
    if (!is_sound(beat))
        forget(beat);
}

/* Made under another name, so that nobody ever maps a file that is too short. */
static void
create(struct beat *beat, const char *path)
{
    char temporary[4096];
    int len = snprintf(temporary, sizeof temporary, "%s.%ld", path, (long)getpid());
    if (len < 0 || (size_t)len >= sizeof temporary)
        return;
    int fd = open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return;
    struct stat file;
    /* fallocate, not ftruncate: on a full disk writing to a hole in a mapping is a SIGBUS. */
    if (posix_fallocate(fd, 0, sizeof *beat->page) == 0 && fstat(fd, &file) == 0)
        map(beat, fd, &file, true);
    if (beat->page)
        beat->page->magic = MAGIC;
    if (!beat->page || rename(temporary, path) != 0) {
        (void)unlink(temporary); /* nothing more can be done about it */
        forget(beat);
    }
    (void)close(fd); /* the mapping stays */
}

struct beat *
beat_refresh(struct store *store)
{
    if (!store->beat)
        store->beat = memory_alloc(sizeof *store->beat);
    struct beat *beat = store->beat;
    if (strcmp(store->path, ":memory:") == 0) {
        if (!beat->page) {
            *beat = (struct beat){.page = memory_alloc(sizeof *beat->page), .in_memory = true};
            beat->page->magic = MAGIC;
        }
        return beat;
    }

    char path[4096];
    (void)snprintf(path, sizeof path, "%s-beat", store->path); /* cut = not found = absent */
    struct stat file;
    bool there = stat(path, &file) == 0;
    if (there && beat->page && file.st_dev == beat->device && file.st_ino == beat->inode &&
        file.st_size == (off_t)sizeof *beat->page)
        return beat;
    forget(beat);
    bool writable = store->access == STORE_WRITE;
    if (there)
        open_existing(beat, path, writable);
    if (!beat->page && writable)
        create(beat, path);
    return beat;
}

static struct number *
find(const struct beat *beat, const char *name)
{
    if (!beat->page)
        return NULL;
    uint64_t len = atomic_load(&beat->page->len);
    for (uint64_t i = 0; i < len && i < NUMBERS_MAX; i++)
        if (strncmp(beat->page->numbers[i].name, name, NAME_SIZE) == 0)
            return &beat->page->numbers[i];
    return NULL;
}

void
beat_put(struct store *store, const char *name, int64_t value)
{
    assert(store->access == STORE_WRITE && strlen(name) < NAME_SIZE);
    struct beat *beat = beat_refresh(store);
    if (!beat->page)
        return; /* no room or no rights: then the freshness rows alone tell */
    struct number *number = find(beat, name);
    if (!number) {
        /* One process writes a cache at a time, so nobody else adds a name meanwhile. */
        uint64_t len = atomic_load(&beat->page->len);
        assert(len < NUMBERS_MAX);
        number = &beat->page->numbers[len];
        strncpy(number->name, name, NAME_SIZE - 1);
        atomic_store(&number->value, value);
        atomic_store(&beat->page->len, len + 1);
    }
    atomic_store(&number->value, value);
}

bool
beat_read(const struct beat *beat, const char *name, int64_t *value)
{
    struct number *number = find(beat, name);
    if (number)
        *value = atomic_load(&number->value);
    return number != NULL;
}

bool
beat_get(struct store *store, const char *name, int64_t *value)
{
    return beat_read(beat_refresh(store), name, value);
}
