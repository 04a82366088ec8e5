#!/bin/bash
# Installs what is needed, builds the command, and converts, inspects and compares a small model.
set -euo pipefail
cd "$(dirname "$0")/.."
source Tests/install.sh
swift build -c release --product pare
pare=$(swift build -c release --show-bin-path)/pare
model=${1:-Fixtures/source/mlp.json}
output=$(mktemp -d)/model.pare

show() { printf '\n$ pare %s\n' "$*"; "$pare" "$@"; }
show convert "$model" -o "$output" --quantize int8 --scale axis
show inspect "$output"
show compare "$output" "$model"
printf '\nThe command is %s\n' "$pare"
