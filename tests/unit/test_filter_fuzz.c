/*
 * Random filters over the demo's world: what SQLite finds is what a naive reading of the wish behind each finds. The
 * wishes are made here and written out as filters, so the parser, the resolver and the compiler are all held against
 * them. The panes' windows, in every sort and around every item, are held against a naive sort of what was found.
 * FILTER_FUZZ_ROUNDS and FILTER_FUZZ_SEED make it longer and different.
 */

#include <limits.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>
#include <wctype.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/text.h"
#include "demo/demo.h"
#include "demo/prng.h"
#include "store/cache.h"
#include "store/connection.h"
#include "store/window.h"
#include "tests/support/store_objects.h"
#include "wire/wire.h"

#define ROUNDS 2500
#define OBJECTS_MAX 1200 /* the newest of each kind */

static const char now_text[] = "2026-11-22T16:30:00Z";
static struct arena arena;   /* the world */
static struct arena scratch; /* one round */
static struct error err;
static struct prng prng;
static struct store *cache;
static int64_t now_ms;

/* ---- the world ---- */

struct item {
    void *object;
    const char *id;
    const char *words[2]; /* of title and body: " word word " */
    char state;           /* of an alert: the letter that its pane has */
};

static const enum kind kinds[] = {KIND_ALERT, KIND_INCIDENT, KIND_FOLLOW_UP};
enum { KINDS_LEN = sizeof kinds / sizeof *kinds };

static struct world {
    enum kind kind;
    struct filter_context context;
    struct item items[OBJECTS_MAX];
    size_t len;
} worlds[KINDS_LEN];

/* What holds alerts: those that began while it was on and have this in their title. */
#define HELD_TITLE "not_null"
#define HELD_FROM_MS (now_ms - 20 * DAY_MS)

static int64_t ranks[16];
static size_t ranks_len;

/* The letter under an accent; what has none stays. */
static wint_t
plain(wint_t c)
{
    static const struct {
        const wchar_t *accented;
        wint_t letter;
    } table[] = {
        {L"áàâäãåā", L'a'}, {L"çčć", L'c'}, {L"éèêëēę", L'e'}, {L"íìîïī", L'i'}, {L"ñńň", L'n'},
        {L"óòôöõō", L'o'},  {L"śšş", L's'}, {L"úùûüūů", L'u'}, {L"ýÿ", L'y'},    {L"źžż", L'z'},
    };
    c = towlower(c);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (c >= 0x80 && wcschr(table[i].accented, (wchar_t)c))
            return table[i].letter;
    return c;
}

/* Appends " word word" of a text: letters and digits in lower case without accents. */
static void
append_words(struct str *out, const char *text)
{
    bool inside = false;
    for (size_t used; *text; text += used) {
        wchar_t c;
        char one[8] = "";
        used = mbrtowc(&c, text, MB_CUR_MAX, &(mbstate_t){0});
        if (used > 4)
            fail_msg("not UTF-8: %s", text);
        memcpy(one, text, used);
        if (c >= 0x300 && c < 0x370 && inside)
            continue;
        if (!text_has_word(one)) {
            inside = false;
            continue;
        }
        if (!inside)
            str_append_char(out, ' ');
        inside = true;
        char folded[8] = "";
        size_t len = wcrtomb(folded, (wchar_t)plain((wint_t)c), &(mbstate_t){0});
        str_append_len(out, folded, len);
    }
}

static void
gather(const struct field_table *table, const void *object, bool *has_title, struct str words[2])
{
    const char *last = "";
    for (size_t i = 0; i < table->fields_len; i++) {
        const struct field *field = &table->fields[i];
        const char *member = (const char *)object + field->offset;
        if (field->type == FIELD_LIST) {
            const char *items = *(const char *const *)member;
            size_t len = *(const size_t *)((const char *)object + field->len_offset);
            for (size_t at = 0; at < len; at++) {
                bool inner = true;
                gather(field->item, items + at * field->item->struct_size, &inner, words);
            }
        } else if (field->flags & FIELD_SEARCH) {
            const char *text = *(const char *const *)member;
            if (!*has_title)
                append_words(&words[0], text);
            else if (*text && strcmp(text, last) != 0) /* a label like its literal stands once */
                append_words(&words[1], last = text);
            *has_title = true;
        }
    }
}

static bool
take_rank(void *context, const char *json)
{
    (void)context;
    struct severity severity;
    assert_true(wire_read_object(KIND_SEVERITY, slice_of(json), &arena, &severity, &err));
    assert_true(ranks_len < sizeof ranks / sizeof *ranks);
    size_t at = ranks_len++;
    for (; at > 0 && ranks[at - 1] < severity.rank; at--)
        ranks[at] = ranks[at - 1];
    ranks[at] = severity.rank;
    return true;
}

/* The world has its arrays first: half of the alerts get their attributes the other way round. */
static void
turn_attributes(struct alert *alert)
{
    struct alert_attribute_entry *turned =
        arena_new_array(&arena, alert->attributes_len, struct alert_attribute_entry);
    for (size_t i = 0; i < alert->attributes_len; i++)
        turned[i] = alert->attributes[alert->attributes_len - 1 - i];
    alert->attributes = turned;
    alert->json = "";
    alert->json = wire_write_object(&alert_table, alert, &arena);
}

