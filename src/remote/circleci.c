#include "remote/circleci.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "remote/api.h"
#include "wire/wire.h"

enum {
    NAME_MAX_BYTES = 200,
    TEXT_MAX_BYTES = 1000,
    URL_MAX_BYTES = 4000,
    ID_MAX_BYTES = 64,
    NUMBER_MAX_DIGITS = 15,
    MESSAGES_MAX = 10,
};

bool
circleci_open(struct http **http, struct loop *loop, const struct profile *profile,
              const char *token, int64_t timeout_ms, struct error *err)
{
    const struct http_options options = {.url = profile->circleci_url,
                                         .token = token,
                                         .ca_file = profile->ca_file,
                                         .proxy = profile->proxy,
                                         .insecure = profile->insecure,
                                         .budget = profile->budget,
                                         .timeout_ms = timeout_ms};
    return http_open(http, loop, &options, err);
}

bool
circleci_project_is_one(const char *slug)
{
    int parts = 0;
    for (const char *at = slug; *at;) {
        size_t len = 0;
        while (isalnum((unsigned char)at[len]) || (at[len] && strchr("._-", at[len])))
            len++;
        if (!len || strspn(at, ".") == len || (at[len] && (at[len] != '/' || !at[len + 1])))
            return false;
        parts++;
        at += len + (at[len] == '/');
    }
    return parts == 3;
}

/* ---- targets ---- */

static const char *
with_page(const char *target, const char *page, struct arena *arena)
{
    return *page ? arena_printf(arena, "%s%cpage-token=%s", target, strchr(target, '?') ? '&' : '?',
                                api_encode(page, arena))
                 : target;
}

const char *
circleci_pipelines_target(const char *project, const char *branch, const char *page,
                          struct arena *arena)
{
    return with_page(
        arena_printf(arena, "/project/%s/pipeline?branch=%s", project, api_encode(branch, arena)),
        page, arena);
}

const char *
circleci_workflows_target(const char *pipeline_id, const char *page, struct arena *arena)
{
    return with_page(arena_printf(arena, "/pipeline/%s/workflow", pipeline_id), page, arena);
}

const char *
circleci_jobs_target(const char *workflow_id, const char *page, struct arena *arena)
{
    return with_page(arena_printf(arena, "/workflow/%s/job", workflow_id), page, arena);
}

const char *
circleci_job_target(const char *project, int64_t job_number, struct arena *arena)
{
    return arena_printf(arena, "/project/%s/job/%lld", project, (long long)job_number);
}

const char *
circleci_tests_target(const char *project, int64_t job_number, struct arena *arena)
{
    return arena_printf(arena, "/project/%s/%lld/tests", project, (long long)job_number);
}

const char *
circleci_artifacts_target(const char *project, int64_t job_number, const char *page,
                          struct arena *arena)
{
    return with_page(
        arena_printf(arena, "/project/%s/%lld/artifacts", project, (long long)job_number), page,
        arena);
}

/* ---- lists ---- */

struct list {
    struct wire_document *document;
    struct arena *arena;
    size_t len;
};

static bool
list_open(struct list *list, struct slice body, struct arena *arena, const char *what,
          const char **next, struct error *err)
{
    *list = (struct list){.arena = arena};
    *next = "";
    if (!wire_document_read(body, &list->document, err))
        return error_wrap(err, "cannot read CircleCI's list of %s", what);
    if (*wire_document_json(list->document, arena, "items") != '[') {
        wire_document_destroy(list->document);
        return error_set(err, ERROR_PROTOCOL, "the answer is no list of %s", what);
    }
    const size_t count = wire_document_count(list->document, "items");
    list->len = count < CIRCLECI_ITEMS_MAX ? count : CIRCLECI_ITEMS_MAX;
    *next = wire_document_text(list->document, arena, "next_page_token");
    return true;
}

static const char *
text_at(const struct list *list, size_t index, const char *name, size_t max_bytes)
{
    const char *path = arena_printf(list->arena, "items.%zu.%s", index, name);
    return text_clean(list->arena, wire_document_text(list->document, list->arena, path),
                      max_bytes);
}

