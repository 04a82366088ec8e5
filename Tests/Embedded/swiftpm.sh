#!/bin/bash
# Builds the library as SwiftPM does for firmware, with the toolset that Spec/EMBEDDING.md prints, and runs the guide's example with
# it on the emulated Cortex-M4F. firmware.sh has to have run.
set -euo pipefail
cd "$(dirname "$0")/../.."
source Tests/Embedded/machines.sh
work=${PARE_BUILD:-.build}/firmware
scratch=${PARE_BUILD:-.build}/embedded-package
sed -n '/^```json$/,/^```$/ { /^```/d; p; }' Spec/EMBEDDING.md >"$work/toolset.json"
swift build -c release --triple armv7em-none-none-eabi --traits Embedded --toolset "$work/toolset.json" --product PareC \
  --scratch-path "$scratch" | tail -1

libraries=$work/package
mkdir -p "$libraries/armv7em-m4"
cp "$scratch/armv7em-none-none-eabi/release/libPareC.a" "$libraries/armv7em-m4/libpare.a"
cp Sources/CPare/include/pare.h "$libraries/armv7em-m4"
program=(Tests/Embedded/firmware/guide.c "$work/amp.c" -I "$work")
link_m4 "$work/guide-package"
run_m4 "$work/guide-package" "$work/empty.image" | diff "$work/guide.txt" -
echo "SwiftPM's library runs the guide's example"
