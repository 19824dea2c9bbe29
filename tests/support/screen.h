#pragma once

/*
 * A program on a pseudo terminal, its output shown by a terminal emulator (libvterm), for tests and screenshots.
 * Nothing here sleeps: every wait ends when the screen is as asked, or at its deadline. Functions fail the running test,
 * with a picture of the screen, where they say so.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"

struct screen;

enum {
    SCREEN_PATIENCE_MS = 60000
}; /* how long the expecting functions wait: room for a loaded machine */

/*
 * Starts argv (argv[0] with a slash, or looked up in PATH) on a terminal of cols x rows, with our environment, TERM
 * xterm-256color, and `env` ("NAME=value", NULL-terminated; NULL = none) on top. Fails the test when it cannot.
 */
struct screen *screen_start(int cols, int rows, const char *const *argv, const char *const *env);

/* Types the key at which it ends, with status 0 and the terminal as it was; then screen_stop. Fails the test if it does not. */
void screen_leave(struct screen *screen, const char *key);

/* Kills the program if it still runs, reaps it, frees everything. NULL is allowed. */
void screen_stop(struct screen *screen);

pid_t screen_pid(const struct screen *screen);
int screen_cols(const struct screen *screen);
int screen_rows(const struct screen *screen);

/* Bytes as a keyboard sends them: "j", "\r", "\x1b[A". */
void screen_type(struct screen *screen, const char *keys);
/* Any bytes and any number of them: what the program writes meanwhile is taken in. */
void screen_send(struct screen *screen, const char *bytes, size_t len);

/* The terminal goes away, as when a connection breaks off. */
void screen_hang_up(struct screen *screen);

/* New size and SIGWINCH, as a terminal window does. */
void screen_resize(struct screen *screen, int cols, int rows);

/* ---- waiting: output is read only in here ---- */

/* Until holds(screen, context) is true. False at the deadline, or when the program ended and it still is not. */
bool screen_wait(struct screen *screen, bool (*holds)(struct screen *screen, void *context),
                 void *context, int64_t timeout_ms);

/* Until the text stands in one line; until it stands nowhere; until an extended regular expression matches a line; until it
 * matches none. They fail the test at SCREEN_PATIENCE_MS. */
void screen_expect(struct screen *screen, const char *text);
void screen_expect_gone(struct screen *screen, const char *text);
void screen_expect_match(struct screen *screen, const char *regex);
void screen_expect_no_match(struct screen *screen, const char *regex);

/* Takes in what the program writes until it has read what was typed, sleeps, and has written nothing for quiet_ms. Fails at
 * SCREEN_PATIENCE_MS. What shows that a key was answered, if anything does, is better waited for. */
void screen_settle(struct screen *screen, int64_t quiet_ms);

/* Waits for the program's end. Returns its exit status, or 128 + signal. Fails at SCREEN_PATIENCE_MS. */
int screen_expect_exit(struct screen *screen);

/* Fails unless the terminal is as it was: main screen, visible cursor, no mouse, the line settings of the start. */
void screen_expect_restored(struct screen *screen);

/* ---- looking ---- */

struct screen_cell {
    char text[32]; /* UTF-8; " " when empty; "" for the right half of a wide character */
    int width;
    bool bold, underline, italic, reverse;
    int32_t foreground, background; /* 0xRRGGBB; -1 = the terminal's own */
};
struct screen_cell screen_cell(const struct screen *screen, int row, int col);

/* One line without trailing spaces; all lines, each ended by a line feed. */
const char *screen_line(const struct screen *screen, int row, struct arena *arena);
const char *screen_text(const struct screen *screen, struct arena *arena);

/* First place of text in one line, from the top. row and col may be NULL. */
bool screen_find(const struct screen *screen, const char *text, int *row, int *col);
bool screen_has_match(const struct screen *screen, const char *regex);

void screen_cursor(const struct screen *screen, int *row, int *col, bool *visible);

/* Bytes the program has written so far, as far as they were read: subtract an earlier value for a span. */
uint64_t screen_bytes(const struct screen *screen);

/* Keeps every byte from now on; what is kept, until the screen is stopped. */
void screen_record(struct screen *screen);
const char *screen_recorded(const struct screen *screen, size_t *len);
