/* What waits to be sent outlives whoever put it there: in order, once, and never for another address. */

#include <setjmp.h>
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
#include "config/file.h"
#include "remote/alert_spool.h"

#define ADDRESS "https://api.example/v2/alert_events/http/S"
#define START INT64_C(1790000000000)

static char directory[200];
static struct arena arena;
static struct error err;

static int
set_up(void **state)
{
    const char *base = getenv("TMPDIR");
    (void)state;
    (void)snprintf(directory, sizeof directory, "%s/tocsin-spool-XXXXXX",
                   base && *base ? base : "/tmp"); /* fits */
    assert_non_null(mkdtemp(directory));
    clock_freeze(START);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    clock_freeze(0);
    arena_finish(&arena);
    char command[260];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", directory); /* fits */
    return system(command);
}

static struct alert_spool *
open_for(const char *address)
{
    struct alert_spool *spool;
    if (!alert_spool_open(&spool, directory, address, 0, &err))
        fail_msg("%s", err.message);
    return spool;
}

static struct alert_spool *
open_spool(void)
{
    return open_for(ADDRESS);
}

static struct alert_event_out
event(const char *key, bool resolved, int64_t at_ms)
{
    const struct alert_event_parts parts = {.title = arena_printf(&arena, "title of %s", key),
                                            .deduplication_key = key,
                                            .description = "größer \"than\"\nbefore",
                                            .source_url = "",
                                            .metadata = "{\"rows\":12}",
                                            .resolved = resolved,
                                            .at_ms = at_ms};
    return alert_event_out(&parts, &arena);
}

static void
put(struct alert_spool *spool, const char *key, bool resolved, int64_t at_ms)
{
    const struct alert_event_out added = event(key, resolved, at_ms);
    if (!alert_spool_put(spool, &added, 1, &err))
        fail_msg("%s", err.message);
}

static void
expect_first(struct alert_spool *spool, const char *key, bool resolved)
{
    const struct alert_event_out *first = alert_spool_first(spool);
    assert_non_null(first);
    assert_string_equal(first->deduplication_key, key);
    assert_int_equal(first->resolved, resolved);
}

/* The one file of JSON lines. */
static const char *
path_of_file(const char *suffix)
{
    char found[260] = "";
    FILE *list =
        popen(arena_printf(&arena, "ls %s/alerts-*.jsonl%s 2>/dev/null", directory, suffix), "r");
    assert_non_null(list);
    if (fgets(found, sizeof found, list))
        found[strcspn(found, "\n")] = '\0';
    (void)pclose(list); /* it says when it finds none */
    return arena_text(&arena, found);
}

