#!/bin/bash
# Fuzzes the reader: Tests/Fuzz/run.sh [SECONDS, 60 unless told] [more libFuzzer options]
#
# Starts from the small fixtures, keeps the corpus between runs in the build folder, and writes a finding to
# Fixtures/crashes, where an ordinary test replays it. Exits non-zero when there is one.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
shift || true

build=${PARE_BUILD:-.build}/fuzz
tools=$(dirname "$(readlink -f "$(command -v swiftc)")")
mkdir -p "$build/corpus" "$build/seeds"
flags=(-O -wmo -parse-as-library -swift-version 6 -strict-memory-safety
  -enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility
  -enable-upcoming-feature InternalImportsByDefault
  -sanitize=fuzzer,address -I "$build" -I Sources/CZlib -I Sources/CKernels/include -module-cache-path "$build/modules")

compile() { # MODULE SOURCES...: the module and its object file
  local module=$1
  shift
  swiftc "${flags[@]}" -enable-experimental-feature Lifetimes -enable-experimental-feature AddressableParameters -module-name "$module" \
    -emit-module -emit-module-path "$build/$module.swiftmodule" -c -o "$build/$module.o" "$@"
}
echo "== building the fuzzer"
kernels=()
for file in Sources/CKernels/*.c; do
  kernels+=("$build/$(basename "$file" .c).o")
  "$tools/clang" -O2 -fsanitize=fuzzer-no-link,address -I Sources/CKernels/include -c -o "${kernels[-1]}" "$file"
done
compile PareFormat $(find Sources/PareFormat -name '*.swift')
compile PareInference $(find Sources/PareInference -name '*.swift')
compile Pare $(find Sources/Pare -name '*.swift')
compile FuzzContainer Tests/Fuzz/FuzzContainer.swift \
  Tests/Conformance/ReadEverything.swift Tests/Conformance/RepairChecksums.swift
swiftc -sanitize=fuzzer,address -parse-as-library -use-ld=lld -o "$build/fuzz-container" \
  "$build/FuzzContainer.o" "$build/Pare.o" "$build/PareInference.o" "$build/PareFormat.o" "${kernels[@]}" -lz

# A corpus of small inputs runs many times as often.
find Fixtures/valid Fixtures/invalid Fixtures/bank Fixtures/crashes -type f ! -name '*.tsv' ! -name '*.md' -size -8k -exec cp -t "$build/seeds" {} +

# 16 KB of payload may ask for 16 MB of floats, three of which are alive at a time; one allocation of 24 MB is a finding.
echo "== fuzzing for $seconds seconds from $(ls "$build/seeds" | wc -l) seeds"
SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 "$build/fuzz-container" \
  -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=24 \
  -artifact_prefix=Fixtures/crashes/ -print_final_stats=1 "$@" "$build/corpus" "$build/seeds" 2>&1 |
  grep -v -E "^#[0-9]+\s+(NEW|REDUCE|pulse|RELOAD)|^NEW_FUNC|^INFO: seed corpus|# Uses: |Recommended dictionary"
echo "== no finding"
