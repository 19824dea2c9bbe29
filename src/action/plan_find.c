#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "action/plan_internal.h"

enum { NAMES_SHOWN_MAX_BYTES = 300 };

/* Rows of (id, name, detail), the best match first: exact ones have rank 0. */
static bool
find(struct maker *maker, enum sql sql, const char *text, const char *what,
     struct plan_named *found)
{
    struct statement *statement;
    struct str others;
    bool row = true;
    int64_t best = -1, len = 0;
    *found = (struct plan_named){"", "", ""};
    if (!store_statement(maker->context->cache, sql, &statement, maker->err))
        return false;
    bind_text(statement, "text", text);
    bind_text(statement, "prefix", text);
    str_init(&others, NAMES_SHOWN_MAX_BYTES);
    while (row) {
        if (!statement_step(statement, &row, maker->err)) {
            str_finish(&others);
            return false;
        }
        if (!row)
            break;
        int64_t rank = row_integer(statement, 3);
        if (best < 0) {
            best = rank;
            *found = (struct plan_named){row_text(statement, maker->arena, 0),
                                         row_text(statement, maker->arena, 1),
                                         row_text(statement, maker->arena, 2)};
        }
        len += rank == best;
        str_printf(&others, "%s%s", others.len ? ", " : "", row_text_borrowed(statement, 1));
    }
    const char *names = arena_text(maker->arena, str_text(&others));
    str_finish(&others);
    /* What does not match at all is listed with rank 2, to say what there is. */
    if (best == 2 || best < 0)
        return error_set(maker->err, ERROR_USAGE, "there is no %s '%.60s'%s%s", what, text,
                         *names ? "; there are " : "", names);
    if (len > 1)
        return error_set(maker->err, ERROR_USAGE, "'%.60s' begins several: %s", text, names);
    return true;
}

bool
plan_person(struct maker *maker, const char *text, struct plan_named *person)
{
    const bool is_me = !*text || strcasecmp(text, "me") == 0 || strcmp(text, "@me") == 0;
    if (!is_me)
        return find(maker, SQL_PERSON_FIND, text, "person", person);
    if (text_is_empty(maker->context->me))
        return error_set(maker->err, ERROR_USAGE,
                         "who you are is not known: set 'me' in tocsin.conf to your e-mail "
                         "address upstream, or name the person");
    return find(maker, SQL_PERSON_FIND, maker->context->me, "person", person);
}

bool
plan_status(struct maker *maker, const char *text, struct plan_named *status)
{
    return find(maker, SQL_INCIDENT_STATUS_FIND, text, "status", status);
}

bool
plan_severity(struct maker *maker, const char *text, struct plan_named *severity, bool *top)
{
    const bool is_digit = (*text == 'S' || *text == 's') && isdigit((unsigned char)text[1]);
    if (!find(maker, SQL_SEVERITY_FIND, text, "severity", severity)) {
        /* S1: a name, or as the lists have it the number from the top */
        const struct error as_name = *maker->err;
        if (as_name.code != ERROR_USAGE || !is_digit)
            return false;
        if (!find(maker, SQL_SEVERITY_FIND, text + 1, "severity", severity)) {
            if (maker->err->code == ERROR_USAGE)
                *maker->err = as_name;
            return false;
        }
        *maker->err = (struct error){0};
    }
    *top = text_equals(severity->detail, "1");
    return true;
}

bool
plan_path(struct maker *maker, const char *text, struct plan_named *path)
{
    return find(maker, SQL_ESCALATION_PATH_FIND, text, "escalation path", path);
}
