#!/bin/sh
# Runs cmocka test programs, two at a time, and counts: the last line is "tests: N passed, N failed[, N skipped]".
# Usage: tests/run.sh PROGRAM... | --summary (the sum of all runs since build/counts was removed)
#   RUN_WITH="valgrind -q" puts a command in front of each; RUN_JOBS=N at once.
set -u
counts=build/counts
if [ "${1:-}" = --summary ]; then
    awk '{ passed += $1; failed += $2; skipped += $3 }
         END { printf "tests: %d passed, %d failed", passed, failed
               if (skipped) printf ", %d skipped", skipped
               print ""; exit failed > 0 || !passed }' "$counts"
    exit
fi
results=$(mktemp -d) || exit 1
trap 'rm -rf "$results"' EXIT
chmod 711 "$results" # a test becomes somebody else, who must get at its directory

one() {
    name=$(printf '%s' "$1" | tr '/' '_')
    # shellcheck disable=SC2086 # RUN_WITH is a command with its arguments
    TMPDIR=$results/t.$2 CMOCKA_MESSAGE_OUTPUT=TAP timeout "${RUN_TIMEOUT:-240}" ${RUN_WITH:-} "$1" \
        >"$results/$name.tap" 2>"$results/$name.err"
    status=$?
    # What a test leaves behind is a fault of the test, or of what it tests.
    left=$(ls -A "$results/t.$2")
    if [ "$status" -eq 0 ] && [ -n "$left" ]; then
        echo "left behind: $left" >>"$results/$name.err"
        status='0, but left something behind'
    fi
    if [ "$status" != 0 ]; then
        echo "$status" >"$results/$name.failed"
    fi
}

number=0
running=0
for program in "$@"; do
    number=$((number + 1))
    mkdir "$results/t.$number"
    one "$program" "$number" &
    running=$((running + 1))
    if [ "$running" -ge "${RUN_JOBS:-2}" ]; then
        wait
        running=0
    fi
done
wait

count() { cat "$results"/*.tap 2>/dev/null | grep -cE "$1"; }
# cmocka 1.1 says "not ok N # SKIP" for a skipped test.
skipped=$(count '^(not )?ok .*# SKIP')
passed=$(($(count '^ok ') - $(count '^ok .*# SKIP')))
failed=$(($(count '^not ok ') - $(count '^not ok .*# SKIP')))
for mark in "$results"/*.failed; do
    [ -e "$mark" ] || continue
    log=${mark%.failed}
    echo "--- $(basename "$log") ended with status $(cat "$mark")"
    grep -A 12 '^not ok' "$log.tap"
    tail -n 60 "$log.err"
    grep '^not ok ' "$log.tap" | grep -qv '# SKIP' || failed=$((failed + 1))
done
grep -h '# SKIP' "$results"/*.tap 2>/dev/null | sed -E 's/^(not )?ok [0-9]+ # SKIP/skipped:/'
mkdir -p build && echo "$passed $failed $skipped" >>"$counts"
if [ "$skipped" -gt 0 ]; then
    echo "tests: $passed passed, $failed failed, $skipped skipped"
else
    echo "tests: $passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
