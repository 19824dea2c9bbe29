/* Writes of the API over real HTTP: what is refused and why, that a GET shows what was written, and who the audit names. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/support/hub_world.h"
#include "tests/support/store_objects.h"
#include "wire/wire.h"

enum { EDITOR, VIEWER, ON_CALL };

static const char *const editor[] = {"incident_editor", NULL};
static const char *const viewer[] = {"viewer", NULL};
static const char *const on_call[] = {"on_call_editor", NULL};
static const char *const everything[] = {"manage_settings", "viewer", NULL};
static const char *const *const roles[] = {editor, viewer, on_call};

static struct hub_process hub;
static struct arena arena;
static const char *directory, *database;
static char *anas_key; /* belongs to Ana, and may do everything; made in the hub's process */

static void
fill(struct hub *of, struct arena *scratch)
{
    struct error err;

    hub_world_fill(of, scratch);
    if (!hub_key_add(hub_store(of), "ana's key", everything, "U1", clock_now_ms(), NULL, anas_key,
                     &err))
        _exit(1);
}

static int
start(void **state)
{
    (void)state;
    directory = temporary_directory(&arena);
    database = arena_printf(&arena, "%s/hub.db", directory);
    const struct hub_options options = {
        .database = database, .listen = "127.0.0.1:0", .limits = {1000000, 1000000, 0}};
    anas_key =
        mmap(NULL, HUB_TOKEN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(anas_key, MAP_FAILED);
    hub_process_start(&hub, &options, fill, roles, 3);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    hub_process_stop(&hub);
    temporary_directory_remove(directory);
    arena_finish(&arena);
    (void)munmap(anas_key, HUB_TOKEN_SIZE);
    return 0;
}

/* ---- asking ---- */

static struct http_answer
ask(const char *key, const char *method, const char *path, const char *body)
{
    const char *const headers[] = {arena_printf(&arena, "Authorization: Bearer %s", key),
                                   "Content-Type: application/json", NULL};
    return http_send(hub.client, method, path, headers, body, &arena);
}

static const char *
text_in(const char *json, const char *at)
{
    struct wire_document *document;
    struct error err;

    if (!wire_document_read(slice_of(json), &document, &err))
        fail_msg("%s: %s", err.message, json);
    const char *text = wire_document_text(document, &arena, at);
    wire_document_destroy(document);
    return text;
}

/* Ana's: the body of the answer, which must have this status. */
static const char *
done(int status, const char *method, const char *path, const char *body)
{
    struct http_answer answer = ask(anas_key, method, path, body);
    if (answer.status != status)
        fail_msg("%s %s: %d instead of %d: %s", method, path, answer.status, status, answer.body);
    return answer.body;
}

static const char *
got(const char *path, const char *at)
{
    return text_in(done(200, "GET", path, NULL), at);
}

/* Ana's, refused: the field that the answer names. */
static void
assert_refused(int status, const char *field, const char *method, const char *path,
               const char *body)
{
    struct http_answer answer = ask(anas_key, method, path, body);
    if (answer.status != status)
        fail_msg("%s %s %s: %d instead of %d: %s", method, path, body, answer.status, status,
                 answer.body);
    assert_string_equal(text_in(answer.body, "errors.0.source.field"), field);
}

static void
assert_scope(const char *scope, const char *method, const char *path, const char *body)
{
    struct http_answer answer = ask(hub.keys[VIEWER], method, path, body);
    assert_int_equal(answer.status, 403);
    if (!strstr(text_in(answer.body, "errors.0.message"), scope))
        fail_msg("%s %s: %s", method, path, answer.body);
}

#define PATH(...) arena_printf(&arena, __VA_ARGS__)

/* ---- what every write does ---- */

static void
a_body_that_is_not_what_a_write_takes_names_the_field(void **state)
{
    static const struct {
        const char *body, *field;
    } cases[] = {
        {"", ""},
        {"{", ""},
        {"[]", ""},
        {"{}", "title"},
        {"{\"title\":\"t\"}", "incident_id"},
        {"{\"title\":\"  \",\"incident_id\":\"I2\"}", "title"},
        {"{\"title\":null,\"incident_id\":\"I2\"}", "title"},
        {"{\"title\":5,\"incident_id\":\"I2\"}", "title"},
        {"{\"title\":\"t\",\"incident_id\":\"I2\",\"colour\":\"red\"}", "colour"},
        {"{\"title\":\"t\",\"incident_id\":\"I2\",\"status\":\"outstanding\"}", "status"},
        {"{\"title\":\"t\",\"incident_id\":\"NONE\"}", "incident_id"},
        {"{\"title\":\"t\",\"incident_id\":\"I2\",\"assignee_id\":\"NONE\"}", "assignee_id"},
        {"{\"title\":\"t\",\"incident_id\":\"I2\",\"labels\":\"a\"}", "labels"},
        {"{\"title\":\"t\",\"incident_id\":\"I2\",\"labels\":[\"a\",1]}", "labels.1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_refused(422, cases[i].field, "POST", "/v2/follow_ups", cases[i].body);
    struct http_answer answer =
        ask(anas_key, "POST", "/v2/follow_ups", "{\"title\":\"\xff\",\"incident_id\":\"I2\"}");
    assert_int_equal(answer.status, 422);
}

static void
methods_that_a_path_lacks_are_told_with_those_it_has(void **state)
{
    (void)state;
    struct http_answer answer = ask(anas_key, "PATCH", "/v2/follow_ups/X", "{}");
    assert_int_equal(answer.status, 405);
    assert_string_equal(http_header(&answer, "Allow", &arena), "GET, HEAD, PUT, DELETE");
    answer = ask(anas_key, "DELETE", "/v2/follow_ups", NULL);
    assert_int_equal(answer.status, 405);
    assert_string_equal(http_header(&answer, "Allow", &arena), "GET, HEAD, POST");
    answer = ask(anas_key, "GET", "/v2/follow_ups/X/actions/connect_external_issue", NULL);
    assert_int_equal(answer.status, 405);
    assert_string_equal(http_header(&answer, "Allow", &arena), "POST");
}

/* ---- follow-ups and actions ---- */

static void
a_follow_up_is_made_changed_linked_and_deleted(void **state)
{
    (void)state;
    assert_scope("follow_ups.create", "POST", "/v2/follow_ups", "{}");
    const char *made =
        done(201, "POST", "/v2/follow_ups",
             "{\"incident_id\":\"I2\",\"title\":\"Add a test\",\"description\":\"d\","
             "\"assignee_id\":\"U2\",\"labels\":[\"dbt\"]}");
    const char *path = PATH("/v2/follow_ups/%s", text_in(made, "follow_up.id"));
    assert_string_equal(text_in(made, "follow_up.creator.user.id"), "U1");
    assert_string_equal(text_in(made, "follow_up.assignee.name"), "Ben");
    assert_string_equal(got(path, "follow_up.labels.0"), "dbt");
    assert_string_equal(got(path, "follow_up.status"), "outstanding");
    const char *before = got(path, "follow_up.updated_at");

    done(200, "PUT", path,
         "{\"title\":\"Add tests\",\"status\":\"completed\",\"assignee_team_id\":\"T1\"}");
    assert_string_equal(got(path, "follow_up.title"), "Add tests");
    assert_string_equal(got(path, "follow_up.description"), "d");
    assert_string_equal(got(path, "follow_up.assignee.id"), "");
    assert_string_equal(got(path, "follow_up.assignee_team.name"), "Data");
    assert_true(*got(path, "follow_up.completed_at"));
    assert_string_not_equal(got(path, "follow_up.updated_at"), before);
    done(200, "PUT", path,
         "{\"title\":\"Add tests\",\"status\":\"outstanding\",\"assignee_team_id\":null}");
    assert_string_equal(got(path, "follow_up.assignee_team.id"), "");
    assert_string_equal(got(path, "follow_up.completed_at"), "");
    assert_refused(422, "status", "PUT", path, "{\"title\":\"t\",\"status\":\"deleted\"}");
    assert_refused(422, "status", "PUT", path, "{\"title\":\"t\",\"status\":\"lost\"}");

    const char *link = PATH("%s/actions/connect_external_issue", path);
    assert_refused(422, "url", "POST", link, "{\"provider\":\"github\",\"url\":\"javascript:x\"}");
    done(200, "POST", link,
         "{\"provider\":\"github\",\"url\":\"https://github.com/acme/dbt/issues/7\"}");
    assert_string_equal(got(path, "follow_up.external_issue_reference.issue_name"), "#7");
    assert_refused(422, "", "POST", link, "{\"provider\":\"github\",\"url\":\"https://x.org/8\"}");

    assert_scope("follow_ups.destroy", "DELETE", path, NULL);
    done(204, "DELETE", path, NULL);
    done(404, "GET", path, NULL);
    done(404, "DELETE", path, NULL);
    done(404, "PUT", path, "{\"title\":\"t\",\"status\":\"completed\"}");
}

static void
an_action_is_made_changed_and_deleted(void **state)
{
    (void)state;
    const char *made =
        done(201, "POST", "/v2/actions", "{\"incident_id\":\"I2\",\"description\":\"Roll back\"}");
    const char *path = PATH("/v2/actions/%s", text_in(made, "action.id"));
    done(200, "PUT", path,
         "{\"description\":\"Roll back\",\"status\":\"completed\",\"assignee_id\":\"U1\"}");
    assert_string_equal(got(path, "action.assignee.name"), "Ana");
    assert_true(*got(path, "action.completed_at"));
    done(200, "PUT", path,
         "{\"description\":\"Roll back\",\"status\":\"not_doing\",\"assignee_id\":null}");
    assert_string_equal(got(path, "action.assignee.id"), "");
    done(204, "DELETE", path, NULL);
    done(404, "GET", path, NULL);
}

static void
what_belongs_to_a_private_incident_is_not_there(void **state)
{
    (void)state;
    assert_refused(422, "incident_id", "POST", "/v2/actions",
                   "{\"incident_id\":\"I9\",\"description\":\"x\"}");
}

/* ---- the audit ---- */

static void
the_audit_names_the_person_and_the_key(void **state)
{
    struct store *store;
    struct statement *statement = NULL;
    struct error err;
    bool row;

    (void)state;
    struct http_answer made = ask(hub.keys[EDITOR], "POST", "/v2/actions",
                                  "{\"incident_id\":\"I2\",\"description\":\"x\"}");
    assert_int_equal(made.status, 201);
    assert_string_equal(text_in(made.body, "action.creator.api_key.name"), "key 0");
    const char *id = text_in(made.body, "action.id");
    done(204, "DELETE", PATH("/v2/actions/%s", id), NULL);

    if (!store_open(&store, STORE_HUB, database, STORE_READ, NULL, &err) ||
        !store_statement(store, SQL_AUDIT_LIST, &statement, &err))
        fail_msg("%s", err.message);
    bind_text(statement, "object_id", id);
    bind_integer(statement, "rows", -1);
    assert_true(statement_step(statement, &row, &err) && row);
    assert_string_equal(row_text_borrowed(statement, 2), "ana's key");
    assert_string_equal(row_text_borrowed(statement, 3), "U1");
    assert_string_equal(row_text_borrowed(statement, 4), "Ana");
    assert_string_equal(row_text_borrowed(statement, 5), "DELETE /v2/actions/{id}");
    assert_string_equal(row_text_borrowed(statement, 7), "action");
    assert_string_equal(row_text_borrowed(statement, 10), "");
    const char *before = row_text(statement, &arena, 9);
    assert_true(statement_step(statement, &row, &err) && row);
    assert_string_equal(row_text_borrowed(statement, 2), "key 0");
    assert_string_equal(row_text_borrowed(statement, 3), "");
    assert_string_equal(row_text_borrowed(statement, 9), "");
    assert_string_equal(row_text_borrowed(statement, 10), before);
    assert_true(statement_step(statement, &row, &err) && !row);
    store_close(store);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_that_is_not_what_a_write_takes_names_the_field),
        cmocka_unit_test(methods_that_a_path_lacks_are_told_with_those_it_has),
        cmocka_unit_test(a_follow_up_is_made_changed_linked_and_deleted),
        cmocka_unit_test(an_action_is_made_changed_and_deleted),
        cmocka_unit_test(what_belongs_to_a_private_incident_is_not_there),
        cmocka_unit_test(the_audit_names_the_person_and_the_key),
    };
    return cmocka_run_group_tests_name("hub_writes", tests, start, stop);
}
