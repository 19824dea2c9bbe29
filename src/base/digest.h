#pragma once

/* Hashes, random bytes and constant-time comparison, on libsodium. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 64-bit content hash: tells whether a row changed. Not for secrets; the same on every machine. */
uint64_t digest_row(const char *data, size_t len);

#define DIGEST_HEX_SIZE 65
/* Lower-case hex of a keyed 256-bit hash (BLAKE2b) of all parts, each preceded by its length. */
const char *digest_keyed_hex(const char *key, const char *const *parts, size_t parts_len,
                             char out[DIGEST_HEX_SIZE]);

void digest_random(void *out, size_t len);

#define ULID_SIZE 27
/* A new ULID (26 characters, Crockford base 32) for time_ms with the given 80 random bits. */
const char *ulid_text(int64_t time_ms, const uint8_t random[10], char out[ULID_SIZE]);

/* Decoded bytes with a NUL behind them; false for what is no base64 (RFC 4648), or longer than size - 1. */
bool base64_decode(const char *text, size_t len, char *out, size_t size, size_t *out_len);

/* Base64 of the HMAC-SHA-256 of all parts one after the other, by a key of any length. */
#define DIGEST_HMAC_SIZE 45
const char *digest_hmac_base64(const char *key, size_t key_len, const char *const *parts,
                               size_t parts_len, char out[DIGEST_HMAC_SIZE]);

bool digest_equal_secrets(const char *a, const char *b); /* constant time for equal lengths */

/* "libsodium 1.0.18" */
const char *digest_library(void);
