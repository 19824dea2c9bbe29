#pragma once

/* One alert on its way through one route that took it: what each step (group, incident, pages) adds. */

#include "hub/incident.h"
#include "hub/routing.h"

struct passage {
    struct store *store;
    struct arena *arena;
    int64_t now_ms;
    struct alert *alert;
    const struct rule_route *route;
    struct rule_scope scope;
    struct decision_route *said;

    bool is_grouped, joins; /* joins: the group was there before */
    struct rule_group group;
    const char *group_keys;
    const char *group_incident_id; /* "" = none */
    const char *escalation_ids;    /* JSON array: those of the group begun last */
    const char *incident_id;       /* that the alert is part of now, "" = none */
};

/* What is kept of a decision is this now, the note on the alert too. */
MUST_CHECK bool decision_retell(struct store *store, const struct decision *decision,
                                int64_t now_ms, struct arena *arena, struct error *err);

/* The group that takes the alert, or a new one; the alert gets its id. */
MUST_CHECK bool passage_group(struct passage *passage, struct error *err);
/* Opens, joins or leaves alone. */
MUST_CHECK bool passage_incident(struct passage *passage, struct error *err);
MUST_CHECK bool passage_pages(struct passage *passage, struct error *err);
/* Stores the group as it is with the alert. */
MUST_CHECK bool passage_keep_group(struct passage *passage, struct error *err);
