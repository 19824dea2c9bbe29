#include "hub/routing.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "hub/routing_internal.h"
#include "wire/decision_note.h"
#include "wire/wire.h"

struct routing {
    struct store *store;
    struct rules *rules;
    int64_t version; /* of the rules in memory; 0 = none yet */
};

struct routing *
routing_create(struct store *store)
{
    struct routing *routing = memory_alloc(sizeof *routing);
    routing->store = store;
    return routing;
}

void
routing_destroy(struct routing *routing)
{
    if (!routing)
        return;
    rules_destroy(routing->rules);
    memory_free(routing);
}

/* ---- rules as they are stored ---- */

static bool
add_route(void *context, const char *json)
{
    struct error err;
    if (!rules_add(context, json, &err)) /* the others go on */
        log_failure(LOG_ERROR, &err, "it is left out");
    return true;
}

static bool
stored_version(struct routing *routing, int64_t *version, struct error *err)
{
    struct statement *statement;
    bool row;
    if (!store_statement(routing->store, SQL_RULES_VERSION, &statement, err) ||
        !statement_step(statement, &row, err))
        return false;
    *version = row ? row_integer(statement, 0) : 1;
    statement_reset(statement);
    return true;
}

static bool
read_rules(struct routing *routing, struct error *err)
{
    const struct cache_query query = {.oldest_first = true};
    int64_t version;
    if (!stored_version(routing, &version, err))
        return false;
    if (routing->rules && version == routing->version)
        return true;
    struct rules *rules = rules_create();
    if (!cache_list(routing->store, KIND_ALERT_ROUTE, &query, add_route, rules, err)) {
        rules_destroy(rules);
        return false;
    }
    rules_index(rules);
    rules_destroy(routing->rules);
    routing->rules = rules;
    routing->version = version;
    return true;
}

bool
routing_survivors(struct routing *routing, const struct alert *alert, struct arena *arena,
                  struct rule_survivor **survivors, size_t *survivors_len, int64_t *generation,
                  struct error *err)
{
    if (!read_rules(routing, err))
        return false;
    *survivors_len = rules_survivors(routing->rules, alert, arena, survivors);
    *generation = routing->version;
    return true;
}

bool
routing_is_current(struct routing *routing, int64_t generation, bool *current, struct error *err)
{
    int64_t version;
    if (!stored_version(routing, &version, err))
        return false;
    *current = version == generation && version == routing->version;
    return true;
}

/* ---- the decision, kept ---- */

bool
decision_load(struct store *store, const char *alert_id, struct arena *arena,
              struct decision *decision, bool *found, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_DECISION_GET, &statement, err))
        return false;
    bind_text(statement, "alert_id", alert_id);
    if (!statement_step(statement, found, err) || !*found)
        return !*found;
    const char *json = row_text(statement, arena, 0);
    statement_reset(statement);
    return decision_read(json, arena, decision, err) ||
           error_wrap(err, "the decision on the alert '%s' makes no sense", alert_id);
}

static bool
put_decision(struct store *store, const struct decision *decision, const char *note_id,
             struct arena *arena, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, SQL_DECISION_PUT, &statement, err))
        return false;
    bind_text(statement, "alert_id", decision->alert_id);
    bind_integer(statement, "decided_at", decision->decided_at);
    bind_text(statement, "note_id", note_id);
    bind_text(statement, "json", decision_json(decision, arena));
    return statement_run(statement, err);
}

static bool
keep_decision(struct store *store, const struct decision *decision, int64_t now_ms,
              struct arena *arena, struct error *err)
{
    struct alert_note note;
    object_clear(&alert_note_table, &note);
    note.id = object_new_id(now_ms, arena);
    note.alert_id = decision->alert_id;
    note.content = decision_note(decision, arena);
    note.created_at = note.updated_at = now_ms;
    return object_save(store, KIND_ALERT_NOTE, &note, now_ms, arena, err) &&
           put_decision(store, decision, note.id, arena, err);
}

bool
decision_retell(struct store *store, const struct decision *decision, int64_t now_ms,
                struct arena *arena, struct error *err)
{
    struct statement *statement;
    struct alert_note note;
    bool found;
    if (!store_statement(store, SQL_DECISION_GET, &statement, err))
        return false;
    bind_text(statement, "alert_id", decision->alert_id);
    if (!statement_step(statement, &found, err))
        return false;
    const char *note_id = found ? row_text(statement, arena, 1) : "";
    statement_reset(statement);
    if (!put_decision(store, decision, note_id, arena, err) ||
        !object_load(store, KIND_ALERT_NOTE, note_id, arena, &note, &found, err))
        return false;
    if (!found)
        return true; /* somebody removed it */
    note.content = decision_note(decision, arena);
    note.updated_at = note.last_edited_at = now_ms > note.updated_at ? now_ms : note.updated_at + 1;
    return object_save(store, KIND_ALERT_NOTE, &note, now_ms, arena, err);
}

