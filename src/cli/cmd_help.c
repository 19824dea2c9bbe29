#include <stdio.h>
#include <string.h>

#include "action/action.h"
#include "cli/command.h"
#include "ui/keymap.h"

static void
print_options(const struct argp_option *options, const char *heading)
{
    bool headed = false;
    for (; options->name || options->doc; options++) {
        char left[64];
        if (!options->name || options->flags & OPTION_HIDDEN)
            continue;
        if (!headed)
            printf("\n%s\n", heading);
        headed = true;
        bool lettered = options->key < OPTION_ABOVE_CHARACTERS;
        (void)snprintf(left, sizeof left, "%s%c%s --%s%s%s", lettered ? "-" : " ",
                       lettered ? options->key : ' ', lettered ? "," : " ", options->name,
                       options->arg ? "=" : "", options->arg ? options->arg : ""); /* short */
        printf("  %-22s %s\n", left, options->doc);
    }
}

static void
print_writes(void)
{
    puts("\nWRITE is one of:");
    for (int i = ACTION_WRITES; i < ACTION_COUNT; i++) {
        const struct action_info *info = action_info((enum action_id)i);
        printf("  %s REF… %s\n      %s\n", info->name, info->argument, info->help);
    }
}

static void
print_command(const struct command *command)
{
    printf("tocsin %s%s%s\n\n  %s\n", command->name, *command->arguments ? " " : "",
           command->arguments, command->summary);
    if (strcmp(command->name, "do") == 0)
        print_writes();
    print_options(command->options, "Options:");
    print_options(options_common, "Common options:");
}

static void
print_action(enum action_id action)
{
    const struct action_info *info = action_info(action);
    char keys[KEYS_TEXT_SIZE];
    printf("%s%s%s\n\n  %s\n\nKeys: %s\n", info->name, *info->argument ? " " : "", info->argument,
           info->help, *keymap_keys(action, keys) ? keys : "none");
}

static int
help_about(struct cli *cli, const char *name)
{
    const struct command *command = command_find(name);
    enum action_id action = action_from_name(name);
    struct config config;
    struct error err;
    if (!command && action == ACTION_COUNT) {
        error_set(
            &err, ERROR_USAGE,
            "there is no command or action '%.60s'; 'tocsin help' and 'tocsin keys' list them",
            name);
        return cli_fail(cli, &err);
    }
    if (command)
        print_command(command);
    else if (!config_load(&config, NULL, &cli->arena, &err) || !keymap_load(&config, &err))
        return cli_fail(cli, &err);
    if (command && action != ACTION_COUNT && strcmp(action_info(action)->name, name) == 0)
        puts("");
    if (action != ACTION_COUNT && (!command || strcmp(action_info(action)->name, name) == 0))
        print_action(action);
    return 0;
}

int
cmd_help(struct cli *cli, int argc, char **argv)
{
    if (argc > 1 && argv[1][0] != '-')
        return help_about(cli, argv[1]);
    puts("tocsin: a console for a data team's incidents\n\nUsage: tocsin [COMMAND] [OPTION…]\n");
    for (size_t i = 0; i < commands_len; i++)
        if (!command_is_hidden(&commands[i]))
            printf("  %-11s %s\n", commands[i].name, commands[i].summary);
    print_options(options_common, "Common options:");
    puts("\n'tocsin help COMMAND' lists a command's own options, 'tocsin keys' what the console's "
         "keys do;\n'tocsin --version' names the libraries. Start with 'tocsin demo': it needs no "
         "account and no\nconfiguration.");
    return 0;
}
