#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/text.h"
#include "cli/alert.h"
#include "model/alert_event_fields.h"
#include "wire/wire.h"

/* Alert events from options, or from standard input: a JSON object a line, with the names that the API has. */

enum {
    INPUT_MAX_BYTES = 32 * 1024 * 1024,
    LINE_MAX_BYTES = 512 * 1024,
    TITLE_MAX_BYTES = 2000, /* as the hub has them; those of others are not known */
    KEY_MAX_BYTES = 1000,
    TEXT_MAX_BYTES = 200 * 1024,
};

struct line {
    ALERT_EVENT_FIELDS(FIELD_DECLARE)
};
#define FIELD_OWNER struct line
static const struct field line_rows[] = {ALERT_EVENT_FIELDS(FIELD_ROW)};
#undef FIELD_OWNER
static const struct field_table line_table = FIELD_TABLE(line, SIZE_MAX);

struct events {
    struct cli *cli;
    struct alert_event_out *items;
    size_t len, cap;
    size_t wrong; /* lines that are none */
};

static bool
check(const struct line *line, struct error *err)
{
    const struct {
        const char *name, *text;
        size_t max_bytes;
    } texts[] = {
        {"title", line->title, TITLE_MAX_BYTES},
        {"deduplication_key", line->deduplication_key, KEY_MAX_BYTES},
        {"source_url", line->source_url, TITLE_MAX_BYTES},
        {"description", line->description, TEXT_MAX_BYTES},
        {"metadata", line->metadata, TEXT_MAX_BYTES},
    };
    bool resolved = strcmp(line->status, "resolved") == 0;
    if (line->title[strspn(line->title, " \t\r\n")] == '\0')
        return error_set(err, ERROR_USAGE, "title: must not be empty");
    if (!resolved && strcmp(line->status, "firing") != 0)
        return error_set(err, ERROR_USAGE, "status: expected firing or resolved");
    if (resolved && !*line->deduplication_key)
        return error_set(err, ERROR_USAGE,
                         "deduplication_key: what resolves needs the key of what fired");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strlen(texts[i].text) > texts[i].max_bytes)
            return error_set(err, ERROR_USAGE, "%s: longer than %zu bytes", texts[i].name,
                             texts[i].max_bytes);
    return true;
}

/* With a key of its own an event that is sent twice is still one alert. */
static const char *
new_key(struct arena *arena)
{
    uint8_t random[10];
    char text[ULID_SIZE];
    digest_random(random, sizeof random);
    return arena_text(arena, ulid_text(clock_now_ms(), random, text));
}

static void
add(struct events *events, const struct line *line)
{
    struct arena *arena = &events->cli->arena;
    const struct alert_event_parts parts = {
        .title = line->title,
        .deduplication_key = *line->deduplication_key ? line->deduplication_key : new_key(arena),
        .description = line->description,
        .source_url = line->source_url,
        .metadata = line->metadata,
        .resolved = strcmp(line->status, "resolved") == 0,
        .at_ms = clock_now_ms(),
    };
    if (events->len == events->cap) {
        events->cap = events->cap ? 2 * events->cap : 16;
        events->items = memory_resize(events->items, events->cap * sizeof *events->items);
    }
    events->items[events->len++] = alert_event_out(&parts, arena);
}

/* ---- from options ---- */

static const char *
text_of(struct arena *arena, const char *argument)
{
    return argument ? text_repair_utf8(arena, argument, strlen(argument)) : "";
}

static bool
read_metadata(const struct alert_arguments *arguments, struct arena *arena, const char **json,
              struct error *err)
{
    struct str out;
    *json = "";
    if (!arguments->metadata_len)
        return true;
    str_init(&out, 0);
    for (size_t i = 0; i < arguments->metadata_len; i++) {
        const char *pair = arguments->metadata[i];
        size_t len = strcspn(pair, "=");
        for (size_t j = 0; j < i; j++)
            if (strncmp(arguments->metadata[j], pair, len + 1) == 0) {
                str_finish(&out);
                return error_set(err, ERROR_USAGE, "--metadata: '%.*s' is given twice", (int)len,
                                 pair);
            }
        str_append_char(&out, i ? ',' : '{');
        wire_append_string(&out, text_repair_utf8(arena, pair, len));
        str_append_char(&out, ':');
        wire_append_string(&out, text_of(arena, pair + len + 1));
    }
    str_append_char(&out, '}');
    *json = arena_text_len(arena, str_text(&out), out.len);
    str_finish(&out);
    return true;
}

