/* From what a sender says to an alert with attributes, over real HTTP: transforms, types, merging, expressions gone wrong. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sqlite3.h>

#include <cmocka.h>

#include "base/clock.h"
#include "config/transforms.h"
#include "expr/worker.h"
#include "store/cache.h"
#include "tests/support/hub_process.h"
#include "tests/support/store_objects.h"
#include "wire/wire.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

/* An attribute of the templates below: id, type, several?, merge strategy, jq. */
#define ATTRIBUTES_OF_TYPES(X)                                                                     \
    X("TEXT", "String", false, "", ".metadata.text")                                               \
    X("FLAG", "Bool", false, "", ".metadata.flag")                                                 \
    X("COUNT", "Number", false, "", ".metadata.count")                                             \
    X("LIST", "String", true, "", ".metadata.list")                                                \
    X("OWNERS", "CatalogEntry[\\\"Team\\\"]", false, "", ".metadata.team")                         \
    X("PERSON", "CatalogEntry[\\\"User\\\"]", true, "", ".metadata.people")                        \
    X("OTHER", "CatalogEntry[\\\"Service\\\"]", false, "", ".metadata.service")                    \
    X("RAISES", "String", false, "", "error(\\\"no such place\\\")")                               \
    X("QUERY", "String", false, "", ".query_params.site")
#define ATTRIBUTES_MERGED(X)                                                                       \
    X("FIRST", "String", false, "first_wins", ".metadata.v")                                       \
    X("LAST", "String", false, "last_wins", ".metadata.v")                                         \
    X("ALL", "String", true, "append", "[.metadata.v]")                                            \
    X("WORST", "String", false, "max", ".metadata.severity")                                       \
    X("LEAST", "Number", false, "min", ".metadata.n")
#define ATTRIBUTES_HOSTILE(X)                                                                      \
    X("LOOP", "String", false, "", "def f: f; f")                                                  \
    X("ENVIRONMENT", "String", false, "", "$ENV | length")                                         \
    X("INPUT", "String", false, "", "input")                                                       \
    X("HUGE", "String", true, "", "[range(30000)]")                                                \
    X("DEEP", "String", false, "", "reduce range(1000) as $i (1; [.])")                            \
    X("GOOD", "String", false, "", ".title")

#define ATTRIBUTE_OBJECT(id, type, several, strategy, jq)                                          \
    "{\"id\":\"" id "\",\"name\":\"" id "\",\"type\":\"" type "\",\"array\":" #several             \
    ",\"required\":false}",
#define BINDING(id, type, several, strategy, jq)                                                   \
    ",{\"alert_attribute_id\":\"" id "\",\"binding\":{\"value\":{\"reference\":"                   \
    "\"expressions[\\\"" id "\\\"]\"},\"merge_strategy\":\"" strategy "\"}}"
#define EXPRESSION(id, type, several, strategy, jq)                                                \
    ",{\"label\":\"x\",\"reference\":\"" id "\",\"root_reference\":\"payload\",\"operations\":["   \
    "{\"operation_type\":\"parse\",\"parse\":{\"source\":\"" jq "\"}}]}"
/* Lists begin with an element that is nothing, so that each of the others can begin with a comma. */
#define SOURCE(id, type, ATTRIBUTES, more)                                                         \
    {id, "{\"id\":\"" id "\",\"name\":\"Source " id "\",\"source_type\":\"" type                   \
         "\",\"template\":{\"attributes\":[{\"alert_attribute_id\":\"NONE\",\"binding\":{}"        \
         "}" ATTRIBUTES(BINDING) "],\"expressions\":[{\"reference\":\"none\"}" ATTRIBUTES(         \
             EXPRESSION) "]}" more "}"},
#define NO_ATTRIBUTES(X)

static const char *const attribute_objects[] = {ATTRIBUTES_OF_TYPES(
    ATTRIBUTE_OBJECT) ATTRIBUTES_MERGED(ATTRIBUTE_OBJECT) ATTRIBUTES_HOSTILE(ATTRIBUTE_OBJECT)};

