/* Expressions in their helper process: what they may do, what is done about those that do not end, and who waits. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "expr/worker.h"
#include "tests/support/expr_helper.h"
#include "tests/support/processes.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

static struct arena arena;
static struct loop *loop;
static struct worker *worker;

static int
set_up(void **state)
{
    struct error err;
    (void)state;
    assert_true(loop_create(&loop, &err));
    worker = worker_create(loop);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    worker_destroy(worker);
    loop_destroy(loop);
    arena_finish(&arena);
    return 0;
}

/* A job whose results are kept, and when in the order of all jobs it ended. */
struct job {
    struct worker_result results[24];
    size_t len;
    int ended; /* 0 = not yet */
};
static int ended_count, wanted_count;

static void
on_done(void *context, const struct worker_result *results)
{
    struct job *job = context;
    for (size_t i = 0; i < job->len; i++)
        job->results[i] =
            (struct worker_result){results[i].outcome, arena_text(&arena, results[i].json),
                                   arena_text(&arena, results[i].reason)};
    job->ended = ++ended_count;
    if (ended_count == wanted_count)
        loop_stop(loop);
}

static void
submit_for(struct job *job, const char *party, const char *subject, const char *document,
           const char *const *programs, size_t len)
{
    *job = (struct job){.len = len};
    const struct worker_job given = {.programs = programs,
                                     .programs_len = len,
                                     .document = slice_of(document),
                                     .party = party,
                                     .subject = subject,
                                     .done = on_done,
                                     .context = job};
    worker_submit(worker, &given);
    wanted_count++;
}

static void
submit(struct job *job, const char *document, const char *const *programs, size_t len)
{
    submit_for(job, NULL, NULL, document, programs, len);
}

static void
run_all(void)
{
    struct error err;
    assert_true(loop_run(loop, &err));
    ended_count = wanted_count = 0;
}

static struct worker_result
run_one(const char *program, const char *document)
{
    struct job job;
    submit(&job, document, &program, 1);
    run_all();
    return job.results[0];
}

static void
expect(struct worker_result result, enum worker_outcome outcome, const char *json)
{
    if (result.outcome != outcome || strcmp(result.json, json) != 0)
        fail_msg("expected %s '%s', got %s '%s' (%s)", worker_outcome_name(outcome), json,
                 worker_outcome_name(result.outcome), result.json, result.reason);
    bool explains = outcome != WORKER_VALUE && outcome != WORKER_NOTHING;
    assert_true((result.reason[0] != '\0') == explains);
}

static void
each_program_gives_its_first_result(void **state)
{
    static const char *const programs[] = {".a",
                                           ".b[]",
                                           "empty",
                                           "null",
                                           ".b | map(. * 2)",
                                           ".a # said so",
                                           "def f: .a; f + \"!\"",
                                           "false",
                                           "\"\\(.a) and \\(\"in\\(.a)\")\""};
    static const char *const expected[] = {
        "\"x\"", "1", "", "", "[2,4]", "\"x\"", "\"x!\"", "false", "\"x and inx\""};
    struct job job;
    (void)state;
    submit(&job, "{\"a\":\"x\",\"b\":[1,2]}", programs, LEN(programs));
    run_all();
    for (size_t i = 0; i < LEN(programs); i++)
        expect(job.results[i], *expected[i] ? WORKER_VALUE : WORKER_NOTHING, expected[i]);
}

static void
a_wrong_program_is_named_with_jqs_message_and_spoils_no_other(void **state)
{
    static const char *const programs[] = {
        ".a", "if then", "1), (2", "nobody", ".a + 1", "error(\"no owner\")", ".a"};
    struct job job;
    (void)state;
    submit(&job, "{\"a\":\"x\"}", programs, LEN(programs));
    run_all();
    expect(job.results[0], WORKER_VALUE, "\"x\"");
    expect(job.results[1], WORKER_WRONG, "");
    assert_non_null(strstr(job.results[1].reason, "syntax error"));
    assert_null(strstr(job.results[1].reason, "shell"));
    expect(job.results[2], WORKER_WRONG, "");
    expect(job.results[3], WORKER_WRONG, "");
    assert_non_null(strstr(job.results[3].reason, "nobody/0 is not defined"));
    expect(job.results[4], WORKER_FAILED, "");
    assert_non_null(strstr(job.results[4].reason, "cannot be added"));
    expect(job.results[5], WORKER_FAILED, "");
    assert_string_equal(job.results[5].reason, "no owner");
    expect(job.results[6], WORKER_VALUE, "\"x\"");
}

