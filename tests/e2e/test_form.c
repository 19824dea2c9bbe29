/* Forms, drafts and the editor, in the console on a real hub: what is typed is sent once, or is there the next time. */

#include <limits.h>
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
#include "tests/support/fault_proxy.h"
#include "tests/support/hub_process.h"
#include "tests/support/hub_world.h"
#include "tests/support/program.h"
#include "tests/support/screen.h"
#include "tests/support/store_objects.h"

enum { LOOKS = 1500, LOOK_EVERY_US = 20000 };

static const char *const editor[] = {
    "@U1", "viewer", "incident_creator", "incident_editor", "on_call_editor", "schedules_reader",
    NULL};
static const char *const *const roles[] = {editor};

static struct hub_process hub;
static struct hub_options hub_options;
static struct fault_proxy *proxy;
static struct home home;
static struct arena arena;
static const char *directory;

static void
fill(struct hub *of, struct arena *with)
{
    static const char *const statuses[][2] = {
        {"Investigating", "live"}, {"Fixing", "live"}, {"Closed", "closed"}};
    hub_world_fill(of, with);
    for (int i = 0; i < 3; i++)
        hub_put(of, KIND_INCIDENT_STATUS,
                arena_printf(with,
                             "{\"id\":\"ST%d\",\"name\":\"%s\",\"category\":\"%s\",\"rank\":%d,"
                             "\"description\":\"\",\"created_at\":\"2026-01-01T00:00:00Z\","
                             "\"updated_at\":\"2026-01-01T00:00:00Z\"}",
                             i, statuses[i][0], statuses[i][1], i),
                with);
}

static int
set_up(void **state)
{
    (void)state;
    static const char *const once[] = {"sync", "--once", "-q", NULL};
    struct program program;
    directory = temporary_directory(&arena);
    assert_int_equal(setenv("PATH", arena_printf(&arena, "%s:%s", directory, getenv("PATH")), 1),
                     0);
    assert_int_equal(setenv("VISUAL", "an-editor --wait", 1), 0);
    hub_options = (struct hub_options){.database = arena_printf(&arena, "%s/hub.db", directory),
                                       .listen = "127.0.0.1:0",
                                       .limits = {.per_key = 1000000, .incidents = 1000000}};
    hub_process_start(&hub, &hub_options, fill, roles, 1);
    proxy = fault_proxy_start(hub.port);
    home_create(&home, fault_proxy_url(proxy), hub.keys[0]);
    home_configure(&home, fault_proxy_url(proxy),
                   "me = \"u1@example.com\"\nhistory = 4000d\nbudget = 1\n");
    program_run(&program, "tocsin-sync", once, home.env);
    program_expect_status(&program, 0);
    program_finish(&program);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    fault_proxy_stop(proxy);
    hub_process_stop(&hub);
    home_destroy(&home);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}

static struct screen *
open_console(const char *option)
{
    static char program[PATH_MAX];
    const char *const argv[] = {program_path("tocsin", program, sizeof program), "console", option,
                                NULL};
    struct screen *screen = screen_start(120, 40, argv, home.env);
    screen_expect(screen, "1 Alerts");
    screen_expect(screen, "INC-2");
    return screen;
}

static const char *
read_back(const char *path)
{
    return hub_ask(&hub, &arena, hub.keys[0], "GET", path, NULL).body;
}

static void
wait_for(const char *path, const char *part)
{
    for (int i = 0; i < LOOKS; i++) {
        if (strstr(read_back(path), part))
            return;
        (void)usleep(LOOK_EVERY_US);
    }
    fail_msg("'%s' is not in '%s': %s", part, path, read_back(path));
}

#define TIMELINE "/v2/incident_timeline_items?incident_id=I2&page_size=50"

static void
expect_sent(struct screen *screen)
{
    screen_expect(screen, "out 0 ");
}

/* Back to the panes, out of a form that is empty then. */
static void
clear_and_leave(struct screen *screen, int fields)
{
    for (int i = 0; i < fields; i++)
        screen_type(screen, "\x15\t");
    screen_type(screen, "\x1b");
    screen_expect_gone(screen, "Ctrl-O editor");
}

/* ---- filled in ---- */