static const struct {
    const char *id, *json;
} sources[] = {
    SOURCE("TYPES", "http", ATTRIBUTES_OF_TYPES, "") SOURCE("MERGED", "http", ATTRIBUTES_MERGED, "")
        SOURCE("HOSTILE", "http", ATTRIBUTES_HOSTILE, "") SOURCE("PLAIN", "http", NO_ATTRIBUTES, "")
            SOURCE("ALERTS", "alertmanager", NO_ATTRIBUTES, "") SOURCE(
                "OWN", "http_custom", NO_ATTRIBUTES,
                ",\"http_custom_options\":{\"deduplication_key_path\":\"about.id\","
                "\"transform_expression\":\"if .skip then empty elif .loop then def f: f; f else "
                "{title: .name, status: \\\"firing\\\", metadata: .} end\"}"){
                "TOLD",
                "{\"id\":\"TOLD\",\"name\":\"Source TOLD\",\"source_type\":\"http\",\"template\":{"
                "\"title\":{\"literal\":\"{{expressions[\\\"upper\\\"]}}: {{ payload.title | "
                "truncate: 6 }}{{payload.metadata.none}} ({{payload.metadata.tags}})\"},"
                "\"description\":{\"reference\":\"payload.metadata.why\"},\"attributes\":[],"
                "\"expressions\":[{\"label\":\"x\",\"reference\":\"upper\",\"root_reference\":"
                "\"payload\",\"operations\":[{\"operation_type\":\"parse\",\"parse\":{\"source\":"
                "\".metadata.team | ascii_upcase\"}}],\"else_branch\":{\"result\":{\"value\":{"
                "\"literal\":\"nobody\"}}}}]}}"}};

static char (*secrets)[HUB_TOKEN_SIZE]; /* made in the hub's process */
static struct hub_process hub;
static struct arena arena;
static const char *directory, *database;
static const char *const viewer[] = {"viewer", NULL};
static const char *const *const roles[] = {viewer};

static void
fill(struct hub *of, struct arena *scratch)
{
    static const char *const severities[] = {"low", "minor", "critical"};
    struct error err;
    for (size_t i = 0; i < LEN(attribute_objects); i++)
        hub_put(of, KIND_ALERT_ATTRIBUTE, attribute_objects[i], scratch);
    for (size_t i = 0; i < LEN(severities); i++)
        hub_put(of, KIND_SEVERITY,
                arena_printf(scratch,
                             "{\"id\":\"SEV%zu\",\"name\":\"%s\",\"rank\":%zu,\"description\":\"\","
                             "\"created_at\":\"2026-01-01T00:00:00Z\","
                             "\"updated_at\":\"2026-01-01T00:00:00Z\"}",
                             i, severities[i], i),
                scratch);
    hub_put(of, KIND_TEAM,
            "{\"id\":\"T1\",\"name\":\"Core\",\"members\":[],\"catalog_entry\":{\"id\":\"C1\","
            "\"name\":\"Core\",\"external_id\":\"core-team\"}}",
            scratch);
    hub_put(of, KIND_USER,
            "{\"id\":\"U1\",\"name\":\"Ana\",\"email\":\"ana@example.net\",\"role\":\"unset\"}",
            scratch);
    for (size_t i = 0; i < LEN(sources); i++) {
        hub_put(of, KIND_ALERT_SOURCE, sources[i].json, scratch);
        if (!hub_source_secret_make(hub_store(of), sources[i].id, secrets[i], &err))
            _exit(1);
    }
}

