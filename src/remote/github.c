#include "remote/github.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "wire/wire.h"

enum {
    PAGE = 100,
    NAME_MAX_BYTES = 100,
    OWNER_MAX_BYTES = 39,
    HEAD_MIN_BYTES = 7,
    HEAD_MAX_BYTES = 64,
    TEXT_MAX_BYTES = 1000,
    FOUND = 20, /* of a search */
};

const char *const github_headers[] = {"X-GitHub-Api-Version: 2022-11-28", NULL};

bool
github_open(struct http **http, struct loop *loop, const struct profile *profile, const char *token,
            int64_t timeout_ms, struct error *err)
{
    const struct http_options options = {
        .url = profile->github_url,
        .token = token,
        .ca_file = profile->ca_file,
        .proxy = profile->proxy,
        .insecure = profile->insecure,
        .budget = profile->budget,
        .timeout_ms = timeout_ms,
        .accept = "application/vnd.github+json",
        .rate_window_ms = HOUR_MS,
        .limits_by_403 = true,
    };
    return http_open(http, loop, &options, err);
}

/* ---- addresses ---- */

static struct slice
host_of(const char *url)
{
    const char *at = strstr(url, "://");
    at = at ? at + 3 : url;
    return (struct slice){at, strcspn(at, "/?#")};
}

static bool
is_same(struct slice host, const char *text)
{
    return host.len == strlen(text) && strncasecmp(host.data, text, host.len) == 0;
}

static bool
is_loopback(struct slice host)
{
    return (host.len >= 4 && strncmp(host.data, "127.", 4) == 0) ||
           (host.len >= 9 && strncmp(host.data, "localhost", 9) == 0) ||
           (host.len >= 5 && strncmp(host.data, "[::1]", 5) == 0);
}

static bool
is_of_server(const char *api_url, const char *link)
{
    struct slice api = host_of(api_url), host = host_of(link);
    if (is_loopback(api))
        return true;
    if (is_same(api, "api.github.com"))
        return is_same(host, "github.com") || is_same(host, "www.github.com");
    return api.len == host.len && strncasecmp(api.data, host.data, api.len) == 0;
}

/* "owner/name" and, behind `between`, a number that ends or goes on with / ? # */
static bool
take_place(const char *text, const char *between, struct arena *arena, struct github_place *place)
{
    size_t owner = 0, name = 0;
    while (isalnum((unsigned char)text[owner]) || (owner && text[owner] == '-'))
        owner++;
    if (!owner || owner > OWNER_MAX_BYTES || text[owner] != '/')
        return false;
    const char *at = text + owner + 1;
    while (isalnum((unsigned char)at[name]) || (at[name] && strchr("._-", at[name])))
        name++;
    if (!name || name > NAME_MAX_BYTES || strncmp(at, "..", name) == 0 ||
        strncmp(at + name, between, strlen(between)) != 0)
        return false;
    const char *digits = at + name + strlen(between);
    size_t len = strspn(digits, "0123456789");
    if (!len || len > 9 || digits[0] == '0' || (digits[len] && !strchr("/?#", digits[len])))
        return false;
    place->repository = arena_text_len(arena, text, owner + 1 + name);
    place->number = strtoll(digits, NULL, 10);
    return true;
}

bool
github_place_of(const char *api_url, const char *link, const char *name, struct arena *arena,
                struct github_place *place)
{
    if (strncmp(link, "https://", 8) == 0 || strncmp(link, "http://", 7) == 0) {
        struct slice host = host_of(link);
        return is_of_server(api_url, link) && host.data[host.len] == '/' &&
               take_place(host.data + host.len + 1, "/pull/", arena, place);
    }
    return take_place(name, "#", arena, place);
}

const char *
github_target(enum github_part part, const struct github_place *place, const char *head, int page,
              struct arena *arena)
{
    const char *repository = place->repository;
    switch (part) {
    case GITHUB_PULL:
        return arena_printf(arena, "/repos/%s/pulls/%lld", repository, (long long)place->number);
    case GITHUB_REVIEWS:
        return arena_printf(arena, "/repos/%s/pulls/%lld/reviews?per_page=%d&page=%d", repository,
                            (long long)place->number, PAGE, page);
    case GITHUB_STATUSES:
        return arena_printf(arena, "/repos/%s/commits/%s/status?per_page=%d&page=%d", repository,
                            head, PAGE, page);
    case GITHUB_RUNS:
    case GITHUB_PARTS:
        break;
    }
    return arena_printf(arena, "/repos/%s/commits/%s/check-runs?per_page=%d&page=%d", repository,
                        head, PAGE, page);
}

