/*
 * Slack's user groups, each equal to who is on call by the rules of its sync target (facts 10.3): read first and written only on a
 * difference, since every write tells people that they were added. A group is never emptied: with nobody on call the
 * permanent members of its rules stay, and where there are none it is left as it is, and that is said.
 *
 * A look happens when what says who is in the group changed (triggers mark it), at each hand-over, and now and then, to
 * repair what others did. The deliveries of the latter two are put when the look before them begins, so that the chain never breaks.
 */

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "hub/duty.h"
#include "hub/slack_internal.h"
#include "store/cache.h"

enum {
    RULES_MAX = 100,
    PERMANENT_MAX = 200,       /* of one rule */
    LOOK_AGAIN_MS = 60 * 1000, /* at what was written, for others may write too */
    DISPUTED_LOUD = 2,
    ATTEMPTS_MAX = 3 /* of one write, with what a refusal taught in between */
};

struct group_job {
    struct slack_work work;
    int64_t now_ms;
    struct schedule_sync_target target;
    struct duty_people users;
    int64_t on_call_len;     /* of them without the permanent members */
    const char *members;     /* as last written; "" = never */
    const char *old_problem; /* as said before */
    const char *missing;     /* people who are not in Slack */
    int64_t disputed;
    const char **wanted; /* ids in Slack, sorted */
    size_t wanted_len;
    int attempts;
    bool was_enabled;
};

/* ---- asking for looks ---- */

static bool
ask_for_look(struct store *store, const char *target_id, int64_t due_at, int64_t now_ms,
             struct arena *arena, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(store, SQL_SLACK_GROUP_ASKED, &statement, err))
        return false;
    bind_text(statement, "id", target_id);
    if (!statement_step(statement, &row, err))
        return false;
    int64_t round = row_integer(statement, 0);
    statement_reset(statement);
    const char *key = arena_printf(arena, "slack_group:%s:%lld", target_id, (long long)round);
    /* A lane of its own: a look that is due only later must not hold up those that are due now. */
    const struct delivery delivery = {
        .kind = "slack_group",
        .destination = arena_printf(arena, "slack group %s", target_id),
        .lane = key,
        .key = key,
        .about = arena_printf(arena, "schedule_sync_target:%s", target_id),
        .body = slack_body(target_id, arena),
        .due_at = due_at,
    };
    return delivery_put(store, &delivery, now_ms, err);
}

bool
slack_sync_look(struct slack_presence *slack, int64_t now_ms, struct arena *arena,
                struct error *err)
{
    struct statement *statement;
    const char *ids[20];
    size_t ids_len = 0;
    bool row = true;
    if (!store_statement(slack->store, SQL_SLACK_GROUP_CHANGED, &statement, err))
        return false;
    while (ids_len < 20) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        ids[ids_len++] = row_text(statement, arena, 0);
    }
    if (row)
        statement_reset(statement);
    if (ids_len == 0)
        return true;
    if (!store_begin(slack->store, err))
        return false;
    for (size_t i = 0; i < ids_len; i++)
        if (!ask_for_look(slack->store, ids[i], 0, now_ms, arena, err))
            return false;
    return store_commit(slack->store, err);
}

/* ---- who should be in it ---- */

struct rule {
    const char *schedule_id, *rotation_id, *permanent;
    enum duty_who who;
};

static bool
read_rules(struct group_job *job, struct rule *rules, size_t *rules_len, struct error *err)
{
    struct statement *statement;
    struct arena *arena = job->work.arena;
    bool row = true;
    *rules_len = 0;
    if (!store_statement(job->work.slack->store, SQL_SLACK_RULES_OF_TARGET, &statement, err))
        return false;
    bind_text(statement, "id", job->work.id);
    while (*rules_len < RULES_MAX) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        const char *type = row_text(statement, arena, 2);
        rules[(*rules_len)++] = (struct rule){
            .schedule_id = row_text(statement, arena, 0),
            .rotation_id = row_text(statement, arena, 1),
            .permanent = row_text(statement, arena, 3),
            .who = strcmp(type, "all_users") == 0      ? DUTY_ALL
                   : strcmp(type, "next_on_call") == 0 ? DUTY_NEXT
                                                       : DUTY_ON_CALL,
        };
    }
    statement_reset(statement);
    return true;
}

