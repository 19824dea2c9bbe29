#include "hub/slack.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "hub/slack_internal.h"

enum {
    CHECK_MS = 10 * 60 * 1000,
    STORE_RETRY_MS = 1000,
    DOUBT_WAIT_MS = 5 * 1000,     /* what timed out here may still arrive there */
    SETUP_WAIT_MS = 5 * 60 * 1000 /* until a person has changed something */
};

/* ---- deliveries that are worked on ---- */

static void
forget(struct slack_presence *slack, int64_t delivery_id)
{
    for (size_t i = 0; i < slack->under_way_len; i++)
        if (slack->under_way[i] == delivery_id) {
            slack->under_way[i] = slack->under_way[--slack->under_way_len];
            return;
        }
}

void *
slack_work_begin(struct slack_presence *slack, const struct delivery *delivery, size_t size)
{
    struct arena *arena;
    struct wire_document *body;
    struct error err;
    if (!slack->client || slack->under_way_len == SLACK_WORK_MAX) {
        const struct delivery_answer off = {
            .outcome = slack->client ? DELIVERY_AGAIN : DELIVERY_REFUSED,
            .text = slack->client ? "too much at once" : "Slack is off"};
        deliveries_answer(slack->deliveries, delivery->id, &off);
        return NULL;
    }
    if (!wire_document_read(slice_of(delivery->body), &body, &err)) {
        const struct delivery_answer broken = {.outcome = DELIVERY_REFUSED, .text = err.message};
        deliveries_answer(slack->deliveries, delivery->id, &broken);
        return NULL;
    }
    struct slack_work *work = slack_job(slack->client, size, &arena);
    *work = (struct slack_work){.slack = slack,
                                .arena = arena,
                                .delivery_id = delivery->id,
                                .created_at = delivery->created_at,
                                .in_doubt = delivery->in_doubt,
                                .id = wire_document_text(body, arena, "id")};
    wire_document_destroy(body);
    slack->under_way[slack->under_way_len++] = delivery->id;
    return work;
}

void
slack_work_end(struct slack_work *work, const struct delivery_answer *answer)
{
    struct slack_presence *slack = work->slack;
    forget(slack, work->delivery_id);
    deliveries_answer(slack->deliveries, work->delivery_id, answer);
    slack_job_end(slack->client, work);
}

void
slack_work_done(struct slack_work *work, const char *text)
{
    slack_work_end(work, &(struct delivery_answer){.outcome = DELIVERY_DONE, .text = text});
}

struct delivery_answer
slack_delivery_answer(const struct slack_answer *answer)
{
    struct delivery_answer out = {.text = answer->error.message, .in_doubt = answer->in_doubt};
    switch (answer->remedy) {
    case SLACK_FINE:
        out.outcome = DELIVERY_DONE;
        break;
    case SLACK_LATER:
        out.outcome = DELIVERY_AGAIN;
        out.wait_ms = answer->error.retry_after_ms;
        if (answer->in_doubt && out.wait_ms < DOUBT_WAIT_MS)
            out.wait_ms = DOUBT_WAIT_MS;
        break;
    case SLACK_TOKEN:
    case SLACK_SETUP:
        out.outcome = DELIVERY_AGAIN;
        out.wait_ms = SETUP_WAIT_MS;
        break;
    case SLACK_NO:
        out.outcome = DELIVERY_REFUSED;
        break;
    }
    return out;
}

void
slack_work_failed(struct slack_work *work, const struct slack_answer *answer)
{
    struct delivery_answer out = slack_delivery_answer(answer);
    if (answer->remedy == SLACK_TOKEN || answer->remedy == SLACK_SETUP)
        log_failure(LOG_ERROR, &answer->error, "Slack");
    slack_work_end(work, &out);
}

void
slack_work_stuck(struct slack_work *work, const struct error *err)
{
    slack_work_end(work, &(struct delivery_answer){
                             .outcome = DELIVERY_AGAIN, .text = err->message, .in_doubt = true});
}

const char *
slack_body(const char *id, struct arena *arena)
{
    struct str body;
    str_init(&body, 0);
    str_append(&body, "{\"id\":");
    wire_append_string(&body, id);
    str_append_char(&body, '}');
    const char *text = arena_text(arena, str_text(&body));
    str_finish(&body);
    return text;
}

