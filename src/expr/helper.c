/* The helper process: compiles batches of programs, runs them on documents, says what each gave. See worker.h. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "expr/frame.h"
#include "expr/library.h"
#include "expr/worker.h"

enum {
    MEMORY_MAX_BYTES =
        512 * 1024 * 1024, /* of addresses: the libraries take some, documents little */
    SECONDS_A_RUN = 15,    /* should the one who watches us be gone and we did not hear of it */
    MESSAGE_MAX_BYTES = 500,
    NESTING_MAX = 1000,      /* of brackets in a program */
    RESULT_NESTING_MAX = 64, /* as deep as our own reader goes */
};

/*
 * What a rule has no use for, defined away: it would end the whole batch, or speak of an outside that is not there.
 */
static const char preamble[] =
    "def halt: error(\"halt ends no rule\"); def halt_error: halt; def halt_error($x): halt; "
    "def input: error(\"a rule has one document: input gives no other\"); def inputs: input; "
    "def debug: .; def stderr: .; def input_filename: null;\n";

struct slot {
    jq_state *together;   /* gives one array a program: [first result] or {"e": message} */
    jq_state **alone;     /* else each for itself; NULL where it is wrong */
    const char **problem; /* in the arena */
    const char *programs; /* each ends in a NUL */
    size_t len;
    struct arena arena;
};

struct helper {
    const struct jq_functions *jq;
    struct slot slots[FRAME_SLOTS];
    char *input; /* what came behind the last request, and a NUL */
    size_t input_cap;
};

/* ---- frames ---- */

static bool
read_all(void *to, size_t len)
{
    char *at = to;
    while (len > 0) {
        ssize_t got = read(STDIN_FILENO, at, len);
        if (got <= 0) {
            if (got < 0 && errno == EINTR)
                continue;
            return false;
        }
        at += got;
        len -= (size_t)got;
    }
    return true;
}

static bool
write_all(const void *from, size_t len)
{
    const char *at = from;
    while (len > 0) {
        ssize_t put = write(STDOUT_FILENO, at, len);
        if (put < 0 && errno != EINTR)
            return false;
        at += put > 0 ? put : 0;
        len -= put > 0 ? (size_t)put : 0;
    }
    return true;
}

static bool
answer(uint32_t index, enum worker_outcome outcome, const char *text, size_t len)
{
    const struct answer_frame frame = {ANSWER_RESULT, index, outcome, (uint32_t)len};
    return write_all(&frame, sizeof frame) && write_all(text, len);
}

static bool
answer_text(uint32_t index, enum worker_outcome outcome, const char *text)
{
    return answer(index, outcome, text, strlen(text));
}

/* ---- compiling ---- */

struct complaint {
    const struct jq_functions *jq;
    char text[MESSAGE_MAX_BYTES];
};

/* The first message counts; later ones say that compiling failed. */
static void
on_complaint(void *context, jv message)
{
    struct complaint *complaint = context;
    char text[MESSAGE_MAX_BYTES];
    jq_message(complaint->jq, message, text, sizeof text);
    const char *end = strstr(text, " (Unix shell quoting issues?)"); /* there is no shell here */
    if (complaint->text[0] == '\0')
        (void)snprintf(complaint->text, sizeof complaint->text, "%.*s",
                       (int)(end ? (size_t)(end - text) : strlen(text)), text); /* fits */
}

static jq_state *
compile(struct helper *helper, const char *program, struct complaint *complaint)
{
    *complaint = (struct complaint){.jq = helper->jq};
    jq_state *state = helper->jq->jq_init();
    if (!state)
        return NULL;
    helper->jq->jq_set_error_cb(state, on_complaint, complaint);
    /* No modules; without a list of places jq aborts when it looks for one. */
    helper->jq->jq_set_attr(state, helper->jq->jv_string("JQ_LIBRARY_PATH"),
                            helper->jq->jv_array());
    if (!helper->jq->jq_compile(state, program))
        helper->jq->jq_teardown(&state);
    if (state)
        helper->jq->jq_set_error_cb(state, NULL, NULL);
    return state;
}

/*
 * Whether every bracket and quote of a program is closed within it: only such a one can stand among others without taking
 * a part of them. What is not balanced is no jq either; it is compiled alone to be told why.
 */
static bool
is_balanced(const char *program)
{
    char open[NESTING_MAX]; /* what closes: ) ] }, or " inside of a string */
    size_t depth = 0;
    for (const char *at = program; *at; at++) {
        bool in_string = depth > 0 && open[depth - 1] == '"';
        if (in_string && *at == '\\') {
            if (*++at == '\0' || depth == NESTING_MAX)
                return false;
            if (*at == '(')
                open[depth++] = ')';
        } else if (*at == '"') {
            if (!in_string && depth == NESTING_MAX)
                return false;
            depth = in_string ? depth - 1 : depth + 1;
            if (!in_string)
                open[depth - 1] = '"';
        } else if (in_string) {
            continue;
        } else if (*at == '#') {
            at += strcspn(at, "\n");
            if (*at == '\0')
                break;
        } else if (strchr("([{", *at)) {
            if (depth == NESTING_MAX)
                return false;
            open[depth++] = *at == '(' ? ')' : *at == '[' ? ']' : '}';
        } else if (strchr(")]}", *at)) {
            if (depth == 0 || open[--depth] != *at)
                return false;
        }
    }
    return depth == 0;
}

