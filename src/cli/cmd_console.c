#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/command.h"
#include "ui/app.h"
#include "ui/first_run.h"
#include "ui/keymap.h"

static const char *const color_names[] = {
    [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};

/* No configuration yet: three answers make one, or the demo is what is wanted. False: *status is the program's. */
static bool
first_start(struct cli *cli, const char *program, int *status, struct error *err)
{
    const struct first_run_options options = {.config_path = cli->config_path,
                                              .color = color_names[cli->color]};
    enum first_outcome outcome;
    if (!first_run(&options, &outcome, err)) {
        *status = cli_fail(cli, err);
        return false;
    }
    if (outcome == FIRST_DEMO) {
        char *argv[] = {(char *)(uintptr_t)program, NULL};
        *status = cmd_demo(cli, 1, argv);
        return false;
    }
    *status = first_run_ended_by() ? 128 + first_run_ended_by() : 0;
    return outcome == FIRST_WRITTEN;
}

/* Runs the console on one profile after the other, until the user leaves. */
static bool
run_profiles(struct cli *cli, const struct config *config, struct error *err)
{
    do {
        struct profile chosen;
        struct paths paths;
        if (!cli_profile_of(cli, config, &chosen, err))
            return false;
        if (!profile_paths(&chosen, &cli->arena, &paths, err))
            return false;
        const struct app_options options = {
            .profile = &chosen,
            .paths = &paths,
            .config = config,
            .read_only = chosen.read_only,
            .color = color_names[cli->color],
            .config_path = cli->config_path,
            .start_poller = true,
        };
        if (!app_run(&options, err))
            return false;
        cli->profile_name = app_switches_to();
    } while (cli->profile_name);
    return true;
}

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
    if (!config.exists && text_is_empty(getenv("TOCSIN_API_KEY")) &&
        (!first_start(cli, argv[0], &status, &err) ||
         !config_load(&config, cli->config_path, &cli->arena, &err)))
        return err.code == ERROR_NONE ? status : cli_fail(cli, &err);
    if (!keymap_load(&config, &err) || !run_profiles(cli, &config, &err))
        return cli_fail(cli, &err);
    return app_ended_by() ? 128 + app_ended_by() : 0;
}
