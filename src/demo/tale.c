#include "demo/tale.h"

#include <assert.h>
#include <string.h>

#include "base/str.h"

/* ---- facts ---- */

static const char *const weekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
static const char *const cities[] = {"Hull",    "Leeds", "Bristol", "Köln Nord", "Leiden",
                                     "Glasgow", "Osaka", "Norwich", "Münster"};
static const char *const farms[] = {"Nether Hollow Farm", "Gut Birkenfeld",    "Penrhiw Farm",
                                    "Boerderij De Linde", "Höfe am Rüschbach", "Upper Cwm Orchard",
                                    "Saltmere Greens",    "みどり農園"};
static const char *const columns[] = {"discount_pct", "delivery_window", "box_size", "depot_code",
                                      "promised_at",  "currency",        "channel",  "unit"};
static const struct {
    const char *system;
    const char *partners[2];
} partners[] = {
    {"courier", {"Parcelwren", "Kurierhaus"}},
    {"payments", {"Nordvik Pay", "Nordvik Pay"}},
    {"ads", {"Adlantern", "Clickmeadow"}},
    {"web", {"Adlantern", "Clickmeadow"}},
    {"desk", {"Deskmoor", "Deskmoor"}},
    {"erp", {"Ledgerfen", "Ledgerfen"}},
    {"fx", {"Ratequay", "Ratequay"}},
    {"farm_portal", {"the portal team", "the portal team"}},
    {"depot", {"depot IT", "depot IT"}},
    {"jp", {"株式会社みどり食品", "株式会社みどり食品"}},
};

static const char *
partner_of(struct prng *prng, const char *source)
{
    for (size_t i = 0; i < sizeof(partners) / sizeof(partners[0]); i++)
        if (strncmp(source, partners[i].system, strlen(partners[i].system)) == 0)
            return partners[i].partners[prng_below(prng, 2)];
    return "the shop team";
}

/* The source a node is made from, by its first parents. */
static int
source_of(const struct pipeline *pipeline, int node)
{
    while (pipeline->nodes[node].kind != NODE_SOURCE && pipeline->parents[node][0] >= 0)
        node = pipeline->parents[node][0];
    return node;
}

static int
pick_node(struct world *world, const char *names)
{
    uint32_t count = 1;
    for (const char *at = names; *at; at++)
        count += *at == ' ';
    uint32_t pick = prng_below(&world->prng, count);
    while (pick) {
        names += strcspn(names, " ") + 1;
        pick--;
    }
    char name[64] = "";
    memcpy(name, names, strcspn(names, " "));
    return pipeline_find(pipeline_get(), name);
}

static const char *
grouped(struct arena *arena, int64_t number)
{
    return number < 10000 ? arena_printf(arena, "%lld", (long long)number)
                          : arena_printf(arena, "%lld,%03lld", (long long)(number / 1000),
                                         (long long)(number % 1000));
}

