#include "action/plan.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "action/plan_internal.h"
#include "base/clock.h"
#include "base/text.h"

enum { TITLE_MAX_COLS = 60, TARGETS_MAX = 1000 };

static plan_maker *const makers[ACTION_COUNT] = {
    [ACTION_ACKNOWLEDGE] = plan_acknowledge,
    [ACTION_FINISH] = plan_finish,
    [ACTION_DEFER] = plan_defer,
    [ACTION_ASSIGN] = plan_assign,
    [ACTION_NOTE] = plan_note,
    [ACTION_UPDATE] = plan_update,
    [ACTION_DECLARE] = plan_declare,
    [ACTION_ATTACH] = plan_attach,
    [ACTION_LINK] = plan_link,
    [ACTION_ADD] = plan_add,
    [ACTION_ESCALATE] = plan_escalate,
    [ACTION_REPLY] = plan_reply,
    [ACTION_OVERRIDE] = plan_override,
    [ACTION_COVER] = plan_cover,
};

unsigned
plan_kinds_of(enum kind kind)
{
    switch ((int)kind) {
    case KIND_ALERT:
    case KIND_ESCALATION:
        return ON_ALERT;
    case KIND_INCIDENT:
        return ON_EVENT;
    case KIND_FOLLOW_UP:
        return ON_FOLLOW_UP;
    case KIND_SCHEDULE:
    case KIND_SCHEDULE_ENTRY:
        return ON_SHIFT;
    default:
        return 0;
    }
}

/* ---- an incident that was declared here and is not upstream yet ---- */

enum { DECLARED_LATELY_MS = HOUR_MS };

static const char *
in_place_of_key(struct maker *maker, const char *text)
{
    const char *key = maker->declared->target_id;
    const char *at = text ? strstr(text, key) : NULL;
    if (!at)
        return text;
    return arena_printf(maker->arena, "%.*s{result}%s", (int)(at - text), text,
                        in_place_of_key(maker, at + strlen(key)));
}

/* Sent behind it, to the incident that it makes; nobody else can have changed that meanwhile. */
static void
wait_for_declared(struct maker *maker, struct outbox_row *row)
{
    row->path = in_place_of_key(maker, row->path);
    row->body = in_place_of_key(maker, row->body);
    row->check_path = in_place_of_key(maker, row->check_path);
    row->seen = "";
    if (!row->waits_for)
        row->waits_for = -maker->declared->id;
}

/* One that has come about is its object. */
static bool
find_declared(struct maker *maker, struct plan_target *target)
{
    const struct plan_context *context = maker->context;
    const struct outbox_row *rows;
    size_t len;
    if (!context->private_db || target->kind != KIND_INCIDENT)
        return true;
    if (!outbox_declared(context->private_db, context->upstream,
                         context->now_ms - DECLARED_LATELY_MS, maker->arena, &rows, &len,
                         maker->err))
        return false;
    for (size_t i = 0; i < len; i++)
        if (text_equals(rows[i].target_id, target->id)) {
            if (*rows[i].result_id)
                target->id = rows[i].result_id;
            else
                maker->declared = &rows[i];
        }
    return true;
}

static void
fill_declared(struct maker *maker, struct incident *incident)
{
    object_clear(kind_info(KIND_INCIDENT)->fields, incident);
    incident->id = maker->declared->target_id;
    incident->reference = "new";
    incident->name = maker->declared->target_title;
    incident->incident_status_category = "live";
}

/* ---- for the makers ---- */

size_t
plan_row(struct maker *maker, const struct plan_target *target, const char *title,
         const char *label, const struct outbox_row *row)
{
    struct plan *plan = maker->plan;
    if ((plan->len & (plan->len - 1)) == 0) { /* full: 0, 1, 2, 4 … */
        struct outbox_row *larger =
            arena_new_array(maker->arena, plan->len ? plan->len * 2 : 1, struct outbox_row);
        if (plan->len)
            memcpy(larger, plan->rows, plan->len * sizeof *larger);
        plan->rows = larger;
    }
    struct outbox_row *added = &plan->rows[plan->len++];
    *added = *row;
    if (maker->declared)
        wait_for_declared(maker, added);
    added->action = maker->action->name;
    added->argument = maker->given;
    added->target_kind = kind_info(target->kind)->table;
    added->target_id = target->id;
    added->target_title = title;
    added->label = arena_printf(maker->arena, "%s '%s'", label,
                                text_clean(maker->arena, title, TITLE_MAX_COLS));
    return plan->len;
}

void
plan_skip(struct maker *maker, const char *title, const char *why)
{
    maker->skips[maker->plan->skipped_len++] = (struct plan_skip){title, why};
}

bool
plan_get(struct maker *maker, const struct plan_target *target, void *object, bool *found)
{
    if (maker->declared && text_equals(target->id, maker->declared->target_id)) {
        fill_declared(maker, object);
        *found = true;
        return true;
    }
    if (!cache_get(maker->context->cache, target->kind, target->id, maker->arena, object, found,
                   maker->err))
        return false;
    if (!*found)
        plan_skip(maker, target->id, "it is gone upstream");
    return true;
}

