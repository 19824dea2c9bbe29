#include "tests/support/circleci_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "tests/support/scripted_server.h"

enum { ITEMS_MAX = 1000, PAGE = 2, LOG_MAX = 20000 };
#define PREFIX "/api/v2"

struct item {
    const char *parent, *key,
        *json; /* parent: of which list; key: what another of the same replaces */
};

struct stored {
    const char *url_path, *content;
    bool elsewhere;
};

struct circleci_server {
    struct arena arena;
    struct scripted_server *here, *output, *elsewhere;
    const char *url;
    struct item items[ITEMS_MAX];
    size_t items_len;
    struct stored stored[ITEMS_MAX];
    size_t stored_len;
    const char *log[LOG_MAX];
    size_t log_len;
    const char *fault_part;
    enum circleci_fault fault;
    int fault_count;
    char complaint[600];
};

static void
complain(struct circleci_server *server, const char *what, const char *target)
{
    if (!*server->complaint)
        (void)snprintf(server->complaint, sizeof server->complaint, "%s: %s", what, target);
}

/* ---- answers ---- */

static const char *
time_of(struct circleci_server *server, int64_t time_ms)
{
    char text[RFC3339_SIZE];
    return arena_text(&server->arena, time_to_rfc3339(time_ms, text));
}

/* The last that was put is the newest. */
static void
answer_list(struct circleci_server *server, const char *parent, const char *target, bool endless,
            struct scripted_answer *answer)
{
    const char *page = strstr(target, "page-token=");
    long skip = page ? strtol(page + strlen("page-token="), NULL, 10) : 0;
    long seen = 0, shown = 0;
    struct str out;
    str_init(&out, 0);
    str_append(&out, "{\"items\":[");
    bool more = false;
    for (size_t i = server->items_len; i-- > 0;) {
        if (strcmp(server->items[i].parent, parent) != 0 || seen++ < skip)
            continue;
        if (shown == PAGE) {
            more = true;
            break;
        }
        str_printf(&out, "%s%s", shown++ ? "," : "", server->items[i].json);
    }
    if (endless || more)
        str_printf(&out, "],\"next_page_token\":\"%ld\"}", skip + (more ? PAGE : 1));
    else
        str_append(&out, "],\"next_page_token\":null}");
    answer->body = arena_text(&server->arena, str_text(&out));
    answer->headers = "Content-Type: application/json\r\nX-RateLimit-Remaining: 900\r\n";
    str_finish(&out);
}

static void
answer_absent(struct scripted_answer *answer)
{
    answer->status = 404;
    answer->headers = "Content-Type: application/json\r\n";
    answer->body = "{\"message\":\"Not found\"}";
}

static void
fail(struct circleci_server *server, const char *target, struct scripted_answer *answer)
{
    static const char *const refusal = "{\"message\":\"You must log in first.\"}";
    switch (server->fault) {
    case CIRCLECI_FAULT_DROP:
        answer->how = SCRIPTED_DROP;
        break;
    case CIRCLECI_FAULT_CUT:
        answer->body = "{\"items\":[]}";
        answer->how = SCRIPTED_CUT;
        break;
    case CIRCLECI_FAULT_HTML:
        answer->body = "<!doctype html><p>Log in";
        break;
    case CIRCLECI_FAULT_GARBAGE:
        answer->body = "{\"items\":\"none\"}";
        break;
    case CIRCLECI_FAULT_500:
        answer->status = 500;
        answer->body = "oops";
        break;
    case CIRCLECI_FAULT_LIMITED:
        answer->status = 429;
        answer->headers = "Retry-After: 7\r\n";
        answer->body = "{\"message\":\"Rate limit exceeded\"}";
        break;
    case CIRCLECI_FAULT_RESETS:
        answer->status = 429;
        answer->headers = "RateLimit-Limit: 1000\r\nRateLimit-Remaining: 1000\r\n"
                          "RateLimit-Reset: 9\r\n";
        answer->body = "{\"message\":\"Rate limit exceeded\"}";
        break;
    case CIRCLECI_FAULT_REFUSED:
        answer->status = 401;
        answer->body = refusal;
        break;
    case CIRCLECI_FAULT_ABSENT:
        answer_absent(answer);
        break;
    case CIRCLECI_FAULT_REDIRECT:
        answer->status = 302;
        answer->headers = arena_printf(&server->arena, "Location: %s%s\r\n",
                                       scripted_server_url(server->elsewhere), target);
        break;
    case CIRCLECI_FAULT_ENDLESS:
    case CIRCLECI_FAULT_NONE:
        break;
    }
}

