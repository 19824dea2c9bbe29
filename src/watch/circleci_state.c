#include "watch/circleci_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "config/file.h"
#include "wire/wire.h"

#define FILE_NAME "circleci.json"
#define HEADER "tocsin circleci watch"
enum { FILE_MAX_BYTES = 2 * 1024 * 1024, PATH_BYTES = 4096 };

/* ---- reading ---- */

struct reading {
    const struct wire_document *document;
    struct arena *arena;
    const char *list;
    size_t index;
};

static const char *
text_of(const struct reading *reading, const char *name)
{
    return wire_document_text(
        reading->document, reading->arena,
        arena_printf(reading->arena, "%s.%zu.%s", reading->list, reading->index, name));
}

static int64_t
number_of(const struct reading *reading, const char *name)
{
    return strtoll(text_of(reading, name), NULL, 10);
}

static struct circleci_open
read_open(const struct reading *reading)
{
    return (struct circleci_open){
        .pipeline = {.id = text_of(reading, "id"),
                     .state = text_of(reading, "state"),
                     .error = text_of(reading, "error"),
                     .number = number_of(reading, "number"),
                     .created_at = number_of(reading, "created_at"),
                     .revision = text_of(reading, "revision"),
                     .branch = text_of(reading, "branch"),
                     .subject = text_of(reading, "subject"),
                     .trigger = text_of(reading, "trigger"),
                     .actor = text_of(reading, "actor"),
                     .repository = text_of(reading, "repository")},
        .is_new = *text_of(reading, "new") == 't',
        .is_under_way = *text_of(reading, "under_way") == 't',
        .settled_at = number_of(reading, "settled_at"),
    };
}

static bool
read_document(struct circleci_state *state, const struct wire_document *document)
{
    struct arena *arena = &state->arena;
    struct reading reading = {.document = document, .arena = arena, .list = "pipelines"};
    if (strcmp(wire_document_text(document, arena, "is"), HEADER) != 0)
        return false;
    if (strcmp(wire_document_text(document, arena, "project"), state->project) != 0 ||
        strcmp(wire_document_text(document, arena, "branch"), state->branch) != 0)
        return true;
    state->done = strtoll(wire_document_text(document, arena, "done"), NULL, 10);
    state->turn = strtoll(wire_document_text(document, arena, "turn"), NULL, 10);
    const size_t open = wire_document_count(document, "pipelines");
    for (; reading.index < open && state->open_len < CIRCLECI_STATE_PIPELINES_MAX; reading.index++)
        state->open[state->open_len++] = read_open(&reading);
    reading.list = "jobs";
    reading.index = 0;
    const size_t told = wire_document_count(document, "jobs");
    for (; reading.index < told && state->told_len < CIRCLECI_STATE_JOBS_MAX; reading.index++)
        state->told[state->told_len++] =
            (struct circleci_told){.workflow = text_of(&reading, "workflow"),
                                   .job = text_of(&reading, "job"),
                                   .at = number_of(&reading, "at")};
    return true;
}

bool
circleci_state_load(struct circleci_state *state, const char *dir, const char *project,
                    const char *branch, struct error *err)
{
    char path[PATH_BYTES];
    struct str text;
    struct wire_document *document = NULL;
    *state = (struct circleci_state){0};
    state->project = arena_text(&state->arena, project);
    state->branch = arena_text(&state->arena, branch);
    (void)snprintf(path, sizeof path, "%s/" FILE_NAME, dir); /* a longer one is not found */
    str_init(&text, FILE_MAX_BYTES);
    bool ok = file_read(path, &text, err);
    if (!ok && err->code == ERROR_NOT_FOUND) {
        *err = (struct error){0};
        ok = true;
    } else if (ok && !(wire_document_read(str_slice(&text), &document, err) &&
                       read_document(state, document))) {
        ok = error_set(err, ERROR_FILE, "'%s' is not a file of ours: move it away", path);
    }
    wire_document_destroy(document);
    str_finish(&text);
    return ok;
}

/* ---- writing ---- */

static void
append_text(struct str *out, const char *before, const char *value)
{
    str_append(out, before);
    wire_append_string(out, value);
}

