/* What makes escalations go on: rows that are due, one step along the path at a time. */

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "hub/escalation_path.h"
#include "hub/escalation_run.h"
#include "hub/objects.h"

enum {
    AT_ONCE = 32,    /* in one transaction */
    STEPS_MAX = 200, /* along nodes that wait for nothing: more is a circle */
    STORE_RETRY_MS = 1000,
};
#define POSTPONED_MS MINUTE_MS
#define TIME_TO_ACK_MS (15 * MINUTE_MS) /* where a level gives none */
#define SLEEP_MAX_MS HOUR_MS

struct escalations {
    struct store *store;
    struct notifier *notifier;
    struct loop *loop; /* NULL until attached */
    struct clock_watch clock;
    uint64_t timer;
};

/* One escalation while it goes on. */
struct step {
    struct escalations *of;
    struct store *store;
    struct arena *arena;
    int64_t now_ms;
    struct escalation escalation;
    struct escalation_run run;
    struct path_walk walk;
    struct wire_document *document;
};

/* ---- telling ---- */

static bool
tell(struct step *step, enum page_event event, const struct path_targets *targets, size_t *reached,
     struct error *err)
{
    struct page_person *people = NULL;
    size_t people_len = targets ? targets->people_len : 0;
    people = arena_new_array(step->arena, people_len + 1, struct page_person);
    for (size_t i = 0; i < people_len; i++)
        people[i] = (struct page_person){
            .id = targets->people[i].user.id,
            .name = targets->people[i].user.name,
            .email = targets->people[i].user.email,
            .slack_user_id = targets->people[i].user.slack_user_id,
            .urgency = targets->people[i].urgency,
        };
    step->run.pages++;
    const struct page page = {
        .event = event,
        .key =
            arena_printf(step->arena, "%s_%lld", step->escalation.id, (long long)step->run.pages),
        .escalation_id = step->escalation.id,
        .escalation = wire_write_object(&escalation_table, &step->escalation, step->arena),
        .title = step->escalation.title,
        .description = step->escalation.description,
        .people = people,
        .people_len = people_len,
        .channels = targets ? targets->channels : NULL,
        .channels_len = targets ? targets->channels_len : 0,
    };
    return notifier_page(step->of->notifier, step->store, &page, step->now_ms, step->arena, reached,
                         err);
}

/* Nobody is on call, or can be reached: said in its history, in the log and to the fallback. */
static bool
say_nobody(struct step *step, const char *why, struct error *err)
{
    size_t reached;
    log_write(LOG_ERROR, "escalation %s (%s) pages nobody: %s", step->escalation.id,
              step->escalation.title, why);
    escalation_add_event(&step->escalation, "notified_users", "high", "[]", "", step->now_ms,
                         step->arena);
    return tell(step, PAGE_NOBODY, NULL, &reached, err);
}

static void
note_people(struct step *step, const struct path_targets *targets)
{
    static const char *const urgencies[] = {"high", "low"};
    struct user_embedded *users =
        arena_new_array(step->arena, targets->people_len + 1, struct user_embedded);
    for (size_t u = 0; u < 2; u++) {
        size_t len = 0;
        for (size_t i = 0; i < targets->people_len; i++)
            if (strcmp(targets->people[i].urgency, urgencies[u]) == 0)
                users[len++] = targets->people[i].user;
        if (len > 0)
            escalation_add_event(&step->escalation, "notified_users", urgencies[u],
                                 escalation_users_json(users, len, step->arena), "", step->now_ms,
                                 step->arena);
    }
}

static void
note_channels(struct step *step, const struct path_targets *targets)
{
    struct str json;
    if (targets->channels_len == 0)
        return;
    str_init(&json, 0);
    for (size_t i = 0; i < targets->channels_len; i++) {
        str_append(&json, i > 0 ? "," : "[");
        str_append(&json, "{\"slack_channel_id\":");
        wire_append_string(&json, targets->channels[i]);
        str_append(&json, ",\"slack_team_id\":\"\"}");
    }
    str_append_char(&json, ']');
    escalation_add_event(&step->escalation, "notified_channels", "", "",
                         arena_text(step->arena, str_text(&json)), step->now_ms, step->arena);
    str_finish(&json);
}

