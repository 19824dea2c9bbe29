#include "expr/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/process.h"
#include "expr/aside.h"
#include "expr/frame.h"

enum {
    HELPERS_MAX = 3,
    LATE_MS = 20,        /* a job that runs as long gets the ones behind it another helper */
    COMPILING_MS = 5000, /* a table of a megabyte takes half a second */
    EVALUATION_CLOCK_MS = 20 * WORKER_EVALUATION_MS, /* the machine may be busy */
    COMPILING_CLOCK_MS = 4 * COMPILING_MS,
    ANSWER_MAX_BYTES = 8 * 1024 * 1024,
};

/* The programs of a job that have no result yet are sent as batches: all at once, or one by one after a helper died. */
struct job {
    struct job *next;
    struct arena arena;
    const char *const *programs;
    size_t programs_len;
    uint64_t *digests; /* of each program */
    uint64_t digest;   /* of all of them */
    uint64_t party, subject;
    struct slice document;
    size_t result_max_bytes;
    struct worker_result *results;
    bool *settled;
    bool one_by_one;
    void (*done)(void *context, const struct worker_result *results);
    void *context;
};

struct batch {
    uint64_t digest;
    size_t bytes; /* 0 = free slot */
    uint64_t used;
};

struct helper {
    struct worker *worker;
    pid_t pid; /* 0 = not there */
    int fd;    /* a socket, to it and from it */
    struct str to, from;
    size_t written;
    struct batch slots[FRAME_SLOTS];
    uint64_t uses;

    struct job *job; /* NULL = idle */
    size_t sent[WORKER_PROGRAMS_MAX], sent_len, answered;
    bool compiling;
    int64_t step_began_ms, step_cpu_ms; /* since the last answer */
    uint64_t deadline;
};

struct worker {
    struct loop *loop;
    struct helper helpers[HELPERS_MAX];
    struct job *first, **end; /* that wait */
    uint64_t start_timer, late_timer;
    struct asides asides;
};

static const char *const outcome_names[] = {
#define X(id, name) [WORKER_##id] = (name),
    WORKER_OUTCOMES(X)
#undef X
};

const char *
worker_outcome_name(enum worker_outcome outcome)
{
    return outcome_names[outcome];
}

/* ---- jobs ---- */

static void
settle(struct job *job, size_t index, enum worker_outcome outcome, struct slice text)
{
    bool is_value = outcome == WORKER_VALUE;
    const char *copy = arena_text_len(&job->arena, text.data, text.len);
    job->results[index] =
        (struct worker_result){outcome, is_value ? copy : "", is_value ? "" : copy};
    job->settled[index] = true;
}

static void
settle_text(struct job *job, size_t index, enum worker_outcome outcome, const char *reason)
{
    settle(job, index, outcome, slice_of(reason));
}

/* ---- what is set aside ---- */

static enum aside_extent
find_aside(const struct worker *worker, const struct job *job, size_t index, const char **why)
{
    const struct aside_key key = {job->digests[index], job->party, job->subject};
    return aside_find(&worker->asides, &key, clock_monotonic_ms(), why);
}

static void
set_aside(struct worker *worker, struct job *job, size_t index, const char *reason)
{
    static const char *const whom[] = {"", "an alert", "a source of alerts", "everybody"};
    const struct aside_key key = {job->digests[index], job->party, job->subject};
    const char *why;
    aside_strike(&worker->asides, &key, reason, clock_monotonic_ms());
    log_write(LOG_WARNING, "a jq program is set aside for a minute, for %s: %s: %.120s",
              whom[find_aside(worker, job, index, &why)], reason, job->programs[index]);
}

static void
settle_aside(struct job *job, size_t index, enum aside_extent extent, const char *why)
{
    static const char *const whom[] = {"", "", " for several alerts of this source",
                                       " for several sources"};
    settle_text(
        job, index, WORKER_SET_ASIDE,
        arena_printf(&job->arena, "not tried: less than a minute ago%s %s", whom[extent], why));
}