const char *
github_redirected(const char *api_url, const char *location, struct arena *arena)
{
    size_t len = strlen(api_url);
    if (strncmp(location, api_url, len) != 0 || location[len] != '/')
        return NULL;
    for (const char *at = location; *at; at++)
        if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f)
            return NULL;
    return arena_text(arena, location + len);
}

/* ---- answers ---- */

/* The element at `path.index.name`; its text, cut to what anybody reads. */
static const char *
text_at(const struct wire_document *document, struct arena *arena, const char *list, size_t index,
        const char *name)
{
    const char *path = arena_printf(arena, "%s%s%zu.%s", list, *list ? "." : "", index, name);
    return text_clean(arena, wire_document_text(document, arena, path), TEXT_MAX_BYTES);
}

static int64_t
time_of(const char *text)
{
    int64_t time_ms;
    return time_from_rfc3339(text, &time_ms) ? time_ms : 0;
}

static const char *
state_of(const struct wire_document *document, struct arena *arena, int64_t merged_at)
{
    const char *state = wire_document_text(document, arena, "state");
    if (merged_at)
        return "merged";
    if (text_equals(state, "closed"))
        return "closed";
    if (!text_equals(state, "open"))
        return "unknown";
    return text_equals(wire_document_text(document, arena, "draft"), "true") ? "draft" : "open";
}

/* It becomes part of an address: nothing but a commit's name will do. */
static bool
is_commit(const char *text)
{
    size_t len = strspn(text, "0123456789abcdefABCDEF");
    return !text[len] && len >= HEAD_MIN_BYTES && len <= HEAD_MAX_BYTES;
}

/* Where a person is sent: nothing but an address that fits. */
static const char *
web_address(const struct wire_document *document, struct arena *arena, const char *path)
{
    const char *url = wire_document_text(document, arena, path);
    if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
        return "";
    for (const char *at = url; *at; at++)
        if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f)
            return "";
    return url;
}

bool
github_read_pull(struct slice body, struct arena *arena, struct github_pull *pull,
                 struct error *err)
{
    struct wire_document *document = NULL;
    if (!wire_document_read(body, &document, err))
        return error_wrap(err, "cannot read the answer about a pull request");
    *pull = (struct github_pull){
        .id = wire_document_text(document, arena, "id"),
        .title = text_clean(arena, wire_document_text(document, arena, "title"), TEXT_MAX_BYTES),
        .author = wire_document_text(document, arena, "user.login"),
        .head = wire_document_text(document, arena, "head.sha"),
        .merged_by = wire_document_text(document, arena, "merged_by.login"),
        .created_at = time_of(wire_document_text(document, arena, "created_at")),
        .closed_at = time_of(wire_document_text(document, arena, "closed_at")),
        .merged_at = time_of(wire_document_text(document, arena, "merged_at")),
    };
    pull->state = state_of(document, arena, pull->merged_at);
    const bool is_one = *wire_document_text(document, arena, "number") &&
                        *wire_document_text(document, arena, "state");
    wire_document_destroy(document);
    if (!is_commit(pull->head))
        pull->head = "";
    return is_one || error_set(err, ERROR_PROTOCOL, "the answer is no pull request");
}

bool
github_read_reviews(struct slice body, struct arena *arena, struct github_review **reviews,
                    size_t *reviews_len, struct error *err)
{
    static const char *const words[][2] = {
        {"APPROVED", "approved"},
        {"CHANGES_REQUESTED", "changes requested"},
        {"DISMISSED", "dismissed"},
    };
    struct wire_document *document = NULL;
    if (!wire_document_read(body, &document, err))
        return error_wrap(err, "cannot read the answer about reviews");
    size_t len = wire_document_count(document, "");
    len = len < PAGE ? len : PAGE;
    *reviews = arena_new_array(arena, len + 1, struct github_review);
    *reviews_len = 0;
    for (size_t i = 0; i < len; i++) {
        const char *state = text_at(document, arena, "", i, "state");
        for (size_t w = 0; w < sizeof words / sizeof *words; w++)
            if (text_equals(words[w][0], state))
                (*reviews)[(*reviews_len)++] = (struct github_review){
                    .id = text_at(document, arena, "", i, "id"),
                    .who = text_at(document, arena, "", i, "user.login"),
                    .state = words[w][1],
                    .at = time_of(text_at(document, arena, "", i, "submitted_at")),
                };
    }
    wire_document_destroy(document);
    return true;
}

