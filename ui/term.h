#pragma once

/*
 * The terminal: the only file with curses. There is one terminal, so there is no handle. Whatever way the program ends
 * (return, exit, signal, crash, out of memory), the terminal is as it was: modes, screen, cursor, title, paste mode.
 */

#include "base/error.h"
#include "ui/canvas.h"
#include "ui/keymap.h"
#include "ui/theme.h"

struct term_options {
    const struct theme *theme;
    const char *color; /* "auto", "always", "never"; NO_COLOR counts for auto. "" or NULL = auto */
    const char *
        glyphs; /* "auto", "ascii", "rich": auto is rich where the locale is UTF-8. "" or NULL = auto */
    bool mouse; /* clicks and the wheel are reported */
    bool
        hyperlinks; /* what leads somewhere is told to the terminal (OSC 8): nobody knows from TERM whether it can */
};

/* ERROR_USAGE when standard input or output is no terminal. */
MUST_CHECK bool term_open(const struct term_options *options, struct error *err);
void term_close(void);

/* Other colours from the next draw on. */
void term_set_theme(const struct theme *theme);

/* What to say once about the terminal ("terminal 'x' is unknown here: taken for xterm"), "" = nothing. */
const char *term_notice(void);
enum glyph_set term_glyphs(void);

int term_fd(void);
/* False when the terminal is gone: hung up, or its input ended. */
bool term_alive(void);
void term_size(int *rows, int *cols);

/* The next key that waits, by its name (ui/keymap.h); false when none does. KEY_PASTE: term_pasted has the text. */
bool term_read_key(char key[KEY_NAME_SIZE]);
/* Has a key come that was not read yet? */
bool term_key_waits(void);
/* Never keys, whatever is in it; its first 64 KB. Outside text: clean it. Until the next key is read. */
const char *term_pasted(void);

/* What KEY_CLICK was, until the next key is read. */
enum mouse_kind { MOUSE_CLICK, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };
struct mouse_event {
    enum mouse_kind kind;
    int row, col;
};
struct mouse_event term_mouse(void);

/* Shows the canvas: sends what differs from the last one. */
void term_draw(const struct canvas *canvas);
/* What the last draw left on the screen. */
const struct canvas *term_shown(void);
/* Sent so far. */
uint64_t term_bytes(void);
/* The size changed, or the screen was garbled: the next draw sends everything. */
void term_repaint(void);
void term_title(const char *text);
void term_bell(void);
/* An operating system command (ui/osc.h), wrapped for the multiplexer there is; one with control characters is not sent. */
void term_send_osc(const char *body);

/* Gives the terminal to another program, as it was before us; takes it again. Nothing is drawn between the two. */
void term_give(void);
void term_take(void);
/* Ctrl-Z: gives the terminal back, stops, and takes it again once continued. */
void term_suspend(void);

/* "ncurses 6.4.20221231" */
const char *term_library(void);
