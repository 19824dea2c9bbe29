#pragma once

/* The demo's own generator (splitmix64): the same seed gives the same world on every machine. */

#include <stdbool.h>
#include <stdint.h>

struct prng {
    uint64_t state;
};

/* A stream of its own for one part of the world, so that enriching another part does not shift it. */
struct prng prng_stream(uint64_t seed, const char *part);

uint64_t prng_next(struct prng *prng);
/* 0 … limit-1; limit 0 gives 0. */
uint32_t prng_below(struct prng *prng, uint32_t limit);
/* first … last, both included. */
int64_t prng_between(struct prng *prng, int64_t first, int64_t last);
bool prng_chance(struct prng *prng, double probability);
void prng_bytes(struct prng *prng, uint8_t *out, int len);
