/* A form's long field in $EDITOR: the terminal is the editor's until it ends; then its text is in the form, or it is said why not. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/process.h"
#include "base/str.h"
#include "base/text.h"
#include "ui/app_internal.h"

enum { WORDS_MAX = 16, TEXT_MAX_BYTES = 65536, LOOK_MS = 50, GRACE_MS = 300, DIED = 128 };
#define KEPT_MS (7 * (int64_t)DAY_MS)

/* ---- the file ---- */

/* What an editor left when the console was killed under it stays for a week. */
static void
sweep(int dir_fd)
{
    struct stat file;
    struct dirent *entry;
    const int copy = fcntl(dir_fd, F_DUPFD_CLOEXEC, 0);
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    while (dir && (entry = readdir(dir)))
        if (fstatat(dir_fd, entry->d_name, &file, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(file.st_mode) && clock_now_ms() - file.st_mtime * SECOND_MS > KEPT_MS)
            (void)unlinkat(dir_fd, entry->d_name, 0); /* another time, then */
    if (dir)
        (void)closedir(dir);
    else if (copy >= 0)
        (void)close(copy);
}

static bool
write_all(int fd, const char *text)
{
    size_t len = strlen(text);
    while (len > 0) {
        const ssize_t wrote = write(fd, text, len);
        if (wrote <= 0)
            return false;
        text += wrote;
        len -= (size_t)wrote;
    }
    return true;
}

static bool
put_file(struct app *app, const char *about, struct error *err)
{
    struct editor *editor = &app->editor;
    const char *dir = arena_printf(&editor->arena, "%s/edit", app->options->paths->profile_dir);
    const int dir_fd = mkdir(dir, 0700) == 0 || errno == EEXIST
                           ? open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                           : -1;
    if (dir_fd < 0)
        return error_set(err, ERROR_FILE, "cannot open the directory '%s': %s", dir,
                         strerror(errno));
    sweep(dir_fd);
    (void)close(dir_fd);
    editor->path = arena_printf(&editor->arena, "%s/text-XXXXXX.md", dir);
    const int fd = mkostemps(editor->path, 3, O_CLOEXEC); /* 0600 */
    const char *text =
        arena_printf(&editor->arena,
                     "%s\n\n# %s\n# Lines that begin with # are left out. Empty, or as it was: "
                     "nothing is taken.\n",
                     editor->before, text_clean(&editor->arena, about, TEXT_MAX_BYTES));
    if (fd >= 0 && write_all(fd, text) && close(fd) == 0)
        return true;
    (void)error_set(err, ERROR_FILE, "cannot write '%s': %s", editor->path, strerror(errno));
    if (fd >= 0) {
        (void)close(fd);
        (void)unlink(editor->path); /* there is nothing in it */
    }
    return false;
}

static const char *
without_comments(struct arena *arena, const char *text)
{
    char *out = arena_alloc(arena, strlen(text) + 1), *end = out;
    while (*text) {
        const size_t len = strcspn(text, "\n"), whole = len + (text[len] == '\n');
        if (*text != '#') {
            memcpy(end, text, whole);
            end += whole;
        }
        text += whole;
    }
    *end = '\0';
    return out;
}

static bool
read_file(struct editor *editor, const char **text, struct error *err)
{
    char *bytes = arena_alloc(&editor->arena, TEXT_MAX_BYTES + 1);
    const int fd = open(editor->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    size_t len = 0;
    ssize_t got = -1;
    while (fd >= 0 && len <= TEXT_MAX_BYTES &&
           (got = read(fd, bytes + len, TEXT_MAX_BYTES + 1 - len)) > 0)
        len += (size_t)got;
    const int failure = errno;
    if (fd >= 0)
        (void)close(fd);
    if (len > TEXT_MAX_BYTES)
        return error_set(err, ERROR_TOO_LARGE, "more than %d bytes are in '%s'", TEXT_MAX_BYTES,
                         editor->path);
    if (got < 0)
        return error_set(err, ERROR_FILE, "cannot read '%s': %s", editor->path, strerror(failure));
    const char *repaired = text_repair_utf8(&editor->arena, bytes, len);
    *text = text_clean_lines(&editor->arena, without_comments(&editor->arena, repaired),
                             TEXT_MAX_BYTES * 4);
    return true;
}

/* ---- the program ---- */

static bool
is_blank(const char *text)
{
    return !text || !text[strspn(text, " ")];
}

static const char *const *
command(struct editor *editor)
{
    const char *given = getenv("VISUAL");
    if (is_blank(given))
        given = getenv("EDITOR");
    if (is_blank(given))
        given = "vi";
    const char **argv = arena_new_array(&editor->arena, WORDS_MAX + 2, const char *);
    size_t len = 0;
    for (given += strspn(given, " "); *given && len < WORDS_MAX; given += strspn(given, " ")) {
        const size_t word = strcspn(given, " ");
        argv[len++] = arena_text_len(&editor->arena, given, word);
        given += word;
    }
    argv[len] = editor->path;
    return argv;
}

/* Of an end of its own: what is in the file is in the form. *stays: … is still in the file alone. */
static void
take(struct app *app, int exit_status, bool *stays)
{
    struct editor *editor = &app->editor;
    struct arena *arena = &editor->arena;
    const char *text = "";
    struct error err = {0};
    *stays = true;
    if (!read_file(editor, &text, &err)) {
        mode_form_say(app, ROLE_PROBLEM, err.message);
        return;
    }
    const bool is_new = *text && !text_equals(text, editor->before);
    if (exit_status > 0 && exit_status <= DIED) {
        *stays = is_new;
        mode_form_say(app, ROLE_PROBLEM,
                      arena_printf(arena, "'%s' ended with status %d: nothing is taken%s%s",
                                   editor->name, exit_status,
                                   is_new ? "; what it wrote is in " : "",
                                   is_new ? editor->path : ""));
        return;
    }
    *stays = false;
    if (!is_new) {
        mode_form_say(app, exit_status ? ROLE_PROBLEM : ROLE_MESSAGE,
                      exit_status
                          ? arena_printf(arena, "'%s' was ended by signal %d: nothing is taken",
                                         editor->name, exit_status - DIED)
                      : *text ? "unchanged: nothing is taken"
                              : "empty: nothing is taken");
        return;
    }
    if (!mode_form_take(app, text)) {
        *stays = true;
        mode_form_say(app, ROLE_PROBLEM,
                      arena_printf(arena, "more than %d bytes: nothing is taken; it is in %s",
                                   LINE_SIZE - 1, editor->path));
    } else if (exit_status) {
        mode_form_say(app, ROLE_PROBLEM,
                      arena_printf(arena,
                                   "'%s' was ended by signal %d: this is what it had written",
                                   editor->name, exit_status - DIED));
    }
}

static void
end(struct app *app, int exit_status)
{
    struct editor *editor = &app->editor;
    bool stays;
    editor->pid = 0;
    loop_cancel(app->loop, editor->timer);
    if (editor->end_fd >= 0) {
        loop_unwatch(app->loop, editor->end_fd);
        (void)close(editor->end_fd);
    }
    take(app, exit_status, &stays);
    if (!stays)
        (void)unlink(editor->path); /* what is in it is in the form */
    arena_reset(&editor->arena);
}

static void
come_back(struct app *app)
{
    term_take();
    app_watch_input(app);
    app_lay_out(app); /* the size may be another */
    app->build_wanted = app->draw_wanted = true;
}

static void
look(void *context)
{
    struct app *app = context;
    int exit_status;
    app->editor.timer = 0;
    if (!process_wait(app->editor.pid, 0, &exit_status)) {
        app->editor.timer = loop_after(app->loop, LOOK_MS, look, app);
        return;
    }
    end(app, exit_status);
    come_back(app);
}

static void
ended(void *context, int fd, int events)
{
    struct app *app = context;
    (void)fd;
    (void)events;
    loop_cancel(app->loop, app->editor.timer);
    look(app);
}

void
app_edit_text(struct app *app, const char *text, const char *about)
{
    struct editor *editor = &app->editor;
    struct error err = {0};
    arena_reset(&editor->arena);
    editor->before = text_clean_lines(&editor->arena, text, strlen(text) * 4 + 1);
    app_draft_write(app); /* whatever happens now */
    if (!put_file(app, about, &err)) {
        mode_form_say(app, ROLE_PROBLEM, err.message);
        return;
    }
    const char *const *argv = command(editor);
    editor->name = argv[0];
    term_give();
    if (!process_start(argv, NULL, &editor->pid, &err)) {
        editor->pid = 0;
        term_take();
        (void)unlink(editor->path); /* nobody has seen it */
        mode_form_say(
            app, ROLE_PROBLEM,
            arena_printf(&editor->arena, "%s (set VISUAL or EDITOR to another)", err.message));
        return;
    }
    loop_unwatch(app->loop, term_fd());
    editor->end_fd = process_end_fd(editor->pid);
    if (editor->end_fd >= 0)
        loop_watch(app->loop, editor->end_fd, LOOP_READ, ended, app);
    else
        editor->timer = loop_after(app->loop, LOOK_MS, look, app);
}

void
app_edit_stop(struct app *app)
{
    if (!app->editor.pid)
        return;
    process_stop(app->editor.pid, GRACE_MS);
    end(app, 0);
}
