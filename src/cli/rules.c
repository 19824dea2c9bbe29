/* `rules test` and `rules replay`: what a hub.conf makes of events, without a hub. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/when.h"
#include "cli/rules.h"
#include "config/file.h"
#include "hub/declare.h"
#include "hub/objects.h"
#include "hub/rehearsal.h"
#include "hub/routing.h"
#include "model/decision.h"
#include "wire/wire.h"

enum { PAYLOAD_MAX_BYTES = 1024 * 1024, TITLE_MAX_BYTES = 200 };

/* ---- rules test ---- */

static const struct hub_source *
find_source(const struct hub_file *file, const char *name, struct error *err)
{
    for (size_t i = 0; i < file->sources_len; i++) {
        const struct hub_source *source = &file->sources[i];
        bool is_it = name ? text_equals(source->title, name) || text_equals(source->name, name)
                          : strcmp(source->type, "heartbeat") != 0;
        if (is_it)
            return source;
    }
    if (name)
        error_set(err, ERROR_USAGE, "%s has no alert source '%.60s'", file->path, name);
    else
        error_set(err, ERROR_USAGE, "%s has no alert source", file->path);
    return NULL;
}

static bool
read_payload(const char *path, struct str *text, struct error *err)
{
    char block[8192];
    if (strcmp(path, "-") != 0)
        return file_read(path, text, err);
    for (size_t len; (len = fread(block, 1, sizeof block, stdin)) > 0;)
        str_append_len(text, block, len);
    if (ferror(stdin))
        return error_set(err, ERROR_FILE, "cannot read standard input: %s", strerror(errno));
    return !text->overflowed ||
           error_set(err, ERROR_FILE, "standard input has more than %d bytes", PAYLOAD_MAX_BYTES);
}

/* As the hub's intake takes it. */
static bool
read_event(const struct hub_source *source, struct slice body, struct arena *arena,
           struct alert_event *event, struct error *err)
{
    const char *field;
    if (!text_is_valid_utf8(body.data, body.len) || !wire_is_valid(body))
        return error_set(err, ERROR_USAGE, "it is not JSON in UTF-8, or nested too deeply");
    object_clear(&alert_event_table, event);
    event->payload = "";
    if (strcmp(source->type, "custom") == 0) {
        event->payload = arena_text_len(arena, body.data, body.len);
    } else {
        if (!wire_read_fields(&alert_event_table, body, arena, event, err)) {
            err->code = ERROR_USAGE;
            return false;
        }
        const char *complaint = alert_event_complaint(event, &field);
        if (complaint)
            return error_set(err, ERROR_USAGE, "%s: %s", field, complaint);
    }
    event->alert_source_id = declared_id("alert_source", source->title, arena);
    event->query_params = "{}";
    event->received_at = clock_now_ms();
    if (!*event->deduplication_key)
        event->deduplication_key = object_new_id(event->received_at, arena);
    return true;
}

static bool
tell(struct cli *cli, struct rehearsal *rehearsal, const char *path, const char *alert_id,
     size_t *told, struct error *err)
{
    struct decision decision;
    bool found = false;
    size_t len;
    if (*alert_id &&
        !decision_load(rehearsal_store(rehearsal), alert_id, &cli->arena, &decision, &found, err))
        return false;
    if (cli->json) {
        printf("%s%s", *told ? ",\n" : "[",
               found ? wire_write_object(&decision_table, &decision, &cli->arena) : "null");
    } else {
        printf("%s%s\n", *told ? "\n" : "", text_clean(&cli->arena, path, TITLE_MAX_BYTES));
        if (found) {
            const struct story_line *lines = decision_story(&decision, &cli->arena, &len);
            fputs(story_plain(lines, len, &cli->arena), stdout);
        } else {
            puts("No alert begins with it: nothing of that key was firing.");
        }
    }
    ++*told;
    return true;
}

