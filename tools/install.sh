#!/bin/sh
# Install the daemon as a systemd service that runs from this folder. Run it as root; it may be
# run again at any time.
set -eu
cd "$(dirname "$0")/.."
here=$(pwd -P)
unit=/etc/systemd/system/central-intake.service
settings=/etc/central-intake/settings.toml
say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
fail() { echo "install: $*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || fail "must be run as root: sudo make install"
command -v systemctl >/dev/null || fail "this machine has no systemd; start '.venv/bin/intake run' by other means"
case $here/ in
/root/* | /home/*) fail "the service cannot look into $here; clone into /opt/central-intake instead" ;;
esac
tools/setup.sh run
case $(readlink -f .venv/bin/python) in
/root/* | /home/*) fail "the service cannot use a Python in a home folder; remove .venv and run: PYTHON=/usr/bin/python3 make install" ;;
esac

if [ ! -e "$settings" ]; then
    say "Writing $settings: name your mailbox and mail server there"
    mkdir -p "$(dirname "$settings")"
    cp systemd/settings.toml "$settings"
fi
mkdir -p -m 0700 /etc/credstore
say "Making the account central-intake"
install -D -m 0644 systemd/central-intake.sysusers /etc/sysusers.d/central-intake.conf
systemd-sysusers /etc/sysusers.d/central-intake.conf
say "Writing $unit"
sed "s#/opt/central-intake#$here#g" systemd/central-intake.service >"$unit"
systemctl daemon-reload

cat <<TEXT

Next:
  1. edit $settings
  2. put each secret into a file of its own, for instance
       install -m 0600 /dev/stdin /etc/credstore/intake-imap-password
  3. start it:  systemctl enable --now central-intake
  4. try it:    $here/.venv/bin/intake -c $settings doctor
TEXT