static bool
add_permanent(const struct rule *rule, struct arena *arena, struct duty_people *people,
              struct error *err)
{
    struct wire_document *ids;
    if (!wire_document_read(slice_of(rule->permanent), &ids, err))
        return false;
    size_t count = wire_document_count(ids, "");
    for (size_t i = 0; i < count && i < PERMANENT_MAX; i++)
        duty_add_person(people, wire_document_text(ids, arena, arena_printf(arena, "%zu", i)),
                        arena);
    wire_document_destroy(ids);
    return true;
}

/* The people of all rules, and when that may change next. */
static bool
find_people(struct group_job *job, int64_t *next_at, struct error *err)
{
    struct slack_presence *slack = job->work.slack;
    struct arena *arena = job->work.arena;
    struct rule *rules = arena_new_array(arena, RULES_MAX, struct rule);
    size_t rules_len;
    *next_at = job->now_ms + slack->settings.check_ms;
    if (!read_rules(job, rules, &rules_len, err))
        return false;
    for (size_t i = 0; i < rules_len; i++) {
        struct duty duty;
        bool found;
        int64_t change_at;
        if (!duty_load(slack->store, rules[i].schedule_id, arena, &duty, &found, err))
            return false;
        if (!found)
            continue;
        if (!duty_add_people(&duty, rules[i].who, rules[i].rotation_id, job->now_ms, arena,
                             &job->users, err) ||
            !duty_next_change(&duty, job->now_ms, *next_at, arena, &change_at, err))
            return false;
        *next_at = change_at;
    }
    job->on_call_len = (int64_t)job->users.len;
    for (size_t i = 0; i < rules_len; i++)
        if (!add_permanent(&rules[i], arena, &job->users, err))
            return false;
    return true;
}

/* ---- what came of it ---- */

static bool
run_checked(struct group_job *job, const char *members, const char *problem, int64_t look_at,
            struct error *err)
{
    struct store *store = job->work.slack->store;
    struct statement *statement;
    if (!store_statement(store, SQL_SLACK_GROUP_CHECKED, &statement, err))
        return false;
    bind_text(statement, "id", job->work.id);
    bind_text(statement, "members", members);
    bind_integer(statement, "written", *members != '\0');
    bind_integer(statement, "disputed", job->disputed);
    bind_text(statement, "problem", problem);
    bind_integer(statement, "now", job->now_ms);
    return statement_run(statement, err) &&
           (!look_at ||
            ask_for_look(store, job->work.id, look_at, clock_now_ms(), job->work.arena, err));
}

/* members: as written just now; "" = nothing was. What is wrong is said once, when it begins. */
static bool
note(struct group_job *job, const char *members, const char *problem, int64_t look_at)
{
    struct store *store = job->work.slack->store;
    struct error err;
    if (*problem && strcmp(problem, job->old_problem) != 0)
        log_write(LOG_WARNING, "Slack's user group %s: %s", job->target.slack_user_group_id,
                  problem);
    if (store_begin(store, &err) && run_checked(job, members, problem, look_at, &err) &&
        store_commit(store, &err))
        return true;
    store_rollback(store);
    slack_work_stuck(&job->work, &err);
    return false;
}

static const char *
joined(const char **ids, size_t len, struct arena *arena)
{
    struct str list;
    str_init(&list, 0);
    for (size_t i = 0; i < len; i++)
        str_printf(&list, "%s%s", i ? "," : "", ids[i]);
    const char *text = arena_text(arena, str_text(&list));
    str_finish(&list);
    return text;
}

