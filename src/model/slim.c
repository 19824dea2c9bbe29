#include "model/slim.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

const char *
slim_category(const char *category)
{
    return text_equals(category, "live")       ? "active"
           : text_equals(category, "learning") ? "post-incident"
                                               : category;
}

int64_t
incident_number(const struct incident *incident)
{
    return strtoll(incident->reference + strlen("INC-"), NULL, 10);
}
