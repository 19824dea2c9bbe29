#include "demo/alert.h"

#include <assert.h>
#include <string.h>

#include "base/str.h"
#include "wire/wire.h"

static const char *const error_texts[] = {
    "column \"discount_pct\" does not exist",
    "column \"delivery_window\" does not exist",
    "division by zero",
    "invalid input syntax for type date: \"2025-02-30\"",
    "value too long for type character varying(32)",
    "query ran out of memory after 12.4 GB",
    "statement timeout after 900 s",
    "permission denied for schema raw_payments",
    "duplicate row detected during merge",
    "deadlock detected, query was the victim",
    "relation \"raw_courier.scans_v2\" does not exist",
    "numeric field overflow",
    "invalid UTF-8 in column \"farm_name\"",
    "cannot cast \"N/A\" to numeric",
    "connection closed by the warehouse",
    "number of columns in union does not match",
};

static const char *
error_text(struct world *world)
{
    return error_texts[prng_below(&world->prng, sizeof(error_texts) / sizeof(error_texts[0]))];
}

int64_t
pipeline_run_ms(int64_t time_ms)
{
    int64_t run_ms = time_ms / HOUR_MS * HOUR_MS + 5 * MINUTE_MS;
    return run_ms >= time_ms ? run_ms : run_ms + HOUR_MS;
}

/* ---- attributes ---- */

struct attribute_list {
    struct alert_attribute_entry *items;
    size_t len;
};

static struct alert_attribute_entry *
attribute_add(struct world *world, struct attribute_list *list, enum attribute_name name,
              const char *value)
{
    if (text_is_empty(value))
        return NULL;
    const struct alert_attribute *attribute = &world->attributes[name];
    struct alert_attribute_entry *entry = &list->items[list->len++];
    object_clear(&alert_attribute_entry_table, entry);
    entry->attribute_id = attribute->id;
    entry->attribute_name = attribute->name;
    entry->attribute_type = attribute->type;
    entry->attribute_array = attribute->array;
    if (!attribute->array)
        entry->literal = entry->label = value;
    return entry;
}

static const char *
exposures_add(struct world *world, struct arena *arena, struct attribute_list *list, int node,
              int *models_len, int *exposures_len)
{
    const struct pipeline *pipeline = pipeline_get();
    int downstream[PIPELINE_MAX];
    int len = node >= 0 ? pipeline_downstream(pipeline, node, downstream) : 0;
    struct alert_attribute_value *values =
        arena_new_array(arena, (size_t)len + 1, struct alert_attribute_value);
    struct str skipped;

    str_init(&skipped, 0);
    for (int i = 0; i < len; i++) {
        const struct node *n = &pipeline->nodes[downstream[i]];
        if (n->kind != NODE_EXPOSURE) {
            if (*models_len < 6)
                str_printf(&skipped, "%s%s", *models_len ? ", " : "", n->name);
            (*models_len)++;
            continue;
        }
        struct alert_attribute_value *value = &values[(*exposures_len)++];
        object_clear(&alert_attribute_value_table, value);
        value->literal = value->label = n->name;
    }
    if (*models_len > 6)
        str_printf(&skipped, " and %d more", *models_len - 6);
    if (*exposures_len > 0) {
        struct alert_attribute_entry *entry = attribute_add(world, list, ATTRIBUTE_EXPOSURES, "-");
        entry->array_value = values;
        entry->array_value_len = (size_t)*exposures_len;
    }
    const char *text = arena_text(arena, str_text(&skipped));
    str_finish(&skipped);
    return text;
}

static const char *
late_text(struct arena *arena, int minutes)
{
    return minutes < 120 ? arena_printf(arena, "%d min", minutes)
                         : arena_printf(arena, "%d h %02d min", minutes / 60, minutes % 60);
}

