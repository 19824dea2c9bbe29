/* What the console knows of one item of each kind. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/zone.h"
#include "store/cache.h"
#include "store/pipeline_run.h"
#include "store/window.h"
#include "tests/support/sample_cache.h"
#include "tests/support/store_objects.h"

#define NOW INT64_C(1790000000000)

static struct arena arena;
static struct store *store;
static struct detail detail;
static struct error err;

static void
put(enum kind kind, const void *object)
{
    enum cache_change change;
    if (!cache_put(store, kind, object, NOW, &change, &err))
        fail_msg("%s", err.message);
}

/* Fires and resolves an alert of the node so long ago. */
static void
put_of_node(const char *id, int64_t began_ago, int64_t ended_ago)
{
    struct alert *alert = sample_object(&arena, KIND_ALERT, id, NOW - began_ago);
    alert->title = arena_printf(&arena, "before: %s", id);
    alert->status = "resolved";
    alert->node = "orders_daily";
    alert->resolved_at = NOW - ended_ago;
    put(KIND_ALERT, alert);
}

static void
put_alert(void)
{
    static struct alert_attribute_entry attributes[4];
    static const char *const pairs[][2] = {{"Zone", "eu"},
                                           {"Build", "https://ci.example/8812"},
                                           {"Owner", "Ana Ruiz"},
                                           {"Sev", "critical"}};
    for (size_t i = 0; i < 4; i++) {
        object_clear(&alert_attribute_entry_table, &attributes[i]);
        attributes[i].attribute_name = pairs[i][0];
        attributes[i].literal = pairs[i][1];
    }
    struct alert *alert = sample_object(&arena, KIND_ALERT, "node-1", NOW - 2 * HOUR_MS);
    alert->title = "orders_daily: unique failed";
    alert->status = "firing";
    alert->alert_source_id = "source-1";
    alert->source_url = "https://ci.example/run/1";
    alert->severity = "critical";
    alert->severity_digit = 1;
    alert->owner = "Ana Ruiz";
    alert->node = "orders_daily";
    alert->attributes = attributes;
    alert->attributes_len = 4;
    put(KIND_ALERT, alert);
    put_of_node("node-0", 3 * HOUR_MS, HOUR_MS);
    put_of_node("node-a", 2 * DAY_MS, 2 * DAY_MS - HOUR_MS);
    put_of_node("node-b", 40 * DAY_MS, 39 * DAY_MS);

    struct alert_note *note = sample_object(&arena, KIND_ALERT_NOTE, "note-1", NOW - MINUTE_MS);
    note->content = "Looked at **it**.";
    note->alert_id = "node-1";
    note->creator_user_name = "Ben Osei";
    put(KIND_ALERT_NOTE, note);
}

static void
put_shift(const char *list, const char *layer, const char *user, int64_t start_at, int64_t end_at)
{
    struct schedule_entry *entry = sample_object(
        &arena, KIND_SCHEDULE_ENTRY,
        arena_printf(&arena, "core/%s/rotation/%s/%lld", list, layer, (long long)start_at),
        start_at);
    entry->schedule_id = "core";
    entry->list = list;
    entry->rotation_id = "rotation";
    entry->layer_id = layer;
    entry->user_id = entry->user_name = user;
    entry->end_at = end_at;
    put(KIND_SCHEDULE_ENTRY, entry);
}

