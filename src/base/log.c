#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/str.h"
#include "base/text.h"

#define LINE_MAX_BYTES 4096

static struct {
    int fd;
    char path[PATH_MAX]; /* "" = standard error */
    enum log_level level;
    long max_bytes;
} target = {.fd = STDERR_FILENO, .level = LOG_INFO, .max_bytes = 4L * 1024 * 1024};

static const char *const level_names[] = {"error", "warning", "info", "debug"};

/* ---- redaction ---- */

enum { TO_SPACE, TO_END_OF_LINE };

/* What announces a secret. A key-like prefix counts only at the start of a word and is kept: it says which kind. */
static const struct secret_mark {
    const char *text;
    bool word;  /* must not follow a letter or digit */
    int extent; /* how far the secret behind it goes */
} secret_marks[] = {
    {"authorization:", true, TO_END_OF_LINE},
    {"circle-token:", true, TO_END_OF_LINE},
    {"bearer ", true, TO_SPACE},
    {"token=", false, TO_SPACE},
    {"token\":", false, TO_SPACE},
    {"secret=", false, TO_SPACE},
    {"secret\":", false, TO_SPACE},
    {"password=", false, TO_SPACE},
    {"api_key=", false, TO_SPACE},
    {"xoxa-", true, TO_SPACE},
    {"xoxb-", true, TO_SPACE},
    {"xoxe-", true, TO_SPACE},
    {"xoxe.", true, TO_SPACE},
    {"xoxp-", true, TO_SPACE},
    {"xoxr-", true, TO_SPACE},
    {"xoxs-", true, TO_SPACE},
    {"xapp-", true, TO_SPACE},
    {"ghp_", true, TO_SPACE},
    {"gho_", true, TO_SPACE},
    {"ghu_", true, TO_SPACE},
    {"ghs_", true, TO_SPACE},
    {"ghr_", true, TO_SPACE},
    {"github_pat_", true, TO_SPACE},
    {"sk-", true, TO_SPACE},
    {"inc_", true, TO_SPACE},
};

static bool
is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static size_t
secret_len(const char *at, int extent)
{
    return strcspn(at, extent == TO_END_OF_LINE ? "\r\n\"'" : " \t\r\n\"'&,;)}]<>\\");
}

/* Length of the mark at `at`, 0 = none. */
static size_t
mark_at(const char *text, const char *at, int *extent)
{
    for (size_t i = 0; i < sizeof secret_marks / sizeof secret_marks[0]; i++) {
        const struct secret_mark *mark = &secret_marks[i];
        size_t len = strlen(mark->text);
        if (strncasecmp(at, mark->text, len) == 0 &&
            !(mark->word && at > text && is_word(at[-1]))) {
            *extent = mark->extent;
            return len;
        }
    }
    return 0;
}

void
log_redact(char *text)
{
    static const char word[] = "[redacted]";
    const char *read = text;
    char *write = text;
    while (*read) {
        int extent;
        size_t mark = mark_at(text, read, &extent);
        if (!mark) {
            *write++ = *read++;
            continue;
        }
        mark += strspn(read + mark, " \"'");
        memmove(write, read, mark);
        write += mark;
        read += mark;
        size_t len = secret_len(read, extent);
        /* Never longer than what it replaces: the text has no room to grow. */
        size_t shown = len < sizeof word - 1 ? len : sizeof word - 1;
        memcpy(write, shown == sizeof word - 1 ? word : "**********", shown);
        write += shown;
        read += len;
    }
    *write = '\0';
}

/* ---- the target ---- */

static int
open_file(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
}

bool
log_open(const char *path, enum log_level level, struct error *err)
{
    log_close();
    target.level = level;
    if (!path)
        return true;
    if (strlen(path) + sizeof ".1" > sizeof target.path)
        return error_set(err, ERROR_FILE, "the path of the log '%s' is too long", path);
    int fd = open_file(path);
    if (fd < 0)
        return error_set(err, ERROR_FILE, "cannot open the log '%s': %s", path, strerror(errno));
    target.fd = fd;
    memcpy(target.path, path, strlen(path) + 1);
    return true;
}

void
log_close(void)
{
    if (target.path[0])
        close(target.fd);
    target.fd = STDERR_FILENO;
    target.path[0] = '\0';
}

void
log_limit_bytes(long max_bytes)
{
    target.max_bytes = max_bytes;
}

/*
 * Makes room, and follows the path when another process rotated it (several consoles share one log). Where the file
 * cannot be reopened the old descriptor goes on being used: a log that fails has nowhere to say so.
 */
static void
rotate_if_due(void)
{
    struct stat here, there;
    if (!target.path[0] || fstat(target.fd, &here) != 0)
        return;
    bool moved = stat(target.path, &there) != 0 || there.st_ino != here.st_ino ||
                 there.st_dev != here.st_dev;
    if (!moved && (target.max_bytes <= 0 || here.st_size < target.max_bytes))
        return;
    if (!moved) {
        char older[PATH_MAX];
        int len = snprintf(older, sizeof older, "%s.1", target.path);
        if (len < 0 || (size_t)len >= sizeof older || rename(target.path, older) != 0)
            return;
    }
    int fd = open_file(target.path);
    if (fd < 0)
        return;
    close(target.fd);
    target.fd = fd;
}

static void
write_line(enum log_level level, const char *message)
{
    struct arena scratch = {0};
    char *clean = arena_text(&scratch, text_clean(&scratch, message, LINE_MAX_BYTES));
    log_redact(clean);
    char when[RFC3339_SIZE];
    const char *line =
        arena_printf(&scratch, "%s %s [%ld] %s\n", time_to_rfc3339(clock_now_ms(), when),
                     level_names[level], (long)getpid(), clean);
    rotate_if_due();
    ssize_t ignored = write(target.fd, line, strlen(line));
    (void)ignored; /* a full disk must not stop the program, and there is nowhere else to say it */
    arena_finish(&scratch);
}

void
log_write(enum log_level level, const char *format, ...)
{
    if (level > target.level)
        return;
    int saved_errno = errno;
    char message[LINE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args); /* a cut line is still one */
    va_end(args);
    write_line(level, message);
    errno = saved_errno;
}

void
log_failure(enum log_level level, const struct error *err, const char *what)
{
    char status[32] = "";
    if (err->http_status)
        (void)snprintf(status, sizeof status, ", HTTP %d", err->http_status); /* fits */
    log_write(level, "%s: %s (%s%s%s%s)", what, err->message, error_name(err->code), status,
              err->request_id[0] ? ", request " : "", err->request_id);
}