static int64_t
time_at(const struct list *list, size_t index, const char *name)
{
    int64_t time_ms;
    return time_from_rfc3339(text_at(list, index, name, NAME_MAX_BYTES), &time_ms) ? time_ms : 0;
}

static int64_t
number_of(const char *text)
{
    const size_t len = strspn(text, "0123456789");
    return text[len] || len > NUMBER_MAX_DIGITS ? 0 : strtoll(text, NULL, 10);
}

static int64_t
number_at(const struct list *list, size_t index, const char *name)
{
    return number_of(text_at(list, index, name, NAME_MAX_BYTES));
}

/* It becomes part of an address. */
static const char *
id_at(const struct list *list, size_t index)
{
    const char *id = text_at(list, index, "id", NAME_MAX_BYTES);
    size_t len = 0;
    while (isalnum((unsigned char)id[len]) || id[len] == '-')
        len++;
    return id[len] || len > ID_MAX_BYTES ? "" : id;
}

/* ---- what they say ---- */

/* "https://github.com/o/r", "git@github.com:o/r.git" */
static const char *
repository_of(const char *url, struct arena *arena)
{
    size_t len = strlen(url);
    if (len > 4 && strcmp(url + len - 4, ".git") == 0)
        len -= 4;
    const char *text = arena_text_len(arena, url, len);
    const char *name = strrchr(text, '/');
    const char *owner = name;
    while (owner && owner > text && owner[-1] != '/' && owner[-1] != ':')
        owner--;
    return name && name[1] && owner > text && owner < name ? owner : "";
}

bool
circleci_read_pipelines(struct slice body, struct arena *arena,
                        struct circleci_pipeline **pipelines, size_t *len, const char **next,
                        struct error *err)
{
    struct list list;
    *len = 0;
    if (!list_open(&list, body, arena, "pipelines", next, err))
        return false;
    *pipelines = arena_new_array(arena, list.len + 1, struct circleci_pipeline);
    for (size_t i = 0; i < list.len; i++) {
        const struct circleci_pipeline pipeline = {
            .id = id_at(&list, i),
            .state = text_at(&list, i, "state", NAME_MAX_BYTES),
            .error = text_at(&list, i, "errors.0.message", TEXT_MAX_BYTES),
            .number = number_at(&list, i, "number"),
            .created_at = time_at(&list, i, "created_at"),
            .revision = text_at(&list, i, "vcs.revision", NAME_MAX_BYTES),
            .branch = text_at(&list, i, "vcs.branch", NAME_MAX_BYTES),
            .subject = text_at(&list, i, "vcs.commit.subject", NAME_MAX_BYTES),
            .trigger = text_at(&list, i, "trigger.type", NAME_MAX_BYTES),
            .actor = text_at(&list, i, "trigger.actor.login", NAME_MAX_BYTES),
            .repository = repository_of(
                text_at(&list, i, "vcs.origin_repository_url", TEXT_MAX_BYTES), arena),
        };
        if (*pipeline.id && pipeline.number && pipeline.created_at)
            (*pipelines)[(*len)++] = pipeline;
    }
    wire_document_destroy(list.document);
    return true;
}

static enum circleci_outcome
outcome_of(const char *status)
{
    static const struct {
        const char *status;
        enum circleci_outcome outcome;
    } outcomes[] = {
        {"success", CIRCLECI_GOOD},
        {"failed", CIRCLECI_BAD},
        {"error", CIRCLECI_BAD},
        {"infrastructure_fail", CIRCLECI_BAD},
        {"timedout", CIRCLECI_BAD},
        {"terminated-unknown", CIRCLECI_BAD},
        {"unauthorized", CIRCLECI_BAD},
        {"canceled", CIRCLECI_CANCELED},
        {"not_run", CIRCLECI_NOT_RUN},
        {"retried", CIRCLECI_NOT_RUN},
        {"running", CIRCLECI_UNDER_WAY},
        {"failing", CIRCLECI_UNDER_WAY},
        {"on_hold", CIRCLECI_UNDER_WAY},
        {"queued", CIRCLECI_UNDER_WAY},
        {"not_running", CIRCLECI_UNDER_WAY},
        {"blocked", CIRCLECI_UNDER_WAY},
    };
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        if (strcmp(outcomes[i].status, status) == 0)
            return outcomes[i].outcome;
    return CIRCLECI_UNKNOWN;
}