static void
put_rota(void)
{
    struct schedule *schedule = sample_object(&arena, KIND_SCHEDULE, "core", NOW);
    schedule->name = "Core";
    schedule->timezone = "Europe/London";
    schedule->json =
        "{\"permalink\":\"https://incidents.example/core\",\"config\":{\"rotations\":[{\"id\":"
        "\"rotation\",\"name\":\"Weekly\",\"layers\":[{\"id\":\"one\",\"name\":\"Primary\"}]}]}}";
    put(KIND_SCHEDULE, schedule);
    put_shift("final", "one", "Ana", NOW - DAY_MS, NOW);
    put_shift("final", "one", "Cy", NOW, NOW + HOUR_MS);
    put_shift("final", "one", "Ben", NOW + 3 * HOUR_MS, NOW + DAY_MS);
    put_shift("scheduled", "one", "Ana", NOW - DAY_MS, NOW);
    put_shift("scheduled", "one", "Ben", NOW, NOW + DAY_MS);
    put_shift("overrides", "one", "Cy", NOW, NOW + HOUR_MS);
    struct schedule_override *override =
        sample_object(&arena, KIND_SCHEDULE_OVERRIDE, "override-1", NOW - DAY_MS);
    override->schedule_id = "core";
    override->rotation_id = "rotation";
    override->layer_id = "one";
    override->user_id = "Cy";
    override->start_at = NOW;
    override->end_at = NOW + HOUR_MS;
    put(KIND_SCHEDULE_OVERRIDE, override);
}

static void
put_follow_up(void)
{
    struct follow_up *follow_up = sample_object(&arena, KIND_FOLLOW_UP, "task-1", NOW - 9 * DAY_MS);
    follow_up->title = "add not-null test";
    follow_up->status = "outstanding";
    follow_up->incident_id = "incident-1";
    follow_up->priority_name = "High";
    follow_up->external_issue_name = "core#214";
    follow_up->external_issue_permalink = "https://issues.example/214";
    follow_up->due_at = NOW - 3 * DAY_MS;
    follow_up->json = "{\"description\":\"# Why\\nBecause.\",\"labels\":[\"data\",\"late\"]}";
    put(KIND_FOLLOW_UP, follow_up);
}

static int
open_sample(void **state)
{
    (void)state;
    clock_freeze(NOW);
    store = sample_cache_open(NOW);
    if (!store_begin(store, &err))
        return -1;
    put_alert();
    put_rota();
    put_follow_up();
    return store_commit(store, &err) ? 0 : -1;
}

static int
close_sample(void **state)
{
    (void)state;
    store_close(store);
    arena_finish(&detail.arena);
    arena_finish(&arena);
    return 0;
}

static void
read_ref(const char *ref)
{
    arena_reset(&detail.arena);
    detail.brief = false;
    if (!detail_read(store, ref, &detail, &err))
        fail_msg("%s", err.message);
}

/* The first fact with that label; fails when there is none. */
static const struct detail_fact *
fact(const char *label)
{
    for (size_t i = 0; i < detail.facts_len; i++)
        if (strcmp(detail.facts[i].label, label) == 0)
            return &detail.facts[i];
    fail_msg("no fact '%s'", label);
    return NULL;
}

static bool
has_fact(const char *label)
{
    for (size_t i = 0; i < detail.facts_len; i++)
        if (strcmp(detail.facts[i].label, label) == 0)
            return true;
    return false;
}

/* Labels of a section, in their order. */
static const char *
labels_in(const char *section)
{
    const char *text = "";
    for (size_t i = 0; i < detail.facts_len; i++)
        if (strcmp(detail.facts[i].section, section) == 0)
            text = arena_printf(&arena, "%s%s%s", text, *text ? " " : "", detail.facts[i].label);
    return text;
}

static void
an_alert_begins_with_its_state_and_its_incident(void **state)
{
    (void)state;
    read_ref("alert/fire-1");
    assert_string_equal(detail.title, "orders_daily: 3 tests failed");
    assert_string_equal(detail.facts[0].label, "state");
    assert_string_equal(detail.facts[0].text, "firing, nobody was paged");
    assert_int_equal(detail.facts[0].tone, TONE_FIRING);
    assert_string_equal(detail.facts[1].text, "INC-412 Orders table wrong since 02:30 (Fixing)");
    assert_string_equal(detail.facts[1].ref, "incident/incident-1");
    assert_string_equal(fact("repeats")->text, "2 times in 24 h, the first");
    assert_int_equal(fact("repeats")->at, NOW - 3 * HOUR_MS);
    assert_int_equal(detail.blocks_len, 1);
    assert_string_equal(detail.blocks[0].text, "what broke");

    read_ref("alert/fire-2");
    assert_string_equal(detail.facts[0].text, "acknowledged by Ben Osei");
    assert_int_equal(detail.facts[0].at, NOW - 18 * MINUTE_MS);
    assert_string_equal(labels_in("Escalation"), "acknowledged");
    read_ref("alert/done-1");
    assert_string_equal(detail.facts[0].text, "resolved after 10 min");
    assert_int_equal(detail.facts[0].tone, TONE_RESOLVED);
}

