/*
 * Artifacts of dbt to alert events: the shapes that each version of the schemas has, whose a node is and what it breaks, and
 * files that are not what they should be. JSON is written with ' for " and ^ for '.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "dbt/dbt.h"
#include "dbt/names.h"
#include "dbt/stream.h"
#include "tests/support/store_objects.h"
#include "wire/wire.h"

static struct arena arena;
static const char *directory;
static struct dbt_input input;
static struct dbt_output output;
static struct error err;

static int
make_directory(void **state)
{
    (void)state;
    directory = temporary_directory(&arena);
    return 0;
}

static int
remove_directory(void **state)
{
    (void)state;
    temporary_directory_remove(directory);
    arena_finish(&arena);
    return 0;
}

static const char *
no_variable(const char *name)
{
    (void)name;
    return NULL;
}

static int
forget_input(void **state)
{
    (void)state;
    input = (struct dbt_input){"", "", "", "", no_variable, NULL, NULL, NULL};
    return 0;
}

static const char *
write_file(const char *name, const char *text)
{
    const char *path = arena_printf(&arena, "%s/%s", directory, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    for (; *text; text++)
        assert_true(fputc(*text == '\'' ? '"' : *text == '^' ? '\'' : *text, out) != EOF);
    assert_int_equal(fclose(out), 0);
    return path;
}

/* ---- files, from what a test is about ---- */

#define RESULT(id, status) "{'unique_id':'" id "','status':'" status "'}"
#define MESSAGE(id, status, message)                                                               \
    "{'unique_id':'" id "','status':'" status "','message':'" message "'}"

static void
results_of(const char *which, const char *results)
{
    input.run_results = write_file(
        "run_results.json",
        arena_printf(
            &arena,
            "{'metadata':{'dbt_schema_version':'https://schemas.getdbt.com/dbt/run-results/"
            "v6.json','dbt_version':'1.9.4','generated_at':'2026-03-23T03:12:00.5Z',"
            "'invocation_id':'i-1','env':{}},'results':[%s],'args':{'which':'%s',"
            "'target':'prod'}}",
            results, which));
}

static void
manifest_of(const char *members)
{
    input.manifest = write_file(
        "manifest.json",
        arena_printf(&arena,
                     "{'metadata':{'dbt_schema_version':'https://schemas.getdbt.com/dbt/manifest/"
                     "v12.json','project_name':'shop'},%s}",
                     members));
}

static void
make(void)
{
    bool ok = dbt_events(&input, &arena, &output, &err);
    if (!ok)
        print_message("%s\n", err.message);
    assert_true(ok);
    for (size_t i = 0; i < output.events_len; i++)
        assert_true(wire_is_valid(slice_of(output.events[i].body)));
}

static const char *
member(struct slice body, const char *path, bool json)
{
    struct wire_document *document;
    assert_true(wire_document_read(body, &document, &err));
    const char *text = json ? wire_document_json(document, &arena, path)
                            : wire_document_text(document, &arena, path);
    wire_document_destroy(document);
    return text;
}

/* Of the event about a node, at a path below its metadata; NULL = there is no such event. */
static const char *
find(const char *unique_id, const char *path, bool json)
{
    for (size_t i = 0; i < output.events_len; i++) {
        struct slice body = slice_of(output.events[i].body);
        if (strcmp(member(body, "metadata.unique_id", false), unique_id) == 0)
            return member(body, path, json);
    }
    return NULL;
}

static const char *
about(const char *unique_id, const char *path)
{
    return find(unique_id, arena_printf(&arena, "metadata.%s", path), false);
}

/* Lists: JSON with ' for ". */
static const char *
list_about(const char *unique_id, const char *path)
{
    const char *json = find(unique_id, arena_printf(&arena, "metadata.%s", path), true);
    assert_non_null(json);
    char *text = arena_text(&arena, json);
    for (char *at = text; *at; at++)
        if (*at == '"')
            *at = '\'';
    return text;
}

static bool
was_told(const char *words)
{
    for (size_t i = 0; i < output.notices_len; i++)
        if (strstr(output.notices[i].message, words))
            return true;
    return false;
}

/* ---- what happened ---- */

