#include "store/filter_compiler.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

void
compile_put(struct compiler *compiler, const char *format, ...)
{
    if (!compiler->out)
        return;
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert(len >= 0 && (size_t)len < sizeof text); /* pieces of our own making */
    str_append(compiler->out, text);
}

void
compile_text(struct compiler *compiler, const char *text)
{
    if (compiler->handle) {
        int code =
            sqlite3_bind_text(compiler->handle, compiler->parameter, text, -1, SQLITE_TRANSIENT);
        assert(code == SQLITE_OK);
    }
    compile_put(compiler, "?%d", compiler->parameter++);
}

void
compile_integer(struct compiler *compiler, int64_t value)
{
    if (compiler->handle) {
        int code = sqlite3_bind_int64(compiler->handle, compiler->parameter, value);
        assert(code == SQLITE_OK);
    }
    compile_put(compiler, "?%d", compiler->parameter++);
}

void
compile_test(struct compiler *compiler, const struct filter *filter, const char *expression)
{
    static const char *const comparisons[] = {[FILTER_LESS] = "<",
                                              [FILTER_AT_MOST] = "<=",
                                              [FILTER_MORE] = ">",
                                              [FILTER_AT_LEAST] = ">="};
    const char *collate = filter->is_exact ? "" : " collate nocase";
    switch (filter->test) {
    case FILTER_IS:
        compile_put(compiler, "%s%s in (", expression, collate);
        for (size_t i = 0; i < filter->values_len; i++) {
            compile_put(compiler, i ? ", " : "");
            compile_text(compiler, filter->values[i]);
        }
        compile_put(compiler, ")");
        break;
    case FILTER_CONTAINS:
        compile_put(compiler, "(");
        for (size_t i = 0; i < filter->values_len; i++) {
            compile_put(compiler, "%sholds(%s, ", i ? " or " : "", expression);
            compile_text(compiler, filter->values[i]);
            compile_put(compiler, ")");
        }
        compile_put(compiler, ")");
        break;
    case FILTER_LESS:
    case FILTER_AT_MOST:
    case FILTER_MORE:
    case FILTER_AT_LEAST:
        compile_put(compiler,
                    "((%s glob '[0-9]*' or %s glob '-[0-9]*') and cast(%s as real) %s cast(",
                    expression, expression, expression, comparisons[filter->test]);
        compile_text(compiler, filter->values[0]);
        compile_put(compiler, " as real))");
        break;
    case FILTER_WITHIN:
    case FILTER_ABSENT:
        assert(!"not a test of text");
    }
}

void
compile_value_test(struct compiler *compiler, const struct filter *test, const char *expression)
{
    compile_put(compiler, "(%s <> ''", expression);
    if (test) {
        compile_put(compiler, " and ");
        compile_test(compiler, test, expression);
    }
    compile_put(compiler, ")");
}
