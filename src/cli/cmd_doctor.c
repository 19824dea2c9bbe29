#include <langinfo.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/process.h"
#include "base/text.h"
#include "cli/command.h"
#include "store/cache.h"
#include "ui/keymap.h"
#include "ui/theme.h"
#include "wire/wire.h"

/* Each check says what it found and, when that is not well, what to do. The network half is tocsin-sync's. */

enum verdict { VERDICT_OK, VERDICT_NOTE, VERDICT_WRONG };

struct doctor {
    struct cli *cli;
    int printed;
    int wrong;
    int status; /* of the first thing wrong */
};

static void say(struct doctor *doctor, enum verdict verdict, const char *check, const char *format,
                ...) PRINTF_LIKE(4, 5);

static void
say(struct doctor *doctor, enum verdict verdict, const char *check, const char *format, ...)
{
    static const char *const marks[] = {"ok", "--", "!!"};
    static const char *const names[] = {"ok", "note", "wrong"};
    char text[700];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args); /* a cut finding is still one */
    va_end(args);

    doctor->wrong += verdict == VERDICT_WRONG;
    if (!doctor->cli->json) {
        printf("%s  %-14s %s\n", marks[verdict], check, text);
        return;
    }
    struct str out;
    str_init(&out, 0);
    str_printf(&out, "%s{\"check\":\"%s\",\"verdict\":\"%s\",\"finding\":",
               doctor->printed ? ",\n" : "[\n", check, names[verdict]);
    wire_append_string(&out, text);
    printf("%s}", str_text(&out));
    str_finish(&out);
    doctor->printed++;
}

/* What is wrong decides the exit status: the first such thing does. */
static void
say_wrong(struct doctor *doctor, const char *check, const struct error *err)
{
    say(doctor, VERDICT_WRONG, check, "%s%s%s", err->message,
        *err->request_id ? ", request id " : "", err->request_id);
    if (!doctor->status)
        doctor->status = error_exit_status(err->code);
}

static void
check_terminal(struct doctor *doctor)
{
    const char *term = getenv("TERM");
    bool utf8 = text_use_locale();
    say(doctor, utf8 ? VERDICT_OK : VERDICT_NOTE, "locale", "%s%s", nl_langinfo(CODESET),
        utf8 ? "" : ": other than UTF-8, so the console uses plain glyphs; set LC_ALL=C.UTF-8");
    if (text_equals(term, "dumb"))
        say(doctor, VERDICT_NOTE, "terminal",
            "dumb: it cannot place a cursor; use 'tocsin --plain' on it");
    else if (text_is_empty(term))
        say(doctor, VERDICT_NOTE, "terminal", "TERM is not set: the console will try xterm");
    else
        say(doctor, VERDICT_OK, "terminal", "%.40s", term);
}

/* Of keys and colours: a mistake there keeps the console from starting. */
static void
check_looks(struct doctor *doctor, const struct config *config, const struct profile *profile)
{
    struct error err;
    struct theme theme;
    const struct keymap_finding *findings;
    size_t mistakes = 0;
    if (!keymap_load(config, &err)) {
        say_wrong(doctor, "keys", &err);
    } else {
        size_t len = keymap_check(config, &doctor->cli->arena, &findings);
        for (size_t i = 0; i < len; i++)
            mistakes += findings[i].is_mistake;
        if (mistakes)
            say(doctor, VERDICT_NOTE, "keys", "%zu clashes: 'tocsin keys --check' names them",
                mistakes);
        else
            say(doctor, VERDICT_OK, "keys", "%zu of %d actions bound anew", config->bindings_len,
                ACTION_COUNT);
    }
    if (theme_load(&theme, profile->theme, &err))
        say(doctor, VERDICT_OK, "theme", "%s", profile->theme);
    else
        say_wrong(doctor, "theme", &err);
}

static void
check_token(struct doctor *doctor, const struct profile *profile)
{
    struct error err;
    struct str token;
    str_init(&token, 4096);
    const char *origin = !text_is_empty(getenv("TOCSIN_API_KEY")) ? "TOCSIN_API_KEY"
                         : profile->token_command[0]              ? "token_command"
                                                                  : "token_file";
    if (profile_token(profile, &token, &err))
        say(doctor, VERDICT_OK, "key", "from %s, %zu characters", origin, token.len);
    else
        say_wrong(doctor, "key", &err);
    if (token.data)
        explicit_bzero(token.data, token.cap);
    str_finish(&token);
}

/* Sources that fail alike are said once, with the first one's words: mostly it is one cause for all. */
static void
say_source(struct doctor *doctor, const struct freshness *sources, size_t len, size_t at)
{
    size_t alike = 0;
    for (size_t i = 0; i < len; i++)
        if (strcmp(sources[i].error_code, sources[at].error_code) == 0) {
            if (i < at)
                return;
            alike++;
        }
    char others[40] = "";
    if (alike > 1)
        (void)snprintf(others, sizeof others, " and %zu more", alike - 1); /* fits */
    say(doctor, VERDICT_WRONG, "source", "%s%s: %s%s%s", sources[at].resource, others,
        sources[at].error_message, *sources[at].error_request_id ? ", request id " : "",
        sources[at].error_request_id);
}

