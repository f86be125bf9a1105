#!/bin/sh
# Install the servers that the tests talk to (Dovecot, Postfix, PostgreSQL), systemd for its checks
# of the unit file, Chromium to look at Odoo's pages and Node, all from Debian's own packages. The tests
# start private copies on loopback, in temporary folders; what Debian would start by itself is kept
# from starting (only for what this script installs). May be run any number of times.
set -eu

packages="dovecot-imapd dovecot-lmtpd postfix postgresql systemd chromium"
# For Prism, and for the example client in JavaScript; another Node than Debian's will do.
command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || packages="$packages nodejs npm"

say() { echo "tests/servers: $*"; }

missing=""
for package in $packages; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" != installed ]; then
        missing="$missing $package"
    fi
done
if [ -z "$missing" ]; then
    say "everything is there:" $packages
    exit 0
fi

if ! command -v apt-get >/dev/null 2>&1; then
    say "CANNOT INSTALL$missing: this is not Debian or Ubuntu (no apt-get); install them yourself, or the tests that need them are skipped" >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    say "CANNOT INSTALL$missing: needs root or sudo without a password; run as root: apt-get install$missing" >&2
    exit 1
fi

# While the packages are configured, invoke-rc.d asks this file and is told to start nothing.
policy=/usr/sbin/policy-rc.d
made_policy=""
log=""
tidy_up() {
    [ -z "$made_policy" ] || $as_root rm -f "$policy"
    [ -z "$log" ] || rm -f "$log"
}
trap tidy_up EXIT
if [ ! -e "$policy" ]; then
    made_policy=yes
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod 755 "$policy"
fi

say "installing$missing"
log=$(mktemp)
install() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold $missing >"$log" 2>&1
}
case "$missing" in
    *postfix*) # Otherwise Postfix asks which kind of mail server it is to be.
        echo "postfix postfix/main_mailer_type select No configuration" |
            $as_root debconf-set-selections 2>/dev/null || true ;;
esac
if ! install; then
    say "package lists may be old: apt-get update, then once more"
    $as_root apt-get update -qq
    if ! install; then
        tail -n 20 "$log" >&2
        say "CANNOT INSTALL$missing: apt-get failed (its last words stand above)" >&2
        exit 1
    fi
fi

# Not at the next boot either.
if [ -d /run/systemd/system ]; then
    for package in $missing; do
        case "$package" in
            dovecot-*) units="dovecot.socket dovecot.service" ;;
            *) units="$package.service" ;;
        esac
        for unit in $units; do
            if $as_root systemctl disable --now "$unit" >/dev/null 2>&1; then
                say "kept from starting by itself: $unit"
            fi
        done
    done
fi
say "installed$missing"