/* ---- levels ---- */

/* Of a level that takes turns, only the one whose turn it is. */
static void
keep_turn(struct path_targets *targets, int64_t turn)
{
    if (targets->people_len < 2)
        return;
    targets->people[0] = targets->people[(size_t)turn % targets->people_len];
    targets->people_len = 1;
}

/* Pages whom the level means now. *reached = 0: nobody. */
static bool
page_level(struct step *step, size_t *reached, struct path_targets *targets, struct error *err)
{
    const char *at = step->run.position;
    *reached = 0;
    if (!path_targets(&step->walk, arena_printf(step->arena, "%s.level.targets", at), targets, err))
        return false;
    if (step->run.turn >= 0)
        keep_turn(targets, step->run.turn);
    if (targets->people_len == 0 && targets->channels_len == 0)
        return say_nobody(step, "nobody is on call at this level", err);
    if (!tell(step, PAGE_TRIGGERED, targets, reached, err))
        return false;
    if (*reached == 0)
        return say_nobody(step, "no notification reaches those who are on call", err);
    note_people(step, targets);
    note_channels(step, targets);
    return true;
}

static bool
take_turn(struct step *step, int64_t *turn, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(step->store, SQL_ESCALATION_TURN_TAKE, &statement, err))
        return false;
    bind_text(statement, "node",
              arena_printf(step->arena, "%s/%s", step->escalation.escalation_path_id,
                           path_text(&step->walk, step->run.position, "id")));
    if (!statement_step(statement, &row, err))
        return false;
    *turn = row ? row_integer(statement, 0) : 0;
    statement_reset(statement);
    return true;
}

static void
set_outstanding(struct step *step, const struct path_targets *targets)
{
    struct str list;
    str_init(&list, 0);
    if (strcmp(path_text(&step->walk, step->run.position, "level.ack_mode"), "all") == 0)
        for (size_t i = 0; i < targets->people_len; i++)
            str_printf(&list, "%s%s ", i > 0 ? "" : " ", targets->people[i].user.id);
    step->run.outstanding = arena_text(step->arena, str_text(&list));
    str_finish(&list);
}

/* How often, and when, a level pages again before its time to acknowledge is over. */
static bool
set_repetition(struct step *step, struct error *err)
{
    const char *at = step->run.position;
    const struct path_walk *walk = &step->walk;
    step->run.turn = -1;
    step->run.again_ms = path_number(walk, at, "level.retry_config.interval_seconds") * SECOND_MS;
    step->run.again_left = path_number(walk, at, "level.retry_config.attempts") - 1;
    if (strcmp(path_text(walk, at, "level.round_robin_config.enabled"), "true") == 0) {
        if (!take_turn(step, &step->run.turn, err))
            return false;
        step->run.again_ms =
            path_number(walk, at, "level.round_robin_config.rotate_after_seconds") * SECOND_MS;
        step->run.again_left = PATH_PEOPLE_MAX;
    }
    if (step->run.again_ms <= 0 || step->run.again_left < 0)
        step->run.again_left = 0;
    return true;
}

static void
set_level_due(struct step *step)
{
    int64_t again_at = step->now_ms + step->run.again_ms;
    step->run.due_at =
        step->run.again_left > 0 && again_at < step->run.ends_at ? again_at : step->run.ends_at;
}

