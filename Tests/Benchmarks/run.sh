#!/bin/bash
# Prints every speed beside its peer's: Tests/Benchmarks/run.sh [GROUP...], of size, decode, validate, row, text.
#
# Peers run in the same process or, for text, in the same script: memset, zlib's crc32, Python. Medians; trust the ratios.
set -euo pipefail
cd "$(dirname "$0")/../.."
source Tests/install.sh
build=(swift build -c release --scratch-path "${PARE_BUILD:-.build}")
"${build[@]}" --product PareBenchmarks >&2
benchmarks=$("${build[@]}" --show-bin-path)/PareBenchmarks

echo "machine: $(grep -m1 'model name' /proc/cpuinfo 2>/dev/null | cut -d: -f2 | xargs || uname -m), $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo unknown)"
echo "cache: $(getconf -a 2>/dev/null | awk '/LEVEL[23]_CACHE_SIZE/ { printf "%s %d KB  ", $1, $2 / 1024 }')"
swift --version 2>/dev/null | head -1

groups=("$@")
[ ${#groups[@]} -gt 0 ] || groups=(size decode validate row text)
for group in "${groups[@]}"; do
  if [ "$group" != text ]; then
    "$benchmarks" "$group"
    continue
  fi
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  mapfile -t files < <(python3 Tests/Benchmarks/text.py make "$folder" 50)
  python3 Tests/Benchmarks/text.py time "$benchmarks" "${files[@]}"
done