/* What needs no helper: too long, set aside. True when nothing is left to run. */
static bool
settle_early(struct worker *worker, struct job *job)
{
    bool whole = true;
    for (size_t i = 0; i < job->programs_len; i++) {
        enum aside_extent extent;
        const char *why;
        if (job->settled[i])
            continue;
        if (job->document.len > WORKER_DOCUMENT_MAX_BYTES)
            settle_text(job, i, WORKER_TOO_LARGE, "the document is larger than 4 MiB");
        else if (strlen(job->programs[i]) > WORKER_PROGRAM_MAX_BYTES)
            settle_text(job, i, WORKER_WRONG, "it is longer than 1 MiB");
        else if (i >= WORKER_PROGRAMS_MAX)
            settle_text(job, i, WORKER_WRONG, "there are more than 256 expressions");
        else if (job->document.len > 0 && (extent = find_aside(worker, job, i, &why)) != ASIDE_NOT)
            settle_aside(job, i, extent, why);
        else
            whole = false;
    }
    return whole;
}

static void
free_job(struct job *job)
{
    if (!job)
        return;
    struct arena arena = job->arena; /* the job is in it */
    arena_finish(&arena);
}

static void
finish_job(struct job *job)
{
    job->done(job->context, job->results);
    free_job(job);
}

static void work(struct worker *worker);

static void
on_start(void *context)
{
    struct worker *worker = context;
    worker->start_timer = 0;
    work(worker);
}

static void
work_soon(struct worker *worker)
{
    if (!worker->start_timer)
        worker->start_timer = loop_after(worker->loop, 0, on_start, worker);
}

static void
put_first(struct worker *worker, struct job *job)
{
    job->next = worker->first;
    worker->first = job;
    if (!job->next)
        worker->end = &job->next;
    work_soon(worker);
}

/* ---- a helper's life ---- */

