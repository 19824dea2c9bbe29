/*
 * Rows synced per second by `tocsin-sync sync --once`, the server's time excluded: CPU time of the process against that of
 * putting the same rows, decoded beforehand, into the same schema in the same commits. Its peak memory at one thousand
 * and one hundred thousand alerts. And what an unchanged poll writes.
 *
 * Usage: bench_sync PATH-OF-TOCSIN-SYNC [ALERTS]
 */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "store/cache.h"
#include "tests/support/bench_upstream.h"
#include "tests/support/store_objects.h"

enum {
    ROWS_A_COMMIT = 1000,
    INDEX_ROWS = 2000,
    RUNS = 3,
    SETTLE_S = 3,
    QUIET_MAX_S = 60,
    QUIET_REQUESTS = 40
};
#define LEAST_INTERVAL "0.1"

struct usage {
    double cpu_s, wall_s;
    long peak_kib;
    int status;
};

static double
seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static struct usage
run_child(pid_t pid, int64_t started_ms)
{
    struct rusage rusage;
    struct usage usage = {0};
    if (wait4(pid, &usage.status, 0, &rusage) != pid) {
        perror("wait4");
        exit(1);
    }
    usage.cpu_s = seconds_of(rusage.ru_utime) + seconds_of(rusage.ru_stime);
    usage.wall_s = (double)(clock_monotonic_ms() - started_ms) / 1000;
    usage.peak_kib = rusage.ru_maxrss;
    return usage;
}

static pid_t
start_sync(const char *program, const char *directory, const char *url, bool once)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    char config[4096];
    (void)snprintf(config, sizeof config, "%s/tocsin.conf", directory);
    FILE *file = fopen(config, "w");
    if (!file)
        _exit(127);
    (void)fprintf(
        file, "profile \"default\" {\n    url = \"%s\"\n    budget = 1.0\n    interval = %s\n}\n",
        url, once ? "1.0" : LEAST_INTERVAL);
    (void)fclose(file);
    (void)setenv("XDG_STATE_HOME", directory, 1);
    (void)setenv("XDG_CONFIG_HOME", directory, 1);
    (void)setenv("TOCSIN_API_KEY", "bench", 1);
    int out = open("/dev/null", O_WRONLY);
    (void)dup2(out, STDOUT_FILENO);
    (void)execl(program, program, "sync", "--config", config, once ? "--once" : (char *)NULL,
                (char *)NULL);
    _exit(127);
}

static struct usage
run_sync(const char *program, const char *directory, const char *url)
{
    int64_t started_ms = clock_monotonic_ms();
    return run_child(start_sync(program, directory, url, true), started_ms);
}

