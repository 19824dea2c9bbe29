/* hub.conf as objects: stable ids, what changed and what went, the 403; files that come and go under a running hub. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "config/hub_file.h"
#include "hub/declare.h"
#include "hub/exchange.h"
#include "hub/hub.h"
#include "hub/objects.h"
#include "hub/rehearsal.h"
#include "hub/routing.h"
#include "hub/schedules.h"
#include "store/cache.h"
#include "tests/support/store_objects.h"
#include "wire/wire.h"

static struct arena arena;
static const char *directory;
static struct store *store;
static struct error err;

static int
open_store(void **state)
{
    (void)state;
    directory = temporary_directory(&arena);
    assert_true(store_open(&store, STORE_HUB, ":memory:", STORE_WRITE, NULL, &err));
    return 0;
}

static int
close_store(void **state)
{
    (void)state;
    store_close(store);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}

static const struct hub_file *
file_of(const char *text)
{
    struct hub_file *file = arena_new(&arena, struct hub_file);
    struct hub_mistakes mistakes;
    const char *path = arena_printf(&arena, "%s/hub.conf", directory);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
    if (!hub_file_load(file, path, true, &arena, &mistakes, &err))
        fail_msg("%s", err.message);
    return file;
}

static size_t
declare_at(const struct hub_file *file, int64_t now_ms)
{
    size_t changed;
    if (!declare_file(store, file, now_ms, &changed, &err))
        fail_msg("%s", err.message);
    return changed;
}

static bool
has(enum kind kind, const char *name)
{
    bool found;
    void *object = arena_alloc(&arena, kind_info(kind)->fields->struct_size);
    assert_true(cache_get(store, kind, declared_id(kind_info(kind)->table, name, &arena), &arena,
                          object, &found, &err));
    return found;
}

#define ROUTE(more) "source \"dbt\" { }\nroute \"r\" { sources = {\"dbt\"} " more " }\n"
#define THEN ((int64_t)1768000000000)

static void
a_reload_keeps_ids_and_writes_what_changed_only(void **state)
{
    struct alert_route route;
    bool found;
    (void)state;
    assert_true(declare_at(file_of(ROUTE("")), THEN) > 2);
    assert_int_equal(declare_at(file_of(ROUTE("")), THEN + 1000), 0);
    assert_int_equal(declare_at(file_of("\n\n" ROUTE("name = \"Other\"")), THEN + 2000), 1);
    const char *id = declared_id("alert_route", "r", &arena), *place;
    assert_true(object_load(store, KIND_ALERT_ROUTE, id, &arena, &route, &found, &err));
    assert_true(found);
    assert_string_equal(route.name, "Other");
    assert_int_equal(route.version, 2);
    assert_int_equal(route.created_at, THEN);
    assert_int_equal(route.updated_at, THEN + 2000);
    assert_true(declared_place(store, KIND_ALERT_ROUTE, id, &arena, &place, &err));
    assert_string_equal(place, "hub.conf:4");
}

static void
what_the_file_no_longer_has_is_removed_and_nothing_else(void **state)
{
    struct severity own;
    struct arena scratch = {0};
    (void)state;
    (void)declare_at(file_of("severity \"minor\" { }\nperson \"ana\" { name = \"Ana\" }\n"), THEN);
    object_clear(&severity_table, &own);
    own.id = "OWN";
    own.name = "Made over the API";
    own.created_at = own.updated_at = THEN;
    assert_true(store_begin(store, &err));
    assert_true(object_save(store, KIND_SEVERITY, &own, THEN, &scratch, &err));
    assert_true(store_commit(store, &err));
    assert_true(has(KIND_SEVERITY, "minor"));
    assert_true(has(KIND_USER, "ana"));
    (void)declare_at(file_of("person \"ana\" { name = \"Ana\" }\n"), THEN);
    assert_false(has(KIND_SEVERITY, "minor"));
    assert_true(has(KIND_USER, "ana"));
    bool found;
    assert_true(cache_get(store, KIND_SEVERITY, "OWN", &scratch, &own, &found, &err));
    assert_true(found);
    arena_finish(&scratch);
}

static void
writes_on_what_is_declared_are_refused_with_its_place(void **state)
{
    struct exchange exchange = {.store = store, .arena = &arena, .request_id = "r"};
    (void)state;
    (void)declare_at(file_of("\nseverity \"minor\" { }\n"), THEN);
    const char *id = declared_id("severity", "minor", &arena);
    assert_false(declared_refuses(&exchange, KIND_SEVERITY, "another"));
    assert_true(declared_refuses(&exchange, KIND_SEVERITY, id));
    assert_int_equal(exchange.status, 403);
    assert_non_null(strstr(str_text(&exchange.body), "hub.conf:2"));
    str_finish(&exchange.body);
}

static void
a_source_opens_to_the_secret_of_its_file(void **state)
{
    bool opens;
    (void)state;
    const char *path = arena_printf(&arena, "%s/secret", directory);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_true(fputs("open sesame\n", out) >= 0);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(chmod(path, 0600), 0);
    (void)declare_at(file_of("source \"dbt\" { secret_file = \"secret\" }\n"), THEN);
    const char *id = declared_id("alert_source", "dbt", &arena);
    assert_true(hub_source_secret_opens(store, id, "open sesame", &opens, &err));
    assert_true(opens);
    assert_true(hub_source_secret_opens(store, id, "secret", &opens, &err));
    assert_false(opens);
}

static void
lookup_tables_stand_before_the_expressions_that_name_them(void **state)
{
    (void)state;
    const struct hub_file *file =
        file_of("lookup \"t\" { a = \"b\\\"c\" }\nlookup \"other\" { x = y }\n");
    assert_string_equal(declare_expression(file, "$t[.x] // $tt", &arena),
                        "{\"a\":\"b\\\"c\"} as $t | $t[.x] // $tt");
    assert_string_equal(declare_expression(file, ".x", &arena), ".x");
}

static void
a_rota_is_what_the_file_says(void **state)
{
    struct schedule schedule;
    const struct schedule_plan *plan;
    struct schedule_shifts shifts;
    bool found;
    (void)state;
    (void)declare_at(
        file_of(
            "person \"ana\" { name = \"Ana\" }\nperson \"ben\" { name = \"Ben\" }\n"
            "schedule \"rota\" { timezone = \"Europe/London\"\n rotation \"weekly\" { people = "
            "{\"ana\", \"ben\"} starts = \"2026-01-05 09:00\" hours = {\"mon-fri 09:00-17:30\"} }\n"
            " rotation \"later\" { version_of = \"weekly\" from = \"2026-06-01 09:00\" people = "
            "{\"ben\", \"ana\"} starts = \"2026-06-01 09:00\" handover = {\"1d\"} } }\n"),
        THEN);
    assert_true(object_load(store, KIND_SCHEDULE, declared_id("schedule", "rota", &arena), &arena,
                            &schedule, &found, &err));
    assert_true(found);
    if (!schedule_plan_read(&schedule, &arena, &plan, &err))
        fail_msg("%s", err.message);
    static const struct {
        const char *at, *who;
    } rows[] = {
        {"2026-01-06T10:00:00Z", "Ana"}, {"2026-01-13T10:00:00Z", "Ben"},
        {"2026-01-10T10:00:00Z", NULL}, /* a Saturday */
        {"2026-06-02T10:00:00Z", "Ana"}, {"2026-06-06T22:00:00Z", "Ana"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t at_ms;
        assert_true(time_from_rfc3339(rows[i].at, &at_ms));
        assert_true(schedule_plan_shifts(plan, NULL, 0, at_ms, &arena, &shifts, &err));
        assert_int_equal(shifts.current_len, rows[i].who ? 1 : 0);
        if (rows[i].who)
            assert_string_equal(shifts.current[0].user_name, rows[i].who);
    }
}

