#include "remote/alert_spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "config/file.h"
#include "wire/wire.h"

#define HEADER "tocsin alert events"
enum {
    VERSION = 1,
    LOOK_EVERY_MS = 50,
    PATH_BYTES = 4096,
    SETTLED_MAX_BYTES =
        1024 * 1024, /* lines that say that an event was sent: always room for these */
};

struct waiting {
    char id[ULID_SIZE];
    struct alert_event_out event;
    int64_t put_at;
    bool settled, passed_over;
};

struct firing {
    const char *key;
    int64_t at_ms;  /* when it was so, which may be long ago: an artifact of an old run */
    int64_t put_at; /* when it was told */
};

struct alert_spool {
    struct arena arena;
    const char *address;
    int dir_fd, lock_fd, fd; /* -1 = memory only */
    char dir[PATH_BYTES], name[40];
    struct waiting *waiting;
    size_t waiting_len, waiting_cap, first, waiting_count;
    struct firing *firing;
    size_t firing_len, firing_cap;
    bool is_untidy; /* the file holds more than it need */
    char notice[600];
};

/* ---- what is known ---- */

static void
note_firing(struct alert_spool *spool, const char *key, bool fires, int64_t at_ms, int64_t put_at)
{
    for (size_t i = 0; i < spool->firing_len; i++) {
        if (strcmp(spool->firing[i].key, key) != 0)
            continue;
        spool->firing[i] = fires ? (struct firing){spool->firing[i].key, at_ms, put_at}
                                 : spool->firing[--spool->firing_len];
        return;
    }
    if (!fires)
        return;
    if (spool->firing_len == spool->firing_cap) {
        spool->firing_cap = spool->firing_cap ? 2 * spool->firing_cap : 64;
        spool->firing = memory_resize(spool->firing, spool->firing_cap * sizeof *spool->firing);
    }
    spool->firing[spool->firing_len++] =
        (struct firing){arena_text(&spool->arena, key), at_ms, put_at};
}

static struct waiting *
add_waiting(struct alert_spool *spool)
{
    if (spool->waiting_len == spool->waiting_cap) {
        spool->waiting_cap = spool->waiting_cap ? 2 * spool->waiting_cap : 64;
        spool->waiting = memory_resize(spool->waiting, spool->waiting_cap * sizeof *spool->waiting);
    }
    spool->waiting_count++;
    struct waiting *added = &spool->waiting[spool->waiting_len++];
    *added = (struct waiting){0};
    return added;
}

static void
settle(struct alert_spool *spool, struct waiting *waiting)
{
    waiting->settled = true;
    spool->waiting_count--;
    spool->is_untidy = true;
}

static void add_notice(struct alert_spool *spool, const char *format, ...) PRINTF_LIKE(2, 3);

static void
add_notice(struct alert_spool *spool, const char *format, ...)
{
    size_t used = strlen(spool->notice);
    va_list args;
    if (used)
        used += (size_t)snprintf(spool->notice + used, sizeof spool->notice - used, "; ");
    if (used >= sizeof spool->notice)
        return;
    va_start(args, format);
    (void)vsnprintf(spool->notice + used, sizeof spool->notice - used, format, args); /* may cut */
    va_end(args);
}

/* ---- lines ---- */

static void
append_time(struct str *line, const char *name, int64_t time_ms)
{
    char text[RFC3339_SIZE];
    if (time_ms)
        str_printf(line, ",\"%s\":\"%s\"", name, time_to_rfc3339(time_ms, text));
}

static void
append_header(struct str *text, const char *address)
{
    str_printf(text, "{\"is\":\"" HEADER "\",\"version\":%d,\"address\":", VERSION);
    wire_append_string(text, address);
    str_append(text, "}\n");
}

static void
append_firing(struct str *text, const struct firing *firing)
{
    str_append(text, "{\"firing\":");
    wire_append_string(text, firing->key);
    append_time(text, "at", firing->at_ms);
    append_time(text, "put_at", firing->put_at);
    str_append(text, "}\n");
}

static void
append_waiting(struct str *text, const struct waiting *waiting)
{
    str_printf(text, "{\"queued\":\"%s\"", waiting->id);
    append_time(text, "put_at", waiting->put_at);
    append_time(text, "at", waiting->event.at_ms);
    str_printf(text, ",\"event\":%s}\n", waiting->event.body);
}