static void
a_form_asks_for_all_in_one_and_sends_it(void **state)
{
    (void)state;
    struct screen *screen = open_console(NULL);
    screen_type(screen, "2S");
    screen_expect(screen, "Update of INC-2");
    screen_expect_match(screen, "Severity +stays as it is");
    screen_type(screen, "Nonsense\tS3\tOn it\r");
    screen_expect_match(screen, "Status: Nonsense$"); /* at its field; the form stays */
    screen_expect(screen, "  there is no status 'Nonsense'; there are Investigating");
    screen_expect_match(screen, "Message +On it");
    screen_type(screen, "\t\x1b[Z\x15"); /* to the next one, and back */
    screen_expect(screen, "Investigating  live");
    screen_type(screen, "F");
    screen_expect_gone(screen, "Investigating  live");
    screen_type(screen, "\x1bOB"); /* chosen from what there is */
    screen_expect(screen, "Status: Fixing");
    screen_type(screen, "\r\r\r");
    screen_expect_match(screen, "Set status Fixing, severity S3 of 'INC-2 ");
    screen_type(screen, "\x1b"); /* behind the question the form is still there */
    screen_expect_gone(screen, "Send this?");
    screen_expect(screen, "Message: On it");
    screen_type(screen, "\r");
    screen_expect(screen, "type S3");
    screen_type(screen, "S3\r");
    screen_expect(screen, "queued: set status Fixing, severity S3");
    expect_sent(screen);
    wait_for(TIMELINE, "\"title\":\"On it\"");
    wait_for("/v2/incidents/I2", "\"name\":\"Fixing\"");
    screen_type(screen, "S");
    screen_expect(screen, "Update of INC-2");
    screen_expect_no_match(screen, "draft of"); /* it went with the write */
    clear_and_leave(screen, 3);
    screen_type(screen, "1i");
    screen_expect(screen, "Declare from");
    screen_type(screen, "\tAll is late\r");
    screen_expect(screen, "Declare 'All is late'?");
    screen_type(screen, "n");
    screen_expect(screen, "Name: All is late");
    clear_and_leave(screen, 2);
    screen_leave(screen, "q");
}

/* Looks like the argument's own words, and is text. */
static void
a_message_is_what_was_typed(void **state)
{
    (void)state;
    struct screen *screen = open_console(NULL);
    static const char *const messages[] = {"status=up to you", "\\\"quoted\\\" it is",
                                           "-- as mail has it"};
    static const char *const typed[] = {"status=up to you", "\"quoted\" it is",
                                        "-- as mail has it"};
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        screen_type(screen, "2S\t\t");
        screen_type(screen, arena_printf(&arena, "%s\r", typed[i]));
        screen_expect(screen, "Tell about 'INC-2");
        screen_type(screen, "y");
        screen_expect(screen, "queued: tell about");
    }
    expect_sent(screen);
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
        wait_for(TIMELINE, arena_printf(&arena, "\"title\":\"%s\"", messages[i]));
    screen_leave(screen, "q");
}

/* ---- ux: every printable byte reaches the field ---- */

static void
expect_bytes(struct screen *screen, const char *label)
{
    char text[2] = "";
    for (char byte = ' ' + 1; byte < 127; byte++) {
        *text = byte;
        screen_type(screen, text);
        screen_expect(screen, arena_printf(&arena, "%s%s", label, text));
        screen_type(screen, "\x15");
    }
    screen_type(screen, "a b");
    screen_expect(screen, arena_printf(&arena, "%sa b", label));
    screen_type(screen, "\x15");
}

