#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "action/poller.h"
#include "action/rights.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/notice.h"
#include "cli/command.h"
#include "cli/options.h"
#include "store/local.h"
#include "sync/push.h"
#include "sync/sync.h"

/*
 * tocsin sync          polls until it is told to end: a service, or a terminal
 * tocsin sync --once   one complete walk of everything; prints what changed
 * tocsin sync --viewed as the console starts it: ends when the last viewer of the profile does
 */

enum { TOKEN_MAX_BYTES = 4096 };

struct sync_arguments {
    bool once, viewed;
};

static error_t
parse_own(int key, char *value, struct argp_state *state)
{
    struct sync_arguments *arguments = state->input;
    (void)value;
    switch (key) {
    case OPTION_ONCE:
        arguments->once = true;
        return 0;
    case OPTION_VIEWED:
        arguments->viewed = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

#define CACHE_TRY_MS 100
#define CACHE_UNTAKEN_MS (2 * SECOND_MS)
#define CACHE_WAIT_SAID_MS (3 * SECOND_MS)
#define CACHE_WAIT_MAX_MS (10 * MINUTE_MS)

struct session {
    struct cli *cli;
    struct profile profile;
    struct paths paths;
    struct str token, github_token, circleci_token, slack_token;
    /* Why there is no token for it; ERROR_NONE = there is, or none is wanted. */
    struct error github_error, circleci_error, slack_error;
    struct loop *loop;
    struct store *private_db, *cache;
    struct sync *sync;
    struct push *push; /* NULL = none: a single pass, or a profile that only reads */
    struct notice *requests, *viewers, *holder;
    const char *cache_lock;
    uint64_t look_timer, cache_timer;
    int looks; /* since the last notice */
    int viewers_fd, writers_fd, profile_fd, cache_fd;
    bool viewed;         /* by who started it: they may only read */
    int stopped_by;      /* signal number; 0 = none */
    int64_t waits_since; /* for the cache; monotonic */
    bool said_waiting;
    struct error failure; /* could not begin, or not begin anew: ends the loop */
};

/* ---- locks ---- */

static bool
open_lock(const char *path, int *fd, struct error *err)
{
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return *fd >= 0 || error_set(err, ERROR_FILE, "cannot open '%s': %s", path, strerror(errno));
}

static bool
take_lock(int fd)
{
    return flock(fd, LOCK_EX | LOCK_NB) == 0;
}

/*
 * One process at a time writes a cache, or the one's walk could take for deleted what the other has just added. Who wants
 * it writes a byte into the lock's file, again and again; the poller that sees it lets go, and comes back when the file
 * is closed.
 */
static void
want_lock(int fd)
{
    (void)!pwrite(fd, "1", 1, 0); /* unheard, we wait longer */
}

static void
got_lock(int fd)
{
    (void)!ftruncate(fd, 0); /* else we would be asked once more to let go */
}

static bool
lock_is_wanted(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && status.st_size > 0;
}

static void
close_lock(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* the lock goes with it */
    *fd = -1;
}

/* ---- what wakes a long-running sync besides its plan ---- */

static void
on_viewer_left(void *context, int events)
{
    struct session *session = context;
    (void)events;
    if (take_lock(session->viewers_fd))
        loop_stop(session->loop);
}

static void
take_requests(struct session *session)
{
    struct arena arena = {0};
    struct error err = {0};
    const struct request *requests;
    size_t len;
    push_wake(session->push);
    if (!session->sync)
        return;
    if (!request_take(session->private_db, &arena, &requests, &len, &err)) {
        log_failure(LOG_WARNING, &err, "requests");
        len = 0;
    }
    for (size_t i = 0; i < len; i++) {
        if (strcmp(requests[i].kind, "refresh") == 0)
            sync_refresh(session->sync, requests[i].argument);
        else if (strcmp(requests[i].kind, "on_screen") == 0)
            sync_on_screen(session->sync, requests[i].argument);
        else if (strcmp(requests[i].kind, "notes") == 0)
            sync_ask_notes(session->sync, requests[i].argument);
        else
            log_write(LOG_WARNING, "request of unknown kind '%s'", requests[i].kind);
    }
    arena_finish(&arena);
}

/*
 * The notice comes when the WAL is written, which is before the writer has synced it and made the commit visible. So look
 * at once and, rarer and rarer, a few times more.
 */
static void
look_again(void *context)
{
    static const int64_t waits_ms[] = {10, 50, 250, 1000, 4000};
    struct session *session = context;
    session->look_timer = 0;
    take_requests(session);
    if (session->looks < (int)(sizeof waits_ms / sizeof *waits_ms))
        session->look_timer =
            loop_after(session->loop, waits_ms[session->looks++], look_again, session);
}

static void
on_request(void *context, int events)
{
    struct session *session = context;
    (void)events;
    loop_cancel(session->loop, session->look_timer);
    session->looks = 0;
    look_again(session);
}

static void
on_signal(void *context, int signal_number)
{
    struct session *session = context;
    session->stopped_by = signal_number;
    loop_stop(session->loop);
}

static void
on_end(void *context)
{
    struct session *session = context;
    loop_stop(session->loop);
}

/* ---- start and end ---- */

static bool
open_private(struct session *session, struct error *err)
{
    return store_open(&session->private_db, STORE_PRIVATE, session->paths.private_db, STORE_WRITE,
                      NULL, err);
}

static bool
open_cache(struct session *session, struct error *err)
{
    struct arena *arena = &session->cli->arena;
    const char *dir;
    bool was_damaged;
    /* Who removed it all, as a demo does at its end, does not want it made again. */
    if (access(session->paths.private_db, F_OK) != 0)
        return error_set(err, ERROR_STORE, "'%s' is gone", session->paths.private_db);
    if (!profile_cache_dir(&session->profile, str_text(&session->token), arena, &dir, err))
        return false;
    session->cache_lock = arena_printf(arena, "%s/poller.lock", dir);
    if (!store_open(&session->cache, STORE_CACHE, arena_printf(arena, "%s/cache.db", dir),
                    STORE_WRITE, &was_damaged, err) ||
        !cache_location_put(session->private_db, session->profile.url, dir, clock_now_ms(), err))
        return false;
    if (was_damaged)
        log_write(LOG_WARNING, "the cache was damaged: it is set aside and filled anew");
    return open_lock(session->cache_lock, &session->cache_fd, err);
}

static void
close_cache(struct session *session)
{
    push_destroy(session->push);
    session->push = NULL;
    sync_destroy(session->sync);
    session->sync = NULL;
    loop_cancel(session->loop, session->cache_timer);
    session->cache_timer = 0;
    notice_close(session->holder);
    session->holder = NULL;
    store_close(session->cache);
    session->cache = NULL;
    close_lock(&session->cache_fd);
}

static void on_refused(void *context);

static bool
start_sync(struct session *session, bool once, struct error *err)
{
    const struct sync_options options = {
        .profile = &session->profile,
        .token = str_text(&session->token),
        .github_token = str_text(&session->github_token),
        .github_error = &session->github_error,
        .circleci_token = str_text(&session->circleci_token),
        .circleci_error = &session->circleci_error,
        .slack_token = str_text(&session->slack_token),
        .slack_error = &session->slack_error,
        .cache = session->cache,
        .once = once,
        .on_end = on_end,
        .on_refused = on_refused,
        .context = session,
    };
    return sync_create(&session->sync, session->loop, &options, err);
}

static void
wipe(struct str *secret)
{
    if (secret->data)
        explicit_bzero(secret->data, secret->cap);
    str_finish(secret);
}

static void
session_close(struct session *session)
{
    close_cache(session);
    notice_close(session->requests);
    notice_close(session->viewers);
    store_close(session->private_db);
    close_lock(&session->writers_fd);
    close_lock(&session->profile_fd);
    close_lock(&session->viewers_fd); /* last: who waits for it starts the next poller */
    loop_destroy(session->loop);
    wipe(&session->token);
    wipe(&session->github_token);
    wipe(&session->circleci_token);
    wipe(&session->slack_token);
}

/* Without them all else goes on: what is wrong becomes the state of a source. */
static void
read_outside_tokens(struct session *session)
{
    struct error err = {0};
    str_init(&session->github_token, TOKEN_MAX_BYTES);
    str_init(&session->circleci_token, TOKEN_MAX_BYTES);
    str_init(&session->slack_token, TOKEN_MAX_BYTES);
    if (!profile_github_token(&session->profile, &session->github_token, &err))
        session->github_error = err;
    if (*session->profile.circleci_project &&
        !profile_circleci_token(&session->profile, &session->circleci_token, &err))
        session->circleci_error = err;
    if (!profile_slack_token(&session->profile, &session->slack_token, &err))
        session->slack_error = err;
}

static bool
session_open(struct session *session, const struct sync_arguments *arguments, struct error *err)
{
    static const enum log_level levels[] = {LOG_WARNING, LOG_INFO, LOG_DEBUG};
    const int verbosity = session->cli->verbosity;
    const enum log_level level = arguments->viewed ? LOG_INFO
                                 : arguments->once && !verbosity
                                     ? LOG_ERROR /* the report says it all */
                                     : levels[verbosity > 2 ? 2 : verbosity];
    session->viewers_fd = session->writers_fd = session->profile_fd = session->cache_fd = -1;
    str_init(&session->token, TOKEN_MAX_BYTES);
    if (!cli_profile(session->cli, &session->profile, err) ||
        !profile_paths(&session->profile, &session->cli->arena, &session->paths, err) ||
        !log_open(arguments->viewed ? session->paths.sync_log : NULL, level, err) ||
        !profile_token(&session->profile, &session->token, err))
        return false;
    read_outside_tokens(session);
    return loop_create(&session->loop, err) &&
           loop_on_signal(session->loop, SIGTERM, on_signal, session, err) &&
           loop_on_signal(session->loop, SIGINT, on_signal, session, err);
}

static void
give_up(struct session *session, const struct error *err)
{
    session->failure = *err;
    loop_stop(session->loop);
}

/* ---- sync --once ---- */

static void
print_counts(const struct keep_counts *counts, bool is_whole)
{
    bool any = false;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const struct keep_counts *count = &counts[kind];
        const int64_t numbers[] = {count->inserted, count->changed, count->deleted};
        static const char *const words[] = {"new", "changed", "deleted"};
        const char *before = ": ";
        if (!numbers[0] && !numbers[1] && !numbers[2])
            continue;
        any = true;
        fputs(kind_info((enum kind)kind)->list, stdout);
        for (size_t i = 0; i < 3; i++)
            if (numbers[i]) {
                printf("%s%lld %s", before, (long long)numbers[i], words[i]);
                before = ", ";
            }
        putchar('\n');
    }
    if (!any && is_whole)
        puts("nothing changed");
}

static int
report_once(struct session *session)
{
    struct cli *cli = session->cli;
    struct sync_outcome outcome;
    if (!session->sync) /* told to end while it waited */
        return 128 + session->stopped_by;
    sync_outcome(session->sync, &outcome);
    if (!cli->quiet)
        print_counts(outcome.counts, outcome.fatal.code == ERROR_NONE && outcome.walked);
    (void)fflush(stdout); /* before what follows on standard error */
    if (outcome.fatal.code != ERROR_NONE)
        return cli_fail(cli, &outcome.fatal);
    if (session->stopped_by)
        return 128 + session->stopped_by;
    if (!outcome.failures_len)
        return 0;
    if (!outcome.walked)
        return cli_fail(cli, &outcome.failures[0].error);

    struct error err = {0};
    for (size_t i = 0; i < outcome.failures_len && !cli->json; i++)
        fprintf(stderr, "tocsin sync: %s: %s\n", outcome.failures[i].resource,
                outcome.failures[i].error.message);
    error_set(&err, ERROR_PARTIAL,
              "%zu of %zu sources could not be walked completely, first '%s': %s",
              outcome.failures_len, outcome.failures_len + outcome.walked,
              outcome.failures[0].resource, outcome.failures[0].error.message);
    return cli_fail(cli, &err);
}

/* A poller lets go soon; another --once is waited for. */
static void
start_once(void *context)
{
    struct session *session = context;
    struct error err = {0};
    int64_t waited_ms = clock_monotonic_ms() - session->waits_since;
    session->cache_timer = 0;
    if (take_lock(session->cache_fd)) {
        got_lock(session->cache_fd);
        if (!start_sync(session, true, &err))
            give_up(session, &err);
        return;
    }
    if (waited_ms > CACHE_WAIT_MAX_MS) {
        error_set(&err, ERROR_TIMEOUT,
                  "another sync has held '%s' for %lld minutes: end it, or try later",
                  session->cache_lock, (long long)(CACHE_WAIT_MAX_MS / MINUTE_MS));
        give_up(session, &err);
        return;
    }
    if (waited_ms > CACHE_WAIT_SAID_MS && !session->said_waiting && !session->cli->quiet) {
        session->said_waiting = true;
        fputs("tocsin sync: another sync works on this cache; waiting for it\n", stderr);
    }
    want_lock(session->cache_fd);
    session->cache_timer = loop_after(session->loop, CACHE_TRY_MS, start_once, session);
}

static bool
run_once(struct session *session, struct error *err)
{
    if (!open_private(session, err) || !open_cache(session, err))
        return false;
    session->waits_since = clock_monotonic_ms();
    start_once(session);
    if (!loop_run(session->loop, err))
        return false;
    if (session->failure.code == ERROR_NONE)
        return !session->sync || sync_finish(session->sync, err);
    *err = session->failure;
    return false;
}

/* ---- polling ---- */

/* One poller a cache: whoever comes second waits until the first one's descriptor closes. */
static void
take_cache(void *context)
{
    struct session *session = context;
    struct error err = {0};
    loop_cancel(session->loop, session->cache_timer);
    session->cache_timer = 0;
    if (session->sync || !take_lock(session->cache_fd))
        return;
    got_lock(session->cache_fd);
    log_write(LOG_INFO, "polling '%s'", session->profile.url);
    if (start_sync(session, false, &err))
        on_request(session, 0);
    else
        give_up(session, &err);
}

static void
let_cache_go(struct session *session)
{
    struct error err = {0};
    log_write(LOG_INFO, "another sync wants the cache: waiting for it");
    bool ok = sync_finish(session->sync, &err);
    sync_destroy(session->sync);
    session->sync = NULL;
    if (!ok) {
        give_up(session, &err);
        return;
    }
    (void)flock(session->cache_fd, LOCK_UN); /* ours: it cannot fail */
    /* Should nobody take it, we do again. */
    session->cache_timer = loop_after(session->loop, CACHE_UNTAKEN_MS, take_cache, session);
}

static void
on_cache_lock(void *context, int events)
{
    struct session *session = context;
    if (session->sync && lock_is_wanted(session->cache_fd))
        let_cache_go(session);
    else if (events & NOTICE_CLOSED)
        take_cache(session);
}

/* Shown at once, if the cache is ours to write; else with the next poll of whose it is. */
static void
on_written(void *context, const struct outbox_row *row, struct slice body)
{
    struct session *session = context;
    struct error err = {0};
    if (session->sync && !sync_take(session->sync, row, body, &err))
        give_up(session, &err);
}

/* While somebody is there who may write, and the key lets them. */
static bool
may_send(void *context)
{
    struct session *session = context;
    struct error err = {0};
    bool reads_only;
    if (session->viewed && take_lock(session->writers_fd)) {
        (void)flock(session->writers_fd, LOCK_UN); /* ours: it cannot fail */
        return false;
    }
    if (rights_read(session->cache, &reads_only, &err))
        return !reads_only;
    log_failure(LOG_WARNING, &err, "what the key may do");
    return true;
}

/* Everybody's own writes are sent by their own process, whoever polls for the cache. */
static bool
begin_sending(struct session *session, struct error *err)
{
    const struct push_options options = {
        .profile = &session->profile,
        .token = str_text(&session->token),
        .slack_token = str_text(&session->slack_token),
        .private_db = session->private_db,
        .may_send = may_send,
        .on_answer = on_written,
        .context = session,
    };
    return session->profile.read_only || push_create(&session->push, session->loop, &options, err);
}

static bool
begin_polling(struct session *session, struct error *err)
{
    if (!open_cache(session, err) || !begin_sending(session, err) ||
        !notice_open(&session->holder, session->loop, session->cache_lock,
                     NOTICE_WRITTEN | NOTICE_CLOSED, on_cache_lock, session, err))
        return false;
    take_cache(session);
    return true;
}

/* A key that was replaced where we have it from is taken without a restart; its rows are another cache's. */
static void
take_new_key(void *context)
{
    struct session *session = context;
    struct error err = {0};
    struct str token;
    if (!session->sync)
        return;
    str_init(&token, TOKEN_MAX_BYTES);
    /* A token command may take its time: while the key is refused there is nothing else to do. */
    const bool is_read = profile_token(&session->profile, &token, &err);
    const bool is_new =
        is_read && !digest_equal_secrets(str_text(&token), str_text(&session->token));
    if (!is_read)
        log_failure(LOG_WARNING, &err, "cannot look for a new API key");
    if (is_new) {
        log_write(LOG_INFO, "there is a new API key: starting anew with it");
        bool ok = sync_finish(session->sync, &err);
        close_cache(session);
        wipe(&session->token);
        session->token = token;
        token = (struct str){0};
        if (!ok || !begin_polling(session, &err))
            give_up(session, &err);
    }
    wipe(&token);
}

static void
on_refused(void *context)
{
    struct session *session = context;
    (void)loop_after(session->loop, 0, take_new_key, session); /* sync is in the middle of it */
}

static bool
watch(struct session *session, bool viewed, struct error *err)
{
    const char *wal = arena_printf(&session->cli->arena, "%s-wal", session->paths.private_db);
    return notice_open(&session->requests, session->loop, wal, NOTICE_WRITTEN, on_request, session,
                       err) &&
           (!viewed || notice_open(&session->viewers, session->loop, session->paths.viewers_lock,
                                   NOTICE_CLOSED, on_viewer_left, session, err));
}

static bool
poll_on(struct session *session, bool viewed, struct error *err)
{
    const char *lock =
        arena_printf(&session->cli->arena, "%s/poller.lock", session->paths.profile_dir);
    if (!open_lock(lock, &session->profile_fd, err) ||
        !open_lock(session->paths.viewers_lock, &session->viewers_fd, err) ||
        !open_lock(session->paths.writers_lock, &session->writers_fd, err))
        return false;
    session->viewed = viewed;
    if (!take_lock(session->profile_fd))
        return viewed || error_set(err, ERROR_USAGE, "another sync already polls for profile '%s'",
                                   session->profile.name);
    if (!open_private(session, err) || !watch(session, viewed, err) || !begin_polling(session, err))
        return false;
    if (viewed)
        on_viewer_left(session, NOTICE_CLOSED); /* the console may be gone already */
    else if (!session->sync && !session->cli->quiet)
        fputs("tocsin sync: another sync polls this cache; waiting for it to end\n", stderr);
    if (!loop_run(session->loop, err))
        return false;
    struct sync_outcome outcome = {.fatal = session->failure};
    if (session->sync) {
        sync_outcome(session->sync, &outcome);
        if (!sync_finish(session->sync, err))
            return false;
    }
    if (outcome.fatal.code == ERROR_NONE)
        return true;
    *err = outcome.fatal;
    return false;
}

int
cmd_sync(struct cli *cli, int argc, char **argv)
{
    static const struct argp own = {.options = options_sync, .parser = parse_own};
    struct sync_arguments arguments = {0};
    struct session session = {.cli = cli};
    struct error err = {0};
    const char *const *rest;
    int status;
    if (!cli_parse(cli, &own, &arguments, argc, argv, &rest, &status))
        return status;
    if (rest[0]) {
        error_set(&err, ERROR_USAGE, "sync takes no argument '%s'", rest[0]);
        return cli_fail(cli, &err);
    }

    bool ok =
        session_open(&session, &arguments, &err) &&
        (arguments.once ? run_once(&session, &err) : poll_on(&session, arguments.viewed, &err));
    if (!ok && arguments.viewed)
        log_failure(LOG_ERROR, &err, "sync ends");
    status = !ok ? cli_fail(cli, &err) : arguments.once ? report_once(&session) : 0;
    session_close(&session);
    log_close();
    return status;
}
