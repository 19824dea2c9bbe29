#pragma once

/*
 * What one frame shows: windows of rows and capped counts, read in one short transaction. Everything reachable from a
 * snapshot lives in its arena and never changes. It holds a window, never a table: its size follows the screen.
 */

#include "base/arena.h"
#include "base/clock.h"
#include "model/detail.h"
#include "model/model.h"
#include "model/oncall.h"

/* Counts stop here and are then shown as "1000+". */
#define COUNT_MAX 1000
#define COUNT_SIZE 8
const char *count_text(int64_t count, char out[COUNT_SIZE]);

/* ---- freshness: how old what we show is, and why ---- */

struct source_state {
    const char *resource;
    int64_t last_complete_at; /* 0 = never */
    int64_t last_attempt_at;
    int64_t interval_ms;    /* 0 = asked once or on demand: never stale by age */
    const char *error_code; /* "" = the last attempt succeeded */
    const char *error_message;
    const char *error_request_id; /* the server's name for the request; "" = unknown */
    int64_t error_since;
    int64_t retry_at;
    int64_t history_until;
};

enum fresh { FRESH_LIVE, FRESH_LOADING, FRESH_STALE, FRESH_DOWN };

/* The state of several sources at once: the worst of them, and of equals the oldest. */
struct freshness_summary {
    enum fresh state;
    int64_t since;      /* live, stale: last complete; down: first failure; loading: 0 */
    int64_t changes_at; /* when the state or its age reads differently; INT64_MAX = never */
    const struct source_state *source; /* the one that decides; NULL = nothing is known of any */
};

struct snapshot;
/* resources: NULL-terminated names; NULL = all that are polled. */
struct freshness_summary snapshot_freshness(const struct snapshot *snap,
                                            const char *const *resources, int64_t now_ms);

/* "live 6s", "stale 4m", "down 12m", "loading". */
#define FRESH_SIZE 32
const char *fresh_text(const struct freshness_summary *summary, int64_t now_ms,
                       char out[FRESH_SIZE]);
/* One word, for the terminal's title and exit codes: "live" … */
const char *fresh_word(enum fresh state);
/* Why, in words: "token refused", "rate limited, retry 20s"; "" when live. */
const char *fresh_cause(const struct freshness_summary *summary, int64_t now_ms,
                        struct arena *arena);

/* ---- runs of the pipeline ---- */

#define PIPELINE_RUN_FIELDS(X)                                                                     \
    X(TEXT, id, "", FIELD_COLUMN, _)                                                               \
    X(TEXT, project, "", FIELD_COLUMN, _)                                                          \
    X(TEXT, branch, "", FIELD_COLUMN, _)                                                           \
    X(INTEGER, number, "", FIELD_COLUMN, _)                                                        \
    X(TEXT, outcome, "", FIELD_COLUMN, _) /* "ok" "failed" "running" "canceled" "unknown" */       \
    X(TIME, created_at, "", FIELD_COLUMN, _)                                                       \
    X(TIME, stopped_at, "", FIELD_COLUMN, _) /* 0 = it goes on */                                  \
    X(TEXT, revision, "", FIELD_COLUMN, _)   /* commit */                                          \
    X(TEXT, subject, "", FIELD_COLUMN, _)    /* first line of its message */                       \
    X(TEXT, actor, "", FIELD_COLUMN, _)      /* who or what started it */                          \
    X(TEXT, url, "", FIELD_COLUMN, _)

struct pipeline_run {
    PIPELINE_RUN_FIELDS(FIELD_DECLARE)
};

/* ---- header ---- */

struct on_call {
    const char *schedule;   /* its name */
    const char *now, *next; /* people; "" = nobody */
    int64_t
        until; /* when the present shift ends, or the next begins when nobody is on; 0 = unknown */
};

struct header_facts {
    int64_t firing[5]; /* by severity digit 1-4; [0] = without one. Capped */
    int64_t firing_total;
    int64_t resolved_last_at; /* newest resolution; 0 = none, or not asked for: something fires */
    /* Fires, held by nothing, and nobody took it: since when the oldest of the most severe ones. */
    int64_t unacked_at; /* 0 = none */
    int unacked_digit;  /* its severity; 0 = without one */
    const struct on_call *on_call;
    size_t on_call_len;
    int budget_percent;    /* of the rate limit used; -1 = unknown */
    int64_t clock_skew_ms; /* the server's clock minus ours; 0 = they agree, or nobody knows */
    int64_t outbox_queued; /* all that is not over */
    int64_t outbox_stuck;  /* of these: failed, or in conflict */
    const struct pipeline_run *runs; /* the last ones, newest first */
    size_t runs_len;
};

