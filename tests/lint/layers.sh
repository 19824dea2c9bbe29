#!/bin/sh
# Which directory may include which, and which one owns a library: the table of design.md 11, checked.
# Also: the console's program must not even link the network. Usage: tests/lint/layers.sh [DIRECTORY-OF-PROGRAMS]
set -u
cd "$(dirname "$0")/../.." || exit 1

# directory: what it may include besides itself
arrows='
src/base:
src/model:   base
src/config:  model base
src/expr:    base
src/wire:    model base
src/store:   model base
src/action:  store wire model base
src/remote:  wire model config base
src/sync:    remote store wire model config base
src/dbt:     wire model base
src/insight: store model base
src/report:  insight store model base
src/hub:     report remote expr store wire model config base
src/watch:   remote dbt hub store wire model config base
src/demo:    remote dbt hub store wire model config base
ui:          action insight report store model config base
src/cli:     ui action insight report demo watch hub sync dbt remote store wire expr config model base
'

# header (a regular expression): the one place that may include it
libraries='
utf8proc\.h:         src/base/
sodium.*\.h:         src/base/
confuse\.h:          src/config/
j[qv]\.h:            src/expr/
cjson/.*:            src/wire/
sqlite3\.h:          src/store/
curl/.*:             src/remote/
yajl/.*:             src/dbt/
cmark\.h:            src/report/
libical/.*:          src/report/
microhttpd\.h:       src/hub/
(n?curses.*|term)\.h: ui/term
argp\.h:             src/cli/
sql\.h|schema\.h:    src/store/
'

find src ui -name '*.[ch]' -exec grep -Hn '^#include' {} + | awk -v arrows="$arrows" -v libraries="$libraries" '
    BEGIN {
        lines = split(arrows, line, "\n")
        for (i = 1; i <= lines; i++)
            if (split(line[i], part, ":") == 2) {
                sub(/ .*/, "", part[1])
                known[part[1]] = 1
                words = split(part[2], word, " ")
                for (w = 1; w <= words; w++)
                    allowed[part[1], word[w]] = 1
            }
        owners = split(libraries, owner_line, "\n")
    }
    {
        split($0, field, ":")
        file = field[1]
        where = file ":" field[2]
        target = $0
        sub(/^[^"<]*["<]/, "", target)
        sub(/[">].*/, "", target)
        directory = file
        sub(/\/[^\/]*$/, "", directory)
        short = directory
        sub(/^src\//, "", short)
        if (!(directory in known)) {
            print where ": directory " directory " is not in the table of tests/lint/layers.sh"
            bad = 1
            next
        }
        for (i = 1; i <= owners; i++) {
            if (split(owner_line[i], part, ":") != 2)
                continue
            gsub(/ /, "", part[2])
            if (target ~ ("^(" part[1] ")$") && index(file, part[2]) != 1) {
                print where ": <" target "> belongs to " part[2]
                bad = 1
            }
        }
        if ($0 ~ /include "/ && target ~ /\//) {
            to = target
            sub(/\/.*/, "", to)
            if (to != short && !((directory, to) in allowed)) {
                print where ": " directory " must not include " target
                bad = 1
            }
        }
    }
    END { exit bad }
' || exit 1

programs=${1:-build/release}
for library in libcurl libmicrohttpd libyajl; do
    if readelf -d "$programs/tocsin" | grep -q "NEEDED.*$library"; then
        echo "$programs/tocsin links $library: the console reaches what is not its own"
        exit 1
    fi
done
