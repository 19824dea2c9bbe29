/*
 * The console on a demo hub. Everything lies in one directory, which the hub removes when it ends, and it ends when we do,
 * however we do: so a crash of the console leaves nothing behind either.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/process.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/demo_options.h"
#include "cli/demo_place.h"
#include "config/file.h"
#include "ui/app.h"
#include "ui/plain.h"
#include "wire/wire.h"

#define HUB_START_MS (60 * SECOND_MS)
#define LINE_MAX_BYTES 4096
#define DEMO_GUEST "/look-alike" /* the hub's other services, demo/look_alike.h */
#define ENDING_MS (3 * SECOND_MS)

/* Whose console it is: who is on call in the week the demo opens. The address is made up, as the company is. */
static const char me[] = "ines.caballero@brindlecart.example";

static const char *const color_names[] = {
    [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};

/* `demo --headless` is the hub's program and nothing else. */
static int
become_hub(struct cli *cli, int argc, char **argv)
{
    struct error err = {0};
    char path[4096];
    if (process_sibling("tocsin-hub", path, sizeof path, &err)) {
        char **args = arena_new_array(&cli->arena, (size_t)argc + 2, char *);
        args[0] = path;
        args[1] = arena_text(&cli->arena, "demo");
        for (int i = 1; i < argc; i++)
            args[i + 1] = argv[i];
        execv(path, args);
        error_set(&err, ERROR_FILE, "cannot run '%s': %s", path, strerror(errno));
    }
    return cli_fail(cli, &err);
}

/* ---- the hub ---- */

static bool
hub_start(const struct demo_place *place, const struct demo_arguments *arguments,
          struct arena *arena, int *line_fd, pid_t *pid, struct error *err)
{
    char path[4096], now[RFC3339_SIZE];
    int pipe_fds[2];
    if (!process_sibling("tocsin-hub", path, sizeof path, err))
        return false;
    const char *argv[] = {
        path,
        "demo",
        "--headless",
        "--data",
        place->dir,
        "--seed",
        arena_printf(arena, "%llu", (unsigned long long)arguments->seed),
        "--speed",
        arena_printf(arena, "%g", arguments->speed),
        "--port",
        arena_printf(arena, "%d", arguments->port),
        clock_is_frozen() ? "--now" : NULL,
        time_to_rfc3339(clock_now_ms(), now),
        NULL,
    };
    int log_fd = open(arena_printf(arena, "%s/hub.log", place->dir),
                      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_fd < 0 || pipe2(pipe_fds, O_CLOEXEC) != 0) {
        error_set(err, ERROR_FILE, "cannot start the demo's hub: %s", strerror(errno));
        if (log_fd >= 0)
            close(log_fd);
        return false;
    }
    const struct process_options options = {
        .stdin_fd = -1, .stdout_fd = pipe_fds[1], .stderr_fd = log_fd, .die_with_parent = true};
    bool ok = process_start(argv, &options, pid, err);
    close(log_fd);
    close(pipe_fds[1]);
    if (ok)
        *line_fd = pipe_fds[0];
    else
        close(pipe_fds[0]);
    return ok;
}

/* What the hub said before it gave up. */
static bool
hub_failed(const struct demo_place *place, struct error *err)
{
    struct arena arena = {0};
    struct str text;
    struct error ignored;
    str_init(&text, 64 * 1024);
    const char *said = "it ended without a word";
    if (file_read(arena_printf(&arena, "%s/hub.log", place->dir), &text, &ignored) && text.len) {
        char *end = text.data + text.len;
        while (end > text.data && end[-1] == '\n')
            *--end = '\0';
        const char *last = strrchr(text.data, '\n');
        said = last ? last + 1 : text.data;
    }
    error_set(err, ERROR_FILE, "the demo's hub did not start: %.400s", said);
    str_finish(&text);
    arena_finish(&arena);
    return false;
}

static bool
read_line(int fd, struct str *line, const struct demo_place *place, struct error *err)
{
    int64_t deadline_ms = clock_monotonic_ms() + HUB_START_MS;
    for (;;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int64_t left_ms = deadline_ms - clock_monotonic_ms();
        int count = poll(&ready, 1, left_ms > 0 ? (int)left_ms : 0);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return error_set(err, ERROR_TIMEOUT, "the demo's hub did not start within %lld s",
                             (long long)(HUB_START_MS / SECOND_MS));
        char buffer[1024];
        ssize_t len = read(fd, buffer, sizeof buffer);
        if (len < 0 && errno == EINTR)
            continue;
        if (len <= 0)
            return hub_failed(place, err);
        str_append_len(line, buffer, (size_t)len);
        if (line->overflowed || memchr(buffer, '\n', (size_t)len))
            return true;
    }
}

/* ---- the profile ---- */

static bool
write_file(const char *path, const char *text, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    size_t len = strlen(text);
    bool ok = fd >= 0 && write(fd, text, len) == (ssize_t)len;
    if (!ok)
        error_set(err, ERROR_FILE, "cannot write '%s': %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return ok;
}

/* A configuration of its own, and an environment in which nothing of the user's is read or written. */
static bool
make_profile(struct cli *cli, const struct demo_place *place, const char *line, struct error *err)
{
    struct arena *arena = &cli->arena;
    struct wire_document *document;
    const char *config_dir = arena_printf(arena, "%s/config/tocsin", place->dir);
    const char *token_file = arena_printf(arena, "%s/token", config_dir);

    if (!wire_document_read(slice_of(line), &document, err))
        return error_wrap(err, "the demo's hub said something else than its address");
    const char *url = wire_document_text(document, arena, "url");
    const char *token = wire_document_text(document, arena, "editor_key");
    wire_document_destroy(document);
    setenv("XDG_CONFIG_HOME", arena_printf(arena, "%s/config", place->dir), 1);
    setenv("XDG_STATE_HOME", arena_printf(arena, "%s/state", place->dir), 1);
    unsetenv("TOCSIN_API_KEY");
    setenv("no_proxy", "127.0.0.1", 1);
    setenv("NO_PROXY", "127.0.0.1", 1);
    cli->config_path = NULL;
    cli->profile_name = NULL;
    const char *guest = arena_printf(arena, "%s" DEMO_GUEST, url);
    struct str source;
    str_init(&source, 256);
    if (!file_read(arena_printf(arena, "%s/questions.id", place->dir), &source, err))
        return false;
    const char *config = arena_printf(
        arena,
        "profile \"demo\" {\n    url = \"%s\"\n    token_file = '%s'\n    me = \"%s\"\n"
        "    interval = 0.25\n    budget = 1\n"
        "    github_url = \"%s/github\"\n    github_token_file = '%s'\n"
        "    github_repository = \"brindlecart-example/dbt\"\n"
        "    circleci_url = \"%s/circleci/api/v2\"\n    circleci_token_file = '%s'\n"
        "    circleci_project = \"gh/brindlecart-example/dbt\"\n"
        "    slack_url = \"%s/slack/api\"\n    slack_token_file = '%s'\n"
        "    questions_channels = {\"C0ASKDATA\"}\n    questions_group = \"S0RESPOND\"\n"
        "    questions_source = \"%s\"\n    questions_secret_file = '%s/questions.secret'\n}\n",
        url, token_file, me, guest, token_file, guest, token_file, guest, token_file,
        str_text(&source), place->dir);
    str_finish(&source);
    return directory_make(config_dir, err) &&
           write_file(token_file, arena_printf(arena, "%s\n", token), err) &&
           write_file(arena_printf(arena, "%s/tocsin.conf", config_dir), config, err);
}

/* Questions asked in the look-alike of Slack come in while time goes on. It ends with us. */
static bool
start_watch(const struct demo_place *place, const struct demo_arguments *arguments,
            struct arena *arena, pid_t *pid, struct error *err)
{
    char path[4096];
    if (arguments->speed <= 0 || clock_is_frozen())
        return true;
    if (!process_sibling("tocsin-sync", path, sizeof path, err))
        return false;
    const char *argv[] = {path, "watch", "slack", "--quiet", "--every", "20s", NULL};
    int log_fd = open(arena_printf(arena, "%s/watch.log", place->dir),
                      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const struct process_options options = {
        .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = log_fd, .die_with_parent = true};
    const bool ok = process_start(argv, &options, pid, err);
    if (log_fd >= 0)
        close(log_fd);
    return ok;
}

static bool
run_console(struct cli *cli, struct error *err)
{
    struct profile profile;
    struct paths paths;
    if (!cli_profile(cli, &profile, err) || !profile_paths(&profile, &cli->arena, &paths, err))
        return false;
    const struct app_options options = {
        .profile = &profile,
        .paths = &paths,
        .read_only = profile.read_only,
        .color = color_names[cli->color],
        .start_poller = true,
        .title = "demo",
    };
    const struct plain_options plain = {
        .app = &options, .prompt = true, .hints = true, .limit = -1, .max_age_ms = -1};
    return cli->plain ? plain_run(&plain, err) : app_run(&options, err);
}

/* ---- the end ---- */

/* The poller ends by itself once nobody views; whatever is left of our children after a while is told to. */
static void
end_children(void)
{
    const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
    int64_t deadline_ms = clock_monotonic_ms() + ENDING_MS;
    bool told = false;
    for (;;) {
        pid_t pid = waitpid(-1, NULL, WNOHANG);
        if (pid < 0 && errno == ECHILD)
            return;
        if (pid > 0)
            continue;
        if (clock_monotonic_ms() > deadline_ms) {
            char path[64];
            snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
            FILE *children = fopen(path, "re");
            int child;
            while (children && fscanf(children, "%d", &child) == 1)
                kill(child, told ? SIGKILL : SIGTERM);
            if (children)
                fclose(children);
            if (told && !children)
                return;
            told = true;
            deadline_ms = clock_monotonic_ms() + ENDING_MS;
        }
        (void)nanosleep(&pause, NULL);
    }
}

int
cmd_demo(struct cli *cli, int argc, char **argv)
{
    struct demo_arguments arguments = demo_arguments_default;
    const char *const *rest;
    struct error err = {0};
    struct demo_place place;
    int status;

    if (!cli_parse(cli, &demo_argp, &arguments, argc, argv, &rest, &status))
        return status;
    if (arguments.headless)
        return become_hub(cli, argc, argv);
    cli->json = false;
    if (rest[0])
        error_set(&err, ERROR_USAGE, "demo takes no argument, got '%.60s'", rest[0]);
    else if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        error_set(&err, ERROR_USAGE,
                  "the demo needs a terminal; 'tocsin demo --headless' is the hub alone");
    if (err.code != ERROR_NONE)
        return cli_fail(cli, &err);

    demo_place_sweep();
    /* Whoever our children leave behind becomes our child, to be waited for. */
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    pid_t hub = 0, watch = 0;
    int line_fd = -1;
    struct str line;
    str_init(&line, LINE_MAX_BYTES);
    if (!demo_place_create(&place, &cli->arena, &err))
        return cli_fail(cli, &err);
    bool ok = hub_start(&place, &arguments, &cli->arena, &line_fd, &hub, &err) &&
              read_line(line_fd, &line, &place, &err) &&
              make_profile(cli, &place, str_text(&line), &err) &&
              start_watch(&place, &arguments, &cli->arena, &watch, &err) && run_console(cli, &err);
    demo_place_shield();
    if (line_fd >= 0)
        close(line_fd);
    explicit_bzero(line.data, line.cap);
    str_finish(&line);
    process_stop(watch, ENDING_MS);
    process_stop(hub, ENDING_MS);
    end_children();
    demo_place_remove(&place);
    if (!ok)
        return cli_fail(cli, &err);
    int signal_number = cli->plain ? plain_ended_by() : app_ended_by();
    return signal_number ? 128 + signal_number : 0;
}