static const char *
missing_sentence(const struct group_job *job)
{
    return *job->missing ? arena_printf(job->work.arena,
                                        "not in it, for Slack does not have them: %s", job->missing)
                         : "";
}

static void
fail(struct group_job *job, const struct slack_answer *answer)
{
    if (note(job, "", answer->error.message, 0))
        slack_work_failed(&job->work, answer);
}

/* ---- writing ---- */

static void write_group(struct group_job *job);

static void on_written(void *context, const struct slack_answer *answer);

static void
on_enabled(void *context, const struct slack_answer *answer)
{
    struct group_job *job = context;
    if (answer->problem == SLACK_PROBLEM_NONE)
        write_group(job);
    else
        fail(job, answer);
}

static void begin(struct group_job *job, bool afresh);

static void
on_written(void *context, const struct slack_answer *answer)
{
    struct group_job *job = context;
    const char *list = joined(job->wanted, job->wanted_len, job->work.arena);
    if (answer->problem == SLACK_PROBLEM_SUBTEAM_DISABLED && !job->was_enabled) {
        job->was_enabled = true;
        SLACK_CALL(job->work.slack->client, SLACK_USERGROUPS_ENABLE, on_enabled, job,
                   {"usergroup", job->target.slack_user_group_id});
    } else if ((answer->problem == SLACK_PROBLEM_INVALID_USERS ||
                answer->problem == SLACK_PROBLEM_USERS_NOT_IN_TEAM ||
                answer->problem == SLACK_PROBLEM_USER_NOT_FOUND) &&
               ++job->attempts < ATTEMPTS_MAX) {
        begin(job, true); /* somebody has left since we asked */
    } else if (answer->problem != SLACK_PROBLEM_NONE) {
        fail(job, answer);
    } else if (note(job, list, missing_sentence(job), clock_now_ms() + LOOK_AGAIN_MS)) {
        log_write(LOG_INFO, "Slack's user group %s is now %s", job->target.slack_user_group_id,
                  list);
        slack_work_done(&job->work, arena_printf(job->work.arena, "now %s", list));
    }
}

static void
write_group(struct group_job *job)
{
    SLACK_CALL(job->work.slack->client, SLACK_USERGROUPS_USERS_UPDATE, on_written, job,
               {"usergroup", job->target.slack_user_group_id},
               {"users", joined(job->wanted, job->wanted_len, job->work.arena)});
}

/* ---- reading ---- */

static bool
has(const char *const *ids, size_t len, const char *id)
{
    for (size_t i = 0; i < len; i++)
        if (strcmp(ids[i], id) == 0)
            return true;
    return false;
}

static void
on_read(void *context, const struct slack_answer *answer)
{
    struct group_job *job = context;
    struct arena *arena = job->work.arena;
    size_t count = slack_answer_count(answer, "users"), len = 0;
    const char **there = arena_new_array(arena, count + 1, const char *);
    bool equal = true;
    if (answer->problem != SLACK_PROBLEM_NONE) {
        fail(job, answer);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const char *id = slack_answer_text(answer, arena_printf(arena, "users.%zu", i), arena);
        if (*id && !has(there, len, id))
            there[len++] = id;
    }
    for (size_t i = 0; i < len; i++)
        equal = equal && has(job->wanted, job->wanted_len, there[i]);
    if (equal && len == job->wanted_len) {
        job->disputed = 0;
        if (note(job, "", missing_sentence(job), 0))
            slack_work_done(&job->work, "as it should be");
        return;
    }
    /* What we wrote is wanted still, and is not there: somebody else writes this group too. */
    if (strcmp(job->members, joined(job->wanted, job->wanted_len, arena)) == 0 &&
        ++job->disputed >= DISPUTED_LOUD)
        log_write(
            LOG_WARNING,
            "Slack's user group %s has been changed by somebody else %lld times in a row: who is "
            "on call belongs to the hub, so have the other one stop",
            job->target.slack_user_group_id, (long long)job->disputed);
    write_group(job);
}

