#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/output.h"
#include "ui/keymap.h"
#include "ui/profiles.h"
#include "ui/theme.h"
#include "wire/wire.h"

static void
append_profiles_json(const struct profile_state *states, size_t len, struct str *out)
{
    for (size_t i = 0; i < len; i++) {
        str_append(out, i ? ",\n{\"name\":" : "[\n{\"name\":");
        wire_append_string(out, states[i].profile->name);
        str_append(out, ",\"url\":");
        wire_append_string(out, states[i].profile->url);
        str_printf(out, ",\"default\":%s,\"state\":\"%s\",\"cause\":",
                   states[i].is_default ? "true" : "false",
                   states[i].fresh == FRESH_LOADING ? "never" : fresh_word(states[i].fresh));
        wire_append_string(out, states[i].cause);
        str_append(out, "}");
    }
    str_append(out, "\n]");
}

/* The first word of a line is a name: completions read it. */
static bool
list_profiles(struct cli *cli, const struct config *config, struct error *err)
{
    const struct profile_state *states = profiles_look(config, clock_now_ms(), &cli->arena);
    struct str json;
    bool ok = true;
    str_init(&json, 0);
    if (cli->json) {
        append_profiles_json(states, config->profiles_len, &json);
        ok = output_json(cli, str_text(&json), err);
    }
    for (size_t i = 0; !cli->json && i < config->profiles_len; i++)
        printf("%-16s %c %-32s %s%s%s\n", states[i].profile->name, states[i].is_default ? '*' : ' ',
               states[i].profile->url, states[i].text, *states[i].cause ? ": " : "",
               states[i].cause);
    str_finish(&json);
    return ok;
}

int
cmd_config(struct cli *cli, int argc, char **argv)
{
    const char *const *arguments;
    int status;
    if (!cli_parse(cli, NULL, NULL, argc, argv, &arguments, &status))
        return status;

    struct error err;
    const char *verb = arguments[0] ? arguments[0] : "check";
    bool lists = strcmp(verb, "profiles") == 0;
    cli->json = cli->json && lists;
    if ((strcmp(verb, "check") != 0 && strcmp(verb, "print") != 0 && !lists) ||
        (arguments[0] && arguments[1])) {
        error_set(&err, ERROR_USAGE, "expected 'check', 'print' or 'profiles', got '%.60s'",
                  arguments[0] && arguments[1] ? arguments[1] : verb);
        return cli_fail(cli, &err);
    }
    struct config config;
    const struct profile *profile;
    struct theme theme;
    if (!config_load(&config, cli->config_path, &cli->arena, &err) || !keymap_load(&config, &err) ||
        !config_profile(&config, cli->profile_name, &profile, &err))
        return cli_fail(cli, &err);
    for (size_t i = 0; i < config.profiles_len; i++)
        if (!theme_load(&theme, config.profiles[i].theme, &err)) {
            error_wrap(&err, "%s: profile '%s'", config.path, config.profiles[i].name);
            return cli_fail(cli, &err);
        }

    if (lists) {
        if (!list_profiles(cli, &config, &err))
            return cli_fail(cli, &err);
    } else if (strcmp(verb, "print") == 0) {
        struct str out;
        str_init(&out, 0);
        config_print(&config, &out);
        fputs(str_text(&out), stdout);
        str_finish(&out);
    } else if (!cli->quiet) {
        printf("%s: %s, %zu profile%s, default '%s'\n", config.path,
               config.exists ? "correct" : "not there, defaults apply", config.profiles_len,
               config.profiles_len == 1 ? "" : "s", config.default_profile);
    }
    return 0;
}
