/* Whom a route pages for an alert. */

#include <string.h>

#include "base/str.h"
#include "hub/routing_internal.h"

/* The paths of a route's targets, each once. */
static void
target_paths(struct passage *passage, struct subject_values *paths)
{
    for (size_t i = 0; i < passage->route->targets_len; i++) {
        const struct rule_target *target = &passage->route->targets[i];
        rule_values(target->path_literal, target->path_reference, target->paths, target->paths_len,
                    &passage->scope.scope, paths);
    }
}

static bool
page_path(struct passage *passage, const char *path_id, struct decision_page *page,
          struct error *err)
{
    struct escalation_path path;
    bool found;
    if (!cache_get(passage->store, KIND_ESCALATION_PATH, path_id, passage->arena, &path, &found,
                   err))
        return false;
    page->path_id = path_id;
    page->name = found ? path.name : path_id;
    if (!found)
        page->problem = "there is no such escalation path";
    return true;
}

bool
passage_pages(struct passage *passage, struct error *err)
{
    struct decision_route *said = passage->said;
    struct subject_values paths = {0};
    if (!rule_pages(passage->route, passage->joins ? &passage->group : NULL,
                    passage->alert->severity_digit, &said->page_why))
        return true;
    target_paths(passage, &paths);
    struct decision_page *pages =
        arena_new_array(passage->arena, paths.len + 1, struct decision_page);
    for (size_t i = 0; i < paths.len; i++) {
        object_clear(&decision_page_table, &pages[i]);
        if (!page_path(passage, paths.items[i].literal, &pages[i], err))
            return false;
    }
    said->pages = pages;
    said->pages_len = paths.len;
    if (paths.len == 0)
        said->page_why = "the route's targets stand for nobody";
    return true;
}
