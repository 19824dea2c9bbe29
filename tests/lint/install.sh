#!/bin/sh
# What `make install` puts somewhere works there, wherever that is: the console's program finds its siblings in libexec.
# And what `make uninstall` leaves is nothing.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "tests/lint/install.sh: $1" >&2
    exit 1
}
${MAKE:-make} -s install DESTDIR="$work/root" PREFIX=/opt/tocsin
mv "$work/root/opt/tocsin" "$work/elsewhere" # nothing may look where it was built or installed first
tocsin=$work/elsewhere/bin/tocsin
cd /
"$tocsin" --version | grep -q '^tocsin [0-9]' || fail 'tocsin --version says nothing'

for file in share/man/man1/tocsin.1 share/man/man5/tocsin.conf.5 share/man/man8/tocsin-hub.8 \
    share/man/man5/hub.conf.5 share/doc/tocsin/hub.conf lib/systemd/system/tocsin-hub.service \
    share/bash-completion/completions/tocsin share/zsh/site-functions/_tocsin \
    share/fish/vendor_completions.d/tocsin.fish; do
    [ -s "$work/elsewhere/$file" ] || fail "nothing is installed as $file"
done

"$tocsin" rules check --config "$work/elsewhere/share/doc/tocsin/hub.conf" >/dev/null ||
    fail "the installed example is not what rules check takes"

# sync is tocsin-sync's command and demo tocsin-hub's: both are found, from a link as well
ln -s "$tocsin" "$work/tocsin"
"$work/tocsin" sync --help | grep -q -- --once || fail "tocsin does not find its tocsin-sync"
mkfifo "$work/line"
TMPDIR=$work "$work/tocsin" demo --headless --seed 7 >"$work/line" &
demo=$!
read -r line <"$work/line"
kill -INT "$demo"
wait "$demo" || fail "tocsin demo --headless ended with status $?"
case $line in
*'"url"'*) ;;
*) fail "tocsin demo --headless printed '$line'" ;;
esac

mv "$work/elsewhere" "$work/root/opt/tocsin"
cd - >/dev/null
${MAKE:-make} -s uninstall DESTDIR="$work/root" PREFIX=/opt/tocsin
left=$(find "$work/root" -type f)
[ -z "$left" ] || fail "uninstall leaves $left"
