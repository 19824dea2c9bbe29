#include "store/detail.h"

void
detail_add_fact(struct detail *detail, struct detail_fact *facts, const char *label,
                const char *text, int64_t at)
{
    if (detail->facts_len < DETAIL_FACTS_MAX && (*text || at))
        facts[detail->facts_len++] = (struct detail_fact){label, text, at};
}