static bool
take_object(void *context, const char *json)
{
    enum kind kind = *(const enum kind *)context;
    void *object = arena_alloc(&arena, kind_info(kind)->fields->struct_size);
    enum cache_change change;
    assert_true(wire_read_object(kind, slice_of(json), &arena, object, &err));
    if (kind == KIND_ALERT && worlds[0].len % 2)
        turn_attributes(object);
    model_derive(kind, object, &derivation_default, ranks, ranks_len);
    assert_true(cache_put(cache, kind, object, now_ms, &change, &err));
    for (int i = 0; i < KINDS_LEN; i++) {
        if (worlds[i].kind != kind)
            continue;
        struct item *item = &worlds[i].items[worlds[i].len++];
        struct str words[2];
        bool has_title = false;
        str_init(&words[0], 0);
        str_init(&words[1], 0);
        gather(kind_info(kind)->fields, object, &has_title, words);
        item->object = object;
        item->id =
            *(const char **)((char *)object + field_find(kind_info(kind)->fields, "id")->offset);
        for (int w = 0; w < 2; w++) {
            item->words[w] = arena_printf(&arena, "%s ", str_text(&words[w]));
            str_finish(&words[w]);
        }
    }
    return true;
}

/* The newest escalation that is about an alert says whether somebody has it. */
static bool
take_escalation(void *context, const char *json)
{
    int64_t *newest = context;
    struct escalation escalation;
    enum cache_change change;
    assert_true(wire_read_object(KIND_ESCALATION, slice_of(json), &arena, &escalation, &err));
    assert_true(cache_put(cache, KIND_ESCALATION, &escalation, now_ms, &change, &err));
    const char letter = strcmp(escalation.status, "acked") == 0     ? 'A'
                        : strcmp(escalation.status, "snoozed") == 0 ? 'Z'
                                                                    : 'F';
    for (size_t i = 0; i < escalation.related_alerts_len; i++)
        for (size_t at = 0; at < worlds[0].len; at++) {
            if (strcmp(worlds[0].items[at].id, escalation.related_alerts[i].alert_id) != 0 ||
                escalation.created_at <= newest[at])
                continue;
            newest[at] = escalation.created_at;
            worlds[0].items[at].state = letter;
        }
    return true;
}

static void
put_window(void)
{
    static const char conditions[] =
        "\"alert_condition_groups\":[{\"conditions\":[{\"subject\":{\"reference\":\"alert.title\"},"
        "\"operation\":{\"value\":\"contains\"},\"param_bindings\":[{\"value\":{\"literal\":"
        "\"" HELD_TITLE "\"}}]}]}]";
    struct maintenance_window window;
    enum cache_change change;
    char from[RFC3339_SIZE], to[RFC3339_SIZE];
    const char *json = arena_printf(
        &arena, "{\"id\":\"W1\",\"name\":\"W\",\"start_at\":\"%s\",\"end_at\":\"%s\",%s}",
        time_to_rfc3339(HELD_FROM_MS, from), time_to_rfc3339(now_ms + DAY_MS, to), conditions);
    assert_true(wire_read_object(KIND_MAINTENANCE_WINDOW, slice_of(json), &arena, &window, &err));
    assert_true(cache_put(cache, KIND_MAINTENANCE_WINDOW, &window, now_ms, &change, &err));
}

static void
find_states(struct store *hub)
{
    int64_t newest[OBJECTS_MAX] = {0};
    size_t states[UCHAR_MAX + 1] = {0};
    for (size_t i = 0; i < worlds[0].len; i++)
        worlds[0].items[i].state = 'F';
    assert_true(cache_list(hub, KIND_ESCALATION, NULL, take_escalation, newest, &err));
    put_window();
    for (size_t i = 0; i < worlds[0].len; i++) {
        struct item *item = &worlds[0].items[i];
        const struct alert *alert = item->object;
        if (strcmp(alert->status, "firing") != 0)
            item->state = 'R';
        else if (alert->created_at >= HELD_FROM_MS && strstr(alert->title, HELD_TITLE))
            item->state = 'M';
        states[(unsigned char)item->state]++;
    }
    assert_true(states['F'] && states['A'] && states['R'] && states['M']);
}

/* As a store from before their table: the values of most alerts wait to be read. */
static void
forget_values(void)
{
    const char *const statements =
        "delete from alert_values where key <= (select max(key) * 3 / 4 from alert);"
        "update alert_values_state set waiting_to = (select max(key) * 3 / 4 from alert)";
    assert_int_equal(sqlite3_exec(cache->db, statements, NULL, NULL, NULL), SQLITE_OK);
}

static int
set_up(void **state)
{
    (void)state;
    struct store *hub;
    struct demo *demo;
    const char *seed = getenv("FILTER_FUZZ_SEED");
    if (!setlocale(LC_CTYPE, "C.UTF-8") || !time_from_rfc3339(now_text, &now_ms))
        return -1;
    clock_freeze(now_ms);
    prng = prng_stream(seed ? strtoull(seed, NULL, 10) : 1, "filters");
    const struct demo_options options = {.seed = 11, .speed = 0, .now_ms = now_ms};
    assert_true(store_open(&hub, STORE_HUB, ":memory:", STORE_WRITE, NULL, &err));
    assert_true(store_open(&cache, STORE_CACHE, ":memory:", STORE_WRITE, NULL, &err));
    assert_true(demo_create(&demo, hub, &options, &err));

    static const enum kind names[] = {KIND_USER, KIND_SEVERITY, KIND_ALERT_ATTRIBUTE,
                                      KIND_ALERT_SOURCE};
    const struct cache_query all = {.limit = OBJECTS_MAX};
    assert_true(cache_list(hub, KIND_SEVERITY, NULL, take_rank, NULL, &err));
    assert_true(store_begin(cache, &err));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        enum kind kind = names[i];
        assert_true(cache_list(hub, kind, NULL, take_object, &kind, &err));
    }
    for (int i = 0; i < KINDS_LEN; i++)
        worlds[i].kind = kinds[i];
    for (int i = 0; i < KINDS_LEN; i++) {
        assert_true(cache_list(hub, kinds[i], &all, take_object, &worlds[i].kind, &err));
    }
    find_states(hub);
    assert_true(cache_index(cache, &err));
    forget_values();
    assert_true(store_commit(cache, &err));
    bool complete = false;
    while (!complete)
        assert_true(cache_index_resume(cache, 2000, &complete, &err));
    demo_destroy(demo);
    store_close(hub);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    store_close(cache);
    arena_finish(&scratch);
    arena_finish(&arena);
    return 0;
}