static void
set_facts(struct world *world, struct tale *tale, int64_t start_ms)
{
    const struct pipeline *pipeline = pipeline_get();
    struct arena *arena = &tale->arena;
    struct prng *prng = &world->prng;
    struct facts *facts = &tale->facts;
    const struct node *node = &pipeline->nodes[tale->node];
    int downstream[PIPELINE_MAX];
    int len = pipeline_downstream(pipeline, tale->node, downstream);
    const char *source = pipeline->nodes[source_of(pipeline, tale->node)].name;
    bool is_supply = strncmp(source, "courier.", 8) == 0 || strncmp(source, "depot.", 6) == 0;
    bool is_japan = strncmp(source, "jp.", 3) == 0;
    const char *exposure = "Weekly trading pack";
    struct civil civil = zone_to_civil(world->london, start_ms);

    tale->stakeholder = is_supply ? MAREK : SOFIA;
    for (int i = 0; i < len; i++) {
        const struct node *reached = &pipeline->nodes[downstream[i]];
        if (reached->kind == NODE_EXPOSURE && (!is_japan || reached->owner == SORA)) {
            exposure = reached->name;
            tale->stakeholder = reached->owner;
            break;
        }
    }
    facts_set(facts, "node", node->name);
    facts_set(facts, "source", source);
    facts_set(facts, "partner", partner_of(prng, source));
    facts_set(facts, "exposure", exposure);
    facts_set(facts, "stakeholder", first_name(arena, &world->users[tale->stakeholder]));
    facts_set(facts, "owner", first_name(arena, &world->users[node->owner]));
    facts_set(facts, "other", first_name(arena, &world->users[tale->other]));
    facts_set(facts, "lead", first_name(arena, &world->users[tale->lead]));
    int64_t rows =
        prng_chance(prng, 0.85) ? prng_between(prng, 4, 480) : prng_between(prng, 500, 6000);
    int64_t minutes = prng_between(prng, 66, 118);
    tale->rows = (int)rows;
    tale->minutes = (int)minutes;
    facts_set(facts, "rows", grouped(arena, rows));
    facts_set(facts, "more_rows",
              grouped(arena, rows * prng_between(prng, 30, 220) + prng_between(prng, 0, 999)));
    facts_set(facts, "pct", arena_printf(arena, "%lld", (long long)prng_between(prng, 3, 41)));
    facts_set(facts, "minutes", arena_printf(arena, "%lld", (long long)minutes));
    facts_set(facts, "hours", arena_printf(arena, "%lld", (long long)prng_between(prng, 2, 9)));
    facts_set(facts, "pounds", grouped(arena, prng_between(prng, 1800, 94000)));
    facts_set(facts, "city", cities[prng_below(prng, sizeof(cities) / sizeof(cities[0]))]);
    facts_set(facts, "farm", farms[prng_below(prng, sizeof(farms) / sizeof(farms[0]))]);
    facts_set(facts, "column", columns[prng_below(prng, sizeof(columns) / sizeof(columns[0]))]);
    facts_set(facts, "pr", arena_printf(arena, "%lld", (long long)world->next_pull_request));
    world->next_pull_request += prng_between(prng, 2, 9);
    facts_set(facts, "sha", arena_printf(arena, "%07x", (unsigned)(prng_next(prng) & 0xfffffff)));
    facts_set(facts, "version",
              arena_printf(arena, "%d.%d.%lld", civil.year, civil.month,
                           (long long)prng_between(prng, 1, 19)));
    facts_set(facts, "day", weekdays[civil.weekday]);
}

/* ---- the plan ---- */

static void
step_add(struct tale *tale, int64_t at_ms, enum step_kind kind, int index)
{
    if (tale->steps_len == STEPS_MAX)
        return;
    int i = tale->steps_len++;
    at_ms = at_ms / SECOND_MS * SECOND_MS;
    for (; i > 0 && tale->steps[i - 1].at_ms > at_ms; i--)
        tale->steps[i] = tale->steps[i - 1];
    tale->steps[i] = (struct step){at_ms, kind, index};
}

/* When people get round to it: minor things wait for the morning, the paperwork always does. */
static int64_t
attended(struct world *world, const struct tale *tale, int64_t time_ms, bool paperwork)
{
    if (!paperwork && tale->severity <= 1)
        return time_ms;
    int64_t waited_ms = time_ms;
    for (int i = 0; i < 200 && !world_is_working_time(world, waited_ms); i++)
        waited_ms += 30 * MINUTE_MS;
    return waited_ms == time_ms ? time_ms
                                : waited_ms + prng_between(&world->prng, 1, 40 * 60) * SECOND_MS;
}

static int64_t
duration_ms(struct world *world, const struct tale *tale)
{
    static const int minutes[SEVERITY_COUNT][2] = {{150, 420}, {95, 520}, {60, 640}, {35, 700}};
    int64_t span =
        prng_between(&world->prng, minutes[tale->severity][0], minutes[tale->severity][1]);
    return span * MINUTE_MS + prng_between(&world->prng, 0, 59) * SECOND_MS;
}

