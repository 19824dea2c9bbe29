#pragma once

/* What the parts of the hub's Slack share. Private to src/hub/slack*.c. */

#include "hub/slack.h"
#include "remote/slack.h"

enum { SLACK_WORK_MAX = 32 };

struct slack_presence {
    struct store *store;
    struct deliveries *deliveries;
    struct loop *loop;
    struct slack *client; /* NULL = off */
    void (*lent)(void *context, struct slack *client);
    void *lent_context;
    struct arena arena; /* of the settings */
    struct slack_settings settings;
    const char *bot_user_id, *team_id; /* as auth.test said; "" = not asked yet */
    int64_t under_way[SLACK_WORK_MAX]; /* ids of deliveries */
    size_t under_way_len;
    uint64_t look_timer; /* of a look that failed */
};

/* One delivery that is worked on. The first member of each job's struct. */
struct slack_work {
    struct slack_presence *slack;
    struct arena *arena; /* of the job */
    int64_t delivery_id;
    int64_t created_at; /* of the delivery */
    bool in_doubt;
    const char *id; /* of what it is about: the body's "id" */
};

/* `size`: of the job's struct, which begins with the work. */
void *slack_work_begin(struct slack_presence *slack, const struct delivery *delivery, size_t size);
/* Answers the delivery; the job is gone. */
void slack_work_end(struct slack_work *work, const struct delivery_answer *answer);
void slack_work_done(struct slack_work *work, const char *text);
void slack_work_failed(struct slack_work *work, const struct slack_answer *answer);
/* The store refused: again, soon. */
void slack_work_stuck(struct slack_work *work, const struct error *err);

struct delivery_answer slack_delivery_answer(const struct slack_answer *answer);

/* What Slack says of the bot is known afterwards; `answer` of the call that failed, or NULL. */
void slack_know_bot(struct slack_presence *slack,
                    void (*then)(void *context, const struct slack_answer *), void *context,
                    struct arena *arena);

/* {"id": ID} */
const char *slack_body(const char *id, struct arena *arena);

/* ---- people ---- */

struct slack_people {
    const char **ids; /* in Slack, each once, sorted */
    size_t len;
    const char *missing;                /* who is not there, and why, for people; "" = nobody */
    const struct slack_answer *failure; /* somebody could not be asked for; NULL = all were */
};

/*
 * Who they are in Slack: as remembered for a day (`afresh`: not even that), else asked. Somebody who is known and cannot be
 * asked now is taken as known. `arena` has to live until `then`.
 */
void slack_people_find(struct slack_presence *slack, const char *const *user_ids,
                       size_t user_ids_len, bool afresh, struct arena *arena,
                       void (*then)(void *context, const struct slack_people *people),
                       void *context);

/* ---- the two parts ---- */

void slack_sync_send(void *context, const struct delivery *delivery);
MUST_CHECK bool slack_sync_look(struct slack_presence *slack, int64_t now_ms, struct arena *arena,
                                struct error *err);

void slack_channel_send(void *context, const struct delivery *delivery);
void slack_update_send(void *context, const struct delivery *delivery);
void slack_announcement_send(void *context, const struct delivery *delivery);
void slack_archive_send(void *context, const struct delivery *delivery);
MUST_CHECK bool slack_channel_look(struct slack_presence *slack, int64_t now_ms,
                                   struct arena *arena, struct error *err);
