#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"

static void
a_row_digest_is_stable_and_changes_with_each_byte(void **state)
{
    (void)state;
    char row[200];
    memset(row, 'x', sizeof row);
    uint64_t whole = digest_row(row, sizeof row);
    assert_true(digest_row(row, sizeof row) == whole);
    assert_true(digest_row(row, sizeof row - 1) != whole);
    for (size_t i = 0; i < sizeof row; i++) {
        row[i] = 'y';
        assert_true(digest_row(row, sizeof row) != whole);
        row[i] = 'x';
    }
    assert_true(digest_row("", 0) != 0);
    /* Stored in caches: another value here means that every row looks changed once. */
    assert_true(digest_row("tocsin", 6) == UINT64_C(0x88bc52e0c82449bc));
}

static void
a_keyed_digest_depends_on_key_parts_and_their_borders(void **state)
{
    (void)state;
    char a[DIGEST_HEX_SIZE], b[DIGEST_HEX_SIZE];
    const char *const parts[] = {"https://api.example.com", "secret"};
    const char *const moved[] = {"https://api.example.coms", "ecret"};
    assert_int_equal(strlen(digest_keyed_hex("key", parts, 2, a)), 64);
    assert_int_equal(strspn(a, "0123456789abcdef"), 64);
    assert_string_equal(digest_keyed_hex("key", parts, 2, b), a);
    assert_string_not_equal(digest_keyed_hex("other", parts, 2, b), a);
    assert_string_not_equal(digest_keyed_hex("key", moved, 2, b), a);
    assert_string_not_equal(digest_keyed_hex("key", parts, 1, b), a);
    char longer[300];
    memset(longer, 'k', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(strlen(digest_keyed_hex(longer, parts, 0, b)), 64);
    assert_int_equal(strlen(digest_keyed_hex("", parts, 2, b)), 64);
}

static void
random_bytes_differ(void **state)
{
    (void)state;
    uint8_t a[32] = {0}, b[32] = {0};
    digest_random(a, sizeof a);
    digest_random(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
}

static void
ulids_encode_time_and_randomness_and_sort_by_time(void **state)
{
    (void)state;
    char text[ULID_SIZE], later[ULID_SIZE];
    const uint8_t zero[10] = {0};
    const uint8_t ones[10] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    const uint8_t count[10] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23};
    assert_string_equal(ulid_text(0, zero, text), "00000000000000000000000000");
    assert_string_equal(ulid_text(INT64_C(0xffffffffffff), ones, text),
                        "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    assert_string_equal(ulid_text(1469918176385, count, text), "01ARYZ6S4104HMASW9NF6YY093");
    ulid_text(1774235520123, ones, text);
    ulid_text(1774235520124, zero, later);
    assert_true(strcmp(text, later) < 0);
}

static void
secrets_are_equal_only_as_a_whole(void **state)
{
    (void)state;
    assert_true(digest_equal_secrets("abc", "abc"));
    assert_true(digest_equal_secrets("", ""));
    assert_false(digest_equal_secrets("abc", "abd"));
    assert_false(digest_equal_secrets("abc", "abcd"));
    assert_false(digest_equal_secrets("abc", ""));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_digest_is_stable_and_changes_with_each_byte),
        cmocka_unit_test(a_keyed_digest_depends_on_key_parts_and_their_borders),
        cmocka_unit_test(random_bytes_differ),
        cmocka_unit_test(ulids_encode_time_and_randomness_and_sort_by_time),
        cmocka_unit_test(secrets_are_equal_only_as_a_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