static void
every_status_is_an_event_or_none(void **state)
{
    static const struct {
        const char *status, *event, *level;
    } cases[] = {
        {"success", "resolved", ""},
        {"pass", "resolved", ""},
        {"error", "firing", "error"},
        {"runtime error", "firing", "error"},
        {"partial success", "firing", "error"},
        {"fail", "firing", "fail"},
        {"warn", "firing", "warn"},
        {"Fail", "firing", "fail"},
        {"skipped", NULL, NULL},
        {"no-op", NULL, NULL},
        {"reused", NULL, NULL},
        {"executing", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        results_of("build",
                   arena_printf(&arena, RESULT("model.shop.orders", "%s"), cases[i].status));
        make();
        assert_int_equal(output.events_len, cases[i].event != NULL);
        if (cases[i].event) {
            assert_string_equal(find("model.shop.orders", "status", false), cases[i].event);
            assert_string_equal(about("model.shop.orders", "level"), cases[i].level);
        }
        assert_int_equal(was_told("executing"), i == 11);
    }
}

static void
results_of_every_version_are_read(void **state)
{
    /* What a version added, in the order in which it writes it. */
    static const char *const members[] = {
        "'status':'fail','timing':[],'thread_id':'Thread-1','execution_time':1.5,'message':'Got 3'",
        "'status':'fail','timing':[],'message':'Got 3','failures':3",
        "'status':'fail','message':'Got "
        "3','failures':3,'adapter_response':{'code':'x','deep':[[{}]]}",
        "'status':'fail','message':'Got 3','failures':3",
        "'status':'fail','message':'Got 3','failures':3,'compiled':true,'compiled_code':'select 1',"
        "'relation_name':'a.b'",
        "'status':'fail','message':'Got "
        "3','failures':3,'batch_results':null,'overload_results':null",
    };
    (void)state;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        input.run_results = write_file(
            "run_results.json",
            arena_printf(&arena,
                         "{'metadata':{'dbt_schema_version':'https://schemas.getdbt.com/dbt/"
                         "run-results/v%zu.json','generated_at':'2026-08-20T13:47:12.269157511Z',"
                         "'invocation_id':null,'env':{}},'results':[{%s,'unique_id':"
                         "'test.shop.not_null_orders_id.0123456789'}],'elapsed_time':2,"
                         "'args':{'which':'test','vars':{'target':'secret'}}}",
                         i + 1, members[i]));
        make();
        assert_int_equal(output.fails, 1);
        assert_int_equal(output.notices_len, 0);
        assert_string_equal(about("test.shop.not_null_orders_id.0123456789", "message"), "Got 3");
        assert_string_equal(about("test.shop.not_null_orders_id.0123456789", "failures"),
                            i ? "3" : "");
        assert_string_equal(member(slice_of(output.events[0].body), "title", false),
                            i ? "not_null_orders_id failed (3 rows)" : "not_null_orders_id failed");
        assert_null(strstr(output.events[0].body, "secret"));
    }
}

static void
what_nothing_executed_resolves_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        results_of(i ? "generate" : "compile", RESULT("model.shop.a", "success") "," MESSAGE(
                                                   "model.shop.b", "error", "Compilation Error"));
        make();
        assert_int_equal(output.events_len, 1);
        assert_string_equal(about("model.shop.b", "level"), "error");
        assert_true(was_told("nothing is resolved"));
    }
    input.run_results =
        write_file("old.json", "{'results':[" RESULT("model.shop.a",
                                                     "success") "],'args':{'rpc_method':'run'}}");
    make();
    assert_int_equal(output.events_len, 1);
}

static bool
only_b_fires(void *context, const char *key, int64_t at_ms)
{
    assert_true(at_ms > 0);
    return strcmp(key, context) == 0;
}

static void
what_fires_comes_first_and_only_what_fired_is_resolved(void **state)
{
    (void)state;
    results_of("build", RESULT("model.shop.a", "success") "," RESULT(
                            "model.shop.b", "success") "," RESULT("model.shop.c", "error"));
    make();
    assert_int_equal(output.events_len, 3);
    assert_int_equal(output.firing, 1);
    assert_false(output.events[0].resolved);
    assert_true(output.events[1].resolved);
    assert_string_equal(member(slice_of(output.events[1].body), "title", false), "a runs again");
    char key[64];
    (void)snprintf(key, sizeof key, "%s", output.events[2].deduplication_key);
    input.is_firing = only_b_fires;
    input.context = key;
    make();
    assert_int_equal(output.events_len, 2);
    assert_string_equal(output.events[1].deduplication_key, key);
}

static void
a_key_is_of_the_environment_and_the_node_only(void **state)
{
    (void)state;
    results_of("build", RESULT("model.shop.a", "error"));
    make();
    const char *key = output.events[0].deduplication_key;
    results_of("run", MESSAGE("model.shop.a", "fail", "other"));
    manifest_of("'nodes':{'model.shop.a':{'name':'a'}}");
    make();
    assert_string_equal(output.events[0].deduplication_key, key);
    input.environment = "prod"; /* as the target is */
    make();
    assert_string_equal(output.events[0].deduplication_key, key);
    input.environment = "staging";
    make();
    assert_string_not_equal(output.events[0].deduplication_key, key);
    assert_string_equal(about("model.shop.a", "environment"), "staging");
}

static void
of_two_results_of_a_node_the_worse_counts(void **state)
{
    (void)state;
    results_of("build", RESULT("model.shop.a", "success") "," RESULT(
                            "model.shop.a", "error") "," RESULT("model.shop.a", "skipped"));
    make();
    assert_int_equal(output.events_len, 1);
    assert_false(output.events[0].resolved);
}