/* *waits = false: the next node runs at once. */
static bool
enter_level(struct step *step, bool *waits, struct error *err)
{
    struct path_targets *targets = arena_new(step->arena, struct path_targets);
    size_t reached;
    if (!set_repetition(step, err) || !page_level(step, &reached, targets, err))
        return false;
    *waits = reached > 0;
    step->run.state = "level";
    step->run.ends_at =
        path_wait_until(&step->walk, step->run.position, "level.time_to_ack_seconds",
                        "level.time_to_ack_interval_condition",
                        "level.time_to_ack_weekday_interval_config_id", TIME_TO_ACK_MS);
    set_level_due(step);
    set_outstanding(step, targets);
    return true;
}

static bool
page_again(struct step *step, struct error *err)
{
    struct path_targets *targets = arena_new(step->arena, struct path_targets);
    size_t reached;
    step->run.again_left--;
    if (step->run.turn >= 0)
        step->run.turn++;
    if (!page_level(step, &reached, targets, err))
        return false;
    set_level_due(step);
    return true;
}

static bool
enter_channels(struct step *step, bool *waits, struct error *err)
{
    struct path_targets *targets = arena_new(step->arena, struct path_targets);
    const char *at = step->run.position;
    size_t reached;
    if (!path_targets(&step->walk, arena_printf(step->arena, "%s.notify_channel.targets", at),
                      targets, err) ||
        !tell(step, PAGE_TRIGGERED, targets, &reached, err))
        return false;
    note_channels(step, targets);
    step->run.state = "level";
    step->run.turn = -1;
    step->run.again_left = 0;
    step->run.due_at = step->run.ends_at =
        path_wait_until(&step->walk, at, "notify_channel.time_to_ack_seconds",
                        "notify_channel.time_to_ack_interval_condition",
                        "notify_channel.time_to_ack_weekday_interval_config_id", 0);
    *waits = step->run.due_at > step->now_ms;
    return true;
}

/* ---- along the path ---- */

static bool
open_path(struct step *step, struct error *err)
{
    wire_document_destroy(step->document);
    step->document = NULL;
    if (!wire_document_read(slice_of(step->run.path), &step->document, err))
        return false;
    step->walk = (struct path_walk){
        .store = step->store,
        .arena = step->arena,
        .document = step->document,
        .now_ms = step->now_ms,
        .priority = step->escalation.priority_name,
    };
    return true;
}

/* Another path takes over: a circle of them, or one that is gone, is passed by. */
static bool
jump(struct step *step, struct error *err)
{
    struct escalation_path path;
    bool found = false;
    const char *id =
        path_text(&step->walk, step->run.position, "escalation_path.escalation_path_id");
    if (step->run.jumps < PATH_JUMPS_MAX &&
        !cache_get(step->store, KIND_ESCALATION_PATH, id, step->arena, &path, &found, err))
        return false;
    if (!found) {
        log_write(LOG_ERROR, "escalation %s cannot go on by the path '%s': %s", step->escalation.id,
                  id, step->run.jumps < PATH_JUMPS_MAX ? "there is none" : "too many in a row");
        step->run.position = path_next(&step->walk, step->run.position);
        return true;
    }
    step->run.jumps++;
    step->run.path = path.json;
    if (!open_path(step, err))
        return false;
    step->run.position = path_first(&step->walk);
    return true;
}

static bool
go_back(struct step *step, struct error *err)
{
    struct statement *statement;
    const char *at = step->run.position;
    bool row;
    if (!store_statement(step->store, SQL_ESCALATION_REPEAT_COUNT, &statement, err))
        return false;
    bind_text(statement, "escalation_id", step->escalation.id);
    bind_text(statement, "node_id", path_text(&step->walk, at, "id"));
    if (!statement_step(statement, &row, err))
        return false;
    int64_t times = row ? row_integer(statement, 0) : INT64_MAX;
    statement_reset(statement);
    const char *to = times <= path_number(&step->walk, at, "repeat.repeat_times")
                         ? path_find(&step->walk, path_text(&step->walk, at, "repeat.to_node"))
                         : "";
    step->run.position = to[0] ? to : path_next(&step->walk, at);
    return true;
}

