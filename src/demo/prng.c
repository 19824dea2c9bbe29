#include "demo/prng.h"

struct prng
prng_stream(uint64_t seed, const char *part)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *part; part++)
        hash = (hash ^ (unsigned char)*part) * 0x100000001b3u;
    return (struct prng){.state = seed * 0x9e3779b97f4a7c15u ^ hash};
}

uint64_t
prng_next(struct prng *prng)
{
    uint64_t z = prng->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint32_t
prng_below(struct prng *prng, uint32_t limit)
{
    return limit ? (uint32_t)((prng_next(prng) >> 32) * limit >> 32) : 0;
}

int64_t
prng_between(struct prng *prng, int64_t first, int64_t last)
{
    return last <= first ? first
                         : first + (int64_t)(prng_next(prng) % (uint64_t)(last - first + 1));
}

bool
prng_chance(struct prng *prng, double probability)
{
    return (double)(prng_next(prng) >> 11) / 9007199254740992.0 < probability;
}

void
prng_bytes(struct prng *prng, uint8_t *out, int len)
{
    for (int i = 0; i < len; i++)
        out[i] = (uint8_t)(prng_next(prng) >> 56);
}
