#!/bin/sh
# Get an Odoo 19 for the tests into a folder of its own: Debian's package `odoo-19` (from sid, unpacked
# and not installed), a virtual environment, and OCA's helpdesk. Nothing else on the machine changes.
# The folder is kept between runs: $INTAKE_TEST_ODOO, or the user's cache. May be run any number of
# times.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${INTAKE_TEST_ODOO:-${XDG_CACHE_HOME:-$HOME/.cache}/central-intake/odoo-19}
python=${PYTHON:-python3}
say() { echo "tests/servers: $*"; }
fail() { say "CANNOT GET ODOO: $*" >&2; exit 1; }

wanted=$(cat "$0" "$here/odoo-requirements.txt" | cksum)
if [ "$(cat "$target/.complete" 2>/dev/null)" = "$wanted" ]; then
    say "Odoo 19 is there: $target"
    exit 0
fi
for program in apt-get dpkg-deb tar "$python"; do
    command -v "$program" >/dev/null 2>&1 || fail "$program is missing; this needs Debian"
done
mirror=$(sed -nE 's#^URIs: *([^ ]+/debian)/?( .*)?$#\1#p; s#^deb +(\[[^]]*\] +)?([^ ]+/debian)/? .*#\2#p' \
    /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
[ -n "$mirror" ] || fail "no Debian mirror in /etc/apt/sources.list or sources.list.d"
signed=""
for key in /usr/share/keyrings/debian-archive-keyring.gpg /usr/share/keyrings/debian-archive-keyring.pgp; do
    [ ! -e "$key" ] || signed="[signed-by=$key]"
done

say "getting Odoo 19 into $target (120 MB, a minute or two; kept for the next run)"
rm -rf "$target"
mkdir -p "$target/apt/lists/partial" "$target/apt/cache/archives/partial" "$target/apt/parts" "$target/root"
cd "$target/apt"
printf 'deb %s %s sid main\n' "$signed" "$mirror" >sources.list
apt() {
    apt-get -qq -o Dir::Etc::SourceList="$target/apt/sources.list" -o Dir::Etc::SourceParts="$target/apt/parts" \
        -o Dir::State::Lists="$target/apt/lists" -o Dir::Cache="$target/apt/cache" \
        -o APT::Sandbox::User=root -o Acquire::Languages=none "$@"
}
apt update || fail "apt-get update for sid failed"
# Without the three libraries the login page answers 500.
apt download odoo-19 libjs-jquery libjs-jquery-form libjs-underscore || fail "apt-get download failed"
say "unpacking"
for package in *.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x -C "$target/root" \
        --exclude='./usr/lib/python3/dist-packages/addons' --exclude='*/i18n/*.po*' \
        --exclude='*/addons/l10n_*' --exclude='*/static/tests'
done
say "making its virtual environment"
"$python" -m venv "$target/venv"
pip() { "$target/venv/bin/python" -m pip --quiet --disable-pip-version-check install "$@"; }
pip -r "$here/odoo-requirements.txt" || fail "pip could not install what Odoo needs"
pip --no-deps "odoo-addon-helpdesk-mgmt==19.0.*" || fail "pip could not install OCA's helpdesk"
packages=$("$target/venv/bin/python" -c 'import site; print(site.getsitepackages()[0])')
printf '%s/root/usr/lib/python3/dist-packages\n' "$target" >"$packages/odoo-unpacked.pth"
rm -rf "$target/apt"
"$target/venv/bin/python" -m odoo --version >/dev/null 2>&1 || fail "what was unpacked does not run"
printf '%s' "$wanted" >"$target/.complete"
say "Odoo 19 is there: $target"
