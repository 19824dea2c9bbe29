/* Follow-ups (facts 9). */

#include <string.h>

#include "base/text.h"
#include "hub/writes.h"

#define R FIELD_REQUIRED
#define BOTH(X)                                                                                    \
    X(TEXT, title, "title", R, _)                                                                  \
    X(TEXT, description, "description", 0, _)                                                      \
    X(TEXT, assignee_id, "assignee_id", 0, _)                                                      \
    X(TEXT, assignee_team_id, "assignee_team_id", 0, _)                                            \
    X(ARRAY, labels, "labels", 0, _)                                                               \
    X(TEXT, category_id, "follow_up_category_id", 0, _)                                            \
    X(TEXT, priority_id, "follow_up_priority_option_id", 0, _)
#define ONLY_CREATE(X)                                                                             \
    X(TEXT, incident_id, "incident_id", R, _)                                                      \
    X(TEXT, external_issue_id, "external_issue_reference_id", 0, _)
#define ONLY_UPDATE(X) X(ENUM, status, "status", R, follow_up_status)
#define CONNECT(X)                                                                                 \
    X(ENUM, provider, "provider", R, issue_provider)                                               \
    X(TEXT, url, "url", R, _)

struct follow_up_sent {
    BOTH(FIELD_DECLARE) ONLY_CREATE(FIELD_DECLARE) ONLY_UPDATE(FIELD_DECLARE)
};
struct issue_sent {
    CONNECT(FIELD_DECLARE)
};
#define FIELD_OWNER struct follow_up_sent
static const struct field create_rows[] = {BOTH(FIELD_ROW) ONLY_CREATE(FIELD_ROW)};
static const struct field update_rows[] = {BOTH(FIELD_ROW) ONLY_UPDATE(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct issue_sent
static const struct field connect_rows[] = {CONNECT(FIELD_ROW)};
#undef FIELD_OWNER
WRITE_BODY(create, follow_up_sent);
WRITE_BODY(update, follow_up_sent);
WRITE_BODY(connect, issue_sent);

/* ---- what both bodies say ---- */

/* A person or a team: setting one clears the other, null clears. */
static bool
assign(struct exchange *exchange, const struct follow_up_sent *sent, struct follow_up *follow_up)
{
    struct team team;

    if (*sent->assignee_id && *sent->assignee_team_id)
        return answer_invalid(exchange, "assignee_team_id",
                              "'assignee_id' and 'assignee_team_id' exclude each other");
    if (write_has(exchange, "assignee_id") || *sent->assignee_team_id)
        CLEAR_USER(follow_up, assignee);
    if (write_has(exchange, "assignee_team_id") || *sent->assignee_id)
        follow_up->assignee_team_id = follow_up->assignee_team_name = "";
    if (*sent->assignee_id) {
        struct user_embedded user;
        const struct user_reference by_id = {.id = sent->assignee_id};
        if (!write_find_user(exchange, &by_id, "assignee_id", &user))
            return false;
        SET_USER(follow_up, assignee, &user);
    }
    if (*sent->assignee_team_id) {
        if (!write_load_named(exchange, KIND_TEAM, sent->assignee_team_id, "assignee_team_id",
                              &team))
            return false;
        follow_up->assignee_team_id = team.id;
        follow_up->assignee_team_name = team.name;
    }
    return true;
}

/* Priorities have no list of their own: they are known from the follow-ups that have them. */
static bool
prioritise(struct exchange *exchange, const struct follow_up_sent *sent,
           struct follow_up *follow_up)
{
    const char *id = "";
    struct follow_up like;
    struct error err;
    bool row;

    if (!write_has(exchange, "priority_id"))
        return true;
    follow_up->priority_id = follow_up->priority_name = follow_up->priority_description = "";
    follow_up->priority_rank = 0;
    if (*sent->priority_id == '\0')
        return true;
    struct statement *statement = exchange_statement(exchange, SQL_HUB_FOLLOW_UP_OF_PRIORITY);
    if (!statement)
        return false;
    bind_text(statement, "priority_id", sent->priority_id);
    if (!statement_step(statement, &row, &err))
        return answer_failure(exchange, &err);
    if (row) {
        id = row_text(statement, exchange->arena, 0);
        statement_reset(statement);
    }
    if (!row)
        return answer_invalid(exchange, "follow_up_priority_option_id",
                              "'follow_up_priority_option_id': there is no priority '%.100s'",
                              sent->priority_id);
    if (!write_load_named(exchange, KIND_FOLLOW_UP, id, "follow_up_priority_option_id", &like))
        return false;
    follow_up->priority_id = like.priority_id;
    follow_up->priority_name = like.priority_name;
    follow_up->priority_rank = like.priority_rank;
    follow_up->priority_description = like.priority_description;
    return true;
}

static bool
take(struct exchange *exchange, const struct follow_up_sent *sent, struct follow_up *follow_up)
{
    follow_up->title = sent->title;
    if (write_has(exchange, "description"))
        follow_up->description = sent->description;
    if (write_has(exchange, "labels"))
        follow_up->labels = sent->labels;
    if (*sent->category_id)
        return answer_invalid(exchange, "follow_up_category_id",
                              "'follow_up_category_id': this hub has no categories");
    return write_check_texts(exchange, "labels", follow_up->labels) &&
           assign(exchange, sent, follow_up) && prioritise(exchange, sent, follow_up);
}

/* ---- the writes ---- */

static bool
run_create(struct exchange *exchange, const void *body)
{
    const struct follow_up_sent *sent = body;
    struct follow_up follow_up;
    struct incident incident;
    struct actor actor;

    object_clear(&follow_up_table, &follow_up);
    if (!write_load_named(exchange, KIND_INCIDENT, sent->incident_id, "incident_id", &incident) ||
        !write_actor(exchange, &actor))
        return false;
    if (*sent->external_issue_id)
        return answer_invalid(exchange, "external_issue_reference_id",
                              "'external_issue_reference_id': this hub keeps no issues apart; "
                              "connect one afterwards");
    follow_up.id = write_id(exchange);
    follow_up.incident_id = incident.id;
    follow_up.status = "outstanding";
    follow_up.created_at = follow_up.updated_at = exchange->now_ms;
    SET_ACTOR(&follow_up, creator, &actor);
    if (!take(exchange, sent, &follow_up) || !write_save(exchange, KIND_FOLLOW_UP, &follow_up))
        return false;
    write_answer(exchange, KIND_FOLLOW_UP, &follow_up);
    return true;
}
const struct write follow_up_create = {
    .scope = "follow_ups.create", .body = &create_table, .run = run_create, .status = 201};

static bool
run_update(struct exchange *exchange, const void *body)
{
    const struct follow_up_sent *sent = body;
    struct follow_up follow_up;

    if (!write_load(exchange, KIND_FOLLOW_UP, exchange->id, &follow_up) ||
        !take(exchange, sent, &follow_up) ||
        !write_check_task_status(exchange, follow_up.status, sent->status))
        return false;
    follow_up.updated_at = write_time(exchange, follow_up.updated_at);
    write_set_task_status(&follow_up.status, &follow_up.completed_at, sent->status,
                          follow_up.updated_at);
    if (!write_save(exchange, KIND_FOLLOW_UP, &follow_up))
        return false;
    write_answer(exchange, KIND_FOLLOW_UP, &follow_up);
    return true;
}
const struct write follow_up_update = {
    .scope = "follow_ups.update", .body = &update_table, .run = run_update};

static bool
run_delete(struct exchange *exchange, const void *body)
{
    struct follow_up follow_up;

    (void)body; /* it has none */
    return write_load(exchange, KIND_FOLLOW_UP, exchange->id, &follow_up) &&
           write_delete(exchange, KIND_FOLLOW_UP, exchange->id);
}
const struct write follow_up_delete = {
    .scope = "follow_ups.destroy", .run = run_delete, .status = 204};

/* What the issue is called: the last part of its address, with its number as people say it. */
static const char *
issue_name(const char *url, struct arena *arena)
{
    size_t len = strcspn(url, "?#");
    while (len > 0 && url[len - 1] == '/')
        len--;
    size_t begin = len;
    while (begin > 0 && url[begin - 1] != '/')
        begin--;
    const char *name = arena_text_len(arena, url + begin, len - begin);
    return name[strspn(name, "0123456789")] ? name : arena_printf(arena, "#%s", name);
}

static bool
run_connect(struct exchange *exchange, const void *body)
{
    const struct issue_sent *sent = body;
    struct follow_up follow_up;

    if (!write_load(exchange, KIND_FOLLOW_UP, exchange->id, &follow_up) ||
        !write_check_url(exchange, "url", sent->url))
        return false;
    if (*follow_up.external_issue_permalink)
        return answer_invalid(exchange, "", "the follow-up has an issue already: %.200s",
                              follow_up.external_issue_permalink);
    follow_up.external_issue_provider = sent->provider;
    follow_up.external_issue_permalink = sent->url;
    follow_up.external_issue_name = issue_name(sent->url, exchange->arena);
    follow_up.updated_at = write_time(exchange, follow_up.updated_at);
    if (!write_save(exchange, KIND_FOLLOW_UP, &follow_up))
        return false;
    write_answer(exchange, KIND_FOLLOW_UP, &follow_up);
    return true;
}
const struct write follow_up_connect = {
    .scope = "follow_ups.connect_external_issue", .body = &connect_table, .run = run_connect};
