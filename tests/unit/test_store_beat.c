#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/cache.h"
#include "tests/support/store_objects.h"

static struct arena arena;
static const char *directory, *path, *beat_path;
static struct store *writer, *reader;
static struct error err;

static int
set_up(void **state)
{
    (void)state;
    directory = temporary_directory(&arena);
    path = arena_printf(&arena, "%s/cache.db", directory);
    beat_path = arena_printf(&arena, "%s-beat", path);
    return store_open(&writer, STORE_CACHE, path, STORE_WRITE, NULL, &err) &&
                   store_open(&reader, STORE_CACHE, path, STORE_READ, NULL, &err)
               ? 0
               : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    store_close(reader);
    store_close(writer);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}

static int64_t
beat_of(struct store *store, const char *name)
{
    int64_t value = -1;
    return beat_get(store, name, &value) ? value : -1;
}

static void
a_beat_reaches_another_process_without_a_write_to_the_database(void **state)
{
    (void)state;
    assert_int_equal(beat_of(reader, "alert.attempt"), -1);
    int64_t before = store_total_changes(writer), version_before, version_after;
    assert_true(store_data_version(reader, &version_before, &err));
    beat_put(writer, "alert.attempt", 1000);
    assert_int_equal(beat_of(reader, "alert.attempt"), 1000);
    assert_int_equal(beat_of(reader, "alert.complete"), -1);
    pid_t child = fork();
    if (child == 0) {
        beat_put(writer, "alert.attempt", 2000);
        beat_put(writer, "alert.complete", INT64_C(1) << 60);
        (void)raise(SIGKILL); /* what was put must not need an orderly end */
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(beat_of(reader, "alert.attempt"), 2000);
    assert_int_equal(beat_of(reader, "alert.complete"), INT64_C(1) << 60);
    assert_int_equal(beat_of(writer, "alert.complete"), INT64_C(1) << 60);
    assert_int_equal(store_total_changes(writer), before);
    assert_true(store_data_version(reader, &version_after, &err));
    assert_int_equal(version_before, version_after);
}

static void
a_beat_that_is_gone_or_damaged_is_made_again(void **state)
{
    (void)state;
    beat_put(writer, "a", 1);
    assert_int_equal(beat_of(reader, "a"), 1);
    assert_int_equal(unlink(beat_path), 0);
    assert_int_equal(beat_of(reader, "a"), -1);
    beat_put(writer, "a", 2);
    assert_int_equal(beat_of(reader, "a"), 2);

    assert_int_equal(unlink(beat_path), 0);
    FILE *file = fopen(beat_path, "w");
    assert_non_null(file);
    (void)fputs("short", file);
    (void)fclose(file);
    assert_int_equal(beat_of(reader, "a"), -1);
    beat_put(writer, "a", 3);
    assert_int_equal(beat_of(reader, "a"), 3);

    assert_int_equal(unlink(beat_path), 0);
    file = fopen(beat_path, "w");
    assert_non_null(file);
    for (int i = 0; i < 64 * 129; i++)
        (void)fputc('x', file);
    (void)fclose(file);
    assert_int_equal(beat_of(reader, "a"), -1);
    beat_put(writer, "a", 4);
    assert_int_equal(beat_of(reader, "a"), 4);
}

static void
there_is_room_for_all_names(void **state)
{
    (void)state;
    for (int i = 0; i < 128; i++)
        beat_put(writer, arena_printf(&arena, "a_name_of_forty_seven_bytes_with_a_number_%05d", i),
                 i);
    for (int i = 0; i < 128; i++)
        assert_int_equal(
            beat_of(reader,
                    arena_printf(&arena, "a_name_of_forty_seven_bytes_with_a_number_%05d", i)),
            i);
    struct store *memory;
    assert_true(store_open(&memory, STORE_CACHE, ":memory:", STORE_WRITE, NULL, &err));
    beat_put(memory, "a", 7);
    assert_int_equal(beat_of(memory, "a"), 7);
    store_close(memory);
}

static void
freshness_takes_the_beat_also_when_the_clock_was_set_back_since(void **state)
{
    (void)state;
    struct freshness row = {.resource = "alert",
                            .last_complete_at = 1000,
                            .last_attempt_at = 5000,
                            .error_code = "network",
                            .error_message = "no route",
                            .error_request_id = "",
                            .cursor = ""};
    assert_true(freshness_put(writer, &row, &err));
    beat_put(writer, "alert.complete", 3000);
    beat_put(writer, "alert.attempt", 3000);
    beat_put(writer, "incident.complete", 0); /* never: the row knows */

    struct freshness read;
    bool found;
    assert_true(freshness_get(reader, "alert", &arena, &read, &found, &err));
    assert_true(found);
    assert_int_equal(read.last_complete_at, 3000);
    assert_int_equal(read.last_attempt_at, 3000);
    assert_string_equal(read.error_code, "network");
    assert_true(freshness_get(reader, "incident", &arena, &read, &found, &err));
    assert_false(found);
    assert_string_equal(read.cursor, "");

    const struct freshness *all;
    size_t len;
    assert_true(freshness_all(reader, &arena, &all, &len, &err));
    assert_int_equal(len, 1);
    assert_int_equal(all[0].last_complete_at, 3000);

    int64_t before = store_total_changes(writer);
    assert_true(freshness_put(writer, &row, &err));
    assert_int_equal(store_total_changes(writer), before);
}

static void
meta_keeps_named_texts(void **state)
{
    (void)state;
    const char *value;
    assert_true(meta_get(reader, "base_url", &arena, &value, &err));
    assert_string_equal(value, "");
    assert_true(meta_put(writer, "base_url", "https://api.example.com", &err));
    int64_t before = store_total_changes(writer);
    assert_true(meta_put(writer, "base_url", "https://api.example.com", &err));
    assert_int_equal(store_total_changes(writer), before);
    assert_true(meta_get(reader, "base_url", &arena, &value, &err));
    assert_string_equal(value, "https://api.example.com");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_beat_reaches_another_process_without_a_write_to_the_database),
        TEST(a_beat_that_is_gone_or_damaged_is_made_again),
        TEST(there_is_room_for_all_names),
        TEST(freshness_takes_the_beat_also_when_the_clock_was_set_back_since),
        TEST(meta_keeps_named_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
