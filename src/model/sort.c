#include "model/sort.h"

#include <string.h>

/* model_derive's ranks: 1 to 5 fire, 9 is resolved. */
#define FIRING "feed_rank", 0, 8
#define RESOLVED "feed_rank", 9, 9
#define DATED "due_at", 1, INT64_MAX
#define UNDATED "due_at", INT64_MIN, 0
#define ALL NULL, 0, 0
#define UP(column)                                                                                 \
    {                                                                                              \
        column, false                                                                              \
    }
#define DOWN(column)                                                                               \
    {                                                                                              \
        column, true                                                                               \
    }

/* clang-format off: a table, one row a sort */
static const struct sort alert_sorts[] = {
    {KIND_ALERT,
     "severity",
     "severity, age",
     "what fires by severity, then what is resolved; newest first in each",
     {{FIRING, {UP("feed_rank"), DOWN("feed_at")}}, {RESOLVED, {DOWN("feed_at")}}},
     2},
    {KIND_ALERT,
     "newest",
     "newest",
     "by when it began, firing or not",
     {{ALL, {DOWN("created_at")}}},
     1},
    {KIND_ALERT,
     "oldest",
     "oldest",
     "what fires longest first, then what is resolved, newest first",
     {{FIRING, {UP("created_at")}}, {RESOLVED, {DOWN("feed_at")}}},
     2},
    {KIND_ALERT,
     "source",
     "source",
     "what fires by its source, then what is resolved, newest first",
     {{FIRING, {UP("source"), UP("feed_rank"), DOWN("feed_at")}}, {RESOLVED, {DOWN("feed_at")}}},
     2},
    {KIND_ALERT,
     "owner",
     "owner",
     "what fires by its owner, without one first, then what is resolved, newest first",
     {{FIRING, {UP("owner"), UP("feed_rank"), DOWN("feed_at")}}, {RESOLVED, {DOWN("feed_at")}}},
     2},
    {KIND_ALERT,
     "updated",
     "updated",
     "by the last change, newest first",
     {{ALL, {DOWN("updated_at")}}},
     1},
};

static const struct sort incident_sorts[] = {
    {KIND_INCIDENT,
     "newest",
     "newest",
     "by when it began, newest first",
     {{ALL, {DOWN("created_at")}}},
     1},
    {KIND_INCIDENT,
     "oldest",
     "oldest",
     "by when it began, oldest first",
     {{ALL, {UP("created_at"), DOWN("id")}}},
     1},
    {KIND_INCIDENT,
     "severity",
     "severity",
     "the most severe first, newest first in each",
     {{"severity_digit", 1, INT64_MAX, {UP("severity_digit"), DOWN("created_at")}},
      {"severity_digit", INT64_MIN, 0, {DOWN("created_at")}}},
     2},
    {KIND_INCIDENT,
     "lead",
     "lead",
     "by who leads, without one first, newest first in each",
     {{ALL, {UP("lead_name"), DOWN("created_at")}}},
     1},
    {KIND_INCIDENT,
     "updated",
     "updated",
     "by the last change, newest first",
     {{ALL, {DOWN("updated_at")}}},
     1},
};

static const struct sort follow_up_sorts[] = {
    {KIND_FOLLOW_UP,
     "due",
     "due",
     "late first: by when it is due, then what has no time",
     {{DATED, {UP("due_at")}}, {UNDATED, {UP("id")}}},
     2},
    {KIND_FOLLOW_UP,
     "owner",
     "owner",
     "by whose it is, without one first, and when it is due",
     {{ALL, {UP("assignee_name"), UP("undated"), UP("due_at")}}},
     1},
    {KIND_FOLLOW_UP,
     "incident",
     "incident",
     "newest incident first, and when it is due",
     {{ALL, {DOWN("incident_id"), UP("undated"), UP("due_at")}}},
     1},
    {KIND_FOLLOW_UP,
     "priority",
     "priority",
     "highest priority first, and when it is due",
     {{ALL, {DOWN("priority_rank"), UP("undated"), UP("due_at")}}},
     1},
    {KIND_FOLLOW_UP,
     "newest",
     "newest",
     "by when it was made, newest first",
     {{ALL, {DOWN("created_at")}}},
     1},
    {KIND_FOLLOW_UP,
     "oldest",
     "oldest",
     "by when it was made, oldest first",
     {{ALL, {UP("created_at"), DOWN("id")}}},
     1},
};

/* Of a rota, whose rows are put in order where they are (ui/view_rota.c): no statement has them. */
static const struct sort rota_sorts[] = {
    {KIND_SCHEDULE_ENTRY, "name", "name", "schedules by their names", {{ALL, {UP("name")}}}, 0},
    {KIND_SCHEDULE_ENTRY,
     "hand-over",
     "hand-over",
     "schedules by their next hand-over, soonest first",
     {{ALL, {UP("end_at")}}},
     0},
};

/* Of every other kind with a time; two rows a kind. */
#define BY_TIME(id, time)                                                                          \
    [KIND_##id] = {                                                                                \
        {KIND_##id, "newest", "newest", "newest first", {{ALL, {DOWN(time)}}}, 1},                 \
        {KIND_##id, "oldest", "oldest", "oldest first", {{ALL, {UP(time), DOWN("id")}}}, 1}},
#define X(id, name, list, one, many, at, sort, FIELDS) BY_TIME(id, sort)
static const struct sort time_sorts[KIND_COUNT][2] = {KINDS(X)};
#undef X
/* clang-format on */

#define TABLE(sorts) (*len = sizeof(sorts) / sizeof(sorts)[0], (sorts))

const struct sort *
sorts_of(enum kind kind, size_t *len)
{
    if (kind == KIND_ALERT)
        return TABLE(alert_sorts);
    if (kind == KIND_INCIDENT)
        return TABLE(incident_sorts);
    if (kind == KIND_FOLLOW_UP)
        return TABLE(follow_up_sorts);
    if (kind == KIND_SCHEDULE_ENTRY)
        return TABLE(rota_sorts);
    if (*kind_info(kind)->sort)
        return TABLE(time_sorts[kind]);
    *len = 0;
    return NULL;
}

const struct sort *
sort_default(enum kind kind)
{
    size_t len;
    return sorts_of(kind, &len);
}

const struct sort *
sort_find(enum kind kind, const char *name)
{
    size_t len, size = strlen(name);
    const struct sort *sorts = sorts_of(kind, &len), *found = NULL;
    for (size_t i = 0; i < len; i++) {
        if (strcmp(sorts[i].name, name) == 0)
            return &sorts[i];
        if (size && strncmp(sorts[i].name, name, size) == 0) {
            if (found)
                return NULL;
            found = &sorts[i];
        }
    }
    return found;
}
