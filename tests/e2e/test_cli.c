/* The commands as scripts run them: the real programs against a demo hub that stands still; design 2's contracts. */

#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/process.h"
#include "config/file.h"
#include "store/cache.h"
#include "tests/support/demo.h"
#include "tests/support/program.h"
#include "tests/support/scripted_server.h"

enum { FILE_MAX_BYTES = 64 * 1024 * 1024 };

static struct demo demo;
static struct home home;
static struct arena arena;
static char program[PATH_MAX];

struct result {
    int status;
    const char *out, *err; /* in the arena */
};

/* Whether a command line anywhere on this machine holds one of the demo's keys: they are this test's alone. */
static bool
a_command_line_holds_a_key(void)
{
    glob_t all;
    bool holds = false;
    if (glob("/proc/[0-9]*/cmdline", 0, NULL, &all) != 0)
        return false;
    for (size_t i = 0; i < all.gl_pathc; i++) {
        char line[4096];
        int fd = open(all.gl_pathv[i], O_RDONLY | O_CLOEXEC);
        ssize_t len = fd < 0 ? 0 : read(fd, line, sizeof line);
        if (fd >= 0)
            close(fd);
        if (len > 0)
            holds |= memmem(line, (size_t)len, demo.viewer_key, strlen(demo.viewer_key)) ||
                     memmem(line, (size_t)len, demo.admin_key, strlen(demo.admin_key));
    }
    globfree(&all);
    return holds;
}

/* `key`: TOCSIN_API_KEY=VALUE, or NULL = unset. */
static void
environment(const char *key, const char *env[9])
{
    size_t len = 0;
    for (; home.env[len]; len++)
        env[len] = home.env[len];
    env[len++] = key ? key : "TOCSIN_API_KEY="; /* empty = unset */
    env[len] = NULL;
}

/* `tocsin` with these arguments ("list", "alerts", NULL). */
static struct result
run_with(const char *key, const char *const *arguments)
{
    const char *env[9];
    struct program ran;
    environment(key, env);
    program_run(&ran, "tocsin", arguments, env);
    const struct result result = {.status = ran.status,
                                  .out = arena_text(&arena, str_text(&ran.out)),
                                  .err = arena_text(&arena, str_text(&ran.err))};
    program_finish(&ran);
    return result;
}

#define RUN(...) run_with(NULL, (const char *const[]){__VA_ARGS__, NULL})

static void
expect_status(const struct result *result, int status)
{
    if (result->status != status)
        fail_msg("status %d, not %d: %s", result->status, status, result->err);
}

static cJSON *
json_of(const struct result *result)
{
    expect_status(result, 0);
    cJSON *json = cJSON_Parse(result->out);
    if (!json)
        fail_msg("no JSON: %.200s", result->out);
    return json;
}

static const char *
text_of(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text ? text : "";
}

/* Standard error is one JSON object that says so; standard output is empty. */
static const char *
expect_error(const struct result *result, int status, const char *code)
{
    expect_status(result, status);
    cJSON *json = cJSON_Parse(result->err);
    if (!json)
        fail_msg("no JSON on standard error: %s", result->err);
    assert_string_equal(text_of(json, "error"), code);
    assert_true(cJSON_IsBool(cJSON_GetObjectItemCaseSensitive(json, "retryable")));
    assert_true(cJSON_IsString(cJSON_GetObjectItemCaseSensitive(json, "request_id")));
    const char *message = arena_text(&arena, text_of(json, "message"));
    assert_true(*message != '\0');
    cJSON_Delete(json);
    assert_int_equal(strchr(result->err, '\n') - result->err + 1, strlen(result->err));
    return message;
}

static const char *
a_reference(const char *name)
{
    const struct result result = RUN("list", "incidents", "--limit", "1");
    cJSON *json = json_of(&result);
    const char *value = arena_text(&arena, text_of(cJSON_GetArrayItem(json, 0), name));
    cJSON_Delete(json);
    assert_true(*value != '\0');
    return value;
}