static void
sources_say_how_late_they_are(void **state)
{
    (void)state;
    input.sources = write_file(
        "sources.json",
        "{'metadata':{'dbt_schema_version':'https://schemas.getdbt.com/dbt/sources/"
        "v3.json'},'results':["
        "{'unique_id':'source.shop.raw.orders','max_loaded_at':'2026-03-22T01:00:00Z',"
        "'max_loaded_at_time_ago_in_s':94320.5,'status':'error','criteria':{'warn_after':{'count':"
        "null,"
        "'period':null},'error_after':{'count':24,'period':'hour'},'filter':null}},"
        "{'unique_id':'source.shop.raw.empty','max_loaded_at':'0001-01-01T00:00:00+00:00',"
        "'max_loaded_at_time_ago_in_s':63922736809.8,'status':'warn','criteria':{'warn_after':"
        "{'count':1,'period':'day'}}},"
        "{'unique_id':'source.shop.raw.gone','error':'Database Error: no such table','status':"
        "'runtime error'},"
        "{'unique_id':'source.shop.raw.good','status':'pass'}]}");
    make();
    assert_int_equal(output.events_len, 4);
    assert_string_equal(find("source.shop.raw.orders", "title", false),
                        "raw.orders is late: the newest row is 26h old, error after 24 hours");
    assert_string_equal(find("source.shop.raw.empty", "title", false),
                        "raw.empty is late: no row was ever loaded, warn after 1 day");
    assert_string_equal(about("source.shop.raw.empty", "level"), "warn");
    assert_string_equal(
        find("source.shop.raw.gone", "title", false),
        "raw.gone: its freshness could not be checked: Database Error: no such table");
    assert_string_equal(find("source.shop.raw.good", "status", false), "resolved");
}

static void
messages_are_trimmed_to_what_a_person_reads(void **state)
{
    (void)state;
    results_of(
        "run",
        MESSAGE("model.shop.a", "error",
                "Database Error in model a (models/a.sql)\\n  001003 (42000): SQL compilation "
                "error:\\n  no \\u001b[31msuch\\u001b[0m column\\u0007 ``` \\r\\n\\n"));
    make();
    assert_string_equal(find("model.shop.a", "title", false),
                        "a failed: 001003 (42000): SQL compilation error: no such column ```");
    assert_string_equal(
        about("model.shop.a", "message"),
        "Database Error in model a (models/a.sql)\n  001003 (42000): SQL compilation "
        "error:\n  no such column ```");
    assert_non_null(strstr(find("model.shop.a", "description", false), "````\nDatabase Error"));
}

/* ---- what a test is about ---- */

#define NODES(test)                                                                                \
    "'nodes':{'test.shop.t.0123456789':{" test "},'model.shop.orders':{'name':'orders'},"          \
    "'model.shop.customers.v2':{'name':'customers'},'model.shop.customers.v1':{'name':'customers'" \
    "},"                                                                                           \
    "'model.other.orders':{'name':'orders'}},'sources':{'source.shop.raw.orders':{}}"
#define ON(nodes) "'depends_on':{'nodes':[" nodes "]}"
#define KWARGS(model)                                                                              \
    "'test_metadata':{'name':'not_null','kwargs':{'model':'{{ get_where_subquery(" model ") }}'}}"

