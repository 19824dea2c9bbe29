#pragma once

/*
 * What one frame shows: windows of rows and capped counts, read in one short transaction. Everything reachable from a
 * snapshot lives in its arena and never changes. It holds a window, never a table: its size follows the screen.
 */

#include "base/arena.h"
#include "base/clock.h"
#include "model/model.h"

/* Counts stop here and are then shown as "1000+". */
#define COUNT_MAX 1000
#define COUNT_SIZE 8
const char *count_text(int64_t count, char out[COUNT_SIZE]);

/* ---- freshness: how old what we show is, and why ---- */

struct source_state {
    const char *resource;
    int64_t last_complete_at; /* 0 = never */
    int64_t last_attempt_at;
    int64_t interval_ms;      /* 0 = asked once or on demand: never stale by age */
    const char *error_code;   /* "" = the last attempt succeeded */
    const char *error_message;
    int64_t error_since;
    int64_t retry_at;
    int64_t history_until;
};

enum fresh { FRESH_LIVE, FRESH_LOADING, FRESH_STALE, FRESH_DOWN };

/* The state of several sources at once: the worst of them, and of equals the oldest. */
struct freshness_summary {
    enum fresh state;
    int64_t since; /* live, stale: last complete; down: first failure; loading: 0 */
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

/* ---- header ---- */

struct on_call {
    const char *schedule; /* its name */
    const char *now, *next; /* people; "" = nobody */
    int64_t until; /* when the present shift ends, or the next begins when nobody is on; 0 = unknown */
};

struct header_facts {
    int64_t firing[5]; /* by severity digit 1-4; [0] = without one. Capped */
    int64_t firing_total;
    int64_t resolved_last_at; /* newest resolution; 0 = none */
    int64_t oldest_unacked_at; /* 0 = none */
    const struct on_call *on_call;
    size_t on_call_len;
    int64_t history_until, history_goal; /* how far back history is fetched, and shall be; 0 = not filling */
    int64_t history_rows;
    int budget_percent; /* of the rate limit used; -1 = unknown */
    int64_t outbox_queued;
    const char *user; /* whose key it is; "" = unknown */
};

/* ---- alerts ---- */

struct feed_row {
    const char *id, *title, *source, *environment, *owner, *team, *node, *level;
    int64_t feed_rank; /* the order: feed_rank, created_at newest first, id */
    int64_t severity_digit;
    bool resolved;
    const char *escalation; /* status of the newest live escalation: "acked", "snoozed", … ; "" = none */
    int64_t created_at, resolved_at;
    int64_t times_in_day; /* alerts of the same source and deduplication key in 24 h; at most 99 counted */
    const char *incident_id, *incident_reference;
};

struct feed_window {
    const struct feed_row *rows;
    size_t rows_len;
    bool more_above, more_below;
};

/* ---- timeline ---- */

struct timeline_incident {
    const char *id, *reference, *name, *summary, *status, *status_category, *lead, *severity;
    const char *permalink, *slack_channel_name;
    int64_t severity_digit, created_at, updated_at, last_update_at;
    int64_t events; /* capped */
};

struct timeline_event {
    const char *id;   /* of the row it comes from, with its kind in front: "update/01H…" */
    const char *kind; /* "update" "status" "severity" "alert" "resolved" "note" "page" "ack" "link" "task" "event" "merge" */
    const char *who;  /* "" = nobody in particular */
    const char *text, *detail;
    int64_t at;
    bool first_seen;  /* the API gives no time: when we first saw it */
};

struct timeline_window {
    bool found;
    struct timeline_incident incident;
    const char *const *open_ids; /* open incidents, most severe first, at most 50: `[` and `]` walk them */
    const char *const *open_references;
    size_t open_len, open_at;
    const struct timeline_event *events; /* newest first */
    size_t events_len;
    bool more_above, more_below;
};

/* ---- rota ---- */

struct rota_window {
    const struct schedule *schedules; /* those followed, by name */
    size_t schedules_len;
    const struct schedule_entry *entries; /* overlapping from … to, by schedule, list, start */
    size_t entries_len;
    int64_t from_ms, to_ms;
};

/* ---- follow-ups ---- */

struct follow_up_row {
    const char *id, *title, *assignee, *team, *priority, *issue_name, *issue_permalink;
    const char *incident_id, *incident_reference;
    int64_t created_at, due_at; /* due_at 0 = none */
};

struct follow_up_window {
    const struct follow_up_row *rows;
    size_t rows_len;
    bool more_above, more_below;
    int64_t outstanding, late; /* capped */
};

/* ---- detail: whatever the cursor is on, as label and text ---- */

struct detail_fact {
    const char *label, *text;
    int64_t at; /* not 0: text is this instant */
};

struct detail_block {
    const char *heading, *text; /* text may have several lines */
};

struct detail {
    struct arena arena;
    const char *id, *title;
    const struct detail_fact *facts; /* most telling first: the strip shows what fits */
    size_t facts_len;
    const struct detail_block *blocks; /* the pane shows them below the facts */
    size_t blocks_len;
};

struct snapshot {
    struct arena arena;
    uint64_t generation;
    bool present;          /* false: there is no cache yet */
    int64_t waiting_since; /* when the console began to wait for one, or for a first walk */
    const struct source_state *sources;
    size_t sources_len;
    struct header_facts header;
    struct feed_window feed;
    struct timeline_window timeline;
    struct rota_window rota;
    struct follow_up_window follow_ups;
};
