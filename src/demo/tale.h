#pragma once

/*
 * One incident from its first alert to its last follow-up. All of it is planned at once, as steps in the order of time;
 * history is the steps that lie before now, and what is left over happens while one watches.
 */

#include "demo/page.h"
#include "demo/story.h"

enum tale_end { END_RESOLVED, END_DECLINED, END_CANCELED, END_MERGED };

enum step_kind {
    STEP_FIRE,
    STEP_PAGE,
    STEP_REMIND,
    STEP_ACKNOWLEDGE,
    STEP_DECLARE,
    STEP_UPDATE,
    STEP_ITEM,
    STEP_ATTACH,
    STEP_ACTION,
    STEP_ACTION_DONE,
    STEP_CONTACT,
    STEP_RESOLVE_ALERT,
    STEP_END,
    STEP_FOLLOW_UP,
    STEP_FOLLOW_UP_DONE,
    STEP_DOCUMENT,
    STEP_DOCUMENT_REVIEW,
    STEP_DOCUMENT_DONE,
    STEP_CLOSE,
    STEP_NOTE,
};

struct step {
    int64_t at_ms;
    enum step_kind kind;
    int index;
};

enum { STEPS_MAX = 64 };

struct tale {
    struct arena arena;
    const struct story *story;
    struct facts facts;
    enum tale_end end;
    int severity, node;
    int rows, minutes; /* as the texts say; the first alert says the same */
    enum person lead, other, stakeholder, acknowledger;
    bool begins_in_triage, has_document, declared, is_ended;
    struct step steps[STEPS_MAX];
    int steps_len, next;
    int updates_len;

    struct incident incident;
    struct incident_role_assignment roles[ROLE_COUNT];
    struct incident_timestamp_value timestamps[TIMESTAMP_COUNT];
    struct alert alerts[STORY_ALERTS_MAX];
    bool has_fired[STORY_ALERTS_MAX];
    struct incident_alert links[STORY_ALERTS_MAX];
    int alerts_len;
    struct page page;
    bool is_paged;
    struct follow_up follow_ups[STORY_FOLLOW_UPS_MAX];
    int follow_ups_len;
    struct action actions[STORY_ACTIONS_MAX];
    int actions_len;
    struct postmortem_document document;
    const char *merged_into; /* END_MERGED: id of the other incident */
};

/* The first of its follow-ups stays open until then. */
void tale_neglect(struct tale *tale, int64_t until_ms);

/* END_MERGED: into which. Before the tale gets there. */
void tale_merge_into(struct tale *tale, const struct incident *other);

/* Plans; nothing is stored yet. On the heap: tale_destroy. */
struct tale *tale_create(struct world *world, const struct story *story, int64_t start_ms,
                         enum tale_end end);
void tale_destroy(struct tale *tale);

/* One of the stories, by their tickets. severity -1 = any, else one of that severity. */
const struct story *story_draw(struct world *world, int severity);

/* The one of that key. */
const struct story *story_named(const char *key);

/* When the incident is declared. */
int64_t tale_declared_ms(const struct tale *tale);
/* When it happens that the incident is resolved (declined, …). */
int64_t tale_end_ms(const struct tale *tale);
/* Time of the first update that leaves the incident in this status; 0 when none does. */
int64_t tale_reaches_ms(const struct tale *tale, enum story_status status);
int64_t tale_acknowledged_ms(const struct tale *tale);
/* Moves all that is still to come. */
void tale_shift(struct tale *tale, int64_t by_ms);
bool tale_has_next(const struct tale *tale);
int64_t tale_next_ms(const struct tale *tale);

/* Takes the next step at time_ms, without storing what changes later on. */
void tale_step(struct world *world, struct tale *tale, int64_t time_ms);
/* Takes every step up to time_ms at its own time. */
void tale_run(struct world *world, struct tale *tale, int64_t time_ms);
/* Stores everything as it is now. */
void tale_put(struct world *world, struct tale *tale, int64_t time_ms);
