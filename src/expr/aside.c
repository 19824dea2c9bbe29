#include "expr/aside.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool
is_recent(int64_t at_ms, int64_t now_ms)
{
    return at_ms > 0 && now_ms - at_ms < ASIDE_MS;
}

void
aside_strike(struct asides *asides, const struct aside_key *key, const char *reason, int64_t now_ms)
{
    struct aside *item = NULL;
    for (size_t i = 0; i < ASIDES_MAX && !item; i++)
        if (memcmp(&asides->items[i].key, key, sizeof *key) == 0)
            item = &asides->items[i];
    if (!item)
        item = &asides->items[asides->next++ % ASIDES_MAX];
    item->key = *key;
    item->at_ms = asides->last_ms = now_ms;
    (void)snprintf(item->reason, sizeof item->reason, "%s", reason); /* a cut one says enough */
}

void
aside_prove(struct asides *asides, uint64_t program, int64_t now_ms)
{
    size_t at = program % ASIDE_PROVEN_MAX;
    asides->proven[at].program = program;
    asides->proven[at].at_ms = now_ms;
}

static bool
is_proven(const struct asides *asides, uint64_t program, int64_t now_ms)
{
    size_t at = program % ASIDE_PROVEN_MAX;
    return asides->proven[at].program == program && is_recent(asides->proven[at].at_ms, now_ms);
}

enum aside_extent
aside_find(const struct asides *asides, const struct aside_key *key, int64_t now_ms,
           const char **why)
{
    uint64_t parties[ASIDE_STRIKES];
    int parties_len = 0, subjects = 0;
    int64_t latest_ms = 0;
    bool same = false;
    if (!is_recent(asides->last_ms, now_ms))
        return ASIDE_NOT;
    for (size_t i = 0; i < ASIDES_MAX; i++) {
        const struct aside *item = &asides->items[i];
        if (item->key.program != key->program || !is_recent(item->at_ms, now_ms))
            continue;
        bool of_party = item->key.party == key->party, counted = false;
        same = same || (of_party && item->key.subject == key->subject);
        subjects += of_party;
        for (int k = 0; k < parties_len; k++)
            counted = counted || parties[k] == item->key.party;
        if (!counted && parties_len < ASIDE_STRIKES)
            parties[parties_len++] = item->key.party;
        if (item->at_ms >= latest_ms) {
            latest_ms = item->at_ms;
            *why = item->reason;
        }
    }
    if (parties_len == ASIDE_STRIKES && !is_proven(asides, key->program, now_ms))
        return ASIDE_EVERYBODY;
    return subjects >= ASIDE_STRIKES ? ASIDE_PARTY : same ? ASIDE_SUBJECT : ASIDE_NOT;
}
