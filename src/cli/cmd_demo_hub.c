/* The demo's upstream: a hub on a loopback port with a generated company in it. */

#include <signal.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/demo_options.h"
#include "cli/demo_place.h"
#include "config/file.h"
#include "demo/demo.h"
#include "hub/hub.h"
#include "wire/wire.h"

/* Nobody shares this machine's hub: several complete passes a minute need not wait for one another. */
enum { REQUESTS_A_MINUTE = 12000 };

struct upstream {
    struct demo_place place;
    struct hub *hub;
    struct demo *demo;
    struct hub_guest guest;
    struct loop *loop;
};

static void
on_signal(void *context, int signal_number)
{
    (void)signal_number;
    loop_stop(context);
}

static void
print_member(struct str *line, const char *name, const char *value)
{
    str_printf(line, "%s\"%s\":", line->len > 1 ? "," : "", name);
    wire_append_string(line, value);
}

/* The one line that scripts and the console wait for. */
static bool
announce(const struct upstream *upstream, struct error *err)
{
    static const struct {
        const char *member, *name;
        const char *roles[8];
    } keys[] = {
        {"viewer_key",
         "wallboard",
         {"viewer", "schedules_reader", "on_call_viewer", "catalog_viewer", NULL}},
        {"editor_key",
         "console",
         {"viewer", "incident_creator", "incident_editor", "schedules_reader",
          "schedule_overrides_editor", "on_call_editor", "escalation_creator", NULL}},
        {"admin_key", "administration", {NULL}},
    };
    struct store *store = hub_store(upstream->hub);
    struct str line;
    bool ok = true;

    str_init(&line, 0);
    str_append_char(&line, '{');
    print_member(&line, "url", hub_url(upstream->hub));
    for (size_t i = 0; ok && i < sizeof keys / sizeof *keys; i++) {
        char token[HUB_TOKEN_SIZE];
        const char *const *roles = keys[i].roles[0] ? keys[i].roles : hub_roles;
        ok = hub_key_add(store, keys[i].name, roles, demo_me_id(upstream->demo), clock_now_ms(),
                         NULL, token, err);
        if (ok)
            print_member(&line, keys[i].member, token);
    }
    char secret[HUB_TOKEN_SIZE];
    const char *source_id = demo_source_id(upstream->demo);
    ok = ok && hub_source_secret_make(store, source_id, secret, err);
    if (ok) {
        print_member(&line, "source_id", source_id);
        print_member(&line, "source_secret", secret);
    }
    str_append(&line, "}\n");
    if (ok && (fputs(str_text(&line), stdout) == EOF || fflush(stdout) != 0))
        ok = error_set(err, ERROR_FILE, "cannot print the demo's address");
    str_finish(&line);
    return ok;
}

/* For the console that started us, which has the directory: the watch for questions sends with them. */
static bool
leave_questions(const struct upstream *upstream, struct error *err)
{
    char secret[HUB_TOKEN_SIZE];
    const char *id = demo_questions_id(upstream->demo);
    return hub_source_secret_make(hub_store(upstream->hub), id, secret, err) &&
           file_replace(upstream->place.dir, "questions.secret", slice_of(secret), err) &&
           file_replace(upstream->place.dir, "questions.id", slice_of(id), err);
}

static bool
serve(struct upstream *upstream, const struct demo_arguments *arguments, struct arena *arena,
      struct error *err)
{
    const struct hub_options hub_options = {
        .database = arena_printf(arena, "%s/hub.db", upstream->place.dir),
        .listen = arena_printf(arena, "127.0.0.1:%d", arguments->port),
        .limits = {.per_key = REQUESTS_A_MINUTE, .incidents = REQUESTS_A_MINUTE / 2},
    };
    const struct demo_options demo_options = {
        .seed = arguments->seed, .speed = arguments->speed, .now_ms = clock_now_ms()};

    if (!loop_create(&upstream->loop, err) ||
        !loop_on_signal(upstream->loop, SIGINT, on_signal, upstream->loop, err) ||
        !loop_on_signal(upstream->loop, SIGTERM, on_signal, upstream->loop, err) ||
        !loop_on_signal(upstream->loop, SIGHUP, on_signal, upstream->loop, err))
        return false;
    if (!hub_open(&upstream->hub, &hub_options, err) ||
        !demo_create(&upstream->demo, hub_store(upstream->hub), &demo_options, err))
        return false;
    upstream->guest = (struct hub_guest){
        .prefix = DEMO_GUEST_PREFIX, .answer = demo_answer, .context = upstream->demo};
    hub_host(upstream->hub, &upstream->guest);
    hub_attach(upstream->hub, upstream->loop);
    demo_run_on(upstream->demo, upstream->loop, NULL, NULL);
    return leave_questions(upstream, err) && announce(upstream, err) &&
           loop_run(upstream->loop, err);
}

int
cmd_hub_demo(struct cli *cli, int argc, char **argv)
{
    struct demo_arguments arguments = demo_arguments_default;
    const char *const *rest;
    struct error err = {0};
    struct upstream upstream = {.place = {.lock_fd = -1}};
    int status;

    if (!cli_parse(cli, &demo_argp, &arguments, argc, argv, &rest, &status))
        return status;
    if (rest[0]) {
        error_set(&err, ERROR_USAGE, "demo takes no argument, got '%.60s'", rest[0]);
        return cli_fail(cli, &err);
    }
    if (!log_open(NULL, cli->verbosity ? LOG_DEBUG : LOG_INFO, &err))
        return cli_fail(cli, &err);
    signal(SIGPIPE, SIG_IGN);
    demo_place_sweep();
    bool ok = (arguments.data_dir ? demo_place_join(&upstream.place, arguments.data_dir, &err)
                                  : demo_place_create(&upstream.place, &cli->arena, &err));
    if (!ok)
        return cli_fail(cli, &err);

    ok = serve(&upstream, &arguments, &cli->arena, &err);
    demo_place_shield(); /* who loses its parent and its terminal is told twice */
    demo_destroy(upstream.demo);
    if (upstream.hub)
        hub_close(upstream.hub);
    loop_destroy(upstream.loop);
    demo_place_remove(&upstream.place);
    return ok ? 0 : cli_fail(cli, &err);
}
