/*
 * Slack by keys, on the demo's look-alike of it: what is said in an incident's channel is on its timeline, and what is answered from
 * there arrives once, where it belongs, with the name of who wrote it.
 */

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "demo/look_alike.h"
#include "tests/support/demo.h"
#include "tests/support/hub_process.h"
#include "tests/support/program.h"
#include "tests/support/screen.h"

enum { LOOKS = 1500, LOOK_EVERY_US = 20000 };

static struct demo demo;
static struct home home;
static struct http_client *client;
static struct arena arena;

/* An open incident in whose channel something was said. */
static const char *reference, *channel;

static const char *
said_in(const char *path)
{
    return http_client_get(client, arena_printf(&arena, LOOK_ALIKE_SLACK "/%s", path),
                           demo.viewer_key, &arena)
        .body;
}

static const char *
history(void)
{
    return said_in(arena_printf(&arena, "conversations.history?channel=%s", channel));
}

static int
times(const char *text, const char *part)
{
    int count = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        count++;
    return count;
}

static void
wait_until_said(const char *path, const char *text)
{
    for (int i = 0; i < LOOKS; i++) {
        if (strstr(said_in(path), text))
            return;
        (void)usleep(LOOK_EVERY_US);
    }
    fail_msg("'%s' was not said: %s", text, said_in(path));
}

static void
run(const char *const *arguments, struct program *program)
{
    program_run(program, "tocsin", arguments, home.env);
    program_expect_status(program, 0);
}

static const char *
first_line(const char *const *arguments)
{
    struct program program;
    run(arguments, &program);
    const char *text = str_text(&program.out);
    const char *line = arena_text_len(&arena, text, strcspn(text, "\n"));
    program_finish(&program);
    return line;
}

static void
find_incident(void)
{
    static const char *const list[] = {
        "list",
        "incidents",
        "--json",
        "--jq",
        "[.[] | select(.incident_status.category == \"live\" and .slack_channel_id != null)] | "
        "sort_by(.created_at) | .[] | .reference + \" \" + .slack_channel_id",
        NULL};
    const char *line = first_line(list);
    const char *space = strchr(line, ' ');
    if (!space)
        fail_msg("no open incident has a channel: '%s'", line);
    reference = arena_text_len(&arena, line, (size_t)(space - line));
    channel = arena_text(&arena, space + 1);
}

static int
start(void **state)
{
    static const char *const still[] = {"--speed", "0", NULL};
    static const char *const once[] = {"sync", "--once", "-q", NULL};
    struct program program;
    (void)state;
    demo_start(&demo, still);
    home_create(&home, demo.url, demo.editor_key);
    client = http_client_create(demo.url);
    const char *token = arena_printf(&arena, "%s/config/tocsin/slack", home.root);
    write_private_file(token, demo.viewer_key);
    home_configure(&home, demo.url,
                   arena_printf(&arena,
                                "me = \"ines.caballero@brindlecart.example\"\nbudget = 1\n"
                                "slack_url = \"%s" LOOK_ALIKE_SLACK "\"\n"
                                "slack_token_file = \"%s\"\n",
                                demo.url, token));
    run(once, &program);
    program_finish(&program);
    find_incident();
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    http_client_destroy(client);
    home_destroy(&home);
    demo_stop(&demo);
    arena_finish(&arena);
    return 0;
}

static bool
shows(struct screen *screen, void *text)
{
    return screen_find(screen, text, NULL, NULL);
}

/* On the incident's timeline, narrowed to what has this text. */
static struct screen *
open_timeline(const char *text)
{
    static char program[PATH_MAX];
    const char *const argv[] = {program_path("tocsin", program, sizeof program), NULL};
    struct screen *screen = screen_start(120, 40, argv, home.env);
    screen_expect(screen, "1 Alerts");
    screen_expect(screen, "live 0s");
    screen_type(screen, "2");
    const char *title = arena_printf(&arena, "2 Timeline %s ", reference);
    for (int i = 0; i < 20 && !screen_wait(screen, shows, (void *)(uintptr_t)title, 500); i++)
        screen_type(screen, "]");
    screen_expect(screen, title);
    screen_type(screen, arena_printf(&arena, "z/\x15%s\r", text));
    return screen;
}

/* ---- tests ---- */

