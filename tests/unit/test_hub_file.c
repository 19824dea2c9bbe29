/* hub.conf as it is read: what it says, and every class of mistake with its line. */

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
#include "hub/declare_check.h"
#include "tests/support/store_objects.h"

static struct arena arena;
static const char *directory;
static struct hub_file file;
static struct hub_mistakes mistakes;
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
write_file(const char *name, const char *text, mode_t mode)
{
    const char *path = arena_printf(&arena, "%s/%s", directory, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static bool
load(const char *text)
{
    return hub_file_load(&file, write_file("hub.conf", text, 0644), false, &arena, &mistakes, &err);
}

/* What every other mistake is made in. */
#define WHOLE                                                                                      \
    "person \"ana\" { name = \"Ana\" }\n"                                                          \
    "attribute \"Severity\" { jq = '.metadata.level' }\n"                                          \
    "severity \"major\" { }\n"                                                                     \
    "source \"dbt\" { }\n"                                                                         \
    "schedule \"rota\" { timezone = \"Europe/London\"\n"                                           \
    "rotation \"weekly\" { people = {\"ana\"} starts = \"2026-01-05 09:00\" } }\n"                 \
    "path \"page\" { level { notify = {\"schedule rota\"} } }\n"

static void
a_file_is_read_as_it_stands(void **state)
{
    (void)state;
    assert_true(
        load(WHOLE "lookup \"owner_of\" { fct_orders = \"ana\"\n \"a.b c\" = \"ben\" }\n"
                   "limits { events = 7 }\n"
                   "route \"r\" {\n sources = {\"dbt\"}\n match = {\"Severity = major | minor\"}\n"
                   " when = '.title | test(\"x\\.y\")'\n window = 2h group = yes\n"
                   " group_by = {\"Severity\", \"title\"}\n}\n"));
    assert_int_equal(file.people_len, 1);
    assert_string_equal(file.people[0].role, "responder");
    assert_int_equal(file.people[0].line, 1);
    assert_int_equal(file.limits.events, 7);
    assert_int_equal(file.limits.per_key, 1200);
    assert_string_equal(file.lookups[0].entries[1].key, "a.b c");
    assert_string_equal(file.lookups[0].entries[1].value, "ben");
    assert_int_equal(file.routes[0].window, 2 * HOUR_MS);
    assert_string_equal(file.routes[0].when, ".title | test(\"x\\.y\")");
    assert_string_equal(file.routes[0].group_by[1], "title");
    assert_true(file.routes[0].group);
    assert_int_equal(file.routes[0].line, 11);
    assert_string_equal(file.schedules[0].children[0].people[0], "ana");
    assert_int_equal(file.paths[0].children[0].acknowledge, 15 * MINUTE_MS);
    assert_string_equal(file.listen, "127.0.0.1:8180");
}

static void
each_mistake_is_told_with_its_line(void **state)
{
    static const struct {
        const char *text; /* behind WHOLE, which has 7 lines */
        const char *expected;
    } rows[] = {
        {"pesron \"b\" { }", "hub.conf:8: unknown section 'pesron', did you mean 'person'?"},
        {"person \"b\" {\n emial = \"x@y\" name = \"B\" }",
         "hub.conf:9: unknown option 'emial' of 'person', did you mean 'email'?"},
        {"person \"b\" { name = \"B\" name = \"C\" }",
         "hub.conf:8: 'name' was given in line 8 already"},
        {"person \"ana\" { name = \"B\" }",
         "hub.conf:8: there is a person 'ana' in line 1 already"},
        {"person { name = \"B\" }", "hub.conf:8: person needs a title"},
        {"person \"b\" { }", "hub.conf:8: person 'b' needs 'name'"},
        {"person \"b\" { name = \"B\"", "hub.conf:8: the section 'person b' is not closed"},
        {"person \"b\" { name = \"B }", "hub.conf:8: a closing quote is missing"},
        {"person \"b\" { name = \"${HOME}\" }", "hub.conf:8: '${' would be replaced"},
        {"person \"b\" { name = ${HOME} }", "hub.conf:8:"},
        {"}", "hub.conf:8: a '}' that closes nothing"},
        {"person \"b\" { name = \"B\" role = \"boss\" }",
         "hub.conf:8: role = 'boss': expected one of owner, administrator, responder, viewer"},
        {"person \"b\" { name = \"B\" active = \"perhaps\" }",
         "hub.conf:8: active = 'perhaps': expected yes or no"},
        {"person \"b\" { name = \"B\" email = \"nowhere\" }", "hub.conf:8: email = 'nowhere'"},
        {"team \"t\" { people = {\"an\"} }",
         "hub.conf:8: people: there is no person 'an', did you mean 'ana'?"},
        {"limits { events = many }", "hub.conf:8: events = 'many': expected a number"},
        {"limits { }\nlimits { }", "hub.conf:9: there is a section 'limits' in line 8 already"},
        {"attribute \"A\" { jq = \".x\" }",
         "hub.conf:8: jq: put the expression into single quotes, or into a .jq file"},
        {"attribute \"A\" { jq = 'test(\"\\\\\\\\d\")' }", "hub.conf:8: jq: two backslashes"},
        {"attribute \"A\" { }", "hub.conf:8: attribute 'A' needs 'jq' or 'file'"},
        {"attribute \"A\" { jq = '.x' file = \"x.jq\" }", "'jq' and 'file' exclude each other"},
        {"attribute \"A\" { file = \"nothing.jq\" }", "hub.conf:8: file: cannot open '"},
        {"attribute \"A\" { jq = '.x' merge = \"append\" }", "hub.conf:8: merge = append"},
        {"source \"s\" { type = \"custom\" }", "hub.conf:8: source 's' is of type custom"},
        {"source \"s\" { type = \"custom\" transform = \"grafanna\" }",
         "hub.conf:8: there is no ready transform 'grafanna'"},
        {"source \"s\" { interval = 5m }", "hub.conf:8: interval: only a source of type heartbeat"},
        {"source \"s\" { type = \"heartbeat\" interval = 49h }",
         "hub.conf:8: interval: expected 1s to 48h"},
        {"source \"s\" {\n attribute \"Sverity\" { jq = '1' } }",
         "hub.conf:9: there is no attribute 'Sverity', did you mean 'Severity'?"},
        {"lookup \"a-b\" { x = y }", "hub.conf:8: lookup 'a-b': expected a name"},
        {"notification \"n\" { }", "hub.conf:8: notification 'n' needs one of"},
        {"notification \"n\" { webhook = \"http://example.com\" secret_file = \"s\" }",
         "hub.conf:8: webhook = 'http://example.com': expected https://"},
        {"notification \"n\" { slack = yes }", "hub.conf:8: slack = yes: Slack is off"},
        {"schedule \"s\" { timezone = \"Europe/Lodnon\" rotation \"r\" { people = {\"ana\"} starts "
         "= "
         "\"2026-01-05\" } }",
         "hub.conf:8: timezone = 'Europe/Lodnon': expected an IANA zone"},
        {"schedule \"s\" { timezone = \"UTC\" }", "hub.conf:8: schedule 's' needs a rotation"},
        {"schedule \"s\" { timezone = \"UTC\"\n rotation \"r\" { people = {\"ana\"} starts = "
         "\"2026-02-30 09:00\" } }",
         "hub.conf:9: starts = '2026-02-30 09:00': expected a time"},
        {"schedule \"s\" { timezone = \"UTC\"\n rotation \"r\" { people = {\"ana\"} starts = "
         "\"2026-02-03\" hours = {\"mon-fri 17:00-09:00\"} } }",
         "hub.conf:9: hours: 'mon-fri 17:00-09:00'"},
        {"schedule \"s\" { timezone = \"UTC\"\n rotation \"r\" { people = {\"ana\"} starts = "
         "\"2026-02-03\" handover = {\"90m\"} } }",
         "hub.conf:9: handover: '90m': expected whole hours"},
        {"path \"p\" { level { notify = {\"rota\"} } }",
         "hub.conf:8: notify: 'rota': expected schedule"},
        {"path \"p\" {\n level { notify = {\"schedule rotta\"} } }",
         "hub.conf:9: notify: there is no schedule 'rotta', did you mean 'rota'?"},
        {"path \"p\" { level { notify = {\"person ana\"} when = \"hours\" } }",
         "hub.conf:8: when = hours: the path 'p' has no 'hours'"},
        {"path \"p\" { level { notify = {\"person ana\"} acknowledge = soon } }",
         "hub.conf:8: acknowledge = 'soon': expected a span"},
        {"route \"r\" { sources = {\"dtb\"} }",
         "hub.conf:8: sources: there is no source 'dtb', did you mean 'dbt'?"},
        {"route \"r\" { sources = {\"dbt\"} match = {\"Severity\"} }",
         "hub.conf:8: match: 'Severity': expected ATTRIBUTE = VALUE"},
        {"route \"r\" { sources = {\"dbt\"} severity = \"majjor\" }",
         "hub.conf:8: severity: there is no severity or attribute 'majjor'"},
        {"route \"r\" { sources = {\"dbt\"} incident_name = \"{{Ownr}}\" }",
         "hub.conf:8: incident_name: there is no attribute 'Ownr'"},
        {"source \"s\" { title = \"{{payload.title}} of {{Ownr}}\" }",
         "hub.conf:8: title: there is no attribute 'Ownr'"},
        {"source \"s\" { type = \"heartbeat\" title = \"{{payload.title}}\" }",
         "hub.conf:8: source 's': a heartbeat's alerts have a title"},
        {"source \"s\" { description = \"{{payload.title\" }",
         "hub.conf:8: description: '{{' is not closed"},
        {"route \"r\" { sources = {\"dbt\"} group = yes window = 3s }",
         "hub.conf:8: window: expected 1m to 48h"},
        {"url = \"ftp://x\"", "hub.conf:8: url = 'ftp://x': expected https://"},
    };
    (void)state;
    assert_true(load(WHOLE));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool told = false;
        assert_false(load(arena_printf(&arena, "%s%s\n", WHOLE, rows[i].text)));
        assert_int_equal(err.code, ERROR_CONFIG);
        for (size_t m = 0; m < mistakes.len; m++)
            told = told || strstr(mistakes.items[m].text, rows[i].expected);
        if (!told)
            fail_msg("'%s': expected '%s', got '%s'", rows[i].text, rows[i].expected, err.message);
    }
}

static void
all_mistakes_are_told_at_once(void **state)
{
    (void)state;
    assert_false(load(WHOLE
                      "team \"t\" { people = {\"x\", \"y\"} }\nroute \"r\" { sources = {\"z\"} "
                      "window = 1s }\n"));
    assert_int_equal(mistakes.len, 4);
    assert_non_null(strstr(err.message, "and 3 more"));
    for (size_t i = 1; i < mistakes.len; i++)
        assert_true(mistakes.items[i - 1].line <= mistakes.items[i].line);
}

static void
a_secret_that_others_can_read_is_refused(void **state)
{
    static const char text[] = "source \"dbt\" {\n secret_file = \"secret\" }\n";
    (void)state;
    assert_false(load(text)); /* it is missing */
    (void)write_file("secret", "abc\n", 0644);
    assert_false(load(text));
    assert_non_null(strstr(err.message, "hub.conf:2: secret_file: "));
    assert_non_null(strstr(err.message, "others can read it"));
    (void)write_file("secret", "abc\n", 0600);
    assert_true(load(text));
    assert_string_equal(file.sources[0].secret_file_text, "abc");
}

static void
a_check_elsewhere_does_without_the_secrets(void **state)
{
    (void)state;
    assert_true(hub_file_load(
        &file, write_file("hub.conf", "source \"dbt\" { secret_file = \"none\" }", 0644), true,
        &arena, &mistakes, &err));
}

static void
a_wrong_expression_is_told_with_the_line_of_its_section(void **state)
{
    (void)state;
    assert_true(load(WHOLE "attribute \"A\" { jq = '.metadata | if' }\nlookup \"t\" { a = b }\n"
                           "attribute \"B\" { jq = '$t[.title]' }\n"
                           "attribute \"C\" { jq = '$u[.title]' }\n"));
    assert_false(declared_programs_check(&file, &arena, &mistakes, &err));
    assert_int_equal(mistakes.len, 2);
    assert_int_equal(mistakes.items[0].line, 8);
    assert_non_null(strstr(mistakes.items[0].text, "attribute A: "));
    assert_int_equal(mistakes.items[1].line, 11);
}

static void
the_shipped_example_is_right(void **state)
{
    (void)state;
    if (!hub_file_load(&file, "data/hub.conf", true, &arena, &mistakes, &err) ||
        !declared_programs_check(&file, &arena, &mistakes, &err))
        fail_msg("%s", err.message);
    assert_int_equal(file.sources_len, 4);
    assert_int_equal(file.attributes_len, 11);
}

static void
every_option_has_a_row_for_the_manual(void **state)
{
    struct hub_option_row row;
    size_t len = 0;
    (void)state;
    for (; hub_file_option(len, &row); len++) {
        assert_true(*row.name && *row.type && *row.help);
        if (strcmp(row.type, "word") == 0)
            assert_non_null(strchr(row.help, '('));
    }
    assert_true(len > 90);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_as_it_stands),
        cmocka_unit_test(each_mistake_is_told_with_its_line),
        cmocka_unit_test(all_mistakes_are_told_at_once),
        cmocka_unit_test(a_secret_that_others_can_read_is_refused),
        cmocka_unit_test(a_check_elsewhere_does_without_the_secrets),
        cmocka_unit_test(a_wrong_expression_is_told_with_the_line_of_its_section),
        cmocka_unit_test(the_shipped_example_is_right),
        cmocka_unit_test(every_option_has_a_row_for_the_manual),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
