#include "ui/term.h"

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/text.h"
#include "ui/osc.h"

/* curses' macros that would break ordinary names */
#undef lines
#undef columns

#define KEY_PASTE_BEGIN (KEY_MAX + 1)
#define KEY_PASTE_END (KEY_MAX + 2)
#define ESC_DELAY_MS 25

#define PASTE_MAX (64 * 1024)
#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define MOUSE_OFF "\033[?1006l\033[?1000l"
#define TITLE_PUSH "\033[22;2t"
#define TITLE_POP "\033[23;2t"

enum row_flag { ROW_LINKED = 1, ROW_DRAWN = 2 };

static struct {
    bool open;
    SCREEN *screen;
    FILE *out;          /* curses' own descriptor of the terminal */
    int frame;          /* a file in memory that takes its place while a frame is made; -1 = none */
    cchar_t *row;       /* one row as curses wants it */
    uint8_t *row_flags; /* enum row_flag */
    bool hyperlinks;
    struct termios modes; /* as they were */
    bool colours, utf8, titles, pasting;
    enum glyph_set glyphs;
    struct str pasted;
    struct mouse_event mouse;
    int cursor_row, cursor_col; /* as shown; row -1 = hidden */
    char notice[160];
    char title[128];
    struct canvas shown;
    uint64_t bytes; /* sent so far */
    bool all;       /* the next draw sends every row */
    attr_t attributes[ROLE_COUNT];
    short pairs[ROLE_COUNT];
    cchar_t lines[16]; /* by directions */
    /* What a fatal signal's handler writes: it may not call curses. */
    char restore[256];
    size_t restore_len;
    size_t restore_rest; /* where in it begins what endwin leaves to us */
} term;

/* ---- giving it back ---- */

static void
send(const char *text, size_t len)
{
    while (len > 0) {
        ssize_t sent = write(STDOUT_FILENO, text, len);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0) /* the terminal is gone: nothing left to restore */
            return;
        text += sent;
        len -= (size_t)sent;
        term.bytes += (uint64_t)sent;
    }
}

/* Safe in a signal handler. */
static void
restore_raw(void)
{
    if (!term.open)
        return;
    send(term.restore, term.restore_len);
    (void)tcsetattr(STDIN_FILENO, TCSANOW,
                    &term.modes); /* nothing can be done about a failure here */
}

static void
on_fatal_signal(int signal_number)
{
    restore_raw();
    term.open = false;
    (void)signal(signal_number, SIG_DFL);
    (void)raise(signal_number);
}

/* Adds a capability without its padding marks ("$<5>"). */
static void
add_restore(const char *text)
{
    if (!text || text == (char *)-1)
        return;
    for (; *text && term.restore_len < sizeof term.restore; text++) {
        if (text[0] == '$' && text[1] == '<') {
            text = strchr(text, '>');
            if (!text)
                return;
            continue;
        }
        term.restore[term.restore_len++] = *text;
    }
}

static void
catch_fatal_signals(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
    static char stack[16384]; /* its own: the other one may be what is full */
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = on_fatal_signal,
                               .sa_flags = SA_ONSTACK | SA_RESETHAND};
    (void)sigaltstack(&alternate, NULL); /* without it the handler runs on the ordinary stack */
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        (void)sigaction(signals[i], &action, NULL); /* cannot fail for these */
}

static void
on_suspend(int signal_number)
{
    (void)signal_number;
}

/*
 * curses would ignore SIGTSTP while it draws, and the kernel forgets one that waits for our loop at that moment. It keeps
 * its hands off a signal that has a handler; ours never runs, as the loop has the signal blocked.
 */
static void
keep_suspending_ours(void)
{
    struct sigaction before, action = {.sa_handler = on_suspend};
    if (sigaction(SIGTSTP, NULL, &before) == 0 && before.sa_handler == SIG_DFL)
        (void)sigaction(SIGTSTP, &action, NULL); /* cannot fail */
}

/* What tells the terminal of modes that curses does not know. */
static void
enter_modes(void)
{
    if (term.titles)
        send(TITLE_PUSH, sizeof TITLE_PUSH - 1);
    send(PASTE_ON, sizeof PASTE_ON - 1);
    term.title[0] = '\0';
}

