#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "store/cache.h"
#include "store/pipeline_run.h"
#include "store/pull_request.h"
#include "store/window.h"
#include "tests/support/sample_cache.h"
#include "tests/support/store_objects.h"

#define NOW INT64_C(1790000000000)

static struct arena arena;
static struct store *store;
static struct error err;

static int
open_sample(void **state)
{
    (void)state;
    store = sample_cache_open(NOW);
    return 0;
}

static int
close_sample(void **state)
{
    (void)state;
    store_close(store);
    arena_finish(&arena);
    return 0;
}

static struct feed_window
feed(struct window_request request)
{
    struct feed_window window;
    if (!window_feed(store, &request, &arena, &window, &err))
        fail_msg("%s", err.message);
    return window;
}

static const char *
ids_of(struct feed_window window)
{
    const char *text = "";
    for (size_t i = 0; i < window.rows_len; i++)
        text = arena_printf(&arena, "%s%s%s", text, i ? " " : "", window.rows[i].id);
    return text;
}

static void
firing_come_first_by_severity_then_resolved_newest_first(void **state)
{
    (void)state;
    struct feed_window window = feed((struct window_request){.rows = 10});
    assert_string_equal(ids_of(window), "fire-1 fire-2 fire-3 fire-0 done-1");
    assert_false(window.more_above);
    assert_false(window.more_below);
}

static void
a_row_knows_its_source_repeats_escalation_and_incident(void **state)
{
    (void)state;
    struct feed_window window = feed((struct window_request){.rows = 10});
    assert_string_equal(window.rows[0].source, "dbt");
    assert_int_equal(window.rows[0].times_in_day, 2);
    assert_string_equal(window.rows[0].incident_reference, "INC-412");
    assert_string_equal(window.rows[0].escalation, "");
    assert_string_equal(window.rows[1].escalation, "acked");
    assert_int_equal(window.rows[1].times_in_day, 1);
}

static void
the_window_lies_around_the_cursor_and_says_what_is_beyond(void **state)
{
    (void)state;
    struct feed_window window = feed((struct window_request){.id = "fire-3", .rows = 1});
    assert_string_equal(ids_of(window), "fire-2 fire-3 fire-0");
    assert_true(window.more_above);
    assert_true(window.more_below);
    window = feed((struct window_request){.id = "fire-1", .rows = 1});
    assert_string_equal(ids_of(window), "fire-1 fire-2");
    assert_false(window.more_above);
    window = feed((struct window_request){.to_end = true, .rows = 2});
    assert_string_equal(ids_of(window), "fire-0 done-1");
    assert_true(window.more_above);
    assert_false(window.more_below);
}

static void
the_window_follows_an_item_that_moved_and_stays_where_a_gone_one_was(void **state)
{
    (void)state;
    sample_cache_resolve(store, "fire-1", NOW);
    struct feed_window window = feed((struct window_request){.id = "fire-1", .rows = 1});
    assert_string_equal(ids_of(window), "fire-3 fire-1 fire-0"); /* what ended last comes first */
    window =
        feed((struct window_request){.id = "gone", .place = {3, NOW - 38 * MINUTE_MS}, .rows = 1});
    assert_string_equal(ids_of(window), "fire-3 fire-1 fire-0");
}

static void
walking_by_windows_meets_every_row_once(void **state)
{
    (void)state;
    sample_cache_fill(store, 300, NOW);
    char cursor[64] = "";
    int seen = 0;
    for (int step = 0; step < 100; step++) {
        struct feed_window window = feed((struct window_request){.id = cursor, .rows = 7});
        size_t at = 0;
        while (*cursor && at < window.rows_len && strcmp(window.rows[at].id, cursor) != 0)
            at++;
        assert_true(at < window.rows_len);
        seen += (int)(window.rows_len - at) - (*cursor ? 1 : 0);
        (void)snprintf(cursor, sizeof cursor, "%s", window.rows[window.rows_len - 1].id);
        if (!window.more_below)
            break;
    }
    assert_int_equal(seen, 305);
    assert_string_equal(cursor, "old/0000300");
}