/* ---- before and at the first pass ---- */

static void
before_the_first_pass_every_answer_is_that_nothing_is_here(void **state)
{
    (void)state;
    struct result result = RUN("list", "alerts");
    assert_non_null(strstr(expect_error(&result, 4, "stale"), "tocsin sync --once"));
    assert_string_equal(result.out, "");
    result = RUN("show", "412");
    (void)expect_error(&result, 4, "stale");
    result = RUN("list", "timeline", "412");
    (void)expect_error(&result, 4, "stale");
}

static void
a_pass_says_what_came_and_the_next_that_nothing_changed(void **state)
{
    (void)state;
    struct result result = RUN("sync", "--once");
    expect_status(&result, 0);
    assert_non_null(strstr(result.out, "alerts: "));
    assert_non_null(strstr(result.out, " new\n"));
    assert_string_equal(result.err, "");
    int64_t from = clock_monotonic_ms();
    result = RUN("sync", "--once");
    expect_status(&result, 0);
    assert_string_equal(result.out, "nothing changed\n");
    assert_true(clock_monotonic_ms() - from < 40 * SECOND_MS); /* the hub's limit leaves room */
    result = RUN("sync", "--once", "--quiet");
    expect_status(&result, 0);
    assert_string_equal(result.out, "");
}

/* ---- list ---- */

static void
after_a_pass_every_kind_is_an_array_with_an_object_a_line_newest_first(void **state)
{
    (void)state;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const struct kind_info *info = kind_info((enum kind)kind);
        const struct result result = RUN("list", info->list, "--limit", "0");
        cJSON *json = json_of(&result), *item;
        const char *before = "9999";
        int len = cJSON_GetArraySize(json), lines = 0;
        if (!len)
            fail_msg("no %s", info->list);
        for (const char *at = result.out; (at = strchr(at, '\n')); at++)
            lines++;
        assert_int_equal(lines, len + 2); /* the brackets have lines of their own */
        cJSON_ArrayForEach(item, json)
        {
            const char *created_at = text_of(item, "created_at");
            assert_null(cJSON_GetObjectItemCaseSensitive(item, "secret_token"));
            if (kind == KIND_SCHEDULE_ENTRY || strcmp(info->sort, "created_at") != 0)
                continue;
            if (strncmp(created_at, before, 19) > 0)
                fail_msg("%s: %s comes behind %s", info->list, created_at, before);
            before = created_at;
        }
        cJSON_Delete(json);
    }
}

static int
length_of(const struct result *result)
{
    cJSON *json = json_of(result);
    int len = cJSON_GetArraySize(json);
    cJSON_Delete(json);
    return len;
}

static void
a_hundred_are_listed_unless_told_otherwise(void **state)
{
    (void)state;
    struct result result = RUN("list", "alerts");
    assert_int_equal(length_of(&result), 100);
    result = RUN("list", "alerts", "--limit", "7");
    assert_int_equal(length_of(&result), 7);
    result = RUN("list", "alerts", "--limit", "0");
    assert_true(length_of(&result) > 3000);
    result = RUN("list", "alerts", "--limit", "-1");
    expect_status(&result, 1);
}

static void
a_list_is_sorted_as_panes_are(void **state)
{
    (void)state;
    struct result result = RUN("list", "alerts", "--sort", "severity", "--limit", "1");
    assert_non_null(strstr(result.out, "\"status\":\"firing\""));
    assert_int_equal(length_of(&result), 1);
    result = RUN("list", "incidents", "--sort", "oldest", "--limit", "0");
    int oldest = length_of(&result);
    result = RUN("list", "incidents", "--limit", "0");
    assert_int_equal(length_of(&result), oldest);
    result = RUN("list", "alerts", "--sort", "colour");
    assert_non_null(strstr(expect_error(&result, 1, "usage"), "severity newest oldest"));
    result = RUN("list", "shifts", "--sort", "newest");
    assert_non_null(strstr(expect_error(&result, 1, "usage"), "one order"));
}