static void
leave_modes(void)
{
    send(term.restore + term.restore_rest, term.restore_len - term.restore_rest);
}

void
term_close(void)
{
    if (!term.open)
        return;
    (void)endwin(); /* fails when it was ended already */
    leave_modes();
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &term.modes); /* the terminal may be gone */
    term.open = false;
    delscreen(term.screen);
    (void)fclose(term.out); /* curses has written all, and not through its buffer */
    if (term.frame >= 0)
        (void)close(term.frame);
    memory_free(term.row);
    memory_free(term.row_flags);
    term.row = NULL;
    term.row_flags = NULL;
    str_finish(&term.pasted);
    canvas_finish(&term.shown);
}

/* ---- taking it ---- */

static bool
open_output(struct error *err)
{
    int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    term.out = fd < 0 ? NULL : fdopen(fd, "w");
    if (!term.out)
        return error_set(err, ERROR_FILE, "cannot write to the terminal: %s", strerror(errno));
    term.frame = memfd_create("frame", MFD_CLOEXEC); /* without it a frame is many writes */
    return true;
}

/* TERM as it is, then without what follows a dash or dot, then what almost everything understands. */
static SCREEN *
open_screen(struct error *err)
{
    const char *name = getenv("TERM");
    name = name && *name ? name : "unknown";
    char shorter[64];
    (void)snprintf(shorter, sizeof shorter, "%.*s", (int)strcspn(name, "-.+"),
                   name); /* may be cut */
    const char *const names[] = {name, shorter, "xterm", "vt100"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        SCREEN *screen = newterm(names[i], term.out, stdin);
        if (!screen)
            continue;
        const char *place_cursor = tigetstr("cup");
        if (!place_cursor || place_cursor == (char *)-1) {
            (void)endwin(); /* nothing was drawn yet */
            delscreen(screen);
            (void)error_set(err, ERROR_USAGE,
                            "terminal '%s' cannot place its cursor; 'tocsin --plain' does "
                            "without",
                            names[i]);
            return NULL;
        }
        if (i > 0 && strcmp(names[i], name) != 0)
            (void)snprintf(term.notice, sizeof term.notice,
                           "terminal '%.60s' is unknown here: taken for %.40s", name, names[i]);
        return screen;
    }
    (void)error_set(err, ERROR_USAGE,
                    "cannot draw on terminal '%s': neither it nor xterm nor vt100 is in the "
                    "terminal database; install ncurses-base or set TERM",
                    name);
    return NULL;
}

static void
set_roles(const struct theme *theme)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        struct shade shade = theme_shade(theme, (enum role)role, term.colours ? COLORS : 0);
        unsigned attributes = shade.attributes;
        attr_t value = A_NORMAL;
        value |= attributes & ATTRIBUTE_BOLD ? A_BOLD : A_NORMAL;
        value |= attributes & ATTRIBUTE_DIM ? A_DIM : A_NORMAL;
        value |= attributes & ATTRIBUTE_UNDERLINE ? A_UNDERLINE : A_NORMAL;
        value |= attributes & ATTRIBUTE_REVERSE ? A_REVERSE : A_NORMAL;
        term.attributes[role] = value;
        term.pairs[role] = 0;
        /* Plain text has a pair as well: going back to it costs a colour, not a reset of everything. */
        if (term.colours && role + 1 < COLOR_PAIRS &&
            init_extended_pair(role + 1, shade.colour, -1) == OK)
            term.pairs[role] = (short)(role + 1);
    }
}

