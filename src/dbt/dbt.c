#include "dbt/dbt.h"

#include <string.h>

#include "base/text.h"
#include "dbt/event.h"

struct work {
    const struct dbt_input *input;
    struct arena *arena;
    struct dbt_output *output;
    struct dbt_results results[2]; /* by kind */
    bool has_results[2];
    struct dbt_manifest manifest;
    bool has_manifest;
    size_t events_cap, left_out;
};

static void
add_notice(struct work *work, const struct error *notice)
{
    struct dbt_output *output = work->output;
    if (output->notices_len < DBT_NOTICES_MAX)
        output->notices[output->notices_len++] = *notice;
}

#define NOTICE(work, code, ...)                                                                    \
    do {                                                                                           \
        struct error notice_ = {0};                                                                \
        error_set(&notice_, code, __VA_ARGS__);                                                    \
        add_notice(work, &notice_);                                                                \
    } while (0)

/* ---- what was read ---- */

static const char *const kinds[] = {[DBT_RUN_RESULTS] = "run-results", [DBT_SOURCES] = "sources"};

/* Versions that are known; a newer one is read by the same fields. */
static const int newest[] = {[DBT_RUN_RESULTS] = 6, [DBT_SOURCES] = 3};
enum { MANIFEST_NEWEST = 12 };

static int
version_of(const char *schema)
{
    const char *at = strstr(schema, "/v");
    int version = 0;
    for (at = at ? at + 2 : ""; *at >= '0' && *at <= '9' && version < 100000; at++)
        version = version * 10 + *at - '0';
    return version;
}

static void
say_version(struct work *work, const char *path, const char *schema, int known)
{
    if (version_of(schema) > known)
        NOTICE(work, ERROR_NONE,
               "'%s' is %s, which is newer than what is known (v%d): it was read by its fields",
               path, schema, known);
}

static bool
check_results(struct work *work, const struct dbt_results *results, const char *path,
              struct error *err)
{
    const char *kind = kinds[results->kind];
    if (*results->schema && strncmp(results->schema, kind, strlen(kind)) != 0)
        return error_set(err, ERROR_FILE, "'%s' is a dbt %.60s, not a dbt %s", path,
                         results->schema, kind);
    if (!*results->schema && !results->has_results)
        return error_set(err, ERROR_FILE, "'%s' is no dbt %s: it has no results", path, kind);
    say_version(work, path, results->schema, newest[results->kind]);
    if (results->unnamed)
        NOTICE(work, ERROR_PARTIAL, "'%s': %zu results were left out: they have no unique_id", path,
               results->unnamed);
    if (results->unknown)
        NOTICE(work, ERROR_PARTIAL,
               "'%s': %zu results were left out: their status is not known, such as '%s'", path,
               results->unknown, results->unknown_status);
    if (!dbt_results_are_of_a_run(results))
        NOTICE(work, results->is_whole ? ERROR_NONE : ERROR_PARTIAL,
               "'%s' was not written by a run (%s%.40s): nothing is resolved by it", path,
               *results->which ? "dbt " : "the command is not said", results->which);
    /* It stands at the end, and is part of every key. */
    if (results->kind == DBT_RUN_RESULTS && !results->is_whole && !*results->target &&
        !*work->input->environment)
        NOTICE(work, ERROR_PARTIAL,
               "'%s' ends before it says its target: its alerts are not those of other runs, and "
               "none will resolve them; give --environment",
               path);
    return true;
}

/* False: no results from there, err says why. */
static bool
read_results(struct work *work, enum dbt_results_kind kind, const char *path, struct error *err)
{
    struct dbt_results *results = &work->results[kind];
    if (!*path)
        return error_set(err, ERROR_NONE, "not asked for");
    work->has_results[kind] = dbt_results_read(results, kind, path, err);
    if (work->has_results[kind] && !results->is_whole)
        NOTICE(work, ERROR_PARTIAL, "%s: the %zu results before that are used", err->message,
               results->len);
    work->has_results[kind] = work->has_results[kind] && check_results(work, results, path, err);
    return work->has_results[kind];
}

