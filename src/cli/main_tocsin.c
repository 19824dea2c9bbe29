#include "base/digest.h"
#include "base/text.h"
#include "cli/command.h"
#include "config/config.h"
#include "expr/jq.h"
#include "store/store.h"
#include "ui/term.h"
#include "wire/wire.h"

int
main(int argc, char **argv)
{
    static const struct command_run runs[] = {
#define X(name, function, ...) {name, function},
        COMMANDS_TOCSIN(X)
#undef X
    };
    static const char *(*const libraries[])(void) = {
        term_library, store_library,  wire_library, config_library,
        text_library, digest_library, jq_library,   NULL,
    };
    const struct program_info info = {PROGRAM_TOCSIN, runs, sizeof runs / sizeof *runs, libraries};
    return command_main(&info, argc, argv);
}