static void
set_lines(void)
{
    for (unsigned bits = 0; bits < 16; bits++) {
        bool vertical = bits & (LINE_UP | LINE_DOWN), horizontal = bits & (LINE_LEFT | LINE_RIGHT);
        wchar_t character[2] = {0};
        character[0] = vertical && horizontal ? L'+' : vertical ? L'|' : L'-';
        (void)setcchar(&term.lines[bits], character, A_NORMAL, 0, NULL); /* plain ASCII */
    }
    if (term.glyphs == GLYPHS_ASCII)
        return;
    const cchar_t *drawn[16] = {
        [LINE_LEFT] = WACS_HLINE,
        [LINE_RIGHT] = WACS_HLINE,
        [LINE_LEFT | LINE_RIGHT] = WACS_HLINE,
        [LINE_UP] = WACS_VLINE,
        [LINE_DOWN] = WACS_VLINE,
        [LINE_UP | LINE_DOWN] = WACS_VLINE,
        [LINE_DOWN | LINE_RIGHT] = WACS_ULCORNER,
        [LINE_DOWN | LINE_LEFT] = WACS_URCORNER,
        [LINE_UP | LINE_RIGHT] = WACS_LLCORNER,
        [LINE_UP | LINE_LEFT] = WACS_LRCORNER,
        [LINE_UP | LINE_DOWN | LINE_RIGHT] = WACS_LTEE,
        [LINE_UP | LINE_DOWN | LINE_LEFT] = WACS_RTEE,
        [LINE_LEFT | LINE_RIGHT | LINE_DOWN] = WACS_TTEE,
        [LINE_LEFT | LINE_RIGHT | LINE_UP] = WACS_BTEE,
        [LINE_UP | LINE_DOWN | LINE_LEFT | LINE_RIGHT] = WACS_PLUS,
    };
    for (int bits = 0; bits < 16; bits++)
        if (drawn[bits])
            term.lines[bits] = *drawn[bits];
}

static bool
wants_colour(const char *color)
{
    const char *no_color = getenv("NO_COLOR");
    if (color && strcmp(color, "never") == 0)
        return false;
    if (color && strcmp(color, "always") == 0)
        return has_colors();
    return has_colors() && !(no_color && *no_color);
}

void
term_set_theme(const struct theme *theme)
{
    set_roles(theme);
    term_repaint();
}

bool
term_open(const struct term_options *options, struct error *err)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return error_set(err, ERROR_USAGE,
                         "the console needs a terminal for input and output; 'tocsin --plain' does "
                         "without");
    term.utf8 = text_use_locale();
    term.glyphs = options->glyphs && strcmp(options->glyphs, "ascii") == 0 ? GLYPHS_ASCII
                  : term.utf8                                              ? GLYPHS_RICH
                                                                           : GLYPHS_ASCII;
    term.notice[0] = '\0';
    if (tcgetattr(STDIN_FILENO, &term.modes) != 0)
        return error_set(err, ERROR_FILE, "cannot read the terminal's modes: %s", strerror(errno));

    (void)set_escdelay(ESC_DELAY_MS); /* cannot fail for a positive number */
    keep_suspending_ours();
    if (!open_output(err))
        return false;
    term.screen = open_screen(err);
    if (!term.screen)
        return false;
    term.titles = tigetflag("XT") > 0;
    term.restore_len = 0;
    add_restore(exit_attribute_mode);
    add_restore(keypad_local);
    add_restore(exit_ca_mode);
    term.restore_rest = term.restore_len;
    /* Only now: some terminals give back the cursor with the screen, hidden if curses saved it while it scrolled. */
    add_restore(cursor_normal);
    add_restore(PASTE_OFF);
    if (term.titles)
        add_restore(TITLE_POP);
    term.hyperlinks = options->hyperlinks && term.utf8;
    if (options->mouse)
        add_restore(MOUSE_OFF);
    static bool at_exit;
    if (!at_exit)
        at_exit = atexit(term_close) == 0;
    memory_on_exhaustion(restore_raw);
    catch_fatal_signals();
    term.open = true;

    /* None of these fails once the screen is there, or there is nothing better to do if it does. */
    (void)raw(); /* a signal from the terminal would answer to what is pasted, too */
    (void)noecho();
    (void)nonl();
    (void)curs_set(0);
    term.cursor_row = -1;
    (void)keypad(stdscr, TRUE);
    (void)nodelay(stdscr, TRUE);
    (void)leaveok(stdscr, TRUE);
    (void)typeahead(-1); /* all waiting keys were read: a frame is drawn to its end */
    (void)define_key("\033[200~", KEY_PASTE_BEGIN);
    (void)define_key("\033[201~", KEY_PASTE_END);
    if (options->mouse) {
        (void)mouseinterval(0); /* a press is a click: no waiting for a second one */
        (void)mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    }
    term.colours = wants_colour(options->color) && start_color() == OK;
    if (term.colours)
        (void)use_default_colors();
    set_roles(options->theme);
    set_lines();
    enter_modes();
    term.all = true;
    return true;
}

