#include "config/transforms.h"

#include <string.h>

#include "files.h"

#define FOLDER "transforms/"
#define ENDING ".jq"

/* How long the name of a ready transform is; 0 for another file. */
static size_t
name_len(const char *path)
{
    size_t len = strlen(path);
    if (strncmp(path, FOLDER, strlen(FOLDER)) != 0 || len <= strlen(FOLDER ENDING) ||
        strcmp(path + len - strlen(ENDING), ENDING) != 0)
        return 0;
    return len - strlen(FOLDER ENDING);
}

const char *
transform_ready(const char *name)
{
    for (int i = 0; i < embedded_files_len; i++) {
        size_t len = name_len(embedded_files[i].name);
        if (len > 0 && strlen(name) == len &&
            memcmp(embedded_files[i].name + strlen(FOLDER), name, len) == 0)
            return embedded_files[i].text;
    }
    return NULL;
}

const char *const *
transform_ready_names(struct arena *arena)
{
    const char **names = arena_new_array(arena, (size_t)embedded_files_len + 1, const char *);
    size_t names_len = 0;
    for (int i = 0; i < embedded_files_len; i++) {
        size_t len = name_len(embedded_files[i].name);
        if (len > 0)
            names[names_len++] =
                arena_text_len(arena, embedded_files[i].name + strlen(FOLDER), len);
    }
    return names;
}
