#include "watch/circleci_event.h"

#include <string.h>

#include "base/digest.h"
#include "base/str.h"
#include "wire/wire.h"

const char *
circleci_key(const struct circleci_run *run, struct arena *arena)
{
    const char *const parts[] = {run->project, run->branch,
                                 run->workflow ? run->workflow->name : "",
                                 run->job ? run->job->name : ""};
    char hex[DIGEST_HEX_SIZE];
    return arena_printf(arena, "circleci-%.40s",
                        digest_keyed_hex("tocsin circleci job", parts, 4, hex));
}

/* "gh/acme/dbt" says it; of other projects their origin does. */
static const char *
repository_of(const struct circleci_run *run)
{
    static const char *const providers[] = {"gh/", "github/", "bb/", "bitbucket/"};
    if (*run->pipeline->repository)
        return run->pipeline->repository;
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++)
        if (strncmp(run->project, providers[i], strlen(providers[i])) == 0)
            return run->project + strlen(providers[i]);
    return "";
}

struct dbt_build
circleci_build(const struct circleci_run *run, struct arena *arena)
{
    return (struct dbt_build){
        .url = circleci_web_url(run->api_url, run->project, run->pipeline->number,
                                run->workflow ? run->workflow->id : "",
                                run->job ? run->job->number : 0, arena),
        .commit = run->pipeline->revision,
        .branch = run->branch,
        .job = run->job ? run->job->name : "",
        .repository = repository_of(run),
        .author = run->pipeline->actor,
    };
}

static const char *
what_happened(const char *status)
{
    static const char *const words[][2] = {
        {"timedout", "hit its time limit"},
        {"infrastructure_fail", "lost its machine"},
        {"terminated-unknown", "was ended, CircleCI does not know why"},
        {"unauthorized", "was not allowed to run"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i][0], status) == 0)
            return words[i][1];
    return "failed";
}

static const char *
title_of(const struct circleci_run *run, bool resolved, struct arena *arena)
{
    if (run->job)
        return arena_printf(arena, "CircleCI job %s %s on %s", run->job->name,
                            resolved ? "succeeded" : what_happened(run->job->status), run->branch);
    return arena_printf(arena,
                        resolved ? "CircleCI's pipeline of %s starts again"
                                 : "CircleCI's pipeline of %s did not start: wrong configuration",
                        run->branch);
}

static void
append_lines(struct str *out, const char *heading, const char *lines)
{
    if (!*lines)
        return;
    str_printf(out, "%s**%s**\n\n", out->len ? "\n" : "", heading);
    for (const char *at = lines; *at;) {
        const size_t len = strcspn(at, "\n");
        str_printf(out, "- %.*s\n", (int)len, at);
        at += len + (at[len] == '\n');
    }
}

static const char *
description_of(const struct circleci_run *run, const char *messages, const char *tests,
               struct arena *arena)
{
    const struct circleci_pipeline *pipeline = run->pipeline;
    struct str out;
    str_init(&out, 0); /* of bounded parts */
    str_printf(&out, "Pipeline %lld", (long long)pipeline->number);
    if (run->workflow)
        str_printf(&out, ", workflow %s", run->workflow->name);
    if (run->job)
        str_printf(&out, ", job %s: %s", run->job->name, run->job->status);
    str_append(&out, "\n");
    if (*pipeline->revision)
        str_printf(&out, "Commit %.7s%s%s\n", pipeline->revision, *pipeline->subject ? ": " : "",
                   pipeline->subject);
    if (!run->job)
        append_lines(&out, "CircleCI says", pipeline->error);
    append_lines(&out, "CircleCI says", messages);
    append_lines(&out, "Failed tests", tests);
    const char *text = arena_text(arena, str_text(&out));
    str_finish(&out);
    return text;
}

static void
append_member(struct str *out, const char *name, const char *value)
{
    if (!*value)
        return;
    str_append(out, out->len > 1 ? "," : "");
    wire_append_string(out, name);
    str_append_char(out, ':');
    wire_append_string(out, value);
}

static const char *
metadata_of(const struct circleci_run *run, const struct dbt_build *build, const char *messages,
            struct arena *arena)
{
    struct str out;
    str_init(&out, 0);
    str_append(&out, "{");
    append_member(&out, "level", "error");
    append_member(&out, "build_url", build->url);
    append_member(&out, "commit", build->commit);
    append_member(&out, "branch", build->branch);
    append_member(&out, "job", build->job);
    append_member(&out, "repository", build->repository);
    append_member(&out, "author", build->author);
    append_member(&out, "workflow", run->workflow ? run->workflow->name : "");
    append_member(&out, "status", run->job ? run->job->status : run->pipeline->state);
    append_member(&out, "message", run->job ? messages : run->pipeline->error);
    str_printf(&out, ",\"pipeline\":%lld}", (long long)run->pipeline->number);
    const char *text = arena_text(arena, str_text(&out));
    str_finish(&out);
    return text;
}

struct alert_event_out
circleci_event(const struct circleci_run *run, bool resolved, const char *messages,
               const char *tests, int64_t at_ms, struct arena *arena)
{
    const struct dbt_build build = circleci_build(run, arena);
    const struct alert_event_parts parts = {
        .title = title_of(run, resolved, arena),
        .deduplication_key = circleci_key(run, arena),
        .description = resolved ? "" : description_of(run, messages, tests, arena),
        .source_url = build.url,
        .metadata = metadata_of(run, &build, messages, arena),
        .resolved = resolved,
        .at_ms = at_ms,
    };
    return alert_event_out(&parts, arena);
}
