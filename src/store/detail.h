#pragma once

/* What the files that fill a detail share. */

#include "store/window.h"

enum { DETAIL_FACTS_MAX = 64 };

/* Adds to `facts` (the detail's own, DETAIL_FACTS_MAX of them) what says something: a text, or an instant. */
void detail_add_fact(struct detail *detail, struct detail_fact *facts, const char *label,
                     const char *text, int64_t at);
