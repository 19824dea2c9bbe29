#include "model/snapshot.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

/* A source is live up to this many of its intervals; polls jitter, so one missed is no news. */
#define LIVE_INTERVALS 2
/* Polls every five seconds would else have the screen say "5s" and "0s" in turn, for as long as an answer is on its way. */
#define ANSWER_TAKES_MS SECOND_MS

const char *
count_text(int64_t count, char out[COUNT_SIZE])
{
    if (count > COUNT_MAX)
        (void)snprintf(out, COUNT_SIZE, "%d+", COUNT_MAX); /* fits */
    else
        (void)snprintf(out, COUNT_SIZE, "%d", (int)count); /* fits: at most 1000 */
    return out;
}

/* From when on its age is counted: of what is live, not before the next answer can have come. */
static int64_t
seen_at(const struct freshness_summary *summary)
{
    return summary->since + (summary->state == FRESH_LIVE ? ANSWER_TAKES_MS : 0);
}

static struct freshness_summary
source_summary(const struct source_state *source, int64_t now_ms)
{
    struct freshness_summary summary = {.source = source, .changes_at = INT64_MAX};
    if (*source->error_code) {
        summary.state = FRESH_DOWN;
        summary.since = source->error_since;
    } else if (!source->last_complete_at) {
        summary.state = FRESH_LOADING;
        return summary;
    } else {
        int64_t stale_at = source->last_complete_at + LIVE_INTERVALS * source->interval_ms;
        bool stale = source->interval_ms > 0 && now_ms > stale_at;
        summary.state = stale ? FRESH_STALE : FRESH_LIVE;
        summary.since = source->last_complete_at;
        if (source->interval_ms > 0 && !stale)
            summary.changes_at = stale_at + 1;
    }
    int64_t age_changes = now_ms + age_next_change_ms(seen_at(&summary), now_ms);
    if (age_changes < summary.changes_at)
        summary.changes_at = age_changes;
    return summary;
}

static bool
is_among(const char *resource, const char *const *resources)
{
    for (; *resources; resources++)
        if (strcmp(*resources, resource) == 0)
            return true;
    return false;
}

struct freshness_summary
snapshot_freshness(const struct snapshot *snap, const char *const *resources, int64_t now_ms)
{
    struct freshness_summary worst = {.state = FRESH_LIVE, .changes_at = INT64_MAX};
    size_t seen = 0;

    for (size_t i = 0; i < snap->sources_len; i++) {
        const struct source_state *source = &snap->sources[i];
        if (resources ? !is_among(source->resource, resources) : source->interval_ms == 0)
            continue;
        struct freshness_summary one = source_summary(source, now_ms);
        int64_t changes_at = one.changes_at < worst.changes_at ? one.changes_at : worst.changes_at;
        /* Of live sources the newest speaks for all: the slow ones have longer intervals. */
        bool worse = one.state != worst.state  ? one.state > worst.state
                     : one.state == FRESH_LIVE ? one.since > worst.since
                                               : one.since < worst.since;
        if (seen++ == 0 || worse)
            worst = one;
        worst.changes_at = changes_at;
    }
    if (seen == 0)
        worst.state = FRESH_LOADING;
    return worst;
}

const char *
fresh_word(enum fresh state)
{
    switch (state) {
    case FRESH_LIVE:
        return "live";
    case FRESH_LOADING:
        return "loading";
    case FRESH_STALE:
        return "stale";
    case FRESH_DOWN:
        return "down";
    }
    return "";
}

const char *
fresh_text(const struct freshness_summary *summary, int64_t now_ms, char out[FRESH_SIZE])
{
    char age[AGE_SIZE];
    const char *word = fresh_word(summary->state);
    if (summary->since)
        (void)snprintf(out, FRESH_SIZE, "%s %s", word, age_text(now_ms - seen_at(summary), age));
    else
        (void)snprintf(out, FRESH_SIZE, "%s", word); /* both fit */
    return out;
}

static enum error_code
code_from_name(const char *name)
{
    for (int code = 0; code < ERROR_CODE_COUNT; code++)
        if (strcmp(error_name((enum error_code)code), name) == 0)
            return (enum error_code)code;
    return ERROR_NONE;
}

const char *
fresh_cause(const struct freshness_summary *summary, int64_t now_ms, struct arena *arena)
{
    const struct source_state *source = summary->source;
    char age[AGE_SIZE];
    if (summary->state != FRESH_DOWN || !source)
        return "";
    const enum error_code code = code_from_name(source->error_code);
    const char *phrase = error_phrase(code);
    if (!*phrase)
        phrase = source->error_message;
    if (!error_is_retryable(code)) /* waiting does not help */
        return phrase;
    if (source->retry_at > now_ms && source->retry_at < now_ms + 5 * SECOND_MS) /* no "0s" */
        return arena_printf(arena, "%s, retrying", phrase);
    if (source->retry_at > now_ms)
        return arena_printf(arena, "%s, retry %s", phrase,
                            age_text(source->retry_at - now_ms, age));
    return phrase;
}