static void
a_test_is_about_what_it_tests(void **state)
{
    static const struct {
        const char *manifest, *attached;
    } cases[] = {
        /* says so (v9 and later) */
        {NODES("'attached_node':'model.shop.orders'," ON(
             "'model.shop.customers.v1','model.shop.orders'")),
         "model.shop.orders"},
        /* says so, and the newer engine names no dependency */
        {NODES("'attached_node':'model.shop.orders'," ON("")), "model.shop.orders"},
        /* by its argument (before v9), whichever stands first */
        {NODES("'attached_node':null," KWARGS("ref(^orders^)") "," ON(
             "'model.shop.customers.v1','model.shop.orders'")),
         "model.shop.orders"},
        {NODES(KWARGS("ref(^orders^)") "," ON("'model.shop.orders','model.shop.customers.v1'")),
         "model.shop.orders"},
        {NODES(KWARGS("ref(^other^, ^orders^)") "," ON("'model.shop.orders','model.other.orders'")),
         "model.other.orders"},
        {NODES(KWARGS("ref(^customers^, version=^2^)") "," ON(
             "'model.shop.customers.v1','model.shop.customers.v2'")),
         "model.shop.customers.v2"},
        {NODES(KWARGS("ref(^customers^, v=1)") "," ON(
             "'model.shop.customers.v1','model.shop.customers.v2'")),
         "model.shop.customers.v1"},
        {NODES(KWARGS("ref(\\'orders\\')") "," ON("'model.shop.customers.v1','model.shop.orders'")),
         "model.shop.orders"},
        {NODES(KWARGS("source(^raw^, ^orders^)") "," ON(
             "'model.shop.orders','source.shop.raw.orders'")),
         "source.shop.raw.orders"},
        /* by its file's key */
        {NODES("'test_metadata':null,'file_key_name':'models.orders'," ON(
             "'model.shop.customers.v1','model.shop.orders'")),
         "model.shop.orders"},
        /* by being alone */
        {NODES(ON("'model.shop.orders'")), "model.shop.orders"},
        /* about both, or about nothing */
        {NODES(ON("'model.shop.orders','model.shop.customers.v1'")), ""},
        {NODES(KWARGS("ref(^orders^)") "," ON("'model.shop.orders','model.other.orders'")), ""},
        {NODES(ON("")), ""},
    };
    (void)state;
    results_of("test", RESULT("test.shop.t.0123456789", "fail"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        manifest_of(cases[i].manifest);
        make();
        assert_string_equal(about("test.shop.t.0123456789", "attached_to"), cases[i].attached);
    }
    assert_string_equal(list_about("test.shop.t.0123456789", "attached_nodes"), "[]");
    manifest_of(cases[11].manifest);
    make();
    assert_string_equal(list_about("test.shop.t.0123456789", "attached_nodes"),
                        "['model.shop.orders','model.shop.customers.v1']");
}

static void
a_unit_test_is_about_its_model(void **state)
{
    static const char *const shapes[] = {
        "'model':'orders'," ON("'model.shop.x','model.shop.orders'"),
        "'model':'orders','tested_node_unique_id':'model.shop.orders'," ON("'model.shop.x'"),
        "'model':'orders'," ON("'model.shop.orders'"),
    };
    (void)state;
    results_of("build", RESULT("unit_test.shop.orders.adds_up",
                               "fail") "," RESULT("model.shop.orders", "skipped"));
    make();
    assert_string_equal(about("unit_test.shop.orders.adds_up", "model"), "orders");
    for (size_t i = 0; i < 3; i++) {
        manifest_of(arena_printf(&arena,
                                 "'nodes':{'model.shop.orders':{'name':'orders'}},'unit_tests':{"
                                 "'unit_test.shop.orders.adds_up':{'name':'adds_up',%s}}",
                                 shapes[i]));
        make();
        assert_string_equal(about("unit_test.shop.orders.adds_up", "attached_to"),
                            "model.shop.orders");
        assert_string_equal(list_about("unit_test.shop.orders.adds_up", "skipped"),
                            "['model.shop.orders']");
        assert_string_equal(find("unit_test.shop.orders.adds_up", "title", false),
                            "unit test adds_up failed on orders");
    }
}

/* ---- whose it is ---- */

static void
an_owner_is_found_wherever_it_stands(void **state)
{
    static const struct {
        const char *node, *groups, *owners;
    } cases[] = {
        {"'meta':{'owner':'ana@example.com'},'config':{'meta':{'owner':'ben'}}", "",
         "['ana@example.com']"},
        {"'meta':{},'config':{'meta':{'owner':'@ben'}}", "", "['@ben']"},
        {"'meta':{'owner':['ana','ben']}", "", "['ana','ben']"},
        {"'meta':{'owner':'ana, ben ,ana'}", "", "['ana','ben']"},
        {"'meta':{'owner':{'name':'Ana','email':'ana@example.com'}}", "", "['ana@example.com']"},
        {"'meta':{'owner':{'name':'Ana','email':null}}", "", "['Ana']"},
        {"'meta':{'owner':{'slack':'#data'}}", "", "['#data']"},
        {"'group':'core'", "'group.shop.core':{'owner':{'email':['a@x','b@x'],'name':'Core'}}",
         "['a@x','b@x']"},
        {"'group':null,'config':{'group':'core'}", "'group.shop.core':{'owner':{'name':'Core'}}",
         "['Core']"},
        {"'group':'core'", "'group.shop.core':{'owner':{},'config':{'meta':{'owner':'cy'}}}",
         "['cy']"},
        {"'group':'core','config':{'meta':{'owner':'ben'}}",
         "'group.shop.core':{'owner':{'name':'Core'}}", "['ben']"},
        {"'group':'gone'", "'group.other.gone':{'owner':{'name':'Core'}}", "[]"},
        {"'meta':{'owner':''}", "", "[]"},
        {"'meta':{'team':{'owner':'x'}}", "", "[]"},
    };
    (void)state;
    results_of("run", RESULT("model.shop.a", "error"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        manifest_of(arena_printf(
            &arena, "'groups':{%s},'nodes':{'model.shop.a':{'package_name':'shop',%s}}",
            cases[i].groups, cases[i].node));
        make();
        assert_string_equal(list_about("model.shop.a", "owners"), cases[i].owners);
    }
}

static void
a_test_is_its_nodes_owners_before_its_own(void **state)
{
    (void)state;
    results_of("test", RESULT("test.shop.t", "fail"));
    manifest_of("'nodes':{'test.shop.t':{'meta':{'owner':'tester'},'tags':['nightly'],'depends_on':"
                "{'nodes':"
                "['source.shop.raw.orders']}}},'sources':{'source.shop.raw.orders':{'tags':['raw'],"
                "'config':"
                "{'tags':['raw','pii']},'source_meta':{'owner':'loader'}}}");
    make();
    assert_string_equal(about("test.shop.t", "owner"), "loader");
    assert_string_equal(list_about("test.shop.t", "tags"), "['raw','pii','nightly']");
    manifest_of("'nodes':{'test.shop.t':{'meta':{'owner':'tester'},'depends_on':{'nodes':['model."
                "shop.a']}},"
                "'model.shop.a':{}}");
    make();
    assert_string_equal(about("test.shop.t", "owner"), "tester");
}

/* ---- what it breaks ---- */

#define CHAIN                                                                                      \
    "'model.shop.a':{'depends_on':{'nodes':['source.shop.raw.x']}},"                               \
    "'model.shop.b':{'depends_on':{'nodes':['model.shop.a']}},"                                    \
    "'model.shop.c':{'depends_on':{'nodes':['model.shop.b','model.shop.z']}},"                     \
    "'model.shop.z':{},"                                                                           \
    "'test.shop.on_a':{'attached_node':'model.shop.a','depends_on':{'nodes':['model.shop.a']}},"   \
    "'test.shop.on_b':{'depends_on':{'nodes':['model.shop.b']}},"                                  \
    "'test.shop.on_az':{'depends_on':{'nodes':['model.shop.a','model.shop.z']}}"

static void
exposures_are_reached_by_walking(void **state)
{
    static const char *const graphs[] = {
        "'nodes':{" CHAIN
        "},'exposures':{'exposure.shop.week ly':{'name':'week ly','type':'dashboard','url':"
        "'https://bi/"
        "1','owner':{'name':'Cy','email':'cy@example.com'},'depends_on':{'nodes':['metric.shop.m']}"
        "}},"
        "'metrics':{'metric.shop.m':{'depends_on':{'nodes':['model.shop.c']}}}",
        /* the maps alone, as a slimmed file has them */
        "'nodes':{'model.shop.a':{},'model.shop.b':{},'model.shop.c':{},'test.shop.on_a':{},'test."
        "shop.on_b':{},"
        "'test.shop.on_az':{}},'exposures':{'exposure.shop.week ly':{'name':'week "
        "ly','type':'dashboard','url':"
        "'https://bi/"
        "1','owner':{'email':'cy@example.com'}}},'child_map':{'model.shop.a':['model.shop.b',"
        "'test.shop.on_a','test.shop.on_az'],'model.shop.b':['model.shop.c','test.shop.on_b'],'"
        "model.shop.c':"
        "['metric.shop.m'],'metric.shop.m':['exposure.shop.week "
        "ly'],'source.shop.raw.x':['model.shop.a']}",
        "'nodes':{'model.shop.a':{},'model.shop.b':{},'model.shop.c':{},'test.shop.on_a':{},'test."
        "shop.on_b':{},"
        "'test.shop.on_az':{}},'exposures':{'exposure.shop.week ly':{'name':'week "
        "ly','type':'dashboard','url':"
        "'https://bi/"
        "1','owner':{'email':'cy@example.com'}}},'parent_map':{'model.shop.b':['model.shop.a'],"
        "'test.shop.on_a':['model.shop.a'],'test.shop.on_az':['model.shop.a'],'model.shop.c':['"
        "model.shop.b'],"
        "'test.shop.on_b':['model.shop.b'],'metric.shop.m':['model.shop.c'],'exposure.shop.week "
        "ly':"
        "['metric.shop.m'],'model.shop.a':['source.shop.raw.x']}",
    };
    (void)state;
    results_of("run", RESULT("model.shop.a", "error"));
    for (size_t i = 0; i < sizeof graphs / sizeof *graphs; i++) {
        manifest_of(graphs[i]);
        make();
        assert_string_equal(list_about("model.shop.a", "downstream"),
                            "{'models':2,'tests':3,'exposures':1}");
        assert_string_equal(
            list_about("model.shop.a", "exposures"),
            "[{'unique_id':'exposure.shop.week ly','name':'week ly','type':'dashboard',"
            "'owner':'cy@example.com','url':'https://bi/1'}]");
        assert_string_equal(list_about("model.shop.a", "lineage"),
                            "{'up':['source.shop.raw.x'],'down':['model.shop.b','model.shop.c']}");
    }
}

static void
skipped_nodes_stand_under_their_cause(void **state)
{
    static const struct {
        const char *results, *failing, *skipped;
    } cases[] = {
        {RESULT("model.shop.a", "error") "," RESULT("model.shop.b", "skipped") "," RESULT(
             "model.shop.c", "skipped") "," RESULT("test.shop.on_b", "skipped"),
         "model.shop.a", "['model.shop.b','model.shop.c','test.shop.on_b']"},
        /* a test holds up what is below its model, and the tests of that, not those beside it */
        {RESULT("test.shop.on_a", "fail") "," RESULT("model.shop.a", "success") "," RESULT(
             "model.shop.b",
             "skipped") "," RESULT("test.shop.on_b",
                                   "skipped") "," RESULT("test.shop.on_az",
                                                         "skipped") "," RESULT("model.shop.z",
                                                                               "success"),
         "test.shop.on_a", "['model.shop.b','test.shop.on_b']"},
        /* what is below only one of its two nodes was not held up by it */
        {RESULT("test.shop.on_az", "error") "," RESULT("model.shop.b", "skipped") "," RESULT(
             "model.shop.c", "skipped"),
         "test.shop.on_az", "['model.shop.c']"},
        /* not related */
        {RESULT("model.shop.b", "error") "," MESSAGE("model.shop.z", "skipped",
                                                     "Skipping due to fail_fast"),
         "model.shop.b", "[]"},
    };
    (void)state;
    manifest_of("'nodes':{" CHAIN "}");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        results_of("build", cases[i].results);
        make();
        assert_int_equal(output.firing, 1);
        assert_string_equal(list_about(cases[i].failing, "skipped"), cases[i].skipped);
    }
    manifest_of("'nodes':{'model.shop.a':{'config':{'on_error':'continue'}},'model.shop.b':{'"
                "depends_on':{'nodes':"
                "['model.shop.a']}}}");
    results_of("build", RESULT("model.shop.a", "error") "," RESULT("model.shop.b", "skipped"));
    make();
    assert_string_equal(list_about("model.shop.a", "skipped"), "[]");
}

static void
what_an_ephemeral_model_broke_is_an_alert(void **state)
{
    (void)state;
    manifest_of("'nodes':{" CHAIN "}");
    results_of("run", MESSAGE("model.shop.b", "skipped",
                              "Compilation Error in b, caused by compilation error in referenced "
                              "ephemeral model a") "," RESULT("model.shop.c", "skipped"));
    make();
    assert_int_equal(output.events_len, 1);
    assert_string_equal(about("model.shop.b", "level"), "error");
    assert_string_equal(list_about("model.shop.b", "skipped"), "['model.shop.c']");
}

/* ---- which build ---- */

static const char *const *variables;

static const char *
variable(const char *name)
{
    for (size_t i = 0; variables[i]; i += 2)
        if (strcmp(variables[i], name) == 0)
            return variables[i + 1];
    return NULL;
}

static void
a_build_is_known_from_its_environment(void **state)
{
    static const char *const circle[] = {"CIRCLE_BUILD_URL",
                                         "https://circleci.com/gh/o/r/7",
                                         "CIRCLE_SHA1",
                                         "abc",
                                         "CIRCLE_BRANCH",
                                         "main",
                                         "CIRCLE_JOB",
                                         "dbt",
                                         "CIRCLE_PROJECT_USERNAME",
                                         "o",
                                         "CIRCLE_PROJECT_REPONAME",
                                         "r",
                                         "CIRCLE_USERNAME",
                                         "ana",
                                         NULL};
    static const char *const github[] = {"GITHUB_RUN_ID",
                                         "9",
                                         "GITHUB_REPOSITORY",
                                         "o/r",
                                         "GITHUB_SHA",
                                         "def",
                                         "GITHUB_REF_NAME",
                                         "main",
                                         "GITHUB_JOB",
                                         "dbt",
                                         "GITHUB_ACTOR",
                                         "ben",
                                         NULL};
    static const char *const airflow[] = {"AIRFLOW_CTX_DAG_ID",
                                          "hourly",
                                          "AIRFLOW_CTX_TASK_ID",
                                          "dbt",
                                          "AIRFLOW_CTX_DAG_RUN_ID",
                                          "manual__2026-03-23T03:00:00+00:00",
                                          "AIRFLOW__WEBSERVER__BASE_URL",
                                          "https://air.example.com/",
                                          NULL};
    (void)state;
    results_of("run", RESULT("model.shop.a", "error"));
    input.variable = variable;
    variables = circle;
    make();
    assert_string_equal(find("model.shop.a", "source_url", false), "https://circleci.com/gh/o/r/7");
    assert_string_equal(about("model.shop.a", "commit"), "abc");
    assert_string_equal(about("model.shop.a", "branch"), "main");
    assert_string_equal(about("model.shop.a", "job"), "dbt");
    assert_string_equal(about("model.shop.a", "repository"), "o/r");
    assert_string_equal(about("model.shop.a", "author"), "ana");
    variables = github;
    make();
    assert_string_equal(about("model.shop.a", "build_url"),
                        "https://github.com/o/r/actions/runs/9");
    assert_string_equal(about("model.shop.a", "author"), "ben");
    variables = airflow;
    make();
    assert_string_equal(about("model.shop.a", "build_url"),
                        "https://air.example.com/dags/hourly/"
                        "grid?dag_run_id=manual__2026-03-23T03%3A00%3A00%2B00%3A00&task_id=dbt");
    assert_string_equal(about("model.shop.a", "job"), "hourly.dbt");
    /* What the run wrote into its artifact is of the run, wherever this is. */
    input.run_results = write_file(
        "env.json",
        "{'metadata':{'env':{'DBT_ENV_CUSTOM_ENV_CIRCLE_SHA1':'from-the-run'}},'results':[" RESULT(
            "model.shop.a", "error") "],'args':{'which':'run'}}");
    make();
    assert_string_equal(about("model.shop.a", "commit"), "from-the-run");
}

/* ---- files that are not what they should be ---- */

static void
fails_with(const char *words)
{
    assert_false(dbt_events(&input, &arena, &output, &err));
    if (!strstr(err.message, words))
        print_message("%s\n", err.message);
    assert_non_null(strstr(err.message, words));
    assert_int_equal(err.code, ERROR_FILE);
}

static void
without_results_there_is_a_sentence(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "is empty"},
        {"{'metadata':{'dbt_schema_version':'https://schemas.getdbt.com/dbt/manifest/"
         "v12.json'},'nodes':{}}",
         "is a dbt manifest/v12, not a dbt run-results"},
        {"[1,2]", "holds no JSON object"},
        {"{}", "has no results"},
        {"<html>", "is no JSON"},
        {"{'results':[{'unique_id':'model.shop.a','sta", "is cut off"},
        {"{'results':[{'a':7}]} x", "is no JSON any more after 23 bytes"},
    };
    (void)state;
    input.run_results = arena_printf(&arena, "%s/absent.json", directory);
    fails_with("No such file");
    input.run_results = directory;
    fails_with("cannot read");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        input.run_results = write_file("bad.json", cases[i].text);
        fails_with(cases[i].words);
    }
    struct str deep;
    str_init(&deep, 0);
    str_append(&deep, "{'args':");
    for (int i = 0; i < 100000; i++)
        str_append_char(&deep, '[');
    input.run_results = write_file("deep.json", str_text(&deep));
    str_finish(&deep);
    fails_with("nested deeper");
}

