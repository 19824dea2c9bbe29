#pragma once

/*
 * Where SQLite's memory comes from. It asks for a few thousand small pieces to prepare a statement and gives them back at
 * once; the C library's free list holds seven of a size, and the system's SQLite is built without its own. A size of up to
 * a kilobyte has a list of what was given back; the blocks behind are kept until the program ends. A program with a single
 * thread only (style 6).
 */

/* Before SQLite is used. Where memory is watched (sanitizers) every piece is the C library's. */
void store_memory_use(void);
