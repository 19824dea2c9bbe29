#pragma once

/* What runs in the place of the helper for expressions: a program of this name, where a test has put one. */

#include <sys/types.h>

enum { EXPR_HELPER_PATH_SIZE = 64 };

/* The path of the stand-in for helpers of the process `of`. */
const char *expr_helper_stand_in(pid_t of, char path[EXPR_HELPER_PATH_SIZE]);