static void
what_is_said_in_the_channel_is_on_the_timeline(void **state)
{
    struct program program;
    (void)state;
    const char *const list[] = {"list", "timeline", reference, "--limit", "0", NULL};
    run(list, &program);
    program_expect_out(&program, "is this known?");
    program_expect_out(&program, "known, and being looked at");
    program_finish(&program);
    struct screen *screen = open_timeline("\"is this known\"");
    screen_expect_match(screen, "slack .*our dashboard looks wrong");
    screen_type(screen, "\r");
    screen_expect(screen, "https://brindlecart.slack.example/archives/");
    screen_leave(screen, "Q");
}

static void
a_reply_goes_into_the_thread_of_the_message_under_the_cursor(void **state)
{
    (void)state;
    struct screen *screen = open_timeline("\"is this known\"");
    screen_expect_match(screen, "slack .*our dashboard looks wrong");
    screen_type(screen, "gW");
    screen_expect(screen, "Reply to");
    char half[49] = "";
    for (int c = ' ' + 1; c <= '~'; c++) {
        const size_t at = strlen(half);
        half[at] = (char)c;
        half[at + 1] = '\0';
        if (at + 1 < 47)
            continue;
        screen_type(screen, half);
        screen_expect(screen, half);
        screen_type(screen, "\x15");
        *half = '\0';
    }
    screen_type(screen, "the reload has <begun> & \"ends\" soon, wombat\r");
    screen_expect(screen, "queued: reply in Slack to");
    const char *history_text = history();
    const char *ts = "";
    for (int i = 0; !*ts; i++) {
        const char *text =
            json_text_at(&arena, history_text, arena_printf(&arena, "messages.%d.text", i));
        assert_string_not_equal(text, "");
        if (strstr(text, "is this known"))
            ts = json_text_at(&arena, history_text, arena_printf(&arena, "messages.%d.ts", i));
    }
    const char *thread =
        arena_printf(&arena, "conversations.replies?channel=%s&ts=%s", channel, ts);
    wait_until_said(thread, "wombat");
    screen_type(screen, "/\x15wombat\r");
    screen_expect_match(screen,
                        "In\u00e9s +slack +Reply: the reload has <begun> & \"ends\" soon, wombat");
    screen_leave(screen, "Q");
    /* As Slack wants it, and nobody is called by what looks like a mention. */
    const char *text = said_in(thread);
    assert_int_equal(times(text, "wombat"), 1);
    assert_non_null(strstr(text, "&lt;begun&gt; &amp;"));
    assert_non_null(strstr(text, "Caballero"));
    assert_null(strstr(history(), "wombat"));
}

static void
what_is_taken_back_in_time_is_not_said(void **state)
{
    (void)state;
    struct screen *screen = open_timeline("none");
    screen_type(screen, ":reply the first narwhal\r");
    screen_expect(screen, "queued: reply in Slack to");
    screen_type(screen, "u");
    screen_expect(screen, "taken back");
    screen_type(screen, ":reply the second narwhal\r");
    screen_expect(screen, "queued: reply in Slack to");
    wait_until_said(arena_printf(&arena, "conversations.history?channel=%s", channel),
                    "second narwhal");
    screen_leave(screen, "Q");
    assert_null(strstr(history(), "first narwhal"));
}

static void
a_script_replies_too(void **state)
{
    static const char *const outbox[] = {"list", "outbox", "--json", NULL};
    struct program program;
    (void)state;
    const char *const reply[] = {"do", "reply", reference, "from a script, ocelot", NULL};
    run(reply, &program);
    program_finish(&program);
    assert_int_equal(times(history(), "ocelot"), 1);
    run(outbox, &program);
    assert_null(strstr(str_text(&program.out), demo.viewer_key));
    program_finish(&program);
}

static void
without_a_token_it_says_what_to_set(void **state)
{
    struct program program;
    struct home bare;
    (void)state;
    home_create(&bare, demo.url, demo.editor_key);
    static const char *const once[] = {"sync", "--once", "-q", NULL};
    program_run(&program, "tocsin", once, bare.env);
    program_expect_status(&program, 0);
    program_finish(&program);
    const char *const reply[] = {"do", "reply", reference, "unheard", NULL};
    program_run(&program, "tocsin", reply, bare.env);
    assert_int_not_equal(program.status, 0);
    program_expect_err(&program, "set slack_token_command or slack_token_file");
    program_finish(&program);
    assert_null(strstr(history(), "unheard"));
    home_destroy(&bare);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_in_the_channel_is_on_the_timeline),
        cmocka_unit_test(a_reply_goes_into_the_thread_of_the_message_under_the_cursor),
        cmocka_unit_test(what_is_taken_back_in_time_is_not_said),
        cmocka_unit_test(a_script_replies_too),
        cmocka_unit_test(without_a_token_it_says_what_to_set),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
