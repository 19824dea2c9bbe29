#include "ui/links.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"

#define URL_MAX_BYTES 2000

bool
link_is_safe(const char *url)
{
    size_t len = strlen(url);
    size_t scheme = strncmp(url, "https://", 8) == 0 ? 8 : strncmp(url, "http://", 7) == 0 ? 7 : 0;
    if (!scheme || len > URL_MAX_BYTES || !text_is_valid_utf8(url, len))
        return false;
    size_t host = strcspn(url + scheme, "/?#");
    if (!host || memchr(url + scheme, '@', host) || url[scheme] == ':')
        return false;
    for (const char *at = url; *at; at++)
        if ((unsigned char)*at <= ' ' || *at == 0x7f || strchr("\"'<>\\^`{|}", *at))
            return false;
    /* Controls and directions beyond ASCII: what cleaning would take away is not for an address. */
    struct arena scratch = {0};
    bool clean = strcmp(text_clean(&scratch, url, URL_MAX_BYTES + 1), url) == 0;
    arena_finish(&scratch);
    return clean;
}

static void
add(struct link *links, size_t *len, const char *label, const char *url)
{
    if (*len == LINKS_MAX || !link_is_safe(url))
        return;
    for (size_t i = 0; i < *len; i++)
        if (strcmp(links[i].url, url) == 0)
            return;
    links[(*len)++] = (struct link){label, url};
}

/* Addresses in running text: up to what cannot be part of one, without the punctuation of the sentence. */
static void
add_from_text(struct link *links, size_t *len, const char *text, struct arena *arena)
{
    for (const char *at = text; (at = strstr(at, "http")) && *len < LINKS_MAX;) {
        size_t chars = strcspn(at, " \t\r\n\"'<>\\^`{|}()[]");
        while (chars && strchr(".,;:!?*_", at[chars - 1]))
            chars--;
        if (chars > 8 && chars <= URL_MAX_BYTES)
            add(links, len, "in the text", arena_text_len(arena, at, chars));
        at += chars ? chars : 1;
    }
}

size_t
links_of(const struct detail *detail, struct arena *arena, const struct link **out)
{
    struct link *links = arena_new_array(arena, LINKS_MAX, struct link);
    size_t len = 0;
    for (size_t i = 0; i < detail->facts_len; i++)
        add(links, &len, detail->facts[i].label, detail->facts[i].link);
    for (size_t i = 0; i < detail->blocks_len; i++)
        add_from_text(links, &len, detail->blocks[i].text, arena);
    *out = links;
    return len;
}
