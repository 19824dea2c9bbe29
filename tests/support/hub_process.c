#include "tests/support/hub_process.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "store/cache.h"
#include "wire/wire.h"

/* What the child tells the parent once it answers. */
struct greeting {
    int port;
    char url[256];
    char keys[HUB_PROCESS_KEYS_MAX][HUB_TOKEN_SIZE];
};

static void
die(const struct error *err)
{
    fprintf(stderr, "hub process: %s\n", err->message);
    _exit(1);
}

void
hub_put(struct hub *hub, enum kind kind, const char *json, struct arena *arena)
{
    void *object = arena_alloc(arena, kind_info(kind)->fields->struct_size);
    enum cache_change change;
    struct error err;

    if (!wire_read_object(kind, slice_of(json), arena, object, &err))
        die(&err);
    model_derive(kind, object, &derivation_default, NULL, 0);
    if (!cache_put(hub_store(hub), kind, object, clock_now_ms(), &change, &err))
        die(&err);
}

static void
on_signal(void *context, int signal_number)
{
    (void)signal_number;
    loop_stop(context);
}

static void
run_child(const struct hub_options *options, void (*fill)(struct hub *, struct arena *),
          const char *const *const *roles, size_t roles_len, int out)
{
    struct greeting greeting = {0};
    struct arena arena = {0};
    struct loop *loop;
    struct hub *hub;
    struct error err;

    (void)prctl(PR_SET_PDEATHSIG, SIGTERM); /* a test that dies takes us along */
    if (!loop_create(&loop, &err) || !loop_on_signal(loop, SIGTERM, on_signal, loop, &err) ||
        !hub_open(&hub, options, &err) || !store_begin(hub_store(hub), &err))
        die(&err);
    if (fill)
        fill(hub, &arena);
    for (size_t i = 0; i < roles_len; i++) {
        const char *name = arena_printf(&arena, "key %zu", i);
        const bool is_persons = roles[i][0] && roles[i][0][0] == '@';
        if (!hub_key_add(hub_store(hub), name, roles[i] + is_persons,
                         is_persons ? roles[i][0] + 1 : "", clock_now_ms(), NULL, greeting.keys[i],
                         &err))
            die(&err);
    }
    if (!store_commit(hub_store(hub), &err))
        die(&err);
    hub_attach(hub, loop);
    greeting.port = hub_port(hub);
    (void)snprintf(greeting.url, sizeof(greeting.url), "%s", hub_url(hub)); /* fits */
    if (write(out, &greeting, sizeof(greeting)) != (ssize_t)sizeof(greeting))
        _exit(1);
    (void)close(out); /* the parent has it all */
    if (!loop_run(loop, &err))
        die(&err);
    hub_close(hub);
    loop_destroy(loop);
    arena_finish(&arena);
    exit(0);
}

void
hub_process_start(struct hub_process *process, const struct hub_options *options,
                  void (*fill)(struct hub *hub, struct arena *arena),
                  const char *const *const *roles, size_t roles_len)
{
    struct greeting greeting;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    process->pid = fork();
    assert_true(process->pid >= 0);
    if (process->pid == 0) {
        (void)close(ends[0]); /* the parent's */
        run_child(options, fill, roles, roles_len, ends[1]);
    }
    (void)close(ends[1]); /* the child's */
    ssize_t got = read(ends[0], &greeting, sizeof(greeting));
    (void)close(ends[0]); /* read only */
    if (got != (ssize_t)sizeof(greeting)) {
        (void)waitpid(process->pid, NULL, 0); /* it failed; that is what we report */
        fail_msg("the hub did not start");
    }
    process->port = greeting.port;
    memcpy(process->url, greeting.url, sizeof(process->url));
    memcpy(process->keys, greeting.keys, sizeof(process->keys));
    process->client = http_client_create(process->url);
}

void
hub_process_kill(struct hub_process *process)
{
    int status;
    assert_int_equal(kill(process->pid, SIGKILL), 0);
    assert_int_equal(waitpid(process->pid, &status, 0), process->pid);
    assert_true(WIFSIGNALED(status));
}

void
hub_process_restart(struct hub_process *process, const struct hub_options *options)
{
    struct hub_process again;
    struct hub_options same_port = *options;
    char listen[32];
    (void)snprintf(listen, sizeof listen, "127.0.0.1:%d", process->port); /* fits */
    same_port.listen = listen;
    hub_process_start(&again, &same_port, NULL, NULL, 0);
    http_client_destroy(again.client); /* the one there was finds the new hub */
    assert_string_equal(again.url, process->url);
    process->pid = again.pid;
}

void
hub_process_stop(struct hub_process *process)
{
    int status = 0;

    http_client_destroy(process->client);
    (void)kill(process->pid, SIGTERM); /* if it is gone, its status says so */
    assert_int_equal(waitpid(process->pid, &status, 0), process->pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

struct http_answer
hub_ask(const struct hub_process *process, struct arena *arena, const char *key, const char *method,
        const char *path, const char *body)
{
    const char *const headers[] = {arena_printf(arena, "Authorization: Bearer %s", key),
                                   "Content-Type: application/json", NULL};
    return http_send(process->client, method, path, headers, body, arena);
}

const char *
json_text_at(struct arena *arena, const char *json, const char *path)
{
    struct wire_document *document;
    struct error err;
    if (!wire_document_read(slice_of(json), &document, &err))
        fail_msg("%s: %s", err.message, json);
    const char *text = wire_document_json(document, arena, path);
    if (*text != '{' && *text != '[')
        text = wire_document_text(document, arena, path);
    wire_document_destroy(document);
    return text;
}
