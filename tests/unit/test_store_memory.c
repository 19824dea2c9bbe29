#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "store/memory.h"

enum { PIECES = 300, TURNS = 60000, LARGEST = 3000 };

static uint32_t state = 1;

static int
below(int limit)
{
    state = state * 1664525u + 1013904223u;
    return (int)(state >> 8) % limit;
}

static void
expect_filled(const unsigned char *piece, int size, int with)
{
    for (int i = 0; i < size; i++)
        assert_int_equal(piece[i], with & 0xff);
}

/* A piece that overlapped another, or moved without what it held, would hold what was written to the other. */
static void
pieces_of_all_sizes_keep_what_is_in_them(void **unused)
{
    static unsigned char *pieces[PIECES];
    static int sizes[PIECES];
    (void)unused;
    for (int turn = 0; turn < TURNS; turn++) {
        int i = below(PIECES), size = 1 + below(below(4) ? 200 : LARGEST);
        expect_filled(pieces[i], sizes[i], i);
        if (below(3) == 0) {
            sqlite3_free(pieces[i]);
            pieces[i] = NULL;
            sizes[i] = 0;
            continue;
        }
        int kept = size < sizes[i] ? size : sizes[i];
        pieces[i] = sqlite3_realloc(pieces[i], size);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % 8, 0);
        assert_true(sqlite3_msize(pieces[i]) >= (sqlite3_uint64)size);
        expect_filled(pieces[i], kept, i);
        memset(pieces[i], i & 0xff, (size_t)size);
        sizes[i] = size;
    }
    for (int i = 0; i < PIECES; i++) {
        expect_filled(pieces[i], sizes[i], i);
        sqlite3_free(pieces[i]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_of_all_sizes_keep_what_is_in_them),
    };
    store_memory_use();
    return cmocka_run_group_tests_name("memory for SQLite", tests, NULL, NULL);
}