static void
every_printable_byte_reaches_every_text_field(void **state)
{
    (void)state;
    struct screen *screen = open_console(NULL);
    screen_type(screen, "2S");
    expect_bytes(screen, "Status: ");
    screen_type(screen, "\t");
    expect_bytes(screen, "Severity: ");
    screen_type(screen, "\t");
    expect_bytes(screen, "Message: ");
    clear_and_leave(screen, 3);
    screen_type(screen, "1n");
    expect_bytes(screen, "Text: ");
    clear_and_leave(screen, 1);
    screen_type(screen, "i");
    expect_bytes(screen, "Severity: ");
    screen_type(screen, "\t");
    expect_bytes(screen, "Name: ");
    clear_and_leave(screen, 2);
    screen_type(screen, "E");
    screen_expect(screen, ":escalate ");
    screen_type(screen, "Ben\r"); /* asks for the name to be typed */
    screen_expect(screen, "type Ben");
    expect_bytes(screen, " ? ");
    screen_type(screen, "\x1b");
    screen_expect_gone(screen, "type Ben");
    fault_proxy_set(proxy, "POST /", FAULT_DROP, 0, 0);
    screen_type(screen, "1nnot yet\r");
    screen_expect(screen, "queued: note on");
    screen_type(screen, "@");
    screen_expect(screen, "Sending and asking");
    screen_expect_match(screen, "queued .*note on");
    for (int i = 0; i < 8 && !screen_has_match(screen, ">queued .*note on"); i++) {
        screen_type(screen, "j");
        screen_settle(screen, 50);
    }
    screen_type(screen, "e"); /* what waits, said in another way */
    screen_expect(screen, "> not yet");
    screen_type(screen, "\x15");
    expect_bytes(screen, "> ");
    screen_type(screen, "\x1b");
    screen_expect(screen, "x take back");
    screen_type(screen, "x");
    screen_expect(screen, "taken back");
    screen_type(screen, "q");
    screen_expect_gone(screen, "Sending and asking");
    fault_proxy_clear(proxy);
    static const char *const lines[][2] = {{":", " :"}, {"/", " /"}, {"\x06", "search "}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        screen_type(screen, lines[i][0]);
        expect_bytes(screen, lines[i][1]);
        screen_type(screen, "\x1b");
        screen_expect(screen, "/ filter"); /* the panes' own footer */
    }
    screen_leave(screen, "Q");
}

/* ---- drafts ---- */

static void
what_is_not_sent_is_there_the_next_time(void **state)
{
    (void)state;
    struct screen *screen = open_console(NULL);
    screen_type(screen, "2S\t\thalf a thou");
    screen_expect(screen, "Message: half a thou");
    screen_type(screen, "\x1b");
    screen_expect(screen, "the draft is kept: S opens it again");
    screen_type(screen, "S");
    screen_expect_match(screen, "Message +half a thou");
    screen_expect_match(screen, "draft of [0-9]+:[0-9]+; Ctrl-U clears a field");
    screen_type(screen, "\x1b");
    screen_expect(screen, "the draft is kept");
    screen_type(screen, "1n"); /* that of another item is another */
    screen_expect(screen, "Note on Model");
    screen_expect_no_match(screen, "half a thou|draft of");
    screen_type(screen, "\x1b");
    screen_expect_gone(screen, "Note on Model");
    screen_type(screen, "q");
    screen_expect(screen, "A draft is not sent; it is kept. Leave?");
    screen_type(screen, "n");
    screen_expect_gone(screen, "Leave?");
    screen_type(screen, "q");
    screen_expect(screen, "Leave?");
    screen_leave(screen, "y");

    screen = open_console(NULL);
    screen_type(screen, "2S");
    screen_expect_match(screen, "Message +half a thou");
    screen_type(screen, "\t\tght");
    screen_expect(screen, "Message: half a thought");
    screen_settle(screen, 600); /* it is written behind the frame */
    assert_int_equal(kill(screen_pid(screen), SIGKILL), 0);
    assert_int_equal(screen_expect_exit(screen), 128 + SIGKILL);
    screen_stop(screen);

    screen = open_console(NULL);
    screen_type(screen, "2S");
    screen_expect_match(screen, "Message +half a thought");
    screen_type(screen, "\t\t, and a wh");
    screen_expect(screen, "thought, and a wh");
    screen_hang_up(screen); /* at once */
    (void)screen_expect_exit(screen);
    screen_stop(screen);

    screen = open_console(NULL);
    screen_type(screen, "2S");
    screen_expect_match(screen, "Message +half a thought, and a wh");
    clear_and_leave(screen, 3);
    screen_leave(screen, "q"); /* there is no draft any more: it does not ask */
}

/* ---- the editor ---- */

/* A script in place of an editor. "": there is none. */
static void
set_editor(const char *script)
{
    const char *path = arena_printf(&arena, "%s/an-editor", directory);
    (void)unlink(path);
    if (*script) {
        write_private_file(path, arena_printf(&arena, "#!/bin/sh\n%s\n", script));
        assert_int_equal(chmod(path, 0700), 0);
    }
}

