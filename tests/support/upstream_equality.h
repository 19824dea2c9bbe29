#pragma once

/* Whether a store holds what upstream does, as `tocsin list KIND --json` tells both: every kind, object for object. */

#include "tests/support/demo.h"

/*
 * Syncs `home` once and compares it with two fresh stores filled from `url` with `key`, one before and one after: what both
 * of them list is listed, and nothing is that neither lists. So the world may move on meanwhile. Fails the test.
 */
void expect_store_equals_upstream(const struct home *home, const char *url, const char *key);
