#pragma once

/* Fuzzy matching for what is typed to find a name: the letters of the pattern in order, case aside. Pure. */

/* Higher is better: runs of letters, beginnings of words and short names win; -1 = it does not match. "" matches all with 0. */
int fuzzy_score(const char *pattern, const char *text);
