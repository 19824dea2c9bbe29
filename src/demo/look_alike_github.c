#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo/look_alike.h"
#include "demo/pipeline.h"

/*
 * Pull requests attached to incidents are as their incident is. Beside them two are merged each day, whose numbers follow from the
 * day: each touches the files of a few models.
 */

#define MERGE_EVERY_MS (12 * HOUR_MS)
#define FIRST_EVERYDAY                                                                             \
    INT64_C(200) /* everyday ones have the numbers from here on; incidents' are above */

enum { EVERYDAY = 1000, FOUND_DAYS = 8, FILES = 5 };
static const char merge_mark[] = "ab1e"; /* what a merge's commit begins with, then the number */

struct pull {
    int64_t number, created_at, merged_at;
    const char *repository, *title, *author;
};

static int64_t
newest_merge(const struct look_alike *look)
{
    return (look->now_ms - 3 * HOUR_MS) / MERGE_EVERY_MS;
}

static int64_t
everyday_number(int64_t merge)
{
    return FIRST_EVERYDAY + merge % EVERYDAY;
}

/* Which of the last thousand merges has this number. */
static struct pull
everyday_pull(struct look_alike *look, const char *repository, int64_t number)
{
    const int64_t last = newest_merge(look);
    int64_t merge = last - (everyday_number(last) - number + EVERYDAY) % EVERYDAY;
    const char *of = arena_printf(look->arena, "pull %lld", (long long)number);
    return (struct pull){.number = number,
                         .repository = repository,
                         .merged_at = merge * MERGE_EVERY_MS + 3 * HOUR_MS,
                         .created_at = merge * MERGE_EVERY_MS - 20 * HOUR_MS,
                         .title = look_alike_subject(look, of, ""),
                         .author = look_alike_author(look, of)};
}

/* The one of an incident; false when no incident has it. */
static bool
incident_pull(struct look_alike *look, const char *repository, int64_t number, struct pull *pull)
{
    struct statement *statement;
    struct error err;
    bool row = false;
    if (!store_statement(look->world->store, SQL_DEMO_PULL, &statement, &err))
        return false;
    bind_text(statement, "link",
              arena_printf(look->arena, "https://github.com/%s/pull/%lld", repository,
                           (long long)number));
    if (!statement_step(statement, &row, &err) || !row)
        return false;
    const int64_t began_at = row_integer(statement, 1);
    const char *of = arena_printf(look->arena, "pull %lld", (long long)number);
    *pull = (struct pull){.number = number,
                          .repository = repository,
                          .created_at = began_at + 10 * MINUTE_MS,
                          .merged_at = row_integer(statement, 3) ? 0 : row_integer(statement, 2),
                          .title = row_text(statement, look->arena, 0),
                          .author = look_alike_author(look, of)};
    statement_reset(statement);
    if (pull->created_at > look->now_ms)
        pull->created_at = began_at;
    return true;
}

static struct pull
pull_of(struct look_alike *look, const char *repository, int64_t number)
{
    struct pull pull;
    return incident_pull(look, repository, number, &pull) ? pull
                                                          : everyday_pull(look, repository, number);
}

static const char *
merge_commit(struct look_alike *look, int64_t number)
{
    return look_alike_sha(look, arena_printf(look->arena, "%s%05llx", merge_mark,
                                             (unsigned long long)number & 0xfffff));
}

static void
append_user(struct look_alike *look, const char *name, const char *login)
{
    str_printf(look->out, ",\"%s\":{", name);
    look_alike_text(look, "login", login);
    str_append(look->out, "}");
}

static void
append_pull(struct look_alike *look, const struct pull *pull)
{
    str_printf(look->out, "{\"id\":%lld,\"number\":%lld,\"draft\":false", (long long)pull->number,
               (long long)pull->number);
    look_alike_text(look, "title", pull->title);
    look_alike_text(look, "state", pull->merged_at ? "closed" : "open");
    append_user(look, "user", pull->author);
    look_alike_time(look, "created_at", pull->created_at);
    look_alike_time(look, "closed_at", pull->merged_at);
    look_alike_time(look, "merged_at", pull->merged_at);
    if (pull->merged_at)
        append_user(look, "merged_by", look_alike_author(look, pull->title));
    look_alike_text(look, "html_url",
                    arena_printf(look->arena, "https://github.com/%s/pull/%lld", pull->repository,
                                 (long long)pull->number));
    look_alike_text(look, "merge_commit_sha", merge_commit(look, pull->number));
    str_append(look->out, ",\"head\":{");
    look_alike_text(look, "sha", merge_commit(look, pull->number));
    str_append(look->out, "}}");
}

static void
answer_reviews(struct look_alike *look, const struct pull *pull)
{
    str_append(look->out, "[");
    if (pull->merged_at) {
        str_printf(look->out, "{\"id\":%lld", (long long)pull->number);
        look_alike_text(look, "state", "APPROVED");
        append_user(look, "user", look_alike_author(look, pull->title));
        look_alike_time(look, "submitted_at",
                        pull->created_at + (pull->merged_at - pull->created_at) / 2);
        str_append(look->out, "}");
    }
    str_append(look->out, "]");
}

