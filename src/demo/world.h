#pragma once

/*
 * What the parts of the generator share: the store they write to, who works at the company, what it is configured with,
 * and who is on call when. A failure sticks (`failed`): everything put after it is ignored, and demo_create returns it.
 */

#include "base/arena.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/zone.h"
#include "demo/prng.h"
#include "model/model.h"
#include "store/cache.h"

/* The seven of the data team first, in the order of their rota; then platform, owners of dashboards, and one who left. */
enum person {
    INES,
    TUNDE,
    AIKO,
    KASIA,
    ROHAN,
    FREYA,
    CIARAN,
    YARA,
    JONAS,
    PRIYA,
    MATEO,
    HELEN,
    OLUCHI,
    MAREK,
    SOFIA,
    SORA,
    TOM,
    PERSON_COUNT
};
enum { DATA_TEAM_LEN = 7, PLATFORM_FIRST = YARA, PLATFORM_LEN = 4 };

enum team_name { TEAM_DATA, TEAM_CORE, TEAM_GROWTH, TEAM_SUPPLY, TEAM_PLATFORM, TEAM_COUNT };

enum status_name {
    STATUS_TRIAGE,
    STATUS_INVESTIGATING,
    STATUS_FIXING,
    STATUS_MONITORING,
    STATUS_PAUSED,
    STATUS_DOCUMENTING,
    STATUS_REVIEWING,
    STATUS_CLOSED,
    STATUS_DECLINED,
    STATUS_CANCELED,
    STATUS_MERGED,
    STATUS_COUNT
};
enum { SEVERITY_COUNT = 4 }; /* index 0 = most severe */
enum role_name { ROLE_LEAD, ROLE_REPORTER, ROLE_COMMS, ROLE_COUNT };
enum type_name { TYPE_PIPELINE, TYPE_QUALITY, TYPE_ACCESS, TYPE_COUNT };
enum timestamp_name {
    TIMESTAMP_IMPACT,
    TIMESTAMP_REPORTED,
    TIMESTAMP_IDENTIFIED,
    TIMESTAMP_FIXED,
    TIMESTAMP_RESOLVED,
    TIMESTAMP_CLOSED,
    TIMESTAMP_COUNT
};
enum attribute_name {
    ATTRIBUTE_SEVERITY,
    ATTRIBUTE_ENVIRONMENT,
    ATTRIBUTE_OWNER,
    ATTRIBUTE_TEAM,
    ATTRIBUTE_NODE,
    ATTRIBUTE_LEVEL,
    ATTRIBUTE_EXPOSURES,
    ATTRIBUTE_DOWNSTREAM,
    ATTRIBUTE_COMMIT,
    ATTRIBUTE_COUNT
};
enum source_name { SOURCE_DBT, SOURCE_CI, SOURCE_QUESTIONS, SOURCE_HEARTBEAT, SOURCE_COUNT };
enum route_name { ROUTE_PIPELINE, ROUTE_CI, ROUTE_QUESTIONS, ROUTE_COUNT };
enum path_name { PATH_RESPONDER, PATH_PLATFORM, PATH_COUNT };
enum rota_name { ROTA_RESPONDER, ROTA_PLATFORM, ROTA_COUNT };

/* The bad week: the warehouse was moved so long before now. */
#define MIGRATION_AGO_MS (152 * DAY_MS)

struct rota {
    struct schedule schedule;
    const char *rotation_id, *layer_id;
    enum person first;
    int people_len;
    int64_t anchor_ms;                   /* users[0] takes over, a Monday 09:00 in London */
    struct schedule_override *overrides; /* ascending; they never overlap */
    size_t overrides_len;
    int64_t entries_until_ms; /* entries are stored up to here */
    int64_t refresh_at_ms;    /* the next change of who is on call */
};
enum { OVERRIDES_MAX = 256 };

struct cast;

