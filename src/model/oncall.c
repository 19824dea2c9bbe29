#include "model/oncall.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

bool
oncall_has_user(const struct schedule_entry *entry)
{
    return !text_is_empty(entry->user_id);
}

static bool
same_lane(const struct schedule_entry *a, const struct schedule_entry *b)
{
    return text_equals(a->rotation_id, b->rotation_id) && text_equals(a->layer_id, b->layer_id);
}

static bool
same_user(const struct schedule_entry *a, const struct schedule_entry *b)
{
    return text_equals(a->user_id, b->user_id);
}

static bool
holds(const struct schedule_entry *entry, int64_t time_ms)
{
    return entry->start_at <= time_ms && time_ms < entry->end_at;
}

static bool
overlap(const struct schedule_entry *a, const struct schedule_entry *b)
{
    return a->start_at < b->end_at && b->start_at < a->end_at;
}

size_t
oncall_at(const struct oncall_shifts *shifts, int64_t time_ms, struct arena *arena,
          const struct schedule_entry *const **entries)
{
    const struct schedule_entry **found =
        arena_new_array(arena, shifts->final_len, const struct schedule_entry *);
    size_t found_len = 0;
    for (size_t i = 0; i < shifts->final_len; i++) {
        const struct schedule_entry *entry = &shifts->final[i];
        bool is_new = oncall_has_user(entry) && holds(entry, time_ms);
        for (size_t j = 0; is_new && j < found_len; j++)
            is_new = !same_user(found[j], entry);
        if (is_new)
            found[found_len++] = entry;
    }
    *entries = found;
    return found_len;
}

int64_t
oncall_until(const struct oncall_shifts *shifts, const char *user_id, int64_t time_ms)
{
    bool on_call = false;
    int64_t until_ms = time_ms;
    for (size_t i = 0; i < shifts->final_len; i++) {
        const struct schedule_entry *entry = &shifts->final[i];
        if (!text_equals(entry->user_id, user_id) || entry->end_at <= until_ms)
            continue;
        if (on_call ? entry->start_at <= until_ms + ONCALL_TOLERANCE_MS : holds(entry, time_ms)) {
            on_call = true;
            until_ms = entry->end_at;
        }
    }
    return until_ms;
}

const struct schedule_entry *
oncall_next(const struct oncall_shifts *shifts, int64_t time_ms)
{
    for (size_t i = 0; i < shifts->final_len; i++) {
        const struct schedule_entry *entry = &shifts->final[i];
        if (!oncall_has_user(entry) || entry->start_at <= time_ms)
            continue;
        int64_t until_ms = oncall_until(shifts, entry->user_id, time_ms);
        if (until_ms == time_ms || entry->start_at > until_ms + ONCALL_TOLERANCE_MS)
            return entry;
    }
    return NULL;
}

const struct schedule_entry *
oncall_next_person(const struct oncall_shifts *shifts, int64_t time_ms)
{
    for (size_t i = 0; i < shifts->final_len; i++) {
        const struct schedule_entry *entry = &shifts->final[i];
        if (oncall_has_user(entry) && entry->start_at > time_ms &&
            oncall_until(shifts, entry->user_id, time_ms) == time_ms)
            return entry;
    }
    return NULL;
}

const struct schedule_entry *
oncall_override_of(const struct oncall_shifts *shifts, const struct schedule_entry *entry)
{
    for (size_t i = 0; i < shifts->overrides_len; i++) {
        const struct schedule_entry *override = &shifts->overrides[i];
        if (same_lane(override, entry) && same_user(override, entry) &&
            override->start_at <= entry->start_at && entry->end_at <= override->end_at)
            return override;
    }
    return NULL;
}

const struct schedule_entry *
oncall_scheduled_instead(const struct oncall_shifts *shifts, const struct schedule_entry *entry)
{
    for (size_t i = 0; i < shifts->scheduled_len; i++) {
        const struct schedule_entry *scheduled = &shifts->scheduled[i];
        if (same_lane(scheduled, entry) && overlap(scheduled, entry) && oncall_has_user(scheduled))
            return scheduled;
    }
    return NULL;
}

/* ---- what is wrong ---- */

struct spans {
    struct arena *arena;
    struct oncall_span *items;
    size_t len, cap;
    int64_t from_ms, to_ms;
};

static bool
continues(const struct oncall_span *span, const struct oncall_span *next)
{
    return span->kind == next->kind && text_equals(span->rotation_id, next->rotation_id) &&
           text_equals(span->layer_id, next->layer_id) &&
           text_equals(span->user_id, next->user_id) &&
           text_equals(span->other_user_id, next->other_user_id) &&
           next->start_at <= span->end_at + ONCALL_TOLERANCE_MS;
}

