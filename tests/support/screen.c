#include "tests/support/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <regex.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utf8proc.h>

#include <vterm.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"

struct screen {
    struct screen *
        next; /* of those open: a test that fails leaves its own behind, which is no leak to report */
    VTerm *terminal;
    VTermScreen *cells;
    int cols, rows;
    int fd; /* -1 once the program's side is closed */
    pid_t pid;
    bool reaped;
    int exit_status;
    struct termios line_settings;
    bool alternate, cursor_hidden, mouse;
    VTermPos cursor;
    uint64_t bytes;
    bool recording;
    struct str record;
};

static struct screen *open_screens;

/* ---- the emulator's side ---- */

static int
note_property(VTermProp property, VTermValue *value, void *context)
{
    struct screen *screen = context;
    if (property == VTERM_PROP_ALTSCREEN)
        screen->alternate = value->boolean;
    else if (property == VTERM_PROP_CURSORVISIBLE)
        screen->cursor_hidden = !value->boolean;
    else if (property == VTERM_PROP_MOUSE)
        screen->mouse = value->number != VTERM_PROP_MOUSE_NONE;
    return 1;
}

static int
note_cursor(VTermPos position, VTermPos before, int visible, void *context)
{
    struct screen *screen = context;
    (void)before;
    (void)visible;
    screen->cursor = position;
    return 1;
}

/* What the terminal answers to questions about itself, and typed keys. */
static void
send_bytes(const char *bytes, size_t len, void *context)
{
    struct screen *screen = context;
    while (len && screen->fd >= 0) {
        ssize_t sent = write(screen->fd, bytes, len);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return; /* the program is gone: its end is seen when reading */
        if (sent > 0) {
            bytes += sent;
            len -= (size_t)sent;
        }
    }
}

static const VTermScreenCallbacks callbacks = {.settermprop = note_property,
                                               .movecursor = note_cursor};

static void
fail_with_picture(struct screen *screen, const char *what, const char *subject)
{
    struct arena arena = {0};
    /* cmocka's own printing cuts what is longer than a kilobyte. */
    (void)fprintf(stderr, "%s '%s'; the screen is:\n%s", what, subject,
                  screen_text(screen, &arena));
    arena_finish(&arena);
    fail();
}

/* libvterm 0.1 writes beside its rows when a wide character comes to a single column: it is shown a second one. */
static int
emulated_cols(int cols)
{
    return cols < 2 ? 2 : cols;
}

struct screen *
screen_start(int cols, int rows, const char *const *argv, const char *const *env)
{
    struct screen *screen = memory_alloc(sizeof *screen);
    *screen = (struct screen){.next = open_screens, .cols = cols, .rows = rows, .fd = -1};
    open_screens = screen;
    screen->terminal = vterm_new(rows, emulated_cols(cols));
    assert_non_null(screen->terminal);
    vterm_set_utf8(screen->terminal, 1);
    vterm_output_set_callback(screen->terminal, send_bytes, screen);
    screen->cells = vterm_obtain_screen(screen->terminal);
    vterm_screen_enable_altscreen(screen->cells, 1);
    vterm_screen_set_callbacks(screen->cells, &callbacks, screen);
    vterm_screen_reset(screen->cells, 1);

    struct winsize size = {.ws_col = (unsigned short)cols, .ws_row = (unsigned short)rows};
    screen->pid = forkpty(&screen->fd, NULL, NULL, &size);
    if (screen->pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        unsetenv("COLUMNS");
        unsetenv("LINES");
        setenv("TERM", "xterm-256color", 1);
        for (; env && *env; env++)
            putenv((char *)(uintptr_t)*env);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        dprintf(2, "cannot start %s: %s\n", argv[0], strerror(errno));
        _exit(127);
    }
    assert_true(screen->pid > 0);
    fcntl(screen->fd, F_SETFL, O_NONBLOCK);
    fcntl(screen->fd, F_SETFD, FD_CLOEXEC);
    tcgetattr(screen->fd, &screen->line_settings);
    return screen;
}

