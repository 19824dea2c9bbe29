#include "expr/jq.h"

#include <dlfcn.h>
#include <jq.h>
#include <jv.h>

/*
 * Loaded when an expression is first run: with the library it needs, libjq would take a tenth of the console's start,
 * which never asks for it.
 */
#define LIBRARY "libjq.so.1"
#define FUNCTIONS(X)                                                                               \
    X(jq_init)                                                                                     \
    X(jq_set_error_cb)                                                                             \
    X(jq_compile)                                                                                  \
    X(jq_start)                                                                                    \
    X(jq_next)                                                                                     \
    X(jq_teardown)                                                                                 \
    X(jv_get_kind)                                                                                 \
    X(jv_dump_string)                                                                              \
    X(jv_string_value)                                                                             \
    X(jv_copy)                                                                                     \
    X(jv_free)                                                                                     \
    X(jv_parse)                                                                                    \
    X(jv_invalid_has_msg)                                                                          \
    X(jv_invalid_get_msg)

static struct {
    bool loaded;
    void *handle; /* kept for as long as the program runs */
#define X(name) __typeof__(name) *name;
    FUNCTIONS(X)
#undef X
} lib;

static bool
load(struct error *err)
{
    if (lib.loaded)
        return true;
    lib.handle = dlopen(LIBRARY, RTLD_NOW);
    if (!lib.handle)
        return error_set(err, ERROR_FILE, "cannot load %s: %s; install it (Debian: libjq1)",
                         LIBRARY, dlerror());
#define X(name)                                                                                    \
    *(void **)&lib.name = dlsym(lib.handle, #name);                                                \
    if (!lib.name)                                                                                 \
        return error_set(err, ERROR_FILE, "%s lacks %s: it is of another version", LIBRARY, #name);
    FUNCTIONS(X)
#undef X
    lib.loaded = true;
    return true;
}

static bool
is_valid(jv value) /* jq's own is inline and would link the library */
{
    return lib.jv_get_kind(value) != JV_KIND_INVALID;
}

/* The first message counts; later ones say that compiling failed. */
static void
remember(void *context, jv message)
{
    struct error *err = context;
    if (lib.jv_get_kind(message) != JV_KIND_STRING)
        message = lib.jv_dump_string(message, 0);
    if (err && err->code == ERROR_NONE)
        error_set(err, ERROR_USAGE, "the jq expression is wrong: %s", lib.jv_string_value(message));
    lib.jv_free(message);
}

static bool
print_results(jq_state *jq, struct str *out, struct error *err)
{
    jv result;
    while (is_valid(result = lib.jq_next(jq))) {
        if (lib.jv_get_kind(result) == JV_KIND_STRING) {
            str_append(out, lib.jv_string_value(result));
        } else {
            result = lib.jv_dump_string(result, 0);
            str_append(out, lib.jv_string_value(result));
        }
        str_append_char(out, '\n');
        lib.jv_free(result);
    }
    if (!lib.jv_invalid_has_msg(lib.jv_copy(result))) {
        lib.jv_free(result);
        return true;
    }
    jv message = lib.jv_invalid_get_msg(result);
    if (lib.jv_get_kind(message) != JV_KIND_STRING)
        message = lib.jv_dump_string(message, 0);
    error_set(err, ERROR_USAGE, "the jq expression failed: %s", lib.jv_string_value(message));
    lib.jv_free(message);
    return false;
}

bool
jq_run(const char *program, const char *json, struct str *out, struct error *err)
{
    struct error problem = {0};
    if (!load(err))
        return false;
    jq_state *jq = lib.jq_init();
    if (!jq)
        return error_set(err, ERROR_BUG, "cannot start jq");
    lib.jq_set_error_cb(jq, remember, &problem);
    bool ok = lib.jq_compile(jq, program);
    if (ok) {
        lib.jq_set_error_cb(jq, NULL, NULL);
        jv input = lib.jv_parse(json);
        ok = is_valid(input);
        if (ok) {
            lib.jq_start(jq, input, 0);
            ok = print_results(jq, out, &problem);
        } else {
            lib.jv_free(input);
            error_set(&problem, ERROR_BUG, "cannot read our own JSON for --jq");
        }
    }
    lib.jq_teardown(&jq);
    if (!ok && err)
        *err = problem;
    return ok;
}

const char *
jq_library(void)
{
    return "jq";
}