static void
the_header_counts_firing_and_finds_the_oldest_nobody_took(void **state)
{
    (void)state;
    struct header_facts header;
    const char *id;
    assert_true(window_header(store, NULL, NOW, &arena, &header, &err));
    assert_int_equal(header.firing[1], 1);
    assert_int_equal(header.firing[2], 1);
    assert_int_equal(header.firing[3], 1);
    assert_int_equal(header.firing_total, 3);
    assert_int_equal(header.unacked_digit, 1); /* of the most severe that nobody took */
    assert_int_equal(header.unacked_at, NOW - 4 * MINUTE_MS);
    assert_true(window_unacked(store, NOW, &arena, &id, &err));
    assert_string_equal(id, "fire-1");
    assert_int_equal(header.resolved_last_at, 0); /* nobody asks while something fires */
}

static void
with_nothing_firing_the_header_knows_when_the_last_alert_was_resolved(void **state)
{
    (void)state;
    struct header_facts header;
    struct feed_window window;
    struct window_request top = {.id = "", .rows = 3};
    assert_true(window_feed(store, &top, &arena, &window, &err));
    assert_true(store_begin(store, &err));
    for (size_t i = 0; i < 3; i++)
        assert_true(cache_delete(store, KIND_ALERT, window.rows[i].id, NOW, &err));
    assert_true(window_header(store, NULL, NOW, &arena, &header, &err));
    assert_int_equal(header.firing_total, 0);
    assert_int_equal(header.resolved_last_at, NOW - 3 * HOUR_MS + 10 * MINUTE_MS);
    store_rollback(store);
}