const char *
term_notice(void)
{
    return term.notice;
}

enum glyph_set
term_glyphs(void)
{
    return term.glyphs;
}

int
term_fd(void)
{
    return STDIN_FILENO;
}

bool
term_alive(void)
{
    struct termios modes;
    struct pollfd state = {.fd = STDIN_FILENO, .events = POLLIN};
    if (tcgetattr(STDIN_FILENO, &modes) != 0)
        return false;
    return poll(&state, 1, 0) <= 0 || !(state.revents & (POLLHUP | POLLERR | POLLNVAL));
}

void
term_size(int *rows, int *cols)
{
    struct winsize size;
    *rows = LINES;
    *cols = COLS;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || !size.ws_row || !size.ws_col)
        return;
    if (size.ws_row != LINES || size.ws_col != COLS) {
        (void)resize_term(size.ws_row, size.ws_col); /* on failure the old size stays */
        term_repaint();
    }
    *rows = LINES;
    *cols = COLS;
}

/* ---- keys ---- */

static const struct {
    int code;
    const char *name;
} named_keys[] = {
#define X(code, name) {code, name},
    KEYS(X)
#undef X
};

/* "" for a key without a name. */
static void
name_key(bool is_special, wint_t c, char key[KEY_NAME_SIZE])
{
    key[0] = '\0';
    for (size_t i = 0; i < sizeof named_keys / sizeof *named_keys; i++)
        if (named_keys[i].code == (int)c && is_special == (named_keys[i].code >= KEY_MIN)) {
            (void)snprintf(key, KEY_NAME_SIZE, "%s", named_keys[i].name); /* fits */
            return;
        }
    if (is_special)
        return;
    if (c < 32)
        (void)snprintf(key, KEY_NAME_SIZE, "Ctrl-%c", (char)(c + 64)); /* fits */
    else if (snprintf(key, KEY_NAME_SIZE, "%lc", c) < 0) /* not a character of the locale */
        key[0] = '\0';
}

/* False for what is neither a click nor the wheel. */
static bool
take_mouse(void)
{
    MEVENT event;
    if (getmouse(&event) != OK)
        return false;
    term.mouse = (struct mouse_event){.row = event.y, .col = event.x};
    if (event.bstate & BUTTON4_PRESSED)
        term.mouse.kind = MOUSE_WHEEL_UP;
    else if (event.bstate & BUTTON5_PRESSED)
        term.mouse.kind = MOUSE_WHEEL_DOWN;
    else if (event.bstate & BUTTON1_PRESSED)
        term.mouse.kind = MOUSE_CLICK;
    else
        return false;
    return true;
}

struct mouse_event
term_mouse(void)
{
    return term.mouse;
}

/* The keys that the terminal itself would answer with a signal, as they are set: typed they are one, pasted they are not. */
static bool
take_signal_key(wint_t c)
{
    const cc_t *keys = term.modes.c_cc;
    if (c == _POSIX_VDISABLE)
        return false;
    if (c == keys[VINTR])
        (void)kill(getpid(), SIGINT); /* none of these can fail */
    else if (c == keys[VQUIT])
        (void)kill(getpid(), SIGQUIT);
    else if (c == keys[VSUSP])
        (void)kill(
            0, SIGTSTP); /* with whoever started us, or that would wait for us in the foreground */
    else
        return false;
    return true;
}

