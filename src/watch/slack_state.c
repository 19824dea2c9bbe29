#include "watch/slack_state.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "config/file.h"
#include "remote/slack_message.h"
#include "wire/wire.h"

#define FILE_NAME "slack.json"
#define HEADER "tocsin slack watch"
enum { FILE_MAX_BYTES = 1024 * 1024, PATH_BYTES = 4096 };

/* ---- reading ---- */

static const char *
text_at(const struct wire_document *document, struct arena *arena, const char *list, size_t index,
        const char *name)
{
    return wire_document_text(document, arena, arena_printf(arena, "%s.%zu.%s", list, index, name));
}

static bool
read_document(struct slack_state *state, const struct wire_document *document)
{
    struct arena *arena = &state->arena;
    if (strcmp(wire_document_text(document, arena, "is"), HEADER) != 0)
        return false;
    size_t walks = wire_document_count(document, "channels");
    for (size_t i = 0; i < walks && i < SLACK_STATE_CHANNELS_MAX; i++) {
        struct slack_walk *walk = &state->walks[state->walks_len++];
        *walk = (struct slack_walk){.channel = text_at(document, arena, "channels", i, "id"),
                                    .done = text_at(document, arena, "channels", i, "done"),
                                    .newest = text_at(document, arena, "channels", i, "newest"),
                                    .until = text_at(document, arena, "channels", i, "until")};
        if (!slack_ts_is_one(walk->done))
            return false;
    }
    size_t open = wire_document_count(document, "open");
    for (size_t i = 0; i < open && i < SLACK_STATE_OPEN_MAX; i++)
        state->open[state->open_len++] =
            (struct slack_open){.channel = text_at(document, arena, "open", i, "channel"),
                                .ts = text_at(document, arena, "open", i, "ts"),
                                .asker = text_at(document, arena, "open", i, "asker"),
                                .title = text_at(document, arena, "open", i, "title")};
    return true;
}

bool
slack_state_load(struct slack_state *state, const char *dir, struct error *err)
{
    char path[PATH_BYTES];
    struct str text;
    struct wire_document *document = NULL;
    *state = (struct slack_state){0};
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
append(struct str *text, const char *before, const char *value)
{
    str_append(text, before);
    wire_append_string(text, value);
}

static void
append_state(struct str *text, const struct slack_state *state)
{
    str_append(text, "{\"is\":\"" HEADER "\",\"version\":1,\"channels\":[");
    for (size_t i = 0; i < state->walks_len; i++) {
        const struct slack_walk *walk = &state->walks[i];
        append(text, i ? ",\n{\"id\":" : "\n{\"id\":", walk->channel);
        append(text, ",\"done\":", walk->done);
        append(text, ",\"newest\":", walk->newest);
        append(text, ",\"until\":", walk->until);
        str_append(text, "}");
    }
    str_append(text, "],\"open\":[");
    for (size_t i = 0; i < state->open_len; i++) {
        const struct slack_open *open = &state->open[i];
        append(text, i ? ",\n{\"channel\":" : "\n{\"channel\":", open->channel);
        append(text, ",\"ts\":", open->ts);
        append(text, ",\"asker\":", open->asker);
        append(text, ",\"title\":", open->title);
        str_append(text, "}");
    }
    str_append(text, "]}\n");
}

bool
slack_state_save(const struct slack_state *state, const char *dir, struct error *err)
{
    struct str text;
    str_init(&text, 0);
    append_state(&text, state);
    const bool ok = file_replace(dir, FILE_NAME, str_slice(&text), err);
    str_finish(&text);
    return ok;
}

void
slack_state_finish(struct slack_state *state)
{
    arena_finish(&state->arena);
}

/* ---- what is in it ---- */

struct slack_walk *
slack_state_walk(struct slack_state *state, const char *channel, const char *since)
{
    for (size_t i = 0; i < state->walks_len; i++)
        if (strcmp(state->walks[i].channel, channel) == 0)
            return &state->walks[i];
    if (state->walks_len == SLACK_STATE_CHANNELS_MAX)
        return NULL;
    struct slack_walk *walk = &state->walks[state->walks_len++];
    *walk = (struct slack_walk){.channel = channel, .done = since, .newest = "", .until = ""};
    return walk;
}

void
slack_state_open_add(struct slack_state *state, const struct slack_open *open)
{
    for (size_t i = 0; i < state->open_len; i++)
        if (strcmp(state->open[i].channel, open->channel) == 0 &&
            strcmp(state->open[i].ts, open->ts) == 0)
            return;
    if (state->open_len == SLACK_STATE_OPEN_MAX)
        slack_state_open_remove(state, 0);
    state->open[state->open_len++] = *open;
}

void
slack_state_open_remove(struct slack_state *state, size_t index)
{
    state->open_len--;
    memmove(&state->open[index], &state->open[index + 1],
            (state->open_len - index) * sizeof *state->open);
}
