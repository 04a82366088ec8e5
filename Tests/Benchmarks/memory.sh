#!/bin/bash
# The private memory of `pare convert` for a JSON of 200 MB, beside its limit: the decoded f32 tensors and 64 MB.
# Tests/Benchmarks/memory.sh [MEGABYTES]; Linux. Exits 1 above the limit.
set -euo pipefail
cd "$(dirname "$0")/../.."
source Tests/install.sh
build=(swift build -c release --scratch-path "${PARE_BUILD:-.build}")
"${build[@]}" --product pare >&2
pare=$("${build[@]}" --show-bin-path)/pare
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 Tests/Benchmarks/text.py make "$folder" "${1:-200}" >/dev/null
python3 Tests/Benchmarks/memory.py "$pare" "$folder"