static void
attributes_stand_in_a_useful_order_and_open_where_they_are_addresses(void **state)
{
    (void)state;
    read_ref("alert/node-1");
    assert_string_equal(labels_in("Attributes"), "Sev Owner Build Zone");
    assert_int_equal(fact("Sev")->tone, TONE_SEVERITY_1);
    assert_int_equal(fact("Owner")->tone, TONE_PERSON);
    assert_string_equal(fact("Build")->link, "https://ci.example/8812");
    assert_string_equal(fact("Zone")->link, "");
    assert_string_equal(fact("link")->link, "https://ci.example/run/1");
    assert_string_equal(detail.blocks[detail.blocks_len - 1].heading, "Note by Ben Osei");
}

static void
a_nodes_history_and_the_alerts_before_come_with_it(void **state)
{
    (void)state;
    read_ref("alert/node-1");
    assert_string_equal(detail.history.of, "orders_daily");
    assert_int_equal(detail.history.spells_len, 4);
    struct history history = history_of(&detail.history, zone_utc(), NOW);
    assert_int_equal(history.failing_since, NOW - 3 * HOUR_MS); /* the one before had not ended */
    assert_int_equal(history.total, 3);
    size_t before = 0;
    for (size_t i = 0; i < detail.facts_len; i++)
        if (strcmp(detail.facts[i].section, "Before") == 0 && !before++)
            assert_string_equal(detail.facts[i].ref, "alert/node-0");
    assert_int_equal(before, 3);
}

/* An alert of fct_orders with this as its lineage, whose key fails; and one that fires on stg_orders. */
static void
put_lineage(const char *literal)
{
    struct alert_attribute_entry entry;
    object_clear(&alert_attribute_entry_table, &entry);
    entry.attribute_name = "Lineage";
    entry.literal = literal;
    struct alert *alert = sample_object(&arena, KIND_ALERT, "lineage-1", NOW - HOUR_MS);
    alert->status = "firing";
    alert->node = "fct_orders";
    static int times;
    alert->json = arena_printf(&arena, "{\"times\":%d}", times++); /* another one: it is kept */
    alert->deduplication_key = "prod/fct_orders";
    alert->attributes = &entry;
    alert->attributes_len = 1;
    assert_true(store_begin(store, &err));
    put(KIND_ALERT, alert);
    alert = sample_object(&arena, KIND_ALERT, "above-1", NOW - HOUR_MS);
    alert->status = "firing";
    alert->node = "stg_orders";
    alert->severity_digit = 2;
    alert->deduplication_key = "prod/stg_orders";
    put(KIND_ALERT, alert);
    assert_true(store_commit(store, &err));
    read_ref("alert/lineage-1");
}

static const struct detail_fact *
lineage_fact(size_t turn)
{
    static const struct detail_fact none = {.text = "", .label = ""};
    for (size_t i = 0; i < detail.facts_len; i++)
        if (strcmp(detail.facts[i].section, "Lineage") == 0 && turn-- == 0)
            return &detail.facts[i];
    return &none;
}