/* Title, description and key, by what went wrong. */
static void
describe(struct world *world, struct arena *arena, const struct failure *failure,
         const char *unique_id, const char *skipped, const char *commit, struct alert *alert)
{
    const struct pipeline *pipeline = pipeline_get();
    const struct node *node = failure->node >= 0 ? &pipeline->nodes[failure->node] : NULL;
    const char *path = node ? pipeline_path(pipeline, failure->node, arena) : "";
    const char *tests[TESTS_MAX];
    const char *test = failure->test;
    const char *test_name = "";
    long long build = (long long)failure->build;

    if (node && !test && (failure->fault == FAULT_TEST || failure->fault == FAULT_WARN)) {
        int len = pipeline_tests(pipeline, failure->node, arena, tests);
        test = len ? tests[prng_below(&world->prng, (uint32_t)len)] : "unique:id";
    }
    if (node && test)
        test_name = pipeline_test_name(pipeline, failure->node, test, arena);

    switch (failure->fault) {
    case FAULT_TEST:
    case FAULT_WARN: {
        assert(node && test); /* a test is of some node */
        const char *verb = failure->fault == FAULT_WARN ? "warned" : "failed";
        const char *verdict = failure->fault == FAULT_WARN ? "warn" : "fail";
        /* dbt's name of a generic test repeats the model's: the title spells it "not_null order_id". */
        const char *colon = strchr(test, ':');
        const char *brief =
            strncmp(test, "assert:", 7) == 0 || !colon
                ? test_name
                : arena_printf(arena, "%.*s %s", (int)(colon - test), test, colon + 1);
        alert->title = arena_printf(arena, "%s: %s %s, %d row%s", node->name, brief, verb,
                                    failure->rows, failure->rows == 1 ? "" : "s");
        alert->description = arena_printf(arena,
                                          "Got %d result%s, configured to %s if != 0\n\nTest `%s` "
                                          "on `%s` (%s)\nRun %lld, commit `%s`",
                                          failure->rows, failure->rows == 1 ? "" : "s", verdict,
                                          test_name, node->name, path, build, commit);
        alert->deduplication_key = arena_printf(arena, "%s.%s", unique_id, test_name);
        break;
    }
    case FAULT_ERROR:
        alert->title = arena_printf(arena, "%s: %s", node->name, failure->text);
        alert->description = arena_printf(
            arena,
            "Database Error in model %s (%s)\n  %s\n  compiled code at "
            "target/run/brindlecart/%s%s%s\n\nRun %lld, commit `%s`",
            node->name, path, failure->text, path,
            text_is_empty(skipped) ? "" : "\n\nSkipped because of it: ", skipped, build, commit);
        alert->deduplication_key = arena_text(arena, unique_id);
        break;
    case FAULT_LATE:
        alert->title = arena_printf(arena, "freshness: %s %s late", node->name,
                                    late_text(arena, failure->minutes));
        alert->description = arena_printf(
            arena, "Newest row of `%s` is %s old, error after %d min\n\nFed from it: %s\nRun %lld",
            node->name, late_text(arena, failure->minutes), failure->minutes > 180 ? 180 : 60,
            skipped, build);
        alert->deduplication_key = arena_printf(arena, "%s.freshness", unique_id);
        break;
    case FAULT_DEPLOY:
        alert->title = arena_printf(arena, "deploy-main #%lld failed: %s", build, failure->text);
        alert->description = arena_printf(
            arena, "Job `%s` of workflow `deploy-main` ended with exit code 1\n\nCommit `%s`",
            failure->text, commit);
        alert->deduplication_key = arena_printf(arena, "deploy-main.%s", failure->text);
        break;
    case FAULT_QUESTION:
        alert->title = arena_printf(arena, "#ask-data: %s", failure->text);
        alert->description = arena_printf(
            arena, "%s\n\n(@data-responder was mentioned in #ask-data)", failure->text);
        alert->deduplication_key =
            arena_printf(arena, "ask-data.%lld.%08x", (long long)failure->at_ms,
                         (unsigned)prng_next(&world->prng));
        break;
    case FAULT_SILENCE:
        alert->title = arena_printf(arena, "hourly run: no report for %d min", failure->minutes);
        alert->description = "The hourly run has not reported within an hour and a quarter.";
        alert->deduplication_key = "hourly-run";
        break;
    }
}