static void
append_open(struct str *out, const struct circleci_open *open)
{
    const struct circleci_pipeline *pipeline = &open->pipeline;
    append_text(out, "{\"id\":", pipeline->id);
    str_printf(out,
               ",\"number\":%lld,\"created_at\":%lld,\"settled_at\":%lld,\"new\":%s,"
               "\"under_way\":%s",
               (long long)pipeline->number, (long long)pipeline->created_at,
               (long long)open->settled_at, open->is_new ? "true" : "false",
               open->is_under_way ? "true" : "false");
    append_text(out, ",\"state\":", pipeline->state);
    append_text(out, ",\"error\":", pipeline->error);
    append_text(out, ",\"revision\":", pipeline->revision);
    append_text(out, ",\"branch\":", pipeline->branch);
    append_text(out, ",\"subject\":", pipeline->subject);
    append_text(out, ",\"trigger\":", pipeline->trigger);
    append_text(out, ",\"actor\":", pipeline->actor);
    append_text(out, ",\"repository\":", pipeline->repository);
    str_append(out, "}");
}

static void
append_state(struct str *out, const struct circleci_state *state)
{
    append_text(out, "{\"is\":\"" HEADER "\",\"version\":1,\"project\":", state->project);
    append_text(out, ",\"branch\":", state->branch);
    str_printf(out, ",\"done\":%lld,\"turn\":%lld,\"pipelines\":[", (long long)state->done,
               (long long)state->turn);
    for (size_t i = 0; i < state->open_len; i++) {
        str_append(out, i ? ",\n" : "\n");
        append_open(out, &state->open[i]);
    }
    str_append(out, "],\"jobs\":[");
    for (size_t i = 0; i < state->told_len; i++) {
        append_text(out, i ? ",\n{\"workflow\":" : "\n{\"workflow\":", state->told[i].workflow);
        append_text(out, ",\"job\":", state->told[i].job);
        str_printf(out, ",\"at\":%lld}", (long long)state->told[i].at);
    }
    str_append(out, "]}\n");
}

bool
circleci_state_save(const struct circleci_state *state, const char *dir, struct error *err)
{
    struct str text;
    str_init(&text, 0);
    append_state(&text, state);
    const bool ok = file_replace(dir, FILE_NAME, str_slice(&text), err);
    str_finish(&text);
    return ok;
}

void
circleci_state_finish(struct circleci_state *state)
{
    arena_finish(&state->arena);
}

/* ---- what is in it ---- */

bool
circleci_state_add(struct circleci_state *state, const struct circleci_pipeline *pipeline)
{
    if (state->open_len == CIRCLECI_STATE_PIPELINES_MAX)
        return false;
    state->open[state->open_len++] =
        (struct circleci_open){.pipeline = *pipeline, .is_new = true, .is_under_way = true};
    return true;
}

void
circleci_state_remove(struct circleci_state *state, size_t index)
{
    state->open_len--;
    memmove(&state->open[index], &state->open[index + 1],
            (state->open_len - index) * sizeof *state->open);
}

static struct circleci_told *
find_told(const struct circleci_state *state, const char *workflow, const char *job)
{
    for (size_t i = 0; i < state->told_len; i++)
        if (strcmp(state->told[i].workflow, workflow) == 0 && strcmp(state->told[i].job, job) == 0)
            return (struct circleci_told *)&state->told[i];
    return NULL;
}

int64_t
circleci_state_told_at(const struct circleci_state *state, const char *workflow, const char *job)
{
    const struct circleci_told *told = find_told(state, workflow, job);
    return told ? told->at : 0;
}

void
circleci_state_tell(struct circleci_state *state, const char *workflow, const char *job, int64_t at)
{
    struct circleci_told *told = find_told(state, workflow, job);
    if (!told && state->told_len < CIRCLECI_STATE_JOBS_MAX)
        told = &state->told[state->told_len++];
    for (size_t i = 0; !told && i < state->told_len; i++) {
        told = &state->told[i];
        for (size_t j = i + 1; j < state->told_len; j++)
            if (state->told[j].at < told->at)
                told = &state->told[j];
    }
    *told = (struct circleci_told){arena_text(&state->arena, workflow),
                                   arena_text(&state->arena, job), at};
}
