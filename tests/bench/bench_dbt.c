/*
 * Manifests of 2, 20 and 200 MB through `tocsin alert dbt`, beside `jq length` on the same file in the same run: time and peak
 * memory. Usage: bench_dbt TOCSIN-SYNC
 */

#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TESTS_A_MODEL 5
#define FAILING 20

/* As large as what dbt writes: code twice, columns with descriptions, and a third of it macros. */
static void
write_text(FILE *file, const char *name, long bytes)
{
    static const char line[] =
        "select order_id, customer_id, amount from \\\"shop\\\".\\\"raw\\\".orders\\n";
    (void)fprintf(file, "\"%s\":\"", name);
    for (long i = 0; i < bytes; i += (long)sizeof line)
        (void)fputs(line, file);
    (void)fputs("\",", file);
}

static void
write_model(FILE *file, long n)
{
    (void)fprintf(
        file,
        "\"model.shop.fct_%ld\":{\"database\":\"shop\",\"schema\":\"marts\",\"name\":\"fct_%ld\","
        "\"resource_type\":\"model\",\"package_name\":\"shop\",\"path\":\"marts/fct_%ld.sql\","
        "\"original_file_path\":\"models/marts/fct_%ld.sql\",\"unique_id\":\"model.shop.fct_%ld\","
        "\"fqn\":[\"shop\",\"marts\",\"fct_%ld\"],\"alias\":\"fct_%ld\",\"tags\":[\"hourly\"],"
        "\"config\":{\"enabled\":true,\"materialized\":\"table\",\"meta\":{\"owner\":\"team-%ld@"
        "example.com\"}},"
        "\"relation_name\":\"\\\"shop\\\".\\\"marts\\\".\\\"fct_%ld\\\"\",\"columns\":{",
        n, n, n, n, n, n, n, n % 40, n);
    for (int i = 0; i < 12; i++)
        (void)fprintf(
            file,
            "%s\"column_%d\":{\"name\":\"column_%d\",\"description\":\"What it means\",\"meta\":{},"
            "\"data_type\":null,\"constraints\":[],\"quote\":null,\"tags\":[]}",
            i ? "," : "", i, i);
    (void)fputs("},", file);
    write_text(file, "raw_code", 1500);
    write_text(file, "compiled_code", 2000);
    (void)fputs("\"depends_on\":{\"macros\":[\"macro.dbt.statement\"],\"nodes\":[", file);
    for (long i = 1; i <= 3 && n >> i; i++)
        (void)fprintf(file, "%s\"model.shop.fct_%ld\"", i > 1 ? "," : "", n >> i);
    (void)fputs("]},\"access\":\"protected\"}", file);
}

static void
write_test(FILE *file, long n, long i)
{
    (void)fprintf(
        file,
        ",\"test.shop.not_null_fct_%ld_column_%ld.%010lx\":{\"name\":\"not_null_fct_%ld_column_%"
        "ld\","
        "\"resource_type\":\"test\",\"package_name\":\"shop\",\"original_file_path\":\"models/"
        "marts/marts.yml\","
        "\"test_metadata\":{\"name\":\"not_null\",\"kwargs\":{\"column_name\":\"column_%ld\","
        "\"model\":\"{{ get_where_subquery(ref('fct_%ld')) }}\"},\"namespace\":null},"
        "\"column_name\":\"column_%ld\",\"attached_node\":\"model.shop.fct_%ld\","
        "\"config\":{\"severity\":\"ERROR\",\"tags\":[],\"meta\":{}},",
        n, i, n * 31 + i, n, i, i, n, i, n);
    write_text(file, "compiled_code", 1200);
    (void)fprintf(file, "\"depends_on\":{\"macros\":[],\"nodes\":[\"model.shop.fct_%ld\"]}}", n);
}

