#include "tests/support/story.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/http_client.h"
#include "tests/support/hub_process.h"
#include "tests/support/program.h"
#include "tests/support/store_objects.h"

enum { LOOKS = 3000, LOOK_EVERY_US = 20000 };

struct demo story_demo;
struct arena story_arena;
static struct http_client *client;
static const char *place,
    *directory; /* the demo's TMPDIR, and what it made there: with its database */

void
story_start(void)
{
    static const char *const options[] = {"--speed", "0", NULL};
    glob_t found;
    const char *outer = getenv("TMPDIR");
    outer = arena_text(&story_arena, outer ? outer : "/tmp");
    place = temporary_directory(&story_arena);
    assert_int_equal(setenv("TMPDIR", place, 1), 0);
    demo_start(&story_demo, options);
    assert_int_equal(setenv("TMPDIR", outer, 1), 0);
    client = http_client_create(story_demo.url);
    assert_int_equal(glob(arena_printf(&story_arena, "%s/tocsin-demo-*", place), 0, NULL, &found),
                     0);
    assert_int_equal(found.gl_pathc, 1);
    directory = arena_text(&story_arena, found.gl_pathv[0]);
    globfree(&found);
}

void
story_stop(void)
{
    http_client_destroy(client);
    demo_stop(&story_demo);
    temporary_directory_remove(place);
    arena_finish(&story_arena);
}

const char *
story_get(const char *path)
{
    struct http_answer answer = http_client_get(client, path, story_demo.viewer_key, &story_arena);
    if (answer.status != 200)
        fail_msg("'%s': %d %s", path, answer.status, answer.body);
    return answer.body;
}

const char *
story_text(const char *path, const char *at)
{
    return json_text_at(&story_arena, story_get(path), at);
}

const char *
story_wait(const char *path, const char *at, const char *value)
{
    const char *text = "";
    for (int i = 0; i < LOOKS; i++) {
        text = story_text(path, at);
        if (*value ? strcmp(text, value) == 0 : *text != '\0')
            return text;
        (void)usleep(LOOK_EVERY_US);
    }
    fail_msg("'%s' of '%s' is '%s', not '%s'", at, path, text, value);
    return "";
}

void
story_expect_text(const char *path, const char *at, const char *value)
{
    const char *text = story_text(path, at);
    if (strcmp(text, value) != 0)
        fail_msg("'%s' of '%s' is '%s', not '%s'", at, path, text, value);
}

void
story_expect_once(const char *path, const char *part)
{
    const char *text = story_get(path), *at = strstr(text, part);
    if (!at || strstr(at + 1, part))
        fail_msg("%s is not once in '%s': %s", part, path, text);
}

void
story_send_event(const char *title, const char *status)
{
    const char *const headers[] = {
        arena_printf(&story_arena, "Authorization: Bearer %s", story_demo.source_secret), NULL};
    const char *body = arena_printf(&story_arena,
                                    "{\"title\":\"%s\",\"status\":\"%s\",\"deduplication_key\":"
                                    "\"%s\",\"metadata\":{\"severity\":\"minor\",\"environment\":"
                                    "\"prod\",\"group\":\"%s\"}}",
                                    title, status, title, title);
    const char *path = arena_printf(&story_arena, "/v2/alert_events/http/%s", story_demo.source_id);
    assert_int_equal(http_send(client, "POST", path, headers, body, &story_arena).status, 202);
}

const char *
story_fire(const char *title)
{
    story_send_event(title, "firing");
    return story_wait(
        arena_printf(&story_arena, "/v2/alerts?page_size=1&deduplication_key%%5Bis%%5D=%s", title),
        "alerts.0.id", "");
}

static const char *
colleague_id(void)
{
    const char *users = story_get("/v2/users?page_size=250");
    for (int i = 0;; i++) {
        const char *name =
            json_text_at(&story_arena, users, arena_printf(&story_arena, "users.%d.name", i));
        assert_string_not_equal(name, "");
        if (strcmp(name, STORY_COLLEAGUE) == 0)
            return json_text_at(&story_arena, users, arena_printf(&story_arena, "users.%d.id", i));
    }
}

const char *
story_write_as(const char *key, const char *path, const char *body)
{
    const char *const headers[] = {arena_printf(&story_arena, "Authorization: Bearer %s", key),
                                   NULL};
    struct http_answer answer = http_send(client, "POST", path, headers, body, &story_arena);
    if (answer.status < 200 || answer.status > 299)
        fail_msg("'%s': %d %s", path, answer.status, answer.body);
    return answer.body;
}

const char *
story_said_by(const struct home *home, const char *const *arguments)
{
    struct program program;
    program_run(&program, "tocsin", arguments, home->env);
    program_expect_status(&program, 0);
    const char *text = arena_text(&story_arena, str_text(&program.out));
    program_finish(&program);
    return text;
}

const char *
story_audit(const struct home *home)
{
    const char *const arguments[] = {"hub",    "audit",   "--data", directory,
                                     "--json", "--limit", "0",      NULL};
    const char *rows = story_said_by(home, arguments), *lines = "", *last = "";
    for (int i = 0;; i++) {
        const char *id =
            json_text_at(&story_arena, rows, arena_printf(&story_arena, "%d.request_id", i));
        if (!*id)
            return lines;
        if (strcmp(id, last) != 0)
            lines = arena_printf(
                &story_arena, "%s: %s\n%s",
                json_text_at(&story_arena, rows, arena_printf(&story_arena, "%d.user.name", i)),
                json_text_at(&story_arena, rows, arena_printf(&story_arena, "%d.request", i)),
                lines);
        last = id;
    }
}

const char *
story_colleague_key(const struct home *home)
{
    const char *const arguments[] = {"hub",
                                     "key",
                                     "add",
                                     "colleague",
                                     "--data",
                                     directory,
                                     "--role=incident_creator",
                                     "--role=incident_editor",
                                     arena_printf(&story_arena, "--user=%s", colleague_id()),
                                     NULL};
    return json_text_at(&story_arena, story_said_by(home, arguments), "key");
}