static bool
check_manifest(struct work *work, const char *path, const struct error *why)
{
    struct dbt_manifest *manifest = &work->manifest;
    const char *schema = dbt_manifest_word(manifest, manifest->schema);
    const char *lost = "tests, owners and what is downstream may be missing";
    if (!manifest->is_whole && !manifest->nodes_len) {
        NOTICE(work, ERROR_PARTIAL, "%s: %s", why->message, lost);
        return false;
    }
    if (!manifest->is_whole)
        NOTICE(work, ERROR_PARTIAL, "%s: the %zu nodes before that are used; %s", why->message,
               manifest->nodes_len, lost);
    if (*schema ? strncmp(schema, "manifest/", 9) != 0 : !manifest->nodes_len) {
        NOTICE(work, ERROR_PARTIAL, "'%s' is no dbt manifest%s%.60s: %s", path,
               *schema ? " but a " : "", schema, lost);
        return false;
    }
    say_version(work, path, schema, MANIFEST_NEWEST);
    return true;
}

/* A manifest of another project knows none of the nodes, an older one of this project not all of them. */
static bool
belongs(struct work *work)
{
    size_t known = 0, all = 0;
    const char *example = "";
    for (int kind = 0; kind < 2; kind++)
        for (size_t i = 0; work->has_results[kind] && i < work->results[kind].len; i++) {
            const struct dbt_result *result = &work->results[kind].items[i];
            bool is_known = dbt_manifest_find(&work->manifest, result->unique_id) ||
                            dbt_type_of(result->unique_id) == DBT_TYPE_OPERATION;
            all++;
            known += is_known;
            if (!is_known && !*example)
                example = text_clean(work->arena, result->unique_id, 200);
        }
    if (known == all)
        return true;
    NOTICE(work, ERROR_PARTIAL,
           "'%s' does not belong to these results: it lacks %zu of their %zu nodes, such as '%s'%s",
           work->input->manifest, all - known, all, example, known ? "" : "; it was not used");
    return known > 0;
}

/* While it is read, so that its schema is that of the file. */
static void
read_manifest(struct work *work)
{
    struct error err = {0};
    const char *path = work->input->manifest;
    if (!*path)
        return;
    bool ok = dbt_manifest_read(&work->manifest, path, &err);
    work->has_manifest =
        (ok || !work->manifest.is_whole) && check_manifest(work, path, &err) && belongs(work);
}

/* ---- the events ---- */

static void
put(struct work *work, const struct dbt_context *context, const struct dbt_result *result,
    bool resolved)
{
    struct dbt_output *output = work->output;
    if (output->events_len == DBT_EVENTS_MAX && !resolved) {
        work->left_out++;
        return;
    }
    if (output->events_len == work->events_cap) {
        size_t cap = work->events_cap ? 2 * work->events_cap : 64;
        struct alert_event_out *larger = arena_new_array(work->arena, cap, struct alert_event_out);
        if (output->events_len)
            memcpy(larger, output->events, output->events_len * sizeof *larger);
        output->events = larger;
        work->events_cap = cap;
    }
    output->events[output->events_len++] = dbt_event(context, result, resolved, work->arena);
    output->firing += !resolved;
}

static bool
raises_alert(const struct dbt_result *result)
{
    return dbt_status_level(result->status) || dbt_is_broken(result);
}

static void
count(struct dbt_output *output, const struct dbt_result *result)
{
    const char *level = dbt_status_level(result->status);
    if (level)
        *(*level == 'e'   ? &output->errors
          : *level == 'f' ? &output->fails
                          : &output->warnings) += 1;
    else if (result->status == DBT_SKIPPED)
        output->skipped++;
    else if (dbt_status_is_good(result->status))
        output->good++;
    else
        output->other++;
}

