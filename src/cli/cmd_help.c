#include <stdio.h>
#include <string.h>

#include "cli/command.h"

static bool
is_listed_before(size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(commands[i].name, commands[index].name) == 0)
            return true;
    return false;
}

int
cmd_help(struct cli *cli, int argc, char **argv)
{
    if (argc > 1 && argv[1][0] != '-') {
        const struct command *command = command_find(argv[1]);
        struct error err;
        if (!command) {
            error_set(&err, ERROR_USAGE, "there is no command '%.60s'; 'tocsin help' lists them",
                      argv[1]);
            return cli_fail(cli, &err);
        }
        printf("tocsin %s %s\n\n  %s\n\nOptions: tocsin %s --help\n", command->name,
               command->arguments, command->summary, command->name);
        return 0;
    }
    puts("tocsin: a console for a data team's incidents\n\nUsage: tocsin [COMMAND] [OPTION…]\n");
    for (size_t i = 0; i < commands_len; i++)
        if (!is_listed_before(i))
            printf("  %-8s %s\n", commands[i].name, commands[i].summary);
    puts("\n'tocsin COMMAND --help' lists a command's options; 'tocsin --version' names the "
         "libraries.\n"
         "Start with 'tocsin demo': it needs no account and no configuration.");
    return 0;
}
