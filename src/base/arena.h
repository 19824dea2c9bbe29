#pragma once

/*
 * Memory that is freed all at once. Everything decoded or queried lives in an arena, so most functions need no
 * cleanup. A zeroed struct is a valid empty arena. Out of memory ends the program (see memory_on_exhaustion).
 */

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *newest;
    size_t used_bytes; /* what callers asked for since the last reset */
};

/* Zeroed memory, aligned for any type; lives until arena_reset or arena_finish. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_alloc_array(struct arena *arena, size_t count, size_t item_size);
#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define arena_new_array(arena, count, type)                                                        \
    ((type *)arena_alloc_array((arena), (count), sizeof(type)))

/* A NUL-terminated copy. NULL is copied as "". */
char *arena_text(struct arena *arena, const char *text);
char *arena_text_len(struct arena *arena, const char *text, size_t len);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Forgets all allocations, keeps one block for reuse. */
void arena_reset(struct arena *arena);
void arena_finish(struct arena *arena);

/*
 * Heap memory for the few long-lived handles. Zeroed, never NULL. memory_free(NULL) is allowed.
 * These and the arena are the only callers of malloc in the project.
 */
void *memory_alloc(size_t size);
void *memory_resize(void *memory, size_t size);
void memory_free(void *memory);

/* Takes memory that will be wanted soon from the system at once: page by page, as it is touched, costs twice the time. */
void memory_prepare(size_t size);

/* Called before the program ends for want of memory: the console restores the terminal in it. */
void memory_on_exhaustion(void (*restore)(void));