static void
lists_are_shown_as_they_were_and_what_changed_since(void **state)
{
    (void)state;
    struct result now = RUN("list", "alerts", "status=firing", "--limit", "0");
    struct result then = RUN("list", "alerts", "status=firing", "--limit", "0", "--as-of", "now");
    expect_status(&then, 0);
    assert_string_equal(then.out, now.out);
    then = RUN("list", "alerts", "--as-of", "2001-01-01");
    assert_non_null(strstr(expect_error(&then, 4, "stale"), "is not known"));
    then = RUN("list", "alerts", "--as-of", "someday");
    (void)expect_error(&then, 1, "usage");
    then = RUN("list", "changes", "--since", "2001-01-01");
    (void)expect_error(&then, 4, "stale");
    then = RUN("list", "changes", "--since", "now");
    expect_status(&then, 0);
    assert_int_equal(length_of(&then), 0);
    then = RUN("list", "changes", "status=firing");
    assert_non_null(strstr(expect_error(&then, 1, "usage"), "--since"));
    then = RUN("list", "alerts", "--since", "8h");
    assert_non_null(strstr(expect_error(&then, 1, "usage"), "created>-8h"));
}

static void
one_search_is_over_everything(void **state)
{
    (void)state;
    struct result result = RUN("search", "orders", "--limit", "5");
    expect_status(&result, 0);
    assert_int_equal(length_of(&result), 5);
    assert_non_null(strstr(result.out, "\"kind\":"));
    assert_non_null(strstr(result.out, "\"snippet\":"));
    result = RUN("search", "orders", "kind=incidents", "--limit", "0");
    assert_true(length_of(&result) > 0);
    assert_null(strstr(result.out, "\"kind\":\"alerts\""));
    result = RUN("search", "xyzzy-never");
    expect_status(&result, 0);
    assert_int_equal(length_of(&result), 0);
    result = RUN("search");
    assert_non_null(strstr(expect_error(&result, 1, "usage"), "what to search for"));
    result = RUN("search", "(orders");
    assert_non_null(strstr(expect_error(&result, 1, "usage"), "parenthesis"));
}

static void
filters_choose_and_what_they_cannot_mean_is_said(void **state)
{
    (void)state;
    struct result result = RUN("list", "alerts", "status=firing", "--limit", "0");
    int firing = length_of(&result);
    assert_in_range(firing, 5, 40);
    assert_null(strstr(result.out, "\"status\":\"resolved\""));
    result = RUN("list", "alerts", "status!=firing", "--limit", "0");
    int others = length_of(&result);
    result = RUN("list", "alerts", "status=firing,resolved", "--limit", "0");
    assert_int_equal(length_of(&result), firing + others);

    static const char *const wrong[][2] = {
        {"colour=red", "colour"},
        {"created_at=someday", "someday"},
        {"severity_digit=high", "high"},
        {"(status=firing", "parenthesis"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        result = RUN("list", "alerts", wrong[i][0]);
        const char *said = expect_error(&result, 1, "usage");
        if (!strstr(said, wrong[i][1]))
            fail_msg("%s: %s", wrong[i][0], said);
    }
    result = RUN("list", "cows");
    assert_non_null(strstr(expect_error(&result, 1, "usage"), "alerts"));
    result = RUN("list");
    (void)expect_error(&result, 1, "usage");
}

static void
jq_runs_on_the_whole_array(void **state)
{
    (void)state;
    struct result result = RUN("list", "alerts", "--limit", "0", "--jq", "length");
    expect_status(&result, 0);
    assert_true(atoi(result.out) > 3000);
    result = RUN("list", "alerts", "--limit", "3", "--jq", ".[].id");
    expect_status(&result, 0);
    result = RUN("list", "alerts", "--jq", ".[");
    (void)expect_error(&result, 1, "usage");
}

static void
shifts_are_the_final_entries_of_a_window(void **state)
{
    (void)state;
    struct result result = RUN("list", "shifts", "--limit", "0");
    const int usual = length_of(&result);
    assert_true(usual > 3);
    char from[RFC3339_SIZE], to[RFC3339_SIZE];
    time_to_rfc3339(clock_now_ms() - DAY_MS, from);
    time_to_rfc3339(clock_now_ms() + DAY_MS, to);
    result = RUN("list", "shifts", "--from", from, "--to", to);
    cJSON *json = json_of(&result), *item;
    assert_in_range(cJSON_GetArraySize(json), 1, usual - 1);
    cJSON_ArrayForEach(item, json)
    {
        assert_true(strcmp(text_of(item, "end_at"), from) > 0);
        assert_true(strcmp(text_of(item, "start_at"), to) < 0);
    }
    cJSON_Delete(json);
    result = RUN("list", "shifts", "--from", "monday");
    expect_status(&result, 1);
    result = RUN("list", "alerts", "--from", from);
    (void)expect_error(&result, 1, "usage");
}

/* Runs the strict parser of calendars on what a command printed; JSON lines. */
static const char *
calendar_read(const char *calendar)
{
    const char *path = arena_printf(&arena, "%s/shifts.ics", home.root);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(calendar, file) >= 0);
    fclose(file);
    static char read[FILE_MAX_BYTES / 16];
    FILE *parser = popen(arena_printf(&arena, "python3 tests/support/ics.py %s", path), "r");
    assert_non_null(parser);
    read[fread(read, 1, sizeof read - 1, parser)] = '\0';
    assert_int_equal(pclose(parser), 0);
    return read;
}

