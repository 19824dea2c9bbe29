#include "cli/options.h"

#define SHOWN 0
#define HIDDEN OPTION_HIDDEN

/* argp sorts by group: the common ones come first, under a heading of theirs. */
#define GROUP_COMMON (-2)

const struct argp_option options_common[] = {
    {0, 0, 0, 0, "Common options:", GROUP_COMMON},
#define X(key, letter, name, argument, flags, help)                                                \
    {name, OPTION_##key, argument, flags, help, GROUP_COMMON},
    OPTIONS_COMMON(X)
#undef X
        {0},
};

#define X(key, letter, name, argument, flags, help) {name, OPTION_##key, argument, flags, help, 0},
#define SET(name, set) const struct argp_option options_##name[] = {OPTIONS_##set(X){0}};
OPTION_SETS(SET)
#undef SET
#undef X