static void
plan_end(struct world *world, struct tale *tale, int64_t end_ms)
{
    struct prng *prng = &world->prng;
    const struct story *story = tale->story;
    int64_t last_ms = end_ms;

    for (int i = 0; i < STORY_FOLLOW_UPS_MAX && story->follow_ups[i]; i++) {
        if (i > 0 && tale->severity >= 2 && prng_chance(prng, 0.35))
            continue;
        int64_t made_ms =
            attended(world, tale, end_ms + prng_between(prng, 8, 1500) * MINUTE_MS, true);
        step_add(tale, made_ms, STEP_FOLLOW_UP, i);
        int priority = story->follow_ups[i][0] - '0';
        /* As the priorities ask for; one in four takes longer. */
        static const int due_days[] = {3, 7, 30};
        int64_t due_ms = due_days[priority - 1] * DAY_MS;
        int64_t span_ms = prng_chance(prng, 0.75) ? prng_between(prng, due_ms / 3, due_ms)
                                                  : prng_between(prng, due_ms, due_ms * 9 / 4);
        step_add(tale, attended(world, tale, made_ms + span_ms, true), STEP_FOLLOW_UP_DONE, i);
    }
    tale->has_document = tale->severity == 0 || (tale->severity == 1 && prng_chance(prng, 0.45));
    if (tale->has_document) {
        int64_t made_ms = attended(world, tale, end_ms + prng_between(prng, 3, 26) * HOUR_MS, true);
        int64_t review_ms =
            attended(world, tale, made_ms + prng_between(prng, 30, 110) * HOUR_MS, true);
        last_ms = attended(world, tale, review_ms + prng_between(prng, 30, 130) * HOUR_MS, true);
        step_add(tale, made_ms, STEP_DOCUMENT, 0);
        step_add(tale, review_ms, STEP_DOCUMENT_REVIEW, 0);
        step_add(tale, last_ms, STEP_DOCUMENT_DONE, 0);
    } else
        last_ms = attended(world, tale, end_ms + prng_between(prng, 2, 50) * HOUR_MS, true);
    step_add(tale, last_ms + 5 * MINUTE_MS, STEP_CLOSE, 0);
}

static void
plan_updates(struct world *world, struct tale *tale, int64_t declare_ms)
{
    struct prng *prng = &world->prng;
    const struct story *story = tale->story;
    int n = tale->updates_len;
    int64_t span_ms = duration_ms(world, tale);
    int64_t times[STORY_UPDATES_MAX], end_ms = 0;
    int fixing = n - 2, monitoring = n - 1;
    assert(n > 0 && n <= STORY_UPDATES_MAX); /* every story has an update */

    for (int i = 0; i < n; i++) {
        double part = n > 1 ? (double)i / (n - 1) : 1;
        int64_t at_ms = declare_ms + prng_between(prng, 2, 8) * MINUTE_MS +
                        (int64_t)((double)span_ms * part * (0.55 + 0.45 * part));
        if (story->updates[i].status == PAUSED || (i > 0 && story->updates[i - 1].status == PAUSED))
            at_ms += prng_between(prng, 40, 200) * MINUTE_MS;
        at_ms = attended(world, tale, at_ms + prng_between(prng, 0, 59) * SECOND_MS, false);
        if (i > 0 && at_ms < end_ms + 3 * MINUTE_MS)
            at_ms = end_ms + prng_between(prng, 180, 1500) * SECOND_MS;
        times[i] = end_ms = at_ms;
        step_add(tale, at_ms, STEP_UPDATE, i);
        if (story->updates[i].status == FIXING && fixing == n - 2)
            fixing = i;
        if (story->updates[i].status == MONITORING)
            monitoring = i;
    }
    step_add(tale, end_ms + 1 * SECOND_MS, STEP_END, 0);
    for (int i = 0; i < STORY_PULL_REQUESTS_MAX && story->pull_requests[i]; i++)
        step_add(tale,
                 i == 0 ? times[fixing < 0 ? 0 : fixing] - 2 * MINUTE_MS
                        : times[monitoring < 0 ? 0 : monitoring] + 4 * MINUTE_MS,
                 STEP_ATTACH, i);
    for (int i = 0; i < STORY_ITEMS_MAX && story->items[i]; i++) {
        int at = (n - 1) * (i + 1) / (STORY_ITEMS_MAX + 1);
        step_add(tale, times[at] + prng_between(prng, 60, 900) * SECOND_MS, STEP_ITEM, i);
    }
    for (int i = 0; i < STORY_ACTIONS_MAX && story->actions[i]; i++) {
        int64_t made_ms = times[i < n ? i : n - 1] + prng_between(prng, 30, 400) * SECOND_MS;
        step_add(tale, made_ms, STEP_ACTION, i);
        int64_t done_ms = made_ms + prng_between(prng, 5, 90) * MINUTE_MS;
        step_add(tale, done_ms < end_ms ? done_ms : end_ms - SECOND_MS, STEP_ACTION_DONE, i);
    }
    if (tale->severity <= 1)
        step_add(tale, times[0] + prng_between(prng, 90, 1200) * SECOND_MS, STEP_CONTACT, 0);
    int64_t quiet_ms = times[monitoring > 0 ? monitoring - 1 : 0];
    for (int i = 0; i < tale->alerts_len; i++)
        step_add(tale, prng_between(prng, quiet_ms + MINUTE_MS, end_ms - MINUTE_MS),
                 STEP_RESOLVE_ALERT, i);
    plan_end(world, tale, end_ms);
}

