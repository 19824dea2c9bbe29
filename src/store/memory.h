#pragma once

/*
 * SQLite's memory. Preparing the statements of one screen takes 30,000 small blocks and gives most of them back at once;
 * Debian builds the library without its own answer to that (lookaside). Blocks of up to 1 KB come from chunks and go back
 * to a list of their size; they are reused, never returned to the system, so a process keeps what it once needed.
 */

/* Before the library's first use; without it SQLite takes the C library's. No process has threads: there are no locks. */
void store_memory_install(void);
