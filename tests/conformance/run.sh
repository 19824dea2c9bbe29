#!/usr/bin/env bash
# Does what hub and client say to each other keep to the published API description?
# Usage: tests/conformance/run.sh SPEC      environment: DURATION=60 seconds of polling, SPEED=5 of the demo
# `tocsin sync` on a demo hub, with Stoplight's Prism as a validating proxy in between, every route by walk.py and every
# write by write.py.
# Fails on any finding of severity Error, in requests or answers.
set -euo pipefail
cd "$(dirname "$0")/../.."

spec=${1:?usage: make conformance SPEC=file [DURATION=seconds]}
duration=${DURATION:-60}
speed=${SPEED:-5}
tools=build/prism
prism_version=5.14.2
[ -r "$spec" ] || { echo "cannot read the description '$spec'" >&2; exit 1; }
command -v npm >/dev/null || { echo "npm is needed for the conformance check only: apt-get install npm" >&2; exit 1; }

if [ ! -x "$tools/node_modules/.bin/prism" ]; then
    mkdir -p "$tools"
    npm install --prefix "$tools" --no-audit --no-fund --loglevel=error "@stoplight/prism-cli@$prism_version" >/dev/null
fi

work=$(mktemp -d)
children=()
finish() {
    for pid in "${children[@]}"; do
        kill -INT "$pid" 2>/dev/null || true
    done
    for pid in "${children[@]}"; do
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap finish EXIT

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
    local tries=$(($1 * 10))
    shift
    until "$@" 2>/dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}
port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1"); }
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

python3 tests/conformance/overlay.py "$spec" "$work/spec.json"

# start_demo SPEED: sets url and TOCSIN_API_KEY, and demo to its process
start_demo() {
    rm -rf "$work/demo.json" "$work/demo"
    mkdir "$work/demo"
    TMPDIR=$work/demo build/tocsin demo --headless --seed 7 --speed "$1" >"$work/demo.json" 2>"$work/demo.log" &
    demo=$!
    children+=("$demo")
    wait_for 60 test -s "$work/demo.json" || { cat "$work/demo.log"; echo "the demo did not start" >&2; exit 1; }
    url=$(jq -r .url "$work/demo.json")
    TOCSIN_API_KEY=$(jq -r .viewer_key "$work/demo.json")
    export TOCSIN_API_KEY
}

# configure URL NAME: a configuration and state of its own
configure() {
    export XDG_CONFIG_HOME=$work/$2/config XDG_STATE_HOME=$work/$2/state
    mkdir -p "$XDG_CONFIG_HOME/tocsin"
    printf 'profile "default" {\n    url = "%s"\n    history = "400d"\n}\n' "$1" >"$XDG_CONFIG_HOME/tocsin/tocsin.conf"
    chmod 600 "$XDG_CONFIG_HOME/tocsin/tocsin.conf"
}
sync_once() {
    build/tocsin sync --once >"$work/once.log" 2>&1 || { cat "$work/once.log"; echo "sync --once failed" >&2; exit 1; }
}

# failed WHAT: said again at the end, where it is looked for
failed() { echo "$*" >>"$work/failed"; }

# start_proxy PORT LOG: between that port and the demo
start_proxy() {
    "$tools/node_modules/.bin/prism" proxy -h 127.0.0.1 -p "$1" "$work/spec.json" "$url" >"$work/$2.log" 2>&1 &
    children+=($!)
    wait_for 60 port_answers "$1" || { tail "$work/$2.log"; echo "the proxy did not start" >&2; exit 1; }
}

stop_demo() {
    kill -INT "$demo"
    wait "$demo" || { failed "the demo ended with status $?"; cat "$work/demo.log"; }
}
# compare NAME: a hub goes by the clock (alerts end by themselves, shifts begin), so what differs is synced once more.
compare() {
    local try
    for try in 1 2 3; do
        python3 tests/conformance/compare.py "$url" build/tocsin >"$work/$1.log" && break
        [ "$try" -lt 3 ] || { failed "$1: $(grep -E 'differs|newest first|only|Error' "$work/$1.log" | cut -c -300)"; break; }
        sync_once
    done
    cat "$work/$1.log"
}

echo "conformance: a world that stands still: the store against the API, object for object"
start_demo 0
configure "$url" still
sync_once
compare still
stop_demo
children=()

start_demo "$speed"
port=$(free_port)
start_proxy "$port" proxy
configure "http://127.0.0.1:$port" moving

echo "conformance: sync --once through the proxy"
sync_once
tail -n 3 "$work/once.log"

echo "conformance: polling for $duration s at speed $speed"
build/tocsin sync >"$work/sync.log" 2>&1 &
sync=$!
children+=("$sync")
python3 tests/conformance/walk.py "http://127.0.0.1:$port" >"$work/walk.log" 2>&1 || failed "walk: $(tail -n 5 "$work/walk.log" | cut -c -300)"
cat "$work/walk.log"
end=$((SECONDS + duration))
while [ "$SECONDS" -lt "$end" ]; do
    kill -0 "$sync" 2>/dev/null || { cat "$work/sync.log"; echo "sync ended by itself" >&2; exit 1; }
    sleep 1
done
kill -INT "$sync"
wait "$sync" || true

# The moved world is held by serving a copy of its hub.db from where the demo was: same address, same keys.
echo "conformance: the world has moved on and stands still: sync --once again, object for object"
mkdir "$work/held"
sqlite3 "$(echo "$work"/demo/*/hub.db)" ".backup '$work/held/hub.db'"
stop_demo
build/tocsin hub --data "$work/held" --listen "${url#http://}" >"$work/hub.log" 2>&1 &
children+=($!)
wait_for 60 port_answers "${url##*:}" || { cat "$work/hub.log"; echo "the hub did not start" >&2; exit 1; }
sync_once
tail -n 3 "$work/once.log"
compare moved

echo "conformance: a world that is written to, then synced: object for object"
start_demo 0
port=$(free_port)
start_proxy "$port" proxy-write
TOCSIN_API_KEY=$(jq -r .admin_key "$work/demo.json") \
    python3 tests/conformance/write.py "http://127.0.0.1:$port" "$spec" >"$work/write.log" 2>&1 ||
    failed "write: $(tail -n 5 "$work/write.log" | cut -c -300)"
cat "$work/write.log"
configure "$url" written
sync_once
compare written
stop_demo
cat "$work/proxy-write.log" >>"$work/proxy.log"

python3 tests/conformance/report.py "$work/spec.json" "$work/proxy.log" || failed "the proxy found violations, listed above"
if [ -e "$work/failed" ]; then
    mkdir -p build/conformance
    cp "$work"/*.log build/conformance/
    sed 's/^/conformance: failed: /' "$work/failed" >&2
    echo "conformance: logs are in build/conformance" >&2
    exit 1
fi