static void
without_a_document_programs_are_only_compiled(void **state)
{
    static const char *const programs[] = {".a", "if then", "def f: f; f"};
    struct worker_job job = {.programs = programs, .programs_len = LEN(programs)};
    const struct worker_result *results;
    struct error err;
    (void)state;
    assert_true(worker_run(&job, &arena, &results, &err));
    expect(results[0], WORKER_NOTHING, "");
    expect(results[1], WORKER_WRONG, "");
    expect(results[2], WORKER_NOTHING, "");
    job.document = slice_of("{\"a\":[true]}");
    assert_true(worker_run(&job, &arena, &results, &err));
    expect(results[0], WORKER_VALUE, "[true]");
    expect(results[2], WORKER_OVERRAN, "");
    job.programs_len = 0;
    assert_true(worker_run(&job, &arena, &results, &err));
}

static void
no_program_sees_anything_outside(void **state)
{
    static const struct {
        const char *program, *json;
    } cases[] = {
        {"$ENV", "{}"},
        {"env", "{}"},
        {"env.HOME // \"none\"", "\"none\""},
        {"try input catch \"refused\"", "\"refused\""},
        {"[inputs]", NULL},
        {"halt", NULL},
        {"\"x\" | halt_error", NULL},
        {"halt_error(3)", NULL},
        {"debug | 1", "1"},
        {"stderr | 1", "1"},
        {"error({__jq: 0})", NULL},
        {"now > 0", "true"},
        {"1", "1"},
        {"import \"a\" as a; 1", NULL},
        {"include \"a\"; 1", NULL},
        {"import \"passwd\" as $p {search: \"/etc\"}; $p", NULL},
        {"\"/etc/passwd\" | modulemeta", NULL},
    };
    (void)state;
    setenv("TOCSIN_SECRET", "s3cret", 1);
    /* First those that compile, as one batch; then all, each for itself. */
    for (size_t len = LEN(cases) - 4; len <= LEN(cases); len += 4) {
        const char *programs[LEN(cases)];
        struct job job;
        for (size_t i = 0; i < len; i++)
            programs[i] = cases[i].program;
        submit(&job, "{}", programs, len);
        run_all();
        for (size_t i = 0; i < len; i++) {
            struct worker_result result = job.results[i];
            if (cases[i].json ? strcmp(result.json, cases[i].json) != 0
                              : result.outcome == WORKER_VALUE)
                fail_msg("'%s' gave '%s' %s", programs[i], result.json, result.reason);
        }
    }
}

static void
what_does_not_end_is_stopped_and_set_aside_and_others_go_on(void **state)
{
    static const char *const programs[] = {".a", "def f: f; f", "[.a]"};
    static const char *const innocent[] = {".a + .a"};
    struct job looping, behind[5], again;
    (void)state;
    submit(&looping, "{\"a\":\"x\"}", programs, LEN(programs));
    for (size_t i = 0; i < LEN(behind); i++)
        submit(&behind[i], "{\"a\":\"y\"}", innocent, 1);
    run_all();
    expect(looping.results[0], WORKER_VALUE, "\"x\"");
    expect(looping.results[1], WORKER_OVERRAN, "");
    expect(looping.results[2], WORKER_VALUE, "[\"x\"]");
    for (size_t i = 0; i < LEN(behind); i++) {
        expect(behind[i].results[0], WORKER_VALUE, "\"yy\"");
        assert_true(behind[i].ended < looping.ended); /* another helper took them meanwhile */
    }
    submit(&again, "{\"a\":\"z\"}", programs, LEN(programs));
    run_all();
    expect(again.results[0], WORKER_VALUE, "\"z\"");
    expect(again.results[1], WORKER_SET_ASIDE, "");
    assert_non_null(strstr(again.results[1].reason, "did not end"));
    expect(again.results[2], WORKER_VALUE, "[\"z\"]");
}

