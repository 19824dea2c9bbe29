#include "expr/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define LIBRARY "libjq.so.1"

const struct jq_functions *
jq_load(struct error *err)
{
    static struct jq_functions functions;
    static void *handle; /* kept for as long as the program runs */
    static bool is_whole;
    if (is_whole)
        return &functions;
    handle = dlopen(LIBRARY, RTLD_NOW);
    if (!handle) {
        error_set(err, ERROR_FILE, "cannot load %s: %s; install it (Debian: libjq1)", LIBRARY,
                  dlerror());
        return NULL;
    }
#define X(name)                                                                                    \
    *(void **)&functions.name = dlsym(handle, #name);                                              \
    if (!functions.name) {                                                                         \
        error_set(err, ERROR_FILE, "%s lacks %s: it is of another version", LIBRARY, #name);       \
        return NULL;                                                                               \
    }
    JQ_FUNCTIONS(X)
#undef X
    is_whole = true;
    return &functions;
}

const char *
jq_message(const struct jq_functions *jq, jv message, char *out, size_t size)
{
    if (jq->jv_get_kind(message) != JV_KIND_STRING)
        message = jq->jv_dump_string(message, 0);
    (void)snprintf(out, size, "%s", jq->jv_string_value(message)); /* a cut message is still one */
    out[strcspn(out, "\n")] = '\0';
    jq->jv_free(message);
    return out;
}