static void
answer_stored(struct circleci_server *server, const char *target, struct scripted_answer *answer)
{
    for (size_t i = 0; i < server->stored_len; i++) {
        const struct stored *stored = &server->stored[i];
        if (strcmp(stored->url_path, target) != 0)
            continue;
        if (stored->elsewhere) {
            answer->status = 307;
            answer->headers =
                arena_printf(&server->arena, "Location: %s%s?X-Amz-Signature=s3cr3t\r\n",
                             scripted_server_url(server->elsewhere), target);
        } else {
            answer->body = stored->content;
        }
        return;
    }
    answer_absent(answer);
}

/* "/project/S/pipeline?branch=B", "/pipeline/ID/workflow", "/workflow/ID/job", "/project/S/job/N", "/project/S/N/tests|artifacts" */
static void
answer_api(struct circleci_server *server, const char *path, struct scripted_answer *answer)
{
    const char *project = "/project/" CIRCLECI_SERVER_PROJECT "/";
    const bool endless = server->fault == CIRCLECI_FAULT_ENDLESS && server->fault_count > 0 &&
                         strstr(path, server->fault_part);
    struct arena *arena = &server->arena;
    const char *bare = arena_text_len(arena, path, strcspn(path, "?"));
    if (strncmp(bare, project, strlen(project)) != 0) {
        if (strncmp(bare, "/pipeline/p", 11) != 0 && strncmp(bare, "/workflow/", 10) != 0)
            complain(server, "no such path", path);
        answer_list(server, bare, path, endless, answer);
        return;
    }
    const char *rest = bare + strlen(project);
    if (strcmp(rest, "pipeline") == 0) {
        if (!strstr(path, "?branch=main"))
            complain(server, "the branch is missing", path);
        answer_list(server, bare, path, endless, answer);
    } else if (strncmp(rest, "job/", 4) == 0) {
        answer->body = "{\"web_url\":\"https://x.example\",\"status\":\"failed\","
                       "\"messages\":[{\"type\":\"error\",\"message\":\"Exit code 137\"}]}";
    } else if (strstr(rest, "/tests")) {
        answer->body = "{\"items\":[{\"name\":\"orders\",\"result\":\"failure\"}],"
                       "\"next_page_token\":null}";
    } else if (strstr(rest, "/artifacts")) {
        answer_list(server, bare, path, endless, answer);
    } else {
        complain(server, "no such path", path);
        answer_absent(answer);
    }
}

static void
on_request(void *context, const char *target, const char *head, struct arena *arena,
           struct scripted_answer *answer)
{
    struct circleci_server *server = context;
    (void)arena;
    if (server->log_len < LOG_MAX)
        server->log[server->log_len++] = arena_text(&server->arena, target);
    if (strncmp(head, "GET ", 4) != 0)
        complain(server, "not a GET", target);
    if (!strcasestr(head, "\r\nauthorization: bearer " CIRCLECI_SERVER_TOKEN "\r\n")) {
        answer->status = 401;
        answer->body = "{\"message\":\"You must log in first.\"}";
        return;
    }
    if (server->fault_count > 0 && strstr(target, server->fault_part) &&
        server->fault != CIRCLECI_FAULT_ENDLESS) {
        server->fault_count--;
        fail(server, target, answer);
    } else if (strncmp(target, PREFIX "/", strlen(PREFIX) + 1) == 0) {
        if (!strcasestr(head, "\r\naccept: application/json\r\n"))
            complain(server, "does not accept JSON", target);
        answer_api(server, target + strlen(PREFIX), answer);
    } else {
        answer_stored(server, target, answer);
    }
}

static void
on_request_elsewhere(void *context, const char *target, const char *head, struct arena *arena,
                     struct scripted_answer *answer)
{
    struct circleci_server *server = context;
    (void)arena;
    if (strcasestr(head, CIRCLECI_SERVER_TOKEN) || strcasestr(head, "authorization:"))
        complain(server, "the token went elsewhere", target);
    const char *path = arena_text_len(&server->arena, target, strcspn(target, "?"));
    for (size_t i = 0; i < server->stored_len; i++)
        if (server->stored[i].elsewhere && strcmp(server->stored[i].url_path, path) == 0) {
            answer->body = server->stored[i].content;
            return;
        }
    answer_absent(answer);
}

/* ---- what is in it ---- */

static void
put(struct circleci_server *server, const char *parent, const char *key, const char *json)
{
    struct item *item = NULL;
    for (size_t i = 0; i < server->items_len; i++)
        if (strcmp(server->items[i].key, key) == 0)
            item = &server->items[i];
    if (!item && server->items_len < ITEMS_MAX)
        item = &server->items[server->items_len++];
    if (item)
        *item = (struct item){parent, key, json};
}

