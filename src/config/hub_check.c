/* What only the whole of hub.conf shows: names of nothing, values that depend on each other. */

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "config/hub_table.h"
#include "config/hub_values.h"

struct checking {
    const struct hub_file *file;
    const struct outline_section *outline;
    struct hub_report *report;
    /* titles of what others name */
#define X(one, many, OPTIONS) const char *const *many;
    HUB_SECTIONS(X)
#undef X
};

/* Where an option stands: its own line, or that of its section. */
static int
line_of(const struct outline_section *section, const char *option)
{
    const struct outline_option *at = outline_option_find(section, option);
    return at ? at->line : section->line;
}

static bool
has(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* "people: there is no person 'an', did you mean 'ana'?" */
static void
check_name(struct checking *check, const struct outline_section *section, const char *option,
           const char *name, const char *what, const char *const *names)
{
    if (!has(names, name))
        hub_complain(check->report, line_of(section, option), "%s: there is no %s '%s'%s", option,
                     what, name, hub_suggestion(check->report->arena, name, names));
}

static void
check_list(struct checking *check, const struct outline_section *section, const char *option,
           const char *const *list, const char *what, const char *const *names)
{
    for (; *list; list++)
        check_name(check, section, option, *list, what, names);
}

static void
check_zone(struct checking *check, const struct outline_section *section, const char *name,
           const struct zone **zone)
{
    struct error err;
    *zone = zone_utc();
    if (!zone_open(name, zone, &err)) {
        *zone = zone_utc();
        hub_complain(check->report, line_of(section, "timezone"),
                     "timezone = '%s': expected an IANA zone such as Europe/London", name);
    }
}

static void
check_hours(struct checking *check, const struct outline_section *section, const char *const *list)
{
    struct hub_hours hours;
    for (; *list; list++)
        if (!hub_hours_read(*list, check->report->arena, &hours))
            hub_complain(check->report, line_of(section, "hours"),
                         "hours: '%s': expected days and times of one day, such as mon-fri "
                         "09:00-17:30",
                         *list);
}

static void
check_matches(struct checking *check, const struct outline_section *section, const char *option,
              const char *const *list)
{
    struct hub_match match;
    for (; *list; list++) {
        if (!hub_match_read(*list, check->report->arena, &match))
            hub_complain(check->report, line_of(section, option),
                         "%s: '%s': expected ATTRIBUTE = VALUE, or ATTRIBUTE = VALUE | VALUE",
                         option, *list);
        else
            check_name(check, section, option, match.attribute, "attribute", check->attributes);
    }
}

static void
check_bounds(struct checking *check, const struct outline_section *section, const char *option,
             int64_t value, int64_t least, int64_t most, const char *bounds)
{
    if (value < least || value > most)
        hub_complain(check->report, line_of(section, option), "%s: expected %s", option, bounds);
}

static void
check_one_of_two(struct checking *check, const struct outline_section *section, const char *a,
                 const char *a_text, const char *b, const char *b_text, bool needed)
{
    if (*a_text && *b_text)
        hub_complain(check->report, line_of(section, b), "'%s' and '%s' exclude each other", a, b);
    else if (needed && !*a_text && !*b_text)
        hub_complain(check->report, section->line, "%s '%s' needs '%s' or '%s'", section->name,
                     section->title, a, b);
}

static bool
is_web_address(const char *url)
{
    return strncmp(url, "https://", 8) == 0 || strncmp(url, "http://127.", 11) == 0 ||
           strncmp(url, "http://localhost", 16) == 0 || strncmp(url, "http://[::1]", 12) == 0;
}

static void
check_address(struct checking *check, const struct outline_section *section, const char *option,
              const char *url)
{
    if (*url && !is_web_address(url))
        hub_complain(check->report, line_of(section, option),
                     "%s = '%s': expected https://…, or http:// to this machine", option, url);
}

/* ---- one function a kind of section ---- */

static void
check_person(struct checking *check, const struct hub_person *person,
             const struct outline_section *section)
{
    check_list(check, section, "notify", person->notify, "notification", check->notifications);
    if (*person->email && !strchr(person->email, '@'))
        hub_complain(check->report, line_of(section, "email"),
                     "email = '%s': expected an address such as ana@example.com", person->email);
    if (strcmp(person->title, "nobody") == 0)
        hub_complain(check->report, section->line,
                     "a person cannot be called 'nobody': that is an empty turn");
}

static void
check_team(struct checking *check, const struct hub_team *team,
           const struct outline_section *section)
{
    check_list(check, section, "people", team->people, "person", check->people);
}

static void
check_attribute(struct checking *check, const struct hub_attribute *attribute,
                const struct outline_section *section)
{
    check_one_of_two(check, section, "jq", attribute->jq, "file", attribute->file, true);
    if (strcmp(attribute->merge, "append") == 0 && !attribute->array)
        hub_complain(check->report, line_of(section, "merge"),
                     "merge = append: only lists can be appended to: say array = yes");
}

/* {{alert.title}}, {{alert.description}}, of a source {{payload.…}}; and {{ATTRIBUTE}} */
static void
check_template(struct checking *check, const struct outline_section *section, const char *option,
               const char *text, bool of_source)
{
    for (const char *open = strstr(text, "{{"); open; open = strstr(open + 2, "{{")) {
        const char *close = strstr(open, "}}");
        if (!close) {
            hub_complain(check->report, line_of(section, option), "%s: '{{' is not closed", option);
            return;
        }
        const char *name =
            arena_text_len(check->report->arena, open + 2, (size_t)(close - open - 2));
        bool given =
            of_source ? strncmp(name, "payload.", 8) == 0
                      : strcmp(name, "alert.title") == 0 || strcmp(name, "alert.description") == 0;
        if (!given)
            check_name(check, section, option, name, "attribute", check->attributes);
    }
}

static void
check_source(struct checking *check, const struct hub_source *source,
             const struct outline_section *section)
{
    bool custom = strcmp(source->type, "custom") == 0;
    bool beats = strcmp(source->type, "heartbeat") == 0;
    check_list(check, section, "attributes", source->attributes, "attribute", check->attributes);
    check_template(check, section, "title", source->title_template, true);
    check_template(check, section, "description", source->description, true);
    check_list(check, section, "teams", source->teams, "team", check->teams);
    if (custom && !*source->transform)
        hub_complain(check->report, section->line,
                     "source '%s' is of type custom and needs 'transform'", source->title);
    if (!custom && *source->transform)
        hub_complain(check->report, line_of(section, "transform"),
                     "transform: only a source of type custom has one");
    if (!beats)
        for (const char *const *name = (const char *const[]){"interval", "grace", "misses", NULL};
             *name; name++)
            if (outline_option_find(section, *name))
                hub_complain(check->report, line_of(section, *name),
                             "%s: only a source of type heartbeat has it", *name);
    if (beats && (*source->title_template || *source->description))
        hub_complain(
            check->report, section->line,
            "source '%s': a heartbeat's alerts have a title and a description of their own",
            source->title);
    check_bounds(check, section, "interval", source->interval, SECOND_MS, 2 * DAY_MS, "1s to 48h");
    check_bounds(check, section, "misses", source->misses, 1, 100, "1 to 100");
    if (beats && (source->interval + source->grace > 2 * DAY_MS ||
                  source->interval * source->misses > 2 * DAY_MS))
        hub_complain(check->report, line_of(section, "interval"),
                     "interval and grace, and interval times misses, may not be longer than 48h");
    for (size_t i = 0; i < source->children_len; i++) {
        const struct outline_section *inner = outline_section_find(section, "attribute", i);
        const struct hub_source_attribute *attribute = &source->children[i];
        if (!has(check->attributes, attribute->title))
            hub_complain(check->report, inner->line, "there is no attribute '%s'%s",
                         attribute->title,
                         hub_suggestion(check->report->arena, attribute->title, check->attributes));
        check_one_of_two(check, inner, "jq", attribute->jq, "file", attribute->file, true);
    }
}

static void
check_notification(struct checking *check, const struct hub_notification *notification,
                   const struct outline_section *section)
{
    int ways =
        (*notification->hook != NULL) + (*notification->webhook != '\0') + notification->slack;
    if (ways != 1)
        hub_complain(check->report, section->line,
                     "notification '%s' needs one of 'hook', 'webhook' and 'slack', not %s",
                     notification->title, ways ? "several" : "none");
    check_address(check, section, "webhook", notification->webhook);
    if (*notification->webhook && !*notification->secret_file)
        hub_complain(
            check->report, line_of(section, "webhook"),
            "a webhook needs 'secret_file': its receiver has to know that it is from here");
    check_bounds(check, section, "timeout", notification->timeout, SECOND_MS, 5 * MINUTE_MS,
                 "1s to 5m");
    if (notification->slack && !*check->file->slack.token_file)
        hub_complain(check->report, line_of(section, "slack"),
                     "slack = yes: Slack is off: it needs a section 'slack' with 'token_file'");
}

static void
check_rotation(struct checking *check, const struct hub_schedule *schedule,
               const struct hub_rotation *rotation, const struct outline_section *section,
               const struct zone *zone)
{
    int64_t at_ms;
    for (const char *const *name = rotation->people; *name; name++)
        if (strcmp(*name, "nobody") != 0)
            check_name(check, section, "people", *name, "person", check->people);
    if (!*rotation->people)
        hub_complain(check->report, line_of(section, "people"), "people: expected at least one");
    check_hours(check, section, rotation->hours);
    check_bounds(check, section, "layers", rotation->layers, 1, 20, "1 to 20");
    if (!hub_moment_read(rotation->starts, zone, &at_ms))
        hub_complain(check->report, line_of(section, "starts"),
                     "starts = '%s': expected a time such as 2026-01-05 09:00", rotation->starts);
    for (const char *const *turn = rotation->handover; *turn; turn++)
        if (!span_from_text(*turn, &at_ms) || at_ms < HOUR_MS || at_ms > 366 * DAY_MS ||
            at_ms % HOUR_MS)
            hub_complain(check->report, line_of(section, "handover"),
                         "handover: '%s': expected whole hours, days or weeks, such as 12h, 1d or "
                         "2w",
                         *turn);
    if (!*rotation->handover)
        hub_complain(check->report, line_of(section, "handover"),
                     "handover: expected at least one");
    if ((*rotation->version_of == '\0') != (*rotation->from == '\0'))
        hub_complain(check->report, section->line, "'version_of' and 'from' go together");
    if (*rotation->from && !hub_moment_read(rotation->from, zone, &at_ms))
        hub_complain(check->report, line_of(section, "from"),
                     "from = '%s': expected a time such as 2026-01-05 09:00", rotation->from);
    if (*rotation->version_of) {
        const char *const *titles =
            hub_titles(check->report->arena, schedule->children, schedule->children_len,
                       sizeof schedule->children[0]);
        check_name(check, section, "version_of", rotation->version_of, "rotation", titles);
        for (size_t i = 0; i < schedule->children_len; i++)
            if (strcmp(schedule->children[i].title, rotation->version_of) == 0 &&
                *schedule->children[i].version_of)
                hub_complain(check->report, line_of(section, "version_of"),
                             "version_of: '%s' is a version itself: name the first one",
                             rotation->version_of);
    }
}

static void
check_schedule(struct checking *check, const struct hub_schedule *schedule,
               const struct outline_section *section)
{
    const struct zone *zone;
    check_zone(check, section, schedule->timezone, &zone);
    check_list(check, section, "teams", schedule->teams, "team", check->teams);
    check_list(check, section, "slack_always", schedule->slack_always, "person", check->people);
    if (*schedule->slack_group && !*schedule->slack_always)
        hub_complain(
            check->report, line_of(section, "slack_group"),
            "slack_group needs 'slack_always': who is in the group when nobody is on call");
    if (!schedule->children_len)
        hub_complain(check->report, section->line, "schedule '%s' needs a rotation",
                     schedule->title);
    for (size_t i = 0; i < schedule->children_len; i++)
        check_rotation(check, schedule, &schedule->children[i],
                       outline_section_find(section, "rotation", i), zone);
}

static void
check_level(struct checking *check, const struct hub_path *path, const struct hub_level *level,
            const struct outline_section *section)
{
    static const char *const words[] = {"schedule", "person", "slack", NULL};
    for (const char *const *target = level->notify; *target; target++) {
        const char *name, *word = hub_word_split(*target, check->report->arena, &name);
        if (!has(words, word) || !*name)
            hub_complain(check->report, line_of(section, "notify"),
                         "notify: '%s': expected schedule NAME, person NAME or slack CHANNEL%s",
                         *target, hub_suggestion(check->report->arena, word, words));
        else if (strcmp(word, "slack") != 0)
            check_name(check, section, "notify", name, word,
                       strcmp(word, "person") == 0 ? check->people : check->schedules);
    }
    if (!*level->notify)
        hub_complain(check->report, line_of(section, "notify"), "notify: expected at least one");
    check_bounds(check, section, "acknowledge", level->acknowledge, 30 * SECOND_MS, DAY_MS,
                 "30s to 24h");
    if (strcmp(level->when, "always") != 0 && !*path->hours)
        hub_complain(check->report, line_of(section, "when"),
                     "when = %s: the path '%s' has no 'hours'", level->when, path->title);
}

static void
check_path(struct checking *check, const struct hub_path *path,
           const struct outline_section *section)
{
    const struct zone *zone;
    check_zone(check, section, path->timezone, &zone);
    check_hours(check, section, path->hours);
    check_list(check, section, "teams", path->teams, "team", check->teams);
    check_bounds(check, section, "repeat", path->repeat, 0, 100, "0 to 100");
    if (path->repeat_after)
        check_bounds(check, section, "repeat_after", path->repeat_after, 5 * MINUTE_MS, 4 * DAY_MS,
                     "5m to 4d");
    if (!path->children_len)
        hub_complain(check->report, section->line, "path '%s' needs a level", path->title);
    for (size_t i = 0; i < path->children_len; i++)
        check_level(check, path, &path->children[i], outline_section_find(section, "level", i));
}

/* "lead = ana", "lead = Owner" */
static void
check_roles(struct checking *check, const struct outline_section *section, const char *const *list)
{
    struct hub_match match;
    for (; *list; list++) {
        if (!hub_match_read(*list, check->report->arena, &match) || match.values[1]) {
            hub_complain(check->report, line_of(section, "roles"),
                         "roles: '%s': expected ROLE = PERSON, or ROLE = ATTRIBUTE", *list);
            continue;
        }
        check_name(check, section, "roles", match.attribute, "role", check->roles);
        if (!has(check->people, match.values[0]))
            check_name(check, section, "roles", match.values[0], "person or attribute",
                       check->attributes);
    }
}

static void
check_route(struct checking *check, const struct hub_route *route,
            const struct outline_section *section)
{
    check_list(check, section, "sources", route->sources, "source", check->sources);
    check_list(check, section, "escalate", route->escalate, "path", check->paths);
    check_list(check, section, "teams", route->teams, "team", check->teams);
    check_matches(check, section, "match", route->match);
    check_matches(check, section, "incident_match", route->incident_match);
    check_one_of_two(check, section, "when", route->when, "when_file", route->when_file, false);
    for (const char *const *key = route->group_by; *key; key++)
        if (strcmp(*key, "title") != 0)
            check_name(check, section, "group_by", *key, "attribute", check->attributes);
    if (*route->group_by && !route->group)
        hub_complain(check->report, line_of(section, "group_by"), "group_by: say group = yes too");
    check_roles(check, section, route->roles);
    check_template(check, section, "incident_name", route->incident_name, false);
    check_template(check, section, "incident_summary", route->incident_summary, false);
    check_bounds(check, section, "window", route->window, MINUTE_MS, 2 * DAY_MS, "1m to 48h");
    if (*route->type)
        check_name(check, section, "type", route->type, "type", check->types);
    if (*route->severity && !has(check->severities, route->severity))
        check_name(check, section, "severity", route->severity, "severity or attribute",
                   check->attributes);
    if (!*route->sources)
        hub_complain(check->report, line_of(section, "sources"), "sources: expected at least one");
}

static void
check_top(struct checking *check)
{
    const struct hub_file *file = check->file;
    const struct outline_section *slack = outline_section_find(check->outline, "slack", 0);
    const struct outline_section *limits = outline_section_find(check->outline, "limits", 0);
    size_t preferred = 0;
    check_address(check, check->outline, "url", file->url);
    check_list(check, check->outline, "nobody", file->nobody, "notification", check->notifications);
    if (slack)
        check_address(check, slack, "url", file->slack.url);
    if (limits) {
        check_bounds(check, limits, "per_key", file->limits.per_key, 1, 10000000, "1 or more");
        check_bounds(check, limits, "incidents", file->limits.incidents, 1, 10000000, "1 or more");
        check_bounds(check, limits, "events", file->limits.events, 1, 10000000, "1 or more");
    }
    for (size_t i = 0; i < file->types_len; i++)
        if (file->types[i].preferred && preferred++)
            hub_complain(check->report, file->types[i].line,
                         "type '%s': another one is the default already", file->types[i].title);
    for (size_t i = 0; i < file->lookups_len; i++)
        if (!hub_is_name(file->lookups[i].title))
            hub_complain(check->report, file->lookups[i].line,
                         "lookup '%s': expected a name that can stand behind '$' in an expression: "
                         "letters, digits and '_'",
                         file->lookups[i].title);
}

void
hub_check(const struct hub_file *file, const struct outline_section *outline,
          struct hub_report *report)
{
    struct checking check = {.file = file, .outline = outline, .report = report};
#define X(one, many, OPTIONS)                                                                      \
    check.many = hub_titles(report->arena, file->many, file->many##_len, sizeof file->many[0]);
    HUB_SECTIONS(X)
#undef X
    check_top(&check);
#define EACH(one, many)                                                                            \
    {                                                                                              \
        const struct outline_section *at = outline->sections;                                      \
        for (size_t i = 0; i < file->many##_len; i++, at = at->next) {                             \
            while (strcmp(at->name, #one) != 0)                                                    \
                at = at->next;                                                                     \
            check_##one(&check, &file->many[i], at);                                               \
        }                                                                                          \
    }
    EACH(person, people)
    EACH(team, teams)
    EACH(attribute, attributes)
    EACH(source, sources)
    EACH(notification, notifications)
    EACH(schedule, schedules)
    EACH(path, paths)
    EACH(route, routes)
#undef EACH
}