/* ---- who the bot is ---- */

struct acquaintance {
    struct slack_presence *slack;
    void (*then)(void *context, const struct slack_answer *failure);
    void *context;
};

static void
on_bot(void *context, const struct slack_answer *answer)
{
    struct acquaintance *asked = context;
    struct slack_presence *slack = asked->slack;
    bool ok = answer->problem == SLACK_PROBLEM_NONE;
    if (ok && !*slack->bot_user_id) {
        const char *workspace = slack_answer_text(answer, "team", &slack->arena);
        slack->bot_user_id = slack_answer_text(answer, "user_id", &slack->arena);
        slack->team_id = slack_answer_text(answer, "team_id", &slack->arena);
        log_write(LOG_INFO, "Slack: this is the bot %s of the workspace '%s' (%s)",
                  slack->bot_user_id, workspace, slack->team_id);
    }
    asked->then(asked->context, ok ? NULL : answer);
}

void
slack_know_bot(struct slack_presence *slack,
               void (*then)(void *context, const struct slack_answer *), void *context,
               struct arena *arena)
{
    if (*slack->bot_user_id) {
        then(context, NULL);
        return;
    }
    struct acquaintance *asked = arena_new(arena, struct acquaintance);
    *asked = (struct acquaintance){slack, then, context};
    SLACK_CALL(slack->client, SLACK_AUTH_TEST, on_bot, asked, {"", ""});
}

/* ---- what changed ---- */

static bool
look(struct slack_presence *slack, struct arena *arena, struct error *err)
{
    int64_t now_ms = clock_now_ms();
    return slack_sync_look(slack, now_ms, arena, err) &&
           slack_channel_look(slack, now_ms, arena, err);
}

static void
on_look_timer(void *context)
{
    struct slack_presence *slack = context;
    slack->look_timer = 0;
    hub_slack_look(slack);
}

void
hub_slack_look(struct slack_presence *slack)
{
    struct arena arena = {0};
    struct error err;
    if (!slack->client)
        return;
    if (!look(slack, &arena, &err)) {
        store_rollback(slack->store);
        log_failure(LOG_ERROR, &err, "what Slack should know of waits");
        if (!slack->look_timer) /* nothing may change for long: who waits for that waits in vain */
            slack->look_timer = loop_after(slack->loop, STORE_RETRY_MS, on_look_timer, slack);
    }
    arena_finish(&arena);
}

/* ---- beginning and end ---- */

static bool
note_switch(struct slack_presence *slack, struct error *err)
{
    struct statement *statement;
    if (!store_begin(slack->store, err))
        return false;
    bool ok = store_statement(slack->store, SQL_SLACK_SWITCH_SET, &statement, err);
    if (ok) {
        bind_integer(statement, "channels",
                     *slack->settings.token && slack->settings.incident_channels);
        ok = statement_run(statement, err) &&
             store_statement(slack->store, SQL_SLACK_GROUP_ALL_CHANGED, &statement, err) &&
             statement_run(statement, err);
    }
    if (ok && store_commit(slack->store, err))
        return true;
    store_rollback(slack->store);
    return false;
}

static void
turn_off(struct slack_presence *slack)
{
    const struct delivery_answer again = {
        .outcome = DELIVERY_AGAIN, .text = "Slack's settings are new", .in_doubt = true};
    while (slack->under_way_len > 0)
        deliveries_answer(slack->deliveries, slack->under_way[--slack->under_way_len], &again);
    if (slack->lent && slack->client)
        slack->lent(slack->lent_context, NULL);
    slack_close(slack->client);
    slack->client = NULL;
    slack->bot_user_id = slack->team_id = "";
    if (slack->settings.token)
        explicit_bzero((char *)slack->settings.token, strlen(slack->settings.token));
    slack->settings = (struct slack_settings){0};
    arena_reset(&slack->arena);
}