void
alert_make(struct world *world, struct arena *arena, const struct failure *given,
           struct alert *alert)
{
    static const char *const levels[] = {
        [FAULT_TEST] = "fail",     [FAULT_WARN] = "warn",    [FAULT_ERROR] = "error",
        [FAULT_LATE] = "error",    [FAULT_DEPLOY] = "error", [FAULT_QUESTION] = "",
        [FAULT_SILENCE] = "error",
    };
    const struct pipeline *pipeline = pipeline_get();
    struct failure failure = *given;
    const struct node *node = failure.node >= 0 ? &pipeline->nodes[failure.node] : NULL;
    struct attribute_list list = {
        .items = arena_new_array(arena, ATTRIBUTE_COUNT, struct alert_attribute_entry)};
    int models_len = 0, exposures_len = 0;

    if (!failure.build)
        failure.build = world->next_build++;
    object_clear(&alert_table, alert);
    alert->id = world_id(world, arena, failure.at_ms);
    alert->status = "firing";
    alert->created_at = alert->updated_at = failure.at_ms;
    enum source_name source = failure.fault == FAULT_DEPLOY     ? SOURCE_CI
                              : failure.fault == FAULT_QUESTION ? SOURCE_QUESTIONS
                              : failure.fault == FAULT_SILENCE  ? SOURCE_HEARTBEAT
                                                                : SOURCE_DBT;
    alert->alert_source_id = world->sources[source].id;
    const char *environment = failure.environment ? failure.environment : "prod";
    const char *commit =
        arena_printf(arena, "%07x", (unsigned)(prng_next(&world->prng) & 0xfffffff));

    const char *skipped =
        exposures_add(world, arena, &list, failure.node, &models_len, &exposures_len);
    const char *severity = failure.severity;
    if (!severity) {
        bool is_loud = failure.fault == FAULT_ERROR || failure.fault == FAULT_LATE;
        severity = failure.fault == FAULT_WARN || !text_equals(environment, "prod") ? "low"
                   : failure.fault == FAULT_QUESTION                                ? "low"
                   : is_loud && exposures_len > 3                                   ? "major"
                                                                                    : "minor";
    }
    attribute_add(world, &list, ATTRIBUTE_SEVERITY, severity);
    attribute_add(world, &list, ATTRIBUTE_ENVIRONMENT, environment);
    attribute_add(world, &list, ATTRIBUTE_LEVEL, levels[failure.fault]);
    if (node) {
        attribute_add(world, &list, ATTRIBUTE_OWNER, world->users[node->owner].name);
        attribute_add(world, &list, ATTRIBUTE_TEAM, world->teams[node->team].name);
        attribute_add(world, &list, ATTRIBUTE_NODE, node->name);
        attribute_add(world, &list, ATTRIBUTE_DOWNSTREAM, arena_printf(arena, "%d", models_len));
    } else
        attribute_add(
            world, &list, ATTRIBUTE_TEAM,
            world->teams[failure.fault == FAULT_QUESTION ? TEAM_DATA : TEAM_PLATFORM].name);
    if (failure.fault != FAULT_QUESTION && failure.fault != FAULT_SILENCE)
        attribute_add(world, &list, ATTRIBUTE_COMMIT, commit);
    alert->attributes = list.items;
    alert->attributes_len = list.len;

    const char *unique_id = node ? arena_printf(arena, "%s/%s", environment,
                                                pipeline_unique_id(pipeline, failure.node, arena))
                                 : "";
    describe(world, arena, &failure, unique_id, skipped, commit, alert);
    if (failure.fault != FAULT_SILENCE)
        alert->source_url =
            failure.fault == FAULT_QUESTION
                ? arena_printf(arena, "https://brindlecart.slack.example/archives/C0ASKDATA/p%lld",
                               (long long)failure.at_ms * 1000)
                : arena_printf(arena, "https://ci.%s/runs/%lld", demo_mail,
                               (long long)failure.build);
}

/* ---- the everyday ---- */

