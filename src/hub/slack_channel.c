/*
 * An incident's channel in Slack: made under a name that is free, its people asked in once, topic and pinned message kept as the
 * incident is. A round brings the channel from what is known of it (slack_channel) to what the incident says now; each step is
 * noted before the next, so that a round after a crash goes on where it was. What cannot be made twice without harm is
 * looked for first: a channel by its name, its maker and its age; a message by its key.
 */

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "hub/incident.h"
#include "hub/slack_channel.h"
#include "hub/slack_text.h"
#include "remote/slack_post.h"

enum {
    LOOK_MAX = 20,
    NAME_TRIES_MAX = 50,
    PEOPLE_MAX = 200,
    LIST_PAGES_MAX = 200,
    CLOCKS_DIFFER_MS = 5 * 60 * 1000,
};

struct channel_job {
    struct slack_work work;
    struct incident incident;
    struct channel_state state;
    bool name_is_new; /* nobody can have made a channel under it for us yet */
    bool asked_topic;
    int pages;
    const char *const *invited;
    size_t invited_len;
    const char **to_invite;
    size_t to_invite_len;
    const char *wanted; /* the topic, or the message, under way */
};

static void step(struct channel_job *job);

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

static bool
state_put(struct store *store, const char *incident_id, const struct channel_state *state,
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
    if (store_begin(store, err) && state_put(store, incident_id, state, err) &&
        store_commit(store, err))
        return true;
    store_rollback(store);
    return false;
}

/* False: the job has ended. */
static bool
keep(struct channel_job *job)
{
    struct error err;
    if (channel_state_keep(job->work.slack->store, job->work.id, &job->state, &err))
        return true;
    slack_work_stuck(&job->work, &err);
    return false;
}

/* What went wrong stays with the channel; a step that others do not need is left for the next round. */
static void
complain(struct channel_job *job, const struct slack_answer *answer)
{
    const char *problem = arena_text(job->work.arena, answer->error.message);
    if (strcmp(problem, job->state.problem) != 0)
        log_write(LOG_WARNING, "the channel of %s: %s", job->incident.reference, problem);
    job->state.problem = problem;
}

/* Ends the round, unless the failure is only this step's. */
static bool
ends_round(struct channel_job *job, const struct slack_answer *answer)
{
    if (answer->problem == SLACK_PROBLEM_IS_ARCHIVED) {
        job->state.archived_at = clock_now_ms();
        if (keep(job))
            slack_work_done(&job->work, "somebody has archived the channel");
        return true;
    }
    if (answer->remedy == SLACK_LATER || answer->remedy == SLACK_TOKEN ||
        answer->problem == SLACK_PROBLEM_CHANNEL_NOT_FOUND) {
        complain(job, answer);
        if (keep(job))
            slack_work_failed(&job->work, answer);
        return true;
    }
    return false;
}

/* ---- making it ---- */

static bool
put_announcement(struct channel_job *job, int64_t now_ms, struct error *err)
{
    const struct hub_slack *slack = job->work.slack;
    struct arena *arena = job->work.arena;
    if (!*slack->settings.announce)
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
    struct hub_slack *slack = job->work.slack;
    struct arena *arena = job->work.arena;
    int64_t now_ms = clock_now_ms();
    bool found;
    if (!object_load(slack->store, KIND_INCIDENT, job->work.id, arena, &job->incident, &found,
                     err) ||
        !state_put(slack->store, job->work.id, &job->state, err))
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
        step(job);
        return;
    }
    store_rollback(store);
    slack_work_stuck(&job->work, &err);
}

static void create(struct channel_job *job);

static void
try_name(struct channel_job *job, const char *name)
{
    job->state.name = name;
    job->state.tried_at = clock_now_ms();
    job->name_is_new = true;
    if (keep(job))
        create(job);
}