/* The floor: the same rows from memory. Decoding and the text of the alerts are outside of what is measured. */
static struct usage
run_floor(const char *path, int alerts)
{
    int ready[2];
    if (pipe(ready) != 0)
        exit(1);
    pid_t pid = fork();
    if (pid == 0) {
        struct arena arena = {0};
        struct error err = {0};
        struct store *store;
        int64_t now_ms = clock_now_ms();
        struct alert **rows = arena_new_array(&arena, (size_t)alerts, struct alert *);
        for (int n = 0; n < alerts; n++)
            rows[n] = bench_alert(&arena, n, alerts, now_ms);
        struct timespec from, to;
        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
        bool ok = store_open(&store, STORE_CACHE, path, STORE_WRITE, NULL, &err);
        cache_index_suspend(store);
        for (int n = 0; ok && n < alerts;) {
            ok = store_begin(store, &err);
            for (int end = n + ROWS_A_COMMIT; ok && n < end && n < alerts; n++)
                ok = cache_put(store, KIND_ALERT, rows[n], now_ms, NULL, &err);
            ok = ok && cache_index(store, &err) && store_commit(store, &err);
        }
        for (bool done = false; ok && !done;)
            ok = cache_index_resume(store, INDEX_ROWS, &done, &err);
        store_close(store);
        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
        double cpu_s =
            (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
        if (!ok)
            (void)fprintf(stderr, "%s\n", err.message);
        (void)!write(ready[1], &cpu_s, sizeof cpu_s);
        _exit(ok ? 0 : 1);
    }
    struct usage usage = run_child(pid, clock_monotonic_ms());
    if (read(ready[0], &usage.cpu_s, sizeof usage.cpu_s) != sizeof usage.cpu_s)
        usage.status = 1;
    (void)close(ready[0]);
    (void)close(ready[1]);
    return usage;
}

static void
check(const struct usage *usage, const char *what)
{
    if (WIFEXITED(usage->status) && WEXITSTATUS(usage->status) == 0)
        return;
    (void)fprintf(stderr, "bench_sync: %s failed (status %d)\n", what, usage->status);
    exit(1);
}

/* The only cache under the state directory. */
static const char *
find_cache(struct arena *arena, const char *directory)
{
    FILE *find = popen(arena_printf(arena, "find '%s' -name cache.db", directory), "r");
    char *path = arena_alloc(arena, 4096);
    if (!find || !fgets(path, 4096, find)) {
        (void)fprintf(stderr, "bench_sync: no cache.db under %s\n", directory);
        exit(1);
    }
    (void)pclose(find);
    path[strcspn(path, "\n")] = '\0';
    return path;
}

static int64_t
count_rows(const char *path)
{
    struct store *store;
    struct error err;
    int64_t count = -1;
    if (!store_open(&store, STORE_CACHE, path, STORE_READ, NULL, &err) ||
        !cache_count(store, KIND_ALERT, &count, &err))
        (void)fprintf(stderr, "%s\n", err.message);
    else
        store_close(store);
    return count;
}

static int
compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double
median(double *values, size_t len)
{
    qsort(values, len, sizeof *values, compare_doubles);
    return values[len / 2];
}

static void
bench_rate(const char *program, int alerts)
{
    double synced[RUNS], floor[RUNS], ratio[RUNS];
    for (int run = 0; run < RUNS; run++) {
        struct arena arena = {0};
        const char *directory = temporary_directory(&arena);
        struct bench_upstream upstream;
        bench_upstream_start(&upstream, alerts);
        struct usage sync = run_sync(program, directory, upstream.url);
        check(&sync, "sync --once");
        int64_t rows = count_rows(find_cache(&arena, directory));
        if (rows != alerts) {
            (void)fprintf(stderr, "bench_sync: %lld of %d rows arrived\n", (long long)rows, alerts);
            exit(1);
        }
        struct usage put = run_floor(arena_printf(&arena, "%s/floor.db", directory), alerts);
        check(&put, "the floor");
        synced[run] = alerts / sync.cpu_s;
        floor[run] = alerts / put.cpu_s;
        ratio[run] = put.cpu_s / sync.cpu_s;
        bench_upstream_stop(&upstream);
        temporary_directory_remove(directory);
        arena_finish(&arena);
    }
    (void)printf("%-52s %10.0f rows/s\n", "sync --once, its own time", median(synced, RUNS));
    (void)printf("%-52s %10.0f rows/s\n", "floor: the same rows put, same schema and commits",
                 median(floor, RUNS));
    (void)printf("%-52s %10.2f         goal >= 0.50\n", "ratio", median(ratio, RUNS));
}

static void
bench_memory(const char *program)
{
    long peak[2];
    const int sizes[2] = {1000, 100000};
    for (int i = 0; i < 2; i++) {
        struct arena arena = {0};
        const char *directory = temporary_directory(&arena);
        struct bench_upstream upstream;
        bench_upstream_start(&upstream, sizes[i]);
        struct usage sync = run_sync(program, directory, upstream.url);
        check(&sync, "sync --once");
        peak[i] = sync.peak_kib;
        bench_upstream_stop(&upstream);
        temporary_directory_remove(directory);
        arena_finish(&arena);
        (void)printf("sync --once at %6d alerts, peak memory %12s %10ld KiB, %.1f s\n", sizes[i],
                     "", peak[i], sync.wall_s);
    }
    (void)printf("%-52s %10.2f         goal <= 1.30\n", "ratio", (double)peak[1] / (double)peak[0]);
}

/* Bytes of a whole file, or 0. */
static uint64_t
digest_of_file(const char *path)
{
    struct stat file;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &file) != 0)
        return 0;
    struct arena arena = {0};
    char *data = arena_alloc(&arena, (size_t)file.st_size + 1);
    uint64_t digest = read(fd, data, (size_t)file.st_size) == file.st_size
                          ? digest_row(data, (size_t)file.st_size)
                          : 0;
    arena_finish(&arena);
    (void)close(fd); /* only read */
    return digest;
}

struct state {
    uint64_t database, wal;
    long requests;
};

static struct state
state_of(const char *path, const struct bench_upstream *upstream, struct arena *arena)
{
    return (struct state){.database = digest_of_file(path),
                          .wal = digest_of_file(arena_printf(arena, "%s-wal", path)),
                          .requests = *upstream->requests};
}

/* A poller that has everything goes on asking: neither the database nor its WAL changes by a byte. */
static void
bench_quiet(const char *program)
{
    struct arena arena = {0};
    const char *directory = temporary_directory(&arena);
    struct bench_upstream upstream;
    bench_upstream_start(&upstream, 1000);
    struct usage once = run_sync(program, directory, upstream.url);
    check(&once, "sync --once");
    const char *path = find_cache(&arena, directory);
    pid_t pid = start_sync(program, directory, upstream.url, false);

    const struct timespec pause = {.tv_sec = SETTLE_S};
    (void)nanosleep(&pause, NULL);
    struct state before = state_of(path, &upstream, &arena), after = before;
    for (int s = 0; s < QUIET_MAX_S && after.requests - before.requests < QUIET_REQUESTS;
         s += SETTLE_S) {
        (void)nanosleep(&pause, NULL);
        after = state_of(path, &upstream, &arena);
    }
    bool same = before.database == after.database && before.wal == after.wal;
    (void)printf("bytes of the store changed by %3ld unchanged requests %10s         goal: none\n",
                 after.requests - before.requests, same ? "none" : "some");
    (void)kill(pid, SIGTERM);
    (void)waitpid(pid, NULL, 0);
    bench_upstream_stop(&upstream);
    temporary_directory_remove(directory);
    arena_finish(&arena);
}

int
main(int argc, char **argv)
{
    if (argc < 2) {
        (void)fprintf(stderr, "usage: bench_sync PATH-OF-TOCSIN-SYNC [ALERTS]\n");
        return 1;
    }
    int alerts = argc > 2 ? atoi(argv[2]) : 20000;
    bench_rate(argv[1], alerts);
    bench_quiet(argv[1]);
    bench_memory(argv[1]);
    return 0;
}
