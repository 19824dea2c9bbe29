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
#include "config/config.h"
#include "config/file.h"

static char directory[64];

static const char *
write_file(const char *name, const char *text, mode_t mode)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name); /* both are short */
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static int
make_directory(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/tocsin-test-config-XXXXXX");
    assert_non_null(mkdtemp(directory));
    unsetenv("TOCSIN_API_KEY");
    unsetenv("TOCSIN_GITHUB_TOKEN");
    setenv("XDG_STATE_HOME", directory, 1);
    setenv("XDG_CONFIG_HOME", directory, 1);
    return 0;
}

static int
remove_directory(void **state)
{
    (void)state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", directory); /* ours, and short */
    return system(command);
}

static void
a_missing_file_gives_the_defaults(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct config config;
    const struct profile *profile;
    struct error err;
    assert_true(config_load(&config, NULL, &arena, &err));
    assert_false(config.exists);
    assert_true(config_profile(&config, NULL, &profile, &err));
    assert_string_equal(profile->name, "default");
    assert_string_equal(profile->url, "https://api.incident.io");
    assert_int_equal(profile->history_ms, 400 * DAY_MS);
    assert_string_equal(profile->derivation.roles.severity, "Severity");
    assert_int_equal(profile->derivation.due_rules_len, 4);
    assert_string_equal(profile->derivation.due_rules[1].priority, "High");
    assert_int_equal(profile->derivation.due_rules[1].span_ms, 7 * DAY_MS);
    arena_finish(&arena);
}

static void
a_named_file_must_be_there(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct config config;
    struct error err;
    assert_false(config_load(&config, "/nonexistent/tocsin.conf", &arena, &err));
    assert_int_equal(error_exit_status(err.code), 1);
    assert_non_null(strstr(err.message, "/nonexistent/tocsin.conf"));
    arena_finish(&arena);
}

static void
every_option_is_read(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct config config;
    const struct profile *profile;
    struct error err;
    const char *path =
        write_file("all.conf",
                   "# a comment with ${HOME}\n"
                   "default_profile = stage\n"
                   "profile prod { url = \"https://api.example.com/\" }\n"
                   "profile \"stage\" {\n"
                   "  url = http://127.0.0.1:8080\n"
                   "  token_command = {pass, 'show', \"incident.io\"}\n"
                   "  me = ana@example.com\n"
                   "  interval = 2.5\n  budget = 1\n  history = 30d\n  read_only = on\n"
                   "  schedules = {'data responder'}\n"
                   "  severity_attribute = 'Prio ${x}'\n"
                   "  follow_up_due = {'P1=1d'}\n"
                   "  update_every = {'2=90m'}\n"
                   "  timezone = \"Europe/London\"\n"
                   "}\n",
                   0600);
    assert_true(config_load(&config, path, &arena, &err));
    assert_int_equal(config.profiles_len, 2);
    assert_string_equal(config.profiles[0].url, "https://api.example.com");
    assert_true(config_profile(&config, NULL, &profile, &err));
    assert_string_equal(profile->name, "stage");
    assert_string_equal(profile->token_command[0], "pass");
    assert_string_equal(profile->token_command[2], "incident.io");
    assert_null(profile->token_command[3]);
    assert_string_equal(profile->me, "ana@example.com");
    assert_true(profile->interval > 2.4 && profile->interval < 2.6);
    assert_int_equal(profile->history_ms, 30 * DAY_MS);
    assert_true(profile->read_only);
    assert_string_equal(profile->schedules[0], "data responder");
    assert_string_equal(profile->derivation.roles.severity, "Prio ${x}");
    assert_int_equal(profile->derivation.due_rules_len, 1);
    assert_int_equal(profile->update_spans.span_ms[0], 0);
    assert_int_equal(profile->update_spans.span_ms[1], 90 * MINUTE_MS);
    assert_int_equal(config.profiles[0].update_spans.span_ms[0], 30 * MINUTE_MS);
    arena_finish(&arena);
}

static void
what_is_printed_reads_back_as_the_same(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct config config, again;
    struct error err;
    struct str first, second;
    str_init(&first, 0);
    str_init(&second, 0);
    const char *path = write_file(
        "print.conf",
        "profile a { me = 'o\\'neill\\\\x@example.com' token_command = {'a b', \"c\"} }", 0600);
    assert_true(config_load(&config, path, &arena, &err));
    config_print(&config, &first);
    path = write_file("print.conf", str_text(&first), 0600);
    assert_true(config_load(&again, path, &arena, &err));
    config_print(&again, &second);
    assert_string_equal(str_text(&first), str_text(&second));
    str_finish(&first);
    str_finish(&second);
    arena_finish(&arena);
}