bool
plan_will_be(struct maker *maker, const struct plan_target *target, const char *path,
             const char **text)
{
    const struct plan_context *context = maker->context;
    const struct outbox_row *rows;
    struct wire_pair *pairs;
    size_t len;
    if (!context->private_db)
        return true;
    if (!outbox_of_target(context->private_db, context->upstream, kind_info(target->kind)->table,
                          target->id, maker->arena, &rows, &len, maker->err))
        return false;
    for (size_t i = 0; i < len; i++) {
        const size_t pairs_len =
            outbox_is_stuck(&rows[i]) ? 0 : wire_pairs_read(rows[i].goal, maker->arena, &pairs);
        for (size_t p = 0; p < pairs_len; p++)
            if (text_equals(pairs[p].path, path))
                *text = pairs[p].text;
    }
    return true;
}

const char *
plan_pairs_of(struct arena *arena, const char *const *texts, size_t len)
{
    struct str json;
    str_init(&json, 0);
    str_append_char(&json, '{');
    for (size_t i = 0; i + 1 < len; i += 2) {
        if (!texts[i + 1])
            continue;
        if (json.len > 1)
            str_append_char(&json, ',');
        wire_append_string(&json, texts[i]);
        str_append_char(&json, ':');
        wire_append_string(&json, texts[i + 1]);
    }
    str_append_char(&json, '}');
    const char *text = arena_text(arena, str_text(&json));
    str_finish(&json);
    return text;
}

const char *
plan_key(struct maker *maker)
{
    char key[OUTBOX_KEY_SIZE];
    outbox_key(key);
    return arena_text(maker->arena, key);
}

const char *
plan_quote(struct maker *maker, const char *text)
{
    struct str json;
    str_init(&json, 0);
    wire_append_string(&json, text);
    const char *quoted = arena_text(maker->arena, str_text(&json));
    str_finish(&json);
    return quoted;
}

bool
plan_text(struct maker *maker, const char *what, const char **text)
{
    const char *at = maker->argument, *word;
    at += strspn(at, " \t\n");
    if (*at == '"') { /* the whole of it in quotes */
        const char *rest = at;
        if (argument_word(&rest, maker->arena, &word) && !*rest)
            at = word;
    }
    size_t len = strlen(at);
    while (len && isspace((unsigned char)at[len - 1]))
        len--;
    *text = arena_text_len(maker->arena, at, len);
    return len ||
           error_set(maker->err, ERROR_USAGE, "%s: %s is missing", maker->action->name, what);
}

void
plan_end_options(struct maker *maker)
{
    const char *word, *rest = maker->argument;
    if (argument_word(&rest, maker->arena, &word) && text_equals(word, "--"))
        maker->argument = rest;
}

void
plan_typed(struct maker *maker, const char *typed)
{
    maker->plan->class = CLASS_TYPED;
    maker->plan->typed = typed;
}

/* ---- the whole ---- */

static const char *
question_of(struct maker *maker)
{
    const struct plan *plan = maker->plan;
    if (!plan->len)
        return "";
    char *text = arena_text(maker->arena, plan->rows[0].label);
    *text = (char)toupper((unsigned char)*text);
    size_t more = 0;
    for (size_t i = 1; i < plan->len; i++)
        more += !plan->rows[i].waits_for &&
                !text_equals(plan->rows[i].target_id, plan->rows[i - 1].target_id);
    return more ? arena_printf(maker->arena, "%s and %zu more?", text, more)
                : arena_printf(maker->arena, "%s?", text);
}

bool
plan_make(enum action_id action, const struct plan_context *context,
          const struct plan_target *targets, size_t targets_len, const char *argument,
          struct arena *arena, struct plan *plan, struct error *err)
{
    const struct action_info *info = action_info(action);
    assert(makers[action]);
    *plan = (struct plan){.class = info->class, .question = "", .typed = ""};
    if (!targets_len)
        return error_set(err, ERROR_USAGE, "%s: on which item?", info->name);
    if (targets_len > TARGETS_MAX)
        return error_set(err, ERROR_USAGE, "%s: at most %d items at once", info->name, TARGETS_MAX);
    struct maker maker = {
        .context = context,
        .action = info,
        .targets = targets,
        .targets_len = targets_len,
        .given = argument,
        .argument = argument,
        .arena = arena,
        .plan = plan,
        .skips = arena_new_array(arena, targets_len, struct plan_skip),
        .err = err,
    };
    for (size_t i = 0; i < targets_len; i++)
        if (!(plan_kinds_of(targets[i].kind) & info->kinds))
            return error_set(err, ERROR_USAGE, "%s: not for %s", info->name,
                             kind_info(targets[i].kind)->list);
    struct plan_target only = targets[0];
    if (targets_len == 1) { /* as the timeline has it */
        if (!find_declared(&maker, &only))
            return false;
        maker.targets = &only;
    }
    if (!makers[action](&maker))
        return false;
    plan->skipped = maker.skips;
    if (targets_len > PLAN_TARGETS_ASKED && plan->class != CLASS_TYPED)
        plan_typed(&maker, arena_printf(arena, "%zu", targets_len));
    plan->question = question_of(&maker);
    return true;
}