/* The payload says whether it ends. */
static void
what_one_sends_takes_no_program_from_others(void **state)
{
    static const char *const program[] = {"def f: if .bomb then f else \"fine\" end; f"};
    static const char bomb[] = "{\"bomb\":true}", harmless[] = "{\"bomb\":false}";
    struct job bombs[4], others[8], again[3];
    (void)state;
    for (int i = 0; i < 3; i++)
        submit_for(&bombs[i], "A", arena_printf(&arena, "alert %d", i), bomb, program, 1);
    for (int i = 0; i < 8; i++)
        submit_for(&others[i], "B", arena_printf(&arena, "alert %d", i), harmless, program, 1);
    run_all();
    for (int i = 0; i < 8; i++) {
        expect(others[i].results[0], WORKER_VALUE, "\"fine\"");
        assert_true(others[i].ended < bombs[2].ended); /* nobody waited for all of the bombs */
    }
    for (int i = 0; i < 3; i++)
        expect(bombs[i].results[0], WORKER_OVERRAN, "");
    submit_for(&bombs[3], "A", "alert 3", bomb, program, 1);
    run_all();
    expect(bombs[3].results[0], WORKER_SET_ASIDE, ""); /* three were enough of that source */
    assert_non_null(strstr(bombs[3].results[0].reason, "for several alerts of this source"));

    submit_for(&again[0], "B", "alert 9", harmless, program, 1);
    submit_for(&again[1], "C", "alert 0", bomb, program, 1);
    submit_for(&again[2], "C", "alert 1", harmless, program, 1);
    run_all();
    expect(again[0].results[0], WORKER_VALUE, "\"fine\"");
    expect(again[1].results[0], WORKER_OVERRAN, "");
    expect(again[2].results[0], WORKER_VALUE, "\"fine\"");
    submit_for(&again[0], "C", "alert 0", bomb, program, 1);
    run_all();
    expect(again[0].results[0], WORKER_SET_ASIDE, ""); /* the same alert */
}

static void
megabytes_and_bombs_are_refused_with_a_reason(void **state)
{
    static const struct {
        const char *program;
        enum worker_outcome outcomes[2];
    } cases[] = {
        {"[range(100000)]", {WORKER_TOO_LARGE, WORKER_TOO_LARGE}},
        {"\"x\" * 70000", {WORKER_TOO_LARGE, WORKER_TOO_LARGE}},
        {"reduce range(1000) as $i (1; [.])", {WORKER_TOO_LARGE, WORKER_TOO_LARGE}},
        {"def f: 1 + f; f", {WORKER_DIED, WORKER_OVERRAN}},
        {"\"x\" * 900000000", {WORKER_DIED, WORKER_OVERRAN}},
        {"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\" | test(\"(a+)+$\")",
         {WORKER_FAILED, WORKER_OVERRAN}},
    };
    (void)state;
    for (size_t i = 0; i < LEN(cases); i++) {
        struct worker_result result = run_one(cases[i].program, "{}");
        if (result.outcome != cases[i].outcomes[0] && result.outcome != cases[i].outcomes[1])
            fail_msg("'%s': %s '%s'", cases[i].program, worker_outcome_name(result.outcome),
                     result.reason);
        assert_true(result.reason[0] != '\0');
        expect(run_one(".a", "{\"a\":1}"), WORKER_VALUE, "1");
    }
}

static void
documents_are_bounded_and_may_be_deep_or_broken(void **state)
{
    (void)state;
    char *huge = malloc(WORKER_DOCUMENT_MAX_BYTES + 2);
    memset(huge, ' ', WORKER_DOCUMENT_MAX_BYTES + 1);
    huge[WORKER_DOCUMENT_MAX_BYTES + 1] = '\0';
    expect(run_one(".", huge), WORKER_TOO_LARGE, "");
    memset(huge, '[', 100000);
    huge[100000] = '\0';
    expect(run_one(".", huge), WORKER_FAILED, "");
    free(huge);
    expect(run_one(".", "{\"a\":"), WORKER_FAILED, "");
    char *large = malloc(3 * 1024 * 1024); /* more than a socket takes at once */
    memset(large, 'x', 3 * 1024 * 1024 - 1);
    large[3 * 1024 * 1024 - 1] = '\0';
    large[0] = large[3 * 1024 * 1024 - 2] = '"';
    expect(run_one("length", large), WORKER_VALUE, "3145725");
    free(large);
}