static void
bindings_are_read_with_their_lines_and_printed_again(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct config config;
    struct error err;
    struct str out;
    str_init(&out, 0);
    const char *path = write_file(
        "bind.conf", "bind(\"zoom\", 'z', F2)\nbind('quit')\nprofile a { }\nbind(down, '\\'')\n",
        0600);
    if (!config_load(&config, path, &arena, &err))
        fail_msg("%s", err.message);
    assert_int_equal(config.bindings_len, 3);
    assert_string_equal(config.bindings[0].action, "zoom");
    assert_string_equal(config.bindings[0].keys[1], "F2");
    assert_null(config.bindings[0].keys[2]);
    assert_int_equal(config.bindings[0].line, 1);
    assert_null(config.bindings[1].keys[0]);
    assert_int_equal(config.bindings[2].line, 4);
    config_print(&config, &out);
    assert_non_null(strstr(str_text(&out), "\nbind('zoom', 'z', 'F2')\nbind('quit')\n"));
    path = write_file("bind.conf", str_text(&out), 0600);
    assert_true(config_load(&config, path, &arena, &err));
    assert_int_equal(config.bindings_len, 3);
    assert_string_equal(config.bindings[2].keys[0], "'");
    str_finish(&out);
    arena_finish(&arena);
}

static void
a_mistake_is_told_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"profile a {\n  url = 'ftp://x'\n}\n", ":2: url = \"ftp://x\": expected https://"},
        {"profile a {\n  uurl = 'https://x'\n}\n",
         ":2: unknown option 'uurl', did you mean 'url'?"},
        {"profile a {\n  interval = fast\n}\n", ":2: interval = \"fast\": expected a number"},
        {"profile a {\n\n  budget = 2\n}\n", ":3: budget = \"2\": expected a share"},
        {"profile a {\n  history = 3 moons\n}\n", ":2:"},
        {"profile a {\n  history = 3x\n}\n", ":2: history = \"3x\": expected a span"},
        {"profile a {\n  read_only = perhaps\n}\n",
         ":2: read_only = \"perhaps\": expected yes or no"},
        {"profile a {\n  timezone = Mars/Olympus\n}\n",
         ":2: timezone = \"Mars/Olympus\": expected an IANA"},
        {"profile a {\n  follow_up_due = {High}\n}\n",
         ":2: follow_up_due = \"High\": expected PRIORITY=SPAN"},
        {"profile a {\n  update_every = {'1=30m', '5=1h'}\n}\n",
         ":2: update_every = \"5=1h\": expected SEVERITY=SPAN"},
        {"profile a {\n  me = x\n", "a closing '}' is missing"},
        {"profile a { }\nprofile a { }\n", ":2:"},
        {"profile a {\n me = \"${HOME}\"\n}\n", ":2: '${' in double quotes"},
        {"profile '../a' { }\n", "profile '../a': a name may hold"},
        {"profile a { url = 'http://example.com' }\n", "would send the key unencrypted"},
        {"profile a { url = 'http://127.evil.com' }\n", "would send the key unencrypted"},
        {"default_profile = b\nprofile a { }\n", "there is no profile 'b'"},
        {"profile a {\n  me = \"x\n", ""},
        {"}", ""},
        {"\nbind()\n", ":2: bind() needs the name of an action"},
        {"bnd('zoom', 'z')\n", ":1: unknown option 'bnd', did you mean 'bind'?"},
        {"bind 'zoom'\n", ":1:"},
        {"\nbind('zoom', 'z'\n", ":2: a closing ')' is missing"},
        {"profile", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena = {0};
        struct config config;
        struct error err = {0};
        const char *path = write_file("wrong.conf", cases[i].text, 0600);
        if (config_load(&config, path, &arena, &err))
            fail_msg("accepted: %s", cases[i].text);
        if (!strstr(err.message, cases[i].expected) || !strstr(err.message, path))
            fail_msg("'%s' said '%s'", cases[i].text, err.message);
        assert_int_equal(err.code, ERROR_CONFIG);
        arena_finish(&arena);
    }
}