/* What was said to the look-alike of Slack; in the world's arena. */
enum { LOOK_ALIKE_SAID_MAX = 500 };
struct look_alike_said {
    const char *channel, *ts, *thread_ts, *text, *key;
};

struct world {
    struct store *store;
    const struct cast *cast; /* what is going on now */
    struct arena arena;      /* lives as long as the world: reference data, overrides */
    struct arena scratch;    /* one object's JSON */
    uint64_t seed;
    struct prng prng;
    int64_t since_ms, now_ms;
    const struct zone *london;
    bool failed;
    struct error err;

    struct user users[PERSON_COUNT];
    struct team teams[TEAM_COUNT];
    struct severity severities[SEVERITY_COUNT];
    struct incident_status statuses[STATUS_COUNT];
    struct incident_role roles[ROLE_COUNT];
    struct incident_type types[TYPE_COUNT];
    struct incident_timestamp timestamps[TIMESTAMP_COUNT];
    struct alert_attribute attributes[ATTRIBUTE_COUNT];
    struct alert_source sources[SOURCE_COUNT];
    struct alert_route routes[ROUTE_COUNT];
    struct escalation_path paths[PATH_COUNT];
    struct rota rotas[ROTA_COUNT];
    const char *slack_team_id;
    const char *metric_ids[2];
    const char *priority_ids[3];

    struct look_alike_said said[LOOK_ALIKE_SAID_MAX];
    size_t said_len;

    int64_t next_incident_number, next_pull_request, next_build;
};

extern const char demo_url[];  /* the company's incident dashboard */
extern const char demo_mail[]; /* mail domain */

/* A new id for an object made at time_ms. */
const char *world_id(struct world *world, struct arena *arena, int64_t time_ms);
const char *world_slack_id(struct world *world, struct arena *arena, char prefix);

/* Encodes, derives and stores. The object may be changed and put again. */
void world_put(struct world *world, enum kind kind, void *object, int64_t time_ms);

const char *first_name(struct arena *arena, const struct user *user);

/* ---- company.c ---- */

void company_create(struct world *world);

/* ---- rota.c ---- */

void rota_create(struct world *world);
/* Who is on call at an instant by this rota, overrides counted: false when nobody is. */
bool rota_on_call(const struct world *world, enum rota_name name, int64_t time_ms,
                  enum person *person);
/* The data responder in working hours, else platform's: somebody always is. */
enum person world_on_call(const struct world *world, int64_t time_ms);
bool world_is_working_time(const struct world *world, int64_t time_ms);
/* Somebody takes over a part of a coming shift. False when no shift is fit for it. */
bool rota_take_cover(struct world *world, int64_t time_ms);
/* Entries, current shifts and responders as they are at time_ms; cheap when nothing changed. */
void rota_refresh(struct world *world, int64_t time_ms);

/* ---- embedding one object in another: p is the member prefix ---- */

#define SET_USER(object, p, user)                                                                  \
    ((object)->p##_id = (user)->id, (object)->p##_name = (user)->name,                             \
     (object)->p##_email = (user)->email, (object)->p##_role = (user)->role,                       \
     (object)->p##_slack_user_id = (user)->slack_user_id)
#define SET_STATUS(object, p, status)                                                              \
    ((object)->p##_id = (status)->id, (object)->p##_name = (status)->name,                         \
     (object)->p##_category = (status)->category, (object)->p##_rank = (status)->rank,             \
     (object)->p##_description = (status)->description,                                            \
     (object)->p##_created_at = (status)->created_at,                                              \
     (object)->p##_updated_at = (status)->updated_at)
#define SET_SEVERITY(object, p, severity)                                                          \
    ((object)->p##_id = (severity)->id, (object)->p##_name = (severity)->name,                     \
     (object)->p##_rank = (severity)->rank, (object)->p##_description = (severity)->description,   \
     (object)->p##_created_at = (severity)->created_at,                                            \
     (object)->p##_updated_at = (severity)->updated_at)