static bool
run_before(struct store *store, enum sql sql, int64_t before_ms, struct error *err)
{
    struct statement *statement;
    if (!store_statement(store, sql, &statement, err))
        return false;
    bind_integer(statement, "before", before_ms);
    return statement_run(statement, err);
}

bool
routing_trim(struct store *store, int64_t before_ms, struct error *err)
{
    return run_before(store, SQL_DECISION_TRIM, before_ms, err) &&
           run_before(store, SQL_ALERT_GROUP_TRIM, before_ms, err);
}

/* ---- deciding ---- */

/* "major" of JSON "\"major\"", "a, b" of an array. */
static const char *
readable(const char *json, struct arena *arena)
{
    struct wire_document *document;
    const char *text = "";
    if (!*json ||
        !wire_document_read(slice_of(arena_printf(arena, "{\"v\":%s}", json)), &document, NULL))
        return "";
    size_t len = *json == '[' ? wire_document_count(document, "v") : 0;
    if (*json != '[')
        text = wire_document_text(document, arena, "v");
    for (size_t i = 0; i < len; i++)
        text = arena_printf(arena, "%s%s%s", text, i ? ", " : "",
                            wire_document_text(document, arena, arena_printf(arena, "v.%zu", i)));
    wire_document_destroy(document);
    return text;
}

static const char *
shortened(const char *text, struct arena *arena)
{
    size_t len = 300;
    if (strlen(text) <= len)
        return text;
    while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
        len--;
    return arena_printf(arena, "%.*s…", (int)len, text);
}

static void
tell_attributes(const struct attribute_outcomes *outcomes, struct arena *arena,
                struct decision *decision)
{
    if (!outcomes || outcomes->len == 0)
        return;
    struct decision_attribute *items =
        arena_new_array(arena, outcomes->len, struct decision_attribute);
    for (size_t i = 0; i < outcomes->len; i++) {
        const struct attribute_outcome *outcome = &outcomes->items[i];
        items[i] = (struct decision_attribute){
            .attribute_id = outcome->attribute_id,
            .name = outcome->name,
            .expression = shortened(outcome->expression, arena),
            .value = shortened(readable(outcome->value, arena), arena),
            .reason = outcome->reason,
        };
    }
    decision->attributes = items;
    decision->attributes_len = outcomes->len;
}

/* A maintenance window that is on and whose conditions the alert meets holds it back (facts 12). */
static bool
find_window(struct routing *routing, const struct alert *alert, int64_t now_ms, struct arena *arena,
            const char **name, struct error *err)
{
    struct statement *statement;
    const struct rule_route nowhere = {0};
    const struct rule_survivor none = {.route = &nowhere};
    const struct rule_scope scope = rule_scope_of(alert, &none, arena);
    bool row = true;
    *name = "";
    if (!store_statement(routing->store, SQL_MAINTENANCE_WINDOW_ACTIVE, &statement, err))
        return false;
    bind_integer(statement, "now", now_ms);
    while (row && !**name) {
        const struct condition_group *groups;
        size_t len;
        struct error ignored;
        if (!statement_step(statement, &row, err))
            return false;
        if (row &&
            condition_groups_read(row_text(statement, arena, 1), arena, &groups, &len, &ignored) &&
            condition_groups_hold(groups, len, &scope.scope))
            *name = row_text(statement, arena, 0);
    }
    statement_reset(statement);
    return true;
}

/* Expressions that nobody ran gave nothing. */
static void
fill_results(struct rule_survivor *survivors, size_t len, struct arena *arena)
{
    for (size_t i = 0; i < len; i++) {
        size_t count = survivors[i].route->expressions_len;
        struct rule_result *results = arena_new_array(arena, count + 1, struct rule_result);
        for (size_t j = 0; j < count; j++)
            results[j] = (struct rule_result){"", "it was not run"};
        if (!survivors[i].results)
            survivors[i].results = results;
    }
}

