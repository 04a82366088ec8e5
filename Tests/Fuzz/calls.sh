#!/bin/bash
# Fuzzes the C interface: Tests/Fuzz/calls.sh [SECONDS, 60 unless told] [more libFuzzer options]
#
# The library is compiled as for firmware, in Embedded Swift, for this machine and with the address sanitizer. Inputs are calls in
# a random order (FuzzCalls.swift) and the file that they are about; it starts from the small fixtures and from earlier findings, so
# that each run replays them. Exits non-zero when there is a finding, which is left in Fixtures/crashes as calls-*.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
shift || true
source Tests/Embedded/targets.sh

build=${PARE_BUILD:-.build}/fuzz-calls
mkdir -p "$build/corpus" "$build/seeds"
select_target x86_64
flags=("${target[@]}" "${embedded[@]}" -O -sanitize=fuzzer,address -I "$build" -I Sources/CPare/include -module-cache-path "$build/modules")

module() { # NAME SOURCES...
  local name=$1
  shift
  swiftc "${flags[@]}" -module-name "$name" -emit-module -emit-module-path "$build/$name.swiftmodule" -c -o "$build/$name.o" "$@"
}

echo "== building the fuzzer of calls"
for name in PareFormat PareInference PareC; do module "$name" $(swift_files "Sources/$name"); done
module FuzzCalls Tests/Fuzz/FuzzCalls.swift Tests/Conformance/RepairChecksums.swift
"$tools/clang" -fsanitize=fuzzer,address -fuse-ld=lld -o "$build/fuzz-calls" "$build/FuzzCalls.o" "$build/PareC.o" -lm

# A script of calls before each file.
for file in Fixtures/valid/*.pare Fixtures/invalid/*.pare Fixtures/running/*.pare Fixtures/bank/*.bank; do
  [ "$(stat -c %s "$file")" -gt 8192 ] || { sha256sum <"$file" | head -c 24 && cat "$file"; } >"$build/seeds/$(basename "$file")"
done
find Fixtures/crashes -name 'calls-*' -exec cp {} "$build/seeds" \;

echo "== fuzzing calls for $seconds seconds from $(ls "$build/seeds" | wc -l) seeds"
ASAN_OPTIONS=detect_leaks=0 "$build/fuzz-calls" \
  -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=24 \
  -artifact_prefix=Fixtures/crashes/calls- -print_final_stats=1 "$@" "$build/corpus" "$build/seeds" 2>&1 |
  grep -v -E "^#[0-9]+\s+(NEW|REDUCE|pulse|RELOAD)|^NEW_FUNC|^INFO: seed corpus|# Uses: |Recommended dictionary"
echo "== no finding"