static void
shifts_are_a_calendar_too(void **state)
{
    (void)state;
    struct result result = RUN("list", "shifts", "--limit", "0");
    cJSON *json = json_of(&result), *item;
    result = RUN("list", "shifts", "--ics");
    expect_status(&result, 0);
    const char *events = calendar_read(result.out);
    int lines = 0;
    for (const char *at = events; *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, 1 + cJSON_GetArraySize(json));
    cJSON_ArrayForEach(item, json)
    {
        char start[RFC3339_SIZE], end[RFC3339_SIZE];
        int64_t start_ms, end_ms;
        assert_true(time_from_rfc3339(text_of(item, "start_at"), &start_ms));
        assert_true(time_from_rfc3339(text_of(item, "end_at"), &end_ms));
        const char *times =
            arena_printf(&arena, "\"DTEND\": \"%s\", \"DTSTAMP\"", time_to_rfc3339(end_ms, end));
        assert_non_null(strstr(events, times));
        times = arena_printf(&arena, "\"DTSTART\": \"%s\"", time_to_rfc3339(start_ms, start));
        assert_non_null(strstr(events, times));
        const char *name =
            cJSON_GetStringValue(cJSON_GetObjectItem(cJSON_GetObjectItem(item, "user"), "name"));
        assert_non_null(
            strstr(events, arena_printf(&arena, "\"%s on call: ", name ? name : "Nobody")));
    }
    cJSON_Delete(json);
    assert_non_null(
        strstr(events, "\\nCovers ")); /* the demo has somebody cover for somebody each week */
    result = RUN("list", "shifts", "--ics", "--limit", "1");
    expect_status(&result, 0);
    assert_null(strstr(strstr(result.out, "BEGIN:VEVENT") + 1, "BEGIN:VEVENT"));
    result = RUN("list", "shifts", "--ics", "--jq", ".");
    (void)expect_error(&result, 1, "usage");
    result = RUN("list", "alerts", "--ics");
    (void)expect_error(&result, 1, "usage");
}

