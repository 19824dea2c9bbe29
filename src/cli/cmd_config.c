#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "ui/keymap.h"
#include "ui/theme.h"

int
cmd_config(struct cli *cli, int argc, char **argv)
{
    const char *const *arguments;
    int status;
    if (!cli_parse(cli, NULL, NULL, argc, argv, &arguments, &status))
        return status;
    cli->json = false;

    struct error err;
    const char *verb = arguments[0] ? arguments[0] : "check";
    if ((strcmp(verb, "check") != 0 && strcmp(verb, "print") != 0) ||
        (arguments[0] && arguments[1])) {
        error_set(&err, ERROR_USAGE, "expected 'check' or 'print', got '%.60s'",
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

    if (strcmp(verb, "print") == 0) {
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
