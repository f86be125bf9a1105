#!/bin/sh
# Get Prism, which plays a server from its OpenAPI description, and Twilio's description of its API, for
# the tests, into a folder of their own. Nothing else on the machine changes. The folder is kept between
# runs: $INTAKE_TEST_PRISM, or the user's cache. May be run any number of times.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${INTAKE_TEST_PRISM:-${XDG_CACHE_HOME:-$HOME/.cache}/central-intake/prism}
description=@twilio/cli-core@8.3.2
description_sha256=6ae83443de5882462b5fba9eddd9080a0ba52ff9cfa579d8bac9f4cf43ee4409
say() { echo "tests/servers: $*"; }
fail() { say "CANNOT GET PRISM: $*" >&2; exit 1; }

wanted=$(cat "$0" "$here/prism_packages/package-lock.json" | cksum)
if [ "$(cat "$target/.complete" 2>/dev/null)" = "$wanted" ]; then
    say "Prism is there: $target"
    exit 0
fi
for program in node npm tar sha256sum; do
    command -v "$program" >/dev/null 2>&1 || fail "$program is missing (Debian: nodejs, npm)"
done

say "getting Prism into $target (100 MB, half a minute; kept for the next run)"
rm -rf "$target"
mkdir -p "$target"
cp "$here/prism_packages/package.json" "$here/prism_packages/package-lock.json" "$target/"
cd "$target"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || fail "npm could not install it"
archive=$(npm pack --silent "$description") || fail "npm could not get Twilio's description"
echo "$description_sha256  $archive" | sha256sum --check --quiet || fail "$archive is not what it was"
tar -xzf "$archive" --strip-components=4 package/src/services/twilio-api/twilio_api_v2010.json
rm "$archive"
[ -s twilio_api_v2010.json ] || fail "Twilio's description is not where it was"
printf '%s' "$wanted" >"$target/.complete"
say "Prism is there: $target"
