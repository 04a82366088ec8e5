#!/bin/bash
# Builds the library for one machine again, from a copy of the sources in another folder: the bytes have to be the same.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${1:-armv7em-m4}
built=$(cd "${PARE_BUILD:-.build}/pare-c/$target" && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/elsewhere/Tests"
cp -r Sources "$copy/elsewhere"
cp -r Tests/Embedded "$copy/elsewhere/Tests"
env -u PARE_BUILD PARE_OUTPUT="$copy/output" bash "$copy/elsewhere/Tests/Embedded/build.sh" "$target" >/dev/null
for file in libpare.a libpare-sequence.a libpare-sequence-in-place.a libpare-reader.a libpare-in-place.a pare.h; do
  cmp "$built/$file" "$copy/output/$target/$file"
done
echo "$target: the same bytes from another folder"