/* Some tests fail every other week, most hardly ever: the flaky ones, with how many tickets each has in the draw. */
static const struct {
    const char *node, *test;
    int tickets;
    enum fault fault;
} flaky[] = {
    {"stg_courier__scans", "unique:scan_id", 26, FAULT_TEST},
    {"courier.scans", NULL, 30, FAULT_LATE},
    {"fx.rates", NULL, 16, FAULT_LATE},
    {"ads.spend_daily", NULL, 20, FAULT_LATE},
    {"farm_portal.harvest_forecasts", NULL, 12, FAULT_LATE},
    {"depot.temperature_log", NULL, 14, FAULT_LATE},
    {"fct_deliveries", "relationships:order_id", 22, FAULT_TEST},
    {"fct_pick_errors", "not_null:pick_error_key", 12, FAULT_WARN},
    {"stg_web__events", "accepted_values:event_name", 24, FAULT_WARN},
    {"int_payments_matched", "relationships:order_id", 16, FAULT_TEST},
    {"dim_customers", "not_null:region", 14, FAULT_WARN},
    {"fct_tickets", "relationships:customer_id", 12, FAULT_TEST},
    {"fct_ad_performance", "not_null:spend_gbp", 16, FAULT_TEST},
    {"fct_stock_levels", "assert:stock_is_not_negative", 18, FAULT_TEST},
    {"delivery_sla_daily", "assert:on_time_share_is_plausible", 10, FAULT_WARN},
    {"stg_jp__order_lines", "not_null:顧客番号", 7, FAULT_TEST},
    {"stg_de__liefergebiete", "not_null:postleitzahl", 6, FAULT_TEST},
    {"customers_360", NULL, 9, FAULT_ERROR},
    {"int_sessions_stitched", NULL, 12, FAULT_ERROR},
};

static const char *const questions[] = {
    "is Tuesday's revenue final? it moved since this morning",
    "why does the trading pack show fewer boxes than the depot screens?",
    "which table has voucher redemptions by box?",
    "can someone refresh the farm scorecard before my 14:00?",
    "the churn number jumped two points overnight, real or us?",
    "do refunds count on the day of the order or of the refund?",
    "Köln Nord is missing from the courier map, did a region go?",
    "is the Japan pilot in net revenue or not?",
    "I see the same customer twice in the CRM export",
    "what time does yesterday close? 02:00 or 04:00?",
    "ad spend for last Thursday is zero, was that us or the network?",
    "who owns margin_by_box these days?",
    "are paused subscriptions active in fct_subscriptions?",
    "stock for depot Hull reads -40 crates, that cannot be right",
    "can I trust delivery_sla_daily for the bank holiday?",
    "the payout file has one farm less than last week",
};

static int
everyday_rows(struct prng *prng)
{
    int64_t size = prng_between(prng, 0, 9);
    if (size < 5)
        return (int)prng_between(prng, 1, 9);
    if (size < 8)
        return (int)prng_between(prng, 10, 90);
    return (int)(size < 9 ? prng_between(prng, 100, 900) : prng_between(prng, 1000, 24000));
}