/* The model of the alert that names it, else a few that follow from its number. */
static void
append_files(struct look_alike *look, const char *sha, const char *node)
{
    const struct pipeline *pipeline = pipeline_get();
    const int found = *node ? pipeline_find(pipeline, node) : -1;
    uint64_t number = look_alike_number(sha);
    str_append(look->out, ",\"files\":[");
    for (int i = 0; i < FILES; i++) {
        const int at = found >= 0 && i == 0 ? found : (int)(number % (unsigned)pipeline->len);
        str_append(look->out, i ? ",{" : "{");
        look_alike_text(look, "filename", pipeline_path(pipeline, at, look->arena));
        str_append(look->out, "}");
        number = number * 6364136223846793005u + 1442695040888963407u;
    }
    str_append(look->out, "]");
}

static void
answer_commit(struct look_alike *look, const char *repository, const char *sha)
{
    struct statement *statement;
    struct error err;
    bool row = false;
    int64_t at = look->now_ms - HOUR_MS;
    const char *node = "";
    if (store_statement(look->world->store, SQL_DEMO_COMMIT, &statement, &err)) {
        bind_text(statement, "sha", arena_printf(look->arena, "%.7s", sha));
        if (statement_step(statement, &row, &err) && row) {
            at = row_integer(statement, 0) - 50 * MINUTE_MS;
            node = row_text(statement, look->arena, 1);
        }
        statement_reset(statement);
    }
    const char *author = look_alike_author(look, sha);
    str_append(look->out, "{");
    look_alike_text(look, "sha", look_alike_sha(look, sha));
    look_alike_text(look, "html_url",
                    arena_printf(look->arena, "https://github.com/%s/commit/%s", repository, sha));
    append_user(look, "author", author);
    str_append(look->out, ",\"commit\":{");
    look_alike_text(look, "message", look_alike_subject(look, sha, node));
    str_append(look->out, ",\"author\":{");
    look_alike_text(look, "name", author);
    look_alike_time(look, "date", at);
    str_append(look->out, "}}");
    append_files(look, sha, node);
    str_append(look->out, "}");
}

static void
answer_found(struct look_alike *look)
{
    const int64_t last = newest_merge(look);
    const int count = (int)(FOUND_DAYS * DAY_MS / MERGE_EVERY_MS);
    str_printf(look->out, "{\"total_count\":%d,\"items\":[", count);
    for (int i = 0; i < count; i++)
        str_printf(look->out, "%s{\"number\":%lld}", i ? "," : "",
                   (long long)everyday_number(last - i));
    str_append(look->out, "]}");
}

static bool
answer_of_commit(struct look_alike *look, const char *repository, const char *sha, const char *rest)
{
    if (!*rest) {
        answer_commit(look, repository, sha);
    } else if (strcmp(rest, "/pulls") == 0) {
        const struct pull pull = everyday_pull(
            look, repository,
            everyday_number(newest_merge(look) - (int64_t)(look_alike_number(sha) % 6)));
        str_append(look->out, "[");
        append_pull(look, &pull);
        str_append(look->out, "]");
    } else if (strcmp(rest, "/status") == 0) {
        str_append(look->out, "{\"state\":\"pending\",\"statuses\":[]}");
    } else if (strcmp(rest, "/check-runs") == 0) {
        str_append(look->out, "{\"total_count\":1,\"check_runs\":[{\"name\":\"dbt build\","
                              "\"status\":\"completed\",\"conclusion\":\"success\"");
        look_alike_time(look, "completed_at", look->now_ms / DAY_MS * DAY_MS - DAY_MS);
        str_append(look->out, "}]}");
    } else {
        return false;
    }
    return true;
}

/* "repos/OWNER/NAME/pulls/7/reviews?…", "repos/OWNER/NAME/commits/SHA/pulls?…", "search/issues?…", "rate_limit" */
bool
look_alike_github(struct look_alike *look, const char *target)
{
    const char *path = arena_text_len(look->arena, target, strcspn(target, "?"));
    if (strcmp(path, "rate_limit") == 0) {
        str_append(look->out, "{\"resources\":{\"core\":{\"limit\":5000,\"remaining\":4990}}}");
        return true;
    }
    if (strcmp(path, "search/issues") == 0) {
        answer_found(look);
        return true;
    }
    if (strncmp(path, "repos/", 6) != 0)
        return false;
    const char *owner = path + 6;
    const char *name = owner + strcspn(owner, "/");
    name += *name == '/';
    const char *rest = name + strcspn(name, "/");
    const char *repository = arena_text_len(look->arena, owner, (size_t)(rest - owner));
    if (strncmp(rest, "/pulls/", 7) == 0) {
        char *end;
        const int64_t number = strtoll(rest + 7, &end, 10);
        const struct pull pull = pull_of(look, repository, number);
        if (number <= 0 || (*end && strcmp(end, "/reviews") != 0))
            return false;
        if (*end)
            answer_reviews(look, &pull);
        else
            append_pull(look, &pull);
        return true;
    }
    if (strncmp(rest, "/commits/", 9) != 0)
        return false;
    const char *sha = rest + 9;
    const size_t sha_len = strspn(sha, "0123456789abcdef");
    return sha_len >= 7 &&
           answer_of_commit(look, repository, arena_text_len(look->arena, sha, sha_len),
                            sha + sha_len);
}