/* ---- alerts ---- */

#define FEED_ROW_FIELDS(X)                                                                         \
    X(INTEGER, key, "", FIELD_COLUMN, _)                                                           \
    X(TEXT, id, "", FIELD_COLUMN, _)                                                               \
    X(TEXT, title, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, source, "", FIELD_COLUMN, _) /* its name */                                            \
    X(TEXT, environment, "", FIELD_COLUMN, _)                                                      \
    X(TEXT, owner, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, team, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, node, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, level, "", FIELD_COLUMN, _)                                                            \
    X(INTEGER, feed_rank, "", FIELD_COLUMN,                                                        \
      _) /* the order: feed_rank, feed_at newest first, id */                                      \
    X(INTEGER, severity_digit, "", FIELD_COLUMN, _)                                                \
    X(TEXT, status, "", FIELD_COLUMN, _) /* "firing" or "resolved" */                              \
    X(TEXT, escalation, "", FIELD_COLUMN,                                                          \
      _) /* status of its newest: "acked", "snoozed" …; "" = none */                             \
    X(TIME, feed_at, "", FIELD_COLUMN, _) /* began; once resolved, ended */                        \
    X(INTEGER, times_in_day, "", 0, _)    /* same source and key in 24 h; 99 = at least */         \
    X(TEXT, incident_id, "", FIELD_COLUMN, _)                                                      \
    X(TEXT, incident_reference, "", FIELD_COLUMN, _)                                               \
    X(TIME, stored_at, "", FIELD_COLUMN,                                                           \
      _) /* when this state came to us: later than a read mark = new */

/*
 * The row of a group, alerts of one incident that all fire or are all resolved, has one of these and the incident's id for an
 * id: it stands where the first of them would.
 */
#define FEED_GROUP "group/"
#define FEED_GROUP_OVER "group-over/"
#define FEED_GROUP_MAX 500 /* more of one group are not read */

struct feed_row {
    FEED_ROW_FIELDS(FIELD_DECLARE)
    bool is_held; /* by a maintenance window */
    /*
     * Of a group's row, which has the worst of their severities and states, the newest of their times, and what else is the
     * same for all; 0 = it is an alert's.
     */
    size_t alerts_len;
    const char *const *alert_ids;
    bool has_more;  /* than FEED_GROUP_MAX */
    bool is_open;   /* its alerts follow it */
    bool is_member; /* of the open group above it */
};

struct feed_window {
    const struct feed_row *rows;
    size_t rows_len;
    bool more_above, more_below;
    /* Held on screen, though the list has them elsewhere, or no more. */
    const struct feed_row *elsewhere;
    size_t elsewhere_len;
    /* The row that now shows the item the window was asked around, when it has no row of its own; "" = none. */
    const char *shown_as;
    /* Began since the list's top was last looked at: the newest, and how many. */
    const char *new_id;
    size_t new_len;
};

/* What notifications are made of. */
#define FIRING_ALERT_FIELDS(X)                                                                     \
    X(TEXT, id, "", FIELD_COLUMN, _)                                                               \
    X(TEXT, title, "", FIELD_COLUMN, _)                                                            \
    X(INTEGER, severity_digit, "", FIELD_COLUMN, _)                                                \
    X(TIME, feed_at, "", FIELD_COLUMN, _)

struct firing_alert {
    FIRING_ALERT_FIELDS(FIELD_DECLARE)
};

/* ---- reminders ---- */

/* A live incident that the user leads. */
#define LED_INCIDENT_FIELDS(X)                                                                     \
    X(TEXT, id, "", FIELD_COLUMN, _)                                                               \
    X(TEXT, reference, "", FIELD_COLUMN, _)                                                        \
    X(TEXT, mode, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, status_category, "", FIELD_COLUMN, _)                                                  \
    X(INTEGER, severity_digit, "", FIELD_COLUMN, _)                                                \
    X(TIME, created_at, "", FIELD_COLUMN, _)                                                       \
    X(TIME, last_update_at, "", FIELD_COLUMN, _) /* 0 = none */