static bool
reap(struct screen *screen, int flags)
{
    int status;
    if (!screen->reaped && waitpid(screen->pid, &status, flags) == screen->pid) {
        screen->reaped = true;
        screen->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return screen->reaped;
}

void
screen_leave(struct screen *screen, const char *key)
{
    screen_type(screen, key);
    assert_int_equal(screen_expect_exit(screen), 0);
    screen_expect_restored(screen);
    screen_stop(screen);
}

void
screen_stop(struct screen *screen)
{
    if (!screen)
        return;
    if (screen->fd >= 0)
        close(screen->fd);
    if (!reap(screen, WNOHANG)) {
        kill(screen->pid, SIGKILL);
        (void)reap(screen, 0); /* it was killed: it ends */
    }
    struct screen **at = &open_screens;
    while (*at != screen)
        at = &(*at)->next;
    *at = screen->next;
    vterm_free(screen->terminal);
    str_finish(&screen->record);
    memory_free(screen);
}

pid_t
screen_pid(const struct screen *screen)
{
    return screen->pid;
}

int
screen_cols(const struct screen *screen)
{
    return screen->cols;
}

int
screen_rows(const struct screen *screen)
{
    return screen->rows;
}

void
screen_type(struct screen *screen, const char *keys)
{
    send_bytes(keys, strlen(keys), screen);
}

void
screen_hang_up(struct screen *screen)
{
    close(screen->fd);
    screen->fd = -1;
}

void
screen_resize(struct screen *screen, int cols, int rows)
{
    screen->cols = cols;
    screen->rows = rows;
    vterm_set_size(screen->terminal, rows, emulated_cols(cols));
    struct winsize size = {.ws_col = (unsigned short)cols, .ws_row = (unsigned short)rows};
    assert_int_equal(ioctl(screen->fd, TIOCSWINSZ, &size), 0); /* the kernel sends SIGWINCH */
}

/* ---- waiting ---- */

/* Shows what the program wrote within wait_ms. False when there was nothing. */
static bool
take_output(struct screen *screen, int64_t wait_ms)
{
    char block[16 * 1024];
    if (screen->fd < 0)
        return false;
    struct pollfd ready = {.fd = screen->fd, .events = POLLIN};
    if (poll(&ready, 1, (int)(wait_ms > 0 ? wait_ms : 0)) <= 0)
        return false;
    ssize_t got = read(screen->fd, block, sizeof block);
    if (got > 0) {
        screen->bytes += (uint64_t)got;
        if (screen->recording)
            str_append_len(&screen->record, block, (size_t)got);
        vterm_input_write(screen->terminal, block, (size_t)got);
        return true;
    }
    if (got == 0 || (errno != EAGAIN && errno != EINTR)) { /* EIO: nobody has the other side open */
        close(screen->fd);
        screen->fd = -1;
    }
    return false;
}

void
screen_send(struct screen *screen, const char *bytes, size_t len)
{
    int64_t deadline = clock_monotonic_ms() + SCREEN_PATIENCE_MS;
    while (len && screen->fd >= 0) {
        if (clock_monotonic_ms() > deadline)
            fail_with_picture(screen, "the program does not read what is typed", "");
        struct pollfd ready = {.fd = screen->fd, .events = POLLIN | POLLOUT};
        (void)poll(&ready, 1, 1000);
        if (ready.revents & (POLLIN | POLLHUP))
            (void)take_output(screen, 0); /* there may be none: looked at again */
        if (!(ready.revents & POLLOUT) || screen->fd < 0)
            continue;
        ssize_t sent = write(screen->fd, bytes, len < 4096 ? len : 4096);
        if (sent > 0) {
            bytes += sent;
            len -= (size_t)sent;
            deadline = clock_monotonic_ms() + SCREEN_PATIENCE_MS;
        }
    }
}

bool
screen_wait(struct screen *screen, bool (*holds)(struct screen *screen, void *context),
            void *context, int64_t timeout_ms)
{
    int64_t deadline = clock_monotonic_ms() + timeout_ms;
    for (;;) {
        while (take_output(screen, 0))
            ;
        if (holds(screen, context))
            return true;
        int64_t left = deadline - clock_monotonic_ms();
        if (left <= 0 || screen->fd < 0)
            return false;
        (void)take_output(screen, left); /* what came is looked at above */
    }
}

static bool
has_text(struct screen *screen, void *text)
{
    return screen_find(screen, text, NULL, NULL);
}

static bool
lacks_text(struct screen *screen, void *text)
{
    return !screen_find(screen, text, NULL, NULL);
}

static bool
has_match(struct screen *screen, void *regex)
{
    return screen_has_match(screen, regex);
}

static bool
lacks_match(struct screen *screen, void *regex)
{
    return !screen_has_match(screen, regex);
}

static void
expect(struct screen *screen, bool (*holds)(struct screen *screen, void *context),
       const char *subject, const char *complaint)
{
    if (!screen_wait(screen, holds, (void *)(uintptr_t)subject, SCREEN_PATIENCE_MS))
        fail_with_picture(screen, complaint, subject);
}

void
screen_expect(struct screen *screen, const char *text)
{
    expect(screen, has_text, text, "waited in vain for");
}

void
screen_expect_gone(struct screen *screen, const char *text)
{
    expect(screen, lacks_text, text, "waited in vain for the end of");
}

void
screen_expect_match(struct screen *screen, const char *regex)
{
    expect(screen, has_match, regex, "waited in vain for a match of");
}

/* What was typed is read, and the program sleeps or has ended: it is not merely slow to begin. */
static bool
is_at_rest(struct screen *screen)
{
    char path[64], text[512] = "";
    int waiting = 0;
    if (screen->fd < 0)
        return true;
    int side = ioctl(screen->fd, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (side >= 0) {
        (void)ioctl(side, FIONREAD, &waiting);
        close(side);
    }
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)screen->pid); /* fits */
    FILE *file = fopen(path, "r");
    if (!file)
        return true;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    const char *name_end = strrchr(text, ')');
    return waiting == 0 && name_end && name_end[1] && strchr("STtZX", name_end[2]);
}