/* ---- wishes ---- */

enum wish_type { WISH_AND, WISH_OR, WISH_NOT, WISH_WORDS, WISH_FIELD };
enum comparison { IS, IS_NOT, LESS, AT_MOST, MORE, AT_LEAST, CONTAINS, HAS, COMPARISONS };
static const char *const signs[] = {"=", "!=", "<", "<=", ">", ">=", "~", ":"};

/* What a name means, and the member (or attribute) behind it. */
enum meaning { TEXT, ID, WORD, TIME, AGE, SEVERITY, ATTRIBUTE, ME, SOURCE, STATE };
struct name {
    enum kind kind;
    const char *written;
    enum meaning meaning;
    const char *member;
};

/* clang-format off */
static const struct name names[] = {
    {KIND_ALERT, "title", TEXT, "title"},
    {KIND_ALERT, "env", TEXT, "environment"},
    {KIND_ALERT, "environment", TEXT, "environment"},
    {KIND_ALERT, "Owner", TEXT, "owner"},
    {KIND_ALERT, "team", TEXT, "team"},
    {KIND_ALERT, "node", TEXT, "node"},
    {KIND_ALERT, "level", TEXT, "level"},
    {KIND_ALERT, "owner", ME, "owner"},
    {KIND_ALERT, "id", ID, "id"},
    {KIND_ALERT, "dedup", ID, "deduplication_key"},
    {KIND_ALERT, "status", WORD, "status"},
    {KIND_ALERT, "source", SOURCE, "alert_source_id"},
    {KIND_ALERT, "state", STATE, ""},
    {KIND_ALERT, "sev", SEVERITY, "severity"},
    {KIND_ALERT, "severity", SEVERITY, "severity"},
    {KIND_ALERT, "age", AGE, "created_at"},
    {KIND_ALERT, "created", TIME, "created_at"},
    {KIND_ALERT, "resolved_at", TIME, "resolved_at"},
    {KIND_ALERT, "\"Downstream models\"", ATTRIBUTE, "Downstream models"},
    {KIND_ALERT, "exposures", ATTRIBUTE, "Exposures"},
    {KIND_ALERT, "commit", ATTRIBUTE, "Commit"},
    {KIND_ALERT, "attribute.team", ATTRIBUTE, "Team"},
    {KIND_INCIDENT, "name", TEXT, "name"},
    {KIND_INCIDENT, "ref", TEXT, "reference"},
    {KIND_INCIDENT, "status", TEXT, "incident_status_name"},
    {KIND_INCIDENT, "category", WORD, "incident_status_category"},
    {KIND_INCIDENT, "lead", TEXT, "lead_name"},
    {KIND_INCIDENT, "owner", ME, "lead_id"},
    {KIND_INCIDENT, "type", TEXT, "incident_type_name"},
    {KIND_INCIDENT, "SEV", SEVERITY, "severity_name"},
    {KIND_INCIDENT, "updated", TIME, "updated_at"},
    {KIND_INCIDENT, "age", AGE, "created_at"},
    {KIND_FOLLOW_UP, "title", TEXT, "title"},
    {KIND_FOLLOW_UP, "status", WORD, "status"},
    {KIND_FOLLOW_UP, "priority", TEXT, "priority_name"},
    {KIND_FOLLOW_UP, "assignee", TEXT, "assignee_name"},
    {KIND_FOLLOW_UP, "assignee", ME, "assignee_id"},
    {KIND_FOLLOW_UP, "incident", ID, "incident_id"},
    {KIND_FOLLOW_UP, "due", TIME, "due_at"},
    {KIND_FOLLOW_UP, "completed", TIME, "completed_at"},
    {KIND_FOLLOW_UP, "age", AGE, "created_at"},
};
/* clang-format on */
enum { NAMES_LEN = sizeof names / sizeof *names, VALUES_MAX = 3 };

struct value {
    const char *text;
    int64_t from, to; /* TIME: the span it means; AGE: `from` long */
    int digit;        /* SEVERITY: 0 = none, -1 = a word that is no rank */
    char letter;      /* STATE */
};

struct wish {
    enum wish_type type;
    struct wish *parts[3];
    int parts_len;
    const char *words; /* WORDS: " a b" or " a b " */
    const struct name *name;
    enum comparison comparison;
    struct value values[VALUES_MAX];
    int values_len;
};

static const char *
text_of(const struct world *world, const void *object, const char *member)
{
    const struct field *field = field_find(kind_info(world->kind)->fields, member);
    return *(const char *const *)((const char *)object + field->offset);
}

static int64_t
number_of(const struct world *world, const void *object, const char *member)
{
    const struct field *field = field_find(kind_info(world->kind)->fields, member);
    return *(const int64_t *)((const char *)object + field->offset);
}

/* ---- the naive reading ---- */

static char *
lower(const char *text)
{
    char *copy = arena_text(&scratch, text);
    for (char *c = copy; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 32);
    return copy;
}