static bool
wait_delay(struct step *step, bool *waits)
{
    step->run.state = "delay";
    step->run.due_at = path_wait_until(&step->walk, step->run.position, "delay.delay_seconds",
                                       "delay.delay_interval_condition",
                                       "delay.delay_weekday_interval_config_id", 0);
    *waits = step->run.due_at > step->now_ms;
    if (*waits)
        step->escalation.status = "delayed";
    return true;
}

/* Runs the node at the position; *waits = false: it is over, and the position is that of the next. */
static bool
run_node(struct step *step, bool *waits, struct error *err)
{
    const char *at = step->run.position, *type = path_text(&step->walk, at, "type");
    bool ok = true;
    *waits = false;
    if (strcmp(type, "if_else") == 0) {
        step->run.position = path_branch(&step->walk, at);
        return true;
    }
    if (strcmp(type, "repeat") == 0)
        return go_back(step, err);
    if (strcmp(type, "escalation_path") == 0)
        return jump(step, err);
    if (strcmp(type, "level") == 0)
        ok = enter_level(step, waits, err);
    else if (strcmp(type, "notify_channel") == 0)
        ok = enter_channels(step, waits, err);
    else if (strcmp(type, "delay") == 0)
        ok = wait_delay(step, waits);
    if (ok && !*waits)
        step->run.position = path_next(&step->walk, at);
    return ok;
}

static bool
expire(struct step *step, struct error *err)
{
    size_t reached;
    log_write(LOG_ERROR, "escalation %s (%s) expired: nobody acknowledged", step->escalation.id,
              step->escalation.title);
    step->escalation.status = "expired";
    escalation_add_event(&step->escalation, "expired", "", "", "", step->now_ms, step->arena);
    step->run.state = "over";
    step->run.due_at = 0;
    return tell(step, PAGE_EXPIRED, NULL, &reached, err);
}

static bool
go_along(struct step *step, struct error *err)
{
    bool waits = false;
    step->escalation.status = "triggered";
    for (int steps = 0; step->run.position[0] && !waits; steps++) {
        if (steps == STEPS_MAX) {
            log_write(LOG_ERROR, "escalation %s goes in a circle along its path",
                      step->escalation.id);
            return expire(step, err);
        }
        if (!run_node(step, &waits, err))
            return false;
    }
    return waits || expire(step, err);
}

/* ---- states ---- */

static bool
begin(struct step *step, bool is_news, struct error *err)
{
    if (is_news)
        escalation_add_event(&step->escalation, "triggered", "", "", "", step->now_ms, step->arena);
    step->run.position = path_first(&step->walk);
    return go_along(step, err);
}

static bool
begin_anew(struct step *step, struct error *err)
{
    step->run.jumps = 0;
    step->run.turn = -1;
    return run_forget_repeats(step->store, step->escalation.id, err) && begin(step, true, err);
}

/* When an acknowledged escalation that is still open pages again; 0 = it does not. */
static int64_t
repeats_at(struct step *step, int64_t since_ms)
{
    int64_t after_s = path_number(&step->walk, "repeat_config", "repeat_after_seconds");
    return after_s > 0 ? since_ms + after_s * SECOND_MS : 0;
}

/* The last time somebody did something about its incidents; 0 = the path does not ask. */
static bool
last_activity(struct step *step, int64_t *at_ms, struct error *err)
{
    struct incident incident;
    bool found;
    *at_ms = 0;
    if (strcmp(path_text(&step->walk, "repeat_config", "delay_repeat_on_activity"), "true") != 0)
        return true;
    for (size_t i = 0; i < step->escalation.related_incidents_len; i++) {
        if (!cache_get(step->store, KIND_INCIDENT,
                       step->escalation.related_incidents[i].incident_id, step->arena, &incident,
                       &found, err))
            return false;
        if (found && incident.updated_at > *at_ms)
            *at_ms = incident.updated_at;
    }
    return true;
}

