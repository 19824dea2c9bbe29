#include "action/first_check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/process.h"

#define SAID_MAX_BYTES ((size_t)256 * 1024)
#define GRACE_MS 500

bool
first_check_start(struct first_check *check, const char *config_path, struct error *err)
{
    char path[4096];
    int fds[2];
    *check = (struct first_check){.fd = -1};
    if (!process_sibling("tocsin-sync", path, sizeof path, err))
        return false;
    if (pipe2(fds, O_CLOEXEC) != 0)
        return error_set(err, ERROR_FILE, "cannot start the check: %s", strerror(errno));
    const char *const argv[] = {path, "doctor", "--plain", "--config", config_path, NULL};
    const struct process_options options = {
        .stdin_fd = -1, .stdout_fd = fds[1], .stderr_fd = -1, .die_with_parent = true};
    bool ok = process_start(argv, &options, &check->pid, err);
    (void)close(fds[1]);
    if (!ok) {
        (void)close(fds[0]);
        return error_wrap(err, "cannot start the check");
    }
    check->fd = fds[0];
    str_init(&check->said, SAID_MAX_BYTES);
    return true;
}

static bool
begins_with(const char *line, const char *with, const char **rest)
{
    size_t len = strlen(with);
    *rest = line + len;
    return strncmp(line, with, len) == 0;
}

/* Lines of "VERDICT CHECK FINDING" (cmd_sync_doctor.c). What went wrong before the server was asked is the key's matter
 * when the configuration is: a command that fails, a file that others can read. */
static void
judge(const char *text, int status, struct arena *arena, struct first_finding *finding)
{
    size_t cap = 1;
    for (const char *at = text; *at; at++)
        cap += *at == '\n';
    const char **schedules = arena_new_array(arena, cap, const char *);
    *finding = (struct first_finding){
        .server = "", .key = "", .clock = "", .schedules = schedules, .schedules_len = 0};
    char *rest = arena_text(arena, text);
    for (char *line; (line = strsep(&rest, "\n"));) {
        const char *said;
        if (begins_with(line, "ok server ", &said)) {
            finding->server_ok = true;
            finding->server = said;
        } else if (begins_with(line, "ok key ", &said)) {
            finding->key_ok = true;
            finding->key = said;
        } else if (begins_with(line, "ok schedule ", &said))
            schedules[finding->schedules_len++] = said;
        else if (begins_with(line, "!! server ", &said))
            finding->server = said;
        else if (begins_with(line, "!! key ", &said) || begins_with(line, "!! network ", &said))
            finding->key = said;
        else if (begins_with(line, "!! clock ", &said))
            finding->clock = said;
    }
    schedules[finding->schedules_len] = NULL;
    if (!*finding->server && !*finding->key)
        finding->server = arena_printf(arena, "the check ended with status %d, silently", status);
}

bool
first_check_read(struct first_check *check, struct arena *arena, struct first_finding *finding)
{
    char block[4096];
    ssize_t len = read(check->fd, block, sizeof block);
    if (len > 0)
        str_append_len(&check->said, block, (size_t)len);
    if (len > 0 || (len < 0 && (errno == EINTR || errno == EAGAIN)))
        return false;
    int status = 0;
    if (!process_wait(check->pid, GRACE_MS, &status))
        process_stop(check->pid, 0);
    check->pid = 0;
    judge(str_text(&check->said), status, arena, finding);
    first_check_stop(check);
    return true;
}

void
first_check_stop(struct first_check *check)
{
    if (check->pid > 0)
        process_stop(check->pid, GRACE_MS);
    if (check->fd > 0)
        (void)close(check->fd);
    str_finish(&check->said);
    *check = (struct first_check){.fd = -1};
}