static int64_t
time_at(const struct wire_document *document, const char *path, struct arena *arena)
{
    int64_t time_ms = 0;
    const char *text = wire_document_text(document, arena, path);
    return *text && time_from_rfc3339(text, &time_ms) ? time_ms : 0;
}

static bool
read_queued(struct alert_spool *spool, const struct wire_document *line, const char *id,
            struct arena *scratch)
{
    const char *key = wire_document_text(line, &spool->arena, "event.deduplication_key");
    const char *status = wire_document_text(line, scratch, "event.status");
    const char *title = wire_document_text(line, scratch, "event.title");
    bool resolved = strcmp(status, "resolved") == 0;
    if (strlen(id) != ULID_SIZE - 1 || !*key || !*title ||
        (!resolved && strcmp(status, "firing") != 0))
        return false;
    struct waiting *waiting = add_waiting(spool);
    memcpy(waiting->id, id, ULID_SIZE);
    waiting->put_at = time_at(line, "put_at", scratch);
    waiting->event = (struct alert_event_out){
        .deduplication_key = key,
        .resolved = resolved,
        .at_ms = time_at(line, "at", scratch),
        .body = wire_document_json(line, &spool->arena, "event"),
    };
    note_firing(spool, key, !resolved, waiting->event.at_ms, waiting->put_at);
    return true;
}

static bool
read_settled(struct alert_spool *spool, const char *id)
{
    for (size_t i = 0; i < spool->waiting_len; i++) {
        struct waiting *waiting = &spool->waiting[i];
        if (waiting->settled || strcmp(waiting->id, id) != 0)
            continue;
        settle(spool, waiting);
        return true;
    }
    return false;
}

static bool
read_line(struct alert_spool *spool, struct slice text, struct arena *scratch)
{
    struct wire_document *line;
    if (!wire_document_read(text, &line, NULL))
        return false;
    const char *firing = wire_document_text(line, scratch, "firing");
    const char *queued = wire_document_text(line, scratch, "queued");
    const char *settled = wire_document_text(line, scratch, "settled");
    bool ok = true;
    if (*firing)
        note_firing(spool, firing, true, time_at(line, "at", scratch),
                    time_at(line, "put_at", scratch));
    else if (*queued)
        ok = read_queued(spool, line, queued, scratch);
    else if (*settled)
        ok = read_settled(spool, settled);
    else
        ok = false;
    wire_document_destroy(line);
    return ok;
}

enum kind_of_file { FILE_OURS, FILE_NEWER, FILE_FOREIGN };

static enum kind_of_file
read_header(const struct alert_spool *spool, struct slice text, struct arena *scratch)
{
    struct wire_document *line;
    enum kind_of_file kind = FILE_FOREIGN;
    if (!wire_document_read(text, &line, NULL))
        return kind;
    const char *version = wire_document_text(line, scratch, "version");
    if (strcmp(wire_document_text(line, scratch, "is"), HEADER) == 0) {
        if (strcmp(version, "1") != 0)
            kind = FILE_NEWER;
        else if (strcmp(wire_document_text(line, scratch, "address"), spool->address) == 0)
            kind = FILE_OURS;
    }
    wire_document_destroy(line);
    return kind;
}

/* Every line that ends; what comes behind the last end was being written when a run was killed. */
static enum kind_of_file
read_lines(struct alert_spool *spool, struct slice text, size_t *damaged)
{
    struct arena scratch = {0};
    enum kind_of_file kind = FILE_FOREIGN;
    *damaged = 0;
    for (size_t at = 0, number = 0; at < text.len; number++) {
        const char *end = memchr(text.data + at, '\n', text.len - at);
        if (!end) {
            spool->is_untidy = true;
            break;
        }
        struct slice line = {text.data + at, (size_t)(end - text.data) - at};
        at += line.len + 1;
        if (number == 0) {
            kind = read_header(spool, line, &scratch);
            if (kind != FILE_OURS)
                break;
        } else if (!read_line(spool, line, &scratch)) {
            (*damaged)++;
        }
        arena_reset(&scratch);
    }
    arena_finish(&scratch);
    return kind;
}