static int
files_left(void)
{
    const char *path = arena_printf(&arena, "find %s -name 'text-*.md' | wc -l", home.root);
    FILE *out = popen(path, "r");
    int count = -1;
    assert_non_null(out);
    assert_int_equal(fscanf(out, "%d", &count), 1);
    assert_int_equal(pclose(out), 0);
    return count;
}

static void
an_editor_writes_the_long_field(void **state)
{
    (void)state;
    const char *seen = arena_printf(&arena, "%s/seen", directory);
    set_editor(
        arena_printf(&arena,
                     "[ \"$1\" = --wait ] || exit 9\nstat -c %%a \"$2\" >%s; cat \"$2\" >>%s\n"
                     "printf 'a first line\\n# not this\\n\\n  indented \\033[31m\\n' >\"$2\"",
                     seen, seen));
    struct screen *screen = open_console(NULL);
    screen_type(screen, "2S\t\tso far\x0f");
    screen_expect(screen, "Message: a first line\xe2\x86\xb5\xe2\x86\xb5  indented");
    assert_int_equal(files_left(), 0);
    FILE *file = fopen(seen, "r");
    char line[200] = "";
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "600\n");
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "so far\n");
    (void)fclose(file);
    screen_type(screen, "\r");
    screen_expect(screen, "Tell about 'INC-2");
    screen_type(screen, "y");
    screen_expect(screen, "queued: tell about");

    set_editor("printf 'by e' >\"$2\""); /* by its own key, and from the palette's line */
    screen_type(screen, "1e");
    screen_expect(screen, "Note on Model");
    screen_expect(screen, "Text: by e");
    clear_and_leave(screen, 1);
    set_editor("printf ' and more' >>\"$2\"; sed -i '/^#/d' \"$2\"");
    screen_type(screen, ":note begun\x0f");
    screen_expect(screen, "Text: begun");
    screen_expect(screen, "and more");
    clear_and_leave(screen, 1);
    screen_leave(screen, "q");
}

static void
an_editor_that_fails_takes_nothing(void **state)
{
    static const struct {
        const char *script, *said;
    } cases[] = {
        {"exit 0", "unchanged: nothing is taken"},
        {": >\"$2\"", "empty: nothing is taken"},
        {"printf '# only this\\n' >\"$2\"", "empty: nothing is taken"},
        {"exit 1", "ended with status 1: nothing is taken"},
        {"kill -9 $$", "was ended by signal 9: nothing is taken"},
        {"rm \"$2\"", "cannot read "},
        {"head -c 70000 /dev/zero | tr '\\0' x >\"$2\"", "more than 65536 bytes are in "},
        {"", "cannot start "},
    };
    (void)state;
    set_editor("exit 0");
    struct screen *screen = open_console(NULL);
    screen_type(screen, "2S\t\tkept");
    screen_expect(screen, "Message: kept");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        set_editor(cases[i].script);
        screen_type(screen, "\x0f");
        screen_expect(screen, cases[i].said);
        screen_expect(screen, "Message: kept");
        screen_type(screen, "!\x7f"); /* what is typed takes the sentence away */
        screen_expect_gone(screen, cases[i].said);
    }
    set_editor("printf 'was saved' >\"$2\"; kill -9 $$");
    screen_type(screen, "\x0f");
    screen_expect(screen, "this is what it had written");
    screen_expect(screen, "Message: was saved");
    set_editor(
        "printf x >>\"$2\"; while :; do sleep 1; done"); /* the terminal goes away under it */
    screen_type(screen, "\x0f");
    screen_expect_gone(screen, "1 Alerts");
    screen_hang_up(screen);
    (void)screen_expect_exit(screen);
    screen_stop(screen);
    set_editor("");
    screen = open_console(NULL);
    screen_type(screen, "2S");
    screen_expect(screen, "was saved");
    clear_and_leave(screen, 3);
    screen_leave(screen, "q");
}

/* ---- refused ---- */