struct failure
failure_everyday(struct world *world, struct arena *arena, int64_t at_ms)
{
    const struct pipeline *pipeline = pipeline_get();
    struct prng *prng = &world->prng;
    struct failure failure = {.at_ms = at_ms, .node = -1, .rows = everyday_rows(prng)};
    int64_t draw = prng_between(prng, 0, 99);

    (void)arena;
    if (draw < 6) {
        failure.fault = FAULT_QUESTION;
        failure.text = questions[prng_below(prng, sizeof(questions) / sizeof(questions[0]))];
        return failure;
    }
    if (draw < 10) {
        static const char *const jobs[] = {"dbt build --select state:modified+", "lint",
                                           "unit tests", "docs", "terraform plan"};
        failure.fault = FAULT_DEPLOY;
        failure.text = jobs[prng_below(prng, 5)];
        return failure;
    }
    if (draw < 62) {
        int total = 0;
        for (size_t i = 0; i < sizeof(flaky) / sizeof(flaky[0]); i++)
            total += flaky[i].tickets;
        int ticket = (int)prng_below(prng, (uint32_t)total);
        size_t i = 0;
        while (ticket >= flaky[i].tickets)
            ticket -= flaky[i++].tickets;
        failure.fault = flaky[i].fault;
        failure.test = flaky[i].test;
        failure.node = pipeline_find(pipeline, flaky[i].node);
    } else {
        do
            failure.node = (int)prng_below(prng, (uint32_t)pipeline->len);
        while (pipeline->nodes[failure.node].kind == NODE_EXPOSURE ||
               pipeline->nodes[failure.node].kind == NODE_SEED);
        if (pipeline->nodes[failure.node].kind == NODE_SOURCE)
            failure.fault = FAULT_LATE;
        else
            failure.fault = draw < 72 ? FAULT_ERROR : draw < 84 ? FAULT_WARN : FAULT_TEST;
    }
    failure.text = failure.fault == FAULT_ERROR ? error_text(world) : "";
    failure.minutes =
        (int)(prng_chance(prng, 0.8) ? prng_between(prng, 61, 190) : prng_between(prng, 190, 900));
    if (prng_chance(prng, 0.07))
        failure.environment = "staging";
    return failure;
}

/* How likely something breaks: fewer changes at weekends, more at month's end, before Christmas and in one bad week. */
static double
trouble(const struct world *world, int64_t time_ms)
{
    struct civil civil = zone_to_civil(world->london, time_ms);
    double weight = civil.weekday >= 5 ? 0.45 : 1.0;
    if (civil.hour >= 9 && civil.hour < 18)
        weight *= 1.5;
    if (civil.day <= 2 || civil.day >= 30)
        weight *= 2.1;
    if (civil.month == 12 && civil.day >= 8 && civil.day <= 24)
        weight *= 1.6;
    /* The week of the warehouse migration. */
    int64_t bad_week_ms = world->now_ms - MIGRATION_AGO_MS;
    if (time_ms >= bad_week_ms && time_ms < bad_week_ms + 6 * DAY_MS)
        weight *= 3.6;
    return weight / (1.5 * 2.1 * 3.6);
}

static int64_t
troubled_time(struct world *world)
{
    for (;;) {
        int64_t time_ms = prng_between(&world->prng, world->since_ms, world->now_ms - 3 * HOUR_MS);
        if (prng_chance(&world->prng, trouble(world, time_ms)))
            return time_ms / SECOND_MS * SECOND_MS;
    }
}

/* Next run mostly; at night and at weekends nobody looks before the morning. */
static int64_t
resolution_ms(struct world *world, const struct failure *failure)
{
    struct prng *prng = &world->prng;
    if (failure->fault == FAULT_QUESTION)
        return failure->at_ms + prng_between(prng, 6 * 60, 300 * 60) * SECOND_MS;
    if (failure->fault == FAULT_DEPLOY)
        return failure->at_ms + prng_between(prng, 9 * 60, 150 * 60) * SECOND_MS;
    int64_t hours = prng_chance(prng, 0.6)    ? 1
                    : prng_chance(prng, 0.75) ? prng_between(prng, 2, 5)
                                              : prng_between(prng, 6, 40);
    return pipeline_run_ms(failure->at_ms + (hours - 1) * HOUR_MS + MINUTE_MS) +
           prng_between(prng, 90, 1400) * SECOND_MS;
}

static void
note_add(struct world *world, const struct alert *alert, int64_t at_ms, const char *content)
{
    struct alert_note note;
    const struct user *user = &world->users[world_on_call(world, at_ms)];
    object_clear(&alert_note_table, &note);
    note.id = world_id(world, &world->scratch, at_ms);
    note.content = content;
    note.alert_id = alert->id;
    note.created_at = note.updated_at = at_ms;
    SET_USER(&note, creator_user, user);
    world_put(world, KIND_ALERT_NOTE, &note, at_ms);
}