static void
a_node_stands_between_what_it_reads_and_what_reads_it(void **state)
{
    (void)state;
    put_lineage(
        "{\"up\":[\"model.shop.stg_orders\",\"source.shop.raw.orders\"],"
        "\"down\":[\"model.shop.mart_revenue\",\"model.shop.fct_orders\","
        "\"exposure.shop.weekly\",\"model.shop.mart_revenue\"],"
        "\"exposures\":[{\"name\":\"weekly\",\"owner\":\"Ana Ruiz\"},{\"name\":\"board\"}]}");
    static const char *const expected[] = {"/- raw.orders",
                                           "|- stg_orders  S2 firing",
                                           "*  fct_orders",
                                           "\\- mart_revenue",
                                           "board",
                                           "weekly, of Ana Ruiz",
                                           ""};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_string_equal(lineage_fact(i)->text, expected[i]);
    assert_string_equal(labels_in("Lineage"), "up  here down reaches ");
    assert_int_equal(lineage_fact(1)->tone, TONE_SEVERITY_2);
    assert_string_equal(lineage_fact(1)->ref, "alert/above-1");
    assert_string_equal(labels_in("Attributes"), "");
}

static void
a_lineage_that_makes_no_sense_is_an_attribute_or_nothing(void **state)
{
    (void)state;
    static const char *const odd[] = {"{\"up\":", "{\"up\":\"a\"}", "{}",
                                      "[]",       "\033[2J",        "{\"up\":{\"a\":1}}"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        put_lineage(odd[i]);
        assert_string_equal(labels_in("Lineage"), "");
        assert_string_equal(fact("Lineage")->text, odd[i]);
    }
    put_lineage("{\"up\":[1,null,[],{},\"\"],\"down\":[\".\",\"..\"],\"exposures\":{\"a\":[1]}}");
    assert_string_equal(labels_in("Attributes"), "");

    struct str many;
    str_init(&many, 0);
    str_append(&many, "{\"up\":[\"x\"");
    for (int i = 0; i < 500; i++)
        str_printf(&many, ",\"model.p.m%d\"", i);
    str_append(&many, "]}");
    put_lineage(arena_text(&arena, str_text(&many)));
    str_finish(&many);
    assert_string_equal(lineage_fact(0)->text, "/- and 188 more");
    assert_string_equal(lineage_fact(13)->text, "*  fct_orders");
    assert_string_equal(lineage_fact(14)->text, "");
}

static void
it_is_told_since_when_and_since_which_run_a_key_fails(void **state)
{
    (void)state;
    put_lineage("");
    assert_false(has_fact("failing since"));

    struct alert *before = sample_object(&arena, KIND_ALERT, "lineage-0", NOW - 3 * HOUR_MS);
    before->status = "resolved";
    before->resolved_at = NOW - HOUR_MS / 2;
    before->deduplication_key = "prod/fct_orders";
    assert_true(store_begin(store, &err));
    put(KIND_ALERT, before);
    assert_true(store_commit(store, &err));
    read_ref("alert/lineage-1");
    assert_int_equal(fact("failing since")->at, NOW - 3 * HOUR_MS);
    assert_string_equal(fact("failing since")->text, "");

    struct pipeline_run run = {.id = "p1",
                               .project = "gh/a/b",
                               .branch = "main",
                               .number = 8801,
                               .outcome = "failed",
                               .created_at = NOW - 3 * HOUR_MS - MINUTE_MS,
                               .stopped_at = NOW - 3 * HOUR_MS,
                               .revision = "",
                               .subject = "",
                               .actor = "",
                               .url = "https://ci.example/8801"};
    assert_true(store_begin(store, &err));
    assert_true(pipeline_run_put(store, &run, &err));
    for (int i = 0; i < 2; i++) {
        run.id = i ? "p3" : "p2";
        run.number++;
        run.created_at += HOUR_MS;
        run.stopped_at += HOUR_MS;
        assert_true(pipeline_run_put(store, &run, &err));
    }
    assert_true(store_commit(store, &err));
    read_ref("alert/lineage-1");
    assert_string_equal(fact("failing since")->text, "run 8801, 2 runs later");
    assert_string_equal(fact("failing since")->ref, "run/p1");
    read_ref("alert/lineage-0"); /* over */
    assert_false(has_fact("failing since"));
}

