#include "cli/command.h"
#include "expr/jq.h"

int
main(int argc, char **argv)
{
    static const struct command_run runs[] = {
        {"config", cmd_config},
        {"help", cmd_help},
        {"list", cmd_list},
        {"show", cmd_show},
        {"doctor", cmd_doctor},
    };
    static const char *(*const libraries[])(void) = {jq_library, NULL};
    const struct program_info info = {PROGRAM_TOCSIN, runs, sizeof runs / sizeof *runs, libraries};
    return command_main(&info, argc, argv);
}