#define REFUSAL(field, message)                                                                    \
    "{\"type\":\"validation_error\",\"status\":422,\"request_id\":\"r1\",\"errors\":[{\"code\":"   \
    "\"invalid_value\",\"message\":\"" message "\",\"source\":{\"field\":\"" field "\"}}]}"

static void
refuse(const char *path, const char *body)
{
    fault_proxy_answer(proxy, path,
                       arena_printf(&arena,
                                    "HTTP/1.1 422 Unprocessable Entity\r\nContent-Type: "
                                    "application/json\r\nContent-Length: %zu\r\n\r\n%s",
                                    strlen(body), body));
}

static void
what_was_refused_is_here_again_with_the_sentence_at_its_field(void **state)
{
    (void)state;
    struct screen *screen = open_console(NULL);
    refuse("POST /v2/incidents/I2/actions/edit",
           REFUSAL("incident.severity_id", "only a manager may say so."));
    refuse("POST /v1/alert_notes", REFUSAL("", "Notes are closed."));
    screen_type(screen, "1nmy note\r");
    screen_expect(screen, "queued: note on");
    screen_type(screen, "2S\tS2\tworse than we thought\r");
    screen_expect(screen, "Set severity S2 of");
    screen_type(screen, "y");
    screen_expect(screen, "queued: set severity S2");
    screen_expect(screen, "not sent: set severity S2");
    fault_proxy_clear(proxy);
    screen_type(screen, "S");
    screen_expect(screen, "Severity: S2"); /* the field it is about has the keys */
    screen_expect_match(screen, "severity_id: only a manager may say so");
    screen_expect_match(screen, "Message +worse than we thought");
    screen_type(screen, "\x15S1\r\r");
    screen_expect(screen, "Set severity S1 of");
    screen_type(screen, "y");
    screen_expect(screen, "queued: set severity S1");
    screen_type(screen, "S");
    screen_expect(screen, "Update of INC-2");
    screen_expect_no_match(screen, "manager|Message +worse than we thought");
    clear_and_leave(screen, 3);
    screen_type(screen, "1n");
    screen_expect(screen, "Text: my note");
    screen_expect(screen, "Notes are closed");
    screen_type(screen, " after all\r");
    screen_expect(screen, "queued: note on");
    expect_sent(screen); /* what was refused was taken back: nothing is stuck */
    wait_for(TIMELINE, "worse than we thought");
    wait_for("/v2/incidents/I2", "\"id\":\"SEV1\"");
    wait_for("/v1/alert_notes?alert_id=A58&page_size=50", "my note after all");
    wait_for(TIMELINE, "\"title\":\"a first line\""); /* what the editor wrote */
    wait_for(TIMELINE, "\"description\":\"\\n  indented\"");
    screen_leave(screen, "q");
}

/* ---- who may not ---- */

static void
a_session_that_only_reads_opens_none(void **state)
{
    (void)state;
    set_editor("printf x >\"$2\"");
    struct screen *screen = open_console("--read-only");
    for (const char *key = "2S1n1i1e"; *key; key += 2) {
        screen_type(screen, arena_printf(&arena, "%.2s", key));
        screen_expect(screen, "read-only: not sent");
        screen_type(screen, "g");
        screen_expect_gone(screen, "read-only: not sent");
    }
    screen_leave(screen, "q");
    screen = open_console(NULL);
    screen_type(screen, "K");
    screen_expect(screen, "LOCK");
    for (const char *key = "2S1n1i1e"; *key; key += 2) {
        screen_type(screen, arena_printf(&arena, "%.2s", key));
        screen_expect(screen, "read-only: not sent");
        screen_type(screen, "g");
        screen_expect_gone(screen, "read-only: not sent");
    }
    screen_leave(screen, "q");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_asks_for_all_in_one_and_sends_it),
        cmocka_unit_test(a_message_is_what_was_typed),
        cmocka_unit_test(every_printable_byte_reaches_every_text_field),
        cmocka_unit_test(what_is_not_sent_is_there_the_next_time),
        cmocka_unit_test(an_editor_writes_the_long_field),
        cmocka_unit_test(an_editor_that_fails_takes_nothing),
        cmocka_unit_test(what_was_refused_is_here_again_with_the_sentence_at_its_field),
        cmocka_unit_test(a_session_that_only_reads_opens_none),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