static void
the_strip_needs_neither_lists_nor_texts(void **state)
{
    (void)state;
    arena_reset(&detail.arena);
    detail.brief = true;
    assert_true(detail_alert(store, "node-1", &detail, &err));
    assert_string_equal(fact("owner")->text, "Ana Ruiz");
    assert_int_equal(detail.blocks_len, 0);
    assert_int_equal(detail.history.spells_len, 0);
    assert_string_equal(labels_in("Attributes"), "");
}

static void
an_incident_tells_who_leads_it_and_what_hangs_on_it(void **state)
{
    (void)state;
    read_ref("incident/incident-1");
    assert_string_equal(detail.title, "INC-412 Orders table wrong since 02:30");
    assert_string_equal(detail.name, "INC-412");
    assert_string_equal(fact("status")->text, "Fixing");
    assert_string_equal(fact("lead")->text, "Ana Ruiz");
    assert_string_equal(fact("opened")->text, "by Ben Osei");
    assert_string_equal(fact("updated")->text, "by Ana Ruiz");
    assert_int_equal(fact("updated")->at, NOW - 20 * MINUTE_MS);
    assert_string_equal(fact("alerts")->text, "1, all firing");
    assert_string_equal(fact("follow-ups")->text, "1, all open");
    assert_string_equal(labels_in("Alerts"), "firing");
    assert_string_equal(labels_in("Follow-ups"), "open");
    assert_false(has_fact("ended"));
    read_ref("incident/incident-2");
    assert_string_equal(fact("lead")->text, "nobody");
    assert_int_equal(fact("lead")->tone, TONE_PROBLEM);
}

static void
an_override_tells_who_covers_whom_and_who_is_before_and_after(void **state)
{
    (void)state;
    read_ref(arena_printf(&arena, "shift/core/final/rotation/one/%lld", (long long)NOW));
    assert_string_equal(detail.title, "Cy covers Ben for Core");
    assert_string_equal(detail.zone, "Europe/London");
    assert_string_equal(fact("override")->text, "covers Ben");
    assert_string_equal(fact("length")->text, "1 h");
    assert_string_equal(fact("takes over from")->text, "Ana");
    assert_int_equal(fact("takes over from")->at, NOW);
    assert_string_equal(fact("hands over to")->text, "Ben");
    assert_int_equal(fact("override made")->at, NOW - DAY_MS);
    assert_string_equal(fact("rotation")->text, "Weekly");
    assert_string_equal(fact("layer")->text, "Primary");
    assert_string_equal(fact("schedule")->link, "https://incidents.example/core");
}

static void
a_shift_over_a_clock_change_has_its_true_length(void **state)
{
    (void)state;
    int64_t start_at, end_at;
    assert_true(time_from_rfc3339("2026-03-28T09:00:00Z", &start_at));
    assert_true(time_from_rfc3339("2026-03-29T08:00:00Z", &end_at)); /* 09:00 in London */
    assert_true(store_begin(store, &err));
    put_shift("final", "two", "Dee", start_at, end_at);
    assert_true(store_commit(store, &err));
    read_ref(arena_printf(&arena, "shift/core/final/rotation/two/%lld", (long long)start_at));
    assert_string_equal(fact("length")->text, "23 h, the clocks go forward 1 h meanwhile");
}

static void
a_gap_tells_how_long_and_who_is_around_it(void **state)
{
    (void)state;
    arena_reset(&detail.arena);
    const char *id = arena_printf(&arena, "gap/core/one/%lld", (long long)(NOW + HOUR_MS));
    assert_true(detail_shift(store, id, &detail, &err));
    assert_string_equal(detail.id, id);
    assert_string_equal(detail.title, "Nobody on call for Core");
    assert_string_equal(fact("gap")->text, "2 h");
    assert_int_equal(fact("from")->at, NOW + HOUR_MS);
    assert_int_equal(fact("until")->at, NOW + 3 * HOUR_MS);
    assert_string_equal(fact("scheduled")->text, "Ben");
    assert_string_equal(fact("last")->text, "Cy");
    assert_string_equal(fact("next")->text, "Ben");
}

