/* Who belongs into an incident's channel is asked in, once: who left it had reasons. */

#include <string.h>

#include "hub/slack_channel.h"

enum { PEOPLE_MAX = 200 };

static bool
note_invited(struct channel_job *job, const char *slack_user_id, const char *problem,
             struct error *err)
{
    struct store *store = job->work.slack->store;
    struct statement *statement;
    if (!store_begin(store, err))
        return false;
    bool ok = store_statement(store, SQL_SLACK_INVITED_PUT, &statement, err);
    if (ok) {
        bind_text(statement, "incident_id", job->work.id);
        bind_text(statement, "slack_user_id", slack_user_id);
        bind_text(statement, "problem", problem);
        ok = statement_run(statement, err);
    }
    if (ok && store_commit(store, err))
        return true;
    store_rollback(store);
    return false;
}

static void
on_invited(void *context, const struct slack_answer *answer)
{
    struct channel_job *job = context;
    struct error err;
    bool in = answer->problem == SLACK_PROBLEM_NONE ||
              answer->problem == SLACK_PROBLEM_ALREADY_IN_CHANNEL ||
              answer->problem == SLACK_PROBLEM_CANT_INVITE_SELF;
    if (!in && channel_round_ends(job, answer))
        return;
    if (!in)
        channel_complain(job, answer);
    /* What a setting forbids is tried again in the next round. */
    const char *invited = job->to_invite[--job->to_invite_len];
    if ((in || answer->remedy == SLACK_NO) &&
        !note_invited(job, invited, in ? "" : answer->error.message, &err)) {
        slack_work_stuck(&job->work, &err);
        return;
    }
    channel_step(job);
}

static bool
was_invited(struct channel_job *job, const char *slack_user_id)
{
    for (size_t i = 0; i < job->invited_len; i++)
        if (strcmp(job->invited[i], slack_user_id) == 0)
            return true;
    return strcmp(slack_user_id, job->work.slack->bot_user_id) == 0;
}

static void
on_people(void *context, const struct slack_people *people)
{
    struct channel_job *job = context;
    if (people->failure &&
        (people->failure->remedy == SLACK_LATER || people->failure->remedy == SLACK_TOKEN)) {
        slack_work_failed(&job->work, people->failure);
        return;
    }
    if (people->failure)
        channel_complain(job, people->failure);
    job->to_invite = arena_new_array(job->work.arena, people->len + 1, const char *);
    for (size_t i = 0; i < people->len; i++)
        if (!was_invited(job, people->ids[i]))
            job->to_invite[job->to_invite_len++] = people->ids[i];
    channel_step(job);
}

/* Column 0 of a statement, at most PEOPLE_MAX. */
static bool
read_texts(struct channel_job *job, enum sql sql, const char **texts, size_t *len,
           struct error *err)
{
    struct statement *statement;
    bool row = true;
    *len = 0;
    if (!store_statement(job->work.slack->store, sql, &statement, err))
        return false;
    bind_text(statement, "incident_id", job->work.id);
    while (*len < PEOPLE_MAX) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        texts[(*len)++] = row_text(statement, job->work.arena, 0);
    }
    statement_reset(statement);
    return true;
}

/* Who has a role in it, who made it, whom it paged. */
static bool
find_people(struct channel_job *job, const char ***users, size_t *users_len, struct error *err)
{
    struct arena *arena = job->work.arena;
    const struct incident *incident = &job->incident;
    const char **paged = arena_new_array(arena, PEOPLE_MAX, const char *);
    const char **invited = arena_new_array(arena, PEOPLE_MAX, const char *);
    size_t paged_len;
    if (!read_texts(job, SQL_SLACK_PAGED_PEOPLE, paged, &paged_len, err) ||
        !read_texts(job, SQL_SLACK_INVITED_LIST, invited, &job->invited_len, err))
        return false;
    job->invited = invited;
    *users = arena_new_array(arena, PEOPLE_MAX + incident->incident_role_assignments_len + 1,
                             const char *);
    *users_len = 0;
    for (size_t i = 0; i < incident->incident_role_assignments_len; i++)
        if (*incident->incident_role_assignments[i].assignee_id)
            (*users)[(*users_len)++] = incident->incident_role_assignments[i].assignee_id;
    if (*incident->creator_user_id)
        (*users)[(*users_len)++] = incident->creator_user_id;
    for (size_t i = 0; i < paged_len; i++)
        if (*paged[i])
            (*users)[(*users_len)++] = paged[i];
    return true;
}

void
channel_invite(struct channel_job *job)
{
    const char **users;
    size_t users_len;
    struct error err;
    if (job->to_invite) {
        SLACK_CALL(job->work.slack->client, SLACK_CONVERSATIONS_INVITE, on_invited, job,
                   {"channel", job->state.channel_id},
                   {"users", job->to_invite[job->to_invite_len - 1]});
        return;
    }
    if (!find_people(job, &users, &users_len, &err))
        slack_work_stuck(&job->work, &err);
    else
        slack_people_find(job->work.slack, users, users_len, false, job->work.arena, on_people,
                          job);
}