void
circleci_server_pipeline(struct circleci_server *server, int64_t number, const char *state,
                         int64_t created_at)
{
    struct arena *arena = &server->arena;
    put(server, "/project/" CIRCLECI_SERVER_PROJECT "/pipeline",
        arena_printf(arena, "pipeline %lld", (long long)number),
        arena_printf(
            arena,
            "{\"id\":\"p%lld\",\"number\":%lld,\"state\":\"%s\",\"created_at\":\"%s\","
            "\"errors\":[%s],\"trigger\":{\"type\":\"schedule\",\"actor\":{\"login\":\"ana\"}},"
            "\"vcs\":{\"revision\":\"%040llx\",\"branch\":\"main\","
            "\"commit\":{\"subject\":\"Change orders\"}}}",
            (long long)number, (long long)number, state, time_of(server, created_at),
            strcmp(state, "errored") == 0 ? "{\"type\":\"config\",\"message\":\"bad indent\"}" : "",
            (unsigned long long)number));
}

void
circleci_server_workflow(struct circleci_server *server, int64_t pipeline, const char *id,
                         const char *name, const char *status, int64_t created_at)
{
    struct arena *arena = &server->arena;
    put(server, arena_printf(arena, "/pipeline/p%lld/workflow", (long long)pipeline),
        arena_printf(arena, "workflow %s", id),
        arena_printf(arena,
                     "{\"id\":\"%s\",\"name\":\"%s\",\"status\":\"%s\",\"created_at\":\"%s\","
                     "\"stopped_at\":null,\"pipeline_number\":%lld}",
                     id, name, status, time_of(server, created_at), (long long)pipeline));
}

void
circleci_server_job(struct circleci_server *server, const char *workflow, int64_t number,
                    const char *name, const char *status, int64_t started_at)
{
    struct arena *arena = &server->arena;
    const char *at = time_of(server, started_at);
    put(server, arena_printf(arena, "/workflow/%s/job", workflow),
        arena_printf(arena, "job %s %s", workflow, name),
        arena_printf(arena,
                     "{\"id\":\"j%lld\",\"name\":\"%s\",\"status\":\"%s\",\"type\":\"build\","
                     "\"job_number\":%lld,\"started_at\":\"%s\",\"stopped_at\":\"%s\"}",
                     (long long)number, name, status, (long long)number, at, at));
}

void
circleci_server_artifact(struct circleci_server *server, int64_t job, const char *path,
                         int node_index, const char *content, bool elsewhere)
{
    struct arena *arena = &server->arena;
    const char *url_path =
        arena_printf(arena, "/output/%lld/%d/%s", (long long)job, node_index, path);
    if (server->stored_len < ITEMS_MAX)
        server->stored[server->stored_len++] =
            (struct stored){url_path, arena_text(arena, content), elsewhere};
    put(server,
        arena_printf(arena, "/project/" CIRCLECI_SERVER_PROJECT "/%lld/artifacts", (long long)job),
        url_path,
        arena_printf(arena, "{\"path\":\"%s\",\"node_index\":%d,\"url\":\"%s%s\"}", path,
                     node_index, scripted_server_url(server->output), url_path));
}

void
circleci_server_fail(struct circleci_server *server, const char *part, enum circleci_fault fault,
                     int count)
{
    server->fault_part = arena_text(&server->arena, part);
    server->fault = fault;
    server->fault_count = count;
}

int
circleci_server_requests(const struct circleci_server *server, const char *part)
{
    int count = 0;
    for (size_t i = 0; i < server->log_len; i++)
        count += strstr(server->log[i], part) != NULL;
    return count;
}

struct circleci_server *
circleci_server_open(struct loop *loop)
{
    struct circleci_server *server = memory_alloc(sizeof *server);
    server->here = scripted_server_open(loop, on_request, server);
    server->output = scripted_server_open(loop, on_request, server);
    server->elsewhere = scripted_server_open(loop, on_request_elsewhere, server);
    server->url = arena_printf(&server->arena, "%s" PREFIX, scripted_server_url(server->here));
    server->fault_part = "";
    return server;
}

void
circleci_server_close(struct circleci_server *server)
{
    scripted_server_close(server->here);
    scripted_server_close(server->output);
    scripted_server_close(server->elsewhere);
    arena_finish(&server->arena);
    memory_free(server);
}

const char *
circleci_server_url(const struct circleci_server *server)
{
    return server->url;
}

const char *
circleci_server_complaint(const struct circleci_server *server)
{
    return server->complaint;
}