static void
a_timeline_is_an_incidents_events_newest_first(void **state)
{
    (void)state;
    const char *reference = a_reference("reference");
    struct result result = RUN("list", "timeline", reference, "--limit", "0");
    cJSON *json = json_of(&result), *item;
    const char *before = "9999";
    bool opened = false;
    assert_true(cJSON_GetArraySize(json) > 1);
    cJSON_ArrayForEach(item, json)
    {
        assert_true(strncmp(text_of(item, "time"), before, 19) <= 0);
        before = text_of(item, "time");
        assert_true(*text_of(item, "kind") && (*text_of(item, "text") || *text_of(item, "change")));
        opened |= strcmp(text_of(item, "kind"), "opened") == 0;
    }
    assert_true(opened);
    const char *ref =
        arena_text(&arena, text_of(cJSON_GetArrayItem(json, cJSON_GetArraySize(json) - 1), "ref"));
    cJSON_Delete(json);
    if (*ref) {
        result = RUN("show", ref);
        expect_status(&result, 0);
    }
    result = RUN("list", "timeline", reference, "--limit", "1");
    assert_int_equal(length_of(&result), 1);
    result = RUN("list", "timeline", reference, "--plain");
    expect_status(&result, 0);
    assert_non_null(strstr(result.out, " opened "));
    result = RUN("list", "timeline");
    (void)expect_error(&result, 1, "usage");
    result = RUN("list", "timeline", "999999");
    (void)expect_error(&result, 6, "not_found");
}

/* ---- show ---- */

static void
an_incident_is_found_by_id_suffix_reference_and_number(void **state)
{
    (void)state;
    const char *id = a_reference("id"), *reference = a_reference("reference");
    const char *const refs[] = {id, id + strlen(id) - 10, reference, reference + strlen("INC-")};
    for (size_t i = 0; i < sizeof refs / sizeof *refs; i++) {
        const struct result result = RUN("show", refs[i]);
        cJSON *json = json_of(&result);
        assert_string_equal(text_of(json, "id"), id);
        cJSON_Delete(json);
    }
    struct result result = RUN("show", reference, "--jq", ".reference");
    expect_status(&result, 0);
    assert_string_equal(result.out, arena_printf(&arena, "%s\n", reference));
    result = RUN("show", reference, "--plain");
    expect_status(&result, 0);
    assert_non_null(strstr(result.out, reference));
    result = RUN("show", "NOSUCHTHINGATALL");
    (void)expect_error(&result, 6, "not_found");
    result = RUN("show");
    (void)expect_error(&result, 1, "usage");
}

/* ---- how fresh ---- */

static void
rows_older_than_allowed_are_printed_and_called_stale(void **state)
{
    (void)state;
    struct result result = RUN("list", "users", "--max-age", "0s");
    (void)expect_error(&result, 4, "stale");
    cJSON *json = cJSON_Parse(result.out);
    assert_true(cJSON_GetArraySize(json) > 3);
    cJSON_Delete(json);
    result = RUN("list", "users", "--max-age", "1h");
    expect_status(&result, 0);
}

static const char *
cache_file(const char *suffix)
{
    glob_t found;
    const char *pattern = arena_printf(&arena, "%s/state/tocsin/cache/*/cache.db", home.root);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_int_equal(found.gl_pathc, 1);
    const char *path = arena_printf(&arena, "%s%s", found.gl_pathv[0], suffix);
    globfree(&found);
    return path;
}

static void
while_history_is_being_filled_rows_come_with_status_four(void **state)
{
    (void)state;
    struct store *cache;
    struct error err;
    struct freshness freshness;
    bool found;
    assert_true(store_open(&cache, STORE_CACHE, cache_file(""), STORE_WRITE, NULL, &err));
    assert_true(freshness_get(cache, "alert", &arena, &freshness, &found, &err) && found);
    freshness.last_complete_at = 0; /* as it is until the first walk through history ends */
    freshness.history_until = clock_now_ms() - 30 * DAY_MS;
    assert_true(freshness_put(cache, &freshness, &err));
    store_close(cache);
    assert_int_equal(unlink(cache_file("-beat")), 0);

    struct result result = RUN("list", "alerts", "--limit", "2");
    assert_non_null(strstr(expect_error(&result, 4, "stale"), "history is fetched back to"));
    assert_non_null(strstr(result.out, "\"id\":"));
    result = RUN("sync", "--once");
    expect_status(&result, 0);
    result = RUN("list", "alerts", "--limit", "2");
    expect_status(&result, 0);
}