bool
term_read_key(char key[KEY_NAME_SIZE])
{
    wint_t c;
    for (;;) {
        int result = wget_wch(stdscr, &c);
        if (result == ERR)
            return false;
        if (result == KEY_CODE_YES && c == KEY_PASTE_BEGIN) {
            term.pasting = true;
            str_clear(&term.pasted);
            continue;
        }
        if (result == KEY_CODE_YES && c == KEY_PASTE_END) {
            term.pasting = false;
            (void)snprintf(key, KEY_NAME_SIZE, "%s", KEY_PASTE); /* fits */
            return true;
        }
        if (term.pasting) {
            if (result != KEY_CODE_YES && term.pasted.len < PASTE_MAX)
                str_printf(&term.pasted, "%lc", c);
            continue;
        }
        if (result == KEY_CODE_YES && c == KEY_MOUSE) {
            if (!take_mouse())
                continue;
            (void)snprintf(key, KEY_NAME_SIZE, "%s", KEY_CLICK); /* fits */
            return true;
        }
        if (result != KEY_CODE_YES && take_signal_key(c))
            continue;
        name_key(result == KEY_CODE_YES, c, key);
        if (*key)
            return true;
    }
}

bool
term_key_waits(void)
{
    struct pollfd state = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&state, 1, 0) > 0;
}

const char *
term_pasted(void)
{
    return str_text(&term.pasted);
}

/* ---- drawing ---- */

static void
make_cell(const struct canvas_cell *cell, cchar_t *out)
{
    wchar_t text[CCHARW_MAX + 1] = {L' '};
    int role = cell->role;
    /* The cursor's bar is of one colour; only how severe a row is stays to be seen in it. */
    if (cell->flags & CANVAS_REVERSE && (role < ROLE_SEVERITY_1 || role > ROLE_SEVERITY_4))
        role = ROLE_TEXT;
    attr_t attributes = term.attributes[role];
    short pair = term.pairs[role];

    if (cell->flags & CANVAS_REVERSE)
        attributes |= A_REVERSE;
    if (cell->flags & CANVAS_DIM)
        attributes |= A_DIM;
    if (cell->flags & CANVAS_BOLD)
        attributes |= A_BOLD;
    if (cell->line) {
        attr_t line_attributes;
        short line_pair;
        (void)getcchar(&term.lines[cell->line], text, &line_attributes, &line_pair, NULL);
        attributes |= line_attributes;
    } else if (*cell->text && (unsigned char)*cell->text < 0x80) {
        text[0] = (wchar_t)*cell->text;
        if (cell->text[1] && term.utf8)
            (void)mbstowcs(text, cell->text, CCHARW_MAX); /* valid UTF-8 by construction */
    } else if (*cell->text && term.utf8) {
        if (mbstowcs(text, cell->text, CCHARW_MAX) == (size_t)-1)
            text[0] = L'?';
    } else if (*cell->text) {
        text[0] = L'?'; /* the locale has no way to write it */
    }
    if (setcchar(out, text, attributes, pair, NULL) != OK) {
        wchar_t unknown[2] = {L'?', 0};
        (void)setcchar(out, unknown, attributes, pair, NULL); /* cannot fail */
    }
}

static bool
is_plain_blank(const struct canvas_cell *cell)
{
    return !cell->line && !cell->flags && (!*cell->text || (*cell->text == ' ' && !cell->text[1]));
}

/* A longer gap is jumped over rather than written. */
enum { GAP_MAX = 6 };

struct gap {
    int to; /* the first column behind it */
    bool
        keeps_look; /* its blanks take on the look of what stands before them, and nobody sees it */
};

/* To change the look and to change it back takes thirty bytes. */
static struct gap
find_gap(const struct canvas *canvas, int row, int from)
{
    const struct canvas_cell *cell = canvas_at(canvas, row, from), *before = cell - 1;
    int col = from;
    for (; col < canvas->cols && is_plain_blank(cell); cell++)
        col++;
    return (struct gap){
        .to = col,
        .keeps_look = from > 0 && col < canvas->cols && col - from <= GAP_MAX &&
                      !(before->flags & (CANVAS_REVERSE | CANVAS_DIM)) &&
                      !(term.attributes[before->role] & (A_REVERSE | A_UNDERLINE)),
    };
}