/* Clipped to the window and joined to the span it continues. Spans of one lane come in order of start. */
static void
spans_add(struct spans *spans, struct oncall_span span)
{
    if (span.start_at < spans->from_ms)
        span.start_at = spans->from_ms;
    if (span.end_at > spans->to_ms)
        span.end_at = spans->to_ms;
    if (span.start_at >= span.end_at)
        return;
    for (size_t i = spans->len; i-- > 0;)
        if (continues(&spans->items[i], &span)) {
            if (span.end_at > spans->items[i].end_at)
                spans->items[i].end_at = span.end_at;
            return;
        }
    if (spans->len == spans->cap) {
        size_t cap = spans->cap ? spans->cap * 2 : 16;
        struct oncall_span *items = arena_new_array(spans->arena, cap, struct oncall_span);
        if (spans->len)
            memcpy(items, spans->items, spans->len * sizeof *items);
        spans->items = items;
        spans->cap = cap;
    }
    spans->items[spans->len++] = span;
}

static int
compare_spans(const void *a, const void *b)
{
    const struct oncall_span *x = a, *y = b;
    if (x->start_at != y->start_at)
        return x->start_at < y->start_at ? -1 : 1;
    int by_rotation = strcmp(x->rotation_id, y->rotation_id);
    return by_rotation ? by_rotation : strcmp(x->layer_id, y->layer_id);
}

/* In order of start, without those too short to matter. */
static size_t
spans_finish(struct spans *spans, const struct oncall_span **out)
{
    size_t kept = 0;
    for (size_t i = 0; i < spans->len; i++)
        if (spans->items[i].end_at - spans->items[i].start_at >= ONCALL_TOLERANCE_MS)
            spans->items[kept++] = spans->items[i];
    if (kept)
        qsort(spans->items, kept, sizeof *spans->items, compare_spans);
    *out = spans->items;
    return kept;
}

/* What is left of one needed shift after all people of its lane. */
static void
add_uncovered(const struct oncall_shifts *shifts, const struct schedule_entry *needed,
              struct spans *spans)
{
    struct oncall_span gap = {.kind = ONCALL_GAP,
                              .rotation_id = needed->rotation_id,
                              .layer_id = needed->layer_id,
                              .user_id = "",
                              .user_name = "",
                              .other_user_id = "",
                              .other_user_name = ""};
    gap.start_at = needed->start_at;
    for (size_t i = 0; i < shifts->final_len; i++) {
        const struct schedule_entry *entry = &shifts->final[i];
        if (entry->start_at >= needed->end_at)
            break;
        if (!oncall_has_user(entry) || !same_lane(entry, needed) || entry->end_at <= gap.start_at)
            continue;
        gap.end_at = entry->start_at;
        spans_add(spans, gap);
        gap.start_at = entry->end_at;
    }
    gap.end_at = needed->end_at;
    spans_add(spans, gap);
}

size_t
oncall_gaps(const struct oncall_shifts *shifts, int64_t from_ms, int64_t to_ms, struct arena *arena,
            const struct oncall_span **out)
{
    struct spans spans = {.arena = arena, .from_ms = from_ms, .to_ms = to_ms};
    size_t scheduled = 0, final = 0;
    while (scheduled < shifts->scheduled_len || final < shifts->final_len) {
        bool from_rules = final == shifts->final_len ||
                          (scheduled < shifts->scheduled_len &&
                           shifts->scheduled[scheduled].start_at <= shifts->final[final].start_at);
        const struct schedule_entry *needed =
            from_rules ? &shifts->scheduled[scheduled++] : &shifts->final[final++];
        if (from_rules || !oncall_has_user(needed))
            add_uncovered(shifts, needed, &spans);
    }
    return spans_finish(&spans, out);
}

size_t
oncall_overlaps(const struct oncall_shifts *shifts, int64_t from_ms, int64_t to_ms,
                struct arena *arena, const struct oncall_span **out)
{
    struct spans spans = {.arena = arena, .from_ms = from_ms, .to_ms = to_ms};
    for (size_t i = 0; i < shifts->final_len; i++)
        for (size_t j = i + 1; j < shifts->final_len; j++) {
            const struct schedule_entry *a = &shifts->final[i], *b = &shifts->final[j];
            if (b->start_at >= a->end_at)
                break;
            if (!oncall_has_user(a) || !oncall_has_user(b) || same_lane(a, b) == same_user(a, b))
                continue;
            bool two_people = same_lane(a, b);
            spans_add(&spans, (struct oncall_span){
                                  .kind = two_people ? ONCALL_DOUBLE : ONCALL_SAME_PERSON,
                                  .start_at = b->start_at,
                                  .end_at = a->end_at < b->end_at ? a->end_at : b->end_at,
                                  .rotation_id = b->rotation_id,
                                  .layer_id = b->layer_id,
                                  .user_id = a->user_id,
                                  .user_name = a->user_name,
                                  .other_user_id = two_people ? b->user_id : "",
                                  .other_user_name = two_people ? b->user_name : "",
                              });
        }
    return spans_finish(&spans, out);
}