static void
clear_slot(struct helper *helper, struct slot *slot)
{
    if (slot->together)
        helper->jq->jq_teardown(&slot->together);
    for (size_t i = 0; slot->alone && i < slot->len; i++)
        if (slot->alone[i])
            helper->jq->jq_teardown(&slot->alone[i]);
    arena_finish(&slot->arena);
    *slot = (struct slot){0};
}

static void
compile_together(struct helper *helper, struct slot *slot)
{
    struct complaint complaint;
    struct str text;
    bool balanced = true;
    const char *at = slot->programs;
    str_init(&text, 0); /* as long as what came, which is bounded */
    str_append(&text, preamble);
    for (size_t i = 0; i < slot->len && balanced; i++, at += strlen(at) + 1) {
        balanced = is_balanced(at);
        str_printf(&text, "%s(try [first((%s\n))] catch {e: .})", i ? ",\n" : "", at);
    }
    if (balanced)
        slot->together = compile(helper, str_text(&text), &complaint);
    str_finish(&text);
}

static void
compile_alone(struct helper *helper, struct slot *slot)
{
    struct complaint complaint;
    const char *at = slot->programs;
    slot->alone = arena_new_array(&slot->arena, slot->len, jq_state *);
    slot->problem = arena_new_array(&slot->arena, slot->len, const char *);
    for (size_t i = 0; i < slot->len; i++, at += strlen(at) + 1) {
        slot->alone[i] = compile(helper, at, &complaint);
        slot->problem[i] = arena_text(&slot->arena, complaint.text);
    }
}

static bool
define(struct helper *helper, const struct request_frame *request)
{
    static const struct answer_frame ready = {.kind = ANSWER_READY};
    struct slot *slot = &helper->slots[request->slot % FRAME_SLOTS];
    clear_slot(helper, slot);
    slot->len = request->count;
    slot->programs = arena_text_len(&slot->arena, helper->input, request->bytes);
    compile_together(helper, slot);
    if (!slot->together)
        compile_alone(helper, slot);
    return write_all(&ready, sizeof ready);
}

/* ---- running ---- */

/* How deep arrays and objects stand in each other. */
static size_t
nesting_of(const char *json)
{
    size_t depth = 0, deepest = 0;
    bool in_string = false;
    for (const char *at = json; *at; at++) {
        if (in_string && *at == '\\')
            at++;
        else if (*at == '"')
            in_string = !in_string;
        else if (!in_string && (*at == '[' || *at == '{'))
            deepest = ++depth > deepest ? depth : deepest;
        else if (!in_string && (*at == ']' || *at == '}'))
            depth--;
    }
    return deepest;
}

/* Consumes the value. */
static bool
answer_value(struct helper *helper, uint32_t index, jv value, size_t max_bytes)
{
    const struct jq_functions *jq = helper->jq;
    char reason[MESSAGE_MAX_BYTES];
    if (jq->jv_get_kind(value) == JV_KIND_NULL) {
        jq->jv_free(value);
        return answer_text(index, WORKER_NOTHING, "");
    }
    jv text = jq->jv_dump_string(value, 0);
    size_t len = (size_t)jq->jv_string_length_bytes(jq->jv_copy(text));
    const char *json = jq->jv_string_value(text);
    bool written;
    if (len > max_bytes) {
        (void)snprintf(reason, sizeof reason, "its result has %zu bytes, more than the %zu taken",
                       len, max_bytes); /* fits */
        written = answer_text(index, WORKER_TOO_LARGE, reason);
    } else if (nesting_of(json) > RESULT_NESTING_MAX) { /* jq no longer writes JSON at some depth */
        written = answer_text(index, WORKER_TOO_LARGE, "its result is nested too deeply");
    } else {
        written = answer(index, WORKER_VALUE, json, len);
    }
    jq->jv_free(text);
    return written;
}

static bool
answer_failure(struct helper *helper, uint32_t index, jv message)
{
    char reason[MESSAGE_MAX_BYTES];
    jq_message(helper->jq, message, reason, sizeof reason);
    return answer_text(index, WORKER_FAILED, reason);
}

static bool
run_alone(struct helper *helper, struct slot *slot, uint32_t index, jv document, size_t max_bytes)
{
    const struct jq_functions *jq = helper->jq;
    if (!slot->alone[index]) {
        jq->jv_free(document);
        return answer_text(index, WORKER_WRONG, slot->problem[index]);
    }
    jq->jq_start(slot->alone[index], document, 0);
    jv result = jq->jq_next(slot->alone[index]);
    if (jq->jv_get_kind(result) != JV_KIND_INVALID)
        return answer_value(helper, index, result, max_bytes);
    if (jq->jv_invalid_has_msg(jq->jv_copy(result)))
        return answer_failure(helper, index, jq->jv_invalid_get_msg(result));
    jq->jv_free(result);
    return answer_text(index, WORKER_NOTHING, "");
}

