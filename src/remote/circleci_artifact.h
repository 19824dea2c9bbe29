#pragma once

/*
 * Fetches an artifact into a file. Its address is on another host than the API, and may lead on to a store: CircleCI's own
 * hosts get the token, a redirect to another host never takes it along. Nothing of this machine is asked unless the API is
 * here as well.
 */

#include "remote/circleci.h"

struct circleci_access {
    const struct profile *profile;
    const char *token;
    struct loop *loop;
};

/* Runs the loop. fd: an empty file. ERROR_TOO_LARGE beyond max_bytes; ERROR_NOT_FOUND for one that was not kept. */
MUST_CHECK bool circleci_fetch_artifact(const struct circleci_access *access, const char *url,
                                        int fd, size_t max_bytes, struct error *err);