/* ---- who may have broken it ---- */

bool
github_repository_is_one(const char *repository)
{
    struct arena arena = {0};
    struct github_place place;
    const bool ok = take_place(arena_printf(&arena, "%s#1", repository), "#", &arena, &place);
    arena_finish(&arena);
    return ok;
}

const char *
github_commit_target(const char *repository, const char *sha, struct arena *arena)
{
    return arena_printf(arena, "/repos/%s/commits/%s", repository, sha);
}

const char *
github_commit_pulls_target(const char *repository, const char *sha, struct arena *arena)
{
    return arena_printf(arena, "/repos/%s/commits/%s/pulls?per_page=%d", repository, sha, PAGE);
}

const char *
github_merged_target(const char *repository, const char *since_day, struct arena *arena)
{
    return arena_printf(arena,
                        "/search/issues?q=repo:%s+is:pr+is:merged+merged:%%3E=%s&per_page=%d",
                        repository, since_day, FOUND);
}

bool
github_read_commit(struct slice body, struct arena *arena, struct github_commit *commit,
                   struct error *err)
{
    struct wire_document *document = NULL;
    struct str files;
    if (!wire_document_read(body, &document, err))
        return error_wrap(err, "cannot read the answer about a commit");
    const char *message = wire_document_text(document, arena, "commit.message");
    const char *login = wire_document_text(document, arena, "author.login");
    const char *name = wire_document_text(document, arena, "commit.author.name");
    *commit = (struct github_commit){
        .subject = text_clean(arena, arena_text_len(arena, message, strcspn(message, "\n")),
                              TEXT_MAX_BYTES),
        .author = text_clean(arena, *login ? login : name, TEXT_MAX_BYTES),
        .url = web_address(document, arena, "html_url"),
        .authored_at = time_of(wire_document_text(document, arena, "commit.author.date"))};
    const bool is_one = *wire_document_text(document, arena, "sha") != '\0';
    const size_t len = wire_document_count(document, "files");
    str_init(&files, 0);
    for (size_t i = 0; i < len && i < GITHUB_FILES_MAX; i++)
        str_printf(&files, "%s%s", files.len ? "\n" : "",
                   text_at(document, arena, "files", i, "filename"));
    commit->files = arena_text(arena, str_text(&files));
    str_finish(&files);
    wire_document_destroy(document);
    return is_one || error_set(err, ERROR_PROTOCOL, "the answer is no commit");
}

static struct github_listed
listed_at(const struct wire_document *document, const char *path, struct arena *arena)
{
    const char *dot = *path ? "." : "";
    struct github_listed pull = {
        .number = strtoll(
            wire_document_text(document, arena, arena_printf(arena, "%s%snumber", path, dot)), NULL,
            10),
        .merged_at = time_of(
            wire_document_text(document, arena, arena_printf(arena, "%s%smerged_at", path, dot))),
        .title = text_clean(
            arena, wire_document_text(document, arena, arena_printf(arena, "%s%stitle", path, dot)),
            TEXT_MAX_BYTES),
        .author = text_clean(
            arena,
            wire_document_text(document, arena, arena_printf(arena, "%s%suser.login", path, dot)),
            TEXT_MAX_BYTES),
        .url = web_address(document, arena, arena_printf(arena, "%s%shtml_url", path, dot)),
    };
    const char *state =
        wire_document_text(document, arena, arena_printf(arena, "%s%sstate", path, dot));
    pull.state = pull.merged_at ? "merged" : text_equals(state, "closed") ? "closed" : "open";
    return pull;
}

bool
github_read_listed(struct slice body, struct arena *arena, struct github_listed **pulls,
                   size_t *pulls_len, struct error *err)
{
    struct wire_document *document = NULL;
    *pulls_len = 0;
    if (!wire_document_read(body, &document, err))
        return error_wrap(err, "cannot read the answer about pull requests");
    size_t len = wire_document_count(document, "");
    len = len < PAGE ? len : PAGE;
    *pulls = arena_new_array(arena, len + 1, struct github_listed);
    for (size_t i = 0; i < len; i++) {
        const struct github_listed pull = listed_at(document, arena_printf(arena, "%zu", i), arena);
        if (pull.number > 0)
            (*pulls)[(*pulls_len)++] = pull;
    }
    wire_document_destroy(document);
    return true;
}

