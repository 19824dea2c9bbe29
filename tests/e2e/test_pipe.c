/* An item, or several, as JSON to a command: what it prints is shown, whatever it prints, and it ends when one leaves. */

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

#include "tests/support/demo.h"
#include "tests/support/frozen.h"
#include "tests/support/screen.h"
#include "tests/support/store_objects.h"

static struct arena arena;
static const char *directory;

static int
start(void **state)
{
    frozen_start(state);
    directory = temporary_directory(&arena);
    return setenv("PATH", arena_printf(&arena, "%s:%s", directory, getenv("PATH")), 1);
}

static int
stop(void **state)
{
    temporary_directory_remove(directory);
    arena_finish(&arena);
    frozen_stop(state);
    return 0;
}

/* What `a-command` runs. */
static void
set_command(const char *script)
{
    const char *path = arena_printf(&arena, "%s/a-command", directory);
    (void)unlink(path);
    write_private_file(path, arena_printf(&arena, "#!/bin/sh\n%s\n", script));
    assert_int_equal(chmod(path, 0700), 0);
}

static void
expect_piped(struct screen *screen, const char *said)
{
    screen_type(screen, "|");
    screen_expect(screen, ":pipe ");
    screen_type(screen, "a-command\r");
    screen_expect(screen, "a-command");
    screen_expect(screen, said);
}

static void
back(struct screen *screen, const char *said)
{
    screen_type(screen, "q");
    screen_expect_gone(screen, said);
}

static void
the_item_is_its_standard_input_and_what_it_prints_is_shown(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(120, 40, NULL);
    set_command("cat; echo to whom it may >&2");
    expect_piped(screen, "ended with status 0");
    screen_expect(screen, "\"deduplication_key\":");
    screen_expect(screen, "to whom it may");
    back(screen, "ended with status");
    set_command("printf 'lines: '; wc -l; echo \"1: $1 2: $2\"");
    screen_type(screen, " j j "); /* selected */
    screen_expect(screen, "sel 3 ");
    screen_type(screen, "|\"a-command\" \"with blanks\" plain\r");
    screen_expect(screen, "lines: 3");
    screen_expect(screen, "1: with blanks 2: plain");
    back(screen, "ended with status");
    screen_type(screen, "|");
    screen_expect(screen, ":pipe ");
    screen_type(screen, "\x10"); /* said before */
    screen_expect(screen, "\"with blanks\" plain");
    screen_type(screen, "\x1b");
    screen_expect_gone(screen, ":pipe ");
    screen_leave(screen, "Q");
}

static void
what_it_prints_does_nothing_to_the_terminal(void **state)
{
    size_t len;
    (void)state;
    struct screen *screen = frozen_console(120, 40, NULL);
    screen_record(screen);
    set_command(
        "printf 'one\\033]0;evil title\\007 two\\033[31;5m\\n\\302\\233 thr\\377ee\\r four\\n'");
    expect_piped(screen, "ended with status 0");
    screen_expect(screen, "one");
    screen_expect(screen, "four");
    const char *bytes = screen_recorded(screen, &len);
    assert_null(memmem(bytes, len, "\033]0;evil", 8));
    assert_null(memmem(bytes, len, "\033[31;5m", 7));
    assert_null(memmem(bytes, len, "\302\233", 2));
    screen_leave(screen, "Q");
}

static void
what_goes_wrong_is_said(void **state)
{
    static const struct {
        const char *script, *said;
    } cases[] = {
        {"exit 3", "ended with status 3; it printed nothing"},
        {"kill -9 $$", "ended with status 137"},
        {"echo some; exec head -c 1000000 /dev/zero",
         "printed more than 262144 bytes and was killed"},
        {"seq 20000", "this is the first 64 KiB"},
        {"exec <&-; sleep 0.1", "ended with status 0; it printed nothing"},
    };
    (void)state;
    struct screen *screen = frozen_console(120, 40, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        set_command(cases[i].script);
        screen_type(screen, "|a-command\r");
        screen_expect(screen, cases[i].said);
        back(screen, cases[i].said);
    }
    screen_type(screen, "|no-such-command-here\r");
    screen_expect(screen, "no-such-command-here");
    screen_expect_match(screen, "cannot start 'no-such-command-here'");
    back(screen, "cannot start");
    screen_leave(screen, "Q");
}

static void
it_ends_when_one_leaves(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(120, 40, NULL);
    const char *path = arena_printf(&arena, "%s/pid", directory);
    set_command(
        arena_printf(&arena, "echo $$ >%s.new; mv %s.new %s; exec sleep 1000", path, path, path));
    expect_piped(screen, "it runs; going back ends it");
    FILE *file = NULL;
    int pid = 0;
    for (int i = 0; i < 1000 && !(file = fopen(path, "r")); i++)
        (void)usleep(10000);
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%d", &pid), 1);
    (void)fclose(file);
    (void)unlink(path);
    assert_int_equal(kill(pid, 0), 0);
    back(screen, "it runs");
    assert_int_equal(kill(pid, 0), -1);
    screen_leave(screen, "Q");
}

static void
nothing_is_run_while_it_is_locked(void **state)
{
    (void)state;
    struct screen *screen = frozen_console(120, 40, NULL);
    set_command("echo it ran");
    screen_type(screen, "K");
    screen_expect(screen, "LOCK");
    screen_type(screen, "|");
    screen_expect(screen, "locked: no command is run");
    screen_type(screen, ":pipe a-command\r");
    screen_expect(screen, "locked: no command is run");
    screen_expect_gone(screen, "it ran");
    screen_leave(screen, "Q");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_item_is_its_standard_input_and_what_it_prints_is_shown),
        cmocka_unit_test(what_it_prints_does_nothing_to_the_terminal),
        cmocka_unit_test(what_goes_wrong_is_said),
        cmocka_unit_test(it_ends_when_one_leaves),
        cmocka_unit_test(nothing_is_run_while_it_is_locked),
    };
    return cmocka_run_group_tests_name("pipe", tests, start, stop);
}
