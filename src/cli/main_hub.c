#include "cli/command.h"
#include "expr/worker.h"
#include "hub/hub.h"

int
main(int argc, char **argv)
{
    static const struct command_run runs[] = {
#define X(name, function, ...) {name, function},
        COMMANDS_HUB(X)
#undef X
    };
    static const char *(*const libraries[])(void) = {hub_library, NULL};
    if (worker_is_helper(argc, argv))
        return worker_help();
    const struct program_info info = {PROGRAM_HUB, runs, sizeof runs / sizeof *runs, libraries};
    return command_main(&info, argc, argv);
}
