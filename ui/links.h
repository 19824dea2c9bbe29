#pragma once

/* Where an item opens: the addresses of its facts and those written in its texts. Pure. */

#include "model/detail.h"

#define LINKS_MAX 40

struct link {
    const char *label, *url;
};

/*
 * http or https with a host, no user name in front of it (which is how one address is made to look like another), nothing
 * that a terminal or a program would take for more than a character of an address, and of a length that has an end.
 */
bool link_is_safe(const char *url);

/* The safe ones, each once, in the order of the detail. */
size_t links_of(const struct detail *detail, struct arena *arena, const struct link **links);
