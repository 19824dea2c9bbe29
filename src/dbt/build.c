#include "dbt/build.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"

enum { VALUE_MAX_BYTES = 2000 };

struct environment {
    const struct dbt_results *results;
    const char *(*variable)(const char *name);
    struct arena *arena;
};

static const char *
get(const struct environment *environment, const char *name)
{
    const struct dbt_results *results = environment->results;
    for (size_t i = 0; results && i < results->variables_len; i++)
        if (strcmp(results->variables[i].name, name) == 0 && *results->variables[i].value)
            return text_clean(environment->arena, results->variables[i].value, VALUE_MAX_BYTES);
    const char *value = environment->variable ? environment->variable(name) : getenv(name);
    return text_clean(environment->arena, value, VALUE_MAX_BYTES);
}

/* As a part of an address. */
static const char *
escaped(struct arena *arena, const char *text)
{
    struct str out;
    str_init(&out, 0);
    for (; *text; text++)
        if (isalnum((unsigned char)*text) || strchr("-_.~", *text))
            str_append_char(&out, *text);
        else
            str_printf(&out, "%%%02X", (unsigned)(unsigned char)*text);
    const char *result = arena_text(arena, str_text(&out));
    str_finish(&out);
    return result;
}

static struct dbt_build
of_circleci(const struct environment *env)
{
    const char *owner = get(env, "CIRCLE_PROJECT_USERNAME");
    const char *name = get(env, "CIRCLE_PROJECT_REPONAME");
    return (struct dbt_build){
        .url = get(env, "CIRCLE_BUILD_URL"),
        .commit = get(env, "CIRCLE_SHA1"),
        .branch = get(env, "CIRCLE_BRANCH"),
        .job = get(env, "CIRCLE_JOB"),
        .repository = *owner && *name ? arena_printf(env->arena, "%s/%s", owner, name)
                                      : get(env, "CIRCLE_REPOSITORY_URL"),
        .author = get(env, "CIRCLE_USERNAME"),
    };
}

static struct dbt_build
of_github(const struct environment *env)
{
    const char *server = get(env, "GITHUB_SERVER_URL"), *repository = get(env, "GITHUB_REPOSITORY");
    const char *run = get(env, "GITHUB_RUN_ID"), *branch = get(env, "GITHUB_HEAD_REF");
    return (struct dbt_build){
        .url = *run && *repository
                   ? arena_printf(env->arena, "%s/%s/actions/runs/%s",
                                  *server ? server : "https://github.com", repository, run)
                   : "",
        .commit = get(env, "GITHUB_SHA"),
        .branch = *branch ? branch : get(env, "GITHUB_REF_NAME"),
        .job = get(env, "GITHUB_JOB"),
        .repository = repository,
        .author = get(env, "GITHUB_ACTOR"),
    };
}

/* A task of version 2 or 3; what it knows of git is what its DAG exports as the others' variables. */
static struct dbt_build
of_airflow(const struct environment *env)
{
    const char *dag = get(env, "AIRFLOW_CTX_DAG_ID"), *task = get(env, "AIRFLOW_CTX_TASK_ID");
    const char *run = get(env, "AIRFLOW_CTX_DAG_RUN_ID");
    const char *newer = get(env, "AIRFLOW__API__BASE_URL");
    const char *older = get(env, "AIRFLOW__WEBSERVER__BASE_URL");
    const char *base = *newer ? newer : older;
    size_t base_len = strlen(base);
    while (base_len && base[base_len - 1] == '/')
        base_len--;
    return (struct dbt_build){
        .url = *base && *run ? arena_printf(env->arena,
                                            *newer ? "%.*s/dags/%s/runs/%s/tasks/%s"
                                                   : "%.*s/dags/%s/grid?dag_run_id=%s&task_id=%s",
                                            (int)base_len, base, escaped(env->arena, dag),
                                            escaped(env->arena, run), escaped(env->arena, task))
                             : "",
        .commit = get(env, "GIT_COMMIT"),
        .branch = get(env, "GIT_BRANCH"),
        .job = *task ? arena_printf(env->arena, "%s.%s", dag, task) : dag,
        .repository = "",
        .author = "",
    };
}

struct dbt_build
dbt_build_of(const struct dbt_results *results, const char *(*variable)(const char *name),
             struct arena *arena)
{
    const struct environment env = {results, variable, arena};
    if (*get(&env, "CIRCLE_BUILD_URL") || *get(&env, "CIRCLE_SHA1"))
        return of_circleci(&env);
    if (*get(&env, "GITHUB_RUN_ID") || *get(&env, "GITHUB_SHA"))
        return of_github(&env);
    return of_airflow(&env);
}