static void
plan(struct world *world, struct tale *tale, int64_t start_ms)
{
    struct prng *prng = &world->prng;
    int64_t page_ms = start_ms + prng_between(prng, 15, 50) * SECOND_MS;
    int64_t acknowledge_ms, declare_ms;

    for (int i = 0; i < tale->alerts_len; i++)
        step_add(tale, i == 0 ? start_ms : start_ms + prng_between(prng, 20, 1300) * SECOND_MS,
                 STEP_FIRE, i);
    tale->is_paged = tale->severity <= 2 && tale->alerts_len > 0;
    bool working = world_is_working_time(world, page_ms);
    if (tale->is_paged) {
        int64_t seen_ms = attended(world, tale, page_ms, false);
        acknowledge_ms =
            seen_ms + prng_between(prng, working ? 45 : 120, working ? 640 : 1100) * SECOND_MS;
        step_add(tale, page_ms, STEP_PAGE, 0);
        if (acknowledge_ms - page_ms > 9 * MINUTE_MS)
            step_add(tale, page_ms + 9 * MINUTE_MS, STEP_REMIND, 0);
        step_add(tale, acknowledge_ms, STEP_ACKNOWLEDGE, 0);
        tale->begins_in_triage = tale->end != END_RESOLVED || prng_chance(prng, 0.4);
        declare_ms = tale->begins_in_triage
                         ? page_ms + 12 * SECOND_MS
                         : acknowledge_ms + prng_between(prng, 40, 420) * SECOND_MS;
    } else {
        acknowledge_ms =
            attended(world, tale, page_ms + prng_between(prng, 4, 50) * MINUTE_MS, false);
        tale->begins_in_triage = tale->end != END_RESOLVED;
        declare_ms = acknowledge_ms + SECOND_MS;
    }
    step_add(tale, declare_ms, STEP_DECLARE, 0);
    int64_t after_ms = declare_ms > acknowledge_ms ? declare_ms : acknowledge_ms;

    if (tale->end == END_RESOLVED) {
        plan_updates(world, tale, after_ms);
        return;
    }
    int64_t end_ms = after_ms + prng_between(prng, 6, 55) * MINUTE_MS;
    step_add(tale, end_ms, STEP_END, 0);
    for (int i = 0; i < tale->alerts_len; i++)
        step_add(tale, end_ms + prng_between(prng, 3, 90) * MINUTE_MS, STEP_RESOLVE_ALERT, i);
}

