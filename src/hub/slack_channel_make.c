/* Making an incident's channel: under a name that is free, once, and from then on known to the incident. */

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "hub/incident.h"
#include "hub/slack_channel.h"
#include "hub/slack_text.h"

enum {
    NAME_TRIES_MAX = 50,
    LIST_PAGES_MAX = 200,
    CLOCKS_DIFFER_MS = 5 * 60 * 1000,
};

static bool
put_announcement(struct channel_job *job, int64_t now_ms, struct error *err)
{
    const struct slack_presence *slack = job->work.slack;
    struct arena *arena = job->work.arena;
    if (!*slack->settings.announce || text_equals(job->incident.visibility, "private"))
        return true;
    const struct delivery delivery = {
        .kind = "slack_announcement",
        .destination = SLACK_INCIDENTS,
        .lane = arena_printf(arena, "slack channel %s", slack->settings.announce),
        .key = arena_printf(arena, "slack_announcement:%s", job->work.id),
        .about = arena_printf(arena, "incident:%s", job->work.id),
        .body = slack_body(job->work.id, arena),
    };
    return delivery_put(slack->store, &delivery, now_ms, err);
}

static bool
adopt_in_store(struct channel_job *job, struct error *err)
{
    struct slack_presence *slack = job->work.slack;
    struct arena *arena = job->work.arena;
    int64_t now_ms = clock_now_ms();
    bool found;
    if (!object_load(slack->store, KIND_INCIDENT, job->work.id, arena, &job->incident, &found,
                     err) ||
        !channel_state_put(slack->store, job->work.id, &job->state, err))
        return false;
    if (!found)
        return true;
    job->incident.slack_channel_id = job->state.channel_id;
    job->incident.slack_channel_name = job->state.name;
    job->incident.slack_team_id =
        *slack->settings.team_id ? slack->settings.team_id : slack->team_id;
    if (now_ms > job->incident.updated_at)
        job->incident.updated_at = now_ms;
    return object_save(slack->store, KIND_INCIDENT, &job->incident, now_ms, arena, err) &&
           put_announcement(job, now_ms, err);
}

static void
adopt(struct channel_job *job, const char *channel_id, const char *name)
{
    struct store *store = job->work.slack->store;
    struct error err;
    job->state.channel_id = arena_text(job->work.arena, channel_id);
    job->state.name = arena_text(job->work.arena, name);
    if (store_begin(store, &err) && adopt_in_store(job, &err) && store_commit(store, &err)) {
        channel_step(job);
        return;
    }
    store_rollback(store);
    slack_work_stuck(&job->work, &err);
}

void
channel_create_as(struct channel_job *job, const char *name)
{
    job->state.name = name;
    job->state.tried_at = clock_now_ms();
    job->name_is_new = true;
    if (channel_keep(job))
        channel_create(job);
}

static void
try_next_name(struct channel_job *job, const struct slack_answer *answer)
{
    if (++job->state.name_tries > NAME_TRIES_MAX) {
        channel_complain(job, answer);
        if (channel_keep(job))
            slack_work_failed(&job->work, answer);
        return;
    }
    channel_create_as(job,
                      slack_channel_name(job->work.slack->settings.channel_prefix, &job->incident,
                                         (int)job->state.name_tries, job->work.arena));
}

/* Ours: made by this bot since we began to, and not another incident's. */
static bool
is_ours(struct channel_job *job, const char *id, const char *creator, const char *created)
{
    struct statement *statement;
    struct error err;
    bool row = true;
    int64_t created_at = strtoll(created, NULL, 10) * SECOND_MS;
    if (strcmp(creator, job->work.slack->bot_user_id) != 0 ||
        created_at < job->state.tried_at - CLOCKS_DIFFER_MS)
        return false;
    if (!store_statement(job->work.slack->store, SQL_SLACK_CHANNEL_BY_CHANNEL, &statement, &err))
        return false;
    bind_text(statement, "channel_id", id);
    if (!statement_step(statement, &row, &err))
        return false;
    if (row)
        statement_reset(statement);
    return !row;
}

static void list_channels(struct channel_job *job, const char *cursor);

static void
on_channels(void *context, const struct slack_answer *answer)
{
    struct channel_job *job = context;
    struct arena *arena = job->work.arena;
    size_t count = slack_answer_count(answer, "channels");
    if (answer->problem != SLACK_PROBLEM_NONE) {
        channel_complain(job, answer);
        if (channel_keep(job))
            slack_work_failed(&job->work, answer);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const char *at = arena_printf(arena, "channels.%zu", i);
        const char *name = slack_answer_text(answer, arena_printf(arena, "%s.name", at), arena);
        if (strcmp(name, job->state.name) != 0)
            continue;
        const char *id = slack_answer_text(answer, arena_printf(arena, "%s.id", at), arena);
        if (is_ours(job, id,
                    slack_answer_text(answer, arena_printf(arena, "%s.creator", at), arena),
                    slack_answer_text(answer, arena_printf(arena, "%s.created", at), arena)))
            adopt(job, id, name);
        else
            try_next_name(job, answer);
        return;
    }
    const char *cursor = slack_answer_text(answer, "response_metadata.next_cursor", arena);
    if (*cursor && ++job->pages < LIST_PAGES_MAX)
        list_channels(job, cursor);
    else
        try_next_name(job, answer);
}

static void
list_channels(struct channel_job *job, const char *cursor)
{
    SLACK_CALL(job->work.slack->client, SLACK_CONVERSATIONS_LIST, on_channels, job,
               {"types", "public_channel,private_channel"}, {"limit", "100"}, {"cursor", cursor});
}

static void
on_created(void *context, const struct slack_answer *answer)
{
    struct channel_job *job = context;
    struct arena *arena = job->work.arena;
    const char *name;
    switch ((int)answer->problem) {
    case SLACK_PROBLEM_NONE:
        name = slack_answer_text(answer, "channel.name", arena);
        adopt(job, slack_answer_text(answer, "channel.id", arena), *name ? name : job->state.name);
        break;
    case SLACK_PROBLEM_NAME_TAKEN:
        if (job->name_is_new)
            try_next_name(job, answer);
        else
            list_channels(job, "");
        break;
    case SLACK_PROBLEM_INVALID_NAME:
    case SLACK_PROBLEM_INVALID_NAME_REQUIRED:
    case SLACK_PROBLEM_INVALID_NAME_PUNCTUATION:
    case SLACK_PROBLEM_INVALID_NAME_SPECIALS:
    case SLACK_PROBLEM_INVALID_NAME_MAXLENGTH:
        /* What was wished for, or the title, is no name for Slack: the number is. */
        job->incident.slack_channel_name = "";
        job->incident.name = job->incident.reference;
        try_next_name(job, answer);
        break;
    default:
        channel_complain(job, answer);
        if (channel_keep(job))
            slack_work_failed(&job->work, answer);
    }
}

void
channel_create(struct channel_job *job)
{
    bool is_private = strcmp(job->incident.visibility, "private") == 0;
    SLACK_CALL(job->work.slack->client, SLACK_CONVERSATIONS_CREATE, on_created, job,
               {"name", job->state.name}, {"is_private", is_private ? "true" : "false"},
               {"team_id", job->work.slack->settings.team_id});
}
