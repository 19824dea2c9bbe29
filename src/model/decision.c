#include "model/decision.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"

#define FIELD_OWNER struct decision_attribute
static const struct field decision_attribute_rows[] = {DECISION_ATTRIBUTE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct decision_expression
static const struct field decision_expression_rows[] = {DECISION_EXPRESSION_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct decision_condition
static const struct field decision_condition_rows[] = {DECISION_CONDITION_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct decision_key
static const struct field decision_key_rows[] = {DECISION_KEY_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct decision_person
static const struct field decision_person_rows[] = {DECISION_PERSON_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct decision_page
static const struct field decision_page_rows[] = {DECISION_PAGE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct decision_route
static const struct field decision_route_rows[] = {DECISION_ROUTE_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct decision_later
static const struct field decision_later_rows[] = {DECISION_LATER_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define FIELD_OWNER struct decision
static const struct field decision_rows[] = {DECISION_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
#define X(name, FIELDS) const struct field_table name##_table = FIELD_TABLE(name, SIZE_MAX);
DECISION_PARTS(X)
#undef X

/* ---- the story ---- */

enum { LINE_MAX_BYTES = 4000 };

struct telling {
    struct arena *arena;
    struct story_line *lines;
    size_t len, capacity;
};

/* Half of what is told came from outside: it is neither another line nor a fence. */
static const char *
one_line(struct arena *arena, const char *text)
{
    char *line = arena_text(arena, text_clean(arena, text, LINE_MAX_BYTES));
    for (char *fence = line; (fence = strstr(fence, "```"));)
        fence[0] = fence[1] = fence[2] = '\'';
    return line;
}

static void
say(struct telling *telling, enum story_kind kind, const char *text)
{
    if (telling->len == telling->capacity) {
        telling->capacity = telling->capacity ? 2 * telling->capacity : 32;
        struct story_line *more =
            arena_new_array(telling->arena, telling->capacity, struct story_line);
        for (size_t i = 0; i < telling->len; i++)
            more[i] = telling->lines[i];
        telling->lines = more;
    }
    telling->lines[telling->len++] = (struct story_line){kind, one_line(telling->arena, text)};
}

#define tell(telling, kind, ...) say((telling), (kind), arena_printf((telling)->arena, __VA_ARGS__))

static const char *
by(struct telling *telling, const char *expression)
{
    return *expression ? arena_printf(telling->arena, ", by `%s`", expression) : "";
}

static const char *
because(struct telling *telling, const char *reason)
{
    return *reason ? arena_printf(telling->arena, ": %s", reason) : "";
}

static void
tell_attributes(struct telling *telling, const struct decision *decision)
{
    if (decision->attributes_len)
        say(telling, STORY_HEADING, "Attributes");
    for (size_t i = 0; i < decision->attributes_len; i++) {
        const struct decision_attribute *attribute = &decision->attributes[i];
        bool is_set = *attribute->value != '\0';
        tell(telling, is_set ? STORY_YES : STORY_NO, "%s is %s%s%s", attribute->name,
             is_set ? attribute->value : "not set", by(telling, attribute->expression),
             because(telling, attribute->reason));
    }
}

static void
tell_conditions(struct telling *telling, const char *before,
                const struct decision_condition *conditions, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const struct decision_condition *condition = &conditions[i];
        const char *alternative = condition->alternative
                                      ? arena_printf(telling->arena, "alternative %lld, ",
                                                     (long long)condition->alternative)
                                      : "";
        tell(telling, condition->held ? STORY_YES : STORY_NO, "%s: %s%s%s (it is %s)",
             condition->held ? "yes" : "no", before, alternative, condition->text,
             *condition->found ? condition->found : "not set");
    }
}

static const char *
span_text(struct telling *telling, int64_t seconds)
{
    if (seconds % 3600 == 0)
        return arena_printf(telling->arena, "%lld h", (long long)(seconds / 3600));
    return seconds % 60 == 0 ? arena_printf(telling->arena, "%lld min", (long long)(seconds / 60))
                             : arena_printf(telling->arena, "%lld s", (long long)seconds);
}

static void
tell_group(struct telling *telling, const struct decision_route *route)
{
    const char *keys = "";
    if (!*route->group_id)
        return;
    for (size_t i = 0; i < route->group_keys_len; i++)
        keys = arena_printf(telling->arena, "%s%s%s %s", keys, i ? ", " : "",
                            route->group_keys[i].name,
                            *route->group_keys[i].value ? route->group_keys[i].value : "not set");
    if (!*keys)
        keys = "all its alerts";
    if (route->group_is_new)
        tell(telling, STORY_TEXT, "group: begins one of %s, open for %s after its %s alert", keys,
             span_text(telling, route->group_window_seconds),
             text_equals(route->group_window_type, "fixed") ? "first" : "last");
    else
        tell(telling, STORY_TEXT, "group: joins that of %s, as its alert number %lld", keys,
             (long long)route->group_alerts);
}

static void
tell_incident(struct telling *telling, const struct decision_route *route)
{
    tell_conditions(telling, "for an incident, ", route->incident_conditions,
                    route->incident_conditions_len);
    if (!*route->incident_reference)
        tell(telling, STORY_TEXT, "incident: none%s", because(telling, route->incident_why));
    else
        tell(telling, STORY_TEXT, "incident: %s %s “%s”, %s, %s%s",
             route->incident_is_new ? "opens" : "joins", route->incident_reference,
             route->incident_name, route->incident_status,
             *route->incident_severity ? route->incident_severity : "no severity",
             because(telling, route->incident_why));
}

static void
tell_pages(struct telling *telling, const struct decision_route *route)
{
    if (route->pages_len == 0)
        tell(telling, STORY_TEXT, "pages nobody%s", because(telling, route->page_why));
    for (size_t i = 0; i < route->pages_len; i++) {
        const struct decision_page *page = &route->pages[i];
        const char *people = "";
        for (size_t j = 0; j < page->people_len; j++)
            people = arena_printf(telling->arena, "%s%s%s", people, j ? ", " : " (now ",
                                  page->people[j].name);
        if (*page->problem)
            tell(telling, STORY_NO, "cannot page %s: %s", page->name, page->problem);
        else
            tell(telling, STORY_YES, "pages %s%s%s%s", page->name, people, *people ? ")" : "",
                 because(telling, route->page_why));
    }
    for (size_t i = 0; i < route->channels_len; i++)
        tell(telling, STORY_YES, "tells %s", route->channels[i].name);
}

static void
tell_route(struct telling *telling, const struct decision_route *route)
{
    tell(telling, STORY_HEADING, "Route %s: %s", route->name, route->taken ? "taken" : "not taken");
    for (size_t i = 0; i < route->expressions_len; i++) {
        const struct decision_expression *expression = &route->expressions[i];
        tell(telling, STORY_TEXT, "%s is %s%s%s", expression->reference,
             *expression->value ? expression->value : "nothing",
             by(telling, expression->expression), because(telling, expression->reason));
    }
    tell_conditions(telling, "", route->conditions, route->conditions_len);
    if (!route->taken)
        return;
    tell_group(telling, route);
    tell_incident(telling, route);
    tell_pages(telling, route);
}

const struct story_line *
decision_story(const struct decision *decision, struct arena *arena, size_t *len)
{
    struct telling telling = {.arena = arena};
    size_t taken = 0;
    for (size_t i = 0; i < decision->routes_len; i++)
        taken += decision->routes[i].taken;
    if (*decision->held_by)
        tell(&telling, STORY_NO, "Held by the maintenance window %s: nobody was told.",
             decision->held_by);
    else if (taken == 0)
        say(&telling, STORY_NO, "No route took it: nobody was told.");
    else
        tell(&telling, STORY_YES, "%zu of %lld route%s took it.", taken,
             (long long)decision->routes_len + (long long)decision->other_routes,
             decision->routes_len + (size_t)decision->other_routes == 1 ? "" : "s");
    tell_attributes(&telling, decision);
    for (int wanted = 1; wanted >= 0; wanted--) /* those that were taken first */
        for (size_t i = 0; i < decision->routes_len; i++)
            if (decision->routes[i].taken == wanted)
                tell_route(&telling, &decision->routes[i]);
    if (decision->other_routes)
        tell(&telling, STORY_TEXT, "%lld other route%s for other sources or other values.",
             (long long)decision->other_routes, decision->other_routes == 1 ? " is" : "s are");
    if (decision->later_len)
        say(&telling, STORY_HEADING, "Later");
    for (size_t i = 0; i < decision->later_len; i++)
        say(&telling, STORY_TEXT, decision->later[i].text);
    *len = telling.len;
    return telling.lines;
}

static const char *
print(const struct story_line *lines, size_t len, const char *const before[], struct arena *arena)
{
    struct str out;
    str_init(&out, 0);
    for (size_t i = 0; i < len; i++)
        str_printf(&out, "%s%s\n", before[lines[i].kind], lines[i].text);
    const char *text = arena_text(arena, str_text(&out));
    str_finish(&out);
    return text;
}

const char *
story_markdown(const struct story_line *lines, size_t len, struct arena *arena)
{
    static const char *const before[] = {
        [STORY_HEADING] = "#### ", [STORY_TEXT] = "- ", [STORY_YES] = "- ", [STORY_NO] = "- "};
    return print(lines, len, before, arena);
}

const char *
story_plain(const struct story_line *lines, size_t len, struct arena *arena)
{
    static const char *const before[] = {
        [STORY_HEADING] = "\n", [STORY_TEXT] = "  ", [STORY_YES] = "  ", [STORY_NO] = "  "};
    return print(lines, len, before, arena);
}
