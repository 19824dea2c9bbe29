#pragma once

/* What do and `list outbox` print of the outbox: a JSON object a line, or a table. */

#include "cli/command.h"
#include "store/outbox.h"

void outbox_print(struct cli *cli, const struct outbox_row *rows, size_t len);

/* list outbox: newest first, at most --limit. */
MUST_CHECK bool list_outbox(struct cli *cli, const struct profile *profile, struct error *err);