static void
ids_that_make_no_sense_have_no_detail(void **state)
{
    static const char *const ids[] = {"gap/",
                                      "gap/core",
                                      "gap/core/one/",
                                      "gap/core/one/x",
                                      "gap/core/one/-1",
                                      "2x/core/one/1",
                                      "nobody/",
                                      "gap/no/one/5",
                                      "",
                                      "gap/core/one/99999999999999999999999"};
    (void)state;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        arena_reset(&detail.arena);
        assert_true(detail_shift(store, ids[i], &detail, &err));
        assert_string_equal(detail.id, "");
    }
    read_ref("alert/gone");
    assert_string_equal(detail.id, "");
    read_ref("no such thing");
    assert_string_equal(detail.id, "");
}

static void
a_follow_up_tells_how_late_it_is_and_where_its_issue_is(void **state)
{
    (void)state;
    read_ref("follow-up/task-1");
    assert_string_equal(fact("due")->text, "3 d late");
    assert_int_equal(fact("due")->tone, TONE_PROBLEM);
    assert_string_equal(fact("owner")->text, "nobody");
    assert_string_equal(fact("incident")->ref, "incident/incident-1");
    assert_string_equal(fact("issue")->link, "https://issues.example/214");
    assert_string_equal(fact("labels")->text, "data, late");
    assert_string_equal(detail.blocks[0].text, "# Why\nBecause.");
}

static void
an_escalation_tells_what_happened_in_its_order(void **state)
{
    (void)state;
    read_ref("escalation/escalation-1");
    assert_string_equal(detail.title, "deploy-main failed");
    assert_string_equal(fact("acknowledged")->text, "Ben Osei");
    assert_string_equal(fact("alert")->ref, "alert/fire-2");
}

static void
each_event_of_a_timeline_tells_what_it_is_about(void **state)
{
    static const struct {
        const char *id, *title, *ref;
    } expected[] = {
        {"alert/fire-1", "orders_daily: 3 tests failed", "alert/fire-1"},
        {"link/attachment-1", "Fix the join", "link/attachment-1"},
        {"update/update-2", "Investigating -> Fixing", "update/update-2"},
        {"update/update-1", "Investigating", "update/update-1"},
        {"incident/incident-1", "INC-412 Orders table wrong since 02:30", "incident/incident-1"},
        {"task/task-1", "add not-null test", "follow-up/task-1"},
    };
    struct timeline_window window;
    struct window_request request = {.rows = 50};
    size_t found = 0;
    (void)state;
    assert_true(window_timeline(store, "incident-1", &request, &arena, &window, &err));
    for (size_t i = 0; i < window.events_len; i++) {
        arena_reset(&detail.arena);
        detail.brief = false;
        assert_true(detail_event(store, &window.events[i], &window.incident, &detail, &err));
        assert_string_equal(detail.id, window.events[i].id);
        for (size_t j = 0; j < sizeof expected / sizeof *expected; j++)
            if (strcmp(expected[j].id, detail.id) == 0) {
                assert_string_equal(detail.title, expected[j].title);
                assert_string_equal(detail.ref, expected[j].ref);
                found++;
            }
        if (strcmp(detail.id, "update/update-2") == 0) {
            assert_string_equal(fact("by")->text, "Ana Ruiz");
            assert_string_equal(fact("incident")->ref, "incident/incident-1");
            assert_string_equal(detail.blocks[0].text, "Rolled back");
        }
    }
    assert_int_equal(found, sizeof expected / sizeof *expected);
}