bool
circleci_read_workflows(struct slice body, struct arena *arena,
                        struct circleci_workflow **workflows, size_t *len, const char **next,
                        struct error *err)
{
    struct list list;
    *len = 0;
    if (!list_open(&list, body, arena, "workflows", next, err))
        return false;
    *workflows = arena_new_array(arena, list.len + 1, struct circleci_workflow);
    for (size_t i = 0; i < list.len; i++) {
        struct circleci_workflow workflow = {
            .id = id_at(&list, i),
            .name = text_at(&list, i, "name", NAME_MAX_BYTES),
            .status = text_at(&list, i, "status", NAME_MAX_BYTES),
            .created_at = time_at(&list, i, "created_at"),
            .stopped_at = time_at(&list, i, "stopped_at"),
        };
        workflow.outcome = outcome_of(workflow.status);
        if (*workflow.id && *workflow.name)
            (*workflows)[(*len)++] = workflow;
    }
    wire_document_destroy(list.document);
    return true;
}

size_t
circleci_newest_workflows(struct circleci_workflow *workflows, size_t len, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; i < len; i++) {
        size_t same = 0;
        if (*name && strcmp(workflows[i].name, name) != 0)
            continue;
        while (same < kept && strcmp(workflows[same].name, workflows[i].name) != 0)
            same++;
        if (same == kept)
            workflows[kept++] = workflows[i];
        else if (workflows[i].created_at > workflows[same].created_at)
            workflows[same] = workflows[i];
    }
    return kept;
}

bool
circleci_read_jobs(struct slice body, struct arena *arena, struct circleci_job **jobs, size_t *len,
                   const char **next, struct error *err)
{
    struct list list;
    *len = 0;
    if (!list_open(&list, body, arena, "jobs", next, err))
        return false;
    *jobs = arena_new_array(arena, list.len + 1, struct circleci_job);
    for (size_t i = 0; i < list.len; i++) {
        struct circleci_job job = {
            .name = text_at(&list, i, "name", NAME_MAX_BYTES),
            .status = text_at(&list, i, "status", NAME_MAX_BYTES),
            .number = number_at(&list, i, "job_number"),
            .started_at = time_at(&list, i, "started_at"),
            .stopped_at = time_at(&list, i, "stopped_at"),
        };
        job.outcome = outcome_of(job.status);
        if (*job.name)
            (*jobs)[(*len)++] = job;
    }
    wire_document_destroy(list.document);
    return true;
}

static bool
is_address(const char *url)
{
    if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
        return false;
    for (const char *at = url; *at; at++)
        if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f)
            return false;
    return strlen(url) < URL_MAX_BYTES;
}

bool
circleci_read_artifacts(struct slice body, struct arena *arena,
                        struct circleci_artifact **artifacts, size_t *len, const char **next,
                        struct error *err)
{
    struct list list;
    *len = 0;
    if (!list_open(&list, body, arena, "artifacts", next, err))
        return false;
    *artifacts = arena_new_array(arena, list.len + 1, struct circleci_artifact);
    for (size_t i = 0; i < list.len; i++) {
        const struct circleci_artifact artifact = {
            .path = text_at(&list, i, "path", TEXT_MAX_BYTES),
            .url =
                wire_document_text(list.document, arena, arena_printf(arena, "items.%zu.url", i)),
            .node_index = number_at(&list, i, "node_index"),
        };
        if (*artifact.path && is_address(artifact.url))
            (*artifacts)[(*len)++] = artifact;
    }
    wire_document_destroy(list.document);
    return true;
}

/* ---- why a job failed ---- */

static void
append_line(struct str *lines, const char *text)
{
    if (*text)
        str_printf(lines, "%s%s", lines->len ? "\n" : "", text);
}

