#pragma once

/* `tocsin hub audit [ID]`: who changed what over the API, newest first. */

#include "cli/command.h"
#include "store/store.h"

/* object_id "" = of every object. */
MUST_CHECK bool hub_audit_print(struct cli *cli, struct store *store, const char *object_id,
                                struct error *err);