static bool
holds(enum comparison comparison, double left, double right)
{
    switch (comparison) {
    case LESS:
        return left < right;
    case AT_MOST:
        return left <= right;
    case MORE:
        return left > right;
    case AT_LEAST:
        return left >= right;
    default:
        return left == right;
    }
}

static bool
text_passes(enum comparison comparison, const char *text, const char *value)
{
    if (comparison >= LESS && comparison <= AT_LEAST) {
        const char *digits = text + (*text == '-');
        return *digits >= '0' && *digits <= '9' && strncasecmp(digits, "0x", 2) != 0 &&
               holds(comparison, strtod(text, NULL), strtod(value, NULL));
    }
    if (comparison == CONTAINS)
        return strstr(lower(text), lower(value)) != NULL;
    return strcmp(lower(text), lower(value)) == 0;
}

static bool
attribute_passes(const struct wish *wish, const struct alert *alert, const char *value)
{
    bool any = false, passes = false;
    for (size_t i = 0; i < alert->attributes_len; i++) {
        const struct alert_attribute_entry *entry = &alert->attributes[i];
        if (strcasecmp(entry->attribute_name, wish->name->member) != 0)
            continue;
        const char *texts[3] = {entry->literal, entry->label, entry->catalog_entry_name};
        for (size_t at = 0; at <= entry->array_value_len; at++) {
            if (at > 0) {
                const struct alert_attribute_value *one = &entry->array_value[at - 1];
                texts[0] = one->literal;
                texts[1] = one->label;
                texts[2] = one->catalog_entry_name;
            }
            for (int t = 0; t < 3; t++)
                if (*texts[t]) {
                    any = true;
                    passes = passes || text_passes(wish->comparison, texts[t], value);
                }
        }
    }
    return *value || wish->comparison == CONTAINS ? passes : !any;
}

static bool
severity_passes(const struct world *world, const struct wish *wish, const void *object,
                const struct value *value)
{
    int64_t digit = number_of(world, object, "severity_digit");
    if (wish->comparison == CONTAINS || value->digit < 0)
        return text_passes(wish->comparison, text_of(world, object, wish->name->member),
                           value->text);
    if (wish->comparison < LESS || wish->comparison > AT_LEAST)
        return digit == value->digit;
    return digit != 0 && holds(wish->comparison, (double)-digit, (double)-value->digit);
}

static bool
time_passes(enum comparison comparison, int64_t time, const struct value *value)
{
    if (value->to == 0 || time == 0)
        return time == value->to && (comparison < LESS || comparison > AT_LEAST);
    switch (comparison) {
    case LESS:
        return time < value->from;
    case AT_MOST:
        return time <= value->to;
    case MORE:
        return time > value->to;
    case AT_LEAST:
        return time >= value->from;
    default:
        return time >= value->from && time <= value->to;
    }
}

static bool
value_passes(const struct world *world, const struct wish *wish, const struct item *item,
             const struct value *value)
{
    const void *object = item->object;
    const char *member = wish->name->member;
    const struct filter_context *context = &world->context;
    switch (wish->name->meaning) {
    case TEXT:
        return text_passes(wish->comparison == HAS &&
                                   (strcmp(member, "title") == 0 || strcmp(member, "name") == 0 ||
                                    strcmp(member, "reference") == 0)
                               ? CONTAINS
                               : wish->comparison,
                           text_of(world, object, member), value->text);
    case ID:
        if (wish->comparison == CONTAINS)
            return text_passes(CONTAINS, text_of(world, object, member), value->text);
        return strcmp(text_of(world, object, member), value->text) == 0;
    case WORD:
        return text_passes(wish->comparison, text_of(world, object, member), value->text);
    case TIME:
        return time_passes(wish->comparison, number_of(world, object, member), value);
    case AGE: {
        int64_t at = number_of(world, object, member);
        return at && holds(wish->comparison, (double)(now_ms - at), (double)value->from);
    }
    case SEVERITY:
        return severity_passes(world, wish, object, value);
    case ATTRIBUTE:
        return attribute_passes(wish, object, value->text);
    case ME: {
        const char *text = text_of(world, object, member);
        if (world->kind != KIND_ALERT)
            return strcmp(text, context->me.id) == 0;
        return strcasecmp(text, context->me_email) == 0 || strcasecmp(text, context->me.name) == 0;
    }
    case SOURCE:
        for (size_t i = 0; i < context->sources_len; i++)
            if (strcmp(context->sources[i].id, text_of(world, object, member)) == 0)
                return wish->comparison == CONTAINS || wish->comparison == HAS
                           ? strstr(lower(context->sources[i].name), lower(value->text)) != NULL
                           : strcasecmp(context->sources[i].name, value->text) == 0;
        return false;
    case STATE:
        return item->state == value->letter;
    }
    return false;
}

static bool
passes(const struct world *world, const struct wish *wish, const struct item *item)
{
    switch (wish->type) {
    case WISH_AND:
        for (int i = 0; i < wish->parts_len; i++)
            if (!passes(world, wish->parts[i], item))
                return false;
        return true;
    case WISH_OR:
        for (int i = 0; i < wish->parts_len; i++)
            if (passes(world, wish->parts[i], item))
                return true;
        return false;
    case WISH_NOT:
        return !passes(world, wish->parts[0], item);
    case WISH_WORDS:
        return strstr(item->words[0], wish->words) || strstr(item->words[1], wish->words);
    case WISH_FIELD:
        break;
    }
    bool any = false;
    struct wish positive = *wish;
    if (wish->comparison == IS_NOT)
        positive.comparison = IS;
    for (int i = 0; i < wish->values_len; i++)
        any = any || value_passes(world, &positive, item, &wish->values[i]);
    return wish->comparison == IS_NOT ? !any : any;
}

