#pragma once

/* What `tocsin rules` does besides checking, each to its exit status. */

#include "cli/command.h"
#include "config/hub_file.h"

/* source_name NULL: the file's first. paths: files with one payload each, "-" = standard input; NULL-terminated. */
int rules_test(struct cli *cli, const struct hub_file *file, const char *source_name,
               const char *const *paths);

/* since NULL: 30 days. data NULL: the user's own directory. */
int rules_replay(struct cli *cli, const struct hub_file *file, const char *since, const char *data);