static bool
take_options(struct events *events, const struct alert_arguments *arguments, struct error *err)
{
    struct arena *arena = &events->cli->arena;
    struct line line = {
        .title = text_of(arena, arguments->title),
        .status = arguments->status ? arguments->status : "firing",
        .deduplication_key = text_of(arena, arguments->key),
        .description = text_of(arena, arguments->description),
        .source_url = text_of(arena, arguments->source_url),
    };
    if (!read_metadata(arguments, arena, &line.metadata, err) || !check(&line, err))
        return false;
    add(events, &line);
    return true;
}

/* ---- from standard input ---- */

static bool
take_line(struct events *events, struct slice text, struct error *err)
{
    struct line line;
    struct wire_request request;
    if (text.len > LINE_MAX_BYTES)
        return error_set(err, ERROR_USAGE, "longer than %d bytes", LINE_MAX_BYTES);
    if (!wire_read_request(&line_table, text, &events->cli->arena, &line, &request, err))
        return error_set(err, ERROR_USAGE, "%s", err->message);
    if (!check(&line, err))
        return false;
    add(events, &line);
    return true;
}

/* A line that makes no sense is told; the others are sent. */
static void
take_lines(struct events *events, struct slice text)
{
    for (size_t at = 0, number = 1; at < text.len; number++) {
        const char *end = memchr(text.data + at, '\n', text.len - at);
        struct slice line = {text.data + at, end ? (size_t)(end - text.data) - at : text.len - at};
        struct error err = {0};
        at += line.len + 1;
        size_t blank = 0;
        while (blank < line.len && line.data[blank] && strchr(" \t\r", line.data[blank]))
            blank++;
        if (blank == line.len || take_line(events, line, &err))
            continue;
        error_wrap(&err, "line %zu is left out", number);
        (void)cli_fail(events->cli, &err); /* the run's status is kept below */
        events->wrong++;
    }
}

static bool
read_input(struct str *text, struct error *err)
{
    char block[8192];
    if (isatty(STDIN_FILENO))
        return error_set(err, ERROR_USAGE,
                         "expected --title, or JSON lines on standard input such as "
                         "{\"title\":\"orders is late\",\"status\":\"firing\"}");
    for (;;) {
        ssize_t len = read(STDIN_FILENO, block, sizeof block);
        if (len == 0)
            return true;
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0)
            return error_set(err, ERROR_FILE, "cannot read standard input: %s", strerror(errno));
        str_append_len(text, block, (size_t)len);
        if (text->overflowed)
            return error_set(err, ERROR_USAGE, "standard input is larger than %d MiB",
                             INPUT_MAX_BYTES / (1024 * 1024));
    }
}

static bool
take_input(struct events *events, struct error *err)
{
    struct str text;
    str_init(&text, INPUT_MAX_BYTES);
    bool ok = read_input(&text, err);
    if (ok)
        take_lines(events, str_slice(&text));
    str_finish(&text);
    if (ok && events->len > ALERT_SPOOL_EVENTS_MAX)
        return error_set(err, ERROR_USAGE, "more than %d events at once", ALERT_SPOOL_EVENTS_MAX);
    return ok;
}

/* ---- both ---- */

static bool
gives_event(const struct alert_arguments *arguments)
{
    return arguments->title || arguments->status || arguments->key || arguments->description ||
           arguments->source_url || arguments->metadata_len;
}

int
alert_send(struct cli *cli, const struct alert_arguments *arguments)
{
    struct events events = {.cli = cli};
    struct alert_run run;
    struct error err = {0};
    int status;
    if (!(gives_event(arguments) ? take_options(&events, arguments, &err)
                                 : take_input(&events, &err))) {
        status = cli_fail(cli, &err);
    } else if (arguments->dry_run) {
        alert_print(events.items, events.len);
        status = events.wrong ? error_exit_status(ERROR_USAGE) : 0;
    } else {
        if (alert_run_begin(&run, cli, arguments))
            alert_run_deliver(&run, events.items, events.len);
        if (events.wrong)
            run.status = error_exit_status(ERROR_USAGE);
        status = alert_run_end(&run);
    }
    memory_free(events.items);
    return status;
}
