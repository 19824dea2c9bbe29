#!/bin/sh
# Every header starts with #pragma once and says what its module is for; nothing unfinished or misplaced is in the tree.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0

for header in $(git ls-files -co --exclude-standard -- 'src/*.h' 'ui/*.h' 'tests/*.h'); do
    if [ "$(head -n 1 "$header")" != '#pragma once' ]; then
        echo "$header:1: expected '#pragma once'"
        bad=1
    fi
    if ! sed -n '2,6p' "$header" | grep -q '^/\*'; then
        echo "$header:3: expected a comment on what the module is for"
        bad=1
    fi
    # A header that needs others to be included first breaks whoever sorts the includes.
    if ! ${CC:-cc} -std=c11 -D_GNU_SOURCE -Isrc -I. -Ibuild/gen -fsyntax-only -x c "$header" 2>/dev/null; then
        echo "$header:1: does not compile by itself"
        bad=1
    fi
done

# The brackets keep this line from finding itself.
if git grep -nwE 'TO[D]O|FIX[M]E|XX[X]|not [i]mplemented' -- src ui data tests .ci Makefile '*.md'; then
    echo 'unfinished work is finished or filed, not committed'
    bad=1
fi
if git ls-files | cut -d/ -f1 | sort -u |
    grep -vxE 'src|ui|data|tests|screenshots|\.ci|Makefile|README\.md|CONTRIBUTING\.md|LICENSE|\.(clang-format|clang-tidy|editorconfig|gitignore)'; then
    echo 'these do not belong at the top of the tree'
    bad=1
fi
if git grep -nE '[[:blank:]]+$' -- '*.c' '*.h' '*.sql' '*.awk' '*.sh' Makefile; then
    echo 'white space at the end of a line'
    bad=1
fi
if git grep -nE '[^_a-z](malloc|calloc|realloc)\(' -- src ui ':!src/base/arena.c'; then
    echo 'memory comes from arenas and src/base/arena.c'
    bad=1
fi
exit $bad
