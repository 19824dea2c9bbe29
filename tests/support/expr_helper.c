/* Tests that evaluate expressions are their own helper, as tocsin-hub is: before main, which belongs to the test. */

#include "tests/support/expr_helper.h"

#include <stdio.h>
#include <unistd.h>

#include "expr/worker.h"

const char *
expr_helper_stand_in(pid_t of, char path[EXPR_HELPER_PATH_SIZE])
{
    (void)snprintf(path, EXPR_HELPER_PATH_SIZE, "/tmp/tocsin-test-helper-%d", (int)of); /* fits */
    return path;
}

__attribute__((constructor)) static void
become_helper(int argc, char **argv)
{
    char path[EXPR_HELPER_PATH_SIZE];
    if (!worker_is_helper(argc, argv))
        return;
    (void)execl(expr_helper_stand_in(getppid(), path), "helper", NULL); /* mostly there is none */
    _exit(worker_help());
}