void
screen_expect_no_match(struct screen *screen, const char *regex)
{
    expect(screen, lacks_match, regex, "waited in vain for the end of matches of");
}

void
screen_settle(struct screen *screen, int64_t quiet_ms)
{
    int64_t deadline = clock_monotonic_ms() + SCREEN_PATIENCE_MS;
    for (;;) {
        bool at_rest = is_at_rest(screen);
        if (!take_output(screen, quiet_ms) && at_rest)
            return;
        if (clock_monotonic_ms() > deadline)
            fail_with_picture(screen, "the program", "never comes to rest");
    }
}

static bool
never(struct screen *screen, void *context)
{
    (void)screen;
    (void)context;
    return false;
}

int
screen_expect_exit(struct screen *screen)
{
    (void)screen_wait(screen, never, NULL,
                      SCREEN_PATIENCE_MS); /* until the last holder of the terminal is gone */
    int64_t deadline = clock_monotonic_ms() + SCREEN_PATIENCE_MS;
    while (!reap(screen, WNOHANG)) {
        if (clock_monotonic_ms() > deadline)
            fail_with_picture(screen, "the program", "did not end");
        struct pollfd nothing = {.fd = -1};
        (void)poll(&nothing, 1, 2); /* between closing the terminal and ending */
    }
    return screen->exit_status;
}

void
screen_expect_restored(struct screen *screen)
{
    if (screen->alternate || screen->cursor_hidden || screen->mouse)
        fail_with_picture(screen, "the terminal was left with",
                          screen->alternate       ? "the alternate screen"
                          : screen->cursor_hidden ? "a hidden cursor"
                                                  : "the mouse captured");
    struct termios now;
    if (screen->fd >= 0 && tcgetattr(screen->fd, &now) == 0 &&
        (now.c_lflag != screen->line_settings.c_lflag ||
         now.c_iflag != screen->line_settings.c_iflag ||
         now.c_oflag != screen->line_settings.c_oflag))
        fail_with_picture(screen, "the terminal was left with", "other line settings");
}

/* ---- looking ---- */

static int32_t
color_of(const struct screen *screen, VTermColor color)
{
    if (VTERM_COLOR_IS_DEFAULT_FG(&color) || VTERM_COLOR_IS_DEFAULT_BG(&color))
        return -1;
    if (VTERM_COLOR_IS_INDEXED(&color) && color.indexed.idx >= 16 && color.indexed.idx < 232) {
        /* The cube as terminals have it; the emulator's own is darker. */
        static const int steps[6] = {0, 95, 135, 175, 215, 255};
        int at = color.indexed.idx - 16;
        return steps[at / 36] << 16 | steps[at / 6 % 6] << 8 | steps[at % 6];
    }
    vterm_screen_convert_color_to_rgb(screen->cells, &color);
    return color.rgb.red << 16 | color.rgb.green << 8 | color.rgb.blue;
}

