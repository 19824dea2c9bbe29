#include "cli/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/process.h"
#include "base/text.h"

const struct command commands[] = {
#define X(name, function, options, arguments, summary)                                             \
    {name, arguments, summary, PROGRAM_TOCSIN, options_##options},
    COMMANDS_TOCSIN(X)
#undef X
#define X(name, function, options, arguments, summary)                                             \
    {name, arguments, summary, PROGRAM_SYNC, options_##options},
        COMMANDS_SYNC(X)
#undef X
#define X(name, function, options, arguments, summary)                                             \
    {name, arguments, summary, PROGRAM_HUB, options_##options},
            COMMANDS_HUB(X)
#undef X
};
const size_t commands_len = sizeof commands / sizeof *commands;

static const char *const program_names[] = {
    [PROGRAM_TOCSIN] = "tocsin",
    [PROGRAM_SYNC] = "tocsin-sync",
    [PROGRAM_HUB] = "tocsin-hub",
};

const struct command *
command_find(const char *name)
{
    for (size_t i = 0; i < commands_len; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

bool
command_is_hidden(const struct command *command)
{
    return command_find(command->name) != command;
}

static const struct command *
command_find_in(enum program program, const char *name)
{
    for (size_t i = 0; i < commands_len; i++)
        if (commands[i].program == program && strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int
unknown_command(const char *name)
{
    const char *nearest = NULL;
    int best = 3;
    for (size_t i = 0; i < commands_len; i++) {
        int distance = text_distance(name, commands[i].name);
        if (distance < best) {
            best = distance;
            nearest = commands[i].name;
        }
    }
    struct arena arena = {0};
    const char *clean = text_clean(&arena, name, 60);
    if (nearest)
        fprintf(stderr, "tocsin: there is no command '%s', did you mean '%s'?\n", clean, nearest);
    else
        fprintf(stderr, "tocsin: there is no command '%s'; 'tocsin help' lists them\n", clean);
    arena_finish(&arena);
    return error_exit_status(ERROR_USAGE);
}

/* Becomes the program the command belongs to; returns only when that fails. */
static int
run_elsewhere(const struct command *command, char **argv)
{
    struct error err;
    char path[4096];
    if (process_sibling(program_names[command->program], path, sizeof path, &err)) {
        execv(path, argv);
        error_set(&err, ERROR_FILE, "cannot run '%s': %s", path, strerror(errno));
    }
    fprintf(stderr, "tocsin: %s\n", err.message);
    return error_exit_status(err.code);
}

static void
print_version(const struct program_info *info)
{
    printf("%s %s\n", program_names[info->program], TOCSIN_VERSION);
    for (size_t i = 0; info->libraries[i]; i++)
        printf("  %s\n", info->libraries[i]());
}

int
command_main(const struct program_info *info, int argc, char **argv)
{
    enum program program = info->program;
    const char *fallback = program == PROGRAM_TOCSIN ? "console" : "help";
    bool named = argc > 1 && argv[1][0] != '-';
    if (argc > 1 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)) {
        print_version(info);
        return 0;
    }
    const char *name = named ? argv[1] : fallback;
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-?") == 0)) {
        name = "help";
        argc = 1;
    }

    const struct command *command = command_find_in(program, name);
    if (!command && program == PROGRAM_TOCSIN)
        command = command_find(name);
    if (!command && program != PROGRAM_TOCSIN && !named) {
        fprintf(stderr, "%s is started by tocsin; 'tocsin help' lists the commands\n",
                program_names[program]);
        return error_exit_status(ERROR_USAGE);
    }
    if (!command)
        return unknown_command(name);
    if (command->program != program)
        return run_elsewhere(command, argv);

    for (size_t i = 0; i < info->runs_len; i++) {
        if (strcmp(info->runs[i].name, name) != 0)
            continue;
        struct cli cli = {.command = command, .limit = -1, .max_age_ms = -1};
        int shift = named ? 1 : 0;
        argv[shift] = arena_printf(&cli.arena, "tocsin %s", name);
        int status = info->runs[i].run(&cli, argc - shift, argv + shift);
        arena_finish(&cli.arena);
        return status;
    }
    return unknown_command(name);
}
