#include "hub/declare_check.h"

#include <stdlib.h>
#include <string.h>

#include "hub/declare.h"

/* So many are compiled together: larger batches cost more than they save, smaller ones each the start of jq. */
enum { BATCH = 64 };

struct programs {
    struct declared_program *items;
    size_t len;
    const struct hub_file *file;
    struct arena *arena;
};

static void
add(struct programs *programs, const char *what, int line, const char *jq)
{
    if (!*jq)
        return;
    programs->items[programs->len++] = (struct declared_program){
        what, line, jq, declare_expression(programs->file, jq, programs->arena)};
}

size_t
declared_programs(const struct hub_file *file, struct arena *arena,
                  const struct declared_program **out)
{
    size_t most = file->attributes_len + file->sources_len + file->routes_len;
    for (size_t i = 0; i < file->sources_len; i++)
        most += file->sources[i].children_len;
    struct programs programs = {.file = file, .arena = arena};
    programs.items = arena_new_array(arena, most + 1, struct declared_program);
    for (size_t i = 0; i < file->attributes_len; i++) {
        const struct hub_attribute *attribute = &file->attributes[i];
        add(&programs, arena_printf(arena, "attribute %s", attribute->title), attribute->line,
            *attribute->jq ? attribute->jq : attribute->file_text);
    }
    for (size_t i = 0; i < file->sources_len; i++) {
        const struct hub_source *source = &file->sources[i];
        add(&programs, arena_printf(arena, "source %s, transform", source->title), source->line,
            source->transform_text);
        for (size_t c = 0; c < source->children_len; c++) {
            const struct hub_source_attribute *own = &source->children[c];
            add(&programs,
                arena_printf(arena, "source %s, attribute %s", source->title, own->title),
                own->line, *own->jq ? own->jq : own->file_text);
        }
    }
    for (size_t i = 0; i < file->routes_len; i++) {
        const struct hub_route *route = &file->routes[i];
        add(&programs, arena_printf(arena, "route %s", route->title), route->line,
            *route->when ? route->when : route->when_file_text);
    }
    *out = programs.items;
    return programs.len;
}

/* ---- compiling ---- */

struct program_check {
    const struct hub_file *file;
    struct arena *arena;
    struct hub_mistakes *mistakes;
    const struct declared_program *programs;
    size_t programs_len, next; /* those before `next` are under way or done */
    struct worker *worker;
    void (*done)(void *context);
    void *context;
};

static struct worker_job
next_job(struct program_check *check)
{
    const char **texts = arena_new_array(check->arena, BATCH, const char *);
    struct worker_job job = {.programs = texts};
    while (check->next + job.programs_len < check->programs_len && job.programs_len < BATCH) {
        texts[job.programs_len] = check->programs[check->next + job.programs_len].text;
        job.programs_len++;
    }
    return job;
}

static void
take_results(struct program_check *check, size_t len, const struct worker_result *results)
{
    for (size_t i = 0; i < len; i++)
        if (results[i].outcome != WORKER_NOTHING && results[i].outcome != WORKER_VALUE) {
            const struct declared_program *program = &check->programs[check->next + i];
            hub_mistake_add(check->mistakes, check->file, check->arena, program->line,
                            arena_printf(check->arena, "%s: %s", program->what, results[i].reason));
        }
    check->next += len;
}

bool
declared_programs_check(const struct hub_file *file, struct arena *arena,
                        struct hub_mistakes *mistakes, struct error *err)
{
    struct program_check check = {.file = file, .arena = arena, .mistakes = mistakes};
    check.programs_len = declared_programs(file, arena, &check.programs);
    while (check.next < check.programs_len) {
        struct worker_job job = next_job(&check);
        const struct worker_result *results;
        if (!worker_run(&job, arena, &results, err))
            return false;
        take_results(&check, job.programs_len, results);
    }
    return hub_mistakes_error(mistakes, err);
}

static void submit_next(struct program_check *check);

static void
on_results(void *context, const struct worker_result *results)
{
    struct program_check *check = context;
    size_t left = check->programs_len - check->next;
    take_results(check, left < BATCH ? left : BATCH, results);
    if (check->next < check->programs_len)
        submit_next(check);
    else
        check->done(check->context);
}

static void
submit_next(struct program_check *check)
{
    struct worker_job job = next_job(check);
    job.done = on_results;
    job.context = check;
    worker_submit(check->worker, &job);
}

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(((const struct declared_program *)a)->text,
                  ((const struct declared_program *)b)->text);
}

/* Only those of the file that the former one does not have. */
static size_t
new_programs(const struct hub_file *file, const struct hub_file *former, struct arena *arena,
             const struct declared_program **out)
{
    const struct declared_program *all, *known;
    size_t all_len = declared_programs(file, arena, &all), len = 0;
    size_t known_len = former ? declared_programs(former, arena, &known) : 0;
    struct declared_program *fresh = arena_new_array(arena, all_len + 1, struct declared_program);
    if (known_len)
        qsort((struct declared_program *)known, known_len, sizeof *known, compare_texts);
    for (size_t i = 0; i < all_len; i++)
        if (!known_len || !bsearch(&all[i], known, known_len, sizeof *known, compare_texts))
            fresh[len++] = all[i];
    *out = fresh;
    return len;
}

void
program_check_begin(const struct hub_file *file, const struct hub_file *former, struct arena *arena,
                    struct hub_mistakes *mistakes, struct worker *worker,
                    void (*done)(void *context), void *context)
{
    struct program_check *check = arena_new(arena, struct program_check);
    *check = (struct program_check){.file = file,
                                    .arena = arena,
                                    .mistakes = mistakes,
                                    .worker = worker,
                                    .done = done,
                                    .context = context};
    check->programs_len = new_programs(file, former, arena, &check->programs);
    submit_next(check); /* an empty job is answered too */
}
