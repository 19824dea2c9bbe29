#include "ui/fuzzy.h"

#include <ctype.h>
#include <string.h>

#define AT_START 30
#define AT_WORD 20
#define IN_RUN 12
#define PER_LETTER 10

static char
lower(char c)
{
    return (char)tolower((unsigned char)c);
}

/* The best score of the pattern's rest in the text's, given whether the letter before was matched. */
static int
best_from(const char *pattern, const char *text, const char *start, int depth)
{
    int best = -1;
    if (!*pattern)
        return 0;
    /* Names are short; beyond this many choices the first one is good enough. */
    for (const char *at = text; *at; at++) {
        if (lower(*at) != lower(*pattern))
            continue;
        int rest = best_from(pattern + 1, at + 1, start, depth + 1);
        if (rest < 0)
            return best; /* nor does it match further on */
        int score = PER_LETTER + rest;
        if (at == start)
            score += AT_START;
        else if (!isalnum((unsigned char)at[-1]))
            score += AT_WORD;
        if (depth > 0 && at == text)
            score += IN_RUN;
        best = score > best ? score : best;
        if (depth > 8)
            break;
    }
    return best;
}

int
fuzzy_score(const char *pattern, const char *text)
{
    int best = best_from(pattern, text, text, 0);
    int len = (int)strlen(text);
    return best <= 0 ? best : best * 100 - (len < 99 ? len : 99);
}
