#include "ui/source_age.h"

#include <stdio.h>
#include <string.h>

/* Somebody wrote while we looked. */
#define SLACK_MS (5 * SECOND_MS)

struct reading {
    int64_t now_ms, boot_ms;
    int64_t since_last_ms; /* what is new cannot be older; INT64_MAX = anything can be new */
};

static void
correct(struct known_moment *known, const struct reading *reading, int64_t *time_ms)
{
    if (!*time_ms)
        return;
    if (known->at_ms != *time_ms) {
        int64_t age_ms = reading->now_ms - *time_ms;
        if (reading->since_last_ms == INT64_MAX && age_ms < -SLACK_MS) {
            *time_ms = 0;
            return;
        }
        if (age_ms > reading->since_last_ms)
            age_ms = reading->since_last_ms;
        *known = (struct known_moment){*time_ms, reading->boot_ms - (age_ms > 0 ? age_ms : 0)};
    }
    *time_ms = reading->now_ms - (reading->boot_ms - known->boot_ms);
}

static size_t
find(struct source_ages *ages, const char *resource)
{
    size_t at = 0;
    while (at < ages->known_len && strcmp(ages->known[at].resource, resource) != 0)
        at++;
    if (at == ages->known_len && at < SOURCES_MAX) {
        (void)snprintf(ages->known[at].resource, sizeof ages->known[at].resource, "%s", resource);
        ages->known_len++;
    }
    return at;
}

const struct source_state *
source_ages_correct(struct source_ages *ages, const struct source_state *sources, size_t len,
                    int64_t now_ms, int64_t boot_ms, struct arena *arena)
{
    struct source_state *all = arena_new_array(arena, len ? len : 1, struct source_state);
    const struct reading reading = {now_ms, boot_ms,
                                    ages->read_at_ms ? boot_ms - ages->read_at_ms : INT64_MAX};
    for (size_t i = 0; i < len; i++) {
        size_t at = find(ages, sources[i].resource);
        all[i] = sources[i];
        if (at == SOURCES_MAX)
            continue; /* there are not as many */
        correct(&ages->known[at].complete, &reading, &all[i].last_complete_at);
        correct(&ages->known[at].error, &reading, &all[i].error_since);
    }
    ages->read_at_ms = boot_ms;
    return all;
}
