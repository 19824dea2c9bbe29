#!/bin/sh
# The test runner counts what did not go well: programs that crash, hang, say nothing, or plan more than they report.
set -u
runner=$(cd "$(dirname "$0")/.." && pwd)/run.sh
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

program() { # NAME: from standard input
    { echo '#!/bin/sh' && cat; } >"$1"
    chmod +x "$1"
}
program good <<'PROGRAM'
printf '1..2\nok 1 - one\nok 2 - two\n'
PROGRAM
program bad <<'PROGRAM'
printf '1..2\nok 1 - one\nnot ok 2 - two\n'; exit 1
PROGRAM
program skips <<'PROGRAM'
printf '1..3\nok 1 - one\nok 2 # SKIP two\nnot ok 3 # SKIP three\n'
PROGRAM
program crashes <<'PROGRAM'
printf '1..3\nok 1 - one\n'; kill -ABRT $$
PROGRAM
program hangs <<'PROGRAM'
printf '1..1\n'; exec sleep 60
PROGRAM
program leaves_something <<'PROGRAM'
printf '1..1\nok 1 - one\n'; echo >"$TMPDIR/file"
PROGRAM
program silent <<'PROGRAM'
exit 0
PROGRAM
program ends_badly <<'PROGRAM'
printf '1..1\nok 1 - one\n'; exit 9
PROGRAM

bad=0
expect() { # STATUS LAST-LINE PROGRAM...
    status=$1 line=$2
    shift 2
    got=$(RUN_TIMEOUT=2 "$runner" "$@" 2>&1)
    ended=$?
    got=$(printf '%s\n' "$got" | tail -n 1)
    if [ "$ended" -ne "$status" ] || [ "$got" != "$line" ]; then
        echo "tests/run.sh $*: '$got' and status $ended, expected '$line' and $status"
        bad=1
    fi
}
expect 0 'tests: 2 passed, 0 failed' ./good
expect 1 'tests: 3 passed, 1 failed' ./good ./bad
expect 0 'tests: 3 passed, 0 failed, 2 skipped' ./good ./skips
expect 1 'tests: 3 passed, 2 failed' ./crashes ./good
expect 1 'tests: 2 passed, 1 failed' ./hangs ./good
expect 1 'tests: 2 passed, 1 failed' ./silent ./good
expect 1 'tests: 3 passed, 1 failed' ./ends_badly ./good
expect 1 'tests: 3 passed, 1 failed' ./leaves_something ./good
expect 1 'tests: 2 passed, 1 failed' ./missing ./good
expect 1 'tests: 23 passed, 8 failed, 2 skipped' --summary
exit $bad