static void
what_stands_before_a_cut_is_used(void **state)
{
    (void)state;
    input.run_results = write_file(
        "cut.json", "{'metadata':{'dbt_version':'1.9.4'},'results':[" RESULT(
                        "model.shop.a", "error") "," RESULT("model.shop.b", "success") ",{'uni");
    make();
    assert_int_equal(output.events_len, 1); /* what command it was stands behind the cut */
    assert_true(was_told("is cut off"));
    assert_true(was_told("the command is not said"));
    assert_int_equal(output.notices[0].code, ERROR_PARTIAL);
    results_of("run", RESULT("model.shop.a", "error"));
    input.manifest =
        write_file("cut_manifest.json",
                   "{'nodes':{'model.shop.a':{'meta':{'owner':'ana'}},'model.shop.b':{'me");
    make();
    assert_string_equal(about("model.shop.a", "owner"), "ana");
    assert_true(was_told("the 1 nodes before that are used"));
}

static void
a_cut_that_hides_the_target_is_told(void **state)
{
    (void)state;
    const char *cut = "{'results':[" RESULT("model.shop.a", "error") "],'elapsed_time':1";
    input.run_results = write_file("cut.json", cut);
    make();
    assert_true(was_told("give --environment"));
    /* Who says the target himself has the keys of every run. */
    input.environment = "prod";
    make();
    assert_false(was_told("give --environment"));
}