struct led_incident {
    LED_INCIDENT_FIELDS(FIELD_DECLARE)
};

/* ---- timeline ---- */

#define TIMELINE_INCIDENT_FIELDS(X)                                                                \
    X(TEXT, id, "", FIELD_COLUMN, _)                                                               \
    X(TEXT, reference, "", FIELD_COLUMN, _)                                                        \
    X(TEXT, name, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, summary, "", FIELD_COLUMN, _)                                                          \
    X(TEXT, status, "", FIELD_COLUMN, _)                                                           \
    X(TEXT, status_category, "", FIELD_COLUMN, _)                                                  \
    X(TEXT, lead, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, severity, "", FIELD_COLUMN, _)                                                         \
    X(INTEGER, severity_digit, "", FIELD_COLUMN, _)                                                \
    X(TEXT, permalink, "", FIELD_COLUMN, _)                                                        \
    X(TEXT, slack_channel_name, "", FIELD_COLUMN, _)                                               \
    X(TIME, created_at, "", FIELD_COLUMN, _)                                                       \
    X(TIME, updated_at, "", FIELD_COLUMN, _)                                                       \
    X(TIME, last_update_at, "", FIELD_COLUMN, _) /* newest incident_update; 0 = none */            \
    X(TEXT, mode, "", FIELD_COLUMN, _)

struct timeline_incident {
    TIMELINE_INCIDENT_FIELDS(FIELD_DECLARE)
};

/*
 * kind: "opened" "update" "status" "severity" "merge" "event" "alert" "resolved" "note" "page" "ack" "link"
 * "pull" "run" "failed" (a run) "follow-up" "to do" "done" "role".
 * id is that of the row it comes from with its kind in front: "update/01H…".
 */
#define TIMELINE_EVENT_FIELDS(X)                                                                   \
    X(TEXT, id, "", FIELD_COLUMN, _)                                                               \
    X(TEXT, kind, "", FIELD_COLUMN | FIELD_SEARCH, _)                                              \
    X(TEXT, who, "", FIELD_COLUMN | FIELD_SEARCH, _)    /* "" = nobody in particular */            \
    X(TEXT, change, "", FIELD_COLUMN | FIELD_SEARCH, _) /* "Investigating -> Fixing"; "" = none */ \
    X(TEXT, text, "", FIELD_COLUMN | FIELD_SEARCH, _)                                              \
    X(TEXT, detail, "", FIELD_COLUMN | FIELD_SEARCH, _)                                            \
    X(TIME, at, "", FIELD_COLUMN, _)                                                               \
    X(BOOLEAN, first_seen, "", FIELD_COLUMN, _) /* the API gives no time: when we first saw it */  \
    X(INTEGER, span_ms, "", FIELD_COLUMN,                                                          \
      _) /* how long it took: to acknowledge, to resolve; 0 = none */

struct timeline_event {
    TIMELINE_EVENT_FIELDS(FIELD_DECLARE)
};

/* A pull request attached to an incident: "#1746 merged, checks ok". */
struct pull_request_line {
    const char *summary, *title, *link;
};

/* What else the head tells: kind "role" (not the lead's), "call" or "field" (a custom one). */
#define TIMELINE_FACT_FIELDS(X)                                                                    \
    X(TEXT, kind, "", FIELD_COLUMN, _)                                                             \
    X(TEXT, label, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, text, "", FIELD_COLUMN, _)

struct timeline_fact {
    TIMELINE_FACT_FIELDS(FIELD_DECLARE)
};

/* All pull requests attached to a live incident are merged, and the pipeline ran well since. All zero = it is not so. */
#define TIMELINE_MENDED_FIELDS(X)                                                                  \
    X(INTEGER, pulls, "", FIELD_COLUMN, _)                                                         \
    X(INTEGER, number, "", FIELD_COLUMN, _) /* of the last one merged */                           \
    X(TIME, merged_at, "", FIELD_COLUMN, _) /* … and when */                                     \
    X(TIME, green_at, "", FIELD_COLUMN, _)  /* the first run ended after which none failed */      \
    X(INTEGER, alerts, "", FIELD_COLUMN, _) /* attached ones */                                    \
    X(INTEGER, firing, "", FIELD_COLUMN, _)