static void
draw_row(const struct canvas *canvas, int row)
{
    struct canvas_cell last = {0};
    struct gap gap = {0};
    int len = 0;
    for (int col = 0; col < canvas->cols; col++) {
        const struct canvas_cell *cell = canvas_at(canvas, row, col);
        if (cell->flags & CANVAS_TAIL && term.utf8)
            continue; /* curses knows that it is wide */
        if (col >= gap.to && is_plain_blank(cell))
            gap = find_gap(canvas, row, col);
        struct canvas_cell drawn = *cell;
        if (col < gap.to && gap.keeps_look) {
            drawn.role = last.role;
            drawn.flags = last.flags;
        }
        if (len > 0 && memcmp(&drawn, &last, sizeof drawn) == 0)
            term.row[len] = term.row[len - 1]; /* blanks and lines, mostly */
        else
            make_cell(&drawn, &term.row[len]);
        last = drawn;
        len++;
    }
    (void)mvadd_wchnstr(row, 0, term.row, len); /* cannot fail on the screen */
}

/*
 * curses writes to the terminal at every movement of the cursor, a hundred times a frame. In a file first, a frame is one
 * write: it appears at once, travels in as few packets as can be, and nobody waiting on the other side wakes for a part.
 */
static void
send_frame(void)
{
    static char bytes[32768];
    int fd = fileno(term.out);
    if (term.frame < 0 || dup3(term.frame, fd, O_CLOEXEC) < 0) {
        (void)refresh(); /* fails only when the terminal is gone, which the loop notices */
        return;
    }
    (void)refresh(); /* fails only for want of memory: what was made of the frame is sent */
    (void)dup3(STDOUT_FILENO, fd, O_CLOEXEC); /* both are open: cannot fail */
    off_t end = lseek(term.frame, 0, SEEK_CUR);
    for (off_t at = 0; at < end;) {
        size_t want = end - at < (off_t)sizeof bytes ? (size_t)(end - at) : sizeof bytes;
        ssize_t got = pread(term.frame, bytes, want, at);
        if (got <= 0)
            break; /* it is memory: cannot be */
        send(bytes, (size_t)got);
        at += got;
    }
    (void)lseek(term.frame, 0, SEEK_SET);
}

/* Shown where text is being typed, for the eye and for screen readers. */
static void
show_cursor(const struct canvas *canvas)
{
    bool shown = canvas->cursor_row >= 0;
    if (shown != (term.cursor_row >= 0))
        (void)curs_set(shown);     /* a terminal that cannot hide it shows it */
    (void)leaveok(stdscr, !shown); /* hidden, it may stay wherever the last change left it */
    term.cursor_row = canvas->cursor_row;
    term.cursor_col = canvas->cursor_col;
    if (shown)
        (void)move(term.cursor_row, term.cursor_col); /* cannot fail on the screen */
}

/* Attributes and colour of a cell, as the terminal's own sequences. */
static void
append_look(struct str *out, const struct canvas_cell *cell)
{
    attr_t attributes = term.attributes[cell->role];
    int colour = -1, background;
    char *set_colour = tigetstr("setaf");
    str_append(out, "\033[0");
    if (attributes & A_BOLD || cell->flags & CANVAS_BOLD)
        str_append(out, ";1");
    if (attributes & A_DIM || cell->flags & CANVAS_DIM)
        str_append(out, ";2");
    if (attributes & A_UNDERLINE)
        str_append(out, ";4");
    if (attributes & A_REVERSE || cell->flags & CANVAS_REVERSE)
        str_append(out, ";7");
    str_append(out, "m");
    if (term.pairs[cell->role] &&
        extended_pair_content(term.pairs[cell->role], &colour, &background) == OK && colour >= 0 &&
        set_colour && set_colour != (char *)-1)
        str_append(out, tiparm(set_colour, colour));
}

/*
 * curses has no word for links: the rows that were drawn get theirs behind it, the same text at the same place, and the
 * terminal's cursor and look are given back as curses left them: plain, as it does after each frame. (Saving them
 * in the terminal would take the place where it keeps those of the screen before us.)
 */