static void
say_channels(struct passage *passage)
{
    const struct rule_route *route = passage->route;
    struct subject_values channels = {0};
    for (size_t i = 0; i < route->destinations_len; i++) {
        const struct rule_destination *destination = &route->destinations[i];
        if (condition_groups_hold(destination->condition_groups, destination->condition_groups_len,
                                  &passage->scope.scope))
            rule_values(destination->channel_literal, destination->channel_reference,
                        destination->channels, destination->channels_len, &passage->scope.scope,
                        &channels);
    }
    struct decision_person *said =
        arena_new_array(passage->arena, channels.len + 1, struct decision_person);
    for (size_t i = 0; i < channels.len; i++)
        said[i] = (struct decision_person){.id = channels.items[i].literal,
                                           .name = channels.items[i].name};
    passage->said->channels = said;
    passage->said->channels_len = channels.len;
}

/* The routes that took it, one after the other. */
static bool
pass(struct routing *routing, struct alert *alert, const struct rule_survivor **taken,
     struct decision *decision, int64_t now_ms, struct arena *arena, struct error *err)
{
    struct decision_route *routes =
        arena_new_array(arena, decision->routes_len + 1, struct decision_route);
    if (decision->routes_len)
        memcpy(routes, decision->routes, decision->routes_len * sizeof *routes);
    decision->routes = routes;
    for (size_t i = 0; i < decision->routes_len; i++) {
        if (!taken[i])
            continue;
        struct passage passage = {
            .store = routing->store,
            .arena = arena,
            .now_ms = now_ms,
            .alert = alert,
            .route = taken[i]->route,
            .scope = rule_scope_of(alert, taken[i], arena),
            .said = &routes[i],
            .incident_id = "",
        };
        if (!passage_group(&passage, err) ||
            (passage.is_grouped &&
             !object_save(routing->store, KIND_ALERT, alert, now_ms, arena, err)) ||
            !passage_incident(&passage, err) || !passage_pages(&passage, err) ||
            !passage_keep_group(&passage, err))
            return false;
        say_channels(&passage);
    }
    return true;
}

/* What was told before stands in the new decision too. */
static void
tell_again(const struct decision *before, int64_t now_ms, struct arena *arena,
           struct decision *decision)
{
    struct decision_later *later =
        arena_new_array(arena, before->later_len + 1, struct decision_later);
    if (before->later_len)
        memcpy(later, before->later, before->later_len * sizeof *later);
    later[before->later_len] = (struct decision_later){
        now_ms, arena_printf(arena, "The maintenance window '%s', which held it, is over.",
                             before->held_by)};
    decision->attributes = before->attributes;
    decision->attributes_len = before->attributes_len;
    decision->later = later;
    decision->later_len = before->later_len + 1;
}

bool
routing_decide(struct routing *routing, const struct routing_event *event, int64_t now_ms,
               struct arena *arena, struct error *err)
{
    struct decision decision, before;
    struct alert alert;
    struct rule_survivor *survivors;
    const struct rule_survivor **taken;
    size_t len = event->survivors_len;
    bool found, again;

    if (!decision_load(routing->store, event->alert_id, arena, &before, &again, err))
        return false;
    if (again && !(event->again && *before.held_by))
        return true;
    if (!object_load(routing->store, KIND_ALERT, event->alert_id, arena, &alert, &found, err))
        return false;
    if (!found)
        return true;
    model_derive(KIND_ALERT, &alert, &derivation_default, NULL, 0);
    if (!read_rules(routing, err))
        return false;
    if (event->survivors && event->generation == routing->version) {
        survivors = arena_new_array(arena, len + 1, struct rule_survivor);
        if (len)
            memcpy(survivors, event->survivors, len * sizeof *survivors);
    } else {
        len = rules_survivors(routing->rules, &alert, arena, &survivors);
    }
    fill_results(survivors, len, arena);

    object_clear(&decision_table, &decision);
    decision.version = DECISION_VERSION;
    decision.decided_at = now_ms;
    decision.alert_id = alert.id;
    decision.title = shortened(alert.title, arena);
    decision.source_id = alert.alert_source_id;
    decision.source = event->source;
    tell_attributes(event->outcomes, arena, &decision);
    if (again)
        tell_again(&before, now_ms, arena, &decision);
    if (!find_window(routing, &alert, now_ms, arena, &decision.held_by, err))
        return false;
    if (*decision.held_by == '\0') {
        rules_decide(routing->rules, &alert, event->source, survivors, len, arena, &decision,
                     &taken);
        if (!pass(routing, &alert, taken, &decision, now_ms, arena, err))
            return false;
    }
    return again ? decision_retell(routing->store, &decision, now_ms, arena, err)
                 : keep_decision(routing->store, &decision, now_ms, arena, err);
}