/* ---- the other commands ---- */

static void
the_programs_say_what_they_are_and_what_they_can(void **state)
{
    (void)state;
    struct result result = RUN("--version");
    expect_status(&result, 0);
    assert_non_null(strstr(result.out, "SQLite 3"));
    assert_null(strstr(result.out, "libcurl")); /* the console has no network */
    static const char *const commands[] = {"console", "demo",   "list",   "show",
                                           "sync",    "doctor", "config", "hub"};
    result = RUN("help");
    expect_status(&result, 0);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        assert_non_null(strstr(result.out, commands[i]));
        const struct result help = RUN(commands[i], "--help");
        expect_status(&help, 0);
        assert_non_null(strstr(help.out, "--profile"));
    }
    result = RUN("help", "list");
    expect_status(&result, 0);
    assert_non_null(strstr(result.out, "timeline REF"));
    result = RUN("lsit");
    expect_status(&result, 1);
    assert_non_null(strstr(result.err, "did you mean 'list'"));
}

static void
doctor_and_config_agree_that_all_is_well(void **state)
{
    (void)state;
    struct result result = RUN("doctor");
    cJSON *json = json_of(&result), *item;
    cJSON_ArrayForEach(item, json) assert_string_not_equal(text_of(item, "verdict"), "wrong");
    assert_non_null(strstr(result.out, " 0 failing, newest answer "));
    assert_non_null(strstr(result.out, " MB\""));
    cJSON_Delete(json);
    result = RUN("config", "check");
    expect_status(&result, 0);
    result = RUN("config", "print");
    expect_status(&result, 0);
    assert_non_null(strstr(result.out, demo.url));
    result = RUN("config", "eat");
    expect_status(&result, 1);
    assert_non_null(strstr(result.err, "'check', 'print' or"));
    result = RUN("list", "alerts", "--profile", "nobody");
    (void)expect_error(&result, 1, "config");
}

static void
a_key_that_is_refused_and_a_server_that_is_not_there_have_their_own_status(void **state)
{
    (void)state;
    struct result result =
        run_with("TOCSIN_API_KEY=inc_000000000000000000000000000000000000000000000000",
                 (const char *const[]){"sync", "--once", NULL});
    (void)expect_error(&result, 2, "unauthenticated");
    assert_string_equal(result.out, "");

    const char *config = arena_printf(&arena, "%s/elsewhere.conf", home.root);
    write_private_file(config, "profile \"default\" {\n    url = \"http://127.0.0.1:1\"\n"
                               "    token_command = {\"echo\", \"inc_x\"}\n}\n");
    result = RUN("sync", "--once", "--config", config);
    (void)expect_error(&result, 3, "network");
    assert_string_equal(result.out, "");
}

/* ---- GitHub ---- */

#define GITHUB_TOKEN "ghp_endtoend0123456789"

/* Every pull request is merged; it was approved, and its checks are well. */
static void
on_github(void *context, const char *target, const char *head, struct arena *memory,
          struct scripted_answer *answer)
{
    (void)context;
    const char *number = strstr(target, "/pulls/");
    if (!strstr(head, "Authorization: Bearer " GITHUB_TOKEN "\r\n"))
        *answer = (struct scripted_answer){.status = 401, .body = "{\"message\":\"No\"}"};
    else if (strcmp(target, "/rate_limit") == 0)
        answer->body = "{\"resources\":{\"core\":{\"limit\":5000,\"remaining\":4321}}}";
    else if (strstr(target, "/reviews"))
        answer->body = "[{\"id\":1,\"state\":\"APPROVED\",\"user\":{\"login\":\"rev-iewer\"},"
                       "\"submitted_at\":\"2026-01-02T03:04:05Z\"}]";
    else if (number)
        answer->body = arena_printf(
            memory,
            "{\"id\":9,\"number\":%s,\"title\":\"Told by GitHub\",\"state\":\"closed\","
            "\"merged_at\":\"2026-01-02T04:04:05Z\",\"user\":{\"login\":\"au-thor\"},"
            "\"head\":{\"sha\":\"0123456789abcdef0123456789abcdef01234567\"}}",
            number + strlen("/pulls/"));
    else if (strstr(target, "/check-runs"))
        answer->body = "{\"check_runs\":[{\"name\":\"ci\",\"status\":\"completed\","
                       "\"conclusion\":\"success\"}]}";
    else
        answer->body = "{\"statuses\":[]}";
}

