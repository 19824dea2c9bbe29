#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo/look_alike.h"

/* One pipeline an hour, with one workflow and two jobs; it failed when dbt said so while it ran, or in the hour before. */

#define RUN_MS (14 * MINUTE_MS)
#define STARTS_AT_MS (5 * MINUTE_MS) /* past the hour */
#define FIRST_NUMBER INT64_C(480000) /* hours since 1970 */

enum { HOURS = 72, PAGE = 20 };

static int64_t
began_at(int64_t number)
{
    return (number + FIRST_NUMBER) * HOUR_MS + STARTS_AT_MS;
}

static int64_t
newest(const struct look_alike *look)
{
    return (look->now_ms - STARTS_AT_MS) / HOUR_MS - FIRST_NUMBER;
}

static bool
exists(const struct look_alike *look, int64_t number)
{
    return number <= newest(look) && number > newest(look) - HOURS;
}

static bool
is_running(const struct look_alike *look, int64_t number)
{
    return began_at(number) + RUN_MS > look->now_ms;
}

/* Whether something broke, and in which commit; "" = an everyday one. What comes after its end is the next one's. */
static bool
has_failed(struct look_alike *look, int64_t number, const char **sha)
{
    struct statement *statement;
    struct error err;
    bool row = false;
    *sha = "";
    if (!store_statement(look->world->store, SQL_DEMO_FAILED_AT, &statement, &err))
        return false;
    bind_text(statement, "source_id", look->world->sources[SOURCE_DBT].id);
    bind_integer(statement, "from_ms", began_at(number) + RUN_MS - HOUR_MS);
    bind_integer(statement, "until_ms", began_at(number) + RUN_MS);
    if (!statement_step(statement, &row, &err))
        return false;
    if (row)
        *sha = row_text(statement, look->arena, 1);
    statement_reset(statement);
    return row;
}

static const char *
status_of(struct look_alike *look, int64_t number)
{
    const char *sha;
    return is_running(look, number)         ? "running"
           : has_failed(look, number, &sha) ? "failed"
                                            : "success";
}

static void
append_pipeline(struct look_alike *look, int64_t number)
{
    const char *sha;
    const bool failed = has_failed(look, number, &sha);
    if (!failed || !*sha)
        sha = arena_printf(look->arena, "%07llx",
                           (unsigned long long)look_alike_number(
                               arena_printf(look->arena, "commit of %lld", (long long)number / 5)) &
                               0xfffffff);
    str_printf(look->out, "{\"id\":\"p%lld\",\"number\":%lld", (long long)number,
               (long long)number);
    look_alike_text(look, "state", "created");
    look_alike_time(look, "created_at", began_at(number));
    str_append(look->out, ",\"errors\":[],\"trigger\":{\"type\":\"schedule\",\"actor\":{");
    look_alike_text(look, "login", "schedule");
    str_append(look->out, "}},\"vcs\":{");
    look_alike_text(look, "revision", look_alike_sha(look, sha));
    look_alike_text(look, "branch", "main");
    look_alike_text(look, "origin_repository_url", "https://github.com/" LOOK_ALIKE_REPOSITORY);
    str_append(look->out, ",\"commit\":{");
    look_alike_text(look, "subject", look_alike_subject(look, sha, ""));
    str_append(look->out, "}}}");
}

static void
append_workflow(struct look_alike *look, int64_t number)
{
    str_append(look->out, "{");
    look_alike_text(look, "id", arena_printf(look->arena, "w%lld", (long long)number));
    look_alike_text(look, "name", "hourly");
    look_alike_text(look, "status", status_of(look, number));
    look_alike_time(look, "created_at", began_at(number));
    look_alike_time(look, "stopped_at", is_running(look, number) ? 0 : began_at(number) + RUN_MS);
    str_append(look->out, "}");
}

static void
append_job(struct look_alike *look, int64_t number, int index)
{
    static const char *const names[] = {"prepare", "dbt-build"};
    const bool is_last = index == 1;
    const int64_t started_at = began_at(number) + index * 2 * MINUTE_MS;
    str_printf(look->out, "{\"job_number\":%lld", (long long)number * 2 + index);
    look_alike_text(look, "id", arena_printf(look->arena, "j%lld-%d", (long long)number, index));
    look_alike_text(look, "name", names[index]);
    look_alike_text(look, "type", "build");
    look_alike_text(look, "status", is_last ? status_of(look, number) : "success");
    look_alike_time(look, "started_at", started_at);
    look_alike_time(look, "stopped_at",
                    is_last && is_running(look, number) ? 0
                    : is_last                           ? began_at(number) + RUN_MS
                                                        : started_at + MINUTE_MS);
    str_append(look->out, "}");
}

static void
answer_pipelines(struct look_alike *look, const char *query)
{
    const char *page = strstr(query, "page-token=");
    const int from = page ? atoi(page + strlen("page-token=")) : 0;
    str_append(look->out, "{\"items\":[");
    for (int i = from; i >= 0 && i < from + PAGE && i < HOURS; i++) {
        str_append(look->out, i > from ? "," : "");
        append_pipeline(look, newest(look) - i);
    }
    if (from >= 0 && from + PAGE < HOURS)
        str_printf(look->out, "],\"next_page_token\":\"%d\"}", from + PAGE);
    else
        str_append(look->out, "],\"next_page_token\":null}");
}

/* "p123/workflow", "w123/job" */
static bool
number_in(const char *target, char letter, const char *rest, int64_t *number)
{
    char *end;
    if (*target != letter)
        return false;
    *number = strtoll(target + 1, &end, 10);
    return strncmp(end, rest, strlen(rest)) == 0 && strchr("?", end[strlen(rest)]);
}

bool
look_alike_circleci(struct look_alike *look, const char *target)
{
    static const char project[] = "project/" LOOK_ALIKE_PROJECT "/";
    const char *query = target + strcspn(target, "?");
    int64_t number;
    if (strncmp(target, project, sizeof project - 1) == 0) {
        const char *rest = target + sizeof project - 1;
        if (strncmp(rest, "pipeline?", strlen("pipeline?")) == 0) {
            answer_pipelines(look, query);
            return true;
        }
        if (strncmp(rest, "job/", 4) == 0) {
            str_append(look->out, "{\"messages\":[]}");
            return true;
        }
        str_append(look->out, "{\"items\":[],\"next_page_token\":null}");
        return strstr(rest, "/artifacts") || strstr(rest, "/tests");
    }
    str_append(look->out, "{\"items\":[");
    if (strncmp(target, "pipeline/", 9) == 0 && number_in(target + 9, 'p', "/workflow", &number) &&
        exists(look, number)) {
        append_workflow(look, number);
    } else if (strncmp(target, "workflow/", 9) == 0 &&
               number_in(target + 9, 'w', "/job", &number) && exists(look, number)) {
        append_job(look, number, 0);
        str_append(look->out, ",");
        append_job(look, number, 1);
    } else {
        return false;
    }
    str_append(look->out, "],\"next_page_token\":null}");
    return true;
}
