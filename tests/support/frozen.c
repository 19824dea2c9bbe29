#include "tests/support/frozen.h"
#include "demo/look_alike.h"

#include <ftw.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/process.h"
#include "base/str.h"
#include "demo/look_alike.h"
#include "store/cache.h"
#include "store/local.h"

#define ENV_MAX 16

struct frozen frozen;

static const char *const demo_options[] = {"--seed",  "1", "--now", FROZEN_NOW,
                                           "--speed", "0", NULL};

static void
run(const char *const *argv, const char *const *env)
{
    struct str out;
    struct error err = {0};
    int status = -1;
    str_init(&out, 0);
    if (!process_run(argv, env, 120 * SECOND_MS, &out, &status, &err))
        fail_msg("%s", err.message);
    str_finish(&out);
    assert_int_equal(status, 0);
}

void
frozen_configure(const char *lines)
{
    char text[2048], kept[2048];
    FILE *file = fopen(frozen.home.config, "r");
    assert_non_null(file);
    size_t len = fread(kept, 1, sizeof kept - 1, file);
    (void)fclose(file);
    kept[len] = '\0';
    /* The first three lines are the profile's name, its address and its key. */
    const char *from = strchr(kept, '\n');
    assert_non_null(from);
    const char *to = strchr(strchr(from + 1, '\n') + 1, '\n') + 1;
    (void)snprintf(text, sizeof text,
                   "profile \"%s\" {%.*s    me = \"ines.caballero@brindlecart.example\"\n%s\n}\n",
                   frozen.profile, (int)(to - from), from, lines);
    file = fopen(frozen.home.config, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static char found_cache[PATH_MAX];

static int
look_for_cache(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    if (strcmp(path + place->base, "cache.db") == 0)
        (void)snprintf(found_cache, sizeof found_cache, "%s", path); /* fits: nftw gave it */
    return 0;
}

struct store *
frozen_cache(void)
{
    struct store *store;
    struct error err = {0};
    found_cache[0] = '\0';
    assert_int_equal(nftw(frozen.home.root, look_for_cache, 8, FTW_PHYS), 0);
    if (!store_open(&store, STORE_CACHE, found_cache, STORE_WRITE, NULL, &err))
        fail_msg("%s", err.message);
    return store;
}

/* With nobody using it: what a writer left beside it goes. */
static void
copy_private(const char *from, const char *to)
{
    char command[1024];
    (void)snprintf(command, sizeof command,
                   "cd '%s/state/tocsin/profiles/%s' && cp %s %s && rm -f private.db-*",
                   frozen.home.root, frozen.profile, from, to); /* fits */
    const char *const argv[] = {"sh", "-c", command, NULL};
    run(argv, NULL);
}

/* Where the demo serves them on its own port. */
static void
configure_look_alikes(const struct demo *demo)
{
    char lines[1024], token[160];
    (void)snprintf(token, sizeof token, "%s/config/tocsin/outside", frozen.home.root); /* fits */
    write_private_file(token, demo->editor_key);
    (void)snprintf(lines, sizeof lines,
                   "    github_url = \"%s" LOOK_ALIKE_GITHUB "\"\n    github_token_file = '%s'\n"
                   "    github_repository = \"" LOOK_ALIKE_REPOSITORY "\"\n"
                   "    circleci_url = \"%s" LOOK_ALIKE_CIRCLECI "\"\n"
                   "    circleci_token_file = '%s'\n"
                   "    circleci_project = \"" LOOK_ALIKE_PROJECT "\"",
                   demo->url, token, demo->url, token); /* fits */
    frozen_configure(lines);
}

int
frozen_start(void **state)
{
    struct demo demo;
    char program[PATH_MAX];
    (void)state;
    if (!frozen.profile)
        frozen.profile = "demo";
    demo_start(&demo, demo_options);
    home_create(&frozen.home, demo.url, demo.editor_key);
    (void)snprintf(frozen.url, sizeof frozen.url, "%s", demo.url); /* fits */
    if (frozen.with_look_alikes)
        configure_look_alikes(&demo);
    else
        frozen_configure("");
    const char *const sync[] = {program_path("tocsin-sync", program, sizeof program),
                                "sync",
                                "--once",
                                "--profile",
                                frozen.profile,
                                "--now",
                                FROZEN_NOW,
                                NULL};
    run(sync, frozen.home.env);
    demo_stop(&demo);
    struct store *cache = frozen_cache();
    beat_put(cache, "rate.used_permille", 120); /* how fast it went is the machine's affair */
    store_close(cache);

    (void)snprintf(frozen.program, sizeof frozen.program, "%s/tocsin", frozen.home.root);
    const char *const copy[] = {"cp", program_path("tocsin", program, sizeof program),
                                frozen.program, NULL};
    run(copy, NULL);
    copy_private("private.db", "private.new");
    return 0;
}

int
frozen_stop(void **state)
{
    (void)state;
    home_destroy(&frozen.home);
    return 0;
}

void
frozen_forget(void)
{
    copy_private("private.new", "private.db");
}

static bool
is_painted(struct screen *screen, void *context)
{
    (void)context;
    return screen_has_match(screen, "live [0-9]");
}

/* Where the cursors of a former run stood, and how it showed its items. */
static void
forget_places(void)
{
    char path[1024];
    struct arena arena = {0};
    struct local_batch batch = {0};
    struct error err = {0};
    struct store *store;
    const struct pane_state *states;
    size_t len = 0;
    (void)snprintf(path, sizeof path, "%s/state/tocsin/profiles/%s/private.db", frozen.home.root,
                   frozen.profile); /* fits */
    if (!store_open(&store, STORE_PRIVATE, path, STORE_WRITE, NULL, &err) ||
        !pane_state_list(store, frozen.url, &arena, &states, &len, &err))
        fail_msg("%s", err.message);
    for (size_t i = 0; i < len; i++) {
        struct pane_state state = states[i];
        if (*state.columns)
            state.sort = ""; /* a form may order */
        state.item = state.columns = "";
        local_batch_pane(&batch, &state, state.left_at);
    }
    if (!local_batch_write(&batch, store, frozen.url, &err))
        fail_msg("%s", err.message);
    local_batch_finish(&batch);
    store_close(store);
    arena_finish(&arena);
}

struct screen *
frozen_console(int cols, int rows, const char *const *env)
{
    forget_places();
    return frozen_console_again(cols, rows, env);
}

static struct screen *
start_program(int cols, int rows, const char *const *argv, const char *const *env)
{
    const char *all[ENV_MAX] = {"NO_COLOR="};
    size_t len = 1;
    for (size_t i = 0; frozen.home.env[i]; i++)
        all[len++] = frozen.home.env[i];
    for (size_t i = 0; env && env[i]; i++) {
        assert_true(len + 1 < ENV_MAX);
        all[len++] = env[i];
    }
    return screen_start(cols, rows, argv, all);
}

struct screen *
frozen_wallboard(int cols, int rows, const char *now, const char *const *env)
{
    const char *argv[] = {frozen.program, "wallboard", "--profile", frozen.profile,
                          "--now",        now,         NULL};
    return start_program(cols, rows, argv, env);
}

struct screen *
frozen_console_again(int cols, int rows, const char *const *env)
{
    const char *argv[] = {frozen.program, "--profile", frozen.profile, "--now", FROZEN_NOW, NULL};
    struct screen *screen = start_program(cols, rows, argv, env);
    if (!screen_wait(screen, is_painted, NULL, SCREEN_PATIENCE_MS))
        screen_expect(screen, "live 0s"); /* fails, with a picture */
    screen_settle(screen, 150);
    screen_type(screen, "\x0c"); /* any key takes the message away that there is no poller */
    screen_expect_gone(screen, "poller");
    screen_settle(screen, 150);
    return screen;
}