static void
expect_token(const char *conf, const char *expected, const char *complaint)
{
    struct arena arena = {0};
    struct config config;
    struct error err = {0};
    struct str token;
    str_init(&token, 4096);
    assert_true(config_load(&config, write_file("token.conf", conf, 0600), &arena, &err));
    bool ok = profile_token(&config.profiles[0], &token, &err);
    if (expected) {
        if (!ok)
            fail_msg("%s", err.message);
        assert_string_equal(str_text(&token), expected);
    } else {
        assert_false(ok);
        if (!strstr(err.message, complaint))
            fail_msg("said '%s'", err.message);
        assert_null(strstr(err.message, "hunter2"));
    }
    str_finish(&token);
    arena_finish(&arena);
}

static void
the_key_comes_from_command_file_or_environment(void **state)
{
    (void)state;
    char conf[256];
    expect_token("profile a { token_command = {printf, ' inc_abc \\nsecond line'} }", "inc_abc",
                 NULL);
    expect_token("profile a { token_command = {false} }", NULL, "ended with status 1");
    expect_token("profile a { token_command = {'/nonexistent/x'} }", NULL, "token_command");
    expect_token("profile a { token_command = {printf, 'hunter2 x'} }", NULL,
                 "a character no API key has");
    expect_token("profile a { }", NULL, "has no API key");

    (void)snprintf(conf, sizeof conf, "profile a { token_file = '%s/key' }", directory); /* short */
    expect_token(conf, NULL, "cannot open");
    (void)write_file("key", "hunter2-file\n", 0644);
    expect_token(conf, NULL, "others can read it");
    (void)write_file("key", "hunter2-file\n", 0600);
    expect_token(conf, "hunter2-file", NULL);
    (void)write_file("key", "\n", 0600);
    expect_token(conf, NULL, "empty");

    setenv("TOCSIN_API_KEY", "from-env", 1);
    expect_token(conf, "from-env", NULL);
    setenv("TOCSIN_API_KEY", "", 1);
    expect_token(conf, NULL, "empty");
    unsetenv("TOCSIN_API_KEY");
}

static void
a_github_token_is_read_alike_and_may_be_missing(void **state)
{
    (void)state;
    static const struct {
        const char *conf, *token, *complaint;
    } cases[] = {
        {"profile a { }", "", NULL},
        {"profile a { github_token_command = {printf, ghp_abc} token_command = {false} }",
         "ghp_abc", NULL},
        {"profile a { github_token_command = {false} }", NULL, "github_token_command 'false'"},
        {"profile a { github_token_file = '/nonexistent/x' }", NULL, "cannot open"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena = {0};
        struct config config;
        struct error err;
        struct str token;
        str_init(&token, 4096);
        assert_true(config_load(&config, write_file("gh.conf", cases[i].conf, 0600), &arena, &err));
        assert_string_equal(config.profiles[0].github_url, "https://api.github.com");
        assert_int_equal(profile_github_token(&config.profiles[0], &token, &err),
                         cases[i].token != NULL);
        if (cases[i].token)
            assert_string_equal(str_text(&token), cases[i].token);
        else
            assert_non_null(strstr(err.message, cases[i].complaint));
        str_finish(&token);
        arena_finish(&arena);
    }
}

static void
paths_are_private_and_differ_by_key_and_address(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct config config;
    struct error err;
    struct paths paths;
    const char *a, *b, *c, *a2;
    assert_true(config_load(&config, write_file("p.conf", "profile a { }", 0600), &arena, &err));
    assert_true(profile_paths(&config.profiles[0], &arena, &paths, &err));
    struct stat info;
    assert_int_equal(stat(paths.profile_dir, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);

    struct profile other = config.profiles[0];
    other.url = "https://other.example.com";
    assert_true(profile_cache_dir(&config.profiles[0], "key1", &arena, &a, &err));
    assert_true(profile_cache_dir(&config.profiles[0], "key1", &arena, &a2, &err));
    assert_true(profile_cache_dir(&config.profiles[0], "key2", &arena, &b, &err));
    assert_true(profile_cache_dir(&other, "key1", &arena, &c, &err));
    assert_string_equal(a, a2);
    assert_string_not_equal(a, b);
    assert_string_not_equal(a, c);
    assert_null(strstr(a, "key1"));
    arena_finish(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_file_gives_the_defaults),
        cmocka_unit_test(a_named_file_must_be_there),
        cmocka_unit_test(every_option_is_read),
        cmocka_unit_test(what_is_printed_reads_back_as_the_same),
        cmocka_unit_test(bindings_are_read_with_their_lines_and_printed_again),
        cmocka_unit_test(a_mistake_is_told_with_its_line),
        cmocka_unit_test(the_key_comes_from_command_file_or_environment),
        cmocka_unit_test(a_github_token_is_read_alike_and_may_be_missing),
        cmocka_unit_test(paths_are_private_and_differ_by_key_and_address),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