static long
write_manifest(const char *path, long bytes)
{
    FILE *file = fopen(path, "w");
    long models = 0;
    assert(file);
    (void)fputs("{\"metadata\":{\"dbt_schema_version\":\"https://schemas.getdbt.com/dbt/manifest/"
                "v12.json\","
                "\"project_name\":\"shop\",\"invocation_id\":\"1\"},\"nodes\":{",
                file);
    for (; ftell(file) < bytes / 100 * 62; models++) {
        (void)fputs(models ? "," : "", file);
        write_model(file, models + 1);
        for (long i = 0; i < TESTS_A_MODEL; i++)
            write_test(file, models + 1, i);
    }
    (void)fputs("},\"exposures\":{\"exposure.shop.board\":{\"name\":\"board\",\"type\":"
                "\"dashboard\",\"owner\":"
                "{\"email\":\"cy@example.com\"},\"depends_on\":{\"nodes\":[\"model.shop.fct_1\"]}}}"
                ",\"child_map\":{\"x\":[]",
                file);
    for (long n = 1; n <= models; n++) {
        (void)fprintf(file, ",\"model.shop.fct_%ld\":[", n);
        for (long i = 0; i < TESTS_A_MODEL; i++)
            (void)fprintf(file, "%s\"test.shop.not_null_fct_%ld_column_%ld.%010lx\"", i ? "," : "",
                          n, i, n * 31 + i);
        (void)fputs("]", file);
    }
    (void)fputs("},\"macros\":{\"macro.x.y\":{}", file);
    for (long n = 0; ftell(file) < bytes; n++) {
        (void)fprintf(file, ",\"macro.dbt.macro_%ld\":{", n);
        write_text(file, "macro_sql", 2000);
        (void)fputs("\"depends_on\":{\"macros\":[]}}", file);
    }
    (void)fputs("}}", file);
    assert(fclose(file) == 0);
    return models;
}

static void
write_results(const char *path, long models)
{
    FILE *file = fopen(path, "w");
    assert(file);
    (void)fputs("{\"metadata\":{\"dbt_schema_version\":\"https://schemas.getdbt.com/dbt/"
                "run-results/v6.json\"},\"results\":[",
                file);
    for (long n = 1; n <= models; n++)
        (void)fprintf(
            file, "%s{\"unique_id\":\"model.shop.fct_%ld\",\"status\":\"%s\",\"message\":\"x\"}",
            n > 1 ? "," : "", n, n <= FAILING ? "error" : "skipped");
    (void)fputs("],\"args\":{\"which\":\"build\",\"target\":\"prod\"}}", file);
    assert(fclose(file) == 0);
}

struct cost {
    double seconds, mebibytes;
};

static struct cost
run(const char *const *argv)
{
    struct timespec before, after;
    struct rusage usage;
    int status;
    (void)clock_gettime(CLOCK_MONOTONIC, &before);
    pid_t child = fork();
    assert(child >= 0);
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        (void)dup2(null, STDOUT_FILENO);
        (void)dup2(null, STDERR_FILENO);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    assert(wait4(child, &status, 0, &usage) == child);
    (void)clock_gettime(CLOCK_MONOTONIC, &after);
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 127)
        (void)fprintf(stderr, "bench_dbt: %s ended with %d\n", argv[0], status);
    return (struct cost){(double)(after.tv_sec - before.tv_sec) +
                             (double)(after.tv_nsec - before.tv_nsec) / 1e9,
                         (double)usage.ru_maxrss / 1024};
}

int
main(int argc, char **argv)
{
    char directory[] = "/tmp/tocsin-bench-XXXXXX", manifest[64], results[64];
    if (argc != 2) {
        (void)fprintf(stderr, "usage: bench_dbt TOCSIN-SYNC\n");
        return 1;
    }
    assert(mkdtemp(directory));
    (void)snprintf(manifest, sizeof manifest, "%s/manifest.json", directory);
    (void)snprintf(results, sizeof results, "%s/run_results.json", directory);
    const char *const ours[] = {argv[1],         "alert", "dbt",        "--dry-run", "--json",
                                "--run-results", results, "--manifest", manifest,    NULL};
    const char *const floor[] = {"jq", "length", manifest, NULL};
    (void)printf("\nalert dbt, a manifest beside jq length    time       jq    ratio   peak MB     "
                 "  jq   peak / file\n");
    for (long megabytes = 2; megabytes <= 200; megabytes *= 10) {
        struct stat info;
        write_results(results, write_manifest(manifest, megabytes * 1000 * 1000));
        assert(stat(manifest, &info) == 0);
        (void)run(floor); /* into the page cache */
        struct cost cost = run(ours), jq = run(floor);
        (void)printf(
            "%5ld MB                              %8.3f %8.3f %8.2f  %8.1f %8.1f      %8.2f\n",
            megabytes, cost.seconds, jq.seconds, cost.seconds / jq.seconds, cost.mebibytes,
            jq.mebibytes, cost.mebibytes * 1024 * 1024 / (double)info.st_size);
        (void)fflush(stdout);
    }
    (void)unlink(manifest);
    (void)unlink(results);
    (void)rmdir(directory);
    return 0;
}
