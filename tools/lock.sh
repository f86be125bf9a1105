#!/bin/sh
# Regenerate the lock files from pyproject.toml: every release is pinned with hashes, for every
# supported Python, without download addresses.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python -m pip install --quiet --disable-pip-version-check uv
common="--universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --quiet"
.venv/bin/uv pip compile $common "$@" pyproject.toml tools/build.in -o requirements.lock
.venv/bin/uv pip compile $common "$@" pyproject.toml tools/build.in --extra dev -c requirements.lock \
    -o requirements-dev.lock