static void
the_timeline_shows_the_most_severe_open_incident(void **state)
{
    (void)state;
    struct timeline_window window;
    struct window_request request = {.rows = 50};
    assert_true(window_timeline(store, "", &request, &arena, &window, &err));
    assert_true(window.found);
    assert_string_equal(window.incident.reference, "INC-412");
    assert_int_equal(window.open_len, 2);
    assert_string_equal(window.open_ids[1], "incident-2");
    assert_int_equal(window.incident.last_update_at, NOW - 20 * MINUTE_MS);

    static const char *const kinds[] = {"alert", "link", "status", "status", "opened"};
    assert_int_equal(window.events_len, 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(window.events[i].kind, kinds[i]);
    assert_true(window.events[1].first_seen);
    assert_string_equal(window.events[2].change, "Investigating -> Fixing");
    assert_string_equal(window.events[2].text, "Rolled back");

    assert_true(window_timeline(store, "incident-2", &request, &arena, &window, &err));
    assert_string_equal(window.incident.reference, "INC-413");
    assert_true(window_timeline(store, "gone", &request, &arena, &window, &err));
    assert_false(window.found);
}

static void
put(enum kind kind, const void *object, int64_t at_ms)
{
    enum cache_change change;
    if (!store_begin(store, &err) || !cache_put(store, kind, object, at_ms, &change, &err) ||
        !store_commit(store, &err))
        fail_msg("%s", err.message);
}

static void
put_roles(const char *user_id, const char *name, int64_t at_ms)
{
    struct incident *incident = sample_object(&arena, KIND_INCIDENT, "incident-2", NOW - HOUR_MS);
    struct incident_role_assignment *role = arena_new(&arena, struct incident_role_assignment);
    *role = (struct incident_role_assignment){.role_id = "lead",
                                              .role_name = "Incident Lead",
                                              .role_type = "lead",
                                              .assignee_id = user_id,
                                              .assignee_name = name,
                                              .assignee_email = ""};
    incident->reference = "INC-413";
    incident->incident_role_assignments = role;
    incident->incident_role_assignments_len = 1;
    incident->json = arena_printf(&arena,
                                  "{\"id\":\"incident-2\",\"incident_role_assignments\":"
                                  "[{\"role\":{\"id\":\"lead\"},\"assignee\":{\"id\":\"%s\"}}]}",
                                  user_id);
    put(KIND_INCIDENT, incident, at_ms);
}

static void
work_done_and_roles_taken_are_events(void **state)
{
    (void)state;
    struct follow_up *follow_up =
        sample_object(&arena, KIND_FOLLOW_UP, "follow-up-1", NOW - 40 * MINUTE_MS);
    follow_up->incident_id = "incident-2";
    follow_up->title = "Add a test";
    follow_up->status = "completed";
    follow_up->assignee_name = "Ben Osei";
    follow_up->completed_at = NOW - 10 * MINUTE_MS;
    put(KIND_FOLLOW_UP, follow_up, NOW);
    struct action *action = sample_object(&arena, KIND_ACTION, "action-1", NOW - 30 * MINUTE_MS);
    action->incident_id = "incident-2";
    action->description = "Call the bank";
    action->status = "outstanding";
    put(KIND_ACTION, action, NOW);
    put_roles("ana", "Ana Ruiz", NOW - 25 * MINUTE_MS);
    put_roles("ben", "Ben Osei", NOW - 5 * MINUTE_MS);

    struct timeline_window window;
    struct window_request request = {.rows = 50};
    if (!window_timeline(store, "incident-2", &request, &arena, &window, &err))
        fail_msg("%s", err.message);
    const char *text = "";
    for (size_t i = 0; i < window.events_len; i++)
        text = arena_printf(&arena, "%s%s|%s|%s|%s|%d\n", text, window.events[i].kind,
                            window.events[i].who, window.events[i].change, window.events[i].text,
                            (int)((NOW - window.events[i].at) / MINUTE_MS));
    assert_string_equal(text, "role|Ben Osei|Takes the role Incident Lead||5\n"
                              "done|Ben Osei|Done|Add a test|10\n"
                              "to do|||Call the bank|30\n"
                              "follow-up|||Add a test|40\n"
                              "opened||Opened||60\n");
}

static void
events_are_read_around_a_moment(void **state)
{
    (void)state;
    struct timeline_window window;
    struct window_request request = {
        .id = "update/update-2", .place = {NOW - 20 * MINUTE_MS}, .rows = 1};
    assert_true(window_timeline(store, "incident-1", &request, &arena, &window, &err));
    assert_int_equal(window.events_len, 3);
    assert_string_equal(window.events[0].kind, "link");
    assert_string_equal(window.events[1].id, "update/update-2");
    assert_string_equal(window.events[2].id, "update/update-1");
    assert_true(window.more_above);
    assert_true(window.more_below);
}

static const char *
update_ids(const struct timeline_window *window)
{
    const char *text = "";
    for (size_t i = 0; i < window->events_len; i++)
        text = arena_printf(&arena, "%s%s%s", text, i ? " " : "", window->events[i].id);
    return text;
}

static void
events_are_read_oldest_first_too(void **state)
{
    (void)state;
    struct timeline_window window, newest;
    struct window_request request = {.rows = 50};
    assert_true(window_timeline(store, "incident-1", &request, &arena, &newest, &err));
    request.sort = sort_find(KIND_INCIDENT_UPDATE, "oldest");
    assert_true(window_timeline(store, "incident-1", &request, &arena, &window, &err));
    assert_int_equal(window.events_len, newest.events_len);
    for (size_t i = 0; i < window.events_len; i++)
        assert_string_equal(window.events[i].id, newest.events[newest.events_len - 1 - i].id);

    request.rows = 1; /* from the top, around an event, from the end */
    assert_true(window_timeline(store, "incident-1", &request, &arena, &window, &err));
    assert_string_equal(window.events[0].kind, "opened");
    assert_false(window.more_above);
    assert_true(window.more_below);
    request.id = "update/update-2";
    request.place[0] = NOW - 20 * MINUTE_MS;
    assert_true(window_timeline(store, "incident-1", &request, &arena, &window, &err));
    assert_string_equal(
        update_ids(&window),
        arena_printf(&arena, "update/update-1 update/update-2 %s", newest.events[1].id));
    assert_true(window.more_above);
    assert_true(window.more_below);
    request.to_end = true;
    assert_true(window_timeline(store, "incident-1", &request, &arena, &window, &err));
    assert_string_equal(window.events[window.events_len - 1].id, newest.events[0].id);
    assert_true(window.more_above);
    assert_false(window.more_below);
}

static const struct filter *
filter_of(enum kind kind, const char *text)
{
    struct filter_context context;
    struct filter_error problem;
    const struct filter *filter;
    assert_true(cache_filter_context(store, kind, "", &arena, &context, &err));
    context.now_ms = NOW;
    if (!filter_parse(text, &context, &arena, &filter, &problem))
        fail_msg("%s: %s", text, problem.message);
    return filter;
}

static void
a_filter_narrows_the_window_and_is_counted(void **state)
{
    (void)state;
    const struct filter *filter = filter_of(KIND_ALERT, "sev<=2 status=firing");
    struct window_count counts;
    struct feed_window window = feed((struct window_request){.rows = 10, .filter = filter});
    assert_string_equal(ids_of(window), "fire-2 fire-3");
    /* Around an item that the filter hides: where it would be. */
    window = feed((struct window_request){.id = "fire-3", .rows = 0, .filter = filter});
    assert_string_equal(ids_of(window), "fire-3");
    assert_true(window.more_above);
    window = feed((struct window_request){.id = "fire-1", .rows = 0, .filter = filter});
    assert_string_equal(ids_of(window), "fire-2");
    assert_false(window.more_above);
    assert_true(window.more_below);
    assert_true(window_count(store, KIND_ALERT, filter, &counts, &err));
    assert_int_equal(counts.matching, 2);
    assert_int_equal(counts.total, 5);
    assert_int_equal(counts.firing_matching, 2);
    assert_int_equal(counts.firing, 3);
    assert_true(window_count(store, KIND_ALERT, NULL, &counts, &err));
    assert_int_equal(counts.matching, 5);
}

static void
every_sort_shows_every_row_once(void **state)
{
    (void)state;
    size_t len;
    const struct sort *sorts = sorts_of(KIND_ALERT, &len);
    sample_cache_fill(store, 50, NOW);
    for (size_t i = 0; i < len; i++) {
        struct feed_window window = feed((struct window_request){.rows = 100, .sort = &sorts[i]});
        assert_int_equal(window.rows_len, 55);
        for (size_t at = 1; at < window.rows_len; at++)
            assert_string_not_equal(window.rows[at - 1].id, window.rows[at].id);
    }
    assert_ptr_equal(sort_find(KIND_ALERT, "own"), sort_find(KIND_ALERT, "owner"));
    assert_null(sort_find(KIND_ALERT, "o")); /* owner, oldest */
    assert_null(sort_find(KIND_ALERT, ""));
    assert_null(sort_find(KIND_FOLLOW_UP, "severity"));
}

static const struct filter *
event_filter(const char *text)
{
    struct filter_context context;
    struct filter_error problem;
    const struct filter *filter;
    assert_true(window_filter_context(store, WINDOW_EVENTS, "", &arena, &context, &err));
    if (!filter_parse(text, &context, &arena, &filter, &problem))
        fail_msg("%s: %s", text, problem.message);
    return filter;
}

static const char *
event_kinds(const char *filter, const char *id, int64_t at, int rows, bool to_end)
{
    struct timeline_window window;
    const struct window_request request = {
        .id = id, .place = {at}, .rows = rows, .to_end = to_end, .filter = event_filter(filter)};
    assert_true(window_timeline(store, "incident-1", &request, &arena, &window, &err));
    const char *text = window.more_above ? "^" : "";
    for (size_t i = 0; i < window.events_len; i++)
        text = arena_printf(&arena, "%s %s", text, window.events[i].kind);
    return window.more_below ? arena_printf(&arena, "%s v", text) : text;
}

static void
events_are_filtered_by_kind_person_and_text(void **state)
{
    (void)state;
    assert_string_equal(event_kinds("", "", 0, 50, false), " alert link status status opened");
    assert_string_equal(event_kinds("kind=status", "", 0, 50, false), " status status");
    assert_string_equal(event_kinds("not kind=status,link", "", 0, 50, false), " alert opened");
    assert_string_equal(event_kinds("rolled", "", 0, 50, false), " status");
    assert_string_equal(event_kinds("\"rolled backwards\"", "", 0, 50, false), "");
    assert_string_equal(event_kinds("text~LLED or kind=opened", "", 0, 50, false),
                        " status opened");
    assert_string_equal(
        event_kinds("kind!=link", "update/update-2", NOW - 20 * MINUTE_MS, 1, false),
        " alert status status v");
    assert_string_equal(event_kinds("kind!=link", "", 0, 1, true), "^ opened");

    struct filter_context context;
    struct filter_error problem;
    const struct filter *filter;
    assert_true(window_filter_context(store, WINDOW_EVENTS, "", &arena, &context, &err));
    assert_false(filter_parse("whom=ana", &context, &arena, &filter, &problem));
    assert_string_equal(problem.message, "events have no field 'whom': did you mean 'who'?");
}

static const char *
found(const char *text, int64_t key, int rows, bool to_end)
{
    struct filter_context context;
    struct filter_error problem;
    struct search_window window;
    struct window_request request = {.place = {key}, .rows = rows, .to_end = to_end};
    assert_true(window_filter_context(store, WINDOW_FOUND, "", &arena, &context, &err));
    context.now_ms = NOW;
    if (!filter_parse(text, &context, &arena, &request.filter, &problem))
        fail_msg("%s: %s", text, problem.message);
    if (!window_search(store, &request, &arena, &window, &err))
        return arena_text(&arena, err.message);
    assert_true(window.is_complete);
    const char *out = window.more_above ? "^ " : "";
    for (size_t i = 0; i < window.rows_len; i++)
        out = arena_printf(&arena, "%s%s%s/%s", out, i ? " " : "", window.rows[i].kind,
                           window.rows[i].id);
    return window.more_below ? arena_printf(&arena, "%s v", out) : out;
}

static void
one_search_finds_all_kinds_newest_first(void **state)
{
    (void)state;
    assert_true(store_begin(store, &err));
    assert_true(cache_index(store, &err));
    assert_true(store_commit(store, &err));
    assert_string_equal(found("orders", 0, 9, false),
                        "alerts/fire-1 incidents/incident-1 alerts/fire-0");
    assert_string_equal(found("orders", 0, 1, false), "alerts/fire-1 incidents/incident-1 v");
    assert_string_equal(found("orders", 0, 1, true), "^ alerts/fire-0");
    assert_string_equal(found("orders kind=incidents", 0, 9, false), "incidents/incident-1");
    assert_string_equal(found("orders not kind=incidents", 0, 0, false), "alerts/fire-1 v");
    assert_string_equal(found("orders not daily", 0, 9, false), "incidents/incident-1");
    assert_string_equal(found("orders age<1s", 0, 9, false), "");
    assert_string_equal(found("kind=incidents", 0, 9, false),
                        "a search over everything needs a word of two letters or more");
    assert_string_equal(found("o", 0, 9, false),
                        "a search over everything needs a word of two letters or more");
}

static const char *
candidates(enum window_rows rows, const char *text)
{
    struct filter_context context;
    struct filter_place place;
    const struct filter_candidate *found;
    const char *const *values;
    assert_true(window_filter_context(store, rows, "", &arena, &context, &err));
    assert_true(filter_place_at(text, strlen(text), &context, &arena, &place));
    assert_true(cache_filter_values(store, &place, &context, &arena, &values, &err));
    size_t len = filter_candidates(&place, &context, values, &arena, &found);
    const char *out = "";
    for (size_t i = 0; i < len; i++)
        out = arena_printf(&arena, "%s%s%s", out, i ? " " : "", found[i].text);
    return out;
}

static void
values_are_completed_from_the_store_the_most_frequent_first(void **state)
{
    (void)state;
    assert_string_equal(candidates(WINDOW_ALERTS, "env="), "prod");
    assert_string_equal(candidates(WINDOW_ALERTS, "env=P"), "prod");
    assert_string_equal(candidates(WINDOW_ALERTS, "env=%"), "");
    assert_string_equal(candidates(WINDOW_ALERTS, "source=d"), "dbt");
    assert_string_equal(candidates(WINDOW_EVENTS, "ki"), "kind~");
    assert_string_equal(candidates(WINDOW_FOLLOW_UPS, "status=o"), "outstanding");
}

static bool
stop_at_once(void *context)
{
    ++*(int *)context;
    return true;
}

static void
a_window_is_interrupted(void **state)
{
    (void)state;
    int asked = 0;
    struct feed_window window;
    struct window_request request = {.rows = 10, .filter = filter_of(KIND_ALERT, "title~nothing")};
    sample_cache_fill(store, 3000, NOW);
    store_set_interrupt(store, stop_at_once, &asked);
    assert_true(store_begin_read(store, &err));
    assert_false(window_feed(store, &request, &arena, &window, &err));
    assert_int_equal(err.code, ERROR_INTERRUPTED);
    assert_true(asked > 0);
    store_end_read(store);
    store_set_interrupt(store, NULL, NULL);
    assert_true(window_feed(store, &request, &arena, &window, &err));
    assert_int_equal(window.rows_len, 0);
}

/* ---- the timeline's head ---- */

static struct timeline_window
head(bool brief)
{
    struct timeline_window window;
    const struct window_request request = {.rows = 5, .brief = brief};
    if (!window_timeline(store, "incident-1", &request, &arena, &window, &err))
        fail_msg("%s", err.message);
    return window;
}

static void
the_head_knows_roles_the_call_and_fields_that_say_something_behind_the_first_frame(void **state)
{
    (void)state;
    struct incident *incident =
        sample_object(&arena, KIND_INCIDENT, "incident-1", NOW - 41 * MINUTE_MS);
    struct incident_role_assignment roles[] = {
        {.role_name = "Lead", .role_type = "lead", .assignee_id = "u1", .assignee_name = "Ana"},
        {.role_name = "Comms", .role_type = "custom", .assignee_id = "u2", .assignee_name = "Ben"},
        {.role_name = "Scribe", .role_type = "custom"}};
    for (size_t i = 0; i < 3; i++)
        roles[i].role_id = roles[i].role_name;
    for (size_t i = 0; i < 3; i++)
        if (!roles[i].assignee_id)
            roles[i].assignee_id = roles[i].assignee_name = "";
    for (size_t i = 0; i < 3; i++)
        roles[i].assignee_email = "";
    incident->incident_role_assignments = roles;
    incident->incident_role_assignments_len = 3;
    incident->incident_status_category = "live";
    incident->mode = "standard";
    incident->call_url = "https://meet.example.com/412";
    incident->json =
        "{\"custom_field_entries\":[{\"custom_field\":{\"name\":\"Area\"},\"values\":[{"
        "\"value_option\":{\"value\":\"EU\"}},{\"value_text\":\"UK\"}]},{\"custom_field\":{"
        "\"name\":\"Cost\"},\"values\":[]},7]}";
    put(KIND_INCIDENT, incident, NOW);

    struct timeline_window window = head(false);
    const char *text = "";
    for (size_t i = 0; i < window.facts_len; i++)
        text = arena_printf(&arena, "%s%s %s: %s\n", text, window.facts[i].kind,
                            window.facts[i].label, window.facts[i].text);
    assert_string_equal(text, "role Comms: Ben\n"
                              "call call: https://meet.example.com/412\n"
                              "field Area: EU, UK\n");
    assert_string_equal(window.incident.mode, "standard");
    window = head(true);
    assert_true(window.brief);
    assert_int_equal(window.facts_len, 0);
}

static const char *const link_of[] = {"https://github.com/acme/dbt/pull/411",
                                      "https://github.com/acme/dbt/pull/412"};

static void
attach(int i, const char *state, int64_t merged_at)
{
    struct incident_attachment *attachment =
        sample_object(&arena, KIND_INCIDENT_ATTACHMENT, arena_printf(&arena, "pull-%d", i), NOW);
    attachment->incident_id = "incident-1";
    attachment->resource_type = "github_pull_request";
    attachment->resource_permalink = link_of[i];
    put(KIND_INCIDENT_ATTACHMENT, attachment, NOW);
    struct pull_request pull;
    object_clear(&pull_request_table, &pull);
    pull.link = link_of[i];
    pull.number = 411 + i;
    pull.state = state;
    pull.merged_at = merged_at;
    assert_true(store_begin(store, &err));
    if (!pull_request_put(store, &pull, NULL, 0, &err))
        fail_msg("%s", err.message);
    assert_true(store_commit(store, &err));
}

static void
run_at(int number, const char *outcome, int64_t began_at, int64_t stopped_at)
{
    const struct pipeline_run run = {.id = arena_printf(&arena, "run-%d", number),
                                     .project = "gh/acme/dbt",
                                     .branch = "main",
                                     .number = number,
                                     .outcome = outcome,
                                     .created_at = began_at,
                                     .stopped_at = stopped_at,
                                     .revision = "",
                                     .subject = "",
                                     .actor = "",
                                     .url = ""};
    assert_true(store_begin(store, &err));
    if (!pipeline_run_put(store, &run, &err))
        fail_msg("%s", err.message);
    assert_true(store_commit(store, &err));
}

static void
expect_mended(int64_t pulls, int64_t number, int64_t merged_at, int64_t green_at)
{
    const struct timeline_mended mended = head(false).mended;
    assert_int_equal(mended.pulls, pulls);
    assert_int_equal(mended.number, number);
    assert_int_equal(mended.merged_at, merged_at);
    assert_int_equal(mended.green_at, green_at);
}

static void
an_incident_is_mended_when_all_is_merged_and_the_pipeline_is_green_since(void **state)
{
    (void)state;
    const int64_t merged_at = NOW - 30 * MINUTE_MS;
    run_at(1, "ok", merged_at - MINUTE_MS, merged_at + MINUTE_MS); /* began before */
    attach(0, "merged", merged_at - HOUR_MS);
    attach(1, "open", 0);
    expect_mended(0, 0, 0, 0);
    attach(1, "merged", merged_at);
    expect_mended(0, 0, 0, 0);
    run_at(2, "running", merged_at, 0);
    expect_mended(0, 0, 0, 0);
    run_at(2, "ok", merged_at, merged_at + 10 * MINUTE_MS);
    expect_mended(2, 412, merged_at, merged_at + 10 * MINUTE_MS);
    run_at(3, "canceled", merged_at + 11 * MINUTE_MS, merged_at + 12 * MINUTE_MS);
    run_at(4, "ok", merged_at + 12 * MINUTE_MS, merged_at + 20 * MINUTE_MS);
    expect_mended(2, 412, merged_at, merged_at + 10 * MINUTE_MS);
    run_at(5, "failed", merged_at + 13 * MINUTE_MS, merged_at + 21 * MINUTE_MS);
    expect_mended(0, 0, 0, 0);
    run_at(6, "ok", merged_at + 14 * MINUTE_MS, merged_at + 24 * MINUTE_MS);
    expect_mended(2, 412, merged_at, merged_at + 24 * MINUTE_MS);
    assert_int_equal(head(false).mended.alerts, 1);
    assert_int_equal(head(false).mended.firing, 1);
    assert_int_equal(head(true).mended.green_at, 0);

    sample_cache_resolve(store, "fire-1", NOW);
    assert_int_equal(head(false).mended.firing, 0);

    struct incident *over =
        sample_object(&arena, KIND_INCIDENT, "incident-1", NOW - 41 * MINUTE_MS);
    over->incident_status_category = "learning";
    put(KIND_INCIDENT, over, NOW);
    expect_mended(0, 0, 0, 0);
}

static void
incidents_that_somebody_leads_are_found_by_the_e_mail(void **state)
{
    (void)state;
    struct user *user = sample_object(&arena, KIND_USER, "u1", 0);
    const struct led_incident *led;
    size_t len;
    user->email = "Ana@example.com";
    put(KIND_USER, user, NOW);
    struct incident *incident =
        sample_object(&arena, KIND_INCIDENT, "incident-1", NOW - 41 * MINUTE_MS);
    incident->incident_status_category = "live";
    incident->lead_id = "u1";
    incident->severity_digit = 2;
    put(KIND_INCIDENT, incident, NOW);
    assert_true(window_led(store, "ana@example.com", &arena, &led, &len, &err));
    assert_int_equal(len, 1);
    assert_string_equal(led[0].id, "incident-1");
    assert_int_equal(led[0].severity_digit, 2);
    assert_true(led[0].last_update_at > 0);
    assert_true(window_led(store, "ben@example.com", &arena, &led, &len, &err));
    assert_int_equal(len, 0);
    assert_true(window_led(store, "", &arena, &led, &len, &err));
    assert_int_equal(len, 0);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_sample, close_sample)
    const struct CMUnitTest tests[] = {
        CASE(firing_come_first_by_severity_then_resolved_newest_first),
        CASE(a_row_knows_its_source_repeats_escalation_and_incident),
        CASE(the_window_lies_around_the_cursor_and_says_what_is_beyond),
        CASE(the_window_follows_an_item_that_moved_and_stays_where_a_gone_one_was),
        CASE(walking_by_windows_meets_every_row_once),
        CASE(a_filter_narrows_the_window_and_is_counted),
        CASE(every_sort_shows_every_row_once),
        CASE(a_window_is_interrupted),
        CASE(one_search_finds_all_kinds_newest_first),
        CASE(values_are_completed_from_the_store_the_most_frequent_first),
        CASE(events_are_filtered_by_kind_person_and_text),
        CASE(the_header_counts_firing_and_finds_the_oldest_nobody_took),
        CASE(with_nothing_firing_the_header_knows_when_the_last_alert_was_resolved),
        CASE(the_head_knows_roles_the_call_and_fields_that_say_something_behind_the_first_frame),
        CASE(an_incident_is_mended_when_all_is_merged_and_the_pipeline_is_green_since),
        CASE(incidents_that_somebody_leads_are_found_by_the_e_mail),
        CASE(the_timeline_shows_the_most_severe_open_incident),
        CASE(work_done_and_roles_taken_are_events),
        CASE(events_are_read_around_a_moment),
        CASE(events_are_read_oldest_first_too),
    };
    return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}
