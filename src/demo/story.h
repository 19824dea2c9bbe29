#pragma once

/*
 * What kinds of incident happen at the company: tables of texts, one row a kind, and the tale that one of them becomes.
 * Facts the texts may use: node source owner lead other exposure stakeholder rows more_rows pct minutes hours pounds
 * partner city farm pr sha version day column.
 */

#include "demo/alert.h"
#include "demo/phrase.h"
#include "demo/world.h"

enum {
    STORY_ALERTS_MAX = 6,
    STORY_UPDATES_MAX = 10,
    STORY_FOLLOW_UPS_MAX = 4,
    STORY_ACTIONS_MAX = 3,
    STORY_ITEMS_MAX = 3,
    STORY_PULL_REQUESTS_MAX = 2
};

/* Where an update leaves the incident. */
enum story_status { SAME, INVESTIGATING, FIXING, MONITORING, PAUSED };

struct story {
    const char *key;
    int severity; /* 0 = critical … 3 = low */
    int tickets;  /* how often it is drawn */
    enum type_name type;
    const char *nodes; /* one of these, by spaces, is `node` */
    const char *name;
    const char *summary;
    struct {
        enum fault fault;
        const char *
            where; /* "@" the node, "@up" a source of it, "@down" something behind it, or a node's name */
        const char *detail;     /* test, error, job or question */
    } alerts[STORY_ALERTS_MAX]; /* ends with where == NULL; the first one pages */
    struct {
        enum story_status status;
        const char *text;
    } updates[STORY_UPDATES_MAX]; /* ends with text == NULL; the last one resolves */
    const char *pull_requests[STORY_PULL_REQUESTS_MAX]; /* "repository title" */
    const char *items[STORY_ITEMS_MAX];                 /* "title :: description" */
    const char *actions[STORY_ACTIONS_MAX];
    const char *follow_ups[STORY_FOLLOW_UPS_MAX]; /* "1 title" with its priority, 1 to 3 */
    const char *cause; /* one sentence, for the post-mortem and the notes */
};

extern const struct story stories_pipeline[], stories_quality[], stories_partner[];
extern const int stories_pipeline_len, stories_quality_len, stories_partner_len;
