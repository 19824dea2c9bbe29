#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/process.h"
#include "base/zone.h"
#include "config/config.h"
#include "config/file.h"

#define TOKEN_MAX_BYTES 4096
#define TOKEN_COMMAND_TIMEOUT_MS 60000 /* a password manager may ask for a passphrase */

/* The two secrets of a profile, and where each comes from. */
struct secret {
    const char *what; /* in sentences */
    const char *variable, *command_option, *file_option;
    const char *const *command;
    const char *file;
};

/* The first line, without white space around it: a header line must not be split by what a command prints. */
static bool
take_first_line(const struct secret *secret, struct str *out, const char *text, const char *origin,
                struct error *err)
{
    text += strspn(text, " \t\r\n");
    size_t len = strcspn(text, "\r\n");
    while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
        len--;
    if (!len)
        return error_set(err, ERROR_CONFIG, "%s gives no %s: it is empty", origin, secret->what);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] <= 0x20 || (unsigned char)text[i] >= 0x7f)
            return error_set(err, ERROR_CONFIG, "%s gives no %s: it has a character no %s has",
                             origin, secret->what, secret->what);
    str_append_len(out, text, len);
    return true;
}

static void
wipe(struct str *text)
{
    if (text->data)
        explicit_bzero(text->data, text->cap);
    str_finish(text);
}

static bool
secret_from_command(const struct profile *profile, const struct secret *secret, struct str *token,
                    struct error *err)
{
    struct str out;
    str_init(&out, TOKEN_MAX_BYTES);
    int status = 0;
    bool ok = process_run(secret->command, NULL, TOKEN_COMMAND_TIMEOUT_MS, &out, &status, err);
    if (!ok) {
        error_wrap(err, "profile '%s': cannot get the %s from %s", profile->name, secret->what,
                   secret->command_option);
        if (err->code == ERROR_NOT_FOUND || err->code == ERROR_FILE)
            err->code = ERROR_CONFIG; /* what is not to be found is what the configuration names */
    } else if (status != 0)
        ok = error_set(err, ERROR_CONFIG, "profile '%s': %s '%s' ended with status %d",
                       profile->name, secret->command_option, secret->command[0], status);
    else
        ok = take_first_line(secret, token, str_text(&out), secret->command_option, err);
    wipe(&out);
    return ok;
}

static bool
secret_from_file(const struct profile *profile, const struct secret *secret, struct str *token,
                 struct error *err)
{
    struct arena arena = {0};
    struct str text;
    str_init(&text, TOKEN_MAX_BYTES);
    bool ok = file_read_secret(path_expand_home(&arena, secret->file), &text, err) &&
              take_first_line(secret, token, str_text(&text), secret->file_option, err);
    wipe(&text);
    arena_finish(&arena);
    return ok || error_wrap(err, "profile '%s'", profile->name);
}

static bool
find_secret(const struct profile *profile, const struct secret *secret, struct str *token,
            struct error *err)
{
    const char *from_env = getenv(secret->variable);
    if (from_env && *from_env)
        return take_first_line(secret, token, from_env, secret->variable, err);
    if (secret->command[0])
        return secret_from_command(profile, secret, token, err);
    if (*secret->file)
        return secret_from_file(profile, secret, token, err);
    return error_set(err, ERROR_CONFIG, "profile '%s' has no %s: set %s or %s, or %s",
                     profile->name, secret->what, secret->command_option, secret->file_option,
                     secret->variable);
}

bool
profile_token(const struct profile *profile, struct str *token, struct error *err)
{
    const struct secret key = {.what = "API key",
                               .variable = "TOCSIN_API_KEY",
                               .command_option = "token_command",
                               .file_option = "token_file",
                               .command = profile->token_command,
                               .file = profile->token_file};
    return find_secret(profile, &key, token, err);
}

bool
profile_alert_secret(const struct profile *profile, struct str *secret, struct error *err)
{
    const struct secret of_source = {.what = "alert secret",
                                     .variable = "TOCSIN_ALERT_SECRET",
                                     .command_option = "alert_secret_command",
                                     .file_option = "alert_secret_file",
                                     .command = profile->alert_secret_command,
                                     .file = profile->alert_secret_file};
    return find_secret(profile, &of_source, secret, err);
}

/* Of a service that is off when none is set. */
static bool
find_wanted_secret(const struct profile *profile, const struct secret *secret, struct str *token,
                   struct error *err)
{
    const bool is_wanted =
        !text_is_empty(getenv(secret->variable)) || *secret->command || *secret->file;
    return !is_wanted || find_secret(profile, secret, token, err);
}

