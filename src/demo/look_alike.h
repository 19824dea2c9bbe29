#pragma once

/*
 * Small look-alikes of CircleCI's, GitHub's and Slack's APIs that tell of the company: hourly runs that failed when alerts say so, the
 * pull requests attached to its incidents, the commits that alerts name, a channel in which questions are asked, and those of incidents. Made from what is stored at the moment of the question, so that
 * they agree with it; the same question at the same moment has the same answer.
 */

#include "base/str.h"
#include "demo/world.h"

#define LOOK_ALIKE_CIRCLECI "/look-alike/circleci/api/v2"
#define LOOK_ALIKE_GITHUB "/look-alike/github"
#define LOOK_ALIKE_SLACK "/look-alike/slack/api"
#define LOOK_ALIKE_CHANNEL "C0ASKDATA"
#define LOOK_ALIKE_GROUP "S0RESPOND"
#define LOOK_ALIKE_BOT "U0TOCSIN"
#define LOOK_ALIKE_PROJECT "gh/brindlecart-example/dbt"
#define LOOK_ALIKE_REPOSITORY "brindlecart-example/dbt"

/* target: "/look-alike/…?…", as sent. *status is 200, 404 or 500; out holds JSON. */
void look_alike_answer(struct world *world, const char *target, struct slice body,
                       struct arena *arena, int *status, struct str *out);

/* ---- for its parts: false = there is no such path; targets without what is in front ---- */

struct look_alike {
    struct world *world;
    struct arena *arena;
    const char *form; /* what a POST brings, or the query of a GET */
    struct str *out;
    int64_t now_ms;
};

bool look_alike_circleci(struct look_alike *look, const char *target);
bool look_alike_github(struct look_alike *look, const char *target);
bool look_alike_slack(struct look_alike *look, const char *target);

/* Of an incident's channel. oldest: "" = from the beginning. */
bool look_alike_channel_is_one(struct look_alike *look, const char *channel);
void look_alike_channel_history(struct look_alike *look, const char *channel, const char *oldest);
void look_alike_channel_replies(struct look_alike *look, const char *channel,
                                const char *thread_ts);
/* False: nothing more is kept. */
bool look_alike_channel_say(struct look_alike *look, const char *channel, const char *thread_ts,
                            const char *text, const char *metadata);

/* A commit's 40 digits, its first ones given. */
const char *look_alike_sha(struct look_alike *look, const char *first);
/* What somebody changed: a line that depends on `of` alone; and who: a login. */
const char *look_alike_subject(struct look_alike *look, const char *of, const char *node);
const char *look_alike_author(struct look_alike *look, const char *of);
uint64_t look_alike_number(const char *of);
void look_alike_time(struct look_alike *look, const char *name, int64_t time_ms);
void look_alike_text(struct look_alike *look, const char *name, const char *value);
