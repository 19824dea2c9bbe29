#include "expr/jq.h"

#include "expr/library.h"

enum { MESSAGE_MAX_BYTES = 500 };

struct problem {
    const struct jq_functions *jq;
    struct error *err;
};

/* The first message counts; later ones say that compiling failed. */
static void
remember(void *context, jv message)
{
    struct problem *problem = context;
    char text[MESSAGE_MAX_BYTES];
    jq_message(problem->jq, message, text, sizeof text);
    if (problem->err->code == ERROR_NONE)
        error_set(problem->err, ERROR_USAGE, "the jq expression is wrong: %s", text);
}

static bool
print_results(const struct jq_functions *jq, jq_state *state, struct str *out, struct error *err)
{
    char text[MESSAGE_MAX_BYTES];
    jv result;
    while (jq->jv_get_kind(result = jq->jq_next(state)) != JV_KIND_INVALID) {
        if (jq->jv_get_kind(result) != JV_KIND_STRING)
            result = jq->jv_dump_string(result, 0);
        str_append(out, jq->jv_string_value(result));
        str_append_char(out, '\n');
        jq->jv_free(result);
    }
    if (!jq->jv_invalid_has_msg(jq->jv_copy(result))) {
        jq->jv_free(result);
        return true;
    }
    jq_message(jq, jq->jv_invalid_get_msg(result), text, sizeof text);
    return error_set(err, ERROR_USAGE, "the jq expression failed: %s", text);
}

bool
jq_run(const char *program, const char *json, struct str *out, struct error *err)
{
    struct error first = {0};
    const struct jq_functions *jq = jq_load(err);
    if (!jq)
        return false;
    jq_state *state = jq->jq_init();
    if (!state)
        return error_set(err, ERROR_BUG, "cannot start jq");
    struct problem problem = {jq, &first};
    jq->jq_set_error_cb(state, remember, &problem);
    bool ok = jq->jq_compile(state, program);
    if (ok) {
        jq->jq_set_error_cb(state, NULL, NULL);
        jv input = jq->jv_parse(json);
        ok = jq->jv_get_kind(input) != JV_KIND_INVALID;
        if (ok) {
            jq->jq_start(state, input, 0);
            ok = print_results(jq, state, out, &first);
        } else {
            jq->jv_free(input);
            error_set(&first, ERROR_BUG, "cannot read our own JSON for --jq");
        }
    }
    jq->jq_teardown(&state);
    if (!ok && err)
        *err = first;
    return ok;
}

const char *
jq_library(void)
{
    return "jq";
}