static void
forget_firing(struct alert_spool *spool, int64_t before)
{
    size_t kept = 0;
    for (size_t i = 0; i < spool->firing_len; i++)
        if (spool->firing[i].put_at >= before)
            spool->firing[kept++] = spool->firing[i];
    spool->firing_len = kept;
}

static void
forget_old(struct alert_spool *spool)
{
    size_t old = 0;
    int64_t before = clock_now_ms() - ALERT_SPOOL_KEPT_DAYS * DAY_MS;
    forget_firing(spool, clock_now_ms() - ALERT_SPOOL_FIRING_DAYS * DAY_MS);
    for (size_t i = 0; i < spool->waiting_len; i++) {
        struct waiting *waiting = &spool->waiting[i];
        if (waiting->settled)
            continue;
        if (waiting->put_at < before || spool->waiting_count > ALERT_SPOOL_EVENTS_MAX) {
            settle(spool, waiting);
            old++;
        }
    }
    if (old)
        add_notice(spool,
                   "%zu events that waited are not sent any more: only %d days and %d events are "
                   "kept",
                   old, ALERT_SPOOL_KEPT_DAYS, ALERT_SPOOL_EVENTS_MAX);
}

/* ---- the file ---- */

/* Adds whole lines, or nothing. */
static bool
append_lines(struct alert_spool *spool, struct slice text, size_t max_bytes, struct error *err)
{
    struct stat before;
    if (spool->fd < 0)
        return true;
    if (fstat(spool->fd, &before) != 0)
        return error_set(err, ERROR_FILE, "cannot look at '%s/%s': %s", spool->dir, spool->name,
                         strerror(errno));
    if ((size_t)before.st_size + text.len > max_bytes)
        return error_set(err, ERROR_FILE, "cannot keep more in '%s/%s': it may have %d MiB",
                         spool->dir, spool->name, ALERT_SPOOL_MAX_BYTES / (1024 * 1024));
    if (file_write(spool->fd, text))
        return true;
    error_set(err, ERROR_FILE, "cannot write '%s/%s': %s", spool->dir, spool->name,
              strerror(errno));
    if (ftruncate(spool->fd, before.st_size) != 0) {
        close(spool->fd); /* what follows would join the broken line */
        spool->fd = -1;
    }
    return false;
}

