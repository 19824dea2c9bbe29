#include "dbt/results.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "dbt/stream.h"

enum {
    MESSAGE_MAX_BYTES = 4000,
    MESSAGE_READ_BYTES = 64 * 1024, /* of which what is left after cleaning counts */
    VARIABLES_MAX = 200,
    RESULTS_MAX = 2000000,
};

static const struct {
    const char *name, *level;
    bool is_good;
} statuses[] = {
#define X(id, name, level, good) [DBT_##id] = {name, level, good},
    DBT_STATUSES(X)
#undef X
};

const char *
dbt_status_name(enum dbt_status status)
{
    return statuses[status].name;
}

const char *
dbt_status_level(enum dbt_status status)
{
    return statuses[status].level;
}

bool
dbt_status_is_good(enum dbt_status status)
{
    return statuses[status].is_good;
}

struct slice
dbt_schema_of(struct slice url)
{
    static const char extension[] = ".json";
    const size_t extension_len = sizeof extension - 1;
    if (url.len > extension_len &&
        memcmp(url.data + url.len - extension_len, extension, extension_len) == 0)
        url.len -= extension_len;
    size_t start = url.len;
    for (int slashes = 0; start > 0; start--)
        if (url.data[start - 1] == '/' && ++slashes == 2)
            break;
    return (struct slice){url.data + start, url.len - start};
}

/* ---- what is wanted of the file ---- */

/* clang-format off: tables, one row a line */
enum {
    SCHEMA = 1,
    DBT_VERSION,
    GENERATED_AT,
    INVOCATION,
    VARIABLE,
    WHICH,
    TARGET,
    RPC_METHOD,
    RESULTS,
    UNIQUE_ID,
    STATUS,
    MESSAGE,
    RELATION,
    FAILURES,
    FAILED_BATCH,
    LOADED_AT,
    AGE,
    WARN_COUNT,
    WARN_PERIOD,
    ERROR_COUNT,
    ERROR_PERIOD,
};
static const struct json_shape env_members[] = {JSON_MEMBER("*", VARIABLE), JSON_END};
static const struct json_shape metadata_members[] = {
    JSON_MEMBER("dbt_schema_version", SCHEMA), JSON_MEMBER("dbt_version", DBT_VERSION),
    JSON_MEMBER("generated_at", GENERATED_AT), JSON_MEMBER("invocation_id", INVOCATION),
    JSON_OBJECT("env", 0, env_members),        JSON_END};
static const struct json_shape args_members[] = {JSON_MEMBER("which", WHICH),
                                                 JSON_MEMBER("target", TARGET),
                                                 JSON_MEMBER("rpc_method", RPC_METHOD), JSON_END};
static const struct json_shape batches_members[] = {JSON_MEMBER("failed", FAILED_BATCH), JSON_END};
static const struct json_shape warn_members[] = {JSON_MEMBER("count", WARN_COUNT),
                                                 JSON_MEMBER("period", WARN_PERIOD), JSON_END};
static const struct json_shape error_members[] = {JSON_MEMBER("count", ERROR_COUNT),
                                                  JSON_MEMBER("period", ERROR_PERIOD), JSON_END};
static const struct json_shape criteria_members[] = {JSON_OBJECT("warn_after", 0, warn_members),
                                                     JSON_OBJECT("error_after", 0, error_members),
                                                     JSON_END};
static const struct json_shape result_members[] = {
    JSON_MEMBER("unique_id", UNIQUE_ID),
    JSON_MEMBER("status", STATUS),
    JSON_MEMBER("message", MESSAGE),
    JSON_MEMBER("error", MESSAGE), /* of a freshness check that broke */
    JSON_MEMBER("relation_name", RELATION),
    JSON_MEMBER("failures", FAILURES),
    JSON_OBJECT("batch_results", 0, batches_members),
    JSON_OBJECT("overload_results", 0, batches_members),
    JSON_MEMBER("max_loaded_at", LOADED_AT),
    JSON_MEMBER("max_loaded_at_time_ago_in_s", AGE),
    JSON_OBJECT("criteria", 0, criteria_members),
    JSON_END};
static const struct json_shape file_members[] = {
    JSON_OBJECT("metadata", 0, metadata_members), JSON_OBJECT("args", 0, args_members),
    JSON_OBJECT("results", RESULTS, result_members), JSON_END};
/* clang-format on */