static void
a_byte_order_mark_is_passed_over(void **state)
{
    (void)state;
    input.run_results =
        write_file("mark.json", "\xef\xbb\xbf{'results':[" RESULT("model.shop.a", "error") "]}");
    make();
    assert_int_equal(output.firing, 1);
    assert_false(was_told("JSON"));
}

static void
a_node_without_a_name_is_nobody(void **state)
{
    (void)state;
    results_of("run", RESULT("model.shop.a", "error"));
    manifest_of("'nodes':{'':{'meta':{'owner':'ghost'},'depends_on':{'nodes':['model.shop.a']}},"
                "'model.shop.a':{'package_name':'shop','depends_on':{'nodes':['']}}}");
    make();
    assert_string_equal(find("model.shop.a", "metadata.owners", true), "[]");
    assert_string_equal(find("model.shop.a", "metadata.lineage.up", true), "[]");
    assert_string_equal(find("model.shop.a", "metadata.lineage.down", true), "[]");
}

static void
a_manifest_that_is_no_help_is_told_and_done_without(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "is empty"},
        {"{'metadata':{'dbt_schema_version':'https://schemas.getdbt.com/dbt/run-results/v6.json'}}",
         "is no dbt manifest but a run-results/v6"},
        {"{'a':1}", "is no dbt manifest"},
        {"{'metadata':{'dbt_schema_version':'https://schemas.getdbt.com/dbt/manifest/"
         "v12.json'},'nodes':{"
         "'model.other.x':{}}}",
         "does not belong to these results"},
    };
    (void)state;
    results_of("run", RESULT("model.shop.a", "error"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        input.manifest = write_file("bad.json", cases[i].text);
        make();
        assert_int_equal(output.events_len, 1);
        assert_true(was_told(cases[i].words));
        assert_int_equal(output.notices[0].code, ERROR_PARTIAL);
        assert_string_equal(about("model.shop.a", "attached_to"), "model.shop.a");
    }
    input.manifest = arena_printf(&arena, "%s/absent.json", directory);
    make();
    assert_true(was_told("No such file"));
    /* One of its nodes is enough to go by. */
    results_of("run", RESULT("model.shop.a", "error") "," RESULT("model.shop.new", "error"));
    manifest_of("'nodes':{'model.shop.a':{'meta':{'owner':'ana'}}}");
    make();
    assert_string_equal(about("model.shop.a", "owner"), "ana");
    assert_true(was_told("it lacks 1 of their 2 nodes, such as 'model.shop.new'"));
}

