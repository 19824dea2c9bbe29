#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/wire.h"

static void
values_are_found_by_path_and_keep_their_spelling(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct error err;
    struct wire_document *document;
    const char *json =
        " {\"url\":\"http:\\/\\/x\\u00e9\",\"n\":1.50,\"yes\":true,\"none\":null,\"rotations\":"
        "[{\"users\":[\"a\",\"b\"]},{\"a\\\"b\":12345678901234567890}],\"empty\":{}}\n";
    assert_true(wire_document_read(slice_of(json), &document, &err));
    const struct {
        const char *path, *text;
        size_t count;
    } cases[] = {
        {"url", "http://x\u00e9", 0}, {"n", "1.50", 0},
        {"yes", "true", 0},           {"none", "", 0},
        {"rotations", "", 2},         {"rotations.0.users.1", "b", 0},
        {"rotations.0.users", "", 2}, {"rotations.1.a\"b", "12345678901234567890", 0},
        {"rotations.2", "", 0},       {"rotations.x", "", 0},
        {"url.deeper", "", 0},        {"empty", "", 0},
        {"missing", "", 0},           {"", "", 6},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(wire_document_text(document, &arena, cases[i].path), cases[i].text);
        assert_int_equal(wire_document_count(document, cases[i].path), cases[i].count);
    }
    assert_string_equal(wire_document_json(document, &arena, "rotations.0"),
                        "{\"users\":[\"a\",\"b\"]}");
    assert_string_equal(wire_document_json(document, &arena, "nothing"), "");
    wire_document_destroy(document);
    wire_document_destroy(NULL);
    arena_finish(&arena);
}

static void
broken_documents_are_refused(void **state)
{
    (void)state;
    struct error err;
    struct wire_document *document;
    assert_false(wire_document_read(slice_of("{\"a\":}"), &document, &err));
    assert_null(document);
    assert_string_equal(err.message, "document is not valid JSON");
    assert_false(wire_document_read(slice_of("{\"a\":1"), &document, &err));
    assert_string_equal(err.message, "document ends too early");
    assert_false(wire_document_read(slice_of(""), &document, &err));
}

static void
validity_is_one_value_within_the_limits(void **state)
{
    (void)state;
    assert_true(wire_is_valid(slice_of(" [1, {\"a\": null}] ")));
    assert_true(wire_is_valid(slice_of("\"text\"")));
    assert_true(wire_is_valid(slice_of("-1.5e3")));
    assert_false(wire_is_valid(slice_of("")));
    assert_false(wire_is_valid(slice_of("{} {}")));
    assert_false(wire_is_valid(slice_of("[1,]")));
    assert_false(wire_is_valid(slice_of("\"\xff\"")));
    assert_false(wire_is_valid((struct slice){"\"a\0\"", 4}));
    char deep[2 * WIRE_DEPTH_MAX + 3] = {0};
    memset(deep, '[', WIRE_DEPTH_MAX);
    memset(deep + WIRE_DEPTH_MAX, ']', WIRE_DEPTH_MAX);
    assert_true(wire_is_valid(slice_of(deep)));
    memset(deep, '[', WIRE_DEPTH_MAX + 1);
    memset(deep + WIRE_DEPTH_MAX + 1, ']', WIRE_DEPTH_MAX + 1);
    assert_false(wire_is_valid(slice_of(deep)));
}

static void
strings_are_escaped(void **state)
{
    (void)state;
    struct str out;
    str_init(&out, 0);
    wire_append_string(&out, "a\"b\\c\nd\te\x01\x7f\u00e9");
    assert_string_equal(str_text(&out), "\"a\\\"b\\\\c\\nd\\te\\u0001\\u007f\u00e9\"");
    str_finish(&out);
}

static void
pairs_say_what_an_object_is(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct error err;
    struct wire_document *document;
    const char *json =
        "{\"incident\":{\"severity\":{\"id\":\"S1\"},\"at\":\"2026-08-01T00:00:00Z\","
        "\"roles\":[{\"role\":{\"type\":\"x\"}},{\"role\":{\"type\":\"lead\"},"
        "\"user\":{\"id\":\"U\\\"1\"}}]}}";
    assert_true(wire_document_read(slice_of(json), &document, &err));
    static const char *const hold[] = {"{}",
                                       "{\"severity.id\":\"S1\"}",
                                       "{\"severity.id\":\"S1\",\"nothing\":\"\"}",
                                       "{\"roles[role.type=lead].user.id\":\"U\\\"1\"}",
                                       "{\"roles[role.type=no].user.id\":\"\"}",
                                       "{\"at\":\"2026-08-01T02:00:00.000+02:00\"}"};
    for (size_t i = 0; i < sizeof hold / sizeof *hold; i++)
        assert_true(wire_pairs_hold(document, "incident", hold[i]));
    static const char *const fail[] = {"", "{\"severity.id\":\"S2\"}", "{\"severity.id\":\"\"}",
                                       "{\"roles[role.type=lead].user.id\":\"\"}",
                                       "{\"at\":\"2026-08-01T00:00:01Z\"}"};
    for (size_t i = 0; i < sizeof fail / sizeof *fail; i++)
        assert_false(wire_pairs_hold(document, "incident", fail[i]));
    assert_string_equal(
        wire_pairs_of(document, "incident",
                      "{\"severity.id\":\"S9\",\"roles[role.type=lead].user.id\":\"\"}", &arena),
        "{\"severity.id\":\"S1\",\"roles[role.type=lead].user.id\":\"U\\\"1\"}");
    wire_document_destroy(document);
    arena_finish(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_say_what_an_object_is),
        cmocka_unit_test(values_are_found_by_path_and_keep_their_spelling),
        cmocka_unit_test(broken_documents_are_refused),
        cmocka_unit_test(validity_is_one_value_within_the_limits),
        cmocka_unit_test(strings_are_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