bool
profile_github_token(const struct profile *profile, struct str *token, struct error *err)
{
    const struct secret of_github = {.what = "GitHub token",
                                     .variable = "TOCSIN_GITHUB_TOKEN",
                                     .command_option = "github_token_command",
                                     .file_option = "github_token_file",
                                     .command = profile->github_token_command,
                                     .file = profile->github_token_file};
    return find_wanted_secret(profile, &of_github, token, err);
}

bool
profile_circleci_token(const struct profile *profile, struct str *token, struct error *err)
{
    const struct secret of_circleci = {.what = "CircleCI token",
                                       .variable = "TOCSIN_CIRCLECI_TOKEN",
                                       .command_option = "circleci_token_command",
                                       .file_option = "circleci_token_file",
                                       .command = profile->circleci_token_command,
                                       .file = profile->circleci_token_file};
    return find_wanted_secret(profile, &of_circleci, token, err);
}

bool
profile_slack_token(const struct profile *profile, struct str *token, struct error *err)
{
    const struct secret of_bot = {.what = "Slack token",
                                  .variable = "TOCSIN_SLACK_TOKEN",
                                  .command_option = "slack_token_command",
                                  .file_option = "slack_token_file",
                                  .command = profile->slack_token_command,
                                  .file = profile->slack_token_file};
    return find_wanted_secret(profile, &of_bot, token, err);
}

bool
profile_has_slack(const struct profile *profile)
{
    return !text_is_empty(getenv("TOCSIN_SLACK_TOKEN")) || *profile->slack_token_command ||
           *profile->slack_token_file;
}

int
profile_slack_history_rate(const struct profile *profile)
{
    enum { RATE_MIN = 1, RATE_MAX = 50 };
    const double rate = profile->slack_history_rate;
    return rate < RATE_MIN ? RATE_MIN : rate > RATE_MAX ? RATE_MAX : (int)rate;
}

bool
profile_questions_secret(const struct profile *profile, struct str *secret, struct error *err)
{
    const struct secret of_source = {.what = "secret for questions",
                                     .variable = "TOCSIN_QUESTIONS_SECRET",
                                     .command_option = "questions_secret_command",
                                     .file_option = "questions_secret_file",
                                     .command = profile->questions_secret_command,
                                     .file = profile->questions_secret_file};
    return find_secret(profile, &of_source, secret, err);
}

bool
profile_alert_source(const struct profile *profile, const char **source, struct error *err)
{
    const char *from_env = getenv("TOCSIN_ALERT_SOURCE");
    *source = from_env && *from_env ? from_env : profile->alert_source;
    return **source || error_set(err, ERROR_CONFIG,
                                 "profile '%s' has no alert source: set alert_source, or "
                                 "TOCSIN_ALERT_SOURCE, to its id or its alert_events_url",
                                 profile->name);
}

static const char *
state_dir(struct arena *arena)
{
    return arena_printf(arena, "%s/tocsin",
                        directory_from_env(arena, "XDG_STATE_HOME", ".local/state"));
}

bool
profile_paths(const struct profile *profile, struct arena *arena, struct paths *paths,
              struct error *err)
{
    const char *state = state_dir(arena);
    const char *dir = arena_printf(arena, "%s/profiles/%s", state, profile->name);
    *paths = (struct paths){
        .state_dir = state,
        .profile_dir = dir,
        .private_db = arena_printf(arena, "%s/private.db", dir),
        .viewers_lock = arena_printf(arena, "%s/viewers.lock", dir),
        .writers_lock = arena_printf(arena, "%s/writers.lock", dir),
        .console_log = arena_printf(arena, "%s/console.log", dir),
        .sync_log = arena_printf(arena, "%s/sync.log", dir),
    };
    return directory_make(dir, err);
}

bool
profile_cache_dir(const struct profile *profile, const char *token, struct arena *arena,
                  const char **dir, struct error *err)
{
    char hex[DIGEST_HEX_SIZE];
    const char *const parts[] = {profile->url};
    const char *root = *profile->cache_dir ? path_expand_home(arena, profile->cache_dir)
                                           : arena_printf(arena, "%s/cache", state_dir(arena));
    *dir = arena_printf(arena, "%s/%.32s", root, digest_keyed_hex(token, parts, 1, hex));
    return directory_make(*dir, err);
}