/* ---- making wishes ---- */

static uint32_t
below(size_t limit)
{
    return prng_below(&prng, (uint32_t)limit);
}

static const struct item *
any_item(const struct world *world)
{
    return &world->items[below(world->len)];
}

/* A piece of a text that starts and ends at characters. */
static const char *
piece_of(const char *text)
{
    size_t len = strlen(text), from = below(len + 1), to = from + below(len - from + 1);
    while (from > 0 && (text[from] & 0xc0) == 0x80)
        from--;
    while (to < len && (text[to] & 0xc0) == 0x80)
        to++;
    return arena_text_len(&scratch, text + from, to - from);
}

static const char *
quoted(const char *text)
{
    struct str out;
    str_init(&out, 0);
    str_append_char(&out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            str_append_char(&out, '\\');
        str_append_char(&out, *text == '\n' || *text == '\t' ? ' ' : *text);
    }
    str_append_char(&out, '"');
    const char *result = arena_text(&scratch, str_text(&out));
    str_finish(&out);
    return result;
}

static const char *
text_value(const char *text, enum comparison comparison)
{
    static const char *const others[] = {"", "prod", "x", "none", "12", "%", "_", "'", "é"};
    const char *value = text;
    if (below(6) == 0)
        value = others[below(sizeof others / sizeof *others)];
    else if (comparison == CONTAINS || comparison == HAS)
        value = piece_of(text);
    if (below(4) == 0)
        value = lower(value);
    return value;
}

static struct value
make_severity(const struct world *world, enum comparison comparison)
{
    static const struct {
        const char *word;
        int digit;
    } alerts[] = {{"1", 1},     {"2", 2},     {"3", 3},    {"4", 4},     {"critical", 1},
                  {"Major", 2}, {"minor", 3}, {"low", 4},  {"P1", 1},    {"sev2", 2},
                  {"none", 0},  {"odd", -1},  {"page", 1}, {"notice", 4}};
    const struct filter_context *context = &world->context;
    for (;;) {
        struct value value = {0};
        if (world->kind == KIND_INCIDENT && below(2)) {
            const struct filter_name *name = &context->severities[below(context->severities_len)];
            value.text = name->name;
            value.digit = name->digit;
            return value;
        }
        size_t at = below(sizeof alerts / sizeof *alerts);
        value.text = alerts[at].word;
        value.digit = alerts[at].digit;
        bool is_word = value.text[0] > '9' && value.digit > 0;
        if (world->kind == KIND_INCIDENT && is_word)
            continue; /* the organisation's own names may say otherwise */
        if (value.digit > 0 || comparison < LESS || comparison > AT_LEAST)
            return value;
    }
}

static struct value
make_state(void)
{
    static const struct {
        const char *word;
        char letter;
    } states[] = {
        {"firing", 'F'},  {"F", 'F'}, {"acknowledged", 'A'}, {"ack", 'A'},         {"a", 'A'},
        {"snoozed", 'Z'}, {"Z", 'Z'}, {"Resolved", 'R'},     {"maintenance", 'M'}, {"maint", 'M'}};
    size_t at = below(sizeof states / sizeof *states);
    return (struct value){.text = states[at].word, .letter = states[at].letter};
}

static struct value
make_time(const struct world *world, const char *member, enum comparison comparison)
{
    struct value value = {0};
    char text[RFC3339_SIZE];
    int64_t at = number_of(world, any_item(world)->object, member);
    if (at == 0)
        at = now_ms - (int64_t)below(90) * DAY_MS;
    switch (below(5)) {
    case 0:
        value.from = at - at % DAY_MS;
        value.to = value.from + DAY_MS - 1;
        value.text = arena_text_len(&scratch, time_to_rfc3339(at, text), 10);
        break;
    case 1:
        value.from = at - at % MINUTE_MS;
        value.to = value.from + MINUTE_MS - 1;
        value.text = arena_text_len(&scratch, time_to_rfc3339(at, text), 16);
        break;
    case 2: {
        int64_t days = below(60);
        bool past = below(3) > 0;
        value.from = value.to = now_ms + (past ? -days : days) * DAY_MS;
        value.text = arena_printf(&scratch, "%c%lldd", past ? '-' : '+', (long long)days);
        break;
    }
    case 3:
        if (comparison < LESS || comparison > AT_LEAST) {
            value.text = below(2) ? "none" : "";
            break;
        }
        /* fall through */
    default:
        value.from = value.to = at;
        value.text = arena_text(&scratch, time_to_rfc3339(at, text));
    }
    return value;
}

