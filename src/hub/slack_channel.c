/*
 * An incident's channel in Slack: made under a name that is free, its people asked in once, topic and pinned message kept as the
 * incident is. A round brings the channel from what is known of it (slack_channel) to what the incident says now; each step is
 * noted before the next, so that a round after a crash goes on where it was. What cannot be made twice without harm is
 * looked for first: a channel by its name, its maker and its age; a message by its key.
 */

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "hub/incident.h"
#include "hub/slack_channel.h"
#include "hub/slack_text.h"
#include "remote/slack_post.h"

enum { LOOK_MAX = 20, UPDATES_MAX = 200 };

/* ---- what is known ---- */

bool
channel_state_get(struct store *store, const char *incident_id, struct arena *arena,
                  struct channel_state *state, bool *found, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_SLACK_CHANNEL_GET, &statement, err))
        return false;
    bind_text(statement, "id", incident_id);
    if (!statement_step(statement, found, err))
        return false;
    if (!*found)
        return true;
    *state = (struct channel_state){
        .name = row_text(statement, arena, 0),
        .name_tries = row_integer(statement, 1),
        .tried_at = row_integer(statement, 2),
        .channel_id = row_text(statement, arena, 3),
        .topic = row_text(statement, arena, 4),
        .summary = row_text(statement, arena, 5),
        .summary_tried_at = row_integer(statement, 6),
        .summary_ts = row_text(statement, arena, 7),
        .pinned = row_integer(statement, 8),
        .archived_at = row_integer(statement, 9),
        .problem = row_text(statement, arena, 10),
    };
    statement_reset(statement);
    return true;
}

bool
channel_state_put(struct store *store, const char *incident_id, const struct channel_state *state,
                  struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_SLACK_CHANNEL_PUT, &statement, err))
        return false;
    bind_text(statement, "id", incident_id);
    bind_text(statement, "name", state->name);
    bind_integer(statement, "name_tries", state->name_tries);
    bind_integer(statement, "tried_at", state->tried_at);
    bind_text(statement, "channel_id", state->channel_id);
    bind_text(statement, "topic", state->topic);
    bind_text(statement, "summary", state->summary);
    bind_integer(statement, "summary_tried_at", state->summary_tried_at);
    bind_text(statement, "summary_ts", state->summary_ts);
    bind_integer(statement, "pinned", state->pinned);
    bind_integer(statement, "archived_at", state->archived_at);
    bind_text(statement, "problem", state->problem);
    return statement_run(statement, err);
}

bool
channel_state_keep(struct store *store, const char *incident_id, const struct channel_state *state,
                   struct error *err)
{
    if (store_begin(store, err) && channel_state_put(store, incident_id, state, err) &&
        store_commit(store, err))
        return true;
    store_rollback(store);
    return false;
}

/* False: the job has ended. */
bool
channel_keep(struct channel_job *job)
{
    struct error err;
    if (channel_state_keep(job->work.slack->store, job->work.id, &job->state, &err))
        return true;
    slack_work_stuck(&job->work, &err);
    return false;
}

/* What went wrong stays with the channel; a step that others do not need is left for the next round. */
void
channel_complain(struct channel_job *job, const struct slack_answer *answer)
{
    const char *problem = arena_text(job->work.arena, answer->error.message);
    if (strcmp(problem, job->state.problem) != 0)
        log_write(LOG_WARNING, "the channel of %s: %s", job->incident.reference, problem);
    job->state.problem = problem;
}

/* Ends the round, unless the failure is only this step's. */
bool
channel_round_ends(struct channel_job *job, const struct slack_answer *answer)
{
    if (answer->problem == SLACK_PROBLEM_IS_ARCHIVED) {
        job->state.archived_at = clock_now_ms();
        if (channel_keep(job))
            slack_work_done(&job->work, "somebody has archived the channel");
        return true;
    }
    if (answer->remedy == SLACK_LATER || answer->remedy == SLACK_TOKEN ||
        answer->problem == SLACK_PROBLEM_CHANNEL_NOT_FOUND) {
        channel_complain(job, answer);
        if (channel_keep(job))
            slack_work_failed(&job->work, answer);
        return true;
    }
    return false;
}

/* ---- the message that is pinned ---- */

static void
on_pinned(void *context, const struct slack_answer *answer)
{
    struct channel_job *job = context;
    bool pinned =
        answer->problem == SLACK_PROBLEM_NONE || answer->problem == SLACK_PROBLEM_ALREADY_PINNED;
    if (!pinned && channel_round_ends(job, answer))
        return;
    if (!pinned)
        channel_complain(job, answer);
    job->state.pinned = 1; /* a refusal is no reason to try with each change */
    if (channel_keep(job))
        channel_step(job);
}

