#include "config/first.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "config/config.h"
#include "config/file.h"

struct place {
    const char *dir, *config, *key; /* as they will be */
    const char *config_draft, *key_draft;
};

static struct place
place_of(const char *path, struct arena *arena)
{
    struct place place = {.config = path ? path : config_default_path(arena)};
    const char *slash = strrchr(place.config, '/');
    place.dir = slash ? arena_text_len(arena, place.config, (size_t)(slash - place.config)) : ".";
    place.key = arena_printf(arena, "%s/key", place.dir);
    place.config_draft = arena_printf(arena, "%s.draft", place.config);
    place.key_draft = arena_printf(arena, "%s.draft", place.key);
    return place;
}

static void
append_words(struct str *out, const char *words)
{
    str_append_char(out, '{');
    for (const char *at = words + strspn(words, " \t"); *at;) {
        size_t len = strcspn(at, " \t");
        char word[256];
        (void)snprintf(word, sizeof word, "%.*s", (int)len, at); /* reading it back shows a cut */
        config_append_quoted(out, word);
        at += len + strspn(at + len, " \t");
        str_append(out, *at ? ", " : "");
    }
    str_append_char(out, '}');
}

static const char *
text_of(const struct first_answers *answers, const char *key_path, struct arena *arena)
{
    struct str out;
    str_init(&out, 0);
    str_append(&out, "# Written by tocsin's first run. 'tocsin config print' lists every option.\n"
                     "profile 'default' {\n    url = ");
    config_append_quoted(&out, answers->url);
    if (answers->source == TOKEN_COMMAND) {
        str_append(&out, "\n    token_command = ");
        append_words(&out, answers->token);
    } else {
        str_append(&out, "\n    token_file = ");
        config_append_quoted(&out, answers->source == TOKEN_FILE ? answers->token : key_path);
    }
    if (!text_is_empty(answers->me)) {
        str_append(&out, "\n    me = ");
        config_append_quoted(&out, answers->me);
    }
    if (answers->schedules && answers->schedules[0]) {
        str_append(&out, "\n    schedules = {");
        for (size_t i = 0; answers->schedules[i]; i++) {
            str_append(&out, i ? ", " : "");
            config_append_quoted(&out, answers->schedules[i]);
        }
        str_append_char(&out, '}');
    }
    str_append(&out, "\n}\n");
    const char *text = arena_text(arena, str_text(&out));
    str_finish(&out);
    return text;
}

/* To a new file, on the disk before it is called written. */
static bool
write_file(const char *path, const char *text, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    size_t len = strlen(text);
    bool ok = fd >= 0 && write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
    if (!ok)
        error_set(err, ERROR_FILE, "cannot write '%s': %s", path, strerror(errno));
    if (fd >= 0 && close(fd) != 0 && ok)
        ok = error_set(err, ERROR_FILE, "cannot write '%s': %s", path, strerror(errno));
    if (fd >= 0 && !ok)
        (void)unlink(path); /* half a file is worse than none */
    return ok;
}

/* Under its own name at once and whole, or not at all: link, unlike rename, never replaces what is there. */
static bool
publish(const char *draft, const char *path, struct error *err)
{
    if (link(draft, path) != 0)
        return error_set(err, ERROR_FILE, "cannot write '%s': %s", path,
                         errno == EEXIST ? "there is one already" : strerror(errno));
    (void)unlink(draft); /* a draft that stays is replaced by the next */
    return true;
}

static bool
write_drafts(const struct first_answers *answers, const struct place *place, const char *key_path,
             struct arena *arena, struct error *err)
{
    struct config config;
    (void)unlink(place->config_draft); /* mostly there is none */
    (void)unlink(place->key_draft);
    if (text_is_empty(answers->token))
        return error_set(err, ERROR_CONFIG,
                         "there is no API key: type one, or name a file or a "
                         "command that has it");
    if (!directory_make(place->dir, err) ||
        (answers->source == TOKEN_TYPED &&
         !write_file(place->key_draft, arena_printf(arena, "%s\n", answers->token), err)) ||
        !write_file(place->config_draft, text_of(answers, key_path, arena), err))
        return false;
    return config_load(&config, place->config_draft, arena, err);
}

bool
config_write_draft(const struct first_answers *answers, const char *path, struct arena *arena,
                   const char **draft, struct error *err)
{
    struct place place = place_of(path, arena);
    *draft = place.config_draft;
    if (write_drafts(answers, &place, place.key_draft, arena, err))
        return true;
    config_remove_draft(path, arena);
    return false;
}

bool
config_write_first(const struct first_answers *answers, const char *path, struct arena *arena,
                   const char **written, struct error *err)
{
    struct place place = place_of(path, arena);
    bool typed = answers->source == TOKEN_TYPED;
    *written = place.config;
    bool ok = write_drafts(answers, &place, place.key, arena, err) &&
              (!typed || publish(place.key_draft, place.key, err));
    if (ok && !publish(place.config_draft, place.config, err)) {
        if (typed)
            (void)unlink(place.key); /* ours, of a moment ago */
        ok = false;
    }
    if (!ok)
        config_remove_draft(path, arena);
    return ok;
}

void
config_remove_draft(const char *path, struct arena *arena)
{
    struct place place = place_of(path, arena);
    (void)unlink(place.config_draft); /* what is not there is removed */
    (void)unlink(place.key_draft);
}