static struct value
make_value(const struct world *world, const struct wish *wish)
{
    static const char *const spans[] = {"90s", "10m", "2h", "3d", "5w", "400d"};
    const struct name *name = wish->name;
    const void *object = any_item(world)->object;
    enum comparison comparison = wish->comparison;
    bool orders = comparison >= LESS && comparison <= AT_LEAST;
    struct value value = {.text = ""};
    switch (name->meaning) {
    case TEXT:
        value.text = orders ? arena_printf(&scratch, "%d.5", (int)below(20) - 3)
                            : text_value(text_of(world, object, name->member), comparison);
        break;
    case ID:
        value.text = text_of(world, object, name->member);
        if (comparison == CONTAINS)
            value.text = piece_of(value.text);
        break;
    case WORD:
        value.text = text_of(world, object, name->member);
        break;
    case TIME:
        return make_time(world, name->member, comparison);
    case AGE:
        value.text =
            below(2)
                ? spans[below(sizeof spans / sizeof *spans)]
                : arena_printf(&scratch, "%lld", /* exactly as old as that one */
                               (long long)(now_ms - number_of(world, object, name->member)) / 1000);
        assert_true(span_from_text(value.text, &value.from));
        break;
    case SEVERITY:
        return make_severity(world, comparison);
    case ATTRIBUTE: {
        const struct alert *alert = object;
        if (orders) {
            value.text = arena_printf(&scratch, "%d", (int)below(60) - 5);
            break;
        }
        for (size_t i = 0; i < alert->attributes_len; i++) {
            const struct alert_attribute_entry *entry = &alert->attributes[i];
            if (strcmp(entry->attribute_name, name->member) == 0)
                value.text = entry->array_value_len
                                 ? entry->array_value[below(entry->array_value_len)].label
                                 : entry->label;
        }
        value.text = text_value(value.text, comparison == HAS ? IS : comparison);
        break;
    }
    case ME:
        value.text = "@me";
        break;
    case SOURCE:
        value.text = world->context.sources[below(world->context.sources_len)].name;
        break;
    case STATE:
        return make_state();
    }
    return value;
}

static bool
may_compare(enum meaning meaning, enum comparison comparison)
{
    bool orders = comparison >= LESS && comparison <= AT_LEAST;
    switch (meaning) {
    case TEXT:
    case ATTRIBUTE:
    case SEVERITY:
        return true;
    case ID:
    case WORD:
    case SOURCE:
        return !orders;
    case TIME:
        return comparison != CONTAINS;
    case AGE:
        return orders;
    case ME:
    case STATE:
        return comparison == IS || comparison == IS_NOT || comparison == HAS;
    }
    return false;
}

static struct wish *
make_field(const struct world *world, struct str *out)
{
    struct wish *wish = arena_new(&scratch, struct wish);
    wish->type = WISH_FIELD;
    do
        wish->name = &names[below(NAMES_LEN)];
    while (wish->name->kind != world->kind);
    do
        wish->comparison = (enum comparison)below(COMPARISONS);
    while (!may_compare(wish->name->meaning, wish->comparison));
    bool orders = wish->comparison >= LESS && wish->comparison <= AT_LEAST;
    wish->values_len = orders || below(3) ? 1 : 1 + (int)below(VALUES_MAX);
    const char *gap = below(8) ? "" : " ";
    str_printf(out, "%s%s%s%s", wish->name->written, gap, signs[wish->comparison], gap);
    for (int i = 0; i < wish->values_len; i++) {
        struct value *value = &wish->values[i];
        *value = make_value(world, wish);
        bool is_plain = *value->text && !strpbrk(value->text, " \t\n(),\"") &&
                        (wish->name->meaning == ME || value->text[0] != '@');
        const char *written =
            is_plain && (wish->name->meaning == ME || wish->name->meaning == TIME ||
                         wish->name->meaning == SEVERITY || below(2))
                ? value->text
                : quoted(value->text);
        str_printf(out, "%s%s", i ? "," : "", written);
    }
    return wish;
}

/* Some words of an object that stand together, whole or as they begin. */
static struct wish *
make_words(const struct world *world, struct str *out)
{
    static const char *const others[] = {"orders", "a", "daily", "zzz", "naïve", "DBT", "1"};
    struct wish *wish = arena_new(&scratch, struct wish);
    const struct item *item = any_item(world);
    const char *from = item->words[below(2)];
    struct str words;
    wish->type = WISH_WORDS;
    str_init(&words, 0);
    bool whole = below(2);
    if (!from[1] || below(8) == 0)
        from = others[below(sizeof others / sizeof *others)];
    /* Begin at a word and take one to three of them. */
    size_t start = below(strlen(from));
    while (start > 0 && from[start - 1] != ' ')
        start--;
    size_t len = strcspn(from + start, " ");
    for (uint32_t more = whole ? below(3) : 0; more && from[start + len] && from[start + len + 1];
         more--)
        len += 1 + strcspn(from + start + len + 1, " ");
    if (!whole) /* a bare word needs only begin so */
        for (len = 1 + below(len); len && (from[start + len] & 0xc0) == 0x80; len++)
            ;
    const char *text = arena_text_len(&scratch, from + start, len);
    if (!text_has_word(text))
        text = "x";
    append_words(&words, text);
    wish->words = arena_printf(&scratch, "%s%s", str_text(&words), whole ? " " : "");
    str_finish(&words);
    if (!whole && (strcmp(text, "and") == 0 || strcmp(text, "or") == 0 || strcmp(text, "not") == 0))
        text = arena_printf(&scratch, "%s-", text); /* no letter: no difference, but no keyword */
    str_append(out, whole ? quoted(text) : text);
    return wish;
}

static struct wish *
make_wish(const struct world *world, int depth, struct str *out)
{
    uint32_t choice = depth ? below(10) : 9 - below(5);
    if (choice >= 7)
        return make_words(world, out);
    if (choice >= 4)
        return make_field(world, out);
    struct wish *wish = arena_new(&scratch, struct wish);
    if (choice == 3) {
        wish->type = WISH_NOT;
        wish->parts_len = 1;
        str_append(out, "not (");
        wish->parts[0] = make_wish(world, depth - 1, out);
        str_append_char(out, ')');
        return wish;
    }
    wish->type = choice == 2 ? WISH_OR : WISH_AND;
    wish->parts_len = 2 + (int)below(2);
    for (int i = 0; i < wish->parts_len; i++) {
        if (i)
            str_append(out, wish->type == WISH_OR ? " or " : below(2) ? " and " : " ");
        /* An `or` inside of an `and` needs parentheses, the other way round it does not. */
        struct str part;
        str_init(&part, 0);
        wish->parts[i] = make_wish(world, depth - 1, &part);
        bool needs = wish->parts[i]->type == WISH_OR && wish->type == WISH_AND;
        str_printf(out, needs || below(6) == 0 ? "(%s)" : "%s", str_text(&part));
        str_finish(&part);
    }
    return wish;
}

