#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/command.h"
#include "ui/app.h"
#include "ui/first_run.h"
#include "ui/keymap.h"
#include "ui/plain.h"

static const char *const color_names[] = {
    [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};

/* No configuration yet: three answers make one, or the demo is what is wanted. False: *status is the program's. */
static bool
first_start(struct cli *cli, const char *program, int *status, struct error *err)
{
    const struct first_run_options options = {.config_path = cli->config_path,
                                              .color = color_names[cli->color]};
    enum first_outcome outcome;
    bool asked =
        cli->plain ? first_run_plain(&options, &outcome, err) : first_run(&options, &outcome, err);
    if (!asked && err->code == ERROR_USAGE && !cli->plain) { /* no screen can be had */
        *err = (struct error){0};
        cli->plain = true;
        asked = first_run_plain(&options, &outcome, err);
    }
    if (!asked) {
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

struct console_arguments {
    bool follow, no_hints;
};

static error_t
parse_own(int key, char *value, struct argp_state *state)
{
    struct console_arguments *own = state->input;
    (void)value;
    switch (key) {
    case OPTION_FOLLOW:
        own->follow = true;
        return 0;
    case OPTION_NO_HINTS:
        own->no_hints = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Lines instead of a screen: for any terminal, and for none. */
static int
run_plain(struct cli *cli, const struct config *config, const struct console_arguments *own)
{
    struct error err = {0};
    struct profile chosen;
    struct paths paths;
    if (!cli_profile_of(cli, config, &chosen, &err) ||
        !profile_paths(&chosen, &cli->arena, &paths, &err))
        return cli_fail(cli, &err);
    const struct app_options app = {
        .profile = &chosen,
        .paths = &paths,
        .read_only = chosen.read_only,
        .config_path = cli->config_path,
        .start_poller = true,
    };
    bool asks = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    const struct plain_options options = {
        .app = &app,
        .follow = own->follow,
        .prompt = asks && !own->follow,
        .hints = !own->no_hints,
        .limit = cli->limit,
        .max_age_ms = cli->max_age_ms,
    };
    if (!plain_run(&options, &err))
        return cli_fail(cli, &err);
    return plain_ended_by() ? 128 + plain_ended_by() : 0;
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

/* What the first frame takes, and no more than any frame does. */
#define MEMORY_FIRST_BYTES ((size_t)1024 * 1024)

int
cmd_console(struct cli *cli, int argc, char **argv)
{
    static const struct argp own_argp = {.options = options_console, .parser = parse_own};
    struct console_arguments own = {0};
    const char *const *arguments;
    int status;
    if (!cli_parse(cli, &own_argp, &own, argc, argv, &arguments, &status))
        return status;
    cli->json = false;
    memory_prepare(MEMORY_FIRST_BYTES);

    struct error err = {0};
    struct config config;
    if (arguments[0]) {
        error_set(&err, ERROR_USAGE, "the console takes no argument, got '%.60s'", arguments[0]);
        return cli_fail(cli, &err);
    }
    if (!cli->plain && (own.follow || own.no_hints)) {
        error_set(&err, ERROR_USAGE, "--%s goes with --plain", own.follow ? "follow" : "no-hints");
        return cli_fail(cli, &err);
    }
    if (!cli->plain && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))) {
        error_set(&err, ERROR_USAGE,
                  "the console needs a terminal; 'tocsin --plain', 'tocsin list' and 'tocsin show' "
                  "work without one");
        return cli_fail(cli, &err);
    }
    if (!config_load(&config, cli->config_path, &cli->arena, &err))
        return cli_fail(cli, &err);
    bool is_first = !config.exists && text_is_empty(getenv("TOCSIN_API_KEY"));
    if (is_first && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))) {
        error_set(&err, ERROR_CONFIG,
                  "there is no configuration yet at '%s'; 'tocsin' on a terminal asks for what it "
                  "needs, 'tocsin demo' needs nothing",
                  config.path);
        return cli_fail(cli, &err);
    }
    if (is_first && (!first_start(cli, argv[0], &status, &err) ||
                     !config_load(&config, cli->config_path, &cli->arena, &err)))
        return err.code == ERROR_NONE ? status : cli_fail(cli, &err);
    if (cli->plain)
        return run_plain(cli, &config, &own);
    if (!keymap_load(&config, &err) || !run_profiles(cli, &config, &err))
        return cli_fail(cli, &err);
    return app_ended_by() ? 128 + app_ended_by() : 0;
}
