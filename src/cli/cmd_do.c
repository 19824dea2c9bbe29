#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "action/argument.h"
#include "action/plan.h"
#include "action/poller.h"
#include "action/rights.h"
#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/outbox.h"
#include "cli/output.h"
#include "store/cache.h"
#include "wire/wire.h"

/*
 * tocsin do WRITE REF… [ARG…]: queues what the action writes, has the poller send it, and says what became of it. A command
 * that is typed whole is not asked about; it has no undo, for nobody sits before it.
 * tocsin do retry|cancel NUMBER…: what the outbox holds.
 */

#define WAIT_MS (10 * SECOND_MS)
#define LOOK_AGAIN_MS 20
#define POLLER_EVERY_MS SECOND_MS

struct do_options {
    int64_t wait_ms;
};

static error_t
parse_option(int key, char *value, struct argp_state *state)
{
    struct do_options *options = state->input;
    switch (key) {
    case OPTION_WAIT:
        if (strcmp(value, "0") == 0)
            options->wait_ms = 0;
        else if (!span_from_text(value, &options->wait_ms))
            argp_error(state, "--wait: expected a span such as 30s, or 0, got '%s'", value);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp own_argp = {.options = options_do, .parser = parse_option};

struct task {
    struct cli *cli;
    struct do_options options;
    struct profile profile;
    struct paths paths;
    struct store *cache, *private_db;
    struct plan plan;
    struct poller poller;
};

/* ---- what is to be done ---- */

/* The actions that write, as one line. */
static const char *
names(struct arena *arena)
{
    const char *text = "";
    for (int i = ACTION_WRITES; i < ACTION_COUNT; i++)
        text = arena_printf(arena, "%s%s, ", text, action_info((enum action_id)i)->name);
    return arena_printf(arena, "%sretry, cancel", text);
}

/* Of the actions that write alone: "a" may begin others. */
static bool
find_action(struct task *task, const char *name, enum action_id *action, struct error *err)
{
    size_t len = strlen(name), found = 0;
    *action = ACTION_COUNT;
    for (int i = ACTION_WRITES; i < ACTION_COUNT && len; i++) {
        const char *other = action_info((enum action_id)i)->name;
        if (strncmp(other, name, len) != 0)
            continue;
        *action = (enum action_id)i;
        found++;
        if (!other[len])
            return true;
    }
    if (found == 1)
        return true;
    return error_set(err, ERROR_USAGE, "%s '%.40s': there are %s",
                     found ? "several actions begin with" : "there is no action", name,
                     names(&task->cli->arena));
}

/* The arguments at the front that name items the action is for; at least one has to. */
static bool
read_targets(struct task *task, const struct action_info *info, const char *const *arguments,
             struct plan_target *targets, size_t *len, struct error *err)
{
    struct arena *arena = &task->cli->arena;
    bool needs_argument = *info->argument && *info->argument != '[';
    for (*len = 0; arguments[*len]; (*len)++) {
        struct plan_target *target = &targets[*len];
        if (*len && needs_argument && !arguments[*len + 1])
            break; /* the last one is what it is done with: attach ALERT INCIDENT */
        if (!cache_resolve_ref(task->cache, arguments[*len], arena, &target->kind, &target->id,
                               err)) {
            if (!*len || (err->code != ERROR_NOT_FOUND && err->code != ERROR_USAGE))
                return false;
            break;
        }
        if (*len && !(plan_kinds_of(target->kind) & info->kinds))
            break;
    }
    *err = (struct error){0};
    return *len ||
           error_set(err, ERROR_USAGE, "%s: on what? REF is an id, the end of one, INC-412 or 412",
                     info->name);
}

static bool
make_plan(struct task *task, const char *const *arguments, struct error *err)
{
    struct cli *cli = task->cli;
    struct plan_context context = {.cache = task->cache,
                                   .private_db = task->private_db,
                                   .upstream = task->profile.url,
                                   .me = task->profile.me,
                                   .has_slack = profile_has_slack(&task->profile),
                                   .derivation = &task->profile.derivation,
                                   .now_ms = clock_now_ms()};
    enum action_id action;
    size_t count = 0, len;
    while (arguments[count])
        count++;
    struct plan_target *targets = arena_new_array(&cli->arena, count + 1, struct plan_target);
    if (!find_action(task, arguments[0], &action, err) ||
        !output_zone(&task->profile, &context.zone, err) ||
        !read_targets(task, action_info(action), arguments + 1, targets, &len, err))
        return false;
    const char *argument = "";
    for (size_t i = 1 + len; arguments[i]; i++)
        argument =
            arena_printf(&cli->arena, "%s%s%s", argument, *argument ? " " : "",
                         arguments[i + 1] || i > 1 + len ? argument_quote(arguments[i], &cli->arena)
                                                         : arguments[i]);
    return plan_make(action, &context, targets, len, argument, &cli->arena, &task->plan, err);
}

/* ---- what became of it ---- */

static bool
is_under_way(const struct outbox_row *row)
{
    return text_equals(row->state, OUTBOX_QUEUED) || text_equals(row->state, OUTBOX_SENDING);
}

/* What waits for something that failed goes nowhere by itself. */
static bool
is_stuck(const struct outbox_row *rows, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (rows[i].id == rows[index].waits_for)
            return !is_under_way(&rows[i]) && !text_equals(rows[i].state, OUTBOX_DONE);
    return false;
}

static bool
read_rows(struct task *task, struct outbox_row *rows, bool *settled, struct error *err)
{
    bool found;
    *settled = true;
    for (size_t i = 0; i < task->plan.len; i++) {
        if (!outbox_get(task->private_db, task->profile.url, task->plan.rows[i].id,
                        &task->cli->arena, &rows[i], &found, err))
            return false;
        *settled = *settled && (!is_under_way(&rows[i]) || is_stuck(rows, i));
    }
    return true;
}

static bool
wait_for_answers(struct task *task, struct outbox_row *rows, struct error *err)
{
    const struct timespec pause = {.tv_nsec = LOOK_AGAIN_MS * 1000000L};
    const int64_t until = clock_monotonic_ms() + task->options.wait_ms;
    int64_t poller_at = 0;
    bool settled;
    for (;;) {
        const int64_t now = clock_monotonic_ms();
        if (now >= poller_at) { /* one may have ended just when we came */
            if (!poller_start(&task->poller, task->cli->profile_name, task->cli->config_path, err))
                return false;
            poller_at = now + POLLER_EVERY_MS;
        }
        if (!read_rows(task, rows, &settled, err) || settled || now >= until)
            return err->code == ERROR_NONE;
        (void)nanosleep(&pause, NULL);
    }
}

/* The first that did not go through decides. */
static bool
judge(const struct task *task, const struct outbox_row *rows, struct error *err)
{
    for (size_t i = 0; i < task->plan.len; i++) {
        const struct outbox_row *row = &rows[i];
        if (text_equals(row->state, OUTBOX_DONE))
            continue;
        if (text_equals(row->state, OUTBOX_CONFLICT))
            error_set(err, ERROR_CONFLICT, "%s: not sent: %s", row->label, row->answer);
        else if (text_equals(row->state, OUTBOX_FAILED))
            error_set(err, ERROR_INVALID, "%s: refused: %s", row->label, row->answer);
        else if (task->options.wait_ms)
            error_set(err, ERROR_NETWORK, "%s: no answer yet%s%s: it stays queued", row->label,
                      *row->answer ? ": " : "", row->answer);
        else
            continue;
        (void)snprintf(err->request_id, sizeof err->request_id, "%s", row->request_id);
        return false;
    }
    return true;
}

static bool
wait_and_tell(struct task *task, struct error *err)
{
    struct cli *cli = task->cli;
    struct outbox_row *rows = arena_new_array(&cli->arena, task->plan.len, struct outbox_row);
    bool settled;
    bool ok = task->options.wait_ms ? wait_for_answers(task, rows, err)
                                    : read_rows(task, rows, &settled, err);
    if (!ok)
        return error_wrap(err, "queued, but");
    if (!cli->quiet)
        outbox_print(cli, rows, task->plan.len);
    (void)fflush(stdout);
    return judge(task, rows, err);
}

/* ---- what is queued already ---- */

static bool
change_row(struct task *task, const char *number, bool is_retry, struct outbox_row *row,
           struct error *err)
{
    const struct outbox outbox = {task->private_db, task->profile.url};
    bool found, done = false;
    char *end;
    errno = 0;
    const long long id = strtoll(number, &end, 10);
    if (errno || *end || end == number || id <= 0)
        return error_set(err, ERROR_USAGE,
                         "expected a number of the outbox ('tocsin list outbox'), got '%.40s'",
                         number);
    if (!outbox_get(task->private_db, task->profile.url, id, &task->cli->arena, row, &found, err))
        return false;
    if (!found)
        return error_set(err, ERROR_NOT_FOUND, "the outbox has no %lld", id);
    if (!(is_retry ? outbox_retry(&outbox, id, row->theirs, &done, err)
                   : outbox_cancel(&outbox, id, clock_now_ms(), &done, err)))
        return false;
    return done ||
           error_set(err, ERROR_CONFLICT, "%s: it is %s: %s", row->label, row->state,
                     is_retry ? "there is nothing to send again" : "too late to take it back");
}

/* Says that it may: else what waits for this profile stays where it is. */
static bool
claim_right(struct task *task, struct error *err)
{
    bool reads_only;
    if (!cli_open_cache(task->cli, &task->profile, &task->cache, err) ||
        !rights_read(task->cache, &reads_only, err))
        return false;
    if (reads_only)
        return error_set(err, ERROR_READ_ONLY, "read-only: not sent: this key may only read");
    return poller_write(&task->poller, task->paths.writers_lock, err);
}

static bool
change_rows(struct task *task, const char *const *arguments, struct error *err)
{
    const bool is_retry = strcmp(arguments[0], "retry") == 0;
    size_t len = 0;
    while (arguments[1 + len])
        len++;
    if (!len)
        return error_set(err, ERROR_USAGE, "%s: which? 'tocsin list outbox' shows the numbers",
                         arguments[0]);
    task->plan.rows = arena_new_array(&task->cli->arena, len, struct outbox_row);
    task->plan.len = len;
    for (size_t i = 0; i < len; i++)
        if (!change_row(task, arguments[1 + i], is_retry, &task->plan.rows[i], err))
            return false;
    if (is_retry)
        return wait_and_tell(task, err);
    for (size_t i = 0; i < len && !task->cli->quiet; i++)
        task->plan.rows[i].state = OUTBOX_CANCELLED;
    if (!task->cli->quiet)
        outbox_print(task->cli, task->plan.rows, len);
    return true;
}

/* ---- the whole ---- */

static bool
queue(struct task *task, const char *const *arguments, struct error *err)
{
    const struct outbox outbox = {task->private_db, task->profile.url};
    if (!make_plan(task, arguments, err))
        return false;
    const struct plan *plan = &task->plan;
    for (size_t i = 0; i < plan->skipped_len; i++)
        if (!task->cli->json && plan->len)
            fprintf(stderr, "tocsin do: '%s' left out: %s\n",
                    text_clean(&task->cli->arena, plan->skipped[i].title, 60),
                    plan->skipped[i].why);
    if (!plan->len)
        return error_set(err, ERROR_CONFLICT, "'%s': nothing sent: %s",
                         text_clean(&task->cli->arena, plan->skipped[0].title, 60),
                         plan->skipped[0].why);
    return outbox_append(&outbox, plan->rows, plan->len, clock_now_ms(), 0, err) &&
           wait_and_tell(task, err);
}

static bool
run(struct task *task, const char *const *arguments, struct error *err)
{
    struct cli *cli = task->cli;
    if (!cli_profile(cli, &task->profile, err))
        return false;
    if (task->profile.read_only) /* here is no outbox: nothing below this line is reached */
        return error_set(err, ERROR_READ_ONLY, "read-only: not sent");
    if (!profile_paths(&task->profile, &cli->arena, &task->paths, err) ||
        !store_open(&task->private_db, STORE_PRIVATE, task->paths.private_db, STORE_WRITE, NULL,
                    err) ||
        !poller_view(&task->poller, task->paths.viewers_lock, err) || !claim_right(task, err))
        return false;
    if (strcmp(arguments[0], "retry") == 0 || strcmp(arguments[0], "cancel") == 0)
        return change_rows(task, arguments, err);
    return queue(task, arguments, err);
}

int
cmd_do(struct cli *cli, int argc, char **argv)
{
    struct task task = {.cli = cli, .options.wait_ms = WAIT_MS, .poller = POLLER_NONE};
    const char *const *arguments;
    struct error err = {0};
    int status;
    if (!cli_parse(cli, &own_argp, &task.options, argc, argv, &arguments, &status))
        return status;
    bool ok = arguments[0]
                  ? run(&task, arguments, &err)
                  : error_set(&err, ERROR_USAGE, "expected an action: %s", names(&cli->arena));
    store_close(task.cache);
    store_close(task.private_db);
    poller_leave(&task.poller);
    return ok ? 0 : cli_fail(cli, &err);
}