/* ---- the test ---- */

struct expected {
    const struct world *world;
    const struct item *items[OBJECTS_MAX];
    size_t len, at;
    const char *text;
    const char *described;
};

static bool
compare(void *context, const char *json)
{
    struct expected *expected = context;
    const char *id = strstr(json, "\"id\":\"");
    const char *wanted =
        expected->at < expected->len ? expected->items[expected->at]->id : "nothing";
    if (!id || strncmp(id + 6, wanted, strlen(wanted)) != 0)
        fail_msg("%s: %s\n%s\nrow %zu: expected %s, found %.60s",
                 kind_info(expected->world->kind)->list, expected->text, expected->described,
                 expected->at, wanted, json);
    expected->at++;
    return true;
}

/* ---- the panes' windows ---- */

static const struct world *sorted_world;
static const char *sorted_by;

static int
compare_numbers(const struct item *a, const struct item *b, const char *member)
{
    int64_t left = number_of(sorted_world, a->object, member);
    int64_t right = number_of(sorted_world, b->object, member);
    return left < right ? -1 : left > right;
}

static int
compare_texts(const struct item *a, const struct item *b, const char *member)
{
    return strcasecmp(text_of(sorted_world, a->object, member),
                      text_of(sorted_world, b->object, member));
}

static const char *
source_of(const struct item *item)
{
    const char *id = text_of(sorted_world, item->object, "alert_source_id");
    for (size_t i = 0; i < sorted_world->context.sources_len; i++)
        if (strcmp(sorted_world->context.sources[i].id, id) == 0)
            return sorted_world->context.sources[i].name;
    return "";
}

static int
compare_alerts(const struct item *a, const struct item *b)
{
    if (strcmp(sorted_by, "newest") == 0)
        return -compare_numbers(a, b, "created_at");
    if (strcmp(sorted_by, "updated") == 0)
        return -compare_numbers(a, b, "updated_at");
    bool resolved_a = number_of(sorted_world, a->object, "feed_rank") == 9;
    bool resolved_b = number_of(sorted_world, b->object, "feed_rank") == 9;
    if (resolved_a != resolved_b)
        return resolved_a ? 1 : -1;
    int order = resolved_a                         ? 0
                : strcmp(sorted_by, "owner") == 0  ? compare_texts(a, b, "owner")
                : strcmp(sorted_by, "source") == 0 ? strcasecmp(source_of(a), source_of(b))
                : strcmp(sorted_by, "oldest") == 0 ? compare_numbers(a, b, "created_at")
                                                   : 0;
    if (!order && strcmp(sorted_by, "oldest") != 0)
        order = compare_numbers(a, b, "feed_rank");
    return order || (!resolved_a && strcmp(sorted_by, "oldest") == 0)
               ? order
               : -compare_numbers(a, b, "feed_at");
}

/* What is due, then what has no time. */
static int
compare_due(const struct item *a, const struct item *b)
{
    bool undated_a = number_of(sorted_world, a->object, "due_at") == 0;
    bool undated_b = number_of(sorted_world, b->object, "due_at") == 0;
    return undated_a != undated_b ? undated_a - undated_b : compare_numbers(a, b, "due_at");
}

static int
compare_follow_ups(const struct item *a, const struct item *b, bool *reverse_ids)
{
    int order = 0;
    if (strcmp(sorted_by, "newest") == 0)
        return -compare_numbers(a, b, "created_at");
    *reverse_ids = strcmp(sorted_by, "oldest") == 0;
    if (*reverse_ids)
        return compare_numbers(a, b, "created_at");
    if (strcmp(sorted_by, "owner") == 0)
        order = compare_texts(a, b, "assignee_name");
    else if (strcmp(sorted_by, "incident") == 0)
        order = -strcmp(text_of(sorted_world, a->object, "incident_id"),
                        text_of(sorted_world, b->object, "incident_id"));
    else if (strcmp(sorted_by, "priority") == 0)
        order = -compare_numbers(a, b, "priority_rank");
    return order ? order : compare_due(a, b);
}

static int
compare_items(const void *left, const void *right)
{
    const struct item *a = *(const struct item *const *)left;
    const struct item *b = *(const struct item *const *)right;
    bool reverse_ids = false;
    int order = sorted_world->kind == KIND_ALERT ? compare_alerts(a, b)
                                                 : compare_follow_ups(a, b, &reverse_ids);
    if (order)
        return order;
    return reverse_ids ? strcmp(b->id, a->id) : strcmp(a->id, b->id);
}

struct shown {
    const char *ids[64];
    size_t len;
    bool more_above, more_below;
};

static void
read_shown(const struct world *world, const struct window_request *request, struct shown *shown)
{
    if (world->kind == KIND_ALERT) {
        struct feed_window window;
        assert_true(window_feed(cache, request, &scratch, &window, &err));
        *shown = (struct shown){.len = window.rows_len,
                                .more_above = window.more_above,
                                .more_below = window.more_below};
        for (size_t i = 0; i < window.rows_len; i++)
            shown->ids[i] = window.rows[i].id;
    } else {
        struct follow_up_window window;
        assert_true(window_follow_ups(cache, request, now_ms, &scratch, &window, &err));
        *shown = (struct shown){.len = window.rows_len,
                                .more_above = window.more_above,
                                .more_below = window.more_below};
        for (size_t i = 0; i < window.rows_len; i++)
            shown->ids[i] = window.rows[i].id;
    }
}