static void
write_file(const char *path, const char *text, size_t len)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void
what_waits_is_there_again_in_its_order_and_as_it_was(void **state)
{
    (void)state;
    struct alert_spool *spool = open_spool();
    assert_true(alert_spool_remembers(spool));
    put(spool, "a", false, START - 5);
    put(spool, "b", false, 0);
    put(spool, "a", true, START);
    const char *body = arena_text(&arena, alert_spool_first(spool)->body);
    alert_spool_close(spool);

    spool = open_spool();
    assert_string_equal(alert_spool_notice(spool), "");
    assert_int_equal(alert_spool_waiting(spool), 3);
    assert_string_equal(alert_spool_first(spool)->body, body);
    assert_int_equal(alert_spool_first(spool)->at_ms, START - 5);
    expect_first(spool, "a", false);
    alert_spool_settle(spool);
    expect_first(spool, "b", false);
    alert_spool_close(spool);

    spool = open_spool();
    assert_int_equal(alert_spool_waiting(spool), 2);
    expect_first(spool, "b", false);
    alert_spool_settle(spool);
    expect_first(spool, "a", true);
    alert_spool_settle(spool);
    assert_null(alert_spool_first(spool));
    alert_spool_close(spool);

    struct stat status;
    assert_int_equal(stat(path_of_file(""), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_true(status.st_size < 300); /* the header, and that b fires */
}

static void
it_is_known_which_keys_fire_and_since_when(void **state)
{
    (void)state;
    struct alert_spool *spool = open_spool();
    put(spool, "a", false, START - 1000);
    put(spool, "b", false, 0);
    put(spool, "c", false, START - 1000);
    put(spool, "c", true, START);
    put(spool, "old", false, START - 1000 * DAY_MS); /* told now, of long ago */
    while (alert_spool_first(spool))
        alert_spool_settle(spool);
    alert_spool_close(spool);

    spool = open_spool();
    assert_true(alert_spool_is_firing(spool, "a", 0));
    assert_true(alert_spool_is_firing(spool, "a", START));
    assert_false(alert_spool_is_firing(spool, "a", START - 2000)); /* older news than what fires */
    assert_true(alert_spool_is_firing(spool, "b", 1));
    assert_false(alert_spool_is_firing(spool, "c", 0));
    assert_true(alert_spool_is_firing(spool, "old", START - 999 * DAY_MS));
    alert_spool_close(spool);

    clock_freeze(START + (ALERT_SPOOL_FIRING_DAYS + 1) * DAY_MS);
    spool = open_spool();
    assert_false(alert_spool_is_firing(spool, "a", 0));
    alert_spool_close(spool);
}

static void
an_event_that_is_passed_over_holds_back_the_later_ones_of_its_key_only(void **state)
{
    (void)state;
    struct alert_spool *spool = open_spool();
    put(spool, "a", false, 0);
    put(spool, "b", false, 0);
    put(spool, "a", true, 0);
    alert_spool_pass_over(spool);
    expect_first(spool, "b", false);
    alert_spool_settle(spool);
    assert_null(alert_spool_first(spool));
    assert_int_equal(alert_spool_waiting(spool), 2);
    alert_spool_close(spool);

    spool = open_spool();
    expect_first(spool, "a", false);
    alert_spool_settle(spool);
    expect_first(spool, "a", true);
    alert_spool_close(spool);
}

static void
wherever_a_file_was_cut_off_its_whole_lines_count(void **state)
{
    struct str text;
    (void)state;
    struct alert_spool *spool = open_spool();
    put(spool, "a", false, 0);
    put(spool, "b", false, 0);
    alert_spool_settle(spool);
    const char *path = path_of_file("");
    str_init(&text, 65536);
    assert_true(file_read(path, &text, &err)); /* as whoever is killed here leaves it */
    alert_spool_close(spool);

    size_t first_line = strcspn(str_text(&text), "\n") + 1;
    for (size_t len = first_line; len <= text.len; len++) {
        write_file(path, str_text(&text), len);
        size_t lines = 0;
        for (size_t i = first_line; i < len; i++)
            lines += str_text(&text)[i] == '\n';
        spool = open_spool();
        assert_string_equal(alert_spool_notice(spool), "");
        assert_int_equal(alert_spool_waiting(spool), lines == 3 ? 1 : lines);
        if (lines)
            expect_first(spool, lines == 3 ? "b" : "a", false);
        put(spool, "c", false, 0); /* it does not join the broken line */
        alert_spool_close(spool);
        spool = open_spool();
        assert_int_equal(alert_spool_waiting(spool), (lines == 3 ? 1 : lines) + 1);
        assert_string_equal(alert_spool_notice(spool), "");
        alert_spool_close(spool);
    }
    str_finish(&text);
}

static void
a_damaged_file_is_set_aside_with_a_sentence_and_what_makes_sense_is_kept(void **state)
{
    struct str text;
    (void)state;
    struct alert_spool *spool = open_spool();
    put(spool, "a", false, 0);
    put(spool, "b", false, 0);
    const char *path = path_of_file("");
    str_init(&text, 65536);
    assert_true(file_read(path, &text, &err));
    alert_spool_close(spool);

    char *line = strstr(text.data, "title of a");
    memcpy(line, "\"\"\"", 3); /* the first event's line is JSON no more */
    write_file(path, str_text(&text), text.len);
    spool = open_spool();
    assert_non_null(strstr(alert_spool_notice(spool), "1 lines of "));
    assert_int_equal(alert_spool_waiting(spool), 1);
    expect_first(spool, "b", false);
    alert_spool_close(spool);
    assert_string_not_equal(path_of_file(".damaged"), "");

    static const char *const foreign[] = {"", "\n", "SQLite format 3", "{\"is\":\"x\"}\n",
                                          "[]\n[]\n"};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        write_file(path, foreign[i], strlen(foreign[i]));
        spool = open_spool();
        assert_non_null(strstr(alert_spool_notice(spool), "not a file of ours"));
        assert_int_equal(alert_spool_waiting(spool), 0);
        put(spool, "c", false, 0);
        alert_spool_close(spool);
        spool = open_spool();
        assert_int_equal(alert_spool_waiting(spool), 1);
        alert_spool_close(spool);
    }
    str_finish(&text);
}

static void
a_file_of_a_newer_tocsin_is_left_as_it_is(void **state)
{
    static const char newer[] = "{\"is\":\"tocsin alert events\",\"version\":2,\"x\":1}\n";
    struct alert_spool *spool = open_spool();
    struct str text;
    (void)state;
    alert_spool_close(spool);
    const char *path = path_of_file("");
    write_file(path, newer, strlen(newer));
    assert_false(alert_spool_open(&spool, directory, ADDRESS, 0, &err));
    assert_non_null(strstr(err.message, "newer tocsin"));
    assert_false(alert_spool_remembers(spool));
    put(spool, "a", false, 0); /* in memory it goes on */
    expect_first(spool, "a", false);
    alert_spool_close(spool);
    str_init(&text, 65536);
    assert_true(file_read(path, &text, &err));
    assert_string_equal(str_text(&text), newer);
    str_finish(&text);
}

static void
events_for_one_address_never_go_to_another(void **state)
{
    (void)state;
    struct alert_spool *spool = open_spool();
    put(spool, "a", false, 0);
    alert_spool_close(spool);
    spool = open_for("https://elsewhere.example/v2/alert_events/http/S");
    assert_int_equal(alert_spool_waiting(spool), 0);
    assert_false(alert_spool_is_firing(spool, "a", 0));
    alert_spool_close(spool);
    spool = open_spool();
    assert_int_equal(alert_spool_waiting(spool), 1);
    alert_spool_close(spool);
}

static void
one_run_at_a_time_has_the_directory(void **state)
{
    struct alert_spool *other;
    (void)state;
    struct alert_spool *spool = open_spool();
    assert_false(alert_spool_open(&other, directory, ADDRESS, 0, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    alert_spool_close(other);
    alert_spool_close(spool);
    spool = open_spool();
    alert_spool_close(spool);
}

static void
what_waited_too_long_is_given_up_with_a_sentence(void **state)
{
    (void)state;
    struct alert_spool *spool = open_spool();
    put(spool, "a", false, 0);
    alert_spool_close(spool);
    clock_freeze(START + (ALERT_SPOOL_KEPT_DAYS + 1) * DAY_MS);
    spool = open_spool();
    assert_non_null(strstr(alert_spool_notice(spool), "not sent any more"));
    assert_int_equal(alert_spool_waiting(spool), 0);
    alert_spool_close(spool);
    spool = open_spool();
    assert_string_equal(alert_spool_notice(spool), "");
    alert_spool_close(spool);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(what_waits_is_there_again_in_its_order_and_as_it_was),
        CASE(it_is_known_which_keys_fire_and_since_when),
        CASE(an_event_that_is_passed_over_holds_back_the_later_ones_of_its_key_only),
        CASE(wherever_a_file_was_cut_off_its_whole_lines_count),
        CASE(a_damaged_file_is_set_aside_with_a_sentence_and_what_makes_sense_is_kept),
        CASE(a_file_of_a_newer_tocsin_is_left_as_it_is),
        CASE(events_for_one_address_never_go_to_another),
        CASE(one_run_at_a_time_has_the_directory),
        CASE(what_waited_too_long_is_given_up_with_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
