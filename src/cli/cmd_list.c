#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/list_timeline.h"
#include "cli/output.h"
#include "store/cache.h"
#include "wire/wire.h"

#define DEFAULT_LIMIT 100
#define FILTERS_MAX 32

struct list_options {
    int64_t from_ms, to_ms; /* 0 = not given */
};

enum { KEY_FROM = 512, KEY_TO };

static const struct argp_option argp_options[] = {
    {"from", KEY_FROM, "TIME", 0, "shifts that end after TIME (default: 7 days ago)", 0},
    {"to", KEY_TO, "TIME", 0, "shifts that start before TIME (default: in 28 days)", 0},
    {0},
};

static error_t
parse_option(int key, char *value, struct argp_state *state)
{
    struct list_options *options = state->input;
    switch (key) {
    case KEY_FROM:
        if (!time_from_rfc3339(value, &options->from_ms))
            argp_error(state, "--from: expected a time such as 2026-03-23T03:12:00Z, got '%s'",
                       value);
        return 0;
    case KEY_TO:
        if (!time_from_rfc3339(value, &options->to_ms))
            argp_error(state, "--to: expected a time such as 2026-03-23T03:12:00Z, got '%s'",
                       value);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp own_argp = {.options = argp_options, .parser = parse_option};

static bool
unknown_kind(const char *name, struct error *err)
{
    struct str names;
    str_init(&names, 0);
    for (int kind = 0; kind < KIND_COUNT; kind++)
        str_printf(&names, "%s%s", kind ? " " : "", kind_info((enum kind)kind)->list);
    error_set(err, ERROR_USAGE, "%s%.40s%s: %s, and timeline REF",
              *name ? "there is no kind '" : "expected a kind", name, *name ? "'; there are" : "",
              str_text(&names));
    str_finish(&names);
    return false;
}

/* Numbers, times and flags as the store has them; texts as they are. */
static bool
filter_value(const struct field *field, const char *given, struct arena *arena, const char **value,
             struct error *err)
{
    int64_t time_ms;
    *value = given;
    if (field->type == FIELD_TIME) {
        *value = time_from_rfc3339(given, &time_ms)
                     ? arena_printf(arena, "%lld", (long long)time_ms)
                     : NULL;
        return *value || error_set(err, ERROR_USAGE,
                                   "%s: expected a time such as 2026-03-23T03:12:00Z, got '%.60s'",
                                   field->name, given);
    }
    if (field->type == FIELD_BOOLEAN) {
        const bool yes = strcmp(given, "true") == 0;
        *value = yes ? "1" : "0";
        return yes || strcmp(given, "false") == 0 ||
               error_set(err, ERROR_USAGE, "%s: expected true or false, got '%.60s'", field->name,
                         given);
    }
    const bool is_number = field->type == FIELD_INTEGER || field->type == FIELD_REAL;
    return !is_number || (*given && !given[strspn(given, "0123456789.-")]) ||
           error_set(err, ERROR_USAGE, "%s: expected a number, got '%.60s'", field->name, given);
}

/* FIELD=VALUE[,VALUE…] and FIELD!=VALUE on any column of the kind. */
static bool
parse_filter(enum kind kind, const char *text, struct arena *arena, struct cache_filter *filter,
             struct error *err)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return error_set(err, ERROR_USAGE, "expected FIELD=VALUE, got '%.60s'", text);
    bool negated = equals[-1] == '!';
    const char *column = arena_text_len(arena, text, (size_t)(equals - text) - (negated ? 1 : 0));
    const struct field *field = field_find(kind_info(kind)->fields, column);
    if (!field || !(field->flags & FIELD_COLUMN) || field->type == FIELD_LIST) {
        struct str names;
        str_init(&names, 0);
        const struct field_table *table = kind_info(kind)->fields;
        for (size_t i = 0; i < table->fields_len; i++)
            if (table->fields[i].flags & FIELD_COLUMN && table->fields[i].type != FIELD_LIST)
                str_printf(&names, " %s", table->fields[i].name);
        error_set(err, ERROR_USAGE, "%s have no field '%.40s' to filter by; there are:%s",
                  kind_info(kind)->list, column, str_text(&names));
        str_finish(&names);
        return false;
    }
    size_t len = 1;
    for (const char *at = equals + 1; *at; at++)
        len += *at == ',';
    const char **values = arena_new_array(arena, len, const char *);
    char *rest = arena_text(arena, equals + 1);
    for (size_t i = 0; i < len; i++)
        if (!filter_value(field, strsep(&rest, ","), arena, &values[i], err))
            return false;
    *filter = (struct cache_filter){.column = field->name,
                                    .test = negated ? CACHE_IS_NOT : CACHE_IS,
                                    .values = values,
                                    .values_len = len};
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
add_shift_filters(struct cache_filter *filters, size_t len, const struct list_options *options,
                  struct arena *arena)
{
    static const char *const final[] = {"final"};
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

static bool
list_kind(struct cli *cli, struct store *cache, const struct profile *profile, enum kind kind,
          const struct cache_filter *filters, size_t filters_len, struct error *err)
{
    const struct cache_query query = {
        .filters = filters,
        .filters_len = filters_len,
        .oldest_first = kind == KIND_SCHEDULE_ENTRY,
        .limit = cli->limit < 0 ? DEFAULT_LIMIT : cli->limit,
    };
    struct output output;
    bool ok = output_begin(&output, cli, profile, kind, err) &&
              cache_list(cache, kind, &query, output_item, &output, err);
    return output_end(&output, ok, err) && ok;
}

/* arguments: after the kind. */
static bool
read_filters(struct cli *cli, enum kind kind, const char *const *arguments,
             const struct list_options *options, struct cache_filter *filters, size_t *len,
             struct error *err)
{
    *len = 0;
    for (; *arguments; arguments++) {
        if (*len == FILTERS_MAX)
            return error_set(err, ERROR_USAGE, "at most %d filters", FILTERS_MAX);
        if (!parse_filter(kind, *arguments, &cli->arena, &filters[(*len)++], err))
            return false;
    }
    if (kind == KIND_SCHEDULE_ENTRY)
        *len = add_shift_filters(filters, *len, options, &cli->arena);
    else if (options->from_ms || options->to_ms)
        return error_set(err, ERROR_USAGE, "--from and --to are for shifts");
    return true;
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
    struct cache_filter filters[FILTERS_MAX + 3];
    size_t filters_len = 0;
    const char *what = arguments[0] ? arguments[0] : "";
    const bool is_timeline = strcmp(what, "timeline") == 0;
    const enum kind kind = is_timeline ? KIND_INCIDENT : kind_from_list_name(what);
    bool ok;
    if (is_timeline)
        ok = (arguments[1] && !arguments[2]) ||
             error_set(&err, ERROR_USAGE,
                       "'list timeline' takes one incident: INC-412, 412 or an id");
    else
        ok = (kind != KIND_COUNT || unknown_kind(what, &err)) &&
             read_filters(cli, kind, arguments + 1, &options, filters, &filters_len, &err);

    ok = ok && cli_profile(cli, &profile, &err) && cli_open_cache(cli, &profile, &cache, &err) &&
         (is_timeline ? list_timeline(cli, cache, &profile, arguments[1], &err)
                      : list_kind(cli, cache, &profile, kind, filters, filters_len, &err)) &&
         check_freshness(cli, cache, kind, &err);
    store_close(cache);
    return ok ? 0 : cli_fail(cli, &err);
}
