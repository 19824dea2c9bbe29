/* What makes itself heard: new alerts once, never in quiet hours, and in sequences that no alert's text can break out of. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "action/notification.h"
#include "base/zone.h"
#include "ui/notify.h"
#include "ui/osc.h"

#define START_MS (INT64_C(1774234320) * 1000) /* 2026-03-23T02:52:00Z */

static const char *const ways[] = {"bell", NULL};

static struct notify
notify_with(const char *quiet_hours)
{
    static struct profile profile;
    struct notify notify;
    profile = (struct profile){.notify = ways, .quiet_hours = quiet_hours};
    notify_init(&notify, &profile, zone_utc(), START_MS);
    return notify;
}

static const char *
text_of(struct notify *notify, const struct firing_alert *alerts, size_t len, int64_t now_ms,
        struct arena *arena)
{
    const struct firing_alert *news;
    len = notify_news(notify, alerts, len, now_ms, arena, &news);
    return notify_text(news, len, arena);
}

static void
an_alert_is_told_once_and_none_that_was_there(void **state)
{
    struct arena arena = {0};
    struct notify notify = notify_with("");
    const struct firing_alert alerts[] = {{"a", "old", 1, START_MS},
                                          {"b", "orders_daily: 3 tests failed", 2, START_MS + 1},
                                          {"c", "worse\x1b]0;x\x07", 1, START_MS + 2}};
    (void)state;
    assert_string_equal(text_of(&notify, alerts, 1, START_MS, &arena), "");
    assert_string_equal(text_of(&notify, alerts, 2, START_MS + 1, &arena),
                        "S2 orders_daily: 3 tests failed");
    assert_string_equal(text_of(&notify, alerts, 2, START_MS + 1, &arena), "");
    assert_string_equal(text_of(&notify, alerts, 3, START_MS + 2, &arena), "S1 worse");
    arena_finish(&arena);
}

static void
of_several_the_most_severe_is_named(void **state)
{
    struct arena arena = {0};
    struct notify notify = notify_with("");
    const struct firing_alert alerts[] = {
        {"a", "minor", 3, 0}, {"b", "critical", 1, 0}, {"c", "major", 2, 0}};
    (void)state;
    assert_string_equal(text_of(&notify, NULL, 0, START_MS, &arena), "");
    assert_string_equal(text_of(&notify, alerts, 3, START_MS, &arena), "S1 critical (and 2 more)");
    arena_finish(&arena);
}

static void
quiet_hours_are_quiet_also_over_midnight(void **state)
{
    struct arena arena = {0};
    const struct firing_alert alert = {"a", "x", 1, START_MS};
    static const struct {
        const char *hours;
        bool quiet; /* at 02:52 */
    } cases[] = {{"22:00-07:30", true},  {"02:52-02:53", true}, {"02:53-03:00", false},
                 {"07:30-22:00", false}, {"00:00-24:00", true}, {"", false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct notify notify = notify_with(cases[i].hours);
        assert_string_equal(text_of(&notify, NULL, 0, START_MS, &arena), "");
        const char *text = text_of(&notify, &alert, 1, START_MS, &arena);
        if ((*text == '\0') != cases[i].quiet)
            fail_msg("'%s' says '%s'", cases[i].hours, text);
        notify.profile = &(struct profile){.notify = ways, .quiet_hours = ""};
        assert_string_equal(text_of(&notify, &alert, 1, START_MS, &arena), "");
    }
    arena_finish(&arena);
}

static void
hours_are_two_times_of_day(void **state)
{
    static const char *const wrong[] = {"22:00",       "22-7",         "25:00-07:00",
                                        "22:60-07:00", "22:00-07:00x", "a22:00-07:00",
                                        "-1:00-07:00"};
    int from, until;
    (void)state;
    assert_true(config_hours("22:00-07:30", &from, &until));
    assert_int_equal(from, 1320);
    assert_int_equal(until, 450);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(config_hours(wrong[i], &from, &until));
}

static void
a_command_is_wrapped_for_the_multiplexer_and_cannot_be_broken_out_of(void **state)
{
    struct str out;
    (void)state;
    str_init(&out, 0);
    assert_true(osc_append(&out, multiplexer_of(NULL, "xterm-256color"), "9;hello"));
    assert_string_equal(str_text(&out), "\033]9;hello\a");
    str_clear(&out);
    assert_true(
        osc_append(&out, multiplexer_of("/tmp/tmux-0/default,1,0", "tmux-256color"), "9;x"));
    assert_string_equal(str_text(&out), "\033Ptmux;\033\033]9;x\a\033\\");
    str_clear(&out);
    assert_true(osc_append(&out, multiplexer_of("", "screen.xterm"), "9;x"));
    assert_string_equal(str_text(&out), "\033P\033]9;x\a\033\\");
    str_clear(&out);
    assert_false(osc_append(&out, MULTIPLEXER_NONE, "9;x\a\033]52;c;eA=="));
    assert_string_equal(str_text(&out), "");
    str_finish(&out);
}

static void
a_command_is_told_in_json_that_no_title_breaks_out_of(void **state)
{
    struct arena arena = {0};
    const struct notification_item items[] = {{"alert", "01A", "a \"quoted\" \x1b[31mtitle\n", 1},
                                              {"alert", "01B", "plain", 2}};
    (void)state;
    assert_string_equal(
        notification_json(&(struct notification){"alert", "default", "S1 a \x9b title", items, 2},
                          &arena),
        "{\"event\":\"alert\",\"profile\":\"default\",\"text\":\"S1 a \xef\xbf\xbd "
        "title\",\"items\":["
        "{\"type\":\"alert\",\"id\":\"01A\",\"title\":\"a \\\"quoted\\\" title\",\"severity\":1},"
        "{\"type\":\"alert\",\"id\":\"01B\",\"title\":\"plain\",\"severity\":2}]}\n");
    arena_finish(&arena);
}

static void
only_what_the_profile_names_is_told(void **state)
{
    static const char *const stale[] = {"stale", NULL}, *const command[] = {"told", NULL};
    const struct profile by_command = {.notify_command = command, .notify_events = stale};
    const struct profile silent = {.notify_events = stale};
    struct notify notify;
    (void)state;
    notify_init(&notify, &by_command, zone_utc(), START_MS);
    assert_true(notify_is_wanted(&notify, "stale"));
    assert_false(notify_is_wanted(&notify, "alert"));
    notify_init(&notify, &silent, zone_utc(), START_MS);
    assert_false(notify_is_wanted(&notify, "stale"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alert_is_told_once_and_none_that_was_there),
        cmocka_unit_test(of_several_the_most_severe_is_named),
        cmocka_unit_test(quiet_hours_are_quiet_also_over_midnight),
        cmocka_unit_test(hours_are_two_times_of_day),
        cmocka_unit_test(a_command_is_wrapped_for_the_multiplexer_and_cannot_be_broken_out_of),
        cmocka_unit_test(a_command_is_told_in_json_that_no_title_breaks_out_of),
        cmocka_unit_test(only_what_the_profile_names_is_told),
    };
    return cmocka_run_group_tests_name("notifications", tests, NULL, NULL);
}