/* Processor time it has used so far. */
static int64_t
cpu_ms(const struct helper *helper)
{
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(helper->pid, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return 0;
    return (int64_t)used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

static void
stop_helper(struct helper *helper)
{
    if (helper->pid <= 0)
        return;
    loop_unwatch(helper->worker->loop, helper->fd);
    loop_cancel(helper->worker->loop, helper->deadline);
    (void)close(helper->fd); /* nothing of ours is lost */
    process_stop(helper->pid, 0);
    str_finish(&helper->to);
    str_finish(&helper->from);
    *helper = (struct helper){.worker = helper->worker};
}

/*
 * The program at work is blamed for overrunning. For dying it is blamed once it did so alone: somebody else may have ended
 * the helper, or another program of the batch have taken the memory. What is not settled is tried in another helper.
 */
static void
lose_helper(struct helper *helper, enum worker_outcome outcome, const char *reason)
{
    struct worker *worker = helper->worker;
    struct job *job = helper->job;
    bool alone = helper->sent_len == 1 && job && job->one_by_one;
    bool blamed = job && helper->answered < helper->sent_len &&
                  (alone || (outcome == WORKER_OVERRAN && !helper->compiling));
    if (blamed) {
        size_t index = helper->sent[helper->answered];
        settle_text(job, index, outcome, reason);
        set_aside(worker, job, index, reason);
    } else if (job) {
        log_write(LOG_WARNING, "the helper for jq is gone (%s); another one goes on", reason);
        job->one_by_one = true;
    }
    stop_helper(helper);
    if (job)
        put_first(worker, job);
}

static void
on_deadline(void *context)
{
    struct helper *helper = context;
    int64_t allowed_ms = helper->compiling ? COMPILING_MS : WORKER_EVALUATION_MS;
    int64_t patience_ms = helper->compiling ? COMPILING_CLOCK_MS : EVALUATION_CLOCK_MS;
    int64_t used_ms = cpu_ms(helper) - helper->step_cpu_ms;
    int64_t passed_ms = clock_monotonic_ms() - helper->step_began_ms;
    helper->deadline = 0;
    if (used_ms >= allowed_ms || passed_ms >= patience_ms) {
        lose_helper(helper, WORKER_OVERRAN,
                    helper->compiling ? "compiling it took too long"
                                      : "it did not end within 250 ms");
        return;
    }
    int64_t left_ms = allowed_ms - used_ms < 10 ? 10 : allowed_ms - used_ms;
    helper->deadline = loop_after(helper->worker->loop, left_ms, on_deadline, helper);
}

/* An answer came: the next one has its own time. */
static void
start_step(struct helper *helper)
{
    helper->step_began_ms = clock_monotonic_ms();
    helper->step_cpu_ms = cpu_ms(helper);
}

/* A deadline that comes early looks again: it need not be set anew for each step. */
static void
set_deadline(struct helper *helper)
{
    struct loop *loop = helper->worker->loop;
    loop_cancel(loop, helper->deadline);
    helper->deadline = loop_after(loop, helper->compiling ? COMPILING_MS : WORKER_EVALUATION_MS,
                                  on_deadline, helper);
}

static void
end_job(struct helper *helper)
{
    struct job *job = helper->job;
    helper->job = NULL;
    loop_cancel(helper->worker->loop, helper->deadline);
    helper->deadline = 0;
    for (size_t i = 0; i < job->programs_len; i++)
        if (!job->settled[i]) {
            put_first(helper->worker, job);
            return;
        }
    work_soon(helper->worker);
    finish_job(job);
}

/* One answer at the front of what came. False when it makes no sense. */
static bool
take_answer(struct helper *helper, const struct answer_frame *frame, const char *text)
{
    struct job *job = helper->job;
    if (frame->kind == ANSWER_RESULT && frame->outcome == WORKER_NO_HELPER) {
        for (size_t i = 0; job && i < job->programs_len; i++)
            if (!job->settled[i])
                settle(job, i, WORKER_NO_HELPER, (struct slice){text, frame->bytes});
        return false;
    }
    if (!job)
        return false;
    if (frame->kind == ANSWER_READY && helper->compiling) {
        helper->compiling = false;
        start_step(helper);
        set_deadline(helper);
        return true;
    }
    if (frame->kind != ANSWER_RESULT || helper->compiling || helper->answered >= helper->sent_len ||
        frame->index != helper->answered || frame->outcome > WORKER_TOO_LARGE ||
        (frame->outcome == WORKER_VALUE &&
         (frame->bytes == 0 || frame->bytes > job->result_max_bytes)))
        return false;
    size_t index = helper->sent[helper->answered++];
    settle(job, index, (enum worker_outcome)frame->outcome, (struct slice){text, frame->bytes});
    start_step(helper);
    aside_prove(&helper->worker->asides, job->digests[index], helper->step_began_ms);
    return true;
}

/* What came, answer by answer. */
static void
take_answers(struct helper *helper)
{
    size_t at = 0;
    struct answer_frame frame;
    bool sound = true;
    while (sound && helper->from.len - at >= sizeof frame) {
        memcpy(&frame, helper->from.data + at, sizeof frame);
        if (frame.bytes > ANSWER_MAX_BYTES)
            sound = false;
        if (!sound || helper->from.len - at - sizeof frame < frame.bytes)
            break;
        sound = take_answer(helper, &frame, helper->from.data + at + sizeof frame);
        at += sizeof frame + frame.bytes;
    }
    if (!sound) {
        lose_helper(helper, WORKER_DIED, "its process answered nonsense");
        return;
    }
    if (at > 0) {
        memmove(helper->from.data, helper->from.data + at, helper->from.len - at);
        helper->from.len -= at;
    }
    if (helper->job && !helper->compiling && helper->answered == helper->sent_len)
        end_job(helper);
}

static void on_ready(void *context, int fd, int events);

/* Writes what can be written without waiting; the rest when the helper has read that. */
static void
write_some(struct helper *helper)
{
    ssize_t put = 0;
    while (put >= 0 && helper->written < helper->to.len) {
        put = send(helper->fd, helper->to.data + helper->written, helper->to.len - helper->written,
                   MSG_NOSIGNAL);
        helper->written += put > 0 ? (size_t)put : 0;
    }
    /* It may also be gone: what comes from it says so. */
    bool full = put < 0 && (errno == EAGAIN || errno == EINTR);
    loop_watch(helper->worker->loop, helper->fd, LOOP_READ | (full ? LOOP_WRITE : 0), on_ready,
               helper);
}

static void
read_some(struct helper *helper)
{
    char block[16384];
    ssize_t got;
    int fd = helper->fd;
    while ((got = read(fd, block, sizeof block)) > 0)
        str_append_len(&helper->from, block, (size_t)got);
    bool over = got == 0 || (errno != EAGAIN && errno != EINTR);
    take_answers(helper);
    if (over && helper->pid > 0 && helper->fd == fd)
        lose_helper(helper, WORKER_DIED,
                    "its process died: it needs more memory or stack than there is");
}

static void
on_ready(void *context, int fd, int events)
{
    struct helper *helper = context;
    (void)fd;
    if (events & LOOP_WRITE)
        write_some(helper);
    if (events & (LOOP_READ | LOOP_HANGUP))
        read_some(helper);
}

/* The file that this program was started from; when that has been replaced, what is still there of it. */
static const char *
own_program(char *path, size_t size)
{
    ssize_t len = readlink("/proc/self/exe", path, size - 1);
    path[len > 0 ? len : 0] = '\0';
    return access(path, X_OK) == 0 ? path : "/proc/self/exe";
}

static bool
start_helper(struct helper *helper, struct error *err)
{
    static const char *const argv[] = {WORKER_HELPER_NAME, NULL};
    char path[PATH_MAX];
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return error_set(err, ERROR_FILE, "cannot make a socket for jq's helper: %s",
                         strerror(errno));
    const struct process_options options = {
        .program = own_program(path, sizeof path),
        .empty_env = true,
        .stdin_fd = ends[1],
        .stdout_fd = ends[1],
        .stderr_fd = -1,
        .die_with_parent = true,
    };
    bool ok = process_start(argv, &options, &helper->pid, err) &&
              fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
    (void)close(ends[1]); /* the child's */
    if (!ok) {
        (void)close(ends[0]); /* never written to */
        helper->pid = 0;
        return false;
    }
    helper->fd = ends[0];
    str_init(&helper->from, 2 * ANSWER_MAX_BYTES);
    loop_watch(helper->worker->loop, helper->fd, LOOP_READ, on_ready, helper);
    return true;
}

/* ---- giving work ---- */

/* The slot of the batch in the helper; *known says whether it has it compiled. */
static uint32_t
slot_for(struct helper *helper, const struct str *batch, bool *known)
{
    uint64_t digest = digest_row(batch->data, batch->len);
    uint32_t oldest = 0;
    *known = true;
    for (uint32_t i = 0; i < FRAME_SLOTS; i++) {
        struct batch *slot = &helper->slots[i];
        if (slot->bytes == batch->len && slot->digest == digest) {
            slot->used = ++helper->uses;
            return i;
        }
        if (slot->used < helper->slots[oldest].used)
            oldest = i;
    }
    *known = false;
    helper->slots[oldest] = (struct batch){digest, batch->len, ++helper->uses};
    return oldest;
}

static void
give(struct helper *helper, struct job *job)
{
    struct str batch;
    bool known;
    str_init(&batch, 0); /* programs are bounded each */
    helper->job = job;
    helper->sent_len = helper->answered = 0;
    for (size_t i = 0; i < job->programs_len; i++) {
        if (job->settled[i] || (job->one_by_one && helper->sent_len == 1))
            continue;
        helper->sent[helper->sent_len++] = i;
        str_append_len(&batch, job->programs[i], strlen(job->programs[i]) + 1);
    }
    uint32_t slot = slot_for(helper, &batch, &known);
    const struct request_frame define = {REQUEST_DEFINE, slot, (uint32_t)helper->sent_len,
                                         (uint32_t)batch.len, 0};
    const struct request_frame run = {REQUEST_RUN, slot, (uint32_t)helper->sent_len,
                                      (uint32_t)job->document.len, (uint32_t)job->result_max_bytes};
    str_clear(&helper->to);
    helper->written = 0;
    if (!known) {
        str_append_len(&helper->to, (const char *)&define, sizeof define);
        str_append_len(&helper->to, batch.data, batch.len);
    }
    str_append_len(&helper->to, (const char *)&run, sizeof run);
    str_append_len(&helper->to, job->document.data, job->document.len);
    str_finish(&batch);
    helper->compiling = !known;
    start_step(helper);
    set_deadline(helper);
    write_some(helper);
}

/* Takes a job out of the queue. */
static struct job *
take(struct worker *worker, struct job **at)
{
    struct job *job = *at;
    *at = job->next;
    job->next = NULL;
    if (!*at)
        worker->end = at;
    return job;
}

static bool
is_late(const struct helper *helper)
{
    return helper->job && clock_monotonic_ms() - helper->step_began_ms >= LATE_MS;
}

/*
 * Who has a job that is late already has no other one begun: what may be a loop holds one helper, not all. Nor do the jobs of
 * one party, or the same programs where they are late, ever take the last one.
 */
static bool
has_to_wait(const struct worker *worker, const struct job *job)
{
    int of_party = 0, of_programs = 0;
    for (size_t i = 0; i < HELPERS_MAX; i++) {
        const struct job *other = worker->helpers[i].job;
        if (!other)
            continue;
        bool late = is_late(&worker->helpers[i]);
        bool same_party = job->party && other->party == job->party;
        bool same_programs = other->digest == job->digest;
        if (late && (same_party || (same_programs && other->party == job->party)))
            return true;
        of_party += same_party;
        of_programs += late && same_programs;
    }
    return of_party >= HELPERS_MAX - 1 || of_programs >= HELPERS_MAX - 1;
}

/* The first job that may begin, NULL when there is none. */
static struct job **
next_job(struct worker *worker)
{
    for (struct job **at = &worker->first; *at; at = &(*at)->next)
        if (!has_to_wait(worker, *at))
            return at;
    return NULL;
}

static void
on_late(void *context)
{
    struct worker *worker = context;
    worker->late_timer = 0;
    work(worker);
}

/* Who is idle; another one when all who are there have been at the same job for long; else nobody yet. */
static struct helper *
find_helper(struct worker *worker, struct error *err)
{
    struct helper *missing = NULL;
    bool all_late = true;
    for (size_t i = 0; i < HELPERS_MAX; i++) {
        struct helper *helper = &worker->helpers[i];
        if (helper->pid > 0 && !helper->job)
            return helper;
        if (helper->pid <= 0)
            missing = missing ? missing : helper;
        else if (!is_late(helper))
            all_late = false;
    }
    err->code = ERROR_NONE;
    if (!missing)
        return NULL;
    if (all_late)
        return start_helper(missing, err) ? missing : NULL;
    if (!worker->late_timer)
        worker->late_timer = loop_after(worker->loop, LATE_MS, on_late, worker);
    return NULL;
}

static void
work(struct worker *worker)
{
    struct job **at;
    while ((at = next_job(worker))) {
        struct error err;
        if (settle_early(worker, *at)) {
            finish_job(take(worker, at));
            continue;
        }
        struct helper *helper = find_helper(worker, &err);
        if (helper) {
            give(helper, take(worker, at));
            continue;
        }
        if (err.code == ERROR_NONE)
            return; /* those at work have something to say soon */
        struct job *job = take(worker, at);
        for (size_t i = 0; i < job->programs_len; i++)
            if (!job->settled[i])
                settle_text(job, i, WORKER_NO_HELPER, err.message);
        finish_job(job);
    }
}

/* ---- what others call ---- */

struct worker *
worker_create(struct loop *loop)
{
    struct worker *worker = memory_alloc(sizeof *worker);
    worker->loop = loop;
    worker->end = &worker->first;
    for (size_t i = 0; i < HELPERS_MAX; i++)
        worker->helpers[i].worker = worker;
    return worker;
}

void
worker_destroy(struct worker *worker)
{
    if (!worker)
        return;
    for (size_t i = 0; i < HELPERS_MAX; i++) {
        struct job *job = worker->helpers[i].job;
        stop_helper(&worker->helpers[i]);
        free_job(job);
    }
    while (worker->first)
        free_job(take(worker, &worker->first));
    loop_cancel(worker->loop, worker->start_timer);
    loop_cancel(worker->loop, worker->late_timer);
    memory_free(worker);
}

/* 0 for nothing. */
static uint64_t
digest_of(const char *text)
{
    return text && *text ? digest_row(text, strlen(text)) : 0;
}

void
worker_submit(struct worker *worker, const struct worker_job *given)
{
    struct arena arena = {0};
    struct job *job = arena_new(&arena, struct job);
    const char **programs = arena_new_array(&arena, given->programs_len + 1, const char *);
    uint64_t *digests = arena_new_array(&arena, given->programs_len + 1, uint64_t);
    uint64_t digest = given->programs_len;
    for (size_t i = 0; i < given->programs_len; i++) {
        programs[i] = arena_text(&arena, given->programs[i]);
        digests[i] = digest_of(programs[i]);
        digest = digest * 31 + digests[i];
    }
    *job = (struct job){
        .programs = programs,
        .programs_len = given->programs_len,
        .digests = digests,
        .digest = digest,
        .party = digest_of(given->party),
        .subject = digest_of(given->subject),
        .document = given->document,
        .result_max_bytes =
            given->result_max_bytes ? given->result_max_bytes : WORKER_RESULT_MAX_BYTES,
        .results = arena_new_array(&arena, given->programs_len + 1, struct worker_result),
        .settled = arena_new_array(&arena, given->programs_len + 1, bool),
        .done = given->done,
        .context = given->context,
    };
    if (given->document.len <= WORKER_DOCUMENT_MAX_BYTES)
        job->document.data = arena_text_len(&arena, given->document.data, given->document.len);
    job->arena = arena;
    *worker->end = job;
    worker->end = &job->next;
    work_soon(worker);
}

struct call {
    const struct worker_job *job;
    struct loop *loop;
    struct arena *arena;
    struct worker_result *results;
};

static void
on_called(void *context, const struct worker_result *results)
{
    struct call *call = context;
    for (size_t i = 0; i < call->job->programs_len; i++)
        call->results[i] =
            (struct worker_result){results[i].outcome, arena_text(call->arena, results[i].json),
                                   arena_text(call->arena, results[i].reason)};
    loop_stop(call->loop);
}

bool
worker_run(const struct worker_job *job, struct arena *arena, const struct worker_result **results,
           struct error *err)
{
    struct call call = {.job = job, .arena = arena};
    struct worker_job asked = *job;
    if (!loop_create(&call.loop, err))
        return false;
    struct worker *worker = worker_create(call.loop);
    *results = call.results = arena_new_array(arena, job->programs_len + 1, struct worker_result);
    asked.done = on_called;
    asked.context = &call;
    worker_submit(worker, &asked);
    bool ok = loop_run(call.loop, err);
    worker_destroy(worker);
    loop_destroy(call.loop);
    return ok;
}