static void
try_next_name(struct channel_job *job, const struct slack_answer *answer)
{
    if (++job->state.name_tries > NAME_TRIES_MAX) {
        complain(job, answer);
        if (keep(job))
            slack_work_failed(&job->work, answer);
        return;
    }
    try_name(job, slack_channel_name(job->work.slack->settings.channel_prefix, &job->incident,
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
        complain(job, answer);
        if (keep(job))
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
        complain(job, answer);
        if (keep(job))
            slack_work_failed(&job->work, answer);
    }
}

static void
create(struct channel_job *job)
{
    bool is_private = strcmp(job->incident.visibility, "private") == 0;
    SLACK_CALL(job->work.slack->client, SLACK_CONVERSATIONS_CREATE, on_created, job,
               {"name", job->state.name}, {"is_private", is_private ? "true" : "false"},
               {"team_id", job->work.slack->settings.team_id});
}

/* ---- the message that is pinned ---- */

static void
on_pinned(void *context, const struct slack_answer *answer)
{
    struct channel_job *job = context;
    bool pinned =
        answer->problem == SLACK_PROBLEM_NONE || answer->problem == SLACK_PROBLEM_ALREADY_PINNED;
    if (!pinned && ends_round(job, answer))
        return;
    if (!pinned)
        complain(job, answer);
    job->state.pinned = 1; /* a refusal is no reason to try with each change */
    if (keep(job))
        step(job);
}

static void
on_summary_posted(void *context, const struct slack_posted *posted)
{
    struct channel_job *job = context;
    if (posted->answer->problem != SLACK_PROBLEM_NONE) {
        if (ends_round(job, posted->answer))
            return;
        complain(job, posted->answer);
        if (keep(job))
            slack_work_failed(&job->work, posted->answer);
        return;
    }
    job->state.summary_ts = arena_text(job->work.arena, posted->ts);
    /* One that was there from before may say something older. */
    job->state.summary = posted->was_there ? "" : job->wanted;
    if (keep(job))
        step(job);
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
            if (ends_round(job, answer))
                return;
            complain(job, answer);
        }
        job->state.summary = job->wanted;
    }
    if (keep(job))
        step(job);
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
        if (!keep(job))
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
        if (ends_round(job, answer))
            return;
        complain(job, answer);
    }
    job->state.topic = job->wanted;
    if (keep(job))
        step(job);
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

/* ---- people ---- */

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
    if (!in && ends_round(job, answer))
        return;
    if (!in)
        complain(job, answer);
    /* What a setting forbids is tried again in the next round. */
    const char *invited = job->to_invite[--job->to_invite_len];
    if ((in || answer->remedy == SLACK_NO) &&
        !note_invited(job, invited, in ? "" : answer->error.message, &err)) {
        slack_work_stuck(&job->work, &err);
        return;
    }
    step(job);
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
        complain(job, people->failure);
    job->to_invite = arena_new_array(job->work.arena, people->len + 1, const char *);
    for (size_t i = 0; i < people->len; i++)
        if (!was_invited(job, people->ids[i]))
            job->to_invite[job->to_invite_len++] = people->ids[i];
    step(job);
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

static void
invite(struct channel_job *job)
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

/* ---- a round ---- */

static void
step(struct channel_job *job)
{
    struct arena *arena = job->work.arena;
    const char *topic = slack_topic(&job->incident, arena);
    const char *summary = slack_summary(&job->incident, arena);
    if (!*job->state.channel_id && job->state.tried_at) {
        create(job);
    } else if (!*job->state.channel_id) {
        try_name(job, slack_channel_name(job->work.slack->settings.channel_prefix, &job->incident,
                                         0, arena));
    } else if (!job->to_invite || job->to_invite_len) {
        invite(job);
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
        step(job);
}

void
slack_channel_send(void *context, const struct delivery *delivery)
{
    struct hub_slack *slack = context;
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
    const char **ids = arena_new_array(arena, PEOPLE_MAX, const char *);
    size_t ids_len = 0;
    if (!store_statement(store, SQL_SLACK_UPDATES_TO_POST, &statement, err))
        return false;
    bind_text(statement, "id", incident_id);
    while (ids_len < PEOPLE_MAX && row) {
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
put_archive(struct hub_slack *slack, const char *incident_id, int64_t round, int64_t now_ms,
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
ask_for_round(struct hub_slack *slack, const char *incident_id, int64_t now_ms, struct arena *arena,
              struct error *err)
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
slack_channel_look(struct hub_slack *slack, int64_t now_ms, struct arena *arena, struct error *err)
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
