#include "base/digest.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* Fixed: the hash only has to be the same everywhere and to change with its input. */
static const unsigned char row_key[crypto_shorthash_KEYBYTES] = "tocsin row hash";

static void
start(void)
{
    static bool started;
    if (!started) {
        int status = sodium_init();
        assert(status >= 0); /* fails only where the kernel has no random numbers at all */
        started = true;
    }
}

uint64_t
digest_row(const char *data, size_t len)
{
    unsigned char hash[crypto_shorthash_BYTES];
    (void)crypto_shorthash(hash, (const unsigned char *)data, len, row_key); /* cannot fail */
    uint64_t value = 0;
    for (size_t i = sizeof hash; i-- > 0;)
        value = value << 8 | hash[i];
    return value;
}

const char *
digest_keyed_hex(const char *key, const char *const *parts, size_t parts_len,
                 char out[DIGEST_HEX_SIZE])
{
    start();
    /* The hash of the key is the key: BLAKE2b wants at most 64 bytes of it, ours may have any length. */
    unsigned char folded[crypto_generichash_BYTES], hash[crypto_generichash_BYTES];
    crypto_generichash_state state;
    int failed =
        crypto_generichash(folded, sizeof folded, (const unsigned char *)key, strlen(key), NULL, 0);
    failed |= crypto_generichash_init(&state, folded, sizeof folded, sizeof hash);
    for (size_t i = 0; i < parts_len; i++) {
        uint64_t len = strlen(parts[i]);
        unsigned char prefix[8];
        for (size_t k = 0; k < sizeof prefix; k++)
            prefix[k] = (unsigned char)(len >> (8 * k));
        failed |= crypto_generichash_update(&state, prefix, sizeof prefix);
        failed |= crypto_generichash_update(&state, (const unsigned char *)parts[i], len);
    }
    failed |= crypto_generichash_final(&state, hash, sizeof hash);
    assert(!failed); /* the lengths above are constants the library allows */
    sodium_memzero(folded, sizeof folded);
    return sodium_bin2hex(out, DIGEST_HEX_SIZE, hash, sizeof hash);
}

void
digest_random(void *out, size_t len)
{
    start();
    randombytes_buf(out, len);
}

const char *
ulid_text(int64_t time_ms, const uint8_t random[10], char out[ULID_SIZE])
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    for (int i = 0; i < 10; i++)
        out[i] = alphabet[(uint64_t)time_ms >> (45 - 5 * i) & 31];
    /* 80 bits, five at a time: two groups of 40. */
    for (int half = 0; half < 2; half++) {
        uint64_t bits = 0;
        for (int i = 0; i < 5; i++)
            bits = bits << 8 | random[5 * half + i];
        for (int i = 0; i < 8; i++)
            out[10 + 8 * half + i] = alphabet[bits >> (35 - 5 * i) & 31];
    }
    out[26] = '\0';
    return out;
}

bool
base64_decode(const char *text, size_t len, char *out, size_t size, size_t *out_len)
{
    const char *end;
    if (size == 0 ||
        sodium_base642bin((unsigned char *)out, size - 1, text, len, NULL, out_len, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        end != text + len)
        return false;
    out[*out_len] = '\0';
    return true;
}

const char *
digest_hmac_base64(const char *key, size_t key_len, const char *const *parts, size_t parts_len,
                   char out[DIGEST_HMAC_SIZE])
{
    crypto_auth_hmacsha256_state state;
    unsigned char hash[crypto_auth_hmacsha256_BYTES];
    (void)crypto_auth_hmacsha256_init(&state, (const unsigned char *)key,
                                      key_len); /* cannot fail */
    for (size_t i = 0; i < parts_len; i++)
        (void)crypto_auth_hmacsha256_update(&state, (const unsigned char *)parts[i],
                                            strlen(parts[i]));
    (void)crypto_auth_hmacsha256_final(&state, hash);
    return sodium_bin2base64(out, DIGEST_HMAC_SIZE, hash, sizeof hash,
                             sodium_base64_VARIANT_ORIGINAL);
}

bool
digest_equal_secrets(const char *a, const char *b)
{
    size_t len = strlen(a);
    return len == strlen(b) && sodium_memcmp(a, b, len) == 0;
}

const char *
digest_library(void)
{
    static char name[40];
    (void)snprintf(name, sizeof name, "libsodium %s", sodium_version_string()); /* short */
    return name;
}
