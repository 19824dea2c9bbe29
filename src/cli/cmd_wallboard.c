#include <unistd.h>

#include "cli/command.h"
#include "ui/wallboard.h"

int
cmd_wallboard(struct cli *cli, int argc, char **argv)
{
    static const char *const color_names[] = {
        [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};
    const char *const *arguments;
    struct error err = {0};
    struct profile profile;
    struct paths paths;
    int status;
    if (!cli_parse(cli, NULL, NULL, argc, argv, &arguments, &status))
        return status;
    cli->json = false;
    if (arguments[0]) {
        error_set(&err, ERROR_USAGE, "the wallboard takes no argument, got '%.60s'", arguments[0]);
        return cli_fail(cli, &err);
    }
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        error_set(&err, ERROR_USAGE,
                  "the wallboard needs a terminal; 'tocsin --plain --follow' works without one");
        return cli_fail(cli, &err);
    }
    if (!cli_profile(cli, &profile, &err) || !profile_paths(&profile, &cli->arena, &paths, &err))
        return cli_fail(cli, &err);
    const struct app_options options = {
        .profile = &profile,
        .paths = &paths,
        .read_only = true,
        .color = color_names[cli->color],
        .config_path = cli->config_path,
        .start_poller = true,
    };
    if (!wallboard_run(&options, &err))
        return cli_fail(cli, &err);
    return wallboard_ended_by() ? 128 + wallboard_ended_by() : 0;
}