int
rules_test(struct cli *cli, const struct hub_file *file, const char *source_name,
           const char *const *paths)
{
    struct rehearsal *rehearsal = NULL;
    struct error err;
    size_t told = 0;
    const struct hub_source *source = find_source(file, source_name, &err);
    bool ok = source && rehearsal_open(&rehearsal, file, &err);
    for (; ok && *paths; paths++) {
        struct alert_event event;
        struct str text;
        const char *alert_id;
        str_init(&text, PAYLOAD_MAX_BYTES);
        ok = read_payload(*paths, &text, &err) &&
             (read_event(source, str_slice(&text), &cli->arena, &event, &err) ||
              error_wrap(&err, "'%s' is no event of the source '%s'", *paths, source->title)) &&
             rehearsal_play(rehearsal, &event, &cli->arena, &alert_id, &err) &&
             tell(cli, rehearsal, *paths, alert_id, &told, &err);
        str_finish(&text);
    }
    if (cli->json && told)
        puts("]");
    rehearsal_close(rehearsal);
    return ok ? 0 : cli_fail(cli, &err);
}

/* ---- rules replay ---- */

struct tally {
    int64_t alerts, routed, unrouted, groups, incidents, pages;
};

struct outcome {
    bool is_known; /* there is a decision */
    struct tally tally;
    const char *routes; /* names of those taken */
};

static bool
read_outcome(struct store *store, const char *alert_id, struct arena *arena,
             struct outcome *outcome, struct error *err)
{
    struct decision decision;
    struct str routes;
    *outcome = (struct outcome){.routes = ""};
    if (!*alert_id)
        return true;
    if (!decision_load(store, alert_id, arena, &decision, &outcome->is_known, err))
        return false;
    if (!outcome->is_known)
        return true;
    str_init(&routes, 0);
    for (size_t i = 0; i < decision.routes_len; i++) {
        const struct decision_route *route = &decision.routes[i];
        if (!route->taken)
            continue;
        outcome->tally.routed = 1;
        outcome->tally.groups += *route->group_id && route->group_is_new;
        outcome->tally.incidents += *route->incident_id && route->incident_is_new;
        for (size_t page = 0; page < route->pages_len; page++)
            outcome->tally.pages += *route->pages[page].escalation_id != '\0';
        str_printf(&routes, "%s%s", routes.len ? ", " : "", route->name);
    }
    outcome->tally.alerts = 1;
    outcome->tally.unrouted = !outcome->tally.routed;
    outcome->routes = arena_text(arena, str_text(&routes));
    str_finish(&routes);
    return true;
}

static void
add(struct tally *sum, const struct tally *one)
{
    sum->alerts += one->alerts;
    sum->routed += one->routed;
    sum->unrouted += one->unrouted;
    sum->groups += one->groups;
    sum->incidents += one->incidents;
    sum->pages += one->pages;
}

static bool
is_same(const struct outcome *a, const struct outcome *b)
{
    return a->is_known == b->is_known && a->tally.pages == b->tally.pages &&
           a->tally.incidents == b->tally.incidents && a->tally.groups == b->tally.groups &&
           strcmp(a->routes, b->routes) == 0;
}

struct difference {
    const char *title;
    int64_t at;
    struct outcome before, after;
};

struct replay {
    struct cli *cli;
    struct store *store;
    struct rehearsal *rehearsal;
    struct tally before, after;
    int64_t events, foreign; /* foreign: of sources that the file does not have */
    struct difference *differences;
    size_t differences_len, differences_max, different;
};

