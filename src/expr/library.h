#pragma once

/*
 * libjq, loaded when an expression is first run: with the library it needs, it would take a tenth of the console's start,
 * which never asks for it. Its functions are called as jq.jq_init(), …; those that its headers define inline would link the
 * library, so they are not used.
 */

#include <jq.h>
#include <jv.h>

#include "base/error.h"

#define JQ_FUNCTIONS(X)                                                                            \
    X(jq_init)                                                                                     \
    X(jq_set_error_cb)                                                                             \
    X(jq_set_attr)                                                                                 \
    X(jv_array)                                                                                    \
    X(jq_compile)                                                                                  \
    X(jq_start)                                                                                    \
    X(jq_next)                                                                                     \
    X(jq_halted)                                                                                   \
    X(jq_teardown)                                                                                 \
    X(jv_get_kind)                                                                                 \
    X(jv_dump_string)                                                                              \
    X(jv_string_value)                                                                             \
    X(jv_string_length_bytes)                                                                      \
    X(jv_array_get)                                                                                \
    X(jv_array_length)                                                                             \
    X(jv_object_get)                                                                               \
    X(jv_string)                                                                                   \
    X(jv_copy)                                                                                     \
    X(jv_free)                                                                                     \
    X(jv_parse)                                                                                    \
    X(jv_parse_sized)                                                                              \
    X(jv_invalid_has_msg)                                                                          \
    X(jv_invalid_get_msg)

struct jq_functions {
#define X(name) __typeof__(name) *name;
    JQ_FUNCTIONS(X)
#undef X
};

/* NULL when the library cannot be loaded. */
MUST_CHECK const struct jq_functions *jq_load(struct error *err);

/* The text of a message, which jq gives as any value; consumes it. In `out`, cut to its size. */
const char *jq_message(const struct jq_functions *jq, jv message, char *out, size_t size);
