/* People and teams, and what incidents and alerts are called. */

#include <string.h>

#include "hub/declare_parts.h"

/* Objects of one run are put one at a time: their scratch memory is given back in between. */
#define EACH(declaring, one, many)                                                                 \
    for (const struct hub_##one *one = (declaring)->file->many;                                    \
         one < (declaring)->file->many + (declaring)->file->many##_len; one++)
#define NEW(type, variable)                                                                        \
    struct type variable;                                                                          \
    arena_reset(&declaring->arena);                                                                \
    object_clear(&type##_table, &variable)

static const char *
name_of(const char *name, const char *title)
{
    return *name ? name : title;
}

static bool
put_people(struct declaring *declaring, struct error *err)
{
    static const struct {
        const char *slug, *name, *description;
    } roles[] = {
        {"owner", "Owner", "Everything."},
        {"administrator", "Administrator", "Everything but the account."},
        {"responder", "Responder", "Declares, leads and edits incidents."},
        {"viewer", "Viewer", "Reads."},
    };
    EACH(declaring, person, people)
    {
        NEW(user, user);
        size_t role = 0;
        while (strcmp(roles[role].slug, person->role) != 0)
            role++;
        bool viewer = strcmp(person->role, "viewer") == 0;
        user.id = declared_id("user", person->title, &declaring->arena);
        user.name = person->name;
        user.email = person->email;
        user.slack_user_id = person->slack;
        user.is_active = person->active;
        user.role = "unset";
        user.base_role_id = declared_id("base_role", person->role, &declaring->arena);
        user.base_role_slug = roles[role].slug;
        user.base_role_name = roles[role].name;
        user.base_role_description = roles[role].description;
        user.seats_on_call = viewer ? "none" : "full_access";
        user.seats_response = viewer ? "viewer_only" : "full_access";
        if (!declare_put(declaring, KIND_USER, user.id, &user, person->line, err))
            return false;
    }
    return true;
}

static bool
put_teams(struct declaring *declaring, struct error *err)
{
    EACH(declaring, team, teams)
    {
        NEW(team, object);
        size_t len = 0;
        while (team->people[len])
            len++;
        struct team_member *members =
            arena_new_array(&declaring->arena, len + 1, struct team_member);
        for (size_t i = 0; i < len; i++) {
            struct user_embedded user;
            declare_embed_user(declaring, team->people[i], &user);
            members[i] = (struct team_member){
                .id = user.id,
                .name = user.name,
                .email = user.email,
                .slack_user_id = user.slack_user_id,
            };
        }
        object.id = declared_id("team", team->title, &declaring->arena);
        object.name = name_of(team->name, team->title);
        object.members = members;
        object.members_len = len;
        object.catalog_entry_id = declared_id("catalog_team", team->title, &declaring->arena);
        object.catalog_entry_name = object.name;
        object.catalog_entry_external_id = team->title;
        if (!declare_put(declaring, KIND_TEAM, object.id, &object, team->line, err))
            return false;
    }
    return true;
}

static bool
put_severities(struct declaring *declaring, struct error *err)
{
    int64_t rank = (int64_t)declaring->file->severities_len;
    EACH(declaring, severity, severities)
    {
        NEW(severity, object);
        object.id = declared_id("severity", severity->title, &declaring->arena);
        object.name = name_of(severity->name, severity->title);
        object.description = severity->description;
        object.rank = rank--;
        if (!declare_put(declaring, KIND_SEVERITY, object.id, &object, severity->line, err))
            return false;
    }
    return true;
}

static bool
put_statuses(struct declaring *declaring, struct error *err)
{
    int64_t rank = 1;
    EACH(declaring, status, statuses)
    {
        NEW(incident_status, object);
        object.id = declared_id("incident_status", status->title, &declaring->arena);
        object.name = name_of(status->name, status->title);
        object.category = status->category;
        object.description = status->description;
        object.rank = rank++;
        if (!declare_put(declaring, KIND_INCIDENT_STATUS, object.id, &object, status->line, err))
            return false;
    }
    return true;
}

static bool
put_roles(struct declaring *declaring, struct error *err)
{
    EACH(declaring, role, roles)
    {
        NEW(incident_role, object);
        object.id = declared_id("incident_role", role->title, &declaring->arena);
        object.name = name_of(role->name, role->title);
        object.role_type = role->type;
        object.shortform = name_of(role->shortform, role->title);
        object.description = role->description;
        object.instructions = role->instructions;
        if (!declare_put(declaring, KIND_INCIDENT_ROLE, object.id, &object, role->line, err))
            return false;
    }
    return true;
}

static bool
put_types(struct declaring *declaring, struct error *err)
{
    EACH(declaring, type, types)
    {
        NEW(incident_type, object);
        object.id = declared_id("incident_type", type->title, &declaring->arena);
        object.name = name_of(type->name, type->title);
        object.description = type->description;
        object.is_default = type->preferred;
        object.create_in_triage = type->triage;
        if (!declare_put(declaring, KIND_INCIDENT_TYPE, object.id, &object, type->line, err))
            return false;
    }
    return true;
}

static bool
put_timestamps(struct declaring *declaring, struct error *err)
{
    for (size_t i = 0; declaring->file->timestamps[i]; i++) {
        NEW(incident_timestamp, object);
        object.name = declaring->file->timestamps[i];
        object.id = declared_id("incident_timestamp", object.name, &declaring->arena);
        object.rank = (int64_t)i + 1;
        if (!declare_put(declaring, KIND_INCIDENT_TIMESTAMP, object.id, &object, 1, err))
            return false;
    }
    return true;
}

static bool
put_attributes(struct declaring *declaring, struct error *err)
{
    EACH(declaring, attribute, attributes)
    {
        NEW(alert_attribute, object);
        object.id = declared_id("alert_attribute", attribute->title, &declaring->arena);
        object.name = attribute->title;
        object.type = attribute->type;
        object.array = attribute->array;
        object.required = attribute->required;
        object.emoji = attribute->emoji;
        if (!declare_put(declaring, KIND_ALERT_ATTRIBUTE, object.id, &object, attribute->line, err))
            return false;
    }
    return true;
}

bool
declare_vocabulary(struct declaring *declaring, struct error *err)
{
    return put_people(declaring, err) && put_teams(declaring, err) &&
           put_severities(declaring, err) && put_statuses(declaring, err) &&
           put_roles(declaring, err) && put_types(declaring, err) &&
           put_timestamps(declaring, err) && put_attributes(declaring, err);
}
