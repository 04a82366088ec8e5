#!/bin/bash
# Counts the instructions that the inner loops retire on an emulated Cortex-M4F, exactly: Tests/Embedded/instructions.sh
#
# Each case runs with n and with 2n repetitions, some with two sizes as well; the difference, divided, is free of what comes before
# and behind. Counts are no cycles, but the same on each run. build.sh has to have built the library for armv7em-m4.
set -euo pipefail
cd "$(dirname "$0")/../.."
source Tests/Embedded/machines.sh
need gcc gcc
install_missing
work=${PARE_BUILD:-.build}/instructions
mkdir -p "$work"
cases=Tests/Embedded/instructions
pare=$(swift build -c release --show-bin-path)/pare
[ -x "$pare" ] || swift build -c release --product pare

gcc -std=c99 -Wall -Wextra -Werror -O2 -shared -fPIC "$cases/count.c" -o "$work/count.so"

# What pare.h has no call for.
select_target armv7em-m4
flags=("${target[@]}" "${embedded[@]}" -no-allocations -I "$work")
for module in PareFormat PareInference; do
  swiftc "${flags[@]}" -module-name "$module" -emit-module -emit-module-path "$work/$module.swiftmodule" \
    $(swift_files "Sources/$module")
done
swiftc "${flags[@]}" -module-name Integers -c -o "$work/integers.o" "$cases/Integers.swift"
program=("$cases/bench.c" "$work/integers.o")
link_m4 "$work/bench"

image() { # KIND REPETITIONS CONTAINER
  python3 - "$@" "$work/image" <<'PYTHON'
import struct, sys
kind, repetitions, container, image = sys.argv[1:]
data = open(container, "rb").read()
open(image, "wb").write(struct.pack("<4I", int(kind), int(repetitions), len(data), 0) + data)
PYTHON
}

count() { # KIND REPETITIONS CONTAINER: gives `counted`
  image "$1" "$2" "$3"
  timeout 300 qemu-system-arm -M mps2-an386 -nographic -monitor none -serial none -semihosting-config enable=on,target=native \
    -kernel "$work/bench" -device loader,file="$work/image",addr=0x21000000,force-raw=on \
    -plugin "$work/count.so" -d plugin >"$work/output" 2>&1 || { cat "$work/output" && return 1; }
  counted=$(sed -n 's/^instructions //p' "$work/output")
}

per_call() { # KIND CONTAINER: the instructions of one call more, in `called`
  local once
  count "$1" 2 "$2" && once=$counted
  count "$1" 4 "$2"
  called=$(((counted - once) / 2))
}

failed=0
check() { # WHAT INSTRUCTIONS ITEMS LIMIT
  awk -v what="$1" -v instructions="$2" -v items="$3" -v limit="$4" 'BEGIN {
    each = instructions / items
    printf "%-52s %6.2f (limit %s)\n", what, each, limit
    exit each > limit }' || { echo "error: $1 takes more instructions than its limit" && failed=1; }
}

# Layers of some rows and 256 columns.
columns=256
for rows in 64 96 128; do
  python3 "$cases/layers.py" "$rows" "$columns" >"$work/layer$rows.json"
  for form in "dense in-place" "dense compact" "sparse in-place" "sparse compact"; do
    read -r kind profile <<<"$form"
    prune=()
    [ "$kind" = sparse ] && prune=(--prune sparsity=0.8)
    "$pare" convert "$work/layer$rows.json" -o "$work/$kind-$profile-$rows.pare" --quantize int8 --scale axis "${prune[@]}" \
      --profile "$profile" --no-provenance --force >/dev/null
  done
done
weights=$((64 * columns))
per_call 0 "$work/dense-in-place-64.pare"
check "dense int8 with f32, a weight" "$called" "$weights" 6.5
per_call 2 "$work/dense-in-place-64.pare"
check "dense int8 with integers, a weight" "$called" "$weights" 4.5

# Two lengths of rows: what a row takes beside its non-zeros is told apart. Other zero points than 0 take one more a non-zero.
few=$(python3 "$cases/gaps.py" 64 256 "$work/gaps-256.pare")
many=$(python3 "$cases/gaps.py" 64 512 "$work/gaps-512.pare")
per_call 0 "$work/gaps-256.pare" && short=$called
per_call 0 "$work/gaps-512.pare" && long=$called
check "sparse int8 behind u8 gaps with f32, a non-zero" $((long - short)) $((many - few)) 14
check "the same, a row without its non-zeros" $((short - (long - short) * few / (many - few))) 64 317

# Two numbers of rows whose tables are as many: what loads them is told apart.
per_row() { # NAME ROWS MORE: the instructions of rows from ROWS to MORE, in `called`
  local small
  per_call 1 "$work/$1-$2.pare" && small=$called
  per_call 1 "$work/$1-$3.pare"
  called=$((called - small))
}
per_row dense-compact 64 128
check "entropy-coded dense int8 decoded, a symbol" "$called" "$weights" 42
per_row sparse-compact 64 96
check "entropy-coded sparse int8 decoded, a non-zero" "$called" $((weights / 10)) 88
exit "$failed"
