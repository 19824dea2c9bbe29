/* The temporary home of the console's tests. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/config.h"
#include "tests/support/demo.h"

static void
a_home_has_a_configuration_that_is_read_and_leaves_nothing_behind(void **state)
{
    (void)state;
    struct home home;
    struct arena arena = {0};
    struct config config;
    struct error err = {0};
    const struct profile *profile = NULL;
    struct str token;
    home_create(&home, "http://127.0.0.1:12345", "a-key");
    if (!config_load(&config, home.config, &arena, &err) ||
        !config_profile(&config, NULL, &profile, &err))
        fail_msg("%s", err.message);
    assert_string_equal(profile->url, "http://127.0.0.1:12345");
    str_init(&token, 200);
    if (!profile_token(profile, &token, &err))
        fail_msg("%s", err.message);
    assert_string_equal(str_text(&token), "a-key");
    str_finish(&token);
    arena_finish(&arena);

    assert_memory_equal(home.env[0], "XDG_CONFIG_HOME=/", 17);
    assert_non_null(strstr(home.env[0], "/tocsin-home-"));
    assert_null(home.env[6]);
    char root[sizeof home.root];
    memcpy(root, home.root, sizeof root);
    home_destroy(&home);
    assert_int_equal(access(root, F_OK), -1);
    home_destroy(&home);
}

static void
programs_are_found_beside_the_test(void **state)
{
    (void)state;
    char path[4096];
    assert_int_equal(access(program_path("libtocsin.a", path, sizeof path), R_OK), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_home_has_a_configuration_that_is_read_and_leaves_nothing_behind),
        cmocka_unit_test(programs_are_found_beside_the_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