/* ---- the shipped example ---- */

static const struct decision_route *
taken_route(const struct decision *decision, const char *name)
{
    for (size_t i = 0; i < decision->routes_len; i++)
        if (decision->routes[i].taken && strcmp(decision->routes[i].name, name) == 0)
            return &decision->routes[i];
    return NULL;
}

static void
the_shipped_example_routes_a_failed_model(void **state)
{
    struct hub_file file;
    struct hub_mistakes mistakes;
    struct rehearsal *rehearsal;
    struct decision decision;
    const char *alert_id;
    bool found;
    (void)state;
    assert_true(hub_file_load(&file, "data/hub.conf", true, &arena, &mistakes, &err));
    assert_true(rehearsal_open(&rehearsal, &file, &err));
    const struct alert_event event = {
        .title = "fct_orders failed",
        .status = "firing",
        .description = "",
        .deduplication_key = "k",
        .source_url = "",
        .metadata = "{\"model\":\"fct_orders\",\"level\":\"error\",\"tags\":[\"revenue\"],"
                    "\"exposures\":[{\"name\":\"Board\"}],\"downstream\":{\"models\":3}}",
        .alert_source_id = declared_id("alert_source", "dbt", &arena),
        .query_params = "{}",
        .payload = "",
        .received_at = THEN,
    };
    assert_true(rehearsal_play(rehearsal, &event, &arena, &alert_id, &err));
    assert_true(*alert_id);
    assert_true(
        decision_load(rehearsal_store(rehearsal), alert_id, &arena, &decision, &found, &err));
    assert_true(found);
    assert_int_equal(decision.attributes_len, 11);
    assert_string_equal(decision.attributes[0].value, "critical");
    assert_string_equal(decision.attributes[2].value, "ben");
    assert_string_equal(decision.attributes[3].value, "data");
    const struct decision_route *route = taken_route(&decision, "Production pipeline");
    assert_non_null(route);
    assert_true(route->incident_is_new);
    assert_string_equal(route->incident_severity, "Critical");
    assert_int_equal(route->pages_len, 1);
    rehearsal_close(rehearsal);
}