bool
github_read_found(struct slice body, struct arena *arena, int64_t **numbers, size_t *numbers_len,
                  struct error *err)
{
    struct wire_document *document = NULL;
    *numbers_len = 0;
    if (!wire_document_read(body, &document, err))
        return error_wrap(err, "cannot read what a search found");
    size_t len = wire_document_count(document, "items");
    len = len < FOUND ? len : FOUND;
    *numbers = arena_new_array(arena, len + 1, int64_t);
    for (size_t i = 0; i < len; i++) {
        const int64_t number = strtoll(text_at(document, arena, "items", i, "number"), NULL, 10);
        if (number > 0)
            (*numbers)[(*numbers_len)++] = number;
    }
    wire_document_destroy(document);
    return true;
}

bool
github_read_merged(struct slice body, struct arena *arena, struct github_listed *pull,
                   const char **merge_commit, struct error *err)
{
    struct wire_document *document = NULL;
    if (!wire_document_read(body, &document, err))
        return error_wrap(err, "cannot read the answer about a pull request");
    *pull = listed_at(document, "", arena);
    const char *sha = wire_document_text(document, arena, "merge_commit_sha");
    *merge_commit = pull->merged_at && is_commit(sha) ? sha : "";
    wire_document_destroy(document);
    return pull->number > 0 || error_set(err, ERROR_PROTOCOL, "the answer is no pull request");
}

static void
count(struct github_checks *checks, const char *word, const char *name, int64_t at)
{
    if (text_equals(word, "failed")) {
        if (checks->failed < sizeof checks->names / sizeof *checks->names)
            checks->names[checks->failed] = name;
        checks->failed++;
    }
    checks->running += text_equals(word, "running");
    checks->unknown += text_equals(word, "unknown");
    checks->ok += text_equals(word, "ok");
    if (at > checks->at)
        checks->at = at;
}

static const char *
word_of(const char *text, const char *const words[][2])
{
    for (; (*words)[0]; words++)
        if (text_equals((*words)[0], text))
            return (*words)[1];
    return "unknown";
}

/* GitHub says "pending" of a commit without a status: what counts is the list. */
bool
github_read_statuses(struct slice body, struct arena *arena, struct github_checks *checks,
                     struct error *err)
{
    static const char *const words[][2] = {{"success", "ok"},
                                           {"failure", "failed"},
                                           {"error", "failed"},
                                           {"pending", "running"},
                                           {NULL, NULL}};
    struct wire_document *document = NULL;
    if (!wire_document_read(body, &document, err))
        return error_wrap(err, "cannot read the answer about statuses");
    size_t len = wire_document_count(document, "statuses");
    for (size_t i = 0; i < len && i < PAGE; i++)
        count(checks, word_of(text_at(document, arena, "statuses", i, "state"), words),
              text_at(document, arena, "statuses", i, "context"),
              time_of(text_at(document, arena, "statuses", i, "updated_at")));
    wire_document_destroy(document);
    return true;
}

bool
github_read_runs(struct slice body, struct arena *arena, struct github_checks *checks,
                 struct error *err)
{
    static const char *const words[][2] = {{"success", "ok"},       {"neutral", "ok"},
                                           {"skipped", "ok"},       {"failure", "failed"},
                                           {"timed_out", "failed"}, {"action_required", "failed"},
                                           {"cancelled", "failed"}, {"startup_failure", "failed"},
                                           {"stale", "failed"},     {NULL, NULL}};
    struct wire_document *document = NULL;
    if (!wire_document_read(body, &document, err))
        return error_wrap(err, "cannot read the answer about check runs");
    size_t len = wire_document_count(document, "check_runs");
    for (size_t i = 0; i < len && i < PAGE; i++) {
        const bool has_ended =
            text_equals(text_at(document, arena, "check_runs", i, "status"), "completed");
        const char *conclusion = text_at(document, arena, "check_runs", i, "conclusion");
        count(checks, has_ended ? word_of(conclusion, words) : "running",
              text_at(document, arena, "check_runs", i, "name"),
              time_of(text_at(document, arena, "check_runs", i, "completed_at")));
    }
    wire_document_destroy(document);
    return true;
}

const char *
github_checks_word(const struct github_checks *checks)
{
    return checks->failed    ? "failed"
           : checks->running ? "running"
           : checks->unknown ? "unknown"
           : checks->ok      ? "ok"
                             : "";
}

const char *
github_worse(const char *a, const char *b)
{
    static const char *const worst_first[] = {"failed", "running", "unknown", "ok"};
    for (size_t i = 0; i < sizeof worst_first / sizeof *worst_first; i++)
        if (text_equals(a, worst_first[i]) || text_equals(b, worst_first[i]))
            return worst_first[i];
    return "";
}