struct reading {
    struct dbt_results *results;
    struct dbt_result result;
    struct str unique_id;
    struct str message;
    struct str variable;
    bool is_unknown;
};

static enum dbt_status
status_of(struct slice text)
{
    for (enum dbt_status i = DBT_UNKNOWN + 1; i < DBT_STATUS_COUNT; i++)
        if (text.len == strlen(statuses[i].name) &&
            strncasecmp(text.data, statuses[i].name, text.len) == 0)
            return i;
    return DBT_UNKNOWN;
}

static const char *
keep(struct dbt_results *results, struct slice text)
{
    if (text.len > NAME_MAX_BYTES)
        text.len = NAME_MAX_BYTES;
    return text_repair_utf8(&results->arena, text.data, text.len);
}

static double
number_of(struct slice text, double otherwise)
{
    char digits[32];
    char *end;
    if (!text.len || text.len >= sizeof digits)
        return otherwise;
    memcpy(digits, text.data, text.len);
    digits[text.len] = '\0';
    double number = strtod(digits, &end);
    return *end ? otherwise : number;
}

static int64_t
count_of(struct slice text, int64_t otherwise)
{
    double number = number_of(text, -1);
    return number >= 0 && number < 1e15 ? (int64_t)number : otherwise;
}

static void
on_begin(void *context, int id)
{
    struct reading *reading = context;
    if (id != RESULTS)
        return;
    reading->result = (struct dbt_result){.unique_id = "",
                                          .message = "",
                                          .relation = "",
                                          .loaded_at = "",
                                          .warn_after.period = "",
                                          .error_after.period = "",
                                          .failures = -1,
                                          .age_s = -1};
    reading->is_unknown = false;
    str_clear(&reading->unique_id);
    str_clear(&reading->message);
}

static void
on_member(void *context, int id, struct slice name)
{
    static const char prefix[] = "DBT_ENV_CUSTOM_ENV_"; /* which some versions leave */
    struct reading *reading = context;
    (void)id; /* the environment's variables are the only ones that are not named */
    str_clear(&reading->variable);
    if (name.len >= sizeof prefix && memcmp(name.data, prefix, sizeof prefix - 1) == 0) {
        name.data += sizeof prefix - 1;
        name.len -= sizeof prefix - 1;
    }
    str_append_len(&reading->variable, name.data, name.len);
}

static void
add_variable(struct reading *reading, struct slice text)
{
    struct dbt_results *results = reading->results;
    if (!results->variables)
        results->variables = arena_new_array(&results->arena, VARIABLES_MAX, struct dbt_variable);
    if (results->variables_len < VARIABLES_MAX)
        results->variables[results->variables_len++] = (struct dbt_variable){
            keep(results, str_slice(&reading->variable)), keep(results, text)};
}

static void
set_status(struct reading *reading, struct slice text)
{
    struct dbt_results *results = reading->results;
    reading->result.status = status_of(text);
    reading->is_unknown = reading->result.status == DBT_UNKNOWN;
    if (reading->is_unknown && !results->unknown)
        results->unknown_status = text_clean(&results->arena, keep(results, text), 60);
}

static bool
on_value(void *context, int id, struct slice text)
{
    struct reading *reading = context;
    struct dbt_results *results = reading->results;
    struct dbt_result *result = &reading->result;
    switch (id) {
    case SCHEMA:
        results->schema = keep(results, dbt_schema_of(text));
        break;
    case DBT_VERSION:
        results->dbt_version = keep(results, text);
        break;
    case GENERATED_AT:
        if (!time_from_rfc3339(keep(results, text), &results->generated_at_ms))
            results->generated_at_ms = 0;
        break;
    case INVOCATION:
        results->invocation_id = keep(results, text);
        break;
    case VARIABLE:
        add_variable(reading, text);
        break;
    case RPC_METHOD:
        if (!*results->which)
            results->which = keep(results, text);
        break;
    case WHICH:
        results->which = keep(results, text);
        break;
    case TARGET:
        results->target = keep(results, text);
        break;
    case UNIQUE_ID:
        str_clear(&reading->unique_id);
        str_append_len(&reading->unique_id, text.data,
                       text.len < NAME_MAX_BYTES ? text.len : NAME_MAX_BYTES);
        break;
    case STATUS:
        set_status(reading, text);
        break;
    case MESSAGE:
        str_append_len(&reading->message, text.data,
                       text.len < MESSAGE_READ_BYTES ? text.len : MESSAGE_READ_BYTES);
        break;
    case RELATION:
        result->relation = keep(results, text);
        break;
    case FAILURES:
        result->failures = count_of(text, -1);
        break;
    case FAILED_BATCH:
        result->failed_batches++; /* a start and an end each; told in halves */
        break;
    case LOADED_AT:
        result->loaded_at = keep(results, text);
        break;
    case AGE:
        result->age_s = number_of(text, -1);
        break;
    case WARN_COUNT:
        result->warn_after.count = count_of(text, 0);
        break;
    case WARN_PERIOD:
        result->warn_after.period = keep(results, text);
        break;
    case ERROR_COUNT:
        result->error_after.count = count_of(text, 0);
        break;
    case ERROR_PERIOD:
        result->error_after.period = keep(results, text);
        break;
    default:
        break;
    }
    return true;
}