static void
a_source_of_the_file_titles_its_alerts_anew(void **state)
{
    const struct hub_file *file = file_of(
        "attribute \"Owner\" { jq = '.metadata.owner' }\n"
        "attribute \"Model\" { jq = '.metadata.model' }\n"
        "source \"dbt\" { title = \"{{Model}}: {{payload.title | truncate: 4}} ({{Owner}})\" }\n");
    struct rehearsal *rehearsal;
    struct alert alert;
    const char *alert_id;
    bool found;
    (void)state;
    assert_true(rehearsal_open(&rehearsal, file, &err));
    const struct alert_event event = {
        .title = "late by an hour",
        .status = "firing",
        .description = "as sent",
        .deduplication_key = "k",
        .source_url = "",
        .metadata = "{\"model\":\"fct_orders\",\"owner\":\"ana\"}",
        .alert_source_id = declared_id("alert_source", "dbt", &arena),
        .query_params = "{}",
        .payload = "",
        .received_at = THEN,
    };
    assert_true(rehearsal_play(rehearsal, &event, &arena, &alert_id, &err));
    assert_true(object_load(rehearsal_store(rehearsal), KIND_ALERT, alert_id, &arena, &alert,
                            &found, &err));
    assert_string_equal(alert.title, "fct_orders: late (ana)");
    assert_string_equal(alert.description, "as sent");
    rehearsal_close(rehearsal);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_reload_keeps_ids_and_writes_what_changed_only, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(what_the_file_no_longer_has_is_removed_and_nothing_else,
                                        open_store, close_store),
        cmocka_unit_test_setup_teardown(writes_on_what_is_declared_are_refused_with_its_place,
                                        open_store, close_store),
        cmocka_unit_test_setup_teardown(a_source_opens_to_the_secret_of_its_file, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(lookup_tables_stand_before_the_expressions_that_name_them,
                                        open_store, close_store),
        cmocka_unit_test_setup_teardown(a_rota_is_what_the_file_says, open_store, close_store),
        cmocka_unit_test_setup_teardown(a_source_of_the_file_titles_its_alerts_anew, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(the_shipped_example_routes_a_failed_model, open_store,
                                        close_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