static void
kill_helpers(void *context)
{
    pid_t pids[8];
    (void)context;
    int len = processes_children(getpid(), pids, 8);
    assert_true(len > 0);
    for (int i = 0; i < len; i++)
        kill(pids[i], SIGKILL);
}

static void
a_helper_that_somebody_else_kills_costs_nothing(void **state)
{
    static const char *const slow[] = {"1", "reduce range(150000) as $i (0; . + 1)", ".a"};
    struct job job;
    (void)state;
    expect(run_one("1", "{}"), WORKER_VALUE, "1");
    kill_helpers(NULL); /* while it is idle */
    expect(run_one("2", "{}"), WORKER_VALUE, "2");
    submit(&job, "{\"a\":\"x\"}", slow, LEN(slow));
    loop_after(loop, 5, kill_helpers, NULL); /* while it is at work */
    run_all();
    expect(job.results[0], WORKER_VALUE, "1");
    expect(job.results[1], WORKER_VALUE, "150000");
    expect(job.results[2], WORKER_VALUE, "\"x\"");
}

static void
a_helper_that_lies_is_replaced(void **state)
{
    /* Frames are four numbers each: kind, index, outcome, bytes; 0x7c51 is READY, the next one a result. */
    static const char *const scripts[] = {
        "exit 1",
        "printf 'HTTP/1.1 200 OK and so on'",
        "head -c 64 /dev/zero",
        /* a result before it was ready; one of another index; of no outcome; of a size that is none */
        "printf '\\122\\174\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0001'; exec sleep 60",
        "printf '\\121\\174\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0'; "
        "printf '\\122\\174\\0\\0\\7\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0001'; exec sleep 60",
        "printf '\\121\\174\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0'; "
        "printf '\\122\\174\\0\\0\\0\\0\\0\\0\\77\\0\\0\\0\\1\\0\\0\\0001'; exec sleep 60",
        "printf '\\121\\174\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\377\\377\\377\\377'; exec sleep 60",
    };
    char path[EXPR_HELPER_PATH_SIZE];
    (void)state;
    expr_helper_stand_in(getpid(), path);
    for (size_t i = 0; i < LEN(scripts); i++) {
        const char *const programs[] = {arena_printf(&arena, ". + %zu", i)};
        struct job job;
        FILE *script = fopen(path, "we");
        assert_non_null(script);
        fprintf(script, "#!/bin/sh\n%s\n", scripts[i]);
        fclose(script);
        assert_int_equal(chmod(path, 0700), 0);
        submit(&job, "1", programs, 1);
        run_all();
        assert_int_equal(unlink(path), 0);
        if (job.results[0].outcome != WORKER_DIED || !*job.results[0].reason)
            fail_msg("'%s' gave %s '%s'", scripts[i], worker_outcome_name(job.results[0].outcome),
                     job.results[0].json);
        expect(run_one(".", "[1]"), WORKER_VALUE, "[1]");
        kill_helpers(NULL); /* the next one is a stand-in again */
    }
}

static void
batches_are_kept_apart(void **state)
{
    (void)state;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 8; i++) {
            const char *program = arena_printf(&arena, ". + %d", i);
            expect(run_one(program, "1"), WORKER_VALUE, arena_printf(&arena, "%d", i + 1));
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_program_gives_its_first_result, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_wrong_program_is_named_with_jqs_message_and_spoils_no_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_document_programs_are_only_compiled, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(no_program_sees_anything_outside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_end_is_stopped_and_set_aside_and_others_go_on,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_one_sends_takes_no_program_from_others, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(megabytes_and_bombs_are_refused_with_a_reason, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(documents_are_bounded_and_may_be_deep_or_broken, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_helper_that_somebody_else_kills_costs_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_helper_that_lies_is_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(batches_are_kept_apart, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("expressions in their helper", tests, NULL, NULL);
}