static void
on_summary_posted(void *context, const struct slack_posted *posted)
{
    struct channel_job *job = context;
    if (posted->answer->problem != SLACK_PROBLEM_NONE) {
        if (channel_round_ends(job, posted->answer))
            return;
        channel_complain(job, posted->answer);
        if (channel_keep(job))
            slack_work_failed(&job->work, posted->answer);
        return;
    }
    job->state.summary_ts = arena_text(job->work.arena, posted->ts);
    /* One that was there from before may say something older. */
    job->state.summary = posted->was_there ? "" : job->wanted;
    if (channel_keep(job))
        channel_step(job);
}

static void
on_summary_changed(void *context, const struct slack_answer *answer)
{
    struct channel_job *job = context;
    if (answer->problem == SLACK_PROBLEM_MESSAGE_NOT_FOUND) { /* somebody deleted it */
        job->state.summary_ts = "";
        job->state.summary_tried_at = job->state.pinned = 0;
    } else {
        if (answer->problem != SLACK_PROBLEM_NONE) {
            if (channel_round_ends(job, answer))
                return;
            channel_complain(job, answer);
        }
        job->state.summary = job->wanted;
    }
    if (channel_keep(job))
        channel_step(job);
}

static void
say_summary(struct channel_job *job)
{
    struct slack *client = job->work.slack->client;
    bool in_doubt = job->state.summary_tried_at != 0;
    if (*job->state.summary_ts) {
        SLACK_CALL(client, SLACK_CHAT_UPDATE, on_summary_changed, job,
                   {"channel", job->state.channel_id}, {"ts", job->state.summary_ts},
                   {"text", job->wanted});
        return;
    }
    if (!in_doubt) {
        job->state.summary_tried_at = clock_now_ms();
        if (!channel_keep(job))
            return;
    }
    const struct slack_post post = {
        .channel = job->state.channel_id,
        .text = job->wanted,
        .key = arena_printf(job->work.arena, "summary:%s", job->work.id),
        .in_doubt = in_doubt,
        .since_ms = job->state.summary_tried_at,
    };
    slack_post(client, &post, on_summary_posted, job);
}

/* ---- the topic ---- */

static void
on_topic(void *context, const struct slack_answer *answer)
{
    struct channel_job *job = context;
    if (answer->problem != SLACK_PROBLEM_NONE) {
        if (channel_round_ends(job, answer))
            return;
        channel_complain(job, answer);
    }
    job->state.topic = job->wanted;
    if (channel_keep(job))
        channel_step(job);
}

/* Each change writes a line into the channel: one that was made already is not made again. */
static void
on_topic_read(void *context, const struct slack_answer *answer)
{
    struct channel_job *job = context;
    const char *topic = slack_answer_text(answer, "channel.topic.value", job->work.arena);
    if (answer->problem == SLACK_PROBLEM_NONE && strcmp(topic, job->wanted) == 0)
        on_topic(job, answer);
    else
        SLACK_CALL(job->work.slack->client, SLACK_CONVERSATIONS_SET_TOPIC, on_topic, job,
                   {"channel", job->state.channel_id}, {"topic", job->wanted});
}

static void
say_topic(struct channel_job *job)
{
    SLACK_CALL(job->work.slack->client, SLACK_CONVERSATIONS_INFO, on_topic_read, job,
               {"channel", job->state.channel_id});
}

/* ---- a round ---- */

void
channel_step(struct channel_job *job)
{
    struct arena *arena = job->work.arena;
    const char *topic = slack_topic(&job->incident, arena);
    const char *summary = slack_summary(&job->incident, arena);
    if (!*job->state.channel_id && job->state.tried_at) {
        channel_create(job);
    } else if (!*job->state.channel_id) {
        channel_create_as(job, slack_channel_name(job->work.slack->settings.channel_prefix,
                                                  &job->incident, 0, arena));
    } else if (!job->to_invite || job->to_invite_len) {
        channel_invite(job);
    } else if (strcmp(topic, job->state.topic) != 0) {
        job->wanted = topic;
        say_topic(job);
    } else if (strcmp(summary, job->state.summary) != 0) {
        job->wanted = summary;
        say_summary(job);
    } else if (*job->state.summary_ts && !job->state.pinned) {
        SLACK_CALL(job->work.slack->client, SLACK_PINS_ADD, on_pinned, job,
                   {"channel", job->state.channel_id}, {"timestamp", job->state.summary_ts});
    } else {
        slack_work_done(&job->work, "as it should be");
    }
}

static void
on_bot(void *context, const struct slack_answer *failure)
{
    struct channel_job *job = context;
    if (failure)
        slack_work_failed(&job->work, failure);
    else
        channel_step(job);
}

