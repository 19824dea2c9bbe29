#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "hub/slack_internal.h"
#include "model/model.h"
#include "store/cache.h"

#define REMEMBERED_MS DAY_MS

/* A list of people on the way to who they are in Slack. Lives in the arena of whoever asks. */
struct search {
    struct slack_presence *slack;
    struct arena *arena;
    const char *const *user_ids;
    size_t user_ids_len, at;
    bool afresh, is_by_id;
    struct user user;
    const char *known; /* an older answer, for when nobody can be asked; "" = none */
    struct str missing;
    struct slack_people people;
    void (*then)(void *context, const struct slack_people *people);
    void *context;
};

static void go_on(struct search *search);

static void
end(struct search *search, const struct slack_answer *failure)
{
    search->people.missing = arena_text(search->arena, str_text(&search->missing));
    search->people.failure = failure;
    str_finish(&search->missing);
    search->then(search->context, &search->people);
}

static void
fail_store(struct search *search, const struct error *err)
{
    const struct slack_answer stuck = {
        .problem = SLACK_PROBLEM_UNREACHABLE, .remedy = SLACK_LATER, .error = *err};
    end(search, &stuck);
}

/* Sorted, each once. */
static void
take(struct search *search, const char *slack_user_id)
{
    struct slack_people *people = &search->people;
    size_t at = 0;
    while (at < people->len && strcmp(people->ids[at], slack_user_id) < 0)
        at++;
    if (at < people->len && strcmp(people->ids[at], slack_user_id) == 0)
        return;
    memmove(people->ids + at + 1, people->ids + at, (people->len - at) * sizeof(*people->ids));
    people->ids[at] = slack_user_id;
    people->len++;
}

static void
miss(struct search *search, const char *why)
{
    const char *name = *search->user.name ? search->user.name : search->user_ids[search->at];
    str_printf(&search->missing, "%s%s (%s)", search->missing.len ? ", " : "", name, why);
}

/* What Slack said, for a day. `slack_user_id` "" = there is nobody, and why. */
static bool
remember(struct search *search, const char *slack_user_id, const char *problem, struct error *err)
{
    struct store *store = search->slack->store;
    struct statement *statement;
    if (!store_begin(store, err))
        return false;
    bool ok = store_statement(store, SQL_SLACK_USER_PUT, &statement, err);
    if (ok) {
        bind_text(statement, "id", search->user.id);
        bind_text(statement, "slack_user_id", slack_user_id);
        bind_text(statement, "problem", problem);
        bind_integer(statement, "now", clock_now_ms());
        ok = statement_run(statement, err);
    }
    if (ok && store_commit(store, err))
        return true;
    store_rollback(store);
    return false;
}

static void
settle(struct search *search, const char *slack_user_id, const char *problem)
{
    struct error err;
    if (!remember(search, slack_user_id, problem, &err)) {
        fail_store(search, &err);
        return;
    }
    if (*slack_user_id)
        take(search, arena_text(search->arena, slack_user_id));
    else
        miss(search, problem);
    search->at++;
    go_on(search);
}

static void
on_user(void *context, const struct slack_answer *answer)
{
    struct search *search = context;
    struct arena *arena = search->arena;
    const char *id = slack_answer_text(answer, "user.id", arena);
    if (answer->problem == SLACK_PROBLEM_NONE) {
        bool deleted = strcmp(slack_answer_text(answer, "user.deleted", arena), "true") == 0;
        if (deleted || !*id)
            settle(search, "", deleted ? "deactivated in Slack" : "Slack knows no id");
        else
            settle(search, id, "");
    } else if (answer->problem == SLACK_PROBLEM_USERS_NOT_FOUND ||
               answer->problem == SLACK_PROBLEM_USER_NOT_FOUND ||
               answer->problem == SLACK_PROBLEM_USER_DISABLED) {
        settle(search, "",
               search->is_by_id ? "no such person in Slack"
                                : "nobody active in Slack has that e-mail address");
    } else if (search->is_by_id && answer->remedy == SLACK_SETUP) {
        /* The token may not look at people; the id was given to us, and is taken as it is. */
        settle(search, search->user.slack_user_id, "");
    } else if (*search->known) {
        take(search, search->known);
        search->at++;
        go_on(search);
    } else {
        end(search, answer);
    }
}

static bool
recall(struct search *search, const char *user_id, const char **problem, bool *fresh,
       struct error *err)
{
    struct statement *statement;
    bool row;
    search->known = *problem = "";
    *fresh = false;
    if (!store_statement(search->slack->store, SQL_SLACK_USER_GET, &statement, err))
        return false;
    bind_text(statement, "id", user_id);
    if (!statement_step(statement, &row, err))
        return false;
    if (row) {
        search->known = row_text(statement, search->arena, 0);
        *problem = row_text(statement, search->arena, 1);
        int64_t age_ms = clock_now_ms() - row_integer(statement, 2);
        *fresh = !search->afresh && age_ms >= 0 && age_ms < REMEMBERED_MS;
    }
    statement_reset(statement);
    return true;
}

/* One person: true when the next can follow, false when an answer is waited for or it has ended. */
static bool
find_one(struct search *search)
{
    const char *user_id = search->user_ids[search->at], *problem;
    struct error err;
    bool found, fresh;
    object_clear(&user_table, &search->user);
    if (!cache_get(search->slack->store, KIND_USER, user_id, search->arena, &search->user, &found,
                   &err) ||
        !recall(search, user_id, &problem, &fresh, &err)) {
        fail_store(search, &err);
        return false;
    }
    if (!found || !search->user.is_active) {
        miss(search, found ? "not active any more" : "not known to the hub");
        return true;
    }
    if (fresh) {
        if (*search->known)
            take(search, search->known);
        else
            miss(search, problem);
        return true;
    }
    search->is_by_id = *search->user.slack_user_id != '\0';
    if (search->is_by_id) {
        SLACK_CALL(search->slack->client, SLACK_USERS_INFO, on_user, search,
                   {"user", search->user.slack_user_id});
    } else if (*search->user.email) {
        SLACK_CALL(search->slack->client, SLACK_USERS_LOOKUP_BY_EMAIL, on_user, search,
                   {"email", search->user.email});
    } else {
        miss(search, "has neither an id in Slack nor an e-mail address");
        return true;
    }
    return false;
}

static void
go_on(struct search *search)
{
    for (; search->at < search->user_ids_len; search->at++)
        if (!find_one(search))
            return;
    end(search, NULL);
}

void
slack_people_find(struct slack_presence *slack, const char *const *user_ids, size_t user_ids_len,
                  bool afresh, struct arena *arena,
                  void (*then)(void *context, const struct slack_people *people), void *context)
{
    struct search *search = arena_new(arena, struct search);
    *search = (struct search){.slack = slack,
                              .arena = arena,
                              .user_ids = user_ids,
                              .user_ids_len = user_ids_len,
                              .afresh = afresh,
                              .then = then,
                              .context = context};
    search->people.ids = arena_new_array(arena, user_ids_len + 1, const char *);
    str_init(&search->missing, 4096);
    go_on(search);
}