static bool
repeat_acknowledged(struct step *step, struct error *err)
{
    int64_t active_at, later;
    if (!last_activity(step, &active_at, err))
        return false;
    later = active_at > 0 ? repeats_at(step, active_at) : 0;
    if (later > step->now_ms) {
        step->run.due_at = later;
        return true;
    }
    return begin_anew(step, err);
}

/* Somebody changed its status: who was paged hears of it, and what ended is forgotten. */
static bool
announce(struct step *step, struct error *err)
{
    const char *status = step->escalation.status;
    size_t reached;
    enum page_event event = strcmp(status, "acked") == 0      ? PAGE_ACKED
                            : strcmp(status, "resolved") == 0 ? PAGE_RESOLVED
                                                              : PAGE_CANCELLED;
    step->run.announce = 0;
    step->run.due_at = event == PAGE_ACKED ? repeats_at(step, step->now_ms) : 0;
    return tell(step, event, NULL, &reached, err);
}

static bool
go_on(struct step *step, struct error *err)
{
    const char *state = step->run.state;
    if (step->run.announce)
        return announce(step, err);
    if (strcmp(state, "begin") == 0)
        return begin(step, false, err);
    if (strcmp(state, "grace") == 0)
        return begin(step, true, err);
    if (strcmp(state, "acked") == 0)
        return repeat_acknowledged(step, err);
    if (strcmp(state, "snoozed") == 0)
        return begin_anew(step, err);
    if (strcmp(state, "level") == 0 && step->now_ms < step->run.ends_at)
        return page_again(step, err);
    step->run.position = path_next(&step->walk, step->run.position);
    return go_along(step, err);
}

static bool
save(struct step *step, struct error *err)
{
    if (!object_save(step->store, KIND_ESCALATION, &step->escalation, step->now_ms, step->arena,
                     err))
        return false;
    return escalation_has_ended(&step->escalation) && !step->run.announce
               ? run_end(step->store, step->escalation.id, err)
               : run_save(step->store, &step->run, err);
}

/* Inside a transaction: one escalation that is due. */
static bool
advance(struct escalations *escalations, const char *escalation_id, int64_t now_ms,
        struct error *err)
{
    struct arena arena = {0};
    struct step step = {
        .of = escalations, .store = escalations->store, .arena = &arena, .now_ms = now_ms};
    bool found, runs;
    bool ok = run_load(step.store, escalation_id, &arena, &step.run, &runs, err) &&
              object_load(step.store, KIND_ESCALATION, escalation_id, &arena, &step.escalation,
                          &found, err);
    if (ok && !found)
        ok = run_end(step.store, escalation_id, err);
    else if (ok && runs)
        ok = open_path(&step, err) && go_on(&step, err) && save(&step, err);
    wire_document_destroy(step.document);
    arena_finish(&arena);
    return ok;
}

/* ---- what is due ---- */

static bool
read_due(struct escalations *escalations, int64_t now_ms, struct arena *arena,
         const char *ids[AT_ONCE], size_t *len, struct error *err)
{
    struct statement *statement;
    bool row = true;
    *len = 0;
    if (!store_statement(escalations->store, SQL_ESCALATION_RUN_DUE, &statement, err))
        return false;
    bind_integer(statement, "now", now_ms);
    bind_integer(statement, "rows", AT_ONCE);
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row)
            ids[(*len)++] = row_text(statement, arena, 0);
    }
    return true;
}

static bool
advance_all(struct escalations *escalations, const char *const *ids, size_t len, int64_t now_ms,
            struct error *err)
{
    if (!store_begin(escalations->store, err))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!advance(escalations, ids[i], now_ms, err)) {
            store_rollback(escalations->store);
            return false;
        }
    return store_commit(escalations->store, err);
}

