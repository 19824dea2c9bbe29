#include "ui/osc.h"

#include <string.h>

/* screen takes a wrapped string of 768 bytes at most; longer ones go in several, which it joins. */
#define SCREEN_CHUNK_BYTES 700

enum multiplexer
multiplexer_of(const char *tmux, const char *term)
{
    if (!text_is_empty(tmux))
        return MULTIPLEXER_TMUX;
    if (term && strncmp(term, "screen", 6) == 0)
        return MULTIPLEXER_SCREEN;
    return MULTIPLEXER_NONE;
}

bool
osc_append(struct str *out, enum multiplexer multiplexer, const char *body)
{
    for (const char *at = body; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return false;
    switch (multiplexer) {
    case MULTIPLEXER_NONE:
        str_printf(out, "\033]%s\a", body);
        break;
    case MULTIPLEXER_TMUX: /* each escape inside is doubled */
        str_printf(out, "\033Ptmux;\033\033]%s\a\033\\", body);
        break;
    case MULTIPLEXER_SCREEN:
        str_append(out, "\033P\033]");
        for (size_t room = SCREEN_CHUNK_BYTES; *body; body++, room--) {
            if (room == 0) {
                str_append(out, "\033\\\033P");
                room = SCREEN_CHUNK_BYTES;
            }
            str_append_char(out, *body);
        }
        str_append(out, "\a\033\\");
        break;
    }
    return true;
}
