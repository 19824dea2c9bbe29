/*
 * An event that is sent to the demo's source gets the attributes that the demo's own alerts have, and goes the way of its route:
 * the console and `show` tell which and why.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"
#include "tests/support/demo.h"
#include "tests/support/http_client.h"
#include "tests/support/program.h"
#include "tests/support/screen.h"
#include "wire/wire.h"

enum { ALERTS = 12, ALERTS_SEEN = 50, PATIENCE_MS = 60000 };

static struct demo demo;
static struct http_client *client;
static struct arena arena;

static int
start(void **state)
{
    static const char *const options[] = {"--speed", "0", NULL};
    (void)state;
    demo_start(&demo, options);
    client = http_client_create(demo.url);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    http_client_destroy(client);
    demo_stop(&demo);
    arena_finish(&arena);
    return 0;
}

static const struct alert *
alerts_of(const char *parameters, size_t *len)
{
    struct wire_page page;
    struct error err;
    struct http_answer answer = http_client_get(
        client, arena_printf(&arena, "/v2/alerts?%s", parameters), demo.viewer_key, &arena);
    assert_int_equal(answer.status, 200);
    assert_true(wire_read_page(KIND_ALERT, slice_of(answer.body), &arena, &page, &err));
    *len = page.items_len;
    return page.items;
}

static const struct alert_attribute_entry *
find(const struct alert *alert, const char *name)
{
    for (size_t i = 0; i < alert->attributes_len; i++)
        if (strcmp(alert->attributes[i].attribute_name, name) == 0)
            return &alert->attributes[i];
    return NULL;
}

static void
append(struct str *out, const char *name, const struct alert *alert, const char *attribute)
{
    const struct alert_attribute_entry *entry = find(alert, attribute);
    if (!entry)
        return;
    str_printf(out, "%s\"%s\":", out->len > 1 ? "," : "", name);
    wire_append_string(out, entry->literal);
}

/* What a sender would have said about what this alert is about. */
static const char *
metadata_of(const struct alert *alert, bool with_severity)
{
    const struct alert_attribute_entry *exposures = find(alert, "Exposures");
    const struct alert_attribute_entry *downstream = find(alert, "Downstream models");
    struct str out;
    str_init(&out, 0);
    str_append_char(&out, '{');
    append(&out, "level", alert, "Level");
    append(&out, "environment", alert, "Environment");
    append(&out, "owner", alert, "Owner");
    append(&out, "group", alert, "Team");
    append(&out, "model", alert, "Node");
    append(&out, "commit", alert, "Commit");
    if (with_severity)
        append(&out, "severity", alert, "Severity");
    if (downstream)
        str_printf(&out, ",\"downstream\":{\"models\":%s}", downstream->literal);
    str_append(&out, ",\"exposures\":[");
    for (size_t i = 0; exposures && i < exposures->array_value_len; i++) {
        str_append(&out, i ? ",{\"name\":" : "{\"name\":");
        wire_append_string(&out, exposures->array_value[i].literal);
        str_append_char(&out, '}');
    }
    str_append(&out, "]}");
    const char *json = arena_text(&arena, str_text(&out));
    str_finish(&out);
    return json;
}

static const struct alert *
send(const char *key, const char *metadata)
{
    const char *const headers[] = {
        arena_printf(&arena, "Authorization: Bearer %s", demo.source_secret), NULL};
    const char *body = arena_printf(
        &arena,
        "{\"title\":\"%s\",\"status\":\"firing\",\"deduplication_key\":\"%s\",\"metadata\":%s}",
        key, key, metadata);
    int64_t deadline = clock_monotonic_ms() + PATIENCE_MS;
    size_t len = 0;
    assert_int_equal(http_send(client, "POST",
                               arena_printf(&arena, "/v2/alert_events/http/%s", demo.source_id),
                               headers, body, &arena)
                         .status,
                     202);
    for (;;) {
        const struct alert *alert = alerts_of(
            arena_printf(&arena, "page_size=1&deduplication_key%%5Bis%%5D=%s", key), &len);
        if (len == 1)
            return alert;
        assert_true(clock_monotonic_ms() < deadline);
        usleep(2000);
    }
}

