#include "dbt/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <yajl/yajl_parse.h>
#include <yajl/yajl_version.h>

#include "base/arena.h"

enum { BLOCK_BYTES = 64 * 1024, FRAMES_MAX = 32 };

struct frame {
    const struct json_shape *row;
    bool is_array;
};

struct stream {
    const struct json_reader *reader;
    struct json_shape root;
    const struct json_shape *row; /* what the next value is; NULL = nobody's */
    struct frame frames[FRAMES_MAX];
    size_t frames_len;
    size_t passed_over; /* containers that are open within one that nobody wants */
    size_t depth;
    bool is_object, is_deep, is_enough;
};

/* ---- what yajl tells ---- */

static int
take_value(struct stream *stream, struct slice text)
{
    if (stream->passed_over || !stream->row || !stream->frames_len)
        return 1;
    if (stream->reader->value(stream->reader->context, stream->row->id, text))
        return 1;
    stream->is_enough = true;
    return 0;
}

static int
on_boolean(void *context, int value)
{
    return take_value(context, slice_of(value ? "true" : "false"));
}

static int
on_number(void *context, const char *text, size_t len)
{
    return take_value(context, (struct slice){text, len});
}

static int
on_string(void *context, const unsigned char *text, size_t len)
{
    return take_value(context, (struct slice){(const char *)text, len});
}

static int
on_key(void *context, const unsigned char *text, size_t len)
{
    struct stream *stream = context;
    if (stream->passed_over)
        return 1;
    const struct json_shape *row = stream->frames[stream->frames_len - 1].row->members;
    for (; row->name; row++) {
        if (row->name_len == len && memcmp(row->name, text, len) == 0)
            break;
        if (row->name[0] == '*') {
            stream->reader->member(stream->reader->context, row->id,
                                   (struct slice){(const char *)text, len});
            break;
        }
    }
    stream->row = row->name ? row : NULL;
    return 1;
}

static int
begin(struct stream *stream, bool is_array)
{
    const struct json_shape *row = stream->row;
    if (++stream->depth > JSON_DEPTH_MAX) {
        stream->is_deep = true;
        return 0;
    }
    if (stream->depth == 1)
        stream->is_object = !is_array;
    if (stream->passed_over || !row || !stream->is_object || stream->frames_len == FRAMES_MAX ||
        (!is_array && !row->members)) {
        stream->passed_over++;
        return 1;
    }
    stream->frames[stream->frames_len++] = (struct frame){row, is_array};
    if (!is_array && stream->depth > 1)
        stream->reader->begin(stream->reader->context, row->id);
    return 1;
}

static int
end(struct stream *stream)
{
    stream->depth--;
    if (stream->passed_over) {
        stream->passed_over--;
    } else {
        const struct frame *frame = &stream->frames[--stream->frames_len];
        if (!frame->is_array && stream->depth)
            stream->reader->end(stream->reader->context, frame->row->id);
    }
    if (!stream->passed_over && stream->frames_len &&
        stream->frames[stream->frames_len - 1].is_array)
        stream->row = stream->frames[stream->frames_len - 1].row;
    return 1;
}

static int
on_null(void *context)
{
    (void)context;
    return 1;
}

static int
on_map(void *context)
{
    return begin(context, false);
}

static int
on_array(void *context)
{
    return begin(context, true);
}

static int
on_end(void *context)
{
    return end(context);
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_map,
    .yajl_map_key = on_key,
    .yajl_end_map = on_end,
    .yajl_start_array = on_array,
    .yajl_end_array = on_end,
};

/* ---- memory: yajl does not look whether there was any ---- */

static void *
allocate(void *context, size_t size)
{
    (void)context;
    return memory_alloc(size);
}

static void *
resize(void *context, void *memory, size_t size)
{
    (void)context;
    return memory_resize(memory, size);
}

static void
release(void *context, void *memory)
{
    (void)context;
    memory_free(memory);
}

/* ---- the file ---- */

static bool
fail(const struct stream *stream, const char *path, int64_t bytes, bool ended, struct error *err)
{
    if (stream->is_deep)
        return error_set(err, ERROR_FILE, "'%s' is nested deeper than %d levels", path,
                         JSON_DEPTH_MAX);
    if (ended && bytes == 0)
        return error_set(err, ERROR_FILE, "'%s' is empty", path);
    if (ended)
        return error_set(err, ERROR_FILE,
                         "'%s' is cut off: it ends after %lld bytes, in the middle", path,
                         (long long)bytes);
    return error_set(err, ERROR_FILE, "'%s' is no JSON any more after %lld bytes", path,
                     (long long)bytes);
}

/* A byte order mark, which some editors and shells put before a text. */
static size_t
mark_len(const unsigned char *text, size_t len)
{
    return len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static bool
read_all(struct stream *stream, yajl_handle handle, int fd, const char *path, struct error *err)
{
    static unsigned char block[BLOCK_BYTES];
    for (int64_t bytes = 0;;) {
        ssize_t len = read(fd, block, sizeof block);
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0)
            return error_set(err, ERROR_FILE, "cannot read '%s': %s", path, strerror(errno));
        size_t skipped = bytes == 0 && len > 0 ? mark_len(block, (size_t)len) : 0;
        /* A number may end where the file does: only here is it known. */
        yajl_status status = len ? yajl_parse(handle, block + skipped, (size_t)len - skipped)
                                 : yajl_complete_parse(handle);
        if (stream->is_enough)
            return true;
        if (status != yajl_status_ok)
            return fail(stream, path,
                        bytes + (len ? (int64_t)(skipped + yajl_get_bytes_consumed(handle)) : 0),
                        !len, err);
        if (!len)
            return stream->is_object ||
                   error_set(err, ERROR_FILE, "'%s' holds no JSON object", path);
        bytes += len;
        if (bytes > JSON_FILE_MAX_BYTES)
            return error_set(err, ERROR_FILE, "'%s' is larger than %lld bytes", path,
                             (long long)JSON_FILE_MAX_BYTES);
    }
}

bool
json_stream_read(const char *path, const struct json_reader *reader, struct error *err)
{
    yajl_alloc_funcs memory = {allocate, resize, release, NULL};
    struct stream stream = {.reader = reader, .root = {"", 0, 0, reader->members}};
    stream.row = &stream.root;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set(err, ERROR_FILE, "cannot read '%s': %s", path, strerror(errno));
    yajl_handle handle = yajl_alloc(&callbacks, &memory, &stream);
    /* What is kept is repaired, and all else is nobody's: a wrong byte in a comment costs no alert. */
    (void)yajl_config(handle, yajl_dont_validate_strings, 1);
    bool ok = read_all(&stream, handle, fd, path, err);
    yajl_free(handle);
    (void)close(fd);
    return ok;
}

const char *
json_stream_library(void)
{
    static char text[32];
    int version = yajl_version();
    (void)snprintf(text, sizeof text, "yajl %d.%d.%d", version / 10000, version / 100 % 100,
                   version % 100);
    return text;
}
