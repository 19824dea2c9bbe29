#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "ui/keymap.h"
#include "wire/wire.h"

/* What the keys do: the bindings that hold, from the action table and the configuration. */

static error_t
parse(int key, char *value, struct argp_state *state)
{
    bool *check = state->input;
    (void)value;
    if (key != OPTION_CHECK)
        return ARGP_ERR_UNKNOWN;
    *check = true;
    return 0;
}

/* Which actions were asked for, by name or by a key of theirs; none = all. */
static bool
choose(const char *const *arguments, bool chosen[ACTION_COUNT], struct error *err)
{
    char key[KEY_NAME_SIZE];
    for (int i = 0; i < ACTION_COUNT; i++)
        chosen[i] = !arguments[0];
    for (size_t i = 0; arguments[i]; i++) {
        enum action_id action = action_from_name(arguments[i]);
        if (action == ACTION_COUNT) {
            if (!keymap_name(arguments[i], key, err))
                return error_set(err, ERROR_USAGE,
                                 "'%.60s' is neither an action nor a key; 'tocsin keys' lists both",
                                 arguments[i]);
            action = keymap_action(key);
        }
        if (action == ACTION_COUNT)
            return error_set(err, ERROR_USAGE, "the key '%.60s' does nothing", arguments[i]);
        chosen[action] = true;
    }
    return true;
}

static void
print_table(const bool chosen[ACTION_COUNT])
{
    char keys[KEYS_TEXT_SIZE];
    const char *between = "";
    for (int group = 0; *action_group_title((enum action_group)group); group++) {
        bool titled = false;
        for (int i = 0; i < ACTION_COUNT; i++) {
            const struct action_info *info = action_info((enum action_id)i);
            if (!chosen[i] || (int)info->group != group)
                continue;
            if (!titled)
                printf("%s%s\n", between, action_group_title((enum action_group)group));
            titled = true;
            between = "\n";
            printf("  %-14s %-18s %s\n", keymap_keys(info->action, keys), info->name, info->help);
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
append_json(const bool chosen[ACTION_COUNT], struct str *out)
{
    char keys[KEYS_TEXT_SIZE];
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action_info *info = action_info((enum action_id)i);
        if (!chosen[i])
            continue;
        str_append(out, out->len ? ",\n{\"action\":" : "[\n{\"action\":");
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
    static const struct argp own = {.options = options_keys, .parser = parse};
    const char *const *arguments;
    bool only_check = false, chosen[ACTION_COUNT];
    int status = 0;
    struct config config;
    struct error err = {0};
    if (!cli_parse(cli, &own, &only_check, argc, argv, &arguments, &status))
        return status;
    if (!config_load(&config, cli->config_path, &cli->arena, &err) || !keymap_load(&config, &err) ||
        !choose(arguments, chosen, &err))
        return cli_fail(cli, &err);

    struct str json;
    str_init(&json, 0);
    if (only_check)
        status = check(cli, &config, &json);
    else if (cli->json)
        append_json(chosen, &json);
    else
        print_table(chosen);
    if (cli->json && !output_json(cli, str_text(&json), &err))
        status = cli_fail(cli, &err);
    str_finish(&json);
    return status;
}
