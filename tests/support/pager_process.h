#pragma once

/* A pager in a process of its own, which outlives hubs: it writes down each page that a webhook brings before it answers. */

#include <stdio.h>

#include "hub/hub.h"
#include "tests/support/scripted_server.h"

struct pager_process {
    int pid;
    char url[64];
};

/*
 * `listen` (NULL = it hears everything) is asked first, in the pager's process, how the page is answered, and whether it is
 * heard at all.
 */
void pager_process_start(struct pager_process *pager, const char *heard_path,
                         bool (*listen)(struct scripted_answer *answer));
void pager_process_stop(struct pager_process *pager);

/* Has the hub page everybody there: for `fill`, in each of its lives. */
void hub_page_by(struct hub *hub, const struct pager_process *pager, struct arena *arena);

/* A line of what was heard. */
struct heard_page {
    char id[128], type[64], escalation_id[64], title[200];
    bool is_repeated; /* as the page itself says */
};
bool heard_page_read(FILE *heard, struct heard_page *page);