struct screen_cell
screen_cell(const struct screen *screen, int row, int col)
{
    VTermScreenCell cell = {0}; /* only what a cell holds is written */
    assert_true(row >= 0 && row < screen->rows && col >= 0 && col < screen->cols);
    assert_true(vterm_screen_get_cell(screen->cells, (VTermPos){row, col}, &cell));
    struct screen_cell result = {.width = cell.width,
                                 .bold = cell.attrs.bold,
                                 .underline = cell.attrs.underline != 0,
                                 .italic = cell.attrs.italic,
                                 .reverse = cell.attrs.reverse,
                                 .foreground = color_of(screen, cell.fg),
                                 .background = color_of(screen, cell.bg)};
    if (cell.chars[0] == UINT32_MAX)
        return result;
    if (cell.chars[0] == 0) {
        result.text[0] = ' ';
        return result;
    }
    size_t len = 0;
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
        len += (size_t)utf8proc_encode_char((int32_t)cell.chars[i],
                                            (utf8proc_uint8_t *)result.text + len);
    return result;
}

/* The line's text; starts[col] is where column col begins in it (cols + 1 entries; may be NULL). */
static void
read_line(const struct screen *screen, int row, struct str *line, size_t *starts)
{
    str_clear(line);
    for (int col = 0; col < screen->cols; col++) {
        if (starts)
            starts[col] = line->len;
        str_append(line, screen_cell(screen, row, col).text);
    }
}

static void
trim(struct str *line)
{
    while (line->len && line->data[line->len - 1] == ' ')
        line->data[--line->len] = '\0';
}

const char *
screen_line(const struct screen *screen, int row, struct arena *arena)
{
    struct str line;
    str_init(&line, 0);
    read_line(screen, row, &line, NULL);
    trim(&line);
    const char *result = arena_text(arena, str_text(&line));
    str_finish(&line);
    return result;
}

const char *
screen_text(const struct screen *screen, struct arena *arena)
{
    struct str text, line;
    str_init(&text, 0);
    str_init(&line, 0);
    for (int row = 0; row < screen->rows; row++) {
        read_line(screen, row, &line, NULL);
        trim(&line);
        str_append(&text, str_text(&line));
        str_append_char(&text, '\n');
    }
    const char *result = arena_text(arena, str_text(&text));
    str_finish(&text);
    str_finish(&line);
    return result;
}

bool
screen_find(const struct screen *screen, const char *text, int *row, int *col)
{
    struct str line;
    str_init(&line, 0);
    size_t *starts = memory_alloc(((size_t)screen->cols + 1) * sizeof *starts);
    bool found = false;
    for (int r = 0; r < screen->rows && !found; r++) {
        read_line(screen, r, &line, starts);
        const char *place = strstr(str_text(&line), text);
        if (!place)
            continue;
        found = true;
        int c = 0;
        while (c + 1 < screen->cols && starts[c + 1] <= (size_t)(place - str_text(&line)))
            c++;
        if (row)
            *row = r;
        if (col)
            *col = c;
    }
    memory_free(starts);
    str_finish(&line);
    return found;
}

bool
screen_has_match(const struct screen *screen, const char *regex)
{
    regex_t compiled;
    struct str line;
    bool found = false;
    str_init(&line, 0);
    assert_int_equal(regcomp(&compiled, regex, REG_EXTENDED | REG_NOSUB), 0);
    for (int row = 0; row < screen->rows && !found; row++) {
        read_line(screen, row, &line, NULL);
        trim(&line);
        found = regexec(&compiled, str_text(&line), 0, NULL, 0) == 0;
    }
    regfree(&compiled);
    str_finish(&line);
    return found;
}

void
screen_cursor(const struct screen *screen, int *row, int *col, bool *visible)
{
    *row = screen->cursor.row;
    *col = screen->cursor.col;
    *visible = !screen->cursor_hidden;
}

void
screen_record(struct screen *screen)
{
    str_init(&screen->record, 0);
    screen->recording = true;
}

const char *
screen_recorded(const struct screen *screen, size_t *len)
{
    *len = screen->record.len;
    return screen->record.data;
}

uint64_t
screen_bytes(const struct screen *screen)
{
    return screen->bytes;
}
