/* What is said once in an incident's channel, or of it: its updates, its announcement; and the channel's end. */

#include <string.h>

#include "base/clock.h"
#include "hub/incident.h"
#include "hub/slack_channel.h"
#include "hub/slack_text.h"
#include "remote/slack_post.h"

enum { BUSY_WAIT_MS = 1000 };

struct say_job {
    struct slack_work work;
    struct incident incident;
    struct incident_update update;
    struct channel_state state;
};

static void
again(struct slack_work *work, const char *text, int64_t wait_ms)
{
    slack_work_end(work, &(struct delivery_answer){
                             .outcome = DELIVERY_AGAIN, .text = text, .wait_ms = wait_ms});
}

static void
refuse(struct slack_work *work, const char *text)
{
    slack_work_end(work, &(struct delivery_answer){.outcome = DELIVERY_REFUSED, .text = text});
}

static bool
load(struct say_job *job, const char *incident_id, bool *found, struct error *err)
{
    struct store *store = job->work.slack->store;
    bool known = false;
    if (!object_load(store, KIND_INCIDENT, incident_id, job->work.arena, &job->incident, found,
                     err) ||
        (*found &&
         !channel_state_get(store, incident_id, job->work.arena, &job->state, &known, err)))
        return false;
    *found = *found && known;
    return true;
}

/* ---- updates ---- */

static void
on_joined(void *context, const struct slack_answer *answer)
{
    struct say_job *job = context;
    if (answer->problem == SLACK_PROBLEM_NONE)
        again(&job->work, "the bot was not in the channel, and has joined it", 0);
    else
        slack_work_failed(&job->work, answer);
}

static void
on_refused(struct say_job *job, const struct slack_answer *answer)
{
    struct error err;
    if (answer->problem == SLACK_PROBLEM_NOT_IN_CHANNEL) {
        SLACK_CALL(job->work.slack->client, SLACK_CONVERSATIONS_JOIN, on_joined, job,
                   {"channel", job->state.channel_id});
        return;
    }
    if (answer->problem == SLACK_PROBLEM_IS_ARCHIVED) {
        job->state.archived_at = clock_now_ms();
        if (!channel_state_keep(job->work.slack->store, job->incident.id, &job->state, &err)) {
            slack_work_stuck(&job->work, &err);
            return;
        }
    }
    slack_work_failed(&job->work, answer);
}

static bool
note_posted(struct say_job *job, const char *ts, struct error *err)
{
    struct store *store = job->work.slack->store;
    struct statement *statement;
    if (!store_begin(store, err))
        return false;
    bool ok = store_statement(store, SQL_SLACK_UPDATE_POSTED, &statement, err);
    if (ok) {
        bind_text(statement, "id", job->work.id);
        bind_text(statement, "ts", ts);
        ok = statement_run(statement, err);
    }
    if (ok && store_commit(store, err))
        return true;
    store_rollback(store);
    return false;
}

static void
on_update_posted(void *context, const struct slack_posted *posted)
{
    struct say_job *job = context;
    struct error err;
    if (posted->answer->problem != SLACK_PROBLEM_NONE)
        on_refused(job, posted->answer);
    else if (note_posted(job, posted->ts, &err))
        slack_work_done(&job->work, posted->ts);
    else
        slack_work_stuck(&job->work, &err);
}

static bool
was_posted(struct say_job *job, bool *posted, struct error *err)
{
    struct statement *statement;
    bool row;
    *posted = false;
    if (!store_statement(job->work.slack->store, SQL_SLACK_UPDATE_GET, &statement, err))
        return false;
    bind_text(statement, "id", job->work.id);
    if (!statement_step(statement, &row, err))
        return false;
    if (row) {
        *posted = *row_text_borrowed(statement, 0) != '\0';
        statement_reset(statement);
    }
    return true;
}

