#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/rules.h"
#include "config/hub_file.h"
#include "hub/declare_check.h"
#include "wire/wire.h"

enum { TEXT_MAX_BYTES = 100 * 1024 };

struct rules_arguments {
    const char *source, *since, *data;
};

static error_t
parse_option(int key, char *value, struct argp_state *state)
{
    struct rules_arguments *arguments = state->input;
    switch (key) {
    case OPTION_SOURCE:
        arguments->source = value;
        return 0;
    case OPTION_RULES_SINCE:
        arguments->since = value;
        return 0;
    case OPTION_RULES_DATA:
        arguments->data = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp rules_argp = {.options = options_rules, .parser = parse_option};

/* ---- check ---- */

/* All mistakes, one a line; as JSON, {"mistakes":[{"line","message"}]}, on standard output: it is what was asked for. */
static int
print_mistakes(struct cli *cli, const struct hub_mistakes *mistakes)
{
    struct str out;
    if (!cli->json) {
        for (size_t i = 0; i < mistakes->len; i++)
            fprintf(stderr, "%s\n", mistakes->items[i].text);
        return error_exit_status(ERROR_CONFIG);
    }
    str_init(&out, 0);
    for (size_t i = 0; i < mistakes->len; i++) {
        str_printf(&out, "%s{\"line\":%d,\"message\":", i ? ",\n" : "", mistakes->items[i].line);
        wire_append_string(&out, mistakes->items[i].text);
        str_append_char(&out, '}');
    }
    printf("{\"mistakes\":[%s]}\n", str_text(&out));
    str_finish(&out);
    return error_exit_status(ERROR_CONFIG);
}

static void
print_programs(struct cli *cli, const struct hub_file *file)
{
    const struct declared_program *programs;
    struct str out;
    size_t len = declared_programs(file, &cli->arena, &programs);
    if (!cli->json) {
        for (size_t i = 0; i < len; i++)
            printf("%s:%d: %s\n%s%s\n", file->path, programs[i].line, programs[i].what,
                   *programs[i].jq == ' ' ? "" : "    ",
                   text_clean_lines(&cli->arena, programs[i].jq, TEXT_MAX_BYTES));
        printf("%s: %zu people, %zu alert sources, %zu attributes, %zu routes, %zu schedules, %zu "
               "escalation paths: nothing is wrong with it\n",
               file->path, file->people_len, file->sources_len, file->attributes_len,
               file->routes_len, file->schedules_len, file->paths_len);
        return;
    }
    str_init(&out, 0);
    for (size_t i = 0; i < len; i++) {
        str_append(&out, i ? ",\n{\"what\":" : "{\"what\":");
        wire_append_string(&out, programs[i].what);
        str_printf(&out, ",\"line\":%d,\"expression\":", programs[i].line);
        wire_append_string(&out, programs[i].jq);
        str_append_char(&out, '}');
    }
    printf("{\"mistakes\":[],\"expressions\":[%s]}\n", str_text(&out));
    str_finish(&out);
}

/* Loads and checks; what is wrong was printed when it returns false. */
static bool
load(struct cli *cli, struct hub_file *file, int *status)
{
    struct hub_mistakes mistakes;
    struct error err = {0};
    bool ok = hub_file_load(file, cli->config_path, true, &cli->arena, &mistakes, &err) &&
              declared_programs_check(file, &cli->arena, &mistakes, &err);
    if (!ok)
        *status = mistakes.len ? print_mistakes(cli, &mistakes) : cli_fail(cli, &err);
    return ok;
}

static int
run_check(struct cli *cli)
{
    struct hub_file file;
    int status;
    if (!load(cli, &file, &status))
        return status;
    print_programs(cli, &file);
    return 0;
}

int
cmd_rules(struct cli *cli, int argc, char **argv)
{
    struct rules_arguments arguments = {0};
    const char *const *words;
    struct hub_file file;
    struct error err;
    int status;
    if (!cli_parse(cli, &rules_argp, &arguments, argc, argv, &words, &status))
        return status;
    const char *verb = words[0] ? words[0] : "";
    if (strcmp(verb, "check") == 0 && !words[1])
        return run_check(cli);
    if (strcmp(verb, "test") == 0 && words[1])
        return load(cli, &file, &status) ? rules_test(cli, &file, arguments.source, words + 1)
                                         : status;
    if (strcmp(verb, "replay") == 0 && !words[1])
        return load(cli, &file, &status) ? rules_replay(cli, &file, arguments.since, arguments.data)
                                         : status;
    error_set(&err, ERROR_USAGE, "expected 'rules check', 'rules test FILE' or 'rules replay'");
    return cli_fail(cli, &err);
}
