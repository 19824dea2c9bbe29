#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/output.h"
#include "ui/keymap.h"
#include "wire/wire.h"

/* What the keys do: the bindings that hold, from the action table and the configuration. */

static error_t
parse(int key, char *value, struct argp_state *state)
{
    bool *check = state->input;
    (void)value;
    if (key != 'c')
        return ARGP_ERR_UNKNOWN;
    *check = true;
    return 0;
}

static const struct argp_option options[] = {
    {"check", 'c', 0, 0, "report clashes and actions no key reaches; status 1 when there are any",
     0},
    {0},
};

static void
print_table(void)
{
    char keys[KEYS_TEXT_SIZE];
    for (int group = 0; *action_group_title((enum action_group)group); group++) {
        printf("%s%s\n", group ? "\n" : "", action_group_title((enum action_group)group));
        for (int i = 0; i < ACTION_COUNT; i++) {
            const struct action_info *info = action_info((enum action_id)i);
            if ((int)info->group == group)
                printf("  %-14s %-18s %s\n", keymap_keys(info->action, keys), info->name,
                       info->help);
        }
    }
}

static void
append_words(struct str *out, const char *words)
{
    const char *between = "[";
    char word[KEY_NAME_SIZE];
    while (*words) {
        size_t len = strcspn(words, " ");
        (void)snprintf(word, sizeof word, "%.*s", (int)len, words); /* names of keys fit */
        str_append(out, between);
        wire_append_string(out, word);
        between = ",";
        words += len + strspn(words + len, " ");
    }
    str_append(out, *between == '[' ? "[]" : "]");
}

static void
append_json(struct str *out)
{
    char keys[KEYS_TEXT_SIZE];
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action_info *info = action_info((enum action_id)i);
        str_append(out, i ? ",\n{\"action\":" : "[\n{\"action\":");
        wire_append_string(out, info->name);
        str_append(out, ",\"keys\":");
        append_words(out, keymap_keys(info->action, keys));
        str_append(out, ",\"default\":");
        append_words(out, info->keys);
        str_printf(out, ",\"writes\":%s,\"group\":", info->class == CLASS_READ ? "false" : "true");
        wire_append_string(out, action_group_title(info->group));
        str_append(out, ",\"help\":");
        wire_append_string(out, info->help);
        str_append(out, "}");
    }
    str_append(out, "\n]");
}

static void
append_findings(struct str *out, const struct keymap_finding *findings, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        str_printf(out, "%s{\"verdict\":\"%s\",\"finding\":", i ? ",\n" : "[\n",
                   findings[i].is_mistake ? "wrong" : "note");
        wire_append_string(out, findings[i].text);
        str_append(out, "}");
    }
    str_append(out, len ? "\n]" : "[]");
}

static int
check(struct cli *cli, const struct config *config, struct str *json)
{
    const struct keymap_finding *findings;
    size_t len = keymap_check(config, &cli->arena, &findings), mistakes = 0;
    for (size_t i = 0; i < len; i++) {
        mistakes += findings[i].is_mistake;
        if (!cli->json && (findings[i].is_mistake || !cli->quiet))
            printf("%s  %s\n", findings[i].is_mistake ? "!!" : "--", findings[i].text);
    }
    append_findings(json, findings, len);
    if (!cli->json && !mistakes && !cli->quiet)
        printf("ok  %d actions, %zu of them bound by %s\n", ACTION_COUNT, config->bindings_len,
               config->path);
    return mistakes ? error_exit_status(ERROR_CONFIG) : 0;
}

int
cmd_keys(struct cli *cli, int argc, char **argv)
{
    static const struct argp own = {.options = options, .parser = parse};
    const char *const *arguments;
    bool only_check = false;
    int status = 0;
    struct config config;
    struct error err = {0};
    if (!cli_parse(cli, &own, &only_check, argc, argv, &arguments, &status))
        return status;
    if (arguments[0]) {
        error_set(&err, ERROR_USAGE, "keys takes no argument, got '%.60s'", arguments[0]);
        return cli_fail(cli, &err);
    }
    if (!config_load(&config, cli->config_path, &cli->arena, &err) || !keymap_load(&config, &err))
        return cli_fail(cli, &err);

    struct str json;
    str_init(&json, 0);
    if (only_check)
        status = check(cli, &config, &json);
    else if (cli->json)
        append_json(&json);
    else
        print_table();
    if (cli->json && !output_json(cli, str_text(&json), &err))
        status = cli_fail(cli, &err);
    str_finish(&json);
    return status;
}