static const char *
take_lines(struct str *lines, struct arena *arena)
{
    const char *text = arena_text(arena, str_text(lines));
    str_finish(lines);
    return text;
}

bool
circleci_read_messages(struct slice body, struct arena *arena, const char **text, struct error *err)
{
    struct wire_document *document = NULL;
    struct str lines;
    *text = "";
    if (!wire_document_read(body, &document, err))
        return error_wrap(err, "cannot read CircleCI's answer about a job");
    str_init(&lines, 0);
    for (size_t i = 0; i < wire_document_count(document, "messages") && i < MESSAGES_MAX; i++) {
        const char *message =
            wire_document_text(document, arena, arena_printf(arena, "messages.%zu.message", i));
        append_line(&lines, text_clean(arena, message, TEXT_MAX_BYTES));
    }
    *text = take_lines(&lines, arena);
    wire_document_destroy(document);
    return true;
}

bool
circleci_read_failed_tests(struct slice body, struct arena *arena, const char **text,
                           struct error *err)
{
    struct list list;
    struct str lines;
    const char *next;
    size_t failed = 0;
    *text = "";
    if (!list_open(&list, body, arena, "tests", &next, err))
        return false;
    str_init(&lines, 0);
    for (size_t i = 0; i < list.len; i++) {
        if (strcmp(text_at(&list, i, "result", NAME_MAX_BYTES), "failure") != 0 ||
            failed++ >= MESSAGES_MAX)
            continue;
        const char *class_name = text_at(&list, i, "classname", NAME_MAX_BYTES);
        const char *name = text_at(&list, i, "name", NAME_MAX_BYTES);
        append_line(&lines, arena_printf(arena, "%s%s%s", class_name,
                                         *class_name && *name ? ": " : "", name));
    }
    if (failed > MESSAGES_MAX)
        append_line(&lines, arena_printf(arena, "and %zu more", failed - MESSAGES_MAX));
    *text = take_lines(&lines, arena);
    wire_document_destroy(list.document);
    return true;
}

/* ---- addresses ---- */

static struct slice
host_of(const char *url)
{
    const char *at = strstr(url, "://");
    at = at ? at + 3 : url;
    return (struct slice){at, strcspn(at, ":/?#")};
}

static bool
ends_with(const char *host, const char *end)
{
    size_t len = strlen(host), end_len = strlen(end);
    return len > end_len && strcasecmp(host + len - end_len, end) == 0;
}

static bool
is_cloud(const char *api_url)
{
    struct slice host = host_of(api_url);
    return host.len == strlen("circleci.com") &&
           strncasecmp(host.data, "circleci.com", host.len) == 0;
}

bool
circleci_is_own_host(const char *api_url, const char *host)
{
    struct slice own = host_of(api_url);
    if (strlen(host) == own.len && strncasecmp(host, own.data, own.len) == 0)
        return true;
    return is_cloud(api_url) &&
           (ends_with(host, ".circle-artifacts.com") || ends_with(host, ".circleci.com"));
}

const char *
circleci_web_url(const char *api_url, const char *project, int64_t pipeline_number,
                 const char *workflow_id, int64_t job_number, struct arena *arena)
{
    static const char *const providers[][2] = {{"gh/", "github/"}, {"bb/", "bitbucket/"}};
    const char *base = "https://app.circleci.com", *provider = "";
    if (!is_cloud(api_url)) {
        const char *host = strstr(api_url, "://");
        const size_t len = host ? (size_t)(host - api_url) + 3 : 0;
        base = arena_text_len(arena, api_url, len + strcspn(api_url + len, "/?#"));
    }
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++)
        if (strncmp(project, providers[i][0], 3) == 0) {
            provider = providers[i][1];
            project += 3;
            break;
        }
    const char *url = arena_printf(arena, "%s/pipelines/%s%s/%lld", base, provider, project,
                                   (long long)pipeline_number);
    if (*workflow_id)
        url = arena_printf(arena, "%s/workflows/%s", url, workflow_id);
    return job_number ? arena_printf(arena, "%s/jobs/%lld", url, (long long)job_number) : url;
}