static const char *const note_texts[] = {
    "Known: the courier re-sends a scan when the van goes through the tunnel. Gone with the next "
    "run.",
    "Late because their export job starts at :00 and takes an hour at month end. Asked them again "
    "to move it.",
    "Looked at the rows: all from one depot's test account. Left as is.",
    "Re-ran the model by hand, green.",
    "Not ours. Told #platform, they are restarting the loader.",
    "Third time this week. Wants a **warn** threshold or a fix, see the follow-up.",
    "Same rows as yesterday:\n\n- `status = 'void'` is new in the shop\n- nobody told us\n\nAdded "
    "to accepted values.",
    "Warehouse was busy with the month-end close. Second attempt went through.",
    "Answered in the thread: refunds count on the day of the refund, see the docs of "
    "`revenue_daily`.",
};

static void
put_resolved(struct world *world, struct arena *arena, const struct failure *failure,
             int64_t resolved_ms)
{
    struct alert alert;
    alert_make(world, arena, failure, &alert);
    alert.status = "resolved";
    alert.resolved_at = alert.updated_at = resolved_ms;
    world_put(world, KIND_ALERT, &alert, resolved_ms);
    if (prng_chance(&world->prng, 0.035)) {
        int64_t span_ms = alert.resolved_at - alert.created_at;
        int64_t at_ms =
            alert.created_at + prng_between(&world->prng, span_ms / 4, span_ms) / 1000 * 1000;
        note_add(world, &alert, at_ms,
                 note_texts[prng_below(&world->prng, sizeof(note_texts) / sizeof(note_texts[0]))]);
    }
}

void
alerts_everyday(struct world *world, int count)
{
    const struct pipeline *pipeline = pipeline_get();
    /* One alert of a key at a time: until when each node has one. */
    int64_t busy_until[PIPELINE_MAX + 3][FAULT_SILENCE + 1] = {{0}};
    struct arena arena = {0};

    int64_t *times = arena_new_array(&world->arena, (size_t)count, int64_t);
    for (int i = 0; i < count; i++)
        times[i] = troubled_time(world);
    for (int gap = count / 2; gap > 0; gap /= 2) /* shell sort: in the order of time */
        for (int i = gap; i < count; i++)
            for (int j = i; j >= gap && times[j - gap] > times[j]; j -= gap) {
                int64_t swap = times[j];
                times[j] = times[j - gap];
                times[j - gap] = swap;
            }

    for (int made = 0, i = 0; made < count && i < count && !world->failed; i++) {
        struct failure failure = failure_everyday(world, &arena, times[i]);
        if (failure.fault != FAULT_QUESTION && failure.fault != FAULT_DEPLOY)
            failure.at_ms =
                pipeline_run_ms(times[i]) + prng_between(&world->prng, 40, 1500) * SECOND_MS;
        /* One failing model leaves others failing behind it in the same run. */
        int len = failure.fault == FAULT_ERROR || failure.fault == FAULT_LATE
                      ? (int)prng_between(&world->prng, 0, 2)
                      : 0;
        int downstream[PIPELINE_MAX];
        int downstream_len =
            failure.node >= 0 ? pipeline_downstream(pipeline, failure.node, downstream) : 0;
        failure.build = world->next_build++;
        int64_t resolved_ms = resolution_ms(world, &failure);
        for (int n = 0; n <= len && made < count; n++) {
            int64_t *busy = &busy_until[failure.node + 1][failure.fault];
            if (failure.at_ms > *busy && resolved_ms < world->now_ms - HOUR_MS) {
                *busy = resolved_ms + HOUR_MS;
                put_resolved(world, &arena, &failure, resolved_ms);
                made++;
            }
            if (!downstream_len)
                break;
            failure.node = downstream[prng_below(&world->prng, (uint32_t)downstream_len)];
            if (pipeline->nodes[failure.node].kind == NODE_EXPOSURE ||
                pipeline->nodes[failure.node].kind == NODE_SEED)
                break;
            failure.fault = FAULT_TEST;
            failure.test = NULL;
            failure.rows = everyday_rows(&world->prng);
            failure.at_ms += prng_between(&world->prng, 20, 300) * SECOND_MS;
        }
        arena_reset(&arena);
    }
    arena_finish(&arena);
}
