#include "cli/command.h"
#include "config/config.h"
#include "dbt/stream.h"
#include "remote/http.h"
#include "store/store.h"
#include "wire/wire.h"

int
main(int argc, char **argv)
{
    static const struct command_run runs[] = {
#define X(name, function, ...) {name, function},
        COMMANDS_SYNC(X)
#undef X
    };
    static const char *(*const libraries[])(void) = {
        http_library, store_library, wire_library, json_stream_library, config_library, NULL};
    const struct program_info info = {PROGRAM_SYNC, runs, sizeof runs / sizeof *runs, libraries};
    return command_main(&info, argc, argv);
}