static void
versions_to_come_are_read_by_their_fields(void **state)
{
    (void)state;
    input.run_results = write_file(
        "new.json",
        "{'metadata':{'dbt_schema_version':'https://schemas.getdbt.com/dbt/run-results/"
        "v12.json'},'new':[{}],'results':["
        "{'unique_id':'','status':'error'},{'status':'error'},{'unique_id':'model.shop.a','status':"
        "'error','failures':"
        "'many','message':{'text':[1]},'new':{'status':'pass'}}],'args':{'which':'run'}}");
    make();
    assert_int_equal(output.events_len, 1);
    assert_true(was_told("run-results/v12, which is newer"));
    assert_int_equal(output.notices[0].code, ERROR_NONE);
    assert_true(was_told("2 results were left out: they have no unique_id"));
}

static void
names_of_any_script_are_kept(void **state)
{
    (void)state;
    results_of("run",
               MESSAGE("model.shop.注文_日次", "error", "столбец «сумма» не существует") "," RESULT(
                   "model.shop.bad\xff\xfe", "error") "," RESULT("model.shop.\\ud83c\\udf4eépomme",
                                                                 "error"));
    manifest_of(
        "'nodes':{'model.shop.注文_日次':{'name':'注文_日次','meta':{'owner':'Zoë, Łukasz'}}}");
    make();
    assert_int_equal(output.events_len, 3);
    assert_string_equal(list_about("model.shop.注文_日次", "owners"), "['Zoë','Łukasz']");
    assert_string_equal(find("model.shop.注文_日次", "title", false),
                        "注文_日次 failed: столбец «сумма» не существует");
    assert_non_null(about("model.shop.bad\xef\xbf\xbd\xef\xbf\xbd", "level"));
    assert_non_null(about("model.shop.🍎épomme", "level"));
}

