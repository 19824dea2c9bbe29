#pragma once

/*
 * JSON files of any size, read once from front to back in little memory: the one user of yajl. The reader says by a table of
 * shapes which members it wants; what the table does not name is passed over. Arrays are transparent: an element goes by the
 * shape of its array, so that a text and a list of texts are read alike.
 */

#include "base/error.h"
#include "base/str.h"

struct json_shape {
    const char *name; /* NULL ends a table; "*", which stands last, is every other member */
    size_t name_len;
    int id;
    const struct json_shape *members; /* NULL = only values are told */
};
#define JSON_MEMBER(name, id)                                                                      \
    {                                                                                              \
        name, sizeof(name) - 1, id, NULL                                                           \
    }
#define JSON_OBJECT(name, id, members)                                                             \
    {                                                                                              \
        name, sizeof(name) - 1, id, members                                                        \
    }
#define JSON_END                                                                                   \
    {                                                                                              \
        NULL, 0, 0, NULL                                                                           \
    }

/* Texts live until the callback returns; they need not be valid UTF-8. Null is as if the member were not there. */
struct json_reader {
    const struct json_shape *members; /* of the file's one object */
    void *context;
    void (*begin)(void *context, int id);                     /* an object that has members */
    void (*member)(void *context, int id, struct slice name); /* before the value of a "*" */
    /* False: enough was read, more is not wanted. Numbers and booleans as they are written. */
    bool (*value)(void *context, int id, struct slice text);
    void (*end)(void *context, int id);
};

enum { JSON_DEPTH_MAX = 500 };
#define JSON_FILE_MAX_BYTES (INT64_C(4) * 1024 * 1024 * 1024)

/*
 * False: the file is not there, ends in the middle, is no JSON or too large (ERROR_FILE, naming it). What was told before is
 * right all the same.
 */
MUST_CHECK bool json_stream_read(const char *path, const struct json_reader *reader,
                                 struct error *err);

/* "yajl 2.1.0" */
const char *json_stream_library(void);
