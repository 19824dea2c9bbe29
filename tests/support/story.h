#pragma once

/*
 * The demo's hub, standing still, with who sends it alerts, a colleague who writes past the console, somebody else who reads
 * back, and the hub's own account of who wrote what. One at a time.
 */

#include "base/arena.h"
#include "tests/support/demo.h"

#define STORY_ME "Inés Caballero" /* whose the demo's editor key is */
#define STORY_COLLEAGUE "Ciarán Doyle"

extern struct demo story_demo;
extern struct arena story_arena; /* what is returned lives here, until story_stop */

void story_start(void);
void story_stop(void);

/* Reads with a key of its own; fails the test unless it is there. */
const char *story_get(const char *path);
/* A text in the answer: "incident.name", "alerts.0.id"; "" = there is none. */
const char *story_text(const char *path, const char *at);
/* Until it is so; "" = until it is anything. Returns it. */
const char *story_wait(const char *path, const char *at, const char *value);
void story_expect_text(const char *path, const char *at, const char *value);
/* The part is there, and not twice. */
void story_expect_once(const char *path, const char *part);

/* An event as a sender would send it, of the alert with this title, which pages and opens no incident by itself. */
void story_send_event(const char *title, const char *status);
/* Such an alert; its id. */
const char *story_fire(const char *title);

/* A key of the colleague's, and what is written with it. */
const char *story_colleague_key(const struct home *home);
const char *story_write_as(const char *key, const char *path, const char *body);

/* The program's output, with the environment of `home`. */
const char *story_said_by(const struct home *home, const char *const *arguments);
/* Requests that wrote something, and who sent them, oldest first, one a line: "NAME: REQUEST". */
const char *story_audit(const struct home *home);