static void
a_text_has_one_number(void **state)
{
    struct names names;
    char text[2 * NAME_MAX_BYTES];
    (void)state;
    names_init(&names);
    for (int i = 0; i < 5000; i++)
        assert_int_equal(names_add(&names, slice_of(arena_printf(&arena, "model.shop.n%d", i))),
                         i + 1);
    for (int i = 0; i < 5000; i++)
        assert_int_equal(names_find(&names, slice_of(arena_printf(&arena, "model.shop.n%d", i))),
                         i + 1);
    assert_int_equal(names_find(&names, slice_of("model.shop.n5000")), 0);
    assert_int_equal(names_add(&names, slice_of("")), 0);
    /* Too long ones are cut at a character, wrong bytes are replaced. */
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = "\xe6\xb3\xa8"[i % 3];
    for (size_t skip = 0; skip < 3; skip++) {
        uint32_t number = names_add(&names, (struct slice){text + skip, sizeof text - skip});
        const char *kept = names_text(&names, number);
        assert_true(text_is_valid_utf8(kept, strlen(kept)));
        assert_in_range(strlen(kept), NAME_MAX_BYTES - 8, NAME_MAX_BYTES);
    }
    names_finish(&names);
}

#define TEST(name) cmocka_unit_test_setup(name, forget_input)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_status_is_an_event_or_none),
        TEST(results_of_every_version_are_read),
        TEST(what_nothing_executed_resolves_nothing),
        TEST(what_fires_comes_first_and_only_what_fired_is_resolved),
        TEST(a_key_is_of_the_environment_and_the_node_only),
        TEST(of_two_results_of_a_node_the_worse_counts),
        TEST(sources_say_how_late_they_are),
        TEST(messages_are_trimmed_to_what_a_person_reads),
        TEST(a_test_is_about_what_it_tests),
        TEST(a_unit_test_is_about_its_model),
        TEST(an_owner_is_found_wherever_it_stands),
        TEST(a_test_is_its_nodes_owners_before_its_own),
        TEST(exposures_are_reached_by_walking),
        TEST(skipped_nodes_stand_under_their_cause),
        TEST(what_an_ephemeral_model_broke_is_an_alert),
        TEST(a_build_is_known_from_its_environment),
        TEST(without_results_there_is_a_sentence),
        TEST(what_stands_before_a_cut_is_used),
        TEST(a_cut_that_hides_the_target_is_told),
        TEST(a_byte_order_mark_is_passed_over),
        TEST(a_node_without_a_name_is_nobody),
        TEST(a_manifest_that_is_no_help_is_told_and_done_without),
        TEST(versions_to_come_are_read_by_their_fields),
        TEST(names_of_any_script_are_kept),
        TEST(a_text_has_one_number),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
