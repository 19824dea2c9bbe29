#pragma once

/* Programs of ours that run, found by what their environment says: whoever was started below a test's directory. */

#include <stdbool.h>
#include <sys/types.h>

/* Running processes of the program `name` ("" = any) whose environment holds `text`; at most `max` of them go into pids. */
int processes_find(const char *name, const char *text, pid_t *pids, int max);

/* Waits until there are exactly `count`; fails the test when that takes a minute. */
void processes_expect(const char *name, const char *text, int count);

/* Children of a process that have not ended. */
int processes_children(pid_t parent, pid_t *pids, int max);

/* A process that kills another one (SIGKILL) after a while, and ends; the caller waits for it. */
pid_t process_kill_later(pid_t victim, unsigned delay_us);
