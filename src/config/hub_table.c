#include "config/hub_table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define OPTION(type, member, name, fallback, help)                                                 \
    {HUB_##type, name, fallback, help, offsetof(OPTION_OWNER, member), TEXT_OFFSET_##type(member)},
#define TEXT_OFFSET_TEXT(member) 0
#define TEXT_OFFSET_WORD(member) 0
#define TEXT_OFFSET_MOMENT(member) 0
#define TEXT_OFFSET_JQ(member) 0
#define TEXT_OFFSET_FILE(member) offsetof(OPTION_OWNER, member##_text)
#define TEXT_OFFSET_SECRET(member) offsetof(OPTION_OWNER, member##_text)
#define TEXT_OFFSET_LIST(member) 0
#define TEXT_OFFSET_SPAN(member) 0
#define TEXT_OFFSET_COUNT(member) 0
#define TEXT_OFFSET_FLAG(member) 0

/* The owner of the rows cannot be passed through the X macros, so each table names it around itself. */
#define OPTION_OWNER struct hub_file
static const struct hub_option top_options[] = {HUB_TOP_OPTIONS(OPTION)};
#undef OPTION_OWNER
#define OPTION_OWNER struct hub_limit_section
static const struct hub_option limit_options[] = {HUB_LIMIT_OPTIONS(OPTION)};
#undef OPTION_OWNER
#define OPTION_OWNER struct hub_slack
static const struct hub_option slack_options[] = {HUB_SLACK_OPTIONS(OPTION)};
#undef OPTION_OWNER
#define OPTION_OWNER struct hub_person
static const struct hub_option person_options[] = {HUB_PERSON_OPTIONS(OPTION)};
#undef OPTION_OWNER
#define OPTION_OWNER struct hub_team
static const struct hub_option team_options[] = {HUB_TEAM_OPTIONS(OPTION)};
#undef OPTION_OWNER
#define OPTION_OWNER struct hub_severity
static const struct hub_option severity_options[] = {HUB_SEVERITY_OPTIONS(OPTION)};
#undef OPTION_OWNER
#define OPTION_OWNER struct hub_status
static const struct hub_option status_options[] = {HUB_STATUS_OPTIONS(OPTION)};
#undef OPTION_OWNER
#define OPTION_OWNER struct hub_role
static const struct hub_option role_options[] = {HUB_ROLE_OPTIONS(OPTION)};
#undef OPTION_OWNER
#define OPTION_OWNER struct hub_type
static const struct hub_option type_options[] = {HUB_TYPE_OPTIONS(OPTION)};
#undef OPTION_OWNER
#define OPTION_OWNER struct hub_attribute
static const struct hub_option attribute_options[] = {HUB_ATTRIBUTE_OPTIONS(OPTION)};
#undef OPTION_OWNER
#define OPTION_OWNER struct hub_source
static const struct hub_option source_options[] = {HUB_SOURCE_OPTIONS(OPTION)};
#undef OPTION_OWNER
#define OPTION_OWNER struct hub_source_attribute
static const struct hub_option source_attribute_options[] = {HUB_SOURCE_ATTRIBUTE_OPTIONS(OPTION)};
#undef OPTION_OWNER
#define OPTION_OWNER struct hub_notification
static const struct hub_option notification_options[] = {HUB_NOTIFICATION_OPTIONS(OPTION)};
#undef OPTION_OWNER
#define OPTION_OWNER struct hub_schedule
static const struct hub_option schedule_options[] = {HUB_SCHEDULE_OPTIONS(OPTION)};
#undef OPTION_OWNER
#define OPTION_OWNER struct hub_rotation
static const struct hub_option rotation_options[] = {HUB_ROTATION_OPTIONS(OPTION)};
#undef OPTION_OWNER
#define OPTION_OWNER struct hub_path
static const struct hub_option path_options[] = {HUB_PATH_OPTIONS(OPTION)};
#undef OPTION_OWNER
#define OPTION_OWNER struct hub_level
static const struct hub_option level_options[] = {HUB_LEVEL_OPTIONS(OPTION)};
#undef OPTION_OWNER
#define OPTION_OWNER struct hub_route
static const struct hub_option route_options[] = {HUB_ROUTE_OPTIONS(OPTION)};
#undef OPTION_OWNER

#define LEN(array) (sizeof(array) / sizeof((array)[0]))
#define ROWS(array) .options = (array), .options_len = LEN(array)
#define HOLDS(array) .children = (array), .children_len = LEN(array)
#define INSIDE(owner)                                                                              \
    .offset = offsetof(struct owner, children), .len_offset = offsetof(struct owner, children_len)

static const struct hub_section_kind source_children[] = {{
    .name = "attribute",
    ROWS(source_attribute_options),
    .struct_size = sizeof(struct hub_source_attribute),
    .has_title = true,
    INSIDE(hub_source),
}};
static const struct hub_section_kind schedule_children[] = {{
    .name = "rotation",
    ROWS(rotation_options),
    .struct_size = sizeof(struct hub_rotation),
    .has_title = true,
    INSIDE(hub_schedule),
}};
static const struct hub_section_kind path_children[] = {{
    .name = "level",
    ROWS(level_options),
    .struct_size = sizeof(struct hub_level),
    INSIDE(hub_path),
}};

#define CHILDREN_person .children_len = 0
#define CHILDREN_team .children_len = 0
#define CHILDREN_severity .children_len = 0
#define CHILDREN_status .children_len = 0
#define CHILDREN_role .children_len = 0
#define CHILDREN_type .children_len = 0
#define CHILDREN_attribute .children_len = 0
#define CHILDREN_source .children = source_children, .children_len = LEN(source_children)
#define CHILDREN_notification .children_len = 0
#define CHILDREN_schedule .children = schedule_children, .children_len = LEN(schedule_children)
#define CHILDREN_path .children = path_children, .children_len = LEN(path_children)
#define CHILDREN_route .children_len = 0

static const struct hub_section_kind sections[] = {
#define X(one, many, OPTIONS)                                                                      \
    {.name = #one,                                                                                 \
     ROWS(one##_options),                                                                          \
     .struct_size = sizeof(struct hub_##one),                                                      \
     .has_title = true,                                                                            \
     .offset = offsetof(struct hub_file, many),                                                    \
     .len_offset = offsetof(struct hub_file, many##_len),                                          \
     CHILDREN_##one},
    HUB_SECTIONS(X)
#undef X
        {.name = "lookup",
         .struct_size = sizeof(struct hub_lookup),
         .has_title = true,
         .is_free = true,
         .offset = offsetof(struct hub_file, lookups),
         .len_offset = offsetof(struct hub_file, lookups_len)},
    {.name = "limits",
     ROWS(limit_options),
     .struct_size = sizeof(struct hub_limit_section),
     .is_single = true,
     .offset = offsetof(struct hub_file, limits)},
    {.name = "slack",
     ROWS(slack_options),
     .struct_size = sizeof(struct hub_slack),
     .is_single = true,
     .offset = offsetof(struct hub_file, slack)},
};

const struct hub_section_kind hub_root_kind = {
    .name = "", ROWS(top_options), .struct_size = sizeof(struct hub_file), HOLDS(sections)};

/* ---- mistakes ---- */

static void
insert(struct hub_mistakes *mistakes, struct arena *arena, int line, const char *text)
{
    if (mistakes->len == HUB_MISTAKES_MAX)
        return;
    if (!mistakes->items)
        mistakes->items = arena_new_array(arena, HUB_MISTAKES_MAX, struct hub_mistake);
    struct hub_mistake mistake = {line, text_clean(arena, text, 1000)};
    size_t at = mistakes->len++;
    for (; at > 0 && mistakes->items[at - 1].line > line; at--)
        mistakes->items[at] = mistakes->items[at - 1];
    mistakes->items[at] = mistake;
}

void
hub_complain(struct hub_report *report, int line, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments); /* a cut message is still one */
    va_end(arguments);
    insert(report->mistakes, report->arena, line,
           arena_printf(report->arena, "%s:%d: %s", report->path, line, text));
}

void
hub_mistake_add(struct hub_mistakes *mistakes, const struct hub_file *file, struct arena *arena,
                int line, const char *text)
{
    insert(mistakes, arena, line,
           line ? arena_printf(arena, "%s:%d: %s", file->path, line, text) : text);
}

bool
hub_mistakes_error(const struct hub_mistakes *mistakes, struct error *err)
{
    if (!mistakes->len)
        return true;
    if (mistakes->len == 1)
        return error_set(err, ERROR_CONFIG, "%s", mistakes->items[0].text);
    return error_set(err, ERROR_CONFIG, "%s (and %zu more: 'tocsin rules check' lists them)",
                     mistakes->items[0].text, mistakes->len - 1);
}

const char *
hub_suggestion(struct arena *arena, const char *name, const char *const *names)
{
    const char *nearest = NULL;
    int best = strlen(name) < 3 ? 2 : strlen(name) < 5 ? 3 : 4;
    for (; *names; names++) {
        int distance = text_distance(name, *names);
        if (distance < best) {
            best = distance;
            nearest = *names;
        }
    }
    return nearest ? arena_printf(arena, ", did you mean '%s'?", nearest) : "";
}

const char *const *
hub_titles(struct arena *arena, const void *items, size_t len, size_t size)
{
    const char **titles = arena_new_array(arena, len + 1, const char *);
    for (size_t i = 0; i < len; i++)
        titles[i] = ((const struct hub_section_head *)((const char *)items + i * size))->title;
    return titles;
}

/* ---- for the manual ---- */

static const char *const type_names[] = {
    [HUB_TEXT] = "text",     [HUB_WORD] = "word", [HUB_MOMENT] = "local time",
    [HUB_JQ] = "expression", [HUB_FILE] = "file", [HUB_SECRET] = "file",
    [HUB_LIST] = "list",     [HUB_SPAN] = "span", [HUB_COUNT] = "number",
    [HUB_FLAG] = "yes or no"};

static bool
find_row(const struct hub_section_kind *kind, const char *section, size_t *index,
         struct hub_option_row *row)
{
    static char inner[64];
    if (*index < kind->options_len) {
        const struct hub_option *option = &kind->options[*index];
        *row = (struct hub_option_row){section,
                                       option->name,
                                       type_names[option->type],
                                       option->fallback ? option->fallback : "",
                                       option->help,
                                       !option->fallback};
        return true;
    }
    *index -= kind->options_len;
    for (size_t i = 0; i < kind->children_len; i++) {
        const struct hub_section_kind *child = &kind->children[i];
        const char *name = child->name;
        if (*section) {
            (void)snprintf(inner, sizeof inner, "%s / %s", section, name); /* short names */
            name = inner;
        }
        if (find_row(child, name, index, row))
            return true;
    }
    return false;
}

bool
hub_file_option(size_t index, struct hub_option_row *row)
{
    return find_row(&hub_root_kind, "", &index, row);
}