static bool
turn_on(struct slack_presence *slack, struct error *err)
{
    const struct slack_settings *settings = &slack->settings;
    const struct slack_options options = {.url = settings->url,
                                          .token = settings->token,
                                          .ca_file = settings->ca_file,
                                          .timeout_ms = settings->timeout_ms,
                                          .settle_ms = settings->settle_ms,
                                          .pace = settings->pace};
    if (!slack->loop || !*settings->token)
        return true;
    if (!slack_open(&slack->client, slack->loop, &options, err))
        return false;
    if (slack->lent)
        slack->lent(slack->lent_context, slack->client);
    return true;
}

static bool
is_same(const struct slack_settings *a, const struct slack_settings *b)
{
    return strcmp(a->token, b->token) == 0 && strcmp(a->url, b->url) == 0 &&
           strcmp(a->ca_file, b->ca_file) == 0 && strcmp(a->team_id, b->team_id) == 0 &&
           strcmp(a->channel_prefix, b->channel_prefix) == 0 &&
           strcmp(a->announce, b->announce) == 0 && a->incident_channels == b->incident_channels &&
           a->archive == b->archive && a->archive_after_ms == b->archive_after_ms &&
           a->check_ms == b->check_ms && a->timeout_ms == b->timeout_ms &&
           a->settle_ms == b->settle_ms && a->pace == b->pace;
}

bool
hub_slack_configure(struct slack_presence *slack, const struct slack_settings *settings,
                    struct error *err)
{
    struct slack_settings filled = *settings;
    const struct {
        const char **text, *otherwise;
    } texts[] = {
        {&filled.token, ""},   {&filled.url, "https://slack.com/api"}, {&filled.ca_file, ""},
        {&filled.team_id, ""}, {&filled.channel_prefix, "inc-"},       {&filled.announce, ""},
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        if (text_is_empty(*texts[i].text))
            *texts[i].text = texts[i].otherwise;
    if (!filled.check_ms)
        filled.check_ms = CHECK_MS;
    if (slack->client && is_same(&filled, &slack->settings))
        return true;
    turn_off(slack);
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        *texts[i].text = arena_text(&slack->arena, *texts[i].text);
    slack->settings = filled;
    if (!turn_on(slack, err) || !note_switch(slack, err))
        return false;
    hub_slack_look(slack);
    return true;
}

void
hub_slack_lend(struct slack_presence *slack, void (*changed)(void *context, struct slack *client),
               void *context)
{
    slack->lent = changed;
    slack->lent_context = context;
    changed(context, slack->client);
}

struct slack_presence *
hub_slack_create(struct store *store, struct deliveries *deliveries)
{
    struct slack_presence *slack = memory_alloc(sizeof(*slack));
    const struct delivery_kind kinds[] = {
        {.name = "slack_group", .send = slack_sync_send, .context = slack},
        {.name = "slack_channel", .at_once = 4, .send = slack_channel_send, .context = slack},
        {.name = "slack_update", .at_once = 4, .send = slack_update_send, .context = slack},
        {.name = "slack_announcement",
         .at_once = 4,
         .send = slack_announcement_send,
         .context = slack},
        {.name = "slack_archive", .at_once = 4, .send = slack_archive_send, .context = slack},
    };
    slack->store = store;
    slack->deliveries = deliveries;
    slack->bot_user_id = slack->team_id = "";
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        deliveries_register(deliveries, &kinds[i]);
    return slack;
}

void
hub_slack_destroy(struct slack_presence *slack)
{
    if (!slack)
        return;
    slack->under_way_len = 0; /* the next life finds them, in doubt */
    slack->lent = NULL;       /* whom it was lent to may be gone already */
    turn_off(slack);
    if (slack->loop)
        loop_cancel(slack->loop, slack->look_timer);
    arena_finish(&slack->arena);
    memory_free(slack);
}

void
hub_slack_attach(struct slack_presence *slack, struct loop *loop)
{
    struct error err;
    slack->loop = loop;
    if (!slack->settings.token || !*slack->settings.token)
        return;
    if (!turn_on(slack, &err) || !note_switch(slack, &err))
        log_failure(LOG_ERROR, &err, "Slack stays off");
    hub_slack_look(slack);
}

struct slack *
hub_slack_client(struct slack_presence *slack)
{
    return slack->client;
}
