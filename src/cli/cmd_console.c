#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/command.h"
#include "ui/app.h"
#include "ui/keymap.h"

static const char *const color_names[] = {
    [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};

int
cmd_console(struct cli *cli, int argc, char **argv)
{
    const char *const *arguments;
    int status;
    if (!cli_parse(cli, NULL, NULL, argc, argv, &arguments, &status))
        return status;
    cli->json = false;

    struct error err = {0};
    struct config config;
    struct paths paths;
    if (arguments[0]) {
        error_set(&err, ERROR_USAGE, "the console takes no argument, got '%.60s'", arguments[0]);
        return cli_fail(cli, &err);
    }
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        error_set(&err, ERROR_USAGE,
                  "the console needs a terminal; 'tocsin list' and 'tocsin show' work without one");
        return cli_fail(cli, &err);
    }
    if (!config_load(&config, cli->config_path, &cli->arena, &err))
        return cli_fail(cli, &err);
    if (!config.exists && text_is_empty(getenv("TOCSIN_API_KEY"))) {
        fprintf(stderr,
                "tocsin: there is no configuration yet at %s\n\n"
                "  tocsin demo             a generated data team: needs no account and leaves "
                "nothing behind\n"
                "  TOCSIN_API_KEY=… tocsin your incident.io account, with a key from its settings\n"
                "  tocsin config print     the options of the file, with their defaults\n",
                config.path);
        return error_exit_status(ERROR_CONFIG);
    }
    struct profile chosen;
    if (!keymap_load(&config, &err) || !cli_profile_of(cli, &config, &chosen, &err) ||
        !profile_paths(&chosen, &cli->arena, &paths, &err))
        return cli_fail(cli, &err);

    const struct app_options options = {
        .profile = &chosen,
        .paths = &paths,
        .read_only = chosen.read_only,
        .color = color_names[cli->color],
        .config_path = cli->config_path,
        .start_poller = true,
    };
    if (!app_run(&options, &err))
        return cli_fail(cli, &err);
    return app_ended_by() ? 128 + app_ended_by() : 0;
}
