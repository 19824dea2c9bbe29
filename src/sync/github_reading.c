#include "sync/github_reading.h"

#include "base/str.h"

enum { EVENTS_MAX = REVIEWS_MAX + 4 };

/* ---- what happened to it ---- */

struct events {
    struct arena *arena;
    const char *link;
    struct pull_request_event *items;
    size_t len;
};

static void
add_event(struct events *events, const char *id, int64_t at, const char *who, const char *text)
{
    if (at > 0 && events->len < EVENTS_MAX)
        events->items[events->len++] = (struct pull_request_event){events->link, id, at, who, text};
}

static void
add_life(const struct reading *reading, struct events *events)
{
    const struct github_pull *pull = &reading->pull;
    struct arena *arena = events->arena;
    add_event(events, arena_printf(arena, "opened/%s", pull->id), pull->created_at, pull->author,
              "opened");
    if (pull->merged_at)
        add_event(events, arena_printf(arena, "merged/%s", pull->id), pull->merged_at,
                  pull->merged_by, "merged");
    else
        add_event(events,
                  arena_printf(arena, "closed/%s/%lld", pull->id, (long long)pull->closed_at),
                  pull->closed_at, "", "closed without a merge");
}

static void
add_reviews(const struct reading *reading, struct events *events)
{
    for (size_t i = 0; i < reading->reviews_len; i++) {
        const struct github_review *review = &reading->reviews[i];
        const char *text = text_equals(review->state, "approved")            ? "review approved"
                           : text_equals(review->state, "changes requested") ? "changes requested"
                                                                             : "review dismissed";
        add_event(events, arena_printf(events->arena, "review/%s/%s", review->id, review->state),
                  review->at, review->who, text);
    }
}

/* An event each time that they come to another end: green, or red with the names of what failed. */
static void
add_checks(const struct reading *reading, struct events *events)
{
    const struct pull_request *now = &reading->now, *before = &reading->before;
    const bool failed = text_equals(now->checks, "failed");
    if ((!failed && !text_equals(now->checks, "ok")) ||
        (text_equals(now->checks, before->checks) && text_equals(now->head, before->head)))
        return;
    const char *text = failed ? "checks failed" : "checks ok";
    const char *separator = ": ";
    for (int part = GITHUB_STATUSES; failed && part < GITHUB_PARTS; part++)
        for (size_t i = 0; i < 3 && reading->checks[part].names[i]; i++) {
            text = arena_printf(events->arena, "%s%s%s", text, separator,
                                reading->checks[part].names[i]);
            separator = ", ";
        }
    add_event(events,
              arena_printf(events->arena, "checks/%lld/%.12s/%lld", (long long)now->number,
                           now->head, (long long)now->checks_at),
              now->checks_at, "", text);
}

/* Of each reviewer the last word counts; one who wants changes outweighs all who approve. */
static const char *
review_of(const struct reading *reading)
{
    const char *word = "";
    for (size_t i = 0; i < reading->reviews_len; i++) {
        bool is_last = true;
        for (size_t j = i + 1; j < reading->reviews_len && is_last; j++)
            is_last = !text_equals(reading->reviews[i].who, reading->reviews[j].who);
        const char *state = reading->reviews[i].state;
        if (is_last && text_equals(state, "changes requested"))
            return "changes requested";
        if (is_last && text_equals(state, "approved"))
            word = "approved";
    }
    return word;
}

static const char *
etags_text(const struct reading *reading, struct arena *arena)
{
    return arena_printf(arena, "%s\n%s\n%s\n%s", reading->etags[GITHUB_PULL],
                        reading->etags[GITHUB_REVIEWS], reading->etags[GITHUB_STATUSES],
                        reading->etags[GITHUB_RUNS]);
}

void
reading_finish(struct reading *reading, const char *etags_of, struct arena *arena,
               const struct pull_request_event **out, size_t *out_len)
{
    struct pull_request *now = &reading->now;
    struct events events = {.arena = arena,
                            .link = now->link,
                            .items = arena_new_array(arena, EVENTS_MAX, struct pull_request_event)};
    if (reading->is_new[GITHUB_REVIEWS])
        now->review = review_of(reading);
    if (reading->is_new[GITHUB_STATUSES])
        now->statuses = github_checks_word(&reading->checks[GITHUB_STATUSES]);
    if (reading->is_new[GITHUB_RUNS])
        now->runs = github_checks_word(&reading->checks[GITHUB_RUNS]);
    now->checks = github_worse(now->statuses, now->runs);
    now->checks_at = text_equals(now->head, reading->before.head) ? reading->before.checks_at : 0;
    for (int part = GITHUB_STATUSES; part < GITHUB_PARTS; part++)
        if (reading->checks[part].at > now->checks_at)
            now->checks_at = reading->checks[part].at;
    now->problem = "";
    now->etags = etags_text(reading, arena);
    now->etags_of = etags_of;
    now->summary = reading_summary(now, arena);
    if (reading->is_new[GITHUB_PULL])
        add_life(reading, &events);
    if (reading->is_new[GITHUB_REVIEWS])
        add_reviews(reading, &events);
    add_checks(reading, &events);
    *out = events.items;
    *out_len = events.len;
}

const char *
reading_summary(const struct pull_request *pull, struct arena *arena)
{
    if (*pull->problem)
        return arena_printf(arena, "#%lld: %s", (long long)pull->number, pull->problem);
    return arena_printf(arena, "#%lld %s%s%s%s%s", (long long)pull->number, pull->state,
                        *pull->review ? ", " : "", pull->review, *pull->checks ? ", checks " : "",
                        pull->checks);
}

bool
reading_is_same(const struct pull_request *a, const struct pull_request *b)
{
    return text_equals(a->summary, b->summary) && text_equals(a->title, b->title) &&
           text_equals(a->author, b->author) && text_equals(a->head, b->head) &&
           text_equals(a->statuses, b->statuses) && text_equals(a->runs, b->runs) &&
           text_equals(a->etags, b->etags) && text_equals(a->etags_of, b->etags_of) &&
           a->checks_at == b->checks_at && a->merged_at == b->merged_at;
}