/* Says how many were answered; fewer than all when one of them broke out of the batch: error({__jq: 0}) does. */
static bool
run_together(struct helper *helper, struct slot *slot, jv document, size_t max_bytes,
             uint32_t *answered)
{
    const struct jq_functions *jq = helper->jq;
    bool ok = true;
    jq->jq_start(slot->together, document, 0);
    for (*answered = 0; ok && *answered < slot->len; ++*answered) {
        jv result = jq->jq_next(slot->together);
        jv_kind kind = jq->jv_get_kind(result);
        if (kind == JV_KIND_ARRAY && jq->jv_array_length(jq->jv_copy(result)) == 0) {
            jq->jv_free(result);
            ok = answer_text(*answered, WORKER_NOTHING, "");
        } else if (kind == JV_KIND_ARRAY) {
            ok = answer_value(helper, *answered, jq->jv_array_get(result, 0), max_bytes);
        } else if (kind == JV_KIND_OBJECT) {
            ok = answer_failure(helper, *answered, jq->jv_object_get(result, jq->jv_string("e")));
        } else {
            jq->jv_free(result);
            break; /* jq must not be asked for more */
        }
    }
    return ok;
}

static bool
run(struct helper *helper, const struct request_frame *request)
{
    const struct jq_functions *jq = helper->jq;
    struct slot *slot = &helper->slots[request->slot % FRAME_SLOTS];
    bool ok = true, checks = request->bytes == 0;
    uint32_t index = 0;
    if (checks) {
        for (; ok && index < slot->len; index++)
            ok = slot->alone && !slot->alone[index]
                     ? answer_text(index, WORKER_WRONG, slot->problem[index])
                     : answer_text(index, WORKER_NOTHING, "");
        return ok;
    }
    jv document = jq->jv_parse_sized(helper->input, (int)request->bytes);
    if (jq->jv_get_kind(document) == JV_KIND_INVALID) {
        for (; ok && index < slot->len; index++)
            ok = answer_text(index, WORKER_FAILED, "the document is no JSON");
    } else if (slot->together) {
        ok = run_together(helper, slot, jq->jv_copy(document), request->result_max_bytes, &index);
        if (ok && index < slot->len && !slot->alone)
            compile_alone(helper, slot);
    }
    for (; ok && index < slot->len; index++)
        ok = run_alone(helper, slot, index, jq->jv_copy(document), request->result_max_bytes);
    jq->jv_free(document);
    return ok;
}

/* ---- confinement ---- */

/* After the library is loaded: no descriptor can be opened any more, no file grows, memory is bounded. */
static bool
confine(void)
{
    const struct rlimit none = {0, 0}, standard_only = {3, 3};
#ifndef __SANITIZE_ADDRESS__ /* which takes terabytes of addresses for itself */
    const struct rlimit memory = {MEMORY_MAX_BYTES, MEMORY_MAX_BYTES};
    if (setrlimit(RLIMIT_AS, &memory) != 0)
        return false;
#endif
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && chdir("/") == 0 &&
           setrlimit(RLIMIT_CORE, &none) == 0 && setrlimit(RLIMIT_FSIZE, &none) == 0 &&
           setrlimit(RLIMIT_NOFILE, &standard_only) == 0;
}

static void
allow_time(void)
{
    struct rusage used;
    struct rlimit limit;
    if (getrusage(RUSAGE_SELF, &used) != 0 || getrlimit(RLIMIT_CPU, &limit) != 0)
        return;
    limit.rlim_cur = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec + SECONDS_A_RUN);
    (void)setrlimit(RLIMIT_CPU, &limit); /* the worker's deadline comes first anyway */
}

bool
worker_is_helper(int argc, char **argv)
{
    return argc == 1 && strcmp(argv[0], WORKER_HELPER_NAME) == 0;
}

int
worker_help(void)
{
    static struct helper helper;
    struct request_frame request;
    struct error err;
    helper.jq = jq_load(&err);
    if (!helper.jq || !confine()) {
        const char *why = helper.jq ? "it cannot be confined" : err.message;
        (void)answer_text(0, WORKER_NO_HELPER, why); /* it is over either way */
        return error_exit_status(ERROR_FILE);
    }
    while (read_all(&request, sizeof request)) {
        if (helper.input_cap <= request.bytes) {
            helper.input_cap = (size_t)request.bytes + 1;
            helper.input = memory_resize(helper.input, helper.input_cap);
        }
        if (!read_all(helper.input, request.bytes))
            break;
        helper.input[request.bytes] = '\0';
        allow_time();
        if (request.kind == REQUEST_DEFINE ? !define(&helper, &request) : !run(&helper, &request))
            break;
    }
    return 0; /* the system frees faster */
}