static void
the_object_behind_a_detail_is_there_as_it_came(void **state)
{
    const char *json;
    (void)state;
    assert_true(detail_json(store, "alert/fire-1", &arena, &json, &err));
    assert_non_null(strstr(json, "\"description\":\"what broke\""));
    assert_true(detail_json(store, "update/update-1", &arena, &json, &err));
    assert_true(*json);
    assert_true(detail_json(store, "alert/gone", &arena, &json, &err));
    assert_string_equal(json, "");
    assert_true(detail_json(store, "", &arena, &json, &err));
    assert_string_equal(json, "");
}

/* ---- history ---- */

static void
days_count_what_was_firing_at_some_time_of_them(void **state)
{
    (void)state;
    int64_t noon;
    assert_true(time_from_rfc3339("2026-03-23T12:00:00Z", &noon));
    const struct detail_spell spells[] = {
        {noon - HOUR_MS, 0},                        /* today, still */
        {noon - 30 * HOUR_MS, noon - 20 * HOUR_MS}, /* yesterday */
        {noon - 4 * DAY_MS, noon - 2 * DAY_MS},     /* over three days */
        {noon - 20 * DAY_MS, noon - 13 * DAY_MS},   /* only its end is in the window */
        {noon - 30 * DAY_MS, noon - 29 * DAY_MS},   /* before it */
    };
    const struct detail_history all = {"node", spells, 5}, none = {"node", spells, 0};
    struct history history = history_of(&all, zone_utc(), noon);
    static const int counts[HISTORY_DAYS] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
    for (int i = 0; i < HISTORY_DAYS; i++)
        assert_int_equal(history.days[i].count, counts[i]);
    assert_int_equal(history.days[13].begins_at, noon - 12 * HOUR_MS);
    assert_int_equal(history.total, 4);
    assert_int_equal(history.failing_days, 6);
    assert_int_equal(history.failing_since, noon - HOUR_MS);

    history = history_of(&none, zone_utc(), noon);
    assert_int_equal(history.total, 0);
    assert_int_equal(history.failing_since, 0);
}

static void
days_are_those_of_the_viewers_calendar(void **state)
{
    (void)state;
    const struct zone *zone;
    int64_t now_ms;
    assert_true(zone_open("Europe/London", &zone, &err));
    assert_true(
        time_from_rfc3339("2026-03-30T11:00:00Z", &now_ms)); /* the day after the clocks went */
    const struct detail_history none = {"", NULL, 0};
    struct history history = history_of(&none, zone, now_ms);
    assert_int_equal(history.days[13].begins_at - history.days[12].begins_at, 23 * HOUR_MS);
    assert_int_equal(history.days[12].begins_at - history.days[11].begins_at, 24 * HOUR_MS);
}

static void
failing_since_follows_alerts_that_overlap(void **state)
{
    (void)state;
    const struct detail_spell chain[] = {{NOW - HOUR_MS, 0},
                                         {NOW - 3 * HOUR_MS, NOW - HOUR_MS + 1},
                                         {NOW - 6 * HOUR_MS, NOW - 2 * HOUR_MS},
                                         {NOW - 9 * HOUR_MS, NOW - 7 * HOUR_MS}};
    const struct detail_history history = {"node", chain, 4};
    assert_int_equal(history_of(&history, zone_utc(), NOW).failing_since, NOW - 6 * HOUR_MS);
    const struct detail_history over = {"node", chain + 1, 3};
    assert_int_equal(history_of(&over, zone_utc(), NOW).failing_since, 0);
}

static void
put_alone(enum kind kind, const void *object)
{
    assert_true(store_begin(store, &err));
    assert_true(cache_put(store, kind, object, NOW, NULL, &err));
    assert_true(store_commit(store, &err));
}