void
slack_channel_send(void *context, const struct delivery *delivery)
{
    struct slack_presence *slack = context;
    struct channel_job *job = slack_work_begin(slack, delivery, sizeof(*job));
    struct error err;
    bool found, known;
    if (!job)
        return;
    if (!object_load(slack->store, KIND_INCIDENT, job->work.id, job->work.arena, &job->incident,
                     &found, &err) ||
        !channel_state_get(slack->store, job->work.id, job->work.arena, &job->state, &known,
                           &err)) {
        slack_work_stuck(&job->work, &err);
        return;
    }
    if (!found || !known) {
        slack_work_done(&job->work, "there is no such incident any more");
    } else if (job->state.archived_at) {
        slack_work_done(&job->work, "the channel is archived");
    } else {
        job->state.problem = "";
        slack_know_bot(slack, on_bot, job, job->work.arena);
    }
}

/* ---- what has to be done ---- */

static bool
put(struct store *store, const char *kind, const char *incident_id, const char *id, const char *key,
    const char *lane, int64_t due_at, int64_t now_ms, struct arena *arena, struct error *err)
{
    const struct delivery delivery = {
        .kind = kind,
        .destination = SLACK_INCIDENTS,
        .lane = lane,
        .key = key,
        .about = arena_printf(arena, "incident:%s", incident_id),
        .body = slack_body(id, arena),
        .due_at = due_at,
    };
    return delivery_put(store, &delivery, now_ms, err);
}

const char *
slack_incident_lane(const char *incident_id, struct arena *arena)
{
    return arena_printf(arena, "slack incident %s", incident_id);
}

static bool
put_updates(struct store *store, const char *incident_id, int64_t now_ms, struct arena *arena,
            struct error *err)
{
    struct statement *statement;
    bool row = true;
    const char **ids = arena_new_array(arena, UPDATES_MAX, const char *);
    size_t ids_len = 0;
    if (!store_statement(store, SQL_SLACK_UPDATES_TO_POST, &statement, err))
        return false;
    bind_text(statement, "id", incident_id);
    while (ids_len < UPDATES_MAX && row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row)
            ids[ids_len++] = row_text(statement, arena, 0);
    }
    statement_reset(statement);
    for (size_t i = 0; i < ids_len; i++) {
        if (!put(store, "slack_update", incident_id, ids[i],
                 arena_printf(arena, "slack_update:%s", ids[i]),
                 slack_incident_lane(incident_id, arena), 0, now_ms, arena, err) ||
            !store_statement(store, SQL_SLACK_UPDATE_PUT, &statement, err))
            return false;
        bind_text(statement, "id", ids[i]);
        if (!statement_run(statement, err))
            return false;
    }
    return true;
}

static bool
put_archive(struct slack_presence *slack, const char *incident_id, int64_t round, int64_t now_ms,
            struct arena *arena, struct error *err)
{
    struct incident incident;
    bool found;
    if (!slack->settings.archive)
        return true;
    if (!cache_get(slack->store, KIND_INCIDENT, incident_id, arena, &incident, &found, err))
        return false;
    if (!found || !incident_is_over(incident.incident_status_category))
        return true;
    const char *key = arena_printf(arena, "slack_archive:%s:%lld", incident_id, (long long)round);
    return put(slack->store, "slack_archive", incident_id, incident_id, key, key,
               now_ms + slack->settings.archive_after_ms, now_ms, arena, err);
}

static bool
ask_for_round(struct slack_presence *slack, const char *incident_id, int64_t now_ms,
              struct arena *arena, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(slack->store, SQL_SLACK_CHANNEL_ASKED, &statement, err))
        return false;
    bind_text(statement, "id", incident_id);
    if (!statement_step(statement, &row, err))
        return false;
    int64_t round = row_integer(statement, 0);
    statement_reset(statement);
    return put(slack->store, "slack_channel", incident_id, incident_id,
               arena_printf(arena, "slack_channel:%s:%lld", incident_id, (long long)round),
               slack_incident_lane(incident_id, arena), 0, now_ms, arena, err) &&
           put_updates(slack->store, incident_id, now_ms, arena, err) &&
           put_archive(slack, incident_id, round, now_ms, arena, err);
}

bool
slack_channel_look(struct slack_presence *slack, int64_t now_ms, struct arena *arena,
                   struct error *err)
{
    struct statement *statement;
    const char *ids[LOOK_MAX];
    size_t ids_len = 0;
    bool row = true;
    if (!store_statement(slack->store, SQL_SLACK_CHANNEL_CHANGED, &statement, err))
        return false;
    while (ids_len < LOOK_MAX && row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row)
            ids[ids_len++] = row_text(statement, arena, 0);
    }
    statement_reset(statement);
    if (ids_len == 0)
        return true;
    if (!store_begin(slack->store, err))
        return false;
    for (size_t i = 0; i < ids_len; i++)
        if (!ask_for_round(slack, ids[i], now_ms, arena, err))
            return false;
    return store_commit(slack->store, err);
}