void
slack_update_send(void *context, const struct delivery *delivery)
{
    struct slack_presence *slack = context;
    struct say_job *job = slack_work_begin(slack, delivery, sizeof(*job));
    struct error err;
    bool found, posted;
    if (!job)
        return;
    struct arena *arena = job->work.arena;
    if (!object_load(slack->store, KIND_INCIDENT_UPDATE, job->work.id, arena, &job->update, &found,
                     &err) ||
        (found && !load(job, job->update.incident_id, &found, &err)) ||
        !was_posted(job, &posted, &err)) {
        slack_work_stuck(&job->work, &err);
        return;
    }
    if (posted || !found) {
        slack_work_done(&job->work, posted ? "was posted" : "there is no such update any more");
        return;
    }
    if (!*job->state.channel_id || job->state.archived_at) {
        refuse(&job->work, *job->state.channel_id ? "the incident's channel is archived"
                                                  : "the incident has no channel");
        return;
    }
    const struct slack_post post = {
        .channel = job->state.channel_id,
        .text = slack_update(&job->update, arena),
        .key = arena_printf(arena, "update:%s", job->work.id),
        .in_doubt = job->work.in_doubt,
        .since_ms = job->work.created_at,
    };
    slack_post(slack->client, &post, on_update_posted, job);
}

/* ---- announcements ---- */

static void
on_announced(void *context, const struct slack_posted *posted)
{
    struct say_job *job = context;
    if (posted->answer->problem == SLACK_PROBLEM_NONE)
        slack_work_done(&job->work, posted->ts);
    else
        slack_work_failed(&job->work, posted->answer);
}

void
slack_announcement_send(void *context, const struct delivery *delivery)
{
    struct slack_presence *slack = context;
    struct say_job *job = slack_work_begin(slack, delivery, sizeof(*job));
    struct error err;
    bool found;
    if (!job)
        return;
    if (!load(job, job->work.id, &found, &err)) {
        slack_work_stuck(&job->work, &err);
    } else if (!found || !*slack->settings.announce ||
               text_equals(job->incident.visibility, "private")) {
        slack_work_done(&job->work, "nobody is told any more");
    } else {
        const struct slack_post post = {
            .channel = slack->settings.announce,
            .text = slack_announcement(&job->incident, job->work.arena),
            .key = arena_printf(job->work.arena, "announcement:%s", job->work.id),
            .in_doubt = job->work.in_doubt,
            .since_ms = job->work.created_at,
        };
        slack_post(slack->client, &post, on_announced, job);
    }
}

/* ---- the channel's end ---- */

static bool
lane_is_busy(struct say_job *job, bool *busy, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(job->work.slack->store, SQL_SLACK_LANE_BUSY, &statement, err))
        return false;
    bind_text(statement, "lane", slack_incident_lane(job->work.id, job->work.arena));
    if (!statement_step(statement, &row, err))
        return false;
    *busy = row_integer(statement, 0) > 0;
    statement_reset(statement);
    return true;
}

static void
on_archived(void *context, const struct slack_answer *answer)
{
    struct say_job *job = context;
    struct error err;
    bool archived = answer->problem == SLACK_PROBLEM_NONE ||
                    answer->problem == SLACK_PROBLEM_ALREADY_ARCHIVED ||
                    answer->problem == SLACK_PROBLEM_IS_ARCHIVED;
    job->state.archived_at = archived ? clock_now_ms() : 0;
    if (!archived)
        slack_work_failed(&job->work, answer);
    else if (channel_state_keep(job->work.slack->store, job->work.id, &job->state, &err))
        slack_work_done(&job->work, "archived");
    else
        slack_work_stuck(&job->work, &err);
}

void
slack_archive_send(void *context, const struct delivery *delivery)
{
    struct slack_presence *slack = context;
    struct say_job *job = slack_work_begin(slack, delivery, sizeof(*job));
    struct error err;
    bool found, busy;
    if (!job)
        return;
    if (!load(job, job->work.id, &found, &err) || !lane_is_busy(job, &busy, &err))
        slack_work_stuck(&job->work, &err);
    else if (!found || !incident_is_over(job->incident.incident_status_category) ||
             job->state.archived_at)
        slack_work_done(&job->work, "nothing to archive");
    else if (busy)
        again(&job->work, "something is still to be said in the channel", BUSY_WAIT_MS);
    else if (!*job->state.channel_id)
        slack_work_done(&job->work, "the incident has no channel");
    else
        SLACK_CALL(slack->client, SLACK_CONVERSATIONS_ARCHIVE, on_archived, job,
                   {"channel", job->state.channel_id});
}
