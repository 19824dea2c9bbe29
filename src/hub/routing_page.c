/* Whom a route pages for an alert: an escalation for each path of its targets, and one for its people. */

#include <string.h>

#include "base/str.h"
#include "hub/escalation.h"
#include "hub/routing_internal.h"
#include "wire/wire.h"

/* The paths and people of a route's targets, each once. */
static void
find_targets(struct passage *passage, struct subject_values *paths, struct subject_values *users)
{
    const struct scope *scope = &passage->scope.scope;
    for (size_t i = 0; i < passage->route->targets_len; i++) {
        const struct rule_target *target = &passage->route->targets[i];
        rule_values(target->path_literal, target->path_reference, target->paths, target->paths_len,
                    scope, paths);
        rule_values(target->user_literal, target->user_reference, target->users, target->users_len,
                    scope, users);
    }
}

/* "P1" is what the most severe alerts are (escalation paths ask for it); "" = the alert says none. */
static const char *
priority_of(const struct passage *passage)
{
    int64_t digit = passage->alert->severity_digit;
    return digit > 0 ? arena_printf(passage->arena, "P%lld", (long long)digit) : "";
}

static struct escalation_request
request_of(struct passage *passage)
{
    const char **alert_ids = arena_new_array(passage->arena, 1, const char *);
    alert_ids[0] = passage->alert->id;
    bool joins_each =
        passage->joins && text_equals(passage->route->joining_mode, "on_each_new_alert");
    return (struct escalation_request){
        .title = passage->alert->title,
        .description = passage->alert->description,
        .priority = priority_of(passage),
        .escalation_path_id = "",
        .alert_ids = alert_ids,
        .alert_ids_len = 1,
        .incident_id = passage->incident_id,
        .creator_alert_id = passage->alert->id,
        .creator_user_id = "",
        .grace_ms = joins_each ? passage->route->grace_seconds * 1000 : 0,
        .auto_cancel = passage->route->auto_cancel,
    };
}

static void
add_escalation(const char **ids, const char *id, struct arena *arena)
{
    size_t len = strlen(*ids);
    *ids = len > 2 ? arena_printf(arena, "%.*s,\"%s\"]", (int)len - 1, *ids, id)
                   : arena_printf(arena, "[\"%s\"]", id);
}

/* What cannot be paged is told, and loses neither the alert nor the others. */
static bool
begin(struct passage *passage, const struct escalation_request *request, const char **ids,
      struct decision_page *page, struct error *err)
{
    struct error why;
    const char *id;
    if (escalation_begin(passage->store, request, passage->now_ms, passage->arena, &id, &why)) {
        page->escalation_id = id;
        add_escalation(ids, id, passage->arena);
        return true;
    }
    if (why.code == ERROR_STORE) {
        *err = why;
        return false;
    }
    page->problem = arena_text(passage->arena, why.message);
    return true;
}

static void
say_people(const struct user_embedded *people, size_t len, struct arena *arena,
           struct decision_page *page)
{
    struct decision_person *said = arena_new_array(arena, len + 1, struct decision_person);
    for (size_t i = 0; i < len; i++)
        said[i] = (struct decision_person){people[i].id, people[i].name};
    page->people = said;
    page->people_len = len;
}

static bool
page_path(struct passage *passage, const char *path_id, const char **ids,
          struct decision_page *page, struct error *err)
{
    struct escalation_request request = request_of(passage);
    const struct user_embedded *people;
    struct escalation_path path;
    size_t people_len;
    bool found;
    if (!cache_get(passage->store, KIND_ESCALATION_PATH, path_id, passage->arena, &path, &found,
                   err))
        return false;
    page->path_id = path_id;
    page->name = found ? path.name : path_id;
    if (!found) {
        page->problem = "there is no such escalation path";
        return true;
    }
    if (!escalation_responders(passage->store, path_id, request.priority, passage->now_ms,
                               passage->arena, &people, &people_len, err))
        return false;
    say_people(people, people_len, passage->arena, page);
    request.escalation_path_id = path_id;
    return begin(passage, &request, ids, page, err);
}

static bool
page_users(struct passage *passage, const struct subject_values *users, const char **ids,
           struct decision_page *page, struct error *err)
{
    struct escalation_request request = request_of(passage);
    struct user_embedded *people =
        arena_new_array(passage->arena, users->len, struct user_embedded);
    const char **user_ids = arena_new_array(passage->arena, users->len, const char *);
    for (size_t i = 0; i < users->len; i++) {
        struct user user;
        bool found;
        user_ids[i] = users->items[i].literal;
        if (!cache_get(passage->store, KIND_USER, user_ids[i], passage->arena, &user, &found, err))
            return false;
        people[i].id = user_ids[i];
        people[i].name = found ? user.name : user_ids[i];
    }
    page->name = "people";
    say_people(people, users->len, passage->arena, page);
    request.user_ids = user_ids;
    request.user_ids_len = users->len;
    return begin(passage, &request, ids, page, err);
}

/* What pages for the group already is about this alert too. */
static bool
relate(struct passage *passage, struct error *err)
{
    struct wire_document *document;
    struct arena *arena = passage->arena;
    bool ok = true;
    if (!passage->joins || !passage->group.escalation_is_live)
        return true;
    const char *wrapped = arena_printf(arena, "{\"v\":%s}", passage->escalation_ids);
    if (!wire_document_read(slice_of(wrapped), &document, err))
        return false;
    size_t len = wire_document_count(document, "v");
    for (size_t i = 0; ok && i < len; i++)
        ok = escalation_relate(
            passage->store, wire_document_text(document, arena, arena_printf(arena, "v.%zu", i)),
            passage->alert->id, passage->incident_id, passage->now_ms, arena, err);
    wire_document_destroy(document);
    return ok;
}

bool
passage_pages(struct passage *passage, struct error *err)
{
    struct decision_route *said = passage->said;
    struct subject_values paths = {0}, users = {0};
    const char *ids = "[]";
    if (!rule_pages(passage->route, passage->joins ? &passage->group : NULL,
                    passage->alert->severity_digit, &said->page_why))
        return relate(passage, err);
    find_targets(passage, &paths, &users);
    struct decision_page *pages =
        arena_new_array(passage->arena, paths.len + 2, struct decision_page);
    for (size_t i = 0; i < paths.len; i++) {
        object_clear(&decision_page_table, &pages[i]);
        if (!page_path(passage, paths.items[i].literal, &ids, &pages[i], err))
            return false;
    }
    said->pages_len = paths.len;
    if (users.len) {
        object_clear(&decision_page_table, &pages[said->pages_len]);
        if (!page_users(passage, &users, &ids, &pages[said->pages_len++], err))
            return false;
    }
    said->pages = pages;
    if (said->pages_len == 0)
        said->page_why = "the route's targets stand for nobody";
    if (!text_equals(ids, "[]"))
        passage->escalation_ids = ids;
    return true;
}