/* Alerts are counted once, at the event that began them: there is a decision and it is of that moment. */
static bool
play(struct replay *replay, const struct alert_event *event, const char *was_about,
     struct arena *arena, struct error *err)
{
    const char *is_about;
    struct outcome before, after;
    struct alert alert;
    bool found;
    if (!rehearsal_play(replay->rehearsal, event, arena, &is_about, err))
        return false;
    if (strcmp(event->status, "firing") != 0 && !*event->payload)
        return true;
    if (!object_load(replay->store, KIND_ALERT, was_about, arena, &alert, &found, err))
        return false;
    bool began_before = found && alert.created_at == event->received_at;
    if (!object_load(rehearsal_store(replay->rehearsal), KIND_ALERT, is_about, arena, &alert,
                     &found, err))
        return false;
    bool began_after = found && alert.created_at == event->received_at;
    if (!began_before && !began_after)
        return true;
    if (!read_outcome(replay->store, began_before ? was_about : "", arena, &before, err) ||
        !read_outcome(rehearsal_store(replay->rehearsal), began_after ? is_about : "", arena,
                      &after, err))
        return false;
    add(&replay->before, &before.tally);
    add(&replay->after, &after.tally);
    if (is_same(&before, &after))
        return true;
    if (replay->different++ < replay->differences_max) {
        struct arena *kept = &replay->cli->arena;
        before.routes = arena_text(kept, before.routes);
        after.routes = arena_text(kept, after.routes);
        replay->differences[replay->differences_len++] =
            (struct difference){arena_text(kept, found ? alert.title : event->title),
                                event->received_at, before, after};
    }
    return true;
}

static bool
play_all(struct replay *replay, int64_t since_ms, struct error *err)
{
    struct arena arena = {0};
    struct statement *statement;
    bool row = true, ok = store_statement(replay->store, SQL_ALERT_EVENT_SINCE, &statement, err);
    if (ok)
        bind_integer(statement, "since", since_ms);
    while (ok && row) {
        bool found;
        arena_reset(&arena);
        ok = statement_step(statement, &row, err);
        if (!ok || !row)
            break;
        const struct alert_event event = {
            .alert_source_id = row_text(statement, &arena, 0),
            .deduplication_key = row_text(statement, &arena, 1),
            .status = row_text(statement, &arena, 2),
            .title = row_text(statement, &arena, 3),
            .description = row_text(statement, &arena, 4),
            .source_url = row_text(statement, &arena, 5),
            .metadata = row_text(statement, &arena, 6),
            .query_params = row_text(statement, &arena, 7),
            .payload = row_text(statement, &arena, 8),
            .received_at = row_integer(statement, 9),
        };
        const char *was_about = row_text(statement, &arena, 10);
        struct alert_source source;
        ok = cache_get(rehearsal_store(replay->rehearsal), KIND_ALERT_SOURCE, event.alert_source_id,
                       &arena, &source, &found, err);
        replay->events++;
        if (ok && !found)
            replay->foreign++;
        else if (ok)
            ok = play(replay, &event, was_about, &arena, err);
    }
    arena_finish(&arena);
    return ok;
}

static void
append_tally(struct str *out, const char *name, const struct tally *tally)
{
    str_printf(out,
               "\"%s\":{\"alerts\":%lld,\"unrouted\":%lld,\"groups\":%lld,\"incidents\":%lld,"
               "\"pages\":%lld}",
               name, (long long)tally->alerts, (long long)tally->unrouted, (long long)tally->groups,
               (long long)tally->incidents, (long long)tally->pages);
}

static void
append_outcome(struct str *out, const char *name, const struct outcome *outcome)
{
    str_printf(out, ",\"%s\":{\"routes\":", name);
    wire_append_string(out, outcome->routes);
    str_printf(out, ",\"incidents\":%lld,\"groups\":%lld,\"pages\":%lld}",
               (long long)outcome->tally.incidents, (long long)outcome->tally.groups,
               (long long)outcome->tally.pages);
}

static void
print_json(const struct replay *replay)
{
    struct str out;
    char at[RFC3339_SIZE];
    str_init(&out, 0);
    str_printf(&out, "{\"events\":%lld,\"events_of_unknown_sources\":%lld,",
               (long long)replay->events, (long long)replay->foreign);
    append_tally(&out, "happened", &replay->before);
    str_append_char(&out, ',');
    append_tally(&out, "would_have", &replay->after);
    str_printf(&out, ",\"different\":%zu,\"differences\":[", replay->different);
    for (size_t i = 0; i < replay->differences_len; i++) {
        const struct difference *difference = &replay->differences[i];
        str_printf(&out, "%s{\"at\":\"%s\",\"title\":", i ? ",\n" : "",
                   time_to_rfc3339(difference->at, at));
        wire_append_string(&out, difference->title);
        append_outcome(&out, "happened", &difference->before);
        append_outcome(&out, "would_have", &difference->after);
        str_append_char(&out, '}');
    }
    puts(str_text(&out));
    printf("]}\n");
    str_finish(&out);
}