struct timeline_mended {
    TIMELINE_MENDED_FIELDS(FIELD_DECLARE)
};

/* An incident that was declared here: what it is called until it has an id upstream. */
struct declared_incident {
    const char *key, *name;
    const char *state; /* of its write: "queued", "failed" … */
    const char *id;    /* "" = it is not there yet */
    int64_t at;
};

struct timeline_window {
    bool found;
    bool brief;       /* facts and `mended` are not read yet */
    bool is_declared; /* the incident is not upstream yet: its id is the key */
    struct timeline_incident incident;
    const struct timeline_fact *facts;
    size_t facts_len;
    struct timeline_mended mended;
    const char *const
        *open_ids; /* open incidents, most severe first, at most 50: `[` and `]` walk them */
    size_t open_len;
    const struct pull_request_line *pulls;
    size_t pulls_len;
    const struct timeline_event *events; /* newest first, unless asked for otherwise */
    size_t events_len;
    bool more_above, more_below;
};

/* ---- rota ---- */

/* One layer of one rotation: a line of the rota. Names are "" where the schedule has no configuration. */
#define ROTA_LANE_FIELDS(X)                                                                        \
    X(TEXT, rotation_id, "", FIELD_COLUMN, _)                                                      \
    X(TEXT, rotation_name, "", FIELD_COLUMN, _)                                                    \
    X(TEXT, layer_id, "", FIELD_COLUMN, _)                                                         \
    X(TEXT, layer_name, "", FIELD_COLUMN, _)

struct rota_lane {
    ROTA_LANE_FIELDS(FIELD_DECLARE)
};

struct rota_schedule {
    const char *id, *name, *timezone;
    const struct rota_lane *lanes; /* in the order of the configuration */
    size_t lanes_len;
    struct oncall_shifts shifts; /* overlapping the window */
};

/* A shift of the user's own, in whichever schedule. */
#define ROTA_MINE_FIELDS(X)                                                                        \
    X(TEXT, id, "", FIELD_COLUMN, _) /* of its first entry */                                      \
    X(TEXT, schedule_id, "", FIELD_COLUMN, _)                                                      \
    X(TEXT, schedule_name, "", FIELD_COLUMN, _)                                                    \
    X(TEXT, timezone, "", FIELD_COLUMN, _)                                                         \
    X(TEXT, rotation_id, "", FIELD_COLUMN, _)                                                      \
    X(TEXT, rotation_name, "", FIELD_COLUMN, _)                                                    \
    X(TEXT, layer_id, "", FIELD_COLUMN, _)                                                         \
    X(TEXT, layer_name, "", FIELD_COLUMN, _)                                                       \
    X(TIME, start_at, "", FIELD_COLUMN, _)                                                         \
    X(TIME, end_at, "", FIELD_COLUMN, _)

struct rota_mine {
    ROTA_MINE_FIELDS(FIELD_DECLARE)
};

/* Somebody who is on call then asks for another to take it, and nobody has. */
struct asked_cover {
    const char *id, *schedule_id, *rotation_id, *layer_id;
    const char *user_id, *user_name; /* who asks */
    int64_t start_at, end_at;
};

struct rota_window {
    const struct rota_schedule *schedules; /* those followed, by name */
    size_t schedules_len;
    int64_t from_ms, to_ms;
    const struct rota_mine *mine; /* only when asked for: the present and the next ones, by start */
    size_t mine_len;
    const struct asked_cover *covers;
    size_t covers_len;
};

/* ---- follow-ups ---- */

