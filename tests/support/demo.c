#include "tests/support/demo.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/process.h"
#include "tests/support/store_objects.h"

enum { START_PATIENCE_MS = 60000, STOP_PATIENCE_MS = 20000, OPTIONS_MAX = 16 };

const char *
program_path(const char *name, char *path, size_t size)
{
    const char *build = getenv("TOCSIN_BUILD");
    char self[PATH_MAX] = "";
    if (!build || !build[0]) {
        ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
        assert_true(len > 0);
        self[len] = '\0';
        char *tests = strstr(self, "/tests/");
        if (tests)
            *tests = '\0';
        build = self;
    }
    assert_true((size_t)snprintf(path, size, "%s/%s", build, name) < size);
    return path;
}

/* One line from fd. */
static void
read_line(int fd, char *line, size_t size)
{
    int64_t deadline = clock_monotonic_ms() + START_PATIENCE_MS;
    size_t len = 0;
    while (len + 1 < size && !(len && line[len - 1] == '\n')) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - clock_monotonic_ms();
        if (left <= 0 || poll(&ready, 1, (int)left) <= 0 || read(fd, line + len, 1) != 1)
            break;
        len++;
    }
    line[len] = '\0';
}

static void
take(const cJSON *object, const char *name, char *out, size_t size)
{
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    if (!value || strlen(value) >= size)
        fail_msg("the demo's line has no '%s'", name);
    else
        memcpy(out, value, strlen(value) + 1);
}

void
demo_start(struct demo *demo, const char *const *options)
{
    char program[PATH_MAX], line[2048];
    const char *argv[OPTIONS_MAX + 4] = {program_path("tocsin", program, sizeof program), "demo",
                                         "--headless"};
    for (size_t i = 0; options && options[i]; i++) {
        assert_true(i < OPTIONS_MAX);
        argv[3 + i] = options[i];
    }
    int ends[2];
    struct error err = {0};
    *demo = (struct demo){0};
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    const struct process_options how = {
        .stdin_fd = -1, .stdout_fd = ends[1], .stderr_fd = 2, .die_with_parent = true};
    if (!process_start(argv, &how, &demo->pid, &err))
        fail_msg("%s", err.message);
    close(ends[1]);
    read_line(ends[0], line, sizeof line);
    close(ends[0]);
    cJSON *object = cJSON_Parse(line);
    if (!object) {
        process_stop(demo->pid, 1000);
        *demo = (struct demo){0};
        fail_msg("the demo did not start: its line is '%s'", line);
    }
    take(object, "url", demo->url, sizeof demo->url);
    take(object, "viewer_key", demo->viewer_key, sizeof demo->viewer_key);
    take(object, "editor_key", demo->editor_key, sizeof demo->editor_key);
    take(object, "admin_key", demo->admin_key, sizeof demo->admin_key);
    take(object, "source_id", demo->source_id, sizeof demo->source_id);
    take(object, "source_secret", demo->source_secret, sizeof demo->source_secret);
    cJSON_Delete(object);
}

void
demo_stop(struct demo *demo)
{
    int status = -1;
    if (demo->pid <= 0)
        return;
    pid_t pid = demo->pid;
    demo->pid = 0;
    kill(pid, SIGTERM);
    bool ended = process_wait(pid, STOP_PATIENCE_MS, &status);
    if (!ended)
        process_stop(pid, 0);
    assert_true(ended);
    assert_int_equal(status, 0);
}

void
write_private_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

void
home_create(struct home *home, const char *url, const char *key)
{
    const char *base = getenv("TMPDIR");
    *home = (struct home){0};
    assert_true((size_t)snprintf(home->root, sizeof home->root, "%s/tocsin-home-XXXXXX",
                                 base && *base ? base : "/tmp") < sizeof home->root);
    assert_non_null(mkdtemp(home->root));
    char path[200], token[200];
    const char *const directories[] = {"config", "config/tocsin", "state", "cache"};
    for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", home->root, directories[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    const struct {
        const char *name, *below;
    } variables[] = {{"XDG_CONFIG_HOME", "/config"},
                     {"XDG_STATE_HOME", "/state"},
                     {"XDG_CACHE_HOME", "/cache"},
                     {"HOME", ""}};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        snprintf(home->environment[i], sizeof home->environment[i], "%s=%s%s", variables[i].name,
                 home->root, variables[i].below);
        home->env[i] = home->environment[i];
    }
    home->env[sizeof variables / sizeof variables[0]] = "LC_ALL=C.UTF-8";
    home->env[sizeof variables / sizeof variables[0] + 1] = "TZ=UTC";
    snprintf(token, sizeof token, "%s/config/tocsin/token", home->root);
    write_private_file(token, key);
    snprintf(home->config, sizeof home->config, "%s/config/tocsin/tocsin.conf", home->root);
    home_configure(home, url, "");
}

void
home_configure(struct home *home, const char *url, const char *options)
{
    char text[4096];
    assert_true((size_t)snprintf(text, sizeof text,
                                 "profile \"default\" {\n    url = \"%s\"\n    token_file = "
                                 "\"%s/config/tocsin/token\"\n%s}\n",
                                 url, home->root, options) < sizeof text);
    write_private_file(home->config, text);
}

void
home_destroy(struct home *home)
{
    if (!home->root[0])
        return;
    temporary_directory_remove(home->root);
    home->root[0] = '\0';
}
