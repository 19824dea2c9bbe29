#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/text.h"
#include "dbt/event.h"

enum { TITLE_MAX_BYTES = 200, NAME_SHOWN_BYTES = 120, EXPOSURES_SHOWN = 10 };

/* ---- sources ---- */

static const char *
limit_text(const char *word, const struct dbt_limit *limit, struct arena *arena)
{
    if (!limit->count || !*limit->period)
        return "";
    return arena_printf(arena, ", %s after %lld %s%s", word, (long long)limit->count, limit->period,
                        limit->count == 1 ? "" : "s");
}

const char *
dbt_freshness(const struct dbt_result *result, struct arena *arena)
{
    char age[AGE_SIZE];
    int64_t loaded_at_ms;
    const char *limits = arena_printf(arena, "%s%s", limit_text("warn", &result->warn_after, arena),
                                      limit_text("error", &result->error_after, arena));
    /* The year 1 is what an empty table gives. */
    if (time_from_rfc3339(result->loaded_at, &loaded_at_ms) && !loaded_at_ms)
        return arena_printf(arena, "no row was ever loaded%s", limits);
    if (!isfinite(result->age_s) || result->age_s < 0 || result->age_s > 1e12)
        return *limits ? limits + 2 : "";
    return arena_printf(arena, "the newest row is %s old%s",
                        age_text((int64_t)(result->age_s * (double)SECOND_MS), age), limits);
}

/* ---- the title ---- */

/*
 * What a message says beyond its heading: of "Database Error in model orders (models/orders.sql)\n  relation "x" does not exist"
 * the second line.
 */
static const char *
cause_of(const char *message, struct arena *arena)
{
    size_t len = strcspn(message, "\n");
    const char *heading = arena_text_len(arena, message, len);
    const char *rest = message + len + strspn(message + len, "\n ");
    if (!strstr(heading, " Error in ") || !*rest)
        return heading;
    len = strcspn(rest, "\n");
    /* "SQL compilation error:" is not all of it. */
    if (len && rest[len - 1] == ':' && rest[len])
        len += 1 + strcspn(rest + len + 1, "\n");
    return arena_text_len(arena, rest, len);
}

static const char *
rows_text(const struct dbt_result *result, struct arena *arena)
{
    if (result->failures < 0)
        return "";
    return arena_printf(arena, " (%lld row%s)", (long long)result->failures,
                        result->failures == 1 ? "" : "s");
}

/* " on orders.customer_id" */
static const char *
place_text(const struct dbt_story *story, struct arena *arena)
{
    if (!*story->model)
        return "";
    return arena_printf(arena, " on %s%s%s", story->model, *story->column ? "." : "",
                        story->column);
}

static const char *
test_title(const struct dbt_story *story, struct arena *arena)
{
    /* By what it tests where that is said as well: the whole name repeats it. */
    const char *name = *story->test && *story->model ? story->test : story->name;
    const char *place = place_text(story, arena);
    const char *unit = story->type == DBT_TYPE_UNIT_TEST ? "unit test " : "";
    if (story->resolved)
        return arena_printf(arena, "%s%s%s passes again", unit, name, place);
    switch (story->result->status) {
    case DBT_WARN:
        return arena_printf(arena, "%s%s warns%s%s", unit, name, place,
                            rows_text(story->result, arena));
    case DBT_FAIL:
        return arena_printf(arena, "%s%s failed%s%s", unit, name, place,
                            rows_text(story->result, arena));
    default:
        break;
    }
    return arena_printf(arena, "%s%s could not run%s: %s", unit, name, place,
                        cause_of(story->message, arena));
}

static const char *
source_title(const struct dbt_story *story, struct arena *arena)
{
    if (story->resolved)
        return arena_printf(arena, "%s is fresh again", story->name);
    if (story->result->status == DBT_RUNTIME_ERROR)
        return arena_printf(arena, "%s: its freshness could not be checked: %s", story->name,
                            cause_of(story->message, arena));
    return arena_printf(arena, "%s is late: %s", story->name, story->message);
}

const char *
dbt_title(const struct dbt_story *story, struct arena *arena)
{
    const char *title;
    const char *cause = cause_of(story->message, arena);
    if (dbt_type_is_test(story->type))
        title = test_title(story, arena);
    else if (story->type == DBT_TYPE_SOURCE)
        title = source_title(story, arena);
    else if (story->resolved)
        title = arena_printf(arena, "%s runs again", story->name);
    else if (story->result->status == DBT_WARN)
        title = arena_printf(arena, "%s warns: %s", story->name, cause);
    else if (story->result->failed_batches)
        title = arena_printf(arena, "%s failed for %zu batches: %s", story->name,
                             story->result->failed_batches, cause);
    else
        title = arena_printf(arena, "%s failed: %s", story->name, cause);
    title = text_clean(arena, title, TITLE_MAX_BYTES);
    size_t len = strlen(title);
    return len && title[len - 1] == ':' ? arena_text_len(arena, title, len - 1) : title;
}

/* ---- the description ---- */

/* A fence longer than any in the text. */
static void
append_fenced(struct str *out, const char *text)
{
    size_t longest = 2;
    for (const char *at = text; *at; at++) {
        size_t len = strspn(at, "`");
        if (len > longest)
            longest = len;
        if (len)
            at += len - 1;
    }
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i <= longest; i++)
            str_append_char(out, '`');
        str_append(out, "\n");
        if (!side)
            str_printf(out, "%s\n", text);
    }
}

static const char *
counted(struct arena *arena, size_t count, const char *what)
{
    return arena_printf(arena, "%zu %s%s", count, what, count == 1 ? "" : "s");
}

static void
append_below(struct str *out, const struct dbt_context *context, const struct dbt_story *story,
             struct arena *arena)
{
    if (!story->models_below && !story->exposures_len)
        return;
    str_printf(out, "\nBelow it: %s, %s", counted(arena, story->models_below, "model"),
               counted(arena, story->exposures_len, "exposure"));
    for (size_t i = 0; i < story->exposures_len && i < EXPOSURES_SHOWN; i++) {
        const char *id = dbt_manifest_id(context->manifest, story->exposures[i]);
        str_printf(out, "%s%s", i ? ", " : ": ",
                   text_clean(arena, dbt_name(context->manifest, story->exposures[i], id, arena),
                              NAME_SHOWN_BYTES));
    }
    str_append(out, story->exposures_len > EXPOSURES_SHOWN ? ", ...\n" : "\n");
}

const char *
dbt_description(const struct dbt_context *context, const struct dbt_story *story,
                struct arena *arena)
{
    struct str out;
    str_init(&out, 0);
    str_printf(&out, "`%s`", text_clean(arena, story->result->unique_id, TITLE_MAX_BYTES));
    if (story->node) {
        const char *path =
            dbt_manifest_word(context->manifest, context->manifest->nodes[story->node].path);
        if (*path)
            str_printf(&out, " in `%s`", text_clean(arena, path, TITLE_MAX_BYTES));
    }
    str_append(&out, "\n\n");
    if (*story->message)
        append_fenced(&out, story->message);
    append_below(&out, context, story, arena);
    if (story->skipped.len)
        str_printf(&out, "\n%s because of it.\n",
                   story->skipped.len == 1
                       ? "1 node was skipped"
                       : arena_printf(arena, "%zu nodes were skipped", story->skipped.len));
    const char *text = arena_text_len(arena, str_text(&out), out.len);
    str_finish(&out);
    return text;
}
