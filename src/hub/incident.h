#pragma once

/*
 * Incidents begin and change here, whoever asks: a request of the API or an alert's route. Each call stores the incident, the
 * update that says what became of its status and severity, and the copies that links and escalations carry. All of them
 * inside the caller's transaction.
 */

#include "hub/objects.h"

/* Who does it, as objects say it: a person, a key, an alert; at most one is set. */
struct incident_actor {
    struct user_embedded user; /* id "" = no person */
    const char *api_key_id, *api_key_name;
    const char *alert_id, *alert_title;
};

/* Members may be NULL or "": then it is the default. The reporter is who does it, unless assigned to somebody else. */
struct incident_request {
    const char *name, *summary;
    const char *severity_id;        /* default: the least severe */
    const char *incident_status_id; /* default: the first that is live, or in triage */
    bool in_triage;
    const char *incident_type_id;     /* default: the type that says it is */
    const char *mode;                 /* default: standard */
    const char *visibility;           /* default: public */
    const char *custom_field_entries; /* a JSON array */
    const char *slack_channel_id, *slack_channel_name, *slack_team_id;
    const char *postmortem_document_url;
    const struct incident_role_assignment *assignments; /* role_id and assignee count */
    size_t assignments_len;
    const struct incident_timestamp_value *timestamps; /* incident_timestamp_id and value count */
    size_t timestamps_len;
    struct incident_actor actor;
    const char *message; /* of its first update */
};

/*
 * ERROR_INVALID names what is not there: "there is no severity '01H…'". The incident is filled as it was stored, in the arena:
 * every role and timestamp there is, its number the next one.
 */
MUST_CHECK bool incident_begin(struct store *store, const struct incident_request *request,
                               int64_t now_ms, struct arena *arena, struct incident *incident,
                               struct error *err);

/* The members of an assignment that are its role's. */
#define SET_INCIDENT_ROLE(assignment, role)                                                        \
    ((assignment)->role_id = (role)->id, (assignment)->role_name = (role)->name,                   \
     (assignment)->role_type = (role)->role_type,                                                  \
     (assignment)->role_shortform = (role)->shortform,                                             \
     (assignment)->role_description = (role)->description,                                         \
     (assignment)->role_instructions = (role)->instructions,                                       \
     (assignment)->role_created_at = (role)->created_at,                                           \
     (assignment)->role_updated_at = (role)->updated_at)

/*
 * Stores what was changed in `incident` (loaded as a whole). An update is written when its status or severity is another, or
 * there is a message. updated_at moves, and a timestamp that stands for the new status is set unless it was.
 */
MUST_CHECK bool incident_change(struct store *store, struct incident *incident, const char *message,
                                const struct incident_actor *actor, int64_t now_ms,
                                struct arena *arena, struct error *err);

/* Members of an incident from what it names: ERROR_INVALID when there is none of that id. */
MUST_CHECK bool incident_set_status(struct store *store, struct incident *incident, const char *id,
                                    struct arena *arena, struct error *err);
MUST_CHECK bool incident_set_severity(struct store *store, struct incident *incident,
                                      const char *id, struct arena *arena, struct error *err);
MUST_CHECK bool incident_set_type(struct store *store, struct incident *incident, const char *id,
                                  struct arena *arena, struct error *err);

/* The first status of a category ("triage", "live", "declined"); "" = there is none. */
MUST_CHECK bool incident_status_first(struct store *store, const char *category,
                                      struct arena *arena, const char **id, struct error *err);

/* Whether nothing more is expected of it: closed, declined, canceled, merged. */
bool incident_is_over(const char *status_category);

/* Links an alert to it, once. *link_id may be NULL. */
MUST_CHECK bool incident_attach_alert(struct store *store, const struct incident *incident,
                                      const struct alert *alert, const char *alert_route_id,
                                      int64_t now_ms, struct arena *arena, const char **link_id,
                                      struct error *err);

/* The number that the next incident gets. */
MUST_CHECK bool incident_next_number(struct store *store, int64_t *number, struct error *err);
