#include "demo/look_alike.h"

#include <string.h>

#include "demo/pipeline.h"
#include "wire/wire.h"

uint64_t
look_alike_number(const char *of)
{
    return digest_row(of, strlen(of));
}

const char *
look_alike_sha(struct look_alike *look, const char *first)
{
    const uint64_t a = look_alike_number(first),
                   b = look_alike_number(arena_printf(look->arena, "%s+", first));
    const char *rest = arena_printf(look->arena, "%016llx%016llx%016llx", (unsigned long long)a,
                                    (unsigned long long)b, (unsigned long long)(a ^ (b << 7)));
    return arena_printf(look->arena, "%.40s", arena_printf(look->arena, "%.40s%s", first, rest));
}

const char *
look_alike_subject(struct look_alike *look, const char *of, const char *node)
{
    static const char *const changes[] = {
        "read the new column names",       "drop rows that come twice",
        "widen the amount to numeric",     "take the courier's second feed",
        "test what must not be null",      "make the build incremental",
        "count a late delivery once",      "rename as the glossary has it",
        "keep what was deleted at source", "stop casting dates by hand",
    };
    const struct pipeline *pipeline = pipeline_get();
    const uint64_t number = look_alike_number(of);
    if (!*node)
        node = pipeline->nodes[number % (unsigned)pipeline->len].name;
    return arena_printf(look->arena, "%s: %s", node,
                        changes[(number >> 8) % (sizeof changes / sizeof *changes)]);
}

const char *
look_alike_author(struct look_alike *look, const char *of)
{
    const char *email = look->world->users[(look_alike_number(of) >> 16) % DATA_TEAM_LEN].email;
    return arena_text_len(look->arena, email, strcspn(email, ".@"));
}

static void
append_name(struct look_alike *look, const char *name)
{
    const char *text = str_text(look->out);
    const char last = look->out->len ? text[look->out->len - 1] : '\0';
    str_append(look->out, last == '{' || last == '[' || !last ? "" : ",");
    wire_append_string(look->out, name);
    str_append_char(look->out, ':');
}

void
look_alike_text(struct look_alike *look, const char *name, const char *value)
{
    append_name(look, name);
    wire_append_string(look->out, value);
}

void
look_alike_time(struct look_alike *look, const char *name, int64_t time_ms)
{
    char text[RFC3339_SIZE];
    append_name(look, name);
    if (time_ms)
        wire_append_string(look->out, time_to_rfc3339(time_ms, text));
    else
        str_append(look->out, "null");
}

void
look_alike_answer(struct world *world, const char *target, struct slice body, struct arena *arena,
                  int *status, struct str *out)
{
    static const struct {
        const char *prefix;
        bool (*answer)(struct look_alike *look, const char *target);
    } services[] = {
        {LOOK_ALIKE_CIRCLECI "/", look_alike_circleci},
        {LOOK_ALIKE_GITHUB "/", look_alike_github},
        {LOOK_ALIKE_SLACK "/", look_alike_slack},
    };
    const char *query = strchr(target, '?');
    struct look_alike look = {.world = world,
                              .arena = arena,
                              .form = body.len ? arena_text_len(arena, body.data, body.len)
                                      : query  ? query + 1
                                               : "",
                              .out = out,
                              .now_ms = clock_now_ms()};
    *status = 200;
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        const size_t len = strlen(services[i].prefix);
        if (strncmp(target, services[i].prefix, len) == 0 &&
            services[i].answer(&look, target + len))
            return;
    }
    *status = 404;
    str_clear(out);
    str_append(out, "{\"message\":\"Not Found\"}");
}