static void
send_links(const struct canvas *canvas)
{
    struct str out;
    str_init(&out, 0);
    for (size_t i = 0; term.hyperlinks && i < canvas->links_len; i++) {
        const struct canvas_link *link = &canvas->links[i];
        const struct canvas_cell *cells = canvas_at(canvas, link->row, link->col);
        if (!(term.row_flags[link->row] & ROW_DRAWN))
            continue;
        term.row_flags[link->row] |= ROW_LINKED;
        str_printf(&out, "\033[%d;%dH", link->row + 1, link->col + 1);
        append_look(&out, cells);
        str_printf(&out, "\033]8;;%s\033\\", link->url);
        for (int col = 0; col < link->cols; col++)
            if (!(cells[col].flags & CANVAS_TAIL))
                str_append(&out, *cells[col].text ? cells[col].text : " ");
        str_append(&out, "\033]8;;\033\\");
    }
    for (int row = 0; row < canvas->rows; row++)
        term.row_flags[row] &= (uint8_t)~ROW_DRAWN;
    if (out.len) {
        int row, col; /* where curses left the cursor; negative = it does not know either */
        getyx(curscr, row, col);
        str_append(&out, "\033[0m");
        if (row >= 0 && col >= 0)
            str_printf(&out, "\033[%d;%dH", row + 1, col + 1);
    }
    send(str_text(&out), out.len);
    str_finish(&out);
}

void
term_draw(const struct canvas *canvas)
{
    bool resized = term.shown.rows != canvas->rows || term.shown.cols != canvas->cols;
    bool all = term.all || resized;
    bool changed = all;
    if (term.all)
        (void)clearok(stdscr, TRUE);
    term.all = false;
    if (resized) {
        canvas_init(&term.shown, canvas->rows, canvas->cols);
        memory_free(term.row);
        memory_free(term.row_flags);
        term.row_flags = memory_alloc((size_t)canvas->rows + 1);
        term.row = memory_alloc((size_t)canvas->cols * sizeof *term.row);
    }

    for (int row = 0; row < canvas->rows; row++) {
        if (!all && canvas_row_equals(canvas, &term.shown, row))
            continue;
        draw_row(canvas, row);
        if (term.row_flags[row] &
            ROW_LINKED) /* its cells forget where they led only when sent anew */
            (void)wredrawln(stdscr, row, 1); /* the row is on the screen: cannot fail */
        term.row_flags[row] = ROW_DRAWN;
        memcpy(canvas_at(&term.shown, row, 0), canvas_at(canvas, row, 0),
               (size_t)canvas->cols * sizeof(struct canvas_cell));
        changed = true;
    }
    if (changed || canvas->cursor_row != term.cursor_row || canvas->cursor_col != term.cursor_col) {
        show_cursor(canvas);
        send_frame();
        send_links(canvas);
    }
}

const struct canvas *
term_shown(void)
{
    return &term.shown;
}

uint64_t
term_bytes(void)
{
    return term.bytes;
}

void
term_repaint(void)
{
    term.all = true;
}

void
term_title(const char *text)
{
    char sequence[160];
    if (!term.titles || strcmp(text, term.title) == 0)
        return;
    (void)snprintf(term.title, sizeof term.title, "%s", text); /* a long title may be cut */
    int len = snprintf(sequence, sizeof sequence, "\033]2;%s\a", term.title);
    send(sequence, (size_t)len);
}

void
term_bell(void)
{
    send("\a", 1);
}

void
term_send_osc(const char *body)
{
    struct str out;
    str_init(&out, 0);
    if (osc_append(&out, multiplexer_of(getenv("TMUX"), getenv("TERM")), body))
        send(str_text(&out), out.len);
    str_finish(&out);
}

void
term_give(void)
{
    (void)endwin();
    leave_modes();
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &term.modes); /* whoever takes it sets its own anyway */
}

void
term_take(void)
{
    enter_modes();
    term_repaint();
    (void)refresh();
}

void
term_suspend(void)
{
    term_give();
    (void)raise(SIGSTOP); /* returns once we are continued */
    term_take();
}

const char *
term_library(void)
{
    return curses_version();
}
