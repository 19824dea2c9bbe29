#include "expr/jq.h"

#include <jq.h>
#include <jv.h>

/* The first message counts; later ones say that compiling failed. */
static void
remember(void *context, jv message)
{
    struct error *err = context;
    if (jv_get_kind(message) != JV_KIND_STRING)
        message = jv_dump_string(message, 0);
    if (err && err->code == ERROR_NONE)
        error_set(err, ERROR_USAGE, "the jq expression is wrong: %s", jv_string_value(message));
    jv_free(message);
}

static bool
print_results(jq_state *jq, struct str *out, struct error *err)
{
    jv result;
    while (jv_is_valid(result = jq_next(jq))) {
        if (jv_get_kind(result) == JV_KIND_STRING) {
            str_append(out, jv_string_value(result));
        } else {
            result = jv_dump_string(result, 0);
            str_append(out, jv_string_value(result));
        }
        str_append_char(out, '\n');
        jv_free(result);
    }
    if (!jv_invalid_has_msg(jv_copy(result))) {
        jv_free(result);
        return true;
    }
    jv message = jv_invalid_get_msg(result);
    if (jv_get_kind(message) != JV_KIND_STRING)
        message = jv_dump_string(message, 0);
    error_set(err, ERROR_USAGE, "the jq expression failed: %s", jv_string_value(message));
    jv_free(message);
    return false;
}

bool
jq_run(const char *program, const char *json, struct str *out, struct error *err)
{
    struct error problem = {0};
    jq_state *jq = jq_init();
    if (!jq)
        return error_set(err, ERROR_BUG, "cannot start jq");
    jq_set_error_cb(jq, remember, &problem);
    bool ok = jq_compile(jq, program);
    if (ok) {
        jq_set_error_cb(jq, NULL, NULL);
        jv input = jv_parse(json);
        ok = jv_is_valid(input);
        if (ok) {
            jq_start(jq, input, 0);
            ok = print_results(jq, out, &problem);
        } else {
            jv_free(input);
            error_set(&problem, ERROR_BUG, "cannot read our own JSON for --jq");
        }
    }
    jq_teardown(&jq);
    if (!ok && err)
        *err = problem;
    return ok;
}

const char *
jq_library(void)
{
    return "jq";
}
