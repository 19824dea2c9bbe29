#!/bin/sh
# Runs cmocka test programs, several at a time, and counts: the last line is "tests: N passed, N failed[, N skipped]".
# Usage: tests/run.sh PROGRAM... | --summary (the sum of all runs since build/counts was removed)
#   RUN_WITH="valgrind -q" puts a command in front of each; RUN_JOBS at once; RUN_TIMEOUT seconds for each.
set -u
counts=build/counts

total() { # passed failed skipped
    printf 'tests: %d passed, %d failed' "$1" "$2"
    [ "$3" -eq 0 ] || printf ', %d skipped' "$3"
    echo
    [ "$2" -eq 0 ] && [ "$1" -gt 0 ]
}

# One program: its output and "passed failed skipped" into files. What it planned and did not report has failed: it crashed, hung,
# or its group's set-up failed. So has a program that reports nothing, ends badly without saying why, or leaves files behind.
one() {
    log=$RUN_RESULTS/run-$(printf '%s' "$1" | tr '/' '_')
    mkdir "$log.tmp"
    began=$(date +%s)
    # shellcheck disable=SC2086 # RUN_WITH is a command with its arguments
    TMPDIR=$log.tmp CMOCKA_MESSAGE_OUTPUT=TAP timeout -k 10 "${RUN_TIMEOUT:-240}" ${RUN_WITH:-} "$1" \
        </dev/null >"$log.tap" 2>"$log.err"
    status=$?
    took=$(($(date +%s) - began))
    left=$(ls -A "$log.tmp")
    # cmocka 1.1 says "not ok N # SKIP" for a skipped test.
    awk -v status="$status" -v left="$left" '
        /^1\.\.[0-9]+/           { planned += substr($1, 4) }
        /^(not )?ok .*# SKIP/    { skipped++; next }
        /^ok /                   { passed++ }
        /^not ok /               { failed++ }
        END {
            missing = planned - passed - failed - skipped
            if (missing > 0)
                failed += missing
            if (!failed && (status != 0 || !planned || left != ""))
                failed = 1
            print passed + 0, failed + 0, skipped + 0
        }' "$log.tap" >"$log.count"
    read -r passed failed skipped <"$log.count"
    if [ "$failed" -gt 0 ]; then
        {
            echo "--- $1 ended with status $status after $took s"
            [ -z "$left" ] || echo "left behind: $left"
            grep '^not ok' -A 12 "$log.tap"
            [ "$status" -ne 124 ] || tail -n 3 "$log.tap"
            tail -n 60 "$log.err"
        } >"$log.failed"
    fi
    rm -rf "$log.tmp"
    printf '%s: %d passed' "$1" "$passed"
    [ "$failed" -eq 0 ] || printf ', %d FAILED' "$failed"
    [ "$skipped" -eq 0 ] || printf ', %d skipped' "$skipped"
    if [ "$took" -ge 10 ]; then
        printf ' in %d s' "$took"
    fi
    echo
}

case ${1:-} in
--summary)
    sum=$(awk '{ passed += $1; failed += $2; skipped += $3 } END { print passed + 0, failed + 0, skipped + 0 }' "$counts")
    # shellcheck disable=SC2086 # three numbers
    total $sum
    exit
    ;;
--one)
    one "$2"
    exit
    ;;
esac

# What a developer has set for the program itself must not reach its tests.
for name in $(env | sed -n 's/^\(TOCSIN_[A-Z_]*\|XDG_[A-Z_]*\|[a-zA-Z]*_[pP][rR][oO][xX][yY]\|NO_COLOR\|TZ\)=.*/\1/p'); do
    unset "$name"
done
RUN_RESULTS=$(mktemp -d) || exit 1
export RUN_RESULTS
chmod 711 "$RUN_RESULTS" # a test becomes somebody else, who must get at its directory
trap 'rm -rf "$RUN_RESULTS"' EXIT
trap 'exit 130' INT TERM HUP

printf '%s\n' "$@" | xargs -P "${RUN_JOBS:-$(nproc)}" -I '{}' "$0" --one '{}'
cat "$RUN_RESULTS"/*.failed 2>/dev/null
grep -h '# SKIP' "$RUN_RESULTS"/*.tap | sed 's/^\(not \)\?ok/skipped/'
sum=$(cat "$RUN_RESULTS"/*.count | awk -v programs="$#" '
    { passed += $1; failed += $2; skipped += $3 }
    END { print passed + 0, failed + programs - NR, skipped + 0 }')
mkdir -p build && echo "$sum" >>"$counts"
# shellcheck disable=SC2086 # three numbers
total $sum
