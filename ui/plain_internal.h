#pragma once

/*
 * Plain mode's state, for the files that share it: plain.c (from the store to tables, start, end), plain_print.c (what is
 * listed), plain_prompt.c (what is typed), plain_follow.c (what changes).
 */

#include "action/poller.h"
#include "base/loop.h"
#include "ui/plain.h"
#include "ui/reader.h"

#define PLAIN_LINE_MAX_BYTES 4096

struct numbered {
    int pane;
    char id[ITEM_ID_SIZE];
};

struct plain {
    const struct plain_options *options;
    struct loop *loop;
    struct reader *reader;
    struct arena arena, scratch;
    struct view_settings settings;
    struct view views[PANE_COUNT];
    struct layout layout;
    struct poller poller;

    /* Two of each: what is shown, and what the next is compared with. */
    struct snapshot snapshots[2];
    struct table tables[2][PANE_COUNT];
    struct arena table_arenas[2];
    int now;

    struct numbered *items; /* as they were last printed */
    size_t items_len;
    int pane; /* what was last asked for */
    struct detail detail;
    char line[PLAIN_LINE_MAX_BYTES];
    size_t line_len;

    bool told;        /* following: the first look is behind us */
    enum fresh fresh; /* as it was last said */
    int day;          /* of the last line */
    uint64_t timer;
    bool changed;
};

/* ---- plain.c ---- */

MUST_CHECK bool plain_load(struct plain *plain, struct error *err);
const struct snapshot *plain_snapshot(const struct plain *plain);
const char *plain_clock(const struct plain *plain, char out[MOMENT_SIZE]);
/* signal_number 0: the user leaves. */
void plain_stop(struct plain *plain, int signal_number);

/* ---- plain_print.c ---- */

void plain_print_summary(struct plain *plain);
void plain_print_all(struct plain *plain);
void plain_print_one(struct plain *plain, int pane);
/* at: a number of those printed last, from 1. */
void plain_open_item(struct plain *plain, size_t at);

/* ---- plain_prompt.c ---- */

void plain_prompt(const struct plain *plain);
void plain_on_input(void *context, int fd, int events);

/* ---- plain_follow.c ---- */

/* Reads anew and tells what changed; the first time what there is. */
void plain_look(struct plain *plain);
