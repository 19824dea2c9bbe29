#include "store/listing.h"

static bool
count_both(struct store *store, const struct listing *listing, const struct filter *filter,
           int64_t *matching, int64_t *total, struct error *err)
{
    if (!listing_count(store, listing, NULL, COUNT_MAX + 1, total, err))
        return false;
    *matching = *total;
    return !filter || listing_count(store, listing, filter, COUNT_MAX + 1, matching, err);
}

bool
window_count(struct store *store, enum kind kind, const struct filter *filter,
             struct window_count *count, struct error *err)
{
    static const struct listing firing = {.kind = KIND_ALERT, .base = "t.feed_rank <= 8"};
    const struct listing all = {.kind = kind,
                                .base = kind == KIND_FOLLOW_UP ? "t.status = 'outstanding'" : ""};
    *count = (struct window_count){0};
    return count_both(store, &all, filter, &count->matching, &count->total, err) &&
           (kind != KIND_ALERT ||
            count_both(store, &firing, filter, &count->firing_matching, &count->firing, err));
}
