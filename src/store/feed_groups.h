#pragma once

/* Alerts of one incident, as one row of the feed. A group is read when the first of its alerts is met, once a window. */

#include "store/filter_sql.h"
#include "store/window.h"

struct feed_group {
    const char *incident_id;
    bool is_over;     /* those resolved; else those that fire */
    int64_t first;    /* key of the first in the list's order */
    const char **ids; /* all, in that order */
    int64_t *keys;    /* … */
    size_t len, cap;
    struct feed_row facts; /* of all: worst, newest, and what is the same */
    struct feed_group *next;
};

struct feed_groups {
    struct store *store;
    struct arena *arena;
    struct feed_group *all;
    sqlite3_stmt
        *statements[2]; /* of what fires and of what is over, prepared for one plan and sort */
};

/* What was prepared is let go, before another plan is made too; what was read stays. */
void feed_groups_finish(struct feed_groups *groups);

/* What listings need to leave out alerts that a group's row stands for (store/listing.h). */
#define FEED_GROUPS_COLUMNS                                                                        \
    "t.key, t.feed_rank >= 9, coalesce((select l.incident_id from incident_alert l "               \
    "where l.alert_id = t.id order by l.id desc limit 1), '')"
bool feed_groups_lists(void *groups, const struct filter_plan *plan, const struct sort *sort,
                       sqlite3_stmt *row, bool *listed, struct error *err);

/* Those of the incident that fire, or are over, and match; may be empty. sort NULL = the first one. */
MUST_CHECK bool feed_groups_get(struct feed_groups *groups, const struct filter_plan *plan,
                                const struct sort *sort, const char *incident_id, bool is_over,
                                const struct feed_group **group, struct error *err);

/* The group of an id: of a group's row, or of an alert, *is_alert; NULL: it is in none. */
MUST_CHECK bool feed_groups_of(struct feed_groups *groups, const struct filter_plan *plan,
                               const struct sort *sort, const char *id,
                               const struct feed_group **group, bool *is_alert, struct error *err);

/* One that was read already, by the key of its first alert, if it has several; else NULL. */
const struct feed_group *feed_groups_at(const struct feed_groups *groups, int64_t first);

/* The id of its row. */
const char *feed_group_id(const struct feed_group *group, struct arena *arena);

/* The row of its first alert becomes that of all. */
MUST_CHECK bool feed_group_row(struct feed_groups *groups, const struct feed_group *group,
                               struct feed_row *row, struct error *err);