/* Of outstanding ones, those with a due time first and by it: so the late ones are on top. */
#define FOLLOW_UP_ROW_FIELDS(X)                                                                    \
    X(TEXT, id, "", FIELD_COLUMN, _)                                                               \
    X(TEXT, title, "", FIELD_COLUMN, _)                                                            \
    X(TEXT, assignee_name, "", FIELD_COLUMN, _)                                                    \
    X(TEXT, assignee_email, "", FIELD_COLUMN, _)                                                   \
    X(TEXT, assignee_team_name, "", FIELD_COLUMN, _)                                               \
    X(TEXT, priority_name, "", FIELD_COLUMN, _)                                                    \
    X(TEXT, external_issue_name, "", FIELD_COLUMN, _)                                              \
    X(TEXT, external_issue_permalink, "", FIELD_COLUMN, _)                                         \
    X(TEXT, incident_id, "", FIELD_COLUMN, _)                                                      \
    X(TEXT, incident_reference, "", FIELD_COLUMN, _)                                               \
    X(TEXT, incident_name, "", FIELD_COLUMN, _)                                                    \
    X(TIME, created_at, "", FIELD_COLUMN, _)                                                       \
    X(TIME, due_at, "", FIELD_COLUMN, _)       /* 0 = none */                                      \
    X(TIME, completed_at, "", FIELD_COLUMN, _) /* 0 = it is not */                                 \
    X(TIME, stored_at, "", FIELD_COLUMN, _)    /* when this state came to us */

struct follow_up_row {
    FOLLOW_UP_ROW_FIELDS(FIELD_DECLARE)
};

enum follow_up_by { BY_NOTHING, BY_OWNER, BY_INCIDENT, BY_DUE, BY_AGE, BY_COUNT };

/* What a backlog is divided by. Times have four parts: before the first bound, up to the second, and so on. */
#define FOLLOW_UP_BOUNDS 3
#define FOLLOW_UP_UNDATED "none"
struct follow_up_grouping {
    enum follow_up_by by;
    int64_t bounds[FOLLOW_UP_BOUNDS];
};

#define FOLLOW_UP_GROUP_FIELDS(X)                                                                  \
    X(TEXT, name, "", FIELD_COLUMN, _) /* whose, an incident's id, the number of a part of time */ \
    X(INTEGER, len, "", FIELD_COLUMN, _)                                                           \
    X(INTEGER, late, "", FIELD_COLUMN, _)

struct follow_up_group {
    FOLLOW_UP_GROUP_FIELDS(FIELD_DECLARE)
};

struct follow_up_window {
    const struct follow_up_row *rows;
    size_t rows_len;
    bool more_above, more_below;
    int64_t outstanding, late; /* capped */
    struct follow_up_grouping grouping;
    const struct follow_up_group *groups; /* how many there are of each, on screen or not */
    size_t groups_len;
};

/* ---- search: what was found over all kinds ---- */

/* In the snippet, what matches stands between SEARCH_MATCH_BEGIN and SEARCH_MATCH_END; clean it piece by piece. */
#define SEARCH_MATCH_BEGIN '\x02'
#define SEARCH_MATCH_END '\x03'

#define SEARCH_ROW_FIELDS(X)                                                                       \
    X(INTEGER, key, "", FIELD_COLUMN, _)              /* its place: newest first */                \
    X(TEXT, kind, "", FIELD_COLUMN | FIELD_SEARCH, _) /* as `list` calls it: "follow-ups" */       \
    X(TEXT, id, "", FIELD_COLUMN, _)                                                               \
    X(TEXT, title, "", FIELD_COLUMN | FIELD_SEARCH, _)                                             \
    X(TEXT, body, "", FIELD_COLUMN | FIELD_SEARCH, _) /* all other words */                        \
    X(TEXT, snippet, "", FIELD_COLUMN, _)                                                          \
    X(TIME, at, "", FIELD_COLUMN, _)

struct search_row {
    SEARCH_ROW_FIELDS(FIELD_DECLARE)
};

struct search_window {
    const struct search_row *rows; /* newest first */
    size_t rows_len;
    bool more_above, more_below;
    bool is_complete; /* the index: otherwise older items may be missing */
};

struct snapshot {
    struct arena arena;
    uint64_t generation;
    bool present;          /* false: there is no cache yet */
    unsigned lacks;        /* a board as it was: of what older ones are not on it (store/past.h) */
    int64_t waiting_since; /* when the console began to wait for one, or for a first walk */
    const struct source_state *sources;
    size_t sources_len;
    struct header_facts header;
    const struct declared_incident *declared; /* newest first */
    size_t declared_len;
    struct feed_window feed;
    struct timeline_window timeline;
    struct rota_window rota;
    struct follow_up_window follow_ups;
};