static void
what_has_an_odd_shape_is_left_out(void **state)
{
    (void)state;
    struct incident *incident = sample_object(&arena, KIND_INCIDENT, "odd", NOW - HOUR_MS);
    incident->reference = "INC-9";
    incident->name = "Odd";
    incident->json =
        "{\"id\":\"odd\",\"custom_field_entries\":[\"x\",3,null,{\"custom_field\":\"y\",\"values\":"
        "[\"z\",{\"value_option\":\"o\"}]},{\"custom_field\":{\"name\":\"Tier\"},\"values\":[\"z\","
        "{"
        "\"value_text\":\"gold\"}]}],\"duration_metrics\":[\"x\",{\"status\":\"success\"}]}";
    put_alone(KIND_INCIDENT, incident);
    read_ref("incident/odd");
    assert_string_equal(detail.title, "INC-9 Odd");
    assert_string_equal(fact("Tier")->text, "gold");

    struct escalation *escalation = sample_object(&arena, KIND_ESCALATION, "odd", NOW - HOUR_MS);
    struct escalation_event *event = arena_new(&arena, struct escalation_event);
    object_clear(&escalation_event_table, event);
    event->id = "odd-event";
    event->event = "acked";
    event->occurred_at = NOW - HOUR_MS;
    event->users = "[\"x\",{\"name\":\"Ana Ruiz\"}]";
    event->channels = "[7,\"y\"]";
    escalation->status = "acked";
    escalation->events = event;
    escalation->events_len = 1;
    put_alone(KIND_ESCALATION, escalation);
    read_ref("escalation/odd");
    assert_string_equal(fact("acknowledged")->text, "Ana Ruiz");
}

static void
how_long_something_took_is_told_in_two_units(void **state)
{
    static const struct {
        int64_t span_ms;
        const char *text;
    } cases[] = {{-5, "0 s"},
                 {45 * SECOND_MS, "45 s"},
                 {130 * SECOND_MS, "2 min 10 s"},
                 {42 * MINUTE_MS + 9 * SECOND_MS, "42 min"},
                 {8 * HOUR_MS, "8 h"},
                 {8 * HOUR_MS + 30 * MINUTE_MS, "8 h 30 min"},
                 {DAY_MS, "1 d"},
                 {6 * DAY_MS + 23 * HOUR_MS, "6 d 23 h"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(lasted_text(&arena, cases[i].span_ms), cases[i].text);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_sample, close_sample)
    const struct CMUnitTest tests[] = {
        CASE(an_alert_begins_with_its_state_and_its_incident),
        CASE(attributes_stand_in_a_useful_order_and_open_where_they_are_addresses),
        CASE(a_nodes_history_and_the_alerts_before_come_with_it),
        CASE(a_node_stands_between_what_it_reads_and_what_reads_it),
        CASE(a_lineage_that_makes_no_sense_is_an_attribute_or_nothing),
        CASE(it_is_told_since_when_and_since_which_run_a_key_fails),
        CASE(the_strip_needs_neither_lists_nor_texts),
        CASE(an_incident_tells_who_leads_it_and_what_hangs_on_it),
        CASE(an_override_tells_who_covers_whom_and_who_is_before_and_after),
        CASE(a_shift_over_a_clock_change_has_its_true_length),
        CASE(a_gap_tells_how_long_and_who_is_around_it),
        CASE(ids_that_make_no_sense_have_no_detail),
        CASE(a_follow_up_tells_how_late_it_is_and_where_its_issue_is),
        CASE(an_escalation_tells_what_happened_in_its_order),
        CASE(each_event_of_a_timeline_tells_what_it_is_about),
        CASE(the_object_behind_a_detail_is_there_as_it_came),
        CASE(days_count_what_was_firing_at_some_time_of_them),
        CASE(days_are_those_of_the_viewers_calendar),
        CASE(failing_since_follows_alerts_that_overlap),
        CASE(what_has_an_odd_shape_is_left_out),
        CASE(how_long_something_took_is_told_in_two_units),
    };
    return cmocka_run_group_tests_name("detail", tests, NULL, NULL);
}
