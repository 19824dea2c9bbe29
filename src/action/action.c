#include "action/action.h"

#include <string.h>

static const struct action_info infos[] = {
#define X(id, run, name, keys, argument, kinds, class, group, hint, help)                          \
    [ACTION_##id] = {ACTION_##id,   name,          keys, argument, kinds,                          \
                     CLASS_##class, GROUP_##group, hint, help},
    ACTIONS(X)
#undef X
#define X(id, name, keys, argument, kinds, class, hint, help)                                      \
    [ACTION_##                                                                                     \
        id] = {ACTION_##id, name, keys, argument, kinds, CLASS_##class, GROUP_ACT, hint, help},
        WRITES(X)
#undef X
};

const struct action_info *
action_info(enum action_id action)
{
    return &infos[action];
}

enum action_id
action_from_name(const char *name)
{
    enum action_id found = ACTION_COUNT;
    size_t len = strlen(name);
    for (int i = 0; len > 0 && i < ACTION_COUNT; i++) {
        if (strncmp(infos[i].name, name, len) != 0)
            continue;
        if (!infos[i].name[len])
            return infos[i].action;
        if (found != ACTION_COUNT)
            return ACTION_COUNT; /* begins several */
        found = infos[i].action;
    }
    return found;
}

bool
action_allowed(enum action_id action, bool read_only)
{
    return !read_only || infos[action].class == CLASS_READ;
}

const char *
action_group_title(enum action_group group)
{
    switch (group) {
    case GROUP_MOVE:
        return "Moving";
    case GROUP_PANES:
        return "Panes";
    case GROUP_SELECT:
        return "Selecting";
    case GROUP_LOOK:
        return "Looking";
    case GROUP_ACT:
        return "Acting";
    case GROUP_FIND:
        return "Finding";
    case GROUP_PROGRAM:
        return "Program";
    }
    return "";
}