static int
start(void **state)
{
    (void)state;
    secrets = mmap(NULL, LEN(sources) * sizeof *secrets, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(secrets, MAP_FAILED);
    directory = temporary_directory(&arena);
    database = arena_printf(&arena, "%s/hub.db", directory);
    const struct hub_options options = {
        .database = database, .listen = "127.0.0.1:0", .limits = {1000000, 1000000, 1000000}};
    hub_process_start(&hub, &options, fill, roles, 1);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    hub_process_stop(&hub);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    (void)munmap(secrets, LEN(sources) * sizeof *secrets);
    return 0;
}

/* target: what stands behind /v2/alert_events/, "http/TYPES?site=x". */
static int
post(const char *target, const char *body)
{
    const char *id = strchr(target, '/') + 1;
    size_t i = 0;
    while (strncmp(sources[i].id, id, strcspn(id, "?")) != 0)
        assert_true(++i < LEN(sources));
    const char *const headers[] = {arena_printf(&arena, "Authorization: Bearer %s", secrets[i]),
                                   NULL};
    return http_send(hub.client, "POST", arena_printf(&arena, "/v2/alert_events/%s", target),
                     headers, body, &arena)
        .status;
}

static const char *
event(const char *key, const char *metadata)
{
    return arena_printf(&arena,
                        "{\"title\":\"about %s\",\"status\":\"firing\",\"deduplication_key\":"
                        "\"%s\",\"metadata\":{%s}}",
                        key, key, metadata);
}

static const char *
sql_text(const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    const char *text = "";
    assert_int_equal(sqlite3_open_v2(database, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    sqlite3_busy_timeout(db, 10000);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0))
        text = arena_text(&arena, (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return text;
}

/* Waits until nothing of what was sent is left to work on. */
static void
settle(void)
{
    int64_t deadline = clock_monotonic_ms() + 60000;
    while (strcmp(sql_text("select count(*) from alert_event where processed_at = 0"), "0") != 0) {
        assert_true(clock_monotonic_ms() < deadline);
        usleep(5000);
    }
}

/* The alerts of a key, newest first. */
static const char *
alerts(const char *key)
{
    settle();
    struct http_answer answer = http_client_get(
        hub.client,
        arena_printf(&arena, "/v2/alerts?page_size=50&deduplication_key%%5Bis%%5D=%s", key),
        hub.keys[0], &arena);
    assert_int_equal(answer.status, 200);
    return answer.body;
}

/* An attribute of the newest alert of a key: its texts, joined by commas; "" = not set. */
static const char *
attribute(const char *key, const char *id)
{
    const char *json = alerts(key), *name, *result = "";
    for (int i = 0;
         *(name = json_text_at(&arena, json,
                               arena_printf(&arena, "alerts.0.attributes.%d.attribute.id", i)));
         i++) {
        if (strcmp(name, id) != 0)
            continue;
        const char *entry = arena_printf(&arena, "alerts.0.attributes.%d", i), *text;
        text = json_text_at(&arena, json, arena_printf(&arena, "%s.value.label", entry));
        if (*text)
            return text;
        for (int k = 0;
             *(text = json_text_at(&arena, json,
                                   arena_printf(&arena, "%s.array_value.%d.label", entry, k)));
             k++)
            result = k ? arena_printf(&arena, "%s,%s", result, text) : text;
    }
    return result;
}

/* Why an attribute is not set, or not changed, by the last event. */
static const char *
reason(const char *id)
{
    settle();
    return sql_text(arena_printf(
        &arena,
        "select item.value ->> '$.reason' from alert_event, json_each(iif(attributes = '', '[]', "
        "attributes)) item "
        "where item.value ->> '$.attribute_id' = '%s' order by alert_event.id desc limit 1",
        id));
}

static void
values_are_taken_by_their_attributes_type(void **state)
{
    (void)state;
    assert_int_equal(
        post("http/TYPES?site=hull",
             event("typed",
                   "\"text\":\"x\",\"flag\":false,\"count\":12.5,\"list\":[\"a\",2,null,true],"
                   "\"team\":\"core-team\",\"people\":[\"ANA@example.net\",\"nobody\"],"
                   "\"service\":\"web\"")),
        202);
    assert_string_equal(attribute("typed", "TEXT"), "x");
    assert_string_equal(attribute("typed", "FLAG"), "false");
    assert_string_equal(attribute("typed", "COUNT"), "12.5");
    assert_string_equal(attribute("typed", "LIST"), "a,2,true");
    assert_string_equal(attribute("typed", "OWNERS"), "Core");
    assert_string_equal(attribute("typed", "PERSON"), "Ana");
    assert_string_equal(attribute("typed", "QUERY"), "hull");
    assert_string_equal(attribute("typed", "OTHER"), "");
    assert_non_null(strstr(reason("OTHER"), "no catalog of 'Service'"));
    assert_non_null(strstr(reason("PERSON"), "no User 'nobody'"));
    assert_string_equal(reason("RAISES"), "no such place");
    assert_string_equal(reason("TEXT"), "");
}

static void
what_a_type_cannot_hold_is_unset_with_the_reason(void **state)
{
    (void)state;
    assert_int_equal(post("http/TYPES", event("wrong", "\"text\":{\"a\":1},\"flag\":\"perhaps\","
                                                       "\"count\":\"many\",\"list\":\"one\"")),
                     202);
    assert_string_equal(attribute("wrong", "TEXT"), "");
    assert_non_null(strstr(reason("TEXT"), "got an object"));
    assert_string_equal(attribute("wrong", "FLAG"), "");
    assert_non_null(strstr(reason("FLAG"), "'perhaps'"));
    assert_string_equal(attribute("wrong", "COUNT"), "");
    assert_non_null(strstr(reason("COUNT"), "expected a number"));
    assert_string_equal(attribute("wrong", "LIST"), "one");
}

static void
repeated_events_merge_by_each_ones_strategy(void **state)
{
    (void)state;
    assert_int_equal(post("http/MERGED", event("m", "\"v\":\"a\",\"severity\":\"minor\",\"n\":5")),
                     202);
    assert_int_equal(
        post("http/MERGED", event("m", "\"v\":\"b\",\"severity\":\"critical\",\"n\":7")), 202);
    assert_string_equal(attribute("m", "FIRST"), "a");
    assert_string_equal(attribute("m", "LAST"), "b");
    assert_string_equal(attribute("m", "ALL"), "a,b");
    assert_string_equal(attribute("m", "WORST"), "critical");
    assert_string_equal(attribute("m", "LEAST"), "5");
    assert_non_null(strstr(reason("FIRST"), "kept the first value, a"));
    assert_int_equal(post("http/MERGED", event("m", "\"v\":\"a\",\"severity\":\"low\",\"n\":-1")),
                     202);
    assert_string_equal(attribute("m", "ALL"), "a,b");
    assert_string_equal(attribute("m", "WORST"), "critical");
    assert_string_equal(attribute("m", "LEAST"), "-1");
    assert_non_null(strstr(reason("WORST"), "kept 'critical'"));
    assert_string_equal(json_text_at(&arena, alerts("m"), "alerts.1.id"), "");
}

static void
last_wins_stops_once_the_alert_has_escalated(void **state)
{
    struct store *store;
    struct error err;
    struct incident_alert link;
    enum cache_change change;
    (void)state;
    assert_int_equal(post("http/MERGED", event("e", "\"v\":\"a\"")), 202);
    const char *id = json_text_at(&arena, alerts("e"), "alerts.0.id");
    object_clear(&incident_alert_table, &link);
    link.id = "LINK";
    link.alert_id = id;
    link.incident_id = "INC";
    link.json = wire_write_object(&incident_alert_table, &link, &arena);
    assert_true(store_open(&store, STORE_HUB, database, STORE_WRITE, NULL, &err));
    assert_true(store_begin(store, &err));
    assert_true(cache_put(store, KIND_INCIDENT_ALERT, &link, clock_now_ms(), &change, &err));
    assert_true(store_commit(store, &err));
    store_close(store);
    assert_int_equal(post("http/MERGED", event("e", "\"v\":\"b\"")), 202);
    assert_string_equal(attribute("e", "LAST"), "a");
    assert_non_null(strstr(reason("LAST"), "has escalated"));
    assert_string_equal(attribute("e", "ALL"), "a,b");
}

static void
a_hostile_expression_costs_its_own_attribute_and_its_own_events_time(void **state)
{
    (void)state;
    assert_int_equal(post("http/HOSTILE", event("h1", "")), 202);
    assert_int_equal(post("http/HOSTILE", event("h2", "")), 202);
    assert_int_equal(post("http/PLAIN", event("quick", "")), 202);
    assert_string_equal(attribute("h2", "GOOD"), "about h2");
    assert_string_equal(attribute("h1", "GOOD"), "about h1");
    assert_string_equal(attribute("h2", "ENVIRONMENT"), "0");
    assert_string_equal(attribute("h2", "LOOP"), "");
    assert_string_equal(attribute("h2", "HUGE"), "");
    assert_non_null(strstr(reason("LOOP"), "did not end"));
    assert_non_null(strstr(reason("HUGE"), "more than the 65536"));
    assert_non_null(strstr(reason("DEEP"), "nested too deeply"));
    assert_non_null(strstr(reason("INPUT"), "one document"));
    /* What came behind it, of another source, did not wait for it; what came of the same kept its order. */
    assert_string_equal(
        sql_text("select group_concat(deduplication_key) from (select deduplication_key from "
                 "alert_event where deduplication_key in ('h1', 'h2', 'quick') "
                 "order by processed_at, id)"),
        "quick,h1,h2");
}

static const char *
file_text(const char *path)
{
    struct str text;
    char block[4096];
    size_t got;
    FILE *file = fopen(path, "re");
    if (!file)
        fail_msg("cannot read %s", path);
    str_init(&text, 0);
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        str_append_len(&text, block, got);
    fclose(file);
    const char *copy = arena_text(&arena, str_text(&text));
    str_finish(&text);
    return copy;
}

static const char *
json_at(const char *json, const char *path)
{
    struct wire_document *document;
    struct error err;
    assert_true(wire_document_read(slice_of(json), &document, &err));
    const char *part = wire_document_json(document, &arena, path);
    wire_document_destroy(document);
    return part;
}

/* All in one job: each on its own payload, and on somebody else's, which is no event and is said to be none. */
static void
each_ready_transform_reads_its_senders_payload(void **state)
{
    const char *const *names = transform_ready_names(&arena);
    const char *programs[32];
    const struct worker_result *results;
    struct str document;
    struct error err;
    size_t len = 0;
    (void)state;
    str_init(&document, 0);
    for (; names[len]; len++) {
        const char *path = arena_printf(&arena, "tests/unit/transforms/%s.json", names[len]);
        const char *transform = transform_ready(names[len]);
        assert_in_range(len, 0, LEN(programs) / 2 - 1);
        str_printf(&document, "%s\"%s\":%s", len ? "," : "{", names[len], file_text(path));
        programs[2 * len] = arena_printf(
            &arena, ".%s | (.payload | %s) as $got | if $got == .events then true else $got end",
            names[len], transform);
        programs[2 * len + 1] = arena_printf(&arena, "{hello: [1]} | %s", transform);
    }
    str_append_char(&document, '}');
    const struct worker_job job = {
        .programs = programs, .programs_len = 2 * len, .document = str_slice(&document)};
    assert_true(worker_run(&job, &arena, &results, &err));
    for (size_t i = 0; i < len; i++) {
        if (strcmp(results[2 * i].json, "true") != 0)
            fail_msg("%s: %s%s", names[i], results[2 * i].reason, results[2 * i].json);
        if (results[2 * i + 1].outcome != WORKER_FAILED)
            fail_msg("%s takes what is not for it: %s", names[i], results[2 * i + 1].json);
    }
    str_finish(&document);
    assert_int_equal(len, 5);
    assert_null(transform_ready("nobody"));
}

static void
a_payload_with_several_alerts_becomes_several(void **state)
{
    (void)state;
    const char *payload = json_at(file_text("tests/unit/transforms/alertmanager.json"), "payload");
    assert_int_equal(post("alertmanager/ALERTS", payload), 202);
    const char *late = alerts("9f1c2d3e4a5b6c7d");
    assert_string_equal(json_text_at(&arena, late, "alerts.0.title"), "fct_orders is 3 h late");
    assert_string_equal(json_text_at(&arena, late, "alerts.0.status"), "firing");
    assert_string_equal(json_text_at(&arena, alerts("00aa11bb22cc33dd"), "alerts.0.id"), "");
    assert_int_equal(post("http/ALERTS", payload), 202);
    assert_string_equal(json_text_at(&arena, alerts("9f1c2d3e4a5b6c7d"), "alerts.1.id"), "");
    assert_int_equal(post("http/ALERTS", "{\"alerts\":"), 422);
    assert_int_equal(post("http/ALERTS", "\"\xff\""), 422);
}

static void
what_a_transform_cannot_read_is_an_alert_that_says_so(void **state)
{
    (void)state;
    assert_int_equal(post("http_custom/OWN", "{\"name\":\"good\",\"about\":{\"id\":\"k1\"}}"), 202);
    assert_string_equal(json_text_at(&arena, alerts("k1"), "alerts.0.title"), "good");
    assert_int_equal(post("http_custom/OWN", "{\"skip\":true,\"about\":{\"id\":\"k2\"}}"), 202);
    assert_string_equal(json_text_at(&arena, alerts("k2"), "alerts.0.id"), "");
    assert_int_equal(post("http_custom/OWN", "{\"name\":7,\"about\":{\"id\":\"k3\"}}"), 202);
    assert_string_equal(json_text_at(&arena, alerts("k3"), "alerts.0.title"),
                        "Source OWN sent what its transform cannot read");
    assert_int_equal(post("http_custom/OWN", "{\"loop\":true,\"about\":{\"id\":\"k4\"}}"), 202);
    assert_non_null(
        strstr(json_text_at(&arena, alerts("k4"), "alerts.0.description"), "did not end"));
    assert_int_equal(post("http_custom/OWN", "[]"), 202);
    settle();
    assert_string_equal(sql_text("select count(*) from alert_event where alert_source_id = 'OWN' "
                                 "and problem <> ''"),
                        "3");
}

static void
title_and_description_are_what_the_template_makes_of_the_event(void **state)
{
    (void)state;
    assert_int_equal(post("http/TOLD", event("told1", "\"team\":\"core\",\"tags\":[\"a\",2],"
                                                      "\"why\":\"{{payload.title}}\"")),
                     202);
    const char *told = alerts("told1");
    assert_string_equal(json_text_at(&arena, told, "alerts.0.title"), "CORE: about  (a, 2)");
    /* What an event says is no template. */
    assert_string_equal(json_text_at(&arena, told, "alerts.0.description"), "{{payload.title}}");
    assert_int_equal(post("http/TOLD", event("told2", "\"team\":7")), 202);
    told = alerts("told2");
    assert_string_equal(json_text_at(&arena, told, "alerts.0.title"), "nobody: about  ()");
    assert_string_equal(json_text_at(&arena, told, "alerts.0.description"), "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_taken_by_their_attributes_type),
        cmocka_unit_test(what_a_type_cannot_hold_is_unset_with_the_reason),
        cmocka_unit_test(repeated_events_merge_by_each_ones_strategy),
        cmocka_unit_test(last_wins_stops_once_the_alert_has_escalated),
        cmocka_unit_test(a_hostile_expression_costs_its_own_attribute_and_its_own_events_time),
        cmocka_unit_test(each_ready_transform_reads_its_senders_payload),
        cmocka_unit_test(a_payload_with_several_alerts_becomes_several),
        cmocka_unit_test(what_a_transform_cannot_read_is_an_alert_that_says_so),
        cmocka_unit_test(title_and_description_are_what_the_template_makes_of_the_event),
    };
    return cmocka_run_group_tests_name("expressions over events", tests, start, stop);
}