/* In a process of its own: the programs run while we wait for them. */
static pid_t
start_github(char url[64])
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct loop *loop;
        struct error err;
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (!loop_create(&loop, &err))
            _exit(1);
        struct scripted_server *server = scripted_server_open(loop, on_github, NULL);
        const char *address = scripted_server_url(server);
        if (write(ends[1], address, strlen(address) + 1) < 0)
            _exit(1);
        _exit(loop_run(loop, &err) ? 0 : 1);
    }
    close(ends[1]);
    assert_true(read(ends[0], url, 64) > 0);
    close(ends[0]);
    return pid;
}

static const char *
github_config(const char *github_url, const char *token)
{
    const char *config = arena_printf(&arena, "%s/github.conf", home.root);
    write_private_file(config, arena_printf(&arena,
                                            "profile \"default\" {\n    url = \"%s\"\n"
                                            "    token_file = \"%s/config/tocsin/token\"\n"
                                            "    github_url = \"%s\"\n"
                                            "    github_token_command = {\"echo\", \"%s\"}\n}\n",
                                            demo.url, home.root, github_url, token));
    return config;
}

/* The newest incident that has some: those of the last two weeks are read, closed or not. */
static struct result
show_one_with_pulls(void)
{
    struct result attached = RUN("list", "incident-attachments", "--limit", "0", "--jq",
                                 "map(select(.resource.resource_type == \"github_pull_request\"))");
    struct result result = RUN("list", "incidents", "--limit", "0");
    cJSON *json = json_of(&result), *item;
    cJSON_ArrayForEach(item, json)
    {
        if (!strstr(attached.out, text_of(item, "id")))
            continue;
        result = RUN("show", "--plain", text_of(item, "id"));
        expect_status(&result, 0);
        break;
    }
    cJSON_Delete(json);
    return result;
}

static void
pull_requests_are_shown_as_github_tells_and_its_refusal_is_its_own(void **state)
{
    (void)state;
    char url[64];
    pid_t github = start_github(url);
    const char *config = github_config(url, GITHUB_TOKEN);
    struct result result = RUN("sync", "--once", "--config", config);
    expect_status(&result, 0);
    result = show_one_with_pulls();
    if (!strstr(result.out, " merged, approved, checks ok  Told by GitHub\n"))
        fail_msg("shown: %s", result.out);
    result = RUN("doctor", "--config", config);
    expect_status(&result, 0);
    assert_non_null(strstr(result.out, "4321 of 5000 requests are left this hour"));

    config = github_config(url, "ghp_another");
    result = RUN("sync", "--once", "--config", config);
    (void)expect_error(&result, 8, "partial");
    assert_non_null(strstr(result.err, "'github'"));
    result = show_one_with_pulls();
    assert_non_null(strstr(result.out, "Told by GitHub"));

    (void)kill(github, SIGKILL);
    (void)waitpid(github, NULL, 0);
    result = RUN("sync", "--once"); /* without a token there is no such source */
    expect_status(&result, 0);
    result = RUN("doctor");
    assert_non_null(strstr(result.out, " 0 failing, newest answer "));
}

/* ---- what must not be anywhere ---- */

