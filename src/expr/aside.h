#pragma once

/*
 * Which programs are not tried for a minute, and for whom: pure, told the time. A program that overran or brought its helper
 * down is not tried again for the same subject (an alert); after that many subjects of a party (a source of alerts), for none of
 * that party; and once as many parties have met that and it gave nobody anything within the minute, for nobody. So a program
 * that never ends costs little, and no payload takes one that does from others.
 */

#include <stdint.h>

enum {
    ASIDE_MS = 60 * 1000,
    ASIDE_STRIKES = 3,
    ASIDES_MAX = 128, /* the oldest is forgotten for another one */
    ASIDE_PROVEN_MAX = 256,
    ASIDE_REASON_MAX_BYTES = 600,
};

/* Digests. */
struct aside_key {
    uint64_t program, party, subject;
};

struct aside {
    struct aside_key key;
    int64_t at_ms; /* 0 = none */
    char reason[ASIDE_REASON_MAX_BYTES];
};

/* All zero at first. */
struct asides {
    struct aside items[ASIDES_MAX];
    uint32_t next;
    int64_t last_ms;
    struct {
        uint64_t program;
        int64_t at_ms;
    } proven[ASIDE_PROVEN_MAX];
};

enum aside_extent { ASIDE_NOT, ASIDE_SUBJECT, ASIDE_PARTY, ASIDE_EVERYBODY };

/* It was stopped, for that reason. */
void aside_strike(struct asides *asides, const struct aside_key *key, const char *reason,
                  int64_t now_ms);

/* It came to an end, whatever it gave. */
void aside_prove(struct asides *asides, uint64_t program, int64_t now_ms);

/* Whether it is to be tried; *why, unless ASIDE_NOT, is why it was stopped the last time. */
enum aside_extent aside_find(const struct asides *asides, const struct aside_key *key,
                             int64_t now_ms, const char **why);