/* The whole file anew, in one step. */
static bool
rewrite(struct alert_spool *spool, struct error *err)
{
    char fresh[sizeof spool->name + 4];
    struct str text;
    (void)snprintf(fresh, sizeof fresh, "%s.new", spool->name); /* fits */
    str_init(&text, 0);
    append_header(&text, spool->address);
    for (size_t i = 0; i < spool->firing_len; i++)
        append_firing(&text, &spool->firing[i]);
    for (size_t i = 0; i < spool->waiting_len; i++)
        if (!spool->waiting[i].settled)
            append_waiting(&text, &spool->waiting[i]);
    int fd =
        openat(spool->dir_fd, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && file_write(fd, str_slice(&text)) &&
              renameat(spool->dir_fd, fresh, spool->dir_fd, spool->name) == 0;
    if (!ok)
        error_set(err, ERROR_FILE, "cannot write '%s/%s': %s", spool->dir, spool->name,
                  strerror(errno));
    if (fd >= 0)
        close(fd);
    str_finish(&text);
    if (!ok) {
        (void)unlinkat(spool->dir_fd, fresh, 0); /* nothing more can be done about it */
        return false;
    }
    (void)fsync(spool->dir_fd); /* not every file system can */
    spool->is_untidy = false;
    return true;
}

/* What cannot be read stays to be looked at, under another name. */
static bool
set_aside(struct alert_spool *spool, struct error *err)
{
    char aside[sizeof spool->name + 12];
    (void)snprintf(aside, sizeof aside, "%s.damaged", spool->name); /* fits */
    /* A second name, so that whoever is killed before the new file is there loses nothing; not every file system has them. */
    (void)unlinkat(spool->dir_fd, aside, 0); /* of an earlier time */
    if (linkat(spool->dir_fd, spool->name, spool->dir_fd, aside, 0) != 0 &&
        renameat(spool->dir_fd, spool->name, spool->dir_fd, aside) != 0)
        return error_set(err, ERROR_FILE, "cannot set '%s/%s' aside: %s", spool->dir, spool->name,
                         strerror(errno));
    spool->is_untidy = true;
    return true;
}

static bool
take(struct alert_spool *spool, struct slice text, struct error *err)
{
    size_t damaged;
    switch (read_lines(spool, text, &damaged)) {
    case FILE_NEWER:
        return error_set(err, ERROR_FILE,
                         "'%s/%s' was written by a newer tocsin: it is left as it is", spool->dir,
                         spool->name);
    case FILE_FOREIGN:
        add_notice(spool, "'%s/%s' is not a file of ours; it was set aside as %s.damaged",
                   spool->dir, spool->name, spool->name);
        return set_aside(spool, err);
    case FILE_OURS:
        break;
    }
    forget_old(spool);
    if (!damaged)
        return true;
    add_notice(spool,
               "%zu lines of '%s/%s' made no sense and were left out; the file as it was is "
               "%s.damaged",
               damaged, spool->dir, spool->name, spool->name);
    return set_aside(spool, err);
}

static bool
load(struct alert_spool *spool, struct error *err)
{
    struct str text;
    struct error failure = {0};
    char path[PATH_BYTES + sizeof spool->name + 1];
    (void)snprintf(path, sizeof path, "%s/%s", spool->dir, spool->name); /* fits */
    str_init(&text, ALERT_SPOOL_MAX_BYTES + SETTLED_MAX_BYTES);
    bool ok = true;
    if (file_read(path, &text, &failure)) {
        ok = take(spool, str_slice(&text), err);
    } else if (text.overflowed) {
        add_notice(spool, "'%s' is too large; it was set aside", path);
        ok = set_aside(spool, err);
    } else if (failure.code != ERROR_NOT_FOUND) {
        *err = failure;
        ok = false;
    } else {
        spool->is_untidy = true;
    }
    str_finish(&text);
    return ok;
}

static bool
lock(struct alert_spool *spool, int64_t wait_ms, struct error *err)
{
    char name[sizeof spool->name + 8];
    (void)snprintf(name, sizeof name, "%s.lock", spool->name); /* fits */
    spool->lock_fd = openat(spool->dir_fd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (spool->lock_fd < 0)
        return error_set(err, ERROR_FILE, "cannot open '%s/%s': %s", spool->dir, name,
                         strerror(errno));
    const struct timespec pause = {.tv_nsec = LOOK_EVERY_MS * 1000000L};
    int64_t until = clock_monotonic_ms() + wait_ms;
    while (flock(spool->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return error_set(err, ERROR_FILE, "cannot lock '%s/%s': %s", spool->dir, name,
                             strerror(errno));
        if (clock_monotonic_ms() >= until)
            return error_set(err, ERROR_CONFLICT, "another run still has '%s/%s'", spool->dir,
                             spool->name);
        (void)nanosleep(&pause, NULL); /* interrupted, it looks earlier */
    }
    return true;
}

static bool
open_directory(struct alert_spool *spool, const char *dir, struct error *err)
{
    if (strlen(dir) >= sizeof spool->dir)
        return error_set(err, ERROR_FILE, "the path of the state directory is too long");
    strcpy(spool->dir, dir);
    if (!directory_make(dir, err))
        return false;
    spool->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return spool->dir_fd >= 0 ||
           error_set(err, ERROR_FILE, "cannot open '%s': %s", dir, strerror(errno));
}

static bool
open_file(struct alert_spool *spool, struct error *err)
{
    if (spool->is_untidy && !rewrite(spool, err))
        return false;
    spool->fd = openat(spool->dir_fd, spool->name, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
    return spool->fd >= 0 || error_set(err, ERROR_FILE, "cannot open '%s/%s': %s", spool->dir,
                                       spool->name, strerror(errno));
}

static void
let_go(struct alert_spool *spool)
{
    int *const fds[] = {&spool->fd, &spool->lock_fd, &spool->dir_fd};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
        if (*fds[i] >= 0)
            close(*fds[i]);
        *fds[i] = -1;
    }
}

/* ---- opening and closing ---- */

bool
alert_spool_open(struct alert_spool **out, const char *dir, const char *address, int64_t wait_ms,
                 struct error *err)
{
    struct alert_spool *spool = memory_alloc(sizeof *spool);
    char hex[DIGEST_HEX_SIZE];
    *out = spool;
    spool->dir_fd = spool->lock_fd = spool->fd = -1;
    spool->address = arena_text(&spool->arena, address);
    if (!*dir)
        return true;
    (void)snprintf(spool->name, sizeof spool->name, "alerts-%.16s.jsonl",
                   digest_keyed_hex("tocsin alert spool", &address, 1, hex)); /* fits */
    if (open_directory(spool, dir, err) && lock(spool, wait_ms, err) && load(spool, err) &&
        open_file(spool, err))
        return true;
    let_go(spool);
    return error_wrap(err, "cannot use the state directory '%s'", dir);
}

void
alert_spool_close(struct alert_spool *spool)
{
    struct error err;
    if (!spool)
        return;
    if (spool->fd >= 0 && spool->is_untidy && !rewrite(spool, &err))
        log_failure(LOG_WARNING, &err, "the state file stays longer than it need be");
    let_go(spool);
    memory_free(spool->waiting);
    memory_free(spool->firing);
    arena_finish(&spool->arena);
    memory_free(spool);
}

const char *
alert_spool_notice(const struct alert_spool *spool)
{
    return spool->notice;
}

bool
alert_spool_remembers(const struct alert_spool *spool)
{
    return spool->fd >= 0;
}

bool
alert_spool_is_firing(const struct alert_spool *spool, const char *key, int64_t at_ms)
{
    for (size_t i = 0; i < spool->firing_len; i++)
        if (strcmp(spool->firing[i].key, key) == 0)
            return !at_ms || spool->firing[i].at_ms <= at_ms;
    return false;
}

bool
alert_spool_has_fired(const struct alert_spool *spool, const char *key, int64_t at_ms)
{
    for (size_t i = 0; i < spool->firing_len; i++)
        if (strcmp(spool->firing[i].key, key) == 0)
            return spool->firing[i].at_ms == at_ms;
    return false;
}

/* ---- events ---- */

bool
alert_spool_put(struct alert_spool *spool, const struct alert_event_out *events, size_t events_len,
                struct error *err)
{
    struct str text;
    int64_t now_ms = clock_now_ms();
    str_init(&text, 0);
    for (size_t i = 0; i < events_len; i++) {
        uint8_t random[10];
        struct waiting *waiting = add_waiting(spool);
        digest_random(random, sizeof random);
        (void)ulid_text(now_ms, random, waiting->id);
        waiting->put_at = now_ms;
        waiting->event = (struct alert_event_out){
            .deduplication_key = arena_text(&spool->arena, events[i].deduplication_key),
            .resolved = events[i].resolved,
            .at_ms = events[i].at_ms,
            .body = arena_text(&spool->arena, events[i].body),
        };
        note_firing(spool, waiting->event.deduplication_key, !events[i].resolved, events[i].at_ms,
                    now_ms);
        append_waiting(&text, waiting);
    }
    bool ok = append_lines(spool, str_slice(&text), ALERT_SPOOL_MAX_BYTES, err);
    str_finish(&text);
    return ok;
}

size_t
alert_spool_waiting(const struct alert_spool *spool)
{
    return spool->waiting_count;
}

const struct alert_event_out *
alert_spool_first(struct alert_spool *spool)
{
    while (spool->first < spool->waiting_len) {
        const struct waiting *waiting = &spool->waiting[spool->first];
        if (!waiting->settled && !waiting->passed_over)
            return &waiting->event;
        spool->first++;
    }
    return NULL;
}

void
alert_spool_settle(struct alert_spool *spool)
{
    struct waiting *waiting = &spool->waiting[spool->first];
    struct str line;
    struct error err;
    settle(spool, waiting);
    str_init(&line, 0);
    str_printf(&line, "{\"settled\":\"%s\"}\n", waiting->id);
    if (!append_lines(spool, str_slice(&line), SIZE_MAX, &err))
        log_failure(LOG_WARNING, &err, "an event that was sent may be sent again");
    str_finish(&line);
}

void
alert_spool_pass_over(struct alert_spool *spool)
{
    const char *key = spool->waiting[spool->first].event.deduplication_key;
    for (size_t i = spool->first; i < spool->waiting_len; i++)
        if (strcmp(spool->waiting[i].event.deduplication_key, key) == 0)
            spool->waiting[i].passed_over = true;
}
