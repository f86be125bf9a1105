#!/bin/sh
# Create .venv from the lock file. Prints each step; does nothing if .venv is up to date.
#   tools/setup.sh run    what the daemon needs
#   tools/setup.sh dev    also what the tests need
set -eu
cd "$(dirname "$0")/.."
what=${1:-run}
say() { printf '\033[1m==>\033[0m %s\n' "$*"; }

python=""
for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo -n "$@"
    else return 1
    fi
}

install_python() {
    say "Installing Debian's python3 and python3-venv"
    as_root apt-get update -qq &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3 python3-venv >/dev/null || {
        echo "This needs Python 3.11 or newer with venv. As an administrator, run:" >&2
        echo "    apt-get install python3 python3-venv" >&2
        exit 1
    }
    python=python3
}

[ -n "$python" ] || install_python
# Debian packages ensurepip separately, in python3-venv.
"$python" -c 'import venv, ensurepip' 2>/dev/null || install_python

lock=requirements.lock
[ "$what" = dev ] && lock=requirements-dev.lock
stamp=.venv/.installed-$what
wanted=$(cat $lock pyproject.toml | cksum)
if [ -x .venv/bin/intake ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi
if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    say "Creating .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
fi
say "Installing locked dependencies into .venv ($lock); the first time takes a minute or two"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
rm -f .venv/.installed-*
[ "$what" = dev ] && printf '%s' "$(cat requirements.lock pyproject.toml | cksum)" >.venv/.installed-run
printf '%s' "$wanted" >"$stamp"