struct tale *
tale_create(struct world *world, const struct story *story, int64_t start_ms, enum tale_end end)
{
    struct tale *tale = memory_alloc(sizeof(*tale));
    struct prng *prng = &world->prng;

    tale->story = story;
    tale->end = end;
    tale->severity = story->severity;
    if (tale->severity > 0 && tale->severity < 3 && prng_chance(prng, 0.3))
        tale->severity += prng_chance(prng, 0.7) ? 1 : (tale->severity > 1 ? -1 : 0);
    tale->node = pick_node(world, story->nodes);
    tale->lead = world_on_call(world, start_ms);
    do
        tale->other = (enum person)prng_below(prng, DATA_TEAM_LEN);
    while (tale->other == tale->lead);
    while (tale->alerts_len < STORY_ALERTS_MAX && story->alerts[tale->alerts_len].where)
        tale->alerts_len++;
    while (tale->updates_len < STORY_UPDATES_MAX && story->updates[tale->updates_len].text)
        tale->updates_len++;
    tale->merged_into = "";
    set_facts(world, tale, start_ms);
    plan(world, tale, start_ms);
    return tale;
}

void
tale_destroy(struct tale *tale)
{
    if (!tale)
        return;
    arena_finish(&tale->arena);
    memory_free(tale);
}

static const struct {
    const struct story *rows;
    const int *len;
} books[] = {
    {stories_pipeline, &stories_pipeline_len},
    {stories_quality, &stories_quality_len},
    {stories_partner, &stories_partner_len},
};
enum { BOOKS_LEN = sizeof(books) / sizeof(books[0]) };

const struct story *
story_draw(struct world *world, int severity)
{
    for (;;) {
        uint32_t book = prng_below(&world->prng, BOOKS_LEN);
        const struct story *story =
            &books[book].rows[prng_below(&world->prng, (uint32_t)*books[book].len)];
        if ((severity < 0 || story->severity == severity) &&
            prng_chance(&world->prng, story->tickets / 10.0))
            return story;
    }
}

const struct story *
story_named(const char *key)
{
    for (int book = 0; book < BOOKS_LEN; book++)
        for (int i = 0; i < *books[book].len; i++)
            if (text_equals(books[book].rows[i].key, key))
                return &books[book].rows[i];
    return NULL;
}

static int64_t
first_step_ms(const struct tale *tale, enum step_kind kind)
{
    for (int i = 0; i < tale->steps_len; i++)
        if (tale->steps[i].kind == kind)
            return tale->steps[i].at_ms;
    return 0;
}

int64_t
tale_declared_ms(const struct tale *tale)
{
    return first_step_ms(tale, STEP_DECLARE);
}

int64_t
tale_acknowledged_ms(const struct tale *tale)
{
    return first_step_ms(tale, STEP_ACKNOWLEDGE);
}

int64_t
tale_end_ms(const struct tale *tale)
{
    return first_step_ms(tale, STEP_END);
}

int64_t
tale_reaches_ms(const struct tale *tale, enum story_status status)
{
    for (int i = 0; i < tale->steps_len; i++)
        if (tale->steps[i].kind == STEP_UPDATE &&
            tale->story->updates[tale->steps[i].index].status == status)
            return tale->steps[i].at_ms;
    return 0;
}

void
tale_neglect(struct tale *tale, int64_t until_ms)
{
    for (int i = 0; i < tale->steps_len; i++) {
        struct step step = tale->steps[i];
        if (step.kind != STEP_FOLLOW_UP_DONE || step.at_ms >= until_ms)
            continue;
        tale->steps_len--;
        memmove(&tale->steps[i], &tale->steps[i + 1], (size_t)(tale->steps_len - i) * sizeof(step));
        step_add(tale, until_ms, step.kind, step.index);
        return;
    }
}

void
tale_merge_into(struct tale *tale, const struct incident *other)
{
    tale->merged_into = arena_text(&tale->arena, other->id);
    facts_set(&tale->facts, "merged", arena_text(&tale->arena, other->reference));
}

void
tale_shift(struct tale *tale, int64_t by_ms)
{
    for (int i = tale->next; i < tale->steps_len; i++)
        tale->steps[i].at_ms += by_ms;
}

bool
tale_has_next(const struct tale *tale)
{
    return tale->next < tale->steps_len;
}

int64_t
tale_next_ms(const struct tale *tale)
{
    return tale_has_next(tale) ? tale->steps[tale->next].at_ms : INT64_MAX;
}