/* ---- from people to ids ---- */

static void
on_people(void *context, const struct slack_people *people)
{
    struct group_job *job = context;
    struct arena *arena = job->work.arena;
    if (people->failure) {
        fail(job, people->failure);
        return;
    }
    job->missing = people->missing;
    job->wanted = people->ids;
    job->wanted_len = people->len;
    if (people->len == 0) {
        const char *why =
            job->users.len == 0
                ? "nobody is on call and it has no permanent members: it is left as it is"
                : arena_printf(arena,
                               "nobody who is on call is in Slack, so it is left as it is: %s",
                               people->missing);
        if (note(job, "", why, 0))
            slack_work_done(&job->work, why);
        return;
    }
    if (job->target.add_bot_to_group &&
        !has(job->wanted, job->wanted_len, job->work.slack->bot_user_id))
        job->wanted[job->wanted_len++] =
            job->work.slack->bot_user_id; /* there is room for one more */
    SLACK_CALL(job->work.slack->client, SLACK_USERGROUPS_USERS_LIST, on_read, job,
               {"usergroup", job->target.slack_user_group_id}, {"include_disabled", "true"});
}

static void
begin(struct group_job *job, bool afresh)
{
    slack_people_find(job->work.slack, job->users.ids, job->users.len, afresh, job->work.arena,
                      on_people, job);
}

static void
on_bot(void *context, const struct slack_answer *failure)
{
    struct group_job *job = context;
    if (failure)
        fail(job, failure);
    else
        begin(job, false);
}

static bool
recall(struct group_job *job, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(job->work.slack->store, SQL_SLACK_GROUP_GET, &statement, err))
        return false;
    bind_text(statement, "id", job->work.id);
    if (!statement_step(statement, &row, err))
        return false;
    job->members = job->old_problem = "";
    if (row) {
        job->members = row_text(statement, job->work.arena, 0);
        job->disputed = row_integer(statement, 1);
        job->old_problem = row_text(statement, job->work.arena, 2);
    }
    statement_reset(statement);
    return true;
}

/* The looks that wait are this one, which is tried again should it fail; the next is put before anything can go wrong with it. */
static bool
prepare(struct group_job *job, bool *found, struct error *err)
{
    struct store *store = job->work.slack->store;
    struct arena *arena = job->work.arena;
    int64_t next_at;
    const char *about = arena_printf(arena, "schedule_sync_target:%s", job->work.id);
    return cache_get(store, KIND_SCHEDULE_SYNC_TARGET, job->work.id, arena, &job->target, found,
                     err) &&
           (!*found ||
            (wire_read_object(KIND_SCHEDULE_SYNC_TARGET, slice_of(job->target.json), arena,
                              &job->target, err) &&
             find_people(job, &next_at, err) && recall(job, err) &&
             delivery_drop_queued(store, about, "taken together with another", job->now_ms, err) &&
             ask_for_look(store, job->work.id, next_at, job->now_ms, arena, err)));
}

void
slack_sync_send(void *context, const struct delivery *delivery)
{
    struct slack_presence *slack = context;
    struct group_job *job = slack_work_begin(slack, delivery, sizeof(*job));
    struct error err;
    bool found = false;
    if (!job)
        return;
    job->now_ms = clock_now_ms();
    if (!store_begin(slack->store, &err) || !prepare(job, &found, &err) ||
        !store_commit(slack->store, &err)) {
        store_rollback(slack->store);
        log_failure(LOG_ERROR, &err, "who should be in a user group of Slack is not known");
        slack_work_stuck(&job->work, &err);
    } else if (!found) {
        slack_work_done(&job->work, "there is no such target any more");
    } else {
        slack_know_bot(slack, on_bot, job, job->work.arena);
    }
}