static int
hold_against_keys(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)at;
    if (type == FTW_D && (status->st_mode & 077) && strstr(path, "/state/"))
        fail_msg("'%s' is open to others: %o", path, (unsigned)status->st_mode);
    if (type != FTW_F || strcmp(path + strlen(path) - 6, "/token") == 0)
        return 0;
    if (strstr(path, "/state/") && (status->st_mode & 077))
        fail_msg("'%s' is open to others: %o", path, (unsigned)status->st_mode);
    struct str text;
    struct error err;
    str_init(&text, FILE_MAX_BYTES);
    if (!file_read(path, &text, &err))
        fail_msg("%s", err.message);
    const char *const keys[] = {demo.viewer_key, demo.editor_key, demo.admin_key,
                                demo.source_secret};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (text.len && memmem(text.data, text.len, keys[i], strlen(keys[i])))
            fail_msg("'%s' holds a key", path);
    str_finish(&text);
    return 0;
}

static void
no_key_stands_in_a_command_line(void **state)
{
    static const char *const commands[][2] = {{"sync", "--once"}, {"doctor", "--plain"}};
    const char *env[9];
    (void)state;
    environment(NULL, env);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        const char *const argv[] = {program, commands[i][0], commands[i][1], NULL};
        const struct process_options options = {.extra_env = env,
                                                .stdin_fd = -1,
                                                .stdout_fd = -1,
                                                .stderr_fd = -1,
                                                .die_with_parent = true};
        struct error err;
        pid_t pid;
        int status;
        if (!process_start(argv, &options, &pid, &err))
            fail_msg("%s", err.message);
        do
            assert_false(a_command_line_holds_a_key());
        while (!process_wait(pid, 1, &status));
        assert_int_equal(status, 0);
    }
}

static void
no_key_stands_in_a_store_a_log_or_an_output(void **state)
{
    (void)state;
    struct result result = RUN("sync", "--once", "-v", "-v");
    expect_status(&result, 0);
    assert_null(strstr(result.err, demo.viewer_key));
    assert_int_equal(nftw(home.root, hold_against_keys, 16, FTW_PHYS), 0);
}

static int
start(void **state)
{
    static const char *const still[] = {"--speed", "0", NULL};
    (void)state;
    demo_start(&demo, still);
    home_create(&home, demo.url, demo.viewer_key);
    (void)program_path("tocsin", program, sizeof program);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    demo_stop(&demo);
    home_destroy(&home);
    arena_finish(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_the_first_pass_every_answer_is_that_nothing_is_here),
        cmocka_unit_test(a_pass_says_what_came_and_the_next_that_nothing_changed),
        cmocka_unit_test(after_a_pass_every_kind_is_an_array_with_an_object_a_line_newest_first),
        cmocka_unit_test(a_hundred_are_listed_unless_told_otherwise),
        cmocka_unit_test(a_list_is_sorted_as_panes_are),
        cmocka_unit_test(lists_are_shown_as_they_were_and_what_changed_since),
        cmocka_unit_test(one_search_is_over_everything),
        cmocka_unit_test(filters_choose_and_what_they_cannot_mean_is_said),
        cmocka_unit_test(jq_runs_on_the_whole_array),
        cmocka_unit_test(shifts_are_the_final_entries_of_a_window),
        cmocka_unit_test(shifts_are_a_calendar_too),
        cmocka_unit_test(a_timeline_is_an_incidents_events_newest_first),
        cmocka_unit_test(an_incident_is_found_by_id_suffix_reference_and_number),
        cmocka_unit_test(rows_older_than_allowed_are_printed_and_called_stale),
        cmocka_unit_test(while_history_is_being_filled_rows_come_with_status_four),
        cmocka_unit_test(the_programs_say_what_they_are_and_what_they_can),
        cmocka_unit_test(doctor_and_config_agree_that_all_is_well),
        cmocka_unit_test(
            a_key_that_is_refused_and_a_server_that_is_not_there_have_their_own_status),
        cmocka_unit_test(pull_requests_are_shown_as_github_tells_and_its_refusal_is_its_own),
        cmocka_unit_test(no_key_stands_in_a_command_line),
        cmocka_unit_test(no_key_stands_in_a_store_a_log_or_an_output),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
