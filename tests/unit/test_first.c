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

#include "config/config.h"
#include "config/file.h"
#include "config/first.h"

static char directory[64];
static struct arena arena;
static struct error err;

static int
make_directory(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/tocsin-test-first-XXXXXX");
    assert_non_null(mkdtemp(directory));
    err = (struct error){0};
    unsetenv("TOCSIN_API_KEY");
    return setenv("XDG_CONFIG_HOME", directory, 1);
}

static int
remove_directory(void **state)
{
    (void)state;
    char command[128];
    arena_finish(&arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", directory); /* ours, and short */
    return system(command);
}

static mode_t
mode_of(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? info.st_mode & 0777 : 0;
}

static const char *
in_directory(const char *name)
{
    return arena_printf(&arena, "%s/tocsin/%s", directory, name);
}

static void
three_answers_become_a_file_that_reads_back_as_they_were(void **state)
{
    (void)state;
    static const char *const schedules[] = {"data responder", "it's \\ odd", NULL};
    const struct first_answers answers = {"https://api.example.com", TOKEN_TYPED, "inc_secret",
                                          "o'neill@example.com", schedules};
    struct config config;
    struct str token;
    const char *written;
    str_init(&token, 4096);
    if (!config_write_first(&answers, NULL, &arena, &written, &err))
        fail_msg("%s", err.message);
    assert_string_equal(written, in_directory("tocsin.conf"));
    assert_int_equal(mode_of(written), 0600);
    assert_int_equal(mode_of(in_directory("key")), 0600);
    assert_int_equal(mode_of(in_directory("")), 0700);
    assert_true(access(in_directory("tocsin.conf.draft"), F_OK) != 0);
    assert_true(access(in_directory("key.draft"), F_OK) != 0);

    assert_true(config_load(&config, NULL, &arena, &err));
    const struct profile *profile = &config.profiles[0];
    assert_string_equal(profile->url, answers.url);
    assert_string_equal(profile->me, answers.me);
    assert_string_equal(profile->schedules[0], schedules[0]);
    assert_string_equal(profile->schedules[1], schedules[1]);
    assert_true(profile_token(profile, &token, &err));
    assert_string_equal(str_text(&token), "inc_secret");
    str_finish(&token);
}

static void
a_command_is_kept_as_its_words_and_a_file_by_its_path(void **state)
{
    (void)state;
    struct first_answers answers = {.url = "unix:/run/hub",
                                    .source = TOKEN_COMMAND,
                                    .token = "  pass  show incident.io ",
                                    .me = ""};
    struct config config;
    const char *draft;
    assert_true(config_write_draft(&answers, NULL, &arena, &draft, &err));
    assert_true(config_load(&config, draft, &arena, &err));
    assert_string_equal(config.profiles[0].token_command[1], "show");
    assert_string_equal(config.profiles[0].token_command[2], "incident.io");
    assert_null(config.profiles[0].token_command[3]);

    answers.source = TOKEN_FILE;
    answers.token = "~/key file";
    assert_true(config_write_draft(&answers, NULL, &arena, &draft, &err)); /* replaces the other */
    assert_true(config_load(&config, draft, &arena, &err));
    assert_string_equal(config.profiles[0].token_file, "~/key file");
    config_remove_draft(NULL, &arena);
    assert_true(access(draft, F_OK) != 0);
}

static void
a_file_or_key_that_is_there_is_never_written_over(void **state)
{
    (void)state;
    const struct first_answers answers = {"https://api.example.com", TOKEN_TYPED, "inc_x", "",
                                          NULL};
    const char *written;
    assert_true(directory_make(in_directory(""), &err));
    FILE *file = fopen(in_directory("tocsin.conf"), "w");
    assert_non_null(file);
    assert_true(fputs("# mine\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_false(config_write_first(&answers, NULL, &arena, &written, &err));
    assert_non_null(strstr(err.message, "there is one already"));
    assert_true(access(in_directory("key"), F_OK) != 0); /* nothing half done stays */
    assert_true(access(in_directory("key.draft"), F_OK) != 0);

    assert_int_equal(rename(in_directory("tocsin.conf"), in_directory("key")), 0);
    assert_false(config_write_first(&answers, NULL, &arena, &written, &err));
    assert_non_null(strstr(err.message, "/key': there is one already"));
    assert_true(access(in_directory("tocsin.conf"), F_OK) != 0);
}

static void
answers_that_tocsin_would_not_take_leave_nothing(void **state)
{
    (void)state;
    static const struct {
        struct first_answers answers;
        const char *said;
    } cases[] = {
        {{"ftp://x", TOKEN_TYPED, "k", "", NULL}, "expected https://HOST"},
        {{"http://example.com", TOKEN_TYPED, "k", "", NULL}, "would send the key unencrypted"},
        {{"https://example.com", TOKEN_TYPED, "", "", NULL}, "there is no API key"},
    };
    const char *draft;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(config_write_draft(&cases[i].answers, NULL, &arena, &draft, &err));
        if (!strstr(err.message, cases[i].said))
            fail_msg("said '%s'", err.message);
        assert_true(access(draft, F_OK) != 0);
        assert_true(access(in_directory("key.draft"), F_OK) != 0);
    }
    assert_non_null(strstr(config_complaint("url", "ftp://x"), "expected https://HOST"));
    assert_null(config_complaint("url", "https://x"));
    assert_non_null(config_complaint("timezone", "Mars/Olympus"));
    assert_non_null(config_complaint("no_such", "x"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(three_answers_become_a_file_that_reads_back_as_they_were,
                                        make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(a_command_is_kept_as_its_words_and_a_file_by_its_path,
                                        make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(a_file_or_key_that_is_there_is_never_written_over,
                                        make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(answers_that_tocsin_would_not_take_leave_nothing,
                                        make_directory, remove_directory),
    };
    return cmocka_run_group_tests_name("first", tests, NULL, NULL);
}