static void
check_store(struct doctor *doctor, const struct profile *profile)
{
    struct cli *cli = doctor->cli;
    struct error err;
    struct store *cache = NULL;
    const struct freshness *sources;
    size_t len;
    if (!cli_open_cache(cli, profile, &cache, &err)) {
        if (err.code == ERROR_STALE)
            say(doctor, VERDICT_NOTE, "store", "%s", err.message);
        else
            say_wrong(doctor, "store", &err);
        return;
    }
    int64_t bytes;
    if (!freshness_all(cache, &cli->arena, &sources, &len, &err) ||
        !store_size_bytes(cache, &bytes, &err)) {
        say_wrong(doctor, "store", &err);
        store_close(cache);
        return;
    }
    int64_t newest = 0;
    size_t failing = 0;
    for (size_t i = 0; i < len; i++) {
        if (sources[i].last_complete_at > newest)
            newest = sources[i].last_complete_at;
        if (!*sources[i].error_code)
            continue;
        failing++;
        say_source(doctor, sources, len, i);
    }
    char age[AGE_SIZE];
    if (!newest)
        say(doctor, VERDICT_NOTE, "store",
            "nothing was completely fetched yet: run 'tocsin sync --once'");
    else
        say(doctor, VERDICT_OK, "store", "%zu sources, %zu failing, newest answer %s ago, %.1f MB",
            len, failing, age_text(clock_now_ms() - newest, age), (double)bytes / 1e6);
    store_close(cache);
}

static void
check_network(struct doctor *doctor)
{
    struct error err;
    char path[4096];
    if (!process_sibling("tocsin-sync", path, sizeof path, &err)) {
        say_wrong(doctor, "network", &err);
        return;
    }
    struct cli *cli = doctor->cli;
    const char *command[12] = {path, "doctor", "--plain"};
    size_t len = 3;
    if (cli->profile_name) {
        command[len++] = "--profile";
        command[len++] = cli->profile_name;
    }
    if (cli->config_path) {
        command[len++] = "--config";
        command[len++] = cli->config_path;
    }
    struct str out;
    str_init(&out, 64 * 1024);
    int status = 0;
    if (!process_run(command, NULL, 60 * SECOND_MS, &out, &status, &err)) {
        say_wrong(doctor, "network", &err);
    } else {
        /* Lines of "VERDICT check finding", VERDICT as in `marks`; the schedules are counted. */
        char *rest = out.data;
        int schedules = 0;
        for (char *line; rest && (line = strsep(&rest, "\n"));) {
            char mark[3], name[20];
            int used = 0;
            if (sscanf(line, "%2s %19s %n", mark, name, &used) < 2 || !used)
                continue;
            if (strcmp(name, "schedule") == 0) {
                schedules++;
                continue;
            }
            say(doctor,
                mark[0] == 'o'   ? VERDICT_OK
                : mark[0] == '-' ? VERDICT_NOTE
                                 : VERDICT_WRONG,
                name, "%s", line + used);
        }
        if (schedules)
            say(doctor, VERDICT_OK, "schedules", "%d", schedules);
        if (!doctor->status)
            doctor->status = status;
        if (!out.len)
            say(doctor, VERDICT_WRONG, "network", "the check ended with status %d and said nothing",
                status);
    }
    str_finish(&out);
}

int
cmd_doctor(struct cli *cli, int argc, char **argv)
{
    const char *const *arguments;
    int status;
    if (!cli_parse(cli, NULL, NULL, argc, argv, &arguments, &status))
        return status;

    struct doctor doctor = {.cli = cli};
    struct error err;
    struct config config;
    struct profile profile;
    struct paths paths;
    if (!config_load(&config, cli->config_path, &cli->arena, &err) ||
        !cli_profile(cli, &profile, &err)) {
        say_wrong(&doctor, "configuration", &err);
    } else {
        say(&doctor, config.exists ? VERDICT_OK : VERDICT_NOTE, "configuration", "%s%s",
            config.path, config.exists ? "" : " is not there: defaults apply");
        say(&doctor, VERDICT_OK, "profile", "%s, %s%s", profile.name, profile.url,
            profile.read_only ? ", read-only" : "");
        if (profile_paths(&profile, &cli->arena, &paths, &err))
            say(&doctor, VERDICT_OK, "state", "%s", paths.profile_dir);
        else
            say_wrong(&doctor, "state", &err);
        check_terminal(&doctor);
        check_looks(&doctor, &config, &profile);
        check_token(&doctor, &profile);
        check_store(&doctor, &profile);
        check_network(&doctor);
    }
    if (cli->json)
        puts("\n]");
    /* Sources that failed while the server now answers: the data is not what it should be. */
    return doctor.status ? doctor.status : doctor.wrong ? error_exit_status(ERROR_STALE) : 0;
}
