/* Tests that evaluate expressions are their own helper, as tocsin-hub is: before main, which belongs to the test. */

#include <unistd.h>

#include "expr/worker.h"

__attribute__((constructor)) static void
become_helper(int argc, char **argv)
{
    if (worker_is_helper(argc, argv))
        _exit(worker_help());
}
