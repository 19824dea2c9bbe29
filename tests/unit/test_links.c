/* Where an item opens, and what goes to the clipboard. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json_text.h"
#include "ui/clipboard.h"
#include "ui/links.h"
#include "ui/osc.h"

static struct arena arena;

static int
forget(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static void
only_plain_web_addresses_open(void **state)
{
    static const char *const safe[] = {
        "https://ci.example/runs/1",     "http://127.0.0.1:8080/?a=b&c=%20#part",
        "https://example.com",           "https://example.com/caf\xc3\xa9",
        "https://example.com/@ana/post",
    };
    static const char *const hostile[] = {
        "",
        "https://",
        "https:///path",
        "https://:80/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "HTTPS://EXAMPLE.COM",
        "ssh://host",
        "-https://example.com",
        "--help",
        "https://incident.io@evil.example/",
        "https://user:word@evil.example/",
        "https://a b/",
        "https://a/\nb",
        "https://a/\x1b]52;c;AAAA\x07",
        "https://a/\x7f",
        "https://a/\"><script>",
        "https://a/`id`",
        "https://a/\xe2\x80\xaegpj.exe",
        "https://a/\xc2\x9b",
        "https://a/\xff",
        "https://a/\xe2\x80\x8b",
    };
    (void)state;
    for (size_t i = 0; i < sizeof safe / sizeof *safe; i++)
        if (!link_is_safe(safe[i]))
            fail_msg("refused: %s", safe[i]);
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
        if (link_is_safe(hostile[i]))
            fail_msg("taken: %s", hostile[i]);
    char longest[4000];
    (void)snprintf(longest, sizeof longest, "https://example.com/%03500d", 1);
    assert_false(link_is_safe(longest));
}

static void
links_come_from_facts_and_texts_each_once(void **state)
{
    (void)state;
    struct detail_fact facts[] = {
        {"", "incident", "INC-1", 0, "https://a.example/1", "", 0},
        {"", "bad", "x", 0, "javascript:alert(1)", "", 0},
        {"", "again", "y", 0, "https://a.example/1", "", 0},
        {"", "none", "z", 0, "", "", 0},
    };
    struct detail_block blocks[] = {
        {"",
         "See [the run](https://ci.example/2), https://ci.example/3. Or <http://c.example/4|that>.",
         0},
        {"", "http https:// http://user@evil.example/ httpx://b", 0},
    };
    const struct detail detail = {
        .facts = facts, .facts_len = 4, .blocks = blocks, .blocks_len = 2};
    const struct link *links;
    assert_int_equal(links_of(&detail, &arena, &links), 4);
    assert_string_equal(links[0].label, "incident");
    assert_string_equal(links[1].url, "https://ci.example/2");
    assert_string_equal(links[2].url, "https://ci.example/3");
    assert_string_equal(links[3].url, "http://c.example/4");
}

static void
the_clipboard_is_sent_in_base64(void **state)
{
    static const char *const cases[][2] = {
        {"f", "52;c;Zg=="},
        {"fo", "52;c;Zm8="},
        {"foo", "52;c;Zm9v"},
        {"INC-411", "52;c;SU5DLTQxMQ=="},
        {"\xc3\xa9\n\x1b]", "52;c;w6kKG10="},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(clipboard_osc(&arena, cases[i][0]), cases[i][1]);
    assert_null(clipboard_osc(&arena, ""));

    char *text = arena_alloc(&arena, CLIPBOARD_MAX_BYTES + 2);
    memset(text, 'x', CLIPBOARD_MAX_BYTES + 1);
    assert_null(clipboard_osc(&arena, text));
    text[CLIPBOARD_MAX_BYTES] = '\0';
    assert_non_null(clipboard_osc(&arena, text));
}

static void
a_multiplexer_gets_the_clipboard_wrapped(void **state)
{
    (void)state;
    struct str out;
    str_init(&out, 0);
    assert_true(osc_append(&out, MULTIPLEXER_NONE, clipboard_osc(&arena, "foo")));
    assert_string_equal(str_text(&out), "\033]52;c;Zm9v\a");
    str_clear(&out);
    assert_true(osc_append(&out, multiplexer_of("/tmp/tmux-0/default,1,0", "xterm"),
                           clipboard_osc(&arena, "foo")));
    assert_string_equal(str_text(&out), "\033Ptmux;\033\033]52;c;Zm9v\a\033\\");
    str_clear(&out);
    assert_true(
        osc_append(&out, multiplexer_of(NULL, "screen-256color"), clipboard_osc(&arena, "foo")));
    assert_string_equal(str_text(&out), "\033P\033]52;c;Zm9v\a\033\\");
    str_finish(&out);
}

static void
json_is_set_out_and_nothing_else_of_it_changes(void **state)
{
    static const char *const cases[][2] = {
        {"{\"a\":1,\"b\":[1,2]}", "{\n  \"a\": 1,\n  \"b\": [1, 2]\n}"},
        {"{}", "{}"},
        {"{\"a\":{\"b\":1},\"c\":\"x, {y}: \\\" z\"}",
         "{\n  \"a\": {\"b\": 1},\n  \"c\": \"x, {y}: \\\" z\"\n}"},
        {"plain", "plain"},
        {"\"open { string", "\"open { string"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(json_set_out(&arena, cases[i][0], 4096), cases[i][1]);
    assert_string_equal(json_set_out(&arena, "{\"a\":1,\"b\":[{\"c\":2}]}", 4096),
                        "{\n  \"a\": 1,\n  \"b\": [\n    {\"c\": 2}\n  ]\n}");
    assert_true(json_is_likely(" {\"a\":1}\n"));
    assert_false(json_is_likely("{half"));
    assert_false(json_is_likely(""));

    /* However deep and unbalanced: bounded. */
    char *deep = arena_alloc(&arena, 20001);
    memset(deep, '[', 10000);
    memset(deep + 10000, '}', 10000);
    assert_true(strlen(json_set_out(&arena, deep, 65536)) <= 65536 + 8);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(only_plain_web_addresses_open, forget),
        cmocka_unit_test_teardown(links_come_from_facts_and_texts_each_once, forget),
        cmocka_unit_test_teardown(the_clipboard_is_sent_in_base64, forget),
        cmocka_unit_test_teardown(a_multiplexer_gets_the_clipboard_wrapped, forget),
        cmocka_unit_test_teardown(json_is_set_out_and_nothing_else_of_it_changes, forget),
    };
    return cmocka_run_group_tests_name("links", tests, NULL, NULL);
}