static void
put_firing(struct work *work, const struct dbt_context *context)
{
    const struct dbt_results *results = context->results;
    for (size_t i = 0; i < results->len; i++) {
        count(work->output, &results->items[i]);
        if (raises_alert(&results->items[i]))
            put(work, context, &results->items[i], false);
    }
}

static void
put_resolved(struct work *work, const struct dbt_context *context)
{
    const struct dbt_input *input = work->input;
    const struct dbt_results *results = context->results;
    char key[DBT_KEY_SIZE];
    if (!dbt_results_are_of_a_run(results))
        return;
    for (size_t i = 0; i < results->len; i++)
        if (dbt_status_is_good(results->items[i].status) &&
            (!input->is_firing ||
             input->is_firing(input->context,
                              dbt_key(context->environment, results->items[i].unique_id, key),
                              results->generated_at_ms)))
            put(work, context, &results->items[i], true);
}

static struct dbt_build
build_of(struct work *work, int kind)
{
    if (work->input->build)
        return *work->input->build;
    return work->has_results[kind]
               ? dbt_build_of(&work->results[kind], work->input->variable, work->arena)
               : (struct dbt_build){0};
}

static void
make_events(struct work *work)
{
    const struct dbt_results *runs = &work->results[DBT_RUN_RESULTS];
    const char *environment = work->input->environment;
    struct dbt_context contexts[2];
    /* A freshness check does not say what its target was: that of the run beside it will be. */
    if (!*environment && work->has_results[DBT_RUN_RESULTS])
        environment = runs->target;
    for (int kind = 0; kind < 2; kind++)
        contexts[kind] = (struct dbt_context){
            .results = &work->results[kind],
            .manifest = work->has_manifest ? &work->manifest : NULL,
            .environment = environment,
            .build = build_of(work, kind),
        };
    for (int kind = 0; kind < 2; kind++) {
        if (!work->has_results[kind])
            continue;
        put_firing(work, &contexts[kind]);
        if (work->results[kind].generated_at_ms > work->output->generated_at_ms)
            work->output->generated_at_ms = work->results[kind].generated_at_ms;
    }
    for (int kind = 0; kind < 2; kind++)
        if (work->has_results[kind])
            put_resolved(work, &contexts[kind]);
    if (work->left_out)
        NOTICE(work, ERROR_PARTIAL, "%zu failing nodes were left out: more than %d at once",
               work->left_out, DBT_EVENTS_MAX);
    if (work->has_manifest && graph_is_exhausted(&work->manifest.graph))
        NOTICE(work, ERROR_PARTIAL,
               "'%s': the graph is too large to be walked for every failure: what is downstream "
               "of some is not complete",
               work->input->manifest);
}

bool
dbt_events(const struct dbt_input *input, struct arena *arena, struct dbt_output *output,
           struct error *err)
{
    struct work *work = memory_alloc(sizeof *work);
    struct error run_error = {0}, source_error = {0};
    *output = (struct dbt_output){0};
    *work = (struct work){.input = input, .arena = arena, .output = output};
    bool has_run = read_results(work, DBT_RUN_RESULTS, input->run_results, &run_error);
    bool has_sources = read_results(work, DBT_SOURCES, input->sources, &source_error);
    bool ok = has_run || has_sources;
    if (ok) {
        if (!has_run && *input->run_results)
            add_notice(work, &run_error);
        if (!has_sources && *input->sources)
            add_notice(work, &source_error);
        read_manifest(work);
        make_events(work);
    } else {
        if (*input->run_results && *input->sources)
            add_notice(work, &source_error);
        *err = *input->run_results ? run_error : source_error;
    }
    for (int kind = 0; kind < 2; kind++)
        if (*(kind == DBT_RUN_RESULTS ? input->run_results : input->sources))
            dbt_results_finish(&work->results[kind]);
    if (work->manifest.nodes)
        dbt_manifest_finish(&work->manifest);
    memory_free(work);
    return ok;
}
