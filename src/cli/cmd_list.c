#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/when.h"
#include "cli/command.h"
#include "cli/list_changes.h"
#include "cli/list_ics.h"
#include "cli/list_timeline.h"
#include "cli/options.h"
#include "cli/outbox.h"
#include "cli/output.h"
#include "store/cache.h"
#include "store/listing.h"

#define DEFAULT_LIMIT 100

struct list_options {
    int64_t from_ms, to_ms; /* 0 = not given */
    const char *sort;       /* NULL = newest first */
    const char *as_of;      /* NULL = now */
    const char *since;      /* of changes */
    bool ics;
};

static error_t
parse_option(int key, char *value, struct argp_state *state)
{
    struct list_options *options = state->input;
    switch (key) {
    case OPTION_FROM:
        if (!time_from_rfc3339(value, &options->from_ms))
            argp_error(state, "--from: expected a time such as 2026-03-23T03:12:00Z, got '%s'",
                       value);
        return 0;
    case OPTION_TO:
        if (!time_from_rfc3339(value, &options->to_ms))
            argp_error(state, "--to: expected a time such as 2026-03-23T03:12:00Z, got '%s'",
                       value);
        return 0;
    case OPTION_AS_OF:
        options->as_of = value;
        return 0;
    case OPTION_SINCE:
        options->since = value;
        return 0;
    case OPTION_ICS:
        options->ics = true;
        return 0;
    case OPTION_SORT:
        options->sort = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp own_argp = {
    .options = options_list,
    .parser = parse_option,
    .doc =
        "\v"
        "A filter: sev>=major env=prod owner:@me age<2h '\"orders daily\"'\n"
        "Words, and \"quoted phrases\", anywhere in the text; FIELD=VALUE with = != < <= > >= ~ "
        "(contains) and : (is, of a title contains), VALUE,VALUE for any of several; and, or, "
        "not, parentheses. Fields are the columns of the kind, short names (sev env owner status "
        "team ref created due), age, source, and attributes of alerts by name; @me is the "
        "profile's me. Severities compare by rank: sev>=2 is S1 and S2. Times: 2026-03-23, "
        "today, -2h, +3d, none.",
};

static bool
unknown_kind(const char *name, struct error *err)
{
    struct str names;
    str_init(&names, 0);
    for (int kind = 0; kind < KIND_COUNT; kind++)
        str_printf(&names, "%s%s", kind ? " " : "", kind_info((enum kind)kind)->list);
    error_set(err, ERROR_USAGE, "%s%.40s%s: %s, timeline REF, changes and outbox",
              *name ? "there is no kind '" : "expected a kind", name, *name ? "'; there are" : "",
              str_text(&names));
    str_finish(&names);
    return false;
}

/* All arguments behind the kind are one filter. *caret: on a mistake, where it is. */
static bool
read_filter(struct cli *cli, const struct profile *profile, struct store *cache, enum kind kind,
            const char *const *arguments, const struct filter **filter, const char **caret,
            struct error *err)
{
    struct filter_context context;
    struct filter_error problem;
    if (!arguments[0])
        return true;
    const char *text = cli_joined(cli, arguments);

    if (!cache_filter_context(cache, kind, profile->me, &cli->arena, &context, err) ||
        !output_zone(profile, &context.zone, err))
        return false;
    context.derivation = &profile->derivation;
    if (filter_parse(text, &context, &cli->arena, filter, &problem))
        return true;
    *caret = filter_error_caret(text, &problem, &cli->arena);
    return cli->json ? error_set(err, ERROR_USAGE, "filter, byte %zu: %s", problem.at + 1,
                                 problem.message)
                     : error_set(err, ERROR_USAGE, "%s", problem.message);
}

/* Results of a search are not all while the index is being made. */
static bool
warn_of_index(const struct cli *cli, struct store *cache, const struct filter *filter,
              struct error *err)
{
    bool complete;
    if (!filter_has_text(filter))
        return true;
    if (!cache_index_is_complete(cache, &complete, err))
        return false;
    if (!complete && !cli->quiet)
        (void)fprintf(stderr, "tocsin list: the full-text index is still being made: older items "
                              "may be missing\n");
    return true;
}

static struct cache_filter
time_filter(struct arena *arena, const char *column, int test, int64_t time_ms)
{
    const char **values = arena_new_array(arena, 1, const char *);
    values[0] = arena_printf(arena, "%lld", (long long)time_ms);
    struct cache_filter filter = {.column = column, .values = values, .values_len = 1};
    filter.test = test;
    return filter;
}

/* Shifts are the `final` entries around now: what counts after overrides. */
static size_t
add_shift_filters(struct cache_filter filters[3], const struct list_options *options,
                  struct arena *arena)
{
    static const char *const final[] = {"final"};
    size_t len = 0;
    int64_t now = clock_now_ms();
    int64_t from = options->from_ms ? options->from_ms : now - 7 * DAY_MS;
    int64_t to = options->to_ms ? options->to_ms : now + 28 * DAY_MS;
    filters[len++] =
        (struct cache_filter){.column = "list", .test = CACHE_IS, .values = final, .values_len = 1};
    filters[len++] = time_filter(arena, "end_at", CACHE_AT_LEAST, from + 1);
    filters[len++] = time_filter(arena, "start_at", CACHE_BELOW, to);
    return len;
}

static bool
never_complete(enum kind kind, const struct freshness *freshness, struct error *err)
{
    const char *cause = freshness->error_message;
    char time[RFC3339_SIZE];
    if (freshness->history_until)
        return error_set(err, ERROR_STALE,
                         "%s are not all here: their history is fetched back to %.10s so far%s%s",
                         kind_info(kind)->list, time_to_rfc3339(freshness->history_until, time),
                         *cause ? ": " : "", cause);
    return error_set(err, ERROR_STALE,
                     "%s were never completely fetched%s%s: run 'tocsin sync --once'",
                     kind_info(kind)->list, *cause ? ": " : "", cause);
}

/* Status 4 when the rows are older than allowed, or a walk of them was never completed. */
static bool
check_freshness(struct cli *cli, struct store *cache, enum kind kind, struct error *err)
{
    struct freshness freshness = {0};
    bool found;
    const char *table = kind_info(kind)->table;
    if (!freshness_get(cache, table, &cli->arena, &freshness, &found, err))
        return false;
    if (!found || !freshness.last_complete_at)
        return never_complete(kind, &freshness, err);
    int64_t age = clock_now_ms() - freshness.last_complete_at;
    if (cli->max_age_ms >= 0 && age > cli->max_age_ms && !clock_is_frozen()) {
        char text[AGE_SIZE];
        return error_set(err, ERROR_STALE, "%s were last completely fetched %s ago",
                         kind_info(kind)->list, age_text(age, text));
    }
    return true;
}

/* NULL = newest first. */
static bool
find_sort(enum kind kind, const char *name, const struct sort **sort, struct error *err)
{
    *sort = NULL;
    if (!name)
        return true;
    *sort = kind == KIND_SCHEDULE_ENTRY ? NULL : sort_find(kind, name);
    if (*sort)
        return true;
    size_t len = 0;
    const struct sort *sorts = kind == KIND_SCHEDULE_ENTRY ? NULL : sorts_of(kind, &len);
    if (!len)
        return error_set(err, ERROR_USAGE, "%s have one order only", kind_info(kind)->list);
    struct str names;
    str_init(&names, 0);
    for (size_t i = 0; i < len; i++)
        str_printf(&names, " %s", sorts[i].name);
    error_set(err, ERROR_USAGE, "%s are not sorted by '%.40s'; there are:%s", kind_info(kind)->list,
              name, str_text(&names));
    str_finish(&names);
    return false;
}

static bool
list_kind(struct cli *cli, struct store *cache, const struct profile *profile, enum kind kind,
          const struct list_options *options, const struct filter *filter, struct error *err)
{
    struct cache_filter of_shifts[3];
    const bool is_shifts = kind == KIND_SCHEDULE_ENTRY;
    const struct cache_query query = {
        .filters = of_shifts,
        .filters_len = is_shifts ? add_shift_filters(of_shifts, options, &cli->arena) : 0,
        .filter = filter,
        .oldest_first = is_shifts,
        .limit = cli->limit >= 0 ? cli->limit
                 : options->ics  ? 0
                                 : DEFAULT_LIMIT,
    };
    if (options->ics)
        return list_ics(cli, cache, profile, &query, err) && check_freshness(cli, cache, kind, err);
    const struct listing all = {.kind = kind, .base = ""};
    const struct sort *sort;
    struct output output;
    if (!find_sort(kind, options->sort, &sort, err))
        return false;
    bool ok =
        output_begin(&output, cli, profile, kind, err) &&
        (sort ? listing_each(cache, &all, filter, sort, query.limit, output_item, &output, err)
              : cache_list(cache, kind, &query, output_item, &output, err));
    if (!output_end(&output, ok, err) || !ok || !check_freshness(cli, cache, kind, err))
        return false;
    if (!cli->json && !cli->quiet && !output.items_len) /* only complete data may say so */
        fprintf(stderr, "no %s\n", kind_info(kind)->list);
    return true;
}

static bool
check_usage(enum kind kind, const char *const *arguments, const struct list_options *options,
            struct error *err)
{
    const char *what = arguments[0] ? arguments[0] : "";
    if (strcmp(what, "timeline") == 0)
        return (arguments[1] && !arguments[2]) ||
               error_set(err, ERROR_USAGE,
                         "'list timeline' takes one incident: INC-412, 412 or an id");
    if (strcmp(what, "outbox") == 0)
        return (!arguments[1] && !options->as_of && !options->sort && !options->since) ||
               error_set(err, ERROR_USAGE, "'list outbox' takes no filter, sort or time");
    if (strcmp(what, "changes") == 0)
        return (!arguments[1] && !options->as_of && !options->sort) ||
               error_set(err, ERROR_USAGE, "'list changes' takes --since, and no filter or sort");
    if (options->since)
        return error_set(err, ERROR_USAGE,
                         "--since is for 'list changes'; a filter is created>-8h");
    if (kind == KIND_COUNT)
        return unknown_kind(what, err);
    return kind == KIND_SCHEDULE_ENTRY || (!options->from_ms && !options->to_ms && !options->ics) ||
           error_set(err, ERROR_USAGE, "--from, --to and --ics are for shifts");
}

static bool
open_cache(struct cli *cli, const struct profile *profile, const char *as_of, struct store **cache,
           struct error *err)
{
    const struct zone *zone;
    int64_t at_ms;
    if (!as_of)
        return cli_open_cache(cli, profile, cache, err);
    return output_zone(profile, &zone, err) &&
           when_from_text(as_of, WHEN_PAST, zone, clock_now_ms(), &at_ms, err) &&
           cli_open_past(cli, profile, at_ms, cache, err);
}

int
cmd_list(struct cli *cli, int argc, char **argv)
{
    const char *const *arguments;
    int status;
    struct list_options options = {0};
    if (!cli_parse(cli, &own_argp, &options, argc, argv, &arguments, &status))
        return status;

    struct error err = {0};
    struct profile profile;
    struct store *cache = NULL;
    const struct filter *filter = NULL;
    const char *caret = NULL;
    const bool is_timeline = arguments[0] && strcmp(arguments[0], "timeline") == 0;
    const bool is_changes = arguments[0] && strcmp(arguments[0], "changes") == 0;
    const enum kind kind =
        is_timeline ? KIND_INCIDENT : kind_from_list_name(arguments[0] ? arguments[0] : "");
    const bool is_outbox = arguments[0] && strcmp(arguments[0], "outbox") == 0;
    bool ok = check_usage(kind, arguments, &options, &err) && cli_profile(cli, &profile, &err);
    if (ok && is_outbox) /* it needs no cache */
        return list_outbox(cli, &profile, &err) ? 0 : cli_fail(cli, &err);
    ok = ok && open_cache(cli, &profile, options.as_of, &cache, &err);
    if (ok && is_changes)
        ok = list_changes(cli, cache, &profile, options.since ? options.since : "8h", &err);
    else if (ok && is_timeline)
        ok = list_timeline(cli, cache, &profile, arguments[1], &err) &&
             check_freshness(cli, cache, kind, &err);
    else if (ok)
        ok = read_filter(cli, &profile, cache, kind, arguments + 1, &filter, &caret, &err) &&
             warn_of_index(cli, cache, filter, &err) &&
             list_kind(cli, cache, &profile, kind, &options, filter, &err);
    store_close(cache);
    if (ok)
        return 0;
    status = cli_fail(cli, &err);
    if (caret && !cli->json)
        (void)fprintf(stderr, "%s\n", caret);
    return status;
}