static const char *
outcome_words(struct arena *arena, const struct outcome *outcome)
{
    if (!outcome->is_known)
        return "no alert";
    if (!*outcome->routes)
        return "unrouted";
    return arena_printf(arena, "%s%s%s%s", text_clean(arena, outcome->routes, TITLE_MAX_BYTES),
                        outcome->tally.groups ? ", new group" : "",
                        outcome->tally.incidents ? ", new incident" : "",
                        outcome->tally.pages ? ", pages" : "");
}

static void
print_plain(const struct replay *replay)
{
    const struct {
        const char *name;
        int64_t before, after;
    } rows[] = {
        {"alerts", replay->before.alerts, replay->after.alerts},
        {"unrouted", replay->before.unrouted, replay->after.unrouted},
        {"groups", replay->before.groups, replay->after.groups},
        {"incidents", replay->before.incidents, replay->after.incidents},
        {"pages", replay->before.pages, replay->after.pages},
    };
    struct arena *arena = &replay->cli->arena;
    char at[RFC3339_SIZE];
    printf("%lld events", (long long)replay->events);
    if (replay->foreign)
        printf(", %lld of them of sources that the file does not have", (long long)replay->foreign);
    printf("\n\n%-10s  %10s  %10s\n", "", "happened", "would have");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        printf("%-10s  %10lld  %10lld\n", rows[i].name, (long long)rows[i].before,
               (long long)rows[i].after);
    if (replay->different)
        printf("\n%zu alerts would have gone another way", replay->different);
    if (replay->different > replay->differences_len)
        printf("; the first %zu (--limit)", replay->differences_len);
    puts(replay->different ? ":" : "\nEvery alert would have gone the same way.");
    for (size_t i = 0; i < replay->differences_len; i++) {
        const struct difference *difference = &replay->differences[i];
        printf("%s  %s\n    happened:   %s\n    would have: %s\n",
               time_to_rfc3339(difference->at, at),
               text_clean(arena, difference->title, TITLE_MAX_BYTES),
               outcome_words(arena, &difference->before), outcome_words(arena, &difference->after));
    }
}

int
rules_replay(struct cli *cli, const struct hub_file *file, const char *since, const char *data)
{
    enum { DIFFERENCES_DEFAULT = 20, DIFFERENCES_MAX = 100000 };
    struct replay replay = {.cli = cli};
    int64_t since_ms;
    struct error err;
    const char *directory =
        data ? data
             : arena_printf(&cli->arena, "%s/tocsin/hub",
                            directory_from_env(&cli->arena, "XDG_STATE_HOME", ".local/state"));
    replay.differences_max = cli->limit < 0                                ? DIFFERENCES_DEFAULT
                             : !cli->limit || cli->limit > DIFFERENCES_MAX ? DIFFERENCES_MAX
                                                                           : (size_t)cli->limit;
    replay.differences = arena_new_array(&cli->arena, replay.differences_max, struct difference);
    bool ok =
        when_from_text(since ? since : "30d", WHEN_PAST, zone_system(), clock_now_ms(), &since_ms,
                       &err) &&
        store_open(&replay.store, STORE_HUB, arena_printf(&cli->arena, "%s/hub.db", directory),
                   STORE_READ, NULL, &err) &&
        rehearsal_open(&replay.rehearsal, file, &err) && play_all(&replay, since_ms, &err);
    if (ok && cli->json)
        print_json(&replay);
    else if (ok)
        print_plain(&replay);
    rehearsal_close(replay.rehearsal);
    store_close(replay.store);
    return ok ? 0 : cli_fail(cli, &err);
}
