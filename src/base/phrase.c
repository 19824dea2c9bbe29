#include "base/phrase.h"

#include <stdint.h>
#include <string.h>

#include <utf8proc.h>

static bool
is_word_character(int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
           (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO) ||
           category == UTF8PROC_CATEGORY_CO;
}

/* Accents that stand by themselves behind their letter. */
static bool
is_accent(int32_t c)
{
    return c >= 0x300 && c < 0x370;
}

static int32_t
without_accent(int32_t c)
{
    bool is_latin = (c >= 0xc0 && c < 0x250) || (c >= 0x1e00 && c < 0x1f00);
    int32_t parts[4];
    int boundclass = 0;
    if (!is_latin ||
        utf8proc_decompose_char(c, parts, 4, UTF8PROC_DECOMPOSE | UTF8PROC_STABLE, &boundclass) < 1)
        return c;
    return parts[0];
}

void
phrase_append(struct str *words, const char *text)
{
    bool inside = false;
    for (utf8proc_ssize_t used; *text; text += used) {
        unsigned char first = (unsigned char)*text;
        if (first < 0x80) {
            bool is_upper = first >= 'A' && first <= 'Z';
            used = 1;
            if (!is_upper && !(first >= 'a' && first <= 'z') && !(first >= '0' && first <= '9')) {
                inside = false;
                continue;
            }
            if (!inside)
                str_append_char(words, ' ');
            str_append_char(words, (char)(is_upper ? first - 'A' + 'a' : first));
            inside = true;
            continue;
        }
        utf8proc_int32_t c;
        used = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &c);
        if (used < 1) {
            used = 1;
            inside = false;
            continue;
        }
        if (inside && is_accent(c))
            continue;
        if (!is_word_character(c)) {
            inside = false;
            continue;
        }
        utf8proc_uint8_t bytes[4];
        utf8proc_ssize_t len = utf8proc_encode_char(without_accent(utf8proc_tolower(c)), bytes);
        if (!inside)
            str_append_char(words, ' ');
        str_append_len(words, (const char *)bytes, (size_t)len);
        inside = true;
    }
}

bool
phrase_is_in(const char *phrase, bool is_prefix, const char *words)
{
    size_t len = strlen(phrase);
    if (!len)
        return false;
    for (const char *at = words; (at = strstr(at, phrase)); at++)
        if (is_prefix || at[len] == ' ' || !at[len])
            return true;
    return false;
}