static void
expect_same(const struct alert *own, const struct alert *sent, bool with_severity)
{
    for (size_t i = 0; i < own->attributes_len; i++) {
        const struct alert_attribute_entry *wanted = &own->attributes[i];
        const struct alert_attribute_entry *got = find(sent, wanted->attribute_name);
        if (!with_severity && strcmp(wanted->attribute_name, "Severity") == 0)
            continue; /* told by the story, not made by the rule */
        if (!got || strcmp(got->literal, wanted->literal) != 0 ||
            strcmp(got->attribute_id, wanted->attribute_id) != 0 ||
            strcmp(got->attribute_type, wanted->attribute_type) != 0 ||
            got->array_value_len != wanted->array_value_len)
            fail_msg("%s of '%s': '%s', not '%s'", wanted->attribute_name, own->title,
                     got ? got->literal : "not set", wanted->literal);
        for (size_t k = 0; k < got->array_value_len; k++)
            assert_string_equal(got->array_value[k].literal, wanted->array_value[k].literal);
    }
    assert_int_equal(sent->attributes_len, own->attributes_len);
}

static void
an_event_gets_the_attributes_of_the_demos_own_alerts(void **state)
{
    size_t len, made_by_rule = 0, sent = 0;
    const struct alert *own = alerts_of(
        arena_printf(&arena,
                     "page_size=%d&alert_source%%5Bone_of%%5D=%s&status%%5Bone_of%%5D=resolved",
                     ALERTS_SEEN, demo.source_id),
        &len);
    (void)state;
    assert_in_range(len, ALERTS, ALERTS_SEEN);
    for (size_t i = 0; i < len && sent < ALERTS; i++, sent++) {
        const struct alert *alert =
            send(arena_printf(&arena, "own-%zu", i), metadata_of(&own[i], false));
        const struct alert_attribute_entry *severity = find(alert, "Severity");
        assert_non_null(severity);
        bool same = strcmp(severity->literal, find(&own[i], "Severity")->literal) == 0;
        made_by_rule += same;
        expect_same(&own[i], alert, same);
        /* A sender that knows better says so. */
        if (!same)
            expect_same(&own[i],
                        send(arena_printf(&arena, "told-%zu", i), metadata_of(&own[i], true)),
                        true);
    }
    assert_true(2 * made_by_rule > sent); /* the rest is of stories */
}

static void
the_console_and_show_tell_why_it_went_where_it_went(void **state)
{
    struct home home;
    struct program show;
    char program[4200];
    (void)state;
    home_create(&home, demo.url, demo.viewer_key);
    const struct alert *alert = send(
        "explained", "{\"severity\":\"critical\",\"environment\":\"prod\",\"group\":\"core\"}");
    const char *const argv[] = {program_path("tocsin", program, sizeof program), NULL};
    struct screen *screen = screen_start(120, 50, argv, home.env);
    screen_expect_match(screen, ">F S1 explained "); /* the newest of the most severe */
    screen_type(screen, ":explain\r");
    screen_expect(screen, "Why: explained");
    screen_expect(screen, "Route Production pipeline: taken");
    screen_expect(screen, "yes: Severity is one of critical, major, minor (it is critical)");
    screen_expect_match(screen, "incident: opens INC-[0-9]+ ");
    screen_expect(screen, "pages Data responder, then platform");
    screen_type(screen, "\x1b");
    screen_expect_gone(screen, "Why: explained");
    screen_leave(screen, "Q");
    const char *const arguments[] = {"show", alert->id, NULL};
    program_run(&show, "tocsin", arguments, home.env);
    program_expect_status(&show, 0);
    program_finish(&show);
    home_destroy(&home);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_gets_the_attributes_of_the_demos_own_alerts),
        cmocka_unit_test(the_console_and_show_tell_why_it_went_where_it_went),
    };
    return cmocka_run_group_tests_name("events to the demo", tests, start, stop);
}