/* What a person would rather know of two results that a file has of one node. */
static int
weight(enum dbt_status status)
{
    return status == DBT_WARN ? 1 : dbt_status_level(status) ? 2 : status == DBT_SKIPPED ? 0 : -1;
}

static void
put(struct dbt_results *results, struct slice unique_id, struct dbt_result *result)
{
    uint32_t number = names_add(&results->ids, unique_id);
    result->unique_id = names_text(&results->ids, number);
    if (number <= results->len) {
        struct dbt_result *older = &results->items[number - 1];
        if (weight(result->status) > weight(older->status))
            *older = *result;
        return;
    }
    if (results->len == results->cap) {
        results->cap = results->cap ? 2 * results->cap : 256;
        results->items = memory_resize(results->items, results->cap * sizeof *results->items);
    }
    results->items[results->len++] = *result; /* number - 1 */
}

static void
on_end(void *context, int id)
{
    struct reading *reading = context;
    struct dbt_results *results = reading->results;
    struct dbt_result *result = &reading->result;
    if (id != RESULTS)
        return;
    results->has_results = true;
    results->unknown += reading->is_unknown;
    if (!reading->unique_id.len) {
        results->unnamed++;
        return;
    }
    result->failed_batches = (result->failed_batches + 1) / 2;
    if (!dbt_status_is_good(result->status) && reading->message.len) {
        struct arena scratch = {0};
        const char *text =
            text_repair_utf8(&scratch, str_text(&reading->message), reading->message.len);
        result->message = text_clean_lines(&results->arena, text, MESSAGE_MAX_BYTES);
        arena_finish(&scratch);
    }
    if (results->len < RESULTS_MAX)
        put(results, str_slice(&reading->unique_id), result);
}

bool
dbt_results_read(struct dbt_results *results, enum dbt_results_kind kind, const char *path,
                 struct error *err)
{
    struct reading reading = {.results = results};
    const struct json_reader reader = {file_members, &reading, on_begin,
                                       on_member,    on_value, on_end};
    *results = (struct dbt_results){.kind = kind,
                                    .schema = "",
                                    .dbt_version = "",
                                    .invocation_id = "",
                                    .which = "",
                                    .target = "",
                                    .unknown_status = ""};
    names_init(&results->ids);
    str_init(&reading.unique_id, NAME_MAX_BYTES);
    str_init(&reading.message, MESSAGE_READ_BYTES * 2);
    str_init(&reading.variable, NAME_MAX_BYTES);
    results->is_whole = json_stream_read(path, &reader, err);
    str_finish(&reading.unique_id);
    str_finish(&reading.message);
    str_finish(&reading.variable);
    return results->is_whole || results->len;
}

void
dbt_results_finish(struct dbt_results *results)
{
    memory_free(results->items);
    names_finish(&results->ids);
    arena_finish(&results->arena);
}

bool
dbt_results_are_of_a_run(const struct dbt_results *results)
{
    static const char *const executing[] = {"build",    "run",           "test",  "seed",
                                            "snapshot", "run-operation", "clone", "retry"};
    if (results->kind == DBT_SOURCES)
        return true;
    for (size_t i = 0; i < sizeof executing / sizeof *executing; i++)
        if (strcmp(results->which, executing[i]) == 0)
            return true;
    return false;
}

const struct dbt_result *
dbt_results_find(const struct dbt_results *results, const char *unique_id)
{
    uint32_t number = names_find(&results->ids, slice_of(unique_id));
    return number && number <= results->len ? &results->items[number - 1] : NULL;
}