/* Items around one of them, whether it is among those found or not. */
static void
check_window(const struct world *world, const struct filter *filter, struct expected *found)
{
    size_t sorts_len;
    const struct sort *sorts = sorts_of(world->kind, &sorts_len);
    const struct sort *sort = &sorts[below(sorts_len)];
    const struct item *cursor = any_item(world);
    const struct item **items = found->items;
    size_t len = 0, at = 0;
    bool is_backlog = world->kind == KIND_FOLLOW_UP;
    struct window_request request = {
        .rows = 1 + (int)below(8), .filter = filter, .sort = below(3) ? sort : NULL};
    struct shown shown;

    sorted_world = world;
    sorted_by = request.sort ? sort->name : sorts[0].name;
    for (size_t i = 0; i < found->len; i++)
        if (!is_backlog || strcmp(text_of(world, items[i]->object, "status"), "outstanding") == 0)
            items[len++] = items[i];
    qsort(items, len, sizeof *items, compare_items);
    request.to_end = below(5) == 0;
    request.id = request.to_end || below(5) == 0 ? "" : cursor->id;
    if (request.to_end)
        at = len;
    else if (*request.id)
        while (at < len && compare_items(&items[at], &cursor) < 0)
            at++;
    size_t rows = (size_t)request.rows;
    size_t from = at > rows ? at - rows : 0, to = len - at > rows + 1 ? at + rows + 1 : len;

    read_shown(world, &request, &shown);
    bool same =
        shown.len == to - from && shown.more_above == (from > 0) && shown.more_below == (to < len);
    for (size_t i = 0; same && i < shown.len; i++)
        same = strcmp(shown.ids[i], items[from + i]->id) == 0;
    if (same)
        return;
    print_message("sorted by %s, %d rows around '%s'%s: %zu to %zu of %zu\n", sorted_by,
                  request.rows, request.id, request.to_end ? " (the end)" : "", from, to, len);
    for (size_t i = 0; i < shown.len || from + i < to; i++)
        print_message("  %-30s  expected %s\n", i < shown.len ? shown.ids[i] : "",
                      from + i < to ? items[from + i]->id : "");
    fail_msg("%s: %s\n%s", kind_info(world->kind)->list, found->text, found->described);
}

/* *telling: some of the objects are found, and some are not. */
static void
one_round(struct world *world, long *telling)
{
    struct str text;
    struct filter_error problem;
    struct expected expected = {.world = world};
    struct cache_query query = {0};
    str_init(&text, 0);
    struct wish *wish = make_wish(world, 3, &text);
    expected.text = str_text(&text);
    if (text.len > FILTER_MAX_BYTES) {
        str_finish(&text);
        return;
    }
    if (!filter_parse(expected.text, &world->context, &scratch, &query.filter, &problem))
        fail_msg("%s: %s\n%s", expected.text, problem.message,
                 filter_error_caret(expected.text, &problem, &scratch));
    expected.described = filter_describe(query.filter, &scratch);
    for (size_t i = 0; i < world->len; i++)
        if (passes(world, wish, &world->items[i]))
            expected.items[expected.len++] = &world->items[i];

    *telling += expected.len > 0 && expected.len < world->len;

    struct expected everything = expected;
    if (expected.len > 3 && below(4) == 0) { /* a page in the middle */
        size_t after = below(expected.len - 1);
        query.after_id = expected.items[after]->id;
        query.limit = 5;
        expected.at = after + 1;
        if (expected.len > after + 6)
            expected.len = after + 6;
    }
    if (!cache_list(cache, world->kind, &query, compare, &expected, &err))
        fail_msg("%s: %s", expected.text, err.message);
    if (expected.at != expected.len)
        fail_msg("%s: %s\n%s\nexpected %s as well, of %zu", kind_info(world->kind)->list,
                 expected.text, expected.described, expected.items[expected.at]->id, expected.len);
    if (world->kind != KIND_INCIDENT)
        check_window(world, query.filter, &everything);
    str_finish(&text);
    arena_reset(&scratch);
}

static void
sqlite_and_a_naive_reading_agree_on_random_filters(void **state)
{
    (void)state;
    const char *rounds = getenv("FILTER_FUZZ_ROUNDS");
    for (int i = 0; i < KINDS_LEN; i++) {
        /* Somebody who has something of every kind. */
        const char *email = "";
        for (size_t at = 0; at < worlds[2].len && !*email; at++)
            email = text_of(&worlds[2], worlds[2].items[at].object, "assignee_email");
        assert_true(cache_filter_context(cache, kinds[i], email, &arena, &worlds[i].context, &err));
        assert_true(*worlds[i].context.me.id);
        assert_true(worlds[i].len > 50);
    }
    long count = rounds ? strtol(rounds, NULL, 10) : ROUNDS, telling = 0;
    for (long round = 0; round < count; round++) {
        if (round == count / 3) { /* until then from the alerts themselves */
            bool done = false;
            while (!done)
                assert_true(cache_values_resume(cache, 500, &done, &err));
        }
        one_round(&worlds[below(KINDS_LEN)], &telling);
    }
    print_message("%ld filters, %ld find some and not all\n", count, telling);
    assert_true(telling > count / 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sqlite_and_a_naive_reading_agree_on_random_filters),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