/* Something about it makes no sense: the others go on, and it is tried again. */
static bool
postpone(struct escalations *escalations, const char *id, int64_t now_ms, struct error *err)
{
    struct statement *statement;
    if (!store_statement(escalations->store, SQL_ESCALATION_RUN_POSTPONE, &statement, err))
        return false;
    bind_text(statement, "escalation_id", id);
    bind_integer(statement, "due_at", now_ms + POSTPONED_MS);
    return statement_run(statement, err);
}

static bool
advance_each(struct escalations *escalations, const char *const *ids, size_t len, int64_t now_ms,
             struct error *err)
{
    struct error why;
    for (size_t i = 0; i < len; i++) {
        if (advance_all(escalations, &ids[i], 1, now_ms, &why))
            continue;
        log_write(LOG_ERROR, "escalation %s is stuck, and tried again in a minute: %s", ids[i],
                  why.message);
        if (!postpone(escalations, ids[i], now_ms, err))
            return false;
    }
    return true;
}

static bool
follow_clock(struct escalations *escalations, int64_t now_ms, struct error *err)
{
    int64_t by_ms = clock_was_set_by_ms(&escalations->clock);
    struct statement *statement;
    if (by_ms == 0)
        return true;
    log_write(LOG_WARNING, "the clock was set by %lld s: what waits, waits as long as before",
              (long long)(by_ms / SECOND_MS));
    if (!store_statement(escalations->store, SQL_ESCALATION_RUN_SHIFT, &statement, err))
        return false;
    bind_integer(statement, "by_ms", by_ms);
    bind_integer(statement, "from", now_ms - by_ms);
    return statement_run(statement, err);
}

static bool
next_wake(struct escalations *escalations, int64_t now_ms, int64_t *wake_ms, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(escalations->store, SQL_ESCALATION_RUN_WAKE, &statement, err) ||
        !statement_step(statement, &row, err))
        return false;
    int64_t at = row_integer(statement, 0);
    statement_reset(statement);
    *wake_ms = at == 0 || at - now_ms > SLEEP_MAX_MS ? SLEEP_MAX_MS : at - now_ms;
    if (*wake_ms < 0)
        *wake_ms = 0; /* more were due than one transaction takes */
    return true;
}

static void
on_timer(void *context)
{
    struct escalations *escalations = context;
    escalations->timer = 0;
    escalations_look(escalations);
}

void
escalations_look(struct escalations *escalations)
{
    struct arena arena = {0};
    struct error err;
    const char *ids[AT_ONCE];
    size_t len;
    int64_t now_ms = clock_now_ms(), wake_ms = STORE_RETRY_MS;
    if (!escalations->loop)
        return;
    bool ok = follow_clock(escalations, now_ms, &err) &&
              read_due(escalations, now_ms, &arena, ids, &len, &err);
    if (ok && len > 0 && !advance_all(escalations, ids, len, now_ms, &err))
        ok = err.code != ERROR_STORE && advance_each(escalations, ids, len, now_ms, &err);
    if (!ok || !next_wake(escalations, now_ms, &wake_ms, &err)) {
        log_failure(LOG_ERROR, &err, "escalations wait");
        wake_ms = STORE_RETRY_MS;
    }
    loop_cancel(escalations->loop, escalations->timer);
    escalations->timer = loop_after(escalations->loop, wake_ms, on_timer, escalations);
    arena_finish(&arena);
}

struct escalations *
escalations_create(struct store *store, struct notifier *notifier)
{
    struct escalations *escalations = memory_alloc(sizeof(*escalations));
    escalations->store = store;
    escalations->notifier = notifier;
    return escalations;
}

void
escalations_destroy(struct escalations *escalations)
{
    if (!escalations)
        return;
    if (escalations->loop)
        loop_cancel(escalations->loop, escalations->timer);
    memory_free(escalations);
}

void
escalations_attach(struct escalations *escalations, struct loop *loop)
{
    escalations->loop = loop;
    (void)clock_was_set_by_ms(&escalations->clock); /* the first look at the clock */
    escalations->timer = loop_after(loop, 0, on_timer, escalations);
}
